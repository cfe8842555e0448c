/* Placement: weighted hops, the busiest link and time, by effort, against placing in order and at
 * random, and as a function of size. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "benchmarks/graphs.h"
#include "mapper/place_graph.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double processor_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Places a graph and prints a line; gives the seconds, < 0 when it failed. */
static double place(const char *what, const plc_hypergraph *graph, const char *chip_name,
                    unsigned effort)
{
    plc_error error = {0};
    plc_chip *chip = NULL;
    plc_graph_layout layout = {0};
    plc_status status = plc_chip_open(chip_name, &chip, &error);
    double begin = processor_seconds();
    if (status == PLC_OK)
        status = plc_place_graph(graph, chip, effort, 1, &layout, &error);
    double seconds = processor_seconds() - begin;
    if (status == PLC_OK)
        printf("%-12s %7u %-18s %6u %12.0f %8.0f %9.3f\n", what, graph->n_vertices, chip_name,
               effort, layout.report.multicast_hops, layout.report.max_link_load, seconds);
    else
        fprintf(stderr, "%s on %s: %s\n", what, chip_name, error.message);
    plc_graph_layout_finish(&layout);
    plc_chip_destroy(chip);
    return status == PLC_OK ? seconds : -1;
}

/* One problem of each shape, at efforts 0 to 2. */
static bool compare_shapes(void)
{
    static const struct {
        const char *what, *chip;
        plc_graph_shape shape;
        uint32_t side;
    } cases[] = {
        {"torus", "hextorus:20x20:1", PLC_SHAPE_TORUS, 20},
        {"torus", "hextorus:5x5:16", PLC_SHAPE_TORUS, 20},
        {"random", "hextorus:8x8:16", PLC_SHAPE_RANDOM, 1000},
        {"layers", "hextorus:8x8:16", PLC_SHAPE_LAYERS, 100},
        {"communities", "hextorus:8x8:16", PLC_SHAPE_COMMUNITIES, 64},
        {"flows", "mesh:8x8:1", PLC_SHAPE_FLOWS, 64},
    };
    bool ok = true;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        plc_hypergraph graph;
        if (!plc_graph_of_shape(cases[i].shape, cases[i].side, 1, &graph))
            return false;
        for (unsigned effort = 0; effort <= 2; effort++)
            ok = place(cases[i].what, &graph, cases[i].chip, effort) >= 0 && ok;
        plc_hypergraph_finish(&graph);
    }
    return ok;
}

/* Tori of growing size at effort 0, and the exponent of time in the vertices. */
static bool measure_growth(void)
{
    static const uint32_t sides[] = {20, 40, 80};
    double first = 0, last = 0;
    for (size_t i = 0; i < sizeof sides / sizeof *sides; i++) {
        char chip[64];
        plc_hypergraph graph;
        snprintf(chip, sizeof chip, "hextorus:%ux%u:16", sides[i] / 4, sides[i] / 4);
        if (!plc_graph_of_shape(PLC_SHAPE_TORUS, sides[i], 1, &graph))
            return false;
        last = place("torus", &graph, chip, 0);
        first = i == 0 ? last : first;
        plc_hypergraph_finish(&graph);
        if (last < 0)
            return false;
    }
    printf("time at effort 0 grows with vertices^%.2f\n", log(last / first) / log(16));
    return true;
}

int main(void)
{
    printf("%-12s %7s %-18s %6s %12s %8s %9s\n", "shape", "vertices", "chip", "effort", "hops",
           "busiest", "cpu s");
    return compare_shapes() && measure_growth() ? EXIT_SUCCESS : EXIT_FAILURE;
}
