/* Title and legend of a picture. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/picture.h"

#include <math.h>
#include <stdio.h>

enum {
    TITLE_SIZE = 20,
    TEXT_SIZE = 12,
    LINE = 20,        /* from line to line */
    SCALE_WIDTH = 170,
    SCALE_HEIGHT = 78, /* with heading and captions */
    NAME_COLUMNS = 24, /* of a population */
    TEXT_ROOM = 160,
};

/* Where the next item of a line goes; lines break before the right margin. */
typedef struct flow {
    double x, y, line;
} flow;

static flow flow_begin(const picture *self, double line)
{
    return (flow){PICTURE_MARGIN, self->height, line};
}

/* Makes room for an item; its left end is then at (x, y) of the flow until the next call. */
static void flow_place(flow *self, const picture *picture, double width, double *ret_x)
{
    if (self->x > PICTURE_MARGIN && self->x + width > picture->width - PICTURE_MARGIN) {
        self->x = PICTURE_MARGIN;
        self->y += self->line;
    }
    *ret_x = self->x;
    self->x += width;
}

static void flow_end(const flow *self, picture *picture)
{
    picture->height = self->x > PICTURE_MARGIN ? self->y + self->line : self->y;
}

/* "12 of 48 routers" on the line of numbers below the title. */
__attribute__((format(printf, 3, 4))) static void add_fact(picture *self, flow *at,
                                                           const char *format, ...)
{
    char text[TEXT_ROOM];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    double x;
    flow_place(at, self, picture_text_width(strlen(text), 13) + 16, &x);
    plc_text_add(&self->svg, "<text x=\"%.1f\" y=\"%.1f\" font-size=\"13\" fill=\"#57606a\">%s</text>\n",
                 x, at->y + 13, text);
}
