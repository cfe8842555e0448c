/* Draws spikes as SVG. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/raster.h"

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "cli/picture.h"

#include <math.h>

/* Lengths in pixels. */
enum {
    LEFT = 104, /* names of populations */
    RIGHT = 20,
    TOP = 44,      /* title */
    FOOT = 40,     /* axis */
    GAP = 6,       /* between bands */
    ROW_MAX = 8,   /* height of a neuron */
    BAND_MIN = 14, /* of a population */
    BAND_MAX = 160,
    WIDTH_MIN = 640, /* of the time axis */
    WIDTH_MAX = 1400,
    TICK_MAX = 10, /* width of a tick */
    LABEL_SIZE = 10,
    LABEL_COLUMNS = 24,
    POPULATIONS_MAX = 40,  /* populations that are drawn */
    POINTS_MAX = 40000,    /* spikes that are drawn one by one; more are drawn as density */
    DENSITY_CELLS = 80000, /* of the whole picture, about */
    MARK_MIN = 5,          /* between marks, on average */
};

/* Where things are. */
typedef struct frame {
    double tick, width; /* of a tick, of the time axis */
    double plot_top, plot_bottom;
    uint32_t n_bands;
    double *tops, *rows; /* [n_populations] of each band, and the height of its neurons */
} frame;

static double at_tick(const frame *f, double tick)
{
    return LEFT + tick * f->tick;
}

static bool lay_out(const raster *self, frame *f)
{
    const uint32_t all = self->trace->n_populations,
                   n = all < POPULATIONS_MAX ? all : POPULATIONS_MAX;
    const double ticks = self->ticks ? (double)self->ticks : 1;
    double longest = 0;
    f->tops = plc_array(n, sizeof *f->tops);
    f->rows = plc_array(n, sizeof *f->rows);
    if (!f->tops || !f->rows)
        return false;
    f->n_bands = n;
    f->width = fmin(fmax(WIDTH_MIN, ticks * TICK_MAX), WIDTH_MAX);
    f->tick = f->width / ticks;
    for (size_t i = 0; i < self->n_marks; i++)
        longest = fmax(longest, picture_text_width(strlen(self->marks[i].label), LABEL_SIZE));
    f->plot_top = TOP + fmin(longest, picture_text_width(LABEL_COLUMNS, LABEL_SIZE)) + 6;
    double y = f->plot_top;
    for (uint32_t p = 0; p < n; p++) {
        const double size = self->sizes[p] ? self->sizes[p] : 1;
        const double band = fmin(fmax(size * ROW_MAX, BAND_MIN), BAND_MAX);
        f->tops[p] = y;
        f->rows[p] = band / size;
        y += band + GAP;
    }
    f->plot_bottom = y - (n ? GAP : 0);
    return true;
}

/* A round number of ticks between the numbers of the axis: 1, 2 or 5 times a power of 10. */
static double axis_step(const frame *f)
{
    const double least = 56 / f->tick;
    double step = pow(10, floor(log10(fmax(least, 1))));
    while (step < least)
        step *= step * 2 >= least ? 2 : step * 5 >= least ? 5 : 10;
    return fmax(step, 1);
}

static void draw_axis(const raster *self, const frame *f, plc_text *svg)
{
    const double step = axis_step(f);
    plc_text_add(svg, "<g font-size=\"%d\" fill=\"#57606a\" text-anchor=\"middle\">\n", LABEL_SIZE);
    for (double t = 0; t <= (double)self->ticks; t += step) {
        const double x = at_tick(f, t);
        plc_text_add(svg,
                     "<path stroke=\"#57606a\" d=\"M%.1f %.1fv4\"/><text x=\"%.1f\" y=\"%.1f\">"
                     "%.0f</text>\n",
                     x, f->plot_bottom, x, f->plot_bottom + 16, t);
    }
    plc_text_add(svg, "<text x=\"%.1f\" y=\"%.1f\">tick</text>\n", LEFT + f->width / 2,
                 f->plot_bottom + 32);
    if (f->n_bands < self->trace->n_populations)
        plc_text_add(svg,
                     "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">%u populations more, not "
                     "drawn</text>\n",
                     LEFT + f->width, f->plot_bottom + 32, self->trace->n_populations - f->n_bands);
    plc_text_add(svg, "</g>\n");
}

static void draw_bands(const raster *self, const frame *f, plc_text *svg)
{
    for (uint32_t p = 0; p < f->n_bands; p++) {
        const double height = f->rows[p] * (self->sizes[p] ? self->sizes[p] : 1);
        plc_text_add(
            svg, "<rect x=\"%d\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"#f6f8fa\"/>\n",
            LEFT, f->tops[p], f->width, height);
        plc_text_add(svg, "<text x=\"%d\" y=\"%.1f\" font-size=\"11\" text-anchor=\"end\">",
                     LEFT - 8, f->tops[p] + height / 2 + 4);
        picture_add_text(svg, self->trace->populations[p], 15);
        plc_text_add(svg, "<title>");
        picture_add_text(svg, self->trace->populations[p], 1000);
        plc_text_add(svg, ": %u neurons</title></text>\n", self->sizes[p]);
    }
}

/* Marks that would lie on each other keep their lines and lose their labels. Where there are too
 * many, lines stay above the spikes. */
static void draw_marks(const raster *self, const frame *f, plc_text *svg)
{
    const bool crowded = (double)self->n_marks * MARK_MIN > f->width;
    double last = -LABEL_SIZE;
    for (size_t i = 0; i < self->n_marks; i++) {
        const raster_mark *mark = &self->marks[i];
        const double x = at_tick(f, (double)mark->tick);
        const char *colour = mark->wrong ? "#cf222e" : "#8c959f";
        if (mark->tick > self->ticks)
            break;
        plc_text_add(svg, "<path stroke=\"%s\" stroke-width=\"%s\" d=\"M%.1f %.1fV%.1f\"/>\n",
                     colour, mark->wrong ? "1.5" : "0.75", x, f->plot_top - 4,
                     crowded ? f->plot_top : f->plot_bottom);
        if (x - last < LABEL_SIZE && (crowded || !mark->wrong))
            continue;
        last = x;
        plc_text_add(svg,
                     "<text transform=\"translate(%.1f %.1f) rotate(-90)\" font-size=\"%d\" "
                     "fill=\"%s\">",
                     x + 4, f->plot_top - 8, LABEL_SIZE, mark->wrong ? colour : "#24292f");
        picture_add_text(svg, mark->label, LABEL_COLUMNS);
        plc_text_add(svg, "</text>\n");
    }
}

/* Very many spikes: how dense they are. False when memory is short. */
static bool draw_density(const raster *self, const frame *f, plc_text *svg)
{
    const double area = f->width * (f->plot_bottom - f->plot_top);
    for (uint32_t p = 0; p < f->n_bands; p++) {
        const uint32_t size = self->sizes[p] ? self->sizes[p] : 1;
        const raster_band band = {.population = p,
                                  .size = size,
                                  .colour = picture_population_colour(p),
                                  .left = LEFT,
                                  .top = f->tops[p],
                                  .height = f->rows[p] * size,
                                  .tick = f->tick,
                                  .width = f->width,
                                  .cell = fmax(2, sqrt(area / DENSITY_CELLS))};
        if (!raster_add_density(self->trace, &band, svg))
            return false;
    }
    return true;
}

/* Marks of a row of the picture that touch each other, and so are drawn as one. */
typedef struct mark_run {
    double begin, end, y; /* end 0: none yet */
} mark_run;

enum { RUNS = 2 * BAND_MAX + 8 }; /* rows of a band, two in a pixel */

static void end_run(const mark_run *run, double height, plc_text *svg)
{
    const double width = run->end - run->begin;
    if (run->end > 0)
        plc_text_add(svg, "M%.1f %.1fh%.1fv%.1fh%.1fz", run->begin, run->y, width, height, -width);
}

/* Draws the spikes of a population, which ascend in time. */
static void draw_population(const raster *self, const frame *f, uint32_t p, plc_text *svg)
{
    const double width = fmin(fmax(f->tick * 0.7, 0.8), 6), height = fmax(f->rows[p] * 0.7, 0.8);
    mark_run runs[RUNS] = {0};
    for (size_t i = 0; i < self->trace->n; i++) {
        const plc_spike *spike = &self->trace->spikes[i];
        if (spike->population != p)
            continue;
        const double x = at_tick(f, (double)spike->tick);
        const double y = f->rows[p] * (spike->neuron + 0.5) - height / 2; /* -0.4 or more */
        mark_run *run = &runs[lrint(y * 2) + 2];
        if (x >= run->end) {
            end_run(run, height, svg);
            *run = (mark_run){x, x + width, f->tops[p] + y};
        }
        run->end = x + width;
    }
    for (size_t i = 0; i < RUNS; i++)
        end_run(&runs[i], height, svg);
}

/* A path for each population. */
static void draw_spikes(const raster *self, const frame *f, plc_text *svg)
{
    for (uint32_t p = 0; p < f->n_bands; p++) {
        plc_text_add(svg, "<path fill=\"%s\" d=\"", picture_population_colour(p));
        draw_population(self, f, p, svg);
        plc_text_add(svg, "\"/>\n");
    }
}

plc_status raster_draw(const raster *self, plc_text *ret_svg, plc_error *error)
{
    frame f = {0};
    plc_text svg = {0};
    if (!lay_out(self, &f)) {
        free(f.tops);
        free(f.rows);
        return plc_fail_memory(error, "the picture of a run");
    }
    const double width = LEFT + f.width + RIGHT, height = f.plot_bottom + FOOT;
    plc_text_add(&svg,
                 "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" "
                 "viewBox=\"0 0 %.0f %.0f\" role=\"img\" aria-label=\"spikes\" "
                 "font-family=\"system-ui, -apple-system, "
                 "'Segoe UI', Roboto, 'Helvetica Neue', 'DejaVu Sans', sans-serif\" "
                 "font-size=\"12\" fill=\"#24292f\">\n"
                 "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n"
                 "<text x=\"%d\" y=\"28\" font-size=\"16\" font-weight=\"600\">",
                 width, height, width, height, LEFT);
    picture_add_text(&svg, self->title, 90);
    plc_text_add(&svg, "</text>\n");
    draw_bands(self, &f, &svg);
    draw_marks(self, &f, &svg);
    if (self->trace->n > POINTS_MAX)
        svg.failed |= !draw_density(self, &f, &svg);
    else
        draw_spikes(self, &f, &svg);
    draw_axis(self, &f, &svg);
    plc_text_add(&svg, "</svg>\n");
    free(f.tops);
    free(f.rows);
    if (svg.failed) {
        plc_text_finish(&svg);
        return plc_fail_memory(error, "the picture of a run");
    }
    *ret_svg = svg;
    return PLC_OK;
}

plc_status raster_write(const raster *self, const char *path, plc_error *error)
{
    plc_text svg = {0};
    plc_status status = raster_draw(self, &svg, error);
    if (status == PLC_OK)
        status = plc_file_write(path, svg.data, svg.n, error);
    plc_text_finish(&svg);
    return status;
}
