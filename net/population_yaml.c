/* Reading the populations of a network file. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "net/network_yaml.h"

#include "base/error.h"
#include "base/memory.h"
#include "hw/neuron/model.h"

#include <math.h>
#include <stdio.h>

static plc_status read_param_values(plc_network_reader *r, plc_yaml_node node, const char *what,
                                    uint32_t size, double **ret_values)
{
    if (plc_yaml_length(node) != size)
        return plc_yaml_fail(node, r->error, "%s: expected one value or a list of %u, got %zu",
                             what, size, plc_yaml_length(node));
    double *values = plc_array(size, sizeof *values);
    if (!values)
        return plc_fail_memory(r->error, what);
    plc_status status = PLC_OK;
    for (uint32_t i = 0; status == PLC_OK && i < size; i++)
        status = plc_yaml_real(plc_yaml_item(node, i), what, -1e15, 1e15, &values[i], r->error);
    if (status == PLC_OK)
        *ret_values = values;
    else
        free(values);
    return status;
}

/* Reads `params` into params [PLC_MAX_MODEL_PARAMS]; lists in them are the caller's to free, also
 * on failure. */
static plc_status read_params(plc_network_reader *r, plc_yaml_node node, plc_model model,
                              uint32_t size, plc_param *params, size_t *ret_n)
{
    const char *legal[PLC_MAX_MODEL_PARAMS + 1] = {NULL};
    const plc_param_info *info;
    for (size_t i = 0; (info = plc_model_param(model, i)); i++)
        legal[i] = info->name;
    if (plc_yaml_get_kind(node) == PLC_YAML_ABSENT)
        return PLC_OK;
    plc_status status = plc_yaml_expect_keys(node, "params", legal, r->error);
    for (size_t i = 0; status == PLC_OK && i < plc_yaml_length(node); i++) {
        plc_yaml_node key, value;
        plc_param *param = &params[*ret_n];
        plc_yaml_pair(node, i, &key, &value);
        status = plc_yaml_string(key, "params", &param->name, r->error);
        if (status != PLC_OK)
            break;
        ++*ret_n;
        if (plc_yaml_get_kind(value) == PLC_YAML_SEQUENCE) {
            double *values = NULL;
            status = read_param_values(r, value, param->name, size, &values);
            param->values = values;
        } else {
            status = plc_yaml_real(value, param->name, -1e15, 1e15, &param->value, r->error);
        }
    }
    return status;
}

static plc_status read_tick(plc_network_reader *r, plc_yaml_node node, uint32_t *ret_tick)
{
    double ms;
    double last = 4294967294.0 * r->network->tick_ms;
    plc_status status = plc_yaml_real(node, "spikes", 0, last, &ms, r->error);
    if (status == PLC_OK)
        *ret_tick = (uint32_t)rint(ms / r->network->tick_ms);
    return status;
}

/* Counts, then fills, the spikes {neuron: [ms, ...]}. */
static plc_status read_spikes(plc_network_reader *r, plc_yaml_node node, uint32_t size,
                              uint64_t **ret_offsets, uint32_t **ret_ticks)
{
    uint64_t *offsets = plc_array((size_t)size + 1, sizeof *offsets);
    uint32_t *ticks = NULL;
    plc_status status = offsets ? plc_yaml_expect(node, "spikes", PLC_YAML_MAPPING, r->error)
                                : plc_fail_memory(r->error, "spikes");
    for (size_t i = 0; status == PLC_OK && i < plc_yaml_length(node); i++) {
        plc_yaml_node key, list;
        int64_t neuron;
        plc_yaml_pair(node, i, &key, &list);
        status = plc_yaml_int(key, "spikes: neuron", 0, (int64_t)size - 1, &neuron, r->error);
        if (status == PLC_OK)
            status = plc_yaml_expect(list, "spikes", PLC_YAML_SEQUENCE, r->error);
        if (status == PLC_OK && offsets[neuron + 1])
            status =
                plc_yaml_fail(key, r->error, "spikes: neuron %lld stands twice", (long long)neuron);
        if (status == PLC_OK)
            offsets[neuron + 1] = plc_yaml_length(list);
    }
    for (uint32_t i = 0; status == PLC_OK && i < size; i++)
        offsets[i + 1] += offsets[i];
    if (status == PLC_OK && !(ticks = plc_array(offsets[size], sizeof *ticks)))
        status = plc_fail_memory(r->error, "spikes");
    for (size_t i = 0; status == PLC_OK && i < plc_yaml_length(node); i++) {
        plc_yaml_node key, list;
        int64_t neuron;
        plc_yaml_pair(node, i, &key, &list);
        status = plc_yaml_int(key, "spikes: neuron", 0, (int64_t)size - 1, &neuron, r->error);
        for (size_t j = 0; status == PLC_OK && j < plc_yaml_length(list); j++)
            status = read_tick(r, plc_yaml_item(list, j), &ticks[offsets[neuron] + j]);
    }
    *ret_offsets = offsets;
    *ret_ticks = ticks;
    return status;
}

static plc_status read_schedule(plc_network_reader *r, plc_yaml_node node, uint32_t size,
                                plc_schedule *ret_schedule)
{
    static const struct {
        const char *key;
        int64_t low;
        size_t offset;
    } fields[] = {
        {"period", 1, offsetof(plc_schedule, period)},
        {"phase", 0, offsetof(plc_schedule, phase)},
        {"random", 1, offsetof(plc_schedule, random_blocks)},
    };
    for (size_t i = 0; i < 3; i++) {
        plc_yaml_node value = plc_yaml_find(node, fields[i].key);
        int64_t number;
        if (plc_yaml_get_kind(value) == PLC_YAML_ABSENT)
            continue;
        plc_status status = plc_yaml_int(value, fields[i].key, fields[i].low,
                                         i == 2 ? size : UINT32_MAX, &number, r->error);
        if (status != PLC_OK)
            return status;
        uint32_t word = (uint32_t)number;
        memcpy((char *)ret_schedule + fields[i].offset, &word, sizeof word);
    }
    return PLC_OK;
}

/* The parts of a population that every model has. */
static plc_status read_population_head(plc_network_reader *r, plc_yaml_node node, const char *what,
                                       plc_population_spec *spec)
{
    static const char *const keys[] = {"name",  "size",   "model",  "params", "period",
                                       "phase", "random", "spikes", NULL};
    plc_yaml_node name, size, model;
    int64_t n = 0;
    unsigned choice = 0;
    plc_status status = plc_yaml_expect_keys(node, what, keys, r->error);
    if (status == PLC_OK)
        status = plc_yaml_require(node, "name", &name, r->error);
    if (status == PLC_OK)
        status = plc_yaml_string(name, "name", &spec->name, r->error);
    if (status == PLC_OK)
        status = plc_yaml_require(node, "size", &size, r->error);
    if (status == PLC_OK)
        status = plc_yaml_int(size, "size", 1, INT32_MAX, &n, r->error);
    if (status == PLC_OK)
        status = plc_yaml_require(node, "model", &model, r->error);
    if (status == PLC_OK)
        status = plc_yaml_choice(model, "model", plc_model_names, &choice, r->error);
    if (status == PLC_OK) {
        spec->size = (uint32_t)n;
        spec->model = (plc_model)choice;
        status = read_schedule(r, node, spec->size, &spec->schedule);
    }
    return status;
}

plc_status plc_population_read(plc_network_reader *r, plc_yaml_node node, size_t index)
{
    char what[48];
    plc_population_spec spec = {0};
    plc_param params[PLC_MAX_MODEL_PARAMS] = {0};
    uint64_t *offsets = NULL;
    uint32_t *ticks = NULL;
    plc_yaml_node spikes = plc_yaml_find(node, "spikes");
    snprintf(what, sizeof what, "populations[%zu]", index);
    plc_status status = read_population_head(r, node, what, &spec);
    if (status == PLC_OK)
        status = read_params(r, plc_yaml_find(node, "params"), spec.model, spec.size, params,
                             &spec.n_params);
    spec.params = params;
    if (status == PLC_OK)
        status = plc_network_at_node(
            node, what, plc_network_check_neurons(r->network, &spec, NULL, r->error), r->error);
    if (status == PLC_OK && plc_yaml_get_kind(spikes) != PLC_YAML_ABSENT)
        status = read_spikes(r, spikes, spec.size, &offsets, &ticks);
    if (status == PLC_OK) {
        plc_record_set_flags(&r->record, &spec);
        spec.spike_offsets = offsets;
        spec.spike_ticks = ticks;
        status = plc_network_at_node(
            node, what, plc_network_add_population(r->network, &spec, NULL, r->error), r->error);
    }
    for (size_t i = 0; i < spec.n_params; i++)
        free((void *)(uintptr_t)params[i].values);
    free(offsets);
    free(ticks);
    return status;
}
