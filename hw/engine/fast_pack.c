/* Packing the ON-OFF pairs of engine fast, and the rows that reach them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/memory.h"
#include "hw/engine/fast_spins.h"
#include "hw/neuron/population.h"

enum { WEIGHT_FACTOR = 4 }; /* of synapses that reach packed pairs */

/* More than may reach a packed pair, and so small that sums of it stay in range. */
static const uint64_t TOO_MUCH = UINT64_C(1) << 31;

/* What can reach the inputs of one shard. */
typedef struct reach {
    uint64_t *sums;      /* [n_inputs] of absolute weights of synapses from pairs */
    uint8_t *packed;     /* [n_inputs] 1: the input is a packed pair */
    uint32_t weight_max; /* largest absolute weight */
} reach;

typedef struct packer {
    const plc_layout *layout;
    plc_block *block;
    uint64_t n_sources;
    reach *reaches; /* [n_shards] */
} packer;

static void packer_finish(packer *p)
{
    for (uint32_t s = 0; p->reaches && s < p->block->n_shards; s++) {
        free(p->reaches[s].sums);
        free(p->reaches[s].packed);
    }
    free(p->reaches);
}

static bool packer_init(packer *p)
{
    if (!(p->reaches = plc_array(p->block->n_shards, sizeof *p->reaches)))
        return false;
    for (uint32_t s = 0; s < p->block->n_shards; s++) {
        reach *r = &p->reaches[s];
        r->sums = plc_array(p->block->shards[s].n_inputs, sizeof *r->sums);
        r->packed = plc_array(p->block->shards[s].n_inputs, sizeof *r->packed);
        if (!r->sums || !r->packed)
            return false;
    }
    return true;
}

static uint32_t read_word(const plc_shard *shard, uint64_t i, int32_t *ret_weight)
{
    if (shard->wide) {
        plc_wide_word word = ((const plc_wide_word *)shard->words)[i];
        *ret_weight = (int32_t)(word >> 32);
        return (uint32_t)word;
    }
    plc_narrow_word word = ((const plc_narrow_word *)shard->words)[i];
    *ret_weight = (int32_t)word >> 16;
    return word & 0xffff;
}

static void write_word(plc_shard *shard, uint64_t i, uint32_t input, int32_t weight)
{
    if (shard->wide)
        ((plc_wide_word *)shard->words)[i] = (uint64_t)(uint32_t)weight << 32 | input;
    else
        ((plc_narrow_word *)shard->words)[i] = (uint32_t)weight << 16 | input;
}

/* Adds up the absolute weights of a source's synapses for each input they reach. Only the spikes of
 * pairs have signs that alternate; what others send may add up to anything. */
static void add_source(packer *p, uint64_t source, bool is_pair)
{
    const plc_block *block = p->block;
    for (uint64_t r = block->run_offsets[source]; r < block->run_offsets[source + 1]; r++) {
        const plc_run *run = &block->runs[r];
        reach *to = &p->reaches[run->shard];
        for (uint64_t i = run->begin; i < run->begin + run->n; i++) {
            int32_t weight;
            uint32_t input = read_word(&block->shards[run->shard], i, &weight);
            uint32_t size = weight < 0 ? 0 - (uint32_t)weight : (uint32_t)weight;
            to->sums[input] += is_pair ? size : TOO_MUCH;
            to->weight_max = size > to->weight_max ? size : to->weight_max;
        }
    }
}

static void add_up(packer *p)
{
    uint64_t source = 0;
    for (uint32_t i = 0; i < p->layout->n_populations; i++)
        for (uint32_t k = 0; k < p->layout->populations[i].size; k++, source++)
            add_source(p, source, p->layout->populations[i].model == PLC_ONOFF);
}

/* The shard that a group's inputs are in. */
static uint32_t shard_of(const plc_block *block, const plc_group *group)
{
    uint32_t s = 0;
    while (group->inputs[0] < block->shards[s].inputs ||
           group->inputs[0] >= block->shards[s].inputs + block->shards[s].n_inputs)
        s++;
    return s;
}

enum { UNBOUNDED = 1 << 29 }; /* potentials that are not below are not packed */

/* What |v| of a group stays at or below, where packed potentials would be exact: below 2^29, and
 * four times each weight fitting its word; and nobody asks for v as it was at the last update. Else
 * UNBOUNDED. */
static uint32_t bound_potentials(const packer *p, const plc_group *group)
{
    if (group->model != PLC_ONOFF || p->layout->populations[group->population].record_v)
        return UNBOUNDED;
    const uint32_t s = shard_of(p->block, group);
    const plc_shard *shard = &p->block->shards[s];
    const reach *r = &p->reaches[s];
    if (r->weight_max > (shard->wide ? INT32_MAX : INT16_MAX) / WEIGHT_FACTOR)
        return UNBOUNDED;
    const uint64_t *sums = r->sums + (group->inputs[0] - shard->inputs);
    uint64_t bound = 0;
    for (uint32_t i = 0; i < group->n; i++) {
        int64_t v = group->onoff[i].v;
        uint64_t most = (uint64_t)(v < 0 ? -v : v) + 2 * sums[i];
        bound = most > bound ? most : bound;
    }
    return bound < UNBOUNDED ? (uint32_t)bound : UNBOUNDED;
}

/* Multiplies the weights that reach packed pairs. */
static void scale_words(packer *p)
{
    plc_block *block = p->block;
    for (uint32_t g = 0; g < block->n_groups; g++) {
        const plc_group *group = &block->groups[g];
        if (!group->packed)
            continue;
        const uint32_t s = shard_of(block, group);
        memset(p->reaches[s].packed + (group->inputs[0] - block->shards[s].inputs), 1, group->n);
    }
    for (uint64_t r = 0; r < block->run_offsets[p->n_sources]; r++) {
        const plc_run *run = &block->runs[r];
        plc_shard *shard = &block->shards[run->shard];
        for (uint64_t i = run->begin; i < run->begin + run->n; i++) {
            int32_t weight;
            uint32_t input = read_word(shard, i, &weight);
            if (p->reaches[run->shard].packed[input])
                write_word(shard, i, input, weight * WEIGHT_FACTOR);
        }
    }
}

void plc_group_pack(plc_group *group)
{
    for (uint32_t i = 0; i < group->n; i++) {
        const plc_onoff_state *s = &group->onoff[i];
        const int32_t packed = (int32_t)((uint32_t)s->v * 2 + (s->spin < 0));
        if (group->shorts)
            group->shorts[i] = (int16_t)packed;
        else
            group->inputs[0][i] = packed;
    }
}

/* Where the blocks begin that overlap a group of a drawn population. */
static bool list_blocks(plc_group *group)
{
    const uint32_t n_blocks = group->schedule.random_blocks, end = group->begin + group->n;
    if (!n_blocks)
        return true;
    const uint32_t first = (uint32_t)((uint64_t)group->begin * n_blocks / group->size);
    uint32_t n = 0;
    while (first + n < n_blocks && plc_block_begin(group->size, n_blocks, first + n) < end)
        n++;
    if (!(group->block_begins = plc_array(n + 1ul, sizeof *group->block_begins)))
        return false;
    for (uint32_t i = 0; i <= n; i++)
        group->block_begins[i] = plc_block_begin(group->size, n_blocks, first + i);
    group->first_block = first;
    group->n_group_blocks = n;
    return true;
}

/* Whether every source has one run at most, of delay 1, and its words have room for the slack. */
static bool may_pack_rows(const plc_fast *fast, const plc_block *block)
{
    if (fast->ring > 2 || block->n_shards != 1 || block->shards->wide ||
        block->shards->n_inputs + PLC_ROW_UNIT > PLC_SHARD_INPUTS)
        return false;
    for (uint64_t source = 0; source < fast->n_sources; source++)
        if (block->run_offsets[source + 1] - block->run_offsets[source] > 1)
            return false;
    return true;
}

static uint32_t filled_up(uint32_t n)
{
    return (n + PLC_ROW_UNIT - 1) / PLC_ROW_UNIT * PLC_ROW_UNIT;
}

/* The weight of all words of a block with packed rows, or 0 if they differ. */
static int32_t find_uniform(const plc_fast *fast, const plc_block *block)
{
    int32_t uniform = 0;
    for (uint64_t r = 0; r < block->run_offsets[fast->n_sources]; r++)
        for (uint64_t i = 0; i < block->runs[r].n; i++) {
            int32_t weight;
            read_word(block->shards, block->runs[r].begin + i, &weight);
            if (uniform && weight != uniform)
                return 0;
            uniform = weight;
        }
    return uniform;
}

static void put_word(plc_block *block, uint32_t at, plc_narrow_word word)
{
    if (block->row_targets)
        block->row_targets[at] = (uint16_t)word;
    else
        block->row_words[at] = word;
}

/* Copies the block's words into rows that are filled up with weights of 0 to inputs of no neuron.
 */
static bool pack_rows(const plc_fast *fast, plc_block *block)
{
    uint64_t n_words = 0;
    for (uint64_t r = 0; r < block->run_offsets[fast->n_sources]; r++)
        n_words += filled_up(block->runs[r].n);
    if (n_words > UINT32_MAX)
        return true;
    plc_spin_row *rows = plc_array(fast->n_sources, sizeof *rows);
    block->rows = rows;
    block->uniform = find_uniform(fast, block);
    if (block->uniform)
        block->row_targets = plc_array(n_words, sizeof *block->row_targets);
    else
        block->row_words = plc_array(n_words, sizeof *block->row_words);
    if (!rows || (!block->row_words && !block->row_targets))
        return false;
    uint32_t at = 0;
    for (uint64_t source = 0; source < fast->n_sources; source++) {
        if (block->run_offsets[source + 1] == block->run_offsets[source])
            continue;
        const plc_run *run = &block->runs[block->run_offsets[source]];
        const plc_narrow_word *words = (const plc_narrow_word *)block->shards->words + run->begin;
        rows[source] = (plc_spin_row){at, run->n};
        for (uint32_t i = 0; i < filled_up(run->n); i++, at++)
            put_word(block, at, i < run->n ? words[i] : block->shards->n_inputs + i % PLC_ROW_UNIT);
    }
    return true;
}

/* Moves the pairs of a block to 16 bits. */
static bool shorten(plc_block *block)
{
    const size_t n = block->shards->n_inputs + (size_t)PLC_INPUT_SLACK;
    if (!(block->shorts = plc_array(n, sizeof *block->shorts)))
        return false;
    for (uint32_t g = 0; g < block->n_groups; g++) {
        plc_group *group = &block->groups[g];
        group->shorts = block->shorts + (group->inputs[0] - block->shards->inputs);
        plc_group_pack(group);
    }
    return true;
}

static bool pack_block(plc_fast *fast, plc_block *block, const plc_layout *layout)
{
    packer p = {.layout = layout, .block = block, .n_sources = fast->n_sources};
    bool any = false, all_short = true, ok = packer_init(&p);
    if (ok)
        add_up(&p);
    for (uint32_t g = 0; ok && g < block->n_groups; g++) {
        plc_group *group = &block->groups[g];
        const uint32_t bound = bound_potentials(&p, group);
        group->packed = bound < UNBOUNDED;
        all_short = all_short && bound <= INT16_MAX / 2;
        if (group->packed) {
            any = true;
            plc_group_pack(group);
            ok = list_blocks(group);
        }
    }
    if (ok && any) {
        scale_words(&p);
        ok = !may_pack_rows(fast, block) || pack_rows(fast, block);
        if (ok && block->rows && all_short)
            ok = shorten(block);
    }
    packer_finish(&p);
    return ok;
}

bool plc_fast_pack(plc_fast *fast, const plc_layout *layout)
{
    bool ok = true;
    for (uint32_t b = 0; fast->n_ranks == 1 && ok && b < fast->n_blocks; b++)
        ok = pack_block(fast, &fast->blocks[b], layout);
    return ok;
}
