/* The parts of an upper bound of MAX-CUT. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_ISING_BOUNDS_H
#define PLC_ISING_BOUNDS_H

#include "ising/adjacency.h"

#include <placode/ising.h>
#include <stdbool.h>

/* The largest multiple of a step that is not above a bound; step 0 is of graphs whose cuts are all
 * 0. */
int64_t plc_cut_below(int64_t bound, uint64_t step);

/* The best cut, by trying all states: at most 31 vertices. O(2^n degree) */
int64_t plc_cut_of_all_states(const plc_adjacency *rows);

/* Which cuts there may be: those whose sum with `offset` is a multiple of `step` and at most
 * `known`. */
typedef struct plc_cut_steps {
    uint64_t step;
    int64_t offset, known;
} plc_cut_steps;

typedef struct plc_dual_value {
    bool better;       /* than what is known; else `cut` is not set */
    int64_t cut;       /* no cut is larger */
    double relaxation; /* the value of the relaxation, from below but for rounding */
    uint64_t sweeps;   /* that the search took */
} plc_dual_value;

/* Multipliers as whole numbers, z_i = units_i / 2^bits; |units_i| <= 2^52. */
typedef struct plc_multipliers {
    int64_t *units; /* [n] */
    int bits;       /* 0..30 */
} plc_multipliers;

/* Whether multipliers prove a bound, and which: `*ret_cut`, only when they do. The one judge of
 * them: nothing is assumed of how they were found. PLC_INVALID for units that are too large,
 * PLC_DOES_NOT_FIT, PLC_STOPPED, PLC_NO_MEMORY. O(n^3) at most. The proof is in the source. */
plc_status plc_multipliers_prove(const plc_graph *graph, const plc_adjacency *rows,
                                 const plc_multipliers *multipliers, const plc_bound_watch *watch,
                                 bool *ret_proven, int64_t *ret_cut, plc_error *error);

/* Searches multipliers that prove a small bound, until there is little left to gain, a smaller one
 * would make no difference to the steps, it cannot get below what is known, or `watch` says so;
 * then proves it. PLC_DOES_NOT_FIT for weights that add up to 2^49 or more, and when the proof
 * fills up; PLC_STOPPED when it is cut short; PLC_NO_MEMORY. */
plc_status plc_dual_bound(const plc_graph *graph, const plc_adjacency *rows,
                          const plc_cut_steps *steps, const plc_bound_watch *watch,
                          plc_dual_value *ret_value, plc_error *error);

#endif
