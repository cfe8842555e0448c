/* Reading network files: YAML with PyNN's words, and a position in every error. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "net/network.h"

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/yaml.h"
#include "hw/neuron/model.h"

#include <math.h>
#include <stdio.h>

/* What the parts of one reading share. */
typedef struct reader {
    const char *folder; /* a path in the folder of CSV files, or NULL */
    plc_network *network;
    plc_error *error;
} reader;

/* Puts "file:line: what: " before the message of a call that knows no positions. */
static plc_status at_node(plc_yaml_node node, const char *what, plc_status status, plc_error *error)
{
    if (status == PLC_OK || !error)
        return status;
    plc_error inner = *error;
    plc_yaml_fail(node, error, "%s: %.700s", what, inner.message);
    error->status = status;
    return status;
}

/* ---- populations ---- */

static plc_status read_param_values(reader *r, plc_yaml_node node, const char *what, uint32_t size,
                                    double **ret_values)
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
static plc_status read_params(reader *r, plc_yaml_node node, plc_model model, uint32_t size,
                              plc_param *params, size_t *ret_n)
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

static plc_status read_tick(reader *r, plc_yaml_node node, uint32_t *ret_tick)
{
    double ms;
    double last = 4294967294.0 * r->network->tick_ms;
    plc_status status = plc_yaml_real(node, "spikes", 0, last, &ms, r->error);
    if (status == PLC_OK)
        *ret_tick = (uint32_t)rint(ms / r->network->tick_ms);
    return status;
}

/* Counts, then fills, the spikes {neuron: [ms, ...]}. */
static plc_status read_spikes(reader *r, plc_yaml_node node, uint32_t size, uint64_t **ret_offsets,
                              uint32_t **ret_ticks)
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

static plc_status read_schedule(reader *r, plc_yaml_node node, uint32_t size,
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
static plc_status read_population_head(reader *r, plc_yaml_node node, const char *what,
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

/* Sets the flags that the file's `record` list holds for a population. */
static plc_status read_record_flags(reader *r, plc_yaml_node record, plc_population_spec *spec)
{
    static const char *const names[] = {"spikes", "v", NULL};
    for (size_t i = 0; i < plc_yaml_length(record); i++) {
        plc_yaml_node entry = plc_yaml_item(record, i), what = plc_yaml_find(entry, "what");
        const char *population;
        plc_status status = plc_yaml_string(plc_yaml_find(entry, "population"),
                                            "record: population", &population, r->error);
        if (status != PLC_OK)
            return status;
        if (strcmp(population, spec->name))
            continue;
        bool list = plc_yaml_get_kind(what) == PLC_YAML_SEQUENCE;
        for (size_t j = 0; j < (list ? plc_yaml_length(what) : 1); j++) {
            unsigned choice;
            status = plc_yaml_choice(list ? plc_yaml_item(what, j) : what, "record: what", names,
                                     &choice, r->error);
            if (status != PLC_OK)
                return status;
            spec->record_spikes = spec->record_spikes || choice == 0;
            spec->record_v = spec->record_v || choice == 1;
        }
    }
    return PLC_OK;
}

static plc_status read_population(reader *r, plc_yaml_node node, plc_yaml_node record,
                                  const char *what)
{
    plc_population_spec spec = {0};
    plc_param params[PLC_MAX_MODEL_PARAMS] = {0};
    uint64_t *offsets = NULL;
    uint32_t *ticks = NULL;
    plc_yaml_node spikes = plc_yaml_find(node, "spikes");
    plc_status status = read_population_head(r, node, what, &spec);
    if (status == PLC_OK)
        status = read_params(r, plc_yaml_find(node, "params"), spec.model, spec.size, params,
                             &spec.n_params);
    if (status == PLC_OK && plc_yaml_get_kind(spikes) != PLC_YAML_ABSENT)
        status = read_spikes(r, spikes, spec.size, &offsets, &ticks);
    if (status == PLC_OK)
        status = read_record_flags(r, record, &spec);
    if (status == PLC_OK) {
        spec.params = params;
        spec.spike_offsets = offsets;
        spec.spike_ticks = ticks;
        status = at_node(node, what, plc_network_add_population(r->network, &spec, NULL, r->error),
                         r->error);
    }
    for (size_t i = 0; i < spec.n_params; i++)
        free((void *)(uintptr_t)params[i].values);
    free(offsets);
    free(ticks);
    return status;
}

/* ---- projections ---- */

static plc_status read_population_name(reader *r, plc_yaml_node node, const char *key,
                                       uint32_t *ret_population)
{
    plc_yaml_node value;
    const char *name = NULL;
    plc_status status = plc_yaml_require(node, key, &value, r->error);
    if (status == PLC_OK)
        status = plc_yaml_string(value, key, &name, r->error);
    for (uint32_t i = 0; status == PLC_OK && i < r->network->n_populations; i++) {
        if (!strcmp(r->network->populations[i].name, name)) {
            *ret_population = i;
            return PLC_OK;
        }
    }
    return status != PLC_OK ? status
                            : plc_yaml_fail(value, r->error, "%s: no population \"%s\"", key, name);
}

/* Reads a CSV file that stands beside the network file. */
static plc_status read_edge_file(reader *r, plc_yaml_node node, const plc_projection *projection,
                                 plc_connector *ret_connector)
{
    const char *file;
    plc_bytes bytes = {0};
    plc_status status = plc_yaml_string(node, "file", &file, r->error);
    if (status != PLC_OK)
        return status;
    char *path = plc_path_beside(r->folder, file);
    if (!path)
        return plc_fail_memory(r->error, file);
    status = at_node(node, "file", plc_bytes_read(path, &bytes, r->error), r->error);
    if (status == PLC_OK)
        status = plc_edges_parse(path, bytes.data, bytes.size,
                                 r->network->populations[projection->source].size,
                                 r->network->populations[projection->target].size,
                                 r->network->tick_ms, ret_connector, r->error);
    plc_bytes_finish(&bytes);
    free(path);
    return status;
}

static plc_status read_connector(reader *r, plc_yaml_node node, const plc_projection *projection,
                                 plc_connector *connector)
{
    /* The keys of each connector beside type and allow_self, in the order of plc_connector_names.
     */
    static const char *const keys[][5] = {
        {"type", "allow_self"},
        {"type", "allow_self"},
        {"type", "allow_self", "p"},
        {"type", "allow_self", "n"},
        {"type", "allow_self", "n"},
        {"type", "allow_self", "n"},
        {"type", "file"},
    };
    plc_yaml_node type, value;
    unsigned kind = 0;
    int64_t n;
    plc_status status = plc_yaml_expect(node, "connector", PLC_YAML_MAPPING, r->error);
    if (status == PLC_OK)
        status = plc_yaml_require(node, "type", &type, r->error);
    if (status == PLC_OK)
        status = plc_yaml_choice(type, "connector: type", plc_connector_names, &kind, r->error);
    if (status == PLC_OK)
        status = plc_yaml_expect_keys(node, "connector", keys[kind], r->error);
    if (status != PLC_OK)
        return status;
    *connector = (plc_connector){.kind = (plc_connector_kind)kind, .allow_self = true};
    const char *needed = keys[kind][kind == PLC_FROM_LIST ? 1 : 2];
    if (needed && (status = plc_yaml_require(node, needed, &value, r->error)) != PLC_OK)
        return status;
    if (kind == PLC_FROM_LIST)
        return read_edge_file(r, value, projection, connector);
    if (kind == PLC_FIXED_PROBABILITY)
        status = plc_yaml_real(value, "p", 0, 1, &connector->p, r->error);
    else if (needed &&
             (status = plc_yaml_int(value, needed, 0, INT64_C(1) << 47, &n, r->error)) == PLC_OK)
        connector->n = (uint64_t)n;
    value = plc_yaml_find(node, "allow_self");
    if (status == PLC_OK && plc_yaml_get_kind(value) != PLC_YAML_ABSENT)
        status = plc_yaml_bool(value, "allow_self", &connector->allow_self, r->error);
    return status;
}

/* A number, or {uniform: [low, high]}. */
static plc_status read_range(reader *r, plc_yaml_node node, const char *what, double low,
                             double high, plc_range *ret_range)
{
    static const char *const keys[] = {"uniform", NULL};
    plc_status status;
    if (plc_yaml_get_kind(node) != PLC_YAML_MAPPING) {
        status = plc_yaml_real(node, what, low, high, &ret_range->low, r->error);
        ret_range->high = ret_range->low;
        return status;
    }
    status = plc_yaml_expect_keys(node, what, keys, r->error);
    plc_yaml_node ends = plc_yaml_find(node, "uniform");
    if (status == PLC_OK && plc_yaml_length(ends) != 2)
        status = plc_yaml_fail(node, r->error, "%s: uniform: expected [low, high]", what);
    if (status == PLC_OK)
        status = plc_yaml_real(plc_yaml_item(ends, 0), what, low, high, &ret_range->low, r->error);
    if (status == PLC_OK)
        status = plc_yaml_real(plc_yaml_item(ends, 1), what, ret_range->low, high, &ret_range->high,
                               r->error);
    return status;
}

static plc_status read_weight(reader *r, plc_yaml_node node, plc_projection *projection)
{
    plc_yaml_node value = plc_yaml_find(node, "weight");
    if (projection->connector.weights) {
        if (plc_yaml_get_kind(value) != PLC_YAML_ABSENT)
            return plc_yaml_fail(value, r->error, "weight: stands both here and in the edge list");
        return PLC_OK;
    }
    plc_status status = plc_yaml_require(node, "weight", &value, r->error);
    return status == PLC_OK ? read_range(r, value, "weight", -1e12, 1e12, &projection->weight)
                            : status;
}

/* A delay in ms, or one tick. */
static plc_status read_delay(reader *r, plc_yaml_node node, plc_projection *projection)
{
    plc_yaml_node value = plc_yaml_find(node, "delay");
    double tick_ms = r->network->tick_ms;
    plc_range ms = {tick_ms, tick_ms};
    uint8_t low, high;
    if (plc_yaml_get_kind(value) != PLC_YAML_ABSENT) {
        if (projection->connector.delays)
            return plc_yaml_fail(value, r->error, "delay: stands both here and in the edge list");
        plc_status status = read_range(r, value, "delay", -1e12, 1e12, &ms);
        if (status != PLC_OK)
            return status;
    }
    if (!plc_delay_ticks(ms.low, tick_ms, &low) || !plc_delay_ticks(ms.high, tick_ms, &high))
        return plc_yaml_fail(value, r->error, "delay: expected %g..%g ms (1..%d ticks), got %g",
                             tick_ms, PLC_DELAY_MAX * tick_ms, PLC_DELAY_MAX,
                             ms.low < tick_ms / 2 ? ms.low : ms.high);
    projection->delay = (plc_range){low, high};
    return PLC_OK;
}

static plc_status read_receptor(reader *r, plc_yaml_node node, plc_projection *projection)
{
    const plc_population *target = &r->network->populations[projection->target];
    uint32_t n = plc_model_n_receptors(target->model);
    plc_yaml_node value = plc_yaml_find(node, "receptor");
    const char *names[3] = {NULL};
    unsigned choice = 0;
    plc_status status = PLC_OK;
    if (n == 0)
        return plc_yaml_fail(node, r->error, "to: %s is a %s, which receives no spikes",
                             target->name, plc_model_name(target->model));
    for (uint32_t i = 0; i < n; i++)
        names[i] = plc_model_receptor_name(target->model, i);
    if (plc_yaml_get_kind(value) != PLC_YAML_ABSENT)
        status = plc_yaml_choice(value, "receptor", names, &choice, r->error);
    projection->receptor = (uint8_t)choice;
    return status;
}

static plc_status read_projection(reader *r, plc_yaml_node node, const char *name, size_t index)
{
    static const char *const keys[] = {"from",  "to",       "connector", "weight",
                                       "delay", "receptor", NULL};
    char what[48], where[256];
    plc_projection projection = {0};
    plc_yaml_node connector;
    snprintf(what, sizeof what, "projections[%zu]", index);
    snprintf(where, sizeof where, "%.180s:%llu: %s", name, (unsigned long long)plc_yaml_line(node),
             what);
    plc_status status = plc_yaml_expect(node, what, PLC_YAML_MAPPING, r->error);
    if (status == PLC_OK && plc_yaml_get_kind(plc_yaml_find(node, "plasticity")) != PLC_YAML_ABSENT)
        return plc_yaml_fail(plc_yaml_find(node, "plasticity"), r->error,
                             "plasticity: this version of placode runs static synapses only");
    if (status == PLC_OK)
        status = plc_yaml_expect_keys(node, what, keys, r->error);
    if (status == PLC_OK)
        status = read_population_name(r, node, "from", &projection.source);
    if (status == PLC_OK)
        status = read_population_name(r, node, "to", &projection.target);
    if (status == PLC_OK)
        status = read_receptor(r, node, &projection);
    if (status == PLC_OK)
        status = plc_yaml_require(node, "connector", &connector, r->error);
    if (status == PLC_OK)
        status = read_connector(r, connector, &projection, &projection.connector);
    if (status == PLC_OK)
        status = read_weight(r, node, &projection);
    if (status == PLC_OK)
        status = read_delay(r, node, &projection);
    if (status == PLC_OK)
        return plc_network_take_projection(r->network, &projection, where, r->error);
    plc_connector_finish(&projection.connector);
    return status;
}

/* ---- the file ---- */

/* Checks `record` as a whole; populations pick their flags from it. */
static plc_status check_record(reader *r, plc_yaml_node record, plc_yaml_node populations)
{
    static const char *const keys[] = {"population", "what", NULL};
    if (plc_yaml_get_kind(record) == PLC_YAML_ABSENT)
        return PLC_OK;
    plc_status status = plc_yaml_expect(record, "record", PLC_YAML_SEQUENCE, r->error);
    for (size_t i = 0; status == PLC_OK && i < plc_yaml_length(record); i++) {
        plc_yaml_node entry = plc_yaml_item(record, i), value;
        const char *name, *other = NULL;
        if ((status = plc_yaml_expect_keys(entry, "record", keys, r->error)) != PLC_OK ||
            (status = plc_yaml_require(entry, "what", &value, r->error)) != PLC_OK ||
            (status = plc_yaml_require(entry, "population", &value, r->error)) != PLC_OK ||
            (status = plc_yaml_string(value, "population", &name, r->error)) != PLC_OK)
            return status;
        bool found = false;
        for (size_t j = 0; !found && j < plc_yaml_length(populations); j++)
            found = plc_yaml_string(plc_yaml_find(plc_yaml_item(populations, j), "name"), "name",
                                    &other, NULL) == PLC_OK &&
                    !strcmp(other, name);
        if (!found)
            status = plc_yaml_fail(value, r->error, "record: no population \"%s\"", name);
    }
    return status;
}

static plc_status read_head(plc_yaml_node root, double *ret_tick_ms, plc_error *error)
{
    static const char *const keys[] = {"placode",     "tick",   "populations",
                                       "projections", "record", NULL};
    static const char *const versions[] = {"network/1", NULL};
    plc_yaml_node node;
    unsigned version;
    plc_status status = plc_yaml_expect_keys(root, "network", keys, error);
    if (status == PLC_OK)
        status = plc_yaml_require(root, "placode", &node, error);
    if (status == PLC_OK)
        status = plc_yaml_choice(node, "placode", versions, &version, error);
    node = plc_yaml_find(root, "tick");
    *ret_tick_ms = 1;
    if (status == PLC_OK && plc_yaml_get_kind(node) != PLC_YAML_ABSENT)
        status = plc_yaml_real(node, "tick", 1e-3, 1e6, ret_tick_ms, error);
    return status;
}

static plc_status read_network(reader *r, const char *name, plc_yaml_node root)
{
    plc_yaml_node populations, projections = plc_yaml_find(root, "projections");
    plc_yaml_node record = plc_yaml_find(root, "record");
    plc_status status = plc_yaml_require(root, "populations", &populations, r->error);
    if (status == PLC_OK)
        status = plc_yaml_expect(populations, "populations", PLC_YAML_SEQUENCE, r->error);
    if (status == PLC_OK && plc_yaml_length(populations) == 0)
        status = plc_yaml_fail(populations, r->error, "populations: expected at least one");
    if (status == PLC_OK)
        status = check_record(r, record, populations);
    for (size_t i = 0; status == PLC_OK && i < plc_yaml_length(populations); i++) {
        char what[48];
        snprintf(what, sizeof what, "populations[%zu]", i);
        status = read_population(r, plc_yaml_item(populations, i), record, what);
    }
    if (status == PLC_OK && plc_yaml_get_kind(projections) != PLC_YAML_ABSENT)
        status = plc_yaml_expect(projections, "projections", PLC_YAML_SEQUENCE, r->error);
    for (size_t i = 0; status == PLC_OK && i < plc_yaml_length(projections); i++)
        status = read_projection(r, plc_yaml_item(projections, i), name, i);
    return status;
}

plc_status plc_network_parse(const char *name, const char *folder, const char *text, size_t length,
                             uint64_t seed, plc_network **ret_network, plc_error *error)
{
    plc_yaml *yaml = NULL;
    double tick_ms = 1;
    reader r = {.folder = folder, .error = error};
    plc_status status = plc_yaml_parse(name, text, length, &yaml, error);
    if (status == PLC_OK)
        status = read_head(plc_yaml_root(yaml), &tick_ms, error);
    if (status == PLC_OK)
        status = plc_network_create(tick_ms, seed, &r.network, error);
    if (status == PLC_OK)
        status = read_network(&r, name, plc_yaml_root(yaml));
    plc_yaml_destroy(yaml);
    if (status == PLC_OK)
        *ret_network = r.network;
    else
        plc_network_destroy(r.network);
    return status;
}

plc_status plc_network_read(const char *path, uint64_t seed, plc_network **ret_network,
                            plc_error *error)
{
    plc_bytes bytes = {0};
    plc_status status = plc_bytes_read(path, &bytes, error);
    if (status == PLC_OK)
        status = plc_network_parse(path, path, bytes.data, bytes.size, seed, ret_network, error);
    plc_bytes_finish(&bytes);
    return status;
}
