/* Improving where the vertices of a hypergraph are placed. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_MAPPER_PLACEMENT_H
#define PLC_MAPPER_PLACEMENT_H

#include "mapper/hypergraph.h"
#include "mapper/machine.h"

enum { PLC_EFFORT_DEFAULT = 1, PLC_EFFORT_MAX = 3 };

/* Improves a placement, routers [n_vertices], in which no router holds more vertices than its
 * capacity; the result costs no more links than the start. `effort` 0..3 takes at most about 0,
 * 0.2, 0.9 and 50 s of one processor. Problems of more than 10,000 vertices are left as they are.
 * Deterministic. */
plc_status plc_placement_improve(const plc_hypergraph *graph, const plc_machine *machine,
                                 unsigned effort, uint64_t seed, uint32_t *routers,
                                 plc_error *error);

#endif
