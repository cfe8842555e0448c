/* Where routers, cores and links are drawn, and the links. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/picture.h"

#include <math.h>

enum {
    MESH_WIDTH = 1200, /* the mesh is fitted into this */
    MESH_HEIGHT = 860,
    WIDTH_MIN = 800,         /* of the picture: room for title and legend */
    CORES_DRAWN_MAX = 11000, /* keep files small: with more cores than these, */
    ROUTERS_LINKED_MAX = 6000, /* or routers than these, less is drawn of each */
};

static const double SIN60 = 0.86602540378443865;

/* Steps of the links to the east and north, [pitch]. Hexagonal meshes are sheared so that all six
 * links are equally long: link 1, which goes to (1, 1), rises at 60 degrees. */
static const int8_t link_steps[PLC_N_LINKS][2] = {{1, 0},  {1, 1},   {0, 1},
                                                  {-1, 0}, {-1, -1}, {0, -1}};

/* Place of mesh coordinates, [pitch]. */
static void place(const picture *self, double x, double y, double *ret_x, double *ret_y)
{
    *ret_x = self->hexagonal ? x - y / 2 : x;
    *ret_y = self->hexagonal ? -y * SIN60 : -y;
}

void picture_centre(const picture *self, uint32_t router, double *ret_x, double *ret_y)
{
    uint32_t width = self->layout->chip->width;
    double x, y;
    place(self, router % width, router / width, &x, &y);
    *ret_x = self->left + self->pitch * x;
    *ret_y = self->top + self->pitch * y;
}

static bool adjacent(const picture *self, uint32_t router, unsigned link, uint32_t neighbour)
{
    uint32_t width = self->layout->chip->width;
    int64_t dx = (int64_t)(neighbour % width) - router % width;
    int64_t dy = (int64_t)(neighbour / width) - router / width;
    return dx == link_steps[link][0] && dy == link_steps[link][1];
}

/* The part of the mesh to show, [pitch]. */
typedef struct bounds {
    double left, right, top, bottom;
} bounds;

/* Boards of hexagonal meshes are cut out of a larger parallelogram, whose corners nobody misses. */
static bounds find_bounds(const picture *self)
{
    const plc_chip *chip = self->layout->chip;
    bounds b = {INFINITY, -INFINITY, INFINITY, -INFINITY};
    bool all = !self->hexagonal || chip->wrap;
    for (uint32_t r = 0; r < chip->width * chip->height; r++) {
        double x, y;
        place(self, r % chip->width, r / chip->width, &x, &y);
        if (!all && !chip->alive[r])
            continue;
        b.left = fmin(b.left, x);
        b.right = fmax(b.right, x);
        b.top = fmin(b.top, y);
        b.bottom = fmax(b.bottom, y);
    }
    return b.left <= b.right ? b : (bounds){0};
}

/* Arranges the cores of a tile in the shape that makes them largest. */
static void scale_cores(picture *self)
{
    uint32_t n = self->layout->chip->cores_per_router;
    double width = 1.8 * self->half, height = (self->hexagonal ? 1.16 : 1.32) * self->half;
    self->cell = 0;
    for (uint32_t columns = 1; columns <= n; columns++) {
        uint32_t rows = (n + columns - 1) / columns;
        double cell = fmin(width / columns, height / rows);
        if (cell > self->cell) {
            self->cell = cell;
            self->columns = columns;
        }
    }
    double gap = fmin(0.12 * self->cell, 5);
    uint32_t rows = self->columns ? (n + self->columns - 1) / self->columns : 0;
    self->side = self->cell - gap;
    self->grid_x = (gap - self->columns * self->cell) / 2;
    self->grid_y = (gap - rows * self->cell) / 2 + (self->hexagonal ? 0 : 0.03 * self->half);
}

void picture_scale_mesh(picture *self)
{
    const plc_chip *chip = self->layout->chip;
    uint32_t n_routers = chip->width * chip->height;
    bounds b = find_bounds(self);
    double columns = b.right - b.left + 1.3, rows = b.bottom - b.top + 1.3;
    double most = fmax(190, 52 * sqrt(chip->cores_per_router));
    self->pitch = fmin(most, fmin(MESH_WIDTH / columns, MESH_HEIGHT / rows));
    self->half = (self->hexagonal ? 0.43 : 0.41) * self->pitch;
    scale_cores(self);
    bool few = (uint64_t)n_routers * chip->cores_per_router <= CORES_DRAWN_MAX;
    self->detail = few && self->cell >= 3.5           ? PICTURE_CORES
                   : n_routers <= ROUTERS_LINKED_MAX ? PICTURE_ROUTERS
                                                      : PICTURE_CELLS;
    if (self->detail != PICTURE_CORES)
        self->half = (self->detail == PICTURE_CELLS ? 0.48 : 0.38) * self->pitch;
    self->lanes = self->pitch - 2 * self->half >= 8;
    self->mesh_height = rows * self->pitch;
    self->width = ceil(fmax(WIDTH_MIN, columns * self->pitch + 2 * PICTURE_MARGIN));
    self->left = (self->width - (b.right + b.left) * self->pitch) / 2;
    self->top = (0.65 - b.top) * self->pitch;
}

/* One direction of a link, as an arrow that keeps to its right, from `begin` to `end` along the
 * line from (x, y) in direction (dx, dy). */
static void draw_lane(picture *self, double x, double y, double dx, double dy, double begin,
                      double end, uint64_t packets)
{
    double share = picture_share(packets, self->traffic_max);
    double broadest = 0.2 * self->half, breadth = fmax(1, share * broadest);
    double aside = broadest / 2 + 1; /* axis of the lane, to the right of the link's */
    double length = end - begin, point = fmin(0.7 * breadth, 0.5 * length);
    char colour[PICTURE_COLOUR] = "#c9cdd2";
    if (packets)
        picture_colour(PICTURE_TRAFFIC, share, colour);
    x += begin * dx - aside * dy;
    y += begin * dy + aside * dx;
    double half_x = -dy * breadth / 2, half_y = dx * breadth / 2, neck = length - point;
    plc_text_add(&self->svg,
                 "<path fill=\"%s\" d=\"M%.1f %.1fL%.1f %.1fL%.1f %.1fL%.1f %.1fL%.1f %.1fz\"/>",
                 colour, x - half_x, y - half_y, x - half_x + neck * dx, y - half_y + neck * dy,
                 x + length * dx, y + length * dy, x + half_x + neck * dx, y + half_y + neck * dy,
                 x + half_x, y + half_y);
}
