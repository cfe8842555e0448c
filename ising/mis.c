/* Maximum independent sets as MAX-CUT with fields, and sets made independent again. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/memory.h"
#include "ising/adjacency.h"
#include "ising/edge_set.h"
#include "ising/graph.h"
#include "ising/maxcut.h"

/* Most edges of a complement: what takes about as much memory as the largest graphs that rudy
 * makes. */
static const uint64_t EDGES_MAX = UINT64_C(1) << 26;

/* Most vertices, so that no field leaves 32 bits whatever the degree. */
static const uint32_t N_MAX = INT32_MAX / PLC_MIS_EDGE;

/* Temperatures of an anneal, found by trials on random graphs of 250 to 2500 vertices and densities
 * of 1 to 25 %; moves without gain pass with 1 / ETA. */
static const double HOT = 0.4 * PLC_MIS_VERTEX, COLD = 0.2 * PLC_MIS_VERTEX, ETA = 2.5;

plc_status plc_mis_to_graph(const plc_graph *graph, plc_graph *ret_graph, plc_error *error)
{
    plc_graph penalty;
    if (graph->n > N_MAX)
        return plc_fail(error, PLC_INVALID, "mis: expected at most %u vertices, got %u", N_MAX,
                        graph->n);
    int32_t *field = plc_array(graph->n, sizeof *field);
    if (!field || !plc_graph_init(&penalty, graph->n + 1, graph->m + graph->n)) {
        free(field);
        return plc_fail_memory(error, "an independent set problem");
    }
    for (uint32_t v = 0; v < graph->n; v++)
        field[v] = PLC_MIS_VERTEX;
    for (uint64_t e = 0; e < graph->m; e++) {
        penalty.u[e] = graph->u[e];
        penalty.v[e] = graph->v[e];
        penalty.w[e] = PLC_MIS_EDGE / 2;
        field[graph->u[e]] -= PLC_MIS_EDGE / 2;
        field[graph->v[e]] -= PLC_MIS_EDGE / 2;
    }
    penalty.m = graph->m;
    for (uint32_t v = 0; v < graph->n; v++) {
        if (!field[v])
            continue;
        penalty.u[penalty.m] = v;
        penalty.v[penalty.m] = graph->n;
        penalty.w[penalty.m++] = field[v];
    }
    penalty.pinned = true;
    free(field);
    *ret_graph = penalty;
    return PLC_OK;
}

plc_status plc_mis_tune(const plc_graph *graph, plc_maxcut_settings *settings, plc_error *error)
{
    (void)graph;
    (void)error;
    plc_maxcut_anneal_between(HOT, COLD, settings);
    settings->eta = ETA;
    return PLC_OK;
}

/* What repairing works on. A zeroed one is empty. */
typedef struct repair {
    plc_adjacency rows;
    uint32_t *conflicts; /* [n] neighbours in the set */
    uint32_t *order;     /* [n] vertices, those with fewest neighbours first */
    uint8_t *chosen;     /* [n] borrowed */
} repair;

static uint64_t degree_of(const repair *r, uint32_t vertex)
{
    return r->rows.offsets[vertex + 1ULL] - r->rows.offsets[vertex];
}

/* Sorts the vertices by degree, then number; counting. */
static bool sort_by_degree(repair *r)
{
    const uint32_t n = r->rows.n;
    uint32_t *begin = plc_array((size_t)n + 1, sizeof *begin);
    if (!begin)
        return false;
    for (uint32_t v = 0; v < n; v++)
        begin[degree_of(r, v) + 1]++;
    for (uint32_t d = 0; d < n; d++)
        begin[d + 1] += begin[d];
    for (uint32_t v = 0; v < n; v++)
        r->order[begin[degree_of(r, v)]++] = v;
    free(begin);
    return true;
}

static plc_status repair_init(repair *r, const plc_graph *graph, uint8_t *chosen, plc_error *error)
{
    plc_status status = plc_adjacency_init(&r->rows, graph, NULL, error);
    if (status != PLC_OK)
        return status;
    r->chosen = chosen;
    r->conflicts = plc_array(graph->n, sizeof *r->conflicts);
    r->order = plc_array(graph->n, sizeof *r->order);
    if (!r->conflicts || !r->order || !sort_by_degree(r))
        return plc_fail_memory(error, "repairing a set");
    for (uint64_t e = 0; e < graph->m; e++) {
        r->conflicts[graph->u[e]] += chosen[graph->v[e]];
        r->conflicts[graph->v[e]] += chosen[graph->u[e]];
    }
    return PLC_OK;
}

static void repair_finish(repair *r)
{
    plc_adjacency_finish(&r->rows);
    free(r->conflicts);
    free(r->order);
}

/* Takes a vertex into the set (by 1) or out of it (by -1). */
static void move(repair *r, uint32_t vertex, int32_t by)
{
    r->chosen[vertex] = by > 0;
    for (uint64_t i = r->rows.offsets[vertex]; i < r->rows.offsets[vertex + 1ULL]; i++)
        r->conflicts[r->rows.arcs[i].target] += (uint32_t)by;
}

/* Drops vertices until none has a neighbour in the set, those with the most such neighbours first.
 * O(n x most neighbours + m) */
static void drop_conflicts(repair *r)
{
    uint32_t most = 0;
    for (uint32_t v = 0; v < r->rows.n; v++)
        if (r->chosen[v] && r->conflicts[v] > most)
            most = r->conflicts[v];
    for (; most; most--)
        for (uint32_t v = 0; v < r->rows.n; v++)
            if (r->chosen[v] && r->conflicts[v] >= most)
                move(r, v, -1);
}

plc_status plc_mis_repair(const plc_graph *graph, uint8_t *chosen, plc_error *error)
{
    repair r = {0};
    plc_status status = repair_init(&r, graph, chosen, error);
    if (status == PLC_OK) {
        drop_conflicts(&r);
        for (uint32_t i = 0; i < graph->n; i++)
            if (!chosen[r.order[i]] && !r.conflicts[r.order[i]])
                move(&r, r.order[i], 1);
    }
    repair_finish(&r);
    return status;
}

plc_status plc_graph_complement(const plc_graph *graph, plc_graph *ret_graph, plc_error *error)
{
    const uint64_t n = graph->n, pairs = n ? n * (n - 1) / 2 : 0;
    plc_graph complement = {0};
    plc_edge_set present = {0};
    uint64_t m = 0;
    if (pairs - graph->m > EDGES_MAX)
        return plc_fail(error, PLC_DOES_NOT_FIT,
                        "the complement of %u vertices and %llu edges has %llu edges: expected at "
                        "most %llu",
                        graph->n, (unsigned long long)graph->m,
                        (unsigned long long)(pairs - graph->m), (unsigned long long)EDGES_MAX);
    if (!plc_edge_set_init(&present, graph->m) ||
        !plc_graph_init(&complement, graph->n, pairs - graph->m)) {
        plc_edge_set_finish(&present);
        return plc_fail_memory(error, "the complement of a graph");
    }
    for (uint64_t e = 0; e < graph->m; e++)
        plc_edge_set_insert(&present, graph->u[e], graph->v[e]);
    for (uint32_t u = 0; u < graph->n; u++)
        for (uint32_t v = u + 1; v < graph->n; v++) {
            if (plc_edge_set_has(&present, u, v))
                continue;
            complement.u[m] = u;
            complement.v[m] = v;
            complement.w[m++] = 1;
        }
    plc_edge_set_finish(&present);
    *ret_graph = complement;
    return PLC_OK;
}
