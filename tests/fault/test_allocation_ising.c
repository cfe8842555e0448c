/* Allocation failures of MAX-CUT and the problems that become one. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/statistics.h"
#include "ising/solutions.h"
#include "tests/fault/allocation.h"

#include <criterion/criterion.h>
#include <string.h>

static plc_status track_cut(void *tracker, const plc_spike *spikes, size_t n, uint64_t ticks_done)
{
    (void)ticks_done;
    return plc_cut_tracker_take(tracker, spikes, NULL, n, NULL);
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

Test(allocation, every_failure_of_maxcut_is_reported_and_leaves_nothing, .timeout = 250)
{
    fail_each(run_maxcut, 20);
}

Test(allocation, every_failure_of_a_problem_is_reported_and_leaves_nothing, .timeout = 250)
{
    fail_each(run_problems, 0);
}

Test(allocation, every_failure_of_an_independent_set_is_reported_and_leaves_nothing, .timeout = 250)
{
    fail_each(run_mis, 0);
}

Test(allocation, every_failure_of_a_bound_is_reported_and_leaves_nothing, .timeout = 250)
{
    fail_each(run_bound, 0);
}
