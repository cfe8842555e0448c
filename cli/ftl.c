/* placode ftl: a netlist as threshold cells, proved. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/memory.h"
#include "cli/command.h"
#include "ftl/map.h"
#include "ftl/netlist.h"
#include "ftl/prove.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Values of the options. */
typedef struct ftl_options {
    const char *path, *goal, *verilog, *blif, *cells, *from;
    uint64_t max_fanin, effort, seed;
    bool check, flat, as_json;
} ftl_options;

/* A netlist on its way. */
typedef struct ftl_run {
    const ftl_options *options;
    plc_aig *aig;
    plc_cells *cells;
    plc_ftl_statistics statistics;
    plc_prove_report proof;
    double seconds;
} ftl_run;

enum { VECTORS = 1000000, INSTANCES_MAX = 1000 };

static void run_finish(ftl_run *r)
{
    plc_prove_report_finish(&r->proof);
    plc_cells_destroy(r->cells);
    plc_aig_destroy(r->aig);
}

/* The cells: mapped, or read from a file. */
static plc_status make_cells(ftl_run *r, plc_error *error)
{
    const ftl_options *o = r->options;
    const plc_ftl_settings settings = {.max_fanin = (uint32_t)o->max_fanin,
                                       .by_depth = !strcmp(o->goal, "depth"),
                                       .effort = (uint32_t)o->effort};
    plc_status status = plc_netlist_read(o->path, &r->aig, error);
    double begin = seconds_now();
    if (status == PLC_OK)
        status = o->from ? plc_cells_read(o->from, &r->cells, error)
                         : plc_ftl_map(r->aig, &settings, &r->cells, &r->statistics, error);
    r->seconds = seconds_now() - begin;
    return status;
}

static plc_status write_files(const ftl_run *r, plc_error *error)
{
    const ftl_options *o = r->options;
    plc_verilog_form form =
        o->flat || r->cells->cells.n > INSTANCES_MAX ? PLC_VERILOG_FLAT : PLC_VERILOG_INSTANCES;
    plc_status status = PLC_OK;
    if (o->verilog)
        status = plc_cells_write_verilog(r->cells, form, o->verilog, error);
    if (status == PLC_OK && o->blif)
        status = plc_cells_write_blif(r->cells, o->blif, error);
    if (status == PLC_OK && o->cells)
        status = plc_cells_write(r->cells, o->cells, error);
    return status;
}

/* Where they differ: the sink's name, and the inputs that show it. */
static void tell_difference(const ftl_run *r)
{
    const plc_aig *aig = r->aig;
    uint32_t sink = r->proof.sink, n = plc_aig_n_sources(aig);
    bool output = sink < aig->n_outputs;
    const char *name =
        output ? aig->output_names[sink] : aig->source_names[aig->n_inputs + sink - aig->n_outputs];
    char *bits = plc_array(n + 1ul, 1);
    if (!bits)
        return;
    for (uint32_t i = 0; i < n; i++)
        bits[i] = (char)('0' + r->proof.counterexample[i]);
    log_line("not equivalent: %s %s, with inputs%s %.*s%s", output ? "output" : "latch", name,
             aig->n_latches ? " and latches" : "", (int)(n < 400 ? n : 400), bits,
             n > 400 ? "..." : "");
    free(bits);
}

static json_t *whole(uint64_t value)
{
    return json_integer((json_int_t)value);
}

static void add_proof(const ftl_run *r, json_t *result)
{
    const plc_prove_report *p = &r->proof;
    if (!r->options->check) {
        json_object_set_new(result, "equivalent", json_null());
        return;
    }
    json_object_set_new(result, "equivalent", json_boolean(p->equivalent));
    json_object_set_new(result, "vectors", whole(p->vectors));
    json_object_set_new(result, "proved_by_window", whole(p->by_window));
    json_object_set_new(result, "proved_by_sat", whole(p->by_sat));
    json_object_set_new(result, "refuted", whole(p->refuted));
    json_object_set_new(result, "given_up", whole(p->given_up));
}

static int report(const ftl_run *r, double prove_seconds)
{
    plc_cells_report cells;
    json_t *result = json_object();
    if (!plc_cells_measure(r->cells, &cells)) {
        plc_error error = {0};
        json_decref(result);
        return fail_with(plc_fail_memory(&error, r->aig->name), &error);
    }
    json_object_set_new(result, "circuit", json_text(r->aig->name));
    json_object_set_new(result, "inputs", whole(r->aig->n_inputs));
    json_object_set_new(result, "outputs", whole(r->aig->n_outputs));
    json_object_set_new(result, "latches", whole(r->aig->n_latches));
    json_object_set_new(result, "ands", whole(r->aig->n - plc_aig_n_sources(r->aig) - 1));
    json_object_set_new(result, "cells", whole(cells.cells));
    json_object_set_new(result, "edges", whole(cells.edges));
    json_object_set_new(result, "depth", whole(cells.depth));
    json_object_set_new(result, "fanin_max", whole(cells.fanin_max));
    json_object_set_new(result, "weight_max", whole(cells.weight_max));
    json_object_set_new(result, "weight_sum", whole(cells.weight_sum));
    json_object_set_new(result, "inverted_outputs", whole(cells.inverters));
    add_proof(r, result);
    json_object_set_new(result, "area_um2", json_null());
    json_object_set_new(result, "seconds", json_real(r->seconds));
    if (r->options->check)
        json_object_set_new(result, "prove_seconds", json_real(prove_seconds));
    return print_result(result, r->options->as_json);
}

static int check_options(const ftl_options *options)
{
    if (strcmp(options->goal, "area") && strcmp(options->goal, "depth"))
        return fail_usage("ftl: --goal: expected area or depth, got \"%s\"", options->goal);
    return -1;
}

static int synthesise(ftl_run *r)
{
    plc_error error = {0};
    plc_status status = make_cells(r, &error);
    if (r->statistics.unresolved)
        log_line("%llu functions were left undecided, and taken as none of a cell",
                 (unsigned long long)r->statistics.unresolved);
    double begin = seconds_now();
    if (status == PLC_OK && r->options->check)
        status = plc_ftl_prove(r->aig, r->cells, VECTORS, r->options->seed, &r->proof, &error);
    double prove_seconds = seconds_now() - begin;
    if (status == PLC_OK)
        status = write_files(r, &error);
    if (status != PLC_OK)
        return fail_with(status, &error);
    int exit_status = report(r, prove_seconds);
    if (exit_status == EXIT_OK && r->options->check && !r->proof.equivalent) {
        tell_difference(r);
        return EXIT_DIFFERS;
    }
    return exit_status;
}

static int run(const command *self, int argc, char **argv)
{
    ftl_options options = {.seed = 1, .goal = "area", .max_fanin = PLC_FANIN_DEFAULT, .effort = 1};
    const option_row rows[] = {
        {"max-fanin", "K", OPTION_WHOLE, &options.max_fanin, PLC_FANIN_MIN, PLC_FANIN_MAX,
         "inputs of a cell, at most (3..8; default 6)", NULL},
        {"goal", "GOAL", OPTION_TEXT, &options.goal, 0, 0,
         "area: few cells (default); depth: few in a row, then few", NULL},
        {"effort", "N", OPTION_WHOLE, &options.effort, 0, 3, "how long to look (default 1)", NULL},
        {"check", NULL, OPTION_FLAG, &options.check, 0, 0,
         "simulate 10^6 random vectors, then prove that the cells do what the netlist does", NULL},
        {"verilog", "OUT.v", OPTION_TEXT, &options.verilog, 0, 0, "write SystemVerilog", NULL},
        {"flat", NULL, OPTION_FLAG, &options.flat, 0, 0,
         "Verilog of sums and comparisons, also of up to 1000 cells", NULL},
        {"blif", "OUT", OPTION_TEXT, &options.blif, 0, 0, "write the cells as BLIF", NULL},
        {"cells", "OUT", OPTION_TEXT, &options.cells, 0, 0,
         "write the cells with their weights (docs/ftl.md)", NULL},
        {"from", "CELLS", OPTION_TEXT, &options.from, 0, 0,
         "take the cells from a file of --cells instead of looking for some", NULL},
        OPTION_SEED(&options.seed),
        OPTION_JSON(&options.as_json),
        {0},
    };
    int exit_status = options_parse(self, rows, argc, argv, &options.path, 1, 1, NULL);
    if (exit_status < 0)
        exit_status = check_options(&options);
    if (exit_status >= 0)
        return exit_status;
    ftl_run r = {.options = &options};
    exit_status = synthesise(&r);
    run_finish(&r);
    return exit_status;
}

const command command_ftl = {
    "ftl", "NETLIST", "synthesise a netlist (BLIF, ISCAS .bench, AIGER) into threshold cells",
    "placode ftl c6288.bench --check --verilog c6288.v", run};
