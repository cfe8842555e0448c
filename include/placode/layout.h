/* Layouts: placed networks, as files and as reports. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLACODE_LAYOUT_H
#define PLACODE_LAYOUT_H

#include <placode/status.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A placed network: which neurons sit on which core, the synaptic rows and key-to-row tables of
 * each core, the routing table of each router, and the chip. It holds all that an engine needs. */
typedef struct plc_layout plc_layout;

/* Writes a layout as HDF5 (docs/formats.md). The file appears whole or not at all. */
PLC_API plc_status plc_layout_write(const plc_layout *layout, const char *path, plc_error *error);
/* Reads a layout back; its digest and every index in it are checked before it is handed out. */
PLC_API plc_status plc_layout_read(const char *path, plc_layout **ret_layout, plc_error *error);
PLC_API void plc_layout_destroy(plc_layout *layout);

/* Digest of everything in the layout: equal digests, equal layouts. */
PLC_API uint64_t plc_layout_digest(const plc_layout *layout);

PLC_API uint32_t plc_layout_n_populations(const plc_layout *layout);
PLC_API const char *plc_layout_population_name(const plc_layout *layout, uint32_t population);
PLC_API double plc_layout_tick_ms(const plc_layout *layout);
/* The seed of the network's connectors, and the default seed of a run. */
PLC_API uint64_t plc_layout_seed(const plc_layout *layout);
/* Cores in use. */
PLC_API uint32_t plc_layout_n_cores(const plc_layout *layout);

#ifdef __cplusplus
}
#endif

#endif
