/* A MAX-CUT problem: its network, and the graph with the vertices numbered as the network's
 * neurons. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_ISING_MAXCUT_H
#define PLC_ISING_MAXCUT_H

#include "ising/adjacency.h"

#include <placode/ising.h>
#include <stdint.h>

/* Slots number the neurons of all populations in a row: neuron i of population p is slot
 * begin[p] + i. */
struct plc_maxcut {
    plc_network *network;
    plc_maxcut_settings settings;
    uint64_t ticks;
    uint32_t n_populations; /* colour classes, or 1 */
    uint32_t *begin;        /* [n_populations + 1] slots */
    uint32_t *vertex;       /* [n] of each slot */
    plc_adjacency slots;    /* the graph's edges between slots */
    int32_t *bias;          /* [n] weight of each slot's edge to the pinned vertex; NULL: none */
};

/* Adds one projection for each ordered pair of populations with edges between them: synapses in
 * both directions of every edge, of its weight, with a delay of one tick. O(m + populations^2) */
plc_status plc_maxcut_add_projections(plc_maxcut *maxcut, plc_error *error);

/* Constants of an annealer that falls from one temperature to another, at most 0.9 times as high,
 * in the settings' number of updates; eta is left alone. */
void plc_maxcut_anneal_between(double hot, double cold, plc_maxcut_settings *settings);

#endif
