/* Networks with locality: populations on a torus that listen to themselves and their neighbours. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_BENCHMARKS_LOCAL_NETWORK_H
#define PLC_BENCHMARKS_LOCAL_NETWORK_H

#include "base/file.h"

#include <stdbool.h>
#include <stdint.h>

enum { LOCAL_FAN_IN = 100 }; /* synapses that reach each neuron */

typedef struct local_network {
    uint32_t n_neurons;       /* a multiple of population_size */
    uint32_t population_size; /* [neurons] >= LOCAL_FAN_IN */
    bool drawn;               /* weights and delays differ between synapses */
} local_network;

/* Appends the network as a file of Placode: n_neurons lif_curr_exp neurons in populations on a
 * torus as square as their number allows, each with LOCAL_FAN_IN synapses a neuron
 * (fixed_number_pre), two fifths from itself and the rest in equal parts from its four neighbours.
 */
void local_network_write(const local_network *network, plc_text *text);

/* The side of the smallest square torus of SpiNNaker chips that holds n neurons at 255 a core and
 * 17 cores a chip, with an eighth to spare. */
uint32_t local_network_side(uint32_t n_neurons);

#endif
