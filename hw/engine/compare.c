/* Comparing two traces whose populations may be numbered differently. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/memory.h"
#include "hw/engine/trace.h"

#include <stdio.h>

/* A population's name and its number. */
typedef struct plc_named {
    const char *name;
    uint32_t number;
} plc_named;

static int compare_names(const void *a, const void *b)
{
    const plc_named *x = a, *y = b;
    int order = strcmp(x->name, y->name);
    return order ? order : (x->number > y->number) - (x->number < y->number);
}

/* The populations of both traces, numbered alike: those of `a` first, then those only `b` has. */
typedef struct plc_common {
    const char **names; /* [n] */
    uint32_t n;
    uint32_t *numbers_a; /* [a->n_populations] */
    uint32_t *numbers_b; /* [b->n_populations] */
} plc_common;

static void common_finish(plc_common *common)
{
    free(common->names);
    free(common->numbers_a);
    free(common->numbers_b);
}

/* Numbers the populations of a trace: a name that `sorted` has keeps its number there, any other
 * gets the next. */
static uint32_t *number(plc_common *common, const plc_trace *trace)
{
    uint32_t *numbers = plc_array(trace->n_populations, sizeof *numbers);
    plc_named *sorted = plc_array(common->n, sizeof *sorted);
    if (!numbers || !sorted) {
        free(numbers);
        free(sorted);
        return NULL;
    }
    uint32_t n_sorted = common->n;
    for (uint32_t i = 0; i < n_sorted; i++)
        sorted[i] = (plc_named){common->names[i], i};
    qsort(sorted, n_sorted, sizeof *sorted, compare_names);
    for (uint32_t i = 0; i < trace->n_populations; i++) {
        const char *name = trace->populations[i];
        uint32_t begin = 0, end = n_sorted;
        while (begin < end) {
            uint32_t middle = begin + (end - begin) / 2;
            if (strcmp(sorted[middle].name, name) < 0)
                begin = middle + 1;
            else
                end = middle;
        }
        bool known = begin < n_sorted && !strcmp(sorted[begin].name, name);
        numbers[i] = known ? sorted[begin].number : common->n;
        if (!known)
            common->names[common->n++] = name;
    }
    free(sorted);
    return numbers;
}

static bool common_init(plc_common *common, const plc_trace *a, const plc_trace *b)
{
    *common = (plc_common){0};
    common->names = plc_array((size_t)a->n_populations + b->n_populations, sizeof *common->names);
    return common->names && (common->numbers_a = number(common, a)) &&
           (common->numbers_b = number(common, b));
}

/* The spikes of a trace in common numbers, without polarity, sorted; NULL when memory is short. */
static plc_spike *renumber(const plc_trace *trace, const uint32_t *numbers)
{
    plc_spike *spikes = plc_array_copy(trace->spikes, trace->n, sizeof *spikes);
    if (!spikes)
        return NULL;
    for (size_t i = 0; i < trace->n; i++) {
        spikes[i].population = numbers[spikes[i].population] & INT32_MAX;
        spikes[i].polarity = 0;
    }
    plc_spikes_sort(spikes, trace->n);
    return spikes;
}

static bool before(plc_spike a, plc_spike b)
{
    if (a.tick != b.tick)
        return a.tick < b.tick;
    return a.population != b.population ? a.population < b.population : a.neuron < b.neuron;
}

static plc_trace_difference first_difference(const plc_common *common, const plc_spike *a,
                                             size_t n_a, const plc_spike *b, size_t n_b)
{
    size_t i = 0;
    while (i < n_a && i < n_b && !before(a[i], b[i]) && !before(b[i], a[i]))
        i++;
    plc_trace_difference difference = {0};
    if (i == n_a && i == n_b)
        return difference;
    bool first = i < n_a && (i == n_b || before(a[i], b[i]));
    plc_spike spike = first ? a[i] : b[i];
    difference.differs = 1;
    difference.only_in_first = first;
    difference.tick = spike.tick;
    difference.neuron = spike.neuron;
    snprintf(difference.population, sizeof difference.population, "%s",
             common->names[spike.population]);
    return difference;
}

static plc_status check_populations(const plc_trace *trace, plc_error *error)
{
    for (size_t i = 0; i < trace->n; i++)
        if (trace->spikes[i].population >= trace->n_populations)
            return plc_fail(error, PLC_INVALID, "trace: population: expected below %u, got %u",
                            trace->n_populations, (unsigned)trace->spikes[i].population);
    return PLC_OK;
}

plc_status plc_trace_compare(const plc_trace *a, const plc_trace *b,
                             plc_trace_difference *ret_difference, plc_error *error)
{
    plc_status status = check_populations(a, error);
    if (status == PLC_OK)
        status = check_populations(b, error);
    if (status != PLC_OK)
        return status;
    plc_common common;
    plc_spike *spikes_a = NULL, *spikes_b = NULL;
    if (common_init(&common, a, b) && (spikes_a = renumber(a, common.numbers_a)) &&
        (spikes_b = renumber(b, common.numbers_b)))
        *ret_difference = first_difference(&common, spikes_a, a->n, spikes_b, b->n);
    else
        status = plc_fail_memory(error, "comparison of traces");
    free(spikes_a);
    free(spikes_b);
    common_finish(&common);
    return status;
}
