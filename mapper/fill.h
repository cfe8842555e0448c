/* How full cores and routers are. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_MAPPER_FILL_H
#define PLC_MAPPER_FILL_H

#include "hw/layout/layout.h"

#include <placode/mapper.h>

/* The limit of a chip that a resource is under. */
plc_chip_quantity plc_fill_quantity(plc_resource resource);
/* What a core of a layout uses of one; 0 of router entries. */
uint64_t plc_fill_core(const plc_layout *layout, uint32_t core, plc_resource resource);
/* Adds one core or router to a fill. */
void plc_fill_add(plc_fill *fill, uint64_t used, uint32_t x, uint32_t y, uint32_t core);
/* All resources of a layout. */
void plc_fill_measure(const plc_layout *layout, plc_fill ret_fill[PLC_N_RESOURCES]);

#endif
