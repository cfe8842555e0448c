/* onoff: NeuroSA's pair of integrate-and-fire neurons with complementary outputs, one Ising spin.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_HW_NEURON_ONOFF_H
#define PLC_HW_NEURON_ONOFF_H

#include "hw/neuron/annealer.h"
#include "hw/neuron/fixed.h"

#include <stdbool.h>
#include <stdint.h>

/* The potential v = bias + sum_j w_j s_j has no leak and is kept incrementally: a packet of a pair
 * that went to spin s delivers s x w, and the receiver adds twice that. When the pair is due it
 * gains g = spin x v of cut by flipping; it flips if the noise word is below the annealer's limit
 * for g, and then sends an ON spike (spin +1) or an OFF spike (spin -1). Sums are exact modulo
 * 2^32. */
typedef struct plc_onoff_state {
    int32_t v;
    int32_t spin; /* +1 or -1 */
} plc_onoff_state;

typedef plc_annealer plc_onoff_params;

/* `input` is the sum of the signed weights that arrived since the last update; `noise` a uniform
 * word. True when it flips; the polarity of the spike is then spin < 0. */
static inline bool plc_onoff_update(const plc_onoff_params *p, plc_acceptance *acceptance,
                                    plc_onoff_state *s, int32_t input, uint32_t noise)
{
    s->v = plc_wrap_add(s->v, (int32_t)((uint32_t)input << 1));
    int64_t gain = (int64_t)s->spin * s->v;
    if (noise >= plc_acceptance_limit(acceptance, p, gain))
        return false;
    s->spin = -s->spin;
    return true;
}

#endif
