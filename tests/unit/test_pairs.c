/* Pairs: their weights, annealing them, and untwisting a torus. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "benchmarks/graphs.h"
#include "mapper/chance.h"
#include "mapper/pairs.h"
#include "mapper/place_graph.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

Test(chance, decay_and_wait_are_those_of_the_library_of_mathematics)
{
    for (int i = 0; i <= 1000; i++) {
        double x = i / 20.0, u = (i + 0.5) / 1001;
        cr_assert_float_eq(plc_decay(x), exp(-x), 1e-12);
        cr_assert_float_eq(plc_wait(u), -log(u), 1e-12);
    }
}

Test(chance, accepts_as_metropolis_does)
{
    plc_chance chance;
    unsigned accepted = 0, n = 100000;
    plc_chance_init(&chance, 1, 2);
    for (unsigned i = 0; i < n; i++)
        accepted += plc_chance_accepts(&chance, 1.5, 1);
    cr_assert_float_eq((double)accepted / n, exp(-1.5), 0.005);
    cr_assert(plc_chance_accepts(&chance, 0, 0));
    cr_assert_not(plc_chance_accepts(&chance, 1, 0));
}

static plc_machine machine_of(const char *name, plc_chip **ret_chip)
{
    plc_machine m = {0};
    cr_assert_eq(plc_chip_open(name, ret_chip, NULL), PLC_OK);
    cr_assert_eq(plc_machine_init(&m, *ret_chip, NULL), PLC_OK);
    return m;
}

Test(pairs, add_up_both_ways_and_over_nets)
{
    static const char text[] = "graph g 4\nnet 0 2 1 2\nnet 1 3 0\nnet 0 0.5 1\nnet 3 0 2\n";
    plc_hypergraph g = {0};
    plc_pairs pairs = {0};
    cr_assert_eq(plc_hypergraph_parse("g", text, strlen(text), &g, NULL), PLC_OK);
    cr_assert_eq(plc_pairs_make(&g, NULL, 4, &pairs, NULL), PLC_OK);
    cr_assert(pairs.offsets[1] == 2 && pairs.offsets[2] == 3 && pairs.offsets[4] == 4,
              "a net of weight 0 makes no pair");
    cr_assert_float_eq(pairs.weights[0] * pairs.unit, 5.5, 1e-5);
    cr_assert_float_eq(pairs.weights[1] * pairs.unit, 2, 1e-5);
    plc_pairs_finish(&pairs);
    uint32_t group_of[4] = {0, 0, 1, 1};
    cr_assert_eq(plc_pairs_make(&g, group_of, 2, &pairs, NULL), PLC_OK);
    cr_assert(pairs.offsets[2] == 2 && pairs.weights[0] == 2 && pairs.unit == 1);
    plc_pairs_finish(&pairs);
    plc_hypergraph_finish(&g);
}

/* A torus laid out with its rows sheared costs more; untwisting finds the layout of least cost. */
Test(pairs, a_sheared_torus_is_untwisted)
{
    enum { SIDE = 8, N = SIDE * SIDE };
    plc_chip *chip = NULL;
    plc_machine m = machine_of("hextorus:8x8:1", &chip);
    plc_hypergraph g = {0};
    plc_pairs pairs = {0};
    uint32_t routers[N];
    char *text = malloc(64 * N), *at = text + sprintf(text, "graph g %d\n", N);
    for (int v = 0; v < N; v++)
        at += sprintf(at, "net %d 1 %d %d\n", v, v / SIDE * SIDE + (v + 1) % SIDE, (v + SIDE) % N);
    cr_assert_eq(plc_hypergraph_parse("g", text, strlen(text), &g, NULL), PLC_OK);
    cr_assert_eq(plc_pairs_make(&g, NULL, N, &pairs, NULL), PLC_OK);
    for (int v = 0; v < N; v++) {
        int x = v % SIDE, y = v / SIDE; /* neighbours in y are (-1, 1) apart, two hops */
        routers[v] = (uint32_t)(y * SIDE + (x - y + SIDE) % SIDE);
    }
    cr_assert_eq(plc_pairs_cost(&pairs, &m, routers), 3 * N);
    cr_assert_eq(plc_pairs_untwist(&pairs, &m, m.capacity, routers, NULL), PLC_OK);
    cr_assert_eq(plc_pairs_cost(&pairs, &m, routers), 2 * N);
    free(text);
    plc_pairs_finish(&pairs);
    plc_hypergraph_finish(&g);
    plc_machine_finish(&m);
    plc_chip_destroy(chip);
}

/* Annealing keeps to what routers hold, on a mesh with room to spare. */
Test(pairs, annealing_keeps_to_capacities)
{
    plc_chip *chip = NULL;
    plc_machine m = machine_of("hexmesh:4x5:3", &chip);
    plc_hypergraph g;
    plc_pairs pairs = {0};
    uint32_t routers[49], used[20] = {0};
    cr_assert(plc_graph_of_shape(PLC_SHAPE_TORUS, 7, 3, &g));
    cr_assert_eq(plc_pairs_make(&g, NULL, g.n_vertices, &pairs, NULL), PLC_OK);
    for (uint32_t v = 0; v < 49; v++)
        routers[v] = v / 3;
    int64_t before = plc_pairs_cost(&pairs, &m, routers);
    plc_pairs_settings settings = {.seed = 1, .moves = 100000, .hot = 0.5, .cold = 0.05};
    cr_assert_eq(plc_pairs_anneal(&pairs, &m, m.capacity, &settings, routers, NULL), PLC_OK);
    for (uint32_t v = 0; v < 49; v++)
        cr_assert_leq(++used[routers[v]], m.capacity[routers[v]]);
    cr_assert_lt(plc_pairs_cost(&pairs, &m, routers), before / 2);
    plc_pairs_finish(&pairs);
    plc_hypergraph_finish(&g);
    plc_machine_finish(&m);
    plc_chip_destroy(chip);
}

/* Every placement of a small flow problem is tried; effort 1 finds the best. */
Test(pairs, small_problems_are_solved)
{
    enum { N = 8 };
    plc_chip *chip = NULL;
    plc_machine m = machine_of("mesh:4x2:1", &chip);
    for (uint64_t seed = 1; seed <= 4; seed++) {
        plc_hypergraph g;
        plc_pairs pairs = {0};
        plc_graph_layout layout = {0};
        uint32_t p[N] = {0, 1, 2, 3, 4, 5, 6, 7}, c[N] = {0};
        cr_assert(plc_graph_of_shape(PLC_SHAPE_FLOWS, N, seed, &g));
        cr_assert_eq(plc_pairs_make(&g, NULL, N, &pairs, NULL), PLC_OK);
        int64_t least = plc_pairs_cost(&pairs, &m, p);
        for (uint32_t i = 0; i < N;) { /* Heap's permutations */
            if (c[i] >= i) {
                c[i++] = 0;
                continue;
            }
            uint32_t j = i % 2 ? c[i] : 0, t = p[j];
            p[j] = p[i];
            p[i] = t;
            int64_t cost = plc_pairs_cost(&pairs, &m, p);
            least = cost < least ? cost : least;
            c[i]++;
            i = 0;
        }
        cr_assert_eq(plc_place_graph(&g, chip, 1, 1, &layout, NULL), PLC_OK);
        cr_assert_eq(layout.report.multicast_hops, (double)least, "seed %d", (int)seed);
        plc_graph_layout_finish(&layout);
        plc_pairs_finish(&pairs);
        plc_hypergraph_finish(&g);
    }
    plc_machine_finish(&m);
    plc_chip_destroy(chip);
}
