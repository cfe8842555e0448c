/* Fewer entries: blocks move between the groups of their route by annealing. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/digest.h"
#include "mapper/groups.h"

/* How often a move is of each kind, of 256. The rest moves one block to another group. */
enum { LEAVE = 77, SPLIT = 5, MERGE = 5 };

/* 2^32 exp(-1 / t): how often a split, which costs an entry, is accepted at the temperatures t =
 * 0.8 (0.15 / 0.8)^(i / 15), worked out beforehand so that they are the same on every machine. */
static const uint32_t acceptance[] = {
    1230528733, 1061692365, 900199069, 748545075, 609029058, 483595135, 373681007, 280091053,
    202915700,  141515847,  94583693,  60279219,  36426709,  20741783,  11050882,  5465921,
};
/* Steps for a block below which entries are merged only, never split. */
enum { PATIENCE = 100000 };

enum { N_PHASES = sizeof acceptance / sizeof *acceptance };

/* The entries that no table can do without: one a route that has something to match. */
static uint32_t count_least(const plc_live_keys *keys)
{
    uint32_t n = 0;
    for (uint32_t r = 0; r < keys->n_routes; r++)
        for (uint32_t b = keys->route_begin[r]; b < keys->route_begin[r + 1]; b++)
            if (!keys->defaultable[b]) {
                n++;
                break;
            }
    return n;
}

static uint64_t draw(uint64_t *counter)
{
    *counter += UINT64_C(0x9e3779b97f4a7c15);
    return plc_mix(*counter);
}

/* Uniform in [0, n), from the high half of a draw. */
static uint32_t below(uint64_t random, uint32_t n)
{
    return (uint32_t)(((random >> 32) * n) >> 32);
}

/* Tries one move. */
static void step(plc_groups *groups, uint32_t accept, uint64_t *counter)
{
    const plc_live_keys *keys = groups->keys;
    uint64_t random = draw(counter);
    uint32_t block = below(random, keys->n), kind = random & 255;
    uint32_t route = keys->routes[block], from = groups->group_of[block];
    bool alone = from == PLC_NO_GROUP || groups->sizes[from] == 1;
    groups->work += 40;
    if (keys->defaultable[block] && from != PLC_NO_GROUP && kind < LEAVE) {
        plc_groups_leave(groups, block);
        return;
    }
    if (kind >= 256 - SPLIT) {
        if (!alone && (draw(counter) >> 32) < accept)
            plc_groups_split(groups, block, draw(counter));
        return;
    }
    uint32_t begin = keys->route_begin[route], end = keys->route_begin[route + 1];
    uint32_t to = groups->group_of[begin + below(draw(counter), end - begin)];
    if (to != from && to != PLC_NO_GROUP)
        plc_groups_move(groups, block, !alone && kind >= 256 - SPLIT - MERGE, to, draw(counter));
}

plc_status plc_grouping_improve(const plc_live_keys *keys, uint64_t work, plc_grouping *grouping,
                                plc_error *error)
{
    plc_groups groups;
    uint64_t counter = 0;
    uint32_t least = count_least(keys);
    bool patient = work / keys->n >= PATIENCE;
    if (grouping->n_groups <= least || work == 0)
        return PLC_OK;
    plc_status status = plc_groups_init(&groups, keys, grouping, error);
    while (status == PLC_OK && groups.work < work && grouping->n_groups > least) {
        step(&groups, patient ? acceptance[groups.work / (work / N_PHASES + 1)] : 0, &counter);
        if (groups.n < grouping->n_groups)
            plc_groups_save(&groups, grouping);
    }
    plc_groups_finish(&groups);
    return status;
}
