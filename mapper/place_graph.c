/* Placing and routing a hypergraph. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/place_graph.h"

#include "base/digest.h"
#include "base/error.h"
#include "base/memory.h"
#include "mapper/placement.h"
#include "mapper/tree.h"

void plc_graph_layout_finish(plc_graph_layout *layout)
{
    free(layout->routers);
    free(layout->cores);
    free(layout->tree_offsets);
    free(layout->links);
    *layout = (plc_graph_layout){0};
}

/* Whether a node of a tree needs no entry: it delivers nothing and hands on in the direction it was
 * entered by. */
static bool is_default(const plc_tree *tree, uint32_t node, const uint32_t *children,
                       const uint8_t *only_link, const bool *delivers)
{
    return node > 0 && children[node] == 1 && only_link[node] == tree->links[node] &&
           !delivers[tree->nodes[node]];
}

/* Scratch for measuring trees. */
typedef struct measuring {
    plc_tree tree;
    uint32_t *terminals, *children; /* [n_routers] */
    uint8_t *only_link;             /* [n_routers] link to the last child of a node */
    bool *delivers;                 /* [n_routers] */
    uint32_t *entries;              /* [n_routers] */
    double *load;                   /* [n_routers * PLC_N_LINKS] */
    uint64_t n_links;
    size_t capacity;
} measuring;

static uint32_t collect_terminals(const plc_hypergraph *graph, uint32_t net,
                                  const uint32_t *routers, measuring *m)
{
    uint32_t n = 0;
    for (uint64_t k = graph->sink_offsets[net]; k < graph->sink_offsets[net + 1]; k++) {
        uint32_t router = routers[graph->sinks[k]];
        if (!m->delivers[router]) {
            m->delivers[router] = true;
            m->terminals[n++] = router;
        }
    }
    return n;
}

/* Writes the links of the tree at hand and adds its packets to the figures. */
static bool add_tree(measuring *m, double weight, plc_graph_layout *layout)
{
    const plc_tree *tree = &m->tree;
    if (!plc_array_reserve(&layout->links, &m->capacity, m->n_links + tree->n_nodes,
                           sizeof *layout->links))
        return false;
    memset(m->children, 0, tree->n_nodes * sizeof *m->children);
    for (uint32_t i = 1; i < tree->n_nodes; i++) {
        uint32_t parent = tree->parents[i];
        m->children[parent]++;
        m->only_link[parent] = tree->links[i];
        layout->links[m->n_links++] = (plc_tree_link){tree->nodes[parent], tree->links[i]};
        m->load[tree->nodes[parent] * PLC_N_LINKS + tree->links[i]] += weight;
    }
    for (uint32_t i = 0; i < tree->n_nodes; i++)
        m->entries[tree->nodes[i]] += !is_default(tree, i, m->children, m->only_link, m->delivers);
    return true;
}

static plc_status route_net(const plc_hypergraph *graph, uint32_t net, measuring *m,
                            plc_graph_layout *layout, plc_error *error)
{
    uint32_t root = layout->routers[graph->sources[net]];
    uint32_t n = collect_terminals(graph, net, layout->routers, m);
    double weight = graph->weights[net];
    plc_status status = PLC_OK;
    if (n && plc_tree_grow(&m->tree, root, m->terminals, n) == UINT32_MAX)
        status = plc_fail(error, PLC_DOES_NOT_FIT, "does not fit: links: no path for net %u", net);
    else if (n && !add_tree(m, weight, layout))
        status = plc_fail_memory(error, "trees");
    if (status == PLC_OK && n) {
        layout->report.multicast_hops += weight * (m->tree.n_nodes - 1);
        layout->report.copies += weight * (n - m->delivers[root]);
        layout->report.core_copies +=
            weight * (double)(graph->sink_offsets[net + 1] - graph->sink_offsets[net]);
    }
    for (uint32_t i = 0; i < n; i++)
        m->delivers[m->terminals[i]] = false;
    layout->tree_offsets[net + 1] = m->n_links;
    return status;
}

static void sum_up(const plc_machine *machine, const measuring *m, plc_graph_layout *layout)
{
    plc_map_report *report = &layout->report;
    for (uint32_t r = 0; r < machine->n_routers; r++) {
        report->table_entries += m->entries[r];
        report->table_entries_max =
            m->entries[r] > report->table_entries_max ? m->entries[r] : report->table_entries_max;
        for (unsigned link = 0; link < PLC_N_LINKS; link++)
            if (m->load[r * PLC_N_LINKS + link] > report->max_link_load)
                report->max_link_load = m->load[r * PLC_N_LINKS + link];
    }
    report->cores = layout->n_vertices;
    layout->digest =
        plc_digest_bytes(0, layout->routers, layout->n_vertices * sizeof *layout->routers);
    layout->digest =
        plc_digest_bytes(layout->digest, layout->cores, layout->n_vertices * sizeof *layout->cores);
    layout->digest =
        plc_digest_bytes(layout->digest, layout->links, m->n_links * sizeof *layout->links);
}

/* Trees, loads and table entries of a placement. */
static plc_status route(const plc_hypergraph *graph, const plc_machine *machine,
                        plc_graph_layout *layout, plc_error *error)
{
    size_t n = machine->n_routers;
    measuring m = {.terminals = plc_array(n, sizeof *m.terminals),
                   .children = plc_array(n, sizeof *m.children),
                   .only_link = plc_array(n, 1),
                   .delivers = plc_array(n, sizeof *m.delivers),
                   .entries = plc_array(n, sizeof *m.entries),
                   .load = plc_array(n * PLC_N_LINKS, sizeof *m.load)};
    layout->tree_offsets = plc_array(graph->n_nets + 1ul, sizeof *layout->tree_offsets);
    bool ok = m.terminals && m.children && m.only_link && m.delivers && m.entries && m.load &&
              layout->tree_offsets;
    plc_status status =
        ok ? plc_tree_init(&m.tree, machine, error) : plc_fail_memory(error, "trees");
    for (uint32_t net = 0; status == PLC_OK && net < graph->n_nets; net++)
        status = route_net(graph, net, &m, layout, error);
    if (status == PLC_OK)
        sum_up(machine, &m, layout);
    plc_tree_finish(&m.tree);
    free(m.terminals);
    free(m.children);
    free(m.only_link);
    free(m.delivers);
    free(m.entries);
    free(m.load);
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

plc_status plc_place_graph(const plc_hypergraph *graph, const plc_chip *chip, unsigned effort,
                           uint64_t seed, plc_graph_layout *ret_layout, plc_error *error)
{
    plc_machine machine = {0};
    plc_graph_layout layout = {.n_vertices = graph->n_vertices, .n_nets = graph->n_nets};
    plc_status status = plc_machine_init(&machine, chip, error);
    if (status == PLC_OK)
        status = check_room(graph, &machine, error);
    layout.routers = plc_array(graph->n_vertices, sizeof *layout.routers);
    layout.cores = plc_array(graph->n_vertices, sizeof *layout.cores);
    if (status == PLC_OK && (!layout.routers || !layout.cores))
        status = plc_fail_memory(error, "placement");
    if (status == PLC_OK) {
        fill_in_order(&machine, &layout);
        status = plc_placement_improve(graph, &machine, effort, seed, layout.routers, error);
    }
    if (status == PLC_OK && !number_cores(chip, &layout))
        status = plc_fail_memory(error, "placement");
    if (status == PLC_OK)
        status = route(graph, &machine, &layout, error);
    if (status == PLC_OK)
        layout.report.chips = count_routers(&layout, machine.n_routers, error, &status);
    plc_machine_finish(&machine);
    if (status == PLC_OK)
        *ret_layout = layout;
    else
        plc_graph_layout_finish(&layout);
    return status;
}
