/* The public face of engines: choosing one, and what does not depend on which. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/engine/engine.h"

#include "base/error.h"
#include "base/memory.h"
#include "hw/engine/ranks.h"
#include "hw/neuron/model.h"

static const plc_engine_class *const classes[] = {&plc_engine_fast, &plc_engine_mesh,
                                                  &plc_engine_rtl, &plc_engine_systemc};
enum { N_CLASSES = sizeof classes / sizeof *classes };

const char *plc_engine_kind(size_t i)
{
    return i < N_CLASSES ? classes[i]->name : NULL;
}

/* Prepares a recording for each population that asks for v; nothing is recorded yet. */
static plc_status init_recordings(plc_engine *engine, const plc_layout *layout, plc_error *error)
{
    engine->recordings = plc_array(layout->n_populations, sizeof *engine->recordings);
    if (!engine->recordings)
        return plc_fail_memory(error, "recordings");
    for (uint32_t i = 0; i < layout->n_populations; i++) {
        const plc_population *p = &layout->populations[i];
        if (p->record_v)
            engine->recordings[engine->n_recordings++] =
                (plc_recording){.population = i,
                                .n_neurons = p->size,
                                .unit = p->model == PLC_LIF_CURR_EXP ? 0x1p-15 : 1};
    }
    return PLC_OK;
}

plc_status plc_engine_create(const plc_layout *layout, const plc_engine_settings *settings,
                             plc_engine **ret_engine, plc_error *error)
{
    const char *kind = settings->kind ? settings->kind : "fast";
    for (size_t i = 0; i < N_CLASSES; i++) {
        if (strcmp(kind, classes[i]->name))
            continue;
        if (settings->on_ranks && plc_ranks_count() > 1 && classes[i] != &plc_engine_fast)
            return plc_fail(error, PLC_INVALID, "engine %s: runs on one rank only", kind);
        plc_engine *engine = NULL;
        if (settings->real_time && !classes[i]->get_cost)
            return plc_fail(error, PLC_INVALID, "engine %s has no ticks of fixed length", kind);
        plc_status status = classes[i]->create(layout, settings, &engine, error);
        if (status == PLC_OK) {
            engine->class = classes[i];
            status = init_recordings(engine, layout, error);
        }
        if (settings->on_ranks)
            status = plc_ranks_agree(status, error);
        if (status == PLC_OK)
            *ret_engine = engine;
        else
            plc_engine_destroy(engine);
        return status;
    }
    return plc_fail(error, PLC_INVALID, "engine: expected fast, mesh, rtl or systemc, got \"%s\"",
                    kind);
}

plc_status plc_engine_record_v(plc_engine *engine, plc_error *error)
{
    if (!engine->class->start_recording)
        return plc_fail(error, PLC_INVALID,
                        "engine %s cannot record potentials; expected fast, mesh, rtl or systemc",
                        engine->class->name);
    if (engine->stats.ticks)
        return plc_fail(error, PLC_INVALID, "recording must start before the first tick");
    engine->recording = true;
    engine->class->start_recording(engine);
    return PLC_OK;
}

static plc_status check_constant(const char *name, double value, double low, double high,
                                 plc_error *error)
{
    if (value >= low && value <= high)
        return PLC_OK;
    return plc_fail(error, PLC_INVALID, "annealing: %s: expected %g..%g, got %g", name, low, high,
                    value);
}

/* An annealer from its constants, in the ranges that networks have. */
static plc_status make_annealer(const plc_annealing *annealing, plc_annealer *ret_annealer,
                                plc_error *error)
{
    const struct {
        const char *name;
        double value;
    } constants[] = {{"a", annealing->a},
                     {"c", annealing->c},
                     {"delta", annealing->delta},
                     {"eta", annealing->eta}};
    const plc_param_info *info;
    for (size_t i = 0; (info = plc_model_param(PLC_ONOFF, i)); i++)
        for (size_t k = 0; k < sizeof constants / sizeof *constants; k++) {
            if (strcmp(info->name, constants[k].name))
                continue;
            plc_status status =
                check_constant(info->name, constants[k].value, info->low, info->high, error);
            if (status != PLC_OK)
                return status;
        }
    plc_annealer_init(ret_annealer, annealing->a, annealing->c, annealing->delta, annealing->eta);
    return PLC_OK;
}

static plc_status fail_class(const plc_engine *engine, plc_error *error)
{
    return plc_fail(error, PLC_INVALID,
                    "engine %s cannot start again or change its annealing; expected fast",
                    engine->class->name);
}

plc_status plc_engine_restart(plc_engine *engine, const plc_layout *layout, uint64_t seed,
                              const plc_annealing *annealing, plc_error *error)
{
    plc_annealer annealer;
    if (!engine->class->restart || !engine->class->anneal)
        return fail_class(engine, error);
    if (engine->recording)
        return plc_fail(error, PLC_INVALID, "an engine that records cannot start again");
    plc_status status = annealing ? make_annealer(annealing, &annealer, error) : PLC_OK;
    if (status != PLC_OK)
        return status;
    engine->stats = (plc_engine_stats){.threads = engine->stats.threads};
    engine->class->restart(engine, layout, seed);
    if (annealing)
        engine->class->anneal(engine, &annealer);
    return PLC_OK;
}

plc_status plc_engine_anneal(plc_engine *engine, const plc_annealing *annealing, plc_error *error)
{
    plc_annealer annealer;
    if (!engine->class->anneal)
        return fail_class(engine, error);
    plc_status status = make_annealer(annealing, &annealer, error);
    if (status == PLC_OK)
        engine->class->anneal(engine, &annealer);
    return status;
}

/* Makes room in the recordings for the ticks up to `end`. */
static plc_status extend_recordings(plc_engine *engine, uint64_t end, plc_error *error)
{
    for (size_t i = 0; i < engine->n_recordings; i++) {
        plc_recording *r = &engine->recordings[i];
        double bytes = (double)end * r->n_neurons * sizeof *r->values;
        if (bytes > (double)plc_memory_physical())
            return plc_fail(error, PLC_NO_MEMORY,
                            "recording v: %llu ticks of %u neurons need %.3g GiB",
                            (unsigned long long)end, r->n_neurons, bytes / 0x1p30);
        int32_t *values = realloc(r->values, end * r->n_neurons * sizeof *values);
        if (!values && end)
            return plc_fail_memory(error, "recording v");
        r->values = values;
    }
    return PLC_OK;
}

plc_status plc_engine_run(plc_engine *engine, uint64_t n_ticks, plc_spike_sink sink, void *context,
                          plc_error *error)
{
    uint64_t end = engine->stats.ticks + n_ticks;
    if (end < n_ticks)
        return plc_fail(error, PLC_INVALID, "ticks: more than 2^64 in all");
    plc_status status = engine->recording ? extend_recordings(engine, end, error) : PLC_OK;
    if (engine->stats.ranks > 1)
        status = plc_ranks_agree(status, error);
    if (status == PLC_OK)
        status = engine->class->run(engine, end, sink, context, error);
    for (size_t i = 0; engine->recording && i < engine->n_recordings; i++)
        engine->recordings[i].n_ticks = engine->stats.ticks;
    return status;
}

const plc_recording *plc_engine_recording(const plc_engine *engine, size_t i)
{
    return engine->recording && i < engine->n_recordings ? &engine->recordings[i] : NULL;
}

plc_recording *plc_engine_find_recording(plc_engine *engine, uint32_t population)
{
    size_t begin = 0, end = engine->n_recordings;
    while (begin < end) {
        size_t middle = begin + (end - begin) / 2;
        if (engine->recordings[middle].population < population)
            begin = middle + 1;
        else
            end = middle;
    }
    bool found = begin < engine->n_recordings && engine->recordings[begin].population == population;
    return found ? &engine->recordings[begin] : NULL;
}

const int32_t *plc_engine_get_gains(const plc_engine *engine)
{
    return engine->class->get_gains ? engine->class->get_gains(engine) : NULL;
}

plc_status plc_engine_get_weights(const plc_engine *engine, plc_weight **ret_weights, size_t *ret_n,
                                  plc_error *error)
{
    return engine->class->get_weights(engine, ret_weights, ret_n, error);
}

plc_engine_stats plc_engine_get_stats(const plc_engine *engine)
{
    return engine->stats;
}

bool plc_engine_get_cost(const plc_engine *engine, plc_engine_cost *ret_cost)
{
    return engine->class->get_cost && engine->class->get_cost(engine, ret_cost);
}

void plc_engine_add_energy(const plc_chip *chip, const plc_engine_stats *stats,
                           plc_engine_cost *cost)
{
    uint32_t n_alive = 0;
    for (uint32_t r = 0; r < chip->width * chip->height; r++)
        n_alive += chip->alive[r];
    cost->energy_neuron = (double)stats->updates * plc_chip_known(chip, PLC_CHIP_ENERGY_NEURON);
    cost->energy_synapse =
        (double)stats->synaptic_events * plc_chip_known(chip, PLC_CHIP_ENERGY_SYNAPSE);
    cost->energy_plastic =
        (double)stats->plastic_events * plc_chip_known(chip, PLC_CHIP_ENERGY_PLASTIC);
    cost->energy_link = (double)cost->hops * plc_chip_known(chip, PLC_CHIP_ENERGY_PACKET);
    cost->energy_router = (double)cost->passes * plc_chip_known(chip, PLC_CHIP_ENERGY_ROUTER);
    cost->energy_idle = cost->seconds * n_alive * plc_chip_known(chip, PLC_CHIP_POWER_IDLE);
}

bool plc_engine_set_watch(plc_engine *engine, const plc_engine_watch *watch)
{
    if (!engine->class->set_watch)
        return false;
    engine->class->set_watch(engine, watch);
    return true;
}

const plc_engine_tally *plc_engine_get_tallies(const plc_engine *engine, plc_engine_place place,
                                               size_t *ret_n)
{
    *ret_n = 0;
    return engine->class->get_tallies ? engine->class->get_tallies(engine, place, ret_n) : NULL;
}

void plc_engine_destroy(plc_engine *engine)
{
    if (!engine)
        return;
    for (size_t i = 0; i < engine->n_recordings; i++)
        free(engine->recordings[i].values);
    free(engine->recordings);
    engine->class->destroy(engine);
}
