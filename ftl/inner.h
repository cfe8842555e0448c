/* Functions that two cells make: an inner one, and an outer one that also has the inner one's
 * output as an input. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_FTL_INNER_H
#define PLC_FTL_INNER_H

#include "ftl/memo.h"

enum { PLC_INNER_INPUTS_MAX = 5 };

/* Inner functions found so far. Zeroed: none. */
typedef struct plc_inners {
    struct plc_inner {
        uint64_t table; /* a full word, see table.h */
        uint64_t inner; /* 0: there is none */
        bool known;
    } * data;
    size_t n, capacity;
    bool failed; /* memory was short */
} plc_inners;

void plc_inners_finish(plc_inners *inners);

/* A threshold function of two or three of the n <= PLC_INNER_INPUTS_MAX inputs with which, as one
 * more input, f is a threshold function; 0 for none. */
uint64_t plc_inners_find(plc_inners *inners, plc_memo *memo, uint64_t f, uint32_t n);

#endif
