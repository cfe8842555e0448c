/* Building chips, for this room only: empty chips, their numbers, and what is dead on them. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_HW_CHIP_BUILD_H
#define PLC_HW_CHIP_BUILD_H

#include "hw/chip/chip.h"

/* A number of a preset. What a list leaves out is not known. */
typedef struct plc_chip_number {
    plc_chip_quantity quantity;
    char grade;
    double value;
    const char *source;
} plc_chip_number;

/* The numbers of a kind of chip. */
typedef struct plc_chip_numbers {
    const plc_chip_number *data;
    size_t n;
} plc_chip_numbers;

extern const plc_chip_numbers plc_numbers_ideal, plc_numbers_spinnaker, plc_numbers_spinnaker2,
    plc_numbers_loihi, plc_numbers_placode;

/* The form of a mesh; width and height 1..PLC_MAX_SIDE, cores 1..PLC_MAX_CORES. */
typedef struct plc_chip_shape {
    uint32_t width, height;
    uint8_t links;
    bool wrap;
    uint32_t cores;
} plc_chip_shape;

/* A chip with all its routers, cores and links alive and none reserved. `name` is copied. */
plc_status plc_chip_create(const char *name, plc_chip_shape shape, plc_chip_numbers numbers,
                           plc_chip **ret_chip, plc_error *error);
/* Gives a chip another form, again with everything alive but the reserved cores. */
plc_status plc_chip_reshape(plc_chip *chip, plc_chip_shape shape, plc_error *error);
/* Makes every core usable that is not reserved and whose router is alive. */
void plc_chip_revive_cores(plc_chip *chip);
/* Keeps one core of every router from networks. */
void plc_chip_reserve(plc_chip *chip, uint32_t core);
void plc_chip_kill_router(plc_chip *chip, uint32_t router);
void plc_chip_kill_core(plc_chip *chip, uint32_t router, uint32_t core);
/* Kills one direction of a link. */
void plc_chip_kill_link(plc_chip *chip, uint32_t router, unsigned link);
/* Leaves one form of what is the same chip: no cores on dead routers, dead links only between live
 * ones. Call it last. */
void plc_chip_normalise(plc_chip *chip);

/* The router a link would lead to if everything were alive, or PLC_NO_ROUTER. */
int64_t plc_chip_adjacent(const plc_chip *chip, uint32_t router, unsigned link);

/* Sets one number; `source` is copied. The value must be legal. */
plc_status plc_chip_set(plc_chip *chip, plc_chip_quantity quantity, double value, char grade,
                        const char *source, plc_error *error);

/* The chip of a preset name or a bare geometry. PLC_INVALID, saying what was legal, when the name
 * is neither. */
plc_status plc_chip_from_name(const char *name, plc_chip **ret_chip, plc_error *error);
/* The chip of "mesh:WxH:CORES" and its like, with SpiNNaker's other numbers. *ret_known tells
 * whether the name begins as one. */
plc_status plc_chip_from_geometry(const char *name, bool *ret_known, plc_chip **ret_chip,
                                  plc_error *error);
/* Reads "WxH" in 1..PLC_MAX_SIDE at *text and steps over it. */
bool plc_scan_sides(const char **text, uint32_t *ret_width, uint32_t *ret_height);

#endif
