/* Annealing of pairs. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/memory.h"
#include "mapper/chance.h"
#include "mapper/pairs.h"
#include "mapper/slots.h"

#include <math.h>

/* The state of an annealing. */
typedef struct annealing {
    const plc_pairs *pairs;
    const plc_machine *machine;
    plc_slots slots;
    plc_chance chance;
    uint32_t *column; /* [n_vertices] of the router, see plc_machine */
    int64_t cost, best;
    uint32_t *best_router; /* [n_vertices] */
    uint32_t directed;     /* of 65536 moves, those towards a neighbour */
} annealing;

/* The change of cost when a vertex moves alone; what it has with `partner`, who takes its place,
 * stays as long as it was. */
static int64_t price(const annealing *a, uint32_t vertex, uint32_t from, uint32_t to,
                     uint32_t partner)
{
    const plc_pairs *pairs = a->pairs;
    const plc_machine *m = a->machine;
    const uint16_t *here = m->near + m->row[from], *there = m->near + m->row[to];
    int64_t delta = 0;
    for (uint64_t k = pairs->offsets[vertex]; k < pairs->offsets[vertex + 1]; k++) {
        uint32_t neighbour = pairs->neighbours[k], column = a->column[neighbour];
        int32_t weight = neighbour == partner ? 0 : pairs->weights[k];
        delta += (int64_t)weight * (there[column] - here[column]);
    }
    return delta;
}

/* Where to try a vertex: mostly at or next to one it talks to, else anywhere. */
static uint32_t pick_router(annealing *a, uint32_t vertex, uint64_t draw)
{
    uint64_t begin = a->pairs->offsets[vertex], n = a->pairs->offsets[vertex + 1] - begin;
    if (n == 0 || (draw & 0xffff) >= a->directed)
        return a->slots.router[plc_random_below((uint32_t)(draw >> 32), a->slots.n)];
    uint32_t neighbour =
        a->pairs->neighbours[begin + plc_random_below((uint32_t)(draw >> 32), (uint32_t)n)];
    uint32_t router = a->slots.router_of[neighbour],
             step = (uint32_t)((draw >> 16 & 0xffff) * (PLC_N_LINKS + 1) >> 16);
    if (step == PLC_N_LINKS)
        return router;
    int32_t next = a->machine->next[router][step];
    return next < 0 ? router : (uint32_t)next;
}

/* One proposal: the change of cost of exchanging slots *ret_s and *ret_t, or false when the draw
 * gave none. */
static bool propose(annealing *a, uint32_t *ret_s, uint32_t *ret_t, int64_t *ret_delta)
{
    const plc_slots *slots = &a->slots;
    uint64_t draw = plc_chance_draw(&a->chance);
    uint32_t vertex = plc_random_below((uint32_t)draw, slots->n_vertices);
    uint32_t from = slots->router_of[vertex],
             to = pick_router(a, vertex, plc_chance_draw(&a->chance));
    uint32_t room = slots->begin[to + 1] - slots->begin[to];
    if (to == from || room == 0)
        return false;
    uint32_t t = slots->begin[to] + plc_random_below((uint32_t)(draw >> 32), room);
    uint32_t other = slots->occupant[t];
    *ret_s = slots->slot_of[vertex];
    *ret_t = t;
    *ret_delta = price(a, vertex, from, to, other);
    if (other != PLC_EMPTY)
        *ret_delta += price(a, other, to, from, vertex);
    return true;
}

static void move(annealing *a, uint32_t s, uint32_t t)
{
    uint32_t v = a->slots.occupant[s], u = a->slots.occupant[t];
    plc_slots_exchange(&a->slots, s, t);
    a->column[v] = a->machine->column[a->slots.router_of[v]];
    if (u != PLC_EMPTY)
        a->column[u] = a->machine->column[a->slots.router_of[u]];
}

static void remember(annealing *a)
{
    if (a->cost < a->best) {
        a->best = a->cost;
        memcpy(a->best_router, a->slots.router_of, a->slots.n_vertices * sizeof *a->best_router);
    }
}

static void run_span(annealing *a, uint64_t moves, double temperature)
{
    for (uint64_t i = 0; i < moves; i++) {
        uint32_t s, t;
        int64_t delta;
        if (propose(a, &s, &t, &delta) &&
            plc_chance_accepts(&a->chance, (double)delta, temperature)) {
            move(a, s, t);
            a->cost += delta;
        }
    }
    remember(a);
}

/* Mean size of the changes that moves to anywhere make. */
static double mean_change(annealing *a)
{
    double sum = 0;
    uint32_t made = 0, directed = a->directed;
    a->directed = 0;
    for (uint32_t i = 0; i < 1000; i++) {
        uint32_t s, t;
        int64_t delta;
        if (propose(a, &s, &t, &delta)) {
            sum += fabs((double)delta);
            made++;
        }
    }
    a->directed = directed;
    return made ? sum / made : 0;
}

/* Cools from half the size of a random change, where a placement is half molten, to where it is
 * solid; then takes what is downhill. */
static void run_annealing(annealing *a, const plc_pairs_settings *settings)
{
    enum { SPANS = 500 };
    static const double downhill = 0.03;
    double hot = settings->hot;
    double unit = mean_change(a), wait = plc_wait(settings->cold / hot),
           moves = (double)settings->moves;
    uint64_t span = (uint64_t)(moves * (1 - downhill) / SPANS);
    for (int i = 0; i < SPANS; i++)
        run_span(a, span, hot * unit * plc_decay(wait * i / SPANS));
    run_span(a, (uint64_t)(moves * downhill), 0);
}

plc_status plc_pairs_anneal(const plc_pairs *pairs, const plc_machine *machine,
                            const uint32_t *capacity, const plc_pairs_settings *settings,
                            uint32_t *router_of, plc_error *error)
{
    uint32_t n = pairs->n_vertices;
    if (n == 0)
        return PLC_OK;
    annealing a = {.pairs = pairs, .machine = machine};
    uint64_t degree = pairs->offsets[n] / n;
    a.directed =
        degree * 4 < n ? 59000 : 20000; /* where all talk to all, nobody's place is known */
    plc_chance_init(&a.chance, settings->seed, 0xa11ea2);
    plc_status status = plc_slots_init(&a.slots, machine->n_routers, capacity, n, router_of, error);
    a.column = plc_array(n, sizeof *a.column);
    a.best_router = plc_array(n, sizeof *a.best_router);
    if (status == PLC_OK && (!a.column || !a.best_router))
        status = plc_fail_memory(error, "placement");
    if (status == PLC_OK) {
        for (uint32_t v = 0; v < n; v++)
            a.column[v] = machine->column[router_of[v]];
        a.cost = plc_pairs_cost(pairs, machine, router_of);
        a.best = INT64_MAX;
        remember(&a);
        run_annealing(&a, settings);
        memcpy(router_of, a.best_router, n * sizeof *router_of);
    }
    plc_slots_finish(&a.slots);
    free(a.column);
    free(a.best_router);
    return status;
}
