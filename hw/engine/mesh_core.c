/* Cores of engine mesh: what they do within a tick, and when. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/memory.h"
#include "hw/engine/clocked.h"
#include "hw/engine/mesh.h"

/* Calls of the fabric's that concern a core. */
enum { SEND, BEGIN_TICK, N_CALLS };

static uint64_t later(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

void plc_mesh_tell(const plc_mesh *mesh, plc_engine_event event)
{
    if (mesh->watch.take_event)
        mesh->watch.take_event(mesh->watch.context, &event);
}

/* The tick that a packet on its way was sent in. */
static uint64_t sent_in(const plc_mesh *mesh, uint32_t cargo)
{
    return mesh->tick - (((uint32_t)mesh->tick - (cargo >> 1)) & 0x7fffffff);
}

static void tell_row(const plc_mesh *mesh, plc_engine_activity activity, uint32_t core,
                     const plc_mesh_row *row, uint64_t begin, uint64_t end)
{
    plc_mesh_tell(mesh, (plc_engine_event){activity, core, row->source, row->n,
                                           sent_in(mesh, row->cargo), begin, end});
}

static void tell_packet(const plc_mesh *mesh, plc_engine_activity activity, uint32_t place,
                        const plc_packet *packet, uint64_t begin, uint64_t end)
{
    plc_mesh_tell(mesh, (plc_engine_event){activity, place, packet->source, 0,
                                           sent_in(mesh, packet->cargo), begin, end});
}

/* How long the memory is busy with a row of n synapses [ps]. */
static uint64_t fetch_time(const plc_mesh_times *t, uint32_t n)
{
    return n < PLC_MESH_SHORT ? t->fetch[n] : plc_mesh_fetch_time(t, n);
}

/* A core takes in a packet and works at its row, which its router's memory, free at *memory, has.
 */
static inline plc_mesh_work work(plc_mesh_core *core, const plc_mesh_times *t, uint32_t n,
                                 uint32_t n_plastic, uint64_t time, uint64_t *memory)
{
    uint64_t adding = n * t->synapse + n_plastic * t->plastic;
    uint64_t taking = t->packet + (n ? t->row : 0);
    core->rows_done += core->rows_done > time ? taking : 0;
    core->neurons += core->neurons > time ? taking : 0;
    core->received = later(time, core->received) + taking;
    plc_mesh_work w = {.taken = core->received - taking};
    if (!n)
        return w;
    w.asked = later(core->received, *memory);
    *memory = w.asked + fetch_time(t, n);
    w.start = later(*memory + t->latency, core->rows_done);
    core->rows_done = w.start + adding;
    core->neurons += core->neurons > w.start ? adding : 0;
    if (n_plastic) /* their weights go back */
        *memory += (uint64_t)((double)n_plastic * t->word * t->byte);
    return w;
}

plc_mesh_work plc_mesh_take(plc_mesh *mesh, uint32_t number, const plc_mesh_row *row, uint64_t time)
{
    plc_mesh_core *core = &mesh->cores[number];
    uint64_t *memory = &mesh->memory_free[core->router];
    plc_mesh_work w = work(core, &mesh->times, row->n, row->n_plastic, time, memory);
    mesh->cost.deliveries++;
    mesh->fast.blocks[number].events += row->n;
    if (!mesh->watch.take_event)
        return w;
    tell_row(mesh, PLC_ACTIVITY_RECEIVE, number, row, w.taken, core->received);
    if (row->n) {
        tell_row(mesh, PLC_ACTIVITY_FETCH, number, row, w.asked, *memory);
        tell_row(mesh, PLC_ACTIVITY_ROW, number, row, w.start, core->rows_done);
    }
    return w;
}

/* The cores of a branch take in a packet, in lockstep with nobody watching: where most time goes.
 */
static void take_all(plc_mesh *mesh, const plc_branch *branch, const uint32_t *leaves,
                     const uint32_t *rows, uint64_t time)
{
    const plc_mesh_times *t = &mesh->times;
    plc_mesh_core *cores = mesh->cores;
    uint64_t memory = mesh->memory_free[branch->router];
    for (uint32_t i = 0; i < branch->n_leaves; i++)
        work(&cores[leaves[i]], t, rows[i + 1] - rows[i], 0, time, &memory);
    mesh->memory_free[branch->router] = memory;
    mesh->cost.deliveries += branch->n_leaves;
    mesh->fast.blocks[leaves[0]].events += rows[branch->n_leaves] - rows[0];
}

static bool deliver(void *context, const plc_branch *branch, uint32_t source, uint32_t cargo,
                    uint64_t time)
{
    plc_mesh *mesh = context;
    const plc_route *route = &mesh->routes[mesh->route_of[source]];
    const uint32_t *leaves = mesh->leaves + route->leaf + branch->leaf;
    const uint32_t *rows = mesh->rows + mesh->first_row[source] + branch->leaf;
    const uint32_t *plastic =
        mesh->plastic_of ? mesh->plastic_of + mesh->first_row[source] + branch->leaf : NULL;
    for (uint32_t i = 0; mesh->audit.due && i < branch->n_leaves; i++)
        plc_mesh_audit_deliver(mesh, source, cargo, branch->leaf + i);
    if (!mesh->real_time && !mesh->watch.take_event && !mesh->plastic_of) {
        take_all(mesh, branch, leaves, rows, time);
        return true;
    }
    for (uint32_t i = 0; i < branch->n_leaves; i++) {
        plc_mesh_row row = {.first = mesh->first_synapse[source] + rows[i],
                            .n = rows[i + 1] - rows[i],
                            .n_plastic = plastic ? plastic[i] : 0,
                            .source = source,
                            .cargo = cargo};
        if (!mesh->real_time)
            plc_mesh_take(mesh, leaves[i], &row, time);
        else if (!plc_mesh_receive(mesh, leaves[i], row, time))
            return false;
    }
    return true;
}

static void drop(void *context, uint32_t line, const plc_packet *packet, uint64_t begin,
                 uint64_t end)
{
    plc_mesh *mesh = context;
    mesh->link_tallies[line].dropped++;
    mesh->source_tallies[packet->source].dropped++;
    tell_packet(mesh, PLC_ACTIVITY_DROP, line, packet, begin, end);
}

static void see(void *context, plc_sight sight, uint32_t place, const plc_packet *packet,
                uint64_t begin, uint64_t end)
{
    tell_packet(context, sight == PLC_SEE_LINE ? PLC_ACTIVITY_LINK : PLC_ACTIVITY_ROUTER, place,
                packet, begin, end);
}

/* Asks for memory before it is needed. */
static void prefetch(const void *data, size_t n, size_t size)
{
    enum { LINE = 64, MOST = 2048 }; /* [B] */
    for (size_t at = 0; at < n * size && at < MOST; at += LINE)
        __builtin_prefetch((const char *)data + at);
}

/* Asks for what the packets of a source need. */
static void prefetch_source(const plc_mesh *mesh, uint32_t source)
{
    const plc_route *route = &mesh->routes[mesh->route_of[source]];
    const uint32_t *rows = mesh->rows + mesh->first_row[source];
    prefetch(rows, route->n_leaves, sizeof *rows);
    prefetch(mesh->leaves + route->leaf, route->n_leaves, sizeof *mesh->leaves);
    prefetch(mesh->branches + route->branch, route->n_leaves, sizeof *mesh->branches);
    prefetch(mesh->synapses + mesh->first_synapse[source], 64, sizeof *mesh->synapses);
}

static bool call(plc_mesh *mesh, uint64_t time, uint32_t number, uint32_t what)
{
    return plc_fabric_call(&mesh->fabric, time, number * N_CALLS + what);
}

bool plc_mesh_call_tick(plc_mesh *mesh, uint64_t time, uint32_t number)
{
    return call(mesh, time, number, BEGIN_TICK);
}

/* Sets the clock of a core to its next spike, or to the end of its updates. */
static bool go_on(plc_mesh *mesh, uint32_t number)
{
    plc_mesh_core *core = &mesh->cores[number];
    bool spikes = core->sent < core->n_sent;
    uint32_t until = spikes ? core->turns[core->sent] + 1 : core->n_updates;
    until = until > core->updated ? until : core->updated;
    core->neurons +=
        (until - core->updated) * mesh->times.neuron + (spikes ? mesh->times.spike : 0);
    core->updated = until;
    if (!spikes)
        return true;
    prefetch_source(mesh, mesh->fast.blocks[number].sent[core->tick & 1].data[core->sent].source);
    return call(mesh, core->neurons, number, SEND);
}

/* The time has come for a spike to leave, unless packets that came in have put it off. */
static bool send(plc_mesh *mesh, uint32_t number, uint64_t time)
{
    plc_mesh_core *core = &mesh->cores[number];
    if (core->neurons > time)
        return call(mesh, core->neurons, number, SEND);
    const plc_sent *spike = &mesh->fast.blocks[number].sent[core->tick & 1].data[core->sent++];
    const plc_route *route = &mesh->routes[mesh->route_of[spike->source]];
    mesh->expected += route->n_leaves;
    if (mesh->audit.due)
        plc_mesh_audit_send(mesh, spike->source);
    if (!mesh->real_time && !plc_mesh_post(mesh, spike->source, spike->sign))
        return false;
    plc_mesh_tell(mesh, (plc_engine_event){PLC_ACTIVITY_SPIKE, number, spike->source, core->updated,
                                           core->tick, time - mesh->times.spike, time});
    return go_on(mesh, number) &&
           plc_fabric_inject(&mesh->fabric, time, route->branch, spike->source,
                             plc_mesh_cargo(core->tick, spike->sign));
}

static bool take_call(void *context, uint32_t subject, uint64_t time)
{
    plc_mesh *mesh = context;
    uint32_t number = subject / N_CALLS;
    return subject % N_CALLS == SEND ? send(mesh, number, time)
                                     : plc_mesh_begin_tick(mesh, number, time);
}

void plc_mesh_own_fabric(plc_mesh *mesh)
{
    mesh->fabric.owner =
        (plc_fabric_owner){deliver, take_call, drop, mesh->watch.take_event ? see : NULL, mesh};
}

void plc_mesh_tell_neurons(const plc_mesh *mesh, uint32_t number)
{
    const plc_mesh_core *core = &mesh->cores[number];
    plc_mesh_tell(mesh, (plc_engine_event){PLC_ACTIVITY_NEURONS, number, 0, core->n_updates,
                                           core->tick, core->began, core->neurons});
}

bool plc_mesh_start(plc_mesh *mesh, uint32_t number, uint64_t time)
{
    plc_mesh_core *core = &mesh->cores[number];
    core->began = time;
    core->neurons = time + mesh->times.tick;
    core->sent = core->updated = 0;
    return go_on(mesh, number);
}

uint64_t plc_mesh_busy_until(const plc_mesh_core *core)
{
    return later(core->neurons, later(core->received, core->rows_done));
}

plc_engine_reason plc_mesh_reason(const plc_mesh_core *core)
{
    uint64_t done = plc_mesh_busy_until(core);
    if (core->neurons == done)
        return PLC_REASON_NEURONS;
    return core->rows_done == done ? PLC_REASON_ROWS : PLC_REASON_PACKETS;
}

bool plc_mesh_settle(plc_mesh *mesh, plc_engine_tick *ret_tick)
{
    if (mesh->clocked)
        return plc_clocked_settle(mesh, ret_tick);
    uint64_t end = mesh->now, latest = 0;
    bool ok = true;
    for (uint32_t c = 0; ok && c < mesh->fast.n_blocks; c++) {
        mesh->cores[c].received = mesh->cores[c].rows_done = mesh->now;
        ok = plc_mesh_start(mesh, c, mesh->now);
    }
    ok = ok && plc_fabric_run(&mesh->fabric, UINT64_MAX, &end);
    *ret_tick = (plc_engine_tick){.tick = mesh->tick, .begin = mesh->now};
    for (uint32_t c = 0; c < mesh->fast.n_blocks; c++) {
        const plc_mesh_core *core = &mesh->cores[c];
        uint64_t done = plc_mesh_busy_until(core);
        if (done > latest) {
            latest = done;
            ret_tick->core = c;
            ret_tick->reason = plc_mesh_reason(core);
        }
        plc_mesh_tell_neurons(mesh, c);
    }
    if (end > latest)
        ret_tick->reason = PLC_REASON_MESH;
    ret_tick->end = later(end, latest) + mesh->times.barrier;
    return ok;
}
