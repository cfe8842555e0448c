/* Bundles: nets with the same sinks, gathered. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/anneal.h"

#include "base/digest.h"
#include "base/error.h"
#include "base/memory.h"

/* A net on its way into a bundle. */
typedef struct merged_net {
    uint64_t digest; /* of its sinks */
    uint64_t begin;  /* into the merged sinks */
    uint32_t n, source;
    double weight;
} merged_net;

void plc_bundles_finish(plc_bundles *bundles)
{
    free(bundles->sink_offsets);
    free(bundles->source_offsets);
    free(bundles->sinks);
    free(bundles->sources);
    free(bundles->weights);
    *bundles = (plc_bundles){0};
}

static int compare_numbers(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static int compare_nets(const void *a, const void *b)
{
    const merged_net *x = a, *y = b;
    if (x->digest != y->digest)
        return x->digest < y->digest ? -1 : 1;
    if (x->source != y->source)
        return x->source < y->source ? -1 : 1;
    return (x->begin > y->begin) - (x->begin < y->begin);
}

/* Merges the sinks of each net, without the source's own group and without repeats; the number of
 * nets left. */
static uint32_t merge_nets(const plc_hypergraph *graph, const uint32_t *group_of, merged_net *nets,
                           uint32_t *sinks)
{
    uint64_t n = 0;
    uint32_t n_nets = 0;
    for (uint32_t e = 0; e < graph->n_nets; e++) {
        uint32_t source = group_of ? group_of[graph->sources[e]] : graph->sources[e];
        uint64_t begin = n;
        for (uint64_t k = graph->sink_offsets[e]; k < graph->sink_offsets[e + 1]; k++) {
            uint32_t sink = group_of ? group_of[graph->sinks[k]] : graph->sinks[k];
            if (sink != source)
                sinks[n++] = sink;
        }
        qsort(sinks + begin, n - begin, sizeof *sinks, compare_numbers);
        uint64_t kept = begin;
        for (uint64_t k = begin; k < n; k++)
            if (k == begin || sinks[k] != sinks[k - 1])
                sinks[kept++] = sinks[k];
        n = kept;
        if (n == begin || graph->weights[e] == 0) {
            n = begin;
            continue;
        }
        uint64_t digest = plc_digest_bytes(0, sinks + begin, (n - begin) * sizeof *sinks);
        nets[n_nets++] =
            (merged_net){digest, begin, (uint32_t)(n - begin), source, graph->weights[e]};
    }
    return n_nets;
}

static bool same_sinks(const merged_net *a, const merged_net *b, const uint32_t *sinks)
{
    if (a->n == 1 && a->source != b->source)
        return false; /* nothing is shared by many sources of one sink */
    return a->digest == b->digest && a->n == b->n &&
           !memcmp(sinks + a->begin, sinks + b->begin, a->n * sizeof *sinks);
}

/* Writes the sorted nets as bundles. */
static void fill(plc_bundles *bundles, const merged_net *nets, uint32_t n_nets,
                 const uint32_t *sinks)
{
    uint64_t n_sinks = 0, n_sources = 0;
    for (uint32_t e = 0; e < n_nets; e++) {
        bool fresh = e == 0 || !same_sinks(&nets[e], &nets[e - 1], sinks);
        if (fresh) {
            memcpy(bundles->sinks + n_sinks, sinks + nets[e].begin, nets[e].n * sizeof *sinks);
            n_sinks += nets[e].n;
            bundles->n++;
        }
        if (!fresh && bundles->sources[n_sources - 1] == nets[e].source) {
            bundles->weights[n_sources - 1] += nets[e].weight;
        } else {
            bundles->sources[n_sources] = nets[e].source;
            bundles->weights[n_sources++] = nets[e].weight;
        }
        bundles->sink_offsets[bundles->n] = n_sinks;
        bundles->source_offsets[bundles->n] = n_sources;
    }
}

plc_status plc_bundles_make(const plc_hypergraph *graph, const uint32_t *group_of,
                            plc_bundles *ret_bundles, plc_error *error)
{
    uint64_t n_sinks = graph->n_nets ? graph->sink_offsets[graph->n_nets] : 0;
    merged_net *nets = plc_array(graph->n_nets, sizeof *nets);
    uint32_t *sinks = plc_array(n_sinks, sizeof *sinks);
    plc_bundles bundles = {0};
    bundles.sink_offsets = plc_array(graph->n_nets + 1ul, sizeof *bundles.sink_offsets);
    bundles.source_offsets = plc_array(graph->n_nets + 1ul, sizeof *bundles.source_offsets);
    bundles.sinks = plc_array(n_sinks, sizeof *bundles.sinks);
    bundles.sources = plc_array(graph->n_nets, sizeof *bundles.sources);
    bundles.weights = plc_array(graph->n_nets, sizeof *bundles.weights);
    bool ok = nets && sinks && bundles.sink_offsets && bundles.source_offsets && bundles.sinks &&
              bundles.sources && bundles.weights;
    if (ok) {
        uint32_t n_nets = merge_nets(graph, group_of, nets, sinks);
        qsort(nets, n_nets, sizeof *nets, compare_nets);
        fill(&bundles, nets, n_nets, sinks);
        *ret_bundles = bundles;
    } else {
        plc_bundles_finish(&bundles);
    }
    free(nets);
    free(sinks);
    return ok ? PLC_OK : plc_fail_memory(error, "nets");
}

bool plc_membership_make(const uint64_t *offsets, const uint32_t *members, uint32_t n_bundles,
                         uint32_t n_vertices, plc_membership *ret_membership)
{
    plc_membership m = {plc_array(n_vertices + 2ul, sizeof *m.begin),
                        plc_array(offsets[n_bundles], sizeof *m.bundles)};
    *ret_membership = m;
    if (!m.begin || !m.bundles)
        return false;
    for (uint64_t k = 0; k < offsets[n_bundles]; k++)
        m.begin[members[k] + 2]++;
    for (uint32_t v = 0; v < n_vertices; v++)
        m.begin[v + 2] += m.begin[v + 1];
    for (uint32_t b = 0; b < n_bundles; b++)
        for (uint64_t k = offsets[b]; k < offsets[b + 1]; k++)
            m.bundles[m.begin[members[k] + 1]++] = b;
    return true;
}

void plc_membership_finish(plc_membership *membership)
{
    free(membership->begin);
    free(membership->bundles);
    *membership = (plc_membership){0};
}
