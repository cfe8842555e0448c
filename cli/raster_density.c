/* Draws where spikes are too many to be drawn one by one. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/raster.h"

#include "base/memory.h"

#include <math.h>

enum { LEVELS = 4 };

/* Spikes counted in cells of equal size. */
typedef struct density {
    uint32_t n_columns, n_rows;
    double width, height; /* of a cell */
    uint32_t *counts;     /* [n_rows][n_columns] */
    uint32_t most;
} density;

static bool count(density *d, const plc_trace *trace, const raster_band *band)
{
    d->n_columns = (uint32_t)fmax(1, floor(band->width / fmax(band->cell, band->tick)));
    d->n_rows =
        (uint32_t)fmax(1, fmin(band->size, floor(band->height / fmin(band->cell, band->height))));
    d->width = band->width / d->n_columns;
    d->height = band->height / d->n_rows;
    d->counts = plc_array((size_t)d->n_columns * d->n_rows, sizeof *d->counts);
    if (!d->counts)
        return false;
    for (size_t i = 0; i < trace->n; i++) {
        const plc_spike *spike = &trace->spikes[i];
        const double x = (double)spike->tick * band->tick / d->width;
        const uint64_t row = (uint64_t)spike->neuron * d->n_rows / band->size;
        if (spike->population != band->population || x >= d->n_columns || row >= d->n_rows)
            continue;
        uint32_t *n = &d->counts[row * d->n_columns + (size_t)x];
        d->most = ++*n > d->most ? *n : d->most;
    }
    return true;
}

/* 0 of nothing, else 1..LEVELS; by the root, so that few spikes are seen beside many. */
static unsigned level_of(const density *d, uint32_t n)
{
    return (unsigned)ceil(LEVELS * sqrt((double)n / d->most));
}

/* All runs of cells of one level as one path. */
static void draw_level(const density *d, const raster_band *band, unsigned level, plc_text *svg)
{
    plc_text_add(svg, "<path stroke=\"%s\" stroke-width=\"%.2f\" stroke-opacity=\"%.2f\" d=\"",
                 band->colour, d->height, (level + 0.5) / (LEVELS + 0.5));
    for (uint32_t row = 0; row < d->n_rows; row++)
        for (uint32_t c = 0; c < d->n_columns; c++) {
            const uint32_t *cells = d->counts + (size_t)row * d->n_columns, begin = c;
            while (c < d->n_columns && cells[c] && level_of(d, cells[c]) == level)
                c++;
            if (c > begin)
                plc_text_add(svg, "M%.1f %.1fh%.1f", band->left + begin * d->width,
                             band->top + (row + 0.5) * d->height, (c - begin) * d->width);
        }
    plc_text_add(svg, "\"/>\n");
}

bool raster_add_density(const plc_trace *trace, const raster_band *band, plc_text *svg)
{
    density d = {0};
    const bool counted = count(&d, trace, band);
    for (unsigned level = 1; counted && d.most && level <= LEVELS; level++)
        draw_level(&d, band, level, svg);
    free(d.counts);
    return counted;
}
