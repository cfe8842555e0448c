/* The engine `systemc`: a mesh in SystemC TLM-2.0 of tiles in C and in RTL. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/engine/systemc.h"

#include "base/error.h"
#include "base/memory.h"
#include "hw/engine/digest.h"
#include "hw/engine/fabric.h"
#include "hw/engine/weights.h"

/* The spikes of the tiles in RTL join those of the cores in C. */
static bool take_rtl_spikes(plc_systemc *s)
{
    size_t n;
    const plc_rtl_spike *spikes = plc_rtl_mesh_spikes(s->rtl.mesh, &n);
    uint64_t of_tick = plc_digest_of_tick(s->tick);
    for (size_t i = 0; i < n; i++) {
        uint32_t core = s->rtl.core_of[spikes[i].tile];
        const plc_rtl_owner *owner = &s->rtl.owners[s->rtl.first_owner[core] + spikes[i].neuron];
        plc_block *block = &s->fast.blocks[core];
        if (!plc_array_reserve(&block->trace, &block->capacity, block->n + 1, sizeof *block->trace))
            return false;
        block->trace[block->n++] = (plc_spike){.tick = s->tick,
                                               .population = owner->population & 0x7fffffff,
                                               .neuron = owner->neuron,
                                               .polarity = spikes[i].off};
        block->digest +=
            plc_digest_of_spike(of_tick, owner->population, owner->neuron, spikes[i].off);
        block->n_spikes++;
    }
    /* What happens in RTL is counted for all its tiles together. */
    plc_rtl_counts counts = plc_rtl_mesh_counts(s->rtl.mesh);
    if (s->first_rtl != UINT32_MAX) {
        s->fast.blocks[s->first_rtl].updates = counts.updates;
        s->fast.blocks[s->first_rtl].events = counts.events;
    }
    return true;
}

/* Plastic synapses that packets have passed, once all neurons have been updated. */
static bool take_plastic(plc_systemc *s)
{
    for (uint32_t c = 0; c < s->fast.n_blocks; c++) {
        plc_systemc_core *core = &s->cores[c];
        for (size_t i = 0; i < core->n_plastic; i++)
            if (!plc_plastic_take(s->fast.blocks[c].plastic, core->plastic[i], s->tick))
                return false;
        core->n_plastic = 0;
    }
    return true;
}

static plc_status check(plc_systemc *s, plc_rtl_result result, uint32_t router, plc_error *error)
{
    unsigned long long tick = s->tick;
    uint64_t dropped = s->rtl.mesh ? plc_rtl_mesh_counts(s->rtl.mesh).dropped : 0;
    switch (result) {
    case PLC_RTL_NO_MEMORY:
        return plc_fail_memory(error, "spikes in flight");
    case PLC_RTL_STUCK:
        return plc_fail(error, PLC_FAILED,
                        "engine systemc: tick %llu: tile (%u, %u) is not done and nothing moves: "
                        "packets wait for each other's places",
                        tick, router % s->chip->width, router / s->chip->width);
    case PLC_RTL_ASSERTION:
        s->fast.base.stats.assertions++;
        return plc_fail(error, PLC_FAILED,
                        "engine systemc: tick %llu: tile (%u, %u): an assertion of the RTL failed",
                        tick, router % s->chip->width, router / s->chip->width);
    case PLC_RTL_OK:
        break;
    }
    if (dropped)
        return plc_fail(error, PLC_FAILED,
                        "engine systemc: tick %llu: routers in RTL dropped %llu packets that "
                        "waited too long; they do not send them anew",
                        tick, (unsigned long long)dropped);
    return PLC_OK;
}

static void note_length(plc_systemc *s, uint64_t length, uint32_t router)
{
    plc_engine_cost *cost = &s->cost;
    double seconds = (double)length * 1e-12;
    s->length += length;
    cost->deadline_misses += seconds > cost->tick;
    if (length > cost->longest_tick_ps) {
        cost->longest_tick_ps = length;
        cost->longest_tick = s->tick;
        cost->longest_tick_core = s->core_at[router];
    }
}

static plc_status run_tick(plc_systemc *s, plc_error *error)
{
    uint64_t length = 0;
    uint32_t router = 0;
    if (s->rtl.mesh) {
        if (s->tick > UINT32_MAX)
            return plc_fail(error, PLC_INVALID,
                            "engine systemc: expected at most 2^32 ticks with tiles in RTL");
        if (s->fast.base.recording)
            plc_rtl_record(&s->rtl, &s->fast.base, s->tick);
        plc_rtl_feed(&s->rtl, s->tick);
    }
    plc_rtl_result result = plc_tlm_mesh_tick(s->mesh, &length, &router);
    plc_status status = check(s, result, router, error);
    if (status != PLC_OK)
        return status;
    if (!take_plastic(s) || (s->rtl.mesh && !take_rtl_spikes(s)))
        return plc_fail_memory(error, "spikes");
    note_length(s, length, router);
    s->tick++;
    return PLC_OK;
}

static plc_status run(plc_engine *engine, uint64_t end, plc_spike_sink sink, void *context,
                      plc_error *error)
{
    enum { MOST_TICKS = 64 }; /* so that a sink is asked now and then */
    plc_systemc *s = (plc_systemc *)engine;
    plc_status status = PLC_OK;
    while (status == PLC_OK && engine->stats.ticks < end) {
        uint64_t begin = engine->stats.ticks;
        uint64_t stop = end - begin < MOST_TICKS ? end : begin + MOST_TICKS;
        while (status == PLC_OK && s->tick < stop)
            status = run_tick(s, error);
        if (status == PLC_OK)
            status = plc_fast_hand_over(&s->fast, stop, sink, context, error);
        if (s->rtl.mesh)
            engine->stats.plastic_events += plc_rtl_mesh_counts(s->rtl.mesh).plastic_events;
    }
    return status;
}

static bool get_cost(const plc_engine *engine, plc_engine_cost *ret_cost)
{
    const plc_systemc *s = (const plc_systemc *)engine;
    plc_tlm_counts counts = plc_tlm_mesh_counts(s->mesh);
    plc_rtl_counts rtl = s->rtl.mesh ? plc_rtl_mesh_counts(s->rtl.mesh) : (plc_rtl_counts){0};
    *ret_cost = s->cost;
    ret_cost->seconds = (double)s->length / (double)s->clock / s->cost.core_clock;
    ret_cost->packets = counts.packets + rtl.spikes;
    ret_cost->hops = counts.hops;
    ret_cost->passes = counts.passes + rtl.passes;
    ret_cost->deliveries = counts.deliveries + rtl.deliveries;
    ret_cost->drops = counts.dropped + rtl.dropped;
    ret_cost->forced = counts.aside + rtl.aside;
    plc_engine_add_energy(s->chip, &engine->stats, ret_cost);
    return true;
}

/* Those of cores in C, and those of tiles in RTL. */
static plc_status get_weights(const plc_engine *engine, plc_weight **ret_weights, size_t *ret_n,
                              plc_error *error)
{
    const plc_systemc *s = (const plc_systemc *)engine;
    plc_weight *parts[2] = {NULL, NULL};
    size_t n[2] = {0, 0};
    plc_status status = plc_fast_get_weights(engine, &parts[0], &n[0], error);
    if (status == PLC_OK && s->rtl.mesh)
        status = plc_rtl_get_weights(&s->rtl.base, &parts[1], &n[1], error);
    plc_weight *all = status == PLC_OK ? plc_array(n[0] + n[1], sizeof *all) : NULL;
    if (status == PLC_OK && !all)
        status = plc_fail_memory(error, "weights");
    for (size_t i = 0; status == PLC_OK && i < n[0] + n[1]; i++)
        all[i] = i < n[0] ? parts[0][i] : parts[1][i - n[0]];
    free(parts[0]);
    free(parts[1]);
    if (status != PLC_OK)
        return status;
    plc_weights_sort(all, n[0] + n[1]);
    *ret_weights = all;
    *ret_n = n[0] + n[1];
    return PLC_OK;
}

static bool get_states(const plc_engine *engine, const uint32_t *n_words, int32_t *const *states)
{
    const plc_systemc *s = (const plc_systemc *)engine;
    bool known = plc_fast_get_states(engine, n_words, states);
    if (s->rtl.mesh)
        plc_rtl_get_states(&s->rtl, n_words, states);
    return known;
}

static plc_status flip(plc_engine *engine, const plc_engine_flip *flip, plc_error *error)
{
    plc_systemc *s = (plc_systemc *)engine;
    if (flip->tile >= s->chip->width * s->chip->height || !s->is_rtl[flip->tile])
        return plc_fail(error, PLC_INVALID, "expected a tile in RTL to flip a bit of");
    return plc_rtl_flip(&s->rtl, flip, error);
}

static void destroy(plc_engine *engine)
{
    plc_systemc *s = (plc_systemc *)engine;
    plc_tlm_mesh_destroy(s->mesh);
    for (uint32_t c = 0; s->cores && c < s->fast.n_blocks; c++) {
        free(s->cores[c].ring);
        free(s->cores[c].spikes);
        free(s->cores[c].plastic);
    }
    plc_fast_finish(&s->fast);
    plc_rtl_finish(&s->rtl);
    plc_chip_destroy(s->chip);
    free(s->cores);
    free(s->key_of);
    free(s->off_of);
    free(s->tables.cores);
    free(s->tables.key_entries);
    free(s->tables.row_offsets);
    free(s->synapses);
    free(s->source_of);
    free(s->is_rtl);
    free(s->core_at);
    free(s);
}

static plc_status create(const plc_layout *layout, const plc_engine_settings *settings,
                         plc_engine **ret_engine, plc_error *error)
{
    if (settings->real_time)
        return plc_fail(
            error, PLC_INVALID,
            "engine systemc: ticks end when all is done; for real time give engine mesh");
    plc_systemc *s = plc_array(1, sizeof *s);
    if (!s)
        return plc_fail_memory(error, "engine");
    s->fast.n_ranks = s->fast.base.stats.ranks = 1;
    plc_status status = plc_systemc_load(s, layout, settings, error);
    s->fast.base.stats.threads = 1;
    if (status == PLC_OK)
        *ret_engine = &s->fast.base;
    else
        destroy(&s->fast.base);
    return status;
}

static plc_status open_wave(plc_engine *engine, const char *path, plc_error *error)
{
    if (!((plc_systemc *)engine)->rtl.mesh)
        return plc_fail(error, PLC_INVALID, "waveforms: expected tiles in RTL, got none");
    return plc_rtl_open_wave(&((plc_systemc *)engine)->rtl, path, error);
}

static plc_status close_wave(plc_engine *engine, plc_error *error)
{
    return plc_rtl_close_wave(&((plc_systemc *)engine)->rtl, error);
}

const plc_engine_class plc_engine_systemc = {.name = "systemc",
                                             .create = create,
                                             .start_recording = plc_fast_start_recording,
                                             .run = run,
                                             .get_cost = get_cost,
                                             .get_weights = get_weights,
                                             .get_states = get_states,
                                             .flip = flip,
                                             .open_wave = open_wave,
                                             .close_wave = close_wave,
                                             .destroy = destroy};
