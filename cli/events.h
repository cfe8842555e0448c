/* What engine mesh did for the packets of one tick, gathered from a run. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_CLI_EVENTS_H
#define PLC_CLI_EVENTS_H

#include <placode/engine.h>

#define EVENTS_ANY UINT32_MAX /* place or source */
#define EVENTS_NONE SIZE_MAX

/* In real time, the ends of so many ticks after the one at hand are kept, to tell what was late. */
enum { EVENTS_LATER = 64 };

/* The events of a tick, causes before effects: of its neurons and spikes, and of its packets, even
 * where they travel on in later ticks; besides these, of the neurons in EVENTS_LATER ticks more. */
typedef struct event_log {
    uint64_t tick;
    uint32_t source;        /* packets of this neuron only, numbered through all populations; or
                             * EVENTS_ANY */
    plc_engine_tick length; /* of the tick */
    plc_engine_event *data; /* [n] */
    size_t n, capacity;
    bool failed; /* memory was short */
} event_log;

/* Runs a layout on a new engine for n_ticks, more than log->tick, and fills a log of which only
 * `tick` and `source` are set. `sink` takes the spikes, see plc_engine_run(). */
plc_status events_gather(event_log *log, const plc_layout *layout,
                         const plc_engine_settings *settings, uint64_t n_ticks, plc_spike_sink sink,
                         void *context, plc_error *error);
void events_finish(event_log *log);

/* The index of the last event before index `end` with this activity, place and source, or
 * EVENTS_NONE. O(end) */
size_t events_last(const event_log *log, size_t end, plc_engine_activity activity, uint32_t place,
                   uint32_t source);

#endif
