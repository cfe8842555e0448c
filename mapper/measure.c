/* What a layout costs: hops, copies, link loads, tables, memory. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/layout/layout.h"

#include "base/error.h"
#include "base/memory.h"
#include "mapper/bound.h"
#include "mapper/fill.h"
#include "mapper/rates.h"

#include <placode/mapper.h>

static double slice_rate(const plc_rates *rates, const plc_slice *slice)
{
    double sum = 0;
    for (uint32_t i = slice->begin; i < slice->end; i++)
        sum += rates ? rates->of[slice->population][i] : 1;
    return sum;
}

/* What the packets of a layout are measured with. */
typedef struct measuring {
    const plc_layout *layout;
    const plc_rates *rates;
    plc_walk walk;
    double *load;          /* [routers * PLC_N_LINKS] [packets / tick] */
    plc_hypergraph graph;  /* slices as nets from core to cores */
    size_t sinks_capacity; /* of its sinks */
} measuring;

static plc_status init(measuring *m, plc_error *error)
{
    size_t n_links = (size_t)m->layout->chip->width * m->layout->chip->height * PLC_N_LINKS;
    uint32_t n = m->layout->n_slices;
    m->graph.n_vertices = m->layout->n_cores;
    m->load = plc_array(n_links, sizeof *m->load);
    m->graph.sources = plc_array(n, sizeof *m->graph.sources);
    m->graph.weights = plc_array(n, sizeof *m->graph.weights);
    m->graph.sink_offsets = plc_array(n + 1ul, sizeof *m->graph.sink_offsets);
    bool ok = m->load && m->graph.sources && m->graph.weights && m->graph.sink_offsets;
    return ok ? plc_walk_init(&m->walk, m->layout, error) : plc_fail_memory(error, "link loads");
}

static void finish(measuring *m)
{
    plc_walk_finish(&m->walk);
    plc_hypergraph_finish(&m->graph);
    free(m->load);
}

/* Adds the net of a slice whose packets have just been walked. */
static bool add_net(measuring *m, const plc_slice *slice, double rate)
{
    plc_hypergraph *graph = &m->graph;
    uint64_t n = graph->sink_offsets[graph->n_nets];
    if (!plc_array_reserve(&graph->sinks, &m->sinks_capacity, n + m->walk.n_cores,
                           sizeof *graph->sinks))
        return false;
    for (uint32_t i = 0; i < m->walk.n_cores; i++)
        if (m->walk.cores[i] != slice->core)
            graph->sinks[n++] = m->walk.cores[i];
    graph->sources[graph->n_nets] = slice->core;
    graph->weights[graph->n_nets] = rate;
    graph->sink_offsets[++graph->n_nets] = n;
    return true;
}

/* Adds the packets of a slice. Only the first key is walked: in the
 * tables that the mapper makes, minimised or not, all keys of a slice's block take the same way,
 * even where several entries share the block. In those of others they might not. */
static plc_status measure_slice(measuring *m, const plc_slice *slice, plc_map_report *report,
                                plc_error *error)
{
    const plc_layout *layout = m->layout;
    const plc_walk *walk = &m->walk;
    uint32_t home = layout->cores[slice->core].router, last = home;
    double rate = slice_rate(m->rates, slice);
    plc_status status = plc_walk_packet(&m->walk, layout, home, slice->key, error);
    if (status != PLC_OK)
        return status;
    for (uint32_t i = 0; i < walk->n_links; i++)
        m->load[walk->links[i]] += rate;
    for (uint32_t i = 0; i < walk->n_cores;
         i++) { /* ascending, so cores of a router are together */
        uint32_t router = layout->cores[walk->cores[i]].router;
        report->copies += router != last && router != home ? rate : 0;
        last = router;
    }
    report->multicast_hops += rate * walk->n_links;
    report->core_copies += rate * walk->n_cores;
    return add_net(m, slice, rate) ? PLC_OK : plc_fail_memory(error, "link loads");
}

static void measure_memory(const plc_layout *layout, plc_map_report *report)
{
    uint64_t word = plc_chip_limit(layout->chip, PLC_CHIP_SYNAPSE_WORD);
    uint64_t row = plc_chip_limit(layout->chip, PLC_CHIP_ROW_ADDRESS) +
                   plc_chip_limit(layout->chip, PLC_CHIP_ROW_HEADER);
    report->synapse_bytes = layout->n_words * word + layout->n_rows * row +
                            plc_layout_plastic_bytes(layout, 0, layout->n_rows);
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
    measuring m = {.layout = layout, .rates = rates};
    plc_bound bound = {0};
    size_t n_links = (size_t)layout->chip->width * layout->chip->height * PLC_N_LINKS;
    plc_status status =
        rates ? plc_rates_check(rates, layout->populations, layout->n_populations, "layout", error)
              : PLC_OK;
    if (status != PLC_OK)
        return status;
    status = init(&m, error);
    for (uint32_t s = 0; status == PLC_OK && s < layout->n_slices; s++)
        status = measure_slice(&m, &layout->slices[s], &report, error);
    for (size_t i = 0; status == PLC_OK && i < n_links; i++)
        if (m.load[i] > report.max_link_load)
            report.max_link_load = m.load[i];
    if (status == PLC_OK)
        status = plc_bound_make(&m.graph, layout->chip, &bound, error);
    if (status == PLC_OK) {
        measure_memory(layout, &report);
        plc_fill_measure(layout, report.fill);
        report.bound_hops = bound.hops;
        report.bound_link_load = bound.link_load;
        *ret_report = report;
    }
    finish(&m);
    return status;
}
