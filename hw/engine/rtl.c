/* The engine `rtl`: the verilated chip, clock by clock. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/engine/rtl.h"

#include "base/error.h"
#include "base/memory.h"
#include "hw/engine/digest.h"
#include "hw/engine/fabric.h"
#include "hw/engine/trace.h"

enum { CHUNK = 1 << 16 }; /* [spikes] between hand-overs */

void plc_rtl_feed(plc_rtl *rtl, uint64_t tick)
{
    for (; rtl->next_event < rtl->n_events && rtl->events[rtl->next_event].tick == tick;
         rtl->next_event++) {
        const plc_rtl_event *event = &rtl->events[rtl->next_event];
        plc_rtl_mesh_write(rtl->mesh, event->tile, PLC_RTL_STATE, event->neuron * 4, 1);
    }
    for (size_t i = 0; i < rtl->n_poisson; i++) {
        const plc_rtl_poisson *p = &rtl->poisson[i];
        plc_random_key key = plc_random_stream(rtl->seed, PLC_STREAM_POISSON + p->population,
                                               (uint32_t)(tick >> 32));
        for (uint32_t k = 0; k < p->n; k++) {
            uint32_t noise = plc_random_draw(key, p->begin + k, (uint32_t)tick).word[0];
            if (plc_poisson_update(&p->params[p->shared ? 0 : k], tick, noise))
                plc_rtl_mesh_write(rtl->mesh, p->tile, PLC_RTL_STATE, (p->offset + k) * 4, 1);
        }
    }
}

/* Reads the potentials before a tick. */
static void record(plc_rtl *rtl, uint64_t tick)
{
    for (size_t i = 0; rtl->base.recording && i < rtl->n_places; i++) {
        const plc_rtl_place *at = &rtl->places[i];
        plc_recording *recording = plc_engine_find_recording(&rtl->base, at->population);
        recording->values[tick * recording->n_neurons + at->neuron] =
            (int32_t)plc_rtl_mesh_read(rtl->mesh, at->tile, PLC_RTL_READ_STATE + at->offset * 4);
    }
}

static void start_recording(plc_engine *engine)
{
    (void)engine; /* the places have been noted */
}

/* Takes the spikes of a tick down; false when memory is short. */
static bool take_spikes(plc_rtl *rtl, uint64_t tick)
{
    size_t n;
    const plc_rtl_spike *spikes = plc_rtl_mesh_spikes(rtl->mesh, &n);
    if (!plc_array_reserve(&rtl->trace, &rtl->capacity, rtl->n + n, sizeof *rtl->trace))
        return false;
    uint64_t of_tick = plc_digest_of_tick(tick);
    for (size_t i = 0; i < n; i++) {
        uint32_t core = rtl->core_of[spikes[i].tile];
        const plc_rtl_owner *owner = &rtl->owners[rtl->first_owner[core] + spikes[i].neuron];
        rtl->trace[rtl->n++] = (plc_spike){.tick = tick,
                                           .population = owner->population & 0x7fffffff,
                                           .neuron = owner->neuron,
                                           .polarity = spikes[i].off};
        rtl->base.stats.digest +=
            plc_digest_of_spike(of_tick, owner->population, owner->neuron, spikes[i].off);
    }
    return true;
}

static plc_status check(plc_rtl *rtl, plc_rtl_result result, uint32_t tile, plc_error *error)
{
    uint64_t tick = rtl->base.stats.ticks;
    uint32_t x = tile % rtl->chip->width, y = tile / rtl->chip->width;
    uint64_t dropped = plc_rtl_mesh_counts(rtl->mesh).dropped;
    switch (result) {
    case PLC_RTL_NO_MEMORY:
        return plc_fail_memory(error, "spikes");
    case PLC_RTL_STUCK:
        return plc_fail(error, PLC_FAILED,
                        "engine rtl: tick %llu: tile (%u, %u) is not done and nothing moves: "
                        "packets wait for each other's places",
                        (unsigned long long)tick, x, y);
    case PLC_RTL_ASSERTION:
        rtl->base.stats.assertions++;
        return plc_fail(error, PLC_FAILED, "engine rtl: tick %llu: an assertion of the RTL failed",
                        (unsigned long long)tick);
    case PLC_RTL_OK:
        break;
    }
    if (dropped)
        return plc_fail(error, PLC_FAILED,
                        "engine rtl: tick %llu: routers dropped %llu packets that waited too long; "
                        "the RTL does not send them anew",
                        (unsigned long long)tick, (unsigned long long)dropped);
    return PLC_OK;
}

static plc_status run_tick(plc_rtl *rtl, plc_error *error)
{
    uint64_t cycles = 0, tick = rtl->base.stats.ticks;
    uint32_t tile = 0;
    if (tick > UINT32_MAX)
        return plc_fail(error, PLC_INVALID, "engine rtl: expected at most 2^32 ticks");
    record(rtl, tick);
    plc_rtl_feed(rtl, tick);
    plc_rtl_result result = plc_rtl_mesh_tick(rtl->mesh, &cycles, &tile);
    plc_status status = check(rtl, result, tile, error);
    if (status != PLC_OK)
        return status;
    if (!take_spikes(rtl, tick))
        return plc_fail_memory(error, "spikes");
    plc_engine_cost *cost = &rtl->cost;
    double seconds = (double)cycles / cost->core_clock;
    uint64_t length = plc_picoseconds(seconds);
    cost->seconds += seconds;
    if (length > cost->longest_tick_ps) {
        cost->longest_tick_ps = length;
        cost->longest_tick = tick;
        cost->longest_tick_core = rtl->core_of[tile] == UINT32_MAX ? 0 : rtl->core_of[tile];
    }
    cost->deadline_misses += seconds > cost->tick;
    rtl->base.stats.ticks++;
    return PLC_OK;
}

static plc_status hand_over(plc_rtl *rtl, plc_spike_sink sink, void *context)
{
    plc_rtl_counts counts = plc_rtl_mesh_counts(rtl->mesh);
    plc_engine_stats *stats = &rtl->base.stats;
    stats->spikes = counts.spikes;
    stats->updates = counts.updates;
    stats->synaptic_events = counts.events;
    stats->plastic_events = counts.plastic_events;
    plc_status status = PLC_OK;
    if (sink) {
        plc_spikes_sort(rtl->trace, rtl->n);
        status = sink(context, rtl->trace, rtl->n, stats->ticks);
    }
    rtl->n = 0;
    return status;
}

static plc_status run(plc_engine *engine, uint64_t end, plc_spike_sink sink, void *context,
                      plc_error *error)
{
    enum { MOST_TICKS = 64 }; /* so that a sink is asked now and then */
    plc_rtl *rtl = (plc_rtl *)engine;
    plc_status status = PLC_OK;
    while (status == PLC_OK && engine->stats.ticks < end) {
        uint64_t begin = engine->stats.ticks;
        while (status == PLC_OK && engine->stats.ticks < end && rtl->n < CHUNK &&
               engine->stats.ticks < begin + MOST_TICKS)
            status = run_tick(rtl, error);
        if (status == PLC_OK)
            status = hand_over(rtl, sink, context);
    }
    return status;
}

static bool get_cost(const plc_engine *engine, plc_engine_cost *ret_cost)
{
    const plc_rtl *rtl = (const plc_rtl *)engine;
    plc_rtl_counts counts = plc_rtl_mesh_counts(rtl->mesh);
    *ret_cost = rtl->cost;
    ret_cost->seconds = (double)counts.cycles / rtl->cost.core_clock;
    ret_cost->packets = counts.spikes;
    ret_cost->hops = counts.hops;
    ret_cost->passes = counts.passes;
    ret_cost->deliveries = counts.deliveries;
    ret_cost->drops = counts.dropped;
    ret_cost->forced = counts.aside;
    plc_engine_add_energy(rtl->chip, &engine->stats, ret_cost);
    return true;
}

void plc_rtl_finish(plc_rtl *rtl)
{
    for (size_t i = 0; i < rtl->n_poisson; i++)
        free(rtl->poisson[i].params);
    plc_rtl_mesh_destroy(rtl->mesh);
    plc_chip_destroy(rtl->chip);
    free(rtl->core_of);
    free(rtl->first_owner);
    free(rtl->owners);
    free(rtl->events);
    free(rtl->poisson);
    free(rtl->weights);
    free(rtl->places);
    free(rtl->trace);
}

static void destroy(plc_engine *engine)
{
    plc_rtl_finish((plc_rtl *)engine);
    free(engine);
}

plc_status plc_rtl_create(const plc_layout *layout, const plc_engine_settings *settings,
                          const plc_rtl_settings *options, plc_engine **ret_engine,
                          plc_error *error)
{
    if (settings->real_time)
        return plc_fail(error, PLC_INVALID,
                        "engine rtl: ticks end when all is done; for real time give engine mesh");
    plc_rtl *rtl = plc_array(1, sizeof *rtl);
    if (!rtl)
        return plc_fail_memory(error, "engine");
    rtl->base.class = &plc_engine_rtl;
    rtl->base.stats.threads = rtl->base.stats.ranks = 1;
    rtl->seed = settings->seed;
    plc_status status = plc_rtl_load(rtl, layout, options, error);
    if (status == PLC_OK)
        *ret_engine = &rtl->base;
    else
        destroy(&rtl->base);
    return status;
}

static plc_status create(const plc_layout *layout, const plc_engine_settings *settings,
                         plc_engine **ret_engine, plc_error *error)
{
    return plc_rtl_create(layout, settings, &(plc_rtl_settings){0}, ret_engine, error);
}

static bool get_states(const plc_engine *engine, const uint32_t *n_words, int32_t *const *states)
{
    plc_rtl_get_states((const plc_rtl *)engine, n_words, states);
    return true;
}

static plc_status flip(plc_engine *engine, const plc_engine_flip *flip, plc_error *error)
{
    return plc_rtl_flip((plc_rtl *)engine, flip, error);
}

static plc_status open_wave(plc_engine *engine, const char *path, plc_error *error)
{
    return plc_rtl_open_wave((plc_rtl *)engine, path, error);
}

static plc_status close_wave(plc_engine *engine, plc_error *error)
{
    return plc_rtl_close_wave((plc_rtl *)engine, error);
}

const plc_engine_class plc_engine_rtl = {.name = "rtl",
                                         .create = create,
                                         .start_recording = start_recording,
                                         .run = run,
                                         .get_cost = get_cost,
                                         .get_weights = plc_rtl_get_weights,
                                         .get_states = get_states,
                                         .flip = flip,
                                         .open_wave = open_wave,
                                         .close_wave = close_wave,
                                         .destroy = destroy};
