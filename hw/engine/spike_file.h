/* Spike files of either kind in memory. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_HW_ENGINE_SPIKE_FILE_H
#define PLC_HW_ENGINE_SPIKE_FILE_H

#include <placode/spikes.h>
#include <stdbool.h>

/* Whether bytes begin as a spike file may: as HDF5, sealed or not, or as CSV with a first column
 * `tick`. */
bool plc_spikes_is(const char *data, size_t size);

/* Reads the bytes of either kind into a sorted trace; `name` stands for the path in messages. */
plc_status plc_spikes_parse(const char *name, const char *data, size_t size, plc_trace *ret_trace,
                            plc_error *error);

#endif
