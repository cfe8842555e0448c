/* The engine `mesh`: the tick loop, and what a run costs. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/engine/mesh.h"

#include "base/error.h"
#include "base/memory.h"

/* What has come for this tick joins what waits for each neuron. */
static void open_slot(plc_mesh *mesh, uint32_t number)
{
    plc_mesh_core *core = &mesh->cores[number];
    uint32_t slot = (uint32_t)(mesh->tick & (mesh->fast.ring - 1));
    if (!core->hit[slot])
        return;
    const plc_shard *shard = &mesh->fast.shards[number];
    int32_t *restrict from = core->ring + ((size_t)slot << core->shift);
    int32_t *restrict to = shard->inputs;
    for (uint32_t i = 0; i < shard->n_inputs; i++)
        to[i] += from[i];
    memset(from, 0, shard->n_inputs * sizeof *from);
    core->hit[slot] = false;
}

/* How many neurons of a group's population in this tick come before the i-th of the group. */
static uint32_t turn_of(const plc_group *group, uint32_t i)
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
            before + turn_of(group, sent->data[core->n_sent].source - group->source);
    return true;
}

/* Updates the neurons of a core that are due. */
static bool update_core(plc_mesh *mesh, uint32_t number)
{
    plc_mesh_core *core = &mesh->cores[number];
    plc_block *block = &mesh->fast.blocks[number];
    plc_sent_list *sent = &block->sent[mesh->tick & 1];
    uint64_t before = block->updates;
    bool ok = true;
    sent->n = 0;
    core->n_sent = 0;
    for (uint32_t g = 0; ok && g < block->n_groups; g++) {
        uint32_t updated = (uint32_t)(block->updates - before);
        plc_group_update(block, &block->groups[g], mesh->tick);
        if (sent->n > core->n_sent)
            ok = note_turns(core, &block->groups[g], sent, updated);
    }
    core->n_updates = (uint32_t)(block->updates - before);
    return ok && !block->failed;
}

static bool run_tick(plc_mesh *mesh)
{
    bool ok = true;
    uint64_t end = 0;
    uint32_t last;
    for (uint32_t c = 0; ok && c < mesh->fast.n_blocks; c++) {
        open_slot(mesh, c);
        ok = update_core(mesh, c);
    }
    if (!ok || !plc_mesh_settle(mesh, &end, &last))
        return false;
    uint64_t length = end - mesh->now;
    plc_engine_cost *cost = &mesh->cost;
    if (length > cost->longest_tick_ps) {
        cost->longest_tick_ps = length;
        cost->longest_tick = mesh->tick;
        cost->longest_tick_core = last;
    }
    cost->deadline_misses += length > mesh->deadline;
    mesh->now = end;
    mesh->tick++;
    return true;
}

/* A packet is handed to every core of its route, and to none twice: that is what the layout says.
 */
static plc_status check_conservation(const plc_mesh *mesh, plc_error *error)
{
    const plc_fabric *f = &mesh->fabric;
    if (!f->in_flight && mesh->cost.deliveries + f->stats.lost == mesh->expected)
        return PLC_OK;
    return plc_fail(error, PLC_DIFFERS,
                    "engine mesh: tick %llu: %llu packets to cores are due, %llu were delivered, "
                    "%llu lost, %llu are in flight",
                    (unsigned long long)mesh->tick, (unsigned long long)mesh->expected,
                    (unsigned long long)mesh->cost.deliveries, (unsigned long long)f->stats.lost,
                    (unsigned long long)f->in_flight);
}

static plc_status run(plc_engine *engine, uint64_t end, plc_spike_sink sink, void *context,
                      plc_error *error)
{
    plc_mesh *mesh = (plc_mesh *)engine;
    plc_status status = PLC_OK;
    while (status == PLC_OK && engine->stats.ticks < end) {
        uint64_t begin = engine->stats.ticks, chunk = mesh->fast.chunk;
        uint64_t stop = end - begin < chunk ? end : begin + chunk;
        while (status == PLC_OK && mesh->tick < stop)
            status = run_tick(mesh) ? check_conservation(mesh, error)
                                    : plc_fail_memory(error, "spikes in flight");
        if (status == PLC_OK)
            status = plc_fast_hand_over(&mesh->fast, stop, sink, context, error);
        engine->stats.threads = 1;
    }
    return status;
}

/* Adds up the joules: what has happened, times what the chip says it takes. */
static void add_energy(const plc_mesh *mesh, plc_engine_cost *cost)
{
    const plc_chip *chip = mesh->chip;
    const plc_engine_stats *stats = &mesh->fast.base.stats;
    uint32_t n_alive = 0;
    for (uint32_t r = 0; r < mesh->fabric.n_routers; r++)
        n_alive += chip->alive[r];
    cost->energy_neuron = (double)stats->updates * plc_chip_known(chip, PLC_CHIP_ENERGY_NEURON);
    cost->energy_synapse =
        (double)stats->synaptic_events * plc_chip_known(chip, PLC_CHIP_ENERGY_SYNAPSE);
    cost->energy_link = (double)cost->hops * plc_chip_known(chip, PLC_CHIP_ENERGY_PACKET);
    cost->energy_router = (double)cost->passes * plc_chip_known(chip, PLC_CHIP_ENERGY_ROUTER);
    cost->energy_idle = cost->seconds * n_alive * plc_chip_known(chip, PLC_CHIP_POWER_IDLE);
}

static bool get_cost(const plc_engine *engine, plc_engine_cost *ret_cost)
{
    const plc_mesh *mesh = (const plc_mesh *)engine;
    const plc_fabric_stats *f = &mesh->fabric.stats;
    *ret_cost = mesh->cost;
    ret_cost->seconds = (double)mesh->now * 1e-12;
    ret_cost->core_clock = plc_chip_get(mesh->chip, PLC_CHIP_CORE_CLOCK);
    ret_cost->packets = f->injected;
    ret_cost->hops = f->hops;
    ret_cost->passes = f->passes;
    ret_cost->drops = f->drops;
    ret_cost->forced = f->forced;
    ret_cost->waiting = (double)f->waiting * 1e-12;
    add_energy(mesh, ret_cost);
    return true;
}

static void destroy(plc_engine *engine)
{
    plc_mesh *mesh = (plc_mesh *)engine;
    for (uint32_t c = 0; mesh->cores && c < mesh->fast.n_blocks; c++) {
        free(mesh->cores[c].ring);
        free(mesh->cores[c].hit);
        free(mesh->cores[c].turns);
    }
    plc_fast_finish(&mesh->fast);
    plc_fabric_finish(&mesh->fabric);
    plc_chip_destroy(mesh->chip);
    free(mesh->cores);
    free(mesh->memory_free);
    free(mesh->branches);
    free(mesh->routes);
    free(mesh->leaves);
    free(mesh->route_of);
    free(mesh->first_row);
    free(mesh->rows);
    free(mesh->words);
    free(mesh);
}

static plc_status create(const plc_layout *layout, const plc_engine_settings *settings,
                         plc_engine **ret_engine, plc_error *error)
{
    plc_mesh *mesh = plc_array(1, sizeof *mesh);
    if (!mesh)
        return plc_fail_memory(error, "engine");
    mesh->fast.n_ranks = mesh->fast.base.stats.ranks = 1;
    plc_status status = plc_mesh_load(mesh, layout, settings, error);
    double tick = status == PLC_OK ? plc_chip_get(mesh->chip, PLC_CHIP_TICK) : 0;
    mesh->deadline = tick > 0 ? (uint64_t)llround(tick * 1e12) : UINT64_MAX;
    mesh->fast.base.stats.threads = 1;
    if (status == PLC_OK)
        *ret_engine = &mesh->fast.base;
    else
        destroy(&mesh->fast.base);
    return status;
}

const plc_engine_class plc_engine_mesh = {.name = "mesh",
                                          .create = create,
                                          .start_recording = plc_fast_start_recording,
                                          .run = run,
                                          .get_cost = get_cost,
                                          .destroy = destroy};
