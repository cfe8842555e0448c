/* The engine `mesh`: the tick loop, and what a run costs. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/engine/mesh.h"

#include "base/error.h"
#include "base/memory.h"
#include "hw/engine/clocked.h"

/* The plastic synapses of the tick's spikes, once all neurons have been updated: weights do not
 * depend on when packets come. */
static bool take_plastic(plc_mesh *mesh)
{
    for (uint32_t to = 0; to < mesh->fast.n_blocks; to++) {
        plc_plastic *plastic = mesh->fast.blocks[to].plastic;
        for (uint32_t from = 0; plastic && from < mesh->fast.n_blocks; from++) {
            const plc_sent_list *sent = &mesh->fast.blocks[from].sent[mesh->tick & 1];
            for (size_t s = 0; s < sent->n; s++)
                if (!plc_plastic_take(plastic, sent->data[s].source, mesh->tick))
                    return false;
        }
    }
    return true;
}

static bool run_tick(plc_mesh *mesh)
{
    bool ok = true;
    plc_engine_tick tick;
    bool open = plc_mesh_open(mesh);
    for (uint32_t c = 0; ok && c < mesh->fast.n_blocks; c++) {
        mesh->cores[c].tick = mesh->tick;
        if (mesh->fast.blocks[c].plastic)
            plc_plastic_deliver_due(mesh->fast.blocks[c].plastic, mesh->tick);
        ok = plc_mesh_update(mesh, c, open);
    }
    if (!ok || !plc_mesh_settle(mesh, &tick) || (mesh->plastic_of && !take_plastic(mesh)))
        return false;
    uint64_t length = tick.end - tick.begin;
    plc_engine_cost *cost = &mesh->cost;
    if (length > cost->longest_tick_ps) {
        cost->longest_tick_ps = length;
        cost->longest_tick = mesh->tick;
        cost->longest_tick_core = tick.core;
    }
    cost->deadline_misses += length > mesh->length;
    if (mesh->watch.take_tick)
        mesh->watch.take_tick(mesh->watch.context, &tick);
    mesh->now = tick.end;
    mesh->tick++;
    return true;
}

plc_status plc_mesh_check(const plc_mesh *mesh, plc_error *error)
{
    const plc_fabric *f = &mesh->fabric;
    uint64_t arrived = mesh->cost.deliveries + f->stats.lost;
    if (f->in_flight ? mesh->real_time && arrived <= mesh->expected : arrived == mesh->expected)
        return mesh->audit.due ? plc_mesh_audit_check(mesh, error) : PLC_OK;
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
    if (mesh->real_time && engine->stats.ticks < end)
        return plc_mesh_run_real_time(mesh, end, sink, context, error);
    while (status == PLC_OK && engine->stats.ticks < end) {
        uint64_t begin = engine->stats.ticks, chunk = mesh->fast.chunk;
        uint64_t stop = end - begin < chunk ? end : begin + chunk;
        while (status == PLC_OK && mesh->tick < stop)
            status = run_tick(mesh) ? plc_mesh_check(mesh, error)
                                    : plc_fail_memory(error, "spikes in flight");
        if (status == PLC_OK)
            status = plc_fast_hand_over(&mesh->fast, stop, sink, context, error);
        engine->stats.threads = 1;
    }
    return status;
}

static bool get_cost(const plc_engine *engine, plc_engine_cost *ret_cost)
{
    const plc_mesh *mesh = (const plc_mesh *)engine;
    const plc_fabric_stats *f = &mesh->fabric.stats;
    *ret_cost = mesh->cost;
    ret_cost->seconds = (double)mesh->now * 1e-12;
    ret_cost->tick = mesh->length < UINT64_MAX ? (double)mesh->length * 1e-12 : (double)INFINITY;
    ret_cost->core_clock = plc_chip_get(mesh->chip, PLC_CHIP_CORE_CLOCK);
    ret_cost->packets = f->injected;
    ret_cost->hops = f->hops;
    ret_cost->passes = f->passes;
    ret_cost->drops = f->drops;
    ret_cost->forced = f->forced;
    ret_cost->waiting = (double)f->waiting * 1e-12;
    plc_engine_add_energy(mesh->chip, &engine->stats, ret_cost);
    return true;
}

static void set_watch(plc_engine *engine, const plc_engine_watch *watch)
{
    plc_mesh *mesh = (plc_mesh *)engine;
    mesh->watch = watch ? *watch : (plc_engine_watch){0};
    plc_mesh_own_fabric(mesh);
}

static const plc_engine_tally *get_tallies(const plc_engine *engine, plc_engine_place place,
                                           size_t *ret_n)
{
    const plc_mesh *mesh = (const plc_mesh *)engine;
    switch (place) {
    case PLC_ENGINE_CORE:
        *ret_n = mesh->fast.n_blocks;
        return mesh->core_tallies;
    case PLC_ENGINE_NEURON:
        *ret_n = mesh->fast.n_sources;
        return mesh->source_tallies;
    default:
        *ret_n = (size_t)mesh->fabric.n_routers * PLC_N_LINKS;
        return mesh->link_tallies;
    }
}

static void destroy(plc_engine *engine)
{
    plc_mesh *mesh = (plc_mesh *)engine;
    for (uint32_t c = 0; mesh->cores && c < mesh->fast.n_blocks; c++) {
        free(mesh->cores[c].turns);
        free(mesh->cores[c].pending);
    }
    plc_fast_finish(&mesh->fast);
    plc_fabric_finish(&mesh->fabric);
    plc_mesh_parcels_finish(mesh);
    plc_mesh_audit_finish(&mesh->audit);
    plc_clocked_destroy(mesh->clocked);
    plc_chip_destroy(mesh->chip);
    free(mesh->found);
    free(mesh->cores);
    free(mesh->memory_free);
    free(mesh->branches);
    free(mesh->routes);
    free(mesh->leaves);
    free(mesh->route_of);
    free(mesh->first_row);
    free(mesh->first_synapse);
    free(mesh->rows);
    free(mesh->plastic_of);
    free(mesh->synapses);
    free(mesh->ring);
    free(mesh->lengths);
    free(mesh->core_tallies);
    free(mesh->source_tallies);
    free(mesh->link_tallies);
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
    mesh->fast.base.stats.threads = 1;
#ifndef NDEBUG
    if (status == PLC_OK)
        status = plc_mesh_audit_begin(mesh, error);
#endif
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
                                          .get_weights = plc_fast_get_weights,
                                          .get_states = plc_fast_get_states,
                                          .set_watch = set_watch,
                                          .get_tallies = get_tallies,
                                          .destroy = destroy};
