/* Proves that a sparse symmetric matrix has no eigenvalue far below 0. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_ISING_DEFINITE_H
#define PLC_ISING_DEFINITE_H

#include "ising/adjacency.h"

#include <placode/ising.h>
#include <stdbool.h>

/* Whether K = Diag(diagonal) + A is proven to have no eigenvalue below -`*ret_slack`, where A holds
 * the weights of `rows`; diagonal is [n]. `*ret_proven` is false when K is not positive definite to
 * the last digits; the slack, set only when it is, is a bound on all rounding, about 4 n 2^-53
 * times the trace. PLC_DOES_NOT_FIT when the fill of the factor is too large, PLC_STOPPED when
 * `watch` says so.
 *
 * Deterministic. O(n d^2) for a largest degree d of the elimination, at most O(n^3). The proof is
 * in the source. */
plc_status plc_definite_prove(const plc_adjacency *rows, const double *diagonal,
                              const plc_bound_watch *watch, bool *ret_proven, double *ret_slack,
                              plc_error *error);

#endif
