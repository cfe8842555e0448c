/* Placing and routing a hypergraph: the mapper for those who map other things than spiking
 * networks. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_MAPPER_PLACE_GRAPH_H
#define PLC_MAPPER_PLACE_GRAPH_H

#include "mapper/forest.h"
#include "mapper/graph_like.h"
#include "mapper/hypergraph.h"
#include "mapper/machine.h"

#include <placode/mapper.h>

/* A placed hypergraph. A zeroed one is empty. */
typedef struct plc_graph_layout {
    uint32_t n_vertices, n_nets;
    uint32_t *routers;      /* [n_vertices] */
    uint32_t *cores;        /* [n_vertices] core of the router */
    uint64_t *tree_offsets; /* [n_nets + 1] into links */
    plc_tree_link *links;   /* of the nets' trees, each after the one it hangs on */
    uint32_t *entries;      /* [routers] of the routing tables */
    plc_map_report report;  /* `seconds` and the bounds (bound.h) are left at 0 */
    uint64_t digest;        /* of all the above */
} plc_graph_layout;

/* Places each vertex on a core of its own and grows a multicast tree for each net. `effort` 0..3
 * is that of placement.h and forest.h; the result is the same on any machine.
 * PLC_DOES_NOT_FIT when there are too few cores. */
plc_status plc_place_graph(const plc_hypergraph *graph, const plc_chip *chip, unsigned effort,
                           uint64_t seed, plc_graph_layout *ret_layout, plc_error *error);
/* The same, with vertices where they were as far as graph_like.h says; `old` may be NULL. */
plc_status plc_place_graph_like(const plc_hypergraph *graph, const plc_chip *chip,
                                const plc_graph_places *old, unsigned effort, uint64_t seed,
                                plc_graph_layout *ret_layout, plc_error *error);
void plc_graph_layout_finish(plc_graph_layout *layout);

#endif
