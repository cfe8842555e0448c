/* The parts of reading a chip file. Each reads what stands at its keys of the root and leaves the
 * rest of the chip alone. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_HW_CHIP_YAML_H
#define PLC_HW_CHIP_YAML_H

#include "base/yaml.h"
#include "hw/chip/build.h"

static inline bool plc_yaml_present(plc_yaml_node node)
{
    return plc_yaml_get_kind(node) != PLC_YAML_ABSENT;
}

/* `geometry`, `cores` and `reserved`. A new geometry forgets what was absent or dead, new cores
 * which cores were dead. */
plc_status plc_chip_read_mesh(plc_chip *chip, plc_yaml_node root, plc_error *error);
/* `limits`, `timing` and `energy`. */
plc_status plc_chip_read_numbers(plc_chip *chip, plc_yaml_node root, plc_error *error);
/* `dead`. */
plc_status plc_chip_read_dead(plc_chip *chip, plc_yaml_node root, plc_error *error);

#endif
