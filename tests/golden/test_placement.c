/* The quality of placements: what is 2 % worse than tests/golden/placement.csv fails. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "benchmarks/graphs.h"
#include "mapper/place_graph.h"
#include "tests/support/thorough.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const shapes[] = {"torus", "random", "layers", "communities", "flows"};

/* A line of the file. */
typedef struct golden {
    char shape[32], chip[64];
    unsigned side, effort;
    double hops, load, entries;
} golden;

static plc_graph_layout place(const plc_hypergraph *graph, const char *chip_name, unsigned effort,
                              uint64_t seed)
{
    plc_chip *chip = NULL;
    plc_graph_layout layout = {0};
    plc_error error = {0};
    cr_assert_eq(plc_chip_open(chip_name, &chip, &error), PLC_OK, "%s", error.message);
    cr_assert_eq(plc_place_graph(graph, chip, effort, seed, &layout, &error), PLC_OK, "%s",
                 error.message);
    plc_chip_destroy(chip);
    return layout;
}

static double worse(double now, double before)
{
    return before > 0 ? now / before - 1 : now > 0;
}

/* With PLACODE_GOLDEN=FILE the lines as they are now are added to a file instead. */
static void check(const golden *g)
{
    static const double tolerance = 0.02;
    plc_hypergraph graph;
    unsigned shape = 0;
    while (strcmp(shapes[shape], g->shape) != 0)
        shape++;
    cr_assert(plc_graph_of_shape((plc_graph_shape)shape, g->side, 1, &graph));
    plc_graph_layout layout = place(&graph, g->chip, g->effort, 1);
    const plc_map_report *r = &layout.report;
    const char *into = getenv("PLACODE_GOLDEN");
    FILE *file = into ? fopen(into, "a") : NULL;
    if (file) {
        fprintf(file, "%s,%u,%s,%u,%.0f,%.0f,%llu\n", g->shape, g->side, g->chip, g->effort,
                r->multicast_hops, r->max_link_load, (unsigned long long)r->table_entries);
        fclose(file);
    } else {
        cr_expect(worse(r->multicast_hops, g->hops) <= tolerance &&
                      worse(r->max_link_load, g->load) <= tolerance &&
                      worse((double)r->table_entries, g->entries) <= tolerance,
                  "%s,%u,%s,%u: hops %g (%g), busiest link %g (%g), entries %llu (%g)", g->shape,
                  g->side, g->chip, g->effort, r->multicast_hops, g->hops, r->max_link_load,
                  g->load, (unsigned long long)r->table_entries, g->entries);
    }
    plc_graph_layout_finish(&layout);
    plc_hypergraph_finish(&graph);
}

Test(placement, is_no_worse_than_it_was, .timeout = 250)
{
    char path[1024], line[256];
    unsigned n = 0;
    snprintf(path, sizeof path, "%s/tests/golden/placement.csv", getenv("PLACODE_SOURCE"));
    FILE *file = fopen(path, "r");
    cr_assert(file, "%s", path);
    cr_assert(fgets(line, sizeof line, file));
    for (; fgets(line, sizeof line, file); n++) {
        golden g;
        cr_assert_eq(sscanf(line, "%31[^,],%u,%63[^,],%u,%lf,%lf,%lf", g.shape, &g.side, g.chip,
                            &g.effort, &g.hops, &g.load, &g.entries),
                     7, "%s", line);
        check(&g);
    }
    fclose(file);
    cr_assert_geq(n, 9);
}

/* The graphs that others were measured on, and what they reached there. */
Test(placement, beats_what_others_reached, .timeout = 250)
{
    static const struct {
        const char *graph, *chip;
        double hops; /* of the best of PACMAN, rig, METIS and Zoltan with annealing, or for the
                        last four the best known and 0.3 % */
    } cases[] = {
        {"graphs/torus20s.net", "hextorus:20x20:1", 1941},
        {"graphs/torus20s.net", "hextorus:5x5:16", 415},
        {"graphs/rand1000.net", "hextorus:8x8:16", 20851},
        {"graphs/ff10x100s.net", "hextorus:8x8:16", 7045},
        {"graphs/clus1024.net", "hextorus:8x8:16", 8468},
        {"qaplib/nug30.net", "mesh:6x5:1", 6124 * 1.003},
        {"qaplib/sko64.net", "mesh:8x8:1", 48498 * 1.003},
        {"qaplib/tho30.net", "mesh:10x3:1", 149936 * 1.003},
        {"qaplib/wil50.net", "mesh:10x5:1", 48816 * 1.003},
    };
    const char *data = getenv("PLACODE_SHARED_DATA");
    const unsigned effort = plc_thorough(2, 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char path[1024];
        plc_hypergraph graph = {0};
        snprintf(path, sizeof path, "%s/%s", data ? data : "", cases[i].graph);
        if (plc_hypergraph_read(path, &graph, NULL) != PLC_OK)
            cr_skip("%s is not here", path);
        plc_graph_layout layout = place(&graph, cases[i].chip, effort, 1);
        if (effort == 2)
            cr_expect_leq(layout.report.multicast_hops, cases[i].hops, "%s on %s", cases[i].graph,
                          cases[i].chip);
        plc_graph_layout_finish(&layout);
        plc_hypergraph_finish(&graph);
    }
}
