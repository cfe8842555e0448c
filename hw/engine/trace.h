/* Arrays of spikes: their order and sorting. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_HW_ENGINE_TRACE_H
#define PLC_HW_ENGINE_TRACE_H

#include <placode/spikes.h>
#include <stdbool.h>

/* Whether n spikes are in the order of (tick, population, neuron, polarity). */
bool plc_spikes_sorted(const plc_spike *spikes, size_t n);

/* Sorts n spikes into that order. O(n) when they are; else a radix sort in a second array of the
 * same size, or, when memory for that is short, in place in O(n log n). */
void plc_spikes_sort(plc_spike *spikes, size_t n);

/* Fails unless a trace is fit to be written: sorted, and every population it speaks of has a name.
 */
plc_status plc_trace_check(const plc_trace *trace, plc_error *error);

/* The population named by the first `length` characters of `name`, or n_populations. O(distance
 * from `guess`): sorted spikes name populations in turn. */
uint32_t plc_trace_find_population(const plc_trace *trace, uint32_t guess, const char *name,
                                   size_t length);

/* Appends a population, named by the first `length` characters of `name`; false when memory is
 * short. */
bool plc_trace_add_population(plc_trace *trace, const char *name, size_t length);

#endif
