/* placode maxcut: solve MAX-CUT with NeuroSA on a chip. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/maxcut.h"

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/scan.h"

#include <math.h>

option_row *maxcut_rows(maxcut_options *o, option_row rows[MAXCUT_ROWS])
{
    const option_row all[] = {
        {0},
        {0},
        {"chip", "C", OPTION_TEXT, &o->chip, 0, 0, "preset, geometry or YAML file (default ideal)",
         NULL},
        {"engine", "E", OPTION_TEXT, &o->engine, 0, 0,
         "fast (default), mesh: the chip in time, rtl: the chip clock by clock, or systemc: tiles "
         "of either kind",
         NULL},
        {"rtl-tiles", "TILES", OPTION_TEXT, &o->rtl_tiles, 0, 0,
         "engine systemc: which tiles are in RTL: all, none (default) or a list x,y;x,y", NULL},
        {"method", "M", OPTION_TEXT, &o->method_name, 0, 0,
         "sa: one anneal (default); restart: ever longer ones (default with --target, and with "
         "--time for small graphs); pt: replica exchange; neurosa: the published constants "
         "(default with --a, --c, --eta or --delta)",
         NULL},
        {"updates", "N", OPTION_WHOLE, &o->settings.updates, 1, 1e15,
         "neuron updates of a run (default 1e8)", &o->updates_given},
        {"runs", "R", OPTION_WHOLE, &o->runs, 1, 1e6,
         "runs; their seeds are in the JSON (default 1)", &o->runs_given},
        {"time", "SEC", OPTION_REAL, &o->time, 1e-3, 1e9,
         "limit of the whole call; without --updates, runs as long as it allows", &o->time_given},
        {"target", "CUT", OPTION_SIGNED, &o->target, -SEED_MAX, SEED_MAX,
         "stop when a run reaches this cut", &o->target_given},
        {"schedule", "S", OPTION_TEXT, &o->schedule, 0, 0,
         "async: one random pair a tick; block:P: one from each of P blocks; colour (default)",
         NULL},
        {"a", "A", OPTION_REAL, &o->settings.a, 1e-3, 1e9,
         "annealer T = A / (C ln(1 + t/C)) (default 2.5e4)", &o->constants_given},
        {"c", "C", OPTION_REAL, &o->settings.c, 1e-3, 1e9, "(default 8e4)", &o->constants_given},
        {"eta", "E", OPTION_REAL, &o->settings.eta, 1e-3, 1e3,
         "flips pass with min(1, exp(g/T)/E) (default 2.5)", &o->constants_given},
        {"delta", "D", OPTION_REAL, &o->settings.delta, 1e-12, 1e9,
         "t = 1 + D x updates (default 2e-3, stretched so that every run ends at one temperature)",
         &o->constants_given},
        {"o", "SIDES", OPTION_TEXT, &o->out, 0, 0, "write the best state, one 0/1 a line", NULL},
        {"trace", "FILE", OPTION_TEXT, &o->trace, 0, 0,
         "write every improvement as CSV: run,seconds,ticks,joules,cut", NULL},
        {"no-fold", NULL, OPTION_FLAG, &o->unfolded, 0, 0,
         "keep vertices of degree 0, 1 and 2 in the network", NULL},
        {"layout", "OUT.h5", OPTION_TEXT, &o->layout, 0, 0, "write the layout", NULL},
        {"svg", "FILE", OPTION_TEXT, &o->svg, 0, 0, "draw the layout", NULL},
        OPTION_SEED(&o->seed),
        OPTION_THREADS(&o->threads),
        OPTION_JSON(&o->as_json),
        {0},
    };
    memcpy(rows, all, sizeof all);
    return rows;
}

option_row *maxcut_find_row(option_row *rows, const char *name)
{
    for (option_row *row = rows + 2; row->name; row++)
        if (!strcmp(row->name, name))
            return row;
    return NULL;
}

void maxcut_add_row(option_row rows[MAXCUT_ROWS], option_row row)
{
    option_row *end = rows + 2;
    while (end->name)
        end++;
    end[0] = row;
    end[1] = (option_row){0};
}

static const char *const method_names[] = {"neurosa", "sa", "restart", "pt"};

const char *maxcut_method_name(maxcut_method method)
{
    return method_names[method];
}

bool maxcut_find_method(const char *name, maxcut_method *ret_method)
{
    for (int i = 0; i <= METHOD_PT; i++)
        if (!strcmp(name, method_names[i])) {
            *ret_method = (maxcut_method)i;
            return true;
        }
    return false;
}

/* "async", "colour", "block:P" or "block". */
static int parse_schedule(maxcut_options *o, uint32_t n)
{
    const char *text = o->schedule;
    if (!text || !strcmp(text, "colour")) {
        o->settings.schedule = PLC_COLOUR;
    } else if (!strcmp(text, "async")) {
        o->settings.schedule = PLC_ASYNC;
    } else if (!strncmp(text, "block:", 6)) {
        int64_t blocks;
        if (!plc_parse_int(text + 6, strlen(text + 6), &blocks) || blocks < 1 || blocks > n)
            return fail_usage("%s: --schedule block:P: expected P in 1..%u, got \"%s\"",
                              o->task->name, n, text + 6);
        o->settings.schedule = PLC_BLOCK;
        o->settings.blocks = (uint32_t)blocks;
    } else {
        return fail_usage("%s: --schedule: expected async, block:P or colour, got \"%s\"",
                          o->task->name, text);
    }
    return -1;
}

static plc_status load_graph(maxcut_options *o, const char *path, plc_graph *ret_graph,
                             plc_error *error)
{
    o->graph_name = o->entry ? o->entry->name : path;
    return o->entry ? plc_rudy(o->entry->rudy, ret_graph, error)
                    : plc_graph_read(path, ret_graph, error);
}

/* What --tts and --top need. */
static int parse_statistics(maxcut_options *o)
{
    if (o->top_out && !o->top)
        return fail_usage("maxcut: --top-out goes with --top K");
    if (!o->tts)
        return -1;
    if (!o->target_given && !o->entry)
        return fail_usage("maxcut: --tts: expected --target CUT for a graph that is not of the "
                          "G-set");
    if (!o->target_given)
        o->target = o->entry->best_known;
    o->target_given = true;
    if (!o->runs_given)
        o->runs = 30;
    return -1;
}

static int parse_method(maxcut_options *o)
{
    const bool fast = !o->engine || !strcmp(o->engine, "fast");
    o->method = o->constants_given        ? METHOD_NEUROSA
                : o->target_given && fast ? METHOD_RESTART
                                          : METHOD_SA;
    if (o->method_name && !maxcut_find_method(o->method_name, &o->method))
        return fail_usage("%s: --method: expected neurosa, sa, restart or pt, got \"%s\"",
                          o->task->name, o->method_name);
    if (o->constants_given && o->method != METHOD_NEUROSA)
        return fail_usage("%s: --a, --c, --eta and --delta go with --method neurosa, got %s",
                          o->task->name, o->method_name);
    if (!fast && (o->method == METHOD_RESTART || o->method == METHOD_PT))
        return fail_usage("%s: --method %s: expected engine fast, got %s", o->task->name,
                          o->method_name, o->engine);
    o->fills_time = o->time_given && !o->updates_given && fast;
    o->automatic = !o->method_name && o->method == METHOD_SA && o->fills_time;
    if (o->time_given && !o->updates_given && !fast)
        log_line("engine %s cannot tell how many updates the time allows: it stops runs of %.3g",
                 o->engine, (double)o->settings.updates);
    return -1;
}

/* Folds the graph unless it is to stay whole, or would become too small for the blocks that were
 * asked for: when most vertices decide at once, neighbours turn over together for ever. */
static plc_status fold_graph(const maxcut_options *o, maxcut_problem *p, plc_error *error)
{
    p->core = p->graph;
    if (o->unfolded || p->graph->m > UINT32_MAX / 2)
        return PLC_OK;
    plc_status status = plc_fold_create(p->graph, &p->fold, error);
    if (status != PLC_OK)
        return status;
    const uint32_t n = plc_fold_core(p->fold)->n;
    if (o->settings.schedule == PLC_BLOCK && o->settings.blocks > (n + 2) / 3) {
        plc_fold_destroy(p->fold);
        p->fold = NULL;
        return PLC_OK;
    }
    p->core = plc_fold_core(p->fold);
    p->offset = plc_fold_offset(p->fold);
    return PLC_OK;
}

/* In the same time, several anneals find more in small graphs than one long one does. */
static void choose_method(maxcut_options *o, const plc_graph *core)
{
    enum { SMALL = 1500 }; /* vertices; measured on the G-set with 10 s */
    if (o->automatic && core->n < SMALL)
        o->method = METHOD_RESTART;
}

static plc_status create_maxcut(maxcut_options *o, maxcut_problem *p, plc_error *error)
{
    plc_maxcut_settings settings;
    plc_status status =
        maxcut_settings(o, p->core, maxcut_first_updates(o, p->core), &settings, error);
    if (status == PLC_OK)
        status = plc_maxcut_create(p->core, &settings, &p->maxcut, error);
    return status;
}

/* The problem with its layout. Graphs with too many colours fall back to blocks unless the user
 * asked for colours. */
static plc_status make_problem(maxcut_options *o, maxcut_problem *p, plc_error *error)
{
    plc_status status = fold_graph(o, p, error);
    if (status != PLC_OK)
        return status;
    choose_method(o, p->core);
    status = create_maxcut(o, p, error);
    if (status == PLC_DOES_NOT_FIT && !o->schedule) {
        o->settings.schedule = PLC_BLOCK;
        o->settings.blocks = p->core->n / 8 ? p->core->n / 8 : 1;
        log_line("%s; using --schedule block:%u", error->message, o->settings.blocks);
        status = create_maxcut(o, p, error);
    }
    if (status != PLC_OK) {
        plc_error inner = *error;
        return plc_fail(error, status, "%s: %.900s", o->graph_name, inner.message);
    }
    return plc_map(plc_maxcut_network(p->maxcut), p->chip, NULL, &p->layout, error);
}

void maxcut_finish(maxcut_problem *p)
{
    plc_chip_destroy(p->chip);
    plc_layout_destroy(p->layout);
    plc_maxcut_destroy(p->maxcut);
    plc_fold_destroy(p->fold);
}

/* Writes the answer that sides stand for, one 0/1 a line. */
static plc_status write_sides(const maxcut_options *o, const plc_graph *graph, const uint8_t *sides,
                              plc_error *error)
{
    uint32_t n = graph->n;
    uint8_t *answer = plc_array_copy(sides, n, 1);
    char *text = plc_array(2ul * n, 1);
    if (!answer || !text) {
        free(answer);
        free(text);
        return plc_fail_memory(error, "sides");
    }
    if (o->task->bits)
        n = o->task->bits(o->task, answer);
    for (uint32_t i = 0; i < n; i++) {
        text[2ul * i] = answer[i] ? '1' : '0';
        text[2ul * i + 1] = '\n';
    }
    plc_status status = plc_file_write(o->out, text, 2ul * n, error);
    free(answer);
    free(text);
    return status;
}

static plc_status write_files(const maxcut_options *o, const maxcut_problem *p,
                              const uint8_t *sides, plc_error *error)
{
    plc_status status = PLC_OK;
    if (o->out && sides)
        status = write_sides(o, p->graph, sides, error);
    if (status == PLC_OK && o->layout)
        status = plc_layout_write(p->layout, o->layout, error);
    if (status == PLC_OK && o->svg)
        status = picture_write(p->layout, o->svg, error);
    return status;
}

static json_t *report(const maxcut_options *o, const maxcut_problem *p, const maxcut_result *result)
{
    json_t *json = maxcut_report(o, p, result);
    return o->task->report ? o->task->report(o->task, result, json) : json;
}

int maxcut_begin(maxcut_options *o, maxcut_problem *p)
{
    if (!engine_exists(o->engine))
        return fail_engine(o->task->name, o->engine);
    if (o->rtl_tiles && (!o->engine || strcmp(o->engine, "systemc")))
        return fail_usage("%s: --rtl-tiles: give --engine systemc", o->task->name);
    const int exit_status = parse_method(o);
    return exit_status >= 0 ? exit_status : open_chip(o->task->name, o->chip, &p->chip);
}

int maxcut_solve(maxcut_options *o, maxcut_problem *p)
{
    const int usage = parse_schedule(o, p->graph->pinned ? p->graph->n - 1 : p->graph->n);
    if (usage >= 0)
        return usage;
    plc_error error = {0};
    maxcut_result result = {0};
    interrupt_catch();
    plc_status status = make_problem(o, p, &error);
    if (status == PLC_OK)
        status = maxcut_bound(o, p, &error);
    if (status == PLC_OK)
        status = maxcut_run_all(o, p, &result, &error);
    if (status == PLC_OK)
        status = maxcut_check_bound(o, p, &result, &error);
    if (status == PLC_OK)
        status = write_files(o, p, result.sides, &error);
    if (status == PLC_OK && o->top_out)
        status = maxcut_write_top(o, &result, &error);
    if (status == PLC_OK && interrupted())
        log_line("interrupted; what follows is of the updates done");
    if (status == PLC_OK && result.modelled > 0 && isnan(result.energy))
        log_line("chip %s: no energies are known, so there are no joules", plc_chip_name(p->chip));
    json_t *json = status == PLC_OK ? report(o, p, &result) : NULL;
    int exit_status =
        status == PLC_OK ? print_result(json_incref(json), o->as_json) : fail_with(status, &error);
    if (exit_status == EXIT_OK && !o->as_json)
        exit_status = maxcut_print_tables(json);
    json_decref(json);
    maxcut_finish_result(&result);
    return exit_status == EXIT_OK && interrupted() ? EXIT_INTERRUPTED : exit_status;
}

/* The options that only this command has. */
static void add_own_rows(maxcut_options *o, option_row rows[MAXCUT_ROWS])
{
    const option_row own[] = {
        {"tts", NULL, OPTION_FLAG, &o->tts, 0, 0,
         "make all runs, each until it reaches --target (or the best known cut): time to solution "
         "(default 30 runs)",
         NULL},
        {"top", "K", OPTION_WHOLE, &o->top, 1, 1e4,
         "list the K best distinct solutions of all anneals", NULL},
        {"top-out", "FILE", OPTION_TEXT, &o->top_out, 0, 0,
         "write them as CSV: cut,count,run,sides", NULL},
        {"bound", NULL, OPTION_FLAG, &o->bounded, 0, 0,
         "prove an upper bound of the cut, and end where a run reaches it", NULL},
        {"bound-time", "SEC", OPTION_REAL, &o->bound_time, 0, 1e9,
         "--bound, with this limit of its search (default: none; with --time, a tenth)",
         &o->bound_time_given},
    };
    rows[1] = (option_row){"gset",
                           "NAME",
                           OPTION_TEXT,
                           &o->gset,
                           0,
                           0,
                           "solve this graph of the G-set instead of a file",
                           NULL};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        maxcut_add_row(rows, own[i]);
}

static const maxcut_task task = {
    .name = "maxcut", .value_name = "cut", .base = 0, .step = 1, .tune = plc_maxcut_tune};

static int run(const command *self, int argc, char **argv)
{
    maxcut_options o = {.task = &task,
                        .settings = plc_maxcut_defaults(),
                        .runs = 1,
                        .seed = 1,
                        .begin = seconds_now()};
    option_row rows[MAXCUT_ROWS];
    const char *path = NULL;
    int n;
    add_own_rows(&o, maxcut_rows(&o, rows));
    int exit_status = options_parse(self, rows + 1, argc, argv, &path, 0, 1, &n);
    if (exit_status >= 0)
        return exit_status;
    if ((n == 1) == (o.gset != NULL))
        return fail_usage("maxcut: expected either a graph file or --gset NAME");
    if (o.gset && !plc_gset_find(o.gset))
        return fail_usage("maxcut: no graph \"%s\"; `placode gset list` names all 71", o.gset);
    o.entry = o.gset ? plc_gset_find(o.gset) : NULL;
    if ((exit_status = parse_statistics(&o)) >= 0)
        return exit_status;
    plc_error error = {0};
    plc_graph graph = {0};
    maxcut_problem problem = {.graph = &graph};
    if ((exit_status = maxcut_begin(&o, &problem)) < 0) {
        const plc_status status = load_graph(&o, path, &graph, &error);
        exit_status = status == PLC_OK ? maxcut_solve(&o, &problem) : fail_with(status, &error);
    }
    maxcut_finish(&problem);
    plc_graph_finish(&graph);
    return exit_status;
}

const command command_maxcut = {"maxcut", "GRAPH | --gset NAME",
                                "solve MAX-CUT with NeuroSA on a simulated chip",
                                "placode maxcut --gset G22 --chip spinnaker-48 --runs 4", run};
