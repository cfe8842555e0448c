/* What a layout costs: hops, copies, link loads, tables, memory. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/layout/layout.h"

#include "base/error.h"
#include "base/memory.h"
#include "mapper/rates.h"

#include <placode/mapper.h>

static double slice_rate(const plc_rates *rates, const plc_slice *slice)
{
    double sum = 0;
    for (uint32_t i = slice->begin; i < slice->end; i++)
        sum += rates ? rates->of[slice->population][i] : 1;
    return sum;
}

/* Adds the packets of a slice; `load` [routers * PLC_N_LINKS]. Only the first key is walked: in the
 * tables that the mapper makes, minimised or not, all keys of a slice's block take the same way,
 * even where several entries share the block. In those of others they might not. */
static plc_status measure_slice(const plc_layout *layout, const plc_rates *rates,
                                const plc_slice *slice, plc_walk *walk, double *load,
                                plc_map_report *report, plc_error *error)
{
    uint32_t home = layout->cores[slice->core].router, last = home;
    double rate = slice_rate(rates, slice);
    plc_status status = plc_walk_packet(walk, layout, home, slice->key, error);
    if (status != PLC_OK)
        return status;
    for (uint32_t i = 0; i < walk->n_links; i++)
        load[walk->links[i]] += rate;
    for (uint32_t i = 0; i < walk->n_cores;
         i++) { /* ascending, so cores of a router are together */
        uint32_t router = layout->cores[walk->cores[i]].router;
        report->copies += router != last && router != home ? rate : 0;
        last = router;
    }
    report->multicast_hops += rate * walk->n_links;
    report->core_copies += rate * walk->n_cores;
    return PLC_OK;
}

static void measure_memory(const plc_layout *layout, plc_map_report *report)
{
    uint64_t word = plc_chip_limit(layout->chip, PLC_CHIP_SYNAPSE_WORD);
    uint64_t row = plc_chip_limit(layout->chip, PLC_CHIP_ROW_ADDRESS) +
                   plc_chip_limit(layout->chip, PLC_CHIP_ROW_HEADER);
    report->synapse_bytes = layout->n_words * word + layout->n_rows * row;
    report->cores = layout->n_cores;
    for (uint32_t c = 0; c < layout->n_cores; c++)
        report->chips += c == 0 || layout->cores[c].router != layout->cores[c - 1].router;
    uint32_t n_routers = layout->chip->width * layout->chip->height;
    report->table_entries = layout->route_offsets[n_routers];
    for (uint32_t r = 0; r < n_routers; r++) {
        uint32_t n = layout->route_offsets[r + 1] - layout->route_offsets[r];
        if (n > report->table_entries_max)
            report->table_entries_max = n;
    }
}

plc_status plc_map_measure(const plc_layout *layout, const plc_rates *rates,
                           plc_map_report *ret_report, plc_error *error)
{
    plc_map_report report = {0};
    plc_walk walk = {0};
    size_t n_links = (size_t)layout->chip->width * layout->chip->height * PLC_N_LINKS;
    plc_status status =
        rates ? plc_rates_check(rates, layout->populations, layout->n_populations, "layout", error)
              : PLC_OK;
    if (status != PLC_OK)
        return status;
    double *load = plc_array(n_links, sizeof *load);
    status = load ? plc_walk_init(&walk, layout, error) : plc_fail_memory(error, "link loads");
    for (uint32_t s = 0; status == PLC_OK && s < layout->n_slices; s++)
        status = measure_slice(layout, rates, &layout->slices[s], &walk, load, &report, error);
    for (size_t i = 0; status == PLC_OK && i < n_links; i++)
        if (load[i] > report.max_link_load)
            report.max_link_load = load[i];
    if (status == PLC_OK) {
        measure_memory(layout, &report);
        *ret_report = report;
    }
    plc_walk_finish(&walk);
    free(load);
    return status;
}
