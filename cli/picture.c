/* Draws a layout as SVG: chips, cores coloured by load, links by traffic. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/command.h"

#include "base/error.h"
#include "base/memory.h"
#include "cli/picture.h"

static void finish(picture *self)
{
    free(self->core_begin);
    free(self->neurons);
    free(self->traffic);
    plc_text_finish(&self->svg);
}

static bool allocate(picture *self, const plc_layout *layout)
{
    size_t n_routers = (size_t)layout->chip->width * layout->chip->height;
    *self = (picture){.layout = layout,
                      .hexagonal = layout->chip->links == PLC_LINKS_HEXAGONAL && n_routers > 1};
    self->core_begin = plc_array(n_routers + 1, sizeof *self->core_begin);
    self->neurons = plc_array(n_routers, sizeof *self->neurons);
    self->traffic = plc_array(n_routers * PLC_N_LINKS, sizeof *self->traffic);
    return self->core_begin && self->neurons && self->traffic;
}

/* A slice's packets all take the same way, so each is walked once. */
plc_status picture_measure_traffic(const plc_layout *layout, uint64_t *traffic, plc_error *error)
{
    plc_walk walk;
    plc_status status = plc_walk_init(&walk, layout, error);
    if (status != PLC_OK)
        return status;
    for (uint32_t s = 0; status == PLC_OK && s < layout->n_slices; s++) {
        const plc_slice *slice = &layout->slices[s];
        status =
            plc_walk_packet(&walk, layout, layout->cores[slice->core].router, slice->key, error);
        for (uint32_t i = 0; status == PLC_OK && i < walk.n_links; i++)
            traffic[walk.links[i]] += slice->end - slice->begin;
    }
    plc_walk_finish(&walk);
    return status;
}

/* Counts cores and neurons by router and finds what a full one is. */
static void measure_loads(picture *self)
{
    const plc_layout *layout = self->layout;
    const plc_chip *chip = layout->chip;
    uint32_t n_routers = chip->width * chip->height, usable = 0;
    uint64_t cores = plc_chip_limit(chip, PLC_CHIP_NEURONS_PER_CORE);
    uint64_t entries = plc_chip_limit(chip, PLC_CHIP_ROUTER_ENTRIES);
    self->core_bounded = cores != UINT64_MAX && self->subject != PICTURE_PACKETS;
    self->table_bounded = entries != UINT64_MAX;
    for (uint32_t c = 0; c < layout->n_cores; c++) {
        const plc_layout_core *core = &layout->cores[c];
        self->core_begin[core->router + 1]++;
        self->neurons[core->router] += core->n_neurons;
        self->core_full = core->n_neurons > self->core_full ? core->n_neurons : self->core_full;
    }
    for (uint32_t r = 0; r < n_routers; r++) {
        uint32_t n = plc_core_set_count(&chip->cores[r]);
        uint64_t table = layout->route_offsets[r + 1] - layout->route_offsets[r];
        usable = n > usable ? n : usable;
        self->core_begin[r + 1] += self->core_begin[r];
        self->router_full =
            self->neurons[r] > self->router_full ? self->neurons[r] : self->router_full;
        self->table_full = table > self->table_full ? table : self->table_full;
    }
    self->table_full = self->subject == PICTURE_SLICES ? 0
                       : self->table_bounded           ? entries
                                                       : self->table_full;
    if (self->core_bounded) {
        self->core_full = cores;
        self->router_full = cores <= UINT64_MAX / PLC_MAX_CORES ? cores * usable : cores;
    }
}

/* Puts the head before the drawing, whose size is known by now. */
static plc_status put_together(const picture *self, plc_text *ret_svg, plc_error *error)
{
    plc_text out = {0};
    plc_text_add(&out,
                 "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" "
                 "viewBox=\"0 0 %.0f %.0f\" role=\"img\" aria-label=\"chip map\" "
                 "font-family=\"system-ui, -apple-system, "
                 "'Segoe UI', Roboto, 'Helvetica Neue', 'DejaVu Sans', sans-serif\" "
                 "font-size=\"12\" fill=\"#24292f\">\n",
                 self->width, self->height, self->width, self->height);
    picture_add_definitions(&out);
    plc_text_add(&out, "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n");
    plc_text_add(&out, "%s</svg>\n", self->svg.data ? self->svg.data : "");
    if (self->svg.failed || out.failed) {
        plc_text_finish(&out);
        return plc_fail_memory(error, "the picture of a layout");
    }
    *ret_svg = out;
    return PLC_OK;
}

plc_status picture_draw(const plc_layout *layout, picture_subject subject, const uint64_t *traffic,
                        plc_text *ret_svg, plc_error *error)
{
    picture self;
    size_t n_links = (size_t)layout->chip->width * layout->chip->height * PLC_N_LINKS;
    plc_status status =
        allocate(&self, layout) ? PLC_OK : plc_fail_memory(error, "the picture of a layout");
    self.subject = subject;
    if (status == PLC_OK && traffic)
        memcpy(self.traffic, traffic, n_links * sizeof *traffic);
    else if (status == PLC_OK && subject == PICTURE_NETWORK)
        status = picture_measure_traffic(layout, self.traffic, error);
    for (size_t i = 0; status == PLC_OK && i < n_links; i++)
        self.traffic_max = self.traffic[i] > self.traffic_max ? self.traffic[i] : self.traffic_max;
    if (status == PLC_OK) {
        measure_loads(&self);
        picture_scale_mesh(&self);
        picture_draw_title(&self);
        self.top += self.height;
        picture_draw_links(&self);
        picture_draw_routers(&self);
        self.height += self.mesh_height;
        picture_draw_legend(&self);
        status = put_together(&self, ret_svg, error);
    }
    finish(&self);
    return status;
}

plc_status picture_make(const plc_layout *layout, const uint64_t *traffic, const char *path,
                        plc_error *error)
{
    plc_text svg = {0};
    plc_status status =
        picture_draw(layout, traffic ? PICTURE_PACKETS : PICTURE_NETWORK, traffic, &svg, error);
    if (status == PLC_OK)
        status = plc_file_write(path, svg.data, svg.n, error);
    plc_text_finish(&svg);
    return status;
}

plc_status picture_write(const plc_layout *layout, const char *path, plc_error *error)
{
    return picture_make(layout, NULL, path, error);
}
