/* Looking for a better partition than consecutive slices: several ways, the best one kept. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/mapping.h"

#include "base/error.h"
#include "base/memory.h"
#include "mapper/multilevel.h"
#include "mapper/refine.h"

/* What each effort may do, in connections looked at. */
typedef struct effort {
    uint32_t tries;         /* of each rating */
    uint32_t samples;       /* of nets and their targets while coarsening */
    uint64_t work, per_pin; /* of each refinement: a floor, and for each pin */
    uint64_t anneal, anneal_per_pin;
} effort;

static const effort efforts[] = {
    {0},
    {1, 24, 2000000, 4, 20000000, 8},
    {3, 64, 10000000, 30, 200000000, 200},
    {8, 192, 50000000, 200, 4000000000, 8000},
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
    uint32_t *best; /* [n_vertices] */
    int64_t best_cost;
    bool found; /* best is within the limits */
} search;

/* The models that each core had in the consecutive partition; all, if all may share one. */
static bool choose_models(search *s)
{
    const plc_mapping *m = s->mapping;
    uint32_t all = 0;
    for (size_t c = 0; c < m->n_cores; c++)
        all |= m->cores[c].models;
    bool share =
        (uint64_t)__builtin_popcount(all) <= plc_chip_limit(m->chip, PLC_CHIP_MODELS_PER_CORE);
    s->models = plc_array(s->n_parts, sizeof *s->models);
    for (uint32_t c = 0; s->models && c < s->n_parts; c++)
        s->models[c] = share ? all : m->cores[c].models;
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

/* Refines a partition and considers it; anneals it first if there is heat. */
static plc_status improve(search *s, const uint32_t *part_of, double heat, uint64_t seed,
                          plc_error *error)
{
    plc_parts parts;
    const effort *e = s->effort;
    plc_status status = plc_parts_init(&parts, &s->graph, s->n_parts, &s->limits, part_of, error);
    if (status != PLC_OK)
        return status;
    if (heat > 0)
        status =
            plc_refine_anneal(&parts, e->anneal + e->anneal_per_pin * s->n_pins, heat, seed, error);
    if (status == PLC_OK)
        status = plc_refine_overfull(&parts, error);
    if (status == PLC_OK)
        status = plc_refine(&parts, e->work + e->per_pin * s->n_pins, seed, error);
    if (status == PLC_OK)
        consider(s, &parts);
    plc_parts_finish(&parts);
    return status;
}

/* Partitions from scratch, with each rating. */
static plc_status try_multilevel(search *s, plc_error *error)
{
    const effort *e = s->effort;
    uint32_t *part_of = plc_array(s->graph.n_vertices, sizeof *part_of);
    plc_status status = part_of ? PLC_OK : plc_fail_memory(error, "partition");
    for (uint32_t i = 0; status == PLC_OK && i < 2 * e->tries; i++) {
        plc_multilevel_settings settings = {.rating = i % 2 ? PLC_RATE_PIN : PLC_RATE_CLIQUE,
                                            .work = e->work + e->per_pin * s->n_pins,
                                            .samples = e->samples,
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
static plc_status try_consecutive(search *s, int64_t *ret_cost, plc_error *error)
{
    plc_parts parts;
    plc_assignment *a = &s->mapping->consecutive;
    plc_status status =
        plc_parts_init(&parts, &s->graph, s->n_parts, &s->limits, a->core_of, error);
    if (status != PLC_OK)
        return status;
    *ret_cost = parts.cost;
    a->copies = (double)parts.cost / s->graph.scale;
    for (uint32_t p = 0; p < s->n_parts; p++)
        a->fits = a->fits && !plc_parts_is_over(&parts, p);
    plc_parts_finish(&parts);
    return improve(s, a->core_of, 0, s->mapping->settings.seed, error);
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

static plc_status run_search(search *s, plc_error *error)
{
    int64_t consecutive = 0;
    plc_status status = try_consecutive(s, &consecutive, error);
    if (status == PLC_OK && consecutive == 0 && s->mapping->consecutive.fits)
        return PLC_OK;
    if (status == PLC_OK)
        status = try_multilevel(s, error);
    if (status == PLC_OK && s->found) {
        uint32_t *start = plc_array_copy(s->best, s->graph.n_vertices, sizeof *start);
        status = start ? improve(s, start, 0.4, s->mapping->settings.seed, error)
                       : plc_fail_memory(error, "partition");
        free(start);
    }
    bool better = s->found && (s->best_cost < consecutive || !s->mapping->consecutive.fits);
    return status == PLC_OK && better ? keep_best(s, error) : status;
}

plc_status plc_map_repartition(plc_mapping *mapping, plc_error *error)
{
    const plc_chip *chip = mapping->chip;
    search s = {.mapping = mapping,
                .effort = &efforts[mapping->settings.effort],
                .n_parts = mapping->consecutive.n_cores,
                .limits = {.neurons = plc_chip_limit(chip, PLC_CHIP_NEURONS_PER_CORE),
                           .bytes = plc_chip_limit(chip, PLC_CHIP_SYNAPSE_MEMORY),
                           .axons = plc_chip_limit(chip, PLC_CHIP_AXONS_IN),
                           .row_bytes = plc_chip_limit(chip, PLC_CHIP_ROW_ADDRESS) +
                                        plc_chip_limit(chip, PLC_CHIP_ROW_HEADER)}};
    if (mapping->settings.effort == 0 || plc_map_is_large(mapping)) {
        mapping->granularity = PLC_GRANULARITY_MAX;
        return PLC_OK;
    }
    if (s.n_parts < 2)
        return PLC_OK;
    plc_status status = plc_neuron_graph_make(mapping, &s.graph, error);
    if (status == PLC_OK) {
        s.n_pins = s.graph.target_offsets[s.graph.n_nets] + s.graph.source_offsets[s.graph.n_nets];
        s.best = plc_array(s.graph.n_vertices, sizeof *s.best);
        status = s.best && choose_models(&s) ? PLC_OK : plc_fail_memory(error, "partition");
        s.limits.models = s.models;
    }
    if (status == PLC_OK)
        status = run_search(&s, error);
    plc_neuron_graph_finish(&s.graph);
    free(s.models);
    free(s.best);
    return status;
}
