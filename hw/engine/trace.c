/* Traces: growing, digesting and sorting lists of spikes. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/engine/trace.h"

#include "base/error.h"
#include "base/memory.h"
#include "hw/engine/digest.h"

uint64_t plc_spike_digest(plc_spike spike)
{
    return plc_digest_of_spike(plc_digest_of_tick(spike.tick), spike.population, spike.neuron,
                               spike.polarity);
}

plc_status plc_trace_init(plc_trace *trace, const char *const *populations, uint32_t n_populations,
                          double tick_ms, plc_error *error)
{
    *trace = (plc_trace){.tick_ms = tick_ms};
    trace->populations = plc_array(n_populations, sizeof *trace->populations);
    if (!trace->populations)
        goto fail;
    for (; trace->n_populations < n_populations; trace->n_populations++) {
        uint32_t i = trace->n_populations;
        if (!(trace->populations[i] = plc_string_copy(populations[i])))
            goto fail;
    }
    return PLC_OK;
fail:
    plc_trace_finish(trace);
    return plc_fail_memory(error, "trace");
}

void plc_trace_finish(plc_trace *trace)
{
    for (uint32_t i = 0; i < trace->n_populations; i++)
        free(trace->populations[i]);
    free(trace->populations);
    free(trace->spikes);
    *trace = (plc_trace){0};
}

uint32_t plc_trace_find_population(const plc_trace *trace, uint32_t guess, const char *name,
                                   size_t length)
{
    for (uint32_t i = 0; i < trace->n_populations; i++) {
        uint32_t p = (uint32_t)(((uint64_t)guess + i) % trace->n_populations);
        if (strlen(trace->populations[p]) == length && !memcmp(trace->populations[p], name, length))
            return p;
    }
    return trace->n_populations;
}

bool plc_trace_add_population(plc_trace *trace, const char *name, size_t length)
{
    size_t capacity = trace->n_populations;
    char *copy = plc_array(length + 1, 1);
    if (!copy || !plc_array_reserve(&trace->populations, &capacity, capacity + 1,
                                    sizeof *trace->populations)) {
        free(copy);
        return false;
    }
    memcpy(copy, name, length);
    trace->populations[trace->n_populations++] = copy;
    return true;
}

static plc_status check_populations(const plc_trace *trace, const plc_spike *spikes, size_t n,
                                    plc_error *error)
{
    for (size_t i = 0; i < n; i++)
        if (spikes[i].population >= trace->n_populations)
            return plc_fail(error, PLC_INVALID, "trace: population: expected below %u, got %u",
                            trace->n_populations, (unsigned)spikes[i].population);
    return PLC_OK;
}

plc_status plc_trace_check(const plc_trace *trace, plc_error *error)
{
    if (!plc_spikes_sorted(trace->spikes, trace->n))
        return plc_fail(error, PLC_INVALID, "trace: expected spikes sorted by tick");
    return check_populations(trace, trace->spikes, trace->n, error);
}

plc_status plc_trace_append(plc_trace *trace, const plc_spike *spikes, size_t n, plc_error *error)
{
    plc_status status = check_populations(trace, spikes, n, error);
    if (status != PLC_OK)
        return status;
    if (n > SIZE_MAX / sizeof *spikes - trace->n || !plc_reserve(trace, spikes, n))
        return plc_fail_memory(error, "trace");
    if (n)
        memcpy(trace->spikes + trace->n, spikes, n * sizeof *spikes);
    trace->n += n;
    return PLC_OK;
}

/* Sorting: the words (tick) and (population, neuron, polarity) as one 128-bit key. */

static uint64_t who(plc_spike spike)
{
    return (uint64_t)spike.population << 33 | (uint64_t)spike.neuron << 1 | spike.polarity;
}

static int compare_spikes(const void *a, const void *b)
{
    plc_spike x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    if (x.tick != y.tick)
        return x.tick < y.tick ? -1 : 1;
    return (who(x) > who(y)) - (who(x) < who(y));
}

bool plc_spikes_sorted(const plc_spike *spikes, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (compare_spikes(&spikes[i - 1], &spikes[i]) > 0)
            return false;
    return true;
}

static unsigned digit_of(plc_spike spike, unsigned digit)
{
    uint64_t word = digit < 8 ? who(spike) : spike.tick;
    return (unsigned)(word >> (digit % 8 * 8)) & 0xff;
}

/* One stable pass of a radix sort, by byte `digit` of the key. */
static void sort_by_digit(const plc_spike *from, plc_spike *to, size_t n, unsigned digit)
{
    size_t begin[257] = {0};
    for (size_t i = 0; i < n; i++)
        begin[digit_of(from[i], digit) + 1]++;
    for (size_t d = 0; d < 256; d++)
        begin[d + 1] += begin[d];
    for (size_t i = 0; i < n; i++)
        to[begin[digit_of(from[i], digit)]++] = from[i];
}

void plc_spikes_sort(plc_spike *spikes, size_t n)
{
    if (plc_spikes_sorted(spikes, n))
        return;
    plc_spike *scratch = n < 256 ? NULL : malloc(n * sizeof *scratch);
    if (!scratch) { /* few spikes, or no room for a second array */
        qsort(spikes, n, sizeof *spikes, compare_spikes);
        return;
    }
    uint64_t tick_bits = 0, who_bits = 0; /* that differ between spikes */
    for (size_t i = 1; i < n; i++) {
        tick_bits |= spikes[i].tick ^ spikes[0].tick;
        who_bits |= who(spikes[i]) ^ who(spikes[0]);
    }
    plc_spike *from = spikes, *to = scratch;
    for (unsigned digit = 0; digit < 16; digit++) {
        if (!((digit < 8 ? who_bits : tick_bits) >> (digit % 8 * 8) & 0xff))
            continue;
        sort_by_digit(from, to, n, digit);
        plc_spike *swap = from;
        from = to;
        to = swap;
    }
    if (from != spikes)
        memcpy(spikes, from, n * sizeof *spikes);
    free(scratch);
}

void plc_trace_sort(plc_trace *trace)
{
    plc_spikes_sort(trace->spikes, trace->n);
}
