/* Greedy growth of parts. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/grow.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"

static const uint32_t nowhere = UINT32_MAX;

/* What the growth works with. */
typedef struct growth {
    const plc_neuron_graph *graph;
    const plc_part_limits *limits;
    uint32_t n_parts;
    uint32_t *part_of;
    plc_part *parts;      /* [n_parts] */
    int64_t *gain;        /* [n_vertices] copies saved by joining the part at hand */
    int64_t *bound;       /* [n_vertices] the same, summed over all parts so far */
    uint32_t *candidates; /* vertices with a gain */
    uint32_t n_candidates;
    uint64_t
        work; /* pins that may still be looked at; without, parts grow by the gains there are */
    uint32_t *reached; /* [n_nets] last part + 1 that has a target of the net */
} growth;

static void add_gain(growth *g, uint32_t vertex, int64_t gain)
{
    if (g->part_of[vertex] != nowhere || gain == 0)
        return;
    if (g->gain[vertex] == 0)
        g->candidates[g->n_candidates++] = vertex;
    g->gain[vertex] += gain;
    g->bound[vertex] += gain;
}

/* A vertex joins the part at hand: its nets reach it now, so their other targets and their sources
 * come for less; and targets of its own sources do. */
static void join(growth *g, uint32_t vertex, uint32_t part)
{
    const plc_neuron_graph *graph = g->graph;
    const plc_vertex *v = &graph->vertices[vertex];
    g->part_of[vertex] = part;
    g->parts[part].neurons += v->neurons;
    g->parts[part].bytes += v->bytes;
    g->parts[part].axons += v->inner_axons;
    for (uint64_t i = graph->offsets[vertex]; i < graph->offsets[vertex + 1]; i++) {
        plc_incidence at = graph->incidences[i];
        uint64_t targets = graph->target_offsets[at.net], end = graph->target_offsets[at.net + 1];
        uint64_t pins = end - targets;
        bool fresh = g->reached[at.net] != part + 1, spread = g->work >= pins;
        g->work -= fresh && spread ? pins : 0;
        if (at.is_target && fresh) {
            g->reached[at.net] = part + 1;
            g->parts[part].axons += graph->n_axons[at.net];
            if (!spread)
                continue;
            for (uint64_t k = targets; k < end; k++)
                add_gain(g, graph->targets[k], graph->weights[at.net]);
            for (uint64_t k = graph->source_offsets[at.net]; k < graph->source_offsets[at.net + 1];
                 k++)
                add_gain(g, graph->sources[k].vertex, graph->sources[k].weight);
        }
        for (uint64_t k = targets; at.weight && fresh && spread && !at.is_target && k < end; k++)
            add_gain(g, graph->targets[k], at.weight);
    }
}

static bool fits(const growth *g, uint32_t vertex, uint32_t part)
{
    const plc_vertex *v = &g->graph->vertices[vertex];
    const plc_part *p = &g->parts[part];
    const plc_part_limits *l = g->limits;
    uint64_t bytes = p->bytes + v->bytes;
    return (l->models[part] >> v->model & 1) && p->neurons + v->neurons <= l->neurons &&
           p->axons <= l->axons && bytes <= l->bytes &&
           (!l->row_bytes || p->axons <= (l->bytes - bytes) / l->row_bytes);
}

/* The candidate that fits and has most gain for its size; among equals the one less bound
 * elsewhere, then the lowest. Candidates that have gone to the part leave the list. */
static uint32_t choose(growth *g, uint32_t part)
{
    uint32_t best = nowhere, n = 0;
    for (uint32_t i = 0; i < g->n_candidates; i++) {
        uint32_t v = g->candidates[i];
        if (g->part_of[v] != nowhere)
            continue;
        g->candidates[n++] = v;
        if (!fits(g, v, part))
            continue;
        if (best == nowhere) {
            best = v;
            continue;
        }
        int64_t a = g->gain[v] / g->graph->vertices[v].neurons;
        int64_t b = g->gain[best] / g->graph->vertices[best].neurons;
        if (a > b || (a == b && (g->bound[v] < g->bound[best] ||
                                 (g->bound[v] == g->bound[best] && v < best))))
            best = v;
    }
    g->n_candidates = n;
    return best;
}

/* Where a part begins: at the vertex most bound to the parts before, or at the next in a random
 * order. */
static uint32_t choose_seed(const growth *g, uint32_t part, const uint32_t *order)
{
    uint32_t best = nowhere;
    for (uint32_t i = 0; i < g->graph->n_vertices; i++) {
        uint32_t v = order ? order[i] : i;
        if (g->part_of[v] != nowhere || !fits(g, v, part))
            continue;
        if (order)
            return v;
        if (best == nowhere || g->bound[v] > g->bound[best])
            best = v;
    }
    return best;
}

static void grow_part(growth *g, uint32_t part, const uint32_t *order)
{
    memset(g->gain, 0, g->graph->n_vertices * sizeof *g->gain);
    g->n_candidates = 0;
    for (;;) {
        uint32_t v = choose(g, part);
        if (v == nowhere)
            v = choose_seed(g, part, order);
        if (v == nowhere)
            return;
        join(g, v, part);
    }
}

/* Puts what fits nowhere into the emptiest part that may have it. */
static void place_rest(growth *g)
{
    for (uint32_t v = 0; v < g->graph->n_vertices; v++) {
        uint32_t best = 0;
        if (g->part_of[v] != nowhere)
            continue;
        for (uint32_t p = 0; p < g->n_parts; p++) {
            bool may = g->limits->models[p] >> g->graph->vertices[v].model & 1;
            bool best_may = g->limits->models[best] >> g->graph->vertices[v].model & 1;
            if (may && (!best_may || g->parts[p].neurons < g->parts[best].neurons))
                best = p;
        }
        join(g, v, best);
    }
}

plc_status plc_grow(const plc_neuron_graph *graph, uint32_t n_parts, const plc_part_limits *limits,
                    uint64_t seed, uint64_t work, uint32_t *part_of, plc_error *error)
{
    uint32_t n = graph->n_vertices, *order = seed ? plc_array(n, sizeof *order) : NULL;
    growth g = {.graph = graph,
                .limits = limits,
                .n_parts = n_parts,
                .work = work,
                .part_of = part_of,
                .parts = plc_array(n_parts, sizeof *g.parts),
                .gain = plc_array(n, sizeof *g.gain),
                .bound = plc_array(n, sizeof *g.bound),
                .candidates = plc_array(n, sizeof *g.candidates),
                .reached = plc_array(graph->n_nets, sizeof *g.reached)};
    bool ok = g.parts && g.gain && g.bound && g.candidates && g.reached && (order || !seed);
    if (ok) {
        for (uint32_t v = 0; v < n; v++)
            part_of[v] = nowhere;
        if (order)
            plc_shuffle(seed, 0x960, order, n);
        for (uint32_t part = 0; part < n_parts; part++)
            grow_part(&g, part, order);
        place_rest(&g);
    }
    free(order);
    free(g.parts);
    free(g.gain);
    free(g.bound);
    free(g.candidates);
    free(g.reached);
    return ok ? PLC_OK : plc_fail_memory(error, "first partition");
}
