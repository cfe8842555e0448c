/* Draws a placed hypergraph as SVG, by the means of layouts. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/picture.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>

/* A layout of one population whose neurons are the vertices, a core each, as far as pictures need
 * one. */
typedef struct disguise {
    plc_layout layout;
    plc_population population;
    double *packets;   /* [n_vertices] sent and received */
    double *load;      /* [routers * PLC_N_LINKS] */
    uint64_t *traffic; /* likewise, rounded */
} disguise;

static void finish(disguise *d)
{
    free(d->layout.cores);
    free(d->layout.slices);
    free(d->layout.row_offsets);
    free(d->layout.route_offsets);
    free(d->packets);
    free(d->load);
    free(d->traffic);
}

static bool allocate(disguise *d, const plc_hypergraph *graph, size_t n_routers)
{
    size_t n = graph->n_vertices, n_links = n_routers * PLC_N_LINKS;
    d->layout.cores = plc_array(n, sizeof *d->layout.cores);
    d->layout.slices = plc_array(n, sizeof *d->layout.slices);
    d->layout.row_offsets = plc_array(1, sizeof *d->layout.row_offsets);
    d->layout.route_offsets = plc_array(n_routers + 1, sizeof *d->layout.route_offsets);
    d->packets = plc_array(n, sizeof *d->packets);
    d->load = plc_array(n_links, sizeof *d->load);
    d->traffic = plc_array(n_links, sizeof *d->traffic);
    return d->layout.cores && d->layout.slices && d->layout.row_offsets &&
           d->layout.route_offsets && d->packets && d->load && d->traffic;
}

/* Packets at the vertices and on the links. */
static void add_up(disguise *d, const plc_hypergraph *graph, const plc_graph_layout *placed,
                   size_t n_links)
{
    for (uint32_t e = 0; e < graph->n_nets; e++) {
        double weight = graph->weights[e];
        d->packets[graph->sources[e]] += weight;
        for (uint64_t k = graph->sink_offsets[e]; k < graph->sink_offsets[e + 1]; k++)
            d->packets[graph->sinks[k]] += weight;
        for (uint64_t k = placed->tree_offsets[e]; k < placed->tree_offsets[e + 1]; k++)
            d->load[(size_t)placed->links[k].router * PLC_N_LINKS + placed->links[k].link] +=
                weight;
    }
    for (size_t i = 0; i < n_links; i++)
        d->traffic[i] = (uint64_t)llround(fmin(d->load[i], 1e18));
}

static int compare_places(const void *a, const void *b)
{
    const plc_layout_core *x = a, *y = b;
    if (x->router != y->router)
        return x->router < y->router ? -1 : 1;
    return (x->core > y->core) - (x->core < y->core);
}

/* Cores by place, each with the slice of its vertex. */
static void fill_layout(disguise *d, const plc_hypergraph *graph, const plc_graph_layout *placed,
                        size_t n_routers)
{
    uint32_t n = graph->n_vertices;
    d->layout.n_cores = d->layout.n_slices = n;
    for (uint32_t v = 0; v < n; v++)
        d->layout.cores[v] =
            (plc_layout_core){.router = placed->routers[v],
                              .core = placed->cores[v],
                              .slice_begin = v, /* the vertex, until sorted */
                              .n_neurons = (uint32_t)llround(fmin(d->packets[v], UINT32_MAX))};
    qsort(d->layout.cores, n, sizeof *d->layout.cores, compare_places);
    for (uint32_t c = 0; c < n; c++) {
        plc_layout_core *core = &d->layout.cores[c];
        uint32_t v = core->slice_begin;
        d->layout.slices[c] =
            (plc_slice){.begin = v, .end = v + 1, .core = c}; /* of population 0 */
        core->slice_begin = c;
        core->slice_end = c + 1;
    }
    for (size_t r = 0; r < n_routers; r++)
        d->layout.route_offsets[r + 1] = d->layout.route_offsets[r] + placed->entries[r];
}

plc_status picture_write_graph(const plc_hypergraph *graph, const plc_graph_layout *placed,
                               const plc_chip *chip, const char *path, plc_error *error)
{
    static char unnamed[] = "graph";
    size_t n_routers = (size_t)chip->width * chip->height;
    disguise d = {
        .population = {.name = graph->name ? graph->name : unnamed, .size = graph->n_vertices}};
    plc_chip *copy = NULL;
    plc_status status = plc_chip_copy(chip, &copy, error);
    d.layout.chip = copy;
    d.layout.populations = &d.population;
    d.layout.n_populations = 1;
    if (status == PLC_OK && !allocate(&d, graph, n_routers))
        status = plc_fail_memory(error, "the picture of a hypergraph");
    if (status == PLC_OK) {
        add_up(&d, graph, placed, n_routers * PLC_N_LINKS);
        fill_layout(&d, graph, placed, n_routers);
        status = picture_make(&d.layout, d.traffic, path, error);
    }
    finish(&d);
    plc_chip_destroy(copy);
    return status;
}
