/* Improving placements: clusters first, then vertices, or vertices alone. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/placement.h"

#include "base/error.h"
#include "base/memory.h"
#include "mapper/cluster.h"

/* Time that each effort may take, by the estimate of move_time() [ns]. */
static const double budgets[] = {0, 0.2e9, 0.9e9, 50e9};

static const double moves_per_vertex[] = {0, 4e3, 1e5, 5e6};

/* Larger problems are left as they are: a matrix of bundles by routers is kept, and clusters take
 * time quadratic in the vertices. */
enum { VERTICES_MAX = 10000 };
static const double cells_max = 1e8;

/* About what a move costs [ns]: the trees of all bundles that two vertices are in. */
static double move_time(const plc_bundles *bundles, uint32_t n_vertices, uint32_t n_routers)
{
    double sum = 0;
    for (uint32_t b = 0; b < bundles->n; b++) {
        double sinks = (double)(bundles->sink_offsets[b + 1] - bundles->sink_offsets[b]);
        double sources = (double)(bundles->source_offsets[b + 1] - bundles->source_offsets[b]);
        double terminals = sinks < n_routers ? sinks : n_routers,
               trees = sources < n_routers ? sources : n_routers;
        sum += (sinks + sources) * trees * (terminals > 1 ? 10 + 25 * terminals : 6);
    }
    return 200 + 2 * sum / (n_vertices ? n_vertices : 1);
}

/* What the steps of placing share. */
typedef struct placing {
    const plc_hypergraph *graph;
    const plc_machine *machine;
    unsigned effort;
    uint64_t seed;
    plc_bundles bundles;  /* of the vertices */
    uint32_t *cluster_of; /* [n_vertices] */
    uint32_t *routers;    /* [n_vertices] result */
    double cost;          /* of the result */
} placing;

/* Proposals that fit a budget [ns]; small problems need no more than some for each vertex. */
static uint64_t count_moves(const placing *p, double budget, const plc_bundles *bundles,
                            uint32_t n_vertices)
{
    double moves = budget / move_time(bundles, n_vertices, p->machine->n_routers);
    double enough = moves_per_vertex[p->effort] * n_vertices;
    return (uint64_t)(moves < enough ? moves : enough);
}

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
        double cost;
        plc_anneal_settings settings = {
            .seed = p->seed, .begin = 0.15, .moves = count_moves(p, budget, &bundles, n)};
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
    double cost = 0;
    plc_anneal_settings settings = {
        .seed = p->seed, .begin = begin, .moves = count_moves(p, budget, &p->bundles, n)};
    plc_status status = plc_anneal(&p->bundles, n, p->machine, p->machine->capacity, &settings,
                                   routers, &cost, error);
    if (status == PLC_OK && (p->cost < 0 || cost < p->cost)) {
        p->cost = cost;
        memcpy(p->routers, routers, n * sizeof *routers);
    }
    return status;
}

/* Tries the ways there are; place_vertices() keeps the best. */
static plc_status try_ways(placing *p, const uint32_t *start, plc_error *error)
{
    uint32_t n = p->graph->n_vertices, most = 0;
    const double budget = budgets[p->effort];
    uint32_t *routers = plc_array_copy(start, n, sizeof *routers);
    plc_status status =
        routers ? place_vertices(p, 0, 0, routers, error) : plc_fail_memory(error, "placement");
    for (uint32_t r = 0; r < p->machine->n_routers; r++)
        most = p->machine->capacity[r] > most ? p->machine->capacity[r] : most;
    double share = most == 1 ? 0 : 1.0 / 3; /* clusters of one vertex are vertices */
    if (status == PLC_OK)
        status = plc_cluster(&p->bundles, n, p->machine->capacity, p->machine->n_routers,
                             p->cluster_of, error);
    if (status == PLC_OK)
        status = place_clusters(p, share * budget, routers, error);
    if (status == PLC_OK)
        status = place_vertices(p, share * budget, 0.7, routers, error);
    if (status == PLC_OK && p->effort > 0)
        status = place_vertices(p, (1 - 2 * share) * budget, 0.55, routers, error);
    free(routers);
    return status;
}

plc_status plc_placement_improve(const plc_hypergraph *graph, const plc_machine *machine,
                                 unsigned effort, uint64_t seed, uint32_t *routers,
                                 plc_error *error)
{
    placing p = {.graph = graph,
                 .machine = machine,
                 .effort = effort,
                 .seed = seed,
                 .routers = routers,
                 .cost = -1};
    if (graph->n_vertices > VERTICES_MAX)
        return PLC_OK;
    plc_status status = plc_bundles_make(graph, NULL, &p.bundles, error);
    if (status == PLC_OK && p.bundles.n && (double)p.bundles.n * machine->n_routers <= cells_max) {
        p.cluster_of = plc_array(graph->n_vertices, sizeof *p.cluster_of);
        status = p.cluster_of ? try_ways(&p, routers, error) : plc_fail_memory(error, "placement");
    }
    plc_bundles_finish(&p.bundles);
    free(p.cluster_of);
    return status;
}
