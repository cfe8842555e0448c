/* Placing a hypergraph like an old layout: who stays, and near places for the others. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/graph_like.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>

void plc_graph_places_finish(plc_graph_places *places)
{
    free(places->routers);
    free(places->cores);
    *places = (plc_graph_places){0};
}

static void finish(plc_graph_seats *s)
{
    plc_slots_finish(&s->slots);
    free(s->home);
    free(s->begin);
    free(s->nets);
}

/* ---- seats ---- */

/* The slot of a core; PLC_EMPTY: the machine does not have it. */
static uint32_t find_slot(const plc_graph_seats *s, uint32_t router, uint32_t core)
{
    const plc_core_set *usable = &s->machine->chip->cores[router];
    if (s->machine->capacity[router] == 0 || !plc_core_set_has(usable, core))
        return PLC_EMPTY;
    uint32_t slot = s->slots.begin[router];
    for (uint32_t c = 0; c < core; c++)
        slot += plc_core_set_has(usable, c);
    return slot;
}

/* The core of a slot. */
static uint32_t find_core(const plc_graph_seats *s, uint32_t slot)
{
    uint32_t router = s->slots.router[slot], before = slot - s->slots.begin[router], core = 0;
    for (;; core++)
        if (plc_core_set_has(&s->machine->chip->cores[router], core) && before-- == 0)
            return core;
}

static void occupy(plc_slots *slots, uint32_t vertex, uint32_t slot)
{
    slots->occupant[slot] = vertex;
    slots->slot_of[vertex] = slot;
    slots->router_of[vertex] = slots->router[slot];
}

/* Counts the nets of each vertex (nets NULL), or lists them. */
static void pass_nets(const plc_hypergraph *graph, uint64_t *begin, uint32_t *nets)
{
    for (uint32_t e = 0; e < graph->n_nets; e++) {
        uint64_t *at = &begin[graph->sources[e] + 1];
        if (nets)
            nets[*at] = e;
        ++*at;
        for (uint64_t k = graph->sink_offsets[e]; k < graph->sink_offsets[e + 1]; k++) {
            at = &begin[graph->sinks[k] + 1];
            if (nets)
                nets[*at] = e;
            ++*at;
        }
    }
}

static plc_status list_nets(plc_graph_seats *s, plc_error *error)
{
    const plc_hypergraph *g = s->graph;
    uint64_t pins = g->n_nets ? g->n_nets + g->sink_offsets[g->n_nets] : 0;
    s->begin = plc_array(g->n_vertices + 2ul, sizeof *s->begin);
    s->nets = plc_array(pins, sizeof *s->nets);
    if (!s->begin || !s->nets)
        return plc_fail_memory(error, "placement");
    pass_nets(g, s->begin + 1, NULL);
    for (uint32_t v = 0; v < g->n_vertices; v++)
        s->begin[v + 2] += s->begin[v + 1];
    pass_nets(g, s->begin, s->nets);
    return PLC_OK;
}

/* Nobody seated; `routers` is a legal placement, which slots cannot do without. */
static plc_status init(plc_graph_seats *s, const uint32_t *routers, plc_error *error)
{
    uint32_t n = s->graph->n_vertices;
    plc_status status =
        plc_slots_init(&s->slots, s->machine->n_routers, s->machine->capacity, n, routers, error);
    if (status == PLC_OK)
        status = list_nets(s, error);
    if (status == PLC_OK && !(s->home = plc_array(n, sizeof *s->home)))
        status = plc_fail_memory(error, "placement");
    for (uint32_t t = 0; status == PLC_OK && t < s->slots.n; t++)
        s->slots.occupant[t] = PLC_EMPTY;
    for (uint32_t v = 0; status == PLC_OK && v < n; v++)
        s->slots.slot_of[v] = PLC_EMPTY;
    return status;
}

double plc_graph_seats_hops(const plc_graph_seats *s, uint32_t vertex, uint32_t router)
{
    const plc_hypergraph *g = s->graph;
    double sum = 0;
    for (uint64_t i = s->begin[vertex]; i < s->begin[vertex + 1]; i++) {
        uint32_t e = s->nets[i], source = g->sources[e];
        if (source != vertex && s->slots.slot_of[source] != PLC_EMPTY)
            sum += g->weights[e] * plc_machine_hops(s->machine, s->slots.router_of[source], router);
        for (uint64_t k = g->sink_offsets[e]; source == vertex && k < g->sink_offsets[e + 1]; k++)
            if (s->slots.slot_of[g->sinks[k]] != PLC_EMPTY)
                sum += g->weights[e] *
                       plc_machine_hops(s->machine, router, s->slots.router_of[g->sinks[k]]);
    }
    return sum;
}

/* ---- placing ---- */

static void seat_the_old(plc_graph_seats *s, const plc_graph_places *old)
{
    for (uint32_t v = 0; v < s->graph->n_vertices; v++) {
        s->home[v] = v < old->n ? find_slot(s, old->routers[v], old->cores[v]) : PLC_EMPTY;
        if (s->home[v] != PLC_EMPTY)
            occupy(&s->slots, v, s->home[v]);
    }
}

/* The lowest free slot of a router; PLC_EMPTY: none. */
static uint32_t find_free(const plc_slots *slots, uint32_t router)
{
    for (uint32_t t = slots->begin[router]; t < slots->begin[router + 1]; t++)
        if (slots->occupant[t] == PLC_EMPTY)
            return t;
    return PLC_EMPTY;
}

/* Seats a vertex where it has the fewest hops, of equal routers on the lowest. */
static void seat_near(plc_graph_seats *s, uint32_t vertex)
{
    uint32_t best = PLC_EMPTY;
    double least = HUGE_VAL;
    for (uint32_t r = 0; least > 0 && r < s->machine->n_routers; r++) {
        uint32_t slot = find_free(&s->slots, r);
        double hops = slot != PLC_EMPTY ? plc_graph_seats_hops(s, vertex, r) : HUGE_VAL;
        if (hops < least) {
            best = slot;
            least = hops;
        }
    }
    occupy(&s->slots, vertex, best);
}

/* The loose in the order they are seated. */
typedef struct queue {
    uint32_t *vertices; /* [n_vertices] */
    bool *queued;       /* [n_vertices] */
    uint32_t n;
} queue;

static void join(queue *q, const plc_slots *slots, uint32_t vertex)
{
    if (slots->slot_of[vertex] != PLC_EMPTY || q->queued[vertex])
        return;
    q->queued[vertex] = true;
    q->vertices[q->n++] = vertex;
}

/* Lets those wait that a vertex shares packets with. */
static void join_partners(queue *q, const plc_graph_seats *s, uint32_t vertex)
{
    const plc_hypergraph *g = s->graph;
    for (uint64_t i = s->begin[vertex]; i < s->begin[vertex + 1]; i++) {
        uint32_t e = s->nets[i];
        if (g->sources[e] != vertex) {
            join(q, &s->slots, g->sources[e]);
            continue;
        }
        for (uint64_t k = g->sink_offsets[e]; k < g->sink_offsets[e + 1]; k++)
            join(q, &s->slots, g->sinks[k]);
    }
}

/* Seats the loose, partners of who has a seat before those who know nobody. */
static plc_status seat_the_loose(plc_graph_seats *s, plc_error *error)
{
    uint32_t n = s->graph->n_vertices, first = 0;
    queue q = {.vertices = plc_array(n, sizeof *q.vertices),
               .queued = plc_array(n, sizeof *q.queued)};
    bool ok = q.vertices && q.queued;
    for (uint32_t v = 0; ok && v < n; v++)
        if (s->home[v] != PLC_EMPTY)
            join_partners(&q, s, v);
    for (uint32_t i = 0; ok; i++) {
        while (i == q.n && first < n)
            join(&q, &s->slots, first++);
        if (i == q.n)
            break;
        seat_near(s, q.vertices[i]);
        join_partners(&q, s, q.vertices[i]);
    }
    free(q.vertices);
    free(q.queued);
    return ok ? PLC_OK : plc_fail_memory(error, "placement");
}

plc_status plc_graph_like_place(const plc_hypergraph *graph, const plc_machine *machine,
                                const plc_graph_places *old, unsigned effort, uint32_t *routers,
                                uint32_t *cores, plc_error *error)
{
    plc_graph_seats s = {.graph = graph, .machine = machine};
    plc_status status = init(&s, routers, error);
    if (status == PLC_OK) {
        seat_the_old(&s, old);
        status = seat_the_loose(&s, error);
    }
    if (status == PLC_OK)
        status = plc_graph_settle(&s, effort, error);
    for (uint32_t v = 0; status == PLC_OK && v < graph->n_vertices; v++) {
        routers[v] = s.slots.router_of[v];
        cores[v] = find_core(&s, s.slots.slot_of[v]);
    }
    finish(&s);
    return status;
}

plc_map_moves plc_graph_like_compare(const plc_graph_places *old, const uint32_t *routers,
                                     const uint32_t *cores, uint32_t n_vertices)
{
    plc_map_moves moves = {0};
    uint32_t n = old->n < n_vertices ? old->n : n_vertices;
    for (uint32_t v = 0; v < n; v++)
        moves.kept += old->routers[v] == routers[v] && old->cores[v] == cores[v];
    moves.moved = n - moves.kept;
    moves.added = n_vertices - n;
    moves.gone = old->n - n;
    return moves;
}
