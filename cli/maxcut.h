/* The parts of placode maxcut: options, runs, report. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_CLI_MAXCUT_H
#define PLC_CLI_MAXCUT_H

#include "cli/command.h"
#include "ising/solutions.h"

typedef enum maxcut_method {
    METHOD_NEUROSA, /* NeuroSA's constants, one anneal */
    METHOD_SA,      /* constants that suit the graph, one anneal */
    METHOD_RESTART, /* the same in many anneals, each longer than the one before */
    METHOD_PT,      /* replica exchange */
} maxcut_method;

typedef struct maxcut_run maxcut_run;
typedef struct maxcut_result maxcut_result;

/* A problem that is solved as the MAX-CUT of a graph: what a command adds. */
typedef struct maxcut_task {
    const char *name;       /* of the command */
    const char *value_name; /* column of the trace */
    double base, step;      /* the value that a cut stands for is base + step x cut */
    plc_status (*tune)(const plc_graph *core, plc_maxcut_settings *settings, plc_error *error);
    /* Makes a state better, sides [n] of the graph; NULL: one-flip descent. */
    plc_status (*improve)(const struct maxcut_task *task, uint8_t *sides, plc_error *error);
    /* The value of a state from the input alone; PLC_DIFFERS unless it is that of the cut. NULL:
     * the cut is the value. */
    plc_status (*value)(const struct maxcut_task *task, const uint8_t *sides, int64_t cut,
                        double *ret_value, plc_error *error);
    /* Turns sides into the answer's bits; gives their number. NULL: the sides are. */
    uint32_t (*bits)(const struct maxcut_task *task, uint8_t *sides);
    /* The keys that come first; takes the others. NULL: none. */
    json_t *(*report)(const struct maxcut_task *task, const maxcut_result *result, json_t *rest);
} maxcut_task;

typedef struct maxcut_options {
    const maxcut_task *task;
    const char *gset, *chip, *engine, *rtl_tiles, *schedule, *method_name, *out, *trace, *layout,
        *svg;
    const char *top_out;
    maxcut_method method;
    bool automatic; /* the method may still become another one that suits the graph */
    plc_maxcut_settings settings;
    uint64_t runs, seed, threads, top;
    int64_t target;
    double time;       /* [s] */
    double begin;      /* [s] when the call began */
    double bound_time; /* [s] of the search for a bound */
    bool fills_time;   /* runs are as long as --time allows */
    bool tts;          /* all runs are made, each until it reaches the target */
    bool updates_given, runs_given, time_given, target_given, constants_given, unfolded, as_json;
    bool bounded, bound_time_given;
    bool target_is_bound;        /* none was given, and runs end where they reach the bound */
    const plc_gset_entry *entry; /* NULL for files */
    const char *graph_name;
} maxcut_options;

typedef struct maxcut_problem {
    const plc_graph *graph;
    plc_fold *fold;        /* NULL: nothing was folded */
    const plc_graph *core; /* what the network solves */
    int64_t offset;        /* cut of the graph - cut of the core */
    plc_chip *chip;
    plc_maxcut *maxcut;
    plc_layout *layout;
    plc_cut_bound bound;  /* with --bound */
    double bound_seconds; /* [s] that it took */
} maxcut_problem;

/* An improvement of a run's best cut. */
typedef struct maxcut_point {
    double seconds;   /* [s] since the call began */
    double processor; /* [s] of processors, of the run */
    uint64_t ticks;   /* [ticks] of the run */
    double energy;    /* [J] of the run; NAN where the engine does not know */
    double modelled;  /* [s] of the chip, of the run; NAN likewise */
    int64_t cut;
} maxcut_point;

/* One run: an anneal, or several. */
struct maxcut_run {
    uint64_t seed;
    uint64_t index;
    const uint64_t *first_reached; /* index of the first run so far that reached the target; NULL:
                                      none to look at */
    double deadline;               /* [s] HUGE_VAL: none */
    bool done;                     /* it began, and counts */
    bool ended;                    /* it is over, or was left out */
    bool noted;                    /* `best` holds a cut */
    bool reached;                  /* the target */
    bool cut_short;                /* by the clock or by Ctrl-C, before it reached the target */
    int64_t best;                  /* cut so far */
    int64_t annealed;              /* best cut of the network, */
    int64_t cut;                   /* and of what one-flip descent made of its anneals' best */
    double value;                  /* of that, in the task's terms */
    double reached_at;             /* [s] since the call began */
    double begin;                  /* [s] since the call began */
    double processor_begin;        /* [s] on the same clock as maxcut_processor_time() */
    double seconds, processor;     /* [s] that it took */
    uint64_t anneals;
    uint64_t ticks;          /* that it took: of one replica where several run side by side */
    plc_engine_stats stats;  /* sums over the anneals */
    double energy, modelled; /* [J] [s] of the chip; NAN where the engine does not know */
    uint8_t *sides;          /* [n] best state, owned */
    plc_solutions top;       /* of its anneals' ends */
    maxcut_point *points;    /* [n_points] improvements, owned */
    size_t n_points, points_capacity;
};

/* What all runs came to. */
struct maxcut_result {
    uint64_t runs;    /* that count */
    int64_t annealed; /* of the best run, before its descent */
    int64_t cut;      /* the best */
    uint64_t anneals; /* sum */
    double mean_cut;
    double value, mean_value; /* the same in the task's terms */
    double seconds;           /* [s] of the runs together */
    double time_to_target;    /* [s] NAN: not reached, or none given */
    plc_engine_stats stats;   /* sums */
    double energy, modelled;  /* [J] [s] sums; NAN where the engine does not know */
    uint8_t *sides;           /* [n] of the best run, owned */
    plc_solutions top;        /* of all runs that count */
    json_t *list;             /* of {seed, cut, digest}, a run each, owned */
    json_t *statistics;       /* of the runs that count, owned */
    json_t *to_quality;       /* what it took to come close to the best, owned */
};

/* Rows for the options of all tasks; the first two are the command's own to fill. */
enum { MAXCUT_ROWS = 40 };
option_row *maxcut_rows(maxcut_options *options, option_row rows[MAXCUT_ROWS]);
option_row *maxcut_find_row(option_row *rows, const char *name);
void maxcut_add_row(option_row rows[MAXCUT_ROWS], option_row row);

/* Checks options that need no graph, and opens the chip. A negative result means "go on"; then
 * maxcut_solve() solves the graph, prints the result and gives the exit status. */
int maxcut_begin(maxcut_options *options, maxcut_problem *problem);
int maxcut_solve(maxcut_options *options, maxcut_problem *problem);
void maxcut_finish(maxcut_problem *problem);

/* The name of a method, and the method of a name; false when there is none. */
const char *maxcut_method_name(maxcut_method method);
bool maxcut_find_method(const char *name, maxcut_method *ret_method);

/* The names of the units in which times are told, and how a table calls them. */
typedef enum maxcut_unit {
    UNIT_SECONDS,   /* [s] wall */
    UNIT_PROCESSOR, /* [s] of processors */
    UNIT_TICKS,
    UNIT_MODELLED, /* [s] of the chip */
    UNIT_ENERGY,   /* [J] of the chip */
    N_UNITS
} maxcut_unit;
extern const char *const maxcut_unit_keys[N_UNITS];
extern const char *const maxcut_unit_labels[N_UNITS];

/* Runs in parallel, at most. */
uint32_t maxcut_threads(const maxcut_options *options);
/* The settings of an anneal of so many updates. */
plc_status maxcut_settings(const maxcut_options *options, const plc_graph *core, uint64_t updates,
                           plc_maxcut_settings *ret_settings, plc_error *error);
/* The updates of the first anneal of a run. */
uint64_t maxcut_first_updates(const maxcut_options *options, const plc_graph *core);

/* With --bound: bounds the cut of the graph, and makes the runs end where they reach it. */
plc_status maxcut_bound(maxcut_options *options, maxcut_problem *problem, plc_error *error);
/* PLC_DIFFERS when a cut is above its bound. */
plc_status maxcut_check_bound(const maxcut_options *options, const maxcut_problem *problem,
                              const maxcut_result *result, plc_error *error);
/* Adds what --bound prints to a report. */
void maxcut_report_bound(const maxcut_problem *problem, const maxcut_result *result, json_t *json);

/* All runs, in parallel; the result is as if they came one after the other until the target was
 * reached. */
plc_status maxcut_run_all(const maxcut_options *options, const maxcut_problem *problem,
                          maxcut_result *ret_result, plc_error *error);
/* Releases what a result owns. */
void maxcut_finish_result(maxcut_result *result);
json_t *maxcut_report(const maxcut_options *options, const maxcut_problem *problem,
                      const maxcut_result *result);
/* The tables that follow the scalars of a report in text. EXIT_FAILED when they cannot be written.
 */
int maxcut_print_tables(const json_t *report);
/* Writes the best solutions as CSV: cut,count,run,sides. */
plc_status maxcut_write_top(const maxcut_options *options, const maxcut_result *result,
                            plc_error *error);

#endif
