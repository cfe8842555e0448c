/* Engines: layouts to spikes. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLACODE_ENGINE_H
#define PLACODE_ENGINE_H

#include <placode/layout.h>
#include <placode/spikes.h>
#include <placode/status.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct plc_engine plc_engine;

typedef struct plc_engine_settings {
    const char *kind;      /* of plc_engine_kind(); NULL: "fast" */
    uint64_t seed;         /* of noise and of Poisson sources */
    uint32_t threads;      /* at most this many; 0: one per processor */
    uint32_t thread_grain; /* [neurons + synapses] work of a tick below which a thread is not worth
                            * its barrier; 0: the engine's own figure. The spikes are the same for
                            * any value. */
    bool real_time; /* ticks of the chip's length, whatever is done by then; only engine mesh */
    bool on_ranks; /* run the layout together with all processes of MPI_COMM_WORLD, which the caller
                    * has initialized: each makes the same calls with the same layout, and only the
                    * sink of rank 0 gets spikes. Engine fast only. */
    const char *rtl_tiles; /* engine systemc: which tiles are in RTL, all others being in C: "all",
                            * "none" or a list "x,y;x,y"; NULL: none */
} plc_engine_settings;

/* Takes the spikes of a span of ticks, in canonical order; ticks_done is the end of the span. Any
 * status but PLC_OK ends the run, PLC_STOPPED without an error. */
typedef plc_status (*plc_spike_sink)(void *context, const plc_spike *spikes, size_t n,
                                     uint64_t ticks_done);

typedef struct plc_engine_stats {
    uint64_t ticks;   /* [ticks] done */
    uint64_t updates; /* neuron updates */
    uint64_t spikes;
    uint64_t synaptic_events; /* synapses passed by the packets sent */
    uint64_t plastic_events;  /* of them plastic: brought up to date first */
    uint64_t digest;          /* of all spikes, see plc_spike_digest() */
    uint64_t sent_to_ranks;   /* spikes that had to leave their rank */
    uint64_t assertions;      /* of RTL that have failed; the run has ended then */
    uint32_t threads;         /* in use, of each rank */
    uint32_t ranks;           /* 1: this process alone */
} plc_engine_stats;

/* What a run took on the chip, as an engine models it that knows time. Energies are of events times
 * the chip's joules for one, and of time times its watts; a quantity that the chip does not know
 * counts nothing. */
typedef struct plc_engine_cost {
    double seconds;             /* [s] of the chip, all ticks together */
    double core_clock;          /* [Hz] */
    uint64_t longest_tick_ps;   /* [ps] */
    uint64_t longest_tick;      /* the first that took so long */
    uint32_t longest_tick_core; /* core of the layout that was done last then */
    double tick;                /* [s] in real time; infinite where the chip has none */
    uint64_t deadline_misses;   /* ticks that took longer, in real time: that a core began late */
    uint64_t late;              /* rows added after the tick that they were sent in */
    uint64_t saturated;         /* packets lost to a full spike buffer */
    uint64_t packets;           /* spikes sent */
    uint64_t hops;              /* packets over links */
    uint64_t passes;            /* packets through routers */
    uint64_t deliveries;        /* packets to cores */
    uint64_t drops;             /* packets dropped by a router and sent anew */
    uint64_t forced;            /* packets pushed into full buffers to break a deadlock */
    double waiting; /* [s] that packets blocked a router for want of room, all together */
    double energy_neuron, energy_synapse, energy_plastic, energy_link, energy_router,
        energy_idle; /* [J] */
} plc_engine_cost;

/* What went wrong in real time at one place. */
typedef struct plc_engine_tally {
    uint64_t misses;    /* ticks that a core began late */
    uint64_t late;      /* rows added after the tick that they were sent in */
    uint64_t saturated; /* packets lost to a full spike buffer */
    uint64_t dropped;   /* packets that a router dropped, to be sent anew */
} plc_engine_tally;

typedef enum plc_engine_place {
    PLC_ENGINE_CORE,   /* cores of the layout: misses, late, saturated */
    PLC_ENGINE_NEURON, /* that sent, numbered through all populations: late, saturated, dropped */
    PLC_ENGINE_LINK,   /* router x 6 + link: dropped for want of room at it */
} plc_engine_place;

/* What was last to be done in a tick. */
typedef enum plc_engine_reason {
    PLC_REASON_NEURONS, /* updates, and spikes on their way out */
    PLC_REASON_PACKETS, /* taking packets in that have no row */
    PLC_REASON_ROWS,    /* fetching rows and adding them */
    PLC_REASON_MESH,    /* packets on their way */
} plc_engine_reason;

/* How long a tick took; in real time, from when it ought to have begun until its last core was
 * done.
 */
typedef struct plc_engine_tick {
    uint64_t tick;
    uint64_t begin, end; /* [ps] from the start of the run */
    uint32_t core;       /* of the layout, that was done last */
    plc_engine_reason reason;
} plc_engine_tick;

typedef enum plc_engine_activity {
    PLC_ACTIVITY_NEURONS, /* a core at its neurons, with what interrupts it; place: core */
    PLC_ACTIVITY_SPIKE,   /* a spike leaves; place: core */
    PLC_ACTIVITY_ROUTER,  /* a packet in a router, waiting for its links included; place: router */
    PLC_ACTIVITY_LINK,    /* a packet on a link; place: router x 6 + link */
    PLC_ACTIVITY_DROP,    /* a router drops a packet; place: router x 6 + link without room */
    PLC_ACTIVITY_RECEIVE, /* a packet is taken in; place: core */
    PLC_ACTIVITY_FETCH,   /* a row comes from memory, which it keeps busy; place: core */
    PLC_ACTIVITY_ROW,     /* a row is added; place: core */
    PLC_N_ACTIVITIES,
} plc_engine_activity;

/* Something that took, or will take, from `begin` to `end`. */
typedef struct plc_engine_event {
    plc_engine_activity activity;
    uint32_t place;      /* core of the layout, router or link */
    uint32_t source;     /* neuron that sent the packet, numbered through all populations */
    uint32_t n;          /* neurons updated, for a spike by then; synapses of a row */
    uint64_t tick;       /* that the packet was sent in, or that the neurons are in */
    uint64_t begin, end; /* [ps] from the start of the run */
} plc_engine_event;

/* Who watches an engine; what it does not want to see may be NULL. Calls come from
 * plc_engine_run(), events in the order in which they become known. */
typedef struct plc_engine_watch {
    void (*take_tick)(void *context, const plc_engine_tick *tick); /* in order, once it has ended */
    void (*take_event)(void *context, const plc_engine_event *event);
    void *context;
} plc_engine_watch;

/* The legal kinds, "fast", "mesh", "rtl" and "systemc"; NULL past the last. */
PLC_API const char *plc_engine_kind(size_t i);

/* An engine at tick 0 with the layout loaded. The layout may be destroyed afterwards. */
PLC_API plc_status plc_engine_create(const plc_layout *layout, const plc_engine_settings *settings,
                                     plc_engine **ret_engine, plc_error *error);
/* Runs on for n_ticks. `sink` may be NULL: spikes are then only counted and digested. */
PLC_API plc_status plc_engine_run(plc_engine *engine, uint64_t n_ticks, plc_spike_sink sink,
                                  void *context, plc_error *error);
/* The annealer of ON-OFF pairs: T = a / (c ln(1 + t / c)), t = 1 + delta x tick; a flip of gain g
 * passes with probability min(1, exp(g / T) / eta). */
typedef struct plc_annealing {
    double a, c, delta, eta;
} plc_annealing;

/* Back to tick 0 with the layout's initial state and another seed; `layout` must be the one that
 * the engine was created with. The annealing becomes that of all ON-OFF pairs, or the layout's own
 * if it is NULL. Far cheaper than an engine anew. PLC_INVALID on engines other than fast, after
 * plc_engine_record_v(), and for constants out of range. O(neurons) */
PLC_API plc_status plc_engine_restart(plc_engine *engine, const plc_layout *layout, uint64_t seed,
                                      const plc_annealing *annealing, plc_error *error);
/* Gives all ON-OFF pairs another annealing from the next tick on; ticks go on counting. A sink may
 * call it.
 * PLC_INVALID on engines other than fast and for constants out of range. */
PLC_API plc_status plc_engine_anneal(plc_engine *engine, const plc_annealing *annealing,
                                     plc_error *error);
/* Starts recording the potentials of every population that asks for v; call before the first tick.
 */
PLC_API plc_status plc_engine_record_v(plc_engine *engine, plc_error *error);
/* The i-th recording so far, owned by the engine; NULL past the last. */
PLC_API const plc_recording *plc_engine_recording(const plc_engine *engine, size_t i);
/* The weights of all plastic synapses after the ticks done, sorted by all of source, target,
 * receptor, delay and weight; free() them. PLC_INVALID on several ranks. O(n log n) */
PLC_API plc_status plc_engine_get_weights(const plc_engine *engine, plc_weight **ret_weights,
                                          size_t *ret_n, plc_error *error);
/* For a sink while it has spikes: the gain of each, what the ON-OFF pair saw when it flipped, spin
 * x v before. NULL where the engine does not keep them: only engine fast on one thread does, for
 * networks of nothing but such pairs. */
PLC_API const int32_t *plc_engine_get_gains(const plc_engine *engine);
PLC_API plc_engine_stats plc_engine_get_stats(const plc_engine *engine);
/* Has an engine watched from now on; NULL: no more. False where it does not model time. */
PLC_API bool plc_engine_set_watch(plc_engine *engine, const plc_engine_watch *watch);
/* False where the engine does not model time. */
PLC_API bool plc_engine_get_cost(const plc_engine *engine, plc_engine_cost *ret_cost);
/* What went wrong, by place, owned by the engine; NULL where it does not model time. */
PLC_API const plc_engine_tally *plc_engine_get_tallies(const plc_engine *engine,
                                                       plc_engine_place place, size_t *ret_n);
PLC_API void plc_engine_destroy(plc_engine *engine);

#ifdef __cplusplus
}
#endif

#endif
