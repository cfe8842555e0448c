/* How many spikes there were over time, by population, in little room. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_CLI_ACTIVITY_H
#define PLC_CLI_ACTIVITY_H

#include "hw/layout/layout.h"

#include <jansson.h>
#include <placode/spikes.h>

enum {
    ACTIVITY_SPANS = 200,      /* at most */
    ACTIVITY_POPULATIONS = 64, /* that are told one by one; of all, there is the sum */
};

/* Spikes counted in spans of `span` ticks, a power of two that doubles as the run gets longer. A
 * zeroed one counts nothing. */
typedef struct activity {
    char **names;     /* [n] owned */
    uint32_t *sizes;  /* [n] neurons */
    uint64_t *spikes; /* [n] in all */
    uint64_t *counts; /* [n_told][ACTIVITY_SPANS] */
    uint64_t *total;  /* [ACTIVITY_SPANS] over all populations */
    uint32_t n, n_told;
    uint64_t span; /* [ticks] */
} activity;

plc_status activity_init(activity *self, const plc_layout *layout, plc_error *error);
/* Counts n spikes. O(n) */
void activity_count(activity *self, const plc_spike *spikes, size_t n);
/* Adds `populations` and `activity` to the result of a run of so many ticks. */
void activity_report(const activity *self, uint64_t ticks, json_t *result);
void activity_finish(activity *self);

#endif
