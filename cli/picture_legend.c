/* Title and legend of a picture. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/picture.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    TITLE_SIZE = 20,
    TEXT_SIZE = 12,
    FACT_SIZE = 13,
    LINE = 20, /* from line to line */
    MARK = 18, /* a small sign with the space after it */
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
static void flow_place(flow *self, const picture *in, double width, double *ret_x)
{
    if (self->x > PICTURE_MARGIN && self->x + width > in->width - PICTURE_MARGIN) {
        self->x = PICTURE_MARGIN;
        self->y += self->line;
    }
    *ret_x = self->x;
    self->x += width;
}

static void flow_end(const flow *self, picture *in)
{
    in->height = self->x > PICTURE_MARGIN ? self->y + self->line : self->y;
}

/* "1 core", "1,234 cores". */
typedef struct fact {
    const char *noun, *plural;
    uint64_t number, whole; /* "number of whole nouns"; a whole of 0 is not told */
} fact;

/* Numbers below the title, with dots between, on as many lines as they need. */
static void add_facts(picture *self, const fact *facts, size_t n)
{
    double room = self->width - 2 * PICTURE_MARGIN;
    size_t columns = 0;
    for (size_t i = 0; i < n; i++) {
        char text[TEXT_ROOM], a[PICTURE_NUMBER], b[PICTURE_NUMBER];
        uint64_t counted = facts[i].whole ? facts[i].whole : facts[i].number;
        snprintf(text, sizeof text, "%s%s%s %s", picture_number(facts[i].number, a),
                 facts[i].whole ? " of " : "", facts[i].whole ? picture_number(counted, b) : "",
                 counted == 1 ? facts[i].noun : facts[i].plural);
        if (columns && picture_text_width(columns + 3 + strlen(text), FACT_SIZE) > room) {
            plc_text_add(&self->svg, "</text>\n");
            columns = 0;
        }
        if (columns == 0) {
            plc_text_add(&self->svg, "<text x=\"%d\" y=\"%.1f\" font-size=\"%d\" fill=\"#57606a\">",
                         PICTURE_MARGIN, self->height + FACT_SIZE, FACT_SIZE);
            self->height += LINE;
        }
        plc_text_add(&self->svg, "%s%s", columns ? " &#183; " : "", text);
        columns += strlen(text) + 3;
    }
    plc_text_add(&self->svg, "</text>\n");
}

static void add_numbers(picture *self)
{
    const plc_layout *layout = self->layout;
    const plc_chip *chip = layout->chip;
    uint32_t n_routers = chip->width * chip->height, alive = 0, used = 0;
    uint64_t neurons = 0;
    for (uint32_t r = 0; r < n_routers; r++) {
        alive += chip->alive[r];
        used += self->core_begin[r + 1] > self->core_begin[r];
        neurons += self->neurons[r];
    }
    if (self->subject == PICTURE_PACKETS)
        neurons = layout->n_slices;
    const fact facts[] = {
        {"core", "cores", layout->n_cores, plc_chip_n_cores(chip)},
        {"router", "routers", used, alive},
        {self->subject == PICTURE_PACKETS ? "vertex" : "neuron",
         self->subject == PICTURE_PACKETS ? "vertices" : "neurons", neurons, 0},
        {"table entry", "table entries", layout->route_offsets[n_routers], 0},
        {"synapse", "synapses", layout->n_words, 0}, /* the last: hypergraphs have none */
    };
    const size_t unknown[] = {[PICTURE_NETWORK] = 0, [PICTURE_PACKETS] = 1, [PICTURE_SLICES] = 2};
    add_facts(self, facts, sizeof facts / sizeof *facts - unknown[self->subject]);
}

void picture_draw_title(picture *self)
{
    double room = self->width - 2 * PICTURE_MARGIN;
    plc_text_add(&self->svg, "<text x=\"%d\" y=\"%d\" font-size=\"%d\" font-weight=\"600\">",
                 PICTURE_MARGIN, PICTURE_MARGIN + TITLE_SIZE - 4, TITLE_SIZE);
    picture_add_text(&self->svg, self->layout->chip->name,
                     (size_t)(room / picture_text_width(1, TITLE_SIZE)));
    plc_text_add(&self->svg, "</text>\n");
    self->height = PICTURE_MARGIN + TITLE_SIZE + 8;
    add_numbers(self);
    self->height += 8;
}

/* A scale with its heading; `shape` is the d of a path from (0, 0) to (SCALE_WIDTH, 10). */
static void add_scale(picture *self, flow *at, const char *heading, const char *fill,
                      const char *shape, uint64_t full, const char *meaning, const char *note)
{
    size_t columns = strlen(heading) > strlen(note) ? strlen(heading) : strlen(note);
    double text = picture_text_width(columns, TEXT_SIZE), x, y = at->y;
    char number[PICTURE_NUMBER];
    flow_place(at, self, fmax(SCALE_WIDTH, text) + 24, &x);
    y = at->y;
    plc_text_add(&self->svg, "<g transform=\"translate(%.1f %.1f)\">", x, y);
    plc_text_add(&self->svg, "<text y=\"12\" font-weight=\"600\">%s</text>", heading);
    plc_text_add(&self->svg,
                 "<path transform=\"translate(0 20)\" d=\"M0 0h%dv10h-%dz\" fill=\"#e1e4e8\"/>"
                 "<path transform=\"translate(0 20)\" d=\"%s\" fill=\"%s\"/>",
                 SCALE_WIDTH, SCALE_WIDTH, shape, fill);
    plc_text_add(&self->svg,
                 "<g fill=\"#57606a\"><text y=\"44\">0</text>"
                 "<text x=\"%d\" y=\"44\" text-anchor=\"end\">%s (%s)</text>"
                 "<text y=\"60\">%s</text></g></g>\n",
                 SCALE_WIDTH, picture_number(full, number), meaning, note);
}

static const char *load_heading(const picture *self)
{
    bool cores = self->detail == PICTURE_CORES;
    if (self->subject == PICTURE_PACKETS)
        return cores ? "Packets per tick of a core" : "Packets per tick of a router's cores";
    return cores ? "Neurons on a core" : "Neurons on the cores of a router";
}

static void add_scales(picture *self)
{
    const char *const whole = "M0 0h170v10h-170z", *const wedge = "M0 4.5L170 0v10L0 5.5z";
    flow at = flow_begin(self, SCALE_HEIGHT);
    bool cores = self->detail == PICTURE_CORES;
    add_scale(self, &at, load_heading(self), "url(#plc-load)", whole,
              cores ? self->core_full : self->router_full, self->core_bounded ? "limit" : "fullest",
              self->subject == PICTURE_PACKETS ? "sent and received"
              : self->striped                  ? "stripe: populations"
                                               : "");
    if (self->traffic_max && self->detail != PICTURE_CELLS)
        add_scale(self, &at,
                  self->lanes ? "Packets per tick, each way" : "Packets per tick, both ways",
                  "url(#plc-traffic)", wedge, self->traffic_max, "busiest",
                  self->subject == PICTURE_PACKETS ? "weights of the nets"
                                                   : "when every neuron spikes once");
    if (self->detail != PICTURE_CELLS && self->table_full)
        add_scale(self, &at, "Routing table entries", "#24292f", "M0 0h60v10h-60z",
                  self->table_full, self->table_bounded ? "limit" : "fullest",
                  cores ? "bar at the foot of a router" : "bar across a router");
    flow_end(&at, self);
}

/* A small sign and what it means; `sign` is drawn in a square of 12 whose corner is (0, 0). */
static void add_mark(picture *self, flow *at, const char *sign, const char *text)
{
    double x;
    flow_place(at, self, MARK + picture_text_width(picture_columns(text), TEXT_SIZE) + 20, &x);
    plc_text_add(&self->svg, "<g transform=\"translate(%.1f %.1f)\">%s<text x=\"%d\" y=\"10.5\">",
                 x, at->y, sign, *sign ? MARK : 0);
    picture_add_text(&self->svg, text, SIZE_MAX);
    plc_text_add(&self->svg, "</text></g>\n");
}

static void add_marks(picture *self)
{
    flow at = flow_begin(self, LINE);
    if (self->detail != PICTURE_CORES)
        add_mark(self, &at,
                 "<rect width=\"12\" height=\"12\" fill=\"#f4f5f7\" stroke=\"#b4b8bd\"/>",
                 "router not in use");
    if (self->idle)
        add_mark(self, &at, "<rect width=\"12\" height=\"12\" fill=\"#fff\" stroke=\"#b4b8bd\"/>",
                 "core not in use");
    if (self->reserved)
        add_mark(self, &at, "<rect width=\"12\" height=\"12\" fill=\"#e1e4e8\"/>",
                 "core that networks may not use");
    if (self->dead)
        add_mark(self, &at,
                 "<rect width=\"12\" height=\"12\" fill=\"url(#plc-dead)\" stroke=\"#5b626b\"/>",
                 "dead core");
    if (self->absent)
        add_mark(self, &at,
                 "<rect width=\"12\" height=\"12\" fill=\"url(#plc-dead)\" fill-opacity=\"0.35\" "
                 "stroke=\"#8c939b\" stroke-dasharray=\"3 3\"/>",
                 "dead or missing router");
    if (self->dead_links && self->detail != PICTURE_CELLS)
        add_mark(self, &at,
                 "<path fill=\"none\" stroke=\"#24292f\" stroke-width=\"1.5\" "
                 "d=\"M0 6h12M2 2l8 8m0 -8l-8 8\"/>",
                 "dead link");
    if (self->wraps && self->detail != PICTURE_CELLS)
        add_mark(self, &at,
                 "<path fill=\"none\" stroke=\"#d46429\" stroke-width=\"3\" d=\"M0 6h9\"/>",
                 "link to the far side");
    flow_end(&at, self);
}

/* A population with its colour, where it has one, in `width`. */
static void add_population(picture *self, flow *at, uint32_t p, double width)
{
    const plc_population *population = &self->layout->populations[p];
    char number[PICTURE_NUMBER];
    double x;
    flow_place(at, self, width, &x);
    plc_text_add(&self->svg, "<g transform=\"translate(%.1f %.1f)\">", x, at->y);
    if (self->striped)
        plc_text_add(&self->svg, "<rect width=\"12\" height=\"12\" fill=\"%s\"/>",
                     picture_population_colour(p));
    plc_text_add(&self->svg, "<text x=\"%d\" y=\"10.5\">", self->striped ? MARK : 0);
    picture_add_text(&self->svg, population->name, NAME_COLUMNS);
    plc_text_add(&self->svg, " <tspan fill=\"#57606a\">%s</tspan></text></g>\n",
                 picture_number(population->size, number));
}

/* The room that the widest of n populations needs. */
static double population_width(const picture *self, uint32_t n)
{
    double widest = 0;
    for (uint32_t p = 0; p < n; p++) {
        char number[PICTURE_NUMBER];
        size_t columns = picture_columns(self->layout->populations[p].name);
        columns = columns < NAME_COLUMNS ? columns : NAME_COLUMNS;
        columns += 1 + strlen(picture_number(self->layout->populations[p].size, number));
        widest = fmax(widest, picture_text_width(columns, TEXT_SIZE));
    }
    return widest + MARK + 16;
}

static void add_populations(picture *self)
{
    uint32_t n = self->layout->n_populations;
    uint32_t shown = n < PICTURE_POPULATIONS ? n : PICTURE_POPULATIONS;
    double width = population_width(self, shown);
    plc_text_add(&self->svg, "<text x=\"%d\" y=\"%.1f\" font-weight=\"600\">%s</text>\n",
                 PICTURE_MARGIN, self->height + 12,
                 self->subject == PICTURE_PACKETS ? "Hypergraph" : "Populations and their neurons");
    self->height += LINE;
    flow at = flow_begin(self, LINE);
    for (uint32_t p = 0; p < shown; p++)
        add_population(self, &at, p, width);
    if (n > shown) {
        char text[TEXT_ROOM], number[PICTURE_NUMBER];
        snprintf(text, sizeof text, "and %s more", picture_number(n - shown, number));
        add_mark(self, &at,
                 self->striped ? "<rect width=\"12\" height=\"12\" fill=\"#b4b8bd\"/>" : "", text);
    }
    flow_end(&at, self);
}

void picture_draw_legend(picture *self)
{
    self->height += 12;
    add_scales(self);
    add_marks(self);
    self->height += 8;
    add_populations(self);
    self->height = ceil(self->height + PICTURE_MARGIN / 2);
}
