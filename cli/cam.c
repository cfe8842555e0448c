/* placode cam: run a script on an associative memory of spiking neurons. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cam.h"
#include "cli/cost.h"

#include <math.h>
#include <string.h>

void cam_run_finish(cam_run *r)
{
    plc_trace_finish(&r->trace);
    plc_engine_destroy(r->engine);
    plc_layout_destroy(r->layout);
    plc_network_destroy(r->network);
}

static plc_status take_spikes(void *context, const plc_spike *spikes, size_t n, uint64_t ticks_done)
{
    cam_run *r = context;
    progress_show(&r->bar, (double)ticks_done / (double)r->ticks);
    plc_status status = r->take(r->model, spikes, n, ticks_done, r->error);
    if (status == PLC_OK && (r->options->spikes || r->options->svg))
        status = plc_trace_append(&r->trace, spikes, n, r->error);
    return status == PLC_OK && interrupted() ? PLC_STOPPED : status;
}

static plc_status begin_trace(cam_run *r, plc_error *error)
{
    const char *names[PLC_CAM_N_POPULATIONS];
    for (uint32_t i = 0; i < r->layout->n_populations; i++)
        names[i] = plc_network_population_name(r->network, i);
    return plc_trace_init(&r->trace, names, r->layout->n_populations, 1.0, error);
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

plc_status cam_run_network(cam_run *r, const plc_chip *chip, plc_error *error)
{
    const cam_options *options = r->options;
    plc_engine_settings settings = {
        .kind = options->engine, .seed = options->seed, .threads = (uint32_t)options->threads};
    plc_status status = plc_map(r->network, chip, NULL, &r->layout, error);
    if (status == PLC_OK)
        status = plc_engine_create(r->layout, &settings, &r->engine, error);
    if (status == PLC_OK)
        status = begin_trace(r, error);
    if (status != PLC_OK)
        return status;
    interrupt_catch();
    progress_begin(&r->bar, "cam");
    double begin = seconds_now();
    r->error = error;
    status = plc_engine_run(r->engine, r->ticks, take_spikes, r, error);
    r->seconds = seconds_now() - begin;
    progress_end(&r->bar);
    r->stopped = status == PLC_STOPPED;
    if (r->stopped)
        log_line("interrupted; what follows is of the ticks done");
    return r->stopped || status == PLC_OK ? write_spikes(r, error) : status;
}

plc_status cam_draw(const cam_run *r, const raster_mark *marks, size_t n_marks, plc_error *error)
{
    const char *path = r->options->path, *slash = strrchr(path, '/');
    uint32_t sizes[PLC_CAM_N_POPULATIONS];
    if (!r->options->svg)
        return PLC_OK;
    for (uint32_t i = 0; i < r->layout->n_populations; i++)
        sizes[i] = r->layout->populations[i].size;
    const raster picture = {.title = slash ? slash + 1 : path,
                            .trace = &r->trace,
                            .sizes = sizes,
                            .ticks = plc_engine_get_stats(r->engine).ticks,
                            .marks = marks,
                            .n_marks = n_marks};
    return raster_write(&picture, r->options->svg, error);
}

json_t *cam_list(const uint32_t *data, size_t n)
{
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(list, json_integer(data[i]));
    return list;
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

void cam_add_run(const cam_run *r, size_t n, json_t *result)
{
    plc_engine_stats stats = plc_engine_get_stats(r->engine);
    json_object_set_new(result, "spikes", json_integer((json_int_t)stats.spikes));
    json_object_set_new(result, "digest", json_digest(stats.digest));
    json_object_set_new(result, "ticks", json_integer((json_int_t)stats.ticks));
    json_object_set_new(result, "neurons",
                        json_integer((json_int_t)plc_network_n_neurons(r->network)));
    json_object_set_new(result, "synapses",
                        json_integer((json_int_t)plc_network_n_synapses(r->network)));
    json_object_set_new(result, "seconds", json_real(r->seconds));
    add_work(r, n, result);
}

static int check_options(cam_options *options)
{
    static const char *const histories[] = {"16", "unbounded", "flush", NULL};
    unsigned kind = options->learning.improved ? PLC_STDP_FLUSH : PLC_STDP_16;
    options->is_binam = options->model && !strcmp(options->model, "binam");
    if (options->model && !options->is_binam && strcmp(options->model, "ca3"))
        return fail_usage("cam: --model: expected ca3 or binam, got \"%s\"", options->model);
    if (options->is_binam && (options->history || options->learning.improved))
        return fail_usage(
            "cam: --model binam has no plasticity; expected no --history, --improved");
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
        {"model", "M", OPTION_TEXT, &options.model, 0, 0,
         "ca3 (default), or binam: a binary memory without plasticity", NULL},
        {"history", "H", OPTION_TEXT, &options.history, 0, 0,
         "spikes a neuron remembers: 16 (default, as the hardware), unbounded or flush", NULL},
        {"improved", NULL, OPTION_FLAG, &options.learning.improved, 0, 0,
         "learn by gated plasticity: any query, operations 8 to 10 ticks apart", NULL},
        {"spikes", "OUT", OPTION_TEXT, &options.spikes, 0, 0,
         "write all spikes: OUT.h5 (SONATA) or OUT.csv", NULL},
        {"svg", "OUT", OPTION_TEXT, &options.svg, 0, 0,
         "draw all spikes, with the operations marked", NULL},
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
    plc_chip *chip = NULL;
    if ((exit_status = open_chip("cam", options.chip, &chip)) >= 0)
        return exit_status;
    exit_status = options.is_binam ? cam_run_binam(&options, chip) : cam_run_ca3(&options, chip);
    plc_chip_destroy(chip);
    return exit_status;
}

const command command_cam = {
    "cam", "SCRIPT.yaml",
    "build an associative memory and run a script of learning and recall on it",
    "placode cam examples/cam.yaml --chip spinnaker-4 --engine mesh", run};
