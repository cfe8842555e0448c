/* Spike files as CSV in memory. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_HW_ENGINE_SPIKE_CSV_H
#define PLC_HW_ENGINE_SPIKE_CSV_H

#include "base/file.h"

#include <placode/spikes.h>

/* The first line of every such file. */
#define PLC_SPIKE_CSV_HEADER "tick,population,neuron"

/* Reads a text into a sorted trace; `name` stands for the path in messages. Populations are
 * numbered in the order in which their names first appear; a tick is taken as 1 ms. */
plc_status plc_spike_csv_parse(const char *name, const char *text, size_t length,
                               plc_trace *ret_trace, plc_error *error);

/* The text of a sorted trace; plc_text_finish() it. `name` stands for the path in messages. */
plc_status plc_spike_csv_format(const char *name, const plc_trace *trace, plc_text *ret_text,
                                plc_error *error);

#endif
