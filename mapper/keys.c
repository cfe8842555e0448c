/* Keys: an aligned block for each group, cut among its slices. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/mapping.h"

#include "base/error.h"
#include "base/memory.h"
#include "hw/neuron/model.h"
#include "mapper/like.h"
#include "mapper/unfit.h"

#define N_KEYS (UINT64_C(1) << 32)

/* A group on its way to a block: those next to each other here get adjacent blocks. */
typedef struct keyed {
    uint32_t population; /* of the group's first slice */
    uint32_t place;      /* of its router on a curve that keeps near ones together */
    uint32_t n_targets;
    const uint32_t *targets;
    uint32_t number; /* of the group */
} keyed;

/* The bits of x and y in turns: routers of a square of 2^k by 2^k follow each other. Source:
 * Morton, IBM, 1966. */
static uint32_t interleave(uint32_t x, uint32_t y)
{
    uint32_t place = 0;
    for (unsigned bit = 0; bit < 16; bit++)
        place |= (x >> bit & 1) << 2 * bit | (y >> bit & 1) << (2 * bit + 1);
    return place;
}

static int compare_keyed(const void *a, const void *b)
{
    const keyed *x = a, *y = b;
    if (x->population != y->population)
        return x->population < y->population ? -1 : 1;
    if (x->place != y->place)
        return x->place < y->place ? -1 : 1;
    uint32_t n = x->n_targets < y->n_targets ? x->n_targets : y->n_targets;
    for (uint32_t i = 0; i < n; i++)
        if (x->targets[i] != y->targets[i])
            return x->targets[i] < y->targets[i] ? -1 : 1;
    if (x->n_targets != y->n_targets)
        return x->n_targets < y->n_targets ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

/* Population of a group's first slice. */
static uint32_t find_population(const plc_mapping *mapping, size_t number)
{
    return mapping->slices[mapping->group_slices[mapping->groups[number].slice_begin]].population;
}

/* The groups in the order of their keys, [n_groups]; NULL when memory is short. */
static keyed *order_groups(const plc_mapping *mapping)
{
    keyed *order = plc_array(mapping->n_groups, sizeof *order);
    for (uint32_t g = 0; order && g < mapping->n_groups; g++) {
        const plc_key_group *group = &mapping->groups[g];
        uint32_t router = mapping->cores[group->core].router, width = mapping->chip->width;
        uint64_t begin = mapping->target_offsets[g];
        order[g] = (keyed){.population = find_population(mapping, g),
                           .place = interleave(router % width, router / width),
                           .n_targets = (uint32_t)(mapping->target_offsets[g + 1] - begin),
                           .targets = mapping->target_cores + begin,
                           .number = g};
    }
    if (order)
        qsort(order, mapping->n_groups, sizeof *order, compare_keyed);
    return order;
}

/* The least power of two that is at least n. */
static uint64_t round_up(uint32_t n)
{
    return n > 1 ? UINT64_C(1) << (32 - __builtin_clz(n - 1)) : 1;
}

/* Keys of a group's block: a power of two, twice as many where spikes have a polarity. */
static uint64_t count_keys(const plc_mapping *mapping, size_t number)
{
    plc_model model = mapping->network->populations[find_population(mapping, number)].model;
    return round_up(mapping->groups[number].n_neurons) << plc_model_has_polarity(model);
}

/* Cuts a group's block of keys among its slices. */
static void cut_block(plc_mapping *mapping, const plc_key_group *group)
{
    uint32_t next = group->key;
    for (uint32_t k = group->slice_begin; k < group->slice_end; k++) {
        plc_slice *slice = &mapping->slices[mapping->group_slices[k]];
        slice->key = next;
        slice->key_mask =
            (uint32_t) ~(round_up(slice->end - slice->begin) - 1) & ~group->polarity_mask;
        slice->polarity_mask = group->polarity_mask;
        next += slice->end - slice->begin;
    }
}

/* Whether a group had a block that has room for it still. */
static bool keeps_block(const plc_mapping *mapping, uint32_t number)
{
    const plc_key_block *blocks = mapping->like ? mapping->like->blocks : NULL;
    if (!blocks || blocks[number].key & ~blocks[number].mask)
        return false;
    uint64_t n_keys = (uint64_t)~blocks[number].mask + 1;
    return mapping->groups[number].n_neurons <= n_keys >> (blocks[number].polarity_mask != 0);
}

static int compare_keys(const void *a, const void *b)
{
    const plc_key_block *x = a, *y = b;
    return (x->key > y->key) - (x->key < y->key);
}

/* Gives groups the blocks they had; lists these by key, [*ret_n]. NULL when memory is short. */
static plc_key_block *keep_blocks(plc_mapping *mapping, size_t *ret_n)
{
    size_t n = 0;
    plc_key_block *kept = plc_array(mapping->n_groups, sizeof *kept);
    for (uint32_t g = 0; kept && g < mapping->n_groups; g++) {
        plc_key_group *group = &mapping->groups[g];
        if (!keeps_block(mapping, g))
            continue;
        kept[n] = mapping->like->blocks[g];
        group->key = kept[n].key;
        group->key_mask = kept[n].mask;
        group->polarity_mask = kept[n++].polarity_mask;
        cut_block(mapping, group);
    }
    if (n)
        qsort(kept, n, sizeof *kept, compare_keys);
    *ret_n = n;
    return kept;
}

/* The first aligned block of keys from `next` on that meets none of kept[*at..n), which moves on.
 */
static uint64_t find_key(uint64_t next, uint64_t block, const plc_key_block *kept, size_t n,
                         size_t *at)
{
    uint64_t key = (next + block - 1) / block * block;
    for (; *at < n && kept[*at].key < key + block; ++*at) {
        uint64_t end = (uint64_t)kept[*at].key + ~kept[*at].mask + 1;
        if (end > key)
            key = (end + block - 1) / block * block;
    }
    return key;
}

/* Says whose blocks are too much. */
static plc_status fail_keys(const plc_mapping *mapping, uint64_t needed, plc_error *error)
{
    const plc_network *network = mapping->network;
    plc_need *needs = plc_array(network->n_populations, sizeof *needs);
    char who[384];
    if (!needs)
        return plc_fail_memory(error, "routing keys");
    for (uint32_t i = 0; i < network->n_populations; i++)
        needs[i].population = i;
    for (size_t g = 0; g < mapping->n_groups; g++)
        needs[find_population(mapping, g)].amount += (double)count_keys(mapping, g);
    plc_needs_sort(needs, network->n_populations);
    plc_needs_list(network->populations, needs,
                   plc_needs_count(needs, network->n_populations, (double)N_KEYS), who, sizeof who);
    free(needs);
    return plc_fail(error, PLC_DOES_NOT_FIT,
                    "does not fit: routing keys: %zu groups of neurons need %llu, each a power of "
                    "two, there are 2^32: %s",
                    mapping->n_groups, (unsigned long long)needed, who);
}

plc_status plc_map_keys(plc_mapping *mapping, plc_error *error)
{
    uint64_t next = 0;
    size_t n_kept = 0, at = 0;
    plc_status status = PLC_OK;
    plc_key_block *kept = keep_blocks(mapping, &n_kept);
    keyed *order = order_groups(mapping);
    if (!order || !kept)
        status = plc_fail_memory(error, "routing keys");
    for (size_t i = 0; status == PLC_OK && i < mapping->n_groups; i++) {
        plc_key_group *group = &mapping->groups[order[i].number];
        if (keeps_block(mapping, order[i].number))
            continue;
        uint64_t indices = round_up(group->n_neurons), block = count_keys(mapping, order[i].number);
        uint64_t key = find_key(next, block, kept, n_kept, &at);
        next = key + block;
        if (next > N_KEYS)
            continue;
        group->key = (uint32_t)key;
        group->key_mask = (uint32_t) ~(block - 1);
        group->polarity_mask = block > indices ? (uint32_t)indices : 0;
        cut_block(mapping, group);
    }
    if (status == PLC_OK && next > N_KEYS)
        status = fail_keys(mapping, next, error);
    free(order);
    free(kept);
    return status;
}
