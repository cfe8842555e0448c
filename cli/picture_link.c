/* Links of a picture: arrows coloured by traffic. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/picture.h"

#include "hw/chip/build.h"

#include <math.h>

/* Where links lead. */
static const int8_t link_steps[PLC_N_LINKS][2] = {{1, 0},  {1, 1},   {0, 1},
                                                  {-1, 0}, {-1, -1}, {0, -1}};

/* A link as drawn from one of its ends: from (x, y), the centre of its router, along the unit
 * vector (dx, dy), visible from `begin` to `end`. */
typedef struct strand {
    uint32_t router, other;
    unsigned link;
    double x, y, dx, dy, begin, end;
    bool wraps; /* it leads to the far side of the mesh, and only its beginning is drawn */
    bool dead;
} strand;

/* Whether the other router is drawn beside this one. */
static bool adjacent(const picture *self, uint32_t router, unsigned link, uint32_t neighbour)
{
    uint32_t width = self->layout->chip->width;
    int64_t dx = (int64_t)(neighbour % width) - router % width;
    int64_t dy = (int64_t)(neighbour / width) - router / width;
    return dx == link_steps[link][0] && dy == link_steps[link][1];
}

/* Finds how a link is drawn; false when there is none. */
static bool find_strand(const picture *self, uint32_t router, unsigned link, strand *ret_strand)
{
    const plc_chip *chip = self->layout->chip;
    int64_t other = chip->links >> link & 1 ? plc_chip_adjacent(chip, router, link) : -1;
    if (other < 0 || other == router || !chip->alive[router] || !chip->alive[other])
        return false;
    strand s = {.router = router, .other = (uint32_t)other, .link = link};
    unsigned back = (link + 3) % PLC_N_LINKS;
    s.dead = (chip->dead_links[router] >> link & 1) || (chip->dead_links[other] >> back & 1);
    s.wraps = !adjacent(self, router, link, s.other);
    picture_centre(self, router, &s.x, &s.y);
    picture_place(self, link_steps[link][0], link_steps[link][1], &s.dx, &s.dy);
    double gap = self->pitch - 2 * self->half, air = self->lanes ? 1.5 : 0;
    s.begin = self->half + air;
    s.end = self->half + (s.wraps ? 0.7 * gap : gap - air);
    *ret_strand = s;
    return true;
}

static uint64_t packets_out(const picture *self, const strand *s)
{
    return self->traffic[(size_t)s->router * PLC_N_LINKS + s->link];
}

static uint64_t packets_in(const picture *self, const strand *s)
{
    return self->traffic[(size_t)s->other * PLC_N_LINKS + (s->link + 3) % PLC_N_LINKS];
}

/* One direction of a link as an arrow, which keeps to its right so that the other has room. An
 * arrow that comes `in` points at the strand's router. */
static void draw_lane(picture *self, const strand *s, bool in, uint64_t packets)
{
    double sign = in ? -1 : 1, dx = sign * s->dx, dy = sign * s->dy;
    double share = picture_share(packets, self->traffic_max);
    double broadest = 0.22 * self->half, half = fmax(0.5, share * broadest / 2);
    double length = s->end - s->begin, neck = length - fmin(1.5 * half, 0.6 * length);
    double x = s->x + s->dx * (in ? s->end : s->begin) - dy * (broadest / 2 + 1);
    double y = s->y + s->dy * (in ? s->end : s->begin) + dx * (broadest / 2 + 1);
    char colour[PICTURE_COLOUR] = "#c9cdd2", number[PICTURE_NUMBER];
    uint32_t width = self->layout->chip->width, from = in ? s->other : s->router,
             to = in ? s->router : s->other;
    if (packets)
        picture_colour(PICTURE_TRAFFIC, share, colour);
    plc_text_add(
        &self->svg, "<path fill=\"%s\" d=\"M%.1f %.1fL%.1f %.1fL%.1f %.1fL%.1f %.1fL%.1f %.1fz\">",
        colour, x + dy * half, y - dx * half, x + dx * neck + dy * half, y + dy * neck - dx * half,
        x + dx * length, y + dy * length, x + dx * neck - dy * half, y + dy * neck + dx * half,
        x - dy * half, y + dx * half);
    plc_text_add(&self->svg, "<title>(%u, %u) to (%u, %u): %s packets per tick</title></path>\n",
                 from % width, from / width, to % width, to / width,
                 picture_number(packets, number));
}

/* Both directions of a link as one line. */
static void draw_line(picture *self, const strand *s, uint64_t packets)
{
    double share = picture_share(packets, self->traffic_max);
    char colour[PICTURE_COLOUR] = "#d4d7db";
    if (packets)
        picture_colour(PICTURE_TRAFFIC, share, colour);
    plc_text_add(&self->svg,
                 "<path stroke=\"%s\" stroke-width=\"%.1f\" d=\"M%.1f %.1fL%.1f %.1f\"/>\n", colour,
                 fmax(0.6, share * 0.5 * self->half), s->x + s->begin * s->dx,
                 s->y + s->begin * s->dy, s->x + s->end * s->dx, s->y + s->end * s->dy);
}

/* A dead link: dashes and a cross. */
static void draw_dead(picture *self, const strand *s)
{
    double length = s->end - s->begin, size = fmin(5, 0.3 * length);
    double middle = s->begin + length / 2;
    plc_text_add(&self->svg,
                 "<path fill=\"none\" stroke=\"#24292f\" stroke-width=\"%.1f\" "
                 "d=\"M%.1f %.1fL%.1f %.1fM%.1f %.1fl%.1f %.1fm0 %.1fl%.1f %.1f\">"
                 "<title>dead link</title></path>\n",
                 fmax(0.8, 0.35 * size), s->x + s->begin * s->dx, s->y + s->begin * s->dy,
                 s->x + s->end * s->dx, s->y + s->end * s->dy, s->x + middle * s->dx - size,
                 s->y + middle * s->dy - size, 2 * size, 2 * size, -2 * size, -2 * size, 2 * size);
}

static void draw_link(picture *self, const strand *s)
{
    uint64_t out = packets_out(self, s), in = packets_in(self, s);
    self->wraps |= s->wraps;
    self->dead_links |= s->dead;
    if (s->dead)
        draw_dead(self, s);
    else if (!self->lanes)
        draw_line(self, s, out + in);
    else {
        draw_lane(self, s, false, out);
        draw_lane(self, s, true, in);
    }
}

/* Where the two directions are one line, so is what is compared with the busiest. */
static void find_busiest(picture *self)
{
    const plc_chip *chip = self->layout->chip;
    self->traffic_max = 0;
    for (uint32_t r = 0; r < chip->width * chip->height; r++)
        for (unsigned link = 0; link < PLC_N_LINKS; link++) {
            strand s;
            if (!find_strand(self, r, link, &s))
                continue;
            uint64_t packets = packets_out(self, &s) + (self->lanes ? 0 : packets_in(self, &s));
            self->traffic_max = packets > self->traffic_max ? packets : self->traffic_max;
            self->links = true;
        }
}

void picture_draw_links(picture *self)
{
    const plc_chip *chip = self->layout->chip;
    find_busiest(self);
    if (self->detail == PICTURE_CELLS)
        return;
    plc_text_add(&self->svg, "<g>\n");
    for (uint32_t r = 0; r < chip->width * chip->height; r++)
        for (unsigned link = 0; link < PLC_N_LINKS; link++) {
            strand s; /* one that does not wrap is drawn from its western or southern end */
            if (find_strand(self, r, link, &s) && (link < 3 || s.wraps))
                draw_link(self, &s);
        }
    plc_text_add(&self->svg, "</g>\n");
}
