/* What no placement and no routing can go below: proven lower bounds on packet hops and on the load
 * of the busiest link. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_MAPPER_BOUND_H
#define PLC_MAPPER_BOUND_H

#include "hw/chip/chip.h"
#include "mapper/hypergraph.h"

/* Bounds for one partition: what the vertices are is given, where they are and how the packets go
 * is free. 0 where nothing can be said. */
typedef struct plc_bound {
    double hops;      /* [packets x links / tick] multicast, over all nets */
    double link_load; /* [packets / tick] of the busiest directed link */
} plc_bound;

/* Bounds every placement of a hypergraph onto the cores of a chip, one vertex a core. The hops are
 * the largest of three bounds, each proven where it is computed:
 * - nets: a tree has at least as many links as it has routers besides the first, and as its
 * farthest sink is away; neighbours of one router are few, so k sinks need so many routers and so
 * much way;
 * - shares (bound_shares.c): which vertices a router holds decides for all nets at once how many
 *   routers they are spread over;
 * - pairs: of nets with one sink each vertex has its partners on the nearest cores at best. Source:
 *   Gilmore, SIAM J. Appl. Math. 10, 1962, and Lawler, Management Science 9, 1963, for the
 * quadratic assignment problem; what differs: all vertices are given the best router there is,
 * instead of solving an assignment. Rounding is allowed for: results are a billionth low, and whole
 * where all weights are. O(routers^2 + pins log pins), and up to 10^8 steps of looking for good
 * shares. */
plc_status plc_bound_make(const plc_hypergraph *graph, const plc_chip *chip, plc_bound *ret_bound,
                          plc_error *error);

/* The part in bound_shares.c: no router holds more than `room` vertices. */
plc_status plc_bound_shares(const plc_hypergraph *graph, uint32_t room, double *ret_hops,
                            plc_error *error);

#endif
