/* Clusters: vertices that belong together, as many as a router holds. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_MAPPER_CLUSTER_H
#define PLC_MAPPER_CLUSTER_H

#include "mapper/anneal.h"

/* Grows clusters one after the other: each begins at the vertex most bound to those before and
 * takes, until it is full, the vertex that saves most packet copies by joining. sizes [n_clusters]
 * says how many each takes; together they must have room. Writes cluster_of [n_vertices].
 * Deterministic. O(clusters x pins + vertices^2) Source: greedy graph growing (Karypis and Kumar,
 * SIAM J. Sci. Comput. 20, 1998); what differs: the gain is that of the connectivity of hyperedges,
 * weighted by the packets of their sources. */
plc_status plc_cluster(const plc_bundles *bundles, uint32_t n_vertices, const uint32_t *sizes,
                       uint32_t n_clusters, uint32_t *cluster_of, plc_error *error);

#endif
