/* The commands, their options, and what they share. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_CLI_COMMAND_H
#define PLC_CLI_COMMAND_H

#include <jansson.h>
#include <placode/placode.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Exit statuses of the command line's contract. */
enum {
    EXIT_OK = 0,
    EXIT_FAILED = 1,
    EXIT_USAGE = 2,
    EXIT_NO_FIT = 3,
    EXIT_DIFFERS = 4,
    EXIT_INTERRUPTED = 130
};

typedef enum option_kind {
    OPTION_FLAG,   /* bool */
    OPTION_TEXT,   /* const char * */
    OPTION_WHOLE,  /* uint64_t, low..high; 1e8 is a whole number */
    OPTION_SIGNED, /* int64_t, low..high */
    OPTION_REAL,   /* double, low..high */
} option_kind;

/* One option: parsing, --help and the ranges come from the same row. */
typedef struct option_row {
    const char *name;     /* "chip", without dashes; a single letter is "-o" */
    const char *argument; /* "C" in the help; NULL for flags */
    option_kind kind;
    void *target;     /* where the value goes; holds the default before */
    double low, high; /* of numbers */
    const char *help; /* with the default in words */
    bool *given;      /* set when the option stands on the line; may be NULL */
} option_row;

typedef struct command {
    const char *name, *arguments, *summary, *example;
    int (*run)(const struct command *command, int argc, char **argv);
} command;

extern const command command_chip, command_gset, command_maxcut, command_mis, command_qubo,
    command_cam, command_map, command_verify, command_run, command_tables, command_diff,
    command_explain, command_cosim, command_ftl, command_report;

/* Parses the options of a command, which end with an empty row. Positional arguments are gathered
 * into positional [n_min..n_max]; a negative result means "go on", else it is the exit status
 * (after --help or an error). */
int options_parse(const command *self, const option_row *rows, int argc, char **argv,
                  const char **positional, int n_min, int n_max, int *ret_n);

/* Prints "placode: message" and gives the exit status for a failed call. */
int fail_with(plc_status status, const plc_error *error);
/* The same for wrong usage. */
__attribute__((format(printf, 1, 2))) int fail_usage(const char *format, ...);
/* A line on standard error. */
__attribute__((format(printf, 1, 2))) void log_line(const char *format, ...);

/* Prints a result and releases it: as JSON, or as a table of its keys and scalar values.
 * EXIT_FAILED when it cannot be written. */
int print_result(json_t *result, bool as_json);
/* A text as JSON; bytes that are not UTF-8 become \\xNN. */
json_t *json_text(const char *text);
/* A number, or null for NAN. */
json_t *json_known(double value);
/* "0x0123456789abcdef" as JSON. */
json_t *json_digest(uint64_t digest);

/* Monotonic time [s]. */
double seconds_now(void);

/* A bar on a terminal's standard error, redrawn at most ten times a second; silent elsewhere. */
typedef struct progress {
    const char *what;
    double begin, drawn; /* [s] */
    bool on;
} progress;

void progress_begin(progress *bar, const char *what);
/* `done` in [0, 1]. */
void progress_show(progress *bar, double done);
void progress_end(progress *bar);

/* From now on Ctrl-C only sets a flag, so that what is at hand can be printed; a second one ends
 * the process. */
void interrupt_catch(void);
bool interrupted(void);

/* What --seed takes: numbers that a double holds exactly. */
#define SEED_MAX 9007199254740991.0

/* Flushes standard output; EXIT_FAILED, with a message, when it cannot be written. */
int finish_stdout(void);

/* Opens the chip of an option (NULL: ideal). A name that is neither a chip nor a file is wrong
 * usage: then, and on any other failure, the result is the exit status; else negative. */
int open_chip(const char *caller, const char *name, plc_chip **ret_chip);

/* A long run must not find out at its end that there is no folder to write to: negative, or the
 * exit status, when that has been told. */
int check_folder(const char *path);

/* Whether there is an engine of that name (NULL: the default), and the usage error when there is
 * not. */
bool engine_exists(const char *name);
int fail_engine(const char *caller, const char *name);

/* The largest number of threads an option may ask for, and its row. */
enum { THREADS_MAX = 1024 };
#define OPTION_THREADS(target)                                                                     \
    {                                                                                              \
        "threads", "N", OPTION_WHOLE, target, 1, THREADS_MAX,                                      \
            "threads (default: all cores); the result is the same", NULL                           \
    }
#define OPTION_SEED(target)                                                                        \
    {                                                                                              \
        "seed", "N", OPTION_WHOLE, target, 0, SEED_MAX, "seed of everything random (default 1)",   \
            NULL                                                                                   \
    }
#define OPTION_JSON(target)                                                                        \
    {                                                                                              \
        "json", NULL, OPTION_FLAG, target, 0, 0, "print the result as one JSON object", NULL       \
    }

/* Draws a layout as SVG: chips, cores coloured by load, links by traffic. */
plc_status picture_write(const plc_layout *layout, const char *path, plc_error *error);

#endif
