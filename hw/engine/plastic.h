/* Plastic synapses of a block of engine fast or a core of engine mesh, apart from the static ones.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_HW_ENGINE_PLASTIC_H
#define PLC_HW_ENGINE_PLASTIC_H

#include "hw/neuron/stdp.h"

#include <stddef.h>

/* A plastic synapse. */
typedef struct plc_plastic_synapse {
    int32_t *input;   /* it adds to, of the shard */
    uint32_t history; /* of its target, of the block */
    int32_t weight;   /* [ring units] */
    int32_t initial;  /* at tick 0 */
    uint16_t delay;   /* [ticks] */
    uint8_t shift;    /* ring shift */
    uint8_t receptor;
} plc_plastic_synapse;

/* The plastic synapses [begin, begin + n) of one source that have one rule. */
typedef struct plc_plastic_row {
    uint64_t begin;
    uint32_t n;
    uint32_t rule; /* population */
    uint32_t source;
    plc_pre_event pre;
} plc_plastic_row;

/* What a neuron with plastic synapses remembers of its spikes. */
typedef struct plc_post_history {
    plc_post_event *events; /* [n] ascending, owned */
    size_t capacity;
    uint32_t n;
    uint32_t population, neuron;
} plc_post_history;

/* A synapse by its target; for rules that flush. */
typedef struct plc_plastic_in {
    uint64_t synapse;
    uint64_t row;
} plc_plastic_in;

/* A weight on its way to an input. */
typedef struct plc_plastic_parcel {
    int32_t *input;
    int32_t weight;
} plc_plastic_parcel;

typedef struct plc_plastic_parcels {
    plc_plastic_parcel *data;
    size_t n, capacity;
} plc_plastic_parcels;

typedef struct plc_plastic {
    uint64_t *row_offsets; /* [n_sources + 1] into rows */
    plc_plastic_row *rows;
    size_t n_rows, rows_capacity;
    plc_plastic_synapse *synapses;
    size_t n_synapses, synapses_capacity;
    plc_post_history *histories; /* [n_histories] by (population, neuron) */
    uint32_t n_histories;
    uint64_t *in_offsets; /* [n_histories + 1] into in; NULL: no rule flushes */
    plc_plastic_in *in;
    plc_stdp_rule **rules; /* [n_populations] or NULL each, owned */
    uint32_t n_populations;
    uint64_t n_sources;
    plc_plastic_parcels *later; /* [ring] by tick mod ring */
    uint32_t ring;
    uint64_t events; /* plastic synapses passed by packets */
} plc_plastic;

/* A plastic synapse on its way into its block. */
typedef struct plc_plastic_loaded {
    uint32_t block, population;
    plc_plastic_synapse synapse;
} plc_plastic_loaded;

typedef struct plc_plastic_loading {
    bool any;             /* the layout has plastic synapses */
    uint32_t *history_of; /* [neurons] by rank, of its block */
    plc_plastic_loaded *row;
    size_t n, capacity;
} plc_plastic_loading;

void plc_plastic_destroy(plc_plastic *plastic);
/* Back to tick 0. */
void plc_plastic_clear(plc_plastic *plastic);
/* Lists synapses by target where a rule flushes; all have been added. False when memory is short.
 */
bool plc_plastic_index(plc_plastic *plastic);
/* A neuron spikes: before the packets of that tick are taken. False when memory is short. */
bool plc_plastic_log(plc_plastic *plastic, plc_post_history *history, uint64_t tick);
/* A source's spike of a tick: brings its synapses up to date and adds them, at once where the delay
 * is 1, for the neurons have been updated. False when memory is short. */
bool plc_plastic_take(plc_plastic *plastic, uint32_t source, uint64_t tick);
/* Adds what has waited for a tick. */
void plc_plastic_deliver_due(plc_plastic *plastic, uint64_t tick);

#endif
