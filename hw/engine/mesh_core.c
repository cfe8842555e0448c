/* Cores of engine mesh: what they do within a tick, and when. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/memory.h"
#include "hw/engine/mesh.h"

/* Calls of the fabric's that concern a core. */
enum { SEND, BEGIN_TICK, N_CALLS };

void plc_mesh_add(const plc_mesh *mesh, uint64_t tick, uint64_t first, uint64_t n, int32_t sign)
{
    uint32_t slots = mesh->fast.ring, mask = (uint32_t)(((uint64_t)slots << mesh->shift) - 1);
    uint32_t base = (uint32_t)(tick & (slots - 1)) << mesh->shift;
    const plc_mesh_synapse *restrict synapses = mesh->synapses + first;
    int32_t *restrict ring = mesh->ring;
    for (uint64_t i = 0; i < n; i++)
        ring[(base + synapses[i].offset) & mask] += sign * synapses[i].weight;
}

static uint64_t later(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

void plc_mesh_take(plc_mesh *mesh, uint32_t number, uint64_t n, uint64_t time, uint64_t *ret_start)
{
    plc_mesh_core *core = &mesh->cores[number];
    const plc_mesh_times *t = &mesh->times;
    uint64_t work = t->packet + (n ? t->row : 0);
    core->rows_done += core->rows_done > time ? work : 0;
    core->neurons += core->neurons > time ? work : 0;
    core->received = later(time, core->received) + work;
    mesh->cost.deliveries++;
    if (!n)
        return;
    uint64_t *memory = &mesh->memory_free[core->router];
    *memory = later(core->received, *memory) +
              (uint64_t)((double)(n * t->word + t->row_header) * t->byte);
    uint64_t start = later(*memory + t->latency, core->rows_done);
    core->rows_done = start + n * t->synapse;
    core->neurons += core->neurons > start ? n * t->synapse : 0;
    mesh->fast.blocks[number].events += n;
    *ret_start = start;
}

static bool deliver(void *context, const plc_branch *branch, uint32_t source, uint32_t cargo,
                    uint64_t time)
{
    plc_mesh *mesh = context;
    const plc_route *route = &mesh->routes[mesh->route_of[source]];
    const uint32_t *leaves = mesh->leaves + route->leaf;
    const uint32_t *rows = mesh->rows + mesh->first_row[source];
    uint64_t start;
    for (uint32_t i = branch->leaf; i < branch->leaf + branch->n_leaves; i++) {
        uint32_t n = rows[i + 1] - rows[i];
        if (mesh->real_time) {
            plc_mesh_row row = {.first = mesh->first_synapse[source] + rows[i],
                                .n = n,
                                .source = source,
                                .cargo = cargo};
            if (!plc_mesh_receive(mesh, leaves[i], row, time))
                return false;
        } else {
            plc_mesh_take(mesh, leaves[i], n, time, &start);
            mesh->cores[leaves[i]].heard = mesh->tick + mesh->fast.ring - 1;
        }
    }
    return true;
}

static void drop(void *context, uint32_t line, uint32_t source)
{
    plc_mesh *mesh = context;
    mesh->link_tallies[line].dropped++;
    mesh->source_tallies[source].dropped++;
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
    if (!mesh->real_time)
        plc_mesh_add(mesh, mesh->tick, mesh->first_synapse[spike->source],
                     mesh->rows[mesh->first_row[spike->source] + route->n_leaves], spike->sign);
    return plc_fabric_inject(&mesh->fabric, time, route->branch, spike->source,
                             plc_mesh_cargo(core->tick, spike->sign)) &&
           go_on(mesh, number);
}

static bool take_call(void *context, uint32_t subject, uint64_t time)
{
    plc_mesh *mesh = context;
    uint32_t number = subject / N_CALLS;
    return subject % N_CALLS == SEND ? send(mesh, number, time)
                                     : plc_mesh_begin_tick(mesh, number, time);
}

plc_fabric_owner plc_mesh_owner(plc_mesh *mesh)
{
    return (plc_fabric_owner){deliver, drop, take_call, mesh};
}

bool plc_mesh_start(plc_mesh *mesh, uint32_t number, uint64_t time)
{
    plc_mesh_core *core = &mesh->cores[number];
    core->neurons = time + mesh->times.tick;
    core->sent = core->updated = 0;
    return go_on(mesh, number);
}

uint64_t plc_mesh_busy_until(const plc_mesh_core *core)
{
    return later(core->neurons, later(core->received, core->rows_done));
}

bool plc_mesh_settle(plc_mesh *mesh, uint64_t *ret_end, uint32_t *ret_last)
{
    uint64_t end = mesh->now, latest = 0;
    bool ok = true;
    for (uint32_t c = 0; ok && c < mesh->fast.n_blocks; c++) {
        mesh->cores[c].received = mesh->cores[c].rows_done = mesh->now;
        ok = plc_mesh_start(mesh, c, mesh->now);
    }
    ok = ok && plc_fabric_run(&mesh->fabric, UINT64_MAX, &end);
    *ret_last = 0;
    for (uint32_t c = 0; c < mesh->fast.n_blocks; c++) {
        uint64_t done = plc_mesh_busy_until(&mesh->cores[c]);
        if (done > latest) {
            latest = done;
            *ret_last = c;
        }
    }
    *ret_end = later(end, latest) + mesh->times.barrier;
    return ok;
}
