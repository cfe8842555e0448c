/* How solutions became better over time. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/memory.h"
#include "cli/report/chart.h"
#include "cli/report/report.h"

#include <math.h>
#include <stdio.h>

enum { LINES_MAX = 200, LEVELS_MAX = 2 };

/* Lines over one axis. */
typedef struct curves {
    double *x, *y;     /* [n_steps] */
    chart_line *lines; /* [runs] */
    size_t n_lines, n_runs;
} curves;

static void finish(curves *c)
{
    free(c->x);
    free(c->y);
    free(c->lines);
}

static bool allocate(curves *c, size_t n)
{
    *c = (curves){.x = plc_array(n, sizeof *c->x),
                  .y = plc_array(n, sizeof *c->y),
                  .lines = plc_array(n < LINES_MAX ? n : LINES_MAX, sizeof *c->lines)};
    return c->x && c->y && c->lines;
}

/* The best known cut and the bound, where the one result among the inputs is of this problem. */
static size_t find_levels(const report *self, chart_level levels[LEVELS_MAX])
{
    const json_t *json = NULL;
    size_t n = 0;
    for (size_t i = 0; i < self->n; i++)
        if (report_is_result(&self->inputs[i], "maxcut")) {
            if (json)
                return 0;
            json = self->inputs[i].json;
        }
    const double best = report_number(json, "best_known"), bound = report_number(json, "bound");
    if (!isnan(best))
        levels[n++] = (chart_level){best, "best known"};
    if (!isnan(bound))
        levels[n++] = (chart_level){bound, "upper bound"};
    return n;
}

static void draw(report_page *page, const char *title, const char *x_name, number_form x_form,
                 const chart_line *lines, size_t n, const chart_level *levels, size_t n_levels)
{
    page_add(page, "<figure class=\"wide\"><h4>%s</h4>\n", title);
    chart_draw_lines(page, &(chart_lines){.title = title,
                                          .x_name = x_name,
                                          .x_form = x_form,
                                          .y_form = NUMBER_COUNT,
                                          .lines = lines,
                                          .n_lines = n,
                                          .levels = levels,
                                          .n_levels = n_levels});
    page_add(page, "</figure>\n");
}

/* A line for each of the first runs. */
static void collect_runs(curves *c, const report_input *input)
{
    for (size_t i = 0; i < input->n_steps; i++) {
        c->x[i] = input->steps[i].ticks;
        c->y[i] = input->steps[i].value;
        if (i == 0 || input->steps[i].run != input->steps[i - 1].run) {
            c->n_runs++;
            if (c->n_lines < LINES_MAX)
                c->lines[c->n_lines++] = (chart_line){c->x + i, c->y + i, 0, true, "o"};
        }
        if (c->n_runs == c->n_lines)
            c->lines[c->n_lines - 1].n++;
    }
}

static int compare_times(const void *a, const void *b)
{
    const report_step *p = a, *q = b;
    return (p->seconds > q->seconds) - (p->seconds < q->seconds);
}

/* Whether less is better: most improvements of a run go down. */
static bool goes_down(const report_input *input)
{
    size_t down = 0, up = 0;
    for (size_t i = 1; i < input->n_steps; i++)
        if (input->steps[i].run == input->steps[i - 1].run) {
            down += input->steps[i].value < input->steps[i - 1].value;
            up += input->steps[i].value > input->steps[i - 1].value;
        }
    return down > up;
}

/* The best of all runs so far, over the time of the whole call. */
static plc_status collect_best(curves *c, const report_input *input, plc_error *error)
{
    const bool down = goes_down(input);
    const size_t n = input->n_steps;
    report_step *steps = plc_array_copy(input->steps, n, sizeof *steps);
    size_t kept = 0;
    if (!steps)
        return plc_fail_memory(error, "a report");
    qsort(steps, n, sizeof *steps, compare_times);
    for (size_t i = 0; i < n; i++) {
        const double value = steps[i].value;
        const bool better = kept == 0 || (down ? value < c->y[kept - 1] : value > c->y[kept - 1]);
        if (!better && i + 1 < n)
            continue;
        c->x[kept] = steps[i].seconds;
        c->y[kept] = better ? value : c->y[kept - 1];
        kept++;
    }
    c->lines[0] = (chart_line){c->x, c->y, kept, true, "k"};
    c->n_lines = 1;
    free(steps);
    return PLC_OK;
}

plc_status report_draw_curve(report *self, const report_input *input, plc_error *error)
{
    chart_level levels[LEVELS_MAX];
    curves c;
    char title[96];
    if (input->kind != REPORT_CURVE || !input->n_steps)
        return PLC_OK;
    const size_t n_levels = find_levels(self, levels);
    if (!allocate(&c, input->n_steps)) {
        finish(&c);
        return plc_fail_memory(error, "a report");
    }
    plc_status status = collect_best(&c, input, error);
    if (status == PLC_OK) {
        page_begin(&self->page);
        snprintf(title, sizeof title, "Best %s of all runs so far", input->value_name);
        draw(&self->page, title, "wall time", NUMBER_SECONDS, c.lines, 1, levels, n_levels);
        c.n_lines = 0;
        collect_runs(&c, input);
        snprintf(title, sizeof title, "Best %s of each run so far", input->value_name);
        draw(&self->page, title, "ticks of the run", NUMBER_COUNT, c.lines, c.n_lines, levels,
             n_levels);
        if (c.n_runs > c.n_lines)
            page_note(&self->page, "The first %zu of %zu runs are drawn.", c.n_lines, c.n_runs);
    }
    finish(&c);
    return status;
}
