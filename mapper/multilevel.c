/* The multilevel scheme: coarsen, grow, refine. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/multilevel.h"

#include "base/error.h"
#include "base/memory.h"
#include "mapper/grow.h"
#include "mapper/refine.h"

enum {
    LEVELS_MAX = 24,
    CLUSTERS = 5, /* that a part has room for, at least */
};

/* Graphs from the finest, which is borrowed, to the coarsest. */
typedef struct levels {
    plc_neuron_graph graphs[LEVELS_MAX];
    uint32_t *cluster_of[LEVELS_MAX]; /* vertex of the next level */
    uint32_t n;
} levels;

static void finish_levels(levels *l)
{
    for (uint32_t i = 1; i < l->n; i++) {
        plc_neuron_graph_finish(&l->graphs[i]);
        free(l->cluster_of[i - 1]);
    }
}

/* Adds a level of clusters up to `neurons`; *ret_same when hardly any were found. */
static plc_status add_level(levels *l, const plc_part_limits *limits, uint32_t neurons,
                            const plc_multilevel_settings *settings, bool *ret_same,
                            plc_error *error)
{
    const plc_neuron_graph *fine = &l->graphs[l->n - 1];
    plc_coarsen_settings coarsen = {.rating = settings->rating,
                                    .neurons_max = neurons,
                                    .bytes_max = limits->bytes / CLUSTERS,
                                    .axons_max = limits->axons,
                                    .samples = settings->samples,
                                    .seed = settings->seed + l->n};
    uint32_t n_clusters, *cluster_of = plc_array(fine->n_vertices, sizeof *cluster_of);
    plc_status status = cluster_of ? plc_coarsen(fine, &coarsen, cluster_of, &n_clusters, error)
                                   : plc_fail_memory(error, "clusters of neurons");
    *ret_same = status == PLC_OK && n_clusters > fine->n_vertices - fine->n_vertices / 20;
    if (status == PLC_OK && !*ret_same)
        status = plc_neuron_graph_coarsen(fine, cluster_of, n_clusters, &l->graphs[l->n], error);
    if (status != PLC_OK || *ret_same) {
        free(cluster_of);
        return status;
    }
    l->cluster_of[l->n - 1] = cluster_of;
    l->n++;
    return PLC_OK;
}

static plc_status coarsen_all(levels *l, uint32_t n_parts, const plc_part_limits *limits,
                              const plc_multilevel_settings *settings, plc_error *error)
{
    uint64_t mean = l->graphs[0].n_vertices / n_parts;
    uint64_t most = (mean < limits->neurons ? mean : limits->neurons) / CLUSTERS;
    plc_status status = PLC_OK;
    for (uint64_t neurons = 2; status == PLC_OK && l->n < LEVELS_MAX; neurons *= 2) {
        bool last = neurons >= most, same = false;
        if (most < 2)
            break;
        status = add_level(l, limits, (uint32_t)(last ? most : neurons), settings, &same, error);
        if (last && same)
            break;
    }
    return status;
}

/* Connections that may be looked at on a level. */
static uint64_t level_work(const plc_neuron_graph *graph, const plc_multilevel_settings *settings)
{
    uint64_t pins = graph->target_offsets[graph->n_nets] + graph->source_offsets[graph->n_nets];
    return settings->work + settings->per_pin * pins;
}

/* Refines on a level of clusters, which may overfill a part by one of them. */
static plc_status refine_level(const plc_neuron_graph *graph, uint32_t n_parts,
                               const plc_part_limits *limits,
                               const plc_multilevel_settings *settings, uint32_t *part_of,
                               plc_error *error)
{
    plc_parts parts;
    plc_part_limits loose = *limits;
    uint64_t slack = 0;
    for (uint32_t v = 0; v < graph->n_vertices; v++)
        slack = graph->vertices[v].neurons > slack ? graph->vertices[v].neurons : slack;
    loose.neurons += loose.neurons > UINT64_MAX - slack ? 0 : slack;
    plc_status status = plc_parts_init(&parts, graph, n_parts, &loose, part_of, error);
    if (status != PLC_OK)
        return status;
    status = plc_refine(&parts, level_work(graph, settings), settings->seed, error);
    memcpy(part_of, parts.part_of, graph->n_vertices * sizeof *part_of);
    plc_parts_finish(&parts);
    return status;
}

plc_status plc_multilevel(const plc_neuron_graph *graph, uint32_t n_parts,
                          const plc_part_limits *limits, const plc_multilevel_settings *settings,
                          uint32_t *part_of, plc_error *error)
{
    levels l = {.graphs = {*graph}, .n = 1};
    uint32_t *of = plc_array(graph->n_vertices, sizeof *of);
    plc_status status = of ? coarsen_all(&l, n_parts, limits, settings, error)
                           : plc_fail_memory(error, "partition");
    if (status == PLC_OK)
        status = plc_grow(&l.graphs[l.n - 1], n_parts, limits, settings->seed,
                          level_work(&l.graphs[l.n - 1], settings), of, error);
    for (uint32_t i = l.n - 1; status == PLC_OK && i > 0; i--) {
        status = refine_level(&l.graphs[i], n_parts, limits, settings, of, error);
        for (uint32_t v = 0; v < l.graphs[i - 1].n_vertices; v++)
            part_of[v] = of[l.cluster_of[i - 1][v]];
        memcpy(of, part_of, l.graphs[i - 1].n_vertices * sizeof *of);
    }
    if (status == PLC_OK)
        memcpy(part_of, of, graph->n_vertices * sizeof *of);
    finish_levels(&l);
    free(of);
    return status;
}
