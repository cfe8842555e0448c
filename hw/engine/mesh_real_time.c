/* Engine mesh in real time: ticks of fixed length, and what comes too late for them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/memory.h"
#include "hw/engine/mesh.h"

/* Adds the n synapses from `first` on to the ring in a tick, `sign` times. */
static void add(const plc_mesh *mesh, uint64_t tick, const plc_mesh_row *row)
{
    uint32_t slots = mesh->fast.ring, mask = (uint32_t)(((uint64_t)slots << mesh->shift) - 1);
    uint32_t base = (uint32_t)(tick & (slots - 1)) << mesh->shift;
    const plc_mesh_synapse *restrict synapses = mesh->synapses + row->first;
    int32_t *restrict ring = mesh->ring;
    int32_t sign = plc_mesh_sign(row->cargo);
    for (uint64_t i = 0; i < row->n; i++)
        ring[(base + synapses[i].offset) & mask] += sign * synapses[i].weight;
}

/* Adds the rows that a core is done with at a time, in the tick it is in. */
static void add_rows(plc_mesh *mesh, uint32_t number, uint64_t time)
{
    plc_mesh_core *core = &mesh->cores[number];
    size_t n = 0;
    for (; n < core->n_pending && core->pending[n].done <= time; n++) {
        const plc_mesh_row *row = &core->pending[n];
        add(mesh, core->tick, row);
        core->heard = core->tick + mesh->fast.ring - 1;
        if (row->cargo >> 1 != plc_mesh_cargo(core->tick, 1) >> 1) {
            mesh->cost.late++;
            mesh->core_tallies[number].late++;
            mesh->source_tallies[row->source].late++;
        }
    }
    if (!n)
        return;
    core->n_pending -= n;
    core->begun = core->begun > n ? core->begun - n : 0;
    memmove(core->pending, core->pending + n, core->n_pending * sizeof *core->pending);
}

/* How long the rows that wait will keep a core [ps]. */
static uint64_t measure_backlog(const plc_mesh_core *core, uint64_t time)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < core->n_pending; i++) {
        const plc_mesh_row *row = &core->pending[i];
        sum += row->done - (row->start > time ? row->start : time);
    }
    return sum;
}

/* Tells of the ticks that all cores have ended. */
static void tell_lengths(plc_mesh *mesh)
{
    size_t n = 0;
    while (n < mesh->n_lengths && mesh->lengths[n].n_cores == mesh->fast.n_blocks)
        mesh->watch.take_tick(mesh->watch.context, &mesh->lengths[n++].tick);
    if (!n)
        return;
    mesh->n_lengths -= n;
    memmove(mesh->lengths, mesh->lengths + n, mesh->n_lengths * sizeof *mesh->lengths);
}

/* Adds the end of a core's tick to what is known of that tick. False when memory is short. */
static bool add_length(plc_mesh *mesh, uint32_t number)
{
    const plc_mesh_core *core = &mesh->cores[number];
    uint64_t first = mesh->n_lengths ? mesh->lengths[0].tick.tick : core->tick;
    size_t at = (size_t)(core->tick - first);
    if (!plc_array_reserve(&mesh->lengths, &mesh->lengths_capacity, at + 1, sizeof *mesh->lengths))
        return false;
    for (; mesh->n_lengths <= at; mesh->n_lengths++) {
        uint64_t tick = first + mesh->n_lengths;
        mesh->lengths[mesh->n_lengths] =
            (plc_mesh_length){.tick = {.tick = tick, .begin = tick * mesh->length}};
    }
    plc_engine_tick *tick = &mesh->lengths[at].tick;
    if (plc_mesh_busy_until(core) > tick->end) {
        tick->end = plc_mesh_busy_until(core);
        tick->core = number;
        tick->reason = plc_mesh_reason(core);
    }
    if (++mesh->lengths[at].n_cores == mesh->fast.n_blocks)
        tell_lengths(mesh);
    return true;
}

/* Notes how long a core was busy, from when its tick ought to have begun, now that it ends. False
 * when memory is short. */
static bool note_length(plc_mesh *mesh, uint32_t number)
{
    const plc_mesh_core *core = &mesh->cores[number];
    uint64_t length = plc_mesh_busy_until(core) - core->tick * mesh->length;
    if (length > mesh->cost.longest_tick_ps) {
        mesh->cost.longest_tick_ps = length;
        mesh->cost.longest_tick = core->tick;
        mesh->cost.longest_tick_core = number;
    }
    plc_mesh_tell_neurons(mesh, number);
    return !mesh->watch.take_tick || add_length(mesh, number);
}

static void note_miss(plc_mesh *mesh, uint32_t number, uint64_t tick)
{
    mesh->core_tallies[number].misses++;
    if (tick < mesh->missed)
        return;
    mesh->missed = tick + 1;
    mesh->cost.deadline_misses++;
}

bool plc_mesh_begin_tick(plc_mesh *mesh, uint32_t number, uint64_t time)
{
    plc_mesh_core *core = &mesh->cores[number];
    if (core->n_done && (core->sent < core->n_sent || core->neurons > time))
        return plc_mesh_call_tick(mesh, core->neurons, number);
    add_rows(mesh, number, time);
    if (core->n_done && !note_length(mesh, number))
        return false;
    if (core->n_done == mesh->end) {
        mesh->n_parked++;
        mesh->fabric.stopped = mesh->n_parked == mesh->fast.n_blocks;
        return true;
    }
    core->tick = core->n_done++;
    mesh->tick = core->tick > mesh->tick ? core->tick : mesh->tick;
    if (time > core->tick * mesh->length)
        note_miss(mesh, number, core->tick);
    if (!plc_mesh_update(mesh, number, core->tick <= core->heard))
        return false;
    uint64_t next = core->n_done * mesh->length;
    return plc_mesh_start(mesh, number, time + measure_backlog(core, time)) &&
           plc_mesh_call_tick(mesh, next > time ? next : time, number);
}

bool plc_mesh_receive(plc_mesh *mesh, uint32_t number, plc_mesh_row row, uint64_t time)
{
    plc_mesh_core *core = &mesh->cores[number];
    while (core->begun < core->n_pending && core->pending[core->begun].start <= time)
        core->begun++;
    if (row.n && core->n_pending - core->begun >= mesh->capacity) {
        mesh->cost.saturated++;
        mesh->core_tallies[number].saturated++;
        mesh->source_tallies[row.source].saturated++;
        row.n = 0;
    }
    row.start = plc_mesh_take(mesh, number, &row, time).start;
    row.done = core->rows_done;
    if (!row.n)
        return true;
    if (!plc_array_reserve(&core->pending, &core->pending_capacity, core->n_pending + 1,
                           sizeof row))
        return false;
    core->pending[core->n_pending++] = row;
    return true;
}

/* Hands over the spikes of the ticks that all cores have done; what cores ahead of that have sent
 * stays. */
static plc_status hand_over(plc_mesh *mesh, plc_spike_sink sink, void *context, plc_error *error)
{
    plc_fast *fast = &mesh->fast;
    uint64_t stop = mesh->end;
    for (uint32_t c = 0; c < fast->n_blocks; c++)
        stop = mesh->cores[c].n_done < stop ? mesh->cores[c].n_done : stop;
    for (uint32_t b = 0; b < fast->n_blocks; b++) {
        plc_block *block = &fast->blocks[b];
        size_t n = block->n;
        while (sink && n && block->trace[n - 1].tick >= stop)
            n--;
        mesh->cores[b].n_given = n;
        mesh->cores[b].n_kept = block->n - n;
        block->n = n;
    }
    plc_status status = plc_fast_hand_over(fast, stop, sink, context, error);
    for (uint32_t b = 0; b < fast->n_blocks; b++) {
        plc_block *block = &fast->blocks[b];
        size_t kept = mesh->cores[b].n_kept;
        if (kept && status == PLC_OK)
            memmove(block->trace, block->trace + mesh->cores[b].n_given,
                    kept * sizeof *block->trace);
        block->n = kept;
    }
    return status;
}

plc_status plc_mesh_run_real_time(plc_mesh *mesh, uint64_t end, plc_spike_sink sink, void *context,
                                  plc_error *error)
{
    plc_engine_stats *stats = &mesh->fast.base.stats;
    plc_status status = PLC_OK;
    bool ok = true;
    mesh->end = end;
    mesh->n_parked = 0;
    for (uint32_t c = 0; ok && c < mesh->fast.n_blocks; c++) {
        uint64_t time = stats->ticks * mesh->length;
        ok = plc_mesh_call_tick(mesh, time > mesh->now ? time : mesh->now, c);
    }
    while (ok && status == PLC_OK && mesh->n_parked < mesh->fast.n_blocks) {
        uint64_t until = mesh->now + mesh->fast.chunk * mesh->length, last;
        ok = plc_fabric_run(&mesh->fabric, until, &last);
        mesh->now = mesh->fabric.stopped ? last : until;
        status = ok ? plc_mesh_check(mesh, error) : PLC_OK;
        if (ok && status == PLC_OK)
            status = hand_over(mesh, sink, context, error);
        stats->threads = 1;
    }
    return ok ? status : plc_fail_memory(error, "spikes in flight");
}
