/* What scripts of all kinds of memories begin with, in YAML. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cam/yaml_head.h"

plc_status plc_cam_read_count(plc_yaml_node mapping, const char *key, int64_t high,
                              uint32_t *ret_value, plc_error *error)
{
    plc_yaml_node node;
    int64_t value = 0;
    plc_status status = plc_yaml_require(mapping, key, &node, error);
    if (status == PLC_OK)
        status = plc_yaml_int(node, key, 1, high, &value, error);
    *ret_value = (uint32_t)value;
    return status;
}

plc_status plc_cam_read_head(plc_yaml_node root, const char *const *keys, int64_t cues_max,
                             int64_t bits_max, uint32_t *ret_n_cues, uint32_t *ret_n_bits,
                             plc_error *error)
{
    static const char *const versions[] = {"cam/1", NULL};
    plc_yaml_node value;
    unsigned version;
    plc_status status = plc_yaml_expect(root, "script", PLC_YAML_MAPPING, error);
    if (status == PLC_OK)
        status = plc_yaml_require(root, "placode", &value, error);
    if (status == PLC_OK)
        status = plc_yaml_choice(value, "placode", versions, &version, error);
    if (status == PLC_OK)
        status = plc_yaml_expect_keys(root, "script", keys, error);
    if (status == PLC_OK)
        status = plc_cam_read_count(root, "cues", cues_max, ret_n_cues, error);
    if (status == PLC_OK)
        status = plc_cam_read_count(root, "bits", bits_max, ret_n_bits, error);
    return status;
}
