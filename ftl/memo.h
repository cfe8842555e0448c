/* What is known of functions: a table from truth tables to answers. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_FTL_MEMO_H
#define PLC_FTL_MEMO_H

#include "ftl/table.h"
#include "ftl/threshold.h"

#include <stddef.h>

/* Open addressing on the functions as they are; functions without don't-cares are looked up a
 * second time in their canonical form: inputs negated until the function rises in each, and sorted
 * by Chow parameters, which makes equal what differs by names and signs only (Muroga 1971, section
 * 2). */
typedef struct plc_memo {
    uint32_t n_words; /* of a table */
    uint64_t *keys;   /* [capacity][3 * n_words + 1] */
    uint16_t *values; /* [capacity] VALUE_ANSWERED, VALUE_YES and the inputs needed; 0: free */
    size_t n, capacity;
    uint64_t n_programs, n_unresolved; /* linear programs solved, and those given up */
    bool failed;                       /* memory was short: answers are slow from here on */
} plc_memo;

bool plc_memo_init(plc_memo *memo, uint32_t max_fanin);
void plc_memo_finish(plc_memo *memo);

/* Whether f over n inputs is a threshold function. */
bool plc_memo_is_threshold(plc_memo *memo, const uint64_t *f, uint32_t n);

/* Whether f over n inputs is a threshold function of these and `n_divisors` (1 or 2) functions of
 * them, divisors[k]; all in all at most PLC_TABLE_INPUTS_MAX. Then ret_needed has a bit for each
 * input and, from bit n on, for each divisor: those with a weight. */
bool plc_memo_is_divisible(plc_memo *memo, const uint64_t *f, const uint64_t *const *divisors,
                           uint32_t n_divisors, uint32_t n, uint32_t *ret_needed);

/* The sets of minterms over n inputs and n_divisors functions of them: on and off, [n_words of n +
 * n_divisors inputs] each, all that can occur and no other. */
void plc_memo_minterms(const uint64_t *f, const uint64_t *const *divisors, uint32_t n_divisors,
                       uint32_t n, uint64_t *ret_on, uint64_t *ret_off);

#endif
