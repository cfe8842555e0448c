/* Asking whoever waits for a bound whether to stop. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_ISING_WATCH_H
#define PLC_ISING_WATCH_H

#include <placode/ising.h>
#include <stdbool.h>
#include <stddef.h>

/* Whether this phase has to stop; nobody watching never says so. */
static inline bool plc_bound_stops(const plc_bound_watch *watch, plc_bound_phase phase)
{
    return watch && watch->stops && watch->stops(watch->context, phase);
}

#endif
