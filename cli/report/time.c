/* Time on the chip: how long ticks took and why, and what was late. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/memory.h"
#include "cli/report/chart.h"
#include "cli/report/report.h"

#include <math.h>
#include <stdio.h>

enum { BINS_MAX = 600, SLOWEST = 5, N_REASONS = 4 };

/* ---- what a run says of its time ---- */

static void tell_deadlines(report_page *page, const json_t *json)
{
    const double misses = report_number(json, "deadline_misses");
    const double scale = report_number(json, "time_scale"), ticks = report_number(json, "ticks");
    char sentence[160], a[NUMBER_TEXT], b[NUMBER_TEXT];
    if (isnan(misses))
        return;
    if (misses > 0)
        snprintf(sentence, sizeof sentence, "%s of %s ticks missed their deadline.",
                 number_text(misses, NUMBER_COUNT, a), number_text(ticks, NUMBER_COUNT, b));
    else if (isnan(scale))
        snprintf(sentence, sizeof sentence, "No tick missed a deadline.");
    else
        snprintf(sentence, sizeof sentence,
                 "No tick missed its deadline; the slowest took %s of the time there is.",
                 number_text(scale, NUMBER_SHARE, a));
    page_verdict(page, misses <= 0, sentence);
}

static void tell_slowest(report_page *page, const json_t *json)
{
    const json_t *at = report_list(json, "longest_tick_core");
    char tick[NUMBER_TEXT], cycles[NUMBER_TEXT];
    if (json_array_size(at) != 3)
        return;
    page_note(page,
              "The slowest tick is number %s, with %s core cycles; the last to be done in it was "
              "core %lld of (%lld, %lld).",
              number_text(report_number(json, "longest_tick"), NUMBER_COUNT, tick),
              number_text(report_number(json, "cycles_per_tick_max"), NUMBER_COUNT, cycles),
              (long long)json_integer_value(json_array_get(at, 2)),
              (long long)json_integer_value(json_array_get(at, 0)),
              (long long)json_integer_value(json_array_get(at, 1)));
}

static void tell_run(report_page *page, const json_t *json)
{
    const json_t *losses = json_object_get(json, "losses");
    page_begin(page);
    tell_deadlines(page, json);
    tell_slowest(page, json);
    report_tell_list(page, "Cores that were late", report_list(losses, "cores"), "cores");
    report_tell_list(page, "Spikes that were late or lost", report_list(losses, "keys"), "neurons");
    report_tell_list(page, "Links that dropped packets", report_list(losses, "links"), "links");
}

/* ---- the time of each tick ---- */

/* The chip's tick [s], NAN where it has none. */
static double find_deadline(const report_input *input)
{
    const report_tick *first = input->ticks;
    return input->n_ticks ? first->seconds + first->slack : (double)NAN;
}

/* The slowest of each span of ticks. */
static void draw_ticks(report_page *page, const report_input *input)
{
    double x[BINS_MAX + 1], y[BINS_MAX + 1];
    const size_t span = (input->n_ticks + BINS_MAX - 1) / BINS_MAX;
    const double deadline = find_deadline(input);
    const chart_level level = {deadline, "tick in real time"};
    char text[NUMBER_TEXT], title[96];
    size_t n = 0;
    for (size_t i = 0; i < input->n_ticks; i += span, n++) {
        x[n] = (double)input->ticks[i].tick;
        y[n] = input->ticks[i].seconds;
        for (size_t k = i; k < i + span && k < input->n_ticks; k++)
            y[n] = fmax(y[n], input->ticks[k].seconds);
    }
    x[n] = (double)input->ticks[input->n_ticks - 1].tick + 1;
    y[n] = y[n - 1];
    const chart_line line = {x, y, n + 1, true, "k"};
    snprintf(title, sizeof title, "Length of ticks%s%s", span > 1 ? ", the longest of each " : "",
             span > 1 ? number_count(span, text) : "");
    page_add(page, "<figure class=\"wide\"><h4>%s</h4>\n", title);
    chart_draw_lines(page, &(chart_lines){.title = title,
                                          .x_name = "tick",
                                          .x_form = NUMBER_COUNT,
                                          .y_form = NUMBER_SECONDS,
                                          .lines = &line,
                                          .n_lines = 1,
                                          .levels = &level,
                                          .n_levels = isfinite(deadline),
                                          .from_zero = true});
    page_add(page, "</figure>\n");
}

static void tell_reasons(report_page *page, const report_input *input)
{
    static const char *const meanings[N_REASONS] = {
        "neurons: updates, and spikes on their way out", "packets: taking them in, without a row",
        "rows: fetching and adding them", "mesh: packets on their way"};
    static const char *const heads[] = {"done last", "#ticks", "#share", "", NULL};
    uint64_t counts[N_REASONS] = {0};
    for (size_t i = 0; i < input->n_ticks; i++)
        counts[input->ticks[i].reason]++;
    page_table(page, "What ticks waited for", N_REASONS, heads);
    for (size_t k = 0; k < N_REASONS; k++) {
        const double share = (double)counts[k] / (double)input->n_ticks;
        page_row(page);
        page_cell(page, "%s", meanings[k]);
        page_cell_count(page, counts[k]);
        page_cell_number(page, share, NUMBER_SHARE);
        page_cell_bar(page, 0, share);
        page_row_end(page);
    }
    page_table_end(page, N_REASONS, "reasons");
}

static int compare_ticks(const void *a, const void *b)
{
    const report_tick *p = a, *q = b;
    if (p->seconds != q->seconds)
        return p->seconds > q->seconds ? -1 : 1;
    return (p->tick > q->tick) - (p->tick < q->tick);
}

/* `ticks` are sorted by it. */
static void tell_slowest_ticks(report_page *page, report_tick *ticks, size_t n)
{
    static const char *const heads[] = {"#tick", "#took", "#to spare", "done last", "", NULL};
    const size_t shown = n < SLOWEST ? n : SLOWEST;
    qsort(ticks, n, sizeof *ticks, compare_ticks);
    page_table(page, "Slowest ticks", shown, heads);
    for (size_t i = 0; i < shown; i++) {
        const report_tick *t = &ticks[i];
        if (t->slack < 0)
            page_row_wrong(page);
        else
            page_row(page);
        page_cell_count(page, t->tick);
        page_cell_number(page, t->seconds, NUMBER_SECONDS);
        page_cell_number(page, t->slack, NUMBER_SECONDS);
        page_cell_place(page, t->x, t->y, t->core);
        page_cell(page, "%s", report_reasons[t->reason]);
        page_row_end(page);
    }
    page_table_end(page, shown, "ticks");
}

static plc_status tell_ticks(report_page *page, const report_input *input, plc_error *error)
{
    const size_t n = input->n_ticks;
    double *lengths = plc_array(n, sizeof *lengths);
    report_tick *sorted = plc_array_copy(input->ticks, n, sizeof *sorted);
    uint64_t late = 0;
    if (!lengths || !sorted) {
        free(lengths);
        free(sorted);
        return plc_fail_memory(error, "a report");
    }
    for (size_t i = 0; i < n; i++) {
        lengths[i] = input->ticks[i].seconds;
        late += input->ticks[i].slack < 0;
    }
    page_begin(page);
    draw_ticks(page, input);
    page_add(page, "<div class=\"pair\">\n");
    chart_draw_histogram(page, &(chart_histogram){.title = "Length of ticks",
                                                  .things = "ticks",
                                                  .form = NUMBER_SECONDS,
                                                  .values = lengths,
                                                  .n = n,
                                                  .mark = find_deadline(input),
                                                  .mark_text = "real time"});
    page_add(page, "<div>\n");
    tell_reasons(page, input);
    tell_slowest_ticks(page, sorted, n);
    page_add(page, "</div></div>\n");
    if (late) {
        char a[NUMBER_TEXT], b[NUMBER_TEXT], sentence[160];
        snprintf(sentence, sizeof sentence, "%s of %s ticks took longer than real time.",
                 number_count(late, a), number_count(n, b));
        page_verdict(page, false, sentence);
    }
    free(lengths);
    free(sorted);
    return PLC_OK;
}

plc_status report_draw_time(report *self, const report_input *input, plc_error *error)
{
    if (input->json && json_object_get(input->json, "deadline_misses"))
        tell_run(&self->page, input->json);
    if (input->kind == REPORT_TIMING && input->n_ticks)
        return tell_ticks(&self->page, input, error);
    return PLC_OK;
}
