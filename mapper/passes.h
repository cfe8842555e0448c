/* Passes of a mapping, with a note of the time each took and of what it came to. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_MAPPER_PASSES_H
#define PLC_MAPPER_PASSES_H

#include "mapper/mapping.h"

typedef struct plc_map_pass {
    const char *name; /* static */
    plc_status (*run)(plc_mapping *mapping, plc_error *error);
} plc_map_pass;

/* Runs a pass, and notes it where the settings ask for it and it succeeds. */
plc_status plc_map_run(const plc_map_pass *pass, plc_mapping *mapping, plc_error *error);

/* Monotonic time [s]. */
double plc_pass_clock(void);
/* Notes a pass, if there is room. */
void plc_pass_note(plc_pass_log *log, const char *name, double seconds, uint64_t digest);

#endif
