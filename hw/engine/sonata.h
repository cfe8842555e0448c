/* SONATA spike files in memory. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_HW_ENGINE_SONATA_H
#define PLC_HW_ENGINE_SONATA_H

#include <placode/spikes.h>

/* The kind in the seal of files written here (base/seal.h). */
#define PLC_SPIKES_KIND "SPIKES"

/* Reads the bytes of a spike file into a sorted trace; `name` stands for the path in messages.
 * Sealed files are checked against their seal; others are taken as HDF5. */
plc_status plc_sonata_parse(const char *name, const char *data, size_t size, plc_trace *ret_trace,
                            plc_error *error);

#endif
