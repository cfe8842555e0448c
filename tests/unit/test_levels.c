/* Levels of cells: legal, and near the fewest relays there can be, by exhaustion. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/digest.h"
#include "ftl/levels.h"

#include <criterion/criterion.h>
#include <string.h>

enum { SOURCES = 2, CELLS = 9, NODES = 1 + SOURCES + CELLS, DELAY = 2 };

static plc_cells *draw(uint64_t seed)
{
    const int32_t ones[2] = {1, 1};
    plc_aig *aig = plc_aig_create("levels", SOURCES, 0, 1);
    plc_cells *cells = NULL;
    plc_error error = {0};
    for (uint32_t i = 0; i < SOURCES; i++)
        plc_aig_name_source(aig, i, "i", 1);
    plc_aig_name_output(aig, 0, "o", 1);
    cr_assert_eq(plc_cells_create_like(aig, &cells, &error), PLC_OK);
    plc_aig_destroy(aig);
    for (uint32_t i = 0; i < CELLS; i++) {
        uint32_t node, before = SOURCES + i, at = (uint32_t)(plc_mix(seed * CELLS + i) % before);
        /* Half of them go on from the one before, so that there are long ways and short ones. */
        const uint32_t inputs[2] = {1 + at, i % 2 ? before : 1 + (at + 1) % before};
        cr_assert(plc_cells_add(cells, inputs, ones, 2, 1, &node));
    }
    cells->sinks[0] = 2 * (NODES - 1);
    return cells;
}

static bool is_legal(const plc_cells *cells, const uint32_t *levels)
{
    for (uint32_t i = 0; i < 2 * CELLS; i++)
        if (levels[cells->inputs.data[i]] >= levels[1 + SOURCES + i / 2])
            return false;
    return true;
}

static uint32_t count_relays(const plc_cells *cells, const uint32_t *levels)
{
    uint32_t last[NODES] = {0}, relays = 0;
    for (uint32_t i = 0; i < 2 * CELLS; i++) {
        uint32_t *l = &last[cells->inputs.data[i]], level = levels[1 + SOURCES + i / 2];
        *l = level > *l ? level : *l;
    }
    for (uint32_t i = 1; i < NODES; i++)
        relays += last[i] > levels[i] ? (last[i] - levels[i] - 1) / DELAY : 0;
    return relays;
}

/* The fewest, over all legal levels of the cells from `i` down, the last one staying. */
static uint32_t search(const plc_cells *cells, uint32_t i, uint32_t *levels, const uint32_t *least)
{
    uint32_t node = 1 + SOURCES + i, high = UINT32_MAX, best = UINT32_MAX;
    if (i == UINT32_MAX)
        return count_relays(cells, levels);
    for (uint32_t k = 0; k < 2 * CELLS; k++)
        if (cells->inputs.data[k] == node && levels[1 + SOURCES + k / 2] - 1 < high)
            high = levels[1 + SOURCES + k / 2] - 1;
    uint32_t kept = levels[node];
    for (uint32_t level = least[node]; high == UINT32_MAX ? level == kept : level <= high;
         level++) {
        levels[node] = level;
        uint32_t relays = search(cells, i - 1, levels, least);
        best = relays < best ? relays : best;
    }
    levels[node] = kept;
    return best;
}

Test(levels, settle_near_the_fewest_relays)
{
    uint32_t before = 0, after = 0, fewest = 0;
    for (uint64_t seed = 0; seed < 60; seed++) {
        plc_cells *cells = draw(seed);
        uint32_t early[NODES] = {0}, levels[NODES], none[NODES] = {0};
        uint8_t fixed[NODES] = {0};
        for (uint32_t i = 0; i < 2 * CELLS; i++) {
            uint32_t *level = &early[1 + SOURCES + i / 2], from = early[cells->inputs.data[i]];
            *level = from + 1 > *level ? from + 1 : *level;
        }
        fixed[NODES - 1] = 1;
        memcpy(levels, early, sizeof levels);
        cr_assert(plc_levels_settle(cells, DELAY, none, fixed, levels));
        cr_assert(is_legal(cells, levels), "seed %llu", (unsigned long long)seed);
        cr_assert_eq(levels[NODES - 1], early[NODES - 1]);
        uint32_t one = count_relays(cells, early), two = count_relays(cells, levels);
        cr_assert_leq(two, one);
        before += one;
        after += two;
        memcpy(levels, early, sizeof levels);
        fewest += search(cells, CELLS - 2, levels, early);
        plc_cells_destroy(cells);
    }
    cr_assert_leq(fewest, after);
    cr_assert_lt(after - fewest, (before - fewest) / 4 + 1, "%u before, %u after, %u the fewest",
                 before, after, fewest);
}
