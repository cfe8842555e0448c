/* Draws spikes as SVG: time to the right, a band of rows for each population, and marks of what
 * happened when. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_CLI_RASTER_H
#define PLC_CLI_RASTER_H

#include "base/file.h"

#include <placode/spikes.h>
#include <stdbool.h>

enum { RASTER_LABEL = 48 };

/* What began at a tick. */
typedef struct raster_mark {
    uint64_t tick;
    char label[RASTER_LABEL];
    bool wrong; /* drawn in red */
} raster_mark;

typedef struct raster {
    const char *title;
    const plc_trace *trace;
    const uint32_t *sizes; /* [n_populations of the trace] neurons */
    uint64_t ticks;
    const raster_mark *marks; /* [n_marks] ascending */
    size_t n_marks;
} raster;

/* The band of one population, in pixels. */
typedef struct raster_band {
    uint32_t population, size; /* [neurons] */
    const char *colour;
    double left, top, width, height;
    double tick; /* width of a tick */
    double cell; /* side of a cell, at least */
} raster_band;

/* Draws how dense the spikes of a population are, in cells of at least one neuron and a colour of
 * four strengths; false when memory is short. O(spikes + cells) */
bool raster_add_density(const plc_trace *trace, const raster_band *band, plc_text *svg);

/* The picture as SVG; plc_text_finish() it. */
plc_status raster_draw(const raster *self, plc_text *ret_svg, plc_error *error);
/* The same into a file, which appears whole or not at all. */
plc_status raster_write(const raster *self, const char *path, plc_error *error);

#endif
