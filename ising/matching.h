/* Perfect matchings of least weight, by their dual, which proves the weight. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_ISING_MATCHING_H
#define PLC_ISING_MATCHING_H

#include <placode/ising.h>
#include <stdbool.h>
#include <stdint.h>

/* An edge that may be matched. */
typedef struct plc_pair {
    uint32_t u, v;
    int64_t weight; /* 0 or more; a multiple of 4 where they are to be matched */
} plc_pair;

/* What vertices and odd sets pay: nodes [n_nodes], of which the first n are the vertices, the
 * others sets (blossoms). An edge costs at least what the nodes pay that hold one of its ends but
 * not both. */
typedef struct plc_matching_dual {
    uint32_t n, n_nodes;
    uint32_t *parent; /* [n_nodes] the smallest set that holds the node; UINT32_MAX: none. A set
                         that is not in use has itself as its parent */
    int64_t *pays;    /* [n_nodes] not below 0 for sets */
} plc_matching_dual;

void plc_matching_dual_finish(plc_matching_dual *dual);

/* The dual of a perfect matching of least weight, by Edmonds' algorithm; `*ret_found` is false when
 * there is no perfect matching. PLC_NO_MEMORY; PLC_STOPPED. Deterministic. O(n m) in practice */
plc_status plc_match(uint32_t n, const plc_pair *pairs, uint64_t n_pairs,
                     const plc_bound_watch *watch, bool *ret_found, plc_matching_dual *ret_dual,
                     plc_error *error);

/* Whether a dual is one, for these edges and any others whose weight is at least `others`; then no
 * perfect matching weighs less than `*ret_weight`. Shares nothing with plc_match(). PLC_NO_MEMORY.
 * O(m depth of the sets) */
plc_status plc_matching_prove(const plc_matching_dual *dual, const plc_pair *pairs,
                              uint64_t n_pairs, int64_t others, bool *ret_proven,
                              int64_t *ret_weight, plc_error *error);

#endif
