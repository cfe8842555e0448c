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
    const char *kind;      /* "fast"; NULL: "fast" */
    uint64_t seed;         /* of noise and of Poisson sources */
    uint32_t threads;      /* at most this many; 0: one per processor */
    uint32_t thread_grain; /* [neurons + synapses] work of a tick below which a thread is not worth
                            * its barrier; 0: the engine's own figure. The spikes are the same for
                            * any value. */
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
    uint64_t digest;          /* of all spikes, see plc_spike_digest() */
    uint32_t threads;         /* in use */
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
    uint64_t deadline_misses;   /* ticks that took longer than the chip's tick in real time */
    uint64_t packets;           /* spikes sent */
    uint64_t hops;              /* packets over links */
    uint64_t passes;            /* packets through routers */
    uint64_t deliveries;        /* packets to cores */
    uint64_t drops;             /* packets dropped by a router and sent anew */
    uint64_t forced;            /* packets pushed into full buffers to break a deadlock */
    double waiting; /* [s] that packets blocked a router for want of room, all together */
    double energy_neuron, energy_synapse, energy_link, energy_router, energy_idle; /* [J] */
} plc_engine_cost;

/* The legal kinds, "fast" and "mesh"; NULL past the last. */
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
PLC_API plc_engine_stats plc_engine_get_stats(const plc_engine *engine);
/* False where the engine does not model time. */
PLC_API bool plc_engine_get_cost(const plc_engine *engine, plc_engine_cost *ret_cost);
PLC_API void plc_engine_destroy(plc_engine *engine);

#ifdef __cplusplus
}
#endif

#endif
