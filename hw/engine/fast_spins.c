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
        !plc_array_reserve(&block->trace, &block->capacity, block->n + n, sizeof *block->trace) ||
        !plc_array_reserve(&block->gains, &block->gains_capacity, block->n + n,
                           sizeof *block->gains)) {
        block->failed = true;
        return;
    }
    const plc_spins spins = plc_group_spins(group);
    const uint32_t population = group->population & 0x7fffffff, first = group->begin;
    const uint32_t source = group->source;
    const uint64_t of_tick = plc_digest_of_tick(tick);
    plc_spike *spikes = block->trace + block->n;
    plc_sent *to_send = sent->data + sent->n;
    int32_t *gains = block->gains + block->n;
    uint64_t digest = 0;
    for (uint32_t k = 0; k < n; k++) {
        const uint32_t pair = pairs[k];
        gains[k] = plc_spins_gain(spins, pair);
        const uint32_t off = plc_spins_turn_over(spins, pair);
        spikes[k] = (plc_spike){.tick = tick,
                                .population = population & 0x7fffffff,
                                .polarity = off & 1,
                                .neuron = first + pair};
        to_send[k] = (plc_sent){source + pair, 1 - 2 * (int32_t)off};
        digest += plc_digest_of_spike(of_tick, population, first + pair, off);
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
    return noise < plc_acceptance_limit(group->acceptance, params,
                                        plc_spins_gain(plc_group_spins(group), pair));
}

/* Eight bytes of 0 or 1 as bits. */
static inline uint64_t bits_of(const uint8_t *bytes)
{
    uint64_t eight;
    memcpy(&eight, bytes, sizeof eight);
    return le64toh(eight) * UINT64_C(0x0102040810204080) >> 56;
}

/* Which of n packed pairs pass the filter, as bits. */
static void filter_words(const plc_spin_filter *filter, uint32_t n, const uint32_t *spins,
                         const uint8_t *noise, uint64_t *ret_passed)
{
    uint8_t passed[PLC_SPIN_TILE];
    plc_spin_filter_all(filter, n, spins, noise, passed);
    for (uint32_t i = 0; i < n / 64; i++) {
        ret_passed[i] = 0;
        for (uint32_t j = 0; j < 64; j += 8)
            ret_passed[i] |= bits_of(passed + 64 * i + j) << j;
    }
}

/* Pairs that the highest byte of their noise does not decide. */
typedef struct close_pairs {
    uint32_t n;
    uint16_t at[PLC_SPIN_TILE]; /* in the tile */
    uint32_t indices[PLC_SPIN_TILE], limits[PLC_SPIN_TILE];
} close_pairs;

/* Decides them by the rest of their noise; those that flip become bits. */
static void decide_close(const plc_group *group, uint64_t tick, close_pairs *close, uint64_t *flips)
{
    uint32_t rests[PLC_SPIN_TILE];
    const uint32_t padded = (close->n + 7) / 8 * 8;
    memset(close->indices + close->n, 0, (padded - close->n) * sizeof *close->indices);
    plc_random_noise_rests(group->key, close->indices, (uint32_t)tick, padded, rests);
    for (uint32_t i = 0; i < close->n; i++)
        flips[close->at[i] / 64] |= (uint64_t)(rests[i] < close->limits[i]) << close->at[i] % 64;
}

/* Of the pairs from `begin` on with bits in `unsure` [n_words], those that flip become bits of
 * `flips`. */
static void decide(const plc_group *group, uint64_t tick, uint32_t begin, uint32_t n_words,
                   const uint64_t *unsure, const uint8_t *noise, uint64_t *flips)
{
    const plc_onoff_params *params = (const plc_onoff_params *)(const void *)group->params;
    const plc_spins spins = plc_group_spins(group);
    close_pairs close;
    close.n = 0;
    for (uint32_t i = 0; i < n_words; i++)
        for (uint64_t mask = unsure[i]; mask; mask &= mask - 1) {
            const uint32_t bit = (uint32_t)__builtin_ctzll(mask), k = 64 * i + bit;
            const uint64_t limit =
                plc_acceptance_limit(group->acceptance, params, plc_spins_gain(spins, begin + k));
            flips[i] |= (uint64_t)(noise[k] < limit >> 24) << bit;
            close.at[close.n] = (uint16_t)k;
            close.indices[close.n] = group->begin + begin + k;
            close.limits[close.n] = (uint32_t)limit & 0xffffff;
            close.n += noise[k] == limit >> 24 && limit & 0xffffff;
        }
    if (close.n)
        decide_close(group, tick, &close, flips);
}

/* Clears the bits from the n-th on. */
static void cut_off(uint64_t *bits, uint32_t n)
{
    if (n % 64)
        bits[n / 64] &= (UINT64_C(1) << n % 64) - 1;
}

/* All pairs of a group. */
static void update_all(plc_block *block, const plc_group *group, uint64_t tick)
{
    uint32_t bytes[PLC_SPIN_TILE / 8 + 8][2], pairs[PLC_SPIN_TILE + PLC_LIST_SLACK];
    uint64_t flips[PLC_SPIN_TILE / 64], unsure[PLC_SPIN_TILE / 64];
    for (uint32_t begin = 0; begin < group->n; begin += PLC_SPIN_TILE) {
        const uint32_t n = group->n - begin < PLC_SPIN_TILE ? group->n - begin : PLC_SPIN_TILE;
        const uint32_t n_words = (n + 63) / 64, first = group->begin + begin;
        plc_random_noise_bytes(group->key, first / 8, (uint32_t)tick,
                               8 * (n_words + (first % 8 > 0)), bytes);
        const uint8_t *noise = (const uint8_t *)bytes + first % 8;
        if (group->shorts) {
            plc_spin_table_all(&group->table, 64 * n_words, group->shorts + begin, noise, flips,
                               unsure);
            cut_off(flips, n);
        } else {
            filter_words(&group->filter, 64 * n_words, (const uint32_t *)group->inputs[0] + begin,
                         noise, unsure);
            memset(flips, 0, n_words * sizeof *flips);
        }
        cut_off(unsure, n);
        decide(group, tick, begin, n_words, unsure, noise, flips);
        const uint32_t n_flips = plc_spin_list(n_words, flips, begin, pairs);
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

enum { AHEAD = 6 }; /* spikes ahead that rows are asked for */

/* Delivers spikes; the compiler specialises it for each form of pairs and rows. Where all words
 * have one weight, `uniform`, there are `targets` in their place. What fills a row up reaches
 * inputs of no neuron. Rows of a colour class are in the order of their lengths, so that the
 * processor foresees most ends. */
static inline void take(plc_block *block, const plc_sent_list *sent, plc_spins spins,
                        const plc_narrow_word *words, const uint16_t *targets)
{
    const plc_spin_row *rows = block->rows;
    const plc_sent *data = sent->data;
    const size_t last = sent->n - 1;
    const uint32_t uniform = (uint32_t)block->uniform;
    uint64_t events = 0;
    for (size_t s = 0; s < sent->n; s++) {
        const uint32_t begin = rows[data[s].source].begin, n = rows[data[s].source].n;
        const uint32_t minus = data[s].sign < 0 ? UINT32_MAX : 0;
        const uint32_t ahead = rows[data[s + AHEAD < last ? s + AHEAD : last].source].begin;
        events += n;
        if (targets) {
            const uint32_t weight = (uniform ^ minus) - minus;
            __builtin_prefetch(targets + ahead);
            for (const uint16_t *t = targets + begin, *end = t + n; t < end; t += PLC_ROW_UNIT)
                for (int k = 0; k < PLC_ROW_UNIT; k++)
                    plc_spins_add(spins, t[k], weight);
        } else {
            __builtin_prefetch(words + ahead);
            for (const plc_narrow_word *w = words + begin, *end = w + n; w < end; w += PLC_ROW_UNIT)
                for (int k = 0; k < PLC_ROW_UNIT; k++)
                    plc_spins_add(spins, w[k] & 0xffff,
                                  ((uint32_t)((int32_t)w[k] >> 16) ^ minus) - minus);
        }
    }
    block->events += events;
}

void plc_spins_take(plc_block *block, const plc_sent_list *sent)
{
    const plc_spins shorts = {.shorts = block->shorts}, words = {.words = block->shards[0].inputs};
    if (!sent->n)
        return;
    if (block->shorts && block->row_targets)
        take(block, sent, shorts, NULL, block->row_targets);
    else if (block->shorts)
        take(block, sent, shorts, block->row_words, NULL);
    else if (block->row_targets)
        take(block, sent, words, NULL, block->row_targets);
    else
        take(block, sent, words, block->row_words, NULL);
}

const int32_t *plc_fast_get_gains(const plc_engine *engine)
{
    const plc_fast *fast = (const plc_fast *)engine;
    const plc_block *block = fast->blocks;
    bool known = fast->n_ranks == 1 && fast->n_blocks == 1;
    for (uint32_t g = 0; known && g < block->n_groups; g++)
        known = block->groups[g].packed;
    return known ? block->gains : NULL;
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
