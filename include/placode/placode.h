/* Placode: compile spiking networks onto meshes of neuromorphic cores and run them. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLACODE_PLACODE_H
#define PLACODE_PLACODE_H

/* The pipeline, in the order of the headers: a network and a chip become a layout, an engine turns
 * the layout into spikes.
 *
 *   plc_network_read() -> plc_map() -> plc_verify() -> plc_engine_create() -> plc_engine_run()
 *
 * Every call that can fail returns a plc_status and explains itself in a plc_error; the library
 * never prints, exits or aborts. Objects made by x_create() or x_read() are the caller's and end in
 * x_destroy(), which accepts NULL. */
#include <placode/chip.h>
#include <placode/engine.h>
#include <placode/ising.h>
#include <placode/layout.h>
#include <placode/mapper.h>
#include <placode/network.h>
#include <placode/spikes.h>
#include <placode/status.h>

/* The version of the library, "0.1.0". */
PLC_API const char *plc_version(void);

#endif
