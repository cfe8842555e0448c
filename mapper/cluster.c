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
    uint64_t *sink_in, *source_in; /* [n_vertices + 1] into the lists */
    uint32_t *sink_list, *source_list;
    double *weight;    /* [n_bundles] packets of all sources */
    double *gain;      /* [n_vertices] copies saved by joining the cluster at hand */
    double *bound;     /* [n_vertices] the same, summed over all clusters so far */
    uint32_t *reached; /* [n_bundles] last cluster + 1 that has a sink of the bundle */
    uint32_t *cluster_of;
} growth;

/* Lists, by vertex, the bundles it is in. `offsets` are those of the bundles' members. */
static bool list_bundles(uint32_t n_vertices, const plc_bundles *bundles, const uint64_t *offsets,
                         const uint32_t *members, uint64_t **ret_in, uint32_t **ret_list)
{
    uint64_t *in = plc_array(n_vertices + 2ul, sizeof *in);
    uint32_t *list = plc_array(offsets[bundles->n], sizeof *list);
    *ret_in = in;
    *ret_list = list;
    if (!in || !list)
        return false;
    for (uint64_t k = 0; k < offsets[bundles->n]; k++)
        in[members[k] + 2]++;
    for (uint32_t v = 0; v < n_vertices; v++)
        in[v + 2] += in[v + 1];
    for (uint32_t b = 0; b < bundles->n; b++)
        for (uint64_t k = offsets[b]; k < offsets[b + 1]; k++)
            list[in[members[k] + 1]++] = b;
    return true;
}

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
    for (uint64_t k = g->sink_in[vertex]; k < g->sink_in[vertex + 1]; k++) {
        uint32_t e = g->sink_list[k];
        if (g->reached[e] == cluster + 1)
            continue;
        g->reached[e] = cluster + 1;
        for (uint64_t i = b->sink_offsets[e]; i < b->sink_offsets[e + 1]; i++)
            add_gain(g, b->sinks[i], g->weight[e]);
        for (uint64_t i = b->source_offsets[e]; i < b->source_offsets[e + 1]; i++)
            add_gain(g, b->sources[i], b->weights[i]);
    }
    for (uint64_t k = g->source_in[vertex]; k < g->source_in[vertex + 1]; k++) {
        uint32_t e = g->source_list[k];
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
    bool ok = list_bundles(n_vertices, bundles, bundles->sink_offsets, bundles->sinks, &g.sink_in,
                           &g.sink_list) &&
              list_bundles(n_vertices, bundles, bundles->source_offsets, bundles->sources,
                           &g.source_in, &g.source_list);
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
    free(g.sink_in);
    free(g.sink_list);
    free(g.source_in);
    free(g.source_list);
    free(g.weight);
    free(g.gain);
    free(g.bound);
    free(g.reached);
    return ok ? PLC_OK : plc_fail_memory(error, "clusters");
}
