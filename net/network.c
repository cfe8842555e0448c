/* Networks: their life, projections from lists, and what users may ask. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "net/network.h"

#include "base/error.h"
#include "base/memory.h"
#include "hw/neuron/model.h"
#include "hw/neuron/stdp.h"

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

static void finish_index(plc_projection_index *index)
{
    free(index->offsets);
    free(index->numbers);
    *index = (plc_projection_index){0};
}

/* Sorts the projections by one of their ends. */
static bool make_index(const plc_network *network, bool of_target, plc_projection_index *index)
{
    size_t n = network->n_populations;
    finish_index(index);
    index->offsets = plc_array(n + 2, sizeof *index->offsets);
    index->numbers = plc_array(network->n_projections, sizeof *index->numbers);
    if (!index->offsets || !index->numbers)
        return false;
    uint32_t *ends = index->offsets + 1; /* first the begins, at last the ends of the ranges */
    for (size_t i = 0; i < network->n_projections; i++) {
        const plc_projection *projection = &network->projections[i];
        ends[(of_target ? projection->target : projection->source) + 1]++;
    }
    for (size_t i = 0; i < n; i++)
        ends[i + 1] += ends[i];
    for (size_t i = 0; i < network->n_projections; i++) {
        const plc_projection *projection = &network->projections[i];
        index->numbers[ends[of_target ? projection->target : projection->source]++] = (uint32_t)i;
    }
    return true;
}

plc_status plc_network_index_projections(plc_network *network, plc_error *error)
{
    return make_index(network, false, &network->by_source) &&
                   make_index(network, true, &network->by_target)
               ? PLC_OK
               : plc_fail_memory(error, "projections");
}

void plc_network_destroy(plc_network *network)
{
    if (!network)
        return;
    for (size_t i = 0; i < network->n_populations; i++) {
        plc_population_finish(&network->populations[i]);
        free(network->declared[i].words);
    }
    for (size_t i = 0; i < network->n_projections; i++) {
        plc_projection *projection = &network->projections[i];
        plc_projection_collapse(projection);
        plc_connector_finish(&projection->connector);
        free(projection->where);
    }
    finish_index(&network->by_source);
    finish_index(&network->by_target);
    plc_names_finish(&network->names);
    free(network->populations);
    free(network->declared);
    free(network->projections);
    free(network);
}

const plc_projection *plc_network_find_plastic(const plc_network *network, uint32_t population)
{
    for (size_t i = 0; i < network->n_projections; i++)
        if (network->projections[i].plastic && network->projections[i].target == population)
            return &network->projections[i];
    return NULL;
}

static bool same_stdp(const plc_stdp *a, const plc_stdp *b)
{
    const double differences[] = {a->a_plus - b->a_plus,     a->a_minus - b->a_minus,
                                  a->tau_plus - b->tau_plus, a->tau_minus - b->tau_minus,
                                  a->w_min - b->w_min,       a->w_max - b->w_max};
    for (size_t i = 0; i < sizeof differences / sizeof *differences; i++)
        if (differences[i] < 0 || differences[i] > 0)
            return false;
    return a->history == b->history && a->gated == b->gated;
}

/* Whether a declared weight is one that the plasticity can leave. */
static plc_status check_plastic_weights(const plc_projection *projection, const char *where,
                                        plc_error *error)
{
    const plc_stdp *stdp = &projection->stdp;
    const plc_connector *connector = &projection->connector;
    double low = fabs(projection->weight.low), high = fabs(projection->weight.high);
    for (uint64_t i = 0; connector->weights && i < connector->n; i++) {
        low = i == 0 ? fabs(connector->weights[0]) : fmin(low, fabs(connector->weights[i]));
        high = i == 0 ? low : fmax(high, fabs(connector->weights[i]));
    }
    if (projection->weight.low < 0 && projection->weight.high > 0)
        low = 0;
    if (connector->weights && !connector->n)
        return PLC_OK;
    if (fmin(low, high) >= stdp->w_min && fmax(low, high) <= stdp->w_max)
        return PLC_OK;
    return plc_fail(error, PLC_INVALID,
                    "%s: weight: expected w_min..w_max (%g..%g nA) of its plasticity, got %g",
                    where, stdp->w_min, stdp->w_max,
                    fmin(low, high) < stdp->w_min ? fmin(low, high) : fmax(low, high));
}

static plc_status check_plastic(const plc_network *network, const plc_projection *projection,
                                const char *where, plc_error *error)
{
    const plc_population *target = &network->populations[projection->target];
    const char *name;
    double value;
    const char *legal = plc_stdp_check(&projection->stdp, &name, &value);
    if (legal)
        return plc_fail(error, PLC_INVALID, "%s: plasticity: %s: expected %s, got %g", where, name,
                        legal, value);
    if (target->model != PLC_LIF_CURR_EXP)
        return plc_fail(error, PLC_INVALID,
                        "%s: plasticity: %s is a %s; plastic synapses end on lif_curr_exp", where,
                        target->name, plc_model_name(target->model));
    const plc_projection *other = plc_network_find_plastic(network, projection->target);
    if (other && !same_stdp(&other->stdp, &projection->stdp))
        return plc_fail(error, PLC_INVALID,
                        "%s: plasticity: differs from that of %s; expected the same for all onto "
                        "population %s",
                        where, other->where, target->name);
    return check_plastic_weights(projection, where, error);
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
    else if (projection->plastic)
        status = check_plastic(network, projection, where, error);
    if (status == PLC_OK && network->n_projections >= PLC_MAX_POPULATIONS)
        status = plc_fail(error, PLC_INVALID, "%s: more than %d projections", where,
                          PLC_MAX_POPULATIONS);
    if (status == PLC_OK &&
        (!(projection->where = plc_string_copy(where)) ||
         !plc_array_reserve(&network->projections, &network->projections_capacity,
                            network->n_projections + 1, sizeof *network->projections)))
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

/* Checks synapse i of a list, whether its weight and delay are its own or shared. */
static plc_status check_synapse(const plc_synapse_list *list, size_t i, uint32_t n_sources,
                                uint32_t n_targets, plc_error *error)
{
    uint32_t delay = list->delays ? list->delays[i] : list->delay;
    double weight = list->weights ? list->weights[i] : list->weight;
    if (list->sources[i] >= n_sources || list->targets[i] >= n_targets)
        return plc_fail(error, PLC_INVALID, "synapse %zu: %u -> %u is outside 0..%u -> 0..%u", i,
                        list->sources[i], list->targets[i], n_sources - 1, n_targets - 1);
    if (delay < 1 || delay > PLC_DELAY_MAX)
        return plc_fail(error, PLC_INVALID, "synapse %zu: delay: expected 1..%d ticks, got %u", i,
                        PLC_DELAY_MAX, delay);
    if (!(fabs(weight) <= PLC_WEIGHT_MAX))
        return plc_fail(error, PLC_INVALID, "synapse %zu: weight: expected %g..%g, got %g", i,
                        -PLC_WEIGHT_MAX, PLC_WEIGHT_MAX, weight);
    return PLC_OK;
}

static plc_status copy_list(const plc_network *network, const plc_projection *projection,
                            const plc_synapse_list *list, plc_connector *connector,
                            plc_error *error)
{
    uint32_t n_sources = network->populations[projection->source].size;
    uint32_t n_targets = network->populations[projection->target].size;
    for (size_t i = 0; i < list->n; i++) {
        plc_status status = check_synapse(list, i, n_sources, n_targets, error);
        if (status != PLC_OK)
            return status;
    }
    *connector = (plc_connector){.kind = PLC_FROM_LIST, .n = list->n, .allow_self = true};
    connector->sources = plc_array_copy(list->sources, list->n, sizeof *list->sources);
    connector->targets = plc_array_copy(list->targets, list->n, sizeof *list->targets);
    connector->weights =
        list->weights ? plc_array_copy(list->weights, list->n, sizeof *list->weights) : NULL;
    connector->delays = list->delays ? plc_array(list->n, sizeof *connector->delays) : NULL;
    if (!connector->sources || !connector->targets || (list->weights && !connector->weights) ||
        (list->delays && !connector->delays))
        return plc_fail_memory(error, "synapse list");
    for (size_t i = 0; connector->delays && i < list->n; i++)
        connector->delays[i] = (uint8_t)list->delays[i];
    return PLC_OK;
}

static plc_status add_projection(plc_network *network, uint32_t source, uint32_t target,
                                 const char *receptor, const plc_synapse_list *list,
                                 const plc_stdp *plasticity, plc_error *error)
{
    if (source >= network->n_populations || target >= network->n_populations)
        return plc_fail(error, PLC_INVALID,
                        "projection: expected populations below %zu, got %u -> %u",
                        network->n_populations, source, target);
    plc_projection projection = {
        .source = source, .target = target, .delay = {1, 1}, .plastic = plasticity};
    if (plasticity)
        projection.stdp = *plasticity;
    if (list->n && !list->weights)
        projection.weight = (plc_range){list->weight, list->weight};
    if (list->n && !list->delays)
        projection.delay = (plc_range){list->delay, list->delay};
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

plc_status plc_network_add_projection(plc_network *network, uint32_t source, uint32_t target,
                                      const char *receptor, const plc_synapse_list *list,
                                      plc_error *error)
{
    return add_projection(network, source, target, receptor, list, NULL, error);
}

plc_status plc_network_add_plastic(plc_network *network, uint32_t source, uint32_t target,
                                   const char *receptor, const plc_synapse_list *list,
                                   const plc_stdp *plasticity, plc_error *error)
{
    return add_projection(network, source, target, receptor, list, plasticity, error);
}

plc_status plc_network_set_input_max(plc_network *network, uint32_t population, double excitatory,
                                     double inhibitory, plc_error *error)
{
    if (population >= network->n_populations ||
        network->populations[population].model != PLC_LIF_CURR_EXP)
        return plc_fail(error, PLC_INVALID, "input_max: expected a lif_curr_exp population");
    if (!(excitatory >= 0 && excitatory <= 16383 && inhibitory >= 0 && inhibitory <= 16383))
        return plc_fail(error, PLC_INVALID, "input_max: expected 0..16383 nA, got %g and %g",
                        excitatory, inhibitory);
    network->declared[population].input_max[0] = excitatory;
    network->declared[population].input_max[1] = inhibitory;
    network->resolved = false;
    return PLC_OK;
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
