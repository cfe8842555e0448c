/* Groups in order: their blocks, blockers and labels. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/groups.h"

#include "base/error.h"
#include "base/memory.h"

static const uint32_t none = PLC_NO_GROUP;
static const uint64_t empty = UINT64_MAX; /* label of an empty slot, and of what no entry matches */

/* ---- blocks of groups ---- */

void plc_groups_unlink(plc_groups *groups, uint32_t block)
{
    uint32_t g = groups->group_of[block];
    uint32_t before = groups->previous[block], behind = groups->next[block];
    if (g == none)
        return;
    if (before != none)
        groups->next[before] = behind;
    else
        groups->heads[g] = behind;
    if (behind != none)
        groups->previous[behind] = before;
    groups->sizes[g]--;
    groups->group_of[block] = none;
}

void plc_groups_link(plc_groups *groups, uint32_t block, uint32_t g)
{
    uint32_t head = groups->heads[g];
    groups->previous[block] = none;
    groups->next[block] = head;
    if (head != none)
        groups->previous[head] = block;
    groups->heads[g] = block;
    groups->sizes[g]++;
    groups->group_of[block] = g;
    groups->bounds[g] = 0;
}

/* ---- blockers ---- */

static void forget_bound(plc_groups *groups, uint32_t block)
{
    if (groups->group_of[block] != none)
        groups->bounds[groups->group_of[block]] = 0;
}

/* The first of the groups whose hull meets a block of another route. */
static void find_blocker(plc_groups *groups, uint32_t block)
{
    plc_cube cube = groups->keys->cubes[block];
    uint32_t route = groups->keys->routes[block], first = none;
    uint64_t least = PLC_GROUPS_TOP;
    for (uint32_t g = 0; g < groups->n_slots; g++)
        if (plc_cube_meets(cube, groups->hulls[g]) && groups->labels[g] < least &&
            groups->routes[g] != route) {
            least = groups->labels[g];
            first = g;
        }
    groups->blocker[block] = first;
    groups->work += groups->n_slots;
    forget_bound(groups, block);
}

uint64_t plc_groups_bound(plc_groups *groups, uint32_t g)
{
    if (!groups->bounds[g]) {
        uint64_t least = PLC_GROUPS_TOP;
        for (uint32_t b = groups->heads[g]; b != none; b = groups->next[b]) {
            uint64_t label = plc_groups_blocker_label(groups, b);
            least = label < least ? label : least;
        }
        groups->bounds[g] = least;
        groups->work += 4 * groups->sizes[g];
    }
    return groups->bounds[g];
}

/* ---- the order ---- */

static int compare_labels(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    if (x[0] != y[0])
        return x[0] < y[0] ? -1 : 1;
    return (x[1] > y[1]) - (x[1] < y[1]);
}

/* Sorts the groups: sorted[i] = {label, slot}. */
static uint32_t sort_groups(plc_groups *groups)
{
    uint32_t n = 0;
    for (uint32_t g = 0; g < groups->n_slots; g++)
        if (groups->labels[g] != empty) {
            groups->sorted[n][0] = groups->labels[g];
            groups->sorted[n++][1] = g;
        }
    qsort(groups->sorted, n, sizeof *groups->sorted, compare_labels);
    groups->work += 100ul * n;
    return n;
}

void plc_groups_renumber(plc_groups *groups)
{
    uint32_t n = sort_groups(groups);
    for (uint32_t i = 0; i < n; i++)
        groups->labels[groups->sorted[i][1]] = PLC_GROUPS_TOP / (n + 1) * (i + 1);
    for (uint32_t g = 0; g < groups->n_slots; g++)
        groups->bounds[g] = 0;
}

void plc_groups_settle(plc_groups *groups, uint32_t g, plc_cube hull, uint64_t label)
{
    plc_cube_cursor cursor;
    uint32_t block;
    uint64_t before = groups->labels[g];
    groups->hulls[g] = hull;
    groups->labels[g] = label;
    plc_cube_cursor_begin(&cursor, &groups->keys->index, hull);
    while (plc_cube_cursor_next(&cursor, &block)) {
        if (groups->keys->routes[block] == groups->routes[g])
            continue;
        if (groups->blocker[block] == g && label > before) {
            find_blocker(groups, block);
        } else if (groups->blocker[block] == g || label < plc_groups_blocker_label(groups, block)) {
            groups->blocker[block] = g;
            forget_bound(groups, block);
        }
    }
    groups->work += 8 * cursor.visited;
}

void plc_groups_shrink(plc_groups *groups, uint32_t g)
{
    plc_cube_cursor cursor;
    uint32_t block, b = groups->heads[g];
    plc_cube before = groups->hulls[g], hull = b == none ? before : groups->keys->cubes[b];
    groups->bounds[g] = 0;
    for (; b != none && hull.mask != before.mask; b = groups->next[b]) {
        hull = plc_cube_hull(hull, groups->keys->cubes[b]);
        groups->work += 4;
    }
    if (groups->sizes[g] && hull.mask == before.mask)
        return;
    groups->hulls[g] = hull;
    if (!groups->sizes[g]) {
        groups->labels[g] = empty;
        groups->free[groups->n_free++] = g;
        groups->n--;
    }
    plc_cube_cursor_begin(&cursor, &groups->keys->index, before);
    while (plc_cube_cursor_next(&cursor, &block))
        if (groups->blocker[block] == g &&
            !(groups->sizes[g] && plc_cube_meets(hull, groups->keys->cubes[block])))
            find_blocker(groups, block);
    groups->work += 8 * cursor.visited;
}

/* ---- all of it ---- */

static void load(plc_groups *groups, const plc_grouping *grouping)
{
    const plc_live_keys *keys = groups->keys;
    groups->n = groups->n_slots = grouping->n_groups;
    for (uint32_t g = 0; g < groups->n; g++) {
        groups->heads[g] = none;
        groups->labels[g] = PLC_GROUPS_TOP / (groups->n + 1) * (g + 1);
    }
    for (uint32_t b = 0; b < keys->n; b++) {
        uint32_t g = grouping->group_of[b];
        groups->group_of[b] = groups->blocker[b] = none;
        if (g == none)
            continue;
        groups->hulls[g] =
            groups->sizes[g] ? plc_cube_hull(groups->hulls[g], keys->cubes[b]) : keys->cubes[b];
        groups->routes[g] = keys->routes[b];
        plc_groups_link(groups, b, g);
    }
    for (uint32_t g = 0; g < groups->n; g++)
        plc_groups_settle(groups, g, groups->hulls[g], groups->labels[g]);
}

plc_status plc_groups_init(plc_groups *groups, const plc_live_keys *keys,
                           const plc_grouping *grouping, plc_error *error)
{
    size_t n = keys->n;
    *groups = (plc_groups){.keys = keys,
                           .hulls = plc_array(n, sizeof *groups->hulls),
                           .labels = plc_array(n, sizeof *groups->labels),
                           .bounds = plc_array(n, sizeof *groups->bounds),
                           .routes = plc_array(n, sizeof *groups->routes),
                           .sizes = plc_array(n, sizeof *groups->sizes),
                           .heads = plc_array(n, sizeof *groups->heads),
                           .free = plc_array(n, sizeof *groups->free),
                           .group_of = plc_array(n, sizeof *groups->group_of),
                           .next = plc_array(n, sizeof *groups->next),
                           .previous = plc_array(n, sizeof *groups->previous),
                           .blocker = plc_array(n, sizeof *groups->blocker),
                           .stamps = plc_array(n, sizeof *groups->stamps),
                           .sorted = plc_array(n, sizeof *groups->sorted)};
    if (!groups->hulls || !groups->labels || !groups->bounds || !groups->routes || !groups->sizes ||
        !groups->heads || !groups->free || !groups->group_of || !groups->next ||
        !groups->previous || !groups->blocker || !groups->stamps || !groups->sorted)
        return plc_fail_memory(error, "groups of keys");
    load(groups, grouping);
    return PLC_OK;
}

void plc_groups_finish(plc_groups *groups)
{
    free(groups->hulls);
    free(groups->labels);
    free(groups->bounds);
    free(groups->routes);
    free(groups->sizes);
    free(groups->heads);
    free(groups->free);
    free(groups->group_of);
    free(groups->next);
    free(groups->previous);
    free(groups->blocker);
    free(groups->stamps);
    free(groups->sorted);
    *groups = (plc_groups){0};
}

void plc_groups_save(plc_groups *groups, plc_grouping *grouping)
{
    uint32_t n = sort_groups(groups);
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t b = groups->heads[groups->sorted[i][1]]; b != none; b = groups->next[b])
            grouping->group_of[b] = i;
    for (uint32_t b = 0; b < groups->keys->n; b++)
        if (groups->group_of[b] == none)
            grouping->group_of[b] = none;
    grouping->n_groups = n;
}
