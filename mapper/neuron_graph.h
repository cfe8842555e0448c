/* The network as a hypergraph: a net for each set of targets, with the neurons that send to it. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_MAPPER_NEURON_GRAPH_H
#define PLC_MAPPER_NEURON_GRAPH_H

#include "mapper/mapping.h"

/* A vertex: one neuron, or a cluster of neurons of one model. */
typedef struct plc_vertex {
    uint32_t neurons, model;
    uint64_t bytes;       /* [B] of the synapses that reach it */
    uint64_t inner_axons; /* source neurons of nets that are all inside, which no longer are nets */
    uint64_t axons;       /* at most so many source neurons send to it */
} plc_vertex;

/* Sources of one vertex that send to a net. */
typedef struct plc_net_source {
    uint32_t vertex, weight;
} plc_net_source;

/* A vertex's part in a net: a target, or sources of some weight, or both. */
typedef struct plc_incidence {
    uint32_t net;
    uint32_t weight : 31; /* of its sources */
    uint32_t is_target : 1;
} plc_incidence;

/* Neurons that send to the same targets share a net. Weights are spike rates as whole numbers;
 * those of all sources together are below 2^31. A zeroed graph is empty. */
typedef struct plc_neuron_graph {
    uint32_t n_vertices, n_nets;
    double scale; /* weight of one spike a tick */
    plc_vertex *vertices;
    uint64_t *target_offsets; /* [n_nets + 1] */
    uint32_t *targets;        /* vertices, distinct within a net */
    uint64_t *source_offsets; /* [n_nets + 1] */
    plc_net_source *sources;  /* vertices distinct within a net */
    int64_t *weights;         /* [n_nets] of all sources */
    uint32_t *n_axons;        /* [n_nets] source neurons */
    uint64_t *offsets;        /* [n_vertices + 1] into incidences */
    plc_incidence *incidences;
} plc_neuron_graph;

/* The graph of a resolved network, vertices numbered as neurons through all populations.
 * O(synapses). */
plc_status plc_neuron_graph_make(const plc_mapping *mapping, plc_neuron_graph *ret_graph,
                                 plc_error *error);
/* The graph of clusters, cluster_of [n_vertices]; nets inside one cluster go. O(pins). */
plc_status plc_neuron_graph_coarsen(const plc_neuron_graph *graph, const uint32_t *cluster_of,
                                    uint32_t n_clusters, plc_neuron_graph *ret_graph,
                                    plc_error *error);
void plc_neuron_graph_finish(plc_neuron_graph *graph);

#endif
