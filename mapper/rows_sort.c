/* The order of synapses within rows. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/rows.h"

#include "base/error.h"
#include "base/memory.h"

/* A word with its fields in the order in which rows are sorted: plastic, delay, receptor, target,
 * weight. */
static uint64_t sort_key(const plc_row_format *f, uint64_t word)
{
    uint64_t target = word & ((UINT64_C(1) << f->target_bits) - 1);
    uint64_t receptor = word >> f->target_bits & ((UINT64_C(1) << f->receptor_bits) - 1);
    uint64_t delay =
        word >> (f->target_bits + f->receptor_bits) & ((UINT64_C(1) << f->delay_bits) - 1);
    word >>= f->target_bits + f->receptor_bits + f->delay_bits;
    uint64_t weight = word & ((UINT64_C(1) << f->weight_bits) - 1);
    uint64_t plastic = f->plastic_bits ? word >> f->weight_bits : 0;
    weight ^= UINT64_C(1) << (f->weight_bits - 1); /* negative ones first */
    delay |= plastic << f->delay_bits;
    return (((delay << f->receptor_bits | receptor) << f->target_bits | target) << f->weight_bits) |
           weight;
}

/* The word of a sort key. */
static uint64_t sorted_word(const plc_row_format *f, uint64_t key)
{
    uint64_t weight = (key & ((UINT64_C(1) << f->weight_bits) - 1)) ^ UINT64_C(1)
                                                                          << (f->weight_bits - 1);
    uint64_t target = key >> f->weight_bits & ((UINT64_C(1) << f->target_bits) - 1);
    uint64_t rest = key >> f->weight_bits >> f->target_bits;
    uint64_t receptor = rest & ((UINT64_C(1) << f->receptor_bits) - 1);
    uint64_t delay = rest >> f->receptor_bits & ((UINT64_C(1) << f->delay_bits) - 1);
    uint64_t plastic = f->plastic_bits ? rest >> f->receptor_bits >> f->delay_bits : 0;
    weight |= plastic << f->weight_bits;
    return ((weight << f->delay_bits | delay) << f->receptor_bits | receptor) << f->target_bits |
           target;
}

static int compare_keys(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* Sorts keys: short rows, which most are, by insertion. */
static void sort_keys(uint64_t *keys, uint64_t n)
{
    enum { SHORT = 32 };
    if (n > SHORT) {
        qsort(keys, n, sizeof *keys, compare_keys);
        return;
    }
    for (uint64_t i = 1; i < n; i++) {
        uint64_t key = keys[i], at = i;
        for (; at > 0 && keys[at - 1] > key; at--)
            keys[at] = keys[at - 1];
        keys[at] = key;
    }
}

static void sort_row(plc_layout *layout, uint64_t begin, uint64_t end, uint64_t *buffer)
{
    bool sorted = true;
    for (uint64_t i = begin; i < end; i++) {
        buffer[i - begin] = sort_key(&layout->format, plc_layout_word(layout, i));
        sorted = sorted && (i == begin || buffer[i - begin - 1] <= buffer[i - begin]);
    }
    if (sorted)
        return;
    sort_keys(buffer, end - begin);
    for (uint64_t i = begin; i < end; i++)
        plc_rows_store(layout, i, sorted_word(&layout->format, buffer[i - begin]));
}

plc_status plc_rows_sort(plc_layout *layout, plc_error *error)
{
    const uint64_t *offsets = layout->row_offsets;
    uint64_t longest = 0;
    for (uint64_t i = 0; i < layout->n_rows; i++)
        if (offsets[i + 1] - offsets[i] > longest)
            longest = offsets[i + 1] - offsets[i];
    uint64_t *buffer = plc_array(longest, sizeof *buffer);
    if (!buffer)
        return plc_fail_memory(error, "synaptic rows");
    for (uint64_t i = 0; i < layout->n_rows; i++)
        sort_row(layout, offsets[i], offsets[i + 1], buffer);
    free(buffer);
    return PLC_OK;
}
