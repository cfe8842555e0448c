/* Improving placements: several ways to begin, and annealing on exact trees from the best. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/placement.h"

#include "base/error.h"
#include "base/memory.h"
#include "mapper/cluster.h"
#include "mapper/place_pairs.h"
#include "mapper/reach.h"

#include <math.h>

/* How hard each effort tries. Time is by the estimates below, so that the result depends on no
 * clock. */
static const struct effort {
    double budget;           /* [ns] of one processor, for up to a thousand vertices */
    double moves_per_vertex; /* small problems need no more */
    double pairs_per_vertex; /* moves of one annealing of pairs; what is left is for others */
} efforts[PLC_EFFORT_MAX + 1] = {
    {0.004e9, 2e3, 2e3}, {0.18e9, 4e4, 2.5e4}, {0.72e9, 2e5, 2.5e4}, {45e9, 1e7, 2.5e5}};

/* Growing clusters takes time quadratic in the vertices, annealing on trees a matrix of bundles by
 * routers: beyond these, only pairs are tried. */
enum { VERTICES_MAX = 10000 };
static const double cells_max = 1e8;

/* Nets wider than this say little about who should be near whom. */
static const double narrow_sinks = 16;

/* Where in the schedule to begin with a placement that is nearly in order. */
static const double cool = 0.85;

/* What the steps of placing share. */
typedef struct placing {
    const plc_hypergraph *graph;
    const plc_machine *machine;
    struct effort effort;
    double budget; /* [ns] */
    uint64_t seed;
    plc_bundles bundles;  /* of the vertices */
    plc_pairs pairs;      /* likewise, where nets are narrow; else empty */
    uint32_t *cluster_of; /* [n_vertices] */
    uint32_t *routers;    /* [n_vertices] result */
    double cost;          /* of the result; < 0: none yet */
} placing;

/* ---- estimates ---- */

static uint32_t largest_router(const plc_machine *machine)
{
    uint32_t most = 0;
    for (uint32_t r = 0; r < machine->n_routers; r++)
        most = machine->capacity[r] > most ? machine->capacity[r] : most;
    return most;
}

/* Routers that n vertices are likely to be on. */
static double spread(double n, const plc_machine *machine, uint32_t most)
{
    double likely = 12 + 1.5 * n / (most ? most : 1);
    return fmin(n, fmin(likely, machine->n_routers));
}

/* About what a move of the annealing on trees costs [ns]: the trees of the bundles that two
 * vertices are in. `most` is the capacity of the largest router. */
static double move_time(const plc_bundles *bundles, uint32_t n_vertices, const plc_machine *machine,
                        uint32_t most)
{
    bool small = machine->n_routers <= PLC_REACH_ROUTERS;
    double linear = small ? 4 : 12, square = small ? 0.35 : 4.5, sum = 0;
    for (uint32_t b = 0; b < bundles->n; b++) {
        double sinks = (double)(bundles->sink_offsets[b + 1] - bundles->sink_offsets[b]);
        double sources = (double)(bundles->source_offsets[b + 1] - bundles->source_offsets[b]);
        double terminals = spread(sinks, machine, most), trees = spread(sources, machine, most);
        sum += (sinks + sources) * trees *
               (sinks > 1 ? 5 + terminals * (linear + square * terminals) : 6);
    }
    return 60 + 2 * sum / (n_vertices ? n_vertices : 1);
}

/* Proposals that fit a budget [ns]. */
static uint64_t count_moves(const placing *p, double budget, double time, uint32_t n_vertices)
{
    double moves = budget / time, enough = p->effort.moves_per_vertex * n_vertices;
    return (uint64_t)(moves < enough ? moves : enough);
}

/* ---- ways to begin ---- */

/* Anneals the clusters as wholes, one a router, and puts the vertices where their clusters went. */
static plc_status place_clusters(placing *p, double budget, uint32_t *routers, plc_error *error)
{
    uint32_t n = p->machine->n_routers;
    plc_bundles bundles = {0};
    uint32_t *place = plc_array(n, sizeof *place), *one = plc_array(n, sizeof *one);
    plc_status status = place && one ? plc_bundles_make(p->graph, p->cluster_of, &bundles, error)
                                     : plc_fail_memory(error, "clusters");
    for (uint32_t r = 0; status == PLC_OK && r < n; r++) {
        place[r] = r;
        one[r] = 1;
    }
    bool alike = true; /* clusters of one size may change places */
    for (uint32_t r = 1; r < n; r++)
        alike = alike && p->machine->capacity[r] == p->machine->capacity[0];
    if (status == PLC_OK && alike && bundles.n) {
        double cost, time = move_time(&bundles, n, p->machine, 1);
        plc_anneal_settings settings = {
            .seed = p->seed, .begin = 0.15, .moves = count_moves(p, budget, time, n)};
        status = plc_anneal(&bundles, n, p->machine, one, &settings, place, &cost, error);
    }
    for (uint32_t v = 0; status == PLC_OK && v < p->graph->n_vertices; v++)
        routers[v] = place[p->cluster_of[v]];
    plc_bundles_finish(&bundles);
    free(place);
    free(one);
    return status;
}

/* Anneals the vertices from where they are and keeps the result if it is the best so far. */
static plc_status place_vertices(placing *p, double budget, double begin, uint32_t *routers,
                                 plc_error *error)
{
    uint32_t n = p->graph->n_vertices;
    double cost = 0, time = move_time(&p->bundles, n, p->machine, largest_router(p->machine));
    plc_anneal_settings settings = {
        .seed = p->seed, .begin = begin, .moves = count_moves(p, budget, time, n)};
    plc_status status = plc_anneal(&p->bundles, n, p->machine, p->machine->capacity, &settings,
                                   routers, &cost, error);
    if (status == PLC_OK && (p->cost < 0 || cost < p->cost)) {
        p->cost = cost;
        memcpy(p->routers, routers, n * sizeof *routers);
    }
    return status;
}

/* ---- trying ---- */

/* Clusters first, then vertices. */
static plc_status try_clusters(placing *p, double budget, uint32_t *routers, plc_error *error)
{
    plc_status status = plc_cluster(&p->bundles, p->graph->n_vertices, p->machine->capacity,
                                    p->machine->n_routers, p->cluster_of, error);
    if (status == PLC_OK)
        status = place_clusters(p, budget / 2, routers, error);
    return status == PLC_OK ? place_vertices(p, budget / 2, 0.7, routers, error) : status;
}

/* Pairs first, then trees. */
static plc_status try_pairs(placing *p, double budget, uint32_t *routers, plc_error *error)
{
    plc_place_pairs_settings settings = {
        .seed = p->seed, .budget = budget * 0.9, .moves_per_vertex = p->effort.pairs_per_vertex};
    plc_status status =
        plc_place_pairs(p->graph, &p->bundles, &p->pairs, p->machine, &settings, routers, error);
    return status == PLC_OK ? place_vertices(p, budget * 0.1, cool, routers, error) : status;
}

/* Whether every net is a pair: then their annealing says all. */
static bool has_pairs_only(const plc_bundles *bundles)
{
    return bundles->sink_offsets[bundles->n] == bundles->n;
}

/* Tries the ways there are and goes on from the best; place_vertices() keeps it. What pairs give is
 * nearly in order and must not melt again. */
static plc_status try_ways(placing *p, const uint32_t *start, plc_error *error)
{
    uint32_t n = p->graph->n_vertices;
    uint32_t *routers = plc_array_copy(start, n, sizeof *routers);
    plc_status status =
        routers ? place_vertices(p, 0, 0, routers, error) : plc_fail_memory(error, "placement");
    bool clusters = largest_router(p->machine) > 1; /* clusters of one vertex are vertices */
    bool pairs = p->pairs.n_vertices > 0;
    double left = p->budget, begin = clusters ? 0.6 : 0.1;
    if (status == PLC_OK && clusters) {
        double budget = (pairs ? 0.1 : 0.3) * left;
        status = try_clusters(p, budget, routers, error);
        left -= budget;
    }
    if (status == PLC_OK && pairs) {
        double before = p->cost, budget = (has_pairs_only(&p->bundles) ? 0.95
                                           : clusters                  ? 0.55
                                                                       : 0.8) *
                                          left;
        status = try_pairs(p, budget, routers, error);
        left -= budget;
        begin = p->cost < before ? cool : begin;
    }
    if (status == PLC_OK) {
        memcpy(routers, p->routers, n * sizeof *routers);
        status = place_vertices(p, left, begin, routers, error);
    }
    free(routers);
    return status;
}

/* Pairs alone, kept if they come closer to each other: for what is too large for trees. */
static plc_status try_only_pairs(placing *p, plc_error *error)
{
    plc_place_pairs_settings settings = {
        .seed = p->seed, .budget = p->budget, .moves_per_vertex = p->effort.pairs_per_vertex};
    uint32_t n = p->graph->n_vertices, *routers = plc_array_copy(p->routers, n, sizeof *routers);
    if (!routers)
        return plc_fail_memory(error, "placement");
    plc_status status =
        plc_place_pairs(p->graph, &p->bundles, &p->pairs, p->machine, &settings, routers, error);
    if (status == PLC_OK && plc_pairs_cost(&p->pairs, p->machine, routers) <
                                plc_pairs_cost(&p->pairs, p->machine, p->routers))
        memcpy(p->routers, routers, n * sizeof *routers);
    free(routers);
    return status;
}

/* Whether nets are narrow enough for pairs to say something. */
static bool is_narrow(const plc_hypergraph *graph)
{
    return graph->n_nets &&
           (double)graph->sink_offsets[graph->n_nets] < narrow_sinks * graph->n_nets;
}

plc_status plc_placement_improve(const plc_hypergraph *graph, const plc_machine *machine,
                                 unsigned effort, uint64_t seed, uint32_t *routers,
                                 plc_error *error)
{
    double thousands = graph->n_vertices / 1000.0;
    placing p = {.graph = graph,
                 .machine = machine,
                 .effort = efforts[effort],
                 .budget = efforts[effort].budget * fmax(1, thousands),
                 .seed = seed,
                 .routers = routers,
                 .cost = -1};
    plc_status status = plc_bundles_make(graph, NULL, &p.bundles, error);
    bool trees =
        graph->n_vertices <= VERTICES_MAX && (double)p.bundles.n * machine->n_routers <= cells_max;
    if (status == PLC_OK && is_narrow(graph))
        status = plc_pairs_make(graph, NULL, graph->n_vertices, &p.pairs, error);
    if (status == PLC_OK && p.bundles.n && trees) {
        p.cluster_of = plc_array(graph->n_vertices, sizeof *p.cluster_of);
        status = p.cluster_of ? try_ways(&p, routers, error) : plc_fail_memory(error, "placement");
    } else if (status == PLC_OK && p.pairs.n_vertices) {
        status = try_only_pairs(&p, error);
    }
    plc_bundles_finish(&p.bundles);
    plc_pairs_finish(&p.pairs);
    free(p.cluster_of);
    return status;
}
