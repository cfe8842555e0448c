/* Updates of packed spins, and delivery of their flips. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/engine/fast_spins.h"

#include "base/memory.h"
#include "base/vectorise.h"
#include "hw/engine/digest.h"

#include <endian.h>

plc_spin_filter plc_spin_filter_at(const plc_annealer *annealer, uint64_t slope)
{
    /* Q23; the power is 1 in the ninth octave, so that all below the first are 0 */
    const int32_t octave = 1 << 23, margin = 64;
    const int64_t bound = ((((int64_t)9 << 40) - annealer->log2_eta) >> 17) + margin;
    if (bound >= 10 * octave) /* eta below 1/2: all pass */
        return (plc_spin_filter){.bound = 10 * octave - 1};
    plc_spin_filter filter = {.slope = 64 * octave, .bound = (int32_t)bound};
    if (slope >> 17 < (uint64_t)filter.slope)
        filter.slope = (int32_t)(slope >> 17);
    filter.gain_min = filter.slope ? -64 * octave / filter.slope - 1 : INT32_MIN;
    return filter;
}

PLC_VECTORISE
void plc_spin_filter_all(const plc_spin_filter *filter, uint32_t n, const uint32_t *restrict spins,
                         const uint8_t *restrict noise, uint8_t *restrict ret_passed)
{
    const plc_spin_filter f = *filter;
    for (size_t i = 0; i < n / PLC_SPIN_LANES * PLC_SPIN_LANES; i++) {
        const int32_t gain = plc_spin_gain(spins[i]);
        ret_passed[i] = (gain > 0) | (noise[i] <= plc_spin_filter_byte(&f, gain));
    }
}

/* Turns pairs over and adds their spikes to the trace and sent[tick & 1]. */
static void flip(plc_block *block, const plc_group *group, uint64_t tick, const uint32_t *pairs,
                 uint32_t n)
{
    plc_sent_list *sent = &block->sent[tick & 1];
    if (!plc_reserve(sent, data, n) ||
        !plc_array_reserve(&block->trace, &block->capacity, block->n + n, sizeof *block->trace)) {
        block->failed = true;
        return;
    }
    uint32_t *spins = (uint32_t *)group->inputs[0];
    const uint64_t of_tick = plc_digest_of_tick(tick);
    plc_spike *spikes = block->trace + block->n;
    plc_sent *to_send = sent->data + sent->n;
    uint64_t digest = 0;
    for (uint32_t k = 0; k < n; k++) {
        const uint32_t off = (spins[pairs[k]] ^= 1) & 1;
        spikes[k] = (plc_spike){.tick = tick,
                                .population = group->population & 0x7fffffff,
                                .polarity = off & 1,
                                .neuron = group->begin + pairs[k]};
        to_send[k] = (plc_sent){group->source + pairs[k], 1 - 2 * (int32_t)off};
        digest += plc_digest_of_spike(of_tick, group->population, group->begin + pairs[k], off);
    }
    sent->n += n;
    block->n += n;
    block->n_spikes += n;
    block->digest += digest;
}

/* Whether the pair flips. */
static inline bool flips(const plc_group *group, uint32_t pair, uint32_t noise)
{
    const plc_onoff_params *params = (const plc_onoff_params *)(const void *)group->params;
    int32_t gain = plc_spin_gain((uint32_t)group->inputs[0][pair]);
    return noise < plc_acceptance_limit(group->acceptance, params, gain);
}

/* The same from the highest byte of its noise. */
static inline bool flips_by_byte(const plc_group *group, uint64_t tick, uint32_t pair, uint8_t byte)
{
    const plc_onoff_params *params = (const plc_onoff_params *)(const void *)group->params;
    int32_t gain = plc_spin_gain((uint32_t)group->inputs[0][pair]);
    uint64_t limit = plc_acceptance_limit(group->acceptance, params, gain);
    if (__builtin_expect(byte != limit >> 24, 1))
        return byte < limit >> 24;
    return plc_random_noise_rest(group->key, group->begin + pair, (uint32_t)tick) <
           (limit & 0xffffff);
}

/* Eight bytes of 0 or 1 as bits. */
static inline uint64_t bits_of(const uint8_t *bytes)
{
    uint64_t eight;
    memcpy(&eight, bytes, sizeof eight);
    return le64toh(eight) * UINT64_C(0x0102040810204080) >> 56;
}

/* Of the pairs from `begin` on that passed the filter, those that flip. */
static uint32_t test_passed(const plc_group *group, uint64_t tick, uint32_t begin, uint32_t n,
                            const uint8_t *passed, const uint8_t *noise, uint32_t *ret_pairs)
{
    uint32_t n_flips = 0;
    for (uint32_t i = 0; i < n; i += 64) {
        uint64_t mask = 0;
        for (uint32_t j = 0; j < 64; j += 8)
            mask |= bits_of(passed + i + j) << j;
        if (n - i < 64)
            mask &= (UINT64_C(1) << (n - i)) - 1;
        for (; mask; mask &= mask - 1) {
            uint32_t k = i + (uint32_t)__builtin_ctzll(mask);
            ret_pairs[n_flips] = begin + k;
            n_flips += flips_by_byte(group, tick, begin + k, noise[k]);
        }
    }
    return n_flips;
}

/* All pairs of a group. */
static void update_all(plc_block *block, const plc_group *group, uint64_t tick)
{
    uint32_t bytes[PLC_SPIN_TILE / 8 + 8][2], pairs[PLC_SPIN_TILE + 1];
    uint8_t passed[PLC_SPIN_TILE];
    for (uint32_t begin = 0; begin < group->n; begin += PLC_SPIN_TILE) {
        uint32_t n = group->n - begin < PLC_SPIN_TILE ? group->n - begin : PLC_SPIN_TILE;
        uint32_t padded = (n + PLC_SPIN_LANES - 1) / PLC_SPIN_LANES * PLC_SPIN_LANES;
        uint32_t first = group->begin + begin;
        uint32_t n_eighths = (first % 8 + padded + 7) / 8;
        plc_random_noise_bytes(group->key, first / 8, (uint32_t)tick, (n_eighths + 7) / 8 * 8,
                               bytes);
        const uint8_t *noise = (const uint8_t *)bytes + first % 8;
        plc_spin_filter_all(&group->filter, padded, (const uint32_t *)group->inputs[0] + begin,
                            noise, passed);
        uint32_t n_flips = test_passed(group, tick, begin, n, passed, noise, pairs);
        if (n_flips)
            flip(block, group, tick, pairs, n_flips);
    }
    block->updates += group->n;
}

/* One drawn pair of each block that overlaps the group. */
static void update_drawn(plc_block *block, const plc_group *group, uint64_t tick)
{
    const uint32_t *begins = group->block_begins;
    uint32_t which[PLC_DRAW_BATCH], noise[PLC_DRAW_BATCH], pairs[PLC_DRAW_BATCH];
    for (uint32_t at = 0; at < group->n_group_blocks; at += PLC_DRAW_BATCH) {
        uint32_t left = group->n_group_blocks - at, n_flips = 0;
        uint32_t n = left < PLC_DRAW_BATCH ? left : PLC_DRAW_BATCH;
        plc_random_pairs_over_index(group->key, group->first_block + at, (uint32_t)tick, n, which,
                                    noise);
        for (uint32_t k = 0; k < n; k++) {
            uint32_t size = begins[at + k + 1] - begins[at + k];
            uint32_t pair = begins[at + k] + plc_random_below(which[k], size) - group->begin;
            if (pair >= group->n) /* a block may reach beyond the group */
                continue;
            block->updates++;
            pairs[n_flips] = pair;
            n_flips += flips(group, pair, noise[k]);
        }
        if (n_flips)
            flip(block, group, tick, pairs, n_flips);
    }
}

void plc_spins_update(plc_block *block, plc_group *group, uint64_t tick)
{
    if (group->schedule.random_blocks)
        update_drawn(block, group, tick);
    else
        update_all(block, group, tick);
}

/* Adds a weight to the inputs of a row; those of what fills it up are no neuron's. */
static inline void add_uniform(int32_t *inputs, const plc_narrow_word *words, uint32_t n,
                               int32_t weight)
{
    for (const plc_narrow_word *end = words + n; words < end; words += PLC_ROW_UNIT)
        for (int k = 0; k < PLC_ROW_UNIT; k++)
            *(uint32_t *)&inputs[words[k] & 0xffff] += (uint32_t)weight;
}

/* Adds or subtracts the words of a row. */
static inline void add_row(int32_t *inputs, const plc_narrow_word *words, uint32_t n, int32_t sign)
{
    const uint32_t minus = sign < 0 ? UINT32_MAX : 0;
    for (const plc_narrow_word *end = words + n; words < end; words += PLC_ROW_UNIT)
        for (int k = 0; k < PLC_ROW_UNIT; k++) {
            uint32_t weight = (uint32_t)((int32_t)words[k] >> 16);
            uint32_t *input = (uint32_t *)&inputs[words[k] & 0xffff];
            *input += (weight ^ minus) - minus;
        }
}

enum { AHEAD = 6 }; /* spikes ahead that rows are asked for */

void plc_spins_take(plc_block *block, const plc_sent_list *sent)
{
    int32_t *inputs = block->shards[0].inputs;
    for (size_t s = 0; s < sent->n; s++) {
        const plc_spin_row row = block->rows[sent->data[s].source];
        if (s + AHEAD < sent->n)
            __builtin_prefetch(block->row_words + block->rows[sent->data[s + AHEAD].source].begin);
        const int32_t sign = sent->data[s].sign;
        if (block->uniform)
            add_uniform(inputs, block->row_words + row.begin, row.n, sign * block->uniform);
        else
            add_row(inputs, block->row_words + row.begin, row.n, sign);
        block->events += row.n;
    }
}

bool plc_fast_is_solo(const plc_fast *fast)
{
    const plc_block *block = fast->blocks;
    return fast->n_blocks == 1 && block->rows && block->n_groups == 1 && block->groups->packed &&
           block->groups->schedule.random_blocks == 1;
}

/* Delivers a flip at once: nobody else is due in its tick. */
static void flip_alone(plc_block *block, const plc_group *group, uint64_t tick, uint32_t pair)
{
    plc_sent_list *sent = &block->sent[tick & 1];
    sent->n = 0;
    flip(block, group, tick, &pair, 1);
    plc_spins_take(block, sent);
}

void plc_block_run_solo(plc_block *block, uint64_t begin, uint64_t end)
{
    plc_group *group = block->groups;
    uint32_t which[PLC_DRAW_BATCH], noise[PLC_DRAW_BATCH];
    for (uint64_t tick = begin; tick < end && !block->failed;) {
        plc_group_move_to(group, tick);
        uint64_t stop = end < group->acceptance->until ? end : group->acceptance->until;
        uint64_t epoch_end = ((tick >> 32) + 1) << 32;
        stop = stop < epoch_end ? stop : epoch_end;
        uint32_t n = stop - tick < PLC_DRAW_BATCH ? (uint32_t)(stop - tick) : PLC_DRAW_BATCH;
        plc_random_over_time(group->key, 0, (uint32_t)tick, n, which, noise);
        for (uint32_t k = 0; k < n; k++) {
            uint32_t pair = plc_random_below(which[k], group->size);
            if (__builtin_expect(flips(group, pair, noise[k]), 0))
                flip_alone(block, group, tick + k, pair);
        }
        block->updates += n;
        tick += n;
    }
}
