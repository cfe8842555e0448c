/* Greedy growth of clusters. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/cluster.h"

#include "base/error.h"
#include "base/memory.h"

static const uint32_t nowhere = UINT32_MAX;

/* What the growth works with. */
typedef struct growth {
    const plc_bundles *bundles;
    uint32_t n_vertices;
    plc_membership as_sink, as_source;
    double *weight;    /* [n_bundles] packets of all sources */
    double *gain;      /* [n_vertices] copies saved by joining the cluster at hand */
    double *bound;     /* [n_vertices] the same, summed over all clusters so far */
    uint32_t *reached; /* [n_bundles] last cluster + 1 that has a sink of the bundle */
    uint32_t *cluster_of;
} growth;

static void add_gain(growth *g, uint32_t vertex, double gain)
{
    if (g->cluster_of[vertex] == nowhere) {
        g->gain[vertex] += gain;
        g->bound[vertex] += gain;
    }
}

/* A vertex joins: its bundles now reach the cluster, so further sinks and the sources themselves
 * come for less. */
static void join(growth *g, uint32_t vertex, uint32_t cluster)
{
    const plc_bundles *b = g->bundles;
    g->cluster_of[vertex] = cluster;
    for (uint64_t k = g->as_sink.begin[vertex]; k < g->as_sink.begin[vertex + 1]; k++) {
        uint32_t e = g->as_sink.bundles[k];
        if (g->reached[e] == cluster + 1)
            continue;
        g->reached[e] = cluster + 1;
        for (uint64_t i = b->sink_offsets[e]; i < b->sink_offsets[e + 1]; i++)
            add_gain(g, b->sinks[i], g->weight[e]);
        for (uint64_t i = b->source_offsets[e]; i < b->source_offsets[e + 1]; i++)
            add_gain(g, b->sources[i], b->weights[i]);
    }
    for (uint64_t k = g->as_source.begin[vertex]; k < g->as_source.begin[vertex + 1]; k++) {
        uint32_t e = g->as_source.bundles[k];
        uint64_t i = b->source_offsets[e];
        while (b->sources[i] != vertex)
            i++;
        for (uint64_t j = b->sink_offsets[e]; j < b->sink_offsets[e + 1]; j++)
            add_gain(g, b->sinks[j], b->weights[i]);
    }
}

/* The free vertex of most gain; among equals the one less bound elsewhere, then the lowest. */
static uint32_t choose(const growth *g, const double *value, double sign)
{
    uint32_t best = nowhere;
    for (uint32_t v = 0; v < g->n_vertices; v++) {
        if (g->cluster_of[v] != nowhere)
            continue;
        if (best == nowhere || value[v] > value[best] ||
            (value[v] == value[best] && sign * g->bound[v] > sign * g->bound[best]))
            best = v;
    }
    return best;
}

static void grow_all(growth *g, const uint32_t *sizes, uint32_t n_clusters)
{
    uint32_t left = g->n_vertices;
    for (uint32_t c = 0; c < n_clusters && left; c++) {
        memset(g->gain, 0, g->n_vertices * sizeof *g->gain);
        for (uint32_t i = 0; i < sizes[c] && left; i++, left--)
            join(g, i == 0 ? choose(g, g->bound, 1) : choose(g, g->gain, -1), c);
    }
}

plc_status plc_cluster(const plc_bundles *bundles, uint32_t n_vertices, const uint32_t *sizes,
                       uint32_t n_clusters, uint32_t *cluster_of, plc_error *error)
{
    growth g = {.bundles = bundles, .n_vertices = n_vertices, .cluster_of = cluster_of};
    bool ok = plc_membership_make(bundles->sink_offsets, bundles->sinks, bundles->n, n_vertices,
                                  &g.as_sink) &&
              plc_membership_make(bundles->source_offsets, bundles->sources, bundles->n, n_vertices,
                                  &g.as_source);
    g.weight = plc_array(bundles->n, sizeof *g.weight);
    g.gain = plc_array(n_vertices, sizeof *g.gain);
    g.bound = plc_array(n_vertices, sizeof *g.bound);
    g.reached = plc_array(bundles->n, sizeof *g.reached);
    ok = ok && g.weight && g.gain && g.bound && g.reached;
    if (ok) {
        for (uint32_t b = 0; b < bundles->n; b++)
            for (uint64_t i = bundles->source_offsets[b]; i < bundles->source_offsets[b + 1]; i++)
                g.weight[b] += bundles->weights[i];
        for (uint32_t v = 0; v < n_vertices; v++)
            cluster_of[v] = nowhere;
        grow_all(&g, sizes, n_clusters);
    }
    plc_membership_finish(&g.as_sink);
    plc_membership_finish(&g.as_source);
    free(g.weight);
    free(g.gain);
    free(g.bound);
    free(g.reached);
    return ok ? PLC_OK : plc_fail_memory(error, "clusters");
}
