/* How full cores and routers are. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/fill.h"

plc_chip_quantity plc_fill_quantity(plc_resource resource)
{
    static const plc_chip_quantity quantities[PLC_N_RESOURCES] = {
        [PLC_RESOURCE_NEURONS] = PLC_CHIP_NEURONS_PER_CORE,
        [PLC_RESOURCE_SYNAPSE_MEMORY] = PLC_CHIP_SYNAPSE_MEMORY,
        [PLC_RESOURCE_KEY_ENTRIES] = PLC_CHIP_KEY_ENTRIES,
        [PLC_RESOURCE_AXONS_IN] = PLC_CHIP_AXONS_IN,
        [PLC_RESOURCE_ROUTER_ENTRIES] = PLC_CHIP_ROUTER_ENTRIES};
    return quantities[resource];
}

static uint64_t count_bytes(const plc_layout *layout, const plc_layout_core *core)
{
    uint64_t words = layout->row_offsets[core->row_end] - layout->row_offsets[core->row_begin];
    uint64_t row = plc_chip_limit(layout->chip, PLC_CHIP_ROW_ADDRESS) +
                   plc_chip_limit(layout->chip, PLC_CHIP_ROW_HEADER);
    return words * plc_chip_limit(layout->chip, PLC_CHIP_SYNAPSE_WORD) +
           (core->row_end - core->row_begin) * row +
           plc_layout_plastic_bytes(layout, core->row_begin, core->row_end);
}

static uint64_t count_axons(const plc_layout *layout, const plc_layout_core *core)
{
    uint64_t n = 0;
    for (uint64_t r = core->row_begin; r < core->row_end; r++)
        n += layout->row_offsets[r + 1] > layout->row_offsets[r];
    return n;
}

uint64_t plc_fill_core(const plc_layout *layout, uint32_t core, plc_resource resource)
{
    const plc_layout_core *c = &layout->cores[core];
    switch (resource) {
    case PLC_RESOURCE_NEURONS:
        return c->n_neurons;
    case PLC_RESOURCE_SYNAPSE_MEMORY:
        return count_bytes(layout, c);
    case PLC_RESOURCE_KEY_ENTRIES:
        return c->entry_end - c->entry_begin;
    case PLC_RESOURCE_AXONS_IN:
        return count_axons(layout, c);
    default:
        return 0;
    }
}

void plc_fill_add(plc_fill *fill, uint64_t used, uint32_t x, uint32_t y, uint32_t core)
{
    if (fill->n == 0 || used > fill->max) {
        fill->max = used;
        fill->x = x;
        fill->y = y;
        fill->core = core;
    }
    fill->n++;
    fill->mean += ((double)used - fill->mean) / (double)fill->n;
}

void plc_fill_measure(const plc_layout *layout, plc_fill ret_fill[PLC_N_RESOURCES])
{
    const plc_chip *chip = layout->chip;
    for (unsigned k = 0; k < PLC_N_RESOURCES; k++) {
        plc_resource resource = (plc_resource)k;
        plc_fill *fill = &ret_fill[k];
        *fill = (plc_fill){.limit = plc_chip_limit(chip, plc_fill_quantity(resource))};
        for (uint32_t c = 0; resource != PLC_RESOURCE_ROUTER_ENTRIES && c < layout->n_cores; c++) {
            const plc_layout_core *core = &layout->cores[c];
            plc_fill_add(fill, plc_fill_core(layout, c, resource), core->router % chip->width,
                         core->router / chip->width, core->core);
        }
    }
    for (uint32_t r = 0; r < chip->width * chip->height; r++)
        if (chip->alive[r])
            plc_fill_add(&ret_fill[PLC_RESOURCE_ROUTER_ENTRIES],
                         layout->route_offsets[r + 1] - layout->route_offsets[r], r % chip->width,
                         r / chip->width, 0);
}
