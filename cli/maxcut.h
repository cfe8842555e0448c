/* The parts of placode maxcut: options, runs, report. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_CLI_MAXCUT_H
#define PLC_CLI_MAXCUT_H

#include "cli/command.h"

typedef struct maxcut_options {
    const char *gset, *chip, *engine, *schedule, *out, *layout, *svg;
    plc_maxcut_settings settings;
    uint64_t runs, seed, threads;
    int64_t target;
    double time;  /* [s] */
    double begin; /* [s] when the call began */
    bool updates_given, runs_given, time_given, target_given, as_json;
    const plc_gset_entry *entry; /* NULL for files */
    const char *graph_name;
} maxcut_options;

typedef struct maxcut_problem {
    const plc_graph *graph;
    const plc_chip *chip;
    plc_maxcut *maxcut;
    plc_layout *layout;
} maxcut_problem;

/* One annealing run. */
typedef struct maxcut_run {
    uint64_t seed;
    uint64_t index;
    const uint64_t *first_reached; /* index of the first run so far that reached the target; NULL:
                                      none to look at */
    bool done;                     /* it began, and counts */
    bool reached;                  /* the target */
    int64_t cut;
    double reached_at; /* [s] since the call began */
    plc_engine_stats stats;
    double energy, modelled; /* [J] [s] of the chip; NAN where the engine does not know */
    uint8_t *sides;          /* [n] best state, owned */
} maxcut_run;

/* What all runs came to. */
typedef struct maxcut_result {
    uint64_t runs; /* that count */
    int64_t cut;   /* the best */
    double mean_cut;
    double seconds;          /* [s] of the runs together */
    double time_to_target;   /* [s] NAN: not reached, or none given */
    plc_engine_stats stats;  /* sums */
    double energy, modelled; /* [J] [s] sums; NAN where the engine does not know */
    uint8_t *sides;          /* [n] of the best run, owned */
    json_t *list;            /* of {seed, cut, digest}, a run each, owned */
} maxcut_result;

/* Runs in parallel, at most. */
uint32_t maxcut_threads(const maxcut_options *options);
/* Runs once with run->seed and recounts the cut. `bar` may be NULL. */
plc_status maxcut_run_one(const maxcut_options *options, const maxcut_problem *problem,
                          maxcut_run *run, progress *bar, plc_error *error);
void maxcut_run_finish(maxcut_run *run);
/* All runs, in parallel; the result is as if they came one after the other until the target was
 * reached. */
plc_status maxcut_run_all(const maxcut_options *options, const maxcut_problem *problem,
                          maxcut_result *ret_result, plc_error *error);
json_t *maxcut_report(const maxcut_options *options, const maxcut_problem *problem,
                      const maxcut_result *result);

#endif
