/* Independent sets as MAX-CUT, repairs, complements; pinned vertices; DIMACS files. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ising/maxcut.h"
#include "net/network.h"

#include <criterion/criterion.h>
#include <placode/placode.h>
#include <string.h>

enum { N_MAX = 16 };

static plc_graph rudy(const char *expression)
{
    plc_graph graph = {0};
    plc_error error;
    cr_assert_eq(plc_rudy(expression, &graph, &error), PLC_OK, "%s", error.message);
    return graph;
}

static const char *const graphs[] = {
    "-rnd_graph 11 10 1", "-rnd_graph 12 30 2",    "-rnd_graph 12 60 3",
    "-rnd_graph 9 100 4", "-toroidal_grid_2D 3 4", "-rnd_graph 1 0 1",
};
enum { N_GRAPHS = sizeof graphs / sizeof *graphs };

/* The members of subset number `bits`, and their number; the place after the last is 0. */
static int64_t choose(uint32_t n, uint32_t bits, uint8_t *chosen)
{
    int64_t size = 0;
    for (uint32_t v = 0; v < n; v++)
        size += chosen[v] = bits >> v & 1;
    chosen[n] = 0;
    return size;
}

Test(mis, cut_is_the_size_less_what_edges_inside_cost)
{
    for (size_t i = 0; i < N_GRAPHS; i++) {
        plc_graph graph = rudy(graphs[i]), penalty = {0};
        uint8_t chosen[N_MAX];
        cr_assert_eq(plc_mis_to_graph(&graph, &penalty, NULL), PLC_OK);
        cr_assert(penalty.pinned && penalty.n == graph.n + 1);
        for (uint32_t bits = 0; bits < 1u << graph.n; bits++) {
            const int64_t size = choose(graph.n, bits, chosen);
            cr_assert_eq(plc_graph_recount(&penalty, chosen),
                         PLC_MIS_VERTEX * size -
                             PLC_MIS_EDGE * (int64_t)plc_graph_count_inside(&graph, chosen));
        }
        plc_graph_finish(&penalty);
        plc_graph_finish(&graph);
    }
}

/* Fails unless a set is independent and no vertex could join it. */
static void expect_maximal(const plc_graph *graph, const uint8_t *chosen)
{
    uint8_t covered[N_MAX] = {0};
    cr_assert_eq(plc_graph_count_inside(graph, chosen), 0);
    for (uint64_t e = 0; e < graph->m; e++) {
        covered[graph->u[e]] |= chosen[graph->v[e]];
        covered[graph->v[e]] |= chosen[graph->u[e]];
    }
    for (uint32_t v = 0; v < graph->n; v++)
        cr_assert(chosen[v] || covered[v], "vertex %u could join", v);
}

Test(mis, repair_makes_any_set_independent_and_maximal)
{
    for (size_t i = 0; i < N_GRAPHS; i++) {
        plc_graph graph = rudy(graphs[i]);
        uint8_t chosen[N_MAX];
        for (uint32_t bits = 0; bits < 1u << graph.n; bits++) {
            const int64_t before = choose(graph.n, bits, chosen);
            const int64_t inside = (int64_t)plc_graph_count_inside(&graph, chosen);
            uint8_t again[N_MAX];
            cr_assert_eq(plc_mis_repair(&graph, chosen, NULL), PLC_OK);
            expect_maximal(&graph, chosen);
            int64_t size = 0;
            for (uint32_t v = 0; v < graph.n; v++)
                size += chosen[v];
            cr_assert_geq(size, before - inside, "an edge inside costs a vertex at most");
            memcpy(again, chosen, sizeof again);
            cr_assert_eq(plc_mis_repair(&graph, again, NULL), PLC_OK);
            cr_assert_eq(memcmp(again, chosen, graph.n), 0, "a good set was changed");
        }
        plc_graph_finish(&graph);
    }
}

Test(mis, repair_drops_the_vertex_with_most_conflicts)
{
    plc_graph star = {0};
    uint8_t chosen[] = {1, 1, 1, 1};
    static const char text[] = "p edge 4 3\ne 3 1\ne 3 2\ne 3 4\n";
    cr_assert_eq(plc_dimacs_parse("star", text, sizeof text - 1, &star, NULL), PLC_OK);
    cr_assert_eq(plc_mis_repair(&star, chosen, NULL), PLC_OK);
    cr_assert(chosen[0] && chosen[1] && !chosen[2] && chosen[3]);
    plc_graph_finish(&star);
}

Test(mis, complement_has_the_other_edges)
{
    for (size_t i = 0; i < N_GRAPHS; i++) {
        plc_graph graph = rudy(graphs[i]), other = {0}, same = {0};
        uint8_t chosen[N_MAX];
        cr_assert_eq(plc_graph_complement(&graph, &other, NULL), PLC_OK);
        cr_assert_eq(plc_graph_complement(&other, &same, NULL), PLC_OK);
        cr_assert_eq(same.m, graph.m);
        for (uint32_t bits = 0; bits < 1u << graph.n; bits++) {
            const int64_t size = choose(graph.n, bits, chosen);
            const uint64_t inside = plc_graph_count_inside(&graph, chosen);
            cr_assert_eq((int64_t)(inside + plc_graph_count_inside(&other, chosen)),
                         size * (size - 1) / 2);
            cr_assert_eq(plc_graph_count_inside(&same, chosen), inside);
        }
        plc_graph_finish(&graph);
        plc_graph_finish(&other);
        plc_graph_finish(&same);
    }
}

Test(mis, refuses_a_complement_without_bounds)
{
    plc_graph empty = {.n = 1 << 20}, other = {0};
    plc_error error;
    cr_assert_eq(plc_graph_complement(&empty, &other, &error), PLC_DOES_NOT_FIT);
    cr_assert(strstr(error.message, "at most 67108864"), "%s", error.message);
}

/* The best cut of a graph whose last vertex is pinned. */
static int64_t best_cut(const plc_graph *graph)
{
    int64_t best = INT64_MIN;
    uint8_t sides[N_MAX];
    for (uint32_t bits = 0; bits < 1u << (graph->n - 1); bits++) {
        choose(graph->n - 1, bits, sides);
        const int64_t cut = plc_graph_recount(graph, sides);
        best = cut > best ? cut : best;
    }
    return best;
}

Test(pinned, vertex_is_never_folded)
{
    static const char *const expressions[] = {
        "-rnd_graph 12 25 1 -random -4 4 2",
        "-rnd_graph 12 40 2 -random -4 4 3",
        "-rnd_graph 2 100 1",
        "-rnd_graph 12 15 5 -random -4 4 6",
    };
    for (size_t i = 0; i < sizeof expressions / sizeof *expressions; i++) {
        plc_graph graph = rudy(expressions[i]);
        plc_fold *fold = NULL;
        uint8_t core_sides[N_MAX], sides[N_MAX];
        graph.pinned = true;
        cr_assert_eq(plc_fold_create(&graph, &fold, NULL), PLC_OK);
        const plc_graph *core = plc_fold_core(fold);
        cr_assert(core->pinned && core->n >= 2);
        cr_assert_eq(best_cut(core) + plc_fold_offset(fold), best_cut(&graph));
        for (uint32_t bits = 0; bits < 1u << (core->n - 1); bits++) {
            choose(core->n - 1, bits, core_sides);
            plc_fold_sides(fold, core_sides, sides);
            cr_assert_eq(sides[graph.n - 1], 0);
            cr_assert_eq(plc_graph_recount(&graph, sides),
                         plc_graph_recount(core, core_sides) + plc_fold_offset(fold));
        }
        plc_fold_destroy(fold);
        plc_graph_finish(&graph);
    }
}

Test(pinned, vertex_is_no_neuron_but_the_biases)
{
    plc_graph graph = rudy("-rnd_graph 30 40 1 -random -9 9 2");
    plc_maxcut_settings settings = plc_maxcut_defaults();
    plc_error error;
    graph.pinned = true;
    for (int schedule = PLC_ASYNC; schedule <= PLC_COLOUR; schedule++) {
        plc_maxcut *maxcut = NULL;
        settings.schedule = (plc_maxcut_schedule)schedule;
        settings.blocks = 29;
        cr_assert_eq(plc_maxcut_create(&graph, &settings, &maxcut, &error), PLC_OK, "%s",
                     error.message);
        plc_network *network = plc_maxcut_network(maxcut);
        cr_assert_eq(plc_network_n_neurons(network), 29);
        cr_assert_eq(plc_network_resolve(network, &error), PLC_OK, "%s", error.message);
        for (uint32_t p = 0; p < maxcut->n_populations; p++)
            for (uint32_t i = 0; i < network->populations[p].size; i++) {
                const uint32_t vertex = maxcut->vertex[maxcut->begin[p] + i];
                int32_t sum = 0;
                for (uint64_t e = 0; e < graph.m; e++)
                    sum += graph.u[e] == vertex || graph.v[e] == vertex ? graph.w[e] : 0;
                cr_assert_eq((int32_t)*plc_population_state(&network->populations[p], i, 2), sum);
            }
        plc_maxcut_destroy(maxcut);
    }
    settings.blocks = 30;
    settings.schedule = PLC_BLOCK;
    plc_maxcut *none = NULL;
    cr_assert_eq(plc_maxcut_create(&graph, &settings, &none, &error), PLC_INVALID);
    cr_assert(strstr(error.message, "1..29"), "%s", error.message);
    plc_graph_finish(&graph);
}

Test(pinned, vertex_alone_is_refused)
{
    plc_graph graph = {.n = 1, .pinned = true};
    plc_maxcut_settings settings = plc_maxcut_defaults();
    plc_maxcut *none = NULL;
    plc_error error;
    cr_assert_eq(plc_maxcut_create(&graph, &settings, &none, &error), PLC_INVALID);
    cr_assert(strstr(error.message, "free vertex"), "%s", error.message);
}

static void expect_dimacs_refused(const char *text, const char *message)
{
    plc_graph graph = {0};
    plc_error error;
    cr_assert_eq(plc_dimacs_parse("g", text, strlen(text), &graph, &error), PLC_INVALID, "%s",
                 text);
    cr_assert(strstr(error.message, message), "%s: %s", text, error.message);
}

Test(dimacs, reads_edges_once)
{
    static const char text[] = "c a comment\np col 4 4\n\nc more\ne 1 2\ne 2 1\r\ne 4 3\ne 1 3\n";
    plc_graph graph = {0};
    plc_error error;
    cr_assert_eq(plc_dimacs_parse("g", text, strlen(text), &graph, &error), PLC_OK, "%s",
                 error.message);
    cr_assert(graph.n == 4 && graph.m == 3);
    cr_assert(graph.u[1] == 3 && graph.v[1] == 2 && graph.w[1] == 1);
    plc_graph_finish(&graph);
}

Test(dimacs, takes_a_head_that_counts_edges_twice)
{
    static const char text[] = "p edge 3 4\ne 1 2\ne 1 3\n";
    plc_graph graph = {0};
    cr_assert_eq(plc_dimacs_parse("g", text, strlen(text), &graph, NULL), PLC_OK);
    cr_assert_eq(graph.m, 2);
    plc_graph_finish(&graph);
}

Test(dimacs, refuses_with_the_line)
{
    expect_dimacs_refused("", "g:1: expected \"p edge");
    expect_dimacs_refused("c x\np 3 1\n", "g:2: expected \"p edge");
    expect_dimacs_refused("p edge 0 0\n", "g:1: vertices: expected a whole number in 1..");
    expect_dimacs_refused("p edge 3 1000000\ne 1 2\n", "g:1: edges: expected at most");
    expect_dimacs_refused("p edge 3 1 7\ne 1 2\n", "g:1: expected the end of the line");
    expect_dimacs_refused("p edge 3 1\ne 1 4\n",
                          "g:2: second vertex: expected a whole number in 1..3");
    expect_dimacs_refused("p edge 3 1\ne 2 2\n", "g:2: edge: expected two different");
    expect_dimacs_refused("p edge 3 1\nn 2 2\n", "g:2: expected an edge");
    expect_dimacs_refused("p edge 3 1\ne 1 2 3\n", "g:2: expected the end of the line");
    expect_dimacs_refused("p edge 3 1\ne 1 2\ne 1 3\n", "g:3: edges: expected 1, got more");
    expect_dimacs_refused("p edge 4 3\ne 1 2\n      \n", "edges: expected 3, got 1");
}
