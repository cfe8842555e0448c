/* The digest of one spike, inline for the engines. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_HW_ENGINE_DIGEST_H
#define PLC_HW_ENGINE_DIGEST_H

#include "base/digest.h"

#include <placode/spikes.h>

/* The part that the spikes of a tick share. */
static inline uint64_t plc_digest_of_tick(uint64_t tick)
{
    return plc_mix(tick + UINT64_C(0x9e3779b97f4a7c15));
}

/* The digest of a spike, given plc_digest_of_tick() of its tick. Two rounds of mixing stand between
 * the tick and the sum, one between who spiked and the sum: no field is lost and none is linear. */
static inline uint64_t plc_digest_of_spike(uint64_t of_tick, uint32_t population, uint32_t neuron,
                                           uint32_t polarity)
{
    return plc_mix(of_tick + ((uint64_t)population << 33 | (uint64_t)neuron << 1 | polarity));
}

#endif
