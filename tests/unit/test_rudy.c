/* Rudy's generators and expressions. The G-set itself is compared in golden/test_gset.c. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ising/flip.h"
#include "ising/rudy.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static plc_graph rudy(const char *expression)
{
    plc_graph graph = {0};
    plc_error error;
    cr_assert_eq(plc_rudy(expression, &graph, &error), PLC_OK, "%s: %s", expression, error.message);
    return graph;
}

static void expect_refused(const char *expression, const char *message)
{
    plc_graph graph = {.n = 77};
    plc_error error = {0};
    cr_assert_eq(plc_rudy(expression, &graph, &error), PLC_INVALID, "accepted: %s", expression);
    cr_assert_str_eq(error.message, message);
    cr_assert_eq(graph.n, 77, "the result was touched");
}

/* Source: D. E. Knuth, The Stanford GraphBase, program test_flip. */
Test(flip, gives_knuths_numbers)
{
    plc_flip flip;
    plc_flip_init(&flip, -314159);
    cr_assert_eq(plc_flip_next(&flip), 119318998);
    for (int i = 0; i < 133; i++)
        plc_flip_next(&flip);
    cr_assert_eq(plc_flip_below(&flip, 0x55555555), 748103812);
}

Test(flip, knows_the_seed_modulo_2_to_31)
{
    plc_flip a, b;
    plc_flip_init(&a, 8001);
    plc_flip_init(&b, 8001 + (INT64_C(5) << 31));
    cr_assert_eq(plc_flip_next(&a), plc_flip_next(&b));
}

Test(rudy, draws_the_rounded_number_of_edges)
{
    static const struct {
        const char *expression;
        uint64_t m;
    } cases[] = {
        {"-rnd_graph 5000 .1 1", 12498}, /* 12497.5 is rounded up */
        {"-rnd_graph 7000 .07 1", 17148}, {"-rnd_graph 40 100 1", 780},   {"-rnd_graph 40 0 1", 0},
        {"-rnd_graph 1 100 1", 0},        {"-rnd_graph 2 50 1", 1},       {"-planar 3 100 1", 3},
        {"-planar 50 100 1", 144},        {"-planar 50 99 1", 142},       {"-planar 50 0 1", 0},
        {"-toroidal_grid_2D 3 4", 24},    {"-spinglass2pm 5 3 50 1", 30},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        plc_graph graph = rudy(cases[i].expression);
        cr_assert_eq(graph.m, cases[i].m, "%s: got %llu", cases[i].expression,
                     (unsigned long long)graph.m);
        plc_graph_finish(&graph);
    }
}

Test(rudy, lists_each_edge_once_and_upwards)
{
    plc_graph graph = rudy("-planar 60 90 3 -rnd_graph 60 20 4 + -toroidal_grid_2D 6 10 +");
    static bool seen[60][60];
    for (uint64_t i = 0; i < graph.m; i++) {
        cr_assert_lt(graph.u[i], graph.v[i]);
        cr_assert_lt(graph.v[i], graph.n);
        cr_assert_not(seen[graph.u[i]][graph.v[i]]);
        seen[graph.u[i]][graph.v[i]] = true;
        cr_assert(i == 0 || graph.u[i] >= graph.u[i - 1]);
    }
    plc_graph_finish(&graph);
}

Test(rudy, lays_out_a_torus)
{
    plc_graph graph = rudy("-toroidal_grid_2D 3 4");
    uint32_t degree[12] = {0};
    for (uint64_t i = 0; i < graph.m; i++) {
        uint32_t u = graph.u[i], v = graph.v[i];
        uint32_t dx = (v % 4 + 4 - u % 4) % 4, dy = (v / 4 + 3 - u / 4) % 3;
        cr_assert((dy == 0 && (dx == 1 || dx == 3)) || (dx == 0 && dy != 0));
        degree[u]++;
        degree[v]++;
    }
    for (int i = 0; i < 12; i++)
        cr_assert_eq(degree[i], 4);
    plc_graph_finish(&graph);
}

Test(rudy, plants_the_percentage_of_minus_ones)
{
    static const struct {
        const char *expression;
        int64_t sum;
    } cases[] = {
        {"-spinglass2pm 4 5 0 1", 40},  {"-spinglass2pm 4 5 100 1", -40},
        {"-spinglass2pm 4 5 50 1", 0},  {"-spinglass2pm 4 5 33 1", 40 - 2 * 13},
        {"-spinglass2pm 4 5 33 2", 14},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        plc_graph graph = rudy(cases[i].expression);
        int64_t sum = 0;
        for (uint64_t k = 0; k < graph.m; k++)
            sum += graph.w[k];
        cr_assert_eq(sum, cases[i].sum, "%s", cases[i].expression);
        plc_graph_finish(&graph);
    }
}

Test(rudy, draws_weights_from_the_whole_range)
{
    plc_graph graph = rudy("-rnd_graph 60 50 7 -random -2 3 9 -times 10 -plus 5");
    unsigned counts[6] = {0};
    for (uint64_t i = 0; i < graph.m; i++) {
        int32_t drawn = (graph.w[i] - 5) / 10 + 2;
        cr_assert_eq((drawn - 2) * 10 + 5, graph.w[i]);
        counts[drawn]++;
    }
    for (int i = 0; i < 6; i++)
        cr_assert_gt(counts[i], 100);
    plc_graph_finish(&graph);
}

Test(rudy, keeps_the_first_weight_in_a_union)
{
    plc_graph graph =
        rudy("-toroidal_grid_2D 3 3 -times 7 -rnd_graph 12 100 1 -random -2147483648 -1 5 +");
    unsigned n_first = 0;
    cr_assert_eq(graph.n, 12);
    cr_assert_eq(graph.m, 66);
    for (uint64_t i = 0; i < graph.m; i++)
        n_first += graph.w[i] == 7;
    cr_assert_eq(n_first, 18);
    plc_graph_finish(&graph);
}

Test(rudy, refuses_bad_expressions)
{
    expect_refused("", "rudy:1: expression: expected one graph at the end, got 0");
    expect_refused("-planar 9 9 1 -planar 9 9 1",
                   "rudy:1: expression: expected one graph at the end, got 2");
    expect_refused("-clique 7",
                   "rudy:1: operation: expected -rnd_graph, -planar, -toroidal_grid_2D, "
                   "-spinglass2pm, +, -random, -times or -plus, got \"-clique\"");
    expect_refused("-planar 9 9 1 +", "rudy:1: +: expected 2 graphs before it, got 1");
    expect_refused("-times 3", "rudy:1: -times: expected 1 graph before it, got 0");
    expect_refused("-rnd_graph 800 6", "rudy:1: -rnd_graph: seed: expected a whole number in "
                                       "-9223372036854775808..9223372036854775807, got \"\"");
    expect_refused("-rnd_graph 800 101 1",
                   "rudy:1: -rnd_graph: density: expected a number in 0..100, got \"101\"");
    expect_refused("-toroidal_grid_2D 2 9", "rudy:1: -toroidal_grid_2D: height: expected a whole "
                                            "number in 3..16777216, got \"2\"");
    expect_refused("-planar 2 9 1",
                   "rudy:1: -planar: vertices: expected a whole number in 3..16777216, got \"2\"");
    expect_refused("-planar 9 9 1 -random 5 4 1",
                   "rudy:1: -random: highest weight: expected a whole number in 5..2147483647, got "
                   "\"4\"");
    expect_refused("-planar 9 9 1 -random -2147483648 0 1",
                   "rudy:1: -random: highest weight: expected a whole number in -2147483648..-1, "
                   "got \"0\"");
    expect_refused("-planar 9 99 1 -times 65536 -times 32768",
                   "rudy:1: -times: expected weights in -2147483648..2147483647, got one outside");
}

Test(rudy, refuses_what_is_too_large)
{
    expect_refused("-toroidal_grid_2D 16777216 16777216",
                   "rudy:1: -toroidal_grid_2D: expected at most 16777216 vertices in all, got "
                   "281474976710656");
    expect_refused("-rnd_graph 16777216 100 1",
                   "rudy:1: -rnd_graph: expected at most 67108864 edges in all, got "
                   "140737479966720");
    char many[17 * 16 + 1] = "";
    for (int i = 0; i < 17; i++)
        strcat(many, " -planar 3 9 1");
    expect_refused(many, "rudy:1: -planar: expected at most 16 graphs at a time");
}

Test(rudy, counts_all_graphs_against_the_limits)
{
    const plc_rudy_limits limits = {.vertices = 20, .edges = 60};
    plc_graph graph;
    plc_error error;
    cr_assert_eq(plc_rudy_within("-planar 10 9 1 -planar 10 9 1 +", limits, &graph, &error),
                 PLC_OK);
    plc_graph_finish(&graph);
    cr_assert_eq(plc_rudy_within("-planar 10 9 1 -planar 11 9 1 +", limits, &graph, &error),
                 PLC_INVALID);
    cr_assert_str_eq(error.message, "rudy:1: -planar: expected at most 20 vertices in all, got 21");
}
