/* Short cycles of a graph that lie side by side like the faces of a surface. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_ISING_FACES_H
#define PLC_ISING_FACES_H

#include "ising/adjacency.h"

#include <placode/ising.h>

/* Triangles and squares of which each edge has at most two, and the graph that they make: a face is
 * a node, and an edge joins the two faces on its sides. Node 0 is outside of all of them. */
typedef struct plc_faces {
    plc_graph dual; /* n faces, and the outside; the weights of edges are absolute, equal edges may
                       be there more than once */
    uint8_t *odd;   /* [dual.n] 1: an odd number of the edges around it have positive weights */
} plc_faces;

/* Finds faces; none in graphs where vertices have many neighbours. PLC_NO_MEMORY.
 * O(n degree^3) */
plc_status plc_faces_init(plc_faces *faces, const plc_graph *graph, plc_error *error);
void plc_faces_finish(plc_faces *faces);

/* A lower bound of the weight that every state of the graph leaves unsatisfied: of its positive
 * edges that are not cut and its negative ones that are. PLC_STOPPED, PLC_NO_MEMORY. */
plc_status plc_faces_bound(const plc_faces *faces, const plc_bound_watch *watch,
                           int64_t *ret_unsatisfied, plc_error *error);

#endif
