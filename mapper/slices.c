/* Cores, slices and groups of a mapping from the core and the group of each neuron. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/key_group.h"

#include "base/error.h"
#include "base/memory.h"

/* What the cutting works with. */
typedef struct cutting {
    plc_mapping *mapping;
    const plc_assignment *assignment;
    const plc_key_grouping *grouping;
    uint32_t *n_runs; /* [n_groups] */
} cutting;

/* The end of the run of neurons of one group that begins at neuron `begin` of a population. */
static uint32_t end_run(const cutting *c, uint32_t population, uint32_t begin)
{
    const uint32_t *of = c->grouping->group_of + c->mapping->first_neuron[population];
    uint32_t size = c->mapping->network->populations[population].size, end = begin + 1;
    while (end < size && of[end] == of[begin])
        end++;
    return end;
}

static void count_runs(cutting *c)
{
    const plc_network *network = c->mapping->network;
    for (uint32_t p = 0; p < network->n_populations; p++)
        for (uint32_t i = 0; i < network->populations[p].size; i = end_run(c, p, i))
            c->n_runs[c->grouping->group_of[c->mapping->first_neuron[p] + i]]++;
}

/* Adds neurons [begin, end) of a population as a slice of the next neurons of a core. */
static bool add_slice(cutting *c, uint32_t population, uint32_t begin, uint32_t end)
{
    plc_mapping *m = c->mapping;
    uint32_t core = c->assignment->core_of[m->first_neuron[population] + begin];
    if (m->n_slices == UINT32_MAX ||
        !plc_array_reserve(&m->slices, &m->slices_capacity, m->n_slices + 1, sizeof *m->slices))
        return false;
    for (uint32_t i = begin; i < end; i++)
        m->slice_of[population][i] = (uint32_t)m->n_slices;
    m->slices[m->n_slices++] = (plc_slice){.population = population,
                                           .begin = begin,
                                           .end = end,
                                           .core = core,
                                           .offset = m->cores[core].n_neurons};
    m->cores[core].n_neurons += end - begin;
    m->cores[core].models |= UINT32_C(1) << m->network->populations[population].model;
    return true;
}

/* Makes a run a slice, or several where its group has other runs. */
static bool add_run(cutting *c, uint32_t population, uint32_t begin, uint32_t end)
{
    const uint32_t *of = c->grouping->group_of + c->mapping->first_neuron[population];
    if (c->n_runs[of[begin]] == 1)
        return add_slice(c, population, begin, end);
    while (begin < end) {
        uint32_t n = UINT32_C(1) << (31 - __builtin_clz(end - begin));
        if (!add_slice(c, population, begin, begin + n))
            return false;
        begin += n;
    }
    return true;
}

static bool add_slices(cutting *c)
{
    plc_mapping *m = c->mapping;
    m->n_slices = 0;
    for (uint32_t p = 0; p < m->network->n_populations; p++) {
        m->first_slice[p] = (uint32_t)m->n_slices;
        for (uint32_t begin = 0, end; begin < m->network->populations[p].size; begin = end) {
            end = end_run(c, p, begin);
            if (!add_run(c, p, begin, end))
                return false;
        }
    }
    m->first_slice[m->network->n_populations] = (uint32_t)m->n_slices;
    return true;
}

static uint32_t group_of_slice(const cutting *c, uint32_t s)
{
    const plc_slice *slice = &c->mapping->slices[s];
    return c->grouping->group_of[c->mapping->first_neuron[slice->population] + slice->begin];
}

static int compare_sizes(const void *a, const void *b, void *slices)
{
    uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;
    const plc_slice *x = (plc_slice *)slices + i, *y = (plc_slice *)slices + j;
    if (x->end - x->begin != y->end - y->begin)
        return x->end - x->begin > y->end - y->begin ? -1 : 1;
    return (i > j) - (i < j);
}

static double sum_rates(const plc_mapping *mapping, const plc_slice *slice)
{
    double sum = 0;
    for (uint32_t i = slice->begin; i < slice->end; i++)
        sum += plc_map_rate(mapping, slice->population, i);
    return sum;
}

/* Lists the slices of each group, the largest first. */
static bool list_groups(cutting *c)
{
    plc_mapping *m = c->mapping;
    m->n_groups = c->grouping->n_groups;
    m->groups = plc_array(m->n_groups, sizeof *m->groups);
    m->group_slices = plc_array(m->n_slices, sizeof *m->group_slices);
    if (!m->groups || !m->group_slices)
        return false;
    for (uint32_t s = 0; s < m->n_slices; s++)
        m->groups[group_of_slice(c, s)].slice_end++;
    for (uint32_t g = 0, begin = 0; g < m->n_groups; g++) {
        plc_key_group *group = &m->groups[g];
        uint32_t n = group->slice_end;
        group->slice_begin = group->slice_end = begin;
        begin += n;
    }
    for (uint32_t s = 0; s < m->n_slices; s++) {
        plc_key_group *group = &m->groups[group_of_slice(c, s)];
        m->group_slices[group->slice_end++] = s;
        group->core = m->slices[s].core;
        group->n_neurons += m->slices[s].end - m->slices[s].begin;
        group->weight += sum_rates(m, &m->slices[s]);
    }
    for (uint32_t g = 0; g < m->n_groups; g++)
        qsort_r(m->group_slices + m->groups[g].slice_begin,
                m->groups[g].slice_end - m->groups[g].slice_begin, sizeof *m->group_slices,
                compare_sizes, m->slices);
    return true;
}

plc_status plc_key_grouping_apply(plc_mapping *mapping, const plc_assignment *assignment,
                                  const plc_key_grouping *grouping, plc_error *error)
{
    cutting c = {.mapping = mapping,
                 .assignment = assignment,
                 .grouping = grouping,
                 .n_runs = plc_array(grouping->n_groups, sizeof *c.n_runs)};
    bool ok = c.n_runs && plc_array_reserve(&mapping->cores, &mapping->cores_capacity,
                                            assignment->n_cores, sizeof *mapping->cores);
    if (ok) {
        mapping->n_cores = assignment->n_cores;
        memset(mapping->cores, 0, mapping->n_cores * sizeof *mapping->cores);
        count_runs(&c);
        ok = add_slices(&c) && list_groups(&c);
    }
    free(c.n_runs);
    return ok ? PLC_OK : plc_fail_memory(error, "slices");
}
