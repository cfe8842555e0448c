/* First-choice clustering of the neurons' hypergraph. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/coarsen.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"

static const uint32_t alone = UINT32_MAX;

/* What the clustering works with. Clusters are named by the vertices that began them. */
typedef struct clustering {
    const plc_neuron_graph *graph;
    const plc_coarsen_settings *settings;
    uint32_t *leader;     /* [n_vertices] of its cluster, or `alone` */
    plc_vertex *clusters; /* [n_vertices] sums, at leaders */
    int64_t *score;   /* [n_vertices] at leaders: how much the vertex at hand is bound to them */
    uint32_t *scored; /* leaders with a score */
    uint32_t n_scored;
} clustering;

void plc_shuffle(uint64_t seed, uint32_t stream, uint32_t *order, uint32_t n)
{
    plc_random_key key = plc_random_stream(seed, stream, 0);
    for (uint32_t i = 0; i < n; i++)
        order[i] = i;
    for (uint32_t i = n; i > 1; i--) {
        uint32_t j = plc_random_below(plc_random_draw(key, i, 0).word[0], i), last = order[i - 1];
        order[i - 1] = order[j];
        order[j] = last;
    }
}

static void add_score(clustering *c, uint32_t vertex, int64_t score)
{
    uint32_t leader = c->leader[vertex] == alone ? vertex : c->leader[vertex];
    if (score <= 0)
        return;
    if (c->score[leader] == 0)
        c->scored[c->n_scored++] = leader;
    c->score[leader] += score;
}

/* Adds what one net binds a vertex to. */
static void score_net(clustering *c, uint32_t v, plc_incidence at)
{
    enum { SCALE = 1024 };
    const plc_neuron_graph *g = c->graph;
    uint64_t begin = g->target_offsets[at.net], end = g->target_offsets[at.net + 1];
    int64_t pins = (int64_t)(end - begin);
    int64_t weight = at.is_target ? g->weights[at.net] : 0;
    weight = weight * SCALE / (c->settings->rating == PLC_RATE_CLIQUE ? pins : 1);
    weight += (int64_t)at.weight * SCALE / pins;
    uint64_t step = 1 + (end - begin) / c->settings->samples;
    for (uint64_t k = begin + v % step; k < end; k += step)
        if (g->targets[k] != v)
            add_score(c, g->targets[k], weight);
    if (!at.is_target)
        return;
    begin = g->source_offsets[at.net], end = g->source_offsets[at.net + 1];
    step = 1 + (end - begin) / c->settings->samples;
    for (uint64_t k = begin + v % step; k < end; k += step)
        if (g->sources[k].vertex != v)
            add_score(c, g->sources[k].vertex, (int64_t)g->sources[k].weight * SCALE / pins);
}

static bool has_room(const clustering *c, const plc_vertex *a, const plc_vertex *b)
{
    const plc_coarsen_settings *s = c->settings;
    return a->model == b->model && a->neurons + b->neurons <= s->neurons_max &&
           a->bytes + b->bytes <= s->bytes_max && a->axons + b->axons <= s->axons_max;
}

/* The cluster that a vertex is bound to most, for its size, of those with room; or `alone`. */
static uint32_t choose(const clustering *c, uint32_t v)
{
    uint32_t best = alone;
    for (uint32_t i = 0; i < c->n_scored; i++) {
        uint32_t leader = c->scored[i];
        if (!has_room(c, &c->clusters[v], &c->clusters[leader]))
            continue;
        int64_t score = c->score[leader] / c->clusters[leader].neurons;
        int64_t top = best == alone ? -1 : c->score[best] / c->clusters[best].neurons;
        if (score > top || (score == top && leader < best))
            best = leader;
    }
    return best;
}

static void join_best(clustering *c, uint32_t v)
{
    const plc_neuron_graph *g = c->graph;
    uint64_t begin = g->offsets[v], end = g->offsets[v + 1];
    uint64_t step = 1 + (end - begin) / c->settings->samples;
    c->n_scored = 0;
    for (uint64_t k = begin + v % step; k < end; k += step)
        score_net(c, v, g->incidences[k]);
    uint32_t best = choose(c, v);
    for (uint32_t i = 0; i < c->n_scored; i++)
        c->score[c->scored[i]] = 0;
    if (best == alone)
        return;
    plc_vertex *cluster = &c->clusters[best];
    cluster->neurons += c->clusters[v].neurons;
    cluster->bytes += c->clusters[v].bytes;
    cluster->axons += c->clusters[v].axons;
    c->leader[best] = c->leader[v] = best;
}

static uint32_t number_clusters(const clustering *c, uint32_t *cluster_of)
{
    uint32_t n = 0;
    for (uint32_t v = 0; v < c->graph->n_vertices; v++)
        if (c->leader[v] == alone || c->leader[v] == v)
            cluster_of[v] = n++;
    for (uint32_t v = 0; v < c->graph->n_vertices; v++)
        if (c->leader[v] != alone)
            cluster_of[v] = cluster_of[c->leader[v]];
    return n;
}

plc_status plc_coarsen(const plc_neuron_graph *graph, const plc_coarsen_settings *settings,
                       uint32_t *cluster_of, uint32_t *ret_n_clusters, plc_error *error)
{
    uint32_t n = graph->n_vertices;
    clustering c = {.graph = graph,
                    .settings = settings,
                    .leader = plc_array(n, sizeof *c.leader),
                    .clusters = plc_array_copy(graph->vertices, n, sizeof *c.clusters),
                    .score = plc_array(n, sizeof *c.score),
                    .scored = plc_array(n, sizeof *c.scored)};
    uint32_t *order = plc_array(n, sizeof *order);
    bool ok = c.leader && c.clusters && c.score && c.scored && order;
    if (ok) {
        for (uint32_t v = 0; v < n; v++)
            c.leader[v] = alone;
        plc_shuffle(settings->seed, 0xc0a25e, order, n);
        for (uint32_t i = 0; i < n; i++)
            if (c.leader[order[i]] == alone)
                join_best(&c, order[i]);
        *ret_n_clusters = number_clusters(&c, cluster_of);
    }
    free(c.leader);
    free(c.clusters);
    free(c.score);
    free(c.scored);
    free(order);
    return ok ? PLC_OK : plc_fail_memory(error, "clusters of neurons");
}
