/* The 71 graphs of the G-set, byte for byte. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/digest.h"
#include "ising/graph.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* plc_digest_bytes(0, text) of each graph's text, in the order of plc_gset(). The texts they were
 * taken from had the SHA-256 sums of the published files. */
static const uint64_t digests[] = {
    UINT64_C(0x564cef9b50fe1400), UINT64_C(0xf32220fa91cd1b5d), UINT64_C(0x9ad0112de84464e0),
    UINT64_C(0x1167fc1382ef4f20), UINT64_C(0x774a6576ee6b484a), UINT64_C(0x06d088084db7c808),
    UINT64_C(0x8043ab0eb780a8f8), UINT64_C(0xbf08203cdd6efffa), UINT64_C(0x11f99ff8f27a5e4a),
    UINT64_C(0xad9af7b565fabf47), UINT64_C(0x0039bbae8629a1d9), UINT64_C(0xa477c34a9ff825ab),
    UINT64_C(0x1089fb4a81ec710f), UINT64_C(0x8a0ebd5670490071), UINT64_C(0xd5ede93131ef6bd9),
    UINT64_C(0xedc5235fb5dc3a74), UINT64_C(0xc11b3c65e72009bd), UINT64_C(0xa4fd8c07657a0ec7),
    UINT64_C(0x9505928538985869), UINT64_C(0xcc5e767b84f0f0f7), UINT64_C(0x8bb9be73688a3960),
    UINT64_C(0xed037ae2b05acafe), UINT64_C(0x04704fdb6e3ad475), UINT64_C(0xeeb33f4930f04ee6),
    UINT64_C(0xa381c4a064ae431e), UINT64_C(0x84c6fa59e75b1ff7), UINT64_C(0x58046392d80b7dc9),
    UINT64_C(0x14130e4d5b3c5bb2), UINT64_C(0x34b647c822452625), UINT64_C(0x33ece5901f8c5c2b),
    UINT64_C(0x6b00894f59d202ea), UINT64_C(0xce5cc02031ed43a6), UINT64_C(0xb8dc33d5157d6daf),
    UINT64_C(0xe7f3ecc1eb3f5a70), UINT64_C(0xc5fcae580715087d), UINT64_C(0x4377c8961e07f884),
    UINT64_C(0x6222919b44c373eb), UINT64_C(0xd371a2ea2c28949e), UINT64_C(0xe3bf90a899c96550),
    UINT64_C(0x33bfb76adfd1f4b4), UINT64_C(0xb8a05d9bbae6df38), UINT64_C(0x9e92c2fd37a1bf3f),
    UINT64_C(0xaf5e855d95915052), UINT64_C(0x2a9d2ed5997c15c1), UINT64_C(0x437f298820c32d96),
    UINT64_C(0x73b1f8c3a3d8fccf), UINT64_C(0x11bfeaf15c487944), UINT64_C(0xa0f9a9ecc86cdfdf),
    UINT64_C(0x3002744104e980b4), UINT64_C(0xe01c7ed09f97ea5f), UINT64_C(0xbaab05717d9c2111),
    UINT64_C(0x2538524ecc296b01), UINT64_C(0x38f0ebfef2f4abf4), UINT64_C(0xfc23a806c894b205),
    UINT64_C(0x226f391e75684521), UINT64_C(0xdffe6d4ec3f3d078), UINT64_C(0x8751cbffd99930d7),
    UINT64_C(0xaff2fcf2adf16e87), UINT64_C(0xa36c68c1ce572e69), UINT64_C(0xb858bd73f8e1687b),
    UINT64_C(0xafd29a4b6ef85154), UINT64_C(0x57dc8fb54e13f73a), UINT64_C(0xfd625078f15e3647),
    UINT64_C(0xae38717510cdac1c), UINT64_C(0x9c9a2572ee14a773), UINT64_C(0x20119d3c75b70046),
    UINT64_C(0x78f7760ed053c8be), UINT64_C(0xeb9e59853ecdd6ae), UINT64_C(0x6e237118a731ac63),
    UINT64_C(0x2cee7c688f315cc2), UINT64_C(0x9bab5126fc66edc4),
};

enum { N_GRAPHS = sizeof digests / sizeof *digests };

Test(gset, is_generated_byte_for_byte)
{
    for (size_t i = 0; i < N_GRAPHS; i++) {
        const plc_gset_entry *entry = plc_gset(i);
        plc_graph graph;
        plc_bytes text;
        plc_error error;
        cr_assert_eq(plc_rudy(entry->rudy, &graph, &error), PLC_OK, "%s", error.message);
        cr_assert_eq(graph.n, entry->n, "%s", entry->name);
        cr_assert_eq(graph.m, entry->m, "%s", entry->name);
        cr_assert_eq(plc_graph_to_text(&graph, &text, &error), PLC_OK, "%s", error.message);
        cr_assert_eq(plc_digest_bytes(0, text.data, text.size), digests[i], "%s", entry->name);
        plc_bytes_finish(&text);
        plc_graph_finish(&graph);
    }
    cr_assert_null(plc_gset(N_GRAPHS));
}

Test(gset, is_found_by_name_in_any_case)
{
    for (size_t i = 0; i < N_GRAPHS; i++)
        cr_assert_eq(plc_gset_find(plc_gset(i)->name), plc_gset(i));
    cr_assert_eq(plc_gset_find("g81"), plc_gset(N_GRAPHS - 1));
    cr_assert_null(plc_gset_find("G68"));
    cr_assert_null(plc_gset_find("G"));
    cr_assert_null(plc_gset_find(""));
}

Test(gset, has_best_cuts_within_bounds)
{
    for (size_t i = 0; i < N_GRAPHS; i++) {
        const plc_gset_entry *entry = plc_gset(i);
        cr_assert(entry->best_known > 0 && entry->best_known <= (int64_t)entry->m, "%s",
                  entry->name);
        if (!strstr(entry->rudy, "-random")) /* a cut of half the edges always exists */
            cr_assert_geq(entry->best_known, (int64_t)entry->m / 2, "%s", entry->name);
    }
}

/* Compares the written files with the list of sums beside the repository, if there is one. */
Test(gset, has_the_published_sha256_sums)
{
    const char *shared = getenv("PLACODE_SHARED_DATA");
    char folder[] = "/tmp/test_gset_XXXXXX", sums[4096], command[8192];
    plc_error error;
    snprintf(sums, sizeof sums, "%s/gset/SHA256SUMS", shared ? shared : "");
    if (!shared || access(sums, R_OK) || system("command -v sha256sum >/dev/null"))
        cr_skip_test("no list of sums, or no sha256sum");
    cr_assert_not_null(mkdtemp(folder));
    snprintf(command, sizeof command, "cd %s && sha256sum --check --strict --quiet '%s' >&2",
             folder, sums);
    for (size_t i = 0; i < N_GRAPHS; i++) {
        char path[64];
        plc_graph graph;
        snprintf(path, sizeof path, "%s/%s", folder, plc_gset(i)->name);
        cr_assert_eq(plc_rudy(plc_gset(i)->rudy, &graph, &error), PLC_OK, "%s", error.message);
        cr_assert_eq(plc_graph_write(&graph, path, &error), PLC_OK, "%s", error.message);
        plc_graph_finish(&graph);
    }
    int differs = system(command);
    for (size_t i = 0; i < N_GRAPHS; i++) {
        char path[64];
        snprintf(path, sizeof path, "%s/%s", folder, plc_gset(i)->name);
        unlink(path);
    }
    rmdir(folder);
    cr_assert_eq(differs, 0);
}
