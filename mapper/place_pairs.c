/* Placing by pairs. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/place_pairs.h"

#include "base/error.h"
#include "base/memory.h"
#include "mapper/cluster.h"

#include <math.h>

/* Growing blocks takes time quadratic in the vertices. */
enum { VERTICES_MAX = 10000 };

/* Pairs to be placed on routers with some room. */
typedef struct problem {
    const plc_pairs *pairs;
    const plc_machine *machine;
    const uint32_t *capacity; /* [n_routers] */
    uint64_t seed;
    double budget; /* [ns] */
    double moves_per_vertex;
    double hot; /* see plc_pairs_settings */
} problem;

/* About what a move costs [ns]. */
static double move_time(const plc_pairs *pairs)
{
    return 24 + 1.5 * (double)pairs->offsets[pairs->n_vertices] / pairs->n_vertices;
}

/* Anneals as often as the budget allows and keeps the best in routers, if it is better than
 * *least. Some problems are decided while still warm and others only when very cold, so that every
 * other time cools further. */
static plc_status anneal_times(const problem *p, uint32_t *routers, int64_t *least,
                               plc_error *error)
{
    uint32_t n = p->pairs->n_vertices;
    double moves = p->budget / move_time(p->pairs), wanted = moves / (p->moves_per_vertex * n);
    unsigned times = wanted > 1.5 ? (unsigned)(wanted + 0.5) : 1;
    plc_status status = PLC_OK;
    uint32_t *start = plc_array_copy(routers, n, sizeof *start),
             *trial = plc_array(n, sizeof *trial);
    if (!start || !trial)
        status = plc_fail_memory(error, "placement");
    for (unsigned i = 0; status == PLC_OK && i < times; i++) {
        plc_pairs_settings settings = {.seed = p->seed + i * 7919ul,
                                       .moves = (uint64_t)(moves / times),
                                       .hot = p->hot,
                                       .cold = i % 2 ? 0.01 : 0.05};
        memcpy(trial, start, n * sizeof *trial);
        status = plc_pairs_anneal(p->pairs, p->machine, p->capacity, &settings, trial, error);
        if (status == PLC_OK)
            status = plc_pairs_untwist(p->pairs, p->machine, p->capacity, trial, error);
        int64_t cost = status == PLC_OK ? plc_pairs_cost(p->pairs, p->machine, trial) : *least;
        if (cost < *least) {
            *least = cost;
            memcpy(routers, trial, n * sizeof *routers);
        }
    }
    free(start);
    free(trial);
    return status;
}

/* A coarser level: vertices in blocks of one size. */
typedef struct blocks {
    uint32_t size, n;
    uint32_t *capacity; /* [n_routers] blocks that a router has room for */
    uint32_t *block_of; /* [n_vertices] */
    uint32_t *routers;  /* [n] */
    plc_pairs pairs;
} blocks;

static void finish_blocks(blocks *b)
{
    free(b->capacity);
    free(b->block_of);
    free(b->routers);
    plc_pairs_finish(&b->pairs);
}

/* Whether routers have room for all vertices in blocks of b->size; counts it. */
static bool count_blocks(blocks *b, const plc_machine *machine, uint32_t n_vertices)
{
    for (uint32_t r = 0; r < machine->n_routers; r++)
        b->n += b->capacity[r] = machine->capacity[r] / b->size;
    return (uint64_t)b->n * b->size >= n_vertices;
}

/* Grows blocks of vertices that belong together and puts them onto the routers in order. */
static plc_status make_blocks(const plc_hypergraph *graph, const plc_bundles *bundles, blocks *b,
                              plc_error *error)
{
    uint32_t *sizes = plc_array(b->n, sizeof *sizes), router = 0, used = 0;
    b->block_of = plc_array(graph->n_vertices, sizeof *b->block_of);
    b->routers = plc_array(b->n, sizeof *b->routers);
    plc_status status =
        sizes && b->block_of && b->routers ? PLC_OK : plc_fail_memory(error, "placement");
    for (uint32_t i = 0; status == PLC_OK && i < b->n; i++) {
        sizes[i] = b->size;
        for (; used == b->capacity[router]; router++)
            used = 0;
        b->routers[i] = router;
        used++;
    }
    if (status == PLC_OK)
        status = plc_cluster(bundles, graph->n_vertices, sizes, b->n, b->block_of, error);
    if (status == PLC_OK)
        status = plc_pairs_make(graph, b->block_of, b->n, &b->pairs, error);
    free(sizes);
    return status;
}

/* Anneals blocks first, then, not so hot that they melt, vertices. */
static plc_status anneal_blocks(const problem *p, const plc_hypergraph *graph,
                                const plc_bundles *bundles, uint32_t *routers, int64_t *least,
                                plc_error *error)
{
    const plc_machine *m = p->machine;
    uint32_t most = 0, n = graph->n_vertices;
    for (uint32_t r = 0; r < m->n_routers; r++)
        most = m->capacity[r] > most ? m->capacity[r] : most;
    blocks b = {.size = (uint32_t)sqrt(most),
                .capacity = plc_array(m->n_routers, sizeof *b.capacity)};
    uint32_t *trial = plc_array(n, sizeof *trial);
    plc_status status = b.capacity && trial ? PLC_OK : plc_fail_memory(error, "placement");
    if (status == PLC_OK && b.size > 1 && count_blocks(&b, m, n)) {
        int64_t coarse = INT64_MAX;
        problem up = *p, down = *p;
        status = make_blocks(graph, bundles, &b, error);
        up.pairs = &b.pairs;
        up.capacity = b.capacity;
        up.budget *= 0.7;
        down.budget *= 0.3;
        down.hot = 0.15;
        if (status == PLC_OK)
            status = anneal_times(&up, b.routers, &coarse, error);
        for (uint32_t v = 0; status == PLC_OK && v < n; v++)
            trial[v] = b.routers[b.block_of[v]];
        int64_t before = *least;
        if (status == PLC_OK)
            status = anneal_times(&down, trial, least, error);
        if (status == PLC_OK && *least < before)
            memcpy(routers, trial, n * sizeof *routers);
    }
    free(trial);
    finish_blocks(&b);
    return status;
}

plc_status plc_place_pairs(const plc_hypergraph *graph, const plc_bundles *bundles,
                           const plc_pairs *pairs, const plc_machine *machine,
                           const plc_place_pairs_settings *settings, uint32_t *routers,
                           plc_error *error)
{
    int64_t least = INT64_MAX;
    bool room = false; /* for blocks */
    for (uint32_t r = 0; r < machine->n_routers; r++)
        room = room || machine->capacity[r] >= 4;
    room = room && graph->n_vertices <= VERTICES_MAX;
    problem p = {.pairs = pairs,
                 .machine = machine,
                 .capacity = machine->capacity,
                 .seed = settings->seed,
                 .budget = settings->budget * (room ? 0.5 : 1),
                 .moves_per_vertex = settings->moves_per_vertex,
                 .hot = 0.5};
    plc_status status = anneal_times(&p, routers, &least, error);
    if (status == PLC_OK && room)
        status = anneal_blocks(&p, graph, bundles, routers, &least, error);
    return status;
}
