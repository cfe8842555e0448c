/* Making the hypergraph of a network's neurons, and those of their clusters. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/neuron_graph.h"

#include "base/error.h"
#include "base/memory.h"
#include "mapper/sets.h"

/* Sources that send to a net, as they come in. */
typedef struct sender {
    uint32_t net, vertex, weight;
} sender;

/* A graph in the making. */
typedef struct builder {
    plc_neuron_graph graph;
    plc_sets nets;
    sender *senders;
    size_t n_senders, senders_capacity, axons_capacity;
} builder;

void plc_neuron_graph_finish(plc_neuron_graph *graph)
{
    free(graph->vertices);
    free(graph->target_offsets);
    free(graph->targets);
    free(graph->source_offsets);
    free(graph->sources);
    free(graph->weights);
    free(graph->n_axons);
    free(graph->offsets);
    free(graph->incidences);
    *graph = (plc_neuron_graph){0};
}

static bool init_builder(builder *b, uint32_t n_vertices)
{
    *b = (builder){.graph = {.n_vertices = n_vertices}};
    b->graph.vertices = plc_array(n_vertices, sizeof *b->graph.vertices);
    return plc_sets_init(&b->nets, n_vertices) && b->graph.vertices;
}

static void finish_builder(builder *b)
{
    plc_neuron_graph_finish(&b->graph);
    plc_sets_finish(&b->nets);
    free(b->senders);
}

/* Closes the set of targets at hand as a net, of `n_axons` more source neurons; PLC_NO_SET when
 * memory is short. */
static uint32_t close_net(builder *b, uint32_t n_axons)
{
    uint32_t before = b->nets.n, net = plc_sets_close(&b->nets, 0);
    if (net == PLC_NO_SET || !plc_array_reserve(&b->graph.n_axons, &b->axons_capacity, b->nets.n,
                                                sizeof *b->graph.n_axons))
        return PLC_NO_SET;
    b->graph.n_axons[net] = n_axons + (net == before ? 0 : b->graph.n_axons[net]);
    return net;
}

static bool add_sender(builder *b, uint32_t net, uint32_t vertex, uint32_t weight)
{
    if (!plc_array_reserve(&b->senders, &b->senders_capacity, b->n_senders + 1, sizeof *b->senders))
        return false;
    b->senders[b->n_senders++] = (sender){net, vertex, weight};
    return true;
}

/* Sorts the senders by net, those of one vertex into one. */
static bool sort_sources(builder *b)
{
    plc_neuron_graph *g = &b->graph;
    uint64_t *next = plc_array(g->n_nets + 2ul, sizeof *next), n = 0;
    plc_net_source *all = plc_array(b->n_senders, sizeof *all);
    uint64_t *seen = plc_array(g->n_vertices, sizeof *seen); /* 1 + index into sources */
    g->source_offsets = plc_array(g->n_nets + 1ul, sizeof *g->source_offsets);
    g->sources = plc_array(b->n_senders, sizeof *g->sources);
    g->weights = plc_array(g->n_nets, sizeof *g->weights);
    bool ok = next && all && seen && g->source_offsets && g->sources && g->weights;
    for (size_t i = 0; ok && i < b->n_senders; i++)
        next[b->senders[i].net + 2]++;
    for (uint32_t e = 0; ok && e < g->n_nets; e++)
        next[e + 2] += next[e + 1];
    for (size_t i = 0; ok && i < b->n_senders; i++)
        all[next[b->senders[i].net + 1]++] =
            (plc_net_source){b->senders[i].vertex, b->senders[i].weight};
    for (uint32_t e = 0; ok && e < g->n_nets; e++) {
        for (uint64_t k = next[e]; k < next[e + 1]; k++) {
            uint64_t *at = &seen[all[k].vertex];
            if (*at > g->source_offsets[e] && *at <= n) {
                g->sources[*at - 1].weight += all[k].weight;
            } else {
                g->sources[n++] = all[k];
                *at = n;
            }
            g->weights[e] += all[k].weight;
        }
        g->source_offsets[e + 1] = n;
    }
    free(next);
    free(all);
    free(seen);
    return ok;
}

/* Lists the nets of each vertex. */
static bool list_incidences(plc_neuron_graph *g)
{
    uint64_t n_pins = g->target_offsets[g->n_nets] + g->source_offsets[g->n_nets];
    uint64_t *next = plc_array(g->n_vertices + 1ul, sizeof *next);
    g->offsets = plc_array(g->n_vertices + 1ul, sizeof *g->offsets);
    g->incidences = plc_array(n_pins, sizeof *g->incidences);
    bool ok = next && g->offsets && g->incidences;
    for (uint64_t k = 0; ok && k < g->target_offsets[g->n_nets]; k++)
        next[g->targets[k] + 1]++;
    for (uint64_t k = 0; ok && k < g->source_offsets[g->n_nets]; k++)
        next[g->sources[k].vertex + 1]++;
    for (uint32_t v = 0; ok && v < g->n_vertices; v++)
        next[v + 1] += next[v];
    uint64_t n =
        0; /* room is for a target and a source each; where both are one, it is closed up */
    uint64_t *begin = g->offsets;
    if (ok)
        memcpy(begin, next, (g->n_vertices + 1ul) * sizeof *begin);
    for (uint32_t e = 0; ok && e < g->n_nets; e++) {
        for (uint64_t k = g->target_offsets[e]; k < g->target_offsets[e + 1]; k++)
            g->incidences[next[g->targets[k]]++] = (plc_incidence){.net = e, .is_target = 1};
        for (uint64_t k = g->source_offsets[e]; k < g->source_offsets[e + 1]; k++) {
            uint32_t v = g->sources[k].vertex;
            plc_incidence *last = &g->incidences[next[v]] - 1;
            bool both = next[v] > begin[v] && last->net == e;
            plc_incidence *at = both ? last : &g->incidences[next[v]++];
            *at = (plc_incidence){
                .net = e, .weight = g->sources[k].weight & INT32_MAX, .is_target = both};
        }
    }
    for (uint32_t v = 0; ok && v < g->n_vertices; v++) {
        uint64_t first = begin[v], end = next[v];
        begin[v] = n;
        for (uint64_t k = first; k < end; k++)
            g->incidences[n++] = g->incidences[k];
    }
    if (ok)
        begin[g->n_vertices] = n;
    free(next);
    return ok;
}

/* Adds up what may reach each vertex. */
static void count_axons(plc_neuron_graph *g)
{
    for (uint32_t v = 0; v < g->n_vertices; v++) {
        g->vertices[v].axons = g->vertices[v].inner_axons;
        for (uint64_t k = g->offsets[v]; k < g->offsets[v + 1]; k++)
            if (g->incidences[k].is_target)
                g->vertices[v].axons += g->n_axons[g->incidences[k].net];
    }
}

/* Hands the graph over; false when memory is short. */
static bool finish_graph(builder *b, plc_neuron_graph *ret_graph)
{
    plc_neuron_graph *g = &b->graph;
    g->n_nets = b->nets.n;
    g->target_offsets = b->nets.offsets;
    g->targets = b->nets.members;
    b->nets.offsets = NULL;
    b->nets.members = NULL;
    if (!sort_sources(b) || !list_incidences(g))
        return false;
    count_axons(g);
    *ret_graph = *g;
    *g = (plc_neuron_graph){0};
    return true;
}

/* Puts the targets of a neuron into the net at hand, and its synapses into their bytes. */
static bool put_targets(builder *b, const plc_mapping *mapping, uint32_t population,
                        uint32_t neuron, uint64_t word)
{
    const plc_network *network = mapping->network;
    const plc_projection_index *out_of = &network->by_source;
    uint64_t n = 0;
    for (uint32_t i = out_of->offsets[population]; i < out_of->offsets[population + 1]; i++) {
        const uint64_t *offsets = network->projections[out_of->numbers[i]].offsets;
        n += offsets[neuron + 1] - offsets[neuron];
    }
    if (!plc_sets_open(&b->nets, n))
        return false;
    for (uint32_t i = out_of->offsets[population]; i < out_of->offsets[population + 1]; i++) {
        const plc_projection *p = &network->projections[out_of->numbers[i]];
        uint32_t first = mapping->first_neuron[p->target];
        for (uint64_t k = p->offsets[neuron]; k < p->offsets[neuron + 1]; k++) {
            b->graph.vertices[first + p->targets[k]].bytes += word;
            plc_sets_put(&b->nets, first + p->targets[k]);
        }
    }
    return true;
}

/* Rates become whole numbers of 2^-16 spikes a tick, or coarser ones if the sum asks for it. */
static double choose_scale(const plc_mapping *mapping)
{
    double sum = 0;
    const plc_network *network = mapping->network;
    for (uint32_t p = 0; p < network->n_populations; p++)
        for (uint32_t i = 0; i < network->populations[p].size; i++)
            sum += plc_map_rate(mapping, p, i);
    return sum > 0x1p14 ? 0x1p30 / sum : 0x1p16;
}

plc_status plc_neuron_graph_make(const plc_mapping *mapping, plc_neuron_graph *ret_graph,
                                 plc_error *error)
{
    const plc_network *network = mapping->network;
    builder b;
    bool ok = init_builder(&b, mapping->first_neuron[network->n_populations]);
    double scale = b.graph.scale = choose_scale(mapping);
    uint64_t word = plc_chip_limit(mapping->chip, PLC_CHIP_SYNAPSE_WORD);
    for (uint32_t p = 0; ok && p < network->n_populations; p++) {
        for (uint32_t i = 0; ok && i < network->populations[p].size; i++) {
            uint32_t vertex = mapping->first_neuron[p] + i;
            b.graph.vertices[vertex].neurons = 1;
            b.graph.vertices[vertex].model = network->populations[p].model;
            if (!(ok = put_targets(&b, mapping, p, i, word)) ||
                b.nets.end == b.nets.offsets[b.nets.n])
                continue;
            uint32_t net = close_net(&b, 1);
            double weight = plc_map_rate(mapping, p, i) * scale + 0.5;
            ok = net != PLC_NO_SET && add_sender(&b, net, vertex, (uint32_t)weight);
        }
    }
    ok = ok && finish_graph(&b, ret_graph);
    finish_builder(&b);
    return ok ? PLC_OK : plc_fail_memory(error, "hypergraph of neurons");
}

/* Whether a net has but one cluster, where its set of targets is at hand. */
static bool is_inner(const builder *b, const plc_neuron_graph *fine, uint32_t e,
                     const uint32_t *cluster_of)
{
    uint64_t begin = b->nets.offsets[b->nets.n];
    if (b->nets.end - begin > 1)
        return false;
    uint32_t cluster = b->nets.members[begin];
    for (uint64_t k = fine->source_offsets[e]; k < fine->source_offsets[e + 1]; k++)
        if (cluster_of[fine->sources[k].vertex] != cluster)
            return false;
    return true;
}

static bool coarsen_net(builder *b, const plc_neuron_graph *fine, uint32_t e,
                        const uint32_t *cluster_of)
{
    uint64_t begin = fine->target_offsets[e], end = fine->target_offsets[e + 1];
    if (!plc_sets_open(&b->nets, end - begin))
        return false;
    for (uint64_t k = begin; k < end; k++)
        plc_sets_put(&b->nets, cluster_of[fine->targets[k]]);
    if (is_inner(b, fine, e, cluster_of)) {
        b->graph.vertices[cluster_of[fine->targets[begin]]].inner_axons += fine->n_axons[e];
        return true;
    }
    uint32_t net = close_net(b, fine->n_axons[e]);
    bool ok = net != PLC_NO_SET;
    for (uint64_t k = fine->source_offsets[e]; ok && k < fine->source_offsets[e + 1]; k++)
        ok = add_sender(b, net, cluster_of[fine->sources[k].vertex], fine->sources[k].weight);
    return ok;
}

plc_status plc_neuron_graph_coarsen(const plc_neuron_graph *graph, const uint32_t *cluster_of,
                                    uint32_t n_clusters, plc_neuron_graph *ret_graph,
                                    plc_error *error)
{
    builder b;
    bool ok = init_builder(&b, n_clusters);
    b.graph.scale = graph->scale;
    for (uint32_t v = 0; ok && v < graph->n_vertices; v++) {
        plc_vertex *cluster = &b.graph.vertices[cluster_of[v]];
        cluster->neurons += graph->vertices[v].neurons;
        cluster->model = graph->vertices[v].model;
        cluster->bytes += graph->vertices[v].bytes;
        cluster->inner_axons += graph->vertices[v].inner_axons;
    }
    for (uint32_t e = 0; ok && e < graph->n_nets; e++)
        ok = coarsen_net(&b, graph, e, cluster_of);
    ok = ok && finish_graph(&b, ret_graph);
    finish_builder(&b);
    return ok ? PLC_OK : plc_fail_memory(error, "hypergraph of clusters");
}
