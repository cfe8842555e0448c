/* Runs in real time: how much slower the clock would have to go, and what was lost where. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_CLI_REAL_TIME_H
#define PLC_CLI_REAL_TIME_H

#include "hw/layout/layout.h"

#include <jansson.h>
#include <placode/engine.h>

/* The least factor by which ticks of the chip would have to be longer for all of a run's work to be
 * done within them: the longest tick of the same run in lockstep over the chip's tick. It is taken
 * from the run itself where that was in lockstep or nothing came too late, else from another run of
 * as many ticks. NAN where the chip's ticks have no length. */
plc_status real_time_scale(const plc_engine *engine, const plc_layout *layout,
                           const plc_engine_settings *settings, double *ret_scale,
                           plc_error *error);

/* Adds what came too late or was lost to a result, by core, neuron and link: only places where
 * something was. */
void real_time_list(const plc_engine *engine, const plc_layout *layout, json_t *result);

#endif
