/* Declaring networks: populations and projections. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "net/network.h"

#include "base/error.h"
#include "base/memory.h"
#include "hw/neuron/model.h"

#include <math.h>
#include <stdio.h>

plc_status plc_network_create(double tick_ms, uint64_t seed, plc_network **ret_network,
                              plc_error *error)
{
    if (!(tick_ms >= 1e-3 && tick_ms <= 1e6))
        return plc_fail(error, PLC_INVALID, "tick: expected 0.001..1000000 ms, got %g", tick_ms);
    plc_network *network = plc_array(1, sizeof *network);
    if (!network)
        return plc_fail_memory(error, "network");
    network->tick_ms = tick_ms;
    network->seed = seed;
    *ret_network = network;
    return PLC_OK;
}

void plc_connector_finish(plc_connector *connector)
{
    free(connector->sources);
    free(connector->targets);
    free(connector->weights);
    free(connector->delays);
    connector->sources = connector->targets = NULL;
    connector->weights = NULL;
    connector->delays = NULL;
}

void plc_network_destroy(plc_network *network)
{
    if (!network)
        return;
    for (size_t i = 0; i < network->n_populations; i++)
        plc_population_finish(&network->populations[i]);
    for (size_t i = 0; i < network->n_projections; i++) {
        plc_projection *projection = &network->projections[i];
        plc_projection_collapse(projection);
        plc_connector_finish(&projection->connector);
        free(projection->where);
    }
    free(network->populations);
    free(network->projections);
    free(network);
}

static plc_status check_name(const plc_network *network, const char *name, plc_error *error)
{
    size_t length = name ? strlen(name) : 0;
    if (!length || length > 63)
        return plc_fail(error, PLC_INVALID, "name: expected 1..63 characters, got %zu", length);
    for (size_t i = 0; i < length; i++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-", name[i]))
            return plc_fail(error, PLC_INVALID,
                            "name: expected letters, digits, '_', '.' or '-', got \"%s\"", name);
    if (strspn(name, ".") == length)
        return plc_fail(error, PLC_INVALID, "name: expected more than dots, got \"%s\"", name);
    for (size_t i = 0; i < network->n_populations; i++)
        if (!strcmp(network->populations[i].name, name))
            return plc_fail(error, PLC_INVALID, "name: \"%s\" stands twice", name);
    return PLC_OK;
}

static bool is_source(plc_model model)
{
    return model == PLC_SPIKE_SOURCE_ARRAY || model == PLC_SPIKE_SOURCE_POISSON;
}

/* Checks a schedule and fills in its defaults. */
static plc_status set_schedule(const plc_population_spec *spec, plc_schedule *ret_schedule,
                               plc_error *error)
{
    plc_schedule schedule = spec->schedule;
    if (schedule.period == 0)
        schedule.period = 1;
    if (schedule.phase >= schedule.period)
        return plc_fail(error, PLC_INVALID, "phase: expected 0..%u (below the period), got %u",
                        schedule.period - 1, schedule.phase);
    if (schedule.random_blocks > spec->size)
        return plc_fail(error, PLC_INVALID, "random: expected 1..%u blocks, got %u", spec->size,
                        schedule.random_blocks);
    if (schedule.random_blocks && schedule.period != 1)
        return plc_fail(error, PLC_INVALID,
                        "random: a population is due by period or by random, not both");
    if (is_source(spec->model) && (schedule.random_blocks || schedule.period != 1))
        return plc_fail(error, PLC_INVALID,
                        "spike sources are due in every tick; leave out period, phase and random");
    *ret_schedule = schedule;
    return PLC_OK;
}

static const plc_param *find_param(const plc_population_spec *spec, const char *name)
{
    for (size_t i = 0; i < spec->n_params; i++)
        if (!strcmp(spec->params[i].name, name))
            return &spec->params[i];
    return NULL;
}

static plc_status check_value(const plc_param_info *info, double value, plc_error *error)
{
    if (!(value >= info->low && value <= info->high) || (info->whole && value != rint(value)))
        return plc_fail(error, PLC_INVALID, "%s: expected a %snumber in %.10g..%.10g %s, got %.10g",
                        info->name, info->whole ? "whole " : "", info->low, info->high, info->unit,
                        value);
    return PLC_OK;
}

/* Every parameter must be the model's and in range, and shared where the model needs it. */
static plc_status check_params(const plc_population_spec *spec, plc_error *error)
{
    for (size_t i = 0; i < spec->n_params; i++) {
        const plc_param *param = &spec->params[i];
        const plc_param_info *info = NULL;
        char legal[256] = "";
        for (size_t j = 0; (info = plc_model_param(spec->model, j)); j++) {
            if (!strcmp(info->name, param->name))
                break;
            size_t used = strlen(legal);
            snprintf(legal + used, sizeof legal - used, "%s%s", j ? ", " : "", info->name);
        }
        if (!info)
            return plc_fail(error, PLC_INVALID, "params: unknown parameter \"%s\"; %s has %s",
                            param->name, plc_model_name(spec->model), *legal ? legal : "none");
        if (param->values && info->shared)
            return plc_fail(error, PLC_INVALID,
                            "%s: expected one value for all neurons, got a list", info->name);
        for (uint32_t k = 0; k < (param->values ? spec->size : 1); k++) {
            plc_status status =
                check_value(info, param->values ? param->values[k] : param->value, error);
            if (status != PLC_OK)
                return status;
        }
    }
    return PLC_OK;
}

/* Resolves the parameters of each neuron, or of one for all when no parameter is a list. */
static plc_status resolve_params(const plc_network *network, const plc_population_spec *spec,
                                 plc_population *population, plc_error *error)
{
    bool lists = false;
    for (size_t i = 0; i < spec->n_params; i++)
        lists = lists || spec->params[i].values;
    uint32_t n_sets = lists ? spec->size : 1;
    uint32_t n_params = plc_model_n_params(spec->model), n_state = plc_model_n_state(spec->model);
    population->n_param_sets = population->n_state_sets = n_sets;
    population->params = plc_array((size_t)n_sets * n_params, sizeof *population->params);
    population->state = plc_array((size_t)n_sets * n_state, sizeof *population->state);
    if (!population->params || !population->state)
        return plc_fail_memory(error, spec->name);
    double user[PLC_MAX_MODEL_PARAMS];
    for (uint32_t k = 0; k < n_sets; k++) {
        const plc_param_info *info;
        for (size_t j = 0; (info = plc_model_param(spec->model, j)); j++) {
            const plc_param *param = find_param(spec, info->name);
            user[j] = !param ? info->initial : param->values ? param->values[k] : param->value;
        }
        plc_status status = plc_model_resolve(spec->model, user, network->tick_ms,
                                              population->params + (size_t)k * n_params,
                                              population->state + (size_t)k * n_state, error);
        if (status != PLC_OK)
            return status;
    }
    size_t set_bytes = n_params * sizeof *population->params;
    uint32_t equal = 1;
    while (equal < n_sets &&
           !memcmp(population->params, population->params + (size_t)equal * n_params, set_bytes))
        equal++;
    if (equal == n_sets)
        population->n_param_sets = 1;
    return PLC_OK;
}

static int compare_ticks(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* Copies the stimulus, sorted and without repeats. */
static plc_status set_spikes(const plc_population_spec *spec, plc_population *population,
                             plc_error *error)
{
    if (spec->model != PLC_SPIKE_SOURCE_ARRAY)
        return spec->spike_offsets ? plc_fail(error, PLC_INVALID,
                                              "spikes: only a spike_source_array has them, not %s",
                                              plc_model_name(spec->model))
                                   : PLC_OK;
    uint64_t n = spec->spike_offsets ? spec->spike_offsets[spec->size] : 0;
    population->spike_offsets =
        plc_array((size_t)spec->size + 1, sizeof *population->spike_offsets);
    population->spike_ticks = plc_array(n, sizeof *population->spike_ticks);
    if (!population->spike_offsets || !population->spike_ticks)
        return plc_fail_memory(error, spec->name);
    uint64_t kept = 0;
    for (uint32_t i = 0; n && i < spec->size; i++) {
        uint64_t begin = kept, count = spec->spike_offsets[i + 1] - spec->spike_offsets[i];
        uint32_t *ticks = population->spike_ticks + begin;
        memmove(ticks, spec->spike_ticks + spec->spike_offsets[i], count * sizeof *ticks);
        qsort(ticks, count, sizeof *ticks, compare_ticks);
        for (uint64_t j = 0; j < count; j++)
            if (j == 0 || ticks[j] != population->spike_ticks[kept - 1])
                population->spike_ticks[kept++] = ticks[j];
        population->spike_offsets[i + 1] = kept;
    }
    return PLC_OK;
}

plc_status plc_network_add_population(plc_network *network, const plc_population_spec *spec,
                                      uint32_t *ret_population, plc_error *error)
{
    plc_population population = {.size = spec->size,
                                 .model = spec->model,
                                 .record_spikes = spec->record_spikes,
                                 .record_v = spec->record_v};
    if (spec->size < 1 || spec->size > INT32_MAX)
        return plc_fail(error, PLC_INVALID, "size: expected 1..%d neurons, got %u", INT32_MAX,
                        spec->size);
    if (network->n_populations >= PLC_MAX_POPULATIONS)
        return plc_fail(error, PLC_INVALID, "more than %d populations", PLC_MAX_POPULATIONS);
    if (spec->record_v && !plc_model_n_state(spec->model))
        return plc_fail(error, PLC_INVALID, "record: %s has no potential v",
                        plc_model_name(spec->model));
    plc_status status = check_name(network, spec->name, error);
    if (status == PLC_OK)
        status = set_schedule(spec, &population.schedule, error);
    if (status == PLC_OK)
        status = check_params(spec, error);
    if (status == PLC_OK)
        status = resolve_params(network, spec, &population, error);
    if (status == PLC_OK)
        status = set_spikes(spec, &population, error);
    if (status == PLC_OK &&
        (!(population.name = plc_string_copy(spec->name)) ||
         !plc_array_reserve(&network->populations, &network->populations_capacity,
                            network->n_populations + 1, sizeof *network->populations)))
        status = plc_fail_memory(error, spec->name);
    if (status != PLC_OK) {
        plc_population_finish(&population);
        return status;
    }
    network->resolved = false;
    if (ret_population)
        *ret_population = (uint32_t)network->n_populations;
    network->populations[network->n_populations++] = population;
    return PLC_OK;
}

plc_status plc_network_take_projection(plc_network *network, plc_projection *projection,
                                       const char *where, plc_error *error)
{
    char number[64];
    if (!where) {
        snprintf(number, sizeof number, "projections[%zu]", network->n_projections);
        where = number;
    }
    plc_status status = PLC_OK;
    plc_model source = network->populations[projection->source].model;
    plc_model target = network->populations[projection->target].model;
    if (plc_model_has_polarity(source) && !plc_model_is_signed(target))
        status = plc_fail(error, PLC_INVALID,
                          "%s: an OFF spike of %s negates weights, and those of %s have no sign",
                          where, plc_model_name(source), plc_model_name(target));
    else if (network->n_projections >= PLC_MAX_POPULATIONS)
        status = plc_fail(error, PLC_INVALID, "%s: more than %d projections", where,
                          PLC_MAX_POPULATIONS);
    else if (!(projection->where = plc_string_copy(where)) ||
             !plc_array_reserve(&network->projections, &network->projections_capacity,
                                network->n_projections + 1, sizeof *network->projections))
        status = plc_fail_memory(error, where);
    if (status != PLC_OK) {
        plc_connector_finish(&projection->connector);
        free(projection->where);
        return status;
    }
    network->resolved = false;
    network->projections[network->n_projections++] = *projection;
    return PLC_OK;
}

static plc_status find_receptor(plc_model model, const char *name, uint8_t *ret_receptor,
                                plc_error *error)
{
    uint32_t n = plc_model_n_receptors(model);
    if (n == 0)
        return plc_fail(error, PLC_INVALID, "%s receives no spikes", plc_model_name(model));
    for (uint32_t i = 0; i < n; i++) {
        if (!name || !strcmp(name, plc_model_receptor_name(model, i))) {
            *ret_receptor = (uint8_t)i;
            return PLC_OK;
        }
    }
    return plc_fail(error, PLC_INVALID, "receptor: expected %s%s%s, got \"%s\"",
                    plc_model_receptor_name(model, 0), n > 1 ? " or " : "",
                    n > 1 ? plc_model_receptor_name(model, 1) : "", name);
}

static plc_status copy_list(const plc_network *network, const plc_projection *projection,
                            const plc_synapse_list *list, plc_connector *connector,
                            plc_error *error)
{
    uint32_t n_sources = network->populations[projection->source].size;
    uint32_t n_targets = network->populations[projection->target].size;
    *connector = (plc_connector){.kind = PLC_FROM_LIST, .n = list->n, .allow_self = true};
    connector->sources = plc_array_copy(list->sources, list->n, sizeof *list->sources);
    connector->targets = plc_array_copy(list->targets, list->n, sizeof *list->targets);
    connector->weights =
        list->weights ? plc_array_copy(list->weights, list->n, sizeof *list->weights) : NULL;
    connector->delays = list->delays ? plc_array(list->n, sizeof *connector->delays) : NULL;
    if (!connector->sources || !connector->targets || (list->weights && !connector->weights) ||
        (list->delays && !connector->delays))
        return plc_fail_memory(error, "synapse list");
    for (size_t i = 0; i < list->n; i++) {
        uint32_t delay = list->delays ? list->delays[i] : list->delay;
        if (list->sources[i] >= n_sources || list->targets[i] >= n_targets)
            return plc_fail(error, PLC_INVALID, "synapse %zu: %u -> %u is outside 0..%u -> 0..%u",
                            i, list->sources[i], list->targets[i], n_sources - 1, n_targets - 1);
        if (delay < 1 || delay > PLC_DELAY_MAX)
            return plc_fail(error, PLC_INVALID, "synapse %zu: delay: expected 1..%d ticks, got %u",
                            i, PLC_DELAY_MAX, delay);
        if (connector->delays)
            connector->delays[i] = (uint8_t)delay;
    }
    return PLC_OK;
}

plc_status plc_network_add_projection(plc_network *network, uint32_t source, uint32_t target,
                                      const char *receptor, const plc_synapse_list *list,
                                      plc_error *error)
{
    if (source >= network->n_populations || target >= network->n_populations)
        return plc_fail(error, PLC_INVALID, "projection: expected populations 0..%zu, got %u -> %u",
                        network->n_populations - 1, source, target);
    plc_projection projection = {.source = source,
                                 .target = target,
                                 .weight = {list->weight, list->weight},
                                 .delay = {list->delay, list->delay}};
    plc_status status =
        find_receptor(network->populations[target].model, receptor, &projection.receptor, error);
    if (status == PLC_OK)
        status = copy_list(network, &projection, list, &projection.connector, error);
    if (status != PLC_OK) {
        plc_connector_finish(&projection.connector);
        return status;
    }
    return plc_network_take_projection(network, &projection, NULL, error);
}

uint32_t plc_network_n_populations(const plc_network *network)
{
    return (uint32_t)network->n_populations;
}

const char *plc_network_population_name(const plc_network *network, uint32_t population)
{
    return network->populations[population].name;
}

uint32_t plc_network_population_size(const plc_network *network, uint32_t population)
{
    return network->populations[population].size;
}

double plc_network_tick_ms(const plc_network *network)
{
    return network->tick_ms;
}

uint64_t plc_network_n_neurons(const plc_network *network)
{
    uint64_t n = 0;
    for (size_t i = 0; i < network->n_populations; i++)
        n += network->populations[i].size;
    return n;
}

uint64_t plc_network_n_synapses(const plc_network *network)
{
    double n = 0;
    for (size_t i = 0; i < network->n_projections; i++)
        n += plc_projection_expected(network, &network->projections[i]);
    return (uint64_t)rint(n);
}

const char *plc_network_rounding_note(const plc_network *network)
{
    return network->rounding_note[0] ? network->rounding_note : NULL;
}
