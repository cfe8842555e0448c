/* MAX-CUT as a network of ON-OFF pairs. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ising/maxcut.h"

#include "base/error.h"
#include "base/memory.h"
#include "ising/colour.h"
#include "ising/graph.h"

#include <math.h>
#include <stdio.h>

/* Model time per tick [ms]. The machine runs freely; nothing depends on this. */
static const double TICK_MS = 1.0;

static const uint64_t UPDATES_MAX = UINT64_C(1) << 62;

/* Each pair of colour classes is a projection of its own; a quarter of a million is enough. */
static const uint32_t COLOURS_MAX = 512;

plc_maxcut_settings plc_maxcut_defaults(void)
{
    return (plc_maxcut_settings){.schedule = PLC_COLOUR,
                                 .blocks = 1,
                                 .updates = 100000000,
                                 .a = 2.5e4,
                                 .c = 8e4,
                                 .eta = 2.5};
}

static plc_status check_constant(const char *name, double value, bool may_be_zero, plc_error *error)
{
    if (isfinite(value) && (value > 0 || (may_be_zero && value >= 0)))
        return PLC_OK;
    return plc_fail(error, PLC_INVALID, "maxcut: %s: expected a number %s 0, got %g", name,
                    may_be_zero ? ">=" : ">", value);
}

static plc_status check_settings(const plc_maxcut_settings *settings, uint32_t n, plc_error *error)
{
    if (settings->schedule != PLC_ASYNC && settings->schedule != PLC_BLOCK &&
        settings->schedule != PLC_COLOUR)
        return plc_fail(error, PLC_INVALID,
                        "maxcut: schedule: expected async, block or colour, got number %d",
                        (int)settings->schedule);
    if (settings->schedule == PLC_BLOCK && (settings->blocks < 1 || settings->blocks > n))
        return plc_fail(error, PLC_INVALID, "maxcut: blocks: expected 1..%u, got %u", n,
                        settings->blocks);
    if (settings->updates < 1 || settings->updates > UPDATES_MAX)
        return plc_fail(error, PLC_INVALID, "maxcut: updates: expected 1..%llu, got %llu",
                        (unsigned long long)UPDATES_MAX, (unsigned long long)settings->updates);
    plc_status status = check_constant("a", settings->a, false, error);
    if (status == PLC_OK)
        status = check_constant("c", settings->c, false, error);
    if (status == PLC_OK)
        status = check_constant("eta", settings->eta, false, error);
    if (status == PLC_OK)
        status = check_constant("delta", settings->delta, true, error);
    return status;
}

/* Fails for a graph that has no vertex, or whose network could not be held in this machine. */
static plc_status check_graph(const plc_graph *graph, plc_error *error)
{
    const double needed = 32.0 * graph->n + 48.0 * (double)graph->m; /* [bytes] at least */
    if (graph->n < (graph->pinned ? 2 : 1))
        return plc_fail(error, PLC_INVALID, "maxcut: graph: expected at least 1 %svertex, got 0",
                        graph->pinned ? "free " : "");
    if (needed > (double)plc_memory_physical())
        return plc_fail(error, PLC_NO_MEMORY,
                        "maxcut: %u vertices and %llu edges need at least %.1f GB, this machine "
                        "has %.1f GB",
                        graph->n, (unsigned long long)graph->m, needed * 1e-9,
                        (double)plc_memory_physical() * 1e-9);
    return PLC_OK;
}

/* Fails when a potential, a sum of a vertex's weights with signs, could leave 32 bits. */
static plc_status check_potentials(const plc_maxcut *maxcut, plc_error *error)
{
    const plc_adjacency *slots = &maxcut->slots;
    for (uint32_t slot = 0; slot < slots->n; slot++) {
        int64_t sum = maxcut->bias ? llabs((long long)maxcut->bias[slot]) : 0;
        for (uint64_t i = slots->offsets[slot]; i < slots->offsets[slot + 1]; i++)
            sum += llabs((long long)slots->arcs[i].weight);
        if (sum >= INT64_C(1) << 30)
            return plc_fail(error, PLC_INVALID,
                            "maxcut: vertex %llu: expected absolute weights that add up to at most "
                            "1073741823, got %lld",
                            maxcut->vertex[slot] + 1ULL, (long long)sum);
    }
    return PLC_OK;
}

/* Takes the edges of a pinned vertex out of a graph, as fields [n - 1] on the others. */
static plc_status split_fields(const plc_graph *graph, plc_graph *ret_free, int32_t **ret_fields,
                               plc_error *error)
{
    const uint32_t pinned = graph->n - 1;
    plc_graph rest;
    int32_t *fields = plc_array(pinned, sizeof *fields);
    if (!fields || !plc_graph_init(&rest, pinned, graph->m)) {
        free(fields);
        return plc_fail_memory(error, "the fields of a MAX-CUT problem");
    }
    rest.m = 0;
    for (uint64_t e = 0; e < graph->m; e++) {
        if (graph->u[e] == pinned || graph->v[e] == pinned) {
            fields[graph->u[e] == pinned ? graph->v[e] : graph->u[e]] = graph->w[e];
            continue;
        }
        rest.u[rest.m] = graph->u[e];
        rest.v[rest.m] = graph->v[e];
        rest.w[rest.m++] = graph->w[e];
    }
    *ret_free = rest;
    *ret_fields = fields;
    return PLC_OK;
}

/* Puts the fields of the vertices in the order of the slots. */
static plc_status number_fields(plc_maxcut *maxcut, const int32_t *fields, plc_error *error)
{
    maxcut->bias = plc_array(maxcut->slots.n, sizeof *maxcut->bias);
    if (!maxcut->bias)
        return plc_fail_memory(error, "the fields of a MAX-CUT problem");
    for (uint32_t slot = 0; slot < maxcut->slots.n; slot++)
        maxcut->bias[slot] = fields[maxcut->vertex[slot]];
    return PLC_OK;
}

/* Numbers the neurons: the populations one after the other, in each the vertices in order, or in
 * that of `order` if there is one. */
static plc_status number_slots(plc_maxcut *maxcut, const plc_graph *graph, const uint32_t *colour,
                               const uint32_t *order, plc_error *error)
{
    const uint32_t n = graph->n, n_populations = maxcut->n_populations;
    uint32_t *slot = plc_array(n, sizeof *slot);
    maxcut->begin = plc_array((size_t)n_populations + 2, sizeof *maxcut->begin);
    maxcut->vertex = plc_array(n, sizeof *maxcut->vertex);
    if (!slot || !maxcut->begin || !maxcut->vertex) {
        free(slot);
        return plc_fail_memory(error, "a MAX-CUT problem");
    }
    /* Counts one place ahead, so that numbering leaves each entry where its population begins. */
    uint32_t *ahead = maxcut->begin + 1;
    for (uint32_t v = 0; v < n; v++)
        ahead[(colour ? colour[v] : 0) + 1]++;
    for (uint32_t p = 0; p < n_populations; p++)
        ahead[p + 1] += ahead[p];
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t v = order ? order[i] : i;
        slot[v] = ahead[colour ? colour[v] : 0]++;
        maxcut->vertex[slot[v]] = v;
    }
    plc_status status = plc_adjacency_init(&maxcut->slots, graph, slot, error);
    free(slot);
    return status;
}

static uint32_t degree_of(const plc_adjacency *vertices, uint32_t v)
{
    return (uint32_t)(vertices->offsets[v + 1] - vertices->offsets[v]);
}

/* Puts the vertices in the order of their degrees. The flips of a tick then have rows of much the
 * same length one after the other, whose ends the processor foresees: a fifth faster on G22. */
static bool sort_by_degree(const plc_adjacency *vertices, uint32_t *ret_order)
{
    uint32_t *ahead = plc_array((size_t)vertices->n + 1, sizeof *ahead);
    if (!ahead)
        return false;
    for (uint32_t v = 0; v < vertices->n; v++)
        ahead[degree_of(vertices, v) + 1]++;
    for (uint32_t d = 0; d < vertices->n; d++)
        ahead[d + 1] += ahead[d];
    for (uint32_t v = 0; v < vertices->n; v++)
        ret_order[ahead[degree_of(vertices, v)]++] = v;
    free(ahead);
    return true;
}

/* Colours the vertices and numbers the neurons class by class, in each by degree. */
static plc_status number_slots_by_colour(plc_maxcut *maxcut, const plc_graph *graph,
                                         plc_error *error)
{
    plc_adjacency vertices = {0};
    uint32_t *colour = plc_array(graph->n, sizeof *colour);
    uint32_t *order = plc_array(graph->n, sizeof *order);
    plc_status status = colour && order ? plc_adjacency_init(&vertices, graph, NULL, error)
                                        : plc_fail_memory(error, "a MAX-CUT problem");
    if (status == PLC_OK)
        status = plc_colour(&vertices, colour, &maxcut->n_populations, error);
    if (status == PLC_OK && !sort_by_degree(&vertices, order))
        status = plc_fail_memory(error, "a MAX-CUT problem");
    plc_adjacency_finish(&vertices);
    if (status == PLC_OK && maxcut->n_populations > COLOURS_MAX)
        status = plc_fail(error, PLC_DOES_NOT_FIT,
                          "maxcut: schedule: expected async or block for a graph of %u colour "
                          "classes, got colour, which takes at most %u",
                          maxcut->n_populations, COLOURS_MAX);
    if (status == PLC_OK)
        status = number_slots(maxcut, graph, colour, order, error);
    free(order);
    free(colour);
    return status;
}

/* Proposals per tick, on average. */
static double proposals_per_tick(const plc_maxcut *maxcut)
{
    switch (maxcut->settings.schedule) {
    case PLC_ASYNC:
        return 1;
    case PLC_BLOCK:
        return maxcut->settings.blocks;
    case PLC_COLOUR:
        break;
    }
    return (double)maxcut->slots.n / maxcut->n_populations;
}

/* Ticks in which all due neurons together make a number of proposals. */
static uint64_t count_ticks(const plc_maxcut *maxcut, uint64_t updates)
{
    const uint64_t n = maxcut->slots.n, blocks = maxcut->settings.blocks;
    switch (maxcut->settings.schedule) {
    case PLC_ASYNC:
        return updates;
    case PLC_BLOCK:
        return (updates + blocks - 1) / blocks;
    case PLC_COLOUR:
        break;
    }
    return (updates + n - 1) / n * maxcut->n_populations;
}

void plc_maxcut_plan(const plc_maxcut *maxcut, const plc_maxcut_settings *settings,
                     uint64_t *ret_ticks, plc_annealing *ret_annealing)
{
    const double per_tick = proposals_per_tick(maxcut);
    const double proposals =
        fmax((double)settings->updates, per_tick); /* of a run, a tick or more */
    const double delta = settings->delta > 0 ? settings->delta : 2e-3 * 1e8 / proposals;
    *ret_ticks = count_ticks(maxcut, settings->updates);
    *ret_annealing = (plc_annealing){
        .a = settings->a, .c = settings->c, .delta = delta * per_tick, .eta = settings->eta};
}

/* Adds population p with these parameters, of which the last is the bias. */
static plc_status add_population(plc_maxcut *maxcut, uint32_t p, plc_param *params, size_t n_params,
                                 double *biases, plc_error *error)
{
    const uint32_t begin = maxcut->begin[p];
    char name[32] = "spins";
    plc_population_spec spec = {.name = name,
                                .size = maxcut->begin[p + 1] - begin,
                                .model = PLC_ONOFF,
                                .schedule = {.period = 1},
                                .params = params,
                                .n_params = n_params,
                                .record_spikes = true};
    if (maxcut->settings.schedule == PLC_COLOUR) {
        snprintf(name, sizeof name, "spins_%u", p);
        spec.schedule = (plc_schedule){.period = maxcut->n_populations, .phase = p};
    } else {
        spec.schedule.random_blocks =
            maxcut->settings.schedule == PLC_BLOCK ? maxcut->settings.blocks : 1;
    }
    if (biases) {
        for (uint32_t i = 0; i < spec.size; i++)
            biases[i] = maxcut->bias[begin + i];
        params[n_params - 1].values = biases;
    }
    uint32_t number;
    return plc_network_add_population(maxcut->network, &spec, &number, error);
}

static plc_status add_populations(plc_maxcut *maxcut, plc_error *error)
{
    const plc_maxcut_settings *settings = &maxcut->settings;
    plc_annealing annealing;
    plc_maxcut_plan(maxcut, settings, &maxcut->ticks, &annealing);
    double *biases = maxcut->bias ? plc_array(maxcut->slots.n, sizeof *biases) : NULL;
    if (maxcut->bias && !biases)
        return plc_fail_memory(error, "the biases of a MAX-CUT problem");
    plc_param params[] = {
        {.name = "a", .value = annealing.a},
        {.name = "c", .value = annealing.c},
        {.name = "delta", .value = annealing.delta},
        {.name = "eta", .value = annealing.eta},
        {.name = "bias", .value = 0},
    };
    plc_status status = PLC_OK;
    for (uint32_t p = 0; status == PLC_OK && p < maxcut->n_populations; p++)
        status = add_population(maxcut, p, params, sizeof params / sizeof *params, biases, error);
    free(biases);
    return status;
}

/* Builds the network of the graph without its pinned vertex, whose edges are `fields` if any. */
static plc_status fill_maxcut(plc_maxcut *maxcut, const plc_graph *graph, const int32_t *fields,
                              plc_error *error)
{
    plc_status status = maxcut->settings.schedule == PLC_COLOUR
                            ? number_slots_by_colour(maxcut, graph, error)
                            : number_slots(maxcut, graph, NULL, NULL, error);
    if (status == PLC_OK && fields)
        status = number_fields(maxcut, fields, error);
    if (status == PLC_OK)
        status = check_potentials(maxcut, error);
    if (status == PLC_OK)
        status = plc_network_create(TICK_MS, 0, &maxcut->network, error);
    if (status == PLC_OK)
        status = add_populations(maxcut, error);
    if (status == PLC_OK)
        status = plc_maxcut_add_projections(maxcut, error);
    return status;
}

plc_status plc_maxcut_create(const plc_graph *graph, const plc_maxcut_settings *settings,
                             plc_maxcut **ret_maxcut, plc_error *error)
{
    plc_status status = check_graph(graph, error);
    if (status == PLC_OK)
        status = check_settings(settings, graph->pinned ? graph->n - 1 : graph->n, error);
    if (status != PLC_OK)
        return status;
    plc_graph rest = {0};
    int32_t *fields = NULL;
    plc_maxcut *maxcut = plc_array(1, sizeof *maxcut);
    if (!maxcut)
        return plc_fail_memory(error, "a MAX-CUT problem");
    maxcut->settings = *settings;
    maxcut->n_populations = 1;
    if (graph->pinned)
        status = split_fields(graph, &rest, &fields, error);
    if (status == PLC_OK)
        status = fill_maxcut(maxcut, graph->pinned ? &rest : graph, fields, error);
    plc_graph_finish(&rest);
    free(fields);
    if (status != PLC_OK) {
        plc_maxcut_destroy(maxcut);
        return status;
    }
    *ret_maxcut = maxcut;
    return PLC_OK;
}

void plc_maxcut_destroy(plc_maxcut *maxcut)
{
    if (!maxcut)
        return;
    plc_network_destroy(maxcut->network);
    plc_adjacency_finish(&maxcut->slots);
    free(maxcut->begin);
    free(maxcut->vertex);
    free(maxcut->bias);
    free(maxcut);
}

plc_network *plc_maxcut_network(plc_maxcut *maxcut)
{
    return maxcut->network;
}

uint64_t plc_maxcut_ticks(const plc_maxcut *maxcut)
{
    return maxcut->ticks;
}

uint32_t plc_maxcut_classes(const plc_maxcut *maxcut)
{
    return maxcut->settings.schedule == PLC_BLOCK ? maxcut->settings.blocks : maxcut->n_populations;
}
