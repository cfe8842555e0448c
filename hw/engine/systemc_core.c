/* Cores in C of engine systemc: their neurons, tables, rows and input rings. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/memory.h"
#include "hw/engine/systemc.h"

/* What has come for this tick joins what waits for each neuron. */
static void open_slot(const plc_systemc *s, uint32_t number)
{
    const plc_shard *shard = &s->fast.shards[number];
    int32_t *from =
        s->cores[number].ring + (s->tick & (s->fast.ring - 1)) * (size_t)shard->n_inputs;
    for (uint32_t i = 0; i < shard->n_inputs; i++)
        shard->inputs[i] += from[i];
    memset(from, 0, shard->n_inputs * sizeof *from);
}

/* Turns the new spikes of a group into packets; `before` neurons of the core came before it. */
static bool note_spikes(const plc_systemc *s, plc_systemc_core *core, const plc_group *group,
                        const plc_sent_list *sent, uint32_t begin, uint32_t before)
{
    if (!plc_array_reserve(&core->spikes, &core->spikes_capacity, sent->n, sizeof *core->spikes))
        return false;
    for (uint32_t i = begin; i < sent->n; i++) {
        uint32_t source = sent->data[i].source;
        uint32_t off = sent->data[i].sign < 0 ? s->off_of[source] : 0;
        core->spikes[i] = (plc_tlm_spike){s->key_of[source] + off,
                                          before + plc_group_turn(group, source - group->source)};
    }
    return true;
}

bool plc_systemc_update(void *context, uint32_t number, const plc_tlm_spike **ret_spikes,
                        uint32_t *ret_n_spikes, uint32_t *ret_n_updates)
{
    plc_systemc *s = context;
    plc_systemc_core *core = &s->cores[number];
    plc_block *block = &s->fast.blocks[number];
    plc_sent_list *sent = &block->sent[s->tick & 1];
    uint64_t before = block->updates;
    if (block->plastic)
        plc_plastic_deliver_due(block->plastic, s->tick);
    open_slot(s, number);
    sent->n = 0;
    for (uint32_t g = 0; g < block->n_groups; g++) {
        uint32_t updated = (uint32_t)(block->updates - before), begin = (uint32_t)sent->n;
        plc_group_update(block, &block->groups[g], s->tick);
        if (!note_spikes(s, core, &block->groups[g], sent, begin, updated))
            return false;
    }
    *ret_spikes = core->spikes;
    *ret_n_spikes = (uint32_t)sent->n;
    *ret_n_updates = (uint32_t)(block->updates - before);
    return !block->failed;
}

bool plc_systemc_deliver(void *context, uint32_t number, uint32_t key, uint32_t *ret_n)
{
    plc_systemc *s = context;
    plc_systemc_core *core = &s->cores[number];
    const uint32_t n_inputs = s->fast.shards[number].n_inputs;
    uint64_t row;
    bool negate;
    *ret_n = 0;
    if (!plc_layout_find_row(&s->tables, number, key, &row, &negate))
        return true;
    uint64_t begin = s->tables.row_offsets[row], end = s->tables.row_offsets[row + 1];
    bool plastic = false;
    for (uint64_t i = begin; i < end; i++) {
        const plc_systemc_synapse *synapse = &s->synapses[i];
        uint64_t slot = (s->tick + synapse->delay) & (s->fast.ring - 1);
        if (synapse->delay)
            core->ring[slot * n_inputs + synapse->at] +=
                negate ? -synapse->weight : synapse->weight;
        else
            plastic = true;
    }
    *ret_n = (uint32_t)(end - begin);
    s->fast.blocks[number].events += end - begin;
    if (!plastic)
        return true;
    if (!plc_array_reserve(&core->plastic, &core->plastic_capacity, core->n_plastic + 1,
                           sizeof *core->plastic))
        return false;
    core->plastic[core->n_plastic++] = s->source_of[row];
    return true;
}
