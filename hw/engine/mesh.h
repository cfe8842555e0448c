/* The engine `mesh`: the placed network in time, packet by packet. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_HW_ENGINE_MESH_H
#define PLC_HW_ENGINE_MESH_H

#include "hw/engine/fabric.h"
#include "hw/engine/fast_load.h"

/* A synapse of a row: where it adds to in the ring, counted from the slot of the tick. In lockstep
 * those of a neuron are sorted by delay. */
typedef struct plc_mesh_synapse {
    uint32_t offset;
    int32_t weight;
} plc_mesh_synapse;

/* A multicast tree: packets of all neurons that have it take the same way. */
typedef struct plc_route {
    uint32_t branch;   /* at the source's router, into the mesh's branches */
    uint32_t leaf;     /* into the mesh's leaves */
    uint32_t n_leaves; /* cores reached */
} plc_route;

/* Synapses of a neuron with one delay, in lockstep. */
typedef struct plc_mesh_batch {
    uint32_t n;
    uint32_t delay; /* [ticks] */
} plc_mesh_batch;

/* A batch to be added at the start of a later tick: n synapses from `first` on, `sign` times. */
typedef struct plc_mesh_parcel {
    uint64_t first;
    uint32_t n;
    int32_t sign;
} plc_mesh_parcel;

typedef struct plc_mesh_parcels {
    plc_mesh_parcel *data;
    size_t n, capacity;
} plc_mesh_parcels;

/* A tick in real time, as far as its cores have ended it. */
typedef struct plc_mesh_length {
    plc_engine_tick tick;
    uint32_t n_cores;
} plc_mesh_length;

/* The row of a packet on a core. */
typedef struct plc_mesh_row {
    uint64_t start, done; /* [ps] the core works at it, once the packet has been taken in */
    uint64_t first;       /* synapse */
    uint32_t n;           /* synapses */
    uint32_t n_plastic;   /* of them */
    uint32_t source;
    uint32_t cargo; /* of the packet */
} plc_mesh_row;

/* What a core does in the tick at hand, in [ps] from the start of the run. A core takes a packet in
 * at once (that interrupts all else), has its row fetched while it works at the row before, adds
 * rows in the order of their fetches, and updates neurons in between, in the order of their
 * numbers. */
typedef struct plc_mesh_core {
    uint32_t input;        /* its first in each slot of the ring */
    uint32_t router;       /* it sits at */
    uint64_t tick;         /* it is in */
    uint64_t n_done;       /* ticks begun, in real time */
    uint64_t heard;        /* [ticks] until then something may be in the ring, in real time */
    uint64_t received;     /* the last packet has been taken in */
    uint64_t rows_done;    /* the last row has been added */
    uint64_t neurons;      /* the next spike leaves, or the last neuron has been updated */
    uint64_t began;        /* at its neurons */
    uint32_t sent, n_sent; /* spikes that have left; of the tick */
    uint32_t updated;      /* neurons updated at `neurons` */
    uint32_t n_updates;    /* neurons due in the tick */
    uint32_t *turns;       /* [n_sent] how many neurons have been updated before one that spiked */
    size_t turns_capacity;
    plc_mesh_row *pending; /* [n_pending] in the order in which they will be added; real time */
    size_t n_pending, pending_capacity;
    size_t begun;           /* of them at the last look */
    size_t n_given, n_kept; /* spikes of its block's trace, while spikes are handed over */
} plc_mesh_core;

/* When a core works at a packet and its row [ps]. */
typedef struct plc_mesh_work {
    uint64_t taken; /* it begins to take the packet in */
    uint64_t asked; /* the memory begins to fetch the row; 0: there is none */
    uint64_t start; /* the core begins to add it; likewise */
} plc_mesh_work;

enum { PLC_MESH_SHORT = 256 }; /* [synapses] of rows whose times are tabulated */

/* Times of a core's work [ps]. */
typedef struct plc_mesh_times {
    uint64_t tick, neuron, spike, packet, row, synapse, plastic, latency, barrier;
    double byte;                    /* [ps] of the memory of a router's cores */
    uint32_t row_header, word;      /* [B] */
    uint64_t fetch[PLC_MESH_SHORT]; /* of a row, by synapses */
} plc_mesh_times;

/* How long the memory is busy with a row of n synapses [ps]. */
static inline uint64_t plc_mesh_fetch_time(const plc_mesh_times *times, uint32_t n)
{
    return (uint64_t)((double)((uint64_t)n * times->word + times->row_header) * times->byte);
}

/* What is known of each neuron's packets, in debug builds. Neurons are numbered through all
 * populations, leaves as in their route. */
typedef struct plc_mesh_audit {
    int64_t *due;   /* [n_sources] leaves yet to be reached; NULL: no audit */
    uint64_t *last; /* [n_rows] by neuron and leaf: what the last packet carried, plus one */
    bool doubled;   /* a packet has reached a leaf twice: */
    uint32_t source, leaf;
} plc_mesh_audit;

/* See clocked.h. */
typedef struct plc_clocked plc_clocked;

typedef struct plc_mesh {
    plc_fast fast; /* the neurons: one shard and one block a core */
    plc_fabric fabric;
    plc_mesh_core *cores;  /* [fast.n_blocks] */
    uint64_t *memory_free; /* [n_routers] [ps] the memory of a router's cores is free */
    plc_branch *branches;
    size_t n_branches, branches_capacity;
    plc_route *routes;
    size_t n_routes, routes_capacity;
    uint32_t *leaves; /* cores, by route */
    size_t n_leaves, leaves_capacity;
    uint32_t *route_of;      /* [n_sources] */
    uint64_t *first_row;     /* [n_sources] where in rows those of a neuron begin */
    uint64_t *first_synapse; /* [n_sources] its first synapse */
    uint32_t *rows;          /* by neuron: where the row on each leaf of its route begins, from the
                              * first synapse on, and where the last one ends */
    size_t n_rows, rows_capacity;
    uint8_t *found; /* [n_rows] the core has the row, be it empty; NULL: all take as long */
    size_t found_capacity;
    uint32_t *plastic_of; /* [n_rows] plastic synapses of the row that begins there; NULL:
                           * there are none */
    size_t plastic_capacity;
    plc_mesh_synapse *synapses; /* by neuron and leaf; the static ones */
    size_t n_synapses, synapses_capacity;
    plc_mesh_batch *batches; /* by neuron; lockstep */
    size_t n_batches, batches_capacity;
    uint64_t *first_batch;   /* [n_sources + 1]; lockstep */
    plc_mesh_parcels *later; /* [fast.ring] by tick mod fast.ring; lockstep */
    int32_t *ring;  /* [fast.ring][1 << shift] input sums of the ticks to come, by core; one slot in
                     * lockstep, for the tick at hand */
    uint32_t shift; /* 1 << shift >= inputs of all cores */
    plc_mesh_times times;
    uint64_t tick;
    uint64_t now;      /* [ps] start of the tick */
    uint64_t length;   /* [ps] of a tick in real time; UINT64_MAX: none */
    uint64_t expected; /* packets that cores are to get, of all that were sent */
    plc_engine_watch watch;
    plc_mesh_audit audit;
    bool real_time;
    uint64_t end;             /* [ticks] of the run at hand, in real time */
    uint32_t n_parked;        /* cores that have done all ticks up to then */
    uint64_t capacity;        /* [packets] of a core's spike buffer */
    plc_mesh_length *lengths; /* [n_lengths] of the ticks that not all cores have ended */
    size_t n_lengths, lengths_capacity;
    uint64_t missed;                  /* the last tick plus one that some core began late */
    plc_engine_tally *core_tallies;   /* [n_cores] */
    plc_engine_tally *source_tallies; /* [n_sources] */
    plc_engine_tally *link_tallies;   /* [n_routers * PLC_N_LINKS] */
    plc_engine_cost cost;
    plc_clocked *clocked; /* lockstep runs cycle by cycle; NULL: event by event; owned */
    plc_chip *chip;       /* owned */
} plc_mesh;

/* Loads a layout into a zeroed mesh. */
plc_status plc_mesh_load(plc_mesh *mesh, const plc_layout *layout,
                         const plc_engine_settings *settings, plc_error *error);

/* What a packet carries. */
static inline uint32_t plc_mesh_cargo(uint64_t tick, int32_t sign)
{
    return (uint32_t)tick << 1 | (sign < 0);
}

static inline int32_t plc_mesh_sign(uint32_t cargo)
{
    return cargo & 1 ? -1 : 1;
}

/* Updates the neurons of a core that are due in its tick, with what is in its slot of the ring if
 * that is `open`. False when memory is short. */
bool plc_mesh_update(plc_mesh *mesh, uint32_t number, bool open);
/* What it takes to sort synapses. Zeroed: nothing yet. */
typedef struct plc_mesh_sorting {
    plc_mesh_synapse *sorted;
    uint64_t *begins; /* [ring + 1] */
    size_t capacity, begins_capacity;
} plc_mesh_sorting;

plc_status plc_mesh_parcels_init(plc_mesh *mesh, plc_error *error);
void plc_mesh_parcels_finish(plc_mesh *mesh);
/* Sorts the synapses of a neuron, the last that have been added, by delay, and makes batches of
 * them. Neurons must come in order. False when memory is short. */
bool plc_mesh_sort_synapses(plc_mesh *mesh, uint32_t source, plc_mesh_sorting *sorting);
void plc_mesh_sorting_finish(plc_mesh_sorting *sorting);
/* Has the synapses of a neuron that spikes added at the ticks of their delays. False when memory is
 * short. */
bool plc_mesh_post(plc_mesh *mesh, uint32_t source, int32_t sign);
/* Adds what is due in this tick to the ring; false when nothing is. */
bool plc_mesh_open(plc_mesh *mesh);

/* A core begins to work at its neurons. False when memory is short. */
bool plc_mesh_start(plc_mesh *mesh, uint32_t number, uint64_t time);
/* Has plc_mesh_begin_tick() called for a core at a time. */
bool plc_mesh_call_tick(plc_mesh *mesh, uint64_t time, uint32_t number);
/* When a core is done with all it has. */
uint64_t plc_mesh_busy_until(const plc_mesh_core *core);
/* What keeps it until then. */
plc_engine_reason plc_mesh_reason(const plc_mesh_core *core);
/* Packets are handed to every core of their route, and to none twice: that is what the layout says.
 */
plc_status plc_mesh_check(const plc_mesh *mesh, plc_error *error);

/* Keeps books of every packet from now on, before the first one. */
plc_status plc_mesh_audit_begin(plc_mesh *mesh, plc_error *error);
void plc_mesh_audit_finish(plc_mesh_audit *audit);
void plc_mesh_audit_send(plc_mesh *mesh, uint32_t source);
void plc_mesh_audit_deliver(plc_mesh *mesh, uint32_t source, uint32_t cargo, uint32_t leaf);
/* PLC_DIFFERS when a packet has reached a leaf twice, or one that is not on its way has missed
 * one. */
plc_status plc_mesh_audit_check(const plc_mesh *mesh, plc_error *error);

/* A core takes in a packet at a time; says when it will work at its row. */
plc_mesh_work plc_mesh_take(plc_mesh *mesh, uint32_t number, const plc_mesh_row *row,
                            uint64_t time);
/* Tells who watches. */
void plc_mesh_tell(const plc_mesh *mesh, plc_engine_event event);
/* Tells of a core's work at its neurons, which has ended. */
void plc_mesh_tell_neurons(const plc_mesh *mesh, uint32_t number);
/* The fabric's owner, for one that is watched or not. */
void plc_mesh_own_fabric(plc_mesh *mesh);

/* In real time, cores begin their ticks when the clock says so, or as soon after as they are done
 * with the one before. */
plc_status plc_mesh_run_real_time(plc_mesh *mesh, uint64_t end, plc_spike_sink sink, void *context,
                                  plc_error *error);
/* A core is called to begin its next tick. */
bool plc_mesh_begin_tick(plc_mesh *mesh, uint32_t number, uint64_t time);
/* A packet reaches a core: it waits for its row, or is lost. False when memory is short. */
bool plc_mesh_receive(plc_mesh *mesh, uint32_t number, plc_mesh_row row, uint64_t time);

/* What is left to do for a tick when its neurons have been updated: sends their packets, and lets
 * time pass until all is done. False when memory is short. */
bool plc_mesh_settle(plc_mesh *mesh, plc_engine_tick *ret_tick);

#endif
