/* Updates of packed spins, and delivery of their flips. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/engine/fast_spins.h"

#include "base/memory.h"
#include "base/vectorise.h"
#include "hw/engine/digest.h"

plc_spin_filter plc_spin_filter_at(const plc_annealer *annealer, uint64_t slope)
{
    const int32_t octaves_64 = 1 << 29, octaves_32 = 1 << 28, margin = 64;
    const int64_t bound = ((((int64_t)31 << 40) - annealer->log2_eta) >> 17) + margin;
    if (bound >= octaves_32) /* eta below 1/2: all pass */
        return (plc_spin_filter){.bound = octaves_32 - 1};
    plc_spin_filter filter = {.slope = octaves_64, .bound = (int32_t)bound};
    if (slope >> 17 < (uint64_t)octaves_64)
        filter.slope = (int32_t)(slope >> 17);
    filter.gain_min = filter.slope ? -octaves_64 / filter.slope - 1 : INT32_MIN;
    return filter;
}

PLC_VECTORISE
void plc_spin_filter_all(const plc_spin_filter *filter, plc_random_key key, uint32_t index,
                         uint32_t time, uint32_t n, const uint32_t *restrict spins,
                         uint32_t *restrict ret_noise, uint16_t *restrict ret_masks)
{
    const plc_spin_filter f = *filter;
    for (size_t i = 0; i < n; i += PLC_SPIN_LANES) {
        uint32_t mask = 0, u[PLC_SPIN_LANES];
        for (size_t k = 0; k < PLC_SPIN_LANES; k++) {
            uint32_t word1 = time;
            u[k] = index + (uint32_t)(i + k);
            plc_threefry(key.word[0], key.word[1], &u[k], &word1);
        }
        memcpy(ret_noise + i, u, sizeof u);
        for (size_t k = 0; k < PLC_SPIN_LANES; k++) {
            int32_t gain = plc_spin_gain(spins[i + k]);
            uint32_t passes = (gain > 0) | (u[k] >> 1 <= plc_spin_filter_half(&f, gain));
            mask |= passes << k;
        }
        ret_masks[i / PLC_SPIN_LANES] = (uint16_t)mask;
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

/* Of the pairs from `begin` on that passed the filter, those that flip. */
static uint32_t test_passed(const plc_group *group, uint32_t begin, uint32_t n,
                            const uint16_t *masks, const uint32_t *noise, uint32_t *ret_pairs)
{
    uint32_t n_flips = 0;
    for (uint32_t i = 0; i < n; i += 64) {
        const uint16_t *m = masks + i / PLC_SPIN_LANES;
        uint64_t mask = (uint64_t)m[3] << 48 | (uint64_t)m[2] << 32 | (uint64_t)m[1] << 16 | m[0];
        if (n - i < 64)
            mask &= (UINT64_C(1) << (n - i)) - 1;
        for (; mask; mask &= mask - 1) {
            uint32_t k = i + (uint32_t)__builtin_ctzll(mask);
            ret_pairs[n_flips] = begin + k;
            n_flips += flips(group, begin + k, noise[k]);
        }
    }
    return n_flips;
}

/* All pairs of a group. */
static void update_all(plc_block *block, const plc_group *group, uint64_t tick)
{
    uint32_t noise[PLC_SPIN_TILE], pairs[PLC_SPIN_TILE + 1];
    uint16_t masks[PLC_SPIN_TILE / PLC_SPIN_LANES] = {0};
    for (uint32_t begin = 0; begin < group->n; begin += PLC_SPIN_TILE) {
        uint32_t n = group->n - begin < PLC_SPIN_TILE ? group->n - begin : PLC_SPIN_TILE;
        uint32_t padded = (n + PLC_SPIN_LANES - 1) / PLC_SPIN_LANES * PLC_SPIN_LANES;
        plc_spin_filter_all(&group->filter, group->key, group->begin + begin, (uint32_t)tick,
                            padded, (const uint32_t *)group->inputs[0] + begin, noise, masks);
        uint32_t n_flips = test_passed(group, begin, n, masks, noise, pairs);
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
    for (uint32_t i = 0; i < n; i += PLC_ROW_UNIT)
        for (uint32_t k = 0; k < PLC_ROW_UNIT; k++)
            *(uint32_t *)&inputs[words[i + k] & 0xffff] += (uint32_t)weight;
}

/* Adds or subtracts the words of a row. */
static inline void add_row(int32_t *inputs, const plc_narrow_word *words, uint32_t n, int32_t sign)
{
    const uint32_t minus = sign < 0 ? UINT32_MAX : 0;
    for (uint32_t i = 0; i < n; i += PLC_ROW_UNIT)
        for (uint32_t k = 0; k < PLC_ROW_UNIT; k++) {
            uint32_t weight = (uint32_t)((int32_t)words[i + k] >> 16);
            uint32_t *input = (uint32_t *)&inputs[words[i + k] & 0xffff];
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
