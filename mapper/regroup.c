/* Fewer entries: blocks move between the groups of their route by annealing. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/digest.h"
#include "base/error.h"
#include "base/memory.h"
#include "mapper/groups.h"

/* How often a move is of each kind, of 256. The rest moves one block to another group: NEARBY of
 * 256 times to that of a block nearby, else to that of any block of the route. */
enum { LEAVE = 77, SPLIT = 5, MERGE = 2, NEARBY = 240 };

/* Blocks nearby that are known of each, and how far away they are looked for in the order of keys.
 */
enum { N_NEAR = 6, WINDOW = 512 };

/* 2^32 exp(-1 / t): how often a split, which costs an entry, is accepted at the temperatures t =
 * 0.8 (0.15 / 0.8)^(i / 15), worked out beforehand so that they are the same on every machine. */
static const uint32_t acceptance[] = {
    1230528733, 1061692365, 900199069, 748545075, 609029058, 483595135, 373681007, 280091053,
    202915700,  141515847,  94583693,  60279219,  36426709,  20741783,  11050882,  5465921,
};
/* Steps for a block below which entries are merged only, never split. */
enum { PATIENCE = 100000 };

enum { N_PHASES = sizeof acceptance / sizeof *acceptance };

typedef struct regrouping {
    plc_groups groups;
    uint32_t *near; /* [n][N_NEAR] blocks of the same route whose hull with this one frees the
                       fewest bits; itself where there is no other */
    uint64_t counter;
} regrouping;

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

/* Finds the blocks nearest to one; `near` [N_NEAR] is theirs. */
static void find_near(const plc_live_keys *keys, uint32_t block, uint32_t *near)
{
    uint32_t route = keys->routes[block], n = 0;
    uint32_t begin = keys->route_begin[route], end = keys->route_begin[route + 1];
    int freed[N_NEAR];
    if (block - begin > WINDOW)
        begin = block - WINDOW;
    if (end - block > WINDOW)
        end = block + WINDOW;
    for (uint32_t other = begin; other < end; other++) {
        int bits = -__builtin_popcount(plc_cube_hull(keys->cubes[block], keys->cubes[other]).mask);
        if (other == block || (n == N_NEAR && freed[N_NEAR - 1] <= bits))
            continue;
        uint32_t i = n < N_NEAR ? n++ : N_NEAR - 1;
        for (; i > 0 && freed[i - 1] > bits; i--) {
            freed[i] = freed[i - 1];
            near[i] = near[i - 1];
        }
        freed[i] = bits;
        near[i] = other;
    }
    for (uint32_t i = n; i < N_NEAR; i++)
        near[i] = n ? near[i % n] : block;
}

static plc_status init_regrouping(regrouping *r, const plc_live_keys *keys,
                                  const plc_grouping *grouping, plc_error *error)
{
    r->counter = 0;
    plc_status status = plc_groups_init(&r->groups, keys, grouping, error);
    r->near = plc_array(keys->n, N_NEAR * sizeof *r->near);
    if (!r->near)
        return status == PLC_OK ? plc_fail_memory(error, "groups of keys") : status;
    for (uint32_t b = 0; b < keys->n; b++)
        find_near(keys, b, r->near + (size_t)b * N_NEAR);
    return status;
}

static uint64_t draw(regrouping *r)
{
    r->counter += UINT64_C(0x9e3779b97f4a7c15);
    return plc_mix(r->counter);
}

/* Uniform in [0, n), from the high half of a draw. */
static uint32_t below(uint64_t random, uint32_t n)
{
    return (uint32_t)(((random >> 32) * n) >> 32);
}

/* Another block of the route, most often one nearby. */
static uint32_t choose_other(regrouping *r, uint32_t block)
{
    const plc_live_keys *keys = r->groups.keys;
    uint32_t route = keys->routes[block], begin = keys->route_begin[route];
    uint64_t random = draw(r);
    return (random & 255) < NEARBY ? r->near[(size_t)block * N_NEAR + below(random, N_NEAR)]
                                   : begin + below(random, keys->route_begin[route + 1] - begin);
}

/* Tries one move; `accept` of 2^32 splits are made. */
static void step(regrouping *r, uint32_t accept)
{
    plc_groups *groups = &r->groups;
    const plc_live_keys *keys = groups->keys;
    uint64_t random = draw(r);
    uint32_t block = below(random, keys->n), kind = random & 255;
    uint32_t from = groups->group_of[block];
    bool alone = from == PLC_NO_GROUP || groups->sizes[from] == 1;
    groups->work += 40;
    if (keys->defaultable[block] && from != PLC_NO_GROUP && kind < LEAVE) {
        plc_groups_leave(groups, block);
    } else if (kind >= 256 - SPLIT) {
        if (!alone && (draw(r) >> 32) < accept)
            plc_groups_split(groups, block, draw(r));
    } else {
        uint32_t to = groups->group_of[choose_other(r, block)];
        if (to != from && to != PLC_NO_GROUP)
            plc_groups_move(groups, block, !alone && kind >= 256 - SPLIT - MERGE, to, draw(r));
    }
}

plc_status plc_grouping_improve(const plc_live_keys *keys, uint64_t work, plc_grouping *grouping,
                                plc_error *error)
{
    regrouping r;
    uint32_t least = count_least(keys);
    if (grouping->n_groups <= least || work == 0)
        return PLC_OK;
    bool patient = work / keys->n >= PATIENCE;
    plc_status status = init_regrouping(&r, keys, grouping, error);
    while (status == PLC_OK && r.groups.work < work && grouping->n_groups > least) {
        step(&r, patient ? acceptance[r.groups.work / (work / N_PHASES + 1)] : 0);
        if (r.groups.n < grouping->n_groups)
            plc_groups_save(&r.groups, grouping);
    }
    plc_groups_finish(&r.groups);
    free(r.near);
    return status;
}
