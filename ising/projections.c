/* The synapses of a MAX-CUT network. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ising/maxcut.h"

#include "base/error.h"
#include "base/memory.h"

/* Synapses of one population, grouped by target population. A zeroed one is empty. */
typedef struct synapse_groups {
    uint32_t *population; /* [n] of each slot */
    uint64_t *end;        /* [n_populations + 1] where the synapses of a target end */
    uint32_t *sources, *targets;
    double *weights;
} synapse_groups;

static void groups_finish(synapse_groups *groups)
{
    free(groups->population);
    free(groups->end);
    free(groups->sources);
    free(groups->targets);
    free(groups->weights);
}

static bool groups_init(synapse_groups *groups, const plc_maxcut *maxcut)
{
    const uint64_t *offsets = maxcut->slots.offsets;
    uint64_t n_most = 0; /* synapses that leave one population */
    for (uint32_t p = 0; p < maxcut->n_populations; p++) {
        uint64_t n = offsets[maxcut->begin[p + 1]] - offsets[maxcut->begin[p]];
        n_most = n > n_most ? n : n_most;
    }
    groups->population = plc_array(maxcut->slots.n, sizeof *groups->population);
    groups->end = plc_array((size_t)maxcut->n_populations + 1, sizeof *groups->end);
    groups->sources = plc_array(n_most, sizeof *groups->sources);
    groups->targets = plc_array(n_most, sizeof *groups->targets);
    groups->weights = plc_array(n_most, sizeof *groups->weights);
    if (!groups->population || !groups->end || !groups->sources || !groups->targets ||
        !groups->weights)
        return false;
    for (uint32_t p = 0; p < maxcut->n_populations; p++) {
        for (uint32_t slot = maxcut->begin[p]; slot < maxcut->begin[p + 1]; slot++)
            groups->population[slot] = p;
    }
    return true;
}

/* Groups the synapses that leave a population; those to population q end up in
 * [end[q - 1], end[q]), from 0 for q = 0. */
static void groups_fill(synapse_groups *groups, const plc_maxcut *maxcut, uint32_t population)
{
    const plc_adjacency *slots = &maxcut->slots;
    const uint32_t begin = maxcut->begin[population], end = maxcut->begin[population + 1];
    memset(groups->end, 0, (maxcut->n_populations + 1ULL) * sizeof *groups->end);
    for (uint64_t i = slots->offsets[begin]; i < slots->offsets[end]; i++)
        groups->end[groups->population[slots->arcs[i].target] + 1]++;
    for (uint32_t q = 0; q < maxcut->n_populations; q++)
        groups->end[q + 1] += groups->end[q];
    for (uint32_t slot = begin; slot < end; slot++) {
        for (uint64_t i = slots->offsets[slot]; i < slots->offsets[slot + 1]; i++) {
            const uint32_t target = slots->arcs[i].target;
            const uint32_t q = groups->population[target];
            const uint64_t at = groups->end[q]++;
            groups->sources[at] = slot - begin;
            groups->targets[at] = target - maxcut->begin[q];
            groups->weights[at] = slots->arcs[i].weight;
        }
    }
}

plc_status plc_maxcut_add_projections(plc_maxcut *maxcut, plc_error *error)
{
    synapse_groups groups = {0};
    plc_status status = groups_init(&groups, maxcut)
                            ? PLC_OK
                            : plc_fail_memory(error, "the synapses of a MAX-CUT problem");
    for (uint32_t p = 0; status == PLC_OK && p < maxcut->n_populations; p++) {
        uint64_t at = 0;
        groups_fill(&groups, maxcut, p);
        for (uint32_t q = 0; status == PLC_OK && q < maxcut->n_populations; q++) {
            const plc_synapse_list list = {.n = groups.end[q] - at,
                                           .sources = groups.sources + at,
                                           .targets = groups.targets + at,
                                           .weights = groups.weights + at,
                                           .delay = 1};
            if (list.n)
                status = plc_network_add_projection(maxcut->network, p, q, NULL, &list, error);
            at = groups.end[q];
        }
    }
    groups_finish(&groups);
    return status;
}
