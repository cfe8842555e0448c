/* Rudy expressions with limits on what they may build. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_ISING_RUDY_H
#define PLC_ISING_RUDY_H

#include <placode/ising.h>

/* Most vertices and edges over all graphs that an expression holds at a time. */
typedef struct plc_rudy_limits {
    uint32_t vertices; /* at most 2^29 */
    uint32_t edges;    /* at most 2^31 */
} plc_rudy_limits;

/* plc_rudy() within given limits. O(edges built) */
plc_status plc_rudy_within(const char *expression, plc_rudy_limits limits, plc_graph *ret_graph,
                           plc_error *error);

#endif
