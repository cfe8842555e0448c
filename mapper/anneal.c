/* Simulated annealing of a placement. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/anneal.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"
#include "mapper/tree.h"

#include <math.h>

static const uint32_t empty = UINT32_MAX;

/* The state of an annealing. A slot is room for one vertex on a router. */
typedef struct annealing {
    const plc_bundles *bundles;
    const plc_machine *machine;
    plc_tree tree;
    uint32_t n_vertices, n_slots;
    uint32_t *slot_begin;              /* [n_routers + 1] */
    uint32_t *slot_router;             /* [n_slots] */
    uint32_t *occupant;                /* [n_slots] vertex or `empty` */
    uint32_t *slot_of;                 /* [n_vertices] */
    plc_membership as_sink, as_source; /* bundles of each vertex */
    uint16_t *sinks_at;                /* [n_bundles][n_routers] sinks of a bundle on a router */
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
    plc_random_key key;
    uint32_t draws;
    uint32_t window; /* [hops] how far a move reaches */
} annealing;

static uint32_t roll(annealing *a, uint32_t sides)
{
    plc_random draw = plc_random_draw(a->key, a->move, a->draws++);
    return plc_random_below(draw.word[0], sides);
}

/* ---- costs ---- */

static uint32_t router_of(const annealing *a, uint32_t vertex)
{
    return a->slot_router[a->slot_of[vertex]];
}

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
            uint32_t router = router_of(a, bundles->sinks[k]);
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

/* Weights x links of a bundle: one tree for each router with sources. */
static double bundle_cost(annealing *a, uint32_t b)
{
    const plc_bundles *bundles = a->bundles;
    uint64_t begin = bundles->source_offsets[b], end = bundles->source_offsets[b + 1];
    uint32_t n = collect_terminals(a, b), n_routers = 0;
    double cost = 0;
    if (end - begin == 1) {
        uint32_t root = router_of(a, bundles->sources[begin]);
        uint32_t links = n == 1 ? plc_machine_hops(a->machine, root, a->terminals[0])
                                : plc_tree_grow(&a->tree, root, a->terminals, n);
        return bundles->weights[begin] * links;
    }
    for (uint64_t k = begin; k < end; k++) {
        uint32_t router = router_of(a, bundles->sources[k]);
        if (a->weight_at[router] == 0)
            a->with_weight[n_routers++] = router;
        a->weight_at[router] += bundles->weights[k];
    }
    for (uint32_t i = 0; i < n_routers; i++) {
        uint32_t root = a->with_weight[i];
        cost += a->weight_at[root] * plc_tree_grow(&a->tree, root, a->terminals, n);
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
        uint16_t *at = a->sinks_at + a->as_sink.bundles[k] * n_routers;
        if (--at[from] == 0 || at[to] == 0)
            mark(a, a->as_sink.bundles[k]);
        at[to]++;
    }
    for (uint64_t k = a->as_source.begin[vertex]; k < a->as_source.begin[vertex + 1]; k++)
        mark(a, a->as_source.bundles[k]);
}

/* Exchanges the contents of two slots on different routers; at least one is occupied. */
static void exchange(annealing *a, uint32_t s, uint32_t t)
{
    uint32_t v = a->occupant[s], u = a->occupant[t];
    a->occupant[s] = u;
    a->occupant[t] = v;
    if (v != empty) {
        a->slot_of[v] = t;
        shift_vertex(a, v, a->slot_router[s], a->slot_router[t]);
    }
    if (u != empty) {
        a->slot_of[u] = s;
        shift_vertex(a, u, a->slot_router[t], a->slot_router[s]);
    }
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

/* A slot on a router within the window around another, or `empty`. */
static uint32_t pick_near(annealing *a, uint32_t router)
{
    const plc_chip *chip = a->machine->chip;
    int w = (int)chip->width, h = (int)chip->height, reach = (int)a->window;
    int rx = 2 * reach + 1 < w ? reach : w / 2, ry = 2 * reach + 1 < h ? reach : h / 2;
    int x = (int)(router % chip->width) + (int)roll(a, (uint32_t)(2 * rx + 1)) - rx;
    int y = (int)(router / chip->width) + (int)roll(a, (uint32_t)(2 * ry + 1)) - ry;
    if (chip->wrap) {
        x = (x + w) % w;
        y = (y + h) % h;
    }
    if (x < 0 || x >= w || y < 0 || y >= h)
        return empty;
    uint32_t target = (uint32_t)(y * w + x), n = a->slot_begin[target + 1] - a->slot_begin[target];
    return target == router || n == 0 ? empty : a->slot_begin[target] + roll(a, n);
}

/* Makes and prices a random exchange; false when the draw gave none. */
static bool propose(annealing *a, uint32_t *ret_s, uint32_t *ret_t, double *ret_delta)
{
    if (++a->move == 0)
        a->move = 1;
    a->draws = 0;
    a->n_changed = 0;
    uint32_t s = a->slot_of[roll(a, a->n_vertices)];
    uint32_t t = pick_near(a, a->slot_router[s]);
    if (t == empty)
        return false;
    exchange(a, s, t);
    *ret_s = s;
    *ret_t = t;
    *ret_delta = price(a);
    return true;
}

static void keep(annealing *a, double delta)
{
    for (uint32_t i = 0; i < a->n_changed; i++)
        a->cost[a->changed[i]] = a->new_cost[i];
    a->total += delta;
}

static void take_back(annealing *a, uint32_t s, uint32_t t)
{
    exchange(a, s, t);
}

static void remember(annealing *a)
{
    if (a->total >= a->best - 1e-9)
        return;
    a->best = a->total;
    for (uint32_t v = 0; v < a->n_vertices; v++)
        a->best_router[v] = router_of(a, v);
}

/* e^-x for x >= 0 by additions and products alone, so that it is the same on every machine; within
 * 1e-12. */
static double decay(double x)
{
    static const double log2_e = 1.4426950408889634, ln_2 = 0.6931471805599453;
    if (x > 700)
        return 0;
    double halvings = floor(x * log2_e), rest = halvings * ln_2 - x,
           sum = 1; /* rest in (-ln 2, 0] */
    for (int i = 14; i > 0; i--)
        sum = 1 + sum * rest / i;
    return ldexp(sum, -(int)halvings);
}

/* Whether a change is accepted at a temperature. */
static bool accepts(annealing *a, double delta, double temperature)
{
    if (delta <= 0)
        return true;
    double u = (roll(a, UINT32_MAX) + 0.5) / UINT32_MAX;
    return u < decay(delta / temperature);
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
        if (accepts(a, delta, temperature)) {
            keep(a, delta);
            accepted++;
        } else {
            take_back(a, s, t);
        }
    }
    return made ? (double)accepted / (double)made : 0;
}

/* Mean size of the changes that random moves make. */
static double mean_change(annealing *a)
{
    double sum = 0;
    uint32_t made = 0;
    for (uint32_t i = 0; i < 200; i++) {
        uint32_t s, t;
        double delta;
        if (!propose(a, &s, &t, &delta))
            continue;
        take_back(a, s, t);
        sum += fabs(delta);
        made++;
    }
    return made ? sum / made : 0;
}

/* The share of proposals to accept at a point of the schedule, 0..1. */
static double wanted_share(double progress)
{
    if (progress < 0.15)
        return 0.44 + 0.56 * decay(6.33 * progress / 0.15); /* 560^-(progress / 0.15) */
    if (progress < 0.65)
        return 0.44;
    return 0.44 * decay(6.09 * (progress - 0.65) / 0.35); /* 440^-... */
}

static void run_annealing(annealing *a, const plc_anneal_settings *settings)
{
    enum { SPANS = 2000 };
    const plc_chip *chip = a->machine->chip;
    double side = chip->width > chip->height ? chip->width : chip->height;
    a->window = (uint32_t)side;
    double unit = mean_change(a), temperature = 0.3 * unit * (1 - settings->begin);
    uint64_t span = settings->moves / SPANS + 1;
    for (int i = 0; i < SPANS && unit > 0; i++) {
        double progress = settings->begin + (1 - settings->begin) * i / SPANS;
        a->window = 1 + (uint32_t)lrint(0.5 * side * (1 - progress) * (1 - progress));
        double share = run_span(a, span, temperature);
        temperature *= share > wanted_share(progress) ? 0.98 : 1 / 0.98;
        if (i % 20 == 19)
            remember(a);
    }
    run_span(a, settings->moves / 20, 1e-9 * unit + 1e-30);
    remember(a);
}

/* ---- setting up ---- */

/* Puts the vertices into slots of their routers. */
static plc_status fill_slots(annealing *a, const uint32_t *capacity, const uint32_t *placed,
                             plc_error *error)
{
    uint32_t n_routers = a->machine->n_routers;
    a->slot_begin = plc_array(n_routers + 1ul, sizeof *a->slot_begin);
    if (!a->slot_begin)
        return plc_fail_memory(error, "placement");
    for (uint32_t r = 0; r < n_routers; r++)
        a->slot_begin[r + 1] = a->slot_begin[r] + capacity[r];
    a->n_slots = a->slot_begin[n_routers];
    a->slot_router = plc_array(a->n_slots, sizeof *a->slot_router);
    a->occupant = plc_array(a->n_slots, sizeof *a->occupant);
    a->slot_of = plc_array(a->n_vertices, sizeof *a->slot_of);
    uint32_t *used = plc_array(n_routers, sizeof *used);
    bool ok = a->slot_router && a->occupant && a->slot_of && used;
    for (uint32_t r = 0; ok && r < n_routers; r++)
        for (uint32_t s = a->slot_begin[r]; s < a->slot_begin[r + 1]; s++) {
            a->slot_router[s] = r;
            a->occupant[s] = empty;
        }
    for (uint32_t v = 0; ok && v < a->n_vertices; v++) {
        uint32_t s = a->slot_begin[placed[v]] + used[placed[v]]++;
        a->occupant[s] = v;
        a->slot_of[v] = s;
    }
    free(used);
    return ok ? PLC_OK : plc_fail_memory(error, "placement");
}

static plc_status init_annealing(annealing *a, const uint32_t *capacity, const uint32_t *placed,
                                 plc_error *error)
{
    const plc_bundles *bundles = a->bundles;
    size_t n_routers = a->machine->n_routers;
    plc_status status = plc_tree_init(&a->tree, a->machine, error);
    if (status == PLC_OK)
        status = fill_slots(a, capacity, placed, error);
    if (status != PLC_OK)
        return status;
    a->sinks_at = plc_array(bundles->n * n_routers, sizeof *a->sinks_at);
    a->cost = plc_array(bundles->n, sizeof *a->cost);
    a->new_cost = plc_array(bundles->n, sizeof *a->new_cost);
    a->changed = plc_array(bundles->n, sizeof *a->changed);
    a->marked_by = plc_array(bundles->n, sizeof *a->marked_by);
    a->terminals = plc_array(n_routers, sizeof *a->terminals);
    a->weight_at = plc_array(n_routers, sizeof *a->weight_at);
    a->with_weight = plc_array(n_routers, sizeof *a->with_weight);
    a->best_router = plc_array(a->n_vertices, sizeof *a->best_router);
    if (!plc_membership_make(bundles->sink_offsets, bundles->sinks, bundles->n, a->n_vertices,
                             &a->as_sink) ||
        !plc_membership_make(bundles->source_offsets, bundles->sources, bundles->n, a->n_vertices,
                             &a->as_source) ||
        !a->sinks_at || !a->cost || !a->new_cost || !a->changed || !a->marked_by || !a->terminals ||
        !a->weight_at || !a->with_weight || !a->best_router)
        return plc_fail_memory(error, "placement");
    for (uint32_t b = 0; b < bundles->n; b++) {
        for (uint64_t k = bundles->sink_offsets[b]; k < bundles->sink_offsets[b + 1]; k++)
            a->sinks_at[b * n_routers + router_of(a, bundles->sinks[k])]++;
        a->cost[b] = bundle_cost(a, b);
        a->total += a->cost[b];
    }
    a->best = INFINITY;
    remember(a);
    return PLC_OK;
}

static void finish_annealing(annealing *a)
{
    plc_tree_finish(&a->tree);
    free(a->slot_begin);
    free(a->slot_router);
    free(a->occupant);
    free(a->slot_of);
    plc_membership_finish(&a->as_sink);
    plc_membership_finish(&a->as_source);
    free(a->sinks_at);
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
                      uint32_t *router_of_vertex, double *ret_cost, plc_error *error)
{
    annealing a = {.bundles = bundles,
                   .machine = machine,
                   .n_vertices = n_vertices,
                   .key = plc_random_stream(settings->seed, 0xa11ea1, 0)};
    plc_status status = init_annealing(&a, capacity, router_of_vertex, error);
    if (status == PLC_OK) {
        if (settings->moves && n_vertices)
            run_annealing(&a, settings);
        memcpy(router_of_vertex, a.best_router, n_vertices * sizeof *router_of_vertex);
        *ret_cost = a.best;
    }
    finish_annealing(&a);
    return status;
}
