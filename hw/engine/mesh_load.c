/* Loading a layout into engine mesh: routes and rows. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/memory.h"
#include "hw/engine/clocked.h"
#include "hw/engine/mesh.h"

/* A loader that knows its mesh. */
typedef struct loading {
    plc_loader base;
    plc_mesh *mesh;
    uint32_t *links; /* [n_links] of the route made last, as the walk gave them */
    size_t n_links, capacity;
    plc_mesh_sorting sorting;
} loading;

/* Whether the walk at hand takes the route made last. */
static bool is_last_route(const loading *l, uint32_t router)
{
    const plc_mesh *mesh = l->mesh;
    const plc_walk *walk = &l->base.walk;
    if (!mesh->n_routes)
        return false;
    const plc_route *last = &mesh->routes[mesh->n_routes - 1];
    return mesh->branches[last->branch].router == router && walk->n_links == l->n_links &&
           walk->n_cores == last->n_leaves &&
           (!l->n_links || !memcmp(walk->links, l->links, l->n_links * sizeof *l->links)) &&
           (!walk->n_cores ||
            !memcmp(walk->cores, mesh->leaves + last->leaf, walk->n_cores * sizeof *walk->cores));
}

/* Hands the leaves of a route, which are in the order of their routers, to one of its branches. */
static void attach_leaves(const plc_mesh *mesh, const plc_layout *layout, const plc_route *route,
                          plc_branch *branch)
{
    const uint32_t *leaves = mesh->leaves + route->leaf;
    uint32_t begin = 0, end = route->n_leaves;
    while (begin < end) {
        uint32_t middle = begin + (end - begin) / 2;
        if (layout->cores[leaves[middle]].router < branch->router)
            begin = middle + 1;
        else
            end = middle;
    }
    branch->leaf = begin;
    while (end < route->n_leaves && layout->cores[leaves[end]].router == branch->router)
        end++;
    branch->n_leaves = (uint16_t)(end - begin);
}

/* Makes a route of the walk at hand. The walk goes through its routers in the order in which it
 * reached them, so that the branches behind the links of one follow each other. */
static plc_status add_route(loading *l, uint32_t router, plc_error *error)
{
    plc_mesh *mesh = l->mesh;
    const plc_walk *walk = &l->base.walk;
    const plc_layout *layout = l->base.layout;
    size_t first = mesh->n_branches, n = walk->n_links + 1ul;
    if (mesh->n_branches + n > UINT32_MAX / 2 ||
        !plc_array_reserve(&mesh->branches, &mesh->branches_capacity, first + n,
                           sizeof *mesh->branches) ||
        !plc_array_reserve(&mesh->leaves, &mesh->leaves_capacity, mesh->n_leaves + walk->n_cores,
                           sizeof *mesh->leaves) ||
        !plc_array_reserve(&mesh->routes, &mesh->routes_capacity, mesh->n_routes + 1,
                           sizeof *mesh->routes) ||
        !plc_array_reserve(&l->links, &l->capacity, walk->n_links, sizeof *l->links))
        return plc_fail_memory(error, "routes");
    plc_route route = {(uint32_t)first, (uint32_t)mesh->n_leaves, walk->n_cores};
    for (uint32_t i = 0; i < walk->n_cores; i++)
        mesh->leaves[mesh->n_leaves++] = walk->cores[i];
    mesh->branches[first] = (plc_branch){.router = router};
    plc_branch *at = &mesh->branches[first];
    for (uint32_t i = 0; i < walk->n_links; i++) {
        uint32_t from = walk->links[i] / PLC_N_LINKS, link = walk->links[i] % PLC_N_LINKS;
        while (at->router != from)
            at++;
        if (!at->links)
            at->next = (uint32_t)first + 1 + i;
        at->links |= (uint8_t)(1u << link);
        mesh->branches[first + 1 + i] =
            (plc_branch){.router = (uint32_t)plc_chip_neighbour(layout->chip, from, link)};
        l->links[i] = walk->links[i];
    }
    l->n_links = walk->n_links;
    mesh->n_branches += n;
    for (size_t i = 0; i < n; i++)
        attach_leaves(mesh, layout, &route, &mesh->branches[first + i]);
    mesh->routes[mesh->n_routes++] = route;
    return PLC_OK;
}

/* Appends the synapses of a row; an empty one where the core has none for the packet. */
static plc_status take_row(plc_loader *base, uint32_t core, bool found, uint64_t row,
                           plc_error *error)
{
    plc_mesh *mesh = ((loading *)base)->mesh;
    const plc_layout *layout = base->layout;
    uint64_t begin = found ? layout->row_offsets[row] : 0;
    uint64_t end = found ? layout->row_offsets[row + 1] : 0;
    if (!plc_array_reserve(&mesh->synapses, &mesh->synapses_capacity,
                           mesh->n_synapses + (end - begin), sizeof *mesh->synapses) ||
        !plc_array_reserve(&mesh->rows, &mesh->rows_capacity, mesh->n_rows + 2, sizeof *mesh->rows))
        return plc_fail_memory(error, "synapses");
    if (base->plastic.any) {
        if (!plc_array_reserve(&mesh->plastic_of, &mesh->plastic_capacity, mesh->n_rows + 1,
                               sizeof *mesh->plastic_of))
            return plc_fail_memory(error, "synapses");
        mesh->plastic_of[mesh->n_rows] = 0;
    }
    if (plc_clocked_is(layout->chip) && !mesh->real_time) {
        if (!plc_array_reserve(&mesh->found, &mesh->found_capacity, mesh->n_rows + 1,
                               sizeof *mesh->found))
            return plc_fail_memory(error, "synapses");
        mesh->found[mesh->n_rows] = found;
    }
    uint32_t first = mesh->cores[core].input, second = mesh->fast.shards[core].n_inputs / 2;
    for (uint64_t i = begin; i < end; i++) {
        plc_synapse synapse = plc_layout_synapse(layout, i);
        if (synapse.plastic) {
            plc_status status = plc_plastic_add(base, core, &synapse, error);
            if (status != PLC_OK)
                return status;
            mesh->plastic_of[mesh->n_rows]++;
            continue;
        }
        uint32_t input =
            base->offset_of[base->rank[core] + synapse.target] + (synapse.receptor ? second : 0);
        mesh->synapses[mesh->n_synapses++] = (plc_mesh_synapse){
            ((uint32_t)synapse.delay << mesh->shift) + first + input, synapse.weight};
    }
    mesh->n_rows++;
    mesh->rows[mesh->n_rows] = mesh->rows[mesh->n_rows - 1] + (uint32_t)(end - begin);
    return PLC_OK;
}

/* Follows the packets of a neuron. */
static plc_status load_source(loading *l, const plc_slice *slice, uint32_t i, plc_error *error)
{
    plc_mesh *mesh = l->mesh;
    uint32_t source = l->base.first_source[slice->population] + i;
    uint32_t router = l->base.layout->cores[slice->core].router;
    uint64_t row = mesh->n_rows, synapse = mesh->n_synapses;
    if (!plc_array_reserve(&mesh->rows, &mesh->rows_capacity, row + 1, sizeof *mesh->rows))
        return plc_fail_memory(error, "synapses");
    mesh->rows[row] = 0;
    plc_status status = plc_loader_walk(&l->base, slice, i, take_row, error);
    if (status == PLC_OK && l->base.walk.looped)
        status = plc_fail(error, PLC_INVALID, "damaged layout: key 0x%08x goes round in a loop",
                          slice->key + (i - slice->begin));
    if (status == PLC_OK)
        status = plc_plastic_end_source(&l->base, source, error);
    if (status == PLC_OK && !is_last_route(l, router))
        status = add_route(l, router, error);
    if (status == PLC_OK) {
        mesh->first_row[source] = row;
        mesh->first_synapse[source] = synapse;
        mesh->n_rows++;
        mesh->route_of[source] = (uint32_t)mesh->n_routes - 1;
        if (!mesh->real_time && !plc_mesh_sort_synapses(mesh, source, &l->sorting))
            status = plc_fail_memory(error, "synapses");
    }
    return status;
}

/* The ring, and where the cores are in it. */
static plc_status make_ring(plc_mesh *mesh, const plc_layout *layout, plc_error *error)
{
    uint32_t longest = 1;
    for (uint64_t i = 0; i < layout->n_words; i++) {
        plc_synapse synapse = plc_layout_synapse(layout, i);
        longest = synapse.delay > longest ? synapse.delay : longest;
    }
    for (mesh->fast.ring = 2; mesh->fast.ring <= longest;)
        mesh->fast.ring *= 2;
    mesh->cores = plc_array(layout->n_cores, sizeof *mesh->cores);
    if (!mesh->cores)
        return plc_fail_memory(error, "cores");
    uint64_t n = 0;
    for (uint32_t c = 0; c < layout->n_cores; c++) {
        mesh->cores[c].router = layout->cores[c].router;
        mesh->cores[c].input = (uint32_t)n;
        n += mesh->fast.shards[c].n_inputs;
    }
    while (UINT64_C(1) << mesh->shift < n)
        mesh->shift++;
    if ((uint64_t)mesh->fast.ring << mesh->shift > UINT32_MAX)
        return plc_fail(error, PLC_INVALID,
                        "engine mesh: %llu inputs in each of %u ring slots are more than 2^32",
                        (unsigned long long)n, mesh->fast.ring);
    mesh->ring = plc_array((mesh->real_time ? (size_t)mesh->fast.ring : 1) << mesh->shift,
                           sizeof *mesh->ring);
    if (!mesh->ring)
        return plc_fail_memory(error, "input rings");
    return mesh->real_time ? PLC_OK : plc_mesh_parcels_init(mesh, error);
}

static uint64_t time_of(const plc_chip *chip, plc_chip_quantity quantity)
{
    return plc_picoseconds(plc_chip_seconds(chip, quantity));
}

/* Refuses times so long that sums of them might not fit 64 bits. */
static plc_status check_times(const plc_chip *chip, plc_error *error)
{
    static const plc_chip_quantity times[] = {
        PLC_CHIP_LINK_TIME,      PLC_CHIP_ROUTER_LATENCY, PLC_CHIP_ROUTER_INTERVAL,
        PLC_CHIP_CYCLES_TICK,    PLC_CHIP_CYCLES_NEURON,  PLC_CHIP_CYCLES_SPIKE,
        PLC_CHIP_CYCLES_PACKET,  PLC_CHIP_CYCLES_ROW,     PLC_CHIP_CYCLES_SYNAPSE,
        PLC_CHIP_CYCLES_PLASTIC, PLC_CHIP_BARRIER,        PLC_CHIP_MEMORY_LATENCY,
        PLC_CHIP_CYCLES_SLICE,   PLC_CHIP_CYCLES_ANNEAL,  PLC_CHIP_CYCLES_PLASTIC_ROW,
        PLC_CHIP_ASIDE_WAIT};
    for (size_t i = 0; i < sizeof times / sizeof *times; i++)
        if (plc_chip_seconds(chip, times[i]) > 1)
            return plc_fail(error, PLC_INVALID,
                            "engine mesh: chip %s: %s takes %g s: expected at most 1 s",
                            plc_chip_name(chip), plc_chip_quantity_key(times[i]),
                            plc_chip_seconds(chip, times[i]));
    if (plc_chip_get(chip, PLC_CHIP_MEMORY_BANDWIDTH) < 1e3)
        return plc_fail(
            error, PLC_INVALID,
            "engine mesh: chip %s: memory_bandwidth: expected at least 1000 B/s, got %g",
            plc_chip_name(chip), plc_chip_get(chip, PLC_CHIP_MEMORY_BANDWIDTH));
    return PLC_OK;
}

static plc_mesh_times read_times(const plc_chip *chip)
{
    double bandwidth = plc_chip_known(chip, PLC_CHIP_MEMORY_BANDWIDTH);
    plc_mesh_times times = {.tick = time_of(chip, PLC_CHIP_CYCLES_TICK),
                            .neuron = time_of(chip, PLC_CHIP_CYCLES_NEURON),
                            .spike = time_of(chip, PLC_CHIP_CYCLES_SPIKE),
                            .packet = time_of(chip, PLC_CHIP_CYCLES_PACKET),
                            .row = time_of(chip, PLC_CHIP_CYCLES_ROW),
                            .synapse = time_of(chip, PLC_CHIP_CYCLES_SYNAPSE),
                            .plastic = time_of(chip, PLC_CHIP_CYCLES_PLASTIC),
                            .latency = time_of(chip, PLC_CHIP_MEMORY_LATENCY),
                            .barrier = time_of(chip, PLC_CHIP_BARRIER),
                            .byte = bandwidth > 0 ? 1e12 / bandwidth : 0,
                            .row_header = (uint32_t)plc_chip_known(chip, PLC_CHIP_ROW_HEADER),
                            .word = (uint32_t)plc_chip_known(chip, PLC_CHIP_SYNAPSE_WORD)};
    for (uint32_t n = 0; n < PLC_MESH_SHORT; n++)
        times.fetch[n] = plc_mesh_fetch_time(&times, n);
    return times;
}

/* How long a tick is in real time. */
static plc_status read_length(plc_mesh *mesh, plc_error *error)
{
    double tick = plc_chip_get(mesh->chip, PLC_CHIP_TICK);
    mesh->length = tick > 0 ? plc_picoseconds(tick) : UINT64_MAX;
    mesh->capacity = plc_chip_limit(mesh->chip, PLC_CHIP_SPIKE_BUFFER);
    if (mesh->real_time && mesh->length == UINT64_MAX)
        return plc_fail(error, PLC_INVALID,
                        "engine mesh: real time: the length of a tick of chip %s is not known",
                        plc_chip_name(mesh->chip));
    return PLC_OK;
}

static plc_status make_tallies(plc_mesh *mesh, plc_error *error)
{
    size_t n_links = (size_t)mesh->fabric.n_routers * PLC_N_LINKS;
    mesh->core_tallies = plc_array(mesh->fast.n_blocks, sizeof *mesh->core_tallies);
    mesh->source_tallies = plc_array(mesh->fast.n_sources, sizeof *mesh->source_tallies);
    mesh->link_tallies = plc_array(n_links, sizeof *mesh->link_tallies);
    if (!mesh->core_tallies || !mesh->source_tallies || !mesh->link_tallies)
        return plc_fail_memory(error, "tallies");
    return PLC_OK;
}

static plc_status load_routes(loading *l, plc_error *error)
{
    plc_mesh *mesh = l->mesh;
    plc_loader *base = &l->base;
    mesh->route_of = plc_array(mesh->fast.n_sources, sizeof *mesh->route_of);
    mesh->first_row = plc_array(mesh->fast.n_sources, sizeof *mesh->first_row);
    mesh->first_synapse = plc_array(mesh->fast.n_sources, sizeof *mesh->first_synapse);
    if (!mesh->route_of || !mesh->first_row || !mesh->first_synapse)
        return plc_fail_memory(error, "routes");
    plc_status status = plc_walk_init(&base->walk, base->layout, error);
    if (status == PLC_OK)
        status = plc_walk_init(&base->off_walk, base->layout, error);
    for (uint32_t s = 0; status == PLC_OK && s < base->layout->n_slices; s++) {
        const plc_slice *slice = &base->slices[s];
        for (uint32_t i = slice->begin; status == PLC_OK && i < slice->end; i++)
            status = load_source(l, slice, i, error);
    }
    return status;
}

/* In real time a row may be late, and what a late row does to weights is not modelled. */
static plc_status begin_plastic(loading *l, plc_error *error)
{
    plc_status status = plc_plastic_begin(&l->base, error);
    if (status == PLC_OK && l->base.plastic.any && l->mesh->real_time)
        status = plc_fail(error, PLC_INVALID,
                          "engine mesh: real time: expected static synapses only; plastic ones run "
                          "in lockstep");
    return status;
}

plc_status plc_mesh_load(plc_mesh *mesh, const plc_layout *layout,
                         const plc_engine_settings *settings, plc_error *error)
{
    loading l = {.base = {.fast = &mesh->fast, .layout = layout, .settings = settings},
                 .mesh = mesh};
    mesh->real_time = settings->real_time;
    plc_status status = check_times(layout->chip, error);
    if (status == PLC_OK)
        status = plc_chip_copy(layout->chip, &mesh->chip, error);
    if (status == PLC_OK)
        status = plc_fast_load_neurons(&l.base, true, error);
    if (status == PLC_OK)
        status = make_ring(mesh, layout, error);
    if (status == PLC_OK)
        status = begin_plastic(&l, error);
    if (status == PLC_OK)
        status = load_routes(&l, error);
    if (status == PLC_OK)
        status = plc_fabric_init(&mesh->fabric, mesh->chip, (plc_fabric_owner){0}, error);
    if (status == PLC_OK) {
        plc_mesh_own_fabric(mesh);
        mesh->fabric.branches = mesh->branches;
        mesh->times = read_times(mesh->chip);
        mesh->memory_free = plc_array(mesh->fabric.n_routers, sizeof *mesh->memory_free);
        if (!mesh->memory_free)
            status = plc_fail_memory(error, "routers");
    }
    if (status == PLC_OK && plc_clocked_is(mesh->chip) && !mesh->real_time)
        status = plc_clocked_create(mesh, layout, l.base.first_source, error);
    if (status == PLC_OK)
        status = read_length(mesh, error);
    if (status == PLC_OK)
        status = make_tallies(mesh, error);
    plc_loader_finish(&l.base);
    free(l.links);
    plc_mesh_sorting_finish(&l.sorting);
    return status;
}
