/* Layouts in memory: the end of one, its digest and the lookup of keys. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/layout/layout.h"

#include "base/digest.h"
#include "base/memory.h"
#include "hw/neuron/model.h"

#include <math.h>

void plc_layout_destroy(plc_layout *layout)
{
    if (!layout)
        return;
    plc_chip_destroy(layout->chip);
    if (layout->populations)
        for (uint32_t i = 0; i < layout->n_populations; i++)
            plc_population_finish(&layout->populations[i]);
    free(layout->populations);
    free(layout->slices);
    free(layout->cores);
    free(layout->key_entries);
    free(layout->row_offsets);
    free(layout->words);
    free(layout->route_offsets);
    free(layout->route_entries);
    free(layout);
}

uint32_t plc_layout_n_populations(const plc_layout *layout)
{
    return layout->n_populations;
}

const char *plc_layout_population_name(const plc_layout *layout, uint32_t population)
{
    return layout->populations[population].name;
}

uint64_t plc_layout_seed(const plc_layout *layout)
{
    return layout->seed;
}

double plc_layout_tick_ms(const plc_layout *layout)
{
    return layout->tick_ms;
}

uint32_t plc_layout_n_cores(const plc_layout *layout)
{
    return layout->n_cores;
}

uint64_t plc_layout_plastic_bytes(const plc_layout *layout, uint64_t begin, uint64_t end)
{
    uint64_t n = 0;
    for (uint64_t row = begin; layout->format.plastic_bits && row < end; row++) {
        uint64_t past = layout->row_offsets[row + 1]; /* plastic synapses come last */
        n += past > layout->row_offsets[row] && plc_layout_synapse(layout, past - 1).plastic;
    }
    return n * (uint64_t)plc_chip_known(layout->chip, PLC_CHIP_PLASTIC_ROW);
}

/* Keys. */

/* The first entry of [begin, end) that is not below (mask, key). */
static uint32_t lower_bound(const plc_key_entry *entries, uint32_t begin, uint32_t end,
                            uint32_t mask, uint32_t key)
{
    while (begin < end) {
        uint32_t middle = begin + (end - begin) / 2;
        const plc_key_entry *entry = &entries[middle];
        if (entry->mask < mask || (entry->mask == mask && entry->key < key))
            begin = middle + 1;
        else
            end = middle;
    }
    return begin;
}

const plc_key_entry *plc_layout_find_entry(const plc_layout *layout, uint32_t core, uint32_t key)
{
    const plc_key_entry *entries = layout->key_entries;
    uint32_t begin = layout->cores[core].entry_begin;
    uint32_t end = layout->cores[core].entry_end;
    while (begin < end) {
        uint32_t mask = entries[begin].mask;
        uint32_t at = lower_bound(entries, begin, end, mask, key & mask);
        if (at < end && entries[at].mask == mask && entries[at].key == (key & mask))
            return &entries[at];
        if (mask == UINT32_MAX)
            break;
        begin = lower_bound(entries, at, end, mask + 1, 0);
    }
    return NULL;
}

bool plc_layout_find_row(const plc_layout *layout, uint32_t core, uint32_t key, uint64_t *ret_row,
                         bool *ret_negate)
{
    const plc_key_entry *entry = plc_layout_find_entry(layout, core, key);
    if (!entry || (key & entry->index_mask) >= entry->n_rows)
        return false;
    *ret_row = layout->cores[core].row_begin + entry->first_row + (key & entry->index_mask);
    *ret_negate = (key & entry->polarity_mask) != 0;
    return true;
}

/* The digest: every array with its length, records field by field (they have padding). */

static uint64_t digest_real(uint64_t digest, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return plc_digest_word(digest, isnan(value) ? UINT64_MAX : bits);
}

static uint64_t digest_text(uint64_t digest, const char *text)
{
    return plc_digest_bytes(digest, text, text ? strlen(text) : 0);
}

static uint64_t digest_chip(uint64_t digest, const plc_chip *chip)
{
    if (!chip)
        return plc_digest_word(digest, 0);
    digest = digest_text(digest, chip->name);
    digest = plc_digest_word(digest, (uint64_t)chip->width << 32 | chip->height);
    digest = plc_digest_word(digest, (uint64_t)chip->cores_per_router << 32 |
                                         (unsigned)chip->links << 1 | (unsigned)chip->wrap);
    digest = plc_digest_bytes(digest, chip->reserved.word, sizeof chip->reserved.word);
    for (size_t r = 0; r < (size_t)chip->width * chip->height; r++) {
        digest = plc_digest_word(digest, chip->alive[r]);
        if (!chip->alive[r])
            continue;
        digest = plc_digest_word(digest, chip->dead_links[r]);
        digest = plc_digest_bytes(digest, chip->cores[r].word, sizeof chip->cores[r].word);
    }
    for (size_t i = 0; i < PLC_CHIP_N_QUANTITIES; i++) {
        digest = digest_real(digest, chip->quantities[i].value);
        digest = plc_digest_word(digest, (unsigned char)chip->quantities[i].grade);
        digest = digest_text(digest, chip->quantities[i].source);
    }
    return digest;
}

static uint64_t digest_population(uint64_t digest, const plc_population *p)
{
    digest = digest_text(digest, p->name);
    digest = plc_digest_word(digest, (uint64_t)p->size << 32 | (uint32_t)p->model);
    digest = plc_digest_word(digest, (uint64_t)p->schedule.period << 32 | p->schedule.phase);
    digest = plc_digest_word(digest, (uint64_t)p->schedule.random_blocks << 2 |
                                         (unsigned)p->record_spikes << 1 | (unsigned)p->record_v);
    digest = plc_digest_bytes(digest, p->params,
                              (size_t)p->n_param_sets * plc_model_n_params(p->model) * 4);
    digest = plc_digest_bytes(digest, p->state,
                              (size_t)p->n_state_sets * plc_model_n_state(p->model) * 4);
    if (p->stdp)
        digest = plc_digest_bytes(digest, p->stdp, sizeof *p->stdp);
    if (!p->spike_offsets)
        return digest;
    digest = plc_digest_bytes(digest, p->spike_offsets, ((size_t)p->size + 1) * 8);
    return plc_digest_bytes(digest, p->spike_ticks, (size_t)p->spike_offsets[p->size] * 4);
}

static uint64_t digest_core(uint64_t digest, const plc_layout_core *core)
{
    digest = plc_digest_word(digest, (uint64_t)core->router << 32 | core->core);
    digest = plc_digest_word(digest, (uint64_t)core->slice_begin << 32 | core->slice_end);
    digest = plc_digest_word(digest, (uint64_t)core->entry_begin << 32 | core->entry_end);
    digest = plc_digest_word(digest, core->row_begin);
    digest = plc_digest_word(digest, core->row_end);
    return plc_digest_word(digest, core->n_neurons);
}

static uint64_t digest_routes(uint64_t digest, const plc_layout *layout)
{
    size_t routers = layout->chip ? (size_t)layout->chip->width * layout->chip->height : 0;
    if (!layout->route_offsets)
        return plc_digest_word(digest, 0);
    digest = plc_digest_bytes(digest, layout->route_offsets, (routers + 1) * 4);
    for (uint32_t i = 0; i < layout->route_offsets[routers]; i++) {
        const plc_route_entry *entry = &layout->route_entries[i];
        digest = plc_digest_word(digest, (uint64_t)entry->key << 32 | entry->mask);
        digest = plc_digest_word(digest, entry->links);
        digest = plc_digest_bytes(digest, entry->cores.word, sizeof entry->cores.word);
    }
    return digest;
}

uint64_t plc_layout_digest(const plc_layout *layout)
{
    const plc_row_format *format = &layout->format;
    uint64_t digest = digest_chip(0, layout->chip);
    digest = digest_real(digest, layout->tick_ms);
    digest = plc_digest_word(digest, layout->seed);
    digest = plc_digest_word(digest, layout->n_populations);
    for (uint32_t i = 0; i < layout->n_populations; i++)
        digest = digest_population(digest, &layout->populations[i]);
    digest = plc_digest_bytes(digest, layout->slices, layout->n_slices * sizeof *layout->slices);
    digest = plc_digest_word(digest, layout->n_cores);
    for (uint32_t i = 0; i < layout->n_cores; i++)
        digest = digest_core(digest, &layout->cores[i]);
    digest = plc_digest_bytes(digest, layout->key_entries,
                              layout->n_key_entries * sizeof *layout->key_entries);
    digest = plc_digest_word(digest, layout->n_rows);
    if (layout->row_offsets)
        digest = plc_digest_bytes(digest, layout->row_offsets, (layout->n_rows + 1) * 8);
    digest = plc_digest_word(
        digest, (uint64_t)format->plastic_bits << 40 | (uint64_t)format->target_bits << 32 |
                    (uint64_t)format->receptor_bits << 24 | (uint64_t)format->delay_bits << 16 |
                    (uint64_t)format->weight_bits << 8 | format->word_bytes);
    digest = plc_digest_bytes(digest, layout->words, layout->n_words * format->word_bytes);
    return digest_routes(digest, layout);
}
