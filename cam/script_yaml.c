/* Reading CAM scripts from YAML. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cam/cam.h"

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "cam/yaml_head.h"

/* What reading an operation needs. */
typedef struct reader {
    plc_cam_script *script;
    uint32_t *bits; /* [n_bits] of the operation at hand */
    plc_error *error;
} reader;

static plc_status read_bits(reader *r, plc_yaml_node arguments, uint32_t *ret_n)
{
    plc_yaml_node list;
    plc_status status = plc_yaml_require(arguments, "content", &list, r->error);
    if (status == PLC_OK)
        status = plc_yaml_expect(list, "content", PLC_YAML_SEQUENCE, r->error);
    if (status != PLC_OK)
        return status;
    size_t n = plc_yaml_length(list);
    if (n < 1 || n > r->script->n_bits)
        return plc_yaml_fail(list, r->error, "content: expected 1..%u different bits, got %zu",
                             r->script->n_bits, n);
    for (size_t i = 0; status == PLC_OK && i < n; i++) {
        int64_t bit = 0;
        status = plc_yaml_int(plc_yaml_item(list, i), "content", 0, (int64_t)r->script->n_bits - 1,
                              &bit, r->error);
        r->bits[i] = (uint32_t)bit;
    }
    *ret_n = (uint32_t)n;
    return status;
}

/* Reads the one key of an operation beside `at`. */
static plc_status read_kind(reader *r, plc_yaml_node node, plc_cam_kind *ret_kind,
                            plc_yaml_node *ret_arguments)
{
    static const char *const keys[] = {"learn", "recall_cue", "recall_content", "at", NULL};
    unsigned n = 0;
    plc_status status = plc_yaml_expect(node, "operation", PLC_YAML_MAPPING, r->error);
    if (status == PLC_OK)
        status = plc_yaml_expect_keys(node, "operation", keys, r->error);
    for (unsigned kind = 0; status == PLC_OK && plc_cam_kind_names[kind]; kind++) {
        plc_yaml_node value = plc_yaml_find(node, plc_cam_kind_names[kind]);
        if (plc_yaml_get_kind(value) == PLC_YAML_ABSENT)
            continue;
        *ret_kind = (plc_cam_kind)kind;
        *ret_arguments = value;
        n++;
    }
    if (status == PLC_OK && n != 1)
        status = plc_yaml_fail(node, r->error,
                               "operation: expected one of learn, recall_cue, recall_content");
    return status;
}

static plc_status read_operation(reader *r, plc_yaml_node node)
{
    static const char *const keys[][3] = {{"cue", "content"}, {"cue"}, {"content"}};
    plc_cam_kind kind = PLC_CAM_LEARN;
    plc_yaml_node arguments, value;
    int64_t cue = 0, at = -1;
    uint32_t n_bits = 0;
    plc_status status = read_kind(r, node, &kind, &arguments);
    if (status == PLC_OK)
        status = plc_yaml_expect(arguments, plc_cam_kind_names[kind], PLC_YAML_MAPPING, r->error);
    if (status == PLC_OK)
        status = plc_yaml_expect_keys(arguments, plc_cam_kind_names[kind], keys[kind], r->error);
    if (status == PLC_OK && kind != PLC_CAM_RECALL_CONTENT) {
        status = plc_yaml_require(arguments, "cue", &value, r->error);
        if (status == PLC_OK)
            status = plc_yaml_int(value, "cue", 0, (int64_t)r->script->n_cues - 1, &cue, r->error);
    }
    if (status == PLC_OK && kind != PLC_CAM_RECALL_CUE)
        status = read_bits(r, arguments, &n_bits);
    value = plc_yaml_find(node, "at");
    if (status == PLC_OK && plc_yaml_get_kind(value) != PLC_YAML_ABSENT)
        status = plc_yaml_int(value, "at", 0, PLC_CAM_MAX_TICK, &at, r->error);
    if (status != PLC_OK)
        return status;
    plc_error reason = {0};
    status = plc_cam_script_add(r->script, kind, (uint32_t)cue, r->bits, n_bits, at, &reason);
    return status == PLC_INVALID ? plc_yaml_fail(node, r->error, "%s", reason.message)
           : status == PLC_OK    ? PLC_OK
                                 : plc_fail(r->error, status, "%s", reason.message);
}

static plc_status read_operations(reader *r, plc_yaml_node root)
{
    plc_yaml_node list;
    plc_status status = plc_yaml_require(root, "operations", &list, r->error);
    if (status == PLC_OK)
        status = plc_yaml_expect(list, "operations", PLC_YAML_SEQUENCE, r->error);
    for (size_t i = 0; status == PLC_OK && i < plc_yaml_length(list); i++)
        status = read_operation(r, plc_yaml_item(list, i));
    return status;
}

static plc_status read_root(plc_yaml_node root, plc_cam_gaps gaps, plc_cam_script *script,
                            plc_error *error)
{
    static const char *const keys[] = {"placode", "cues", "bits", "operations", NULL};
    uint32_t n_cues = 0, n_bits = 0;
    reader r = {.script = script, .error = error};
    plc_status status =
        plc_cam_read_head(root, keys, PLC_CAM_MAX_CUES, PLC_CAM_MAX_BITS, &n_cues, &n_bits, error);
    if (status == PLC_OK)
        status = plc_cam_script_init(script, n_cues, n_bits, error);
    script->gaps = gaps;
    if (status == PLC_OK && !(r.bits = plc_array(n_bits, sizeof *r.bits)))
        status = plc_fail_memory(error, "content");
    if (status == PLC_OK)
        status = read_operations(&r, root);
    free(r.bits);
    return status;
}

plc_status plc_cam_script_parse(const char *name, const char *text, size_t length,
                                plc_cam_gaps gaps, plc_cam_script *ret_script, plc_error *error)
{
    plc_yaml *yaml = NULL;
    plc_cam_script script = {0};
    plc_status status = plc_yaml_parse(name, text, length, &yaml, error);
    if (status != PLC_OK)
        return status;
    status = read_root(plc_yaml_root(yaml), gaps, &script, error);
    plc_yaml_destroy(yaml);
    if (status == PLC_OK)
        *ret_script = script;
    else
        plc_cam_script_finish(&script);
    return status;
}

plc_status plc_cam_script_read(const char *path, plc_cam_gaps gaps, plc_cam_script *ret_script,
                               plc_error *error)
{
    plc_bytes bytes = {0};
    plc_status status = plc_bytes_read(path, &bytes, error);
    if (status == PLC_OK)
        status = plc_cam_script_parse(path, bytes.data, bytes.size, gaps, ret_script, error);
    plc_bytes_finish(&bytes);
    return status;
}
