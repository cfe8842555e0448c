/* placode cam: run a script on a CA3 content-addressable memory. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cam/cam.h"
#include "base/error.h"
#include "base/memory.h"
#include "cli/command.h"
#include "cli/cost.h"
#include "hw/layout/layout.h"

#include <math.h>
#include <string.h>

/* Values of the options. */
typedef struct cam_options {
    const char *path, *chip, *engine, *history, *spikes;
    uint64_t seed, threads;
    plc_cam_learning learning;
    bool as_json;
} cam_options;

/* A script on its way through mapper and engine. */
typedef struct cam_run {
    const cam_options *options;
    plc_cam_script script;
    plc_network *network;
    plc_layout *layout;
    plc_engine *engine;
    plc_cam_answers answers;
    plc_trace trace;
    plc_error *error;
    progress bar;
    double seconds;
    bool stopped;
} cam_run;

static void run_finish(cam_run *r)
{
    plc_cam_answers_finish(&r->answers);
    plc_trace_finish(&r->trace);
    plc_engine_destroy(r->engine);
    plc_layout_destroy(r->layout);
    plc_network_destroy(r->network);
    plc_cam_script_finish(&r->script);
}

static plc_status take_spikes(void *context, const plc_spike *spikes, size_t n, uint64_t ticks_done)
{
    cam_run *r = context;
    progress_show(&r->bar, (double)ticks_done / plc_cam_script_ticks(&r->script));
    plc_status status = plc_cam_answers_take(&r->answers, spikes, n, r->error);
    if (status == PLC_OK && r->options->spikes)
        status = plc_trace_append(&r->trace, spikes, n, r->error);
    return status == PLC_OK && interrupted() ? PLC_STOPPED : status;
}

static plc_status begin_trace(cam_run *r, plc_error *error)
{
    const char *names[PLC_CAM_N_POPULATIONS];
    for (uint32_t i = 0; i < PLC_CAM_N_POPULATIONS; i++)
        names[i] = plc_network_population_name(r->network, i);
    return plc_trace_init(&r->trace, names, PLC_CAM_N_POPULATIONS, 1.0, error);
}

static plc_status write_spikes(const cam_run *r, plc_error *error)
{
    const char *path = r->options->spikes;
    size_t n = path ? strlen(path) : 0;
    if (!path)
        return PLC_OK;
    return n >= 4 && !strcmp(path + n - 4, ".csv")
               ? plc_spikes_write_csv(&r->trace, path, error)
               : plc_spikes_write_sonata(&r->trace, NULL, 0, path, error);
}

/* Maps the network and runs the script on it. */
static plc_status run_script(cam_run *r, const plc_chip *chip, plc_error *error)
{
    const cam_options *options = r->options;
    plc_engine_settings settings = {
        .kind = options->engine, .seed = options->seed, .threads = (uint32_t)options->threads};
    plc_status status =
        plc_cam_build(&r->script, options->learning, options->seed, &r->network, error);
    if (status == PLC_OK)
        status = plc_map(r->network, chip, NULL, &r->layout, error);
    if (status == PLC_OK)
        status = plc_engine_create(r->layout, &settings, &r->engine, error);
    if (status == PLC_OK)
        status = plc_cam_answers_init(&r->answers, &r->script, error);
    if (status == PLC_OK)
        status = begin_trace(r, error);
    if (status != PLC_OK)
        return status;
    interrupt_catch();
    progress_begin(&r->bar, "cam");
    double begin = seconds_now();
    status = plc_engine_run(r->engine, plc_cam_script_ticks(&r->script), take_spikes, r, error);
    r->seconds = seconds_now() - begin;
    progress_end(&r->bar);
    r->stopped = status == PLC_STOPPED;
    if (r->stopped)
        log_line("interrupted; what follows is of the ticks done");
    return r->stopped ? PLC_OK : status;
}

static json_t *list_numbers(const uint32_t *data, size_t n)
{
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(list, json_integer(data[i]));
    return list;
}

static json_t *list_set(const plc_cam_set *set)
{
    return list_numbers(set->data, set->n);
}

/* What an operation was, gave and should have given. */
static json_t *describe_word(const cam_run *r, size_t i, const plc_cam_memory *memory, bool right)
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
                            list_numbers(r->script.content + o->bits_begin, o->n_bits));
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

/* Judges every operation of the ticks done. */
static plc_status judge(const cam_run *r, uint64_t ticks, json_t *words, size_t *ret_n,
                        size_t *ret_right, double *ret_latency, plc_error *error)
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
        latency += plc_cam_latency(o->kind);
        *ret_right += right;
        ++*ret_n;
    }
    *ret_latency = *ret_n ? (double)latency / (double)*ret_n : (double)NAN;
    plc_cam_memory_finish(&memory);
    return status;
}

/* How often operations come in model time, and what they take of the chip. */
static void add_work(const cam_run *r, size_t n, json_t *result)
{
    plc_engine_stats stats = plc_engine_get_stats(r->engine);
    plc_engine_cost cost;
    double joules = (double)NAN, each = n ? (double)n : (double)NAN;
    if (plc_engine_get_cost(r->engine, &cost)) {
        joules = cost_energy(&cost, r->layout->chip);
        cost_report(&cost, r->layout, r->options->as_json, result);
    }
    plc_map_report report = {0};
    plc_error ignored;
    json_object_set_new(result, "energy_j", json_known(joules));
    json_object_set_new(result, "energy_j_per_operation", json_known(joules / each));
    json_object_set_new(result, "plastic_events", json_integer((json_int_t)stats.plastic_events));
    json_object_set_new(result, "static_events",
                        json_integer((json_int_t)(stats.synaptic_events - stats.plastic_events)));
    json_object_set_new(
        result, "operations_per_model_s",
        json_known(stats.ticks ? (double)n / ((double)stats.ticks * 1e-3) : (double)NAN));
    json_object_set_new(result, "operations_per_s",
                        json_known(r->seconds > 0 ? (double)n / r->seconds : (double)NAN));
    json_object_set_new(result, "cores", json_integer(r->layout->n_cores));
    if (plc_map_measure(r->layout, NULL, &report, &ignored) == PLC_OK)
        json_object_set_new(result, "synapse_bytes",
                            json_integer((json_int_t)report.synapse_bytes));
}

static int report(const cam_run *r, plc_error *error)
{
    plc_engine_stats stats = plc_engine_get_stats(r->engine);
    json_t *words = json_array(), *result = json_object();
    size_t n = 0, right = 0;
    double latency = (double)NAN;
    plc_status status = judge(r, stats.ticks, words, &n, &right, &latency, error);
    if (status != PLC_OK) {
        json_decref(words);
        json_decref(result);
        return fail_with(status, error);
    }
    json_object_set_new(result, "operations", json_integer((json_int_t)n));
    json_object_set_new(result, "correct", json_integer((json_int_t)right));
    json_object_set_new(result, "spikes", json_integer((json_int_t)stats.spikes));
    json_object_set_new(result, "digest", json_digest(stats.digest));
    json_object_set_new(result, "ticks", json_integer((json_int_t)stats.ticks));
    json_object_set_new(result, "neurons",
                        json_integer((json_int_t)plc_network_n_neurons(r->network)));
    json_object_set_new(result, "synapses",
                        json_integer((json_int_t)plc_network_n_synapses(r->network)));
    json_object_set_new(result, "latency_ticks", json_known(latency));
    json_object_set_new(result, "seconds", json_real(r->seconds));
    add_work(r, n, result);
    json_object_set_new(result, "words", words);
    return print_result(result, r->options->as_json);
}

static int check_options(cam_options *options)
{
    static const char *const histories[] = {"16", "unbounded", "flush", NULL};
    unsigned kind = options->learning.improved ? PLC_STDP_FLUSH : PLC_STDP_16;
    if (options->history && options->learning.improved)
        return fail_usage("cam: --improved flushes its history; expected no --history");
    if (options->history)
        for (kind = 0; histories[kind] && strcmp(histories[kind], options->history);)
            kind++;
    if (!histories[kind])
        return fail_usage("cam: --history: expected 16, unbounded or flush, got \"%s\"",
                          options->history);
    options->learning.history = (plc_stdp_history)kind;
    size_t n = options->spikes ? strlen(options->spikes) : 0;
    if (options->spikes && !(n >= 4 && !strcmp(options->spikes + n - 4, ".csv")) &&
        !(n >= 3 && !strcmp(options->spikes + n - 3, ".h5")))
        return fail_usage("cam: --spikes: expected a name in .h5 or .csv, got \"%s\"",
                          options->spikes);
    return engine_exists(options->engine) ? -1 : fail_engine("cam", options->engine);
}

static int run(const command *self, int argc, char **argv)
{
    cam_options options = {.seed = 1};
    const option_row rows[] = {
        {"chip", "C", OPTION_TEXT, &options.chip, 0, 0, "map onto this chip (default ideal)", NULL},
        {"engine", "E", OPTION_TEXT, &options.engine, 0, 0,
         "fast (default), or mesh: the chip in time, with its energy", NULL},
        {"history", "H", OPTION_TEXT, &options.history, 0, 0,
         "spikes a neuron remembers: 16 (default, as the hardware), unbounded or flush", NULL},
        {"improved", NULL, OPTION_FLAG, &options.learning.improved, 0, 0,
         "learn by gated plasticity: any query, operations 10 ticks apart", NULL},
        {"spikes", "OUT", OPTION_TEXT, &options.spikes, 0, 0,
         "write all spikes: OUT.h5 (SONATA) or OUT.csv", NULL},
        OPTION_SEED(&options.seed),
        OPTION_THREADS(&options.threads),
        OPTION_JSON(&options.as_json),
        {0},
    };
    int exit_status = options_parse(self, rows, argc, argv, &options.path, 1, 1, NULL);
    if (exit_status < 0)
        exit_status = check_options(&options);
    if (exit_status >= 0)
        return exit_status;
    plc_error error = {0};
    plc_chip *chip = NULL;
    if ((exit_status = open_chip("cam", options.chip, &chip)) >= 0)
        return exit_status;
    cam_run r = {.options = &options, .error = &error};
    plc_status status = plc_cam_script_read(
        options.path, options.learning.improved ? PLC_CAM_GAP_IMPROVED : PLC_CAM_GAP, &r.script,
        &error);
    if (status == PLC_OK)
        status = run_script(&r, chip, &error);
    if (status == PLC_OK)
        status = write_spikes(&r, &error);
    exit_status = status == PLC_OK ? report(&r, &error) : fail_with(status, &error);
    exit_status = exit_status == EXIT_OK && r.stopped ? EXIT_INTERRUPTED : exit_status;
    run_finish(&r);
    plc_chip_destroy(chip);
    return exit_status;
}

const command command_cam = {"cam", "SCRIPT.yaml",
                             "build a CA3 memory and run a script of learning and recall on it",
                             "placode cam examples/cam.yaml --chip spinnaker-4 --engine mesh", run};
