/* Intervals for what repeated runs measure: success, repeats, time until success. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_BASE_STATISTICS_H
#define PLC_BASE_STATISTICS_H

#include <placode/status.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An interval that holds the true value with some confidence. */
typedef struct plc_interval {
    double low, high; /* high may be INFINITY */
} plc_interval;

/* One run: what it took until it succeeded, or, if it did not, until it ended. */
typedef struct plc_trial {
    double time; /* in any unit, >= 0 */
    bool succeeded;
} plc_trial;

/* The probability of which k of n trials were successes, 0 <= k <= n, n >= 1: exact, and one-sided
 * where k is 0 or n. Source: Clopper and Pearson, Biometrika 26, 1934. O(1) */
plc_interval plc_binomial_interval(uint64_t k, uint64_t n, double confidence);

/* How many runs of success probability p it takes to succeed at least once with probability
 * `certainty`: ln(1 - certainty) / ln(1 - p), INFINITY at p = 0. Source: Ronnow et al., Science
 * 345, 2014. What differs: not rounded up, but at least 1. */
double plc_repeats(double p, double certainty);

/* The mean of exponential waiting times of which k have ended, with `total` waited in all: exact,
 * and bounded from below only where k is 0. Source: Epstein and Sobel, J. Am. Stat. Assoc. 48,
 * 1953; with one event more for the low end, since waiting may end without one. O(1) */
plc_interval plc_exponential_interval(double total, uint64_t k, double confidence);

/* The mean time until a success when runs are made until one succeeds: all time over successes,
 * INFINITY where there are none. n >= 1. */
double plc_time_to_success(const plc_trial *trials, size_t n);

/* Its interval by resampling: 2000 times n trials with replacement, percentiles. The same for the
 * same seed on any machine. More than 1000 trials are resampled in that many groups. Source:
 * Efron, Ann. Stat. 7, 1979. PLC_NO_MEMORY. O(2000 n) */
plc_status plc_bootstrap_interval(const plc_trial *trials, size_t n, uint64_t seed,
                                  double confidence, plc_interval *ret_interval, plc_error *error);

#endif
