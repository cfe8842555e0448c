/* The critical path of a tick: what it took its time for. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_CLI_EXPLAIN_PATH_H
#define PLC_CLI_EXPLAIN_PATH_H

#include "cli/events.h"
#include "hw/layout/layout.h"

#include <jansson.h>

typedef struct critical_path {
    const plc_layout *layout;
    event_log log;   /* of the tick, with all packets */
    bool clocked;    /* the chip runs in cycles */
    uint64_t at;     /* [ps] the path is known from then to the end of the tick */
    uint32_t source; /* neuron whose packet is on it, or EVENTS_ANY */
    json_t *parts;   /* steps with `n` things done and the `ps` they took; the last comes first */
} critical_path;

/* Walks the path of a tick in lockstep into an empty array of parts, which add up to the tick's
 * length. `source` is EVENTS_ANY before. */
void path_walk(critical_path *path);

#endif
