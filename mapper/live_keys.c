/* The live keys of a routing table, as blocks that do not overlap. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/live_keys.h"

#include "base/error.h"
#include "base/memory.h"

/* Blocks that a table may be cut into: so many for each entry, and so many more. */
enum { BLOCKS_PER_ENTRY = 4, BLOCKS_MORE = 20000 };

typedef struct block {
    plc_cube cube;
    uint32_t entry, route;
} block;

typedef struct block_list {
    block *data;
    size_t n, capacity;
} block_list;

/* What the cutting works with. */
typedef struct cutting {
    const plc_route_entry *entries;
    plc_cube *cubes; /* [n] of the entries */
    plc_cube_index index;
    block_list done, pieces, next; /* finished blocks; those of the entry at hand, before and after
                                      a cut */
} cutting;

/* Appends what of a block is not in `hole`: a piece for each bit that only the hole cares for. */
static bool subtract(block_list *list, block from, plc_cube hole)
{
    uint32_t bits = hole.mask & ~from.cube.mask;
    if (!plc_reserve(list, data, 32))
        return false;
    while (bits) {
        uint32_t bit = UINT32_C(1) << (31 - __builtin_clz(bits));
        block rest = from;
        rest.cube.mask |= bit;
        rest.cube.key |= ~hole.key & bit;
        list->data[list->n++] = rest;
        from.cube.mask |= bit;
        from.cube.key |= hole.key & bit;
        bits &= ~bit;
    }
    return true;
}

/* Takes a hole out of the pieces at hand. */
static bool cut(cutting *c, plc_cube hole)
{
    block_list before = c->pieces;
    c->next.n = 0;
    for (size_t i = 0; i < before.n; i++) {
        bool whole = !plc_cube_meets(before.data[i].cube, hole);
        if (!plc_reserve(&c->next, data, 1))
            return false;
        if (whole)
            c->next.data[c->next.n++] = before.data[i];
        else if (!subtract(&c->next, before.data[i], hole))
            return false;
    }
    c->pieces = c->next;
    c->next = before;
    return true;
}

/* Adds what entry `i` still matches behind those before it. */
static plc_status add_entry(cutting *c, uint32_t i, size_t limit, plc_error *error)
{
    plc_cube_cursor cursor;
    uint32_t other;
    c->pieces.n = 0;
    if (!plc_reserve(&c->pieces, data, 1))
        return plc_fail_memory(error, "live keys");
    c->pieces.data[c->pieces.n++] = (block){.cube = c->cubes[i], .entry = i};
    plc_cube_cursor_begin(&cursor, &c->index, c->cubes[i]);
    while (c->pieces.n && plc_cube_cursor_next(&cursor, &other)) {
        if (other < i && !cut(c, c->cubes[other]))
            return plc_fail_memory(error, "live keys");
        if (c->done.n + c->pieces.n > limit)
            return plc_fail(error, PLC_DOES_NOT_FIT,
                            "entries overlap so much that their keys are more than %zu blocks",
                            limit);
    }
    if (!plc_reserve(&c->done, data, c->pieces.n))
        return plc_fail_memory(error, "live keys");
    memcpy(c->done.data + c->done.n, c->pieces.data, c->pieces.n * sizeof *c->done.data);
    c->done.n += c->pieces.n;
    return PLC_OK;
}

/* An entry to be sorted by route. */
typedef struct routed {
    const plc_route_entry *entry;
    uint32_t number;
} routed;

static int compare_routes(const plc_route_entry *x, const plc_route_entry *y)
{
    if (x->links != y->links)
        return x->links < y->links ? -1 : 1;
    return memcmp(&x->cores, &y->cores, sizeof x->cores);
}

static int compare_routed(const void *a, const void *b)
{
    const routed *x = a, *y = b;
    int order = compare_routes(x->entry, y->entry);
    return order ? order : (x->number > y->number) - (x->number < y->number);
}

/* Numbers the routes and marks the blocks with them. */
static bool number_routes(block_list *blocks, const plc_route_entry *entries, uint32_t n,
                          plc_live_keys *keys)
{
    routed *sorted = plc_array(n, sizeof *sorted);
    uint32_t *route_of = plc_array(n, sizeof *route_of);
    keys->route_example = plc_array(n, sizeof *keys->route_example);
    bool enough = sorted && route_of && keys->route_example;
    for (uint32_t i = 0; enough && i < n; i++)
        sorted[i] = (routed){&entries[i], i};
    if (enough)
        qsort(sorted, n, sizeof *sorted, compare_routed);
    for (uint32_t i = 0; enough && i < n; i++) {
        if (i == 0 || compare_routes(sorted[i - 1].entry, sorted[i].entry))
            keys->route_example[keys->n_routes++] = sorted[i].number;
        route_of[sorted[i].number] = keys->n_routes - 1;
    }
    for (size_t i = 0; enough && i < blocks->n; i++)
        blocks->data[i].route = route_of[blocks->data[i].entry];
    free(sorted);
    free(route_of);
    return enough;
}

static int compare_blocks(const void *a, const void *b)
{
    const block *x = a, *y = b;
    if (x->route != y->route)
        return x->route < y->route ? -1 : 1;
    return (x->cube.key > y->cube.key) - (x->cube.key < y->cube.key);
}

/* Copies the sorted blocks into arrays. */
static bool spread(const block_list *blocks, const bool *defaultable, plc_live_keys *keys)
{
    keys->n = (uint32_t)blocks->n;
    keys->cubes = plc_array(keys->n, sizeof *keys->cubes);
    keys->routes = plc_array(keys->n, sizeof *keys->routes);
    keys->defaultable = plc_array(keys->n, sizeof *keys->defaultable);
    keys->route_begin = plc_array(keys->n_routes + 1ul, sizeof *keys->route_begin);
    if (!keys->cubes || !keys->routes || !keys->defaultable || !keys->route_begin)
        return false;
    for (uint32_t i = 0; i < keys->n; i++) {
        const block *b = &blocks->data[i];
        keys->cubes[i] = b->cube;
        keys->routes[i] = b->route;
        keys->defaultable[i] = defaultable && defaultable[b->entry];
        keys->route_begin[b->route + 1]++;
    }
    for (uint32_t r = 0; r < keys->n_routes; r++)
        keys->route_begin[r + 1] += keys->route_begin[r];
    return true;
}

static plc_status make_blocks(cutting *c, uint32_t n, plc_error *error)
{
    size_t limit = (size_t)n * BLOCKS_PER_ENTRY + BLOCKS_MORE;
    c->cubes = plc_array(n, sizeof *c->cubes);
    if (!c->cubes)
        return plc_fail_memory(error, "live keys");
    for (uint32_t i = 0; i < n; i++)
        c->cubes[i] = (plc_cube){c->entries[i].key & c->entries[i].mask, c->entries[i].mask};
    plc_status status = plc_cube_index_init(&c->index, c->cubes, n, error);
    for (uint32_t i = 0; status == PLC_OK && i < n; i++)
        status = add_entry(c, i, limit, error);
    return status;
}

plc_status plc_live_keys_init(plc_live_keys *keys, const plc_route_entry *entries,
                              const bool *defaultable, uint32_t n, plc_error *error)
{
    cutting c = {.entries = entries};
    *keys = (plc_live_keys){0};
    if (n == 0)
        return PLC_OK;
    plc_status status = make_blocks(&c, n, error);
    if (status == PLC_OK && !number_routes(&c.done, entries, n, keys))
        status = plc_fail_memory(error, "live keys");
    if (status == PLC_OK) {
        qsort(c.done.data, c.done.n, sizeof *c.done.data, compare_blocks);
        if (!spread(&c.done, defaultable, keys))
            status = plc_fail_memory(error, "live keys");
    }
    if (status == PLC_OK)
        status = plc_cube_index_init(&keys->index, keys->cubes, keys->n, error);
    plc_cube_index_finish(&c.index);
    free(c.cubes);
    free(c.done.data);
    free(c.pieces.data);
    free(c.next.data);
    return status;
}

void plc_live_keys_finish(plc_live_keys *keys)
{
    free(keys->cubes);
    free(keys->routes);
    free(keys->defaultable);
    free(keys->route_begin);
    free(keys->route_example);
    plc_cube_index_finish(&keys->index);
    *keys = (plc_live_keys){0};
}
