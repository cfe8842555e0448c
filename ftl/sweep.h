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

/* A SAT solver that is told of a graph as far as it is asked about. */
typedef struct plc_sat plc_sat;

plc_sat *plc_sat_create(const plc_aig *aig);
void plc_sat_destroy(plc_sat *sat);
/* Compares two literals within so many conflicts, or without end if that is 0. When different,
 * `ret_values` [n_sources] has an assignment for which they are. */
plc_pair_answer plc_sat_compare(plc_sat *sat, uint32_t a, uint32_t b, uint32_t conflicts,
                                uint8_t *ret_values);

#endif
