/* placode cam --model ca3: scripts on the CA3 memory, each operation judged by the golden model. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/memory.h"
#include "cli/cam.h"

#include <math.h>

/* A script and what came out of it. */
typedef struct ca3 {
    plc_cam_script script;
    plc_cam_answers answers;
    raster_mark *marks; /* [n_operations] */
} ca3;

static plc_status take(void *model, const plc_spike *spikes, size_t n, uint64_t ticks_done,
                       plc_error *error)
{
    (void)ticks_done;
    return plc_cam_answers_take(&((ca3 *)model)->answers, spikes, n, error);
}

static json_t *list_set(const plc_cam_set *set)
{
    return cam_list(set->data, set->n);
}

/* What an operation was, gave and should have given. */
static json_t *describe_word(const ca3 *r, size_t i, const plc_cam_memory *memory, bool right)
{
    const plc_cam_operation *o = &r->script.operations[i];
    const plc_cam_answer *answer = &r->answers.answers[i];
    bool by_content = o->kind == PLC_CAM_RECALL_CONTENT;
    size_t cues_at = by_content ? 1 : 0, bits_at = o->kind == PLC_CAM_RECALL_CUE ? 1 : 0;
    json_t *word = json_object();
    json_object_set_new(word, "operation", json_string(plc_cam_kind_names[o->kind]));
    json_object_set_new(word, "at", json_integer(o->at));
    if (!by_content)
        json_object_set_new(word, "cue", json_integer(o->cue));
    if (o->kind != PLC_CAM_RECALL_CUE)
        json_object_set_new(word, "content",
                            cam_list(r->script.content + o->bits_begin, o->n_bits));
    json_object_set_new(word, "cues", list_set(&answer->cues[cues_at]));
    json_object_set_new(word, "bits", list_set(&answer->bits[bits_at]));
    json_object_set_new(word, "expected_cues", list_set(&memory->cues));
    json_object_set_new(word, "expected_bits", list_set(&memory->bits));
    if (o->kind == PLC_CAM_LEARN) {
        json_object_set_new(word, "forgotten", list_set(&answer->bits[1]));
        json_object_set_new(word, "expected_forgotten", list_set(&memory->lost));
    }
    json_object_set_new(word, "correct", json_boolean(right));
    return word;
}

/* "learn 3", "cue 3", "{0, 4}?": an operation for a picture. */
static raster_mark mark_of(const ca3 *r, const plc_cam_operation *o, bool right)
{
    raster_mark mark = {.tick = o->at, .wrong = !right};
    if (o->kind != PLC_CAM_RECALL_CONTENT) {
        snprintf(mark.label, sizeof mark.label, "%s %u", o->kind == PLC_CAM_LEARN ? "learn" : "cue",
                 o->cue);
        return mark;
    }
    size_t n = (size_t)snprintf(mark.label, sizeof mark.label, "bits");
    for (uint32_t i = 0; i < o->n_bits && n + 12 < sizeof mark.label; i++)
        n += (size_t)snprintf(mark.label + n, sizeof mark.label - n, " %u",
                              r->script.content[o->bits_begin + i]);
    return mark;
}

/* Judges every operation of the ticks done. */
static plc_status judge(ca3 *r, uint64_t ticks, json_t *words, size_t *ret_n, size_t *ret_right,
                        double *ret_latency, plc_error *error)
{
    plc_cam_memory memory = {0};
    uint64_t latency = 0;
    *ret_n = *ret_right = 0;
    plc_status status = plc_cam_memory_init(&memory, r->script.n_cues, r->script.n_bits, error);
    for (size_t i = 0; status == PLC_OK && i < r->script.n_operations; i++) {
        const plc_cam_operation *o = &r->script.operations[i];
        if (o->at + plc_cam_latency(o->kind) >= ticks)
            break;
        status = plc_cam_memory_do(&memory, &r->script, o, error);
        if (status != PLC_OK)
            break;
        bool right = plc_cam_is_right(&memory, o, &r->answers.answers[i]);
        json_array_append_new(words, describe_word(r, i, &memory, right));
        r->marks[i] = mark_of(r, o, right);
        latency += plc_cam_latency(o->kind);
        *ret_right += right;
        ++*ret_n;
    }
    *ret_latency = *ret_n ? (double)latency / (double)*ret_n : (double)NAN;
    plc_cam_memory_finish(&memory);
    return status;
}

static int report(ca3 *r, const cam_run *run, plc_error *error)
{
    json_t *words = json_array(), *result = json_object();
    size_t n = 0, right = 0;
    double latency = (double)NAN;
    plc_status status =
        judge(r, plc_engine_get_stats(run->engine).ticks, words, &n, &right, &latency, error);
    if (status == PLC_OK)
        status = cam_draw(run, r->marks, n, error);
    if (status != PLC_OK) {
        json_decref(words);
        json_decref(result);
        return fail_with(status, error);
    }
    json_object_set_new(result, "operations", json_integer((json_int_t)n));
    json_object_set_new(result, "correct", json_integer((json_int_t)right));
    json_object_set_new(result, "latency_ticks", json_known(latency));
    cam_add_run(run, n, result);
    json_object_set_new(result, "words", words);
    return print_result(result, run->options->as_json);
}

int cam_run_ca3(const cam_options *options, const plc_chip *chip)
{
    ca3 r = {0};
    plc_error error = {0};
    cam_run run = {.options = options, .take = take, .model = &r};
    plc_status status = plc_cam_script_read(
        options->path, options->learning.improved ? plc_cam_gaps_improved : plc_cam_gaps_published,
        &r.script, &error);
    if (status == PLC_OK)
        status = plc_cam_build(&r.script, options->learning, options->seed, &run.network, &error);
    if (status == PLC_OK)
        status = plc_cam_answers_init(&r.answers, &r.script, &error);
    r.marks = plc_array(r.script.n_operations, sizeof *r.marks);
    if (status == PLC_OK && !r.marks)
        status = plc_fail_memory(&error, "marks");
    run.ticks = plc_cam_script_ticks(&r.script);
    if (status == PLC_OK)
        status = cam_run_network(&run, chip, &error);
    int exit_status = status == PLC_OK ? report(&r, &run, &error) : fail_with(status, &error);
    exit_status = exit_status == EXIT_OK && run.stopped ? EXIT_INTERRUPTED : exit_status;
    cam_run_finish(&run);
    free(r.marks);
    plc_cam_answers_finish(&r.answers);
    plc_cam_script_finish(&r.script);
    return exit_status;
}
