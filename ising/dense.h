/* Cholesky's factorisation of a dense matrix. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_ISING_DENSE_H
#define PLC_ISING_DENSE_H

#include <placode/ising.h>
#include <stdbool.h>

/* Overwrites the upper triangle of matrix [n][n] by R with R'R = matrix; `*ret_proven` becomes
 * false at the first pivot that is not above 0, and stays as it is when there is none. Each entry
 * is its old value minus its products, one after the other. PLC_STOPPED. n^3 / 3 operations */
plc_status plc_dense_factor(double *matrix, uint32_t n, const plc_bound_watch *watch,
                            bool *ret_proven, plc_error *error);

#endif
