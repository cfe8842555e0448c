/* Folding against brute force, on random graphs of all densities. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/digest.h"

#include <criterion/criterion.h>
#include <placode/placode.h>
#include <stdlib.h>

enum { GRAPHS = 2000, N_MAX = 12 };

typedef struct edges {
    uint32_t u[N_MAX * N_MAX], v[N_MAX * N_MAX];
    int32_t w[N_MAX * N_MAX];
    plc_graph graph;
} edges;

static uint32_t draw(uint64_t *state, uint32_t n)
{
    *state = plc_mix(*state + 0x9e3779b97f4a7c15);
    return (uint32_t)(*state >> 32) % n;
}

/* A graph of 1..N_MAX vertices with weights of -weight_max..weight_max, 0 among them. */
static void make_graph(edges *e, uint64_t number, uint32_t weight_max)
{
    uint64_t state = number;
    uint32_t n = 1 + draw(&state, N_MAX), percent = draw(&state, 70), m = 0;
    for (uint32_t u = 0; u < n; u++)
        for (uint32_t v = u + 1; v < n; v++)
            if (draw(&state, 100) < percent) {
                bool turned = draw(&state, 2);
                e->u[m] = turned ? v : u;
                e->v[m] = turned ? u : v;
                e->w[m++] = (int32_t)(draw(&state, 2 * weight_max + 1) - weight_max);
            }
    e->graph = (plc_graph){.n = n, .m = m, .u = e->u, .v = e->v, .w = e->w};
}

/* The best cut by trying all states, and a state that has it. */
static int64_t best_cut(const plc_graph *graph, uint8_t *ret_sides)
{
    int64_t best = INT64_MIN;
    for (uint32_t code = 0; code < 1u << (graph->n - 1); code++) {
        uint8_t sides[N_MAX];
        for (uint32_t i = 0; i < graph->n; i++)
            sides[i] = code >> i & 1;
        int64_t cut = plc_graph_recount(graph, sides);
        if (cut > best) {
            best = cut;
            for (uint32_t i = 0; i < graph->n; i++)
                ret_sides[i] = sides[i];
        }
    }
    return best;
}

static uint32_t degree(const plc_graph *graph, uint32_t vertex)
{
    uint32_t n = 0;
    for (uint64_t e = 0; e < graph->m; e++)
        n += graph->u[e] == vertex || graph->v[e] == vertex;
    return n;
}

/* Every state of the core unfolds to one whose cut is larger by the offset, and the best stays
 * best. */
static void check(const plc_graph *graph, uint64_t number)
{
    plc_fold *fold = NULL;
    uint8_t core_sides[N_MAX], sides[N_MAX];
    int64_t best = best_cut(graph, sides);
    cr_assert_eq(plc_fold_create(graph, &fold, NULL), PLC_OK);
    const plc_graph *core = plc_fold_core(fold);
    cr_assert_eq(best_cut(core, core_sides) + plc_fold_offset(fold), best, "graph %llu",
                 (unsigned long long)number);
    for (uint32_t code = 0; code < 1u << core->n; code++) {
        for (uint32_t i = 0; i < core->n; i++)
            core_sides[i] = code >> i & 1;
        plc_fold_sides(fold, core_sides, sides);
        cr_assert_eq(plc_graph_recount(graph, sides),
                     plc_graph_recount(core, core_sides) + plc_fold_offset(fold), "graph %llu",
                     (unsigned long long)number);
    }
    plc_fold_destroy(fold);
}

Test(fold, keeps_the_best_cut)
{
    edges e;
    for (uint64_t i = 0; i < GRAPHS; i++) {
        make_graph(&e, i, i % 2 ? 1 : 7);
        check(&e.graph, i);
    }
}

Test(fold, leaves_no_small_vertex)
{
    edges e;
    for (uint64_t i = 0; i < GRAPHS; i++) {
        plc_fold *fold = NULL;
        make_graph(&e, i, 3);
        cr_assert_eq(plc_fold_create(&e.graph, &fold, NULL), PLC_OK);
        const plc_graph *core = plc_fold_core(fold);
        for (uint32_t v = 0; core->n > 1 && v < core->n; v++)
            cr_assert_gt(degree(core, v), 2, "graph %llu", (unsigned long long)i);
        for (uint64_t k = 0; k < core->m; k++)
            cr_assert_neq(core->w[k], 0);
        plc_fold_destroy(fold);
    }
}

/* Weights of 2^31 - 1: edges that would meet and overflow stay apart. */
Test(fold, of_huge_weights_is_exact)
{
    edges e;
    for (uint64_t i = 0; i < GRAPHS; i++) {
        make_graph(&e, i, 1);
        for (uint64_t k = 0; k < e.graph.m; k++)
            e.w[k] *= INT32_MAX;
        check(&e.graph, i);
    }
}

Test(fold, of_a_long_ring_is_one_vertex)
{
    enum { N = 1001 };
    uint32_t u[N], v[N];
    int32_t w[N];
    plc_graph graph = {.n = N, .m = N, .u = u, .v = v, .w = w};
    plc_fold *fold = NULL;
    for (uint32_t i = 0; i < N; i++) {
        u[i] = i;
        v[i] = (i + 1) % N;
        w[i] = 1;
    }
    cr_assert_eq(plc_fold_create(&graph, &fold, NULL), PLC_OK);
    cr_assert_eq(plc_fold_core(fold)->n, 1);
    cr_assert_eq(plc_fold_offset(fold), N - 1);
    plc_fold_destroy(fold);
}

Test(fold, refuses_an_empty_graph)
{
    plc_graph graph = {0};
    plc_fold *fold = NULL;
    plc_error error = {0};
    cr_assert_eq(plc_fold_create(&graph, &fold, &error), PLC_INVALID);
    cr_assert_str_eq(error.message, "fold: expected at least 1 vertex, got 0");
}
