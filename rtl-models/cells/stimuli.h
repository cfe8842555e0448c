/* What cells are driven with: random words that crowd where cells go wrong. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_RTL_MODELS_CELLS_STIMULI_H
#define PLC_RTL_MODELS_CELLS_STIMULI_H

#include "base/random.h"
#include "rtl-models/cells/contract.h"

typedef struct plc_stimuli {
    const plc_contract *contract;
    plc_random_key key;
    uint64_t seed;
    uint32_t epoch; /* of the key */
} plc_stimuli;

void plc_stimuli_init(plc_stimuli *stimuli, const plc_contract *contract, uint64_t seed);

/* The inputs [PLC_CONTRACT_WORDS] of a cycle; `in` holds those of the last one and `out` its
 * outputs. Parameters change every 32 cycles; the state is that of the outputs in three of four. Of
 * each number drawn, about half are as networks have them, an eighth each are corners (0, the
 * largest, powers of two, and their neighbours) and uniform, a quarter uniform in magnitude; in a
 * quarter of the cycles the contract sharpens them. */
void plc_stimuli_draw(plc_stimuli *stimuli, uint64_t cycle, const uint32_t *out, uint32_t *in);

#endif
