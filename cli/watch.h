/* What a run writes of its time: a line for each tick, and a trace for a viewer. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_CLI_WATCH_H
#define PLC_CLI_WATCH_H

#include "base/file.h"
#include "hw/layout/layout.h"

#include <placode/engine.h>

/* A zeroed one has nothing to write. */
typedef struct run_watch {
    const char *ticks_path; /* CSV, a line a tick; NULL: none */
    const char *trace_path; /* Chrome's trace events in JSON, as Perfetto reads them; NULL: none */
    const char *window;     /* "A..B": ticks of the trace; NULL: 0..9 */
    uint64_t trace_begin, trace_end; /* [ticks] whose packets and updates it shows */
    const plc_layout *layout;
    double tick;            /* [s] of the chip in real time; infinite where it has none */
    uint64_t *first_source; /* [n_populations + 1] owned */
    plc_text ticks, trace;
    uint64_t n_events;
} run_watch;

/* Reads the window, and fails where it is none or the engine of that name (NULL: the default) knows
 * no time. Negative, or the exit status. */
int run_watch_check(run_watch *watch, const char *engine);
/* Has the engine of a layout watched, where there is something to write. */
plc_status run_watch_begin(run_watch *watch, plc_engine *engine, const plc_layout *layout,
                           plc_error *error);
/* Writes the files. */
plc_status run_watch_write(run_watch *watch, plc_error *error);
void run_watch_finish(run_watch *watch);

#endif
