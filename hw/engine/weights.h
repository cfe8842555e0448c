/* Weights read back from engines. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_HW_ENGINE_WEIGHTS_H
#define PLC_HW_ENGINE_WEIGHTS_H

#include <placode/spikes.h>
#include <stddef.h>

/* Sorts by source, target, receptor, delay and weight. */
void plc_weights_sort(plc_weight *weights, size_t n);

#endif
