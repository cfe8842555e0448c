/* Where a picture has its routers and cores. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/picture.h"

#include <math.h>

enum {
    MESH_WIDTH = 1200, /* the mesh is fitted into this */
    MESH_HEIGHT = 860,
    WIDTH_MIN = 800, /* of the picture: room for title and legend */
    /* Files stay small: of more cores or routers than these, less is drawn. */
    CORES_STRIPED_MAX = 6000,
    CORES_DRAWN_MAX = 10500,
    ROUTERS_LINKED_MAX = 6000,
};

static const double SIN60 = 0.86602540378443865;

void picture_place(const picture *self, double x, double y, double *ret_x, double *ret_y)
{
    *ret_x = self->hexagonal ? x - y / 2 : x;
    *ret_y = self->hexagonal ? -y * SIN60 : -y;
}

void picture_centre(const picture *self, uint32_t router, double *ret_x, double *ret_y)
{
    uint32_t width = self->layout->chip->width;
    double x, y;
    picture_place(self, router % width, router / width, &x, &y);
    *ret_x = self->left + self->pitch * x;
    *ret_y = self->top + self->pitch * y;
}

/* The part of the mesh to show, [pitch]. */
typedef struct bounds {
    double left, right, top, bottom;
} bounds;

/* Boards of hexagonal meshes are cut out of a larger parallelogram, whose corners nobody misses. */
static bounds find_bounds(const picture *self)
{
    const plc_chip *chip = self->layout->chip;
    bounds b = {(double)INFINITY, -(double)INFINITY, (double)INFINITY, -(double)INFINITY};
    bool all = !self->hexagonal || chip->wrap;
    for (uint32_t r = 0; r < chip->width * chip->height; r++) {
        double x, y;
        picture_place(self, r % chip->width, r / chip->width, &x, &y);
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
    self->head = self->hexagonal ? 0.42 * self->half : fmin(0.36 * self->half, 26);
    self->foot = self->hexagonal ? 0.42 * self->half : fmin(0.28 * self->half, 20);
    double width = 1.8 * self->half, height = 2 * self->half - self->head - self->foot;
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
    self->grid_y = (gap - rows * self->cell + self->head - self->foot) / 2;
}

void picture_scale_mesh(picture *self)
{
    const plc_chip *chip = self->layout->chip;
    uint32_t n_routers = chip->width * chip->height;
    bounds b = find_bounds(self);
    double border = chip->wrap ? 0.6 : n_routers > 1 ? 0.52 : 0.44; /* [pitch] around the centres */
    double columns = b.right - b.left + 2 * border, rows = b.bottom - b.top + 2 * border;
    double most = fmax(n_routers > 1 ? 190 : 260, 52 * sqrt(chip->cores_per_router));
    self->pitch = fmin(most, fmin(MESH_WIDTH / columns, MESH_HEIGHT / rows));
    self->half = (self->hexagonal ? 0.43 : 0.41) * self->pitch;
    scale_cores(self);
    uint64_t n_cores = (uint64_t)n_routers * chip->cores_per_router;
    self->detail = n_cores <= CORES_DRAWN_MAX && self->cell >= 3.5 ? PICTURE_CORES
                   : n_routers <= ROUTERS_LINKED_MAX               ? PICTURE_ROUTERS
                                                                   : PICTURE_CELLS;
    if (self->detail != PICTURE_CORES)
        self->half = (self->detail == PICTURE_CELLS ? 0.48 : 0.38) * self->pitch;
    self->striped = self->detail == PICTURE_CORES && self->layout->n_populations > 1 &&
                    n_cores <= CORES_STRIPED_MAX && self->side >= 5;
    self->lanes = self->pitch - 2 * self->half >= 8;
    self->mesh_height = rows * self->pitch;
    self->width = ceil(fmax(WIDTH_MIN, columns * self->pitch + 2 * PICTURE_MARGIN));
    self->left = (self->width - (b.right + b.left) * self->pitch) / 2;
    self->top = (border - b.top) * self->pitch;
}
