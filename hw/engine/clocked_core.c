/* Cores in cycles: the updater and the receiver. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/engine/clocked.h"

static uint64_t sooner(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static bool is_due(const plc_clocked_slice *slice, uint64_t tick)
{
    return tick % slice->schedule.period == slice->schedule.phase;
}

/* The updater comes to a slice of its core, or to the end of them. The annealer of a population
 * runs once where its slices follow each other. */
static void open_slice(const plc_mesh *mesh, uint32_t core, plc_clocked_place *place)
{
    const plc_clocked *c = mesh->clocked;
    const plc_clocked_slice *slices = c->slices + c->slice_begins[core];
    const plc_clocked_slice *slice = &slices[place->slice];
    place->begins = c->slice;
    if (!slice->anneals || !is_due(slice, mesh->tick))
        return;
    uint32_t last = place->slice;
    while (last > 0 && !is_due(&slices[last - 1], mesh->tick))
        last--;
    if (last == 0 || slices[last - 1].population != slice->population)
        place->begins += c->anneal;
}

/* Lets an updater that nothing holds work until a cycle, or until it is about to do the last cycle
 * of neuron `target`. */
static void run_free(const plc_mesh *mesh, uint32_t core, plc_clocked_place *place, uint64_t until,
                     uint32_t target)
{
    const plc_clocked *c = mesh->clocked;
    const plc_clocked_slice *slices = c->slices + c->slice_begins[core];
    uint32_t n_slices = c->slice_begins[core + 1] - c->slice_begins[core];
    while (place->at < until && place->slice < n_slices) {
        uint64_t left = until - place->at, skipped = sooner(left, place->begins);
        uint32_t end = slices[place->slice].end;
        place->at += skipped;
        place->begins -= skipped;
        left -= skipped;
        uint32_t aim = target < end ? target : end;
        uint64_t cycles = (aim - place->neuron) * c->neuron - place->step;
        if (target < end)
            cycles += c->neuron - 1;
        uint64_t run = sooner(left, cycles), steps = place->step + run;
        place->at += run;
        place->neuron += (uint32_t)(steps / c->neuron);
        place->step = (uint32_t)(steps % c->neuron);
        if (!place->begins && target < end && run == cycles)
            return;
        if (place->neuron == end && ++place->slice < n_slices)
            open_slice(mesh, core, place);
    }
}

/* Whether an updater would be held in its cycle, were it to begin with a neuron; *ret_until is when
 * that may change. */
static bool is_held(const plc_clocked_tile *tile, uint64_t at, uint64_t *ret_until)
{
    *ret_until = PLC_CLOCKED_NEVER;
    if (at >= tile->full)
        return true;
    bool adds = at >= tile->adds && at < tile->free;
    *ret_until = adds ? tile->free : at < tile->adds ? sooner(tile->adds, tile->full) : tile->full;
    return adds;
}

/* The same where it may be held. Returns whether it has come to `target` or to its end. */
static bool run_to(const plc_mesh *mesh, const plc_clocked_tile *tile, plc_clocked_place *place,
                   uint64_t until, uint32_t target)
{
    const plc_clocked *c = mesh->clocked;
    uint32_t n_slices = c->slice_begins[tile->core + 1] - c->slice_begins[tile->core];
    while (place->slice < n_slices) {
        uint64_t change;
        if (!place->begins && place->neuron == target && place->step + 1 == c->neuron &&
            (c->neuron > 1 || !is_held(tile, place->at, &change)))
            return true;
        if (place->at >= until)
            return false;
        bool held = is_held(tile, place->at, &change);
        if (held && !place->begins && !place->step)
            place->at = sooner(change, until);
        else if (held) /* up to where it may be held */
            run_free(mesh, tile->core, place,
                     sooner(place->at + (place->begins ? place->begins : c->neuron - place->step),
                            until),
                     target);
        else
            run_free(mesh, tile->core, place, sooner(change, until), target);
    }
    return true;
}

static const plc_sent_list *spikes_of(const plc_mesh *mesh, const plc_clocked_tile *tile)
{
    return &mesh->fast.blocks[tile->core].sent[mesh->tick & 1];
}

/* Looks when the next spike leaves, or when all neurons are updated, as things are now. */
static bool look_ahead(plc_mesh *mesh, uint32_t number)
{
    plc_clocked *c = mesh->clocked;
    plc_clocked_tile *tile = &c->tiles[number];
    const plc_sent_list *sent = spikes_of(mesh, tile);
    bool spikes = tile->sent < sent->n;
    uint32_t target = spikes ? c->offsets[sent->data[tile->sent].source] : UINT32_MAX;
    plc_clocked_place place = tile->place;
    bool known = run_to(mesh, tile, &place, PLC_CLOCKED_NEVER, target);
    tile->next = spikes && known ? place.at : PLC_CLOCKED_NEVER;
    tile->updated = !spikes && known ? place.at : PLC_CLOCKED_NEVER;
    if (tile->called || (tile->next == PLC_CLOCKED_NEVER && tile->updated == PLC_CLOCKED_NEVER))
        return true;
    if (!spikes && !tile->rows.n)
        return true;
    tile->called = true;
    return plc_event_queue_add(&c->events, PLC_EVENT_LANES, spikes ? tile->next : tile->updated, 0,
                               number);
}

static int compare_sent(const void *a, const void *b, void *context)
{
    const plc_sent *x = a, *y = b;
    const uint32_t *offsets = context;
    return (offsets[x->source] > offsets[y->source]) - (offsets[x->source] < offsets[y->source]);
}

/* The neurons of a core are updated in the order of their places there. */
static void sort_spikes(plc_clocked *c, plc_sent_list *sent)
{
    for (size_t i = 1; i < sent->n; i++)
        if (c->offsets[sent->data[i - 1].source] > c->offsets[sent->data[i].source]) {
            qsort_r(sent->data, sent->n, sizeof *sent->data, compare_sent, c->offsets);
            return;
        }
}

bool plc_clocked_core_begin(plc_mesh *mesh, uint32_t number)
{
    plc_clocked *c = mesh->clocked;
    plc_clocked_tile *tile = &c->tiles[number];
    tile->adds = tile->free = tile->received = tile->added = 0;
    tile->full = PLC_CLOCKED_NEVER;
    tile->sent = 0;
    tile->called = false;
    tile->next = PLC_CLOCKED_NEVER;
    tile->updated = c->tick;
    tile->place = (plc_clocked_place){.at = c->tick};
    if (tile->core == UINT32_MAX || c->slice_begins[tile->core] == c->slice_begins[tile->core + 1])
        return true;
    sort_spikes(c, &mesh->fast.blocks[tile->core].sent[mesh->tick & 1]);
    open_slice(mesh, tile->core, &tile->place);
    return look_ahead(mesh, number);
}

/* Brings an updater to a cycle. Its next spike does not leave before. */
static void bring_to(plc_mesh *mesh, plc_clocked_tile *tile, uint64_t cycle)
{
    run_to(mesh, tile, &tile->place, cycle, UINT32_MAX);
}

bool plc_clocked_core_call(plc_mesh *mesh, uint32_t number)
{
    plc_clocked *c = mesh->clocked;
    plc_clocked_tile *tile = &c->tiles[number];
    tile->called = false;
    if (tile->updated == c->now) { /* rows have waited for that */
        plc_clocked_heat(c, number);
        return true;
    }
    if (tile->next != c->now) /* it has been put off since */
        return look_ahead(mesh, number);
    const plc_sent *spike = &spikes_of(mesh, tile)->data[tile->sent++];
    const plc_route *route = &mesh->routes[mesh->route_of[spike->source]];
    plc_clocked_packet packet = {.branch = route->branch,
                                 .source = spike->source,
                                 .cargo = plc_mesh_cargo(mesh->tick, spike->sign)};
    mesh->expected += route->n_leaves;
    mesh->fabric.stats.injected++;
    if (mesh->audit.due)
        plc_mesh_audit_send(mesh, spike->source);
    if (!plc_mesh_post(mesh, spike->source, spike->sign) ||
        !plc_clocked_push(c, &tile->spikes, packet, c->now + c->spike))
        return false;
    bring_to(mesh, tile, c->now + 1);
    if (tile->spikes.n >= c->spike_buffer)
        tile->full = c->now + 1;
    tile->packets++;
    plc_clocked_heat(c, number);
    if (mesh->watch.take_event) {
        uint64_t begin = plc_clocked_ps(mesh, c, c->now), end = begin + c->spike * c->cycle;
        plc_mesh_tell(mesh,
                      (plc_engine_event){PLC_ACTIVITY_SPIKE, tile->core, spike->source,
                                         c->offsets[spike->source] + 1, mesh->tick, begin, end});
    }
    return look_ahead(mesh, number);
}

bool plc_clocked_core_release(plc_mesh *mesh, uint32_t number)
{
    plc_clocked_tile *tile = &mesh->clocked->tiles[number];
    if (tile->full == PLC_CLOCKED_NEVER)
        return true;
    bring_to(mesh, tile, mesh->clocked->now + 1);
    tile->full = PLC_CLOCKED_NEVER;
    return look_ahead(mesh, number);
}

static void tell_row(const plc_mesh *mesh, plc_engine_activity activity, uint32_t core,
                     const plc_clocked_packet *packet, uint32_t n, uint64_t begin, uint64_t end)
{
    const plc_clocked *c = mesh->clocked;
    plc_mesh_tell(mesh,
                  (plc_engine_event){activity, core, packet->source, n, mesh->tick,
                                     plc_clocked_ps(mesh, c, begin), plc_clocked_ps(mesh, c, end)});
}

/* How many synapses the row of a packet has on its core. */
typedef struct length {
    uint32_t n, n_plastic;
    bool found;
} length;

static length find_length(const plc_mesh *mesh, const plc_clocked_packet *packet)
{
    uint64_t leaf = mesh->first_row[packet->source] + mesh->branches[packet->branch].leaf;
    return (length){.n = mesh->rows[leaf + 1] - mesh->rows[leaf],
                    .n_plastic = mesh->plastic_of ? mesh->plastic_of[leaf] : 0,
                    .found = mesh->found[leaf]};
}

/* Works at a row from this cycle on, its address included; at one that has waited again. */
static bool work(plc_mesh *mesh, uint32_t number, const plc_clocked_packet *packet, length row,
                 bool deferred)
{
    plc_clocked *c = mesh->clocked;
    plc_clocked_tile *tile = &c->tiles[number];
    uint64_t adding = row.n * c->synapse;
    if (row.n_plastic)
        adding += c->plastic_row + row.n_plastic * c->plastic;
    if (tile->updated > c->now) /* what held it so far is over */
        bring_to(mesh, tile, c->now);
    tile->adds = c->now + c->packet + c->row;
    tile->free = tile->adds + adding;
    if (row.n)
        tile->added = tile->free + (row.n_plastic ? 0 : 1); /* the last sum is written */
    else
        tile->received = tile->free;
    if (mesh->watch.take_event) {
        uint64_t asked = c->now + c->packet;
        if (!deferred)
            tell_row(mesh, PLC_ACTIVITY_RECEIVE, tile->core, packet, row.n, c->now,
                     row.n ? asked : tile->free);
        if (row.n && !deferred)
            tell_row(mesh, PLC_ACTIVITY_FETCH, tile->core, packet, row.n, asked, tile->adds);
        if (row.n)
            tell_row(mesh, PLC_ACTIVITY_ROW, tile->core, packet, row.n, tile->adds, tile->free);
    }
    return !row.n || tile->updated <= c->now || look_ahead(mesh, number);
}

/* A row whose weights change waits until all neurons of the core have been updated. */
static bool defer(plc_mesh *mesh, uint32_t number, plc_clocked_packet packet, uint32_t n)
{
    plc_clocked *c = mesh->clocked;
    plc_clocked_tile *tile = &c->tiles[number];
    bring_to(mesh, tile, c->now);
    tile->adds = tile->free = c->now + c->packet + c->row;
    tile->received = tile->free;
    if (mesh->watch.take_event) {
        uint64_t asked = c->now + c->packet;
        tell_row(mesh, PLC_ACTIVITY_RECEIVE, tile->core, &packet, n, c->now, asked);
        tell_row(mesh, PLC_ACTIVITY_FETCH, tile->core, &packet, n, asked, tile->adds);
    }
    return plc_clocked_push(c, &tile->rows, packet, tile->free + 1) && look_ahead(mesh, number);
}

/* Whether neurons of a core are yet to be updated in a cycle to come, as things are now. */
static bool updates_in(const plc_mesh *mesh, const plc_clocked_tile *tile, uint64_t cycle)
{
    plc_clocked_place place = tile->place;
    return tile->updated > cycle &&
           (!run_to(mesh, tile, &place, cycle + 1, UINT32_MAX) || place.at > cycle);
}

bool plc_clocked_core_receive(plc_mesh *mesh, uint32_t number)
{
    plc_clocked *c = mesh->clocked;
    plc_clocked_tile *tile = &c->tiles[number];
    if (tile->free > c->now)
        return true;
    if (!plc_clocked_is_ready(c, &tile->out[PLC_PORT_LOCAL])) {
        if (!plc_clocked_is_ready(c, &tile->rows) || tile->updated > c->now)
            return true;
        plc_clocked_packet packet = plc_clocked_pop(c, &tile->rows);
        c->moved = c->now;
        return work(mesh, number, &packet, find_length(mesh, &packet), true);
    }
    plc_clocked_packet packet = plc_clocked_pop(c, &tile->out[PLC_PORT_LOCAL]);
    length row = find_length(mesh, &packet);
    c->moved = c->now;
    tile->packets--;
    if (mesh->audit.due)
        plc_mesh_audit_deliver(mesh, packet.source, packet.cargo,
                               mesh->branches[packet.branch].leaf);
    mesh->cost.deliveries++;
    mesh->fast.blocks[tile->core].events += row.n;
    if (row.n_plastic && updates_in(mesh, tile, c->now + c->packet + c->row - 1))
        return defer(mesh, number, packet, row.n);
    if (!row.found) {
        bring_to(mesh, tile, c->now);
        tile->adds = tile->free = tile->received = c->now + c->packet;
        if (mesh->watch.take_event)
            tell_row(mesh, PLC_ACTIVITY_RECEIVE, tile->core, &packet, 0, c->now, tile->free);
        return true;
    }
    return work(mesh, number, &packet, row, false);
}
