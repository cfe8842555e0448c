/* Rows: the key-to-row table and the synaptic rows of each core, and the layout that holds them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/rows.h"

#include "base/error.h"
#include "base/memory.h"
#include "hw/neuron/model.h"

/* Where the rows of a group lie: row_base[k] for the k-th of its target cores, as an index into
 * row_offsets. */
typedef struct rows {
    plc_mapping *mapping;
    plc_layout *layout;
    uint64_t *row_base; /* [target_offsets[n_groups]] */
    uint64_t *base_on;  /* [n_cores] row of index 0 of the group at hand */
} rows;

static unsigned bits_for(uint64_t value)
{
    return value ? 64 - (unsigned)__builtin_clzll(value) : 0;
}

/* Sorts a core's entries by (mask, key), as layouts have them. */
static int compare_entries(const void *a, const void *b)
{
    const plc_key_entry *x = a, *y = b;
    if (x->mask != y->mask)
        return x->mask < y->mask ? -1 : 1;
    return (x->key > y->key) - (x->key < y->key);
}

static plc_status copy_populations(rows *r, plc_error *error)
{
    const plc_network *network = r->mapping->network;
    plc_layout *layout = r->layout;
    layout->populations = plc_array(network->n_populations, sizeof *layout->populations);
    if (!layout->populations)
        return plc_fail_memory(error, "layout");
    for (size_t i = 0; i < network->n_populations; i++) {
        if (!plc_population_copy(&network->populations[i], &layout->populations[i]))
            return plc_fail_memory(error, network->populations[i].name);
        layout->n_populations++;
    }
    return PLC_OK;
}

static int compare_slices(const void *a, const void *b)
{
    const plc_slice *x = a, *y = b;
    if (x->core != y->core)
        return x->core < y->core ? -1 : 1;
    return (x->offset > y->offset) - (x->offset < y->offset);
}

/* Slices and cores of the layout, without their entries and rows. */
static plc_status copy_cores(rows *r, plc_error *error)
{
    const plc_mapping *m = r->mapping;
    plc_layout *layout = r->layout;
    layout->n_slices = (uint32_t)m->n_slices;
    layout->n_cores = (uint32_t)m->n_cores;
    layout->slices = plc_array_copy(m->slices, m->n_slices, sizeof *layout->slices);
    layout->cores = plc_array(m->n_cores, sizeof *layout->cores);
    if (!layout->slices || !layout->cores)
        return plc_fail_memory(error, "layout");
    qsort(layout->slices, layout->n_slices, sizeof *layout->slices, compare_slices);
    for (size_t c = 0; c < m->n_cores; c++) {
        const plc_mapped_core *core = &m->cores[c];
        layout->cores[c] = (plc_layout_core){
            .router = core->router, .core = core->core, .n_neurons = core->n_neurons};
    }
    for (uint32_t s = 0; s < layout->n_slices; s++)
        layout->cores[layout->slices[s].core].slice_end = s + 1;
    for (uint32_t c = 1; c < layout->n_cores; c++)
        layout->cores[c].slice_begin = layout->cores[c - 1].slice_end;
    return PLC_OK;
}

/* Counts the entries and rows of each core and lays out their ranges. */
static void count_entries(rows *r)
{
    const plc_mapping *m = r->mapping;
    plc_layout *layout = r->layout;
    for (size_t g = 0; g < m->n_groups; g++) {
        for (uint64_t k = m->target_offsets[g]; k < m->target_offsets[g + 1]; k++) {
            plc_layout_core *core = &layout->cores[m->target_cores[k]];
            core->entry_end++;
            core->row_end += m->groups[g].n_neurons;
        }
    }
    for (uint32_t c = 0; c < layout->n_cores; c++) {
        plc_layout_core *core = &layout->cores[c];
        core->entry_begin = layout->n_key_entries;
        core->row_begin = layout->n_rows;
        layout->n_key_entries = core->entry_end += core->entry_begin;
        layout->n_rows = core->row_end += core->row_begin;
    }
}

/* Fills the key-to-row tables; rows of a core follow the order of the source groups. */
static plc_status fill_entries(rows *r, plc_error *error)
{
    const plc_mapping *m = r->mapping;
    plc_layout *layout = r->layout;
    layout->key_entries = plc_array(layout->n_key_entries, sizeof *layout->key_entries);
    r->row_base = plc_array(m->target_offsets[m->n_groups], sizeof *r->row_base);
    uint32_t *n_entries = plc_array(layout->n_cores, sizeof *n_entries);
    uint32_t *n_rows = plc_array(layout->n_cores, sizeof *n_rows);
    bool ok = layout->key_entries && r->row_base && n_entries && n_rows;
    for (size_t g = 0; ok && g < m->n_groups; g++) {
        const plc_key_group *group = &m->groups[g];
        for (uint64_t k = m->target_offsets[g]; k < m->target_offsets[g + 1]; k++) {
            uint32_t c = m->target_cores[k];
            plc_layout_core *core = &layout->cores[c];
            plc_key_entry *entry = &layout->key_entries[core->entry_begin + n_entries[c]++];
            *entry = (plc_key_entry){.key = group->key,
                                     .mask = group->key_mask,
                                     .index_mask = ~group->key_mask & ~group->polarity_mask,
                                     .polarity_mask = group->polarity_mask,
                                     .first_row = n_rows[c],
                                     .n_rows = group->n_neurons};
            r->row_base[k] = core->row_begin + n_rows[c];
            n_rows[c] += entry->n_rows;
        }
    }
    for (uint32_t c = 0; ok && c < layout->n_cores; c++) {
        const plc_layout_core *core = &layout->cores[c];
        qsort(layout->key_entries + core->entry_begin, core->entry_end - core->entry_begin,
              sizeof *layout->key_entries, compare_entries);
    }
    free(n_entries);
    free(n_rows);
    return ok ? PLC_OK : plc_fail_memory(error, "key-to-row tables");
}

/* Smallest fields that hold every synapse of the network. */
static plc_status choose_format(rows *r, plc_error *error)
{
    const plc_network *network = r->mapping->network;
    uint64_t neurons = 1, delay = 1, magnitude = 0;
    bool two_receptors = false, plastic = false;
    for (size_t c = 0; c < r->mapping->n_cores; c++)
        if (r->mapping->cores[c].n_neurons > neurons)
            neurons = r->mapping->cores[c].n_neurons;
    for (size_t i = 0; i < network->n_projections; i++) {
        const plc_projection *projection = &network->projections[i];
        uint64_t n = projection->offsets[network->populations[projection->source].size];
        two_receptors = two_receptors || projection->receptor > 0;
        plastic = plastic || (projection->plastic && n > 0);
        for (uint64_t k = 0; k < (projection->weights || projection->delays ? n : n > 0); k++) {
            int64_t weight = plc_projection_weight(projection, k);
            magnitude |= (uint64_t)(weight < 0 ? ~weight : weight);
            if (plc_projection_delay(projection, k) > delay)
                delay = plc_projection_delay(projection, k);
        }
    }
    plc_row_format *format = &r->layout->format;
    *format = (plc_row_format){.target_bits = (uint8_t)bits_for(neurons - 1),
                               .receptor_bits = two_receptors,
                               .delay_bits = (uint8_t)bits_for(delay),
                               .weight_bits = (uint8_t)(bits_for(magnitude) + 1),
                               .plastic_bits = plastic};
    unsigned bits = (unsigned)(format->target_bits + format->receptor_bits + format->delay_bits +
                               format->weight_bits + format->plastic_bits);
    format->word_bytes = bits <= 32 ? 4 : 8;
    if (bits > 64)
        return plc_fail(error, PLC_DOES_NOT_FIT,
                        "does not fit: synaptic rows: %u bits a synapse, 64 are the most", bits);
    return PLC_OK;
}

/* Passes over the synapses of a slice, neuron `first` of its group, through one projection: counts
 * them per row, or stores them at row_offsets, which then moves on. base_on is set for the group's
 * targets. */
static void pass_synapses(rows *r, const plc_slice *slice, uint32_t first,
                          const plc_projection *projection, bool store)
{
    const plc_mapping *m = r->mapping;
    plc_layout *layout = r->layout;
    const uint32_t *slice_of = m->slice_of[projection->target];
    for (uint32_t i = slice->begin; i < slice->end; i++) {
        for (uint64_t k = projection->offsets[i]; k < projection->offsets[i + 1]; k++) {
            uint32_t neuron = projection->targets[k];
            const plc_slice *target = &m->slices[slice_of[neuron]];
            uint64_t row = r->base_on[target->core] + first + (i - slice->begin);
            if (!store) {
                layout->row_offsets[row + 1]++;
                continue;
            }
            plc_synapse synapse = {.target = target->offset + (neuron - target->begin),
                                   .weight = plc_projection_weight(projection, k),
                                   .delay = plc_projection_delay(projection, k),
                                   .receptor = projection->receptor,
                                   .plastic = projection->plastic};
            plc_rows_store(layout, layout->row_offsets[row]++,
                           plc_row_format_pack(&layout->format, synapse));
        }
    }
}

static void pass_all(rows *r, bool store)
{
    const plc_mapping *m = r->mapping;
    const plc_projection_index *out_of = &m->network->by_source;
    for (size_t g = 0; g < m->n_groups; g++) {
        const plc_key_group *group = &m->groups[g];
        for (uint64_t k = m->target_offsets[g]; k < m->target_offsets[g + 1]; k++)
            r->base_on[m->target_cores[k]] = r->row_base[k];
        for (uint32_t s = group->slice_begin; s < group->slice_end; s++) {
            const plc_slice *slice = &m->slices[m->group_slices[s]];
            for (uint32_t i = out_of->offsets[slice->population];
                 i < out_of->offsets[slice->population + 1]; i++)
                pass_synapses(r, slice, slice->key - group->key,
                              &m->network->projections[out_of->numbers[i]], store);
        }
    }
}

static plc_status fill_rows(rows *r, plc_error *error)
{
    plc_layout *layout = r->layout;
    layout->row_offsets = plc_array(layout->n_rows + 1, sizeof *layout->row_offsets);
    r->base_on = plc_array(layout->n_cores, sizeof *r->base_on);
    if (!layout->row_offsets || !r->base_on)
        return plc_fail_memory(error, "synaptic rows");
    pass_all(r, false);
    for (uint64_t i = 0; i < layout->n_rows; i++)
        layout->row_offsets[i + 1] += layout->row_offsets[i];
    layout->n_words = layout->row_offsets[layout->n_rows];
    layout->words = plc_array(layout->n_words, layout->format.word_bytes);
    if (!layout->words)
        return plc_fail_memory(error, "synaptic rows");
    pass_all(r, true);
    for (uint64_t i = layout->n_rows; i > 0; i--)
        layout->row_offsets[i] = layout->row_offsets[i - 1];
    layout->row_offsets[0] = 0;
    return plc_rows_sort(layout, error);
}

plc_status plc_map_rows(plc_mapping *mapping, plc_error *error)
{
    rows r = {.mapping = mapping, .layout = plc_array(1, sizeof *r.layout)};
    mapping->layout = r.layout;
    if (!r.layout)
        return plc_fail_memory(error, "layout");
    r.layout->tick_ms = mapping->network->tick_ms;
    r.layout->seed = mapping->network->seed;
    plc_status status = plc_chip_copy(mapping->chip, &r.layout->chip, error);
    if (status == PLC_OK)
        status = copy_populations(&r, error);
    if (status == PLC_OK)
        status = copy_cores(&r, error);
    if (status == PLC_OK)
        status = choose_format(&r, error);
    if (status == PLC_OK) {
        count_entries(&r);
        status = fill_entries(&r, error);
    }
    if (status == PLC_OK)
        status = fill_rows(&r, error);
    if (status == PLC_OK)
        status = plc_rows_check(mapping, error);
    r.layout->route_offsets = mapping->route_offsets;
    r.layout->route_entries = mapping->route_entries;
    mapping->route_offsets = NULL;
    mapping->route_entries = NULL;
    free(r.row_base);
    free(r.base_on);
    return status;
}
