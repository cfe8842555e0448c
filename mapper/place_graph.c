/* Placing and routing a hypergraph. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/place_graph.h"

#include "base/digest.h"
#include "base/error.h"
#include "base/memory.h"
#include "mapper/fill.h"
#include "mapper/larger.h"
#include "mapper/passes.h"
#include "mapper/placement.h"

void plc_graph_layout_finish(plc_graph_layout *layout)
{
    free(layout->routers);
    free(layout->cores);
    free(layout->tree_offsets);
    free(layout->links);
    free(layout->entries);
    *layout = (plc_graph_layout){0};
}

/* What is to be placed, where and how. */
typedef struct request {
    const plc_hypergraph *graph;
    const plc_machine *machine;
    const plc_graph_places *old; /* may be NULL */
    unsigned effort;
    uint64_t seed;
} request;

/* Scratch for what trees cost. */
typedef struct measuring {
    bool *delivers;     /* [n_routers] whether a sink of the net at hand is here */
    uint8_t *enters;    /* [n_routers] link that its packets enter by */
    uint32_t *children; /* [n_routers] links they leave by, */
    uint8_t *only_link; /* [n_routers] and the last of them */
    uint32_t *entries;  /* [n_routers] of the routing tables; the layout's */
} measuring;

/* The distinct routers of the sinks of each net. */
static plc_status collect_wires(const plc_hypergraph *graph, const plc_machine *machine,
                                const plc_graph_layout *layout, plc_forest *ret_forest,
                                plc_error *error)
{
    uint64_t n = graph->n_nets ? graph->sink_offsets[graph->n_nets] : 0, k = 0;
    uint32_t *seen = plc_array(machine->n_routers, sizeof *seen);
    plc_status status = seen ? plc_forest_init(ret_forest, graph->n_nets, n, machine, error)
                             : plc_fail_memory(error, "trees");
    for (uint32_t net = 0; status == PLC_OK && net < graph->n_nets; net++) {
        plc_wire *wire = &ret_forest->wires[net];
        *wire = (plc_wire){.root = layout->routers[graph->sources[net]],
                           .weight = graph->weights[net],
                           .begin = k};
        for (uint64_t i = graph->sink_offsets[net]; i < graph->sink_offsets[net + 1]; i++) {
            uint32_t router = layout->routers[graph->sinks[i]];
            if (seen[router] == net + 1)
                continue;
            seen[router] = net + 1;
            ret_forest->terminals[k++] = router;
        }
        wire->n_terminals = (uint32_t)(k - wire->begin);
    }
    free(seen);
    return status;
}

/* Counts the entries of one tree: none where packets only go straight on. */
static void count_entries(const plc_forest *f, const plc_wire *wire, const plc_machine *machine,
                          measuring *m)
{
    enum { NOWHERE = PLC_N_LINKS };
    const plc_tree_link *links = f->links + wire->links;
    const uint32_t *terminals = f->terminals + wire->begin;
    m->children[wire->root] = 0;
    m->enters[wire->root] = NOWHERE;
    for (uint32_t i = 0; i < wire->n_terminals; i++)
        m->delivers[terminals[i]] = true;
    for (uint32_t i = 0; i < wire->n; i++) {
        uint32_t next = (uint32_t)machine->next[links[i].router][links[i].link];
        m->children[links[i].router]++;
        m->only_link[links[i].router] = (uint8_t)links[i].link;
        m->children[next] = 0;
        m->enters[next] = (uint8_t)links[i].link;
    }
    m->entries[wire->root] += wire->n_terminals > 0;
    for (uint32_t i = 0; i < wire->n; i++) {
        uint32_t r = (uint32_t)machine->next[links[i].router][links[i].link];
        m->entries[r] += m->delivers[r] || m->children[r] != 1 || m->only_link[r] != m->enters[r];
    }
    for (uint32_t i = 0; i < wire->n_terminals; i++)
        m->delivers[terminals[i]] = false;
}

/* Hops, copies and loads of all trees. */
static void measure_wires(const plc_hypergraph *graph, const plc_forest *f, plc_map_report *report)
{
    for (uint32_t net = 0; net < graph->n_nets; net++) {
        const plc_wire *wire = &f->wires[net];
        bool home = false;
        for (uint32_t i = 0; i < wire->n_terminals; i++)
            home = home || f->terminals[wire->begin + i] == wire->root;
        report->multicast_hops += wire->weight * wire->n;
        report->copies += wire->weight * (wire->n_terminals - home);
        report->core_copies +=
            wire->weight * (double)(graph->sink_offsets[net + 1] - graph->sink_offsets[net]);
    }
}

/* The sizes of the tables. */
static void measure_tables(const plc_machine *machine, const uint32_t *entries,
                           plc_map_report *report)
{
    const plc_chip *chip = machine->chip;
    plc_fill *fill = &report->fill[PLC_RESOURCE_ROUTER_ENTRIES];
    fill->limit = plc_chip_limit(chip, plc_fill_quantity(PLC_RESOURCE_ROUTER_ENTRIES));
    for (uint32_t r = 0; r < machine->n_routers; r++) {
        report->table_entries += entries[r];
        if (chip->alive[r])
            plc_fill_add(fill, entries[r], r % chip->width, r / chip->width, 0);
    }
    report->table_entries_max = (uint32_t)fill->max;
}

static plc_status measure(const plc_hypergraph *graph, const plc_machine *machine,
                          const plc_forest *f, plc_graph_layout *layout, plc_error *error)
{
    size_t n = machine->n_routers;
    plc_map_report *report = &layout->report;
    layout->entries = plc_array(n, sizeof *layout->entries);
    measuring m = {.delivers = plc_array(n, sizeof *m.delivers),
                   .enters = plc_array(n, 1),
                   .children = plc_array(n, sizeof *m.children),
                   .only_link = plc_array(n, 1),
                   .entries = layout->entries};
    bool ok = m.delivers && m.enters && m.children && m.only_link && m.entries;
    for (uint32_t net = 0; ok && net < graph->n_nets; net++)
        count_entries(f, &f->wires[net], machine, &m);
    for (size_t i = 0; ok && i < n * PLC_N_LINKS; i++)
        if (f->load[i] > report->max_link_load)
            report->max_link_load = f->load[i];
    if (ok)
        measure_tables(machine, m.entries, report);
    if (ok)
        measure_wires(graph, f, report);
    free(m.delivers);
    free(m.enters);
    free(m.children);
    free(m.only_link);
    return ok ? PLC_OK : plc_fail_memory(error, "trees");
}

static uint64_t digest_places(const plc_graph_layout *layout)
{
    uint64_t digest =
        plc_digest_bytes(0, layout->routers, layout->n_vertices * sizeof *layout->routers);
    return plc_digest_bytes(digest, layout->cores, layout->n_vertices * sizeof *layout->cores);
}

/* Takes over the links of a forest. */
static plc_status keep_links(plc_forest *f, plc_graph_layout *layout, plc_error *error)
{
    layout->tree_offsets = plc_array(layout->n_nets + 1ul, sizeof *layout->tree_offsets);
    if (!layout->tree_offsets)
        return plc_fail_memory(error, "trees");
    for (uint32_t net = 0; net < layout->n_nets; net++)
        layout->tree_offsets[net + 1] = layout->tree_offsets[net] + f->wires[net].n;
    layout->links = f->links;
    f->links = NULL;
    layout->digest =
        plc_digest_bytes(digest_places(layout), layout->links, f->n_links * sizeof *layout->links);
    return PLC_OK;
}

/* Trees, loads and table entries of a placement. */
static plc_status route(const plc_hypergraph *graph, const plc_machine *machine, unsigned effort,
                        uint64_t seed, plc_graph_layout *layout, plc_error *error)
{
    plc_forest forest = {0};
    uint32_t unreached;
    layout->report.cores = layout->n_vertices;
    plc_status status = collect_wires(graph, machine, layout, &forest, error);
    if (status == PLC_OK)
        status = plc_forest_grow(&forest, machine, effort, seed, &unreached, error);
    if (status == PLC_OK)
        status = measure(graph, machine, &forest, layout, error);
    if (status == PLC_OK)
        status = keep_links(&forest, layout, error);
    plc_forest_finish(&forest);
    return status;
}

/* Gives the vertices of each router its usable cores, in order. */
static bool number_cores(const plc_chip *chip, plc_graph_layout *layout)
{
    size_t n = (size_t)chip->width * chip->height;
    uint32_t *next = plc_array(n, sizeof *next);
    for (uint32_t v = 0; next && v < layout->n_vertices; v++) {
        uint32_t router = layout->routers[v];
        while (!plc_core_set_has(&chip->cores[router], next[router]))
            next[router]++;
        layout->cores[v] = next[router]++;
    }
    free(next);
    return next != NULL;
}

static uint32_t count_routers(const plc_graph_layout *layout, uint32_t n_routers, plc_error *error,
                              plc_status *ret_status)
{
    bool *used = plc_array(n_routers, sizeof *used);
    uint32_t n = 0;
    *ret_status = used ? PLC_OK : plc_fail_memory(error, "placement");
    for (uint32_t v = 0; used && v < layout->n_vertices; v++) {
        n += !used[layout->routers[v]];
        used[layout->routers[v]] = true;
    }
    free(used);
    return n;
}

/* A legal placement: vertices in order onto routers in order. */
static void fill_in_order(const plc_machine *machine, plc_graph_layout *layout)
{
    uint32_t router = 0, used = 0;
    for (uint32_t v = 0; v < layout->n_vertices; v++) {
        while (used == machine->capacity[router]) {
            router++;
            used = 0;
        }
        layout->routers[v] = router;
        used++;
    }
}

static plc_status check_room(const plc_hypergraph *graph, const plc_machine *machine,
                             plc_error *error)
{
    uint64_t room = 0;
    for (uint32_t r = 0; r < machine->n_routers; r++)
        room += machine->capacity[r];
    if (graph->n_vertices <= room)
        return PLC_OK;
    return plc_fail(error, PLC_DOES_NOT_FIT,
                    "does not fit: cores: the graph needs %u, chip %s has %llu that are connected",
                    graph->n_vertices, plc_chip_name(machine->chip), (unsigned long long)room);
}

static plc_status place(const request *r, plc_graph_layout *layout, plc_error *error)
{
    layout->routers = plc_array(layout->n_vertices, sizeof *layout->routers);
    layout->cores = plc_array(layout->n_vertices, sizeof *layout->cores);
    if (!layout->routers || !layout->cores)
        return plc_fail_memory(error, "placement");
    fill_in_order(r->machine, layout);
    if (r->old)
        return plc_graph_like_place(r->graph, r->machine, r->old, r->effort, layout->routers,
                                    layout->cores, error);
    plc_status status =
        plc_placement_improve(r->graph, r->machine, r->effort, r->seed, layout->routers, error);
    if (status == PLC_OK && !number_cores(r->machine->chip, layout))
        status = plc_fail_memory(error, "placement");
    return status;
}

/* Places and routes, and notes the time of both. */
static plc_status run_passes(const request *r, plc_graph_layout *layout, plc_error *error)
{
    double begin = plc_pass_clock();
    plc_status status = place(r, layout, error);
    double placed = plc_pass_clock();
    if (status == PLC_OK)
        plc_pass_note(&layout->report.passes, r->old ? "like" : "place", placed - begin,
                      digest_places(layout));
    if (status == PLC_OK)
        status = route(r->graph, r->machine, r->effort, r->seed, layout, error);
    if (status == PLC_OK)
        plc_pass_note(&layout->report.passes, "route", plc_pass_clock() - placed, layout->digest);
    return status;
}

/* Names the smallest chip of the same family with room, once the graph was placed on it. No effort
 * fits what effort 0 does not. */
static void suggest_chip(const plc_hypergraph *graph, const plc_chip *chip,
                         const plc_graph_places *old, plc_error *error)
{
    uint32_t step = 0;
    plc_graph_layout layout = {0};
    plc_chip *larger = plc_larger_chip(chip, graph->n_vertices, &step);
    if (larger && plc_place_graph(graph, larger, 0, 1, &layout, NULL) == PLC_OK)
        plc_error_add(error, "; %schip %s would do", old ? "from scratch " : "",
                      plc_chip_name(larger));
    plc_graph_layout_finish(&layout);
    plc_chip_destroy(larger);
}

plc_status plc_place_graph_like(const plc_hypergraph *graph, const plc_chip *chip,
                                const plc_graph_places *old, unsigned effort, uint64_t seed,
                                plc_graph_layout *ret_layout, plc_error *error)
{
    plc_machine machine = {0};
    const request r = {graph, &machine, old, effort, seed};
    plc_graph_layout layout = {.n_vertices = graph->n_vertices, .n_nets = graph->n_nets};
    plc_status status = plc_machine_init(&machine, chip, error);
    if (status == PLC_OK && (status = check_room(graph, &machine, error)) != PLC_OK && error)
        suggest_chip(graph, chip, old, error);
    if (status == PLC_OK)
        status = run_passes(&r, &layout, error);
    if (status == PLC_OK)
        layout.report.chips = count_routers(&layout, machine.n_routers, error, &status);
    plc_machine_finish(&machine);
    if (status == PLC_OK)
        *ret_layout = layout;
    else
        plc_graph_layout_finish(&layout);
    return status;
}

plc_status plc_place_graph(const plc_hypergraph *graph, const plc_chip *chip, unsigned effort,
                           uint64_t seed, plc_graph_layout *ret_layout, plc_error *error)
{
    return plc_place_graph_like(graph, chip, NULL, effort, seed, ret_layout, error);
}
