/* The parts of placode report: what it reads, and what it says of it. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_CLI_REPORT_REPORT_H
#define PLC_CLI_REPORT_REPORT_H

#include "cli/report/page.h"
#include "hw/layout/layout.h"

#include <jansson.h>
#include <placode/mapper.h>
#include <placode/spikes.h>

/* A line of `run --timing`. */
typedef struct report_tick {
    uint64_t tick;
    double seconds, slack; /* [s]; slack NAN where the chip has no real time */
    uint32_t x, y, core;   /* that was done last */
    uint8_t reason;        /* of report_reasons */
} report_tick;

extern const char *const report_reasons[]; /* NULL-terminated */

/* A line of `maxcut --trace` and the like: a run has found something better. */
typedef struct report_step {
    uint64_t run;
    double seconds, ticks, joules, value; /* joules NAN where they are not known */
} report_step;

typedef enum report_kind {
    REPORT_LAYOUT,
    REPORT_RESULT, /* what a command printed with --json */
    REPORT_SPIKES,
    REPORT_TIMING,
    REPORT_CURVE,
} report_kind;

/* A command by the keys that only its results have. */
typedef struct report_command report_command;

/* What one file holds; only the members of its kind are set. */
typedef struct report_input {
    report_kind kind;
    char *name; /* the file's, without folders */
    plc_layout *layout;
    uint64_t *traffic; /* [routers * PLC_N_LINKS] packets a tick if every neuron spikes once */
    plc_map_report measured;
    json_t *json;
    const report_command *command;
    plc_trace trace;
    report_tick *ticks; /* [n_ticks] */
    size_t n_ticks;
    report_step *steps; /* [n_steps] by run */
    size_t n_steps;
    char value_name[16]; /* of a curve: "cut" or "value" */
} report_input;

typedef struct report {
    report_input *inputs; /* [n] */
    size_t n;
    size_t n_maps; /* drawn so far */
    report_page page;
} report;

/* Reads a file, whatever it is. */
plc_status report_input_read(const char *path, report_input *ret_input, plc_error *error);
/* The same from its bytes, which may be released afterwards. */
plc_status report_input_parse(const char *path, const plc_bytes *bytes, report_input *ret_input,
                              plc_error *error);
void report_input_finish(report_input *input);
/* The parts of reading. `name` stands before messages. */
plc_status report_parse_timing(const char *name, const char *text, size_t length,
                               report_input *input, plc_error *error);
plc_status report_parse_curve(const char *name, const char *text, size_t length,
                              report_input *input, plc_error *error);
plc_status report_parse_json(const char *name, const char *text, size_t length, report_input *input,
                             plc_error *error);

/* "layout", "result of placode run", ... */
const char *report_input_what(const report_input *input);
/* Whether an input is the result of a command of that name. */
bool report_is_result(const report_input *input, const char *command);

/* Whether a layout among the inputs says all that the report of its mapping does. */
bool report_is_told_by_layout(const report *self, const report_input *input);
/* The limit of a resource in `fill` of the report of a mapping; NAN where there is none. */
double report_fill_limit(const json_t *fill, plc_resource resource);
/* Draws the cores and slices that the report of a mapping tells; leaves *ret_svg as it is where it
 * tells none. *ret_guessed: the chip's form is not known, and a mesh was taken. */
plc_status report_draw_mapped(const json_t *json, plc_text *ret_svg, bool *ret_guessed,
                              plc_error *error);

/* Members of results; NAN, NULL or an empty list where there is none of that type. */
double report_number(const json_t *object, const char *key);
const char *report_text(const json_t *object, const char *key);
const json_t *report_list(const json_t *object, const char *key);

/* Tells a list of objects as a table, with a column for each key of the first. Nothing where it is
 * empty. */
void report_tell_list(report_page *page, const char *caption, const json_t *list, const char *what);
/* Adds any value of JSON as text. */
void report_add_value(report_page *page, const json_t *value, number_form form);
/* How a key is told: its label, its form and what it means; a key that nobody knows as itself. */
typedef struct report_key {
    const char *key, *label;
    number_form form;
    const char *help;
} report_key;
const report_key *report_find_key(const char *key);

/* Puts the whole page together. */
plc_status report_make(report *self, plc_text *ret_html, plc_error *error);

/* The sections. Each draws what an input knows of it, or nothing. */
typedef plc_status report_draw(report *self, const report_input *input, plc_error *error);
report_draw report_draw_facts, report_draw_map, report_draw_loads, report_draw_tables,
    report_draw_links, report_draw_slices, report_draw_chip, report_draw_spikes, report_draw_time,
    report_draw_energy, report_draw_curve, report_draw_statistics, report_draw_cam, report_draw_ftl,
    report_draw_checks, report_draw_path, report_draw_lists, report_draw_activity,
    report_draw_mappings;
/* Side by side, where there are several runs. */
report_draw report_draw_runs;
/* The figures at the head of the page. */
void report_add_summary(const report *self, report_page *page);

#endif
