/* placode ftl: a netlist as threshold cells, proved. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/ftl.h"
#include "base/error.h"
#include "base/memory.h"
#include "cli/command.h"
#include "ftl/area.h"
#include "ftl/map.h"
#include "ftl/prove.h"
#include "ftl/vt.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Values of the options. */
typedef struct ftl_options {
    const char *path, *goal, *verilog, *blif, *cells, *from;
    uint64_t max_fanin, effort;
    bool check, flat;
    double vt_sigma; /* [mV] 0: not asked */
    ftl_run_options on_chip;
} ftl_options;

/* A netlist on its way. */
typedef struct ftl_run {
    const ftl_options *options;
    plc_aig *aig;
    plc_cells *cells;
    plc_ftl_statistics statistics;
    plc_prove_report proof;
    double seconds, prove_seconds;
    bool differs; /* on the chip */
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
    plc_status status = ftl_read_netlist(o->path, &r->aig, error);
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
    json_object_set_new(result, "proved_by_diagram", whole(p->by_diagram));
    json_object_set_new(result, "refuted", whole(p->refuted));
    json_object_set_new(result, "given_up", whole(p->given_up));
}

/* In silicon, every cell with its register; by the averages that were published. */
static void add_area(const plc_cells_area *area, json_t *result)
{
    json_object_set_new(result, "area_um2", json_real(area->ftl_um2));
    json_object_set_new(result, "cmos_area_um2", json_real(area->cmos_um2));
    json_object_set_new(result, "power_of_cmos", json_real(PLC_FTL_POWER_OF_CMOS));
    json_object_set_new(result, "delay_of_cmos", json_real(PLC_FTL_DELAY_OF_CMOS));
    json_object_set_new(result, "area_basis",
                        json_string("estimate: published averages (TCAS-I 69(7), 2022) times gates "
                                    "of a 45 nm library"));
}

/* What the model of flash devices says. */
static plc_status add_voltages(const ftl_run *r, json_t *result, plc_error *error)
{
    enum { TRIALS = 1000 };
    plc_vt_report vt;
    double sigma = r->options->vt_sigma;
    if (sigma <= 0)
        return PLC_OK;
    plc_status status =
        plc_vt_estimate(r->cells, sigma * 1e-3, TRIALS, r->options->on_chip.seed, &vt, error);
    if (status != PLC_OK)
        return status;
    json_object_set_new(result, "vt_kinds", whole(vt.kinds));
    json_object_set_new(result, "vt_learned", whole(vt.learned));
    json_object_set_new(result, "vt_margin", json_known(vt.margin));
    json_object_set_new(result, "vt_cell_yield", json_real(vt.cell_yield));
    json_object_set_new(result, "vt_yield", json_real(vt.yield));
    json_object_set_new(result, "vt_basis",
                        json_string("model: square-law devices, docs/ftl.md; not measured"));
    return PLC_OK;
}

/* counts[0..last] as a list. */
static json_t *list_counts(const uint32_t *counts, uint32_t last)
{
    json_t *list = json_array();
    for (uint32_t i = 0; i <= last; i++)
        json_array_append_new(list, whole(counts[i]));
    return list;
}

/* Cells by inputs and by level, from 0 on. */
static plc_status add_counts(const ftl_run *r, const plc_cells_report *cells, json_t *result,
                             plc_error *error)
{
    uint32_t *by_fanin = plc_array((size_t)cells->fanin_max + 1, sizeof *by_fanin);
    uint32_t *by_level = plc_array((size_t)cells->depth + 1, sizeof *by_level);
    const bool ok = by_fanin && by_level && plc_cells_count(r->cells, by_fanin, by_level);
    if (ok) {
        json_object_set_new(result, "fanins", list_counts(by_fanin, cells->fanin_max));
        json_object_set_new(result, "levels", list_counts(by_level, cells->depth));
    }
    free(by_fanin);
    free(by_level);
    return ok ? PLC_OK : plc_fail_memory(error, r->aig->name);
}

static plc_status report(const ftl_run *r, json_t *result, plc_error *error)
{
    plc_cells_report cells;
    plc_cells_area area;
    uint32_t *latches = plc_array(r->cells->cells.n, sizeof *latches);
    uint32_t absorbed = latches ? plc_cells_absorb(r->cells, latches) : UINT32_MAX;
    free(latches);
    if (absorbed == UINT32_MAX || !plc_cells_measure(r->cells, &cells) ||
        !plc_cells_estimate_area(r->cells, &area))
        return plc_fail_memory(error, r->aig->name);
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
    json_object_set_new(result, "latches_absorbed", whole(absorbed));
    add_area(&area, result);
    json_object_set_new(result, "seconds", json_real(r->seconds));
    if (r->options->check)
        json_object_set_new(result, "prove_seconds", json_real(r->prove_seconds));
    const plc_status status = add_counts(r, &cells, result, error);
    return status == PLC_OK ? add_voltages(r, result, error) : status;
}

static int check_options(const ftl_options *options)
{
    if (strcmp(options->goal, "area") && strcmp(options->goal, "depth"))
        return fail_usage("ftl: --goal: expected area or depth, got \"%s\"", options->goal);
    const ftl_run_options *o = &options->on_chip;
    if (!o->chip && (o->engine || o->vectors || o->answers || o->n_streams))
        return fail_usage("ftl: --engine, --vectors, --streams and --answers need --chip");
    return engine_exists(o->engine) ? -1 : fail_engine("ftl", o->engine);
}

/* All that was asked for, into one result. */
static plc_status synthesise(ftl_run *r, const plc_chip *chip, json_t *result, plc_error *error)
{
    const ftl_options *o = r->options;
    plc_status status = make_cells(r, error);
    if (r->statistics.unresolved)
        log_line("%llu functions were left undecided, and taken as none of a cell",
                 (unsigned long long)r->statistics.unresolved);
    double begin = seconds_now();
    if (status == PLC_OK && o->check)
        status = plc_ftl_prove(r->aig, r->cells, VECTORS, o->on_chip.seed, &r->proof, error);
    r->prove_seconds = seconds_now() - begin;
    if (status == PLC_OK)
        status = write_files(r, error);
    if (status == PLC_OK)
        status = report(r, result, error);
    if (status == PLC_OK && chip)
        status = ftl_run_on_chip(&o->on_chip, chip, r->aig, r->cells, result, &r->differs, error);
    return status;
}

static int finish(ftl_run *r, const plc_chip *chip)
{
    plc_error error = {0};
    json_t *result = json_object();
    plc_status status = synthesise(r, chip, result, &error);
    if (status != PLC_OK) {
        json_decref(result);
        return status == PLC_STOPPED ? EXIT_INTERRUPTED : fail_with(status, &error);
    }
    int exit_status = print_result(result, r->options->on_chip.as_json);
    bool wrong = r->options->check && !r->proof.equivalent;
    if (wrong)
        tell_difference(r);
    return exit_status == EXIT_OK && (wrong || r->differs) ? EXIT_DIFFERS : exit_status;
}

static int run(const command *self, int argc, char **argv)
{
    ftl_options options = {.goal = "area",
                           .max_fanin = PLC_FANIN_DEFAULT,
                           .effort = 1,
                           .on_chip = {.seed = 1, .n_vectors = 100}};
    ftl_run_options *on_chip = &options.on_chip;
    const option_row rows[] = {
        {"max-fanin", "K", OPTION_WHOLE, &options.max_fanin, PLC_FANIN_MIN, PLC_FANIN_MAX,
         "inputs of a cell, at most (default 6); beyond 8, cells are taken into their readers",
         NULL},
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
        {"vt-sigma", "MV", OPTION_REAL, &options.vt_sigma, 0.01, 1000,
         "yield where the threshold voltages of flash devices stray by so much [mV] (a model)",
         NULL},
        {"chip", "C", OPTION_TEXT, &on_chip->chip, 0, 0,
         "run the cells as neurons on this chip and compare every output with the netlist", NULL},
        {"engine", "E", OPTION_TEXT, &on_chip->engine, 0, 0,
         "fast (default), mesh: the chip in time, or rtl: the chip in SystemVerilog", NULL},
        {"vectors", "FILE", OPTION_TEXT, &on_chip->vectors, 0, 0,
         "the inputs: a line of 0 and 1 for each clock (default: 100 random ones)", NULL},
        {"n-vectors", "N", OPTION_WHOLE, &on_chip->n_vectors, 1, 1e7,
         "so many random vectors, where there is no file", NULL},
        {"streams", "N", OPTION_WHOLE, &on_chip->n_streams, 1, 1e6,
         "circuits that run interleaved (default: one for each tick of a clock)", NULL},
        {"answers", "OUT", OPTION_TEXT, &on_chip->answers, 0, 0,
         "write what the first stream's outputs were on the chip, a line a clock", NULL},
        OPTION_SEED(&on_chip->seed),
        OPTION_THREADS(&on_chip->threads),
        OPTION_JSON(&on_chip->as_json),
        {0},
    };
    int exit_status = options_parse(self, rows, argc, argv, &options.path, 1, 1, NULL);
    if (exit_status < 0)
        exit_status = check_options(&options);
    if (exit_status >= 0)
        return exit_status;
    plc_chip *chip = NULL;
    if (on_chip->chip && (exit_status = open_chip("ftl", on_chip->chip, &chip)) >= 0)
        return exit_status;
    ftl_run r = {.options = &options};
    exit_status = finish(&r, chip);
    run_finish(&r);
    plc_chip_destroy(chip);
    return exit_status;
}

const command command_ftl = {
    "ftl", "NETLIST",
    "synthesise a netlist (BLIF, ISCAS .bench, AIGER, Verilog) into threshold cells",
    "placode ftl examples/counter.blif --check --chip spinnaker-4 --engine mesh", run};
