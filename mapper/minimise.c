/* Routing tables with as few entries as we can find. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/minimise.h"

#include "base/error.h"
#include "base/memory.h"
#include "mapper/grouping.h"

/* Greedy covers tried with one route more or less left to the default, up to so many blocks. */
enum { TOGGLES_MAX = 8, TOGGLED_BLOCKS_MAX = 4096 };

/* Steps of the annealing at effort 1: `FIXED` for a block and `SQUARE` for a pair of blocks, but
 * not above `MOST`; a step takes about 0.8 ns. */
#define WORK_FIXED UINT64_C(2000)
#define WORK_SQUARE UINT64_C(300)
#define WORK_MOST UINT64_C(1200000000)

/* The covers tried so far. */
typedef struct search {
    const plc_live_keys *keys;
    uint64_t *left; /* bit r: defaultable blocks of route r are left to the default */
    plc_grouping best, other;
} search;

/* Covers with the routes in `left`; tells whether that is the best so far, and keeps it then. */
static plc_status try_cover(search *s, plc_cover_method method, bool *ret_better, plc_error *error)
{
    plc_status status = plc_grouping_cover(s->keys, s->left, method, &s->other, error);
    bool better = status == PLC_OK && s->other.n_groups < s->best.n_groups;
    if (better) {
        plc_grouping worse = s->best;
        s->best = s->other;
        s->other = worse;
    }
    *ret_better = better;
    return status;
}

/* Lists the routes with defaultable blocks, up to TOGGLES_MAX; returns their number. */
static uint32_t list_defaultable(const plc_live_keys *keys, uint32_t *routes)
{
    uint32_t n = 0;
    for (uint32_t r = 0; r < keys->n_routes && n < TOGGLES_MAX; r++)
        for (uint32_t b = keys->route_begin[r]; b < keys->route_begin[r + 1]; b++)
            if (keys->defaultable[b]) {
                routes[n++] = r;
                break;
            }
    return n;
}

static void toggle(search *s, uint32_t route)
{
    s->left[route / 64] ^= UINT64_C(1) << (route % 64);
}

/* The best of several greedy covers: with no route left to the default, with all, and then with one
 * more or less as long as that helps. */
static plc_status cover(search *s, unsigned effort, plc_error *error)
{
    uint32_t routes[TOGGLES_MAX], n = list_defaultable(s->keys, routes);
    bool better;
    plc_status status = try_cover(s, PLC_COVER_FAR, &better, error);
    for (uint32_t i = 0; i < n; i++)
        toggle(s, routes[i]);
    if (status == PLC_OK && n)
        status = try_cover(s, PLC_COVER_FAR, &better, error);
    for (uint32_t i = 0; i < n && !better; i++)
        toggle(s, routes[i]);
    if (status == PLC_OK)
        status = try_cover(s, PLC_COVER_NEAR, &better, error);
    if (status == PLC_OK)
        status = try_cover(s, PLC_COVER_GROW, &better, error);
    if (effort == 0 || s->keys->n > TOGGLED_BLOCKS_MAX)
        return status;
    for (uint32_t i = 0; status == PLC_OK && i < n; i++) {
        toggle(s, routes[i]);
        status = try_cover(s, PLC_COVER_FAR, &better, error);
        if (!better)
            toggle(s, routes[i]);
    }
    return status;
}

static plc_status init_search(search *s, const plc_live_keys *keys, plc_error *error)
{
    *s = (search){.keys = keys,
                  .left = plc_array(keys->n_routes / 64 + 1ul, sizeof *s->left),
                  .best.group_of = plc_array(keys->n, sizeof *s->best.group_of),
                  .best.n_groups = UINT32_MAX,
                  .other.group_of = plc_array(keys->n, sizeof *s->other.group_of)};
    bool enough = s->left && s->best.group_of && s->other.group_of;
    return enough ? PLC_OK : plc_fail_memory(error, "covers of routes");
}

static void finish_search(search *s)
{
    free(s->left);
    free(s->best.group_of);
    free(s->other.group_of);
}

static uint64_t work_of(uint32_t n, unsigned effort)
{
    static const uint64_t factors[PLC_MINIMISE_EFFORT_MAX + 1] = {0, 1, 10, 100};
    uint64_t work = n * (WORK_FIXED + WORK_SQUARE * n);
    return factors[effort] * (work < WORK_MOST ? work : WORK_MOST);
}

/* Writes the hulls of the groups as entries. */
static plc_route_entry *make_entries(const plc_live_keys *keys, const plc_grouping *grouping,
                                     const plc_route_entry *entries)
{
    plc_route_entry *made = plc_array(grouping->n_groups, sizeof *made);
    bool *begun = plc_array(grouping->n_groups, sizeof *begun);
    for (uint32_t b = 0; made && begun && b < keys->n; b++) {
        uint32_t g = grouping->group_of[b];
        if (g == PLC_NO_GROUP)
            continue;
        plc_cube hull = keys->cubes[b];
        if (begun[g])
            hull = plc_cube_hull(hull, (plc_cube){made[g].key, made[g].mask});
        begun[g] = true;
        made[g] = entries[keys->route_example[keys->routes[b]]];
        made[g].key = hull.key;
        made[g].mask = hull.mask;
    }
    if (!begun) {
        free(made);
        made = NULL;
    }
    free(begun);
    return made;
}

static plc_status minimise(const plc_live_keys *keys, const plc_route_entry *entries,
                           unsigned effort, plc_route_entry **ret_entries, uint32_t *ret_n,
                           plc_error *error)
{
    search s;
    plc_status status = init_search(&s, keys, error);
    if (status == PLC_OK)
        status = cover(&s, effort, error);
    if (status == PLC_OK)
        status = plc_grouping_improve(keys, work_of(keys->n, effort), &s.best, error);
    if (status == PLC_OK) {
        plc_route_entry *made = make_entries(keys, &s.best, entries);
        if (made) {
            *ret_entries = made;
            *ret_n = s.best.n_groups;
        } else {
            status = plc_fail_memory(error, "routing table");
        }
    }
    finish_search(&s);
    return status;
}

plc_status plc_table_minimise(const plc_route_entry *entries, const bool *defaultable, uint32_t n,
                              unsigned effort, plc_route_entry **ret_entries, uint32_t *ret_n,
                              plc_error *error)
{
    plc_live_keys keys;
    plc_route_entry *made = NULL;
    uint32_t n_made = 0;
    if (effort > PLC_MINIMISE_EFFORT_MAX)
        return plc_fail(error, PLC_INVALID, "effort: expected 0..%d, got %u",
                        PLC_MINIMISE_EFFORT_MAX, effort);
    plc_status status = plc_live_keys_init(&keys, entries, defaultable, n, error);
    if (status == PLC_OK && n)
        status = minimise(&keys, entries, effort, &made, &n_made, error);
    plc_live_keys_finish(&keys);
    if (status == PLC_DOES_NOT_FIT || (status == PLC_OK && (!made || n_made > n))) {
        free(made); /* overlaps that we do better to leave alone */
        made = plc_array_copy(entries, n, sizeof *entries);
        n_made = n;
        status = made ? PLC_OK : plc_fail_memory(error, "routing table");
    }
    if (status == PLC_OK) {
        *ret_entries = made;
        *ret_n = n_made;
    }
    return status;
}
