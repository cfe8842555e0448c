/* A population resolved to integers: all that a layout must hold and an engine must know about its
 * neurons. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_HW_NEURON_POPULATION_H
#define PLC_HW_NEURON_POPULATION_H

#include "hw/neuron/stdp.h"

#include <placode/network.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct plc_population {
    char *name;    /* owned */
    uint32_t size; /* [neurons] */
    plc_model model;
    plc_schedule schedule;
    bool record_spikes, record_v;
    uint32_t n_param_sets; /* 1: shared by all neurons; else size */
    int32_t *params;       /* [n_param_sets][words of the model's parameters], owned */
    uint32_t n_state_sets; /* 1 or size */
    int32_t *state;        /* [n_state_sets][words of the model's state] at tick 0, owned */
    uint64_t
        *spike_offsets;    /* [size + 1] into spike_ticks; NULL unless spike_source_array; owned */
    uint32_t *spike_ticks; /* [ticks] ascending within a neuron, no repeats; owned */
    plc_stdp_rule *stdp;   /* of its plastic synapses; NULL: there are none; owned */
} plc_population;

/* A deep copy into the caller's memory; false when memory is short (then *ret_copy is finished). */
bool plc_population_copy(const plc_population *population, plc_population *ret_copy);
void plc_population_finish(plc_population *population);

/* Words of parameters and of initial state of one neuron. */
static inline const int32_t *plc_population_params(const plc_population *population,
                                                   uint32_t neuron, uint32_t n_words)
{
    return population->params + (population->n_param_sets == 1 ? 0 : (uint64_t)neuron * n_words);
}

static inline const int32_t *plc_population_state(const plc_population *population, uint32_t neuron,
                                                  uint32_t n_words)
{
    return population->state + (population->n_state_sets == 1 ? 0 : (uint64_t)neuron * n_words);
}

/* The neurons [begin, end) of block b of a population drawn from n_blocks equal blocks. */
static inline uint32_t plc_block_begin(uint32_t size, uint32_t n_blocks, uint32_t block)
{
    return (uint32_t)((uint64_t)size * block / n_blocks);
}

#endif
