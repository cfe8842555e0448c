/* What the parts of loading a layout into engine fast share. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_HW_ENGINE_FAST_LOAD_H
#define PLC_HW_ENGINE_FAST_LOAD_H

#include "hw/engine/fast.h"

/* A synapse on its way into a shard. */
typedef struct plc_loaded {
    uint32_t shard, input;
    int32_t weight;
    uint32_t delay;
} plc_loaded;

/* Neurons [begin, begin + n) of a population, all in one shard, where they follow each other from
 * `offset`. */
typedef struct plc_piece {
    uint32_t population, begin, n;
    uint32_t shard;
    uint32_t offset; /* an input of the shard; a second receptor's inputs lie half its inputs
                        further on */
} plc_piece;

/* In the place of a shard: the neuron lives in another process of the mpirun. */
#define PLC_ELSEWHERE UINT32_MAX

typedef struct plc_loader {
    plc_fast *fast;
    const plc_layout *layout;
    const plc_engine_settings *settings;
    uint32_t *first_source; /* [n_populations + 1] */
    uint64_t *rank;         /* [n_cores + 1] neurons on the cores before, in the layout's order */
    uint32_t *shard_of;     /* [neurons] shard of each neuron, by rank, or PLC_ELSEWHERE */
    uint32_t *offset_of;    /* [neurons] and its place there */
    uint64_t n_here;        /* neurons not elsewhere */
    plc_slice *slices;      /* [n_slices] by (population, begin) */
    plc_piece *pieces;
    size_t n_pieces, pieces_capacity;
    plc_walk walk, off_walk;
    plc_loaded *row; /* synapses of the source at hand that end on this process's shards */
    bool leaves;     /* and whether any end elsewhere */
    size_t row_n, row_capacity;
    plc_loaded *merged; /* scratch for sorting them */
    size_t merged_capacity;
    size_t *n_words, *words_capacity; /* [n_shards] */
    size_t *n_runs, *runs_capacity;   /* [n_blocks] */
    plc_plastic_loading plastic;
} plc_loader;

/* Cuts the layout's neurons into shards and loads their state: in the blocks of the fast, by equal
 * work, or with `by_core` one shard and one block a core of the layout. */
plc_status plc_fast_load_neurons(plc_loader *l, bool by_core, plc_error *error);
void plc_loader_finish(plc_loader *l);

/* Follows the packets of neuron i of a slice: l->walk has the cores that they reach. The OFF packet
 * must find the same rows, negated. Calls `take` with each core's row, in the order of the cores.
 */
plc_status plc_loader_walk(plc_loader *l, const plc_slice *slice, uint32_t i,
                           plc_status (*take)(plc_loader *l, uint32_t core, bool found,
                                              uint64_t row, plc_error *error),
                           plc_error *error);

/* Makes room for plastic synapses where the layout has any; neurons have been loaded. */
plc_status plc_plastic_begin(plc_loader *l, plc_error *error);
/* Notes a plastic synapse of the source at hand. */
plc_status plc_plastic_add(plc_loader *l, uint32_t core, const plc_synapse *synapse,
                           plc_error *error);
/* Gives the synapses noted to their blocks; sources must come in the order of their numbers. */
plc_status plc_plastic_end_source(plc_loader *l, uint32_t source, plc_error *error);
void plc_plastic_loading_finish(plc_plastic_loading *loading);

/* Follows the packets of every neuron through the routing tables and loads the rows they find into
 * the shards. */
plc_status plc_fast_load_rows(plc_loader *l, plc_error *error);

#endif
