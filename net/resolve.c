/* Resolving a network: synapses expanded and weights turned into integers. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "net/network.h"

#include "base/error.h"
#include "base/memory.h"
#include "hw/neuron/lif.h"
#include "hw/neuron/model.h"

#include <math.h>
#include <stdio.h>

/* What rounding did to the weights, over the whole network. */
typedef struct rounding {
    double worst;      /* largest relative change of a weight */
    uint64_t n_lost;   /* weights that became 0 */
    const char *where; /* the projection of the worst */
} rounding;

static uint64_t synapses_of(const plc_network *network, const plc_projection *projection)
{
    return projection->offsets[network->populations[projection->source].size];
}

static double real_weight(const plc_projection *projection, uint64_t synapse)
{
    return projection->real_weights ? projection->real_weights[synapse] : projection->weight.low;
}

static plc_status check_connector(const plc_network *network, const plc_projection *projection,
                                  plc_error *error)
{
    const plc_connector *connector = &projection->connector;
    uint32_t n_sources = network->populations[projection->source].size;
    uint32_t n_targets = network->populations[projection->target].size;
    bool skip_self = !connector->allow_self && projection->source == projection->target;
    uint64_t most = connector->kind == PLC_FIXED_NUMBER_PRE ? n_sources : n_targets;
    most -= skip_self;
    switch (connector->kind) {
    case PLC_FIXED_NUMBER_PRE:
    case PLC_FIXED_NUMBER_POST:
        if (connector->n > most)
            return plc_fail(error, PLC_INVALID,
                            "%s: n: expected at most %llu (drawn without replacement), got %llu",
                            projection->where, (unsigned long long)most,
                            (unsigned long long)connector->n);
        break;
    case PLC_FIXED_TOTAL_NUMBER:
        if (skip_self && n_sources == 1)
            return plc_fail(error, PLC_INVALID,
                            "%s: allow_self: a population of one neuron has no other pair",
                            projection->where);
        break;
    default:
        break;
    }
    return PLC_OK;
}

/* The most that a synapse can come to weigh. */
static double heaviest_weight(const plc_projection *projection, uint64_t synapse)
{
    return projection->plastic ? projection->stdp.w_max : fabs(real_weight(projection, synapse));
}

/* Adds the weight of every synapse of a projection to its target's sum. */
static void sum_inputs(const plc_network *network, const plc_projection *projection, double *sums)
{
    uint64_t n = synapses_of(network, projection);
    for (uint64_t k = 0; k < n; k++)
        sums[projection->targets[k]] += heaviest_weight(projection, k);
}

/* The largest summed input of a population's neurons on one receptor. `sums` is scratch [size]. */
static double largest_input(const plc_network *network, uint32_t population, uint8_t receptor,
                            double *sums)
{
    const plc_projection_index *into = &network->by_target;
    uint32_t size = network->populations[population].size;
    memset(sums, 0, size * sizeof *sums);
    for (uint32_t i = into->offsets[population]; i < into->offsets[population + 1]; i++) {
        const plc_projection *projection = &network->projections[into->numbers[i]];
        if (projection->receptor == receptor)
            sum_inputs(network, projection, sums);
    }
    double largest = 0;
    for (uint32_t j = 0; j < size; j++)
        largest = fmax(largest, sums[j]);
    return largest;
}

/* Where the projection with the largest weight into a receptor was declared; there is one. */
static const char *heaviest(const plc_network *network, uint32_t population, uint8_t receptor)
{
    const plc_projection_index *into = &network->by_target;
    const char *where = network->populations[population].name;
    double largest = -1;
    for (uint32_t i = into->offsets[population]; i < into->offsets[population + 1]; i++) {
        const plc_projection *projection = &network->projections[into->numbers[i]];
        uint64_t n = projection->receptor == receptor ? synapses_of(network, projection) : 0;
        for (uint64_t k = 0; k < (projection->real_weights ? n : n > 0); k++) {
            if (heaviest_weight(projection, k) > largest) {
                largest = heaviest_weight(projection, k);
                where = projection->where;
            }
        }
    }
    return where;
}

/* `unit` is the weight that rounds to 1: 2^(shift - 15) nA. */
static plc_status round_lif_weight(const plc_projection *projection, uint64_t synapse,
                                   uint32_t shift, double unit, rounding *r, int32_t *ret_weight,
                                   plc_error *error)
{
    double weight = real_weight(projection, synapse);
    bool excitatory = projection->receptor == 0;
    if (excitatory && weight < 0)
        return plc_fail(error, PLC_INVALID,
                        "%s: weight: expected at least 0 on receptor excitatory, got %g; "
                        "inhibition is receptor: inhibitory",
                        projection->where, weight);
    int64_t rounded = plc_lif_weight(fabs(weight), shift);
    double change = weight != 0 ? fabs((double)rounded * unit / fabs(weight) - 1) : 0;
    r->n_lost += weight != 0 && rounded == 0;
    if (change > r->worst) {
        r->worst = change;
        r->where = projection->where;
    }
    *ret_weight = (int32_t)rounded;
    return PLC_OK;
}

static plc_status round_whole_weight(const plc_projection *projection, uint64_t synapse,
                                     int32_t *ret_weight, plc_error *error)
{
    double weight = real_weight(projection, synapse);
    if (weight != rint(weight) || fabs(weight) > INT32_MAX)
        return plc_fail(error, PLC_INVALID,
                        "%s: weight: expected a whole number of at most 31 bits, got %.10g",
                        projection->where, weight);
    *ret_weight = (int32_t)weight;
    return PLC_OK;
}

/* Turns the weights of a projection into integers; shifts are those of the target's receptors. */
static plc_status round_weights(const plc_network *network, plc_projection *projection,
                                const uint32_t shifts[2], rounding *r, plc_error *error)
{
    bool is_signed = plc_model_is_signed(network->populations[projection->target].model);
    uint64_t n = projection->real_weights ? synapses_of(network, projection) : 1;
    uint32_t shift = shifts[projection->receptor];
    double unit = ldexp(1, (int)shift - 15);
    int32_t *weights = &projection->weight_all;
    if (projection->real_weights &&
        !(weights = projection->weights = plc_array(n, sizeof *weights)))
        return plc_fail_memory(error, projection->where);
    for (uint64_t k = 0; k < n; k++) {
        plc_status status =
            is_signed ? round_whole_weight(projection, k, &weights[k], error)
                      : round_lif_weight(projection, k, shift, unit, r, &weights[k], error);
        if (status != PLC_OK)
            return status;
    }
    free(projection->real_weights);
    projection->real_weights = NULL;
    return PLC_OK;
}

/* The current [nA] at which a receptor settles when the largest input comes in every tick. */
static double settled_current(const plc_lif_params *params, uint8_t receptor, double largest)
{
    double gain = receptor ? params->gain_i : params->gain_e;
    double decay = receptor ? params->decay_i : params->decay_e;
    return largest * gain / (0x1p32 - decay);
}

/* The ring shifts of a lif_curr_exp population, written to its parameters. Currents must stay in
 * S16.15. */
static plc_status set_ring_shifts(plc_network *network, uint32_t index, double *sums,
                                  uint32_t ret_shifts[2], plc_error *error)
{
    plc_population *population = &network->populations[index];
    uint32_t n_words = plc_model_n_params(population->model);
    const double *input_max = network->declared[index].input_max;
    double largest[2];
    for (uint8_t receptor = 0; receptor < 2; receptor++) {
        largest[receptor] = largest_input(network, index, receptor, sums);
        if (input_max[receptor] > 0) /* no more than a full slot comes in */
            largest[receptor] = fmin(largest[receptor], input_max[receptor]);
        ret_shifts[receptor] = plc_lif_ring_shift(largest[receptor]);
    }
    for (uint32_t k = 0; k < population->n_param_sets; k++) {
        int32_t *words = population->params + (size_t)k * n_words;
        plc_lif_params params;
        memcpy(&params, words, sizeof params);
        for (uint8_t receptor = 0; receptor < 2; receptor++)
            if (ret_shifts[receptor] > 14 ||
                settled_current(&params, receptor, largest[receptor]) >= 0x1p16)
                return plc_fail(error, PLC_INVALID,
                                "%s: population %s: %s input: up to %g nA in a tick is more than "
                                "S16.15 currents can hold",
                                heaviest(network, index, receptor), population->name,
                                plc_model_receptor_name(population->model, receptor),
                                largest[receptor]);
        plc_lif_set_ring_shifts(words, ret_shifts[0], ret_shifts[1]);
    }
    return PLC_OK;
}

/* Exact sums must not overflow: fan-in x weight of any neuron stays below 2^30 (twice that is an
 * ON-OFF pair's step). */
static plc_status check_sums(const plc_network *network, uint32_t index, double *sums,
                             plc_error *error)
{
    double largest = largest_input(network, index, 0, sums);
    if (largest < 0x1p30)
        return PLC_OK;
    return plc_fail(error, PLC_INVALID,
                    "%s: population %s: summed weights of a neuron: expected below 2^30, got %.10g",
                    heaviest(network, index, 0), network->populations[index].name, largest);
}

/* The rule of a population's plastic synapses, if it has any. */
static plc_status set_stdp(plc_network *network, uint32_t index, plc_error *error)
{
    plc_population *population = &network->populations[index];
    const plc_projection_index *into = &network->by_target;
    free(population->stdp);
    population->stdp = NULL;
    for (uint32_t i = into->offsets[index]; i < into->offsets[index + 1]; i++) {
        const plc_projection *projection = &network->projections[into->numbers[i]];
        if (!projection->plastic)
            continue;
        if (!(population->stdp = plc_array(1, sizeof *population->stdp)))
            return plc_fail_memory(error, population->name);
        plc_stdp_init(&projection->stdp, network->tick_ms, population->stdp);
        break;
    }
    return PLC_OK;
}

/* Rounds what reaches a population; its projections are expanded. */
static plc_status round_population(plc_network *network, uint32_t index, rounding *r,
                                   plc_error *error)
{
    const plc_population *population = &network->populations[index];
    uint32_t n_receptors = plc_model_n_receptors(population->model);
    if (n_receptors == 0)
        return PLC_OK;
    double *sums = plc_array(population->size, sizeof *sums);
    if (!sums)
        return plc_fail_memory(error, population->name);
    uint32_t shifts[2] = {0, 0};
    plc_status status = population->model == PLC_LIF_CURR_EXP
                            ? set_ring_shifts(network, index, sums, shifts, error)
                            : check_sums(network, index, sums, error);
    free(sums);
    const plc_projection_index *into = &network->by_target;
    for (uint32_t i = into->offsets[index]; status == PLC_OK && i < into->offsets[index + 1]; i++)
        status = round_weights(network, &network->projections[into->numbers[i]], shifts, r, error);
    return status;
}

/* Expands and rounds the projections into a population: so the real weights of only one population
 * are there at a time. */
static plc_status resolve_population(plc_network *network, uint32_t index, rounding *r,
                                     plc_error *error)
{
    const plc_projection_index *into = &network->by_target;
    plc_status status = PLC_OK;
    for (uint32_t i = into->offsets[index]; status == PLC_OK && i < into->offsets[index + 1]; i++)
        status = plc_projection_expand(network, into->numbers[i], error);
    if (status == PLC_OK)
        status = set_stdp(network, index, error);
    return status == PLC_OK ? round_population(network, index, r, error) : status;
}

static void set_note(plc_network *network, const rounding *r)
{
    network->rounding_note[0] = 0;
    if (r->worst > 0.01)
        snprintf(
            network->rounding_note, sizeof network->rounding_note,
            "%.80s: rounding to 16-bit weights changes a weight by up to %.1f %%; %llu became 0",
            r->where, 100 * r->worst, (unsigned long long)r->n_lost);
}

static void collapse_all(plc_network *network)
{
    for (size_t i = 0; i < network->n_projections; i++)
        plc_projection_collapse(&network->projections[i]);
}

/* What can be refused before any synapse is made. */
static plc_status check_declared(const plc_network *network, plc_error *error)
{
    plc_status status = PLC_OK;
    for (size_t i = 0; status == PLC_OK && i < network->n_projections; i++)
        status = check_connector(network, &network->projections[i], error);
    return status == PLC_OK ? plc_network_check_synapses(network, error) : status;
}

plc_status plc_network_resolve(plc_network *network, plc_error *error)
{
    if (network->resolved)
        return PLC_OK;
    rounding r = {0};
    collapse_all(network);
    plc_status status = check_declared(network, error);
    if (status == PLC_OK)
        status = plc_network_index_projections(network, error);
    for (size_t i = 0; status == PLC_OK && i < network->n_populations; i++)
        status = resolve_population(network, (uint32_t)i, &r, error);
    if (status == PLC_OK)
        status = plc_network_set_fields(network, error);
    if (status != PLC_OK) {
        collapse_all(network);
        return status;
    }
    set_note(network, &r);
    network->resolved = true;
    return PLC_OK;
}
