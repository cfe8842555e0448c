/* Walks of packets through routing tables, and the lookup of their rows. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/layouts.h"

#include <criterion/criterion.h>

enum { EAST = 0, NORTH = 2, WEST = 3 };

/* The walk of one packet in a layout. */
static plc_walk walk_of(const plc_layout *layout, uint32_t router, uint32_t key)
{
    plc_walk walk;
    cr_assert_eq(plc_walk_init(&walk, layout, NULL), PLC_OK);
    cr_assert_eq(plc_walk_packet(&walk, layout, router, key, NULL), PLC_OK);
    return walk;
}

Test(walk, goes_straight_on_where_no_entry_matches)
{
    plc_layout *layout = test_layout();
    plc_walk walk = walk_of(layout, 0, 0x101);
    cr_assert_eq(walk.n_links, 3);
    cr_assert_eq(walk.links[0], 0 * PLC_N_LINKS + EAST);
    cr_assert_eq(walk.links[1], 1 * PLC_N_LINKS + EAST);
    cr_assert_eq(walk.links[2], 2 * PLC_N_LINKS + NORTH);
    cr_assert_eq(walk.n_cores, 1);
    cr_assert_eq(walk.cores[0], 3);
    cr_assert(!walk.looped && !walk.n_lost);
    plc_walk_finish(&walk);
    plc_layout_destroy(layout);
}

Test(walk, delivers_to_cores_in_ascending_order)
{
    plc_layout *layout = test_layout();
    plc_walk walk = walk_of(layout, 5, 0x413);
    cr_assert_eq(walk.n_cores, 2);
    cr_assert(walk.cores[0] == 1 && walk.cores[1] == 2);
    cr_assert_eq(walk.n_links, 1);
    plc_walk_finish(&walk);
    plc_layout_destroy(layout);
}

Test(walk, takes_the_first_entry_that_matches)
{
    plc_layout *layout = test_layout();
    layout->route_entries[5].key = 0x400; /* now before the entry for all spins */
    layout->route_entries[5].mask = 0xffffff00;
    plc_walk walk = walk_of(layout, 5, 0x420);
    cr_assert(walk.n_links == 2 && walk.n_cores == 1, "to the west, where nobody else knows it");
    plc_walk_finish(&walk);
    plc_layout_destroy(layout);
}

Test(walk, loses_what_is_born_where_no_entry_matches)
{
    plc_layout *layout = test_layout();
    plc_walk walk = walk_of(layout, 3, 0x101);
    cr_assert(walk.n_lost == 1 && walk.n_links == 0 && walk.n_cores == 0);
    plc_walk_finish(&walk);
    plc_layout_destroy(layout);
}

Test(walk, loses_what_leaves_the_mesh_or_meets_a_core_not_in_use)
{
    plc_layout *layout = test_layout();
    layout->route_entries[1].key = 0x700; /* router 2 no longer turns cue to the north */
    plc_walk walk = walk_of(layout, 0, 0x101);
    cr_assert(walk.n_lost == 1 && walk.n_links == 2 && walk.n_cores == 0);
    plc_walk_finish(&walk);
    layout->route_entries[2].cores = (plc_core_set){{0xc}};
    walk = walk_of(layout, 4, 0x401);
    cr_assert(walk.n_lost == 1 && walk.n_cores == 2);
    plc_walk_finish(&walk);
    plc_layout_destroy(layout);
}

Test(walk, stops_when_a_packet_comes_back)
{
    plc_layout *layout = test_layout();
    layout->route_entries[6].links = 1u << WEST; /* 5 sends spins back to 4 */
    plc_walk walk = walk_of(layout, 4, 0x401);
    cr_assert(walk.looped);
    cr_assert_eq(walk.n_links, 2);
    plc_walk_finish(&walk);
    plc_layout_destroy(layout);
}

Test(walk, starts_afresh_each_time)
{
    plc_layout *layout = test_layout();
    plc_walk walk;
    cr_assert_eq(plc_walk_init(&walk, layout, NULL), PLC_OK);
    for (uint32_t i = 0; i < 100; i++) {
        cr_assert_eq(plc_walk_packet(&walk, layout, 0, 0x100, NULL), PLC_OK);
        cr_assert(walk.n_cores == 1 && walk.n_links == 3 && !walk.looped);
        cr_assert_eq(plc_walk_packet(&walk, layout, 4, 0x400, NULL), PLC_OK);
        cr_assert(walk.n_cores == 2 && walk.n_links == 1 && !walk.looped);
    }
    cr_assert_eq(plc_walk_packet(&walk, layout, 6, 0x400, NULL), PLC_INVALID);
    plc_walk_finish(&walk);
    plc_layout_destroy(layout);
}

Test(walk, finds_matches_beyond_a_block_of_entries)
{
    enum { N = 200 };
    plc_layout *layout = test_layout();
    free(layout->route_entries);
    plc_route_entry *entries = layout->route_entries = plc_array(N, sizeof *entries);
    for (uint32_t i = 0; i < N; i++)
        entries[i] = (plc_route_entry){.key = i, .mask = UINT32_MAX, .links = 1u << EAST};
    for (uint32_t r = 0; r < 6; r++)
        layout->route_offsets[r + 1] = N;
    plc_walk walk;
    cr_assert_eq(plc_walk_init(&walk, layout, NULL), PLC_OK);
    for (uint32_t i = 0; i < 2 * N; i++) {
        cr_assert_eq(plc_walk_packet(&walk, layout, 0, i, NULL), PLC_OK);
        cr_assert_eq(walk.n_links, i < N ? 2 : 0, "key %u", i);
    }
    plc_walk_finish(&walk);
    plc_layout_destroy(layout);
}

Test(walk, finds_the_row_and_the_sign_of_a_key)
{
    plc_layout *layout = test_layout();
    uint64_t row = 0;
    bool negate = true;
    cr_assert(plc_layout_find_row(layout, 1, 0x402, &row, &negate));
    cr_assert(row == 2 && !negate);
    cr_assert(plc_layout_find_row(layout, 2, 0x41b, &row, &negate));
    cr_assert(row == 9 + 5 + 3 && negate);
    cr_assert_not(plc_layout_find_row(layout, 1, 0x405, &row, &negate), "beyond the slice");
    cr_assert_not(plc_layout_find_row(layout, 1, 0x100, &row, &negate));
    cr_assert_not(plc_layout_find_row(layout, 0, 0x400, &row, &negate), "a core without entries");
    plc_layout_destroy(layout);
}

Test(walk, finds_entries_of_many_masks)
{
    plc_key_entry entries[64];
    uint32_t n = 0;
    for (uint32_t mask = 0; mask < 4; mask++)
        for (uint32_t i = 0; i < 16; i++)
            entries[n++] =
                (plc_key_entry){.key = mask << 24 | i << (8 - 2 * mask),
                                .mask = 0xffffff00 | ((1u << (2 * mask)) - 1) << (8 - 2 * mask)};
    plc_layout_core core = {.entry_end = n};
    plc_layout layout = {.cores = &core, .n_cores = 1, .key_entries = entries, .n_key_entries = n};
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t low = 0; low < 4; low++) {
            uint32_t key = entries[i].key | (low & ~entries[i].mask);
            const plc_key_entry *first = NULL;
            for (uint32_t j = n; j-- > 0;)
                if ((key & entries[j].mask) == entries[j].key)
                    first = &entries[j];
            cr_assert_eq(plc_layout_find_entry(&layout, 0, key), first, "key 0x%x", key);
        }
    cr_assert_null(plc_layout_find_entry(&layout, 0, 0x77000000));
}
