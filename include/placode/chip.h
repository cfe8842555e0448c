/* Neuromorphic chips: meshes of routers with cores, their limits, timing and energy. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLACODE_CHIP_H
#define PLACODE_CHIP_H

#include <placode/status.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A chip, board or machine: a mesh of routers, each with cores. */
typedef struct plc_chip plc_chip;

/* The chip of a preset name ("ideal", "spinnaker-48", "spinnaker:24x24", "placode-4x4", ...), of a
 * bare geometry
 * ("mesh:WxH:CORES", "torus:", "hexmesh:", "hextorus:") or of a YAML file (docs/formats.md). */
PLC_API plc_status plc_chip_open(const char *name_or_path, plc_chip **ret_chip, plc_error *error);
/* The chip that a YAML text describes; `name` stands for the path in messages. */
PLC_API plc_status plc_chip_parse(const char *name, const char *text, size_t length,
                                  plc_chip **ret_chip, plc_error *error);
PLC_API void plc_chip_destroy(plc_chip *chip);

/* The chip as YAML, each number with unit, source and grade; plc_chip_parse() gives the same chip
 * back. The text is the caller's to free(). */
PLC_API plc_status plc_chip_to_yaml(const plc_chip *chip, char **ret_text, plc_error *error);

PLC_API const char *plc_chip_name(const plc_chip *chip);
/* Cores that a network may use, over all live routers. */
PLC_API uint64_t plc_chip_n_cores(const plc_chip *chip);

/* The i-th preset (name as for plc_chip_open(), and a sentence about it); NULL past the last. */
PLC_API const char *plc_chip_preset(size_t i, const char **ret_summary);

#ifdef __cplusplus
}
#endif

#endif
