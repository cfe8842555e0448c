/* Clusters of neurons that should stay together. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_MAPPER_COARSEN_H
#define PLC_MAPPER_COARSEN_H

#include "mapper/neuron_graph.h"

/* How much two targets of a net of n pins are bound to each other by it. */
typedef enum plc_rating {
    PLC_RATE_CLIQUE, /* weight / n: as if the net were a clique, which finds pairwise communities */
    PLC_RATE_PIN,    /* weight: which finds layers */
} plc_rating;

typedef struct plc_coarsen_settings {
    plc_rating rating;
    uint32_t neurons_max; /* of a cluster */
    uint64_t bytes_max, axons_max;
    uint32_t samples; /* nets of a vertex, and targets of a net, that are looked at, about */
    uint64_t seed;
} plc_coarsen_settings;

/* Joins each vertex, in random order, to the cluster it is bound to most of those that have room.
 * Writes cluster_of [n_vertices], clusters numbered from 0. O(n_vertices x samples^2). Source:
 * first-choice clustering (Karypis and Kumar, VLSI Design 11, 2000); what differs: large nets are
 * sampled, and a net binds its sources to its targets too. */
plc_status plc_coarsen(const plc_neuron_graph *graph, const plc_coarsen_settings *settings,
                       uint32_t *cluster_of, uint32_t *ret_n_clusters, plc_error *error);

/* A random order of n numbers, for `stream` of a seed. */
void plc_shuffle(uint64_t seed, uint32_t stream, uint32_t *order, uint32_t n);

#endif
