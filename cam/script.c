/* Scripts of a CAM: operations, and when they are safe. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cam/cam.h"

#include "base/error.h"
#include "base/memory.h"

const char *const plc_cam_kind_names[] = {"learn", "recall_cue", "recall_content", NULL};

const plc_cam_gaps plc_cam_gaps_published = {20, 20}, plc_cam_gaps_improved = {10, 8};

plc_status plc_cam_script_init(plc_cam_script *script, uint32_t n_cues, uint32_t n_bits,
                               plc_error *error)
{
    *script = (plc_cam_script){.n_cues = n_cues, .n_bits = n_bits, .gaps = plc_cam_gaps_published};
    if (n_cues < 1 || n_cues > PLC_CAM_MAX_CUES)
        return plc_fail(error, PLC_INVALID, "cues: expected 1..%d, got %u", PLC_CAM_MAX_CUES,
                        n_cues);
    if (n_bits < 1 || n_bits > PLC_CAM_MAX_BITS)
        return plc_fail(error, PLC_INVALID, "bits: expected 1..%d, got %u", PLC_CAM_MAX_BITS,
                        n_bits);
    return PLC_OK;
}

void plc_cam_script_finish(plc_cam_script *script)
{
    free(script->operations);
    free(script->content);
    *script = (plc_cam_script){0};
}

/* The tick of the next operation. */
static plc_status choose_time(const plc_cam_script *script, int64_t at, uint32_t *ret_at,
                              plc_error *error)
{
    const plc_cam_operation *last =
        script->n_operations ? &script->operations[script->n_operations - 1] : NULL;
    int64_t first = last ? (int64_t)last->at + 1 : 0;
    if (at < 0)
        at = !last                         ? 0
             : last->kind == PLC_CAM_LEARN ? (int64_t)last->at + script->gaps.after_learn
                                           : (int64_t)last->at + script->gaps.after_recall;
    if (first > PLC_CAM_MAX_TICK)
        return plc_fail(error, PLC_INVALID, "at: no tick is left after %d, the last one",
                        PLC_CAM_MAX_TICK);
    if (at < first || at > PLC_CAM_MAX_TICK)
        return plc_fail(error, PLC_INVALID, "at: expected %lld..%d, got %lld", (long long)first,
                        PLC_CAM_MAX_TICK, (long long)at);
    *ret_at = (uint32_t)at;
    return PLC_OK;
}

static int compare_bits(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* Copies the bits of an operation behind those of the others, sorted. */
static plc_status add_bits(plc_cam_script *script, const uint32_t *bits, uint32_t n,
                           plc_error *error)
{
    if (!plc_array_reserve(&script->content, &script->content_capacity, script->n_content + n,
                           sizeof *script->content))
        return plc_fail_memory(error, "content");
    uint32_t *content = script->content + script->n_content;
    memcpy(content, bits, n * sizeof *bits);
    qsort(content, n, sizeof *content, compare_bits);
    for (uint32_t i = 0; i < n; i++) {
        if (content[i] >= script->n_bits)
            return plc_fail(error, PLC_INVALID, "content: expected bits 0..%u, got %u",
                            script->n_bits - 1, content[i]);
        if (i && content[i] == content[i - 1])
            return plc_fail(error, PLC_INVALID, "content: bit %u stands twice", content[i]);
    }
    script->n_content += n;
    return PLC_OK;
}

plc_status plc_cam_script_add(plc_cam_script *script, plc_cam_kind kind, uint32_t cue,
                              const uint32_t *bits, uint32_t n_bits, int64_t at, plc_error *error)
{
    plc_cam_operation operation = {.kind = kind, .n_bits = n_bits, .bits_begin = script->n_content};
    if (kind != PLC_CAM_RECALL_CONTENT && cue >= script->n_cues)
        return plc_fail(error, PLC_INVALID, "cue: expected 0..%u, got %u", script->n_cues - 1, cue);
    if (kind != PLC_CAM_RECALL_CUE && !n_bits)
        return plc_fail(error, PLC_INVALID, "content: expected a bit at least");
    operation.cue = kind == PLC_CAM_RECALL_CONTENT ? 0 : cue;
    plc_status status = choose_time(script, at, &operation.at, error);
    if (status != PLC_OK)
        return status;
    if (!plc_array_reserve(&script->operations, &script->operations_capacity,
                           script->n_operations + 1, sizeof *script->operations))
        return plc_fail_memory(error, "operations");
    if (kind == PLC_CAM_RECALL_CUE)
        operation.n_bits = 0;
    else if ((status = add_bits(script, bits, n_bits, error)) != PLC_OK)
        return status;
    script->operations[script->n_operations++] = operation;
    return PLC_OK;
}

uint32_t plc_cam_script_ticks(const plc_cam_script *script)
{
    return script->n_operations ? script->operations[script->n_operations - 1].at + PLC_CAM_TAIL
                                : PLC_CAM_TAIL;
}
