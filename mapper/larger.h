/* Larger chips of a family. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_MAPPER_LARGER_H
#define PLC_MAPPER_LARGER_H

#include "hw/chip/chip.h"

/* The smallest member of the chip's family (plc_chip_member()) with as many cores, of those from
 * step *step on; *step becomes its step. Steps 0, 1, 2, 3, ... are 1x1, 2x1, 2x2, 3x2, ...: the
 * squarest meshes, up to 256x256. The caller's to destroy; NULL when there is none, or memory is
 * short. */
plc_chip *plc_larger_chip(const plc_chip *chip, uint64_t n_cores, uint32_t *step);

#endif
