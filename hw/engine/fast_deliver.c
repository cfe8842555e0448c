/* Delivery: from spikes to the inputs that their synapses reach. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/memory.h"
#include "hw/engine/fast.h"
#include "hw/engine/fast_spins.h"

/* Adds or subtracts the words of a run; the compiler specialises it for each width and sign. */
static inline void add_run(int32_t *restrict inputs, const void *words, bool wide,
                           const plc_run *run, int32_t sign)
{
    if (wide) {
        const plc_wide_word *word = (const plc_wide_word *)words + run->begin;
        for (uint32_t i = 0; i < run->n; i++) {
            uint32_t weight = (uint32_t)(word[i] >> 32);
            uint32_t *input = (uint32_t *)&inputs[(uint32_t)word[i]];
            *input += sign < 0 ? 0 - weight : weight;
        }
    } else {
        const plc_narrow_word *word = (const plc_narrow_word *)words + run->begin;
        for (uint32_t i = 0; i < run->n; i++) {
            int32_t weight = (int32_t)word[i] >> 16;
            uint32_t *input = (uint32_t *)&inputs[word[i] & 0xffff];
            *input += (uint32_t)(sign < 0 ? -weight : weight);
        }
    }
}

void plc_block_deliver(plc_block *block, const plc_run *run, int32_t sign)
{
    plc_shard *shard = &block->shards[run->shard];
    if (shard->wide)
        add_run(shard->inputs, shard->words, true, run, sign);
    else if (sign < 0)
        add_run(shard->inputs, shard->words, false, run, -1);
    else
        add_run(shard->inputs, shard->words, false, run, 1);
}

void plc_block_take(plc_block *block, const plc_sent_list *sent, uint64_t tick, uint32_t ring)
{
    if (block->plastic)
        for (size_t s = 0; s < sent->n; s++) {
            uint64_t before = block->plastic->events;
            if (!plc_plastic_take(block->plastic, sent->data[s].source, tick))
                block->failed = true;
            block->events += block->plastic->events - before;
        }
    if (block->rows) {
        plc_spins_take(block, sent);
        return;
    }
    for (size_t s = 0; s < sent->n; s++) {
        uint64_t begin = block->run_offsets[sent->data[s].source];
        uint64_t end = block->run_offsets[sent->data[s].source + 1];
        if (s + 1 < sent->n)
            __builtin_prefetch(&block->runs[block->run_offsets[sent->data[s + 1].source]]);
        for (uint64_t r = begin; r < end; r++) {
            const plc_run *run = &block->runs[r];
            block->events += run->n;
            if (run->delay == 1) {
                plc_block_deliver(block, run, sent->data[s].sign);
                continue;
            }
            plc_parcels *later = &block->later[(tick + run->delay) & (ring - 1)];
            if (!plc_reserve(later, data, 1)) {
                block->failed = true;
                return;
            }
            later->data[later->n++] = (plc_parcel){(uint32_t)r, sent->data[s].sign};
        }
    }
}

/* Asks for the words of a run ahead of their use. */
static void prefetch_run(const plc_block *block, const plc_run *run)
{
    const plc_shard *shard = &block->shards[run->shard];
    __builtin_prefetch((const char *)shard->words + run->begin * (shard->wide ? 8 : 4));
}

void plc_block_deliver_due(plc_block *block, uint64_t tick, uint32_t ring)
{
    plc_parcels *due = &block->later[tick & (ring - 1)];
    if (block->plastic)
        plc_plastic_deliver_due(block->plastic, tick);
    for (size_t i = 0; i < due->n; i++) {
        if (i + 4 < due->n)
            prefetch_run(block, &block->runs[due->data[i + 4].run]);
        plc_block_deliver(block, &block->runs[due->data[i].run], due->data[i].sign);
    }
    due->n = 0;
}
