/* placode mis: the largest independent set, or clique, of a graph as MAX-CUT. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/memory.h"
#include "cli/maxcut.h"

/* An independent set problem on its way through the solver. A zeroed one is empty. */
typedef struct mis {
    maxcut_task task; /* first: tasks are its address */
    plc_graph graph;  /* of the file */
    plc_graph looked; /* where the set is to be independent: the complement, or none */
    plc_graph penalty;
    bool clique;
} mis;

static const mis *mis_of(const maxcut_task *task)
{
    return (const mis *)(const void *)task;
}

static plc_status repair(const maxcut_task *task, uint8_t *sides, plc_error *error)
{
    const mis *m = mis_of(task);
    return plc_mis_repair(m->clique ? &m->looked : &m->graph, sides, error);
}

/* The size of a set, counted in the graph of the file. */
static plc_status count(const maxcut_task *task, const uint8_t *sides, int64_t cut,
                        double *ret_value, plc_error *error)
{
    const mis *m = mis_of(task);
    uint64_t size = 0;
    for (uint32_t v = 0; v < m->graph.n; v++)
        size += sides[v] != 0;
    const uint64_t wanted = m->clique && size ? size * (size - 1) / 2 : 0;
    const uint64_t inside = plc_graph_count_inside(&m->graph, sides);
    if (inside != wanted || (int64_t)size * PLC_MIS_VERTEX != cut)
        return plc_fail(error, PLC_DIFFERS,
                        "the solver says cut %lld, the recount %llu vertices with %llu edges "
                        "between them, expected %llu edges: please report this",
                        (long long)cut, (unsigned long long)size, (unsigned long long)inside,
                        (unsigned long long)wanted);
    *ret_value = (double)size;
    return PLC_OK;
}

static uint32_t bits(const maxcut_task *task, uint8_t *sides)
{
    (void)sides;
    return mis_of(task)->graph.n;
}

static json_t *report(const maxcut_task *task, const maxcut_result *result, json_t *rest)
{
    const mis *m = mis_of(task);
    json_t *json = json_object();
    json_object_set_new(json, "problem", json_string(m->clique ? "clique" : "mis"));
    json_object_set_new(json, "value", json_integer((json_int_t)result->value));
    json_object_set_new(json, "mean_value", json_real(result->mean_value));
    json_object_set_new(json, "annealed_value", json_real((double)result->annealed * task->step));
    json_object_update(json, rest);
    json_decref(rest);
    json_object_set_new(json, "n", json_integer(m->graph.n));
    json_object_set_new(json, "m", json_integer((json_int_t)m->graph.m));
    return json;
}

static void note_weights(const char *path, const plc_graph *graph)
{
    for (uint64_t e = 0; e < graph->m; e++)
        if (graph->w[e] != 1) {
            log_line("%s: the weights of the edges do not matter here", path);
            return;
        }
}

static plc_status load(mis *m, const char *path, plc_error *error)
{
    plc_status status = plc_graph_read_any(path, &m->graph, error);
    if (status == PLC_OK)
        note_weights(path, &m->graph);
    if (status == PLC_OK && m->clique)
        status = plc_graph_complement(&m->graph, &m->looked, error);
    if (status == PLC_OK)
        status = plc_mis_to_graph(m->clique ? &m->looked : &m->graph, &m->penalty, error);
    return status;
}

static int run(const command *self, int argc, char **argv)
{
    mis m = {.task = {.name = "mis",
                      .value_name = "value",
                      .base = 0,
                      .step = 1.0 / PLC_MIS_VERTEX,
                      .tune = plc_mis_tune,
                      .improve = repair,
                      .value = count,
                      .bits = bits,
                      .report = report}};
    maxcut_options o = {.task = &m.task,
                        .settings = plc_maxcut_defaults(),
                        .runs = 1,
                        .seed = 1,
                        .begin = seconds_now()};
    maxcut_problem problem = {.graph = &m.penalty};
    uint64_t size = 0;
    option_row rows[MAXCUT_ROWS];
    plc_error error = {0};
    maxcut_rows(&o, rows)[1] =
        (option_row){"clique",
                     NULL,
                     OPTION_FLAG,
                     &m.clique,
                     0,
                     0,
                     "find the largest clique instead: an independent set of the complement",
                     NULL};
    *maxcut_find_row(rows, "target") = (option_row){"target",
                                                    "SIZE",
                                                    OPTION_WHOLE,
                                                    &size,
                                                    0,
                                                    UINT32_MAX,
                                                    "stop when a run reaches a set of this size",
                                                    &o.target_given};
    o.settings.a *= PLC_MIS_VERTEX;
    maxcut_find_row(rows, "a")->help =
        "annealer T = A / (C ln(1 + t/C)), in eighths of a vertex (default 2e5)";
    maxcut_find_row(rows, "o")->help = "write the best set, one 0/1 a line; 1: in the set";
    maxcut_find_row(rows, "o")->argument = "SET";
    maxcut_find_row(rows, "trace")->help =
        "write every improvement as CSV: run,seconds,ticks,joules,value";
    int exit_status = options_parse(self, rows + 1, argc, argv, &o.graph_name, 1, 1, NULL);
    if (exit_status >= 0)
        return exit_status;
    /* What is repaired of a larger cut than that of a set too small is a set of this size. */
    o.target = size ? (int64_t)(size - 1) * PLC_MIS_VERTEX + 1 : 0;
    if ((exit_status = maxcut_begin(&o, &problem)) < 0) {
        const plc_status status = load(&m, o.graph_name, &error);
        exit_status = status == PLC_OK ? maxcut_solve(&o, &problem) : fail_with(status, &error);
    }
    maxcut_finish(&problem);
    plc_graph_finish(&m.penalty);
    plc_graph_finish(&m.looked);
    plc_graph_finish(&m.graph);
    return exit_status;
}

const command command_mis = {"mis", "GRAPH",
                             "find a largest independent set, or clique, with NeuroSA on a "
                             "simulated chip; reads DIMACS' and rudy's formats",
                             "placode mis graph.dimacs --updates 1e7 -o set.txt", run};
