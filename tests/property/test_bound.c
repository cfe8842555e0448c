/* Lower bounds: never above the best that trying every placement and every tree finds. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/random.h"
#include "mapper/bound.h"
#include "mapper/place_graph.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROUTERS = 6, VERTICES = 7, NETS = 8 };
static const uint32_t unreached = 1000;

/* A hypergraph in fixed arrays. */
typedef struct tiny_graph {
    plc_hypergraph graph;
    uint32_t sources[NETS], sinks[NETS * VERTICES];
    double weights[NETS];
    uint64_t sink_offsets[NETS + 1];
} tiny_graph;

/* Nets of up to `widest` sinks; weights are halves where the seed is odd. */
static void make_graph(tiny_graph *g, uint32_t n, uint32_t widest, uint64_t seed)
{
    plc_random_key key = plc_random_stream(seed, 0xb0d, 0);
    uint32_t draw = 0, n_nets = 1 + plc_random_below(plc_random_draw(key, 0, 0).word[0], NETS);
    *g = (tiny_graph){.graph = {.n_vertices = n, .n_nets = n_nets}};
    for (uint32_t e = 0; e < n_nets; e++) {
        uint32_t chosen = 0, source = plc_random_below(plc_random_draw(key, 1, draw++).word[0], n);
        uint32_t wanted = 1 + plc_random_below(plc_random_draw(key, 1, draw++).word[0], widest);
        for (uint32_t i = 0; i < wanted; i++)
            chosen |= 1u << plc_random_below(plc_random_draw(key, 1, draw++).word[0], n);
        chosen &= ~(1u << source);
        g->sources[e] = source;
        g->weights[e] = (1 + plc_random_below(plc_random_draw(key, 1, draw++).word[0], 4)) /
                        (seed % 2 ? 2.0 : 1.0);
        g->sink_offsets[e + 1] = g->sink_offsets[e];
        for (uint32_t v = 0; v < n; v++)
            if (chosen >> v & 1)
                g->sinks[g->sink_offsets[e + 1]++] = v;
    }
    g->graph.sources = g->sources;
    g->graph.weights = g->weights;
    g->graph.sink_offsets = g->sink_offsets;
    g->graph.sinks = g->sinks;
}

/* Links of the smallest tree from each router to each set of routers. */
static void measure_trees(const plc_chip *chip, uint32_t trees[ROUTERS][1 << ROUTERS])
{
    uint32_t n = chip->width * chip->height;
    cr_assert_leq(n, ROUTERS);
    for (uint32_t root = 0; root < n; root++)
        for (uint32_t set = 0; set < 1u << n; set++)
            trees[root][set] = unreached;
    for (uint32_t root = 0; root < n; root++)
        for (uint32_t used = 0; used < 1u << n; used++) {
            uint32_t reached = 1u << root & used, before = 0;
            while (reached != before) {
                before = reached;
                for (uint32_t r = 0; r < n; r++)
                    for (unsigned link = 0; (reached >> r & 1) && link < PLC_N_LINKS; link++) {
                        int64_t next = plc_chip_neighbour(chip, r, link);
                        reached |= next >= 0 ? used & 1u << next : 0;
                    }
            }
            if (reached != used || !used)
                continue;
            uint32_t links = (uint32_t)__builtin_popcount(used) - 1;
            for (uint32_t set = 0; set < 1u << n; set++)
                if ((set & ~used) == 0 && links < trees[root][set])
                    trees[root][set] = links;
        }
}

static double hops_of(const plc_hypergraph *g, const uint32_t *routers,
                      uint32_t trees[ROUTERS][1 << ROUTERS])
{
    double sum = 0;
    for (uint32_t e = 0; e < g->n_nets; e++) {
        uint32_t set = 0;
        for (uint64_t k = g->sink_offsets[e]; k < g->sink_offsets[e + 1]; k++)
            set |= 1u << routers[g->sinks[k]];
        uint32_t links = trees[routers[g->sources[e]]][set];
        sum += links == unreached ? (double)INFINITY : g->weights[e] * links;
    }
    return sum;
}

/* On a row of routers: the load of the busiest link, for there is one way only. */
static double load_of(const plc_hypergraph *g, const uint32_t *routers)
{
    double load[2][ROUTERS] = {{0}}, most = 0;
    for (uint32_t e = 0; e < g->n_nets; e++) {
        uint32_t root = routers[g->sources[e]], low = root, high = root;
        for (uint64_t k = g->sink_offsets[e]; k < g->sink_offsets[e + 1]; k++) {
            low = routers[g->sinks[k]] < low ? routers[g->sinks[k]] : low;
            high = routers[g->sinks[k]] > high ? routers[g->sinks[k]] : high;
        }
        for (uint32_t r = root; r < high; r++)
            most = fmax(most, load[0][r] += g->weights[e]);
        for (uint32_t r = root; r > low; r--)
            most = fmax(most, load[1][r] += g->weights[e]);
    }
    return most;
}

/* The best over all placements; false when the vertices do not fit. */
static bool try_all(const plc_hypergraph *g, const plc_chip *chip, bool row, double *ret_hops,
                    double *ret_load)
{
    static uint32_t trees[ROUTERS][1 << ROUTERS];
    uint32_t n = chip->width * chip->height, routers[VERTICES] = {0}, v = 0;
    measure_trees(chip, trees);
    *ret_hops = *ret_load = INFINITY;
    bool found = false;
    do {
        uint32_t held[ROUTERS] = {0};
        bool legal = true;
        for (v = 0; v < g->n_vertices; v++)
            legal = legal && chip->alive[routers[v]] &&
                    ++held[routers[v]] <= plc_core_set_count(&chip->cores[routers[v]]);
        if (legal) {
            *ret_hops = fmin(*ret_hops, hops_of(g, routers, trees));
            *ret_load = fmin(*ret_load, row ? load_of(g, routers) : (double)INFINITY);
            found = true;
        }
        for (v = 0; v < g->n_vertices && ++routers[v] == n; v++) /* count up */
            routers[v] = 0;
    } while (v < g->n_vertices);
    return found && isfinite(*ret_hops);
}

/* Some that are rows, some with a dead link, one that is dead in one direction only. */
static plc_chip *open_case(uint64_t i, bool *ret_row)
{
    static const char *const names[] = {
        "mesh:2x2:2", "mesh:5x1:1",  "torus:3x2:1", "mesh:3x1:3", "hexmesh:2x2:3", "mesh:3x2:2",
        "mesh:4x1:2", "torus:5x1:1", "mesh:3x2:1",  "mesh:2x1:4", "hexmesh:3x2:1"};
    plc_chip *chip = NULL;
    const char *name = names[i % (sizeof names / sizeof *names)];
    cr_assert_eq(plc_chip_open(name, &chip, NULL), PLC_OK);
    *ret_row = chip->height == 1 && !chip->wrap;
    if (i % 3 == 0 && chip->height > 1) {
        chip->dead_links[0] |= 1u << 0;
        if (i % 2)
            chip->dead_links[1] |= 1u << 3;
    }
    if (i % 5 == 0 && chip->cores_per_router > 1)
        chip->cores[0].word[0] &= chip->cores[0].word[0] - 1;
    return chip;
}

Test(bound, is_never_above_the_optimum, .timeout = 250)
{
    unsigned tried = 0, reached = 0, more_than_nets = 0;
    for (uint64_t i = 0; i < 660; i++) {
        tiny_graph g;
        bool row;
        double hops, load;
        plc_bound bound;
        plc_chip *chip = open_case(i, &row);
        uint32_t cores = (uint32_t)plc_chip_n_cores(chip);
        make_graph(&g, 2 + (uint32_t)(i * 7 % (VERTICES - 2)), 1 + (uint32_t)(i / 11 % 5), i);
        if (g.graph.n_vertices <= cores && try_all(&g.graph, chip, row, &hops, &load)) {
            cr_assert_eq(plc_bound_make(&g.graph, chip, &bound, NULL), PLC_OK);
            cr_assert_leq(bound.hops, hops, "case %u on %s: %g, the best has %g hops", (unsigned)i,
                          plc_chip_name(chip), bound.hops, hops);
            cr_assert_leq(bound.link_load, load, "case %u on %s: load %g, the best has %g",
                          (unsigned)i, plc_chip_name(chip), bound.link_load, load);
            tried++;
            reached += hops > 0 && bound.hops > 0.999 * hops;
            more_than_nets += bound.hops > 0 && chip->cores_per_router > 1;
        }
        plc_chip_destroy(chip);
    }
    /* Where the bound is the optimum, any higher one would have failed above. */
    cr_assert_gt(tried, 400, "%u", tried);
    cr_assert_gt(reached, tried / 6, "%u of %u", reached, tried);
    cr_assert_gt(more_than_nets, 20, "%u", more_than_nets);
}

/* What placing finds is above it too, hops and loads, on machines too large for trying all. */
Test(bound, is_below_what_placing_finds)
{
    static const char *const names[] = {"torus:3x3:2", "hextorus:4x3:1", "mesh:4x4:1"};
    for (uint64_t i = 0; i < 60; i++) {
        tiny_graph g;
        plc_chip *chip = NULL;
        plc_graph_layout layout = {0};
        plc_bound bound;
        make_graph(&g, VERTICES, 1 + (uint32_t)(i % 6), i);
        cr_assert_eq(plc_chip_open(names[i % 3], &chip, NULL), PLC_OK);
        cr_assert_eq(plc_place_graph(&g.graph, chip, 0, 1, &layout, NULL), PLC_OK);
        cr_assert_eq(plc_bound_make(&g.graph, chip, &bound, NULL), PLC_OK);
        cr_assert_leq(bound.hops, layout.report.multicast_hops);
        cr_assert_leq(bound.link_load, layout.report.max_link_load);
        plc_graph_layout_finish(&layout);
        plc_chip_destroy(chip);
    }
}

/* Torus of 20 x 20 on itself, four sinks each: every packet has to cross four links. Tiles of 4 x 4
 * and all-to-all layers are bounded by what fits on a router. */
Test(bound, of_a_torus_is_its_edges)
{
    enum { SIDE = 20, N = SIDE * SIDE };
    uint32_t sources[N], sinks[4 * N];
    uint64_t offsets[N + 1] = {0};
    double weights[N];
    for (uint32_t v = 0; v < N; v++) {
        uint32_t x = v % SIDE, y = v / SIDE, *to = &sinks[4 * v];
        to[0] = y * SIDE + (x + 1) % SIDE;
        to[1] = y * SIDE + (x + SIDE - 1) % SIDE;
        to[2] = (y + 1) % SIDE * SIDE + x;
        to[3] = (y + SIDE - 1) % SIDE * SIDE + x;
        sources[v] = v;
        weights[v] = 1;
        offsets[v + 1] = 4 * (v + 1);
    }
    plc_hypergraph g = {NULL, N, N, sources, weights, offsets, sinks};
    plc_chip *chip = NULL;
    plc_bound bound;
    cr_assert_eq(plc_chip_open("torus:20x20:1", &chip, NULL), PLC_OK);
    cr_assert_eq(plc_bound_make(&g, chip, &bound, NULL), PLC_OK);
    cr_assert_eq(bound.hops, 1600, "%g", bound.hops);
    cr_assert_eq(bound.link_load, 1, "%g", bound.link_load);
    plc_chip_destroy(chip);
}

/* 32 sources with the same 32 sinks on routers of 4 cores: nine routers hold 33 vertices. */
Test(bound, of_full_connections_counts_routers)
{
    enum { N = 32 };
    uint32_t sources[N], sinks[N * N];
    uint64_t offsets[N + 1] = {0};
    double weights[N];
    for (uint32_t e = 0; e < N; e++) {
        sources[e] = e;
        weights[e] = 1;
        for (uint32_t k = 0; k < N; k++)
            sinks[e * N + k] = N + k;
        offsets[e + 1] = (e + 1) * N;
    }
    plc_hypergraph g = {NULL, 2 * N, N, sources, weights, offsets, sinks};
    plc_chip *chip = NULL;
    plc_bound bound;
    cr_assert_eq(plc_chip_open("torus:4x4:4", &chip, NULL), PLC_OK);
    cr_assert_eq(plc_bound_make(&g, chip, &bound, NULL), PLC_OK);
    cr_assert_geq(bound.hops, 8 * N, "%g", bound.hops);
    plc_chip_destroy(chip);
}
