/* placode run: run a network or a layout. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/command.h"

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "cli/activity.h"
#include "cli/cost.h"
#include "cli/input.h"
#include "cli/real_time.h"
#include "cli/watch.h"
#include "hw/engine/ranks.h"
#include "hw/layout/layout.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Values of the options. */
typedef struct run_options {
    const char *path, *chip, *engine, *spikes, *record, *rtl_tiles;
    run_watch watch;
    uint64_t ticks, seed, threads;
    bool as_json, real_time, seed_given, ticks_given;
    bool record_v, record_weights;
} run_options;

/* What the sink of the engine works with. */
typedef struct collector {
    plc_trace trace;
    activity over_time; /* for --json */
    char *chip;         /* its name, for --json */
    uint32_t n_cores;
    bool keep;    /* spikes are to be written */
    bool *wanted; /* [populations] */
    plc_error *error;
    progress bar;
    uint64_t ticks;
} collector;

static bool has_suffix(const char *text, const char *suffix)
{
    size_t n = strlen(text), m = strlen(suffix);
    return n >= m && !strcmp(text + n - m, suffix);
}

static plc_status take_spikes(void *context, const plc_spike *spikes, size_t n, uint64_t ticks_done)
{
    collector *c = context;
    plc_status status = PLC_OK;
    progress_show(&c->bar, (double)ticks_done / (double)c->ticks);
    activity_count(&c->over_time, spikes, n);
    for (size_t i = 0, first; c->keep && status == PLC_OK && i < n; i++) {
        for (first = i; i < n && c->wanted[spikes[i].population]; i++)
            ;
        if (i > first)
            status = plc_trace_append(&c->trace, spikes + first, i - first, c->error);
    }
    return status == PLC_OK && interrupted() ? PLC_STOPPED : status;
}

/* Spikes are kept of the populations that the network records, or of all when it records none. */
static plc_status init_collector(collector *c, const plc_layout *layout, const run_options *options,
                                 plc_error *error)
{
    bool any = false;
    const char **names = plc_array(layout->n_populations, sizeof *names);
    *c = (collector){.keep = options->spikes && plc_ranks_mine() == 0,
                     .error = error,
                     .ticks = options->ticks,
                     .wanted = plc_array(layout->n_populations, sizeof *c->wanted)};
    plc_status status = PLC_OK;
    if (!names || !c->wanted)
        status = plc_fail_memory(error, "spikes");
    for (uint32_t i = 0; status == PLC_OK && i < layout->n_populations; i++)
        any = any || layout->populations[i].record_spikes;
    for (uint32_t i = 0; status == PLC_OK && i < layout->n_populations; i++) {
        c->wanted[i] = !any || layout->populations[i].record_spikes;
        names[i] = layout->populations[i].name;
    }
    if (status == PLC_OK)
        status = plc_trace_init(&c->trace, names, layout->n_populations, layout->tick_ms, error);
    free(names);
    if (status != PLC_OK || !options->as_json)
        return status;
    c->chip = plc_string_copy(layout->chip->name);
    c->n_cores = layout->n_cores;
    return c->chip ? activity_init(&c->over_time, layout, error) : plc_fail_memory(error, "a run");
}

static plc_status write_spikes(const plc_engine *engine, const collector *c,
                               const run_options *options, plc_error *error)
{
    size_t n = 0;
    if (!c->keep)
        return PLC_OK;
    if (has_suffix(options->spikes, ".csv"))
        return plc_spikes_write_csv(&c->trace, options->spikes, error);
    while (plc_engine_recording(engine, n))
        n++;
    plc_recording *recordings = plc_array(n, sizeof *recordings);
    if (!recordings)
        return plc_fail_memory(error, "recordings");
    for (size_t i = 0; i < n; i++)
        recordings[i] = *plc_engine_recording(engine, i);
    plc_weight *weights = NULL;
    size_t n_weights = 0;
    plc_status status = options->record_weights
                            ? plc_engine_get_weights(engine, &weights, &n_weights, error)
                            : PLC_OK;
    if (status == PLC_OK)
        status = plc_spikes_write_weights(&c->trace, recordings, n, weights, n_weights,
                                          options->spikes, error);
    free(weights);
    free(recordings);
    return status;
}

/* Adds what the run took on the chip, where the engine models time. */
static plc_status report_cost(const plc_engine *engine, const plc_layout *layout,
                              const run_options *options, const plc_engine_settings *settings,
                              json_t *result, plc_error *error)
{
    plc_engine_cost cost;
    double scale;
    if (!plc_engine_get_cost(engine, &cost))
        return PLC_OK;
    plc_status status = real_time_scale(engine, layout, settings, &scale, error);
    if (status != PLC_OK)
        return status;
    cost_report(&cost, layout, options->as_json, result);
    json_object_set_new(result, "time_scale", json_known(scale));
    if (options->real_time && options->as_json)
        real_time_list(engine, layout, result);
    return PLC_OK;
}

static int report(const plc_engine *engine, const collector *c, const plc_layout *layout,
                  const run_options *options, const plc_engine_settings *settings, double seconds)
{
    plc_error error = {0};
    plc_engine_stats stats = plc_engine_get_stats(engine);
    json_t *result = json_pack("{s:I, s:I, s:I, s:I, s:f, s:f, s:o, s:I}", "ticks",
                               (json_int_t)stats.ticks, "spikes", (json_int_t)stats.spikes,
                               "synaptic_events", (json_int_t)stats.synaptic_events, "updates",
                               (json_int_t)stats.updates, "seconds", seconds, "ticks_per_s",
                               seconds > 0 ? (double)stats.ticks / seconds : 0.0, "digest",
                               json_digest(stats.digest), "threads", (json_int_t)stats.threads);
    if (result && stats.ranks > 1)
        json_object_update_new(result, json_pack("{s:I, s:I}", "ranks", (json_int_t)stats.ranks,
                                                 "sent_to_ranks", (json_int_t)stats.sent_to_ranks));
    plc_status status = report_cost(engine, layout, options, settings, result, &error);
    if (status != PLC_OK) {
        json_decref(result);
        return fail_with(status, &error);
    }
    if (options->as_json) {
        json_object_update_new(result, json_pack("{s:o, s:I}", "chip", json_text(c->chip), "cores",
                                                 (json_int_t)c->n_cores));
        activity_report(&c->over_time, stats.ticks, result);
    }
    return print_result(result, options->as_json);
}

/* Runs a layout, and gives back its memory as soon as the engine does not need it any more. */
static int run_layout(plc_layout **layout, run_options *options)
{
    plc_error error = {0};
    plc_engine *engine = NULL;
    collector c = {0};
    plc_engine_settings settings = {.kind = options->engine,
                                    .seed = options->seed_given ? options->seed
                                                                : plc_layout_seed(*layout),
                                    .threads = (uint32_t)options->threads,
                                    .real_time = options->real_time,
                                    .rtl_tiles = options->rtl_tiles,
                                    .on_ranks = true};
    double seconds = 0;
    plc_status status = plc_engine_create(*layout, &settings, &engine, &error);
    if (status == PLC_OK && options->record_v)
        status = plc_engine_record_v(engine, &error);
    if (status == PLC_OK)
        status = run_watch_begin(&options->watch, engine, *layout, &error);
    if (status == PLC_OK)
        status = init_collector(&c, *layout, options, &error);
    if (status == PLC_OK) {
        plc_engine_cost cost;
        if (!plc_engine_get_cost(engine, &cost)) { /* what a run costs is said by core and chip */
            plc_layout_destroy(*layout);
            *layout = NULL;
        }
        interrupt_catch();
        progress_begin(&c.bar, "run");
        double begin = seconds_now();
        status = plc_engine_run(engine, options->ticks, take_spikes, &c, &error);
        seconds = seconds_now() - begin;
        progress_end(&c.bar);
    }
    bool stopped = status == PLC_STOPPED;
    if (stopped)
        log_line("interrupted; what follows is of the ticks done");
    if (status == PLC_OK || stopped)
        status = write_spikes(engine, &c, options, &error);
    if (status == PLC_OK)
        status = run_watch_write(&options->watch, &error);
    int exit_status = status == PLC_OK ? report(engine, &c, *layout, options, &settings, seconds)
                                       : fail_with(status, &error);
    run_watch_finish(&options->watch);
    plc_trace_finish(&c.trace);
    activity_finish(&c.over_time);
    free(c.chip);
    free(c.wanted);
    plc_engine_destroy(engine);
    return exit_status == EXIT_OK && stopped ? EXIT_INTERRUPTED : exit_status;
}

int check_folder(const char *path)
{
    char *folder = plc_path_beside(path, ".");
    bool missing = folder && access(folder, W_OK | X_OK);
    int reason = errno;
    free(folder);
    if (!missing)
        return -1;
    log_line("%s: %s", path, strerror(reason));
    return EXIT_FAILED;
}

/* "v", "weights" or both with a comma. */
static int check_record(run_options *options)
{
    const char *record = options->record ? options->record : "";
    bool both = !strcmp(record, "v,weights") || !strcmp(record, "weights,v");
    options->record_v = both || !strcmp(record, "v");
    options->record_weights = both || !strcmp(record, "weights");
    if (*record && !options->record_v && !options->record_weights)
        return fail_usage("run: --record: expected v, weights or v,weights, got \"%s\"", record);
    if (options->record_weights && plc_ranks_count() > 1)
        return fail_usage("run: --record weights: runs as one process; start it without mpirun");
    return -1;
}

static int check_options(run_options *options)
{
    if (!options->ticks_given)
        return fail_usage("run: --ticks N is missing");
    if (!engine_exists(options->engine))
        return fail_engine("run", options->engine);
    if (options->real_time && (!options->engine || !strcmp(options->engine, "fast")))
        return fail_usage("run: --real-time: engine fast has no ticks of fixed length; give "
                          "--engine mesh");
    if (options->real_time && strcmp(options->engine, "mesh"))
        return fail_usage("run: --real-time: a tick of engine %s ends when all is done; give "
                          "--engine mesh",
                          options->engine);
    if (options->rtl_tiles && (!options->engine || strcmp(options->engine, "systemc")))
        return fail_usage("run: --rtl-tiles: give --engine systemc");
    if (options->engine && strcmp(options->engine, "fast") && plc_ranks_count() > 1)
        return fail_usage("run: --engine %s: runs as one process; start it without mpirun",
                          options->engine);
    if (check_record(options) >= 0)
        return EXIT_USAGE;
    if (options->record && (!options->spikes || has_suffix(options->spikes, ".csv")))
        return fail_usage("run: --record %s is written with the spikes: give --spikes OUT.h5",
                          options->record);
    if (options->spikes && !has_suffix(options->spikes, ".csv") &&
        !has_suffix(options->spikes, ".h5"))
        return fail_usage("run: --spikes: expected a name in .h5 or .csv, got \"%s\"",
                          options->spikes);
    return -1;
}

static int run(const command *self, int argc, char **argv)
{
    run_options options = {.seed = 1};
    const option_row rows[] = {
        {"ticks", "N", OPTION_WHOLE, &options.ticks, 0, 1e15, "how long to run",
         &options.ticks_given},
        {"chip", "C", OPTION_TEXT, &options.chip, 0, 0, "map onto this chip first (default ideal)",
         NULL},
        {"engine", "E", OPTION_TEXT, &options.engine, 0, 0,
         "fast (default), mesh: the chip in time, rtl: the chip clock by clock, or systemc: tiles "
         "of either kind",
         NULL},
        {"rtl-tiles", "TILES", OPTION_TEXT, &options.rtl_tiles, 0, 0,
         "engine systemc: which tiles are in RTL: all, none (default) or a list x,y;x,y", NULL},
        {"real-time", NULL, OPTION_FLAG, &options.real_time, 0, 0,
         "ticks of the chip's length: what is not done by then is late or lost", NULL},
        {"spikes", "OUT", OPTION_TEXT, &options.spikes, 0, 0,
         "write the spikes: OUT.h5 (SONATA) or OUT.csv", NULL},
        {"record", "V", OPTION_TEXT, &options.record, 0, 0,
         "v: write the potentials of recorded populations to OUT.h5 too; weights: the plastic "
         "weights "
         "at the end; or v,weights",
         NULL},
        {"timing", "OUT.csv", OPTION_TEXT, &options.watch.ticks_path, 0, 0,
         "write how long each tick took, with what to spare, and why", NULL},
        {"trace", "OUT.json", OPTION_TEXT, &options.watch.trace_path, 0, 0,
         "write what cores, routers and links did, for ui.perfetto.dev or chrome://tracing", NULL},
        {"trace-ticks", "A..B", OPTION_TEXT, &options.watch.window, 0, 0,
         "of these ticks (default 0..9)", NULL},
        {"seed", "N", OPTION_WHOLE, &options.seed, 0, SEED_MAX,
         "seed of everything random (default 1, or the layout's)", &options.seed_given},
        OPTION_THREADS(&options.threads),
        OPTION_JSON(&options.as_json),
        {0},
    };
    int exit_status = options_parse(self, rows, argc, argv, &options.path, 1, 1, NULL);
    if (exit_status < 0)
        exit_status = check_options(&options);
    if (exit_status < 0)
        exit_status = run_watch_check(&options.watch, options.engine);
    if (exit_status >= 0)
        return exit_status;
    const char *const outputs[] = {options.spikes, options.watch.ticks_path,
                                   options.watch.trace_path};
    for (size_t i = 0;
         plc_ranks_mine() == 0 && exit_status < 0 && i < sizeof outputs / sizeof *outputs; i++)
        exit_status = outputs[i] ? check_folder(outputs[i]) : -1;
    plc_layout *layout = NULL;
    if (exit_status < 0)
        exit_status = input_open("run", options.path, options.chip, options.seed, &layout);
    if (exit_status < 0)
        exit_status = run_layout(&layout, &options);
    plc_layout_destroy(layout);
    return exit_status;
}

const command command_run = {
    "run", "NET.yaml|LAYOUT.h5 --ticks N", "run a network or a layout and report its spikes",
    "placode run net.yaml --chip spinnaker-4 --ticks 1000 --spikes out.h5", run};
