/* The check of a layout's slices: their places, that they cover every population, and their keys.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/memory.h"
#include "hw/layout/check.h"
#include "hw/neuron/model.h"

#define FAIL(...) plc_fail(error, PLC_INVALID, "layout: " __VA_ARGS__)

enum { MAX_MASKS = 256 }; /* distinct key masks of slices; one for each size of slice will do */

/* The bits that the numbers 0..n - 1 need. */
static uint32_t index_bits(uint32_t n)
{
    return n > 1 ? UINT32_MAX >> __builtin_clz(n - 1) : 0;
}

static plc_status check_slice_keys(const plc_layout *layout, uint32_t i, plc_error *error)
{
    const plc_slice *slice = &layout->slices[i];
    bool needs_polarity = plc_model_has_polarity(layout->populations[slice->population].model);
    if (slice->key & ~slice->key_mask)
        return FAIL("slices[%u]: key 0x%08x has bits outside its mask 0x%08x", i, slice->key,
                    slice->key_mask);
    if ((slice->polarity_mask & (slice->polarity_mask - 1)) ||
        (needs_polarity && !slice->polarity_mask))
        return FAIL("slices[%u]: polarity mask 0x%08x: expected one bit%s", i, slice->polarity_mask,
                    needs_polarity ? "" : " or none");
    if ((index_bits(slice->end - slice->begin) & (slice->key_mask | slice->polarity_mask)) ||
        (slice->key_mask & slice->polarity_mask))
        return FAIL("slices[%u]: masks 0x%08x and 0x%08x leave no room for %u neurons", i,
                    slice->key_mask, slice->polarity_mask, slice->end - slice->begin);
    return PLC_OK;
}

static plc_status check_core_slices(const plc_layout *layout, uint32_t c, plc_error *error)
{
    const plc_layout_core *core = &layout->cores[c];
    uint64_t offset = 0;
    for (uint32_t i = core->slice_begin; i < core->slice_end; i++) {
        const plc_slice *slice = &layout->slices[i];
        if (slice->core != c)
            return FAIL("slices[%u]: core: expected %u, got %u", i, c, slice->core);
        if (slice->population >= layout->n_populations)
            return FAIL("slices[%u]: population: expected below %u, got %u", i,
                        layout->n_populations, slice->population);
        if (slice->begin >= slice->end || slice->end > layout->populations[slice->population].size)
            return FAIL("slices[%u]: neurons [%u, %u) of %u", i, slice->begin, slice->end,
                        layout->populations[slice->population].size);
        if (slice->offset != offset)
            return FAIL("slices[%u]: offset: expected %llu, got %u", i, (unsigned long long)offset,
                        slice->offset);
        offset += slice->end - slice->begin;
        plc_status status = check_slice_keys(layout, i, error);
        if (status != PLC_OK)
            return status;
    }
    if (!offset || offset != core->n_neurons)
        return FAIL("cores[%u]: neurons: its slices have %llu, got %u", c,
                    (unsigned long long)offset, core->n_neurons);
    return PLC_OK;
}

/* A piece of a population. */
typedef struct plc_piece {
    uint32_t population, begin, end;
} plc_piece;

static int compare_pieces(const void *a, const void *b)
{
    const plc_piece *x = a, *y = b;
    if (x->population != y->population)
        return x->population < y->population ? -1 : 1;
    return (x->begin > y->begin) - (x->begin < y->begin);
}

static plc_status check_cover(const plc_layout *layout, const plc_piece *pieces, plc_error *error)
{
    uint32_t i = 0;
    for (uint32_t p = 0; p < layout->n_populations; p++) {
        uint32_t placed = 0;
        for (; i < layout->n_slices && pieces[i].population == p; i++) {
            if (pieces[i].begin != placed)
                return FAIL("populations[%u]: neuron %u is placed %s", p,
                            pieces[i].begin < placed ? pieces[i].begin : placed,
                            pieces[i].begin < placed ? "twice" : "nowhere");
            placed = pieces[i].end;
        }
        if (placed != layout->populations[p].size)
            return FAIL("populations[%u]: neuron %u is placed nowhere", p, placed);
    }
    return PLC_OK;
}

plc_status plc_check_slices(const plc_layout *layout, plc_error *error)
{
    plc_status status = PLC_OK;
    for (uint32_t c = 0; status == PLC_OK && c < layout->n_cores; c++)
        status = check_core_slices(layout, c, error);
    if (status != PLC_OK)
        return status;
    plc_piece *pieces = plc_array(layout->n_slices, sizeof *pieces);
    if (!pieces)
        return plc_fail_memory(error, "check of a layout");
    for (uint32_t i = 0; i < layout->n_slices; i++)
        pieces[i] = (plc_piece){layout->slices[i].population, layout->slices[i].begin,
                                layout->slices[i].end};
    qsort(pieces, layout->n_slices, sizeof *pieces, compare_pieces);
    status = check_cover(layout, pieces, error);
    free(pieces);
    return status;
}

/* Slices' keys, sorted by mask and cut into groups of one mask each: two keys of a group differ
 * when their bits do, two of different groups must differ in the bits that both masks have. */
typedef struct plc_keys {
    uint64_t *keys;                 /* [n] mask << 32 | key, sorted */
    uint32_t groups[MAX_MASKS + 1]; /* begins of groups, and n */
    uint32_t *projected[2];         /* [n] keys of two groups in their common bits */
} plc_keys;

static int compare_64(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static int compare_32(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* The keys of group g in the bits of a mask, sorted; gives their number. */
static uint32_t project(const plc_keys *keys, uint32_t g, uint32_t mask, uint32_t *projected)
{
    uint32_t n = keys->groups[g + 1] - keys->groups[g];
    bool sorted = true;
    for (uint32_t i = 0; i < n; i++) {
        projected[i] = (uint32_t)keys->keys[keys->groups[g] + i] & mask;
        sorted = sorted && (!i || projected[i - 1] <= projected[i]);
    }
    if (!sorted)
        qsort(projected, n, sizeof *projected, compare_32);
    return n;
}

static plc_status check_two_groups(const plc_keys *keys, uint32_t g, uint32_t h, plc_error *error)
{
    uint32_t mask = (uint32_t)(keys->keys[keys->groups[g]] >> 32) &
                    (uint32_t)(keys->keys[keys->groups[h]] >> 32);
    uint32_t n_a = project(keys, g, mask, keys->projected[0]);
    uint32_t n_b = project(keys, h, mask, keys->projected[1]);
    for (uint32_t i = 0, j = 0; i < n_a && j < n_b;) {
        uint32_t a = keys->projected[0][i], b = keys->projected[1][j];
        if (a == b)
            return FAIL("slices: two of them may send key 0x%08x", a);
        i += a < b;
        j += b < a;
    }
    return PLC_OK;
}

static plc_status check_all_groups(const plc_layout *layout, plc_keys *keys, plc_error *error)
{
    for (uint32_t i = 0; i < layout->n_slices; i++)
        keys->keys[i] = (uint64_t)layout->slices[i].key_mask << 32 | layout->slices[i].key;
    qsort(keys->keys, layout->n_slices, sizeof *keys->keys, compare_64);
    uint32_t n_groups = 0;
    for (uint32_t i = 0; i < layout->n_slices; i++) {
        if (i && keys->keys[i] == keys->keys[i - 1])
            return FAIL("slices: two of them may send key 0x%08x", (unsigned)keys->keys[i]);
        if (i && keys->keys[i] >> 32 == keys->keys[i - 1] >> 32)
            continue;
        if (n_groups == MAX_MASKS)
            return FAIL("slices: more than %d distinct key masks", MAX_MASKS);
        keys->groups[n_groups++] = i;
    }
    keys->groups[n_groups] = layout->n_slices;
    plc_status status = PLC_OK;
    for (uint32_t g = 0; g < n_groups; g++)
        for (uint32_t h = g + 1; status == PLC_OK && h < n_groups; h++)
            status = check_two_groups(keys, g, h, error);
    return status;
}

plc_status plc_check_keys(const plc_layout *layout, plc_error *error)
{
    plc_keys keys = {0};
    keys.keys = plc_array(layout->n_slices, sizeof *keys.keys);
    keys.projected[0] = plc_array(layout->n_slices, sizeof *keys.projected[0]);
    keys.projected[1] = plc_array(layout->n_slices, sizeof *keys.projected[1]);
    plc_status status = keys.keys && keys.projected[0] && keys.projected[1]
                            ? check_all_groups(layout, &keys, error)
                            : plc_fail_memory(error, "check of a layout");
    free(keys.keys);
    free(keys.projected[0]);
    free(keys.projected[1]);
    return status;
}
