/* Upper bounds of MAX-CUT: never below the best cut, near it, and refused when something is wrong.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/digest.h"
#include "ising/bounds.h"
#include "ising/definite.h"

#include <criterion/criterion.h>
#include <math.h>
#include <placode/placode.h>
#include <stdio.h>
#include <stdlib.h>

enum { N_MAX = 12, EDGES_MAX = N_MAX * N_MAX };

typedef struct edges {
    uint32_t u[EDGES_MAX], v[EDGES_MAX];
    int32_t w[EDGES_MAX];
    plc_graph graph;
} edges;

static uint32_t draw(uint64_t *state, uint32_t n)
{
    *state = plc_mix(*state + 0x9e3779b97f4a7c15);
    return (uint32_t)(*state >> 32) % n;
}

/* A graph of 2..N_MAX vertices with weights of low..high times `scale`. */
static void make_graph(edges *e, uint64_t number, int32_t low, int32_t high, int32_t scale)
{
    uint64_t state = number;
    const uint32_t n = 2 + draw(&state, N_MAX - 1), percent = 20 + draw(&state, 80);
    uint32_t m = 0;
    for (uint32_t u = 0; u < n; u++)
        for (uint32_t v = u + 1; v < n; v++)
            if (draw(&state, 100) < percent) {
                e->u[m] = u;
                e->v[m] = v;
                e->w[m++] = scale * (low + (int32_t)draw(&state, (uint32_t)(high - low + 1)));
            }
    e->graph = (plc_graph){.n = n, .m = m, .u = e->u, .v = e->v, .w = e->w};
}

/* The best cut by recounting all states. */
static int64_t best_cut(const plc_graph *graph)
{
    int64_t best = 0;
    for (uint32_t code = 0; code < 1u << (graph->n - 1); code++) {
        uint8_t sides[N_MAX];
        for (uint32_t i = 0; i < graph->n; i++)
            sides[i] = code >> i & 1;
        const int64_t cut = plc_graph_recount(graph, sides);
        best = cut > best ? cut : best;
    }
    return best;
}

/* The bound of the relaxation alone. */
static int64_t relaxed(const plc_graph *graph, uint64_t step)
{
    plc_adjacency rows;
    plc_dual_value value = {0};
    plc_error error = {0};
    const plc_cut_steps steps = {.step = step, .known = INT64_MAX};
    cr_assert_eq(plc_adjacency_init(&rows, graph, NULL, NULL), PLC_OK);
    cr_assert_eq(plc_dual_bound(graph, &rows, &steps, NULL, &value, &error), PLC_OK, "%s",
                 error.message);
    plc_adjacency_finish(&rows);
    return value.cut;
}

static int64_t bound_of(const plc_graph *graph)
{
    plc_cut_bound bound = {0};
    plc_error error = {0};
    cr_assert_eq(plc_graph_bound(graph, NULL, &bound, &error), PLC_OK, "%s", error.message);
    return bound.cut;
}

Test(cut_bound, of_the_relaxation_is_never_below_the_best_cut)
{
    edges e;
    for (uint64_t i = 0; i < 1500; i++) {
        make_graph(&e, i, i % 3 ? -4 : -1, i % 2 ? 4 : 1, 1);
        const int64_t best = best_cut(&e.graph);
        cr_assert_geq(relaxed(&e.graph, 1), best, "graph %llu", (unsigned long long)i);
    }
}

/* Goemans and Williamson: without negative weights the relaxation is at most best / 0.87856. */
Test(cut_bound, of_the_relaxation_is_near_the_best_cut)
{
    edges e;
    for (uint64_t i = 0; i < 500; i++) {
        make_graph(&e, i, 0, 9, 1);
        const int64_t best = best_cut(&e.graph);
        cr_assert_leq((double)relaxed(&e.graph, 1), (double)best / 0.87856 * 1.001 + 0.01,
                      "graph %llu", (unsigned long long)i);
    }
}

Test(cut_bound, of_huge_weights_is_one)
{
    edges e;
    for (uint64_t i = 0; i < 300; i++) {
        make_graph(&e, i, -1, 1, INT32_MAX);
        const int64_t best = best_cut(&e.graph);
        cr_assert_geq(relaxed(&e.graph, 1), best, "graph %llu", (unsigned long long)i);
    }
}

Test(cut_bound, of_small_graphs_is_the_best_cut)
{
    edges e;
    for (uint64_t i = 0; i < 1000; i++) {
        make_graph(&e, i, -7, 7, i % 5 ? 1 : 3);
        cr_assert_eq(bound_of(&e.graph), best_cut(&e.graph), "graph %llu", (unsigned long long)i);
    }
}

Test(cut_bound, is_one_of_the_steps_that_cuts_have)
{
    cr_assert_eq(plc_cut_below(7, 2), 6);
    cr_assert_eq(plc_cut_below(6, 2), 6);
    cr_assert_eq(plc_cut_below(-7, 2), -8);
    cr_assert_eq(plc_cut_below(7, 0), 0);
    cr_assert_eq(plc_cut_below(7, UINT64_C(1) << 40), 0);
    plc_graph graph;
    cr_assert_eq(plc_rudy("-toroidal_grid_2D 11 9 -times 6", &graph, NULL), PLC_OK);
    cr_assert_eq(bound_of(&graph) % 12, 0, "all degrees are even");
    plc_graph_finish(&graph);
}

Test(cut_bound, of_a_bipartite_graph_is_all_its_weight)
{
    plc_graph graph;
    cr_assert_eq(plc_rudy("-toroidal_grid_2D 10 12", &graph, NULL), PLC_OK);
    cr_assert_eq(bound_of(&graph), 240);
    plc_graph_finish(&graph);
}

Test(cut_bound, is_above_the_best_known_cut_and_at_the_relaxation)
{
    /* Values of the relaxation of the unfolded graphs; Helmberg and Rendl (2000) for all but G70.
     */
    static const struct {
        const char *name;
        int64_t relaxation;
    } cases[] = {{"G1", 12083}, {"G14", 3191}, {"G43", 7032}, {"G70", 9861}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const plc_gset_entry *entry = plc_gset_find(cases[i].name);
        plc_graph graph;
        cr_assert_eq(plc_rudy(entry->rudy, &graph, NULL), PLC_OK);
        const int64_t bound = bound_of(&graph);
        cr_assert_geq(bound, entry->best_known, "%s", entry->name);
        cr_assert_leq((double)bound, 1.001 * (double)cases[i].relaxation, "%s: %lld", entry->name,
                      (long long)bound);
        plc_graph_finish(&graph);
    }
}

/* Whether Diag(diagonal) + A is proven for a graph, all its diagonal alike but for entry 0. */
static bool proves(const plc_graph *graph, double diagonal, double first)
{
    plc_adjacency rows;
    bool proven = false;
    double slack = 0, *values = malloc(graph->n * sizeof *values);
    for (uint32_t i = 0; i < graph->n; i++)
        values[i] = i ? diagonal : first;
    cr_assert_eq(plc_adjacency_init(&rows, graph, NULL, NULL), PLC_OK);
    cr_assert_eq(plc_definite_prove(&rows, values, NULL, &proven, &slack, NULL), PLC_OK);
    cr_assert(!proven || (slack > 0 && slack < 1e-7), "slack %g", slack);
    plc_adjacency_finish(&rows);
    free(values);
    return proven;
}

/* Graphs whose least eigenvalue is known: even tori -4, complete graphs -1. */
Test(cut_bound, proof_tells_eigenvalues_apart)
{
    static const char *const names[] = {"-toroidal_grid_2D 40 30", "-rnd_graph 300 100 1",
                                        "-rnd_graph 65 100 1", "-rnd_graph 3 100 1"};
    static const double least[] = {4, 1, 1, 1};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        plc_graph graph;
        cr_assert_eq(plc_rudy(names[i], &graph, NULL), PLC_OK);
        cr_assert(proves(&graph, least[i] + 1e-9, least[i] + 1e-9), "%s", names[i]);
        cr_assert_not(proves(&graph, least[i] - 1e-6, least[i] - 1e-6), "%s", names[i]);
        cr_assert_not(proves(&graph, least[i] + 1e-9, least[i] - 0.02), "%s", names[i]);
        cr_assert_not(proves(&graph, (double)NAN, 1), "%s", names[i]);
        plc_graph_finish(&graph);
    }
}

/* A planted fault: one multiplier too small by what would put the bound below the best cut. */
Test(cut_bound, judge_refuses_a_multiplier_that_is_too_small)
{
    enum { N = 300, BITS = 20 };
    plc_graph graph;
    plc_adjacency rows;
    int64_t units[N], cut = -1;
    const plc_multipliers multipliers = {units, BITS};
    bool proven = false;
    cr_assert_eq(plc_rudy("-toroidal_grid_2D 20 15", &graph, NULL), PLC_OK);
    cr_assert_eq(plc_adjacency_init(&rows, &graph, NULL, NULL), PLC_OK);
    for (int i = 0; i < N; i++)
        units[i] = INT64_C(4) << BITS;
    cr_assert_eq(plc_multipliers_prove(&graph, &rows, &multipliers, NULL, &proven, &cut, NULL),
                 PLC_OK);
    cr_assert(proven);
    cr_assert_eq(cut, 600);
    for (int i = 0; i < N; i += 37) {
        units[i] -= INT64_C(3) << BITS;
        cut = -1;
        cr_assert_eq(plc_multipliers_prove(&graph, &rows, &multipliers, NULL, &proven, &cut, NULL),
                     PLC_OK);
        cr_assert_not(proven, "vertex %d", i);
        cr_assert_eq(cut, -1, "a cut that is not proven");
        units[i] += INT64_C(3) << BITS;
    }
    units[7] = -1;
    cr_assert_eq(plc_multipliers_prove(&graph, &rows, &multipliers, NULL, &proven, &cut, NULL),
                 PLC_INVALID);
    units[7] = INT64_MAX;
    cr_assert_eq(plc_multipliers_prove(&graph, &rows, &multipliers, NULL, &proven, &cut, NULL),
                 PLC_INVALID);
    plc_adjacency_finish(&rows);
    plc_graph_finish(&graph);
}

static bool always(void *context, plc_bound_phase phase)
{
    return phase == *(plc_bound_phase *)context;
}

/* Without time for the search the bound is weak, without time for the proof it is the simplest. */
Test(cut_bound, holds_when_it_is_stopped)
{
    const plc_gset_entry *entry = plc_gset_find("G14");
    plc_graph graph;
    plc_cut_bound bound;
    plc_bound_phase phase = PLC_BOUND_SEARCHES;
    const plc_bound_watch watch = {always, &phase};
    int64_t positive = 0;
    cr_assert_eq(plc_rudy(entry->rudy, &graph, NULL), PLC_OK);
    for (uint64_t i = 0; i < graph.m; i++)
        positive += graph.w[i] > 0 ? graph.w[i] : 0;
    cr_assert_eq(plc_graph_bound(&graph, &watch, &bound, NULL), PLC_OK);
    cr_assert(bound.sweeps == 1 && bound.cut >= entry->best_known && bound.cut <= positive);
    cr_assert_eq(bound.stopped, PLC_OK);
    phase = PLC_BOUND_PROVES;
    cr_assert_eq(plc_graph_bound(&graph, &watch, &bound, NULL), PLC_OK);
    cr_assert_eq(bound.kind, PLC_BOUND_WEIGHTS);
    cr_assert_eq(bound.stopped, PLC_STOPPED);
    cr_assert_eq(bound.cut, positive);
    plc_graph_finish(&graph);
}
