/* Loading a layout into shards: the rows that each neuron's packets find. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/memory.h"
#include "hw/engine/fast_load.h"

/* Appends the synapses that a packet finds on a core. */
static plc_status read_row(plc_loader *l, uint32_t core, bool found, uint64_t row, plc_error *error)
{
    const plc_layout *layout = l->layout;
    if (!found)
        return PLC_OK;
    uint64_t begin = layout->row_offsets[row], end = layout->row_offsets[row + 1];
    if (!plc_array_reserve(&l->row, &l->row_capacity, l->row_n + (end - begin), sizeof *l->row))
        return plc_fail_memory(error, "synapses");
    for (uint64_t i = begin; i < end; i++) {
        plc_synapse synapse = plc_layout_synapse(layout, i);
        uint64_t rank = l->rank[core] + synapse.target;
        uint32_t shard = l->shard_of[rank];
        if (shard == PLC_ELSEWHERE) {
            l->leaves = true;
            continue;
        }
        if (synapse.plastic) {
            plc_status status = plc_plastic_add(l, core, &synapse, error);
            if (status != PLC_OK)
                return status;
            continue;
        }
        uint32_t input =
            l->offset_of[rank] + (synapse.receptor ? l->fast->shards[shard].n_inputs / 2 : 0);
        l->row[l->row_n++] = (plc_loaded){shard, input, synapse.weight, synapse.delay};
    }
    return PLC_OK;
}

static bool same_walk(const plc_walk *a, const plc_walk *b)
{
    return a->n_cores == b->n_cores && !memcmp(a->cores, b->cores, a->n_cores * sizeof *a->cores);
}

static plc_status fail_polarity(uint32_t key, plc_error *error)
{
    return plc_fail(error, PLC_INVALID,
                    "damaged layout: key 0x%08x and its OFF key reach different synapses", key);
}

plc_status plc_loader_walk(plc_loader *l, const plc_slice *slice, uint32_t i,
                           plc_status (*take)(plc_loader *l, uint32_t core, bool found,
                                              uint64_t row, plc_error *error),
                           plc_error *error)
{
    const plc_layout *layout = l->layout;
    uint32_t router = layout->cores[slice->core].router, key = slice->key + (i - slice->begin);
    plc_status status = plc_walk_packet(&l->walk, layout, router, key, error);
    if (status == PLC_OK && slice->polarity_mask)
        status = plc_walk_packet(&l->off_walk, layout, router, key | slice->polarity_mask, error);
    if (status == PLC_OK && slice->polarity_mask && !same_walk(&l->walk, &l->off_walk))
        return fail_polarity(key, error);
    for (uint32_t c = 0; status == PLC_OK && c < l->walk.n_cores; c++) {
        uint32_t core = l->walk.cores[c];
        uint64_t row = 0, off_row = 0;
        bool negate = false, off_negate = true;
        bool found = plc_layout_find_row(layout, core, key, &row, &negate);
        if (slice->polarity_mask) {
            bool off_found = plc_layout_find_row(layout, core, key | slice->polarity_mask, &off_row,
                                                 &off_negate);
            if (found != off_found || row != off_row || (found && (negate || !off_negate)))
                return fail_polarity(key, error);
        }
        status = take(l, core, found, row, error);
    }
    return status;
}

/* Synapses of a row are wanted by shard and delay; their order among those is free, for the sum is
 * the same. */
static bool in_order(const plc_loaded *a, const plc_loaded *b)
{
    return a->shard < b->shard || (a->shard == b->shard && a->delay <= b->delay);
}

/* The end of the run in order that begins at `begin` < n. */
static size_t end_of_run(const plc_loaded *row, size_t begin, size_t n)
{
    size_t end = begin + 1;
    while (end < n && in_order(&row[end - 1], &row[end]))
        end++;
    return end;
}

/* Merges [begin, middle) and [middle, end) of `from` into `to`. */
static void merge(const plc_loaded *from, size_t begin, size_t middle, size_t end, plc_loaded *to)
{
    size_t a = begin, b = middle;
    for (size_t i = begin; i < end; i++)
        to[i] = b == end || (a < middle && in_order(&from[a], &from[b])) ? from[a++] : from[b++];
}

/* Sorts the gathered row by merging its runs in order, one or a few for each core it comes from;
 * false when memory is short. */
static bool sort_row(plc_loader *l)
{
    size_t n = l->row_n;
    if (!n || end_of_run(l->row, 0, n) == n)
        return true;
    if (!plc_array_reserve(&l->merged, &l->merged_capacity, n, sizeof *l->merged))
        return false;
    while (end_of_run(l->row, 0, n) < n) {
        for (size_t begin = 0, middle, end; begin < n; begin = end) {
            middle = end = end_of_run(l->row, begin, n);
            if (middle < n)
                end = end_of_run(l->row, middle, n);
            merge(l->row, begin, middle, end, l->merged);
        }
        plc_loaded *row = l->row;
        size_t capacity = l->row_capacity;
        l->row = l->merged;
        l->row_capacity = l->merged_capacity;
        l->merged = row;
        l->merged_capacity = capacity;
    }
    return true;
}

static bool append_word(plc_loader *l, const plc_loaded *synapse)
{
    uint32_t s = synapse->shard;
    plc_shard *shard = &l->fast->shards[s];
    size_t bytes = shard->wide ? sizeof(plc_wide_word) : sizeof(plc_narrow_word);
    if (!plc_array_reserve(&shard->words, &l->words_capacity[s], l->n_words[s] + 1, bytes))
        return false;
    size_t at = l->n_words[s]++;
    if (shard->wide)
        ((plc_wide_word *)shard->words)[at] =
            (uint64_t)(uint32_t)synapse->weight << 32 | synapse->input;
    else
        ((plc_narrow_word *)shard->words)[at] = (uint32_t)synapse->weight << 16 | synapse->input;
    return true;
}

/* Begins a run in the block of a synapse's shard. */
static bool append_run(plc_loader *l, const plc_loaded *synapse)
{
    const plc_shard *shard = &l->fast->shards[synapse->shard];
    plc_block *block = &l->fast->blocks[shard->block];
    size_t *n = &l->n_runs[shard->block];
    if (*n == UINT32_MAX || !plc_array_reserve(&block->runs, &l->runs_capacity[shard->block],
                                               *n + 1, sizeof *block->runs))
        return false;
    block->runs[(*n)++] = (plc_run){.begin = l->n_words[synapse->shard],
                                    .shard = (uint32_t)(shard - block->shards) & 0xffffff,
                                    .delay = (uint8_t)synapse->delay};
    return true;
}

/* Appends the gathered row to the shards, one run for each shard and delay. */
static bool append_row(plc_loader *l)
{
    if (!sort_row(l))
        return false;
    for (size_t i = 0; i < l->row_n; i++) {
        const plc_loaded *synapse = &l->row[i];
        uint32_t b = l->fast->shards[synapse->shard].block;
        bool fresh =
            i == 0 || synapse[-1].shard != synapse->shard || synapse[-1].delay != synapse->delay;
        if ((fresh && !append_run(l, synapse)) || !append_word(l, synapse))
            return false;
        l->fast->blocks[b].runs[l->n_runs[b] - 1].n++;
    }
    return true;
}

/* Gives back what the growth of the arrays left over. */
static void trim(plc_loader *l)
{
    for (uint32_t s = 0; s < l->fast->n_shards; s++) {
        plc_shard *shard = &l->fast->shards[s];
        void *words =
            l->n_words[s] ? realloc(shard->words, l->n_words[s] * (shard->wide ? 8 : 4)) : NULL;
        shard->words = words ? words : shard->words;
    }
    for (uint32_t b = 0; b < l->fast->n_blocks; b++) {
        plc_block *block = &l->fast->blocks[b];
        plc_run *runs = l->n_runs[b] ? realloc(block->runs, l->n_runs[b] * sizeof *runs) : NULL;
        block->runs = runs ? runs : block->runs;
    }
}

/* The longest delay and whether any weight needs more than 16 bits. */
static void scan_synapses(const plc_layout *layout, uint32_t *ret_delay, bool *ret_wide)
{
    *ret_delay = 1;
    *ret_wide = false;
    for (uint64_t i = 0; i < layout->n_words; i++) {
        plc_synapse synapse = plc_layout_synapse(layout, i);
        *ret_delay = synapse.delay > *ret_delay ? synapse.delay : *ret_delay;
        *ret_wide = *ret_wide || synapse.weight < INT16_MIN || synapse.weight > INT16_MAX;
    }
}

static plc_status init_blocks(plc_loader *l, plc_error *error)
{
    plc_fast *fast = l->fast;
    uint32_t delay;
    bool wide;
    scan_synapses(l->layout, &delay, &wide);
    fast->ring = 2;
    while (fast->ring <= delay)
        fast->ring *= 2;
    l->n_words = plc_array(fast->n_shards, sizeof *l->n_words);
    l->words_capacity = plc_array(fast->n_shards, sizeof *l->words_capacity);
    l->n_runs = plc_array(fast->n_blocks, sizeof *l->n_runs);
    l->runs_capacity = plc_array(fast->n_blocks, sizeof *l->runs_capacity);
    bool ok = l->n_words && l->n_runs && l->words_capacity && l->runs_capacity;
    for (uint32_t s = 0; s < fast->n_shards; s++)
        fast->shards[s].wide = wide;
    for (uint32_t b = 0; b < fast->n_blocks; b++) {
        plc_block *block = &fast->blocks[b];
        block->run_offsets = plc_array(fast->n_sources + 1, sizeof *block->run_offsets);
        block->later = plc_array(fast->ring, sizeof *block->later);
        ok = ok && block->run_offsets && block->later;
    }
    return ok ? PLC_OK : plc_fail_memory(error, "synapses");
}

plc_status plc_fast_load_rows(plc_loader *l, plc_error *error)
{
    plc_fast *fast = l->fast;
    plc_status status = init_blocks(l, error);
    if (status == PLC_OK)
        status = plc_plastic_begin(l, error);
    if (status == PLC_OK)
        status = plc_walk_init(&l->walk, l->layout, error);
    if (status == PLC_OK)
        status = plc_walk_init(&l->off_walk, l->layout, error);
    for (uint32_t s = 0; status == PLC_OK && s < l->layout->n_slices; s++) {
        const plc_slice *slice = &l->slices[s];
        for (uint32_t i = slice->begin; status == PLC_OK && i < slice->end; i++) {
            l->row_n = 0;
            l->leaves = false;
            status = plc_loader_walk(l, slice, i, read_row, error);
            if (status == PLC_OK && !append_row(l))
                status = plc_fail_memory(error, "synapses");
            uint32_t source = l->first_source[slice->population] + i;
            if (status == PLC_OK)
                status = plc_plastic_end_source(l, source, error);
            for (uint32_t b = 0; status == PLC_OK && b < fast->n_blocks; b++)
                fast->blocks[b].run_offsets[source + 1] = l->n_runs[b];
            if (fast->n_ranks > 1)
                fast->mail.leaves[source] = l->leaves;
        }
    }
    if (status == PLC_OK)
        trim(l);
    return status;
}
