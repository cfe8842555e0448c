/* placode explain: the slowest tick and its critical path, walked from its end back to its begin.
 *
 * Each step of the walk asks what the activity at hand waited for last: the core's row before or
 * the fetch of its own, the memory's fetch before or the packet, the packet before or the router,
 * the link, ... , the neurons before the spike. What is found tiles the tick: the parts add up. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/command.h"
#include "cli/events.h"
#include "cli/explain.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

typedef struct critical_path {
    const plc_layout *layout;
    event_log log;
    uint64_t at;      /* [ps] the path is known from then to the end of the tick */
    uint32_t source;  /* neuron whose packet is on it, or EVENTS_ANY */
    json_t *parts;    /* the last comes first */
} critical_path;

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

/* A core at its neurons from the begin of the tick on, until it has updated some and sent its
 * spikes up to an index: it never stands still. */
static void walk_neurons(critical_path *p, uint32_t core, uint64_t n_updated, size_t end)
{
    uint64_t n_sent = 0;
    for (size_t i = 0; i < end; i++)
        n_sent +=
            p->log.data[i].activity == PLC_ACTIVITY_SPIKE && p->log.data[i].place == core;
    uint64_t start = explain_time(p->layout, PLC_CHIP_CYCLES_TICK);
    uint64_t neurons = n_updated * explain_time(p->layout, PLC_CHIP_CYCLES_NEURON);
    uint64_t spikes = n_sent * explain_time(p->layout, PLC_CHIP_CYCLES_SPIKE);
    add_core(p, "interrupts", core, 0, p->at - p->log.length.begin - start - neurons - spikes);
    add_core(p, "spikes", core, n_sent, spikes);
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
    while (i != EVENTS_NONE &&
           plc_chip_neighbour(p->layout->chip, events[i].place / PLC_N_LINKS,
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
    add_core(p, "receive", core, n, ps);
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
        add_core(p, "fetch", core, n, ps);
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
    add_core(p, "interrupts", core, 0, p->at - begin - ps);
    add_core(p, "rows", core, n, ps);
    walk_fetch(p, fetch);
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

static void walk(critical_path *p)
{
    const plc_engine_tick *tick = &p->log.length;
    uint64_t barrier = explain_time(p->layout, PLC_CHIP_BARRIER);
    size_t n = p->log.n;
    p->at = tick->end;
    add(p, json_pack("{s:s}", "what", "barrier"), 1, barrier);
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

static json_t *describe_packet(const critical_path *p)
{
    const plc_population *population = p->layout->populations;
    uint32_t neuron = p->source;
    if (p->source == EVENTS_ANY)
        return json_null();
    for (; neuron >= population->size; population++)
        neuron -= population->size;
    return json_pack("{s:o, s:I}", "population", json_text(population->name), "neuron",
                     (json_int_t)neuron);
}

static json_t *describe(const critical_path *p)
{
    static const char *const reasons[] = {[PLC_REASON_NEURONS] = "neurons",
                                          [PLC_REASON_PACKETS] = "packets",
                                          [PLC_REASON_ROWS] = "rows",
                                          [PLC_REASON_MESH] = "mesh"};
    const plc_engine_tick *tick = &p->log.length;
    json_int_t length = (json_int_t)(tick->end - tick->begin);
    double chip_tick = plc_chip_get(p->layout->chip, PLC_CHIP_TICK);
    bool timed = chip_tick > 0 && !isinf(chip_tick);
    json_int_t deadline = timed ? (json_int_t)explain_time(p->layout, PLC_CHIP_TICK) : 0;
    json_t *parts = p->parts, *part;
    size_t i;
    json_array_foreach(parts, i, part)
    {
        json_object_set_new(part, "share",
                            json_real((double)explain_number(part, "ps") / (double)length));
    }
    return json_pack("{s:I, s:I, s:I, s:o, s:o, s:o, s:s, s:o, s:O}", "tick",
                     (json_int_t)tick->tick, "begin_ps", (json_int_t)tick->begin, "length_ps",
                     length, "deadline_ps", timed ? json_integer(deadline) : json_null(),
                     "slack_ps", timed ? json_integer(deadline - length) : json_null(), "last",
                     explain_at_core("core", p->layout, tick->core), "reason",
                     reasons[tick->reason], "packet", describe_packet(p), "path", parts);
}

static void print_part(const json_t *part)
{
    static const char *const texts[][2] = {
        {"barrier", "all cores agree that the tick has ended"},
        {"rows", "rows added one after the other"},
        {"interrupts", "interrupted meanwhile by packets or rows"},
        {"memory_latency", "until the first byte of the row comes"},
        {"fetch", "rows fetched one after the other"},
        {"receive", "packets taken in one after the other"},
        {"router", "passed"},
        {"held", "held, no room at its links"},
        {"dropped", "no room: dropped and sent anew"},
        {"router_wait", "waited to be taken in"},
        {"link", "crossed"},
        {"link_wait", "waited for it"},
        {"spikes", "spikes sent"},
        {"neurons", "neurons updated"},
        {"start", "start of the tick"}};
    const char *what = json_string_value(json_object_get(part, "what"));
    printf("%12.3f %5.1f%%  ", explain_micros(part, "ps"),
           100 * json_real_value(json_object_get(part, "share")));
    if (json_object_get(part, "x")) {
        explain_print_place(part);
        printf(": ");
    }
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (!strcmp(what, texts[i][0]))
            printf("%s", texts[i][1]);
    if (explain_number(part, "n") > 1)
        printf(": %llu", (unsigned long long)explain_number(part, "n"));
    putchar('\n');
}

static int print_path(json_t *result, uint64_t n_ticks)
{
    size_t i;
    json_t *part, *slack = json_object_get(result, "slack_ps");
    const json_t *packet = json_object_get(result, "packet");
    double spare = (double)json_integer_value(slack) * 1e-6;
    printf("Tick %llu is the longest of the first %llu: %.3f us",
           (unsigned long long)explain_number(result, "tick"), (unsigned long long)n_ticks,
           explain_micros(result, "length_ps"));
    if (!json_is_null(slack))
        printf(", %.3f us %s", fabs(spare), spare < 0 ? "too long" : "to spare");
    printf(".\nThe last to be done was ");
    explain_print_place(json_object_get(result, "last"));
    printf(", with its %s", json_string_value(json_object_get(result, "reason")));
    if (!json_is_null(packet))
        printf("; the packet on the path is of %s[%llu]",
               json_string_value(json_object_get(packet, "population")),
               (unsigned long long)explain_number(packet, "neuron"));
    printf(".\n\n   time [us]  share  what, back from the end of the tick\n");
    json_array_foreach(json_object_get(result, "path"), i, part)
    {
        print_part(part);
    }
    json_decref(result);
    return finish_stdout();
}

/* The first of the longest ticks of the run. */
static plc_status find_longest(const explanation *self, uint64_t *ret_tick, plc_error *error)
{
    plc_engine *engine = NULL;
    plc_engine_cost cost;
    plc_status status = plc_engine_create(self->layout, &self->settings, &engine, error);
    if (status == PLC_OK)
        status = plc_engine_run(engine, self->ticks, NULL, NULL, error);
    if (status == PLC_OK && plc_engine_get_cost(engine, &cost))
        *ret_tick = cost.longest_tick;
    plc_engine_destroy(engine);
    return status;
}

int explain_tick(const explanation *self)
{
    critical_path p = {
        .layout = self->layout, .log = {.source = EVENTS_ANY}, .source = EVENTS_ANY};
    plc_error error = {0};
    plc_status status = find_longest(self, &p.log.tick, &error);
    if (status == PLC_OK)
        status = events_gather(&p.log, self->layout, &self->settings, p.log.tick + 1, NULL, NULL,
                               &error);
    int exit_status = EXIT_OK;
    if (status == PLC_OK) {
        p.parts = json_array();
        walk(&p);
        json_t *result = describe(&p);
        exit_status =
            self->as_json ? print_result(result, true) : print_path(result, self->ticks);
        json_decref(p.parts);
    } else {
        exit_status = fail_with(status, &error);
    }
    events_finish(&p.log);
    return exit_status;
}
