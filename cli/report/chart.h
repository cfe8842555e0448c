/* Charts of the report page, as SVG that takes its colours from the page. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_CLI_REPORT_CHART_H
#define PLC_CLI_REPORT_CHART_H

#include "cli/report/page.h"

/* How many things have which value. */
typedef struct chart_histogram {
    const char *title;    /* above it: "Neurons of a core" */
    const char *things;   /* what is counted: "cores" */
    number_form form;     /* of the values */
    const double *values; /* [n] */
    const double *counts; /* [n] of each value; NULL: one each */
    size_t n;
    double mark; /* a value to mark if it is near: a limit; NAN: none */
    const char *mark_text;
    const char *note; /* below it; NULL: none */
} chart_histogram;

/* Draws a histogram of at most 24 columns, of round width. Nothing for n = 0. O(n) */
void chart_draw_histogram(report_page *page, const chart_histogram *chart);

/* A line of a chart. */
typedef struct chart_line {
    const double *x, *y; /* [n] */
    size_t n;
    bool steps;        /* y holds until the next x */
    const char *style; /* class of the page's style sheet */
} chart_line;

/* A height to compare with. */
typedef struct chart_level {
    double y;
    const char *text; /* escaped */
} chart_level;

typedef struct chart_lines {
    const char *title, *x_name;
    number_form x_form, y_form;
    const chart_line *lines; /* [n_lines] */
    size_t n_lines;
    const chart_level *levels; /* [n_levels] */
    size_t n_levels;
    bool from_zero; /* the axis of y begins at 0 */
} chart_lines;

/* Draws lines over a common x. A level too far away to be drawn is told at the edge. */
void chart_draw_lines(report_page *page, const chart_lines *chart);

#endif
