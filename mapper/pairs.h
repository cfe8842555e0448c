/* Pairs: the graph of who sends to whom, for networks of narrow nets. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_MAPPER_PAIRS_H
#define PLC_MAPPER_PAIRS_H

#include "mapper/hypergraph.h"
#include "mapper/machine.h"

/* Undirected: a pair's weight is that of the packets from either to the other, were each sent to
 * one sink alone. A zeroed one is empty. */
typedef struct plc_pairs {
    uint32_t n_vertices;
    uint64_t *offsets;    /* [n_vertices + 1] into neighbours and weights */
    uint32_t *neighbours; /* ascending for each vertex */
    int32_t *weights;     /* > 0, in units of `unit` packets per tick */
    double unit;
} plc_pairs;

/* The pairs of a hypergraph whose vertices are merged: vertex v becomes group_of[v] (NULL: itself),
 * one of n_groups. O(pins log pins) */
plc_status plc_pairs_make(const plc_hypergraph *graph, const uint32_t *group_of, uint32_t n_groups,
                          plc_pairs *ret_pairs, plc_error *error);
void plc_pairs_finish(plc_pairs *pairs);

/* Packets x hops over all pairs for a placement, router_of [n_vertices], in the pairs' unit. */
int64_t plc_pairs_cost(const plc_pairs *pairs, const plc_machine *machine,
                       const uint32_t *router_of);

typedef struct plc_pairs_settings {
    uint64_t seed;
    uint64_t moves;   /* proposals in all */
    double hot, cold; /* first and last temperature, in mean changes of a random move: at 0.5 a
                         placement melts */
} plc_pairs_settings;

/* Improves a placement by annealing the packets x hops of all pairs, from a hot start: what was
 * there before counts for the slots it leaves free only. router_of [n_vertices] must keep to
 * capacity [n_routers], and does in the result, which is the best state seen. 20 to 40 ns a move
 * for narrow nets. Source: Kirkpatrick, Gelatt and Vecchi, Science 220, 1983; moves towards a
 * neighbour are the directed moves of Vorwerk, Kennings and Greene, IEEE TCAD 28, 2009. */
plc_status plc_pairs_anneal(const plc_pairs *pairs, const plc_machine *machine,
                            const uint32_t *capacity, const plc_pairs_settings *settings,
                            uint32_t *router_of, plc_error *error);

/* Tries the mesh's near-symmetries: rotations, reflections and shears of a torus, which keep most
 * of a placement's neighbours neighbours. Annealing often ends in a torus that is twisted; a shear
 * untwists it. Keeps the cheapest. On meshes that are not tori, or where routers differ in
 * capacity, nothing happens. */
plc_status plc_pairs_untwist(const plc_pairs *pairs, const plc_machine *machine,
                             const uint32_t *capacity, uint32_t *router_of, plc_error *error);

#endif
