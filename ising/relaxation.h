/* The semidefinite relaxation of MAX-CUT, and the multipliers of its dual. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_ISING_RELAXATION_H
#define PLC_ISING_RELAXATION_H

#include "ising/adjacency.h"

#include <placode/ising.h>

/* A unit vector for each vertex, as opposed to its neighbours' sum as may be. */
typedef struct plc_relaxation {
    const plc_adjacency *rows; /* borrowed */
    size_t rank;               /* of the vectors; a multiple of 8 */
    float *vectors;            /* [n][rank] */
    float *field;              /* [rank] scratch */
} plc_relaxation;

/* Vectors drawn from a fixed seed. PLC_NO_MEMORY. */
plc_status plc_relaxation_init(plc_relaxation *relaxation, const plc_adjacency *rows,
                               plc_error *error);
void plc_relaxation_finish(plc_relaxation *relaxation);
/* Turns each vector once. O(m rank) */
void plc_relaxation_sweep(plc_relaxation *relaxation);
/* The multipliers, length of each vertex's field, into multipliers [n]; and the sum of A_ij v_i v_j
 * over all i and j, which the relaxation makes least. O(m rank) */
double plc_relaxation_measure(plc_relaxation *relaxation, double *multipliers);

/* An estimate of the least eigenvalue of Diag(diagonal) + A, not below it but for rounding (a Ritz
 * value of Lanczos' method). PLC_NO_MEMORY. O(n_steps (n + m)) */
plc_status plc_least_eigenvalue(const plc_adjacency *rows, const double *diagonal, uint32_t n_steps,
                                double *ret_value, plc_error *error);

#endif
