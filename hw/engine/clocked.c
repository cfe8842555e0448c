/* Engine mesh in cycles: routers, and the loop of a tick. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/engine/clocked.h"

enum { PATIENCE = 1 << 17 }; /* [cycles] in which nothing moves, before somebody is forced to */

static const plc_clocked_fifo empty = {PLC_NO_PACKET, PLC_NO_PACKET, 0, PLC_CLOCKED_NEVER};

bool plc_clocked_push(plc_clocked *c, plc_clocked_fifo *fifo, plc_clocked_packet packet,
                      uint64_t ready)
{
    uint32_t made = c->idle;
    if (made != PLC_NO_PACKET)
        c->idle = c->packets[made].next;
    else if (c->n_packets < PLC_NO_PACKET &&
             plc_array_reserve(&c->packets, &c->capacity, c->n_packets + 1, sizeof *c->packets))
        made = (uint32_t)c->n_packets++;
    else
        return false;
    packet.ready = ready;
    packet.next = PLC_NO_PACKET;
    c->packets[made] = packet;
    if (fifo->n++)
        c->packets[fifo->tail].next = made;
    else
        fifo->head = made;
    fifo->tail = made;
    return true;
}

plc_clocked_packet plc_clocked_pop(plc_clocked *c, plc_clocked_fifo *fifo)
{
    uint32_t first = fifo->head;
    plc_clocked_packet packet = c->packets[first];
    fifo->head = packet.next;
    fifo->n--;
    fifo->popped = c->now;
    c->packets[first].next = c->idle;
    c->idle = first;
    return packet;
}

void plc_clocked_heat(plc_clocked *c, uint32_t tile)
{
    if (c->tiles[tile].hot)
        return;
    c->tiles[tile].hot = true;
    c->hot[c->n_hot++] = tile;
    if (!c->tiles[tile].touched)
        c->touched[c->n_touched++] = tile;
    c->tiles[tile].touched = true;
}

static void tell(const plc_mesh *mesh, plc_engine_activity activity, uint32_t place,
                 const plc_clocked_packet *packet, uint64_t begin, uint64_t end)
{
    if (mesh->watch.take_event)
        plc_mesh_tell(mesh, (plc_engine_event){activity, place, packet->source, 0, mesh->tick,
                                               plc_clocked_ps(mesh, mesh->clocked, begin),
                                               plc_clocked_ps(mesh, mesh->clocked, end)});
}

/* Packets go over the links that have room behind them. */
static bool move_links(plc_mesh *mesh, uint32_t number)
{
    plc_clocked *c = mesh->clocked;
    plc_clocked_tile *tile = &c->tiles[number];
    for (uint32_t l = 0; l < PLC_N_LINKS; l++) {
        if (!plc_clocked_is_ready(c, &tile->out[l]) || tile->line_free[l] > c->now)
            continue;
        uint32_t to = (uint32_t)c->neighbours[number * PLC_N_LINKS + l];
        plc_clocked_fifo *behind = &c->tiles[to].in[l];
        if (plc_clocked_count(c, behind) >= c->link_buffer)
            continue;
        plc_clocked_packet packet = plc_clocked_pop(c, &tile->out[l]);
        if (!plc_clocked_push(c, behind, packet, c->now + c->link))
            return false;
        tell(mesh, PLC_ACTIVITY_LINK, number * PLC_N_LINKS + l, &packet, c->now, c->now + c->link);
        tile->line_free[l] = c->now + c->link;
        tile->packets--;
        c->tiles[to].packets++;
        plc_clocked_heat(c, to);
        mesh->fabric.stats.hops++;
        c->moved = c->now;
    }
    return true;
}

/* The core's first spike comes to its router. */
static bool move_spike(plc_mesh *mesh, uint32_t number)
{
    plc_clocked *c = mesh->clocked;
    plc_clocked_tile *tile = &c->tiles[number];
    plc_clocked_fifo *in = &tile->in[PLC_PORT_LOCAL];
    if (!plc_clocked_is_ready(c, &tile->spikes) || plc_clocked_count(c, in) >= c->link_buffer)
        return true;
    plc_clocked_packet packet = plc_clocked_pop(c, &tile->spikes);
    c->moved = c->now;
    return plc_clocked_push(c, in, packet, c->now + 1) && plc_clocked_core_release(mesh, number);
}

static bool has_room(const plc_clocked *c, const plc_clocked_tile *tile, const plc_branch *branch)
{
    if (branch->n_leaves && plc_clocked_count(c, &tile->out[PLC_PORT_LOCAL]) >= c->link_buffer)
        return false;
    for (uint32_t links = branch->links; links; links &= links - 1)
        if (plc_clocked_count(c, &tile->out[__builtin_ctz(links)]) >= c->link_buffer)
            return false;
    return true;
}

/* Hands the packet between a router's ports to all its outputs. */
static bool give(plc_mesh *mesh, uint32_t number, plc_clocked_packet packet)
{
    plc_clocked *c = mesh->clocked;
    plc_clocked_tile *tile = &c->tiles[number];
    const plc_branch *branch = &mesh->branches[packet.branch];
    bool goes = branch->n_leaves || branch->links;
    uint64_t ready = c->now + (goes ? c->latency - 1 : 1);
    uint32_t next = branch->next;
    mesh->fabric.stats.passes++;
    tell(mesh, PLC_ACTIVITY_ROUTER, number, &packet, tile->taken, ready);
    if (branch->n_leaves) {
        tile->packets++;
        if (!plc_clocked_push(c, &tile->out[PLC_PORT_LOCAL], packet, ready))
            return false;
    }
    for (uint32_t links = branch->links; links; links &= links - 1) {
        packet.branch = next++;
        tile->packets++;
        if (!plc_clocked_push(c, &tile->out[__builtin_ctz(links)], packet, ready))
            return false;
    }
    return true;
}

/* The packet between a router's ports goes on if it can; *ret_done when the place is free. */
static bool send_on(plc_mesh *mesh, uint32_t number, bool *ret_done)
{
    plc_clocked *c = mesh->clocked;
    plc_clocked_tile *tile = &c->tiles[number];
    *ret_done = true;
    if (tile->key == PLC_NO_PACKET)
        return true;
    plc_clocked_packet packet = c->packets[tile->key];
    bool room = has_room(c, tile, &mesh->branches[packet.branch]), ok = true;
    bool stuck = c->now - c->moved > PATIENCE;
    mesh->fabric.stats.forced += stuck && !room;
    if (room || stuck) {
        ok = give(mesh, number, packet);
    } else if ((tile->again || c->now - tile->taken > c->wait) && tile->aside.n < c->aside) {
        mesh->fabric.stats.forced++;
        tile->packets++;
        ok = plc_clocked_push(c, &tile->aside, packet, c->now + 2);
    } else {
        mesh->fabric.stats.waiting += c->cycle;
        *ret_done = false;
        return true;
    }
    c->moved = c->now;
    tile->packets--;
    c->packets[tile->key].next = c->idle;
    c->idle = tile->key;
    tile->key = PLC_NO_PACKET;
    return ok;
}

/* Takes the next packet in, from the ports and from those who stand aside in turn. The core's own
 * wait while any stands aside. */
static void take_in(plc_clocked *c, plc_clocked_tile *tile, bool aside)
{
    for (uint32_t i = 0; i < PLC_CLOCKED_TURNS; i++) {
        uint32_t port = (tile->turn + i) % PLC_CLOCKED_TURNS;
        plc_clocked_fifo *fifo = port == PLC_CLOCKED_ASIDE ? &tile->aside : &tile->in[port];
        if (!plc_clocked_is_ready(c, fifo) || (port == PLC_PORT_LOCAL && aside))
            continue;
        uint32_t first = fifo->head;
        fifo->head = c->packets[first].next;
        fifo->n--;
        fifo->popped = c->now;
        tile->key = first;
        tile->taken = c->now;
        tile->again = port == PLC_CLOCKED_ASIDE;
        tile->turn = (port + 1) % PLC_CLOCKED_TURNS;
        c->moved = c->now;
        return;
    }
}

static bool run_tile(plc_mesh *mesh, uint32_t number)
{
    plc_clocked *c = mesh->clocked;
    plc_clocked_tile *tile = &c->tiles[number];
    bool done, aside = tile->aside.n > 0;
    if ((tile->core != UINT32_MAX && !plc_clocked_core_receive(mesh, number)) ||
        !move_spike(mesh, number) || !move_links(mesh, number) || !send_on(mesh, number, &done))
        return false;
    if (done && c->now >= tile->taken + c->interval)
        take_in(c, tile, aside);
    return true;
}

/* One cycle of all tiles that have packets. What they see of each other is as the cycle began, so
 * that their order does not matter. */
static bool run_cycle(plc_mesh *mesh)
{
    plc_clocked *c = mesh->clocked;
    bool ok = true;
    for (uint32_t i = 0, n = c->n_hot; ok && i < n; i++)
        ok = run_tile(mesh, c->hot[i]);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < c->n_hot; i++) {
        plc_clocked_tile *tile = &c->tiles[c->hot[i]];
        tile->hot = tile->packets || (tile->rows.n && tile->updated <= c->now);
        if (tile->hot)
            c->hot[kept++] = c->hot[i];
    }
    c->n_hot = kept;
    return ok;
}

static bool run_events(plc_mesh *mesh)
{
    plc_clocked *c = mesh->clocked;
    uint32_t lane;
    while (c->events.n && plc_event_queue_first(&c->events, &lane)->time <= c->now) {
        plc_event event = plc_event_queue_take(&c->events, lane);
        if (!plc_clocked_core_call(mesh, plc_event_subject(event)))
            return false;
    }
    return true;
}

/* What was last to be done on a tile, and when it was. */
static void end_tile(const plc_clocked *c, const plc_clocked_tile *tile, uint64_t *latest,
                     plc_engine_tick *ret_tick)
{
    const uint64_t ends[] = {
        [PLC_REASON_NEURONS] = tile->updated,
        [PLC_REASON_PACKETS] = tile->received,
        [PLC_REASON_ROWS] = tile->added,
    };
    for (uint32_t reason = 0; reason < sizeof ends / sizeof *ends; reason++)
        if (ends[reason] > *latest && ends[reason] >= c->tick) {
            *latest = ends[reason];
            ret_tick->core = tile->core;
            ret_tick->reason = (plc_engine_reason)reason;
        }
}

static void end_tick(plc_mesh *mesh, plc_engine_tick *ret_tick)
{
    plc_clocked *c = mesh->clocked;
    uint64_t latest = c->tick - 1; /* tiles without a core are done at c->tick */
    *ret_tick = (plc_engine_tick){.tick = mesh->tick, .begin = mesh->now};
    for (uint32_t i = 0; i < c->n_used; i++)
        end_tile(c, &c->tiles[c->used[i]], &latest, ret_tick);
    if (c->moved + 1 > latest) {
        latest = c->moved + 1;
        ret_tick->reason = PLC_REASON_MESH;
    }
    ret_tick->end = plc_clocked_ps(mesh, c, latest + c->barrier);
    for (uint32_t i = 0; mesh->watch.take_event && i < c->n_used; i++) {
        const plc_clocked_tile *tile = &c->tiles[c->used[i]];
        uint32_t passed = c->slices[c->slice_begins[tile->core + 1] - 1].end;
        plc_mesh_tell(mesh, (plc_engine_event){PLC_ACTIVITY_NEURONS, tile->core, 0, passed,
                                               mesh->tick, plc_clocked_ps(mesh, c, c->tick),
                                               plc_clocked_ps(mesh, c, tile->updated)});
    }
}

void plc_clocked_clear(plc_clocked_tile *tile)
{
    plc_clocked_fifo *fifos[] = {&tile->aside, &tile->spikes, &tile->rows};
    for (uint32_t port = 0; port < PLC_N_PORTS; port++)
        tile->in[port] = tile->out[port] = empty;
    for (size_t i = 0; i < sizeof fifos / sizeof *fifos; i++)
        *fifos[i] = empty;
    memset(tile->line_free, 0, sizeof tile->line_free);
    tile->key = PLC_NO_PACKET;
    tile->taken = 0;
    tile->packets = 0;
    tile->hot = tile->touched = false;
}

bool plc_clocked_settle(plc_mesh *mesh, plc_engine_tick *ret_tick)
{
    plc_clocked *c = mesh->clocked;
    bool ok = true;
    c->now = c->moved = 0;
    for (uint32_t i = 0; i < c->n_touched; i++)
        plc_clocked_clear(&c->tiles[c->touched[i]]);
    c->n_touched = c->n_hot = 0;
    for (uint32_t i = 0; ok && i < c->n_used; i++)
        ok = plc_clocked_core_begin(mesh, c->used[i]);
    while (ok && (c->n_hot || c->events.n)) {
        uint32_t lane;
        if (!c->n_hot) /* nothing happens before the next spike */
            c->now = plc_event_queue_first(&c->events, &lane)->time;
        ok = run_events(mesh) && run_cycle(mesh);
        c->now++;
    }
    end_tick(mesh, ret_tick);
    return ok;
}
