/* Multilevel partition of the neurons' hypergraph. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_MAPPER_MULTILEVEL_H
#define PLC_MAPPER_MULTILEVEL_H

#include "mapper/coarsen.h"
#include "mapper/parts.h"

typedef struct plc_multilevel_settings {
    plc_rating rating;
    uint64_t work, per_pin; /* connections that refinement may look at on a level: so many, and so
                               many for each of its pins */
    uint32_t samples;
    uint64_t seed; /* 0: the first part grows from the vertex most bound to others */
} plc_multilevel_settings;

/* Clusters the vertices again and again until clusters are a share of a part, partitions the
 * clusters, and refines as they are taken apart; the last refinement, of single vertices, is left
 * to the caller. Writes part_of [n_vertices]; parts may be over their limits. Deterministic.
 * Source: hMETIS (Karypis, Aggarwal, Kumar and Shekhar, IEEE Trans. VLSI 7, 1999) in one k-way
 * descent. */
plc_status plc_multilevel(const plc_neuron_graph *graph, uint32_t n_parts,
                          const plc_part_limits *limits, const plc_multilevel_settings *settings,
                          uint32_t *part_of, plc_error *error);

#endif
