/* Parts: connections of nets to parts, kept as vertices move. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/parts.h"

#include "base/error.h"
#include "base/memory.h"

static const uint32_t nothing = UINT32_MAX; /* the part of an empty slot */

static bool is_dense(const plc_parts *p, uint32_t net)
{
    return p->offsets[net + 1] - p->offsets[net] == p->n_parts;
}

/* Where the search for a part begins in a table of 2^k slots. */
static uint64_t home(uint32_t part, uint64_t mask)
{
    return (part * UINT32_C(2654435769) >> 7) & mask;
}

/* The slot of a part, or the empty one where it would go. */
static plc_connection *find(const plc_parts *p, uint32_t net, uint32_t part)
{
    plc_connection *slots = p->connections + p->offsets[net];
    if (is_dense(p, net))
        return &slots[part];
    uint64_t mask = p->offsets[net + 1] - p->offsets[net] - 1, at = home(part, mask);
    while (slots[at].part != part && slots[at].part != nothing)
        at = (at + 1) & mask;
    return &slots[at];
}

/* Empties a slot of a table and moves up those behind it that it kept from their homes. Source:
 * Knuth, TAOCP 3, section 6.4, algorithm R. */
static void remove_slot(const plc_parts *p, uint32_t net, plc_connection *slot)
{
    plc_connection *slots = p->connections + p->offsets[net];
    uint64_t mask = p->offsets[net + 1] - p->offsets[net] - 1, hole = (uint64_t)(slot - slots);
    for (uint64_t at = (hole + 1) & mask; slots[at].part != nothing; at = (at + 1) & mask) {
        uint64_t distance = (at - home(slots[at].part, mask)) & mask;
        if (distance >= ((at - hole) & mask)) {
            slots[hole] = slots[at];
            hole = at;
        }
    }
    slots[hole] = (plc_connection){.part = nothing};
}

/* Adds to (or, with negative numbers, takes from) what a net has in a part; gives the targets there
 * are then. */
static uint32_t change(const plc_parts *p, uint32_t net, uint32_t part, int32_t targets,
                       int64_t sources)
{
    plc_connection *slot = find(p, net, part);
    slot->part = part;
    slot->targets += (uint32_t)targets;
    slot->sources += (uint32_t)sources;
    uint32_t now = slot->targets;
    if (!now && !slot->sources && !is_dense(p, net))
        remove_slot(p, net, slot);
    return now;
}

void plc_parts_finish(plc_parts *parts)
{
    free(parts->part_of);
    free(parts->parts);
    free(parts->offsets);
    free(parts->connections);
    free(parts->value);
    free(parts->ranked);
    free(parts->ranked_for);
    *parts = (plc_parts){0};
}

/* Gives each net slots: more than it has pins, by half, or one for each part. */
static bool lay_out(plc_parts *p)
{
    const plc_neuron_graph *g = p->graph;
    for (uint32_t e = 0; e < g->n_nets; e++) {
        uint64_t pins = g->target_offsets[e + 1] - g->target_offsets[e] + g->source_offsets[e + 1] -
                        g->source_offsets[e];
        uint64_t slots = 4;
        while (slots < pins + pins / 2 + 2 && slots < p->n_parts)
            slots *= 2;
        p->offsets[e + 1] = p->offsets[e] + (slots < p->n_parts ? slots : p->n_parts);
    }
    p->connections = plc_array(p->offsets[g->n_nets], sizeof *p->connections);
    for (uint32_t e = 0; p->connections && e < g->n_nets; e++) {
        uint32_t n = (uint32_t)(p->offsets[e + 1] - p->offsets[e]);
        for (uint32_t i = 0; i < n; i++)
            p->connections[p->offsets[e] + i].part = n == p->n_parts ? i : nothing;
    }
    return p->connections != NULL;
}

/* Fills in connections and parts, and counts the cost. */
static void count(plc_parts *p)
{
    const plc_neuron_graph *g = p->graph;
    for (uint32_t v = 0; v < g->n_vertices; v++) {
        plc_part *part = &p->parts[p->part_of[v]];
        part->neurons += g->vertices[v].neurons;
        part->bytes += g->vertices[v].bytes;
        part->axons += g->vertices[v].inner_axons;
    }
    for (uint32_t e = 0; e < g->n_nets; e++) {
        for (uint64_t k = g->source_offsets[e]; k < g->source_offsets[e + 1]; k++)
            change(p, e, p->part_of[g->sources[k].vertex], 0, g->sources[k].weight);
        for (uint64_t k = g->target_offsets[e]; k < g->target_offsets[e + 1]; k++) {
            uint32_t part = p->part_of[g->targets[k]];
            if (change(p, e, part, 1, 0) == 1) {
                p->parts[part].axons += g->n_axons[e];
                p->cost += g->weights[e] - find(p, e, part)->sources;
            }
        }
    }
}

plc_status plc_parts_init(plc_parts *parts, const plc_neuron_graph *graph, uint32_t n_parts,
                          const plc_part_limits *limits, const uint32_t *part_of, plc_error *error)
{
    plc_parts *p = parts;
    *p = (plc_parts){.graph = graph, .limits = *limits, .n_parts = n_parts};
    p->part_of = plc_array_copy(part_of, graph->n_vertices, sizeof *part_of);
    p->parts = plc_array(n_parts, sizeof *p->parts);
    p->offsets = plc_array(graph->n_nets + 1ul, sizeof *p->offsets);
    p->value = plc_array(n_parts, sizeof *p->value);
    p->ranked = plc_array(n_parts, sizeof *p->ranked);
    p->ranked_for = plc_array(n_parts, sizeof *p->ranked_for);
    if (!p->part_of || !p->parts || !p->offsets || !p->value || !p->ranked || !p->ranked_for ||
        !lay_out(p)) {
        plc_parts_finish(p);
        return plc_fail_memory(error, "partition");
    }
    count(p);
    return PLC_OK;
}

int64_t plc_parts_gain(plc_parts *parts, uint32_t vertex, uint32_t to)
{
    const plc_neuron_graph *g = parts->graph;
    uint32_t from = parts->part_of[vertex];
    int64_t gain = 0;
    parts->work += 2 * (g->offsets[vertex + 1] - g->offsets[vertex]);
    for (uint64_t k = g->offsets[vertex]; k < g->offsets[vertex + 1]; k++) {
        plc_incidence at = g->incidences[k];
        const plc_connection *a = find(parts, at.net, from), *b = find(parts, at.net, to);
        int64_t weight = at.weight;
        gain += (b->targets ? weight : 0) - (a->targets ? weight : 0);
        if (at.is_target) {
            if (a->targets == 1)
                gain += g->weights[at.net] - a->sources + weight;
            if (!b->targets)
                gain -= g->weights[at.net] - b->sources - weight;
        }
    }
    return gain;
}

void plc_parts_move(plc_parts *parts, uint32_t vertex, uint32_t to)
{
    const plc_neuron_graph *g = parts->graph;
    const plc_vertex *v = &g->vertices[vertex];
    uint32_t from = parts->part_of[vertex];
    plc_part *a = &parts->parts[from], *b = &parts->parts[to];
    parts->cost -= plc_parts_gain(parts, vertex, to);
    for (uint64_t k = g->offsets[vertex]; k < g->offsets[vertex + 1]; k++) {
        plc_incidence at = g->incidences[k];
        uint32_t left = change(parts, at.net, from, -(int32_t)at.is_target, -(int64_t)at.weight);
        uint32_t there = change(parts, at.net, to, at.is_target, at.weight);
        a->axons -= at.is_target && left == 0 ? g->n_axons[at.net] : 0;
        b->axons += at.is_target && there == 1 ? g->n_axons[at.net] : 0;
    }
    a->neurons -= v->neurons;
    b->neurons += v->neurons;
    a->bytes -= v->bytes;
    b->bytes += v->bytes;
    a->axons -= v->inner_axons;
    b->axons += v->inner_axons;
    parts->part_of[vertex] = to;
}

static void add_value(plc_parts *p, uint32_t part, int64_t value, uint32_t *n)
{
    if (p->ranked_for[part] != p->ranking) {
        p->ranked_for[part] = p->ranking;
        p->value[part] = 0;
        p->ranked[(*n)++] = part;
    }
    p->value[part] += value;
}

void plc_parts_rank(plc_parts *parts, uint32_t vertex, uint32_t *ret_n, int64_t *ret_base)
{
    const plc_neuron_graph *g = parts->graph;
    uint32_t from = parts->part_of[vertex], n = 0;
    int64_t base = 0;
    parts->ranking++;
    for (uint64_t k = g->offsets[vertex]; k < g->offsets[vertex + 1]; k++) {
        plc_incidence at = g->incidences[k];
        int64_t all = g->weights[at.net], weight = at.weight;
        base -= at.is_target ? all - weight : 0;
        for (uint64_t i = parts->offsets[at.net]; i < parts->offsets[at.net + 1]; i++) {
            const plc_connection *c = &parts->connections[i];
            if (c->part == nothing || (!c->targets && !c->sources))
                continue;
            if (c->part != from)
                add_value(parts, c->part,
                          c->targets     ? weight + (at.is_target ? all - weight : 0)
                          : at.is_target ? c->sources
                                         : 0,
                          &n);
            else if (c->targets)
                base += (at.is_target && c->targets == 1 ? all - c->sources + weight : 0) - weight;
        }
        parts->work += parts->offsets[at.net + 1] - parts->offsets[at.net];
    }
    *ret_n = n;
    *ret_base = base;
}

/* Source neurons that would be new to a part with a vertex. */
static uint64_t count_new_axons(plc_parts *p, uint32_t vertex, uint32_t to)
{
    const plc_neuron_graph *g = p->graph;
    uint64_t n = g->vertices[vertex].inner_axons;
    p->work += g->offsets[vertex + 1] - g->offsets[vertex];
    for (uint64_t k = g->offsets[vertex]; k < g->offsets[vertex + 1]; k++)
        if (g->incidences[k].is_target && !find(p, g->incidences[k].net, to)->targets)
            n += g->n_axons[g->incidences[k].net];
    return n;
}

/* Whether so many bytes of synapses and axons fit a part. */
static bool holds(const plc_part_limits *limits, uint64_t bytes, uint64_t axons)
{
    return axons <= limits->axons && bytes <= limits->bytes &&
           (!limits->row_bytes || axons <= (limits->bytes - bytes) / limits->row_bytes);
}

bool plc_parts_fits(plc_parts *parts, uint32_t vertex, uint32_t to, uint32_t without)
{
    static const plc_vertex none = {0};
    const plc_vertex *v = &parts->graph->vertices[vertex],
                     *u = without == PLC_NO_VERTEX ? &none : &parts->graph->vertices[without];
    const plc_part *part = &parts->parts[to];
    if (!(parts->limits.models[to] >> v->model & 1) ||
        part->neurons + v->neurons - u->neurons > parts->limits.neurons)
        return false;
    uint64_t bytes = part->bytes + v->bytes - u->bytes;
    return holds(&parts->limits, bytes, part->axons + v->axons) ||
           holds(&parts->limits, bytes, part->axons + count_new_axons(parts, vertex, to));
}

bool plc_parts_swap(plc_parts *parts, uint32_t v, uint32_t u, int64_t loss_max)
{
    uint32_t a = parts->part_of[v], b = parts->part_of[u];
    int64_t gain = plc_parts_gain(parts, v, b) + plc_parts_gain(parts, u, a);
    if (gain < -loss_max || !plc_parts_fits(parts, v, b, u) || !plc_parts_fits(parts, u, a, v))
        return false;
    int64_t before = parts->cost;
    plc_parts_move(parts, v, b);
    plc_parts_move(parts, u, a);
    if (parts->cost - before <= loss_max)
        return true;
    plc_parts_move(parts, u, b);
    plc_parts_move(parts, v, a);
    return false;
}

bool plc_parts_is_over(const plc_parts *parts, uint32_t part)
{
    const plc_part *p = &parts->parts[part];
    return p->neurons > parts->limits.neurons || !holds(&parts->limits, p->bytes, p->axons);
}
