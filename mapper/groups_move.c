/* The moves of groups in order, which keep the table right. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/groups.h"

static const uint32_t none = PLC_NO_GROUP;

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
        plc_groups_settle(groups, g, groups->hulls[g], m->lower + gap * i + 1);
    }
    uint64_t label = groups->labels[m->to], lowest = m->lower + gap * n;
    if (label <= lowest || label >= m->upper)
        label = lowest + 1 + random % (m->upper - lowest - 1);
    plc_groups_settle(groups, m->to, hull, label);
}

bool plc_groups_move(plc_groups *groups, uint32_t block, bool whole, uint32_t to, uint64_t random)
{
    uint32_t from = groups->group_of[block];
    plc_cube hull =
        plc_cube_hull(groups->hulls[to], whole ? groups->hulls[from] : groups->keys->cubes[block]);
    uint64_t bound =
        whole ? plc_groups_bound(groups, from) : plc_groups_blocker_label(groups, block);
    move m = {.block = block, .to = to, .whole = whole, .upper = plc_groups_bound(groups, to)};
    if (bound < m.upper)
        m.upper = bound;
    if (hull.mask != groups->hulls[to].mask || groups->labels[to] >= m.upper) {
        if (!find_pulled(groups, &m, hull))
            return false;
        if (m.upper - m.lower < 4 * PLC_GROUPS_PULLED_MAX) {
            plc_groups_renumber(groups);
            return false;
        }
        place(groups, &m, hull, random);
    }
    do {
        uint32_t b = whole ? groups->heads[from] : block;
        plc_groups_unlink(groups, b);
        plc_groups_link(groups, b, to);
    } while (whole && groups->sizes[from]);
    if (from != none)
        plc_groups_shrink(groups, from);
    return true;
}

bool plc_groups_split(plc_groups *groups, uint32_t block, uint64_t random)
{
    uint64_t upper = plc_groups_blocker_label(groups, block);
    if (upper < 2) {
        plc_groups_renumber(groups);
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
    plc_groups_unlink(groups, block);
    plc_groups_link(groups, block, slot);
    plc_groups_shrink(groups, from);
    return true;
}

bool plc_groups_leave(plc_groups *groups, uint32_t block)
{
    uint32_t from = groups->group_of[block];
    if (groups->blocker[block] != none)
        return false;
    plc_groups_unlink(groups, block);
    plc_groups_shrink(groups, from);
    return true;
}
