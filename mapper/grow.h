/* A first partition: parts grown one after the other. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_MAPPER_GROW_H
#define PLC_MAPPER_GROW_H

#include "mapper/coarsen.h"
#include "mapper/parts.h"

/* Grows each part from a seed by the vertex that saves most copies, for its size, of those that
 * fit: the first time (seed 0) the seed is the vertex most bound to the parts before, else one
 * drawn at random. What is left goes where it is bound to most, or to the emptiest part, and may
 * overfill it. Writes part_of [n_vertices]. Once `work` pins were looked at, gains stay as they
 * are. O(pins + parts x vertices) Source: greedy graph growing (Karypis and Kumar, SIAM J. Sci.
 * Comput. 20, 1998); what differs: the gain is that of hyperedges.
 */
plc_status plc_grow(const plc_neuron_graph *graph, uint32_t n_parts, const plc_part_limits *limits,
                    uint64_t seed, uint64_t work, uint32_t *part_of, plc_error *error);

#endif
