/* Threshold netlists as spiking networks: a spike is a 1.
 *
 * A cell is a neuron of model `threshold`. Every neuron has a level [ticks]: inputs 0, a cell at
 * least one more than what it reads; a synapse's delay is the difference, so all inputs of a cell
 * for one clock meet in one tick. A flip-flop is a neuron at level `period`, which is level 0 of
 * the next clock; where a cell is of use to one flip-flop alone it stands at that level itself.
 * What is further apart than the longest delay goes through relays, shared by all that read the
 * same neuron. Nothing lasts from tick to tick, so `period` circuits run interleaved, one clock of
 * one of them begun in each tick. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_FTL_NEURONS_H
#define PLC_FTL_NEURONS_H

#include "ftl/cells.h"
#include "ftl/vectors.h"

#include <placode/network.h>
#include <placode/spikes.h>

/* Populations, numbered as here; those without neurons are left out, and so are their numbers. */
typedef enum plc_neuron_kind {
    PLC_NEURON_INPUT, /* primary inputs */
    PLC_NEURON_RESET, /* one source that holds flip-flops at their initial values */
    PLC_NEURON_CELL,
    PLC_NEURON_LATCH, /* flip-flops that no cell took in */
    PLC_NEURON_RELAY,
    PLC_N_NEURON_KINDS,
} plc_neuron_kind;

typedef struct plc_neuron_relay {
    uint32_t source; /* node of the netlist */
    uint32_t level;  /* [ticks] */
    uint32_t from;   /* relay before it, or UINT32_MAX: the node */
} plc_neuron_relay;

/* The plan of a network. Zeroed: none. */
typedef struct plc_neurons {
    const plc_cells *cells; /* borrowed */
    uint32_t max_delay;     /* [ticks] */
    uint32_t period;        /* [ticks] of a clock; 1 without flip-flops */
    uint32_t depth;         /* [ticks] from an input to the last output */
    uint32_t *level;        /* [n_nodes] [ticks]; of flip-flops 0, as they are read */
    uint32_t *absorbed;     /* [n_cells] flip-flop + 1 that a cell took in */
    uint32_t *cell_of;      /* [n_latches] cell + 1 that took it in */
    uint32_t *index;        /* [n_latches] among flip-flops that no cell took in */
    uint32_t n_free_latches;
    struct {
        plc_neuron_relay *data;
        size_t n, capacity;
    } relays;
    uint32_t *first_relay,
        *last_relay; /* [n_nodes] relays of a node are in order; UINT32_MAX: none */
} plc_neurons;

/* Plans with delays of 1..max_delay ticks. */
plc_status plc_neurons_plan(const plc_cells *cells, uint32_t max_delay, plc_neurons *ret_neurons,
                            plc_error *error);
void plc_neurons_finish(plc_neurons *neurons);

enum { PLC_NEURONS_BEGIN = 1 }; /* [ticks] of the first clock: before it, flip-flops are reset */

/* The network for all clocks of all streams; stream s begins its clock k in tick PLC_NEURONS_BEGIN
 * + k period + s. */
plc_status plc_neurons_build(const plc_neurons *neurons, const plc_vectors *vectors,
                             uint32_t n_streams, uint64_t seed, plc_network **ret_network,
                             plc_error *error);
/* [ticks] until the last output of the last clock. */
uint64_t plc_neurons_ticks(const plc_neurons *neurons, const plc_vectors *vectors);

/* What comes out: filled by the spikes of a run. */
typedef struct plc_neuron_answers {
    const plc_neurons *neurons; /* borrowed */
    uint32_t n_streams;
    uint64_t n_clocks;
    int population[PLC_N_NEURON_KINDS]; /* its number in the network, -1: left out */
    uint64_t *bits; /* [n_outputs][(n_clocks * n_streams + 63) / 64] whether the driver spiked */
    uint32_t *next, *first_of_cell, *first_of_latch; /* outputs by what drives them, + 1 */
} plc_neuron_answers;

plc_status plc_neuron_answers_init(plc_neuron_answers *answers, const plc_neurons *neurons,
                                   const plc_vectors *vectors, uint32_t n_streams,
                                   plc_error *error);
void plc_neuron_answers_finish(plc_neuron_answers *answers);
void plc_neuron_answers_take(plc_neuron_answers *answers, const plc_spike *spikes, size_t n);
/* Output o of stream s in clock k. */
bool plc_neuron_answers_get(const plc_neuron_answers *answers, const plc_vectors *vectors,
                            uint32_t o, uint32_t s, uint64_t k);

#endif
