/* Placement of vertices on routers by simulated annealing on exact multicast trees. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_MAPPER_ANNEAL_H
#define PLC_MAPPER_ANNEAL_H

#include "mapper/hypergraph.h"
#include "mapper/machine.h"

#include <stdbool.h>

/* Nets with the same sinks, so that what happens to the sinks is worked out once for all their
 * sources. */
typedef struct plc_bundles {
    uint32_t n;
    uint64_t *sink_offsets, *source_offsets; /* [n + 1] */
    uint32_t *sinks;                         /* ascending within a bundle */
    uint32_t *sources;                       /* no bundle has a source twice */
    double *weights;                         /* of the sources */
} plc_bundles;

/* Gathers the nets of a hypergraph whose vertices are merged: vertex v becomes group_of[v] (NULL:
 * itself), sinks that merge count once, a group's nets to itself alone are dropped. */
plc_status plc_bundles_make(const plc_hypergraph *graph, const uint32_t *group_of,
                            plc_bundles *ret_bundles, plc_error *error);
void plc_bundles_finish(plc_bundles *bundles);

/* The bundles that each vertex is a member of: those of vertex v are bundles[begin[v]..begin[v +
 * 1]). */
typedef struct plc_membership {
    uint64_t *begin;   /* [n_vertices + 1] */
    uint32_t *bundles; /* ascending for each vertex */
} plc_membership;

/* Lists the bundles of each vertex from those of their members: `offsets` and `members` are the
 * bundles' sinks or sources. False when memory is short; finish it all the same. */
bool plc_membership_make(const uint64_t *offsets, const uint32_t *members, uint32_t n_bundles,
                         uint32_t n_vertices, plc_membership *ret_membership);
void plc_membership_finish(plc_membership *membership);

typedef struct plc_anneal_settings {
    uint64_t seed;
    uint64_t moves; /* proposals in all */
    double begin;   /* where in the schedule to begin: 0 hot, towards 1 ever colder */
} plc_anneal_settings;

/* Improves a placement, router_of [n_vertices], in which no router holds more vertices than
 * `capacity` [n_routers] says. The best state seen is kept. Costs are weights x links of the trees
 * that plc_tree_grow() makes. Deterministic. Source: Kirkpatrick, Gelatt and Vecchi, Science 220,
 * 1983; the window of moves follows VPR (Betz and Rose, FPL 1997). What differs: no bounding boxes;
 * the tree of every net that a move touches is grown anew. */
plc_status plc_anneal(const plc_bundles *bundles, uint32_t n_vertices, const plc_machine *machine,
                      const uint32_t *capacity, const plc_anneal_settings *settings,
                      uint32_t *router_of, double *ret_cost, plc_error *error);

#endif
