/* Improving where the vertices of a hypergraph are placed. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_MAPPER_PLACEMENT_H
#define PLC_MAPPER_PLACEMENT_H

#include "mapper/hypergraph.h"
#include "mapper/machine.h"

enum { PLC_EFFORT_DEFAULT = 1, PLC_EFFORT_MAX = 3 };

/* Improves a placement, routers [n_vertices], in which no router holds more vertices than its
 * capacity; the result costs no more links than the start. `effort` 0..3 takes about 0.005, 0.2,
 * 0.8 and 45 s of one processor for up to a thousand vertices, and for more as many times as long.
 * Beyond 10,000 vertices only narrow nets are improved, by the hops of their pairs. Deterministic.
 */
plc_status plc_placement_improve(const plc_hypergraph *graph, const plc_machine *machine,
                                 unsigned effort, uint64_t seed, uint32_t *routers,
                                 plc_error *error);

#endif
