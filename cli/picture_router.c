/* Routers of a picture: a tile each, with its cores and a bar for its routing table. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/picture.h"

#include "hw/chip/build.h"

#include <math.h>

/* The outline of a tile, for a path's d. */
static void add_outline(picture *self, double x, double y)
{
    double a = self->half;
    if (self->hexagonal) {
        double corner = a * 1.1547005; /* 2 / sqrt(3) */
        plc_text_add(&self->svg, "M%.1f %.1fl%.1f %.1fv%.1fl%.1f %.1fl%.1f %.1fv%.1fz", x,
                     y - corner, a, corner / 2, corner, -a, corner / 2, -a, -corner / 2, -corner);
    } else {
        plc_text_add(&self->svg, "M%.1f %.1fh%.1fv%.1fh%.1fz", x - a, y - a, 2 * a, 2 * a, -2 * a);
    }
}

static void add_router_title(picture *self, uint32_t router)
{
    const plc_chip *chip = self->layout->chip;
    uint32_t n_cores = self->core_begin[router + 1] - self->core_begin[router];
    uint64_t table = self->layout->route_offsets[router + 1] - self->layout->route_offsets[router];
    char neurons[PICTURE_NUMBER], entries[PICTURE_NUMBER], limit[PICTURE_NUMBER];
    plc_text_add(&self->svg, "<title>(%u, %u): %u of %u cores, %s %s", router % chip->width,
                 router / chip->width, n_cores, plc_core_set_count(&chip->cores[router]),
                 picture_number(self->neurons[router], neurons),
                 self->subject == PICTURE_PACKETS ? "packets per tick at its cores" : "neurons");
    if (self->subject == PICTURE_SLICES) {
        plc_text_add(&self->svg, "</title>");
        return;
    }
    plc_text_add(&self->svg, ", %s", picture_number(table, entries));
    if (self->table_bounded)
        plc_text_add(&self->svg, " of %s", picture_number(self->table_full, limit));
    plc_text_add(&self->svg, " table entries</title>");
}

/* Boards of hexagonal meshes are cut out of a parallelogram: what is missing at their border was
 * never there, and is not drawn. */
static bool is_cut_away(const picture *self, uint32_t router)
{
    const plc_chip *chip = self->layout->chip;
    unsigned n_alive = 0;
    for (unsigned link = 0; link < PLC_N_LINKS; link++) {
        int64_t other = plc_chip_adjacent(chip, router, link);
        n_alive += other >= 0 && chip->alive[other];
    }
    return self->hexagonal && !chip->wrap && n_alive < 3;
}

static void draw_absent(picture *self, uint32_t router, double x, double y)
{
    if (is_cut_away(self, router))
        return;
    self->absent = true;
    plc_text_add(&self->svg, "<path fill=\"url(#plc-dead)\" fill-opacity=\"0.35\" "
                             "stroke=\"#8c939b\" stroke-dasharray=\"3 3\" d=\"");
    add_outline(self, x, y);
    plc_text_add(&self->svg, "\"><title>(%u, %u): dead or missing router</title></path>\n",
                 router % self->layout->chip->width, router / self->layout->chip->width);
}

static void draw_tile(picture *self, uint32_t router, double x, double y)
{
    char fill[PICTURE_COLOUR] = "#f4f5f7";
    const char *stroke = "#b4b8bd";
    bool used = self->core_begin[router + 1] > self->core_begin[router];
    if (self->detail != PICTURE_CORES && used) {
        picture_colour(PICTURE_LOAD, picture_share(self->neurons[router], self->router_full), fill);
        stroke = fill;
    }
    plc_text_add(&self->svg, "<path fill=\"%s\" stroke=\"%s\" d=\"", fill, stroke);
    add_outline(self, x, y);
    if (self->detail == PICTURE_CELLS) {
        plc_text_add(&self->svg, "\"/>\n");
        return;
    }
    plc_text_add(&self->svg, "\">");
    add_router_title(self, router);
    plc_text_add(&self->svg, "</path>\n");
}

/* Coordinates above the cores, where they fit. */
static void draw_label(picture *self, uint32_t router, double x, double y)
{
    double size = fmin(13, 0.2 * self->half);
    uint32_t width = self->layout->chip->width;
    if (size < 6.5 || width * self->layout->chip->height == 1)
        return;
    plc_text_add(&self->svg,
                 "<text x=\"%.1f\" y=\"%.1f\" font-size=\"%.1f\" text-anchor=\"middle\" "
                 "fill=\"#57606a\">%u,%u</text>\n",
                 x, y - self->half + self->head / 2 + 0.35 * size, size, router % width,
                 router / width);
}

/* How full the routing table is: a bar below the cores, or across a tile without. */
static void draw_table(picture *self, uint32_t router, double x, double y)
{
    uint64_t table = self->layout->route_offsets[router + 1] - self->layout->route_offsets[router];
    bool cores = self->detail == PICTURE_CORES;
    double half = (self->hexagonal ? 0.5 : 0.88) * self->half, height = fmin(6, 0.08 * self->half);
    double top =
        y + self->half - (self->hexagonal ? 0.25 * self->half : self->foot / 2) - height / 2;
    if (!cores) {
        half = 0.6 * self->half;
        height = fmin(6, 0.4 * self->half);
        top = y - height / 2;
    }
    double fill = 2 * half * fmin(1, picture_share(table, self->table_full));
    plc_text_add(&self->svg, "<path fill=\"%s\" d=\"M%.1f %.1fh%.1fv%.1fh%.1fz\"/>",
                 cores ? "#d9dce0" : "#fff", x - half, top, 2 * half, height, -2 * half);
    if (table)
        plc_text_add(&self->svg, "<path fill=\"#24292f\" d=\"M%.1f %.1fh%.2fv%.1fh%.2fz\"/>\n",
                     x - half, top, fmax(fill, 0.6), height, -fmax(fill, 0.6));
}

void picture_draw_routers(picture *self)
{
    const plc_chip *chip = self->layout->chip;
    plc_text_add(&self->svg, "<g stroke-width=\"%s\" stroke-linejoin=\"round\">\n",
                 self->detail == PICTURE_CORES ? "1" : "0.5");
    for (uint32_t r = 0; r < chip->width * chip->height; r++) {
        double x, y;
        picture_centre(self, r, &x, &y);
        if (chip->alive[r])
            draw_tile(self, r, x, y);
        else
            draw_absent(self, r, x, y);
    }
    plc_text_add(&self->svg, "</g>\n<g pointer-events=\"%s\">\n",
                 self->detail == PICTURE_CORES ? "auto" : "none"); /* tiles tell what they hold */
    for (uint32_t r = 0; self->detail != PICTURE_CELLS && r < chip->width * chip->height; r++) {
        bool empty = self->layout->route_offsets[r + 1] == self->layout->route_offsets[r];
        double x, y;
        picture_centre(self, r, &x, &y);
        if (!chip->alive[r])
            continue;
        if (self->detail == PICTURE_CORES)
            draw_label(self, r, x, y);
        if (self->subject != PICTURE_SLICES && (self->detail == PICTURE_CORES || !empty))
            draw_table(self, r, x, y);
        if (self->detail == PICTURE_CORES)
            picture_draw_cores(self, r, x, y);
    }
    plc_text_add(&self->svg, "</g>\n");
}
