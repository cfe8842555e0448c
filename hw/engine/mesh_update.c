/* Cores of engine mesh: the neurons of a tick. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/memory.h"
#include "hw/engine/mesh.h"

/* What has come for this tick joins what waits for each neuron. */
static void open_slot(plc_mesh *mesh, uint32_t number)
{
    const plc_mesh_core *core = &mesh->cores[number];
    uint64_t slot = mesh->real_time ? core->tick & (mesh->fast.ring - 1) : 0;
    const plc_shard *shard = &mesh->fast.shards[number];
    int32_t *restrict from = mesh->ring + (slot << mesh->shift) + core->input;
    int32_t *restrict to = shard->inputs;
    for (uint32_t i = 0; i < shard->n_inputs; i++)
        to[i] += from[i];
    memset(from, 0, shard->n_inputs * sizeof *from);
}

uint32_t plc_group_turn(const plc_group *group, uint32_t i)
{
    uint32_t n_blocks = group->schedule.random_blocks;
    if (group->model == PLC_SPIKE_SOURCE_ARRAY)
        return 0;
    if (!n_blocks)
        return i;
    uint64_t first = (uint64_t)group->begin * n_blocks / group->size;
    return (uint32_t)((uint64_t)(group->begin + i) * n_blocks / group->size - first);
}

/* Notes for the new spikes of a group how many neurons of the core were updated before them. */
static bool note_turns(plc_mesh_core *core, const plc_group *group, const plc_sent_list *sent,
                       uint32_t before)
{
    if (!plc_array_reserve(&core->turns, &core->turns_capacity, sent->n, sizeof *core->turns))
        return false;
    for (; core->n_sent < sent->n; core->n_sent++)
        core->turns[core->n_sent] =
            before + plc_group_turn(group, sent->data[core->n_sent].source - group->source);
    return true;
}

bool plc_mesh_update(plc_mesh *mesh, uint32_t number, bool open)
{
    plc_mesh_core *core = &mesh->cores[number];
    plc_block *block = &mesh->fast.blocks[number];
    plc_sent_list *sent = &block->sent[core->tick & 1];
    uint64_t before = block->updates;
    bool ok = true;
    if (open)
        open_slot(mesh, number);
    sent->n = 0;
    core->n_sent = 0;
    for (uint32_t g = 0; ok && g < block->n_groups; g++) {
        uint32_t updated = (uint32_t)(block->updates - before);
        plc_group_update(block, &block->groups[g], core->tick);
        if (sent->n > core->n_sent)
            ok = note_turns(core, &block->groups[g], sent, updated);
    }
    core->n_updates = (uint32_t)(block->updates - before);
    return ok && !block->failed;
}
