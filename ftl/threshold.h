/* Which Boolean functions are threshold functions, and by which smallest weights.
 *
 * A threshold function is 1 exactly where the sum of the weights of its inputs that are 1 reaches
 * the threshold. Truth tables are arrays of 64-bit words: bit x of the table, x = sum of x_i 2^i,
 * is the value for the inputs x_i; of n < 6 inputs, the low 2^n bits count. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_FTL_THRESHOLD_H
#define PLC_FTL_THRESHOLD_H

#include <stdbool.h>
#include <stdint.h>

enum {
    PLC_THRESHOLD_INPUTS_MAX = 12,
    PLC_THRESHOLD_WORDS_MAX = 1 << (PLC_THRESHOLD_INPUTS_MAX - 6)
};

/* f(x) = sum of weights[i] x_i >= threshold */
typedef struct plc_threshold {
    uint32_t n;
    int32_t weights[PLC_THRESHOLD_INPUTS_MAX];
    int32_t threshold;
} plc_threshold;

typedef enum plc_threshold_answer {
    PLC_THRESHOLD_NO,
    PLC_THRESHOLD_YES,
    PLC_THRESHOLD_UNRESOLVED, /* a limit of the search was hit; never seen up to 8 inputs */
} plc_threshold_answer;

/* Finds weights for a function that is 1 on `on`, 0 on `off` and anything elsewhere, and checks
 * them in integers on every minterm. The sum of |weights| is the smallest there is if `smallest`;
 * otherwise the smallest of real weights, which may be scaled up to whole ones. Inputs that are not
 * needed get 0 either way.
 *
 * A linear program solved exactly: dual simplex from the slack basis, which is feasible for
 * non-negative costs, in integers with one common denominator (Edmonds 1967), on constraints that
 * are added as they are violated; branch and bound where a weight is not whole. Not the LP of
 * Muroga (1971, section 8) on all minterms; the answer is the same. */
plc_threshold_answer plc_threshold_find(const uint64_t *on, const uint64_t *off, uint32_t n,
                                        bool smallest, plc_threshold *ret_threshold);

/* Whether weights give 1 on all of `on` and 0 on all of `off`, in integers, minterm by minterm. */
bool plc_threshold_holds(const plc_threshold *threshold, const uint64_t *on, const uint64_t *off);

#endif
