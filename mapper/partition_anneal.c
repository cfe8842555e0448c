/* Annealing of partitions. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/refine.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"
#include "mapper/members.h"

/* What the trials work with. */
typedef struct annealing {
    plc_parts *parts;
    plc_members members;
    plc_random_key key;
    int64_t temperature;
} annealing;

/* -log2 of a uniform variate, as a fraction of 2^16: exact at powers of two, linear between. */
static int64_t draw_exponential(uint32_t word)
{
    word |= 1;
    unsigned zeros = (unsigned)__builtin_clz(word);
    uint32_t fraction = (uint32_t)((uint64_t)word << zeros >> 15) & 0xffff; /* of [1, 2) */
    return ((int64_t)(zeros + 1) << 16) - fraction;
}

/* A part that a vertex may be drawn to: that of another pin of one of its nets. */
static uint32_t draw_part(const annealing *a, uint32_t v, plc_random r)
{
    const plc_neuron_graph *g = a->parts->graph;
    uint32_t n = (uint32_t)(g->offsets[v + 1] - g->offsets[v]);
    if (n == 0)
        return a->parts->part_of[v];
    plc_incidence at = g->incidences[g->offsets[v] + plc_random_below(r.word[0], n)];
    uint64_t targets = g->target_offsets[at.net], sources = g->source_offsets[at.net];
    uint32_t n_targets = (uint32_t)(g->target_offsets[at.net + 1] - targets);
    uint32_t n_sources = (uint32_t)(g->source_offsets[at.net + 1] - sources);
    uint32_t pick = r.word[1] << 8; /* the low bits choose between the two */
    bool source = at.is_target && (r.word[1] & 3) == 0;
    uint32_t u = source ? g->sources[sources + plc_random_below(pick, n_sources)].vertex
                        : g->targets[targets + plc_random_below(pick, n_targets)];
    return a->parts->part_of[u];
}

static void try_once(annealing *a, uint32_t v, uint32_t sweep)
{
    plc_parts *parts = a->parts;
    plc_random r = plc_random_draw(a->key, v, 2 * sweep),
               s = plc_random_draw(a->key, v, 2 * sweep + 1);
    uint32_t part = draw_part(a, v, r), from = parts->part_of[v];
    if (part == from)
        return;
    int64_t loss_max = a->temperature * draw_exponential(s.word[0]) >> 16;
    if (plc_parts_fits(parts, v, part, PLC_NO_VERTEX)) {
        if (plc_parts_gain(parts, v, part) >= -loss_max)
            plc_parts_move(parts, v, part);
        return;
    }
    uint32_t begin = a->members.begin[part], n = a->members.begin[part + 1] - begin;
    if (n == 0)
        return;
    uint32_t u = a->members.of[begin + plc_random_below(s.word[1], n)];
    if (parts->part_of[u] == part)
        plc_parts_swap(parts, v, u, loss_max);
}

static double mean_weight(const plc_neuron_graph *graph)
{
    double sum = 0;
    for (uint32_t e = 0; e < graph->n_nets; e++)
        sum += (double)graph->weights[e];
    return graph->n_nets ? sum / graph->n_nets : 0;
}

plc_status plc_refine_anneal(plc_parts *parts, uint64_t work, double heat, uint64_t seed,
                             plc_error *error)
{
    annealing a = {.parts = parts, .key = plc_random_stream(seed, 0xa22ea1, 0)};
    uint64_t begin = parts->work;
    double first = heat * mean_weight(parts->graph);
    bool ok = plc_members_init(&a.members, parts);
    for (uint32_t sweep = 0; ok && parts->work - begin < work; sweep++) {
        double left = 1 - (double)(parts->work - begin) / (double)work;
        a.temperature = (int64_t)(first * left * left);
        plc_members_list(&a.members, parts);
        for (uint32_t v = 0; v < parts->graph->n_vertices; v++)
            try_once(&a, v, sweep);
        parts->work += 1 + parts->graph->n_vertices; /* tries that end at once cost, too */
    }
    plc_members_finish(&a.members);
    return ok ? PLC_OK : plc_fail_memory(error, "annealing of a partition");
}
