/* What engine mesh did for the packets of one tick: watching a run, and searching what was seen. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/events.h"

#include "base/error.h"
#include "base/memory.h"

static bool is_wanted(const event_log *log, const plc_engine_event *event)
{
    switch (event->activity) {
    case PLC_ACTIVITY_NEURONS:
        return event->tick >= log->tick && event->tick - log->tick <= EVENTS_LATER;
    case PLC_ACTIVITY_SPIKE:
        return event->tick == log->tick;
    default:
        return event->tick == log->tick &&
               (log->source == EVENTS_ANY || log->source == event->source);
    }
}

static void take_event(void *context, const plc_engine_event *event)
{
    event_log *log = context;
    if (log->failed || !is_wanted(log, event))
        return;
    if (plc_reserve(log, data, 1))
        log->data[log->n++] = *event;
    else
        log->failed = true;
}

static void take_tick(void *context, const plc_engine_tick *tick)
{
    event_log *log = context;
    if (tick->tick == log->tick)
        log->length = *tick;
}

plc_status events_gather(event_log *log, const plc_layout *layout,
                         const plc_engine_settings *settings, uint64_t n_ticks, plc_spike_sink sink,
                         void *context, plc_error *error)
{
    const plc_engine_watch watch = {take_tick, take_event, log};
    plc_engine *engine = NULL;
    uint64_t unwatched = settings->real_time ? 0 : log->tick; /* a stop would change real time */
    plc_status status = plc_engine_create(layout, settings, &engine, error);
    if (status == PLC_OK)
        status = plc_engine_run(engine, unwatched, sink, context, error);
    if (status == PLC_OK) {
        plc_engine_set_watch(engine, &watch);
        status = plc_engine_run(engine, n_ticks - unwatched, sink, context, error);
    }
    plc_engine_destroy(engine);
    return status == PLC_OK && log->failed ? plc_fail_memory(error, "events") : status;
}

void events_finish(event_log *log)
{
    free(log->data);
    *log = (event_log){0};
}

size_t events_last(const event_log *log, size_t end, plc_engine_activity activity, uint32_t place,
                   uint32_t source)
{
    while (end--) {
        const plc_engine_event *event = &log->data[end];
        if (event->activity == activity && (place == EVENTS_ANY || place == event->place) &&
            (source == EVENTS_ANY || source == event->source))
            return end;
    }
    return EVENTS_NONE;
}
