/* Groups in order: a table in the making, and the moves that keep it right. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/groups.h"

#include "base/error.h"
#include "base/memory.h"

/* Labels are below this; a block without a blocker has it for a bound. */
#define TOP (UINT64_C(1) << 62)

static const uint32_t none = PLC_NO_GROUP;
static const uint64_t empty = UINT64_MAX; /* label of an empty slot, and of what no entry matches */

/* ---- blocks of groups ---- */

static void unlink_block(plc_groups *groups, uint32_t block)
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

static void link_block(plc_groups *groups, uint32_t block, uint32_t g)
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

static uint64_t label_of_blocker(const plc_groups *groups, uint32_t block)
{
    uint32_t g = groups->blocker[block];
    return g == none ? TOP : groups->labels[g];
}

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
    uint64_t least = TOP;
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

static uint64_t bound_of(plc_groups *groups, uint32_t g)
{
    if (!groups->bounds[g]) {
        uint64_t least = TOP;
        for (uint32_t b = groups->heads[g]; b != none; b = groups->next[b]) {
            uint64_t label = label_of_blocker(groups, b);
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

/* Spreads the labels evenly. */
static void renumber(plc_groups *groups)
{
    uint32_t n = sort_groups(groups);
    for (uint32_t i = 0; i < n; i++)
        groups->labels[groups->sorted[i][1]] = TOP / (n + 1) * (i + 1);
    for (uint32_t g = 0; g < groups->n_slots; g++)
        groups->bounds[g] = 0;
}

/* Puts a group's entry elsewhere in the order, with a hull that holds the former one. */
static void settle(plc_groups *groups, uint32_t g, plc_cube hull, uint64_t label)
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
        } else if (groups->blocker[block] == g || label < label_of_blocker(groups, block)) {
            groups->blocker[block] = g;
            forget_bound(groups, block);
        }
    }
    groups->work += 8 * cursor.visited;
}

/* Fits the hull of a group that has lost blocks; without any its slot is free. */
static void shrink(plc_groups *groups, uint32_t g)
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

/* ---- moves ---- */

/* What a move is about. */
typedef struct move {
    uint32_t block, to;
    bool whole;            /* the block's whole group moves */
    uint64_t lower, upper; /* the group's new label lies between; all owners that are not pulled
                              are below `lower` or on it */
} move;

/* Whether a group must stand behind the one that the move makes: its hull meets a block of it. */
static bool is_blocker(plc_groups *groups, const move *m, uint32_t g)
{
    plc_cube hull = groups->hulls[g];
    uint32_t lists[2] = {groups->heads[m->to], none};
    if (m->whole)
        lists[1] = groups->heads[groups->group_of[m->block]];
    else if (plc_cube_meets(hull, groups->keys->cubes[m->block]))
        return true;
    for (unsigned i = 0; i < 2; i++)
        for (uint32_t b = lists[i]; b != none; b = groups->next[b]) {
            groups->work += 2;
            if (plc_cube_meets(hull, groups->keys->cubes[b]))
                return true;
        }
    return false;
}

/* Looks at the owners in a hull: those before `upper` raise `lower`, the others have to be pulled.
 * False when that cannot be. */
static bool look(plc_groups *groups, move *m, plc_cube hull, uint32_t route)
{
    plc_cube_cursor cursor;
    uint32_t block;
    bool possible = true;
    plc_cube_cursor_begin(&cursor, &groups->keys->index, hull);
    while (possible && plc_cube_cursor_next(&cursor, &block)) {
        uint32_t g = groups->group_of[block];
        if (groups->keys->routes[block] == route)
            continue;
        if (g == none) {
            possible = false;
        } else if (groups->labels[g] < m->upper) {
            m->lower = groups->labels[g] > m->lower ? groups->labels[g] : m->lower;
        } else if (groups->stamps[g] != groups->stamp) {
            possible = groups->n_pulled < PLC_GROUPS_PULLED_MAX && g != m->to &&
                       !(groups->routes[g] != groups->routes[m->to] && is_blocker(groups, m, g));
            if (possible) {
                groups->stamps[g] = groups->stamp;
                groups->pulled[groups->n_pulled++] = g;
            }
        }
    }
    groups->work += 8 * cursor.visited;
    return possible;
}

/* Finds what has to be pulled before `upper`, and before that. Source: the limited search of Pearce
 * and Kelly, ACM JEA 11, 2006. */
static bool find_pulled(plc_groups *groups, move *m, plc_cube hull)
{
    groups->stamp++;
    groups->n_pulled = 0;
    bool possible = look(groups, m, hull, groups->routes[m->to]);
    for (uint32_t i = 0; possible && i < groups->n_pulled; i++) {
        uint32_t g = groups->pulled[i];
        possible = look(groups, m, groups->hulls[g], groups->routes[g]);
    }
    return possible;
}

/* Moves the pulled groups, in their order, and then the move's group between lower and upper. */
static void place(plc_groups *groups, const move *m, plc_cube hull, uint64_t random)
{
    uint32_t n = groups->n_pulled;
    uint64_t gap = (m->upper - m->lower) / (n + 1);
    for (uint32_t i = 1; i < n; i++) /* by insertion: there are few */
        for (uint32_t k = i;
             k > 0 && groups->labels[groups->pulled[k]] < groups->labels[groups->pulled[k - 1]];
             k--) {
            uint32_t g = groups->pulled[k];
            groups->pulled[k] = groups->pulled[k - 1];
            groups->pulled[k - 1] = g;
        }
    for (uint32_t i = 0; i < n; i++) {
        uint32_t g = groups->pulled[i];
        settle(groups, g, groups->hulls[g], m->lower + gap * i + 1);
    }
    uint64_t label = groups->labels[m->to], lowest = m->lower + gap * n;
    if (label <= lowest || label >= m->upper)
        label = lowest + 1 + random % (m->upper - lowest - 1);
    settle(groups, m->to, hull, label);
}

bool plc_groups_move(plc_groups *groups, uint32_t block, bool whole, uint32_t to, uint64_t random)
{
    uint32_t from = groups->group_of[block];
    plc_cube hull =
        plc_cube_hull(groups->hulls[to], whole ? groups->hulls[from] : groups->keys->cubes[block]);
    uint64_t bound = whole ? bound_of(groups, from) : label_of_blocker(groups, block);
    move m = {.block = block, .to = to, .whole = whole, .upper = bound_of(groups, to)};
    if (bound < m.upper)
        m.upper = bound;
    if (hull.mask != groups->hulls[to].mask || groups->labels[to] >= m.upper) {
        if (!find_pulled(groups, &m, hull))
            return false;
        if (m.upper - m.lower < 4 * PLC_GROUPS_PULLED_MAX) {
            renumber(groups);
            return false;
        }
        place(groups, &m, hull, random);
    }
    do {
        uint32_t b = whole ? groups->heads[from] : block;
        unlink_block(groups, b);
        link_block(groups, b, to);
    } while (whole && groups->sizes[from]);
    if (from != none)
        shrink(groups, from);
    return true;
}

bool plc_groups_split(plc_groups *groups, uint32_t block, uint64_t random)
{
    uint64_t upper = label_of_blocker(groups, block);
    if (upper < 2) {
        renumber(groups);
        return false;
    }
    uint32_t from = groups->group_of[block];
    uint32_t slot = groups->n_free ? groups->free[--groups->n_free] : groups->n_slots++;
    groups->n++;
    groups->sizes[slot] = 0;
    groups->heads[slot] = none;
    groups->routes[slot] = groups->keys->routes[block];
    groups->hulls[slot] = groups->keys->cubes[block];
    groups->labels[slot] = 1 + random % (upper - 1);
    unlink_block(groups, block);
    link_block(groups, block, slot);
    shrink(groups, from);
    return true;
}

bool plc_groups_leave(plc_groups *groups, uint32_t block)
{
    uint32_t from = groups->group_of[block];
    if (groups->blocker[block] != none)
        return false;
    unlink_block(groups, block);
    shrink(groups, from);
    return true;
}

/* ---- all of it ---- */

static void load(plc_groups *groups, const plc_grouping *grouping)
{
    const plc_live_keys *keys = groups->keys;
    groups->n = groups->n_slots = grouping->n_groups;
    for (uint32_t g = 0; g < groups->n; g++) {
        groups->heads[g] = none;
        groups->labels[g] = TOP / (groups->n + 1) * (g + 1);
    }
    for (uint32_t b = 0; b < keys->n; b++) {
        uint32_t g = grouping->group_of[b];
        groups->group_of[b] = groups->blocker[b] = none;
        if (g == none)
            continue;
        groups->hulls[g] =
            groups->sizes[g] ? plc_cube_hull(groups->hulls[g], keys->cubes[b]) : keys->cubes[b];
        groups->routes[g] = keys->routes[b];
        link_block(groups, b, g);
    }
    for (uint32_t g = 0; g < groups->n; g++)
        settle(groups, g, groups->hulls[g], groups->labels[g]);
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
