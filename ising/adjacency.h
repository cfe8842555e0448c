/* The neighbours of each vertex, in rows. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_ISING_ADJACENCY_H
#define PLC_ISING_ADJACENCY_H

#include <placode/ising.h>
#include <stdint.h>

/* One end's view of an edge. */
typedef struct plc_arc {
    uint32_t target;
    int32_t weight;
} plc_arc;

/* Both arcs of every edge, by source; in a row the arcs stand in the order of the edges. A zeroed
 * one is empty. */
typedef struct plc_adjacency {
    uint32_t n;
    uint64_t *offsets; /* [n + 1] into arcs */
    plc_arc *arcs;     /* [2 m] */
} plc_adjacency;

/* Builds the rows of a graph with its vertices renumbered: vertex i becomes `number`[i], or stays i
 * if `number` is NULL. PLC_NO_MEMORY. O(n + m) */
plc_status plc_adjacency_init(plc_adjacency *adjacency, const plc_graph *graph,
                              const uint32_t *number, plc_error *error);
void plc_adjacency_finish(plc_adjacency *adjacency);

#endif
