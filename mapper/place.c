/* Placement: cores onto routers in breadth-first order, then to fewer hops. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/mapping.h"

#include "base/error.h"
#include "base/memory.h"
#include "mapper/like.h"
#include "mapper/placement.h"

/* Leaves the routers in order [n] from which the first can be reached; their number. Where links
 * work both ways one look at each does. */
static uint32_t keep_joined(const plc_chip *chip, uint32_t *order, uint32_t n, bool *seen)
{
    bool back[PLC_MAX_SIDE * PLC_MAX_SIDE] = {false};
    uint32_t n_kept = 0;
    for (bool more = n > 0; more;) {
        more = false;
        for (uint32_t i = 0; i < n; i++) {
            bool leads = i == 0;
            for (unsigned link = 0; link < PLC_N_LINKS && !leads; link++) {
                int64_t next = plc_chip_neighbour(chip, order[i], link);
                leads = next != PLC_NO_ROUTER && back[next];
            }
            more = more || (leads && !back[order[i]]);
            back[order[i]] = leads;
        }
    }
    for (uint32_t i = 0; i < n; i++) {
        seen[order[i]] = back[order[i]];
        if (back[order[i]])
            order[n_kept++] = order[i];
    }
    return n_kept;
}

uint32_t plc_map_order_routers(const plc_chip *chip, uint32_t *order, bool *seen)
{
    uint32_t n_routers = chip->width * chip->height, n = 0;
    for (uint32_t r = 0; r < n_routers && n == 0; r++) {
        if (chip->alive[r]) {
            seen[r] = true;
            order[n++] = r;
        }
    }
    for (uint32_t i = 0; i < n; i++) {
        for (unsigned link = 0; link < PLC_N_LINKS; link++) {
            int64_t next = plc_chip_neighbour(chip, order[i], link);
            if (next != PLC_NO_ROUTER && !seen[next]) {
                seen[next] = true;
                order[n++] = (uint32_t)next;
            }
        }
    }
    return keep_joined(chip, order, n, seen);
}

/* Gives the cores routers in order; the number of cores that got one. */
static size_t assign(plc_mapping *mapping, const uint32_t *order, uint32_t n_routers)
{
    size_t placed = 0;
    for (uint32_t i = 0; i < n_routers; i++) {
        uint32_t room = plc_core_set_count(&mapping->chip->cores[order[i]]);
        for (; room && placed < mapping->n_cores; room--)
            mapping->cores[placed++].router = order[i];
    }
    return placed;
}

/* The groups as nets from core to cores. */
static bool make_graph(const plc_mapping *mapping, plc_hypergraph *graph)
{
    *graph = (plc_hypergraph){.n_vertices = (uint32_t)mapping->n_cores,
                              .n_nets = (uint32_t)mapping->n_groups};
    graph->sources = plc_array(mapping->n_groups, sizeof *graph->sources);
    graph->weights = plc_array(mapping->n_groups, sizeof *graph->weights);
    graph->sink_offsets =
        plc_array_copy(mapping->target_offsets, mapping->n_groups + 1, sizeof *graph->sink_offsets);
    graph->sinks = plc_array_copy(mapping->target_cores, mapping->target_offsets[mapping->n_groups],
                                  sizeof *graph->sinks);
    if (!graph->sources || !graph->weights || !graph->sink_offsets || !graph->sinks)
        return false;
    for (size_t g = 0; g < mapping->n_groups; g++) {
        graph->sources[g] = mapping->groups[g].core;
        graph->weights[g] = mapping->groups[g].weight;
    }
    return true;
}

/* Moves cores to routers where packets have fewer links to cross. */
static plc_status improve(plc_mapping *mapping, plc_error *error)
{
    enum { ROUTERS_MAX = 8192 }; /* distances on a mesh with dead parts take their square */
    if (mapping->n_cores < 2 || mapping->chip->width * mapping->chip->height > ROUTERS_MAX)
        return PLC_OK;
    plc_machine machine = {0};
    plc_hypergraph graph = {0};
    uint32_t *routers = plc_array(mapping->n_cores, sizeof *routers);
    plc_status status = routers && make_graph(mapping, &graph)
                            ? plc_machine_init(&machine, mapping->chip, error)
                            : plc_fail_memory(error, "placement");
    for (size_t i = 0; status == PLC_OK && i < mapping->n_cores; i++)
        routers[i] = mapping->cores[i].router;
    if (status == PLC_OK)
        status = plc_placement_improve(&graph, &machine, mapping->settings.effort,
                                       mapping->settings.seed, routers, error);
    for (size_t i = 0; status == PLC_OK && i < mapping->n_cores; i++)
        mapping->cores[i].router = routers[i];
    plc_machine_finish(&machine);
    plc_hypergraph_finish(&graph);
    free(routers);
    return status;
}

/* Gives the cores on each router its usable ones, in order. */
static bool number_cores(plc_mapping *mapping)
{
    size_t n_routers = (size_t)mapping->chip->width * mapping->chip->height;
    uint32_t *next = plc_array(n_routers, sizeof *next);
    for (size_t i = 0; next && i < mapping->n_cores; i++) {
        plc_mapped_core *core = &mapping->cores[i];
        while (!plc_core_set_has(&mapping->chip->cores[core->router], next[core->router]))
            next[core->router]++;
        core->core = next[core->router]++;
    }
    free(next);
    return next != NULL;
}

/* A core and its number before sorting by place. */
typedef struct placed_core {
    plc_mapped_core core;
    uint32_t number;
} placed_core;

static int compare_places(const void *a, const void *b)
{
    const plc_mapped_core *x = &((const placed_core *)a)->core,
                          *y = &((const placed_core *)b)->core;
    if (x->router != y->router)
        return x->router < y->router ? -1 : 1;
    return (x->core > y->core) - (x->core < y->core);
}

static int compare_numbers(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* Renumbers cores by (router, core), as layouts have them, in slices, groups and targets too. */
static bool sort_cores(plc_mapping *mapping)
{
    placed_core *sorted = plc_array(mapping->n_cores, sizeof *sorted);
    uint32_t *number = plc_array(mapping->n_cores, sizeof *number);
    bool ok = sorted && number;
    for (size_t i = 0; ok && i < mapping->n_cores; i++)
        sorted[i] = (placed_core){mapping->cores[i], (uint32_t)i};
    if (ok)
        qsort(sorted, mapping->n_cores, sizeof *sorted, compare_places);
    for (size_t i = 0; ok && i < mapping->n_cores; i++) {
        mapping->cores[i] = sorted[i].core;
        number[sorted[i].number] = (uint32_t)i;
    }
    for (size_t s = 0; ok && s < mapping->n_slices; s++)
        mapping->slices[s].core = number[mapping->slices[s].core];
    for (size_t g = 0; ok && g < mapping->n_groups; g++) {
        uint32_t *targets = mapping->target_cores + mapping->target_offsets[g];
        size_t n_targets = mapping->target_offsets[g + 1] - mapping->target_offsets[g];
        mapping->groups[g].core = number[mapping->groups[g].core];
        for (size_t k = 0; k < n_targets; k++)
            targets[k] = number[targets[k]];
        if (n_targets)
            qsort(targets, n_targets, sizeof *targets, compare_numbers);
    }
    free(sorted);
    free(number);
    return ok;
}

/* The partition takes no more cores than there are: what is dead keeps them apart. */
static plc_status fail_room(plc_mapping *mapping, size_t room, plc_error *error)
{
    mapping->lack = (plc_lack){.kind = PLC_LACK_LINKS, .needed = mapping->n_cores};
    return plc_fail(error, PLC_DOES_NOT_FIT,
                    "does not fit: cores: the network needs %zu, chip %s has %zu that are "
                    "connected to each other",
                    mapping->n_cores, plc_chip_name(mapping->chip), room);
}

plc_status plc_map_place(plc_mapping *mapping, plc_error *error)
{
    uint32_t n_routers = mapping->chip->width * mapping->chip->height;
    uint32_t *order = plc_array(n_routers, sizeof *order);
    bool *seen = plc_array(n_routers, sizeof *seen);
    plc_status status = PLC_OK;
    if (!order || !seen) {
        status = plc_fail_memory(error, "placement");
    } else {
        uint32_t n = plc_map_order_routers(mapping->chip, order, seen);
        size_t placed = mapping->like ? mapping->n_cores : assign(mapping, order, n);
        if (mapping->like)
            status = plc_like_place_cores(mapping, order, n, error);
        else if (placed < mapping->n_cores)
            status = fail_room(mapping, placed, error);
        else
            status = improve(mapping, error);
        if (status == PLC_OK &&
            ((!mapping->like && !number_cores(mapping)) || !sort_cores(mapping)))
            status = plc_fail_memory(error, "placement");
    }
    free(order);
    free(seen);
    return status;
}
