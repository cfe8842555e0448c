/* Copying chips. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/memory.h"
#include "hw/chip/chip.h"

plc_status plc_chip_copy(const plc_chip *chip, plc_chip **ret_copy, plc_error *error)
{
    size_t n = (size_t)chip->width * chip->height;
    plc_chip *copy = plc_array_copy(chip, 1, sizeof *chip);
    if (!copy)
        return plc_fail_memory(error, chip->name);
    copy->name = plc_string_copy(chip->name);
    copy->alive = plc_array_copy(chip->alive, n, sizeof *chip->alive);
    copy->cores = plc_array_copy(chip->cores, n, sizeof *chip->cores);
    copy->dead_links = plc_array_copy(chip->dead_links, n, sizeof *chip->dead_links);
    bool ok = copy->name && copy->alive && copy->cores && copy->dead_links;
    for (int i = 0; i < PLC_CHIP_N_QUANTITIES; i++) {
        copy->quantities[i].source = plc_string_copy(chip->quantities[i].source);
        ok = ok && copy->quantities[i].source;
    }
    if (ok) {
        *ret_copy = copy;
        return PLC_OK;
    }
    plc_chip_destroy(copy);
    return plc_fail_memory(error, chip->name);
}
