/* Smallest sets of populations that alone need more than there is. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/unfit.h"

#include <stdio.h>
#include <stdlib.h>

static int compare_needs(const void *a, const void *b)
{
    const plc_need *x = a, *y = b;
    if (x->amount != y->amount)
        return x->amount > y->amount ? -1 : 1;
    return (x->population > y->population) - (x->population < y->population);
}

void plc_needs_sort(plc_need *needs, size_t n)
{
    if (n)
        qsort(needs, n, sizeof *needs, compare_needs);
}

/* No set is smaller: of all sets of k needs the k largest have the largest sum, so where these do
 * not exceed what there is, no k do. */
size_t plc_needs_count(const plc_need *needs, size_t n, double available)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum += needs[i].amount;
        if (sum > available)
            return i + 1;
    }
    return n;
}

void plc_needs_list(const plc_population *populations, const plc_need *needs, size_t n,
                    char *buffer, size_t size)
{
    enum { SHOWN = 4 };
    size_t at = 0;
    for (size_t i = 0; i < n && i < SHOWN && at < size; i++)
        at += (size_t)snprintf(buffer + at, size - at, "%s%.64s (%.0f)",
                               i       ? ", "
                               : n > 1 ? "populations "
                                       : "population ",
                               populations[needs[i].population].name, needs[i].amount);
    if (n > SHOWN && at < size)
        snprintf(buffer + at, size - at, " and %zu more", n - SHOWN);
}

uint32_t plc_needs_find(const plc_mapping *mapping, uint32_t key)
{
    for (size_t g = 0; g < mapping->n_groups; g++)
        if (mapping->groups[g].key == key)
            return mapping->slices[mapping->group_slices[mapping->groups[g].slice_begin]]
                .population;
    return 0;
}
