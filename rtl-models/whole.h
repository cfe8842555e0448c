/* The C face of plc_mesh verilated as a whole, 2 x 2 tiles: the cross-check of mesh.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_RTL_MODELS_WHOLE_H
#define PLC_RTL_MODELS_WHOLE_H

#include "rtl-models/mesh.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { PLC_RTL_WHOLE_TILES = 4, PLC_RTL_WHOLE_SPIKES = 4096 };

typedef struct plc_rtl_whole plc_rtl_whole;

/* A mesh after reset, or NULL when memory is short. */
plc_rtl_whole *plc_rtl_whole_create(void);
void plc_rtl_whole_destroy(plc_rtl_whole *whole);
void plc_rtl_whole_write(plc_rtl_whole *whole, uint32_t tile, plc_rtl_space space, uint32_t address,
                         uint32_t data);
/* Runs one tick of at most `cycles`; how many it took, or 0 when that was not enough. */
uint64_t plc_rtl_whole_tick(plc_rtl_whole *whole, uint64_t cycles);
/* The spikes of the last tick [PLC_RTL_WHOLE_SPIKES at most], by (cycle, tile). */
const plc_rtl_spike *plc_rtl_whole_spikes(const plc_rtl_whole *whole, size_t *ret_n);
/* Since reset; hops are not counted. */
plc_rtl_counts plc_rtl_whole_counts(const plc_rtl_whole *whole);
/* Assertions of the RTL that have failed. */
int plc_rtl_whole_errors(const plc_rtl_whole *whole);

#ifdef __cplusplus
}
#endif

#endif
