/* Walks: where the routing tables take a packet. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/memory.h"
#include "base/vectorise.h"
#include "hw/layout/layout.h"

enum {
    BORN_HERE = PLC_N_LINKS, /* in place of the link by which a packet came */
    BLOCK = 16,              /* route entries that are compared at once */
};

/* A router that the packet has reached. */
typedef struct plc_walk_step {
    uint32_t router;
    uint32_t heading; /* the link that leads straight on, or BORN_HERE */
} plc_walk_step;

/* A walk marks the routers it reaches with its own number, so that nothing is cleared between
 * walks. */
struct plc_walk_scratch {
    uint32_t n_routers;
    uint32_t n_steps;
    uint32_t number;        /* of the walk, >= 1 */
    uint32_t *reached_by;   /* [n_routers] number of the last walk that reached the router */
    plc_walk_step *steps;   /* [n_routers] in the order in which they are reached */
    uint32_t *core_offsets; /* [n_routers + 1] into layout->cores */
    uint32_t *keys, *masks; /* [route entries] the layout's, close together */
};

void plc_walk_finish(plc_walk *walk)
{
    struct plc_walk_scratch *scratch = walk->scratch;
    if (scratch) {
        free(scratch->reached_by);
        free(scratch->steps);
        free(scratch->core_offsets);
        free(scratch->keys);
        free(scratch->masks);
        free(scratch);
    }
    free(walk->cores);
    free(walk->links);
    *walk = (plc_walk){0};
}

static bool allocate(plc_walk *walk, const plc_layout *layout)
{
    uint32_t n = layout->chip->width * layout->chip->height;
    struct plc_walk_scratch *scratch = walk->scratch = plc_array(1, sizeof *scratch);
    if (!scratch)
        return false;
    scratch->n_routers = n;
    scratch->reached_by = plc_array(n, sizeof *scratch->reached_by);
    scratch->steps = plc_array(n, sizeof *scratch->steps);
    scratch->core_offsets = plc_array((size_t)n + 1, sizeof *scratch->core_offsets);
    scratch->keys = plc_array(layout->route_offsets[n], sizeof *scratch->keys);
    scratch->masks = plc_array(layout->route_offsets[n], sizeof *scratch->masks);
    walk->capacity = layout->n_cores;
    walk->cores = plc_array(layout->n_cores, sizeof *walk->cores);
    walk->links_capacity =
        n; /* each crossing but a last one, which closes a loop, reaches a router */
    walk->links = plc_array(n, sizeof *walk->links);
    return scratch->reached_by && scratch->steps && scratch->core_offsets && scratch->keys &&
           scratch->masks && walk->cores && walk->links;
}

plc_status plc_walk_init(plc_walk *walk, const plc_layout *layout, plc_error *error)
{
    *walk = (plc_walk){0};
    if (!allocate(walk, layout)) {
        plc_walk_finish(walk);
        return plc_fail_memory(error, "walks through the routing tables");
    }
    struct plc_walk_scratch *scratch = walk->scratch;
    for (uint32_t i = 0; i < layout->n_cores; i++)
        scratch->core_offsets[layout->cores[i].router + 1]++;
    for (uint32_t r = 0; r < scratch->n_routers; r++)
        scratch->core_offsets[r + 1] += scratch->core_offsets[r];
    for (uint32_t i = 0; i < layout->route_offsets[scratch->n_routers]; i++) {
        scratch->keys[i] = layout->route_entries[i].key;
        scratch->masks[i] = layout->route_entries[i].mask;
    }
    return PLC_OK;
}

/* The first of n entries that matches a key, or n. */
PLC_VECTORISE
static uint32_t first_match(const uint32_t *keys, const uint32_t *masks, uint32_t n, uint32_t key)
{
    uint32_t i = 0;
    for (; n - i >= BLOCK; i += BLOCK) {
        uint32_t any = 0;
        for (uint32_t j = 0; j < BLOCK; j++)
            any |= (uint32_t)((key & masks[i + j]) == keys[i + j]);
        if (any)
            break;
    }
    while (i < n && (key & masks[i]) != keys[i])
        i++;
    return i;
}

/* Hands the packet to cores of a router. */
static void deliver(plc_walk *walk, const plc_layout *layout, uint32_t router,
                    const plc_core_set *cores)
{
    uint32_t found = 0;
    const uint32_t *offsets = walk->scratch->core_offsets;
    for (uint32_t i = offsets[router]; i < offsets[router + 1]; i++)
        if (plc_core_set_has(cores, layout->cores[i].core)) {
            walk->cores[walk->n_cores++] = i;
            found++;
        }
    walk->n_lost += plc_core_set_count(cores) - found;
}

/* Notes that the packet is at a router; false when it has been there before. */
static bool reach(plc_walk *walk, uint32_t router, uint32_t heading)
{
    struct plc_walk_scratch *scratch = walk->scratch;
    if (scratch->reached_by[router] == scratch->number)
        return false;
    scratch->reached_by[router] = scratch->number;
    scratch->steps[scratch->n_steps++] = (plc_walk_step){router, heading};
    return true;
}

/* Sends the packet on through the links of a set. */
static void leave(plc_walk *walk, const plc_layout *layout, uint32_t router, uint32_t links)
{
    for (unsigned link = 0; link < PLC_N_LINKS && !walk->looped; link++) {
        if (!(links >> link & 1))
            continue;
        int64_t next = plc_chip_neighbour(layout->chip, router, link);
        if (next == PLC_NO_ROUTER) {
            walk->n_lost++;
            continue;
        }
        walk->links[walk->n_links++] = router * PLC_N_LINKS + link;
        walk->looped = !reach(walk, (uint32_t)next, link);
    }
}

static void step(plc_walk *walk, const plc_layout *layout, plc_walk_step at, uint32_t key)
{
    const struct plc_walk_scratch *scratch = walk->scratch;
    uint32_t begin = layout->route_offsets[at.router];
    uint32_t n = layout->route_offsets[at.router + 1] - begin;
    uint32_t match = first_match(scratch->keys + begin, scratch->masks + begin, n, key);
    if (match < n) {
        const plc_route_entry *entry = &layout->route_entries[begin + match];
        deliver(walk, layout, at.router, &entry->cores);
        leave(walk, layout, at.router, entry->links);
    } else if (at.heading == BORN_HERE) {
        walk->n_lost++;
    } else {
        leave(walk, layout, at.router, UINT32_C(1) << at.heading);
    }
}

static int compare_indices(const void *a, const void *b)
{
    uint32_t x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return (x > y) - (x < y);
}

plc_status plc_walk_packet(plc_walk *walk, const plc_layout *layout, uint32_t router, uint32_t key,
                           plc_error *error)
{
    struct plc_walk_scratch *scratch = walk->scratch;
    if (router >= scratch->n_routers)
        return plc_fail(error, PLC_INVALID, "walk: router: expected below %u, got %u",
                        scratch->n_routers, router);
    if (++scratch->number == 0) {
        memset(scratch->reached_by, 0, scratch->n_routers * sizeof *scratch->reached_by);
        scratch->number = 1;
    }
    walk->n_cores = walk->n_links = walk->n_lost = scratch->n_steps = 0;
    walk->looped = false;
    reach(walk, router, BORN_HERE);
    for (uint32_t i = 0; i < scratch->n_steps && !walk->looped; i++)
        step(walk, layout, scratch->steps[i], key);
    if (walk->n_cores > 1)
        qsort(walk->cores, walk->n_cores, sizeof *walk->cores, compare_indices);
    return PLC_OK;
}
