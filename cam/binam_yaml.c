/* Reading scripts for BiNAM from YAML. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cam/binam.h"

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "cam/yaml_head.h"

/* What reading needs. */
typedef struct reader {
    plc_binam *binam;
    uint32_t *cue, *content; /* [n_cues], [n_bits] of the operation at hand */
    uint64_t seed;
    plc_error *error;
} reader;

/* A pattern: a list of the bits that are 1, or one bit. */
static plc_status read_pattern(reader *r, plc_yaml_node arguments, const char *key, uint32_t size,
                               uint32_t *ones, uint32_t *ret_n)
{
    plc_yaml_node node;
    plc_status status = plc_yaml_require(arguments, key, &node, r->error);
    bool is_list = status == PLC_OK && plc_yaml_get_kind(node) == PLC_YAML_SEQUENCE;
    size_t n = is_list ? plc_yaml_length(node) : 1;
    if (status == PLC_OK && (n < 1 || n > size))
        return plc_yaml_fail(node, r->error, "%s: expected 1..%u different bits, got %zu", key,
                             size, n);
    for (size_t i = 0; status == PLC_OK && i < n; i++) {
        int64_t bit = 0;
        status = plc_yaml_int(is_list ? plc_yaml_item(node, i) : node, key, 0, (int64_t)size - 1,
                              &bit, r->error);
        ones[i] = (uint32_t)bit;
    }
    *ret_n = (uint32_t)n;
    return status;
}

/* The reason of a failure, at its line where the script is what is wrong. */
static plc_status at_line(reader *r, plc_yaml_node node, plc_status status, const plc_error *reason)
{
    return status == PLC_INVALID ? plc_yaml_fail(node, r->error, "%s", reason->message)
           : status == PLC_OK    ? PLC_OK
                                 : plc_fail(r->error, status, "%s", reason->message);
}

static plc_status read_operation(reader *r, plc_yaml_node node)
{
    static const char *const kinds[] = {"learn", "recall_cue", NULL};
    static const char *const keys[][3] = {{"cue", "content"}, {"cue"}};
    plc_error reason = {0};
    uint32_t n_cue = 0, n_content = 0;
    plc_status status = plc_yaml_expect(node, "operation", PLC_YAML_MAPPING, r->error);
    if (status == PLC_OK)
        status = plc_yaml_expect_keys(node, "operation of binam", kinds, r->error);
    if (status == PLC_OK && plc_yaml_length(node) != 1)
        status = plc_yaml_fail(node, r->error, "operation: expected one of learn, recall_cue");
    if (status != PLC_OK)
        return status;
    bool learns = plc_yaml_get_kind(plc_yaml_find(node, kinds[0])) != PLC_YAML_ABSENT;
    const char *kind = kinds[learns ? 0 : 1];
    plc_yaml_node arguments = plc_yaml_find(node, kind);
    status = plc_yaml_expect(arguments, kind, PLC_YAML_MAPPING, r->error);
    if (status == PLC_OK)
        status = plc_yaml_expect_keys(arguments, kind, keys[learns ? 0 : 1], r->error);
    if (status == PLC_OK)
        status = read_pattern(r, arguments, "cue", r->binam->n_cues, r->cue, &n_cue);
    if (status == PLC_OK && learns)
        status = read_pattern(r, arguments, "content", r->binam->n_bits, r->content, &n_content);
    if (status != PLC_OK)
        return status;
    status = learns ? plc_binam_store(r->binam, r->cue, n_cue, r->content, n_content, &reason)
                    : plc_binam_recall(r->binam, r->cue, n_cue, &reason);
    return at_line(r, node, status, &reason);
}

static plc_status read_samples(reader *r, plc_yaml_node node)
{
    static const char *const keys[] = {"count", "cue_ones", "content_ones", NULL};
    plc_error reason = {0};
    uint32_t count = 0, cue_ones = 0, content_ones = 0;
    plc_status status = plc_yaml_expect(node, "samples", PLC_YAML_MAPPING, r->error);
    if (status == PLC_OK)
        status = plc_yaml_expect_keys(node, "samples", keys, r->error);
    if (status == PLC_OK)
        status = plc_cam_read_count(node, "count", PLC_BINAM_MAX_SAMPLES, &count, r->error);
    if (status == PLC_OK)
        status = plc_cam_read_count(node, "cue_ones", r->binam->n_cues, &cue_ones, r->error);
    if (status == PLC_OK)
        status =
            plc_cam_read_count(node, "content_ones", r->binam->n_bits, &content_ones, r->error);
    if (status != PLC_OK)
        return status;
    status = plc_binam_fill(r->binam, count, cue_ones, content_ones, r->seed, &reason);
    return at_line(r, node, status, &reason);
}

static plc_status read_content(reader *r, plc_yaml_node root)
{
    plc_yaml_node samples = plc_yaml_find(root, "samples"), list;
    if (plc_yaml_get_kind(samples) != PLC_YAML_ABSENT) {
        if (plc_yaml_get_kind(plc_yaml_find(root, "operations")) != PLC_YAML_ABSENT)
            return plc_yaml_fail(root, r->error,
                                 "script: expected samples or operations, not both");
        return read_samples(r, samples);
    }
    plc_status status = plc_yaml_require(root, "operations", &list, r->error);
    if (status == PLC_OK)
        status = plc_yaml_expect(list, "operations", PLC_YAML_SEQUENCE, r->error);
    r->cue = plc_array(r->binam->n_cues, sizeof *r->cue);
    r->content = plc_array(r->binam->n_bits, sizeof *r->content);
    if (status == PLC_OK && (!r->cue || !r->content))
        status = plc_fail_memory(r->error, "patterns");
    for (size_t i = 0; status == PLC_OK && i < plc_yaml_length(list); i++)
        status = read_operation(r, plc_yaml_item(list, i));
    free(r->cue);
    free(r->content);
    if (status == PLC_OK && !r->binam->n_recalls)
        status = plc_yaml_fail(list, r->error, "operations: expected a recall_cue at least");
    return status;
}

static plc_status read_root(plc_yaml_node root, uint64_t seed, plc_binam *binam, plc_error *error)
{
    static const char *const keys[] = {"placode", "cues", "bits", "samples", "operations", NULL};
    uint32_t n_cues = 0, n_bits = 0;
    reader r = {.binam = binam, .seed = seed, .error = error};
    plc_status status = plc_cam_read_head(root, keys, PLC_BINAM_MAX_SIDE, PLC_BINAM_MAX_SIDE,
                                          &n_cues, &n_bits, error);
    if (status == PLC_OK)
        status = plc_binam_init(binam, n_cues, n_bits, error);
    return status == PLC_OK ? read_content(&r, root) : status;
}

plc_status plc_binam_parse(const char *name, const char *text, size_t length, uint64_t seed,
                           plc_binam *ret_binam, plc_error *error)
{
    plc_yaml *yaml = NULL;
    plc_binam binam = {0};
    plc_status status = plc_yaml_parse(name, text, length, &yaml, error);
    if (status != PLC_OK)
        return status;
    status = read_root(plc_yaml_root(yaml), seed, &binam, error);
    plc_yaml_destroy(yaml);
    if (status == PLC_OK)
        *ret_binam = binam;
    else
        plc_binam_finish(&binam);
    return status;
}

plc_status plc_binam_read(const char *path, uint64_t seed, plc_binam *ret_binam, plc_error *error)
{
    plc_bytes bytes = {0};
    plc_status status = plc_bytes_read(path, &bytes, error);
    if (status == PLC_OK)
        status = plc_binam_parse(path, bytes.data, bytes.size, seed, ret_binam, error);
    plc_bytes_finish(&bytes);
    return status;
}
