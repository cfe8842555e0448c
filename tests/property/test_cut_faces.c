/* Matchings against all there are, and the bound from faces against all states. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/digest.h"
#include "ising/bounds.h"
#include "ising/faces.h"
#include "ising/matching.h"

#include <criterion/criterion.h>
#include <placode/placode.h>
#include <stdlib.h>

enum { N_MAX = 12, PAIRS_MAX = N_MAX * N_MAX };

static uint32_t draw(uint64_t *state, uint32_t n)
{
    *state = plc_mix(*state + 0x9e3779b97f4a7c15);
    return (uint32_t)(*state >> 32) % n;
}

/* The least weight of a perfect matching of the vertices that `left` holds; -1: there is none. */
static int64_t least_matching(const plc_pair *pairs, uint32_t n_pairs, uint32_t left)
{
    int64_t best = -1;
    if (!left)
        return 0;
    const uint32_t first = left & (~left + 1);
    for (uint32_t k = 0; k < n_pairs; k++) {
        const uint32_t both = 1u << pairs[k].u | 1u << pairs[k].v;
        if (!(both & first) || (both & left) != both)
            continue;
        const int64_t rest = least_matching(pairs, n_pairs, left & ~both);
        if (rest >= 0 && (best < 0 || rest + pairs[k].weight < best))
            best = rest + pairs[k].weight;
    }
    return best;
}

static uint32_t make_pairs(plc_pair *pairs, uint64_t number, uint32_t *ret_n)
{
    uint64_t state = number;
    const uint32_t n = 2 + draw(&state, N_MAX - 3), percent = 30 + draw(&state, 71);
    const uint32_t weights = number % 2 ? 3 : 40;
    uint32_t n_pairs = 0;
    for (uint32_t u = 0; u < n; u++)
        for (uint32_t v = u + 1; v < n; v++)
            if (draw(&state, 100) < percent)
                pairs[n_pairs++] = (plc_pair){u, v, 4 * (int64_t)draw(&state, weights)};
    *ret_n = n;
    return n_pairs;
}

/* No node can pay a unit more: the proof would be of more than the least weight. */
static void plant_faults(plc_matching_dual *dual, const plc_pair *pairs, uint32_t n_pairs)
{
    for (uint32_t i = 0; i < dual->n_nodes; i++) {
        bool proven = true;
        int64_t weight = -1;
        if (dual->parent[i] == i)
            continue;
        dual->pays[i]++;
        cr_assert_eq(plc_matching_prove(dual, pairs, n_pairs, INT64_MAX, &proven, &weight, NULL),
                     PLC_OK);
        cr_assert(!proven && weight == -1, "node %u", i);
        dual->pays[i]--;
    }
}

Test(cut_faces, matching_is_the_least_of_all)
{
    uint32_t n_sets = 0, n_matched = 0;
    for (uint64_t i = 0; i < 4000; i++) {
        plc_pair pairs[PAIRS_MAX];
        uint32_t n;
        const uint32_t n_pairs = make_pairs(pairs, i, &n);
        const int64_t least = least_matching(pairs, n_pairs, (1u << n) - 1);
        plc_matching_dual dual = {0};
        bool found = true, proven = false;
        int64_t weight = -1;
        cr_assert_eq(plc_match(n, pairs, n_pairs, NULL, &found, &dual, NULL), PLC_OK);
        cr_assert_eq(found, least >= 0, "graph %llu", (unsigned long long)i);
        if (found) {
            cr_assert_eq(
                plc_matching_prove(&dual, pairs, n_pairs, INT64_MAX, &proven, &weight, NULL),
                PLC_OK);
            cr_assert(proven, "graph %llu", (unsigned long long)i);
            cr_assert_eq(weight, least, "graph %llu: %lld, not %lld", (unsigned long long)i,
                         (long long)weight, (long long)least);
            for (uint32_t k = n; k < dual.n_nodes; k++)
                n_sets += dual.parent[k] != k;
            if (i % 10 == 0)
                plant_faults(&dual, pairs, n_pairs);
            n_matched++;
        }
        plc_matching_dual_finish(&dual);
    }
    cr_assert(n_sets > 150 && n_matched > 1000, "%u sets in %u matchings", n_sets, n_matched);
}

Test(cut_faces, proof_refuses_what_is_no_dual)
{
    const plc_pair pairs[] = {{0, 1, 4}, {1, 2, 4}, {2, 3, 4}};
    uint32_t parent[] = {UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX, 4, 5, 6, 7};
    int64_t pays[8] = {2, 2, 2, 2}, weight = -1;
    const plc_matching_dual dual = {4, 8, parent, pays};
    bool proven = false;
    cr_assert_eq(plc_matching_prove(&dual, pairs, 3, 4, &proven, &weight, NULL), PLC_OK);
    cr_assert(proven && weight == 8);
    cr_assert_eq(plc_matching_prove(&dual, pairs, 3, 3, &proven, &weight, NULL), PLC_OK);
    cr_assert_not(proven, "an edge that is not listed may weigh less than is paid");
    parent[4] = UINT32_MAX; /* a set of two, between edges that it makes no dearer */
    parent[0] = parent[1] = 4;
    cr_assert_eq(plc_matching_prove(&dual, pairs, 3, 4, &proven, &weight, NULL), PLC_OK);
    cr_assert_not(proven, "an even set");
    parent[1] = UINT32_MAX;
    pays[4] = -1;
    pays[0] = 3;
    cr_assert_eq(plc_matching_prove(&dual, pairs, 3, 4, &proven, &weight, NULL), PLC_OK);
    cr_assert_not(proven, "a set that pays less than nothing");
    parent[4] = 5;
    parent[5] = 4;
    cr_assert_eq(plc_matching_prove(&dual, pairs, 3, 4, &proven, &weight, NULL), PLC_OK);
    cr_assert_not(proven, "sets in a ring");
}

/* A grid of height x width, on a torus or not, with weights of -weight_max..weight_max but 0. */
static plc_graph make_grid(uint32_t height, uint32_t width, bool wraps, int32_t weight_max,
                           uint64_t *state)
{
    const uint32_t n = height * width;
    plc_graph graph = {.n = n};
    graph.u = malloc(2 * n * sizeof *graph.u);
    graph.v = malloc(2 * n * sizeof *graph.v);
    graph.w = malloc(2 * n * sizeof *graph.w);
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t down = 0; down < 2; down++) {
            const uint32_t x = i % width + !down, y = i / width + down;
            if (!wraps && (x == width || y == height))
                continue;
            const int32_t size = 1 + (int32_t)draw(state, (uint32_t)weight_max);
            graph.u[graph.m] = i;
            graph.v[graph.m] = y % height * width + x % width;
            graph.w[graph.m++] = draw(state, 2) ? size : -size;
        }
    return graph;
}

/* The best cut, and the bound from faces. */
static int64_t compare(plc_graph *graph, int64_t *ret_bound)
{
    plc_adjacency rows;
    plc_faces faces;
    int64_t unsatisfied = -1, positive = 0;
    cr_assert_eq(plc_adjacency_init(&rows, graph, NULL, NULL), PLC_OK);
    const int64_t best = plc_cut_of_all_states(&rows);
    cr_assert_eq(plc_faces_init(&faces, graph, NULL), PLC_OK);
    cr_assert_eq(plc_faces_bound(&faces, NULL, &unsatisfied, NULL), PLC_OK);
    for (uint64_t e = 0; e < graph->m; e++)
        positive += graph->w[e] > 0 ? graph->w[e] : 0;
    *ret_bound = positive - unsatisfied;
    plc_faces_finish(&faces);
    plc_adjacency_finish(&rows);
    plc_graph_finish(graph);
    return best;
}

Test(cut_faces, bound_of_a_plane_grid_is_the_best_cut)
{
    uint64_t state = 5;
    for (uint32_t i = 0; i < 200; i++) {
        const uint32_t height = 2 + draw(&state, 3), width = 2 + draw(&state, 4);
        plc_graph graph = make_grid(height, width, false, i % 2 ? 1 : 9, &state);
        int64_t bound = 0;
        const int64_t best = compare(&graph, &bound);
        cr_assert_eq(bound, best, "grid %u: %ux%u", i, height, width);
    }
}

Test(cut_faces, bound_of_a_torus_is_never_below_the_best_cut)
{
    uint64_t state = 6;
    uint32_t n_tight = 0;
    for (uint32_t i = 0; i < 9; i++) {
        plc_graph graph = make_grid(5 - i % 2, 5, true, i % 3 ? 1 : 5, &state);
        int64_t bound = 0;
        const int64_t best = compare(&graph, &bound);
        cr_assert_geq(bound, best, "torus %u", i);
        n_tight += bound == best;
    }
    cr_assert_geq(n_tight, 1);
}

/* All cuts from 0 up, and no triangle or square that only looks like a face. */
Test(cut_faces, bound_of_any_sparse_graph_is_never_below_the_best_cut)
{
    uint64_t state = 7;
    for (uint32_t i = 0; i < 1000; i++) {
        plc_graph graph = make_grid(3, 4, false, 3, &state);
        const uint32_t n = graph.n;
        graph.m = 0;
        for (uint32_t u = 0; u < n; u++)
            for (uint32_t v = u + 1; v < n && graph.m < 2 * n; v++)
                if (draw(&state, 100) < 35) {
                    graph.u[graph.m] = u;
                    graph.v[graph.m] = v;
                    graph.w[graph.m++] = (int32_t)draw(&state, 7) - 3;
                }
        int64_t bound = 0;
        const int64_t best = compare(&graph, &bound);
        cr_assert_geq(bound, best, "graph %u", i);
    }
}

/* Best known cuts that the bound shows to be the best there are. */
Test(cut_faces, bound_proves_best_known_cuts_of_the_gset)
{
    static const char *const names[] = {"G11", "G13", "G57"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const plc_gset_entry *entry = plc_gset_find(names[i]);
        plc_graph graph;
        plc_cut_bound bound;
        cr_assert_eq(plc_rudy(entry->rudy, &graph, NULL), PLC_OK);
        cr_assert_eq(plc_graph_bound(&graph, NULL, &bound, NULL), PLC_OK);
        cr_assert_eq(bound.cut, entry->best_known, "%s", entry->name);
        cr_assert_eq(bound.kind, PLC_BOUND_FACES);
        plc_graph_finish(&graph);
    }
}
