/* Packed spins: the ON-OFF pairs of engine fast in a form for the vector unit. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_HW_ENGINE_FAST_SPINS_H
#define PLC_HW_ENGINE_FAST_SPINS_H

#include "hw/engine/fast.h"

/* A packed pair is one word, 2 v + (1 if the spin is -1), in the place of its input. Synapses that
 * reach packed pairs have four times their weight, so that a delivery adds 2 w to v at once and
 * leaves the spin as it is. That is the same v at every update as if inputs waited, and exact while
 * |v| < 2^30. */
static inline int32_t plc_spin_gain(uint32_t packed)
{
    int32_t off = (int32_t)(packed & 1);
    return (((int32_t)packed >> 1) ^ -off) + off;
}

enum {
    PLC_SPIN_LANES = 64,  /* pairs that the filters take at once */
    PLC_SPIN_TILE = 1024, /* pairs between two looks at what passed the filter */
    PLC_ROW_UNIT = 4,     /* words that rows of packed blocks are filled up to */
    PLC_INPUT_SLACK = 64, /* inputs of no neuron at the end of each shard */
    PLC_LIST_SLACK = 4,   /* places that plc_spin_list() needs beyond those that it fills */
};

/* Packed pairs, in words or in 16 bits. */
typedef struct plc_spins {
    int32_t *words;
    int16_t *shorts; /* or NULL */
} plc_spins;

static inline plc_spins plc_group_spins(const plc_group *group)
{
    return (plc_spins){group->inputs[0], group->shorts};
}

static inline int32_t plc_spins_gain(plc_spins spins, uint32_t pair)
{
    return plc_spin_gain(spins.shorts ? (uint32_t)(int32_t)spins.shorts[pair]
                                      : (uint32_t)spins.words[pair]);
}

/* Turns a spin over; 1 if it is -1 now. */
static inline uint32_t plc_spins_turn_over(plc_spins spins, uint32_t pair)
{
    if (spins.shorts)
        return (uint32_t)(spins.shorts[pair] ^= 1) & 1;
    return (uint32_t)(spins.words[pair] ^= 1) & 1;
}

/* Delivers a weight, as it is scaled, to a pair. */
static inline void plc_spins_add(plc_spins spins, uint32_t pair, uint32_t weight)
{
    if (spins.shorts)
        *(uint16_t *)&spins.shorts[pair] += (uint16_t)weight;
    else
        *(uint32_t *)&spins.words[pair] += weight;
}

/* The filter for an annealer at slope b as plc_annealer_slope() gives it. A pair of gain g <= 0
 * flips only if its noise u is below 2^(32 + g b - log2 eta); the filter compares the highest byte
 * of u with a power of two that is linear between whole exponents, so never below the true one by
 * more than rounding, and passes gains above 0 as they are. Who passes is then tested exactly. */
plc_spin_filter plc_spin_filter_at(const plc_annealer *annealer, uint64_t slope);

/* The largest byte that passes for a gain <= 0; of no meaning for others. */
static inline uint32_t plc_spin_filter_byte(const plc_spin_filter *filter, int32_t gain)
{
    int32_t limited = gain < 0 ? gain : 0;
    limited = limited > filter->gain_min ? limited : filter->gain_min;
    int32_t log2 = (int32_t)((uint32_t)limited * (uint32_t)filter->slope + (uint32_t)filter->bound);
    uint32_t x = (uint32_t)(log2 > 0 ? log2 : 0);
    return ((x & 0x7fffff) | 0x800000) >> (24 - (x >> 23));
}

/* Sets passed[i] to 1 for pair i of n with the highest byte of its noise when it passes the filter,
 * else to 0. n is a multiple of PLC_SPIN_LANES. */
void plc_spin_filter_all(const plc_spin_filter *filter, uint32_t n, const uint32_t *spins,
                         const uint8_t *noise, uint8_t *ret_passed);

/* The same for pairs in 16 bits, by a table, which is exact where its steps are single gains. */
plc_spin_table plc_spin_table_at(plc_acceptance *acceptance, const plc_annealer *annealer);

/* Of n pairs, a multiple of PLC_SPIN_LANES, which flip for sure and which may, as bits. */
void plc_spin_table_all(const plc_spin_table *table, uint32_t n, const int16_t *shorts,
                        const uint8_t *noise, uint64_t *ret_sure, uint64_t *ret_unsure);
/* The same on machines without AVX2. */
void plc_spin_table_plain(const plc_spin_table *table, uint32_t n, const int16_t *shorts,
                          const uint8_t *noise, uint64_t *ret_sure, uint64_t *ret_unsure);

/* Lists begin + i for the bits i that are set, in order, and returns how many. */
uint32_t plc_spin_list(uint32_t n_words, const uint64_t *bits, uint32_t begin, uint32_t *ret_list);

/* Packs all pairs that it can, and the rows of blocks with nothing but short delays; spikes do not
 * depend on it. False when memory is short. */
bool plc_fast_pack(plc_fast *fast, const plc_layout *layout);

/* Packs the state of a group's pairs into their inputs. */
void plc_group_pack(plc_group *group);

/* plc_group_update() of a packed group that is due, after its stream and annealer have been moved
 * to the tick. */
void plc_spins_update(plc_block *block, plc_group *group, uint64_t tick);
/* plc_block_take() of a block with packed rows. */
void plc_spins_take(plc_block *block, const plc_sent_list *sent);

#endif
