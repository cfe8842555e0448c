/* Simulated annealing of a placement. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/anneal.h"

#include "base/error.h"
#include "base/memory.h"
#include "mapper/chance.h"
#include "mapper/slots.h"
#include "mapper/tree.h"

#include <math.h>

/* The state of an annealing. */
typedef struct annealing {
    const plc_bundles *bundles;
    const plc_machine *machine;
    plc_tree tree;
    plc_slots slots;
    plc_chance chance;
    plc_membership as_sink, as_source; /* bundles of each vertex */
    uint16_t *sinks_at;                /* [n_bundles][n_routers] sinks of a bundle on a router */
    uint64_t *sink_set;                /* [n_bundles] small machines: bit r: router r has a sink */
    double *cost;                      /* [n_bundles] */
    double total, best;
    uint32_t *best_router; /* [n_vertices] */
    uint32_t *changed;     /* [n_bundles] bundles that the move at hand touches */
    uint32_t n_changed;
    double *new_cost;    /* [n_bundles] of the changed ones */
    uint32_t *marked_by; /* [n_bundles] number of the move that changed it */
    uint32_t move;
    uint32_t *terminals;   /* [n_routers] */
    double *weight_at;     /* [n_routers] scratch: sources' weights by router */
    uint32_t *with_weight; /* [n_routers] scratch */
    uint32_t window;       /* [hops] how far a move reaches */
} annealing;

/* ---- costs ---- */

/* The distinct routers of a bundle's sinks. */
static uint32_t collect_terminals(annealing *a, uint32_t b)
{
    const plc_bundles *bundles = a->bundles;
    const uint16_t *at = a->sinks_at + (size_t)b * a->machine->n_routers;
    uint64_t begin = bundles->sink_offsets[b], end = bundles->sink_offsets[b + 1];
    uint32_t n = 0;
    if (end - begin < a->machine->n_routers) {
        uint32_t *seen = a->tree.stamp,
                 number = ++a->tree.number; /* numbers are shared with the trees */
        for (uint64_t k = begin; k < end; k++) {
            uint32_t router = a->slots.router_of[bundles->sinks[k]];
            if (seen[router] != number) {
                seen[router] = number;
                a->terminals[n++] = router;
            }
        }
        return n;
    }
    for (uint32_t r = 0; r < a->machine->n_routers; r++)
        if (at[r])
            a->terminals[n++] = r;
    return n;
}

/* Links of the tree from a root to the n terminals of a bundle. */
static uint32_t count_links(annealing *a, uint32_t b, uint32_t root, uint32_t n)
{
    uint8_t nodes[PLC_REACH_ROUTERS];
    uint64_t sinks = a->bundles->sink_offsets[b + 1] - a->bundles->sink_offsets[b];
    if (sinks == 1)
        return plc_machine_hops(a->machine, root,
                                a->slots.router_of[a->bundles->sinks[a->bundles->sink_offsets[b]]]);
    if (a->sink_set)
        return plc_reach_grow(&a->tree.reach, root, a->sink_set[b], NULL, nodes) - 1;
    if (n == 1)
        return plc_machine_hops(a->machine, root, a->terminals[0]);
    return plc_tree_grow(&a->tree, root, a->terminals, n);
}

/* Weights x links of a bundle: one tree for each router with sources. */
static double bundle_cost(annealing *a, uint32_t b)
{
    const plc_bundles *bundles = a->bundles;
    uint64_t begin = bundles->source_offsets[b], end = bundles->source_offsets[b + 1];
    uint32_t n = a->sink_set ? 0 : collect_terminals(a, b), n_routers = 0;
    double cost = 0;
    if (end - begin == 1)
        return bundles->weights[begin] *
               count_links(a, b, a->slots.router_of[bundles->sources[begin]], n);
    for (uint64_t k = begin; k < end; k++) {
        uint32_t router = a->slots.router_of[bundles->sources[k]];
        if (a->weight_at[router] == 0)
            a->with_weight[n_routers++] = router;
        a->weight_at[router] += bundles->weights[k];
    }
    for (uint32_t i = 0; i < n_routers; i++) {
        uint32_t root = a->with_weight[i];
        cost += a->weight_at[root] * count_links(a, b, root, n);
        a->weight_at[root] = 0;
    }
    return cost;
}

/* ---- moves ---- */

static void mark(annealing *a, uint32_t b)
{
    if (a->marked_by[b] != a->move) {
        a->marked_by[b] = a->move;
        a->changed[a->n_changed++] = b;
    }
}

/* Counts a vertex's sinks from one router to another and marks the bundles whose terminals or roots
 * change. */
static void shift_vertex(annealing *a, uint32_t vertex, uint32_t from, uint32_t to)
{
    size_t n_routers = a->machine->n_routers;
    for (uint64_t k = a->as_sink.begin[vertex]; k < a->as_sink.begin[vertex + 1]; k++) {
        uint32_t b = a->as_sink.bundles[k];
        uint16_t *at = a->sinks_at + b * n_routers;
        bool leaves = --at[from] == 0, arrives = at[to]++ == 0;
        if (leaves || arrives)
            mark(a, b);
        if (a->sink_set)
            a->sink_set[b] = (a->sink_set[b] & ~((uint64_t)leaves << from)) | (uint64_t)arrives
                                                                                  << to;
    }
    for (uint64_t k = a->as_source.begin[vertex]; k < a->as_source.begin[vertex + 1]; k++)
        mark(a, a->as_source.bundles[k]);
}

/* Exchanges the contents of two slots on different routers; at least one is occupied. */
static void exchange(annealing *a, uint32_t s, uint32_t t)
{
    plc_slots *slots = &a->slots;
    uint32_t v = slots->occupant[s], u = slots->occupant[t];
    plc_slots_exchange(slots, s, t);
    if (v != PLC_EMPTY)
        shift_vertex(a, v, slots->router[s], slots->router[t]);
    if (u != PLC_EMPTY)
        shift_vertex(a, u, slots->router[t], slots->router[s]);
}

/* The change of cost of the exchange just made. */
static double price(annealing *a)
{
    double delta = 0;
    for (uint32_t i = 0; i < a->n_changed; i++) {
        a->new_cost[i] = bundle_cost(a, a->changed[i]);
        delta += a->new_cost[i] - a->cost[a->changed[i]];
    }
    return delta;
}

/* A router within the window around another; itself where that would leave the mesh. */
static uint32_t pick_near(annealing *a, uint32_t router)
{
    const plc_chip *chip = a->machine->chip;
    int w = (int)chip->width, h = (int)chip->height, reach = (int)a->window;
    int rx = 2 * reach + 1 < w ? reach : w / 2, ry = 2 * reach + 1 < h ? reach : h / 2;
    uint64_t draw = plc_chance_draw(&a->chance);
    int x = (int)(router % chip->width) +
            (int)plc_random_below((uint32_t)draw, (uint32_t)(2 * rx + 1)) - rx;
    int y = (int)(router / chip->width) +
            (int)plc_random_below((uint32_t)(draw >> 32), (uint32_t)(2 * ry + 1)) - ry;
    if (chip->wrap) {
        x = (x + w) % w;
        y = (y + h) % h;
    }
    return x < 0 || x >= w || y < 0 || y >= h ? router : (uint32_t)(y * w + x);
}

/* A router with, or next to, one that a vertex sends to or hears from; UINT32_MAX when it does
 * neither. */
static uint32_t pick_directed(annealing *a, uint32_t vertex)
{
    uint64_t draw = plc_chance_draw(&a->chance), other = plc_chance_draw(&a->chance);
    const plc_membership *in = draw & 1 ? &a->as_sink : &a->as_source;
    if (in->begin[vertex] == in->begin[vertex + 1])
        in = draw & 1 ? &a->as_source : &a->as_sink;
    uint64_t n = in->begin[vertex + 1] - in->begin[vertex];
    if (n == 0)
        return UINT32_MAX;
    const plc_bundles *bundles = a->bundles;
    uint32_t b =
        in->bundles[in->begin[vertex] + plc_random_below((uint32_t)(draw >> 32), (uint32_t)n)];
    bool to_source = in == &a->as_sink;
    const uint64_t *offsets = to_source ? bundles->source_offsets : bundles->sink_offsets;
    const uint32_t *members = to_source ? bundles->sources : bundles->sinks;
    uint32_t member =
        members[offsets[b] +
                plc_random_below((uint32_t)(other >> 32), (uint32_t)(offsets[b + 1] - offsets[b]))];
    uint32_t router = a->slots.router_of[member],
             step = (uint32_t)((other & 0xffff) * (PLC_N_LINKS + 1) >> 16);
    int32_t next = step == PLC_N_LINKS ? -1 : a->machine->next[router][step];
    return next < 0 ? router : (uint32_t)next;
}

/* Makes and prices a random exchange; false when the draw gave none. */
static bool propose(annealing *a, uint32_t *ret_s, uint32_t *ret_t, double *ret_delta)
{
    const plc_slots *slots = &a->slots;
    if (++a->move == 0)
        a->move = 1;
    a->n_changed = 0;
    uint64_t draw = plc_chance_draw(&a->chance);
    uint32_t vertex = plc_random_below((uint32_t)draw, slots->n_vertices),
             from = slots->router_of[vertex];
    uint32_t to = draw >> 63 ? pick_directed(a, vertex) : pick_near(a, from);
    if (to == UINT32_MAX || to == from || slots->begin[to] == slots->begin[to + 1])
        return false;
    *ret_s = slots->slot_of[vertex];
    *ret_t =
        slots->begin[to] + plc_chance_below(&a->chance, slots->begin[to + 1] - slots->begin[to]);
    exchange(a, *ret_s, *ret_t);
    *ret_delta = price(a);
    return true;
}

static void keep(annealing *a, double delta)
{
    for (uint32_t i = 0; i < a->n_changed; i++)
        a->cost[a->changed[i]] = a->new_cost[i];
    a->total += delta;
}

static void remember(annealing *a)
{
    if (a->total >= a->best - 1e-9)
        return;
    a->best = a->total;
    memcpy(a->best_router, a->slots.router_of, a->slots.n_vertices * sizeof *a->best_router);
}

/* `moves` proposals at one temperature; the share accepted. */
static double run_span(annealing *a, uint64_t moves, double temperature)
{
    uint64_t accepted = 0, made = 0;
    for (uint64_t i = 0; i < moves; i++) {
        uint32_t s, t;
        double delta;
        if (!propose(a, &s, &t, &delta))
            continue;
        made++;
        if (plc_chance_accepts(&a->chance, delta, temperature)) {
            keep(a, delta);
            accepted++;
        } else {
            exchange(a, s, t);
        }
    }
    return made ? (double)accepted / (double)made : 0;
}

/* Mean size of the changes that random moves make. */
static double mean_change(annealing *a)
{
    double sum = 0;
    uint32_t made = 0;
    for (uint32_t i = 0; i < 100; i++) {
        uint32_t s, t;
        double delta;
        if (!propose(a, &s, &t, &delta))
            continue;
        exchange(a, s, t);
        sum += fabs(delta);
        made++;
    }
    return made ? sum / made : 0;
}

/* The share of proposals to accept at a point of the schedule, 0..1. */
static double wanted_share(double progress)
{
    if (progress < 0.15)
        return 0.44 + 0.56 * plc_decay(6.33 * progress / 0.15); /* 560^-(progress / 0.15) */
    if (progress < 0.65)
        return 0.44;
    return 0.44 * plc_decay(6.09 * (progress - 0.65) / 0.35); /* 440^-... */
}

/* Cools so that the share of proposals accepted follows the schedule; then takes what is downhill.
 */
static void run_annealing(annealing *a, const plc_anneal_settings *settings)
{
    enum { SPANS_MAX = 2000, SPAN_MIN = 20 };
    const plc_chip *chip = a->machine->chip;
    double side = chip->width > chip->height ? chip->width : chip->height;
    uint64_t span = settings->moves / SPANS_MAX;
    span = span < SPAN_MIN ? SPAN_MIN : span;
    int spans = (int)(settings->moves / span);
    double step = plc_decay(spans > 100 ? 40.0 / spans : 0.4);
    a->window = (uint32_t)side;
    double unit = spans ? mean_change(a) : 0, temperature = 0.3 * unit * (1 - settings->begin);
    for (int i = 0; i < spans && unit > 0; i++) {
        double progress = settings->begin + (1 - settings->begin) * i / spans;
        a->window = 1 + (uint32_t)lrint(0.5 * side * (1 - progress) * (1 - progress));
        double share = run_span(a, span, temperature);
        temperature *= share > wanted_share(progress) ? step : 1 / step;
        if (i % 20 == 19)
            remember(a);
    }
    run_span(a, settings->moves / 20, 0);
    remember(a);
}

/* ---- setting up ---- */

static plc_status init_annealing(annealing *a, const uint32_t *capacity, uint32_t n_vertices,
                                 const uint32_t *placed, plc_error *error)
{
    const plc_bundles *bundles = a->bundles;
    size_t n_routers = a->machine->n_routers;
    plc_status status = plc_tree_init(&a->tree, a->machine, error);
    if (status == PLC_OK)
        status =
            plc_slots_init(&a->slots, a->machine->n_routers, capacity, n_vertices, placed, error);
    if (status != PLC_OK)
        return status;
    a->sinks_at = plc_array(bundles->n * n_routers, sizeof *a->sinks_at);
    bool small = a->tree.reach.beside;
    a->sink_set = small ? plc_array(bundles->n, sizeof *a->sink_set) : NULL;
    a->cost = plc_array(bundles->n, sizeof *a->cost);
    a->new_cost = plc_array(bundles->n, sizeof *a->new_cost);
    a->changed = plc_array(bundles->n, sizeof *a->changed);
    a->marked_by = plc_array(bundles->n, sizeof *a->marked_by);
    a->terminals = plc_array(n_routers, sizeof *a->terminals);
    a->weight_at = plc_array(n_routers, sizeof *a->weight_at);
    a->with_weight = plc_array(n_routers, sizeof *a->with_weight);
    a->best_router = plc_array(n_vertices, sizeof *a->best_router);
    if (!plc_membership_make(bundles->sink_offsets, bundles->sinks, bundles->n, n_vertices,
                             &a->as_sink) ||
        !plc_membership_make(bundles->source_offsets, bundles->sources, bundles->n, n_vertices,
                             &a->as_source) ||
        !a->sinks_at || (small && !a->sink_set) || !a->cost || !a->new_cost || !a->changed ||
        !a->marked_by || !a->terminals || !a->weight_at || !a->with_weight || !a->best_router)
        return plc_fail_memory(error, "placement");
    for (uint32_t b = 0; b < bundles->n; b++) {
        for (uint64_t k = bundles->sink_offsets[b]; k < bundles->sink_offsets[b + 1]; k++) {
            uint32_t router = a->slots.router_of[bundles->sinks[k]];
            a->sinks_at[b * n_routers + router]++;
            if (small)
                a->sink_set[b] |= UINT64_C(1) << router;
        }
        a->cost[b] = bundle_cost(a, b);
        a->total += a->cost[b];
    }
    a->best = (double)INFINITY;
    remember(a);
    return PLC_OK;
}

static void finish_annealing(annealing *a)
{
    plc_tree_finish(&a->tree);
    plc_slots_finish(&a->slots);
    plc_membership_finish(&a->as_sink);
    plc_membership_finish(&a->as_source);
    free(a->sinks_at);
    free(a->sink_set);
    free(a->cost);
    free(a->new_cost);
    free(a->changed);
    free(a->marked_by);
    free(a->terminals);
    free(a->weight_at);
    free(a->with_weight);
    free(a->best_router);
}

plc_status plc_anneal(const plc_bundles *bundles, uint32_t n_vertices, const plc_machine *machine,
                      const uint32_t *capacity, const plc_anneal_settings *settings,
                      uint32_t *router_of, double *ret_cost, plc_error *error)
{
    annealing a = {.bundles = bundles, .machine = machine};
    plc_chance_init(&a.chance, settings->seed, 0xa11ea1);
    plc_status status = init_annealing(&a, capacity, n_vertices, router_of, error);
    if (status == PLC_OK) {
        if (settings->moves && n_vertices)
            run_annealing(&a, settings);
        memcpy(router_of, a.best_router, n_vertices * sizeof *router_of);
        *ret_cost = a.best;
    }
    finish_annealing(&a);
    return status;
}
