/* The engine `fast`: spikes only, event-driven, threads that own neurons. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_HW_ENGINE_FAST_H
#define PLC_HW_ENGINE_FAST_H

#include "base/random.h"
#include "hw/engine/engine.h"
#include "hw/engine/plastic.h"
#include "hw/neuron/lif.h"
#include "hw/neuron/onoff.h"

/* A synapse of a shard: a weight and the input it adds to, in 4 bytes, or 8 where 16 bits are too
 * few for a weight. */
typedef uint32_t plc_narrow_word; /* weight << 16 | input */
typedef uint64_t plc_wide_word;   /* weight << 32 | input */

enum {
    PLC_SHARD_INPUTS =
        65536, /* so that an input fits 16 bits, and a shard's inputs a second-level cache */
    PLC_DRAW_BATCH = 256, /* ticks whose draws are made at once */
};

/* Synapses of one source neuron onto one shard, with one delay: words [begin, begin + n) of the
 * shard. */
typedef struct plc_run {
    uint64_t begin;
    uint32_t n;
    uint32_t shard : 24; /* of the block */
    uint32_t delay : 8;  /* [ticks] */
} plc_run;

/* A run to be delivered at the start of a later tick. */
typedef struct plc_parcel {
    uint32_t run;
    int32_t sign; /* +1, or -1 for an OFF spike */
} plc_parcel;

typedef struct plc_parcels {
    plc_parcel *data;
    size_t n, capacity;
} plc_parcels;

/* A spike on its way to the blocks. */
typedef struct plc_sent {
    uint32_t source; /* neuron, counted over all populations */
    int32_t sign;
} plc_sent;

typedef struct plc_sent_list {
    plc_sent *data;
    size_t n, capacity;
} plc_sent_list;

/* Passes each pair that flips, and few others; see fast_spins.h. */
typedef struct plc_spin_filter {
    int32_t slope;    /* b, Q23, at most 64 octaves */
    int32_t bound;    /* 31 - log2 eta, Q23, and a margin for rounding */
    int32_t gain_min; /* gains below count as this one, which never flips */
} plc_spin_filter;

/* The same for pairs in 16 bits: of gains above 0, and of losses from (i - 1) << shift on to the
 * next, the highest bytes of noise below which all flip, and above which none does. */
typedef struct plc_spin_table {
    uint8_t sure[16], most[16];
    int32_t shift;
} plc_spin_table;

/* Words [begin, begin + n) of a block's row_words or row_targets: the synapses of one source. */
typedef struct plc_spin_row {
    uint32_t begin, n;
} plc_spin_row;

/* Neurons [begin, begin + n) of a population, in one shard. */
typedef struct plc_group {
    uint64_t next_due;        /* tick */
    plc_recording *recording; /* of v, or NULL */
    uint32_t population, begin, n;
    int32_t *inputs[2]; /* [n] by receptor, of the shard; NULL where there is no such receptor */
    uint32_t source;    /* of neuron `begin`, see plc_sent */
    plc_model model;
    plc_schedule schedule;
    uint32_t size;         /* of the whole population */
    bool shared;           /* all neurons have the parameters params[0] */
    const int32_t *params; /* [1 or n][words of the model], owned by the shard's engine */
    plc_random_key key;    /* of the population's stream in the epoch of the tick */
    uint64_t seed;
    uint32_t epoch; /* tick >> 32 of `key`; UINT32_MAX: none yet */
    /* lif_curr_exp: state in columns, for the vector unit */
    plc_s1615 *v;
    uint32_t *g_e, *g_i;
    int32_t *wait;
    /* onoff */
    plc_onoff_state *onoff;     /* [n] */
    plc_acceptance *acceptance; /* shared by neighbours with equal parameters */
    bool borrows;               /* `acceptance` is an earlier group's */
    bool packed;     /* the inputs are packed pairs, see fast_spins.h, and `onoff` is out of use */
    int16_t *shorts; /* [n] of the block's, where packed pairs are in 16 bits; else NULL */
    plc_spin_filter filter;
    plc_spin_table table;   /* in the place of the filter where there are shorts */
    uint64_t filter_span;   /* of the acceptance that they are for; 0: none yet */
    uint32_t *block_begins; /* [n_group_blocks + 1] packed and drawn: of the blocks that overlap */
    uint32_t first_block, n_group_blocks;
    /* spike_source_array: spikes of the group by (tick, neuron), and the next one */
    uint64_t *events; /* [n_events] tick << 32 | neuron of the group */
    uint64_t n_events, next_event;
    plc_post_history *histories; /* [n] of the block's; NULL where synapses are static */
    /* scratch */
    uint32_t *noise; /* [n] or [2 * PLC_DRAW_BATCH] */
    uint8_t *fired;  /* [n] */
} plc_group;

/* Inputs of up to PLC_SHARD_INPUTS neurons and receptors, and the synapses that reach them. */
typedef struct plc_shard {
    uint32_t n_inputs;
    uint32_t block;  /* that it belongs to */
    int32_t *inputs; /* [n_inputs] exact sums of what waits for each neuron */
    bool wide;
    void *words; /* of plc_narrow_word or plc_wide_word */
} plc_shard;

/* What one thread owns: shards with their neurons, and all that a spike needs to find its synapses
 * there. */
typedef struct plc_block {
    plc_shard *shards; /* [n_shards], part of the engine's array */
    uint32_t n_shards;
    plc_group *groups; /* [n_groups] sorted by (population, begin) */
    uint32_t n_groups;
    uint64_t *due;         /* [n_groups] tick before which plc_group_update() has nothing to do */
    uint64_t *run_offsets; /* [n_sources + 1] into runs */
    plc_run *runs;
    plc_spin_row *rows; /* [n_sources] in the place of the runs where all are short; else NULL */
    plc_narrow_word *row_words; /* or NULL: */
    uint16_t *row_targets;      /* the inputs alone, where all have the weight `uniform` */
    int32_t uniform;            /* 0: they differ */
    int16_t *shorts;            /* [inputs] packed pairs in 16 bits where all are; else NULL */
    plc_plastic *plastic;       /* its plastic synapses; NULL: none */
    plc_parcels *later;         /* [ring] by tick mod ring */
    plc_sent_list sent[2];      /* spikes of even and odd ticks */
    plc_spike *trace;           /* spikes since the last hand-over */
    size_t n, capacity;         /* of trace */
    int32_t *gains;             /* [n] of the trace's spikes, where all are of packed pairs */
    size_t gains_capacity;
    uint64_t digest, n_spikes, events, updates;
    bool failed;    /* memory ran short */
    char apart[64]; /* so that two threads do not write to one cache line */
} plc_block;

/* Spikes on their way between ranks; all NULL where there is one. */
typedef struct plc_mail {
    bool *leaves;      /* [n_sources] sources on this rank that have synapses on others */
    plc_sent *out;     /* [neurons on this rank] */
    plc_sent_list in;  /* [n_sources] spikes of the tick at hand from other ranks */
    int *counts;       /* [2 * ranks] see plc_ranks_count_words() */
    plc_spike *merged; /* spikes of all ranks, on rank 0 */
    size_t merged_capacity;
    uint64_t n_out; /* spikes sent so far */
} plc_mail;

typedef struct plc_fast {
    plc_engine base;
    uint32_t n_ranks, rank; /* that run the layout together, and which of them this is */
    plc_shard *shards;      /* [n_shards] by block */
    uint32_t n_shards;
    plc_block *blocks; /* [n_blocks], one for each thread asked for; the others are other ranks' */
    uint32_t n_blocks;
    uint64_t n_sources;
    uint32_t ring;    /* power of two above the longest delay */
    uint32_t chunk;   /* [ticks] between hand-overs of spikes */
    int32_t **params; /* [n_populations] copies of the layout's parameters */
    uint32_t n_populations;
    uint32_t
        *first_source; /* [n_populations + 1] as in plc_sent; NULL unless synapses are plastic */
    plc_spike *merged; /* spikes of all blocks, in canonical order */
    size_t merged_capacity;
    plc_mail mail;
} plc_fast;

/* Cuts the layout's neurons into shards and loads their synapses, walking each key through the
 * routing tables. */
plc_status plc_fast_load(plc_fast *fast, const plc_layout *layout,
                         const plc_engine_settings *settings, plc_error *error);
/* Frees all that a fast has, but not itself. */
void plc_fast_finish(plc_fast *fast);
/* Adds up the counters of the ticks before `stop` and gives their spikes to the sink. */
plc_status plc_fast_hand_over(plc_fast *fast, uint64_t stop, plc_spike_sink sink, void *context,
                              plc_error *error);
/* The weights of the blocks' plastic synapses; a plc_engine_class.get_weights. */
plc_status plc_fast_get_weights(const plc_engine *engine, plc_weight **ret_weights, size_t *ret_n,
                                plc_error *error);
/* A plc_engine_class.get_gains. */
const int32_t *plc_fast_get_gains(const plc_engine *engine);
/* The states of all blocks' neurons; a plc_engine_class.get_states. */
bool plc_fast_get_states(const plc_engine *engine, const uint32_t *n_words, int32_t *const *states);
/* Tells each group where its population's potentials go; a plc_engine_class.start_recording. */
void plc_fast_start_recording(plc_engine *engine);
/* The state of a group at tick 0, from its population; inputs must be clear. */
void plc_group_reset(plc_group *group, const plc_population *population);
void plc_shard_finish(plc_shard *shard);
void plc_block_finish(plc_block *block, uint32_t ring);

/* Makes room for mail; n_own neurons live on this rank. */
plc_status plc_mail_init(plc_fast *fast, uint64_t n_own, plc_error *error);
void plc_mail_finish(plc_mail *mail);
/* Tells the other ranks the spikes of a tick that they have synapses for, and hears of theirs. */
void plc_mail_exchange(plc_fast *fast, uint64_t tick);
/* Readies the recordings for ticks [begin, end), of which each rank writes its neurons' potentials.
 */
void plc_mail_clear_rows(plc_fast *fast, uint64_t begin, uint64_t end);
/* Puts the counters of all ranks in the place of this one's, and on rank 0 the potentials and,
 * where `keep`, the spikes since the last hand-over; the others get none. Fails on all ranks if
 * `status` is not PLC_OK on one. */
plc_status plc_mail_hand_over(plc_fast *fast, plc_status status, bool keep, plc_engine_stats *stats,
                              const plc_spike **spikes, size_t *n, plc_error *error);

/* Updates the group's neurons that are due in a tick; spikes go to the block's trace and sent[tick
 * & 1]. */
void plc_group_update(plc_block *block, plc_group *group, uint64_t tick);
/* How many neurons that a core updates in a tick come before the i-th of a group, in the group. */
uint32_t plc_group_turn(const plc_group *group, uint32_t i);
/* Adds the synapses of a run to the inputs they reach. */
void plc_block_deliver(plc_block *block, const plc_run *run, int32_t sign);
/* Takes the spikes of a tick: delay 1 is delivered at once, since every neuron of the block has
 * been updated; the rest waits for its tick. */
void plc_block_take(plc_block *block, const plc_sent_list *sent, uint64_t tick, uint32_t ring);
/* Delivers what has waited for a tick. */
void plc_block_deliver_due(plc_block *block, uint64_t tick, uint32_t ring);
/* Adds a spike of a group's neuron to the trace and sent[tick & 1]. */
void plc_block_emit(plc_block *block, const plc_group *group, uint64_t tick, uint32_t neuron,
                    bool off);

/* Brings the random stream and the annealer of a group to a tick. */
void plc_group_move_to(plc_group *group, uint64_t tick);

/* Whether the network is one population of packed pairs of which one drawn pair is due in each
 * tick, with packed rows: then ticks [begin, end) run in one loop. */
bool plc_fast_is_solo(const plc_fast *fast);
void plc_block_run_solo(plc_block *block, uint64_t begin, uint64_t end);

/* One tick of all neurons of a lif_curr_exp group with shared parameters. Inputs are cleared; fired
 * [n] is set. */
void plc_lif_update_all(const plc_lif_params *params, size_t n, plc_s1615 *v, uint32_t *g_e,
                        uint32_t *g_i, int32_t *wait, int32_t *input_e, int32_t *input_i,
                        uint8_t *fired);

#endif
