/* Greedy covers: the entries of one route after the other. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/memory.h"
#include "mapper/grouping.h"

/* Nodes of the index that merging pairs may look at; then cubes are grown instead. Blocks that need
 * no look into the index count less. */
#define PAIR_WORK_MAX UINT64_C(40000000)
enum { TRIES_PER_NODE = 16 };

static const uint32_t never = UINT32_MAX; /* rank of what stays behind all entries */

typedef struct covering {
    const plc_live_keys *keys;
    plc_grouping *grouping;
    uint32_t *rank;    /* [n] turn of the block's route; `never`: left to the default */
    uint32_t *highest; /* [index nodes] rank below the node */
    uint32_t *order;   /* [n_routes] */
    uint32_t *open;    /* [n] blocks of the route at hand that are in no group yet */
    plc_cover_method method;
    uint32_t turn;    /* of the route at hand */
    uint32_t varying; /* bits that are not the same in all blocks */
    uint64_t work;    /* nodes looked at */
} covering;

/* Whether a cube meets no block of a later turn. */
static bool is_pure(covering *c, plc_cube cube)
{
    bool pure = true;
    plc_cube_cursor cursor;
    uint32_t block;
    plc_cube_cursor_begin(&cursor, &c->keys->index, cube);
    cursor.highest = c->highest;
    cursor.above = c->turn;
    while (pure && plc_cube_cursor_next(&cursor, &block))
        pure = c->rank[block] <= c->turn;
    c->work += cursor.visited;
    return pure;
}

/* Gives the blocks their ranks, and each node of the index the highest below it. */
static void rank_blocks(covering *c, const uint64_t *left)
{
    const plc_live_keys *keys = c->keys;
    for (uint32_t i = 0; i < keys->n_routes; i++) {
        uint32_t r = c->order[i];
        bool leave = left && (left[r / 64] >> (r % 64)) & 1;
        for (uint32_t b = keys->route_begin[r]; b < keys->route_begin[r + 1]; b++)
            c->rank[b] = leave && keys->defaultable[b] ? never : i;
    }
    for (uint32_t number = keys->index.n_nodes; number-- > 0;) {
        const plc_cube_node *node = &keys->index.nodes[number];
        uint32_t most = 0;
        if (node->bit == PLC_CUBE_LEAF) {
            for (uint32_t i = node->child[0]; i < node->child[1]; i++)
                if (c->rank[keys->index.items[i]] > most)
                    most = c->rank[keys->index.items[i]];
        } else {
            for (unsigned k = 0; k < 3; k++)
                if (node->child[k] && c->highest[node->child[k]] > most)
                    most = c->highest[node->child[k]];
        }
        c->highest[number] = most;
    }
}

/* The bits that the cube of a group cannot do without: freed alone, any of them makes it meet a
 * block of a later route, and so with others. */
static uint32_t find_needed(covering *c, plc_cube cube, uint32_t known)
{
    uint32_t needed = known & cube.mask;
    for (uint32_t bits = cube.mask & c->varying & ~known; bits; bits &= bits - 1) {
        uint32_t mask = cube.mask & ~(bits & -bits);
        if (!is_pure(c, (plc_cube){cube.key & mask, mask}))
            needed |= bits & -bits;
    }
    return needed;
}

/* Makes a group of the last of n open blocks and the others that can join it, tried from the first
 * block or from the last; returns how many stay open. What cannot join now cannot later either,
 * when the hull is larger: one pass will do. */
static uint32_t merge_pairs(covering *c, uint32_t n)
{
    const plc_live_keys *keys = c->keys;
    uint32_t group = c->grouping->n_groups++, n_kept = 0, seed = c->open[--n];
    plc_cube hull = keys->cubes[seed];
    uint32_t needed = find_needed(c, hull, 0);
    c->grouping->group_of[seed] = group;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t block = c->open[c->method == PLC_COVER_NEAR ? n - 1 - i : i];
        plc_cube both = plc_cube_hull(hull, keys->cubes[block]);
        if (needed & ~both.mask || !is_pure(c, both))
            continue;
        if (both.mask != hull.mask)
            needed = find_needed(c, both, needed);
        hull = both;
        c->grouping->group_of[block] = group;
    }
    for (uint32_t i = 0; i < n; i++)
        if (c->grouping->group_of[c->open[i]] == PLC_NO_GROUP)
            c->open[n_kept++] = c->open[i];
    c->work += n / TRIES_PER_NODE;
    return n_kept;
}

/* Grows a cube from the last of n open blocks, freeing bits from the lowest; returns how many stay
 * open. */
static uint32_t grow_cube(covering *c, uint32_t n)
{
    const plc_live_keys *keys = c->keys;
    uint32_t group = c->grouping->n_groups++, seed = c->open[n - 1], block;
    plc_cube cube = keys->cubes[seed];
    plc_cube_cursor cursor;
    for (uint32_t bits = cube.mask & c->varying; bits; bits &= bits - 1) {
        uint32_t mask = cube.mask & ~(bits & -bits);
        plc_cube wider = {cube.key & mask, mask};
        if (is_pure(c, wider))
            cube = wider;
    }
    plc_cube_cursor_begin(&cursor, &keys->index, cube);
    while (plc_cube_cursor_next(&cursor, &block))
        if (c->rank[block] == c->turn && c->grouping->group_of[block] == PLC_NO_GROUP &&
            plc_cube_holds(cube, keys->cubes[block]))
            c->grouping->group_of[block] = group;
    while (n && c->grouping->group_of[c->open[n - 1]] != PLC_NO_GROUP)
        n--;
    return n;
}

static void cover_route(covering *c, uint32_t r)
{
    const plc_live_keys *keys = c->keys;
    uint32_t n = 0;
    for (uint32_t b = keys->route_begin[r]; b < keys->route_begin[r + 1]; b++)
        if (c->rank[b] != never)
            c->open[n++] = b;
    while (n)
        n = c->method == PLC_COVER_GROW || c->work > PAIR_WORK_MAX ? grow_cube(c, n)
                                                                   : merge_pairs(c, n);
}

/* A route and how many blocks it has. */
typedef struct sized {
    uint32_t route, n;
} sized;

static int compare_sizes(const void *a, const void *b)
{
    const sized *x = a, *y = b;
    if (x->n != y->n)
        return x->n < y->n ? -1 : 1;
    return (x->route > y->route) - (x->route < y->route);
}

static bool order_routes(covering *c)
{
    const plc_live_keys *keys = c->keys;
    sized *sizes = plc_array(keys->n_routes, sizeof *sizes);
    if (!sizes)
        return false;
    for (uint32_t r = 0; r < keys->n_routes; r++)
        sizes[r] = (sized){r, keys->route_begin[r + 1] - keys->route_begin[r]};
    qsort(sizes, keys->n_routes, sizeof *sizes, compare_sizes);
    for (uint32_t r = 0; r < keys->n_routes; r++)
        c->order[r] = sizes[r].route;
    free(sizes);
    return true;
}

/* The bits in which blocks differ, or have them either way. */
static uint32_t find_varying(const plc_live_keys *keys)
{
    uint32_t varying = 0;
    for (uint32_t b = 0; b < keys->n; b++)
        varying |= (keys->cubes[b].key ^ keys->cubes[0].key) | ~keys->cubes[b].mask;
    return varying;
}

plc_status plc_grouping_cover(const plc_live_keys *keys, const uint64_t *left,
                              plc_cover_method method, plc_grouping *grouping, plc_error *error)
{
    covering c = {.keys = keys,
                  .grouping = grouping,
                  .method = method,
                  .rank = plc_array(keys->n, sizeof *c.rank),
                  .highest = plc_array(keys->index.n_nodes, sizeof *c.highest),
                  .order = plc_array(keys->n_routes, sizeof *c.order),
                  .open = plc_array(keys->n, sizeof *c.open),
                  .varying = find_varying(keys)};
    bool enough = c.rank && c.highest && c.order && c.open && order_routes(&c);
    if (enough) {
        rank_blocks(&c, left);
        grouping->n_groups = 0;
        for (uint32_t b = 0; b < keys->n; b++)
            grouping->group_of[b] = PLC_NO_GROUP;
        for (c.turn = 0; c.turn < keys->n_routes; c.turn++)
            cover_route(&c, c.order[c.turn]);
    }
    free(c.rank);
    free(c.highest);
    free(c.order);
    free(c.open);
    return enough ? PLC_OK : plc_fail_memory(error, "covers of routes");
}
