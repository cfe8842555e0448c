/* The field's yardstick network: LIF neurons that excite random others. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_BENCHMARKS_YARDSTICK_NETWORK_H
#define PLC_BENCHMARKS_YARDSTICK_NETWORK_H

#include "base/file.h"

#include <stdint.h>

typedef struct yardstick_network {
    uint32_t n_neurons;
    uint32_t fan_out; /* synapses of each neuron */
    double rate;      /* [Hz] about which the neurons fire, at most 400 */
} yardstick_network;

/* 10,000 neurons, 1.0 M synapses, 20 Hz: the size at which simulators were measured. */
static const yardstick_network yardstick_standard = {10000, 100, 20};

/* Appends the network as a file of Placode: lif_curr_exp neurons in one population, driven by a
 * constant current, from potentials drawn between reset and threshold so that they do not fire
 * together; weak synapses (fixed_number_post) of delay 1; ticks of 1 ms. */
void yardstick_network_write(const yardstick_network *network, plc_text *text);

#endif
