/* Settling: what pays to move once the vertices of a changed hypergraph have places. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/memory.h"
#include "mapper/graph_like.h"
#include "mapper/placement.h"
#include "mapper/tree.h"

/* [ns] by the estimates below, so that the result depends on no clock; for up to a thousand
 * vertices. */
static const double budgets[PLC_EFFORT_MAX + 1] = {0.004e9, 0.15e9, 0.72e9, 45e9};

/* Routers that a vertex tries, those with the fewest hops to its partners. */
enum { N_NEAR = 16 };

/* What settling works with. */
typedef struct settling {
    plc_graph_seats *seats;
    plc_tree tree;
    double *costs;     /* [n_nets] weight x links of each net's tree */
    double *trial;     /* [n_nets] of those in `touched`, after a move */
    double *packets;   /* [n_vertices] that each sends and receives */
    uint32_t *touched; /* [n_nets] nets that the move at hand touches */
    uint32_t n_touched;
    uint64_t *seen;      /* [n_nets] number of the move that last touched each */
    uint64_t move;       /* number of the move at hand */
    uint32_t *terminals; /* [n_routers] of the net at hand */
    uint64_t *reached;   /* [n_routers] number of the tree that last counted a router */
    uint64_t number;     /* of the tree at hand */
    bool *active;        /* [n_vertices] may be moved */
    double left;         /* [ns] of the budget */
} settling;

static void finish(settling *s)
{
    plc_tree_finish(&s->tree);
    free(s->costs);
    free(s->trial);
    free(s->packets);
    free(s->touched);
    free(s->seen);
    free(s->terminals);
    free(s->reached);
    free(s->active);
}

/* Packets x links of a net's tree. */
static double grow(settling *s, uint32_t net)
{
    const plc_hypergraph *g = s->seats->graph;
    const uint32_t *router_of = s->seats->slots.router_of;
    uint32_t n = 0, root = router_of[g->sources[net]];
    if (g->weights[net] <= 0)
        return 0;
    s->number++;
    for (uint64_t k = g->sink_offsets[net]; k < g->sink_offsets[net + 1]; k++) {
        uint32_t router = router_of[g->sinks[k]];
        if (s->reached[router] != s->number)
            s->terminals[n++] = router;
        s->reached[router] = s->number;
    }
    uint32_t links = plc_tree_grow(&s->tree, root, s->terminals, n);
    s->left -= 50 + (double)(g->sink_offsets[net + 1] - g->sink_offsets[net]) + 4.0 * n * links;
    return g->weights[net] * links;
}

/* ---- moves ---- */

static void touch(settling *s, uint32_t vertex)
{
    const plc_graph_seats *seats = s->seats;
    for (uint64_t i = seats->begin[vertex]; i < seats->begin[vertex + 1]; i++) {
        uint32_t net = seats->nets[i];
        if (s->seen[net] != s->move)
            s->touched[s->n_touched++] = net;
        s->seen[net] = s->move;
    }
}

/* What two vertices, or one and PLC_EMPTY, are charged where they are. */
static double charge(const settling *s, uint32_t v, uint32_t u)
{
    const uint32_t *home = s->seats->home, *slot_of = s->seats->slots.slot_of;
    double sum = home[v] != PLC_EMPTY && home[v] != slot_of[v] ? s->packets[v] : 0;
    if (u != PLC_EMPTY && home[u] != PLC_EMPTY && home[u] != slot_of[u])
        sum += s->packets[u];
    return sum;
}

/* Exchanges a vertex with the content of a slot if that saves something; whether it did. */
static bool try_slot(settling *s, uint32_t v, uint32_t to)
{
    plc_slots *slots = &s->seats->slots;
    uint32_t from = slots->slot_of[v], u = slots->occupant[to];
    double before = charge(s, v, u), after;
    s->move++;
    s->n_touched = 0;
    touch(s, v);
    if (u != PLC_EMPTY)
        touch(s, u);
    plc_slots_exchange(slots, from, to);
    after = charge(s, v, u);
    for (uint32_t i = 0; i < s->n_touched; i++) {
        uint32_t net = s->touched[i];
        before += s->costs[net];
        after += s->trial[net] = grow(s, net);
    }
    if (after >= before - 1e-9 * before) {
        plc_slots_exchange(slots, from, to);
        return false;
    }
    for (uint32_t i = 0; i < s->n_touched; i++)
        s->costs[s->touched[i]] = s->trial[s->touched[i]];
    return true;
}

/* Counts the pins that ranking a router for a vertex looks at. */
static double count_pins(const settling *s, uint32_t vertex)
{
    const plc_hypergraph *g = s->seats->graph;
    double n = 1;
    for (uint64_t i = s->seats->begin[vertex]; i < s->seats->begin[vertex + 1]; i++) {
        uint32_t net = s->seats->nets[i];
        bool sends = g->sources[net] == vertex;
        n += sends ? (double)(g->sink_offsets[net + 1] - g->sink_offsets[net]) : 1;
    }
    return n;
}

/* Lists up to N_NEAR routers with room for vertices, those with the fewest hops to a vertex's
 * partners first; their number. */
static uint32_t list_near(settling *s, uint32_t vertex, uint32_t *near)
{
    const plc_machine *m = s->seats->machine;
    double hops[N_NEAR];
    uint32_t n = 0;
    s->left -= 2 * count_pins(s, vertex) * m->n_routers;
    for (uint32_t r = 0; r < m->n_routers; r++) {
        if (m->capacity[r] == 0)
            continue;
        double sum = plc_graph_seats_hops(s->seats, vertex, r);
        if (n == N_NEAR && sum >= hops[n - 1])
            continue;
        n += n < N_NEAR;
        uint32_t i = n - 1;
        for (; i > 0 && hops[i - 1] > sum; i--) {
            hops[i] = hops[i - 1];
            near[i] = near[i - 1];
        }
        hops[i] = sum;
        near[i] = r;
    }
    return n;
}

/* Tries the slots of a router for a vertex, of free ones the lowest; whether it moved. */
static bool try_router(settling *s, uint32_t vertex, uint32_t router)
{
    const plc_slots *slots = &s->seats->slots;
    bool moved = false, tried = false; /* a free one */
    for (uint32_t t = slots->begin[router]; t < slots->begin[router + 1]; t++) {
        bool is_free = slots->occupant[t] == PLC_EMPTY;
        if (s->left <= 0 || slots->router_of[vertex] == router)
            break;
        if (!is_free || !tried)
            moved = try_slot(s, vertex, t) || moved;
        tried = tried || is_free;
    }
    return moved;
}

/* Tries its home and near routers for a vertex; whether it moved. */
static bool move_vertex(settling *s, uint32_t vertex)
{
    uint32_t near[N_NEAR], home = s->seats->home[vertex];
    bool moved =
        home != PLC_EMPTY && home != s->seats->slots.slot_of[vertex] && try_slot(s, vertex, home);
    uint32_t n = list_near(s, vertex, near);
    for (uint32_t i = 0; i < n; i++)
        moved = try_router(s, vertex, near[i]) || moved;
    return moved;
}

/* ---- beginning ---- */

static plc_status init(settling *s, plc_error *error)
{
    const plc_hypergraph *g = s->seats->graph;
    uint32_t n_routers = s->seats->machine->n_routers;
    s->costs = plc_array(g->n_nets, sizeof *s->costs);
    s->trial = plc_array(g->n_nets, sizeof *s->trial);
    s->touched = plc_array(g->n_nets, sizeof *s->touched);
    s->seen = plc_array(g->n_nets, sizeof *s->seen);
    s->packets = plc_array(g->n_vertices, sizeof *s->packets);
    s->active = plc_array(g->n_vertices, sizeof *s->active);
    s->terminals = plc_array(n_routers, sizeof *s->terminals);
    s->reached = plc_array(n_routers, sizeof *s->reached);
    if (!s->costs || !s->trial || !s->touched || !s->seen || !s->packets || !s->active ||
        !s->terminals || !s->reached)
        return plc_fail_memory(error, "placement");
    return plc_tree_init(&s->tree, s->seats->machine, error);
}

/* Whether a net has a loose member. */
static bool has_loose(const plc_graph_seats *seats, uint32_t net)
{
    const plc_hypergraph *g = seats->graph;
    bool found = seats->home[g->sources[net]] == PLC_EMPTY;
    for (uint64_t k = g->sink_offsets[net]; !found && k < g->sink_offsets[net + 1]; k++)
        found = seats->home[g->sinks[k]] == PLC_EMPTY;
    return found;
}

static void add_member(settling *s, uint32_t vertex, double weight, bool near)
{
    s->packets[vertex] += weight;
    s->active[vertex] = s->active[vertex] || near;
}

/* Marks who may be moved, adds up packets and grows the first trees. */
static void prepare(settling *s)
{
    const plc_hypergraph *g = s->seats->graph;
    for (uint32_t v = 0; v < g->n_vertices; v++)
        s->active[v] = s->seats->home[v] == PLC_EMPTY;
    for (uint32_t e = 0; e < g->n_nets; e++) {
        bool near = has_loose(s->seats, e);
        add_member(s, g->sources[e], g->weights[e], near);
        for (uint64_t k = g->sink_offsets[e]; k < g->sink_offsets[e + 1]; k++)
            add_member(s, g->sinks[k], g->weights[e], near);
        s->costs[e] = grow(s, e);
    }
}

static bool is_any_loose(const plc_graph_seats *seats)
{
    uint32_t v = 0;
    while (v < seats->graph->n_vertices && seats->home[v] != PLC_EMPTY)
        v++;
    return v < seats->graph->n_vertices;
}

plc_status plc_graph_settle(plc_graph_seats *seats, unsigned effort, plc_error *error)
{
    uint32_t n = seats->graph->n_vertices;
    settling s = {.seats = seats, .left = budgets[effort] * (n > 1000 ? n / 1000.0 : 1)};
    if (!is_any_loose(seats))
        return PLC_OK;
    plc_status status = init(&s, error);
    bool moved = status == PLC_OK;
    if (moved)
        prepare(&s);
    while (moved) {
        moved = false;
        for (uint32_t v = 0; v < n && s.left > 0; v++)
            if (s.active[v])
                moved = move_vertex(&s, v) || moved;
    }
    finish(&s);
    return status;
}
