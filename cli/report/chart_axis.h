/* Axes of charts. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_CLI_REPORT_CHART_AXIS_H
#define PLC_CLI_REPORT_CHART_AXIS_H

#include "cli/report/chart.h"

/* From a round number to a round number in round steps. */
typedef struct chart_axis {
    double low, high, step;
} chart_axis;

/* The room for lines and columns, in pixels. */
typedef struct chart_box {
    double left, right, top, bottom;
} chart_box;

/* An axis that covers [low, high] in about n_steps. */
chart_axis chart_axis_make(double low, double high, unsigned n_steps);
unsigned chart_axis_steps(const chart_axis *axis);

/* Begins the SVG of a chart. */
void chart_open(report_page *page, const char *title, const char *description, int width,
                int height);
void chart_draw_y(report_page *page, const chart_box *box, const chart_axis *axis,
                  number_form form);
void chart_draw_x(report_page *page, const chart_box *box, const chart_axis *axis,
                  number_form form);

#endif
