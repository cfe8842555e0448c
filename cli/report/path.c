/* Where time went: the critical path of a tick, and the way of a spike. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/report/report.h"

#include <math.h>
#include <string.h>

enum { PARTS_MAX = PAGE_ROWS_MAX };

static void add_what(report_page *page, const json_t *part)
{
    const char *what = report_text(part, "what");
    char name[64] = "?";
    if (what)
        snprintf(name, sizeof name, "%s", what);
    for (char *c = name; *c; c++)
        *c = *c == '_' ? ' ' : *c;
    page_cell_name(page, name);
}

/* Where: a core, a router, or a link of it. */
static void add_where(report_page *page, const json_t *part)
{
    const json_t *core = json_object_get(part, "core");
    const char *link = report_text(part, "link");
    const double x = report_number(part, "x"), y = report_number(part, "y");
    page_add(page, "<td>");
    if (json_is_integer(core))
        page_add(page, "core %lld of ", (long long)json_integer_value(core));
    if (!isnan(x) && !isnan(y))
        page_add(page, "(%.0f, %.0f)", x, y);
    if (link) {
        page_add(page, " to the ");
        page_name(page, link);
    }
    page_add(page, "</td>");
}

/* The path is told backwards, from what was done last; readers begin at the start. */
static void tell_path(report_page *page, const json_t *json, const json_t *path)
{
    static const char *const heads[] = {"what", "where", "#times", "#took", "#share", "", NULL};
    const size_t n = json_array_size(path);
    const double length = report_number(json, "length_ps");
    double done = 0;
    page_begin(page);
    page_table(page, "The critical path, from the start of the tick to its end", n, heads);
    for (size_t i = n; i-- > 0 && n - i <= PARTS_MAX;) {
        const json_t *part = json_array_get(path, i);
        const double ps = report_number(part, "ps");
        page_row(page);
        add_what(page, part);
        add_where(page, part);
        page_cell_number(page, report_number(part, "n"), NUMBER_COUNT);
        page_cell_number(page, ps, NUMBER_PICOSECONDS);
        page_cell_number(page, ps / length, NUMBER_SHARE);
        page_cell_bar(page, done / length, (done + ps) / length);
        page_row_end(page);
        done += isnan(ps) ? 0 : ps;
    }
    page_table_end(page, n, "parts");
}

static void tell_steps(report_page *page, const json_t *steps)
{
    static const char *const heads[] = {"what", "where", "#begins", "#took", "#waited", "", NULL};
    const size_t n = json_array_size(steps);
    double first = (double)INFINITY, last = 0;
    for (size_t i = 0; i < n; i++) {
        first = fmin(first, report_number(json_array_get(steps, i), "begin_ps"));
        last = fmax(last, report_number(json_array_get(steps, i), "end_ps"));
    }
    const double length = last > first ? last - first : 1;
    page_begin(page);
    page_table(page, "The way of the spike, from the start of its tick", n, heads);
    for (size_t i = 0; i < n && i < PARTS_MAX; i++) {
        const json_t *step = json_array_get(steps, i);
        const double begin = report_number(step, "begin_ps"), end = report_number(step, "end_ps");
        page_row(page);
        add_what(page, step);
        add_where(page, step);
        page_cell_number(page, begin, NUMBER_PICOSECONDS);
        page_cell_number(page, end - begin, NUMBER_PICOSECONDS);
        page_cell_number(page, report_number(step, "wait_ps"), NUMBER_PICOSECONDS);
        page_cell_bar(page, (begin - first) / length, (end - first) / length);
        page_row_end(page);
    }
    page_table_end(page, n, "steps");
}

plc_status report_draw_path(report *self, const report_input *input, plc_error *error)
{
    (void)error;
    if (!report_is_result(input, "explain"))
        return PLC_OK;
    const json_t *path = report_list(input->json, "path");
    const json_t *steps = report_list(input->json, "steps");
    if (json_array_size(path))
        tell_path(&self->page, input->json, path);
    if (json_array_size(steps))
        tell_steps(&self->page, steps);
    return PLC_OK;
}
