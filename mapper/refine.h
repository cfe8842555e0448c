/* Refining a partition by moves and swaps. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_MAPPER_REFINE_H
#define PLC_MAPPER_REFINE_H

#include "mapper/parts.h"

/* Moves each vertex, in random order, to the part where that saves most, or swaps it with another
 * where that part is full; again and again until nothing is saved or `work` connections were looked
 * at. The cost never rises. Source: the gains are those of k-way Fiduccia-Mattheyses refinement
 * (Sanchis, IEEE Trans. Comput. 38, 1989); what differs: swaps with sampled partners in the place
 * of moves downhill, because parts are full. */
plc_status plc_refine(plc_parts *parts, uint64_t work, uint64_t seed, plc_error *error);

/* Moves vertices out of parts that hold more than they may, those first that cost least. */
plc_status plc_refine_overfull(plc_parts *parts, plc_error *error);

/* Anneals: random moves and swaps to parts that share a net, which may cost something while it is
 * hot. `work` as above; `heat` is the first temperature as a share of a net's mean weight. What
 * comes out may cost more than what went in. Source: simulated annealing (Kirkpatrick, Gelatt and
 * Vecchi, Science 220, 1983); the exponential variate is that of integers, so that it is the same
 * everywhere. */
plc_status plc_refine_anneal(plc_parts *parts, uint64_t work, double heat, uint64_t seed,
                             plc_error *error);

#endif
