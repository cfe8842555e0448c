/* Pairs of a hypergraph. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/pairs.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdbool.h>

void plc_pairs_finish(plc_pairs *pairs)
{
    free(pairs->offsets);
    free(pairs->neighbours);
    free(pairs->weights);
    *pairs = (plc_pairs){0};
}

/* One direction of a pair. */
typedef struct link {
    uint32_t vertex;
    double weight;
} link;

/* Calls for each pin whose ends differ: counts it (links NULL), or stores it for both ends. */
static void pass_pins(const plc_hypergraph *graph, const uint32_t *group_of, uint64_t *offsets,
                      link *links)
{
    for (uint32_t e = 0; e < graph->n_nets; e++) {
        uint32_t source = group_of ? group_of[graph->sources[e]] : graph->sources[e];
        if (graph->weights[e] <= 0)
            continue;
        for (uint64_t k = graph->sink_offsets[e]; k < graph->sink_offsets[e + 1]; k++) {
            uint32_t sink = group_of ? group_of[graph->sinks[k]] : graph->sinks[k];
            if (sink == source)
                continue;
            if (links) {
                links[offsets[source + 1]] = (link){sink, graph->weights[e]};
                links[offsets[sink + 1]] = (link){source, graph->weights[e]};
            }
            offsets[source + 1]++;
            offsets[sink + 1]++;
        }
    }
}

static int compare_links(const void *a, const void *b)
{
    const link *x = a, *y = b;
    if (x->vertex != y->vertex)
        return x->vertex < y->vertex ? -1 : 1;
    return (x->weight > y->weight) - (x->weight < y->weight);
}

/* Sorts each vertex's links and sums those to the same neighbour. */
static void merge_links(plc_pairs *pairs, link *links)
{
    uint64_t n = 0, begin = 0;
    for (uint32_t v = 0; v < pairs->n_vertices; v++) {
        uint64_t end = pairs->offsets[v + 1], first = n;
        qsort(links + begin, end - begin, sizeof *links, compare_links);
        for (uint64_t k = begin; k < end; k++) {
            if (n > first && links[n - 1].vertex == links[k].vertex)
                links[n - 1].weight += links[k].weight;
            else
                links[n++] = links[k];
        }
        begin = end;
        pairs->offsets[v + 1] = n;
    }
}

/* The unit of integer weights: 1 where that is exact, else so that the heaviest is a million. */
static double choose_unit(const link *links, uint64_t n)
{
    static const double finest = 1 << 20;
    double heaviest = 0;
    bool whole = true;
    for (uint64_t k = 0; k < n; k++) {
        heaviest = fmax(heaviest, links[k].weight);
        whole = whole && links[k].weight == floor(links[k].weight);
    }
    return heaviest == 0 || (whole && heaviest <= finest) ? 1 : heaviest / finest;
}

plc_status plc_pairs_make(const plc_hypergraph *graph, const uint32_t *group_of, uint32_t n_groups,
                          plc_pairs *ret_pairs, plc_error *error)
{
    plc_pairs pairs = {.n_vertices = n_groups, .unit = 1};
    uint64_t n = graph->n_nets ? 2 * graph->sink_offsets[graph->n_nets] : 0;
    pairs.offsets = plc_array(n_groups + 2ul, sizeof *pairs.offsets);
    link *links = plc_array(n, sizeof *links);
    plc_status status =
        pairs.offsets && links ? PLC_OK : plc_fail_memory(error, "pairs of vertices");
    if (status == PLC_OK) {
        pass_pins(graph, group_of, pairs.offsets + 1, NULL);
        for (uint32_t v = 0; v < n_groups; v++)
            pairs.offsets[v + 2] += pairs.offsets[v + 1];
        pass_pins(graph, group_of, pairs.offsets, links);
        merge_links(&pairs, links);
        n = pairs.offsets[n_groups];
        pairs.unit = choose_unit(links, n);
        pairs.neighbours = plc_array(n, sizeof *pairs.neighbours);
        pairs.weights = plc_array(n, sizeof *pairs.weights);
        if (!pairs.neighbours || !pairs.weights)
            status = plc_fail_memory(error, "pairs of vertices");
    }
    for (uint64_t k = 0; status == PLC_OK && k < n; k++) {
        pairs.neighbours[k] = links[k].vertex;
        pairs.weights[k] = (int32_t)lrint(links[k].weight / pairs.unit);
        if (pairs.weights[k] == 0)
            pairs.weights[k] = 1;
    }
    free(links);
    if (status == PLC_OK)
        *ret_pairs = pairs;
    else
        plc_pairs_finish(&pairs);
    return status;
}

int64_t plc_pairs_cost(const plc_pairs *pairs, const plc_machine *machine,
                       const uint32_t *router_of)
{
    int64_t cost = 0;
    for (uint32_t v = 0; v < pairs->n_vertices; v++)
        for (uint64_t k = pairs->offsets[v]; k < pairs->offsets[v + 1]; k++)
            if (pairs->neighbours[k] > v)
                cost += (int64_t)pairs->weights[k] *
                        plc_machine_hops(machine, router_of[v], router_of[pairs->neighbours[k]]);
    return cost;
}
