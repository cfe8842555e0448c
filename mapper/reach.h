/* Reach: trees on small machines, with sets of routers in one word. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_MAPPER_REACH_H
#define PLC_MAPPER_REACH_H

#include "mapper/machine.h"

#include <stdbool.h>

enum { PLC_REACH_ROUTERS = 64 };

/* Who is near whom, as bit sets. A zeroed one is of no machine. */
typedef struct plc_reach {
    uint32_t pitch;   /* hops in `within`: 0..pitch - 1 */
    uint64_t *beside; /* [n_routers] routers one hop away */
    uint64_t *within; /* [n_routers][pitch] routers at most so many hops away */
} plc_reach;

/* Whether a machine is small enough, and all its links lead both ways. */
bool plc_reach_suits(const plc_machine *machine);
/* For a machine that suits. */
plc_status plc_reach_init(plc_reach *reach, const plc_machine *machine, plc_error *error);
void plc_reach_finish(plc_reach *reach);

/* Grows a tree from a root to terminals (bit r: router r) and returns the number of its nodes, 0
 * when a terminal is out of reach. ret_nodes [PLC_REACH_ROUTERS] are they, the root first, each
 * next to one before it. Ties go to the router of the lowest rank [n_routers], or (NULL) number.
 * O(nodes x links) steps of a few ns. Source: shortest-path heuristic (Takahashi and Matsuyama,
 * Math. Japonica 24, 1980). What differs: all terminals next to the tree join at once, and of the
 * ways to one further off that is taken which passes by most others. */
uint32_t plc_reach_grow(const plc_reach *reach, uint32_t root, uint64_t terminals,
                        const float *rank, uint8_t *ret_nodes);

#endif
