/* Colourings: proper, few colours, balanced. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/memory.h"
#include "ising/colour.h"

#include <criterion/criterion.h>
#include <stdio.h>

/* Colours the graph of a rudy expression; checks that no edge joins equal colours and that every
 * colour is used; gives the number of colours and the sizes of the smallest and largest class. */
static uint32_t colour(const char *expression, uint32_t *ret_smallest, uint32_t *ret_largest)
{
    plc_graph graph;
    plc_adjacency adjacency;
    plc_error error;
    uint32_t n_colours = 0, n_again = 0;
    cr_assert_eq(plc_rudy(expression, &graph, &error), PLC_OK, "%s", error.message);
    cr_assert_eq(plc_adjacency_init(&adjacency, &graph, NULL, NULL), PLC_OK);
    uint32_t *colour = plc_array(graph.n, sizeof *colour);
    uint32_t *again = plc_array(graph.n, sizeof *again);
    cr_assert_eq(plc_colour(&adjacency, colour, &n_colours, NULL), PLC_OK);
    cr_assert_eq(plc_colour(&adjacency, again, &n_again, NULL), PLC_OK);
    cr_assert_eq(n_colours, n_again);
    cr_assert_arr_eq(colour, again, graph.n * sizeof *colour);
    uint32_t *sizes = plc_array(n_colours, sizeof *sizes);
    for (uint64_t i = 0; i < graph.m; i++)
        cr_assert_neq(colour[graph.u[i]], colour[graph.v[i]], "%s", expression);
    for (uint32_t v = 0; v < graph.n; v++) {
        cr_assert_lt(colour[v], n_colours);
        sizes[colour[v]]++;
    }
    *ret_smallest = *ret_largest = sizes[0];
    for (uint32_t c = 1; c < n_colours; c++) {
        *ret_smallest = sizes[c] < *ret_smallest ? sizes[c] : *ret_smallest;
        *ret_largest = sizes[c] > *ret_largest ? sizes[c] : *ret_largest;
    }
    cr_assert_gt(*ret_smallest, 0);
    free(sizes);
    free(colour);
    free(again);
    plc_adjacency_finish(&adjacency);
    plc_graph_finish(&graph);
    return n_colours;
}

Test(colour, needs_few_colours)
{
    static const struct {
        const char *expression;
        uint32_t at_least, at_most;
    } cases[] = {
        {"-rnd_graph 1 0 1", 1, 1},
        {"-rnd_graph 9 0 1", 1, 1},
        {"-rnd_graph 30 100 1", 30, 30},
        {"-toroidal_grid_2D 50 16", 2, 2},
        {"-toroidal_grid_2D 25 32", 3, 3},
        {"-planar 2000 100 7", 4, 6},
        {"-planar 800 99 8003 -planar 800 99 8004 +", 4, 7},
        {"-rnd_graph 800 6 8001", 3, 16},
        {"-rnd_graph 10000 .02 100001", 2, 4},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t smallest, largest;
        uint32_t n_colours = colour(cases[i].expression, &smallest, &largest);
        cr_assert(n_colours >= cases[i].at_least && n_colours <= cases[i].at_most, "%s: %u colours",
                  cases[i].expression, n_colours);
    }
}

Test(colour, balances_the_classes)
{
    static const char *const expressions[] = {
        "-planar 800 99 8003 -planar 800 99 8004 +",
        "-rnd_graph 800 6 8001",
        "-rnd_graph 5000 .1 50001",
        "-rnd_graph 10000 .02 100001",
    };
    for (size_t i = 0; i < sizeof expressions / sizeof *expressions; i++) {
        uint32_t smallest, largest;
        colour(expressions[i], &smallest, &largest);
        cr_assert_leq(largest, 2 * smallest, "%s: %u..%u", expressions[i], smallest, largest);
    }
}

Test(colour, is_proper_on_small_random_graphs)
{
    for (int seed = 1; seed <= 300; seed++) {
        char expression[64];
        uint32_t smallest, largest;
        snprintf(expression, sizeof expression, "-rnd_graph %d %d %d", 1 + seed % 40,
                 seed * 7 % 101, seed);
        colour(expression, &smallest, &largest);
    }
}
