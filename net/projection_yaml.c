/* Reading the projections of a network file. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "net/network_yaml.h"

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "hw/neuron/model.h"

#include <stdio.h>

static plc_status read_population_name(plc_network_reader *r, plc_yaml_node node, const char *key,
                                       uint32_t *ret_population)
{
    plc_yaml_node value;
    const char *name = NULL;
    plc_status status = plc_yaml_require(node, key, &value, r->error);
    if (status == PLC_OK)
        status = plc_yaml_string(value, key, &name, r->error);
    if (status != PLC_OK)
        return status;
    uint32_t population = plc_names_find(&r->network->names, name, strlen(name));
    if (population == PLC_NO_NAME)
        return plc_yaml_fail(value, r->error, "%s: no population \"%s\"", key, name);
    *ret_population = population;
    return PLC_OK;
}

/* Reads a CSV file that stands beside the network file. */
static plc_status read_edge_file(plc_network_reader *r, plc_yaml_node node,
                                 const plc_projection *projection, plc_connector *ret_connector)
{
    const char *file;
    plc_bytes bytes = {0};
    plc_status status = plc_yaml_string(node, "file", &file, r->error);
    if (status != PLC_OK)
        return status;
    char *path = plc_path_beside(r->folder, file);
    if (!path)
        return plc_fail_memory(r->error, file);
    status = plc_network_at_node(node, "file", plc_bytes_read(path, &bytes, r->error), r->error);
    if (status == PLC_OK)
        status = plc_edges_parse(path, bytes.data, bytes.size,
                                 r->network->populations[projection->source].size,
                                 r->network->populations[projection->target].size,
                                 r->network->tick_ms, ret_connector, r->error);
    plc_bytes_finish(&bytes);
    free(path);
    return status;
}

static plc_status read_connector(plc_network_reader *r, plc_yaml_node node,
                                 const plc_projection *projection, plc_connector *connector)
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
static plc_status read_range(plc_network_reader *r, plc_yaml_node node, const char *what,
                             double low, double high, plc_range *ret_range)
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

static plc_status read_weight(plc_network_reader *r, plc_yaml_node node, plc_projection *projection)
{
    plc_yaml_node value = plc_yaml_find(node, "weight");
    if (projection->connector.weights) {
        if (plc_yaml_get_kind(value) != PLC_YAML_ABSENT)
            return plc_yaml_fail(value, r->error, "weight: stands both here and in the edge list");
        return PLC_OK;
    }
    plc_status status = plc_yaml_require(node, "weight", &value, r->error);
    return status == PLC_OK ? read_range(r, value, "weight", -PLC_WEIGHT_MAX, PLC_WEIGHT_MAX,
                                         &projection->weight)
                            : status;
}

/* A delay in ms, or one tick. */
static plc_status read_delay(plc_network_reader *r, plc_yaml_node node, plc_projection *projection)
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

static plc_status read_receptor(plc_network_reader *r, plc_yaml_node node,
                                plc_projection *projection)
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

static plc_status read_plasticity(plc_network_reader *r, plc_yaml_node node,
                                  plc_projection *projection)
{
    static const char *const rules[] = {"stdp_pair_additive", NULL};
    static const char *const histories[] = {"16", "unbounded", "flush", NULL};
    static const char *const keys[] = {"rule",  "a_plus", "a_minus", "tau_plus", "tau_minus",
                                       "w_min", "w_max",  "history", "gated",    NULL};
    plc_stdp *stdp = &projection->stdp;
    const struct {
        const char *key;
        double low, high, *target;
    } rows[] = {
        {"a_plus", 0, 65535, &stdp->a_plus},      {"a_minus", 0, 65535, &stdp->a_minus},
        {"tau_plus", 1e-3, 1e6, &stdp->tau_plus}, {"tau_minus", 1e-3, 1e6, &stdp->tau_minus},
        {"w_min", 0, 65535, &stdp->w_min},        {"w_max", 0, 65535, &stdp->w_max}};
    plc_yaml_node value;
    unsigned choice = 0;
    plc_status status = plc_yaml_expect(node, "plasticity", PLC_YAML_MAPPING, r->error);
    if (status == PLC_OK)
        status = plc_yaml_expect_keys(node, "plasticity", keys, r->error);
    if (status == PLC_OK)
        status = plc_yaml_require(node, "rule", &value, r->error);
    if (status == PLC_OK)
        status = plc_yaml_choice(value, "plasticity: rule", rules, &choice, r->error);
    for (size_t i = 0; status == PLC_OK && i < sizeof rows / sizeof *rows; i++)
        if ((status = plc_yaml_require(node, rows[i].key, &value, r->error)) == PLC_OK)
            status = plc_yaml_real(value, rows[i].key, rows[i].low, rows[i].high, rows[i].target,
                                   r->error);
    value = plc_yaml_find(node, "history");
    if (status == PLC_OK && plc_yaml_get_kind(value) != PLC_YAML_ABSENT)
        status = plc_yaml_choice(value, "plasticity: history", histories, &choice, r->error);
    stdp->history = (plc_stdp_history)choice;
    value = plc_yaml_find(node, "gated");
    if (status == PLC_OK && plc_yaml_get_kind(value) != PLC_YAML_ABSENT)
        status = plc_yaml_bool(value, "plasticity: gated", &stdp->gated, r->error);
    projection->plastic = true;
    if (status == PLC_OK && r->network->populations[projection->target].model != PLC_LIF_CURR_EXP)
        status = plc_yaml_fail(node, r->error,
                               "plasticity: %s is a %s; plastic synapses end on lif_curr_exp",
                               r->network->populations[projection->target].name,
                               plc_model_name(r->network->populations[projection->target].model));
    return status;
}

plc_status plc_projection_read(plc_network_reader *r, plc_yaml_node node, const char *name,
                               size_t index)
{
    static const char *const keys[] = {"from",  "to",       "connector",  "weight",
                                       "delay", "receptor", "plasticity", NULL};
    char what[48], where[256];
    plc_projection projection = {0};
    plc_yaml_node connector;
    snprintf(what, sizeof what, "projections[%zu]", index);
    snprintf(where, sizeof where, "%.180s:%llu: %s", name, (unsigned long long)plc_yaml_line(node),
             what);
    plc_status status = plc_yaml_expect(node, what, PLC_YAML_MAPPING, r->error);
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
    if (status == PLC_OK && plc_yaml_get_kind(plc_yaml_find(node, "plasticity")) != PLC_YAML_ABSENT)
        status = read_plasticity(r, plc_yaml_find(node, "plasticity"), &projection);
    if (status == PLC_OK)
        return plc_network_take_projection(r->network, &projection, where, r->error);
    plc_connector_finish(&projection.connector);
    return status;
}
