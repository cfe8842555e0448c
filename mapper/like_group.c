/* Groups of a mapping like an old layout: those that were, for who stayed. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/like.h"

#include "base/error.h"
#include "base/memory.h"
#include "hw/neuron/model.h"

/* What the gathering works with. Old groups have a number for each block of keys of the old layout;
 * new numbers follow as groups are found. */
typedef struct gathering {
    plc_mapping *mapping;
    const plc_layout *old;
    plc_key_block *entries; /* [n_entries] of all key-to-row tables, by key, each once */
    size_t n_entries;
    uint32_t *group_of; /* [neurons] */
    uint32_t n_groups, n_kept;
    uint32_t *core_of;        /* [n_kept] */
    uint32_t *n_neurons;      /* [n_kept] */
    plc_key_block *kept;      /* [n_kept] */
    uint64_t *target_offsets; /* [n_kept + 1] */
    uint32_t *targets;        /* cores, ascending for each group */
    uint32_t *by_core;        /* [n_kept] groups by core */
    uint32_t *first_of_core;  /* [n_cores + 1] into by_core */
} gathering;

static int compare_blocks(const void *a, const void *b)
{
    const plc_key_block *x = a, *y = b;
    return (x->key > y->key) - (x->key < y->key);
}

static int compare_numbers(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* Lists the blocks that rows are looked up by. */
static bool list_entries(gathering *g)
{
    const plc_layout *old = g->old;
    g->entries = plc_array(old->n_key_entries, sizeof *g->entries);
    if (!g->entries)
        return false;
    for (uint32_t i = 0; i < old->n_key_entries; i++)
        g->entries[i] = (plc_key_block){old->key_entries[i].key, old->key_entries[i].mask,
                                        old->key_entries[i].polarity_mask};
    if (old->n_key_entries)
        qsort(g->entries, old->n_key_entries, sizeof *g->entries, compare_blocks);
    for (uint32_t i = 0; i < old->n_key_entries; i++)
        if (!i || g->entries[i].key != g->entries[g->n_entries - 1].key)
            g->entries[g->n_entries++] = g->entries[i];
    return true;
}

/* The block of an old slice: that of the entry that matches its keys. Slices that nobody listens to
 * have blocks of their own, or one for all that share the bit of polarity. */
static plc_key_block find_block(const gathering *g, const plc_slice *slice)
{
    size_t low = 0, high = g->n_entries;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (g->entries[middle].key <= slice->key)
            low = middle + 1;
        else
            high = middle;
    }
    if (low && (slice->key & g->entries[low - 1].mask) == g->entries[low - 1].key &&
        g->entries[low - 1].polarity_mask == slice->polarity_mask)
        return g->entries[low - 1];
    uint32_t mask = slice->polarity_mask ? ~(2 * slice->polarity_mask - 1) : slice->key_mask;
    return (plc_key_block){slice->key & mask, mask, slice->polarity_mask};
}

/* Slices of the old layout with the blocks they were in, sorted so that those of a group on a core
 * follow each other. */
typedef struct blocked {
    plc_key_block block;
    uint32_t slice;
} blocked;

static int compare_blocked(const void *a, const void *b)
{
    const blocked *x = a, *y = b;
    if (x->block.key != y->block.key)
        return x->block.key < y->block.key ? -1 : 1;
    return (x->slice > y->slice) - (x->slice < y->slice);
}

/* Numbers the groups that still have neurons, in the order of their keys, and marks their neurons.
 */
static bool keep_groups(gathering *g)
{
    plc_mapping *m = g->mapping;
    uint32_t n_slices = g->old->n_slices, n_old = 0;
    uint32_t n_neurons = m->first_neuron[m->network->n_populations];
    blocked *sorted = plc_array(n_slices, sizeof *sorted);
    uint32_t *old_group = plc_array(n_slices, sizeof *old_group);
    uint32_t *number = plc_array(n_slices, sizeof *number); /* plus one */
    g->core_of = plc_array(n_slices, sizeof *g->core_of);
    g->n_neurons = plc_array(n_slices, sizeof *g->n_neurons);
    g->kept = plc_array(n_slices, sizeof *g->kept);
    bool ok = sorted && old_group && number && g->core_of && g->n_neurons && g->kept;
    for (uint32_t s = 0; ok && s < n_slices; s++)
        sorted[s] = (blocked){find_block(g, &g->old->slices[s]), s};
    if (ok && n_slices)
        qsort(sorted, n_slices, sizeof *sorted, compare_blocked);
    for (uint32_t i = 0; ok && i < n_slices; i++) {
        n_old +=
            i && (sorted[i].block.key != sorted[i - 1].block.key ||
                  g->old->slices[sorted[i].slice].core != g->old->slices[sorted[i - 1].slice].core);
        old_group[sorted[i].slice] = n_old;
    }
    for (uint32_t v = 0; ok && v < n_neurons; v++) {
        uint32_t slice = m->like->old_slice[v];
        g->group_of[v] = UINT32_MAX;
        if (slice == UINT32_MAX)
            continue;
        uint32_t *at = &number[old_group[slice]];
        if (!*at) {
            g->kept[g->n_kept] = find_block(g, &g->old->slices[slice]);
            g->core_of[g->n_kept] = m->consecutive.core_of[v];
            *at = ++g->n_kept;
        }
        g->group_of[v] = *at - 1;
        g->n_neurons[*at - 1]++;
    }
    g->n_groups = g->n_kept;
    free(sorted);
    free(old_group);
    free(number);
    return ok;
}

/* The neurons of the kept groups, by group. */
static uint32_t *list_members(const gathering *g, uint32_t *begin)
{
    const plc_mapping *m = g->mapping;
    uint32_t n = m->first_neuron[m->network->n_populations];
    uint32_t *members = plc_array(n, sizeof *members);
    for (uint32_t i = 0; members && i < g->n_kept; i++)
        begin[i + 2] = begin[i + 1] + g->n_neurons[i];
    for (uint32_t v = 0; members && v < n; v++)
        if (g->group_of[v] != UINT32_MAX)
            members[begin[g->group_of[v] + 1]++] = v;
    return members;
}

/* Marks the cores that a neuron has targets on with `mark`, and appends those that were not yet. */
static void mark_targets(const plc_mapping *m, uint32_t population, uint32_t neuron, uint32_t mark,
                         uint32_t *marked_by, uint32_t *found, uint64_t *n_found)
{
    const plc_projection_index *out_of = &m->network->by_source;
    for (uint32_t i = out_of->offsets[population]; i < out_of->offsets[population + 1]; i++) {
        const plc_projection *p = &m->network->projections[out_of->numbers[i]];
        const uint32_t *core_of = m->consecutive.core_of + m->first_neuron[p->target];
        for (uint64_t k = p->offsets[neuron]; k < p->offsets[neuron + 1]; k++) {
            uint32_t core = core_of[p->targets[k]];
            if (marked_by[core] != mark)
                found[(*n_found)++] = core;
            marked_by[core] = mark;
        }
    }
}

/* The population of a neuron that is numbered through all. */
static uint32_t find_population(const plc_mapping *m, uint32_t neuron)
{
    uint32_t low = 0, high = (uint32_t)m->network->n_populations;
    while (high - low > 1) {
        uint32_t middle = (low + high) / 2;
        if (m->first_neuron[middle] <= neuron)
            low = middle;
        else
            high = middle;
    }
    while (m->first_neuron[low + 1] <= neuron) /* empty populations */
        low++;
    return low;
}

/* Finds the cores that each kept group reaches. */
static bool find_targets(gathering *g)
{
    const plc_mapping *m = g->mapping;
    uint32_t n_cores = m->consecutive.n_cores, *begin = plc_array(g->n_kept + 2ul, sizeof *begin);
    uint32_t *members = begin ? list_members(g, begin) : NULL;
    uint32_t *marked_by = plc_array(n_cores, sizeof *marked_by);
    uint64_t n = 0;
    size_t capacity = 0;
    g->target_offsets = plc_array(g->n_kept + 1ul, sizeof *g->target_offsets);
    bool ok = members && marked_by && g->target_offsets;
    for (uint32_t i = 0; ok && i < g->n_kept; i++) {
        ok = plc_array_reserve(&g->targets, &capacity, n + n_cores, sizeof *g->targets);
        for (uint32_t k = begin[i]; ok && k < begin[i + 1]; k++) {
            uint32_t p = find_population(m, members[k]);
            mark_targets(m, p, members[k] - m->first_neuron[p], i + 1, marked_by, g->targets, &n);
        }
        uint64_t first = g->target_offsets[i];
        if (ok && n > first)
            qsort(g->targets + first, n - first, sizeof *g->targets, compare_numbers);
        g->target_offsets[i + 1] = n;
    }
    free(begin);
    free(members);
    free(marked_by);
    return ok;
}

/* Lists the kept groups of each core. */
static bool sort_groups(gathering *g)
{
    uint32_t n_cores = g->mapping->consecutive.n_cores;
    uint32_t *next = plc_array(n_cores + 1ul, sizeof *next);
    g->first_of_core = plc_array(n_cores + 1ul, sizeof *g->first_of_core);
    g->by_core = plc_array(g->n_kept, sizeof *g->by_core);
    bool ok = next && g->first_of_core && g->by_core;
    for (uint32_t i = 0; ok && i < g->n_kept; i++)
        g->first_of_core[g->core_of[i] + 1]++;
    for (uint32_t c = 0; ok && c < n_cores; c++)
        next[c + 1] = g->first_of_core[c + 1] += g->first_of_core[c];
    for (uint32_t i = 0; ok && i < g->n_kept; i++)
        g->by_core[next[g->core_of[i]]++] = i;
    free(next);
    return ok;
}

/* Indices that a block has. */
static uint64_t count_indices(const plc_key_block *block)
{
    return ((uint64_t)~block->mask + 1) >> (block->polarity_mask != 0);
}

/* Whether a kept group reaches all of `cores` [n], which are ascending. */
static bool reaches(const gathering *g, uint32_t group, const uint32_t *cores, uint64_t n)
{
    uint64_t k = g->target_offsets[group], end = g->target_offsets[group + 1];
    for (uint64_t i = 0; i < n; i++) {
        while (k < end && g->targets[k] < cores[i])
            k++;
        if (k == end || g->targets[k] != cores[i])
            return false;
    }
    return true;
}

/* The kept group of a core with the fewest targets among those that reach all of a neuron's and
 * have a key left; UINT32_MAX: none. */
static uint32_t find_group(const gathering *g, uint32_t core, bool polarity, const uint32_t *cores,
                           uint64_t n)
{
    uint32_t best = UINT32_MAX;
    uint64_t fewest = UINT64_MAX;
    for (uint32_t i = g->first_of_core[core]; i < g->first_of_core[core + 1]; i++) {
        uint32_t group = g->by_core[i];
        uint64_t size = g->target_offsets[group + 1] - g->target_offsets[group];
        if (size < fewest && (g->kept[group].polarity_mask != 0) == polarity &&
            g->n_neurons[group] < count_indices(&g->kept[group]) && (n || !size) &&
            reaches(g, group, cores, n)) {
            best = group;
            fewest = size;
        }
    }
    return best;
}

/* Finds groups for the neurons that have none: kept ones, else new ones for equal sets. */
static bool join_groups(gathering *g)
{
    const plc_mapping *m = g->mapping;
    plc_sets sets = {0};
    uint32_t n_cores = m->consecutive.n_cores, mark = 0;
    uint32_t *marked_by = plc_array(n_cores, sizeof *marked_by);
    uint32_t *cores = plc_array(n_cores, sizeof *cores);
    bool ok = plc_sets_init(&sets, n_cores) && marked_by && cores;
    for (uint32_t p = 0; ok && p < m->network->n_populations; p++) {
        bool polarity = plc_model_has_polarity(m->network->populations[p].model);
        for (uint32_t i = 0; ok && i < m->network->populations[p].size; i++) {
            uint32_t v = m->first_neuron[p] + i, core = m->consecutive.core_of[v];
            uint64_t n = 0;
            if (g->group_of[v] != UINT32_MAX)
                continue;
            mark_targets(m, p, i, ++mark, marked_by, cores, &n);
            if (n)
                qsort(cores, n, sizeof *cores, compare_numbers);
            uint32_t group = find_group(g, core, polarity, cores, n);
            if (group != UINT32_MAX) {
                g->n_neurons[group]++;
            } else if ((ok = plc_sets_open(&sets, n))) {
                for (uint64_t k = 0; k < n; k++)
                    plc_sets_put(&sets, cores[k]);
                uint32_t set = plc_sets_close(&sets, 2ul * core + polarity);
                ok = set != PLC_NO_SET;
                group = g->n_kept + set;
            }
            g->group_of[v] = group;
        }
    }
    g->n_groups += sets.n;
    plc_sets_finish(&sets);
    free(marked_by);
    free(cores);
    return ok;
}

/* Numbers groups by their first neurons and hands them over, with their blocks. */
static bool hand_over(gathering *g, plc_key_grouping *ret_grouping)
{
    plc_mapping *m = g->mapping;
    uint32_t n_neurons = m->first_neuron[m->network->n_populations], n = 0;
    uint32_t *number = plc_array(g->n_groups, sizeof *number); /* plus one */
    plc_key_block *blocks = plc_array(g->n_groups, sizeof *blocks);
    bool ok = number && blocks;
    for (uint32_t v = 0; ok && v < n_neurons; v++) {
        uint32_t group = g->group_of[v];
        if (!number[group]) {
            blocks[n] = group < g->n_kept ? g->kept[group] : (plc_key_block){.key = 1};
            number[group] = ++n;
        }
        g->group_of[v] = number[group] - 1;
    }
    free(number);
    if (!ok) {
        free(blocks);
        return false;
    }
    m->like->blocks = blocks;
    *ret_grouping = (plc_key_grouping){.group_of = g->group_of, .n_groups = n};
    g->group_of = NULL;
    return true;
}

plc_status plc_like_group(plc_mapping *mapping, plc_key_grouping *ret_grouping, plc_error *error)
{
    gathering g = {.mapping = mapping, .old = mapping->settings.like};
    g.group_of =
        plc_array(mapping->first_neuron[mapping->network->n_populations], sizeof *g.group_of);
    bool ok = g.group_of && list_entries(&g) && keep_groups(&g) && find_targets(&g) &&
              sort_groups(&g) && join_groups(&g) && hand_over(&g, ret_grouping);
    free(g.entries);
    free(g.group_of);
    free(g.core_of);
    free(g.n_neurons);
    free(g.kept);
    free(g.target_offsets);
    free(g.targets);
    free(g.by_core);
    free(g.first_of_core);
    return ok ? PLC_OK : plc_fail_memory(error, "groups");
}
