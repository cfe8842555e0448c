/* Charts of the report page: axes, and lines over them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/report/chart_axis.h"

#include <math.h>

/* Lengths in pixels. */
enum { WIDTH = 1000, HEIGHT = 270, LEFT = 78, RIGHT = 20, TOP = 16, FOOT = 44 };

chart_axis chart_axis_make(double low, double high, unsigned n_steps)
{
    low = fmin(fmax(low, -1e280), 1e280);
    high = fmin(fmax(high, -1e280), 1e280);
    if (!(high - low > 1e-280)) {
        high += low != 0 ? fabs(low) * 0.05 : 1;
        low -= fabs(low) * 0.05;
    }
    const double step = number_step((high - low) / n_steps);
    return (chart_axis){floor(low / step + 1e-9) * step, ceil(high / step - 1e-9) * step, step};
}

unsigned chart_axis_steps(const chart_axis *axis)
{
    const double n = (axis->high - axis->low) / axis->step;
    return (unsigned)lround(fmin(fmax(n, 1), 100));
}

void chart_open(report_page *page, const char *title, const char *description, int width,
                int height)
{
    page_add(page,
             "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" viewBox=\"0 0 %d %d\" "
             "role=\"img\"><title>%s</title><desc>%s</desc>\n",
             width, height, title, description);
}

/* A number's power of ten that all labels of an axis share would be lost on readers; each label
 * stands alone. */
void chart_draw_y(report_page *page, const chart_box *box, const chart_axis *axis, number_form form)
{
    const unsigned n = chart_axis_steps(axis);
    char text[NUMBER_TEXT];
    for (unsigned i = 0; i <= n; i++) {
        const double y = box->bottom - (box->bottom - box->top) * i / n;
        page_add(page,
                 "<path class=\"g\" d=\"M%.1f %.1fH%.1f\"/><text x=\"%.1f\" y=\"%.1f\" "
                 "text-anchor=\"end\">%s</text>\n",
                 box->left, y, box->right, box->left - 6, y + 4,
                 number_axis(axis->low + i * axis->step, form, text));
    }
}

void chart_draw_x(report_page *page, const chart_box *box, const chart_axis *axis, number_form form)
{
    const unsigned n = chart_axis_steps(axis);
    char text[NUMBER_TEXT];
    for (unsigned i = 0; i <= n; i++) {
        const double x = box->left + (box->right - box->left) * i / n;
        page_add(page,
                 "<path class=\"g\" d=\"M%.1f %.1fv5\"/><text x=\"%.1f\" y=\"%.1f\" "
                 "text-anchor=\"%s\">%s</text>\n",
                 x, box->bottom, x, box->bottom + 18, i == n ? "end" : "middle",
                 number_axis(axis->low + i * axis->step, form, text));
    }
}

static double at(double value, const chart_axis *axis, double from, double to)
{
    return from + (to - from) * (value - axis->low) / (axis->high - axis->low);
}

static void draw_line(report_page *page, const chart_line *line, const chart_box *box,
                      const chart_axis *across, const chart_axis *up, double end)
{
    page_add(page, "<path class=\"%s\" d=\"", line->style);
    for (size_t i = 0; i < line->n; i++) {
        const double x = at(line->x[i], across, box->left, box->right);
        const double y = at(line->y[i], up, box->bottom, box->top);
        if (i == 0)
            page_add(page, "M%.1f %.1f", x, y);
        else if (line->steps)
            page_add(page, "H%.1fV%.1f", x, y);
        else
            page_add(page, "L%.1f %.1f", x, y);
    }
    if (line->steps) /* what holds goes on to hold */
        page_add(page, "H%.1f", at(end, across, box->left, box->right));
    page_add(page, "\"/>\n");
}

/* A level within the axis as a line, another one as a note at the edge it is beyond. */
static void draw_level(report_page *page, const chart_level *level, const chart_box *box,
                       const chart_axis *up, number_form form)
{
    char text[NUMBER_TEXT];
    const bool above = level->y > up->high, below = level->y < up->low;
    const double y = at(fmin(fmax(level->y, up->low), up->high), up, box->bottom, box->top);
    if (!above && !below)
        page_add(page, "<path class=\"l\" d=\"M%.1f %.1fH%.1f\"/>", box->left, y, box->right);
    page_add(page, "<text class=\"t\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">%s%s %s</text>\n",
             box->right - 4, y < box->top + 16 ? y + 15 : y - 5, level->text,
             above   ? " is above:"
             : below ? " is below:"
                     : "",
             number_text(level->y, form, text));
}

/* What the lines reach; false where there is nothing to draw. */
static bool find_ranges(const chart_lines *chart, double x[2], double y[2])
{
    x[0] = y[0] = (double)INFINITY;
    x[1] = y[1] = -(double)INFINITY;
    for (size_t l = 0; l < chart->n_lines; l++)
        for (size_t i = 0; i < chart->lines[l].n; i++) {
            x[0] = fmin(x[0], chart->lines[l].x[i]);
            x[1] = fmax(x[1], chart->lines[l].x[i]);
            y[0] = fmin(y[0], chart->lines[l].y[i]);
            y[1] = fmax(y[1], chart->lines[l].y[i]);
        }
    if (chart->from_zero)
        y[0] = fmin(y[0], 0);
    if (x[0] > 0 && (x[0] < 0.5 * x[1] || x[0] >= x[1]))
        x[0] = 0;
    return x[0] <= x[1] && y[0] <= y[1];
}

void chart_draw_lines(report_page *page, const chart_lines *chart)
{
    const chart_box box = {LEFT, WIDTH - RIGHT, TOP, HEIGHT - FOOT};
    double x[2], y[2];
    if (!find_ranges(chart, x, y))
        return;
    const double reach = y[1] - y[0] > 0 ? y[1] - y[0] : 1;
    for (size_t i = 0; i < chart->n_levels; i++) /* what is near is worth the room */
        if (chart->levels[i].y > y[1] && chart->levels[i].y <= y[1] + reach)
            y[1] = chart->levels[i].y;
    const chart_axis across = chart_axis_make(x[0], x[1], 8), up = chart_axis_make(y[0], y[1], 5);
    chart_open(page, chart->title, chart->x_name, WIDTH, HEIGHT);
    chart_draw_y(page, &box, &up, chart->y_form);
    chart_draw_x(page, &box, &across, chart->x_form);
    for (size_t l = 0; l < chart->n_lines; l++)
        draw_line(page, &chart->lines[l], &box, &across, &up, x[1]);
    for (size_t i = 0; i < chart->n_levels; i++)
        draw_level(page, &chart->levels[i], &box, &up, chart->y_form);
    page_add(page, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>\n</svg>\n",
             (box.left + box.right) / 2, HEIGHT - 8, chart->x_name);
}
