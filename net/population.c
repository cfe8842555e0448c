/* Declaring populations: names, schedules, parameters and stimuli. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "net/network.h"

#include "base/error.h"
#include "base/memory.h"
#include "hw/neuron/model.h"

#include <math.h>
#include <stdio.h>

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
    if (plc_names_find(&network->names, name, length) != PLC_NO_NAME)
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

/* Whether the offsets begin at 0 and never fall, and there are ticks for them. */
static plc_status check_spikes(const plc_population_spec *spec, plc_error *error)
{
    const uint64_t *offsets = spec->spike_offsets;
    if (!offsets)
        return PLC_OK;
    if (spec->model != PLC_SPIKE_SOURCE_ARRAY)
        return plc_fail(error, PLC_INVALID, "spikes: only a spike_source_array has them, not %s",
                        plc_model_name(spec->model));
    if (offsets[0] != 0)
        return plc_fail(error, PLC_INVALID, "spike_offsets[0]: expected 0, got %llu",
                        (unsigned long long)offsets[0]);
    for (uint32_t i = 0; i < spec->size; i++)
        if (offsets[i + 1] < offsets[i])
            return plc_fail(error, PLC_INVALID,
                            "spike_offsets[%u]: expected at least %llu, got %llu", i + 1,
                            (unsigned long long)offsets[i], (unsigned long long)offsets[i + 1]);
    if (offsets[spec->size] && !spec->spike_ticks)
        return plc_fail(error, PLC_INVALID, "spike_ticks: missing");
    return PLC_OK;
}

/* Copies the stimulus, sorted and without repeats. */
static plc_status set_spikes(const plc_population_spec *spec, plc_population *population,
                             plc_error *error)
{
    if (spec->model != PLC_SPIKE_SOURCE_ARRAY)
        return PLC_OK;
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

/* What can be said of a population before anything is allocated. */
static plc_status check_spec(const plc_network *network, const plc_population_spec *spec,
                             plc_error *error)
{
    if ((unsigned)spec->model >= PLC_N_MODELS)
        return plc_fail(error, PLC_INVALID, "model: expected 0..%d, got %u", PLC_N_MODELS - 1,
                        (unsigned)spec->model);
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
        status = plc_network_check_neurons(network, spec, NULL, error);
    if (status == PLC_OK)
        status = check_params(spec, error);
    return status == PLC_OK ? check_spikes(spec, error) : status;
}

/* Keeps the biases of an onoff population: resolving puts its fields on top of them. */
static bool keep_state(const plc_population *population, plc_declared_state *ret_declared)
{
    size_t n = (size_t)population->n_state_sets * plc_model_n_state(population->model);
    if (population->model != PLC_ONOFF)
        return true;
    ret_declared->n_sets = population->n_state_sets;
    ret_declared->words = plc_array_copy(population->state, n, sizeof *population->state);
    return ret_declared->words;
}

static bool reserve_population(plc_network *network)
{
    size_t n = network->n_populations + 1;
    return plc_array_reserve(&network->populations, &network->populations_capacity, n,
                             sizeof *network->populations) &&
           plc_array_reserve(&network->declared, &network->declared_capacity, n,
                             sizeof *network->declared) &&
           plc_names_reserve(&network->names);
}

plc_status plc_network_add_population(plc_network *network, const plc_population_spec *spec,
                                      uint32_t *ret_population, plc_error *error)
{
    plc_population population = {.size = spec->size,
                                 .model = spec->model,
                                 .record_spikes = spec->record_spikes,
                                 .record_v = spec->record_v};
    plc_declared_state declared = {0};
    double bytes = 0;
    plc_status status = check_spec(network, spec, error);
    if (status == PLC_OK)
        status = set_schedule(spec, &population.schedule, error);
    if (status == PLC_OK)
        status = resolve_params(network, spec, &population, error);
    if (status == PLC_OK)
        status = set_spikes(spec, &population, error);
    if (status == PLC_OK && (!(population.name = plc_string_copy(spec->name)) ||
                             !keep_state(&population, &declared) || !reserve_population(network)))
        status = plc_fail_memory(error, spec->name);
    if (status != PLC_OK) {
        plc_population_finish(&population);
        free(declared.words);
        return status;
    }
    plc_network_check_neurons(network, spec, &bytes, NULL);
    network->neuron_bytes += bytes;
    network->resolved = false;
    if (ret_population)
        *ret_population = (uint32_t)network->n_populations;
    plc_names_add(&network->names, population.name);
    network->declared[network->n_populations] = declared;
    network->populations[network->n_populations++] = population;
    return PLC_OK;
}
