/* Hypergraphs of known shapes. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "benchmarks/graphs.h"

#include "base/memory.h"
#include "base/random.h"

/* A graph in the making. */
typedef struct making {
    plc_hypergraph *graph;
    plc_random_key key;
    uint32_t draws;
    uint32_t *number; /* [n_vertices] shuffled */
    uint64_t n_sinks;
} making;

static uint32_t draw(making *m, uint32_t n)
{
    return plc_random_below(plc_random_draw(m->key, m->draws++, 0).word[0], n);
}

static bool begin(making *m, uint32_t n_vertices, uint64_t n_nets, uint64_t n_sinks)
{
    plc_hypergraph *g = m->graph;
    g->n_vertices = n_vertices;
    g->sources = plc_array(n_nets, sizeof *g->sources);
    g->weights = plc_array(n_nets, sizeof *g->weights);
    g->sink_offsets = plc_array(n_nets + 1, sizeof *g->sink_offsets);
    g->sinks = plc_array(n_sinks, sizeof *g->sinks);
    m->number = plc_array(n_vertices, sizeof *m->number);
    if (!g->sources || !g->weights || !g->sink_offsets || !g->sinks || !m->number)
        return false;
    for (uint32_t v = 0; v < n_vertices; v++) { /* Fisher and Yates, 1938, inside out */
        uint32_t at = draw(m, v + 1);
        m->number[v] = m->number[at];
        m->number[at] = v;
    }
    return true;
}

static void add_net(making *m, uint32_t source, double weight)
{
    plc_hypergraph *g = m->graph;
    g->sources[g->n_nets] = m->number[source];
    g->weights[g->n_nets++] = weight;
    g->sink_offsets[g->n_nets] = m->n_sinks;
}

/* Adds a sink to the last net, unless it is the source or there already. */
static void add_sink(making *m, uint32_t sink)
{
    plc_hypergraph *g = m->graph;
    uint32_t v = m->number[sink];
    bool there = g->sources[g->n_nets - 1] == v;
    for (uint64_t k = g->sink_offsets[g->n_nets - 1]; k < m->n_sinks; k++)
        there = there || g->sinks[k] == v;
    if (!there)
        g->sinks[m->n_sinks++] = v;
    g->sink_offsets[g->n_nets] = m->n_sinks;
}

static bool make_torus(making *m, uint32_t side)
{
    if (!begin(m, side * side, side * side, 4ul * side * side))
        return false;
    for (uint32_t y = 0; y < side; y++)
        for (uint32_t x = 0; x < side; x++) {
            add_net(m, y * side + x, 1);
            add_sink(m, y * side + (x + 1) % side);
            add_sink(m, y * side + (x + side - 1) % side);
            add_sink(m, (y + 1) % side * side + x);
            add_sink(m, (y + side - 1) % side * side + x);
        }
    return true;
}

static bool make_random(making *m, uint32_t n)
{
    if (!begin(m, n, n, 20ul * n))
        return false;
    for (uint32_t v = 0; v < n; v++) {
        add_net(m, v, 1);
        for (int i = 0; i < 20; i++)
            add_sink(m, draw(m, n));
    }
    return true;
}

static bool make_layers(making *m, uint32_t width)
{
    if (!begin(m, 10 * width, 9 * width, 9ul * width * width))
        return false;
    for (uint32_t v = 0; v < 9 * width; v++) {
        add_net(m, v, 1);
        for (uint32_t i = 0; i < width; i++)
            add_sink(m, (v / width + 1) * width + i);
    }
    return true;
}

static bool make_communities(making *m, uint32_t n_communities)
{
    uint32_t n = 16 * n_communities;
    if (!begin(m, n, n, 14ul * n))
        return false;
    for (uint32_t v = 0; v < n; v++) {
        add_net(m, v, 1);
        for (int i = 0; i < 10; i++)
            add_sink(m, v / 16 * 16 + draw(m, 16));
        for (int i = 0; i < 4; i++)
            add_sink(m, draw(m, n));
    }
    return true;
}

static bool make_flows(making *m, uint32_t n)
{
    if (!begin(m, n, (uint64_t)n * n, (uint64_t)n * n))
        return false;
    for (uint32_t v = 0; v < n; v++)
        for (uint32_t u = 0; u < v; u++)
            if (draw(m, 2)) {
                add_net(m, v, 1 + draw(m, 10));
                add_sink(m, u);
            }
    return true;
}

bool plc_graph_of_shape(plc_graph_shape shape, uint32_t side, uint64_t seed,
                        plc_hypergraph *ret_graph)
{
    static bool (*const makers[])(making *, uint32_t) = {make_torus, make_random, make_layers,
                                                         make_communities, make_flows};
    *ret_graph = (plc_hypergraph){0};
    making m = {.graph = ret_graph, .key = plc_random_stream(seed, 0x62a9, 0)};
    bool ok = makers[shape](&m, side);
    free(m.number);
    if (!ok)
        plc_hypergraph_finish(ret_graph);
    return ok;
}
