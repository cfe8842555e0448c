/* Functions of up to 6 inputs as few ANDs. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_FTL_FACTOR_H
#define PLC_FTL_FACTOR_H

#include "ftl/aig.h"

#include <stddef.h>

/* Known decompositions by truth table (full words, see table.h). Zeroed: none. */
typedef struct plc_factors {
    struct plc_factor {
        uint64_t table;       /* whose bit 0 is 0 */
        uint64_t left, right; /* it is an AND or XOR of these, or the inverse of one */
        uint8_t kind;         /* 0: free slot */
        uint8_t cost;         /* [ANDs] as a tree */
    } * data;
    size_t n, capacity;
    bool failed; /* memory was short */
} plc_factors;

void plc_factors_finish(plc_factors *factors);

/* ANDs that a function takes as a tree of what this finds: inputs split off, AND and OR of
 * functions of fewer inputs each, XORs, and multiplexers where nothing else is left. Not more than
 * 255. */
uint32_t plc_factors_cost(plc_factors *factors, uint64_t table);
/* Builds it over the literals of its inputs. */
uint32_t plc_factors_build(plc_factors *factors, uint64_t table, const uint32_t *inputs,
                           plc_aig *aig);

/* The graph with fewer ANDs, by choosing other structures for small cuts as cells are chosen; NULL
 * when memory is short. */
plc_aig *plc_aig_restructure(const plc_aig *aig);
/* The graph with trees of ANDs as flat as can be; NULL when memory is short. Source: Cortadella,
 * "Timing-driven logic bi-decomposition", IEEE TCAD 22(6), 2003, for AND trees. */
plc_aig *plc_aig_balance(const plc_aig *aig);

#endif
