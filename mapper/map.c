/* The mapper's driver: one pass after the other. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/mapping.h"

#include "base/error.h"
#include "base/memory.h"
#include "hw/neuron/model.h"
#include "mapper/key_group.h"
#include "mapper/like.h"
#include "mapper/passes.h"
#include "mapper/placement.h"
#include "mapper/rates.h"
#include "mapper/remedy.h"
#include "mapper/unfit.h"

#include <math.h>
#include <stdio.h>

void plc_mapping_rewind(plc_mapping *mapping)
{
    free(mapping->groups);
    free(mapping->group_slices);
    free(mapping->target_offsets);
    free(mapping->target_cores);
    free(mapping->route_offsets);
    free(mapping->route_entries);
    plc_layout_destroy(mapping->layout);
    if (mapping->like) {
        free(mapping->like->blocks);
        mapping->like->blocks = NULL;
    }
    mapping->groups = NULL;
    mapping->group_slices = NULL;
    mapping->target_offsets = NULL;
    mapping->target_cores = NULL;
    mapping->route_offsets = NULL;
    mapping->route_entries = NULL;
    mapping->layout = NULL;
}

void plc_mapping_finish(plc_mapping *mapping)
{
    plc_mapping_rewind(mapping);
    for (size_t i = 0; mapping->slice_of && i < mapping->network->n_populations; i++)
        free(mapping->slice_of[i]);
    free(mapping->first_neuron);
    free(mapping->slices);
    free(mapping->cores);
    free(mapping->first_slice);
    free(mapping->slice_of);
    free(mapping->consecutive.core_of);
    free(mapping->improved.core_of);
    plc_like_destroy(mapping->like);
    *mapping = (plc_mapping){0};
}

void plc_map_describe_group(const plc_mapping *mapping, const plc_key_group *group, char *buffer,
                            size_t size)
{
    const plc_slice *slice = &mapping->slices[mapping->group_slices[group->slice_begin]];
    snprintf(buffer, size, "population %s, neurons %u..%u",
             mapping->network->populations[slice->population].name, slice->begin, slice->end - 1);
}

double plc_map_rate(const plc_mapping *mapping, uint32_t population, uint32_t neuron)
{
    return mapping->settings.rates ? mapping->settings.rates->of[population][neuron] : 1;
}

bool plc_map_is_large(const plc_mapping *mapping)
{
    static const double synapses_max[PLC_EFFORT_MAX + 1] = {0, 3e6, 2e7, 1e8};
    return (double)plc_network_n_synapses(mapping->network) >
           synapses_max[mapping->settings.effort];
}

/* The synapses of a network not yet resolved, as few as chance may leave: a network has fewer less
 * than once in 10^9 times. Exact where no connector draws their number. Source: Bernstein's
 * inequality, P(n < expected - d) < exp(-d^2 / (2 variance + 2 d / 3)). */
static double count_fewest(const plc_network *network)
{
    double expected = 0, variance = 0;
    for (size_t i = 0; i < network->n_projections; i++) {
        expected += plc_projection_expected(network, &network->projections[i]);
        variance += plc_projection_variance(network, &network->projections[i]);
    }
    double less = variance > 0 ? 7 * sqrt(variance) + 14 : 0;
    return fmax(0, ceil(expected - less));
}

/* Names the fewest populations that have more than `available` neurons, or synapses that reach
 * them, as many as are expected. */
static bool list_needs(const plc_network *network, bool synapses, double available, char *buffer,
                       size_t size)
{
    plc_need *needs = plc_array(network->n_populations, sizeof *needs);
    for (uint32_t i = 0; needs && i < network->n_populations; i++)
        needs[i] = (plc_need){i, synapses ? 0 : network->populations[i].size};
    for (size_t i = 0; needs && synapses && i < network->n_projections; i++)
        needs[network->projections[i].target].amount +=
            plc_projection_expected(network, &network->projections[i]);
    if (needs) {
        plc_needs_sort(needs, network->n_populations);
        plc_needs_list(network->populations, needs,
                       plc_needs_count(needs, network->n_populations, available), buffer, size);
    }
    free(needs);
    return needs != NULL;
}

/* Refuses a network of too many neurons; it takes so many cores. */
static plc_status fail_neurons(const plc_mapping *mapping, double cores, plc_error *error)
{
    const plc_chip *chip = mapping->chip;
    double n_cores = (double)plc_chip_n_cores(chip);
    double most = n_cores * plc_chip_get(chip, PLC_CHIP_NEURONS_PER_CORE);
    char who[384];
    if (!list_needs(mapping->network, false, most, who, sizeof who))
        return plc_fail_memory(error, "populations");
    return plc_fail(error, PLC_DOES_NOT_FIT,
                    "does not fit: neurons: the network has %.0f, chip %s holds %.0f (%.0f cores): "
                    "%s; it takes %.0f cores or more",
                    (double)plc_network_n_neurons(mapping->network), plc_chip_name(chip), most,
                    n_cores, who, cores);
}

/* Refuses a network of n synapses or more; it takes so many cores, unless 0. */
static plc_status fail_synapses(const plc_mapping *mapping, double n, double cores,
                                plc_error *error)
{
    const plc_network *network = mapping->network;
    const plc_chip *chip = mapping->chip;
    double n_cores = (double)plc_chip_n_cores(chip);
    double word = plc_chip_get(chip, PLC_CHIP_SYNAPSE_WORD), bytes = n * word;
    double most = n_cores * plc_chip_get(chip, PLC_CHIP_SYNAPSE_MEMORY);
    bool random = n < (double)plc_network_n_synapses(network);
    char who[384], or [64] = "";
    if (!list_needs(network, true, most / word, who, sizeof who))
        return plc_fail_memory(error, "populations");
    if (cores > 0)
        snprintf(or, sizeof or, "%.0f cores, or ", cores);
    return plc_fail(error, PLC_DOES_NOT_FIT,
                    "does not fit: synaptic memory: %s%.6g synapses need %.6g MB, chip %s has %.6g "
                    "MB (%.0f cores): synapses into %s; it takes %s%.0f B a core, or more",
                    random ? "at least " : "", n, bytes / 1e6, plc_chip_name(chip), most / 1e6,
                    n_cores, who, or, ceil(bytes / n_cores));
}

/* Refuses, before any synapse is made, a network that could not fit under any partition: its
 * neurons and its synapses alone, without rows' headers and addresses, are more than the chip
 * holds. */
static plc_status check_size(plc_mapping *mapping, plc_error *error)
{
    const plc_chip *chip = mapping->chip;
    double n_cores = (double)plc_chip_n_cores(chip), n_synapses = count_fewest(mapping->network);
    double bytes = n_synapses * plc_chip_get(chip, PLC_CHIP_SYNAPSE_WORD);
    double a_core = plc_chip_get(chip, PLC_CHIP_SYNAPSE_MEMORY);
    double by_bytes = a_core > 0 ? ceil(bytes / a_core) : 0;
    double by_neurons = ceil((double)plc_network_n_neurons(mapping->network) /
                             plc_chip_get(chip, PLC_CHIP_NEURONS_PER_CORE));
    double cores = fmax(by_neurons, by_bytes);
    if (cores > n_cores)
        mapping->lack = (plc_lack){.kind = PLC_LACK_CORES, .needed = (uint64_t)cores};
    if (by_neurons > n_cores)
        return fail_neurons(mapping, by_neurons, error);
    if (bytes > n_cores * a_core)
        return fail_synapses(mapping, n_synapses, by_bytes, error);
    return PLC_OK;
}

/* The longest delay, or the largest magnitude of a weight in bits, sign included where the target's
 * model has one. */
static uint64_t find_most(const plc_network *network, bool delays)
{
    uint64_t most = 0;
    for (size_t i = 0; i < network->n_projections; i++) {
        const plc_projection *p = &network->projections[i];
        bool is_signed = plc_model_is_signed(network->populations[p->target].model);
        uint64_t n = p->offsets[network->populations[p->source].size];
        for (uint64_t k = 0; k < (p->weights || p->delays ? n : n > 0); k++) {
            uint64_t value = plc_projection_delay(p, k);
            if (!delays) {
                uint64_t magnitude = (uint64_t)llabs((int64_t)plc_projection_weight(p, k));
                value = magnitude ? 64 - (uint64_t)__builtin_clzll(magnitude) + is_signed : 0;
            }
            most = value > most ? value : most;
        }
    }
    return most;
}

static plc_status check_delay(plc_mapping *mapping, const plc_projection *projection,
                              uint64_t synapse, plc_error *error)
{
    const plc_network *network = mapping->network;
    const plc_chip *chip = mapping->chip;
    uint64_t delay_max = plc_chip_limit(chip, PLC_CHIP_RING_SLOTS) - 1;
    uint8_t delay = plc_projection_delay(projection, synapse);
    if (delay <= delay_max)
        return PLC_OK;
    mapping->lack = (plc_lack){.kind = PLC_LACK_LIMIT,
                               .quantity = PLC_CHIP_RING_SLOTS,
                               .needed = find_most(network, true) + 1};
    return plc_fail(error, PLC_DOES_NOT_FIT,
                    "does not fit: %s: delay of %u ticks from population %s to %s: chip %s has "
                    "%llu ring slots, so 1..%llu",
                    projection->where, delay, network->populations[projection->source].name,
                    network->populations[projection->target].name, plc_chip_name(chip),
                    (unsigned long long)delay_max + 1, (unsigned long long)delay_max);
}

/* Weights that carry a sign spend a bit on it; the others are magnitudes of all bits. */
static plc_status check_weight(plc_mapping *mapping, const plc_projection *projection,
                               uint64_t synapse, bool is_signed, plc_error *error)
{
    const plc_network *network = mapping->network;
    const plc_chip *chip = mapping->chip;
    int bits = (int)plc_chip_limit(chip, PLC_CHIP_WEIGHT_BITS);
    int64_t weight_max = (INT64_C(1) << (bits - is_signed)) - 1;
    int64_t weight = plc_projection_weight(projection, synapse);
    if (llabs(weight) <= weight_max)
        return PLC_OK;
    mapping->lack = (plc_lack){.kind = PLC_LACK_LIMIT,
                               .quantity = PLC_CHIP_WEIGHT_BITS,
                               .needed = find_most(network, false)};
    return plc_fail(error, PLC_DOES_NOT_FIT,
                    "does not fit: %s: weight %lld from population %s to %s: chip %s has %d-bit "
                    "weights, so %lld..%lld",
                    projection->where, (long long)weight,
                    network->populations[projection->source].name,
                    network->populations[projection->target].name, plc_chip_name(chip), bits,
                    is_signed ? -(long long)weight_max : 0, (long long)weight_max);
}

/* Refuses delays and weights that the chip's synapses cannot hold. */
static plc_status check_synapses(plc_mapping *mapping, plc_error *error)
{
    const plc_network *network = mapping->network;
    plc_status status = PLC_OK;
    for (size_t i = 0; i < network->n_projections; i++) {
        const plc_projection *projection = &network->projections[i];
        bool is_signed = plc_model_is_signed(network->populations[projection->target].model);
        uint64_t n = projection->offsets[network->populations[projection->source].size];
        uint64_t varied = projection->weights || projection->delays ? n : n > 0;
        for (uint64_t k = 0; k < varied; k++)
            if ((status = check_delay(mapping, projection, k, error)) != PLC_OK ||
                (status = check_weight(mapping, projection, k, is_signed, error)) != PLC_OK)
                return status;
    }
    return status;
}

/* The next coarser groups, or those after that whose tables may be as small as they have to be. */
static unsigned coarsen(const plc_mapping *mapping, unsigned coarsest)
{
    unsigned next = mapping->granularity + 1;
    double share = plc_key_group_share(mapping->granularity) / fmax(1, mapping->table_excess);
    while (next < coarsest && plc_key_group_share(next) > share)
        next++;
    return next;
}

/* The passes after the partition. Where tables turn out too small, all are made again with coarser
 * groups; the coarsest are consecutive slices, and what does not fit them does not fit. */
static plc_status run_passes(plc_mapping *mapping, plc_error *error)
{
    static const plc_map_pass passes[] = {
        {"group", plc_map_group}, {"target", plc_map_target}, {"place", plc_map_place},
        {"keys", plc_map_keys},   {"route", plc_map_route},   {"rows", plc_map_rows},
    };
    unsigned coarsest = PLC_GRANULARITY_MAX - (mapping->consecutive.core_of == NULL);
    for (;;) {
        plc_status status = PLC_OK;
        mapping->table_excess = 0;
        mapping->lack = (plc_lack){0};
        for (size_t i = 0; status == PLC_OK && i < sizeof passes / sizeof *passes; i++)
            status = plc_map_run(&passes[i], mapping, error);
        bool keeps = mapping->like && mapping->like->keeps_groups;
        if (status != PLC_DOES_NOT_FIT || (!keeps && mapping->granularity >= coarsest))
            return status;
        plc_mapping_rewind(mapping);
        if (keeps) /* new groups may fit where the old ones do not */
            mapping->like->keeps_groups = false;
        else
            mapping->granularity = coarsen(mapping, coarsest);
    }
}

/* Partitions in both ways; where consecutive slices do not fit, the other one may. */
static plc_status partition(plc_mapping *mapping, plc_error *error)
{
    static const plc_map_pass consecutive = {"partition", plc_map_partition},
                              other = {"repartition", plc_map_repartition},
                              like = {"like", plc_map_like};
    plc_error inner = {0};
    if (mapping->settings.like)
        return plc_map_run(&like, mapping, error);
    plc_status status = plc_map_run(&consecutive, mapping, &inner);
    if (status == PLC_OK)
        return plc_map_run(&other, mapping, error);
    if (status == PLC_DOES_NOT_FIT && mapping->first_neuron) {
        plc_status again = plc_map_run(&other, mapping, error);
        if (again != PLC_OK || mapping->improved.core_of)
            return again;
    }
    if (error)
        *error = inner;
    return status;
}

/* Refuses settings that are out of range. */
static plc_status check_settings(const plc_network *network, const plc_map_settings *settings,
                                 plc_error *error)
{
    if (settings->effort > PLC_EFFORT_MAX)
        return plc_fail(error, PLC_INVALID, "effort: expected 0..%d, got %u", PLC_EFFORT_MAX,
                        settings->effort);
    if (network->n_populations == 0)
        return plc_fail(error, PLC_INVALID, "the network has no populations");
    return settings->rates ? plc_rates_check(settings->rates, network->populations,
                                             (uint32_t)network->n_populations, "network", error)
                           : PLC_OK;
}

plc_status plc_map_once(plc_network *network, const plc_chip *chip,
                        const plc_map_settings *settings, plc_layout **ret_layout,
                        plc_lack *ret_lack, plc_error *error)
{
    plc_mapping mapping = {.network = network, .chip = chip, .settings = *settings};
    plc_status status = check_settings(network, settings, error);
    if (status == PLC_OK)
        status = check_size(&mapping, error);
    if (status == PLC_OK)
        status = plc_network_resolve(network, error);
    if (status == PLC_OK)
        status = check_synapses(&mapping, error);
    if (status == PLC_OK)
        status = partition(&mapping, error);
    if (status == PLC_OK)
        status = run_passes(&mapping, error);
    if (status == PLC_OK) {
        *ret_layout = mapping.layout;
        mapping.layout = NULL;
    }
    *ret_lack = mapping.lack;
    plc_mapping_finish(&mapping);
    return status;
}

plc_status plc_map(plc_network *network, const plc_chip *chip, const plc_map_settings *settings,
                   plc_layout **ret_layout, plc_error *error)
{
    const plc_map_settings defaults = {.effort = PLC_EFFORT_DEFAULT, .seed = 1};
    plc_lack lack;
    if (!settings)
        settings = &defaults;
    plc_status status = plc_map_once(network, chip, settings, ret_layout, &lack, error);
    if (status == PLC_DOES_NOT_FIT && error)
        plc_remedy_add(network, chip, settings, &lack, error);
    return status;
}
