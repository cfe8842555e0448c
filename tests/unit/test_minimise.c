/* Minimised routing tables: small ones by hand and by brute force, and real ones. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/memory.h"
#include "base/random.h"
#include "cli/tables_file.h"
#include "mapper/equivalence.h"
#include "mapper/minimise.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define ALL UINT32_MAX

enum { ENTRIES_MAX = 64 };

typedef struct example {
    plc_route_entry entries[ENTRIES_MAX];
    bool defaultable[ENTRIES_MAX];
    uint32_t n;
} example;

static void add(example *e, uint32_t key, uint32_t mask, uint32_t links, bool defaultable)
{
    e->entries[e->n] = (plc_route_entry){.key = key, .mask = mask, .links = links};
    e->defaultable[e->n++] = defaultable;
}

/* Entry of a table that matches a key, or -1. */
static int64_t find(const plc_route_entry *entries, uint32_t n, uint32_t key)
{
    for (uint32_t i = 0; i < n; i++)
        if ((key & entries[i].mask) == entries[i].key)
            return i;
    return -1;
}

static void expect_same(const example *e, const plc_route_entry *made, uint32_t n, uint32_t n_keys)
{
    for (uint32_t key = 0; key < n_keys; key++) {
        int64_t before = find(e->entries, e->n, key), after = find(made, n, key);
        if (before < 0)
            continue;
        bool same = after < 0 ? e->defaultable[before]
                              : made[after].links == e->entries[before].links &&
                                    !memcmp(&made[after].cores, &e->entries[before].cores,
                                            sizeof made[after].cores);
        cr_assert(same, "key 0x%x: entry %lld, then %lld", key, (long long)before,
                  (long long)after);
    }
}

/* Entries that are left of an example, which every effort must leave right. */
static uint32_t minimise(const example *e, uint32_t n_keys)
{
    uint32_t least = UINT32_MAX;
    for (unsigned effort = 0; effort <= 1; effort++) {
        plc_route_entry *made = NULL;
        uint32_t n = 0;
        plc_error error = {0};
        cr_assert_eq(
            plc_table_minimise(e->entries, e->defaultable, e->n, effort, &made, &n, &error), PLC_OK,
            "%s", error.message);
        cr_assert_leq(n, e->n);
        expect_same(e, made, n, n_keys);
        cr_assert_eq(plc_table_prove((plc_table){e->entries, e->n}, e->defaultable,
                                     (plc_table){made, n}, &error),
                     PLC_OK, "%s", error.message);
        free(made);
        cr_assert_leq(n, least, "effort %u does worse", effort);
        least = n;
    }
    return least;
}

Test(minimise, an_empty_table_stays_empty)
{
    example e = {0};
    cr_assert_eq(minimise(&e, 16), 0);
}

Test(minimise, one_route_is_one_entry)
{
    example e = {0};
    add(&e, 0, ALL, 1, false);
    add(&e, 7, ALL, 1, false);
    add(&e, 0x100, 0xffffff00, 1, false);
    cr_assert_eq(minimise(&e, 1024), 1);
}

Test(minimise, defaultable_entries_go_where_nothing_catches_them)
{
    example e = {0};
    add(&e, 0, ALL, 1, true);
    add(&e, 9, ALL, 2, true);
    cr_assert_eq(minimise(&e, 16), 0);
    add(&e, 5, ALL, 4, false);
    cr_assert_eq(minimise(&e, 16), 1);
}

Test(minimise, defaultable_entries_are_kept_where_that_is_shorter)
{
    example e = {0};
    for (uint32_t key = 0; key < 16; key++) /* one exception in a large block */
        add(&e, key, ALL, key == 5 ? 2 : 1, key == 5);
    cr_assert_eq(minimise(&e, 16), 2);
}

Test(minimise, small_routes_stand_before_large_ones)
{
    example e = {0};
    for (uint32_t key = 0; key < 32; key++)
        add(&e, key, ALL, key == 3 ? 1 : key == 20 ? 2 : 4, false);
    cr_assert_eq(minimise(&e, 32), 3);
}

Test(minimise, of_entries_that_overlap_the_first_counts)
{
    example e = {0};
    add(&e, 3, ALL, 1, false);
    add(&e, 0, 0xfffffff8, 2, false); /* 0..7 but 3 */
    add(&e, 0, 0xfffffff0, 1, false); /* 8..15 */
    add(&e, 4, ALL, 8, false);        /* never */
    cr_assert_leq(minimise(&e, 64), 3);
}

Test(minimise, keys_before_an_entry_for_all_others)
{
    example e = {0};
    for (uint32_t key = 0; key < 32; key++)
        add(&e, key, ALL, 1 + key % 2, false);
    add(&e, 0, 0, 4, false);
    cr_assert_eq(minimise(&e, 1024), 3);
}

Test(minimise, cores_beyond_64_tell_routes_apart)
{
    example e = {0};
    add(&e, 0, ALL, 0, false);
    add(&e, 1, ALL, 0, false);
    plc_core_set_add(&e.entries[0].cores, 200);
    plc_core_set_add(&e.entries[1].cores, 201);
    cr_assert_eq(minimise(&e, 2), 2);
    e.entries[1].cores = e.entries[0].cores;
    cr_assert_eq(minimise(&e, 2), 1);
}

/* A random table of keys of `bits` bits, of which some entries are blocks. */
static example make_random(uint64_t seed, unsigned bits, bool overlapping)
{
    example e = {0};
    plc_random_key key = plc_random_stream(seed, 1, 0);
    uint32_t n = 1 + plc_random_draw(key, 0, 0).word[0] % (ENTRIES_MAX - 1);
    uint32_t n_routes = 1 + plc_random_draw(key, 0, 1).word[0] % 5;
    for (uint32_t i = 1; e.n < n && i < 500; i++) {
        plc_random a = plc_random_draw(key, i, 0), b = plc_random_draw(key, i, 1);
        uint32_t mask = a.word[0] % 3 ? ALL : ALL & ~(b.word[0] & b.word[1] & ((1u << bits) - 1));
        uint32_t value = a.word[1] & ((1u << bits) - 1) & mask;
        bool meets = false;
        for (uint32_t k = 0; k < e.n; k++)
            meets |= !((e.entries[k].key ^ value) & e.entries[k].mask & mask);
        if (!meets || overlapping)
            add(&e, value, mask, 1 + (a.word[0] >> 8) % n_routes, (a.word[0] >> 16) % 4 == 0);
    }
    return e;
}

Test(minimise, random_tables_do_the_same)
{
    for (uint64_t seed = 0; seed < 400; seed++) {
        unsigned bits = 4 + (unsigned)(seed % 6);
        example e = make_random(seed, bits, seed % 3 == 0);
        minimise(&e, 2u << bits);
    }
}

/* Whether `depth` entries before whatever the default takes can serve the keys in `live`: tries
 * every cube of `bits` bits as the first entry. */
static bool can_do(const uint32_t *routes, const bool *defaultable, uint32_t live, unsigned bits,
                   unsigned depth)
{
    bool done = true;
    for (uint32_t key = 0; key < 1u << bits; key++)
        done &= !((live >> key) & 1) || defaultable[key];
    if (done || depth == 0)
        return done;
    for (uint32_t mask = 0; mask < 1u << bits; mask++)
        for (uint32_t value = 0; value < 1u << bits; value++) {
            uint32_t route = 0, taken = 0;
            bool pure = !(value & ~mask);
            for (uint32_t key = 0; pure && key < 1u << bits; key++)
                if (((live >> key) & 1) && (key & mask) == value) {
                    pure = !taken || routes[key] == route;
                    route = routes[key];
                    taken |= 1u << key;
                }
            if (pure && taken && can_do(routes, defaultable, live & ~taken, bits, depth - 1))
                return true;
        }
    return false;
}

Test(minimise, tiny_tables_come_out_least)
{
    unsigned more = 0;
    for (uint64_t seed = 0; seed < 150; seed++) {
        plc_random_key key = plc_random_stream(seed, 2, 0);
        uint32_t routes[8], live = 0;
        bool defaultable[8];
        example e = {0};
        for (uint32_t k = 0; k < 8; k++) {
            plc_random draw = plc_random_draw(key, k, 0);
            routes[k] = 1 + draw.word[0] % 3;
            defaultable[k] = draw.word[0] >> 30 == 0;
            if (draw.word[1] & 3) {
                live |= 1u << k;
                add(&e, k, ALL, routes[k], defaultable[k]);
            }
        }
        uint32_t n = minimise(&e, 8);
        more += n > 0 && can_do(routes, defaultable, live, 3, n - 1);
    }
    cr_assert_eq(more, 0, "%u of 150 tables could be smaller", more);
}

/* Tables of a network for SpiNNaker, from PACMAN's tests. PACMAN's pair compressor leaves 2,507
 * entries, 906 in the largest. */
Test(minimise, real_tables_come_out_smaller_than_from_pacman)
{
    const char *folder = getenv("PLACODE_SHARED_DATA");
    char path[1024];
    table_list list = {0};
    plc_error error = {0};
    uint32_t total = 0, most = 0;
    snprintf(path, sizeof path, "%s/routing-tables/many_to_one.json.gz", folder ? folder : "");
    if (!folder || access(path, R_OK))
        cr_skip_test("no %s", path);
    cr_assert_eq(tables_read(path, &list, &error), PLC_OK, "%s", error.message);
    cr_assert_eq(list.n, 576);
    for (uint32_t i = 0; i < list.n; i++) {
        const routing_table *table = &list.tables[i];
        plc_route_entry *made = NULL;
        uint32_t n = 0;
        cr_assert_eq(
            plc_table_minimise(table->entries, table->defaultable, table->n, 1, &made, &n, &error),
            PLC_OK, "%s", error.message);
        cr_assert_eq(plc_table_prove((plc_table){table->entries, table->n}, table->defaultable,
                                     (plc_table){made, n}, &error),
                     PLC_OK, "%s", error.message);
        free(made);
        total += n;
        most = n > most ? n : most;
    }
    tables_finish(&list);
    cr_assert_leq(total, 1680);
    cr_assert_leq(most, 810);
}

Test(minimise, refuses_an_effort_that_is_not_there)
{
    plc_error error = {0};
    plc_route_entry *made = NULL;
    uint32_t n;
    cr_assert_eq(plc_table_minimise(NULL, NULL, 0, 4, &made, &n, &error), PLC_INVALID);
    cr_assert_str_eq(error.message, "effort: expected 0..3, got 4");
}
