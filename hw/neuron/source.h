/* spike_source_poisson: at most one spike a tick, with a fixed probability. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_HW_NEURON_SOURCE_H
#define PLC_HW_NEURON_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

/* The probability of a spike in a tick is rate x tick, at most 1 - 2^-32: the mean rate is exact,
 * and two events of the Poisson process in one tick count as one spike only in so far as rates
 * above 1 / tick are refused. */
typedef struct plc_poisson_params {
    uint32_t probability; /* x 2^32 */
    uint32_t begin, end;  /* [ticks] active in [begin, end); an end of UINT32_MAX never comes */
} plc_poisson_params;

/* `noise` is the first word of random(seed, stream, neuron, tick). */
static inline bool plc_poisson_update(const plc_poisson_params *p, uint64_t tick, uint32_t noise)
{
    return noise < p->probability && tick >= p->begin && (tick < p->end || p->end == UINT32_MAX);
}

#endif
