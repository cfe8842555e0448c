/* Rudy's graph generators and operators. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ising/generator.h"

#include "base/memory.h"
#include "ising/edge_set.h"
#include "ising/flip.h"
#include "ising/graph.h"

#include <math.h>

void plc_edge_lists_finish(plc_edge_lists *lists)
{
    free(lists->first);
    free(lists->edges);
    *lists = (plc_edge_lists){0};
}

static bool init(plc_edge_lists *lists, uint32_t n, uint32_t capacity)
{
    *lists = (plc_edge_lists){.n = n, .capacity = capacity};
    lists->first = plc_array(n, sizeof *lists->first);
    lists->edges = plc_array(capacity, sizeof *lists->edges);
    if (lists->first && lists->edges)
        return true;
    plc_edge_lists_finish(lists);
    return false;
}

/* Puts an edge to the front of its list. */
static void add(plc_edge_lists *lists, uint32_t u, uint32_t v, int32_t weight)
{
    uint32_t lower = u < v ? u : v;
    lists->edges[lists->m++] =
        (plc_listed_edge){.upper = u < v ? v : u, .next = lists->first[lower], .weight = weight};
    lists->first[lower] = lists->m;
}

double plc_random_graph_edges(uint32_t n, double density)
{
    return floor((double)n * (n - 1.0) * density / 200 + 0.5);
}

bool plc_random_graph(plc_edge_lists *lists, uint32_t n, double density, int64_t seed)
{
    plc_flip flip;
    plc_edge_set set = {0};
    const uint32_t m = (uint32_t)plc_random_graph_edges(n, density);
    if (!plc_edge_set_init(&set, m) || !init(lists, n, m)) {
        plc_edge_set_finish(&set);
        return false;
    }
    plc_flip_init(&flip, seed);
    while (lists->m < m) {
        uint32_t u = plc_flip_below(&flip, n);
        uint32_t v = plc_flip_below(&flip, n);
        if (u != v && plc_edge_set_insert(&set, u, v))
            add(lists, u, v, 1);
    }
    plc_edge_set_finish(&set);
    return true;
}

/* Corners of a face, or the ends of an edge. */
typedef struct corners {
    uint32_t a, b, c;
} corners;

/* Inserts vertices 3..n-1 into random faces of the triangle 0, 1, 2; gives the number of edges. */
static uint32_t triangulate(plc_flip *flip, uint32_t n, corners *faces, corners *edges)
{
    uint32_t n_faces = 1, n_edges = 3;
    faces[0] = (corners){0, 1, 2};
    edges[0] = (corners){0, 1, 0};
    edges[1] = (corners){0, 2, 0};
    edges[2] = (corners){1, 2, 0};
    for (uint32_t d = 3; d < n; d++) {
        corners *face = &faces[plc_flip_below(flip, n_faces)];
        const corners old = *face;
        edges[n_edges++] = (corners){old.a, d, 0};
        edges[n_edges++] = (corners){old.b, d, 0};
        edges[n_edges++] = (corners){old.c, d, 0};
        *face = (corners){old.a, old.b, d};
        faces[n_faces++] = (corners){old.a, old.c, d};
        faces[n_faces++] = (corners){old.b, old.c, d};
    }
    return n_edges;
}

bool plc_planar_graph(plc_edge_lists *lists, uint32_t n, double density, int64_t seed)
{
    plc_flip flip;
    const uint32_t n_all = 3 * (n - 2);
    corners *faces = plc_array(2 * (size_t)n, sizeof *faces);
    corners *edges = plc_array(n_all, sizeof *edges);
    bool done = faces && edges && init(lists, n, n_all);
    if (done) {
        plc_flip_init(&flip, seed);
        uint32_t n_edges = triangulate(&flip, n, faces, edges);
        while (n_edges > density * n_all / 100) {
            uint32_t removed = plc_flip_below(&flip, n_edges);
            edges[removed] = edges[--n_edges];
        }
        for (uint32_t i = 0; i < n_edges; i++)
            add(lists, edges[i].a, edges[i].b, 1);
    }
    free(faces);
    free(edges);
    return done;
}

/* Weights of a spin glass: the first floor(n x minus / 100) are -1, then all are shuffled (Fisher
 * and Yates, from the end). */
static void draw_signs(int32_t *signs, uint32_t n, double minus, int64_t seed)
{
    plc_flip flip;
    const double n_minus = floor(n * minus / 100);
    for (uint32_t i = 0; i < n; i++)
        signs[i] = i < n_minus ? -1 : 1;
    plc_flip_init(&flip, seed);
    for (uint32_t left = n; left > 1; left--) {
        uint32_t drawn = plc_flip_below(&flip, left);
        int32_t sign = signs[left - 1];
        signs[left - 1] = signs[drawn];
        signs[drawn] = sign;
    }
}

bool plc_torus_graph(plc_edge_lists *lists, uint32_t height, uint32_t width, double minus,
                     int64_t seed)
{
    const uint32_t n = height * width;
    int32_t *signs = minus >= 0 ? plc_array(2 * (size_t)n, sizeof *signs) : NULL;
    if ((minus >= 0 && !signs) || !init(lists, n, 2 * n)) {
        free(signs);
        return false;
    }
    if (signs)
        draw_signs(signs, 2 * n, minus, seed);
    for (uint32_t i = 0; i < n; i++) /* along the rows */
        add(lists, i, i - i % width + (i + 1) % width, signs ? signs[i] : 1);
    for (uint32_t i = 0; i < n; i++) /* along the columns */
        add(lists, i, (i + width) % n, signs ? signs[n + i] : 1);
    free(signs);
    return true;
}

bool plc_union_graph(plc_edge_lists *lists, const plc_edge_lists *a, const plc_edge_lists *b)
{
    const plc_edge_lists *parts[] = {a, b};
    const uint32_t n = a->n > b->n ? a->n : b->n;
    uint32_t *taken_for = plc_array(n, sizeof *taken_for); /* vertex + 1 that took it last */
    if (!taken_for || !init(lists, n, a->m + b->m)) {
        free(taken_for);
        return false;
    }
    for (uint32_t u = 0; u < n; u++) {
        for (int part = 0; part < 2; part++) {
            const plc_listed_edge *edges = parts[part]->edges;
            uint32_t i = u < parts[part]->n ? parts[part]->first[u] : 0;
            for (; i; i = edges[i - 1].next) {
                const plc_listed_edge *edge = &edges[i - 1];
                if (taken_for[edge->upper] != u + 1)
                    add(lists, u, edge->upper, edge->weight);
                taken_for[edge->upper] = u + 1;
            }
        }
    }
    free(taken_for);
    return true;
}

void plc_random_weights(plc_edge_lists *lists, int32_t low, uint32_t n_values, int64_t seed)
{
    plc_flip flip;
    plc_flip_init(&flip, seed);
    for (uint32_t u = 0; u < lists->n; u++) {
        for (uint32_t i = lists->first[u]; i; i = lists->edges[i - 1].next)
            lists->edges[i - 1].weight = (int32_t)(low + (int64_t)plc_flip_below(&flip, n_values));
    }
}

bool plc_affine_weights(plc_edge_lists *lists, int32_t factor, int32_t summand)
{
    for (uint32_t i = 0; i < lists->m; i++) {
        int64_t weight = (int64_t)lists->edges[i].weight * factor + summand;
        if (weight < INT32_MIN || weight > INT32_MAX)
            return false;
    }
    for (uint32_t i = 0; i < lists->m; i++)
        lists->edges[i].weight = lists->edges[i].weight * factor + summand;
    return true;
}

bool plc_edge_lists_to_graph(const plc_edge_lists *lists, plc_graph *ret_graph)
{
    plc_graph graph;
    uint64_t k = 0;
    if (!plc_graph_init(&graph, lists->n, lists->m))
        return false;
    for (uint32_t u = 0; u < lists->n; u++) {
        for (uint32_t i = lists->first[u]; i; i = lists->edges[i - 1].next, k++) {
            graph.u[k] = u;
            graph.v[k] = lists->edges[i - 1].upper;
            graph.w[k] = lists->edges[i - 1].weight;
        }
    }
    *ret_graph = graph;
    return true;
}
