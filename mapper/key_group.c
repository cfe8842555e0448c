/* Groups: neurons of a core gathered by the cores that they reach. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/key_group.h"

#include "base/error.h"
#include "base/memory.h"
#include "hw/neuron/model.h"
#include "mapper/like.h"

#include <math.h>

void plc_key_grouping_finish(plc_key_grouping *grouping)
{
    free(grouping->group_of);
    *grouping = (plc_key_grouping){0};
}

static plc_status init_grouping(const plc_mapping *mapping, plc_key_grouping *ret_grouping,
                                plc_error *error)
{
    size_t n = mapping->first_neuron[mapping->network->n_populations];
    *ret_grouping = (plc_key_grouping){.group_of = plc_array(n, sizeof *ret_grouping->group_of)};
    return ret_grouping->group_of ? PLC_OK : plc_fail_memory(error, "groups");
}

plc_status plc_key_grouping_keep(const plc_mapping *mapping, plc_key_grouping *ret_grouping,
                                 plc_error *error)
{
    const plc_network *network = mapping->network;
    plc_status status = init_grouping(mapping, ret_grouping, error);
    for (uint32_t p = 0; status == PLC_OK && p < network->n_populations; p++) {
        const uint32_t *core_of = mapping->consecutive.core_of + mapping->first_neuron[p];
        uint32_t *of = ret_grouping->group_of + mapping->first_neuron[p];
        for (uint32_t i = 0; i < network->populations[p].size; i++) {
            ret_grouping->n_groups += i == 0 || core_of[i] != core_of[i - 1];
            of[i] = ret_grouping->n_groups - 1;
        }
    }
    return status;
}

/* The set of target cores of one neuron, or PLC_NO_SET when memory is short. Adds its synapses to
 * the bytes of their cores. */
static uint32_t find_set(const plc_mapping *mapping, const plc_assignment *assignment,
                         uint32_t population, uint32_t neuron, plc_sets *sets, uint64_t *bytes)
{
    const plc_network *network = mapping->network;
    const plc_projection_index *out_of = &network->by_source;
    uint64_t word = plc_chip_limit(mapping->chip, PLC_CHIP_SYNAPSE_WORD), tag;
    if (!plc_sets_open(sets, assignment->n_cores))
        return PLC_NO_SET;
    for (uint32_t i = out_of->offsets[population]; i < out_of->offsets[population + 1]; i++) {
        const plc_projection *projection = &network->projections[out_of->numbers[i]];
        const uint32_t *core_of = assignment->core_of + mapping->first_neuron[projection->target];
        for (uint64_t k = projection->offsets[neuron]; k < projection->offsets[neuron + 1]; k++) {
            uint32_t core = core_of[projection->targets[k]];
            bytes[core] += word;
            plc_sets_put(sets, core);
        }
    }
    tag = 2ul * assignment->core_of[mapping->first_neuron[population] + neuron];
    return plc_sets_close(sets,
                          tag + plc_model_has_polarity(network->populations[population].model));
}

/* Gathers all neurons by target sets. */
static plc_status gather(const plc_mapping *mapping, const plc_assignment *assignment,
                         plc_sets *sets, plc_merging *m, uint32_t *set_of, plc_error *error)
{
    const plc_network *network = mapping->network;
    size_t weights_capacity = 0, neurons_capacity = 0;
    for (uint32_t p = 0; p < network->n_populations; p++) {
        for (uint32_t i = 0; i < network->populations[p].size; i++) {
            uint32_t before = sets->n, set = find_set(mapping, assignment, p, i, sets, m->bytes);
            if (set == PLC_NO_SET ||
                !plc_array_reserve(&m->weights, &weights_capacity, sets->n, sizeof *m->weights) ||
                !plc_array_reserve(&m->n_neurons, &neurons_capacity, sets->n, sizeof *m->n_neurons))
                return plc_fail_memory(error, "groups");
            if (set == before) {
                m->weights[set] = 0;
                m->n_neurons[set] = 0;
            }
            m->weights[set] += plc_map_rate(mapping, p, i);
            m->n_neurons[set]++;
            set_of[mapping->first_neuron[p] + i] = set;
        }
    }
    return PLC_OK;
}

static int compare_numbers(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* Sorts the targets of all sets, and counts what they put on their targets. */
static void load_targets(plc_sets *sets, plc_merging *m)
{
    for (uint32_t i = 0; i < sets->n; i++) {
        uint64_t begin = sets->offsets[i], end = sets->offsets[i + 1];
        qsort(sets->members + begin, end - begin, sizeof *sets->members, compare_numbers);
        for (uint64_t k = begin; k < end; k++) {
            m->key_entries[sets->members[k]]++;
            m->bytes[sets->members[k]] += m->n_neurons[i] * m->budget.row_bytes;
        }
    }
    for (uint32_t c = 0; c < m->n_cores; c++)
        m->fullest = m->bytes[c] > m->fullest ? m->bytes[c] : m->fullest;
}

/* Numbers groups by their first neurons. */
static plc_status number_groups(const plc_merging *m, uint32_t n_neurons,
                                plc_key_grouping *grouping, plc_error *error)
{
    uint32_t *number = plc_array(m->sets->n, sizeof *number); /* plus one */
    if (!number)
        return plc_fail_memory(error, "groups");
    for (uint32_t i = 0; i < n_neurons; i++) {
        uint32_t set = grouping->group_of[i];
        while (m->merged_into[set] != set)
            set = m->merged_into[set];
        if (!number[set])
            number[set] = ++grouping->n_groups;
        grouping->group_of[i] = number[set] - 1;
    }
    free(number);
    return PLC_OK;
}

double plc_key_group_share(unsigned granularity)
{
    static const double shares[PLC_GRANULARITY_MAX] = {1.4, 1.2, 1, 0.8, 0.6, 0.45, 0.3, 0.15, 0};
    return granularity < PLC_GRANULARITY_MAX ? shares[granularity] : 0;
}

/* Shares the tables out among cores. A group takes an entry in the router of its own core, and one
 * in that of each target, at most; at most routers on the way to them it goes straight on and takes
 * none. Minimised tables hold more than that says, so the first try asks for more than there is. */
static plc_group_budget make_budget(const plc_mapping *mapping, uint32_t n_cores)
{
    const plc_chip *chip = mapping->chip;
    double entries = plc_chip_get(chip, PLC_CHIP_ROUTER_ENTRIES);
    uint32_t per_router = 1;
    for (uint32_t r = 0; r < chip->width * chip->height; r++)
        if (plc_core_set_count(&chip->cores[r]) > per_router)
            per_router = plc_core_set_count(&chip->cores[r]);
    uint32_t chips = (n_cores + per_router - 1) / per_router;
    double share = plc_key_group_share(mapping->granularity);
    double usable = share > 0 ? share * entries : 0; /* entries may be unbounded */
    return (plc_group_budget){.chips = chips,
                              .entries = usable * chips / n_cores,
                              .groups =
                                  usable / (2.0 * (per_router < n_cores ? per_router : n_cores)),
                              .key_entries = plc_chip_limit(chip, PLC_CHIP_KEY_ENTRIES),
                              .row_bytes = plc_map_row_bytes(mapping),
                              .bytes_max = plc_chip_limit(chip, PLC_CHIP_SYNAPSE_MEMORY),
                              .tolerance = 0.005};
}

plc_status plc_key_grouping_make(const plc_mapping *mapping, const plc_assignment *assignment,
                                 plc_key_grouping *ret_grouping, plc_error *error)
{
    uint32_t n_neurons = mapping->first_neuron[mapping->network->n_populations];
    uint32_t n_cores = assignment->n_cores;
    plc_sets sets = {0};
    plc_merging m = {.sets = &sets, .budget = make_budget(mapping, n_cores), .n_cores = n_cores};
    m.key_entries = plc_array(n_cores, sizeof *m.key_entries);
    m.bytes = plc_array(n_cores, sizeof *m.bytes);
    plc_status status = init_grouping(mapping, ret_grouping, error);
    if (status == PLC_OK && (!m.key_entries || !m.bytes || !plc_sets_init(&sets, n_cores)))
        status = plc_fail_memory(error, "groups");
    if (status == PLC_OK)
        status = gather(mapping, assignment, &sets, &m, ret_grouping->group_of, error);
    if (status == PLC_OK && !(m.merged_into = plc_array(sets.n, sizeof *m.merged_into)))
        status = plc_fail_memory(error, "groups");
    for (uint32_t i = 0; status == PLC_OK && i < sets.n; i++)
        m.merged_into[i] = i;
    if (status == PLC_OK) {
        load_targets(&sets, &m);
        status = plc_merging_run(&m, error);
    }
    if (status == PLC_OK)
        status = number_groups(&m, n_neurons, ret_grouping, error);
    ret_grouping->copies = m.copies;
    if (status != PLC_OK)
        plc_key_grouping_finish(ret_grouping);
    free(m.weights);
    free(m.n_neurons);
    free(m.merged_into);
    free(m.key_entries);
    free(m.bytes);
    plc_sets_finish(&sets);
    return status;
}

/* Marks the target cores of a neuron of a consecutive slice for its group, and counts those not yet
 * marked; marked_by [n_cores] holds group + 1. */
static uint32_t count_fresh(const plc_mapping *mapping, uint32_t population, uint32_t neuron,
                            uint32_t group, uint32_t *marked_by)
{
    const plc_projection_index *out_of = &mapping->network->by_source;
    uint32_t n = 0;
    for (uint32_t i = out_of->offsets[population]; i < out_of->offsets[population + 1]; i++) {
        const plc_projection *p = &mapping->network->projections[out_of->numbers[i]];
        const uint32_t *core_of = mapping->consecutive.core_of + mapping->first_neuron[p->target];
        for (uint64_t k = p->offsets[neuron]; k < p->offsets[neuron + 1]; k++) {
            uint32_t core = core_of[p->targets[k]];
            n += marked_by[core] != group + 1;
            marked_by[core] = group + 1;
        }
    }
    return n;
}

/* Copies of the consecutive slices, each a group. */
static plc_status count_copies(const plc_mapping *mapping, plc_key_grouping *grouping,
                               plc_error *error)
{
    const plc_network *network = mapping->network;
    uint32_t *marked_by = plc_array(mapping->consecutive.n_cores, sizeof *marked_by);
    double *weights = plc_array(grouping->n_groups, sizeof *weights);
    uint32_t *n_copies = plc_array(grouping->n_groups, sizeof *n_copies);
    bool ok = marked_by && weights && n_copies;
    for (uint32_t p = 0; ok && p < network->n_populations; p++)
        for (uint32_t i = 0; i < network->populations[p].size; i++) {
            uint32_t neuron = mapping->first_neuron[p] + i, group = grouping->group_of[neuron];
            weights[group] += plc_map_rate(mapping, p, i);
            marked_by[mapping->consecutive.core_of[neuron]] = group + 1;
            n_copies[group] += count_fresh(mapping, p, i, group, marked_by);
        }
    for (uint32_t g = 0; ok && g < grouping->n_groups; g++)
        grouping->copies += weights[g] * n_copies[g];
    free(marked_by);
    free(weights);
    free(n_copies);
    return ok ? PLC_OK : plc_fail_memory(error, "groups");
}

/* What another partition, or finer groups, must save to be worth their tables. */
static const double worth = 0.98;

/* The groups of the consecutive partition: finer than slices where that pays. */
static plc_status group_consecutive(const plc_mapping *mapping, plc_key_grouping *ret_grouping,
                                    plc_error *error)
{
    plc_key_grouping fine = {0};
    plc_status status = plc_key_grouping_keep(mapping, ret_grouping, error);
    if (status == PLC_OK)
        status = count_copies(mapping, ret_grouping, error);
    if (status != PLC_OK || mapping->consecutive.copies >= worth * ret_grouping->copies)
        return status;
    status = plc_key_grouping_make(mapping, &mapping->consecutive, &fine, error);
    if (status == PLC_OK && fine.copies < worth * ret_grouping->copies) {
        plc_key_grouping_finish(ret_grouping);
        *ret_grouping = fine;
    } else {
        plc_key_grouping_finish(&fine);
    }
    return status;
}

/* The better partition and its groups. */
static plc_status choose_groups(const plc_mapping *mapping, plc_key_grouping *ret_grouping,
                                const plc_assignment **ret_best, plc_error *error)
{
    const plc_assignment *consecutive = &mapping->consecutive, *improved = &mapping->improved;
    plc_key_grouping other = {0};
    plc_status status = PLC_OK;
    *ret_best = consecutive;
    if (improved->core_of)
        status = plc_key_grouping_make(mapping, improved, &other, error);
    bool only =
        improved->core_of && (!consecutive->core_of || (improved->fits && !consecutive->fits) ||
                              other.copies < worth * consecutive->copies);
    if (status == PLC_OK && !only)
        status = group_consecutive(mapping, ret_grouping, error);
    if (status == PLC_OK &&
        (only || (other.group_of && other.copies < worth * ret_grouping->copies))) {
        plc_key_grouping_finish(ret_grouping);
        *ret_grouping = other;
        *ret_best = improved;
    } else {
        plc_key_grouping_finish(&other);
    }
    return status;
}

/* What groups made anew must save to be worth the tables that change. */
static const double worth_change = 0.8;

/* The groups of an old layout, unless edits have made them cost too much: one new target of one
 * neuron is a target of its whole group. */
static plc_status keep_old_groups(plc_mapping *mapping, plc_key_grouping *ret_grouping,
                                  plc_error *error)
{
    plc_key_grouping fine = {0};
    plc_status status = plc_like_group(mapping, ret_grouping, error);
    if (status != PLC_OK || mapping->settings.effort == 0 || plc_map_is_large(mapping))
        return status;
    status = count_copies(mapping, ret_grouping, error);
    if (status == PLC_OK)
        status = plc_key_grouping_make(mapping, &mapping->consecutive, &fine, error);
    if (status == PLC_OK && fine.copies < worth_change * ret_grouping->copies) {
        plc_key_grouping_finish(ret_grouping);
        *ret_grouping = fine;
        free(mapping->like->blocks);
        mapping->like->blocks = NULL;
    } else {
        plc_key_grouping_finish(&fine);
    }
    return status;
}

plc_status plc_map_group(plc_mapping *mapping, plc_error *error)
{
    const plc_assignment *best = &mapping->consecutive;
    plc_key_grouping grouping = {0};
    plc_status status = mapping->like && mapping->like->keeps_groups
                            ? keep_old_groups(mapping, &grouping, error)
                        : mapping->granularity == PLC_GRANULARITY_MAX
                            ? plc_key_grouping_keep(mapping, &grouping, error)
                            : choose_groups(mapping, &grouping, &best, error);
    if (status == PLC_OK)
        status = plc_key_grouping_apply(mapping, best, &grouping, error);
    plc_key_grouping_finish(&grouping);
    return status;
}
