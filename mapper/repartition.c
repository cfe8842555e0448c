/* Looking for a better partition than consecutive slices: several ways, the best one kept. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/mapping.h"

#include "base/error.h"
#include "base/memory.h"
#include "mapper/multilevel.h"
#include "mapper/refine.h"

#include <math.h>

/* What each effort may do, in connections looked at. */
typedef struct effort {
    uint32_t tries;         /* of each rating */
    double ratings;         /* pairs of vertices that each coarsening may look at, about */
    uint64_t work, per_pin; /* of each refinement: a floor, and for each pin */
    uint64_t anneal, anneal_per_pin;
    double hope;        /* the share of the consecutive cost below which more is tried */
    uint64_t pins_max;  /* of networks for which more than one way is tried */
    uint64_t pins_fine; /* and of those whose groups may turn out to be too fine at first */
} effort;

static const effort efforts[] = {
    {0},
    {1, 2e7, 2000000, 4, 12000000, 4, 0.9, 1000000, 300000},
    {3, 1e8, 10000000, 30, 200000000, 200, 1, UINT64_MAX, UINT64_MAX},
    {8, 1e9, 50000000, 200, 1000000000, 2000, 1, UINT64_MAX, UINT64_MAX},
};

/* What the search works with. */
typedef struct search {
    plc_mapping *mapping;
    const effort *effort;
    plc_neuron_graph graph;
    plc_part_limits limits;
    uint32_t *models; /* [n_parts] */
    uint32_t n_parts;
    uint64_t n_pins;
    uint32_t *best;                      /* [n_vertices] */
    int64_t best_cost, consecutive_cost; /* -1: there is none */
    bool found;                          /* best is within the limits */
} search;

/* What models each part may have: those of a core of the consecutive partition, or all where all
 * may share a core. False when memory is short. */
static bool choose_models(search *s)
{
    const plc_mapping *m = s->mapping;
    const plc_network *network = m->network;
    uint32_t all = 0;
    for (size_t i = 0; i < network->n_populations; i++)
        all |= UINT32_C(1) << network->populations[i].model;
    bool share =
        (uint64_t)__builtin_popcount(all) <= plc_chip_limit(m->chip, PLC_CHIP_MODELS_PER_CORE);
    free(s->models);
    s->models = plc_array(s->n_parts, sizeof *s->models);
    s->limits.models = s->models;
    for (uint32_t c = 0; s->models && c < s->n_parts; c++)
        s->models[c] = share ? all : m->cores[c % m->consecutive.n_cores].models;
    return s->models != NULL;
}

/* Keeps a partition if it is the best within the limits so far. */
static void consider(search *s, const plc_parts *parts)
{
    for (uint32_t p = 0; p < parts->n_parts; p++)
        if (plc_parts_is_over(parts, p))
            return;
    if (s->found && parts->cost >= s->best_cost)
        return;
    memcpy(s->best, parts->part_of, s->graph.n_vertices * sizeof *s->best);
    s->best_cost = parts->cost;
    s->found = true;
}

/* Connections to look at while annealing: so many for each pin, and more up to a floor, but for
 * small networks. */
static uint64_t anneal_work(const search *s)
{
    uint64_t floor = s->effort->anneal, small = s->n_pins * (floor / 6000);
    uint64_t work = s->n_pins * s->effort->anneal_per_pin;
    floor = small < floor ? small : floor;
    return work > floor ? work : floor;
}

/* Refines parts and considers them; anneals them first if there is heat. */
static plc_status improve_parts(search *s, plc_parts *parts, double heat, uint64_t seed,
                                plc_error *error)
{
    const effort *e = s->effort;
    plc_status status = PLC_OK;
    if (heat > 0)
        status = plc_refine_anneal(parts, anneal_work(s), heat, seed, error);
    if (status == PLC_OK)
        status = plc_refine_overfull(parts, error);
    if (status == PLC_OK)
        status = plc_refine(parts, e->work + e->per_pin * s->n_pins, seed, error);
    if (status == PLC_OK)
        consider(s, parts);
    return status;
}

/* The same for a partition, which is left as it is. */
static plc_status improve(search *s, const uint32_t *part_of, double heat, uint64_t seed,
                          plc_error *error)
{
    plc_parts parts;
    plc_status status = plc_parts_init(&parts, &s->graph, s->n_parts, &s->limits, part_of, error);
    if (status == PLC_OK)
        status = improve_parts(s, &parts, heat, seed, error);
    plc_parts_finish(&parts);
    return status;
}

/* Whether the best so far is so good that it may become better yet: networks without structure stay
 * near the consecutive cost whatever is done. */
static bool is_hopeful(const search *s)
{
    return s->consecutive_cost < 0 || !s->found ||
           (double)s->best_cost < s->effort->hope * (double)s->consecutive_cost;
}

/* Nets of a vertex, and targets of a net, to look at while coarsening. */
static uint32_t count_samples(const search *s)
{
    double samples = sqrt(s->effort->ratings / s->graph.n_vertices);
    return samples < 16 ? 16 : samples > 256 ? 256 : (uint32_t)samples;
}

/* Partitions from scratch, with each rating. */
static plc_status try_multilevel(search *s, plc_error *error)
{
    const effort *e = s->effort;
    uint32_t *part_of = plc_array(s->graph.n_vertices, sizeof *part_of);
    plc_status status = part_of ? PLC_OK : plc_fail_memory(error, "partition");
    uint64_t tries = s->n_pins <= e->pins_max ? 2 * e->tries : 1;
    if (tries > 1) /* those of small networks cost next to nothing */
        tries += s->n_pins < 4000 ? 15 : 60000 / s->n_pins;
    for (uint32_t i = 0; status == PLC_OK && i < tries && (i == 0 || is_hopeful(s)); i++) {
        plc_multilevel_settings settings = {.rating = i % 2 ? PLC_RATE_PIN : PLC_RATE_CLIQUE,
                                            .work = e->work,
                                            .per_pin = e->per_pin,
                                            .samples = count_samples(s),
                                            .seed =
                                                i < 2 ? 0 : (s->mapping->settings.seed << 8) + i};
        status = plc_multilevel(&s->graph, s->n_parts, &s->limits, &settings, part_of, error);
        if (status == PLC_OK)
            status = improve(s, part_of, 0, settings.seed, error);
    }
    free(part_of);
    return status;
}

/* Measures the consecutive partition, and refines it. */
static plc_status try_consecutive(search *s, plc_error *error)
{
    plc_parts parts;
    plc_assignment *a = &s->mapping->consecutive;
    plc_status status =
        plc_parts_init(&parts, &s->graph, s->n_parts, &s->limits, a->core_of, error);
    if (status != PLC_OK)
        return status;
    s->consecutive_cost = parts.cost;
    a->copies = (double)parts.cost / s->graph.scale;
    for (uint32_t p = 0; p < s->n_parts; p++)
        a->fits = a->fits && !plc_parts_is_over(&parts, p);
    if (parts.cost > 0 || !a->fits)
        status = improve_parts(s, &parts, 0, s->mapping->settings.seed, error);
    plc_parts_finish(&parts);
    return status;
}

/* Hands the best over, its parts numbered in the order of their first neurons and empty ones left
 * out. */
static plc_status keep_best(search *s, plc_error *error)
{
    uint32_t *number = plc_array(s->n_parts, sizeof *number); /* plus one */
    plc_assignment *improved = &s->mapping->improved;
    if (!number)
        return plc_fail_memory(error, "partition");
    for (uint32_t v = 0; v < s->graph.n_vertices; v++) {
        if (!number[s->best[v]])
            number[s->best[v]] = ++improved->n_cores;
        s->best[v] = number[s->best[v]] - 1;
    }
    free(number);
    improved->core_of = s->best;
    improved->fits = true;
    improved->copies = (double)s->best_cost / s->graph.scale;
    s->best = NULL;
    return PLC_OK;
}

/* Tries all ways with a number of parts. */
static plc_status run_search(search *s, plc_error *error)
{
    plc_status status = choose_models(s) ? PLC_OK : plc_fail_memory(error, "partition");
    if (status == PLC_OK && s->n_parts == s->mapping->consecutive.n_cores)
        status = try_consecutive(s, error);
    if (status != PLC_OK || (s->consecutive_cost == 0 && s->mapping->consecutive.fits))
        return status;
    status = try_multilevel(s, error);
    if (status == PLC_OK && s->found && is_hopeful(s)) {
        uint32_t *start = plc_array_copy(s->best, s->graph.n_vertices, sizeof *start);
        status = start ? improve(s, start, 0.4, s->mapping->settings.seed, error)
                       : plc_fail_memory(error, "partition");
        free(start);
    }
    return status;
}

/* The cores that the neurons and synapses alone need, or one. */
static uint32_t count_cores(const search *s)
{
    double neurons = 0, bytes = 0;
    for (uint32_t v = 0; v < s->graph.n_vertices; v++) {
        neurons += s->graph.vertices[v].neurons;
        bytes += (double)s->graph.vertices[v].bytes;
    }
    double by_neurons = neurons / (double)s->limits.neurons;
    double by_bytes = s->limits.bytes ? bytes / (double)s->limits.bytes : 0;
    return 1 + (uint32_t)(by_neurons > by_bytes ? by_neurons : by_bytes);
}

/* Tries as many parts as the consecutive partition has cores, or as few as are needed where there
 * is none; then, while nothing within the limits is found, half as many again. */
static plc_status search_all(search *s, plc_error *error)
{
    plc_status status = PLC_OK;
    const plc_assignment *consecutive = &s->mapping->consecutive;
    uint64_t n_cores = plc_chip_n_cores(s->mapping->chip), n = s->graph.n_vertices;
    uint64_t most = n_cores < n ? n_cores : n;
    s->n_parts = consecutive->core_of ? consecutive->n_cores : count_cores(s);
    while (status == PLC_OK && s->n_parts <= most) {
        status = run_search(s, error);
        if (s->found || consecutive->fits || s->n_parts == most)
            break;
        uint64_t more = s->n_parts + s->n_parts / 2 + 1;
        s->n_parts = (uint32_t)(more < most ? more : most);
    }
    bool better = s->found && (s->best_cost < s->consecutive_cost || !consecutive->fits);
    return status == PLC_OK && better ? keep_best(s, error) : status;
}

/* Whether different models must keep to cores of their own, and none is known. */
static bool lacks_models(const plc_mapping *mapping)
{
    uint32_t all = 0;
    for (size_t i = 0; i < mapping->network->n_populations; i++)
        all |= UINT32_C(1) << mapping->network->populations[i].model;
    return !mapping->consecutive.core_of &&
           (uint64_t)__builtin_popcount(all) >
               plc_chip_limit(mapping->chip, PLC_CHIP_MODELS_PER_CORE);
}

plc_status plc_map_repartition(plc_mapping *mapping, plc_error *error)
{
    const plc_chip *chip = mapping->chip;
    search s = {.mapping = mapping,
                .effort = &efforts[mapping->settings.effort],
                .consecutive_cost = -1,
                .limits = {.neurons = plc_chip_limit(chip, PLC_CHIP_NEURONS_PER_CORE),
                           .bytes = plc_chip_limit(chip, PLC_CHIP_SYNAPSE_MEMORY),
                           .axons = plc_chip_limit(chip, PLC_CHIP_AXONS_IN),
                           .row_bytes = plc_map_row_bytes(mapping)}};
    if (mapping->settings.effort == 0 || plc_map_is_large(mapping)) {
        mapping->granularity = PLC_GRANULARITY_MAX;
        return PLC_OK;
    }
    bool lone = mapping->consecutive.n_cores == 1 && s.limits.axons == UINT64_MAX;
    if (lone || lacks_models(mapping))
        return PLC_OK;
    plc_status status = plc_neuron_graph_make(mapping, &s.graph, error);
    if (status == PLC_OK) {
        s.n_pins = s.graph.target_offsets[s.graph.n_nets] + s.graph.source_offsets[s.graph.n_nets];
        mapping->granularity = s.n_pins > s.effort->pins_fine ? PLC_GRANULARITY_FULL : 0;
        s.best = plc_array(s.graph.n_vertices, sizeof *s.best);
        status = s.best ? search_all(&s, error) : plc_fail_memory(error, "partition");
    }
    plc_neuron_graph_finish(&s.graph);
    free(s.models);
    free(s.best);
    return status;
}
