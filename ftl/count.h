/* Sinks that count: 1 where enough of many sources are 1, as majorities are. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_FTL_COUNT_H
#define PLC_FTL_COUNT_H

#include "ftl/aig.h"

/* A sink that is 1 where at least `threshold` of the sources it depends on are 1. */
typedef struct plc_count {
    uint32_t *sources; /* [n] nodes, ascending; NULL: it is no such sink */
    uint32_t n, threshold;
    bool inverted; /* 1 where they are fewer */
} plc_count;

enum {
    PLC_COUNT_NODES_MAX = 1 << 25 /* of the decision diagram of a sink, 1 GB with what it needs */
};

/* Which sinks [n_sinks] count more than `least` and at most `most` sources. Collapse finds none of
 * them where the netlist adds, for the bits of sums are no threshold functions. Sinks that count
 * sets of 64 random orders, as they grow, are proved by their decision diagram; those whose diagram
 * is too large are left out. The arrays are the caller's to free(), by plc_counts_finish(). False
 * when memory is short. */
bool plc_counts_find(const plc_aig *aig, uint32_t least, uint32_t most, plc_count *ret_counts);
void plc_counts_finish(const plc_aig *aig, plc_count *counts);

#endif
