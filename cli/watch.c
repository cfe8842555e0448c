/* Writing what engine mesh tells who watches it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/watch.h"

#include "base/error.h"
#include "base/memory.h"
#include "cli/command.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Most events of a trace, of about 100 B each. */
static const uint64_t events_max = 2000000;

/* Reads "A..B" or "A"; false when the text is neither. */
static bool read_window(const char *text, uint64_t *begin, uint64_t *end)
{
    char *rest = NULL;
    uint64_t limits[2];
    for (int i = 0; i < 2; i++) {
        if (*text < '0' || *text > '9')
            return false;
        errno = 0;
        limits[i] = strtoull(text, &rest, 10);
        if (errno || limits[i] == UINT64_MAX)
            return false;
        if (!*rest && i == 0)
            limits[++i] = limits[0];
        else if (i == 0 && strncmp(rest, "..", 2))
            return false;
        text = rest + 2;
    }
    *begin = limits[0];
    *end = limits[1] + 1;
    return !*rest && *begin < *end;
}

int run_watch_check(run_watch *watch, const char *engine)
{
    if (watch->window && !watch->trace_path)
        return fail_usage("run: --trace-ticks: give --trace OUT.json too");
    watch->trace_end = 10;
    if (watch->window && !read_window(watch->window, &watch->trace_begin, &watch->trace_end))
        return fail_usage("run: --trace-ticks: expected ticks A..B, got \"%s\"", watch->window);
    if ((watch->trace_path || watch->ticks_path) && (!engine || !strcmp(engine, "fast")))
        return fail_usage("run: %s: engine fast knows no time; give --engine mesh",
                          watch->trace_path ? "--trace" : "--timing");
    if ((watch->trace_path || watch->ticks_path) && strcmp(engine, "mesh"))
        return fail_usage("run: %s: engine %s tells no events; give --engine mesh",
                          watch->trace_path ? "--trace" : "--timing", engine);
    return -1;
}

/* ---- ticks ---- */

static void take_tick(void *context, const plc_engine_tick *tick)
{
    static const char *const reasons[] = {[PLC_REASON_NEURONS] = "neurons",
                                          [PLC_REASON_PACKETS] = "packets",
                                          [PLC_REASON_ROWS] = "rows",
                                          [PLC_REASON_MESH] = "mesh"};
    run_watch *watch = context;
    const plc_layout_core *core = &watch->layout->cores[tick->core];
    uint32_t width = watch->layout->chip->width;
    double length = (double)(tick->end - tick->begin) * 1e-12;
    plc_text_add(&watch->ticks, "%" PRIu64 ",%.12g,", tick->tick, length);
    if (isfinite(watch->tick))
        plc_text_add(&watch->ticks, "%.12g", watch->tick - length);
    plc_text_add(&watch->ticks, ",%u,%u,%u,%s\n", core->router % width, core->router / width,
                 (unsigned)core->core, reasons[tick->reason]);
}

/* ---- the trace: a process a router, with a track for each thing its cores and links do ---- */

enum { TRACK_LINK = 1, TRACK_CORE = 10, TRACKS_A_CORE = 4 };

static uint32_t track_of(const run_watch *watch, const plc_engine_event *event)
{
    static const uint32_t tracks[PLC_N_ACTIVITIES] = {[PLC_ACTIVITY_NEURONS] = 0,
                                                      [PLC_ACTIVITY_SPIKE] = 0,
                                                      [PLC_ACTIVITY_RECEIVE] = 1,
                                                      [PLC_ACTIVITY_FETCH] = 2,
                                                      [PLC_ACTIVITY_ROW] = 3};
    if (event->activity == PLC_ACTIVITY_ROUTER)
        return 0;
    if (event->activity == PLC_ACTIVITY_LINK || event->activity == PLC_ACTIVITY_DROP)
        return TRACK_LINK + event->place % PLC_N_LINKS;
    return TRACK_CORE + TRACKS_A_CORE * watch->layout->cores[event->place].core +
           tracks[event->activity];
}

static uint32_t router_of(const run_watch *watch, const plc_engine_event *event)
{
    switch (event->activity) {
    case PLC_ACTIVITY_ROUTER:
        return event->place;
    case PLC_ACTIVITY_LINK:
    case PLC_ACTIVITY_DROP:
        return event->place / PLC_N_LINKS;
    default:
        return watch->layout->cores[event->place].router;
    }
}

static uint32_t find_population(const run_watch *watch, uint32_t source)
{
    uint32_t begin = 0, end = watch->layout->n_populations;
    while (end - begin > 1) {
        uint32_t middle = begin + (end - begin) / 2;
        if (watch->first_source[middle] <= source)
            begin = middle;
        else
            end = middle;
    }
    return begin;
}

/* Microseconds to the picosecond. */
static void add_time(plc_text *text, const char *name, uint64_t ps)
{
    plc_text_add(text, ",\"%s\":%" PRIu64 ".%06" PRIu64, name, ps / 1000000, ps % 1000000);
}

/* The fields that all events have, from "ph" on; their names are plain by construction. */
static void begin_event(run_watch *watch, const char *phase, const plc_engine_event *event,
                        uint64_t time)
{
    plc_text_add(&watch->trace, ",\n{\"ph\":\"%s\",\"pid\":%u,\"tid\":%u", phase,
                 router_of(watch, event), track_of(watch, event));
    add_time(&watch->trace, "ts", time);
}

static void add_name(run_watch *watch, const plc_engine_event *event)
{
    if (event->activity == PLC_ACTIVITY_NEURONS) {
        plc_text_add(&watch->trace, ",\"name\":\"tick %" PRIu64 "\",\"args\":{\"neurons\":%u}",
                     event->tick, event->n);
        return;
    }
    uint32_t p = find_population(watch, event->source);
    plc_text_add(&watch->trace, ",\"name\":\"%s%s[%" PRIu64 "]\",\"args\":{\"tick\":%" PRIu64,
                 event->activity == PLC_ACTIVITY_DROP ? "dropped: " : "",
                 watch->layout->populations[p].name, event->source - watch->first_source[p],
                 event->tick);
    if (event->activity == PLC_ACTIVITY_FETCH || event->activity == PLC_ACTIVITY_ROW)
        plc_text_add(&watch->trace, ",\"synapses\":%u", event->n);
    plc_text_add(&watch->trace, "}");
}

/* Packets overlap in a router, so each is a span of its own there, with a beginning and an end. */
static void add_router(run_watch *watch, const plc_engine_event *event)
{
    static const char fields[] = ",\"cat\":\"router\",\"id\":%" PRIu64;
    begin_event(watch, "b", event, event->begin);
    plc_text_add(&watch->trace, fields, watch->n_events);
    add_name(watch, event);
    plc_text_add(&watch->trace, "}");
    begin_event(watch, "e", event, event->end);
    plc_text_add(&watch->trace, fields, watch->n_events);
    add_name(watch, event);
    plc_text_add(&watch->trace, "}");
}

static void take_event(void *context, const plc_engine_event *event)
{
    run_watch *watch = context;
    bool is_instant = event->activity == PLC_ACTIVITY_SPIKE || event->activity == PLC_ACTIVITY_DROP;
    if (event->tick < watch->trace_begin || event->tick >= watch->trace_end ||
        watch->n_events++ >= events_max)
        return;
    if (event->activity == PLC_ACTIVITY_ROUTER) {
        add_router(watch, event);
        return;
    }
    begin_event(watch, is_instant ? "i" : "X", event, is_instant ? event->end : event->begin);
    if (is_instant)
        plc_text_add(&watch->trace, ",\"s\":\"t\"");
    else
        add_time(&watch->trace, "dur", event->end - event->begin);
    add_name(watch, event);
    plc_text_add(&watch->trace, "}");
}

static void name_track(run_watch *watch, uint32_t router, uint32_t track, const char *format, int a,
                       int b)
{
    char name[40];
    snprintf(name, sizeof name, format, a, b);
    plc_text_add(
        &watch->trace,
        ",\n{\"ph\":\"M\",\"pid\":%u,\"tid\":%u,\"name\":\"thread_name\",\"args\":{\"name\":"
        "\"%s\"}},\n{\"ph\":\"M\",\"pid\":%u,\"tid\":%u,\"name\":\"thread_sort_index\","
        "\"args\":{\"sort_index\":%u}}",
        router, track, name, router, track, track);
}

static void name_core(run_watch *watch, const plc_layout_core *core)
{
    static const char *const names[TRACKS_A_CORE] = {"core %d: neurons", "core %d: packets in",
                                                     "core %d: row fetches", "core %d: rows"};
    for (uint32_t i = 0; i < TRACKS_A_CORE; i++)
        name_track(watch, core->router, TRACK_CORE + TRACKS_A_CORE * core->core + i, names[i],
                   (int)core->core, 0);
}

/* Opens the list, and names routers, links and cores. */
static void begin_trace(run_watch *watch)
{
    const plc_chip *chip = watch->layout->chip;
    plc_text_add(&watch->trace, "{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n{\"ph\":\"M\","
                                "\"pid\":0,\"name\":\"placode\",\"args\":{}}");
    for (uint32_t r = 0; r < chip->width * chip->height; r++) {
        if (!chip->alive[r])
            continue;
        plc_text_add(&watch->trace,
                     ",\n{\"ph\":\"M\",\"pid\":%u,\"name\":\"process_name\",\"args\":{\"name\":"
                     "\"router (%u, %u)\"}}",
                     r, r % chip->width, r / chip->width);
        for (uint32_t link = 0; link < PLC_N_LINKS; link++)
            if (plc_chip_neighbour(chip, r, link) != PLC_NO_ROUTER)
                name_track(watch, r, TRACK_LINK + link, "link (%d, %d)", plc_link_steps[link][0],
                           plc_link_steps[link][1]);
    }
    for (uint32_t c = 0; c < watch->layout->n_cores; c++)
        name_core(watch, &watch->layout->cores[c]);
}

plc_status run_watch_begin(run_watch *watch, plc_engine *engine, const plc_layout *layout,
                           plc_error *error)
{
    plc_engine_cost cost;
    if (!watch->ticks_path && !watch->trace_path)
        return PLC_OK;
    watch->layout = layout;
    watch->first_source = plc_array(layout->n_populations + 1ul, sizeof *watch->first_source);
    if (!watch->first_source)
        return plc_fail_memory(error, "trace");
    for (uint32_t p = 0; p < layout->n_populations; p++)
        watch->first_source[p + 1] = watch->first_source[p] + layout->populations[p].size;
    watch->tick = plc_engine_get_cost(engine, &cost) ? cost.tick : (double)INFINITY;
    plc_text_add(&watch->ticks, "tick,seconds,slack_seconds,x,y,core,reason\n");
    begin_trace(watch);
    plc_engine_set_watch(engine, &(plc_engine_watch){watch->ticks_path ? take_tick : NULL,
                                                     watch->trace_path ? take_event : NULL, watch});
    return PLC_OK;
}

static plc_status write_text(const char *path, const plc_text *text, plc_error *error)
{
    if (!path)
        return PLC_OK;
    return text->failed ? plc_fail_memory(error, path)
                        : plc_file_write(path, text->data, text->n, error);
}

plc_status run_watch_write(run_watch *watch, plc_error *error)
{
    plc_text_add(&watch->trace, "\n]}\n");
    if (watch->trace_path && watch->n_events > events_max)
        return plc_fail(error, PLC_INVALID,
                        "%s: ticks %" PRIu64 "..%" PRIu64 " have %" PRIu64
                        " events; expected at most %" PRIu64 ", so fewer ticks",
                        watch->trace_path, watch->trace_begin, watch->trace_end - 1,
                        watch->n_events, events_max);
    plc_status status = write_text(watch->ticks_path, &watch->ticks, error);
    return status == PLC_OK ? write_text(watch->trace_path, &watch->trace, error) : status;
}

void run_watch_finish(run_watch *watch)
{
    free(watch->first_source);
    plc_text_finish(&watch->ticks);
    plc_text_finish(&watch->trace);
}
