/* Allocation failures: each allocation of the whole path fails in turn; nothing crashes, leaks or
 * is half-written.
 *
 * The linker replaces malloc, calloc and realloc by the functions below (--wrap), which also count
 * what is alive. What libyaml and HDF5 allocate inside their shared libraries is out of reach. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/statistics.h"
#include "cam/cam.h"
#include "cli/events.h"
#include "ising/solutions.h"
#include "mapper/equivalence.h"
#include "mapper/graph_rates.h"
#include "mapper/minimise.h"
#include "mapper/place_graph.h"
#include "rtl-models/cells/cell.h"

#include <criterion/criterion.h>
#include <placode/placode.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *pointer, size_t size);
void __real_free(void *pointer);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *pointer, size_t size);
void __wrap_free(void *pointer);

static long countdown = -1; /* allocations that still succeed; -1: all */
static long alive;

static bool refuses(void)
{
    return countdown >= 0 && countdown-- == 0;
}

void *__wrap_malloc(size_t size)
{
    void *pointer = refuses() ? NULL : __real_malloc(size);
    alive += pointer != NULL;
    return pointer;
}

void *__wrap_calloc(size_t n, size_t size)
{
    void *pointer = refuses() ? NULL : __real_calloc(n, size);
    alive += pointer != NULL;
    return pointer;
}

void *__wrap_realloc(void *pointer, size_t size)
{
    void *grown = refuses() ? NULL : __real_realloc(pointer, size);
    alive += grown != NULL && pointer == NULL;
    return grown;
}

void __wrap_free(void *pointer)
{
    alive -= pointer != NULL;
    __real_free(pointer);
}

static plc_status ignore_spikes(void *context, const plc_spike *spikes, size_t n,
                                uint64_t ticks_done)
{
    (void)ticks_done;
    return plc_trace_append(context, spikes, n, NULL);
}

static plc_status track_cut(void *tracker, const plc_spike *spikes, size_t n, uint64_t ticks_done)
{
    (void)ticks_done;
    return plc_cut_tracker_take(tracker, spikes, n, NULL);
}

/* What functions work on that are to fail after a layout has been made, and the file they write. */
static plc_layout *mapped;
static char path[64];

/* Runs a layout on an engine, with several shards, and writes its spikes. */
static plc_status run_layout(const plc_layout *layout, const char *kind, plc_error *error)
{
    static const char *const names[] = {"in", "a", "b", "c"};
    plc_engine *engine = NULL;
    plc_trace trace = {0};
    plc_engine_settings settings = {.kind = kind, .threads = 1};
    plc_status status = plc_engine_create(layout, &settings, &engine, error);
    if (status == PLC_OK)
        status = plc_engine_record_v(engine, error);
    if (status == PLC_OK)
        status = plc_trace_init(&trace, names, 4, 1, error);
    if (status == PLC_OK)
        status = plc_engine_run(engine, 20, ignore_spikes, &trace, error);
    if (status == PLC_OK)
        status = plc_spikes_write_csv(&trace, path, error);
    plc_trace_finish(&trace);
    plc_engine_destroy(engine);
    return status;
}

/* Maps a network; with `proved` the layout is verified and measured too. */
static plc_status map(const char *text, const char *chip_name, bool proved, plc_layout **ret_layout,
                      plc_error *error)
{
    plc_network *network = NULL;
    plc_chip *chip = NULL;
    plc_layout *layout = NULL;
    plc_violations found = {0};
    plc_map_report report;
    plc_status status = plc_network_parse("net", NULL, text, strlen(text), 1, &network, error);
    if (status == PLC_OK)
        status = plc_chip_open(chip_name, &chip, error);
    if (status == PLC_OK)
        status = plc_map(network, chip, NULL, &layout, error);
    if (status == PLC_OK && proved)
        status = plc_verify(network, layout, &found, error);
    if (status == PLC_OK && proved)
        status = plc_map_measure(layout, NULL, &report, error);
    plc_chip_destroy(chip);
    plc_network_destroy(network);
    if (status == PLC_OK)
        *ret_layout = layout;
    else
        plc_layout_destroy(layout);
    return status;
}

static const char mixed[] =
    "placode: network/1\npopulations:\n"
    "  - {name: in, size: 20, model: spike_source_poisson, params: {rate: 300}}\n"
    "  - {name: a, size: 30, model: lif_curr_exp, params: {v_thresh: -60, i_offset: [0, 1, 2, "
    "3, 4, 5, 6, 7, 8, 9, "
    "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9]}}\n"
    "  - {name: b, size: 10, model: threshold, random: 3}\n"
    "  - {name: c, size: 10, model: onoff}\n"
    "projections:\n"
    "  - {from: in, to: a, connector: {type: fixed_probability, p: 0.3}, weight: {uniform: [1, "
    "2]}, delay: 3}\n"
    "  - {from: a, to: b, connector: {type: fixed_number_pre, n: 3}, weight: 1}\n"
    "  - {from: c, to: c, connector: {type: fixed_total_number, n: 30}, weight: 1}\n"
    "record: [{population: a, what: v}]\n";

static plc_status run_mapping(plc_error *error)
{
    plc_layout *layout = NULL;
    plc_status status = map(mixed, "mesh:3x3:2", true, &layout, error);
    plc_layout_destroy(layout);
    return status;
}

static plc_status run_engines(plc_error *error)
{
    plc_status status = run_layout(mapped, "fast", error);
    remove(path); /* so that a failure of the next leaves nothing either */
    return status == PLC_OK ? run_layout(mapped, "mesh", error) : status;
}

/* Minimises a table of keys in no order and some overlap, and proves it. */
static plc_status run_table(plc_error *error)
{
    enum { N = 40 };
    plc_route_entry entries[N], *made = NULL;
    bool defaultable[N];
    uint32_t n = 0;
    for (uint32_t i = 0; i < N; i++) {
        entries[i] = (plc_route_entry){.key = i * 27 % 64, .mask = UINT32_MAX, .links = 1 + i % 3};
        defaultable[i] = i % 5 == 0;
    }
    entries[N - 1].key = entries[N - 1].mask = 0;
    plc_status status = plc_table_minimise(entries, defaultable, N, 1, &made, &n, error);
    if (status == PLC_OK)
        status = plc_table_prove((plc_table){entries, N}, defaultable, (plc_table){made, n}, error);
    free(made);
    return status;
}

/* Weighs a hypergraph by rates and places it like an old layout, with three loose vertices. */
static plc_status run_graph(plc_error *error)
{
    static const char text[] = "graph g 7\nnet 0 1 1 2\nnet 0 3 4\nnet 3 2 0\nnet 5 1 6 1\n";
    static const char rates[] = "vertex,rate\n0,2\n5,3\n";
    uint32_t routers[] = {0, 3, 1, 2}, cores[] = {0, 1, 1, 9};
    const plc_graph_places old = {4, routers, cores};
    plc_hypergraph graph = {0};
    plc_chip *chip = NULL;
    plc_graph_layout layout = {0};
    plc_status status = plc_chip_open("torus:2x2:2", &chip, error);
    if (status == PLC_OK)
        status = plc_hypergraph_parse("net", text, strlen(text), &graph, error);
    if (status == PLC_OK)
        status = plc_graph_rates_parse("rates", rates, strlen(rates), &graph, error);
    if (status == PLC_OK)
        status = plc_place_graph_like(&graph, chip, &old, 1, 1, &layout, error);
    plc_graph_layout_finish(&layout);
    plc_hypergraph_finish(&graph);
    plc_chip_destroy(chip);
    return status;
}

static const char fan[] =
    "placode: network/1\npopulations:\n"
    "  - {name: in, size: 9, model: spike_source_array, spikes: {0: [1], 3: [1], 8: [1]}}\n"
    "  - {name: out, size: 30, model: threshold}\n"
    "projections:\n  - {from: in, to: out, connector: {type: all_to_all}, weight: 1}\n";

/* Gathers the events of a tick. */
static plc_status run_events(plc_error *error)
{
    static const plc_engine_settings settings = {.kind = "mesh", .real_time = true};
    event_log log = {.tick = 1, .source = EVENTS_ANY};
    plc_status status = events_gather(&log, mapped, &settings, 4, NULL, NULL, error);
    events_finish(&log);
    return status;
}

/* Folds, tunes, maps, runs twice and polishes a graph with small and large vertices. */
static plc_status run_maxcut(plc_error *error)
{
    plc_graph graph = {0};
    plc_fold *fold = NULL;
    plc_maxcut *maxcut = NULL;
    plc_chip *chip = NULL;
    plc_layout *layout = NULL;
    plc_engine *engine = NULL;
    plc_cut_tracker *tracker = NULL;
    plc_maxcut_settings settings = plc_maxcut_defaults();
    plc_engine_settings engine_settings = {.threads = 1};
    uint8_t core_sides[60], sides[60];
    int64_t gain;
    settings.updates = 2000;
    plc_status status = plc_rudy("-rnd_graph 60 7 1", &graph, error);
    if (status == PLC_OK)
        status = plc_fold_create(&graph, &fold, error);
    if (status == PLC_OK)
        status = plc_maxcut_tune(plc_fold_core(fold), &settings, error);
    if (status == PLC_OK)
        status = plc_maxcut_create(plc_fold_core(fold), &settings, &maxcut, error);
    if (status == PLC_OK)
        status = plc_chip_open("ideal", &chip, error);
    if (status == PLC_OK)
        status = plc_map(plc_maxcut_network(maxcut), chip, NULL, &layout, error);
    if (status == PLC_OK)
        status = plc_engine_create(layout, &engine_settings, &engine, error);
    if (status == PLC_OK)
        status = plc_cut_tracker_create(maxcut, &tracker, error);
    for (uint64_t run = 0; status == PLC_OK && run < 2; run++) {
        plc_cut_tracker_reset(tracker);
        status = plc_engine_restart(engine, layout, run, NULL, error);
        if (status == PLC_OK)
            status = plc_engine_run(engine, plc_maxcut_ticks(maxcut), track_cut, tracker, error);
    }
    if (status == PLC_OK) {
        plc_cut_tracker_sides(tracker, core_sides);
        plc_fold_sides(fold, core_sides, sides);
        status = plc_graph_polish(&graph, sides, &gain, error);
    }
    plc_cut_tracker_destroy(tracker);
    plc_engine_destroy(engine);
    plc_layout_destroy(layout);
    plc_chip_destroy(chip);
    plc_maxcut_destroy(maxcut);
    plc_fold_destroy(fold);
    plc_graph_finish(&graph);
    return status;
}

/* Bounds a graph with faces, whose proof has a sparse and a dense part. */
static plc_status run_bound(plc_error *error)
{
    plc_graph graph = {0};
    plc_cut_bound bound;
    plc_status status =
        plc_rudy("-toroidal_grid_2D 9 7 -random 0 1 3 -times 2 -plus -1", &graph, error);
    if (status == PLC_OK)
        status = plc_graph_bound(&graph, NULL, &bound, error);
    plc_graph_finish(&graph);
    return status;
}

/* Fails each allocation of a function in turn; it can do without so many of them. */
static void fail_each(plc_status (*function)(plc_error *error), long harmless_max)
{
    plc_error error = {0};
    cr_assert_eq(function(&error), PLC_OK, "%s", error.message);
    long before = alive, n = 0, harmless = 0;
    for (;; n++) {
        unlink(path);
        countdown = n;
        plc_status status = function(&error);
        bool finished = countdown >= 0;
        countdown = -1;
        cr_assert_eq(alive, before, "failure %ld leaks %ld allocations", n, alive - before);
        harmless += !finished && status == PLC_OK;
        cr_assert(status == PLC_OK || (status == PLC_NO_MEMORY && !finished), "failure %ld: %s", n,
                  error.message);
        if (finished)
            break;
        cr_assert(status == PLC_OK || access(path, F_OK), "failure %ld leaves a file", n);
    }
    unlink(path);
    cr_assert_leq(harmless, harmless_max, "%ld failures went unnoticed", harmless);
    cr_assert_gt(n, 30, "only %ld allocations: are they wrapped?", n);
}

/* The same for a function that works on the layout of a network. */
static void fail_each_mapped(const char *text, const char *chip,
                             plc_status (*function)(plc_error *), long harmless_max)
{
    plc_error error = {0};
    snprintf(path, sizeof path, "/tmp/placode-allocation-%ld.csv", (long)getpid());
    cr_assert_eq(map(text, chip, false, &mapped, &error), PLC_OK, "%s", error.message);
    fail_each(function, harmless_max);
    plc_layout_destroy(mapped);
}

Test(allocation, every_failure_of_mapping_is_reported_and_leaves_nothing, .timeout = 250)
{
    fail_each(run_mapping, 9); /* an array that could not be trimmed is as good as before */
}

Test(allocation, every_failure_of_engines_is_reported_and_leaves_nothing, .timeout = 250)
{
    fail_each_mapped(mixed, "mesh:3x3:2", run_engines, 9);
}

Test(allocation, every_failure_of_maxcut_is_reported_and_leaves_nothing, .timeout = 250)
{
    fail_each(run_maxcut, 20);
}

/* Gathers solutions of two runs, and resamples trials. */
static plc_status run_statistics(plc_error *error)
{
    plc_solutions all = {.n_vertices = 7, .limit = 30}, some = all;
    const plc_trial trials[3] = {{1, true}, {2, false}, {3, true}};
    plc_interval interval;
    plc_status status = PLC_OK;
    for (uint8_t i = 0; status == PLC_OK && i < 60; i++) {
        uint8_t sides[7] = {0};
        for (int v = 1; v < 7; v++)
            sides[v] = i >> (v - 1) & 1;
        status = plc_solutions_add(i % 2 ? &all : &some, sides, i % 9, 1, i, error);
    }
    if (status == PLC_OK)
        status = plc_solutions_merge(&all, &some, error);
    if (status == PLC_OK)
        status = plc_bootstrap_interval(trials, 3, 1, 0.95, &interval, error);
    plc_solutions_finish(&all);
    plc_solutions_finish(&some);
    return status;
}

Test(allocation, of_statistics_is_reported_and_leaves_nothing)
{
    fail_each(run_statistics, 0);
}

/* Reads a problem, makes its graph with a pinned vertex, and the network of that. */
static plc_status run_problem(const char *text, plc_problem_format format, plc_error *error)
{
    plc_problem problem = {0};
    plc_graph graph = {0};
    plc_reduction reduction;
    plc_maxcut *maxcut = NULL;
    const plc_maxcut_settings settings = plc_maxcut_defaults();
    plc_status status = plc_problem_parse("p", text, strlen(text), format, &problem, error);
    if (status == PLC_OK)
        status = plc_problem_to_graph(&problem, false, &graph, &reduction, error);
    if (status == PLC_OK)
        status = plc_maxcut_create(&graph, &settings, &maxcut, error);
    plc_maxcut_destroy(maxcut);
    plc_graph_finish(&graph);
    plc_problem_finish(&problem);
    return status;
}

static plc_status run_problems(plc_error *error)
{
    static const struct {
        const char *text;
        plc_problem_format format;
    } cases[] = {
        {"p qubo 0 3 1 2\n0 0 1\n0 1 2\n1 2 -1\n", PLC_FORMAT_QUBO},
        {"# vartype=SPIN\n0 0 1\n0 1 2\n2 1 -1\n", PLC_FORMAT_COO},
        {"2 2\n1 1 1\n1 2 -3\n", PLC_FORMAT_BIQMAC},
        {"1\n2\n4\n", PLC_FORMAT_NUMBERS},
        {"{\"vartype\": \"SPIN\", \"linear\": [1], \"quadratic\": [[0, 1, 2]]}", PLC_FORMAT_BQM},
    };
    plc_status status = PLC_OK;
    for (size_t i = 0; status == PLC_OK && i < sizeof cases / sizeof *cases; i++)
        status = run_problem(cases[i].text, cases[i].format, error);
    return status;
}

/* Reads a graph and makes the independent set problem of its complement; repairs a set. */
static plc_status run_mis(plc_error *error)
{
    static const char text[] = "p edge 5 3\ne 1 2\ne 3 4\ne 4 1\n";
    plc_graph graph = {0}, complement = {0}, penalty = {0};
    plc_fold *fold = NULL;
    uint8_t chosen[] = {1, 1, 0, 1, 1};
    plc_status status = plc_dimacs_parse("g", text, strlen(text), &graph, error);
    if (status == PLC_OK)
        status = plc_graph_complement(&graph, &complement, error);
    if (status == PLC_OK)
        status = plc_mis_to_graph(&complement, &penalty, error);
    if (status == PLC_OK)
        status = plc_fold_create(&penalty, &fold, error);
    if (status == PLC_OK)
        status = plc_mis_repair(&complement, chosen, error);
    plc_fold_destroy(fold);
    plc_graph_finish(&penalty);
    plc_graph_finish(&complement);
    plc_graph_finish(&graph);
    return status;
}

/* A network that does not fit, with what would help; where that was not found, or not all of it,
 * memory was short. */
static plc_status refuse(const char *body, const char *chip_name, const char *hint,
                         plc_error *error)
{
    const plc_map_settings settings = {.effort = 0, .seed = 1};
    plc_network *network = NULL;
    plc_chip *chip = NULL;
    plc_layout *layout = NULL;
    plc_status status = plc_network_parse("net", NULL, body, strlen(body), 1, &network, error);
    if (status == PLC_OK)
        status = plc_chip_open(chip_name, &chip, error);
    if (status == PLC_OK)
        status = plc_map(network, chip, &settings, &layout, error);
    if (status == PLC_DOES_NOT_FIT)
        status = strstr(error->message, hint) ? PLC_OK : PLC_NO_MEMORY;
    plc_layout_destroy(layout);
    plc_chip_destroy(chip);
    plc_network_destroy(network);
    return status;
}

static plc_status run_unfit(plc_error *error)
{
    static const char large[] = "placode: network/1\n"
                                "populations: [{name: a, size: 300, model: threshold}]\n",
                      slow[] = "placode: network/1\n"
                               "populations: [{name: a, size: 9, model: threshold}]\n"
                               "projections: [{from: a, to: a, connector: {type: one_to_one}, "
                               "weight: 1, delay: 16}]\n";
    plc_status status = refuse(large, "mesh:1x1:1", "; chip mesh:2x1:1 would do", error);
    return status == PLC_OK ? refuse(slow, "mesh:1x1:1", "; 17 slots would do", error) : status;
}

static void write_script(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    cr_assert(file && fprintf(file, "#!/bin/sh\n%s", text) > 0 && fclose(file) == 0);
    cr_assert_eq(chmod(path, 0700), 0);
}

/* Verifies a cell with tools that only pretend: all goes well up to the loading of an empty file.
 */
static plc_status run_cell(plc_error *error)
{
    const plc_cell_source source = {.path = "bin/cell.sv", .top = "cell", .cache = "bin"};
    const plc_contract *contract = plc_contract_find("lif");
    plc_cell *cell = NULL;
    plc_status status = plc_cell_create(&source, contract, &cell, error);
    unlink("bin/verilated.o");
    plc_cell_destroy(cell);
    return status == PLC_FAILED && strstr(error->message, "too short") ? PLC_OK : status;
}

Test(allocation, every_failure_of_a_cell_is_reported_and_leaves_nothing, .timeout = 250)
{
    char folder[] = "/tmp/placode-fault-XXXXXX";
    cr_assert(mkdtemp(folder) && chdir(folder) == 0 && mkdir("bin", 0700) == 0);
    /* The folder after --Mdir, the file after -o. */
    write_script("bin/verilator", "while [ \"$1\" != --Mdir ]; do shift; done\n/bin/mkdir $2\n"
                                  "echo '\nVERILATOR_ROOT = /nowhere' >$2/Vplc_face.mk\n"
                                  ": >$2/Vplc_face.cpp\n");
    write_script("bin/c++", "while [ \"$1\" != -o ]; do shift; done\n: >$2\n");
    write_script("bin/cell.sv", "");
    setenv("PATH", "bin", 1);
    setenv("TMPDIR", folder, 1);
    fail_each(run_cell, 0);
    cr_assert_eq(unlink("bin/verilator") + unlink("bin/c++") + unlink("bin/cell.sv"), 0);
    cr_assert(rmdir("bin") == 0 && rmdir(folder) == 0, "temporary files are left");
}

Test(allocation, every_failure_of_a_refusal_is_reported_and_leaves_nothing, .timeout = 250)
{
    fail_each(run_unfit, 200); /* two chips, in looking for a smaller one */
}

Test(allocation, every_failure_of_a_table_is_reported_and_leaves_nothing, .timeout = 250)
{
    fail_each(run_table, 0);
}

Test(allocation, every_failure_of_a_graph_is_reported_and_leaves_nothing, .timeout = 250)
{
    fail_each(run_graph, 0);
}

Test(allocation, every_failure_of_a_problem_is_reported_and_leaves_nothing, .timeout = 250)
{
    fail_each(run_problems, 0);
}

Test(allocation, every_failure_of_an_independent_set_is_reported_and_leaves_nothing, .timeout = 250)
{
    fail_each(run_mis, 0);
}

Test(allocation, every_failure_of_events_is_reported_and_leaves_nothing, .timeout = 250)
{
    fail_each_mapped(fan, "torus:2x2:2", run_events, 0);
}

Test(allocation, every_failure_of_a_bound_is_reported_and_leaves_nothing, .timeout = 250)
{
    fail_each(run_bound, 0);
}

/* A script, its network, its golden model and answers. */
static plc_status run_cam(plc_error *error)
{
    static const char text[] = "placode: cam/1\ncues: 3\nbits: 70\noperations:\n"
                               "  - {learn: {cue: 2, content: [69, 1]}}\n"
                               "  - {learn: {cue: 2, content: [1, 3]}}\n"
                               "  - {recall_content: {content: [1]}}\n";
    plc_cam_script script = {0};
    plc_cam_memory memory = {0};
    plc_cam_answers answers = {0};
    plc_network *network = NULL;
    const plc_spike spikes[] = {{.tick = 5, .population = PLC_CAM_OUT_CUE, .neuron = 2},
                                {.tick = 26, .population = PLC_CAM_OUT_CONT, .neuron = 1}};
    plc_status status = plc_cam_script_parse("s", text, sizeof text - 1, &script, error);
    if (status == PLC_OK)
        status = plc_cam_build(&script, PLC_STDP_16, 1, &network, error);
    if (status == PLC_OK)
        status = plc_network_resolve(network, error);
    if (status == PLC_OK)
        status = plc_cam_answers_init(&answers, &script, error);
    if (status == PLC_OK)
        status = plc_cam_answers_take(&answers, spikes, 2, error);
    if (status == PLC_OK)
        status = plc_cam_memory_init(&memory, 3, 70, error);
    for (size_t i = 0; status == PLC_OK && i < script.n_operations; i++)
        status = plc_cam_memory_do(&memory, &script, &script.operations[i], error);
    plc_cam_memory_finish(&memory);
    plc_cam_answers_finish(&answers);
    plc_network_destroy(network);
    plc_cam_script_finish(&script);
    return status;
}

Test(allocation, every_failure_of_a_cam_is_reported_and_leaves_nothing, .timeout = 250)
{
    fail_each(run_cam, 0);
}

/* A plastic network on both engines, and its weights. */
static plc_status run_plastic(plc_error *error)
{
    static const char text[] =
        "placode: network/1\npopulations:\n"
        "  - {name: in, size: 2, model: spike_source_array, spikes: {0: [1, 4], 1: [2]}}\n"
        "  - {name: a, size: 2, model: lif_curr_exp, params: {v_thresh: -64, i_offset: 2}}\n"
        "projections:\n"
        "  - {from: in, to: a, connector: {type: all_to_all}, weight: 3, delay: 2, plasticity: "
        "{rule: stdp_pair_additive, a_plus: 1, a_minus: 1, tau_plus: 3, tau_minus: 3, w_min: 0, "
        "w_max: 6, history: flush}}\n";
    static const char *const kinds[] = {"fast", "mesh"};
    plc_network *network = NULL;
    plc_chip *chip = NULL;
    plc_layout *layout = NULL;
    plc_status status = plc_network_parse("net", NULL, text, sizeof text - 1, 1, &network, error);
    if (status == PLC_OK)
        status = plc_chip_open("ideal", &chip, error);
    if (status == PLC_OK)
        status = plc_map(network, chip, NULL, &layout, error);
    for (size_t i = 0; status == PLC_OK && i < 2; i++) {
        plc_engine *engine = NULL;
        plc_weight *weights = NULL;
        size_t n;
        plc_engine_settings settings = {.kind = kinds[i], .threads = 1};
        status = plc_engine_create(layout, &settings, &engine, error);
        if (status == PLC_OK)
            status = plc_engine_run(engine, 60, NULL, NULL, error);
        if (status == PLC_OK)
            status = plc_engine_get_weights(engine, &weights, &n, error);
        free(weights);
        plc_engine_destroy(engine);
    }
    plc_layout_destroy(layout);
    plc_chip_destroy(chip);
    plc_network_destroy(network);
    return status;
}

Test(allocation, every_failure_of_plasticity_is_reported_and_leaves_nothing, .timeout = 250)
{
    fail_each(run_plastic, 0);
}
