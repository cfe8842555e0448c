/* Upper bounds on the rows that neurons need on a core, closer than "all of a source population".
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_MAPPER_WINDOWS_H
#define PLC_MAPPER_WINDOWS_H

#include "net/network.h"

#include <placode/status.h>
#include <stdint.h>

/* Populations cut into windows of as many neurons as a slice can hold, and the windows from which
 * the neurons of one population have synapses. A core that gets a synapse from a neuron gets a row
 * for each neuron of its slice; wherever slices are going to be cut, that one lies in the neuron's
 * window and those beside it. A zeroed one is empty. */
typedef struct plc_windows {
    uint32_t width;       /* [neurons] of a window; the last of a population may be narrower */
    uint32_t *first;      /* [n_populations + 1] first window of each population */
    uint64_t *offsets;    /* [size + 1] into `touched`; NULL: empty */
    uint32_t *touched;    /* windows with synapses to each neuron of the population */
    uint32_t *population; /* [windows] that a window is of */
    uint32_t *charged_to; /* [windows] core + 1 that pays for its rows */
    const plc_network *network;
} plc_windows;

/* Finds the windows for the neurons of a population, of at most slice_max neurons. O(synapses) */
plc_status plc_windows_init(plc_windows *windows, const plc_network *network, uint32_t population,
                            uint64_t slice_max, plc_error *error);
/* The most rows that a neuron adds to those already charged to a core, and charges them. */
uint64_t plc_windows_charge(plc_windows *windows, uint32_t neuron, uint32_t core);
void plc_windows_finish(plc_windows *windows);

#endif
