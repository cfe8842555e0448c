/* threshold: an FTL cell, a binary neuron with whole weights that forgets at each update. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_HW_NEURON_THRESHOLD_H
#define PLC_HW_NEURON_THRESHOLD_H

#include <stdbool.h>
#include <stdint.h>

/* A cell whose weighted inputs since its last update reach the threshold spikes (its registered
 * output is 1). */
typedef struct plc_threshold_params {
    int32_t threshold;
} plc_threshold_params;

static inline bool plc_threshold_update(const plc_threshold_params *p, int32_t input)
{
    return input >= p->threshold;
}

#endif
