/* placode qubo: quadratic problems over bits or spins as MAX-CUT. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/memory.h"
#include "cli/maxcut.h"

#include <math.h>
#include <stdio.h>

/* A quadratic problem on its way through the solver. */
typedef struct qubo {
    maxcut_task task; /* first: tasks are its address */
    plc_problem problem;
    plc_graph graph;
    plc_reduction reduction;
    const char *format_name;
    double target;
    bool maximise, partition;
} qubo;

static const qubo *qubo_of(const maxcut_task *task)
{
    return (const qubo *)(const void *)task;
}

static uint32_t bits(const maxcut_task *task, uint8_t *sides)
{
    const qubo *q = qubo_of(task);
    plc_reduction_state(&q->reduction, q->problem.n, sides);
    return q->problem.n;
}

/* The value of a state in the problem's units, from its terms alone. */
static plc_status recount(const qubo *q, const uint8_t *sides, int64_t *ret_value, plc_error *error)
{
    uint8_t *state = plc_array_copy(sides, q->problem.n, 1);
    if (!state)
        return plc_fail_memory(error, "a state");
    plc_reduction_state(&q->reduction, q->problem.n, state);
    *ret_value = plc_problem_value(&q->problem, state);
    free(state);
    return PLC_OK;
}

static plc_status check(const maxcut_task *task, const uint8_t *sides, int64_t cut,
                        double *ret_value, plc_error *error)
{
    const qubo *q = qubo_of(task);
    int64_t value = 0;
    plc_status status = recount(q, sides, &value, error);
    if (status == PLC_OK)
        status = plc_reduction_check(&q->reduction, value, cut, error);
    *ret_value = (double)value / pow(10, q->problem.decimals);
    return status;
}

/* A value in units of 10^-decimals as text, all digits of it. */
static void value_text(int64_t value, uint32_t decimals, char *text, size_t size)
{
    const uint64_t whole = value < 0 ? -(uint64_t)value : (uint64_t)value;
    uint64_t unit = 1;
    for (uint32_t i = 0; i < decimals; i++)
        unit *= 10;
    int n =
        snprintf(text, size, "%s%llu", value < 0 ? "-" : "", (unsigned long long)(whole / unit));
    if (decimals)
        snprintf(text + n, size - (size_t)n, ".%0*llu", (int)decimals,
                 (unsigned long long)(whole % unit));
}

static json_t *report(const maxcut_task *task, const maxcut_result *result, json_t *rest)
{
    const qubo *q = qubo_of(task);
    const plc_problem *p = &q->problem;
    json_t *json = json_object();
    char text[48];
    int64_t value = 0;
    plc_error error;
    const bool known = result->sides && recount(q, result->sides, &value, &error) == PLC_OK;
    value_text(value, p->decimals, text, sizeof text);
    json_object_set_new(json, "problem",
                        json_string(q->partition ? "partition"
                                    : p->spins   ? "ising"
                                                 : "qubo"));
    json_object_set_new(json, "format", json_string(plc_problem_format_name(p->format)));
    json_object_set_new(json, "sense", json_string(q->maximise ? "maximise" : "minimise"));
    json_object_set_new(json, "value",
                        p->decimals ? json_real(result->value) : json_integer(value));
    json_object_set_new(json, "value_exact", known ? json_string(text) : json_null());
    json_object_set_new(json, "mean_value", json_real(result->mean_value));
    json_object_set_new(json, "annealed_value",
                        json_real(task->base + task->step * (double)result->annealed));
    if (q->partition)
        json_object_set_new(json, "difference", json_integer(llround(sqrt(result->value))));
    json_object_set_new(json, "rounded", json_boolean(p->rounded || q->reduction.rounded));
    json_object_update(json, rest);
    json_decref(rest);
    json_object_set_new(json, "n", json_integer(p->n));
    json_object_set_new(json, "m", json_integer((json_int_t)p->m));
    return json;
}

/* Says what was assumed about a file, and what was lost of it. */
static void note_reading(const qubo *q, const char *path)
{
    const plc_problem *p = &q->problem;
    if (p->assumed && p->format == PLC_FORMAT_COO)
        log_line("%s: no \"# vartype=SPIN\" or \"# vartype=BINARY\": read as bits", path);
    else if (p->assumed)
        log_line("%s: read as %s, %s; --format says otherwise", path,
                 plc_problem_format_name(p->format), p->spins ? "couplings of spins" : "bits");
    if (p->rounded)
        log_line("%s: the coefficients have more digits than 64 bits hold: rounded to 1e-%u", path,
                 p->decimals);
    if (q->reduction.rounded)
        log_line("%s: the coefficients do not fit weights of 30 bits: rounded to multiples of "
                 "%.3g while solving; the value is of the coefficients as they are",
                 path, fabs(q->reduction.step) / (p->spins ? 2 : 0.5));
}

static plc_status load(qubo *q, const char *path, plc_problem_format format, plc_error *error)
{
    plc_status status = plc_problem_read(path, format, &q->problem, error);
    if (status == PLC_OK)
        status = plc_problem_to_graph(&q->problem, q->maximise, &q->graph, &q->reduction, error);
    if (status != PLC_OK)
        return status;
    note_reading(q, path);
    q->task.base = q->reduction.zero;
    q->task.step = q->reduction.step;
    return PLC_OK;
}

/* The least cut whose value is as good as the target. */
static int64_t target_cut(const qubo *q)
{
    const double cut = ceil((q->target - q->task.base) / q->task.step - 1e-6);
    return (int64_t)fmax(fmin(cut, 0x1p62), -0x1p62);
}

static void make_rows(qubo *q, maxcut_options *o, option_row *rows)
{
    maxcut_rows(o, rows);
    rows[0] = (option_row){"format",
                           "F",
                           OPTION_TEXT,
                           &q->format_name,
                           0,
                           0,
                           "qubo, coo, biqmac (min x'Qx), rudy (couplings of spins), bqm (dimod's "
                           "JSON) or numbers (default: by the file's name, then its content)",
                           NULL};
    rows[1] = (option_row){"maximise",
                           NULL,
                           OPTION_FLAG,
                           &q->maximise,
                           0,
                           0,
                           "find the greatest value (default: the least)",
                           NULL};
    *maxcut_find_row(rows, "target") = (option_row){"target",
                                                    "VALUE",
                                                    OPTION_REAL,
                                                    &q->target,
                                                    -1e18,
                                                    1e18,
                                                    "stop when a run reaches this value",
                                                    &o->target_given};
    maxcut_find_row(rows, "o")->argument = "STATE";
    maxcut_find_row(rows, "o")->help =
        "write the best state, one 0/1 a line, in the order of the variables; spins: 1 is +1, 0 is "
        "-1";
    maxcut_find_row(rows, "trace")->help =
        "write every improvement as CSV: run,seconds,ticks,joules,value";
    maxcut_add_row(rows, (option_row){"partition", NULL, OPTION_FLAG, &q->partition, 0, 0,
                                      "the file has whole numbers: give each a sign so that the "
                                      "square of their sum is least",
                                      NULL});
}

/* The format asked for; a negative result means "go on". */
static int parse_format(const qubo *q, plc_problem_format *ret_format)
{
    *ret_format = q->partition ? PLC_FORMAT_NUMBERS : PLC_FORMAT_FOUND;
    if (q->partition && (q->format_name || q->maximise))
        return fail_usage("qubo: --partition goes without --format and --maximise");
    if (q->format_name && !plc_problem_find_format(q->format_name, ret_format))
        return fail_usage(
            "qubo: --format: expected qubo, coo, biqmac, rudy, bqm or numbers, got \"%s\"",
            q->format_name);
    return -1;
}

static int run(const command *self, int argc, char **argv)
{
    qubo q = {.task = {.name = "qubo",
                       .value_name = "value",
                       .tune = plc_maxcut_tune,
                       .value = check,
                       .bits = bits,
                       .report = report}};
    maxcut_options o = {.task = &q.task,
                        .settings = plc_maxcut_defaults(),
                        .runs = 1,
                        .seed = 1,
                        .begin = seconds_now()};
    maxcut_problem problem = {.graph = &q.graph};
    option_row rows[MAXCUT_ROWS];
    plc_problem_format format;
    plc_error error = {0};
    make_rows(&q, &o, rows);
    int exit_status = options_parse(self, rows, argc, argv, &o.graph_name, 1, 1, NULL);
    if (exit_status < 0)
        exit_status = parse_format(&q, &format);
    if (exit_status >= 0)
        return exit_status;
    if ((exit_status = maxcut_begin(&o, &problem)) < 0) {
        const plc_status status = load(&q, o.graph_name, format, &error);
        o.target = target_cut(&q);
        exit_status = status == PLC_OK ? maxcut_solve(&o, &problem) : fail_with(status, &error);
    }
    maxcut_finish(&problem);
    plc_graph_finish(&q.graph);
    plc_problem_finish(&q.problem);
    return exit_status;
}

const command command_qubo = {"qubo", "FILE",
                              "solve a QUBO or an Ising problem with fields with NeuroSA on a "
                              "simulated chip",
                              "placode qubo problem.qubo --runs 4 -o state.txt", run};
