/* What cells are driven with: random words that crowd where cells go wrong. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_RTL_MODELS_CELLS_STIMULI_H
#define PLC_RTL_MODELS_CELLS_STIMULI_H

#include "base/random.h"
#include "rtl-models/cells/contract.h"

/* Cycles that are drawn at once. */
enum { PLC_STIMULI_BATCH = 64 };

typedef struct plc_stimuli {
    const plc_contract *contract;
    uint64_t seed;
    uint32_t n_fields, n_params, n_states; /* of the inputs; words of parameters, of the state */
} plc_stimuli;

void plc_stimuli_init(plc_stimuli *stimuli, const plc_contract *contract, uint64_t seed);

/* The cycles that a batch from `cycle` on has at most: a batch ends where the cycle is a multiple
 * of PLC_STIMULI_BATCH. */
static inline uint32_t plc_stimuli_room(uint64_t cycle)
{
    return PLC_STIMULI_BATCH - (uint32_t)(cycle % PLC_STIMULI_BATCH);
}

/* The inputs of n cycles and the kernel's outputs, n being within plc_stimuli_room(), to rows 1..n
 * of both arrays [n + 1]; row 0 holds those of the cycle before. Parameters change every 32 cycles;
 * the state is that of the outputs in three of four. Of each number drawn, about half are as
 * networks have them, an eighth each are corners (0, the largest, powers of two, and their
 * neighbours) and uniform, a quarter uniform in magnitude; in a quarter of the cycles the contract
 * sharpens them. What a cycle has depends on the seed, the cycle and row 0 only. */
void plc_stimuli_run(const plc_stimuli *stimuli, uint64_t cycle, uint32_t n,
                     uint32_t (*in)[PLC_CONTRACT_WORDS], uint32_t (*out)[PLC_CONTRACT_WORDS]);

#endif
