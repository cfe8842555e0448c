/* placode cam --model binam: recalls of a binary associative memory, beside the closed form. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cam/binam.h"
#include "cli/cam.h"

#include <math.h>
#include <string.h>

enum { WORDS_MAX = 100 }; /* recalls that are listed */

/* A memory and what came out of it. */
typedef struct binam {
    plc_binam memory;
    plc_binam_score score;
} binam;

static plc_status take(void *model, const plc_spike *spikes, size_t n, uint64_t ticks_done,
                       plc_error *error)
{
    binam *r = model;
    return plc_binam_score_take(&r->score, &r->memory, spikes, n, ticks_done, error);
}

/* The first recalls: what came out, and what should have. */
static json_t *list_words(const binam *r)
{
    json_t *words = json_array();
    for (size_t i = 0; i < r->score.answers_kept && i < r->score.n_recalls; i++) {
        const plc_binam_pair *recall = &r->memory.recalls[i];
        const plc_cam_set *answer = &r->score.answers[i];
        const uint32_t *expected = r->memory.ones + recall->content.begin;
        const bool right =
            answer->n == recall->content.n &&
            (!answer->n || !memcmp(answer->data, expected, answer->n * sizeof *expected));
        json_t *word = json_object();
        json_object_set_new(word, "operation", json_string("recall_cue"));
        json_object_set_new(word, "at", json_integer((json_int_t)i));
        json_object_set_new(word, "cue",
                            cam_list(r->memory.ones + recall->cue.begin, recall->cue.n));
        json_object_set_new(word, "bits", cam_list(answer->data, answer->n));
        json_object_set_new(word, "expected_bits", cam_list(expected, recall->content.n));
        json_object_set_new(word, "correct", json_boolean(right));
        json_array_append_new(words, word);
    }
    return words;
}

/* Measured values beside those that the closed form gives for random pairs. */
static void add_measures(const binam *r, json_t *result)
{
    const plc_binam_score *score = &r->score;
    const plc_binam_theory theory = plc_binam_expect(&r->memory);
    const double n = score->n_recalls ? (double)score->n_recalls : (double)NAN;
    const double share = n / (double)r->memory.n_recalls; /* of the recalls, after Ctrl-C */
    json_object_set_new(result, "samples", json_integer((json_int_t)r->memory.n_pairs));
    json_object_set_new(result, "false_positives", json_known((double)score->false_positives / n));
    json_object_set_new(result, "false_positives_expected", json_known(theory.false_positives));
    json_object_set_new(result, "false_negatives", json_known((double)score->missing / n));
    json_object_set_new(result, "information_bits", json_known(score->information));
    json_object_set_new(result, "information_bits_expected",
                        json_known(theory.information * share));
    json_object_set_new(result, "information_relative",
                        json_known(score->information / (theory.information * share)));
    json_object_set_new(
        result, "bits_per_synapse",
        json_known(score->information / ((double)r->memory.n_cues * r->memory.n_bits)));
}

static int report(const binam *r, const cam_run *run)
{
    json_t *result = json_object();
    json_object_set_new(result, "operations", json_integer((json_int_t)r->score.n_recalls));
    json_object_set_new(result, "correct", json_integer((json_int_t)r->score.n_exact));
    json_object_set_new(result, "latency_ticks", json_integer(1));
    add_measures(r, result);
    cam_add_run(run, r->score.n_recalls, result);
    json_object_set_new(result, "words", list_words(r));
    return print_result(result, run->options->as_json);
}

int cam_run_binam(const cam_options *options, const plc_chip *chip)
{
    binam r = {0};
    plc_error error = {0};
    cam_run run = {.options = options, .take = take, .model = &r};
    plc_status status = plc_binam_read(options->path, options->seed, &r.memory, &error);
    if (status == PLC_OK)
        status = plc_binam_build(&r.memory, options->seed, &run.network, &error);
    if (status == PLC_OK)
        status = plc_binam_score_init(&r.score, &r.memory, WORDS_MAX, &error);
    run.ticks = r.memory.n_recalls + 1;
    if (status == PLC_OK)
        status = cam_run_network(&run, chip, &error);
    if (status == PLC_OK)
        status = cam_draw(&run, NULL, 0, &error);
    int exit_status = status == PLC_OK ? report(&r, &run) : fail_with(status, &error);
    exit_status = exit_status == EXIT_OK && run.stopped ? EXIT_INTERRUPTED : exit_status;
    cam_run_finish(&run);
    plc_binam_score_finish(&r.score);
    plc_binam_finish(&r.memory);
    return exit_status;
}
