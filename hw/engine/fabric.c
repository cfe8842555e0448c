/* The fabric: packets through routers and over links, event by event. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/engine/fabric.h"

#include "base/error.h"

enum { LINE_DONE, ROUTER_FREE, DEADLINE, REINJECTION, CALL };  /* kinds of events */
enum { FRESH, FOLLOWING, FREE, WAIT, NONE = PLC_EVENT_LANES }; /* lanes; NONE: the heap */

/* A dropped packet is sent anew so much later. Source: SpiNNaker reinjector, its 10 us timer. */
#define REINJECTION_DELAY UINT64_C(10000000)

#define NO_LINE UINT32_MAX

static const plc_fifo empty = {PLC_NO_PACKET, PLC_NO_PACKET, 0};

static void push(plc_fabric *f, plc_fifo *fifo, uint32_t packet)
{
    f->packets[packet].next = PLC_NO_PACKET;
    if (fifo->n++)
        f->packets[fifo->tail].next = packet;
    else
        fifo->head = packet;
    fifo->tail = packet;
}

static uint32_t pop(plc_fabric *f, plc_fifo *fifo)
{
    uint32_t packet = fifo->head;
    fifo->head = f->packets[packet].next;
    fifo->n--;
    return packet;
}

/* A packet, or PLC_NO_PACKET when memory is short. */
static uint32_t make_packet(plc_fabric *f)
{
    uint32_t made = f->idle;
    if (made != PLC_NO_PACKET) {
        f->idle = f->packets[made].next;
    } else if (f->n_packets < PLC_NO_PACKET &&
               plc_array_reserve(&f->packets, &f->packets_capacity, f->n_packets + 1,
                                 sizeof *f->packets)) {
        made = (uint32_t)f->n_packets++;
    } else {
        return PLC_NO_PACKET;
    }
    f->in_flight++;
    return made;
}

static void end_packet(plc_fabric *f, uint32_t packet)
{
    f->packets[packet].next = f->idle;
    f->idle = packet;
    f->in_flight--;
}

/* Starts the next packet of a line, if it is free and there is room behind it. */
static bool start_line(plc_fabric *f, uint32_t number, uint64_t now)
{
    plc_line *line = &f->lines[number];
    if (line->busy || !line->out.n || f->routers[line->to].in[number % PLC_N_LINKS].n >= f->buffer)
        return true;
    uint64_t ready = f->packets[line->out.head].ready;
    line->busy = true;
    uint64_t begin = ready > now ? ready : now, end = begin + f->link_time;
    if (f->owner.see)
        f->owner.see(f->owner.context, PLC_SEE_LINE, number, &f->packets[line->out.head], begin,
                     end);
    return plc_event_queue_add(&f->events, ready > now ? FRESH : FOLLOWING, end, LINE_DONE, number);
}

/* The first line of a router's links without room, or NO_LINE. */
static uint32_t find_full(const plc_fabric *f, uint32_t router, uint32_t links)
{
    for (; links; links &= links - 1) {
        uint32_t line = router * PLC_N_LINKS + (uint32_t)__builtin_ctz(links);
        if (f->lines[line].out.n >= f->buffer)
            return line;
    }
    return NO_LINE;
}

/* Sends a packet that a router took in on from it: copies to its links, and to the cores. */
static bool forward(plc_fabric *f, uint32_t packet, uint64_t taken, uint64_t now)
{
    plc_packet p = f->packets[packet];
    const plc_branch *branch = &f->branches[p.branch];
    uint32_t router = branch->router, next = branch->next;
    f->stats.passes++;
    p.ready = now + f->latency;
    if (f->owner.see)
        f->owner.see(f->owner.context, PLC_SEE_ROUTER, router, &p, taken, p.ready);
    for (uint32_t links = branch->links; links; links &= links - 1) {
        uint32_t line = router * PLC_N_LINKS + (uint32_t)__builtin_ctz(links);
        uint32_t copy = links & (links - 1) ? make_packet(f) : packet;
        if (copy == PLC_NO_PACKET)
            return false;
        p.branch = next++;
        f->packets[copy] = p;
        push(f, &f->lines[line].out, copy);
        if (!start_line(f, line, now))
            return false;
    }
    if (!branch->links)
        end_packet(f, packet);
    return !branch->n_leaves ||
           f->owner.deliver(f->owner.context, branch, p.source, p.cargo, p.ready);
}

/* The packet at the head of a router goes on, or is held until there is room for it. */
static bool serve(plc_fabric *f, uint32_t router, uint32_t packet, uint64_t now)
{
    plc_router *r = &f->routers[router];
    if (find_full(f, router, f->branches[f->packets[packet].branch].links) == NO_LINE)
        return forward(f, packet, now, now);
    r->held = packet;
    r->held_since = now;
    return f->wait == UINT64_MAX ||
           plc_event_queue_add(&f->events, WAIT, now + f->wait, DEADLINE, router);
}

/* The arbiters between the ports of a router and the router itself: each has two inputs, which take
 * turns when packets stand at both. */
typedef struct arbiter {
    uint8_t ports[2];   /* bit p: packets of port p come by this input */
    uint8_t sources[2]; /* arbiter before this input, or 0: a port itself */
} arbiter;

enum {
    WEST = 1 << 0,
    SOUTH_WEST = 1 << 1,
    SOUTH = 1 << 2,
    EAST = 1 << 3,
    NORTH_EAST = 1 << 4,
    NORTH = 1 << 5,
    LOCAL = 1 << PLC_PORT_LOCAL
}; /* ports by where packets come from */

static const arbiter arbiters[] = {
    {{EAST | SOUTH | NORTH_EAST | NORTH, WEST | SOUTH_WEST | LOCAL}, {1, 2}},
    {{EAST | SOUTH, NORTH_EAST | NORTH}, {3, 4}},
    {{WEST | SOUTH_WEST, LOCAL}, {5, 0}},
    {{EAST, SOUTH}, {0, 0}},
    {{NORTH_EAST, NORTH}, {0, 0}},
    {{WEST, SOUTH_WEST}, {0, 0}},
};

/* The filled port whose turn it is. */
static uint32_t choose_port(const plc_router *r)
{
    uint32_t a = 0, side, ports;
    do {
        side = r->turns >> a & 1;
        side ^= !(r->filled & arbiters[a].ports[side]);
        ports = arbiters[a].ports[side];
    } while ((a = arbiters[a].sources[side]));
    return (uint32_t)__builtin_ctz(ports);
}

/* It is the others' turn at all arbiters on the way of a port. */
static void end_turn(const plc_fabric *f, plc_router *r, uint32_t port)
{
    r->turns = (r->turns & ~(uint32_t)f->ways[port]) | f->firsts[port];
}

static void push_in(plc_fabric *f, uint32_t router, uint32_t port, uint32_t packet)
{
    f->routers[router].filled |= 1u << port;
    push(f, &f->routers[router].in[port], packet);
}

/* A router takes in a packet that came by a port. */
static bool take_in(plc_fabric *f, uint32_t router, uint32_t port, uint32_t packet, uint64_t now)
{
    plc_router *r = &f->routers[router];
    end_turn(f, r, port);
    r->free_at = now + f->interval;
    return serve(f, router, packet, now);
}

/* Takes packets in, as many as a router can at this time. */
static bool run_router(plc_fabric *f, uint32_t router, uint64_t now)
{
    plc_router *r = &f->routers[router];
    bool ok = true;
    while (ok && r->held == PLC_NO_PACKET && r->filled) {
        if (now < r->free_at) {
            if (r->called)
                return true;
            r->called = true;
            return plc_event_queue_add(&f->events, FREE, r->free_at, ROUTER_FREE, router);
        }
        uint32_t port = choose_port(r);
        uint32_t packet = pop(f, &r->in[port]);
        if (!r->in[port].n)
            r->filled &= ~(1u << port);
        ok = take_in(f, router, port, packet, now);
        if (ok && port != PLC_PORT_LOCAL) /* there is room behind that line again */
            ok = start_line(f, (uint32_t)r->feeders[port], now);
    }
    return ok;
}

/* Lets the packet that a router holds go, if there is room for it now. */
static bool release(plc_fabric *f, uint32_t router, uint64_t now)
{
    plc_router *r = &f->routers[router];
    uint32_t packet = r->held;
    if (packet == PLC_NO_PACKET ||
        find_full(f, router, f->branches[f->packets[packet].branch].links) != NO_LINE)
        return true;
    r->held = PLC_NO_PACKET;
    f->stats.waiting += now - r->held_since;
    return forward(f, packet, r->held_since, now) && run_router(f, router, now);
}

/* The first packet of a line has arrived behind it. */
static bool end_line(plc_fabric *f, uint32_t number, uint64_t now)
{
    plc_line *line = &f->lines[number];
    uint32_t to = (uint32_t)line->to, port = number % PLC_N_LINKS;
    uint32_t packet = pop(f, &line->out);
    const plc_router *r = &f->routers[to];
    bool ok;
    line->busy = false;
    f->stats.hops++;
    if (r->held == PLC_NO_PACKET && !r->filled && now >= r->free_at) {
        ok = take_in(f, to, port, packet, now);
    } else {
        push_in(f, to, port, packet);
        ok = run_router(f, to, now);
    }
    return ok && release(f, number / PLC_N_LINKS, now) && start_line(f, number, now);
}

/* The leaves of a branch and of all behind it. */
static uint64_t count_leaves(const plc_fabric *f, uint32_t branch)
{
    const plc_branch *b = &f->branches[branch];
    uint64_t n = b->n_leaves;
    for (uint32_t i = 0; i < (uint32_t)__builtin_popcount(b->links); i++)
        n += count_leaves(f, b->next + i);
    return n;
}

/* Whether an event is the deadline of a packet that has gone on since. */
static bool is_stale(const plc_fabric *f, plc_event event)
{
    const plc_router *r = &f->routers[plc_event_subject(event)];
    return plc_event_kind(event) == DEADLINE &&
           (r->held == PLC_NO_PACKET || r->held_since + f->wait != event.time);
}

/* A packet has waited too long: it is dropped, and sent anew later where that is done. */
static bool drop(plc_fabric *f, uint32_t router, uint64_t now)
{
    plc_router *r = &f->routers[router];
    uint32_t packet = r->held;
    bool ok = true;
    r->held = PLC_NO_PACKET;
    f->stats.drops++;
    f->stats.waiting += f->wait;
    f->owner.drop(f->owner.context,
                  find_full(f, router, f->branches[f->packets[packet].branch].links),
                  &f->packets[packet], r->held_since, now);
    if (f->reinjects) {
        push(f, &r->dropped, packet);
        ok = plc_event_queue_add(&f->events, NONE, now + REINJECTION_DELAY, REINJECTION, router);
    } else {
        f->stats.lost += count_leaves(f, f->packets[packet].branch);
        end_packet(f, packet);
    }
    return ok && run_router(f, router, now);
}

static bool happen(plc_fabric *f, plc_event event)
{
    const uint32_t subject = plc_event_subject(event);
    plc_router *r = &f->routers[subject];
    switch (plc_event_kind(event)) {
    case LINE_DONE:
        return end_line(f, subject, event.time);
    case ROUTER_FREE:
        r->called = false;
        return run_router(f, subject, event.time);
    case DEADLINE:
        return drop(f, subject, event.time);
    case REINJECTION:
        push_in(f, subject, PLC_PORT_LOCAL, pop(f, &r->dropped));
        return run_router(f, subject, event.time);
    default:
        return f->owner.call(f->owner.context, subject, event.time);
    }
}

/* Where packets hold each other for ever, the first router pushes its own into full buffers. */
static bool break_deadlock(plc_fabric *f, uint64_t now)
{
    for (uint32_t router = 0; router < f->n_routers; router++) {
        plc_router *r = &f->routers[router];
        uint32_t packet = r->held;
        if (packet == PLC_NO_PACKET)
            continue;
        r->held = PLC_NO_PACKET;
        f->stats.waiting += now - r->held_since;
        f->stats.forced++;
        return forward(f, packet, r->held_since, now) && run_router(f, router, now);
    }
    return true;
}

bool plc_fabric_run(plc_fabric *f, uint64_t end, uint64_t *ret_time)
{
    uint64_t now = 0;
    uint32_t lane;
    bool ok = true;
    f->stopped = false;
    while (ok && !f->stopped && (f->events.n || f->in_flight)) {
        if (!f->events.n) {
            ok = break_deadlock(f, now);
            continue;
        }
        if (plc_event_queue_first(&f->events, &lane)->time >= end)
            break;
        plc_event event = plc_event_queue_take(&f->events, lane);
        if (is_stale(f, event))
            continue;
        now = event.time;
        ok = happen(f, event);
    }
    if (ret_time)
        *ret_time = now;
    return ok;
}

bool plc_fabric_inject(plc_fabric *f, uint64_t now, uint32_t branch, uint32_t source,
                       uint32_t cargo)
{
    uint32_t router = f->branches[branch].router;
    uint32_t packet = make_packet(f);
    if (packet == PLC_NO_PACKET)
        return false;
    f->packets[packet] = (plc_packet){.branch = branch, .source = source, .cargo = cargo};
    f->stats.injected++;
    push_in(f, router, PLC_PORT_LOCAL, packet);
    return run_router(f, router, now);
}

bool plc_fabric_call(plc_fabric *f, uint64_t time, uint32_t subject)
{
    return plc_event_queue_add(&f->events, NONE, time, CALL, subject);
}

/* How long a router waits for room; for ever where nothing is known to end it. */
static uint64_t read_wait(const plc_chip *chip)
{
    double wait = plc_chip_seconds(chip, PLC_CHIP_WAIT1) + plc_chip_seconds(chip, PLC_CHIP_WAIT2);
    return isnan(wait) ? UINT64_MAX : plc_picoseconds(wait);
}

/* Which arbiters packets of each port pass, and which of them by the first input. */
static void find_ways(plc_fabric *f)
{
    for (uint32_t port = 0; port < PLC_N_PORTS; port++) {
        uint32_t a = 0, side;
        do {
            side = arbiters[a].ports[1] >> port & 1;
            f->ways[port] |= (uint8_t)(1u << a);
            f->firsts[port] |= (uint8_t)(!side << a);
        } while ((a = arbiters[a].sources[side]));
    }
}

static void connect_lines(plc_fabric *f, const plc_chip *chip)
{
    for (uint32_t r = 0; r < f->n_routers; r++) {
        f->routers[r].held = PLC_NO_PACKET;
        f->routers[r].dropped = empty;
        for (uint32_t port = 0; port < PLC_N_PORTS; port++)
            f->routers[r].in[port] = empty;
    }
    for (uint32_t i = 0; i < f->n_routers * PLC_N_LINKS; i++) {
        plc_line *line = &f->lines[i];
        line->out = empty;
        line->to = (int32_t)plc_chip_neighbour(chip, i / PLC_N_LINKS, i % PLC_N_LINKS);
        if (line->to >= 0)
            f->routers[line->to].feeders[i % PLC_N_LINKS] = (int32_t)i;
    }
}

plc_status plc_fabric_init(plc_fabric *f, const plc_chip *chip, plc_fabric_owner owner,
                           plc_error *error)
{
    uint64_t buffer = plc_chip_limit(chip, PLC_CHIP_LINK_BUFFER);
    *f = (plc_fabric){.owner = owner,
                      .n_routers = chip->width * chip->height,
                      .link_time = plc_picoseconds(plc_chip_seconds(chip, PLC_CHIP_LINK_TIME)),
                      .latency = plc_picoseconds(plc_chip_seconds(chip, PLC_CHIP_ROUTER_LATENCY)),
                      .interval = plc_picoseconds(plc_chip_seconds(chip, PLC_CHIP_ROUTER_INTERVAL)),
                      .wait = read_wait(chip),
                      .buffer = buffer < UINT32_MAX ? (uint32_t)buffer : UINT32_MAX,
                      .reinjects = true,
                      .idle = PLC_NO_PACKET};
    f->routers = plc_array(f->n_routers, sizeof *f->routers);
    f->lines = plc_array((size_t)f->n_routers * PLC_N_LINKS, sizeof *f->lines);
    if (!f->routers || !f->lines) {
        plc_fabric_finish(f);
        return plc_fail_memory(error, "routers");
    }
    find_ways(f);
    connect_lines(f, chip);
    return PLC_OK;
}

void plc_fabric_finish(plc_fabric *f)
{
    free(f->routers);
    free(f->lines);
    free(f->packets);
    plc_event_queue_finish(&f->events);
    *f = (plc_fabric){0};
}
