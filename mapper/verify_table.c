/* The tables as the verifier looks keys up: by mask, then by key; the first entry that matches
 * wins. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/verify.h"

#include "base/memory.h"

bool plc_matches_init(plc_matches *matches, uint32_t n_tables, size_t n)
{
    *matches =
        (plc_matches){.data = plc_array(n, sizeof *matches->data),
                      .groups = plc_array(n, sizeof *matches->groups),
                      .group_offsets = plc_array(n_tables + 1ul, sizeof *matches->group_offsets)};
    return matches->data && matches->groups && matches->group_offsets;
}

void plc_matches_add(plc_matches *matches, uint32_t table, uint32_t mask, uint32_t key,
                     uint32_t entry)
{
    matches->data[matches->n++] = (plc_match){table, mask, key, entry};
}

static int compare_matches(const void *a, const void *b)
{
    const plc_match *x = a, *y = b;
    if (x->table != y->table)
        return x->table < y->table ? -1 : 1;
    if (x->mask != y->mask)
        return x->mask < y->mask ? -1 : 1;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return (x->entry > y->entry) - (x->entry < y->entry);
}

void plc_matches_sort(plc_matches *matches, uint32_t n_tables)
{
    uint32_t n_groups = 0;
    if (matches->n)
        qsort(matches->data, matches->n, sizeof *matches->data, compare_matches);
    for (uint32_t i = 0; i < matches->n; i++) {
        const plc_match *match = &matches->data[i];
        if (i == 0 || match->table != match[-1].table || match->mask != match[-1].mask) {
            matches->groups[n_groups++] = (plc_match_group){match->mask, i, i};
            matches->group_offsets[match->table + 1]++;
        }
        matches->groups[n_groups - 1].end = i + 1;
    }
    for (uint32_t t = 0; t < n_tables; t++)
        matches->group_offsets[t + 1] += matches->group_offsets[t];
}

/* The first entry of a group for a key in the bits of its mask, or PLC_NO_MATCH. */
static uint32_t find_in_group(const plc_matches *matches, plc_match_group group, uint32_t key)
{
    uint32_t low = group.begin, high = group.end;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (matches->data[middle].key < key)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = low < group.end && matches->data[low].key == key;
    return found ? matches->data[low].entry : PLC_NO_MATCH;
}

uint32_t plc_matches_find(const plc_matches *matches, uint32_t table, uint32_t key)
{
    uint32_t first = PLC_NO_MATCH;
    for (uint32_t g = matches->group_offsets[table]; g < matches->group_offsets[table + 1]; g++) {
        plc_match_group group = matches->groups[g];
        uint32_t entry = find_in_group(matches, group, key & group.mask);
        if (entry < first)
            first = entry;
    }
    return first;
}

void plc_matches_finish(plc_matches *matches)
{
    free(matches->data);
    free(matches->groups);
    free(matches->group_offsets);
    *matches = (plc_matches){0};
}
