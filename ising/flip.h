/* The random numbers of the Stanford GraphBase, on which rudy's graphs rest. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_ISING_FLIP_H
#define PLC_ISING_FLIP_H

#include <stdint.h>

/* A subtractive lagged Fibonacci generator of 31-bit numbers, lags 55 and 24.
 * Source: D. E. Knuth, The Stanford GraphBase, 1993, chapter "GB_FLIP". */
typedef struct plc_flip {
    uint32_t table[56]; /* [1..55] */
    uint32_t at;        /* the next number's place in the table; 0: refill */
} plc_flip;

/* Seeds a generator; only the seed modulo 2^31 counts. */
void plc_flip_init(plc_flip *flip, int64_t seed);
/* The next number, below 2^31. */
uint32_t plc_flip_next(plc_flip *flip);
/* The next number uniform in [0, n), 1 <= n <= 2^31; without bias. */
uint32_t plc_flip_below(plc_flip *flip, uint32_t n);

#endif
