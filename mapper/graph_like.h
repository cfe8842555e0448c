/* Placing a hypergraph like an old layout: vertices stay where they were. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_MAPPER_GRAPH_LIKE_H
#define PLC_MAPPER_GRAPH_LIKE_H

#include "mapper/hypergraph.h"
#include "mapper/machine.h"
#include "mapper/slots.h"

#include <placode/mapper.h>

/* Where the vertices of an earlier layout were. A zeroed one is empty. */
typedef struct plc_graph_places {
    uint32_t n;        /* vertices */
    uint32_t *routers; /* [n] of the chip, live or not */
    uint32_t *cores;   /* [n] below PLC_MAX_CORES; no place stands twice */
} plc_graph_places;

void plc_graph_places_finish(plc_graph_places *places);

/* Gives vertices the places that they had and the machine still has. The others, which are loose,
 * get the free places with the fewest hops to their partners, and what saves hops then is moved by
 * plc_graph_settle(). `routers` [n_vertices] must be a legal placement; it and cores [n_vertices]
 * receive the result. O(loose x routers x pins of each) and what settling takes. */
plc_status plc_graph_like_place(const plc_hypergraph *graph, const plc_machine *machine,
                                const plc_graph_places *old, unsigned effort, uint32_t *routers,
                                uint32_t *cores, plc_error *error);
/* What became of the vertices of the old layout, by number. */
plc_map_moves plc_graph_like_compare(const plc_graph_places *old, const uint32_t *routers,
                                     const uint32_t *cores, uint32_t n_vertices);

/* Vertices on slots, the k-th usable core of a router being its k-th slot. */
typedef struct plc_graph_seats {
    const plc_hypergraph *graph;
    const plc_machine *machine;
    plc_slots slots;
    uint32_t *home;  /* [n_vertices] slot that a vertex had, or PLC_EMPTY: it is loose */
    uint64_t *begin; /* [n_vertices + 1] into nets */
    uint32_t *nets;  /* of each vertex, ascending, those it is the source or a sink of */
} plc_graph_seats;

/* Packets x hops between a vertex, were it on a router, and its partners that have slots. */
double plc_graph_seats_hops(const plc_graph_seats *seats, uint32_t vertex, uint32_t router);

/* Moves loose vertices, and those that share a net with one, to other places, or swaps them with
 * others, until nothing is saved or the effort is spent. What is made less are the packets x links
 * of exact multicast trees, and for each vertex that is not at home as many as it sends and
 * receives packets: moving it must save more than a hop of each. Where no vertex is loose nothing
 * happens. Deterministic; `effort` takes about as long as in placement.h. */
plc_status plc_graph_settle(plc_graph_seats *seats, unsigned effort, plc_error *error);

#endif
