/* The critical path of a tick, walked from its end back to its begin.
 *
 * Each step of the walk asks what the activity at hand waited for last: the core's row before or
 * the fetch of its own, the memory's fetch before or the packet, the packet before or the router,
 * the link, ... , the neurons before the spike. What is found tiles the tick: the parts add up. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/explain_path.h"

#include "cli/explain.h"
#include "hw/engine/clocked.h"

#include <assert.h>

/* What has kept a core from its neurons. */
typedef struct interruptions {
    uint64_t n_packets, n_rows;
    uint64_t rows; /* [ps] */
} interruptions;

/* Adds a part of the path before those that are known; `part` is handed over. What took no time is
 * left out. */
static void add(critical_path *p, json_t *part, uint64_t n, uint64_t ps)
{
    p->at -= ps;
    json_object_set_new(part, "n", json_integer((json_int_t)n));
    json_object_set_new(part, "ps", json_integer((json_int_t)ps));
    if (ps)
        json_array_append(p->parts, part);
    json_decref(part);
}

static void add_core(critical_path *p, const char *what, uint32_t core, uint64_t n, uint64_t ps)
{
    add(p, explain_at_core(what, p->layout, core), n, ps);
}

static void add_router(critical_path *p, const char *what, uint32_t router, uint64_t ps)
{
    add(p, explain_at_router(what, p->layout, router), 1, ps);
}

static void add_line(critical_path *p, const char *what, uint32_t line, uint64_t ps)
{
    add(p, explain_at_line(what, p->layout, line), 1, ps);
}

/* The last event before an index, which has to be there. */
static size_t last(const critical_path *p, size_t end, plc_engine_activity activity, uint32_t place,
                   uint32_t source)
{
    size_t at = events_last(&p->log, end, activity, place, source);
    assert(at != EVENTS_NONE);
    return at;
}

/* Adds up what has interrupted the neurons of a core from an index on, which is 0 or follows one of
 * its spikes, while they would be done at a time: packets that came before it, and rows that were
 * begun before it. */
static void add_interruptions(const critical_path *p, uint32_t core, size_t begin, size_t end,
                              uint64_t done, interruptions *sums)
{
    for (size_t i = begin; i < end; i++) {
        const plc_engine_event *event = &p->log.data[i];
        bool packet = event->activity == PLC_ACTIVITY_RECEIVE;
        if (event->place != core || (!packet && event->activity != PLC_ACTIVITY_ROW))
            continue;
        const plc_engine_event *through = &p->log.data[last(
            p, i, PLC_ACTIVITY_ROUTER, p->layout->cores[core].router, event->source)];
        if (done <= (packet ? through->end : event->begin))
            continue;
        done += event->end - event->begin;
        sums->rows += packet ? 0 : event->end - event->begin;
        *(packet ? &sums->n_packets : &sums->n_rows) += 1;
    }
}

static size_t find_next_spike(const critical_path *p, uint32_t core, size_t begin, size_t end)
{
    while (begin < end &&
           (p->log.data[begin].activity != PLC_ACTIVITY_SPIKE || p->log.data[begin].place != core))
        begin++;
    return begin;
}

/* A core at its neurons from the begin of the tick on, until it has updated some and sent its
 * spikes before an index: it never stands still. */
static void walk_neurons(critical_path *p, uint32_t core, uint32_t n_updated, size_t end)
{
    uint64_t start = explain_time(p->layout, PLC_CHIP_CYCLES_TICK);
    uint64_t neuron = explain_time(p->layout, PLC_CHIP_CYCLES_NEURON);
    uint64_t spike = explain_time(p->layout, PLC_CHIP_CYCLES_SPIKE);
    uint64_t clock = p->log.length.begin + start, n_sent = 0;
    uint32_t updated = 0;
    interruptions sums = {0};
    for (size_t i = 0, next; i < end; i = next + 1) {
        next = find_next_spike(p, core, i, end);
        bool spikes = next < end;
        uint32_t until = spikes ? p->log.data[next].n : n_updated;
        clock += (until - updated) * neuron + (spikes ? spike : 0);
        add_interruptions(p, core, i, next, clock, &sums);
        clock = spikes ? p->log.data[next].end : clock;
        updated = until;
        n_sent += spikes;
    }
    uint64_t work = start + n_updated * neuron + n_sent * spike;
    add_core(p, "interrupting_rows", core, sums.n_rows, sums.rows);
    add_core(p, "interrupting_packets", core, sums.n_packets, p->at - p->log.length.begin - work);
    add_core(p, "spikes", core, n_sent, n_sent * spike);
    add_core(p, "neurons", core, n_updated, n_updated * neuron);
    add_core(p, "start", core, 1, start);
}

/* The same where the core's receiver works beside its neurons: what is not updating is all one. */
static void walk_updater(critical_path *p, uint32_t core, uint32_t n_updated, uint64_t spike)
{
    uint64_t start = explain_time(p->layout, PLC_CHIP_CYCLES_TICK);
    uint64_t neurons = n_updated * explain_time(p->layout, PLC_CHIP_CYCLES_NEURON);
    uint64_t cycle = plc_picoseconds(1 / plc_chip_get(p->layout->chip, PLC_CHIP_CORE_CLOCK));
    add_core(p, "spikes", core, 1, spike > cycle ? spike - cycle : 0);
    add_core(p, "held_neurons", core, 0, p->at - p->log.length.begin - start - neurons);
    add_core(p, "neurons", core, n_updated, neurons);
    add_core(p, "start", core, 1, start);
}

/* The packet's hop to a router, or EVENTS_NONE where it was sent from there. */
static size_t find_hop(const critical_path *p, size_t end, uint32_t router)
{
    const plc_engine_event *events = p->log.data;
    size_t i = end;
    do
        i = events_last(&p->log, i, PLC_ACTIVITY_LINK, EVENTS_ANY, p->source);
    while (i != EVENTS_NONE && plc_chip_neighbour(p->layout->chip, events[i].place / PLC_N_LINKS,
                                                  events[i].place % PLC_N_LINKS) != router);
    return i;
}

/* The packet in a router, from when it came there at a time. */
static void walk_router(critical_path *p, const plc_engine_event *through, uint64_t came)
{
    uint64_t latency = explain_time(p->layout, PLC_CHIP_ROUTER_LATENCY), first = through->begin;
    uint32_t line = 0;
    for (size_t i = p->log.n; i--;) {
        const plc_engine_event *event = &p->log.data[i];
        if (event->activity == PLC_ACTIVITY_DROP && event->source == p->source &&
            event->place / PLC_N_LINKS == through->place) {
            first = event->begin;
            line = event->place;
        }
    }
    add_router(p, "router", through->place, latency);
    add_router(p, "held", through->place, through->end - latency - through->begin);
    add_line(p, "dropped", line, through->begin - first);
    add_router(p, "router_wait", through->place, first - came);
}

/* A packet that a router had ready, at the index, back to the core that sent it. */
static void walk_packet(critical_path *p, size_t at)
{
    for (;;) {
        const plc_engine_event *through = &p->log.data[at];
        size_t hop = find_hop(p, at, through->place);
        if (hop == EVENTS_NONE) {
            at = last(p, at, PLC_ACTIVITY_SPIKE, EVENTS_ANY, p->source);
            walk_router(p, through, p->log.data[at].end);
            if (p->clocked)
                walk_updater(p, p->log.data[at].place, p->log.data[at].n,
                             p->log.data[at].end - p->log.data[at].begin);
            else
                walk_neurons(p, p->log.data[at].place, p->log.data[at].n, at + 1);
            return;
        }
        const plc_engine_event *link = &p->log.data[hop];
        walk_router(p, through, link->end);
        add_line(p, "link", link->place, link->end - link->begin);
        at = last(p, hop, PLC_ACTIVITY_ROUTER, link->place / PLC_N_LINKS, p->source);
        add_line(p, "link_wait", link->place, link->begin - p->log.data[at].end);
    }
}

/* A core takes packets in, one after the other and at last that at the index. */
static void walk_receive(critical_path *p, size_t at)
{
    uint32_t core = p->log.data[at].place;
    uint64_t n = 0, ps = 0;
    for (;; at = last(p, at, PLC_ACTIVITY_RECEIVE, core, EVENTS_ANY)) {
        const plc_engine_event *receive = &p->log.data[at];
        n++;
        ps += receive->end - receive->begin;
        p->source = receive->source;
        at = last(p, at, PLC_ACTIVITY_ROUTER, p->layout->cores[core].router, p->source);
        if (receive->begin == p->log.data[at].end)
            break;
    }
    add_core(p, "receives", core, n, ps);
    walk_packet(p, at);
}

/* The last fetch before an index from the memory of a core. */
static size_t last_fetch(const critical_path *p, size_t at, uint32_t core)
{
    const plc_layout_core *cores = p->layout->cores;
    do
        at = last(p, at, PLC_ACTIVITY_FETCH, EVENTS_ANY, EVENTS_ANY);
    while (cores[p->log.data[at].place].router != cores[core].router);
    return at;
}

/* The memory of a router's cores has rows fetched one after the other, at last that at the index.
 */
static void walk_fetch(critical_path *p, size_t at)
{
    uint32_t core = p->log.data[at].place;
    uint64_t n = 0, ps = 0;
    add_core(p, "memory_latency", core, 1, explain_time(p->layout, PLC_CHIP_MEMORY_LATENCY));
    for (;; at = last_fetch(p, at, core)) {
        const plc_engine_event *fetch = &p->log.data[at];
        size_t receive = last(p, at, PLC_ACTIVITY_RECEIVE, fetch->place, fetch->source);
        n++;
        ps += fetch->end - fetch->begin;
        if (fetch->begin > p->log.data[receive].end)
            continue;
        add_core(p, "fetches", core, n, ps);
        walk_receive(p, receive);
        return;
    }
}

/* A core adds rows, one after the other and taking packets in meanwhile. */
static void walk_rows(critical_path *p, uint32_t core)
{
    uint64_t latency = explain_time(p->layout, PLC_CHIP_MEMORY_LATENCY);
    uint64_t n = 0, ps = 0, begin = p->at;
    size_t at = p->log.n, fetch;
    do {
        at = last(p, at, PLC_ACTIVITY_ROW, core, EVENTS_ANY);
        const plc_engine_event *row = &p->log.data[at];
        n++;
        ps += row->end - row->begin;
        begin = row->begin;
        fetch = last(p, at, PLC_ACTIVITY_FETCH, core, row->source);
    } while (begin > p->log.data[fetch].end + latency);
    add_core(p, "interrupting_packets", core, 0, p->at - begin - ps);
    add_core(p, "rows", core, n, ps);
    walk_fetch(p, fetch);
}

/* A receiver works at rows, one after the other, at last that of the packet at the index. Those
 * whose weights change come after all neurons. */
static void walk_receiver(critical_path *p, uint32_t core)
{
    uint64_t n = 1;
    size_t at = last(p, p->log.n, PLC_ACTIVITY_RECEIVE, core, EVENTS_ANY);
    size_t row = events_last(&p->log, p->log.n, PLC_ACTIVITY_ROW, core, EVENTS_ANY);
    size_t fetch =
        row == EVENTS_NONE ? row : last(p, row, PLC_ACTIVITY_FETCH, core, p->log.data[row].source);
    if (fetch != EVENTS_NONE && p->log.data[row].begin > p->log.data[fetch].end) {
        size_t neurons = last(p, p->log.n, PLC_ACTIVITY_NEURONS, core, EVENTS_ANY);
        add_core(p, "rows", core, 0, p->at - p->log.data[neurons].end);
        walk_updater(p, core, p->log.data[neurons].n, 0);
        return;
    }
    for (;; n++) {
        const plc_engine_event *event = &p->log.data[at];
        size_t through =
            last(p, at, PLC_ACTIVITY_ROUTER, p->layout->cores[core].router, event->source);
        if (event->begin == p->log.data[through].end) {
            p->source = event->source;
            add_core(p, "rows", core, n, p->at - event->begin);
            walk_packet(p, through);
            return;
        }
        at = last(p, at, PLC_ACTIVITY_RECEIVE, core, EVENTS_ANY);
    }
}

/* A packet that matched nothing where it was born. */
static void walk_lost(critical_path *p)
{
    size_t at = p->log.n;
    do
        at = last(p, at, PLC_ACTIVITY_ROUTER, EVENTS_ANY, EVENTS_ANY);
    while (p->log.data[at].end != p->at);
    p->source = p->log.data[at].source;
    walk_packet(p, at);
}

static void walk_clocked(critical_path *p)
{
    const plc_engine_tick *tick = &p->log.length;
    size_t n = p->log.n;
    switch (tick->reason) {
    case PLC_REASON_NEURONS:
        n = last(p, n, PLC_ACTIVITY_NEURONS, tick->core, EVENTS_ANY);
        walk_updater(p, tick->core, p->log.data[n].n, 0);
        break;
    case PLC_REASON_MESH:
        walk_lost(p);
        break;
    default:
        walk_receiver(p, tick->core);
    }
    assert(p->at == tick->begin);
}

/* A packet that arrived where no core is to take it in. */
static void walk_stray(critical_path *p)
{
    size_t at = p->log.n;
    do
        at = last(p, at, PLC_ACTIVITY_LINK, EVENTS_ANY, EVENTS_ANY);
    while (p->log.data[at].end != p->at);
    const plc_engine_event *link = &p->log.data[at];
    p->source = link->source;
    add_line(p, "link", link->place, link->end - link->begin);
    at = last(p, at, PLC_ACTIVITY_ROUTER, link->place / PLC_N_LINKS, p->source);
    add_line(p, "link_wait", link->place, link->begin - p->log.data[at].end);
    walk_packet(p, at);
}

void path_walk(critical_path *p)
{
    const plc_engine_tick *tick = &p->log.length;
    uint64_t barrier = explain_time(p->layout, PLC_CHIP_BARRIER);
    size_t n = p->log.n;
    p->at = tick->end;
    add(p, json_pack("{s:s}", "what", "barrier"), 1, barrier);
    p->clocked = plc_clocked_is(p->layout->chip);
    if (p->clocked) {
        walk_clocked(p);
        return;
    }
    switch (tick->reason) {
    case PLC_REASON_NEURONS:
        n = last(p, n, PLC_ACTIVITY_NEURONS, tick->core, EVENTS_ANY);
        walk_neurons(p, tick->core, p->log.data[n].n, n);
        break;
    case PLC_REASON_PACKETS:
        walk_receive(p, last(p, n, PLC_ACTIVITY_RECEIVE, tick->core, EVENTS_ANY));
        break;
    case PLC_REASON_ROWS:
        walk_rows(p, tick->core);
        break;
    case PLC_REASON_MESH:
        walk_stray(p);
        break;
    }
    assert(p->at == tick->begin);
}
