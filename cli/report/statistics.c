/* What many runs say together: success, time to solution, and how good they were. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/memory.h"
#include "cli/report/chart.h"
#include "cli/report/report.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* What time is counted in. */
typedef struct unit {
    const char *key, *label;
    number_form form;
} unit;

static const unit units[] = {{"seconds", "wall time", NUMBER_SECONDS},
                             {"processor_seconds", "processor time", NUMBER_SECONDS},
                             {"ticks", "ticks", NUMBER_COUNT},
                             {"modelled_seconds", "time on the chip", NUMBER_SECONDS},
                             {"energy_j", "energy", NUMBER_JOULES}};
enum { N_UNITS = sizeof units / sizeof *units };

/* "0.2 s to 0.5 s", "above 0.2 s". */
static void add_interval(report_page *page, const json_t *interval, number_form form)
{
    char low[NUMBER_TEXT], high[NUMBER_TEXT];
    const json_t *from = json_array_get(interval, 0), *to = json_array_get(interval, 1);
    page_add(page, "<td class=\"n\">");
    if (json_is_number(from) && json_is_number(to))
        page_add(page, "%s to %s", number_text(json_number_value(from), form, low),
                 number_text(json_number_value(to), form, high));
    else if (json_is_number(from))
        page_add(page, "above %s", number_text(json_number_value(from), form, low));
    else
        page_add(page, "not known");
    page_add(page, "</td>");
}

static void tell_units(report_page *page, const json_t *statistics)
{
    static const char *const heads[] = {
        "in", "#one run", "#TTS99", "#interval", "#mean time to the target", "#interval", NULL};
    page_table(page, "Time to solution", N_UNITS, heads);
    for (size_t i = 0; i < N_UNITS; i++) {
        const json_t *in = json_object_get(statistics, units[i].key);
        if (!json_is_object(in))
            continue;
        page_row(page);
        page_cell(page, "%s", units[i].label);
        page_cell_number(page, report_number(in, "run"), units[i].form);
        page_cell_number(page, report_number(in, "tts99"), units[i].form);
        add_interval(page, report_list(in, "tts99_interval"), units[i].form);
        page_cell_number(page, report_number(in, "to_target"), units[i].form);
        add_interval(page, report_list(in, "to_target_interval"), units[i].form);
        page_row_end(page);
    }
    page_table_end(page, N_UNITS, "units");
}

static void tell_success(report_page *page, const json_t *statistics)
{
    static const char *const heads[] = {"", "#", "#interval", NULL};
    char reached[NUMBER_TEXT], runs[NUMBER_TEXT], target[NUMBER_TEXT], trust[NUMBER_TEXT];
    page_note(page,
              "%s of %s runs reached %s. Intervals hold the true value with a confidence of %s. "
              "TTS99: running until the target has been reached once with a probability of 99 %%.",
              number_text(report_number(statistics, "reached"), NUMBER_COUNT, reached),
              number_text(report_number(statistics, "runs"), NUMBER_COUNT, runs),
              number_text(report_number(statistics, "target"), NUMBER_COUNT, target),
              number_text(report_number(statistics, "confidence"), NUMBER_SHARE, trust));
    page_table(page, "Success of a run", 2, heads);
    page_row(page);
    page_cell(page, "probability that a run reaches the target");
    page_cell_number(page, report_number(statistics, "p"), NUMBER_SHARE);
    add_interval(page, report_list(statistics, "p_interval"), NUMBER_SHARE);
    page_row_end(page);
    page_row(page);
    page_cell(page, "runs to reach it with 99 %%");
    page_cell_number(page, report_number(statistics, "repeats_99"), NUMBER_REAL);
    add_interval(page, report_list(statistics, "repeats_99_interval"), NUMBER_REAL);
    page_row_end(page);
    page_table_end(page, 2, "rows");
    tell_units(page, statistics);
}

static void tell_quality(report_page *page, const json_t *list)
{
    static const char *const heads[] = {"#quality",   "#from",           "#runs that reached it",
                                        "#wall time", "#processor time", "#ticks",
                                        "#on chip",   "#energy",         NULL};
    size_t i;
    json_t *at;
    page_table(page, "Time to quality, on average until a run has it", json_array_size(list),
               heads);
    json_array_foreach(list, i, at)
    {
        page_row(page);
        page_cell_number(page, report_number(at, "quality"), NUMBER_SHARE);
        page_cell_number(page, report_number(at, "cut"), NUMBER_COUNT);
        page_cell_number(page, report_number(at, "reached"), NUMBER_COUNT);
        for (size_t k = 0; k < N_UNITS; k++)
            page_cell_number(page, report_number(at, units[k].key), units[k].form);
        page_row_end(page);
    }
    page_table_end(page, json_array_size(list), "qualities");
}

/* Which values the runs ended with. */
static plc_status draw_runs(report_page *page, const json_t *json, const json_t *list,
                            plc_error *error)
{
    const bool is_value = json_object_get(json, "problem") != NULL;
    const size_t n = json_array_size(list);
    double *values = plc_array(n, sizeof *values);
    if (!values)
        return plc_fail_memory(error, "a report");
    size_t known = 0;
    for (size_t i = 0; i < n; i++) {
        const double value = report_number(json_array_get(list, i), is_value ? "value" : "cut");
        if (!isnan(value))
            values[known++] = value;
    }
    page_add(page, "<div class=\"pair\">\n");
    chart_draw_histogram(page,
                         &(chart_histogram){.title = is_value ? "Values of runs" : "Cuts of runs",
                                            .things = "runs",
                                            .values = values,
                                            .n = known,
                                            .mark = report_number(json, "best_known"),
                                            .mark_text = "best known"});
    page_add(page, "</div>\n");
    free(values);
    return PLC_OK;
}

plc_status report_draw_statistics(report *self, const report_input *input, plc_error *error)
{
    const json_t *json = input->json, *runs = json ? report_list(json, "run_list") : NULL;
    const json_t *statistics = json_object_get(json, "statistics");
    const json_t *qualities = json ? report_list(json, "to_quality") : NULL;
    plc_status status = PLC_OK;
    if (!json || (!json_array_size(runs) && !json_is_object(statistics)))
        return PLC_OK;
    page_begin(&self->page);
    if (json_array_size(runs) > 1)
        status = draw_runs(&self->page, json, runs, error);
    if (json_is_object(statistics))
        tell_success(&self->page, statistics);
    if (json_array_size(qualities))
        tell_quality(&self->page, qualities);
    report_tell_list(&self->page, "Best solutions", report_list(json, "top"), "solutions");
    report_tell_list(&self->page, "Runs", runs, "runs");
    return status;
}
