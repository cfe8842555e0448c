/* Rudy's graph generators and operators, on edge lists in rudy's order. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_ISING_GENERATOR_H
#define PLC_ISING_GENERATOR_H

#include <placode/ising.h>
#include <stdbool.h>
#include <stdint.h>

/* An edge in the list of its lower end. */
typedef struct plc_listed_edge {
    uint32_t upper; /* the other end */
    uint32_t next;  /* the next edge of the list + 1; 0: none */
    int32_t weight;
} plc_listed_edge;

/* A graph as rudy keeps it: a new edge goes to the front of its vertex's list. Rudy lists an edge
 * at both ends; whatever it does with a list skips the lower neighbours, so one end is enough. A
 * zeroed one is empty. */
typedef struct plc_edge_lists {
    uint32_t n;             /* vertices */
    uint32_t m, capacity;   /* edges */
    uint32_t *first;        /* [n] first edge + 1; 0: none */
    plc_listed_edge *edges; /* [capacity] */
} plc_edge_lists;

void plc_edge_lists_finish(plc_edge_lists *lists);

/* The generators and operators. Each fills an empty `lists` and gives false when memory is short,
 * with nothing left behind. Densities are in percent, [0, 100]. Source: rudy by G. Rinaldi, 1995;
 * see docs/gset.md. */

/* Edges of a random graph: n (n - 1) density / 200, rounded half up. */
double plc_random_graph_edges(uint32_t n, double density);
/* That many different edges, drawn one after the other. O(m), O(m log n) near density 100 */
bool plc_random_graph(plc_edge_lists *lists, uint32_t n, double density, int64_t seed);
/* A random planar graph: a triangulation by random insertion, thinned to density x 3 (n - 2) / 100
 * edges; n >= 3. O(n) */
bool plc_planar_graph(plc_edge_lists *lists, uint32_t n, double density, int64_t seed);
/* A torus of height x width vertices, each >= 3, with weights 1; or, if `minus` is not negative,
 * with that percentage of weights -1 at random places (drawn from `seed`). O(n) */
bool plc_torus_graph(plc_edge_lists *lists, uint32_t height, uint32_t width, double minus,
                     int64_t seed);
/* The union; an edge of both keeps the weight it has in `a`. O(n + m) */
bool plc_union_graph(plc_edge_lists *lists, const plc_edge_lists *a, const plc_edge_lists *b);

/* Weights low + uniform(n_values), drawn in the order of the output. */
void plc_random_weights(plc_edge_lists *lists, int32_t low, uint32_t n_values, int64_t seed);
/* Weights times `factor` plus `summand`; false, and nothing done, when one would leave 32 bits. */
bool plc_affine_weights(plc_edge_lists *lists, int32_t factor, int32_t summand);

/* The edges in the order of rudy's output; false when memory is short. */
bool plc_edge_lists_to_graph(const plc_edge_lists *lists, plc_graph *ret_graph);

#endif
