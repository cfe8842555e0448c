/* The proof that two routing tables do the same, and the faults that it must find. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/random.h"
#include "mapper/equivalence.h"

#include <criterion/criterion.h>

#define ALL UINT32_MAX
#define LENGTH(array) (sizeof(array) / sizeof *(array))
#define E(k, m, l)                                                                                 \
    {                                                                                              \
        .key = (k), .mask = (m), .links = (l)                                                      \
    }

#define PROVE(original, defaultable, made)                                                         \
    plc_table_prove((plc_table){original, LENGTH(original)}, defaultable,                          \
                    (plc_table){made, LENGTH(made)}, &error)

/* Keys 0..7 but 3 by link 1, key 3 by link 0, a wide block by link 2. */
static const plc_route_entry table[] = {E(3, ALL, 1), E(0, 0xfffffff8, 2),
                                        E(0x80000000, 0x80000000, 4)};

Test(equivalence, a_table_is_itself_and_what_covers_it)
{
    const plc_route_entry wide[] = {E(3, ALL, 1), E(0, 0x80000000, 2), E(0, 0, 4)};
    plc_error error = {0};
    cr_expect_eq(PROVE(table, NULL, table), PLC_OK, "%s", error.message);
    cr_expect_eq(PROVE(table, NULL, wide), PLC_OK, "%s", error.message);
}

Test(equivalence, a_block_may_be_cut_up)
{
    const plc_route_entry cut[] = {E(0x80000000, 0xc0000000, 4), E(3, 0x80000003, 1),
                                   E(0, 0x80000000, 2), E(0xc0000000, 0xc0000000, 4)};
    const plc_route_entry good[] = {E(0x80000000, 0xc0000000, 4), E(3, 0x80000007, 1),
                                    E(0, 0x80000000, 2), E(0xc0000000, 0xc0000000, 4)};
    plc_error error = {0};
    cr_expect_eq(PROVE(table, NULL, good), PLC_OK, "%s", error.message);
    cr_expect_eq(PROVE(table, NULL, cut), PLC_DIFFERS);
    cr_expect_str_eq(error.message, "key 0x00000007: expected links 0x2 cores 0x0 (entry 1), got "
                                    "links 0x1 cores 0x0");
}

Test(equivalence, finds_a_wrong_route)
{
    plc_route_entry wrong[] = {table[0], table[1], table[2]};
    plc_error error = {0};
    wrong[2].links = 1;
    cr_expect_eq(PROVE(table, NULL, wrong), PLC_DIFFERS);
    cr_expect_str_eq(error.message, "key 0x80000000: expected links 0x4 cores 0x0 (entry 2), got "
                                    "links 0x1 cores 0x0");
    wrong[2].links = 4;
    plc_core_set_add(&wrong[0].cores, 150);
    cr_expect_eq(PROVE(table, NULL, wrong), PLC_DIFFERS);
    cr_expect_str_eq(error.message, "key 0x00000003: expected links 0x1 cores 0x0 (entry 0), got "
                                    "links 0x1 cores 0x4000000000000000000000"
                                    "0000000000000000");
}

Test(equivalence, finds_a_dropped_entry)
{
    const plc_route_entry dropped[] = {table[1], table[2]}, none[] = {table[0], table[1]};
    plc_error error = {0};
    cr_expect_eq(PROVE(table, NULL, dropped), PLC_DIFFERS);
    cr_expect_eq(PROVE(table, NULL, none), PLC_DIFFERS);
    cr_expect_str_eq(error.message, "key 0x80000000: expected links 0x4 cores 0x0 (entry 2), got "
                                    "the default route");
}

Test(equivalence, finds_entries_that_changed_places)
{
    const plc_route_entry swapped[] = {table[1], table[0], table[2]};
    plc_error error = {0};
    cr_expect_eq(PROVE(table, NULL, swapped), PLC_DIFFERS);
    cr_expect_str_eq(error.message, "key 0x00000003: expected links 0x1 cores 0x0 (entry 0), got "
                                    "links 0x2 cores 0x0");
}

Test(equivalence, only_defaultable_entries_may_be_missing)
{
    const plc_route_entry some[] = {table[0], table[1]};
    const bool last[] = {false, false, true}, second[] = {false, true, false};
    plc_error error = {0};
    cr_expect_eq(PROVE(table, last, some), PLC_OK, "%s", error.message);
    cr_expect_eq(PROVE(table, second, some), PLC_DIFFERS);
    const plc_route_entry caught[] = {table[0], table[1], E(0, 0, 1)};
    cr_expect_eq(PROVE(table, last, caught), PLC_DIFFERS, "something else catches it");
}

Test(equivalence, of_the_original_too_the_first_match_counts)
{
    const plc_route_entry hidden[] = {E(0, 0xfffffff0, 1), E(3, ALL, 2)}, one[] = {E(0, 0, 1)};
    plc_error error = {0};
    cr_expect_eq(PROVE(hidden, NULL, one), PLC_OK, "%s", error.message);
}

/* What a table of keys below 1024 does: the entry that matches, or -1. */
static int find(const plc_route_entry *entries, uint32_t n, uint32_t key)
{
    for (uint32_t i = 0; i < n; i++)
        if ((key & entries[i].mask) == entries[i].key)
            return (int)i;
    return -1;
}

static void fill(plc_route_entry *entries, uint32_t n, plc_random_key key, uint32_t stream)
{
    for (uint32_t i = 0; i < n; i++) {
        plc_random a = plc_random_draw(key, i, stream), b = plc_random_draw(key, i, stream + 1);
        uint32_t mask = ~(a.word[0] & b.word[0] & 0x3ff);
        entries[i] = (plc_route_entry)E(a.word[1] & mask & 0x3ff, mask, 1 + (b.word[1] & 1));
    }
}

Test(equivalence, agrees_with_trying_every_key)
{
    enum { N = 12 };
    unsigned equal = 0;
    for (uint64_t seed = 0; seed < 3000; seed++) {
        plc_route_entry original[N], made[N + 1];
        bool defaultable[N], same = true;
        plc_random_key key = plc_random_stream(seed, 3, 0);
        uint32_t n = 1 + (uint32_t)seed % N, at = (uint32_t)(seed / N) % (n + 1);
        plc_error error = {0};
        fill(original, n, key, 0);
        for (uint32_t i = 0; i < n; i++) {
            defaultable[i] = (seed >> i) & 1;
            made[i + (i >= at)] = original[i];
        }
        fill(made + at, 1, key, 10); /* one entry more, somewhere */
        for (uint32_t k = 0; k < 1024; k++) {
            int before = find(original, n, k), after = find(made, n + 1, k);
            same &= before < 0 ||
                    (after < 0 ? defaultable[before] : original[before].links == made[after].links);
        }
        plc_status status = plc_table_prove((plc_table){original, n}, defaultable,
                                            (plc_table){made, n + 1}, &error);
        cr_assert_eq(status, same ? PLC_OK : PLC_DIFFERS, "seed %llu: %s", (unsigned long long)seed,
                     error.message);
        equal += same;
    }
    cr_assert(equal > 300 && equal < 2900, "%u equal: the test is one-sided", equal);
}
