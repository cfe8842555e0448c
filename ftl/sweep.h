/* Pairs of literals of one AIG: are they equal? */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_FTL_SWEEP_H
#define PLC_FTL_SWEEP_H

#include "ftl/aig.h"

typedef enum plc_pair_answer {
    PLC_PAIR_EQUAL,
    PLC_PAIR_DIFFERENT,
    PLC_PAIR_UNKNOWN,
    PLC_PAIR_NO_MEMORY,
} plc_pair_answer;

/* Whether two literals are equal whatever the few nodes around them are that they depend on; if
 * not, nothing is known. */
bool plc_window_equal(const plc_aig *aig, uint32_t a, uint32_t b);

/* Patterns for the sources of a graph, patterns[word][n_sources]: words of 64, half of them random
 * (even, sparse and dense), then such that nodes which keep one value under all others take the
 * other one, as far as simple justification finds how. False when memory is short. Source:
 * Mishchenko et al., ICCAD 2006, section 4 (guided simulation); justified here without
 * backtracking. */
bool plc_stimuli_make(const plc_aig *aig, uint64_t seed, uint32_t n_words, uint64_t *patterns);
/* One word of random patterns for a source: all ways of 0 and 1, mostly 0, or mostly 1. */
uint64_t plc_stimuli_word(uint64_t seed, uint64_t word, uint32_t source);

/* Tries to find values of the sources, ret_values [n_sources], for which two literals differ, by
 * justification: quick, and not exact. Literals are of the graph as it is at the call. */
typedef struct plc_justifier plc_justifier;

plc_justifier *plc_justifier_create(const plc_aig *aig, uint64_t seed);
void plc_justifier_destroy(plc_justifier *justifier);
bool plc_justifier_separate(plc_justifier *justifier, uint32_t a, uint32_t b, uint8_t *ret_values);

/* A SAT solver that is told of a graph as far as it is asked about. */
typedef struct plc_sat plc_sat;

plc_sat *plc_sat_create(const plc_aig *aig);
void plc_sat_destroy(plc_sat *sat);
/* Compares two literals within so many conflicts, or without end if that is 0. When different,
 * `ret_values` [n_sources] has an assignment for which they are. */
plc_pair_answer plc_sat_compare(plc_sat *sat, uint32_t a, uint32_t b, uint32_t conflicts,
                                uint8_t *ret_values);

#endif
