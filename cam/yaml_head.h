/* What scripts of all kinds of memories begin with, in YAML. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_CAM_YAML_HEAD_H
#define PLC_CAM_YAML_HEAD_H

#include "base/yaml.h"

/* A whole number in 1..high that a mapping must have. */
plc_status plc_cam_read_count(plc_yaml_node mapping, const char *key, int64_t high,
                              uint32_t *ret_value, plc_error *error);

/* Checks that a script is a mapping of the version that is known with no keys but these, NULL past
 * the last, and reads its cues and bits. */
plc_status plc_cam_read_head(plc_yaml_node root, const char *const *keys, int64_t cues_max,
                             int64_t bits_max, uint32_t *ret_n_cues, uint32_t *ret_n_bits,
                             plc_error *error);

#endif
