/* Allocation failures of networks, chips, layouts, engines and what stands on them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cam/cam.h"
#include "cli/events.h"
#include "mapper/equivalence.h"
#include "mapper/graph_rates.h"
#include "mapper/minimise.h"
#include "mapper/place_graph.h"
#include "rtl-models/cells/cell.h"
#include "tests/fault/allocation.h"
#include "tests/support/thorough.h"

#include <criterion/criterion.h>
#include <placode/placode.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static plc_status ignore_spikes(void *context, const plc_spike *spikes, size_t n,
                                uint64_t ticks_done)
{
    (void)ticks_done;
    return plc_trace_append(context, spikes, n, NULL);
}

/* What functions work on that are to fail after a layout has been made. */
static plc_layout *mapped;

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
        status = plc_spikes_write_csv(&trace, allocation_path, error);
    plc_trace_finish(&trace);
    plc_engine_destroy(engine);
    return status;
}

/* Of mapping; sanitizers make it slow. */
enum { EFFORT = plc_thorough(1, 0) };

/* Maps a network; with `proved` the layout is verified and measured too. */
static plc_status map(const char *text, const char *chip_name, bool proved, plc_layout **ret_layout,
                      plc_error *error)
{
    plc_network *network = NULL;
    plc_chip *chip = NULL;
    plc_layout *layout = NULL;
    plc_violations found = {0};
    plc_map_report report;
    const plc_map_settings settings = {.effort = EFFORT, .seed = 1};
    plc_status status = plc_network_parse("net", NULL, text, strlen(text), 1, &network, error);
    if (status == PLC_OK)
        status = plc_chip_open(chip_name, &chip, error);
    if (status == PLC_OK)
        status = plc_map(network, chip, &settings, &layout, error);
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
    remove(allocation_path); /* so that a failure of the next leaves nothing either */
    return status == PLC_OK ? run_layout(mapped, "mesh", error) : status;
}

static plc_status run_systemc(plc_error *error)
{
    return run_layout(mapped, "systemc", error);
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

/* The same for a function that works on the layout of a network. */
static void fail_each_mapped(const char *text, const char *chip,
                             plc_status (*function)(plc_error *), long harmless_max)
{
    plc_error error = {0};
    snprintf(allocation_path, sizeof allocation_path, "/tmp/placode-allocation-%ld.csv",
             (long)getpid());
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

/* What SystemC itself allocates is out of reach. */
static bool has_systemc(void)
{
    plc_error error = {0};
    plc_engine *engine = NULL;
    plc_engine_settings settings = {.kind = "systemc"};
    cr_assert_eq(map(fan, "mesh:3x1:1", false, &mapped, &error), PLC_OK, "%s", error.message);
    bool has = plc_engine_create(mapped, &settings, &engine, &error) == PLC_OK;
    plc_engine_destroy(engine);
    plc_layout_destroy(mapped);
    return has;
}

Test(allocation, every_failure_of_engine_systemc_is_reported_and_leaves_nothing, .timeout = 250)
{
    if (!has_systemc())
        cr_skip_test("this build has no engine systemc");
    fail_each_mapped(mixed, "mesh:3x3:2", run_systemc, 9);
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

Test(allocation, every_failure_of_events_is_reported_and_leaves_nothing, .timeout = 250)
{
    fail_each_mapped(fan, "torus:2x2:2", run_events, 0);
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
    plc_status status =
        plc_cam_script_parse("s", text, sizeof text - 1, plc_cam_gaps_published, &script, error);
    if (status == PLC_OK)
        status = plc_cam_build(&script, (plc_cam_learning){0}, 1, &network, error);
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

static bool with_systemc;

/* A plastic network on the engines that have plasticity, and its weights. */
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
    static const char *const kinds[] = {"fast", "mesh", "systemc"};
    plc_network *network = NULL;
    plc_chip *chip = NULL;
    plc_layout *layout = NULL;
    plc_status status = plc_network_parse("net", NULL, text, sizeof text - 1, 1, &network, error);
    if (status == PLC_OK)
        status = plc_chip_open("ideal", &chip, error);
    if (status == PLC_OK)
        status = plc_map(network, chip, NULL, &layout, error);
    for (size_t i = 0; status == PLC_OK && i < (with_systemc ? 3 : 2); i++) {
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
    with_systemc = has_systemc();
    fail_each(run_plastic, 0);
}
