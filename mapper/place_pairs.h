/* Placing by pairs: where to begin with narrow nets. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_MAPPER_PLACE_PAIRS_H
#define PLC_MAPPER_PLACE_PAIRS_H

#include "mapper/anneal.h"
#include "mapper/pairs.h"

typedef struct plc_place_pairs_settings {
    uint64_t seed;
    double budget;           /* [ns] of one processor, by an estimate: it depends on no clock */
    double moves_per_vertex; /* of one annealing; what is left of the budget is for others */
} plc_place_pairs_settings;

/* Anneals the pairs of a hypergraph several times over, from vertices and, where routers hold four
 * or more, from blocks of vertices, and keeps the best in routers [n_vertices], which must be legal
 * before and is after. */
plc_status plc_place_pairs(const plc_hypergraph *graph, const plc_bundles *bundles,
                           const plc_pairs *pairs, const plc_machine *machine,
                           const plc_place_pairs_settings *settings, uint32_t *routers,
                           plc_error *error);

#endif
