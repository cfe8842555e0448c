/* Spikes over time as a result of placode run tells them: a strip for each population. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/report/chart.h"
#include "cli/report/report.h"

#include "cli/picture.h"

#include <math.h>
#include <stdio.h>

/* Lengths in pixels. */
enum { WIDTH = 1000, LEFT = 150, RIGHT = 20, ROW = 20, GAP = 4, FOOT = 36, LEVELS = 8 };
enum { SPANS_MAX = 1000, ROWS_MAX = 64, NAME_COLUMNS = 22 };

/* What a result tells of its spikes. */
typedef struct told {
    const json_t *populations; /* names, neurons, spikes */
    const json_t *rows;        /* spikes of each population in each span */
    const json_t *total;
    double span, ticks; /* [ticks] */
    size_t n;           /* spans */
} told;

static bool find(const json_t *json, told *t)
{
    const json_t *activity = json_object_get(json, "activity");
    *t = (told){.populations = report_list(json, "populations"),
                .rows = report_list(activity, "populations"),
                .total = report_list(activity, "total"),
                .span = report_number(activity, "span"),
                .ticks = report_number(json, "ticks")};
    t->n = json_array_size(t->total);
    t->n = t->n < SPANS_MAX ? t->n : SPANS_MAX;
    return t->n && t->span >= 1 && t->ticks >= 1 && t->ticks < 1e18 &&
           json_array_size(t->populations);
}

static double count_at(const json_t *row, size_t span)
{
    return fmax(0, json_number_value(json_array_get(row, span)));
}

/* Spans of one strength as one path; strengths are by the root, so that little is seen beside much.
 */
static void draw_row(report_page *page, const told *t, size_t p, double y)
{
    const json_t *row = json_array_get(t->rows, p);
    const double width = (WIDTH - LEFT - RIGHT) * t->span / fmax(t->ticks, t->span * (double)t->n);
    double most = 1;
    for (size_t i = 0; i < t->n; i++)
        most = fmax(most, count_at(row, i));
    for (unsigned level = 1; level <= LEVELS; level++) {
        page_add(page, "<path fill=\"%s\" fill-opacity=\"%.3g\" d=\"",
                 picture_population_colour((uint32_t)p), (double)level / LEVELS);
        for (size_t i = 0; i < t->n; i++) {
            const size_t begin = i;
            while (i < t->n &&
                   (unsigned)ceil(LEVELS * sqrt(fmin(1, count_at(row, i) / most))) == level)
                i++;
            if (i > begin)
                page_add(page, "M%.1f %.1fh%.1fv%dh%.1fz", LEFT + (double)begin * width, y,
                         (double)(i - begin) * width, ROW, -(double)(i - begin) * width);
        }
        page_add(page, "\"/>\n");
    }
}

static void draw_axis(report_page *page, const told *t, double y)
{
    const double step = number_step(t->ticks / 8);
    char text[NUMBER_TEXT];
    for (double tick = 0; tick <= t->ticks; tick += step) {
        const double x = LEFT + (WIDTH - LEFT - RIGHT) * tick / t->ticks;
        page_add(page,
                 "<path stroke=\"#57606a\" d=\"M%.1f %.1fv4\"/><text x=\"%.1f\" y=\"%.1f\" "
                 "text-anchor=\"middle\" fill=\"#57606a\">%s</text>\n",
                 x, y, x, y + 17, number_axis(tick, NUMBER_COUNT, text));
    }
    page_add(page,
             "<text x=\"%d\" y=\"%.1f\" text-anchor=\"middle\" fill=\"#57606a\">tick</text>\n",
             (LEFT + WIDTH - RIGHT) / 2, y + 33);
}

static void draw_strips(report_page *page, const told *t)
{
    const size_t all = json_array_size(t->rows), n = all < ROWS_MAX ? all : ROWS_MAX;
    const double height = (double)n * (ROW + GAP);
    page_add(page,
             "<figure class=\"raster\" tabindex=\"0\"><svg xmlns=\"http://www.w3.org/2000/svg\" "
             "viewBox=\"0 0 %d %.0f\" role=\"img\" font-size=\"12\" fill=\"#24292f\"><title>Spikes "
             "over time</title><desc>A strip for each population</desc>\n",
             WIDTH, height + FOOT);
    for (size_t p = 0; p < n; p++) {
        const double y = (double)p * (ROW + GAP);
        const char *name = report_text(json_array_get(t->populations, p), "population");
        page_add(page,
                 "<path class=\"strip\" d=\"M%d %.1fH%dv%dH%dz\"/><text x=\"%d\" y=\"%.1f\" "
                 "text-anchor=\"end\" fill=\"#24292f\">",
                 LEFT, y, WIDTH - RIGHT, ROW, LEFT, LEFT - 8, y + 15);
        picture_add_text(&page->body, name ? name : "?", NAME_COLUMNS);
        page_add(page, "</text>\n");
        draw_row(page, t, p, y);
    }
    draw_axis(page, t, height);
    page_add(page, "</svg></figure>\n");
}

static void draw_total(report_page *page, const told *t)
{
    double x[SPANS_MAX + 1], y[SPANS_MAX + 1];
    char text[NUMBER_TEXT], title[96];
    for (size_t i = 0; i < t->n; i++) {
        const double end = fmin(t->ticks, t->span * (double)(i + 1));
        x[i] = t->span * (double)i;
        y[i] = count_at(t->total, i) / fmax(1, end - x[i]);
    }
    x[t->n] = t->ticks;
    y[t->n] = y[t->n - 1];
    snprintf(title, sizeof title, "Spikes a tick%s%s%s", t->span > 1 ? ", mean of " : "",
             t->span > 1 ? number_text(t->span, NUMBER_COUNT, text) : "",
             t->span > 1 ? " ticks" : "");
    page_add(page, "<figure class=\"wide\"><h4>%s</h4>\n", title);
    chart_draw_lines(page, &(chart_lines){.title = title,
                                          .x_name = "tick",
                                          .x_form = NUMBER_COUNT,
                                          .y_form = NUMBER_COUNT,
                                          .lines = &(chart_line){x, y, t->n + 1, true, "k"},
                                          .n_lines = 1,
                                          .from_zero = true});
    page_add(page, "</figure>\n");
}

static void tell_populations(report_page *page, const told *t)
{
    static const char *const heads[] = {"population", "#neurons", "#spikes",
                                        "#spikes a neuron and 1,000 ticks", NULL};
    const size_t n = json_array_size(t->populations);
    page_table(page, "How populations fire", n, heads);
    for (size_t p = 0; p < n && p < PAGE_ROWS_MAX; p++) {
        const json_t *population = json_array_get(t->populations, p);
        const char *name = report_text(population, "population");
        const double neurons = report_number(population, "neurons");
        const double spikes = report_number(population, "spikes");
        page_row(page);
        page_cell_population(page, (uint32_t)p, name ? name : "?");
        page_cell_number(page, neurons, NUMBER_COUNT);
        page_cell_number(page, spikes, NUMBER_COUNT);
        page_cell_number(page, 1e3 * spikes / neurons / t->ticks, NUMBER_REAL);
        page_row_end(page);
    }
    page_table_end(page, n, "populations");
}

plc_status report_draw_activity(report *self, const report_input *input, plc_error *error)
{
    told t;
    (void)error;
    for (size_t i = 0; i < self->n; i++)
        if (self->inputs[i].kind == REPORT_SPIKES)
            return PLC_OK; /* spikes one by one tell more */
    if (!input->json || !find(input->json, &t))
        return PLC_OK;
    page_begin(&self->page);
    draw_strips(&self->page, &t);
    draw_total(&self->page, &t);
    tell_populations(&self->page, &t);
    return PLC_OK;
}
