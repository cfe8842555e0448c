/* Loading plastic synapses into blocks, by source and rule. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/memory.h"
#include "hw/engine/fast_load.h"

static bool has_plastic(const plc_layout *layout)
{
    for (uint32_t i = 0; layout->format.plastic_bits && i < layout->n_populations; i++)
        if (layout->populations[i].stdp)
            return true;
    return false;
}

/* A block's plastic synapses, none yet; NULL when memory is short. */
static plc_plastic *make_plastic(const plc_loader *l, uint32_t n_histories)
{
    const plc_layout *layout = l->layout;
    plc_plastic *plastic = plc_array(1, sizeof *plastic);
    if (!plastic)
        return NULL;
    plastic->n_populations = layout->n_populations;
    plastic->n_histories = n_histories;
    plastic->n_sources = l->fast->n_sources;
    plastic->ring = l->fast->ring;
    plastic->row_offsets = plc_array(l->fast->n_sources + 1, sizeof *plastic->row_offsets);
    plastic->histories = plc_array(n_histories, sizeof *plastic->histories);
    plastic->rules = plc_array(layout->n_populations, sizeof *plastic->rules);
    plastic->later = plc_array(plastic->ring, sizeof *plastic->later);
    bool ok = plastic->row_offsets && plastic->histories && plastic->rules && plastic->later;
    for (uint32_t i = 0; ok && i < layout->n_populations; i++)
        if (layout->populations[i].stdp)
            ok = (plastic->rules[i] = plc_array_copy(layout->populations[i].stdp, 1,
                                                     sizeof **plastic->rules)) != NULL;
    if (ok)
        return plastic;
    plc_plastic_destroy(plastic);
    return NULL;
}

/* Gives a block histories for the neurons of its groups that have a rule. */
static bool begin_block(const plc_loader *l, plc_block *block)
{
    const plc_population *populations = l->layout->populations;
    uint32_t n = 0;
    for (uint32_t g = 0; g < block->n_groups; g++)
        n += populations[block->groups[g].population].stdp ? block->groups[g].n : 0;
    if (!n)
        return true;
    if (!(block->plastic = make_plastic(l, n)))
        return false;
    n = 0;
    for (uint32_t g = 0; g < block->n_groups; g++) {
        plc_group *group = &block->groups[g];
        if (!populations[group->population].stdp)
            continue;
        group->histories = &block->plastic->histories[n];
        for (uint32_t i = 0; i < group->n; i++, n++) {
            block->plastic->histories[n].population = group->population;
            block->plastic->histories[n].neuron = group->begin + i;
        }
    }
    return true;
}

/* Numbers the histories by the ranks of their neurons; slices come in the order of groups. */
static bool number_histories(plc_loader *l)
{
    const plc_layout *layout = l->layout;
    uint32_t *n = plc_array(l->fast->n_blocks, sizeof *n);
    l->plastic.history_of = plc_array(l->fast->n_sources, sizeof *l->plastic.history_of);
    bool ok = n && l->plastic.history_of;
    for (uint32_t s = 0; ok && s < layout->n_slices; s++) {
        const plc_slice *slice = &l->slices[s];
        if (!layout->populations[slice->population].stdp)
            continue;
        for (uint32_t i = 0; i < slice->end - slice->begin; i++) {
            uint64_t rank = l->rank[slice->core] + slice->offset + i;
            uint32_t shard = l->shard_of[rank];
            if (shard != PLC_ELSEWHERE)
                l->plastic.history_of[rank] = n[l->fast->shards[shard].block]++;
        }
    }
    free(n);
    return ok;
}

plc_status plc_plastic_begin(plc_loader *l, plc_error *error)
{
    plc_fast *fast = l->fast;
    if (!has_plastic(l->layout))
        return PLC_OK;
    l->plastic.any = true;
    fast->first_source =
        plc_array_copy(l->first_source, l->layout->n_populations + 1ul, sizeof *l->first_source);
    bool ok = fast->first_source && number_histories(l);
    for (uint32_t b = 0; ok && b < fast->n_blocks; b++)
        ok = begin_block(l, &fast->blocks[b]);
    return ok ? PLC_OK : plc_fail_memory(error, "plastic synapses");
}

/* The population of a neuron of a core. */
static uint32_t population_of(const plc_layout *layout, uint32_t core, uint32_t neuron)
{
    uint32_t begin = layout->cores[core].slice_begin, end = layout->cores[core].slice_end;
    while (end - begin > 1) {
        uint32_t middle = begin + (end - begin) / 2;
        if (layout->slices[middle].offset <= neuron)
            begin = middle;
        else
            end = middle;
    }
    return layout->slices[begin].population;
}

plc_status plc_plastic_add(plc_loader *l, uint32_t core, const plc_synapse *synapse,
                           plc_error *error)
{
    plc_plastic_loading *p = &l->plastic;
    uint64_t rank = l->rank[core] + synapse->target;
    const plc_shard *shard = &l->fast->shards[l->shard_of[rank]];
    uint32_t population = population_of(l->layout, core, synapse->target);
    plc_lif_params params;
    memcpy(&params, l->layout->populations[population].params, sizeof params);
    if (!plc_array_reserve(&p->row, &p->capacity, p->n + 1, sizeof *p->row))
        return plc_fail_memory(error, "plastic synapses");
    uint32_t input = l->offset_of[rank] + (synapse->receptor ? shard->n_inputs / 2 : 0);
    p->row[p->n++] = (plc_plastic_loaded){
        .block = shard->block,
        .population = population,
        .synapse = {.input = shard->inputs + input,
                    .history = p->history_of[rank],
                    .weight = synapse->weight,
                    .initial = synapse->weight,
                    .delay = synapse->delay,
                    .shift = (uint8_t)(synapse->receptor ? params.shift_i : params.shift_e),
                    .receptor = synapse->receptor}};
    return PLC_OK;
}

static int compare_loaded(const void *a, const void *b)
{
    const plc_plastic_loaded *x = a, *y = b;
    if (x->block != y->block)
        return x->block < y->block ? -1 : 1;
    if (x->population != y->population)
        return x->population < y->population ? -1 : 1;
    if (x->synapse.history != y->synapse.history)
        return x->synapse.history < y->synapse.history ? -1 : 1;
    if (x->synapse.receptor != y->synapse.receptor)
        return x->synapse.receptor < y->synapse.receptor ? -1 : 1;
    if (x->synapse.delay != y->synapse.delay)
        return x->synapse.delay < y->synapse.delay ? -1 : 1;
    return (x->synapse.weight > y->synapse.weight) - (x->synapse.weight < y->synapse.weight);
}

/* Adds a synapse to its block, and a row where it begins one. */
static bool append(plc_plastic *plastic, const plc_plastic_loaded *loaded, uint32_t source,
                   bool fresh)
{
    if (!plc_array_reserve(&plastic->synapses, &plastic->synapses_capacity, plastic->n_synapses + 1,
                           sizeof *plastic->synapses))
        return false;
    if (fresh) {
        if (!plc_array_reserve(&plastic->rows, &plastic->rows_capacity, plastic->n_rows + 1,
                               sizeof *plastic->rows))
            return false;
        plastic->rows[plastic->n_rows++] = (plc_plastic_row){
            .begin = plastic->n_synapses, .rule = loaded->population, .source = source};
    }
    plastic->synapses[plastic->n_synapses++] = loaded->synapse;
    plastic->rows[plastic->n_rows - 1].n++;
    return true;
}

plc_status plc_plastic_end_source(plc_loader *l, uint32_t source, plc_error *error)
{
    plc_plastic_loading *p = &l->plastic;
    bool ok = true, last = source + 1 == l->fast->n_sources;
    if (!p->any)
        return PLC_OK;
    if (p->n > 1)
        qsort(p->row, p->n, sizeof *p->row, compare_loaded);
    for (size_t i = 0; ok && i < p->n; i++) {
        bool fresh = i == 0 || p->row[i].block != p->row[i - 1].block ||
                     p->row[i].population != p->row[i - 1].population;
        ok = append(l->fast->blocks[p->row[i].block].plastic, &p->row[i], source, fresh);
    }
    p->n = 0;
    for (uint32_t b = 0; ok && b < l->fast->n_blocks; b++) {
        plc_plastic *plastic = l->fast->blocks[b].plastic;
        if (!plastic)
            continue;
        plastic->row_offsets[source + 1] = plastic->n_rows;
        ok = !last || plc_plastic_index(plastic);
    }
    return ok ? PLC_OK : plc_fail_memory(error, "plastic synapses");
}

void plc_plastic_loading_finish(plc_plastic_loading *loading)
{
    free(loading->history_of);
    free(loading->row);
}
