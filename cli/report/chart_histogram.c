/* Histograms of the report page. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/report/chart_axis.h"

#include <math.h>
#include <stdio.h>

/* Lengths in pixels. */
enum {
    WIDTH = 360,
    HEIGHT = 200,
    LEFT = 46,
    RIGHT = 12,
    TOP = 34,
    FOOT = 26,
    COLUMNS_MAX = 26,
    COLUMNS_MIN = 9
};

/* Columns [low + i width, low + (i + 1) width); whole values of width 1 stand in the middle. */
typedef struct columns {
    double low, width, counts[COLUMNS_MAX], most;
    unsigned n;
} columns;

static bool are_whole(const chart_histogram *chart)
{
    for (size_t i = 0; i < chart->n; i++)
        if (chart->values[i] != floor(chart->values[i]))
            return false;
    return true;
}

static columns count(const chart_histogram *chart)
{
    double least = (double)INFINITY, greatest = -(double)INFINITY;
    for (size_t i = 0; i < chart->n; i++) {
        least = fmin(least, chart->values[i]);
        greatest = fmax(greatest, chart->values[i]);
    }
    if (chart->mark > greatest && chart->mark - least <= 2 * (greatest - fmin(least, 0)))
        greatest = chart->mark;
    const bool whole = are_whole(chart);
    const double span = greatest - least > 0 ? greatest - least : fmax(fabs(greatest), 1) * 0.1;
    columns c = {.width = number_step_of(chart->form, span / 20, greatest)};
    if (whole)
        c.width = fmax(ceil(c.width), 1);
    if (least > 0 && least <= 0.3 * greatest)
        least = 0; /* how far from nothing, where there is room for it */
    c.width = greatest - least > c.width * 24
                  ? number_step_of(chart->form, (greatest - least) / 23, greatest)
                  : c.width;
    if (whole)
        c.width = fmax(ceil(c.width), 1);
    c.low = floor(least / c.width) * c.width;
    c.n = (unsigned)fmin(fmax(floor((greatest - c.low) / c.width) + 1, 1), COLUMNS_MAX);
    if (c.n < COLUMNS_MIN) { /* a few columns stay slim */
        const double before = (COLUMNS_MIN - c.n) / 2;
        c.low = least >= 0 ? fmax(0, c.low - before * c.width) : c.low - before * c.width;
        c.n = COLUMNS_MIN;
    }
    for (size_t i = 0; i < chart->n; i++) {
        const double share = floor((chart->values[i] - c.low) / c.width + 1e-9);
        const unsigned at = (unsigned)fmin(fmax(0, share), c.n - 1);
        c.counts[at] += chart->counts ? chart->counts[i] : 1;
        c.most = fmax(c.most, c.counts[at]);
    }
    return c;
}

/* "120 to 139: 5 cores". */
static void draw_column(report_page *page, const chart_histogram *chart, const columns *c,
                        unsigned i, const chart_box *box, const chart_axis *up)
{
    const double pitch = (box->right - box->left) / c->n;
    const double height = (box->bottom - box->top) * c->counts[i] / up->high;
    const double from = c->low + i * c->width, to = from + c->width;
    const bool single = c->width == 1 && from == floor(from);
    char first[NUMBER_TEXT], last[NUMBER_TEXT], n[NUMBER_TEXT];
    if (c->counts[i] <= 0)
        return;
    page_add(page,
             "<rect class=\"b\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"><title>%s",
             box->left + i * pitch + 0.5, box->bottom - fmax(height, 1), fmax(pitch - 1, 1),
             fmax(height, 1), number_text(from, chart->form, first));
    if (!single)
        page_add(page, " to below %s", number_text(to, chart->form, last));
    page_add(page, ": %s %s</title></rect>\n", number_text(c->counts[i], NUMBER_COUNT, n),
             chart->things);
}

/* Numbers below the columns, as many as there is room for. */
static void draw_values(report_page *page, const chart_histogram *chart, const columns *c,
                        const chart_box *box)
{
    const double pitch = (box->right - box->left) / c->n;
    const bool whole = c->width == 1;
    const unsigned every = (unsigned)ceil(c->n / 5.0);
    char text[NUMBER_TEXT];
    for (unsigned i = 0; i < c->n + !whole; i += every) {
        const double x = box->left + (i + (whole ? 0.5 : 0)) * pitch;
        page_add(page, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>\n", x,
                 box->bottom + 17, x > box->right - 14 ? "end" : "middle",
                 number_axis(c->low + i * c->width, chart->form, text));
    }
}

static void draw_mark(report_page *page, const chart_histogram *chart, const columns *c,
                      const chart_box *box)
{
    const double middle = c->width == 1 ? 0.5 : 0;
    const double share = ((chart->mark - c->low) / c->width + middle) / c->n;
    char text[NUMBER_TEXT];
    if (!(share >= 0 && share <= 1 + 1e-9))
        return;
    const double x = box->left + share * (box->right - box->left);
    page_add(page,
             "<path class=\"l\" d=\"M%.1f %.1fV%.1f\"/><text class=\"t\" x=\"%.1f\" y=\"%.1f\" "
             "text-anchor=\"%s\">%s %s</text>\n",
             x, box->top - 8, box->bottom, x + (share > 0.5 ? -5 : 5), box->top - 12,
             share > 0.5 ? "end" : "start", chart->mark_text,
             number_text(chart->mark, chart->form, text));
}

void chart_draw_histogram(report_page *page, const chart_histogram *chart)
{
    const chart_box box = {LEFT, WIDTH - RIGHT, TOP, HEIGHT - FOOT};
    if (chart->n == 0)
        return;
    const columns c = count(chart);
    chart_axis up = chart_axis_make(0, c.most, 4);
    if (up.step < 1)
        up = (chart_axis){0, ceil(c.most), 1};
    page_add(page, "<figure><h4>%s</h4>\n", chart->title);
    chart_open(page, chart->title, chart->things, WIDTH, HEIGHT);
    chart_draw_y(page, &box, &up, NUMBER_COUNT);
    for (unsigned i = 0; i < c.n; i++)
        draw_column(page, chart, &c, i, &box, &up);
    draw_values(page, chart, &c, &box);
    draw_mark(page, chart, &c, &box);
    page_add(page, "<text x=\"2\" y=\"14\">%s</text></svg>\n", chart->things);
    if (chart->note)
        page_add(page, "<p>%s</p>\n", chart->note);
    page_add(page, "</figure>\n");
}
