/* Cores of a picture: squares coloured by load, striped by population. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/picture.h"

#include <math.h>

enum {
    SLICES_TOLD_MAX = 16, /* slices in a tooltip */
    SLICES_TOLD_MIN = 4,  /* where there are very many cores */
    MANY_CORES = 1000,
    NAME_COLUMNS = 40, /* columns of a name in it */
};

/* What a core is, if it holds nothing. */
typedef enum core_state {
    CORE_IDLE,
    CORE_RESERVED,
    CORE_DEAD,
    CORE_N_STATES,
} core_state;

static core_state state_of(const plc_chip *chip, uint32_t router, uint32_t core)
{
    return plc_core_set_has(&chip->cores[router], core) ? CORE_IDLE
           : plc_core_set_has(&chip->reserved, core)    ? CORE_RESERVED
                                                        : CORE_DEAD;
}

static double corner_x(const picture *self, uint32_t core, double x)
{
    return x + self->grid_x + self->cell * (core % self->columns);
}

static double corner_y(const picture *self, uint32_t core, double y)
{
    return y + self->grid_y + self->cell * (core / self->columns);
}

/* All cores of a router in one state that hold nothing, as one path. */
static void draw_empty(picture *self, uint32_t router, core_state state, double x, double y)
{
    static const char *const paints[CORE_N_STATES] = {"fill=\"#fff\" stroke=\"#b4b8bd\"",
                                                      "fill=\"#e1e4e8\"",
                                                      "fill=\"url(#plc-dead)\" stroke=\"#5b626b\""};
    const plc_layout *layout = self->layout;
    uint32_t used = self->core_begin[router], n = 0;
    for (uint32_t c = 0; c < layout->chip->cores_per_router; c++) {
        if (used < self->core_begin[router + 1] && layout->cores[used].core == c) {
            used++;
        } else if (state_of(layout->chip, router, c) == state) {
            if (n++ == 0)
                plc_text_add(&self->svg, "<path %s stroke-width=\"%s\" d=\"", paints[state],
                             self->side < 7 ? "0" : "0.7");
            plc_text_add(&self->svg, "M%.1f %.1fh%.1fv%.1fh%.1fz", corner_x(self, c, x),
                         corner_y(self, c, y), self->side, self->side, -self->side);
        }
    }
    if (n)
        plc_text_add(&self->svg, "\"/>\n");
    self->idle |= n && state == CORE_IDLE;
    self->reserved |= n && state == CORE_RESERVED;
    self->dead |= n && state == CORE_DEAD;
}

/* "core 3 of (0, 1): 203 of 255 neurons, 1,234 synapses", and its slices, a line each. */
static void add_core_title(picture *self, const plc_layout_core *core)
{
    const plc_layout *layout = self->layout;
    uint32_t width = layout->chip->width;
    uint64_t synapses = layout->row_offsets[core->row_end] - layout->row_offsets[core->row_begin];
    uint32_t told = layout->n_cores > MANY_CORES ? SLICES_TOLD_MIN : SLICES_TOLD_MAX;
    char text[PICTURE_NUMBER];
    plc_text_add(&self->svg, "<title>core %u of (%u, %u): %s", core->core, core->router % width,
                 core->router / width, picture_number(core->n_neurons, text));
    if (self->core_bounded)
        plc_text_add(&self->svg, " of %s", picture_number(self->core_full, text));
    if (self->subject == PICTURE_PACKETS)
        plc_text_add(&self->svg, " packets per tick, sent and received");
    else if (self->subject == PICTURE_SLICES)
        plc_text_add(&self->svg, " neurons");
    else
        plc_text_add(&self->svg, " neurons, %s synapses", picture_number(synapses, text));
    for (uint32_t s = core->slice_begin; s < core->slice_end; s++) {
        const plc_slice *slice = &layout->slices[s];
        if (s - core->slice_begin == told) {
            plc_text_add(&self->svg, "\nand %u more", core->slice_end - s);
            break;
        }
        plc_text_add(&self->svg, "\n");
        if (self->subject == PICTURE_PACKETS) {
            plc_text_add(&self->svg, "vertex %u", slice->begin);
            continue;
        }
        picture_add_text(&self->svg, layout->populations[slice->population].name, NAME_COLUMNS);
        plc_text_add(&self->svg, " %u to %u", slice->begin, slice->end - 1);
    }
    plc_text_add(&self->svg, "</title>");
}

/* A rectangle; short, for there may be many. */
static void add_rectangle(picture *self, double x, double y, double width, double height,
                          const char *colour)
{
    plc_text_add(&self->svg, "<path fill=\"%s\" d=\"M%.1f %.1fh%.1fv%.1fh%.1fz\"/>", colour, x, y,
                 width, height, -width);
}

/* A stripe below that is divided as the core's neurons are among populations. */
static void draw_stripe(picture *self, const plc_layout_core *core, double x, double y)
{
    const plc_layout *layout = self->layout;
    double height = fmax(1.2, fmin(0.2 * self->side, 9)), line = self->side >= 8 ? 0.8 : 0;
    if (line > 0)
        add_rectangle(self, x, y + self->side - height - line, self->side, line, "#fff");
    uint32_t s = core->slice_begin;
    while (s < core->slice_end) { /* neighbours of one colour are drawn as one */
        const char *colour = picture_population_colour(layout->slices[s].population);
        uint32_t begin = layout->slices[s].offset, end = begin;
        while (s < core->slice_end &&
               picture_population_colour(layout->slices[s].population) == colour) {
            end += layout->slices[s].end - layout->slices[s].begin;
            s++;
        }
        double from = self->side * picture_share(begin, core->n_neurons);
        double to = self->side * picture_share(end, core->n_neurons);
        if (to - from >= 0.4) /* else invisible, and there may be many */
            add_rectangle(self, x + from, y + self->side - height, to - from, height, colour);
    }
}

/* Names of the populations and the number of neurons, as far as they fit. */
static void draw_names(picture *self, const plc_layout_core *core, double x, double y, double share)
{
    const plc_layout *layout = self->layout;
    double size = fmax(7, fmin(self->side / 6, 13)), line = 1.25 * size;
    double room = 0.75 * self->side; /* the stripe is below */
    size_t columns = (size_t)(0.94 * self->side / picture_text_width(1, 1.12 * size)); /* bold */
    uint32_t n = core->slice_end - core->slice_begin, lines = (uint32_t)(room / line);
    char number[PICTURE_NUMBER];
    picture_number(core->n_neurons, number);
    if (picture_columns(number) > columns || lines == 0)
        return;
    uint32_t named = columns < 7 || lines < 2 || self->subject == PICTURE_PACKETS ? 0
                     : n < lines                                                  ? n
                     : lines > 2                                                  ? lines - 2
                                                                                  : 0;
    plc_text_add(&self->svg, "<g font-size=\"%.1f\" fill=\"%s\" text-anchor=\"middle\">", size,
                 share > 0.5 ? "#fff" : "#24292f");
    x += self->side / 2;
    y += room / 2 + 0.03 * self->side - line * (named + (named < n && named ? 2 : 1)) / 2 +
         0.88 * size;
    for (uint32_t i = 0; i < named; i++, y += line) {
        const plc_slice *slice = &layout->slices[core->slice_begin + i];
        plc_text_add(&self->svg, "<text x=\"%.1f\" y=\"%.1f\" font-weight=\"600\">", x, y);
        picture_add_text(&self->svg, layout->populations[slice->population].name, columns);
        plc_text_add(&self->svg, "</text>");
    }
    if (named && named < n) {
        plc_text_add(&self->svg, "<text x=\"%.1f\" y=\"%.1f\">+ %u</text>", x, y, n - named);
        y += line;
    }
    plc_text_add(&self->svg, "<text x=\"%.1f\" y=\"%.1f\">%s</text></g>", x, y, number);
}

static void draw_used(picture *self, const plc_layout_core *core, double x, double y)
{
    double share = picture_share(core->n_neurons, self->core_full);
    char colour[PICTURE_COLOUR];
    picture_colour(PICTURE_LOAD, share, colour);
    plc_text_add(&self->svg, "<g>");
    add_core_title(self, core);
    add_rectangle(self, x, y, self->side, self->side, colour);
    if (self->striped)
        draw_stripe(self, core, x, y);
    if (self->side >= 18)
        draw_names(self, core, x, y, share);
    plc_text_add(&self->svg, "</g>\n");
}

void picture_draw_cores(picture *self, uint32_t router, double x, double y)
{
    for (unsigned state = 0; state < CORE_N_STATES; state++)
        draw_empty(self, router, (core_state)state, x, y);
    for (uint32_t c = self->core_begin[router]; c < self->core_begin[router + 1]; c++) {
        const plc_layout_core *core = &self->layout->cores[c];
        draw_used(self, core, corner_x(self, core->core, x), corner_y(self, core->core, y));
    }
}
