/* Cores of engine mesh: what they do within a tick, and when. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/memory.h"
#include "hw/engine/mesh.h"

/* Marks the slots that the synapses from one offset to another add to. */
static void mark_hit(const plc_mesh *mesh, plc_mesh_core *core, uint32_t first, uint32_t last)
{
    for (uint64_t delay = first >> core->shift; delay <= last >> core->shift; delay++)
        core->hit[(mesh->tick + delay) & (mesh->fast.ring - 1)] = true;
}

/* Adds a row, which is not empty and sorted by delay, to the ring of a core, `sign` times. */
static void add_row(const plc_mesh *mesh, plc_mesh_core *core, uint64_t begin, uint64_t end,
                    int32_t sign)
{
    uint32_t slots = mesh->fast.ring, mask = (slots << core->shift) - 1;
    uint32_t base = (uint32_t)(mesh->tick & (slots - 1)) << core->shift;
    int32_t *ring = core->ring;
    if (mesh->wide) {
        const plc_wide_synapse *words = mesh->words;
        for (uint64_t i = begin; i < end; i++)
            ring[(base + (uint32_t)words[i]) & mask] += sign * (int32_t)(words[i] >> 32);
        mark_hit(mesh, core, (uint32_t)words[begin], (uint32_t)words[end - 1]);
    } else {
        const plc_narrow_synapse *words = mesh->words;
        for (uint64_t i = begin; i < end; i++)
            ring[(base + (words[i] & 0xffff)) & mask] += sign * ((int32_t)words[i] >> 16);
        mark_hit(mesh, core, words[begin] & 0xffff, words[end - 1] & 0xffff);
    }
}

static uint64_t later(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* A packet reaches a core: it is taken in, its row is fetched and added. */
static void take_packet(plc_mesh *mesh, uint32_t number, uint64_t row, int32_t sign, uint64_t time)
{
    plc_mesh_core *core = &mesh->cores[number];
    const plc_mesh_times *t = &mesh->times;
    uint64_t begin = mesh->rows[row], end = mesh->rows[row + 1], n = end - begin;
    uint64_t work = t->packet + (n ? t->row : 0);
    if (core->rows_done > time)
        core->rows_done += work;
    if (core->neurons > time)
        core->neurons += work;
    core->received = later(time, core->received) + work;
    mesh->cost.deliveries++;
    if (!n)
        return;
    uint64_t *memory = &mesh->memory_free[core->router];
    *memory = later(core->received, *memory) +
              (uint64_t)((double)(n * t->word + t->row_header) * t->byte);
    uint64_t start = later(*memory + t->latency, core->rows_done);
    core->rows_done = start + n * t->synapse;
    if (core->neurons > start)
        core->neurons += n * t->synapse;
    mesh->fast.blocks[number].events += n;
    add_row(mesh, core, begin, end, sign);
}

static bool deliver(void *context, const plc_branch *branch, uint32_t source, int32_t sign,
                    uint64_t time)
{
    plc_mesh *mesh = context;
    const plc_route *route = &mesh->routes[mesh->route_of[source]];
    for (uint32_t i = branch->leaf; i < branch->leaf + branch->n_leaves; i++)
        take_packet(mesh, mesh->leaves[route->leaf + i], mesh->first_row[source] + i, sign, time);
    return true;
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
    return !spikes || plc_fabric_call(&mesh->fabric, core->neurons, number);
}

/* Asks for the rows of a source, which lie one after the other, before its packets need them. */
static void prefetch_rows(const plc_mesh *mesh, uint32_t source, uint32_t n)
{
    enum { LINE = 64, MOST = 2048 }; /* [B] */
    const uint64_t *rows = mesh->rows + mesh->first_row[source];
    size_t bytes = mesh->wide ? sizeof(plc_wide_synapse) : sizeof(plc_narrow_synapse);
    const char *first = (const char *)mesh->words + rows[0] * bytes;
    uint64_t length = (rows[n] - rows[0]) * bytes;
    for (uint64_t at = LINE; at < n * sizeof *rows && at < MOST; at += LINE)
        __builtin_prefetch((const char *)rows + at);
    for (uint64_t at = 0; at < length && at < MOST; at += LINE)
        __builtin_prefetch(first + at);
}

/* The time has come for a spike to leave, unless packets that came in have put it off. */
static bool send(void *context, uint32_t number, uint64_t time)
{
    plc_mesh *mesh = context;
    plc_mesh_core *core = &mesh->cores[number];
    if (core->neurons > time)
        return plc_fabric_call(&mesh->fabric, core->neurons, number);
    const plc_sent *spike = &mesh->fast.blocks[number].sent[mesh->tick & 1].data[core->sent++];
    const plc_route *route = &mesh->routes[mesh->route_of[spike->source]];
    mesh->expected += route->n_leaves;
    prefetch_rows(mesh, spike->source, route->n_leaves);
    return plc_fabric_inject(&mesh->fabric, time, route->branch, spike->source, spike->sign) &&
           go_on(mesh, number);
}

plc_fabric_owner plc_mesh_owner(plc_mesh *mesh)
{
    return (plc_fabric_owner){deliver, send, mesh};
}

bool plc_mesh_settle(plc_mesh *mesh, uint64_t *ret_end, uint32_t *ret_last)
{
    uint64_t end = mesh->now;
    bool ok = true;
    for (uint32_t c = 0; ok && c < mesh->fast.n_blocks; c++) {
        plc_mesh_core *core = &mesh->cores[c];
        core->received = core->rows_done = mesh->now;
        core->neurons = mesh->now + mesh->times.tick;
        core->sent = core->updated = 0;
        ok = go_on(mesh, c);
    }
    ok = ok && plc_fabric_run(&mesh->fabric, UINT64_MAX, &end);
    uint64_t latest = 0;
    *ret_last = 0;
    for (uint32_t c = 0; c < mesh->fast.n_blocks; c++) {
        const plc_mesh_core *core = &mesh->cores[c];
        uint64_t done = later(core->neurons, later(core->received, core->rows_done));
        if (done > latest) {
            latest = done;
            *ret_last = c;
        }
    }
    *ret_end = later(end, latest) + mesh->times.barrier;
    return ok;
}
