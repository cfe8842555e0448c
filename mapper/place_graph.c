/* Placing and routing a hypergraph. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/place_graph.h"

#include "base/digest.h"
#include "base/error.h"
#include "base/memory.h"
#include "mapper/cluster.h"
#include "mapper/tree.h"

/* Time that each effort may take, by the estimate of move_time() [ns]. */
static const double budgets[] = {0, 0.2e9, 0.9e9, 50e9};

void plc_graph_layout_finish(plc_graph_layout *layout)
{
    free(layout->routers);
    free(layout->cores);
    free(layout->tree_offsets);
    free(layout->links);
    *layout = (plc_graph_layout){0};
}

/* About what a move costs [ns]: the trees of all bundles that two vertices are in. */
static double move_time(const plc_bundles *bundles, uint32_t n_vertices, uint32_t n_routers)
{
    double sum = 0;
    for (uint32_t b = 0; b < bundles->n; b++) {
        double sinks = (double)(bundles->sink_offsets[b + 1] - bundles->sink_offsets[b]);
        double sources = (double)(bundles->source_offsets[b + 1] - bundles->source_offsets[b]);
        double terminals = sinks < n_routers ? sinks : n_routers,
               trees = sources < n_routers ? sources : n_routers;
        sum += (sinks + sources) * trees * (terminals > 1 ? 10 + 25 * terminals : 6);
    }
    return 200 + 2 * sum / (n_vertices ? n_vertices : 1);
}

/* What the steps of placing share. */
typedef struct placing {
    const plc_hypergraph *graph;
    const plc_machine *machine;
    uint64_t seed;
    plc_bundles bundles;  /* of the vertices */
    uint32_t *cluster_of; /* [n_vertices] */
    uint32_t *routers;    /* [n_vertices] result */
    double cost;          /* of the result */
} placing;

/* Anneals the clusters as wholes, one a router, and puts the vertices where their clusters went. */
static plc_status place_clusters(placing *p, double budget, uint32_t *routers, plc_error *error)
{
    uint32_t n = p->machine->n_routers;
    plc_bundles bundles = {0};
    uint32_t *place = plc_array(n, sizeof *place), *one = plc_array(n, sizeof *one);
    plc_status status = place && one ? plc_bundles_make(p->graph, p->cluster_of, &bundles, error)
                                     : plc_fail_memory(error, "clusters");
    for (uint32_t r = 0; status == PLC_OK && r < n; r++) {
        place[r] = r;
        one[r] = 1;
    }
    bool alike = true; /* clusters of one size may change places */
    for (uint32_t r = 1; r < n; r++)
        alike = alike && p->machine->capacity[r] == p->machine->capacity[0];
    if (status == PLC_OK && alike && bundles.n) {
        double cost;
        plc_anneal_settings settings = {.seed = p->seed,
                                        .begin = 0.15,
                                        .moves = (uint64_t)(budget / move_time(&bundles, n, n))};
        status = plc_anneal(&bundles, n, p->machine, one, &settings, place, &cost, error);
    }
    for (uint32_t v = 0; status == PLC_OK && v < p->graph->n_vertices; v++)
        routers[v] = place[p->cluster_of[v]];
    plc_bundles_finish(&bundles);
    free(place);
    free(one);
    return status;
}

/* Anneals the vertices from where they are and keeps the result if it is the best so far. */
static plc_status place_vertices(placing *p, double budget, double begin, uint32_t *routers,
                                 plc_error *error)
{
    uint32_t n = p->graph->n_vertices;
    double cost = 0;
    plc_anneal_settings settings = {
        .seed = p->seed,
        .begin = begin,
        .moves = (uint64_t)(budget / move_time(&p->bundles, n, p->machine->n_routers))};
    plc_status status = plc_anneal(&p->bundles, n, p->machine, p->machine->capacity, &settings,
                                   routers, &cost, error);
    if (status == PLC_OK && (p->cost < 0 || cost < p->cost)) {
        p->cost = cost;
        memcpy(p->routers, routers, n * sizeof *routers);
    }
    return status;
}

/* Two ways, of which the better counts: clusters first and then the vertices with little heat; or
 * the vertices alone. */
static plc_status place(placing *p, unsigned effort, plc_error *error)
{
    uint32_t n = p->graph->n_vertices, most = 0;
    uint32_t *routers = plc_array(n, sizeof *routers);
    plc_status status = routers ? plc_bundles_make(p->graph, NULL, &p->bundles, error)
                                : plc_fail_memory(error, "placement");
    if (status == PLC_OK)
        status = plc_cluster(&p->bundles, n, p->machine->capacity, p->machine->n_routers,
                             p->cluster_of, error);
    for (uint32_t r = 0; r < p->machine->n_routers; r++)
        most = p->machine->capacity[r] > most ? p->machine->capacity[r] : most;
    double share = most == 1 ? 0 : 1.0 / 3; /* clusters of one vertex are vertices */
    if (status == PLC_OK)
        status = place_clusters(p, share * budgets[effort], routers, error);
    if (status == PLC_OK)
        status = place_vertices(p, share * budgets[effort], 0.7, routers, error);
    if (status == PLC_OK && effort > 0)
        status = place_vertices(p, (1 - 2 * share) * budgets[effort], 0.55, routers, error);
    free(routers);
    return status;
}

/* ---- trees and figures ---- */

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

plc_status plc_place_graph(const plc_hypergraph *graph, const plc_chip *chip, unsigned effort,
                           uint64_t seed, plc_graph_layout *ret_layout, plc_error *error)
{
    plc_machine machine = {0};
    plc_graph_layout layout = {.n_vertices = graph->n_vertices, .n_nets = graph->n_nets};
    plc_status status = plc_machine_init(&machine, chip, error);
    uint64_t room = 0;
    for (uint32_t r = 0; r < machine.n_routers; r++)
        room += machine.capacity[r];
    if (status == PLC_OK && graph->n_vertices > room)
        status =
            plc_fail(error, PLC_DOES_NOT_FIT,
                     "does not fit: cores: the graph needs %u, chip %s has %llu that are connected",
                     graph->n_vertices, plc_chip_name(chip), (unsigned long long)room);
    layout.routers = plc_array(graph->n_vertices, sizeof *layout.routers);
    layout.cores = plc_array(graph->n_vertices, sizeof *layout.cores);
    placing p = {.graph = graph,
                 .machine = &machine,
                 .seed = seed,
                 .routers = layout.routers,
                 .cost = -1,
                 .cluster_of = plc_array(graph->n_vertices, sizeof *p.cluster_of)};
    if (status == PLC_OK && (!layout.routers || !layout.cores || !p.cluster_of))
        status = plc_fail_memory(error, "placement");
    if (status == PLC_OK)
        status = place(&p, effort, error);
    if (status == PLC_OK && !number_cores(chip, &layout))
        status = plc_fail_memory(error, "placement");
    if (status == PLC_OK)
        status = route(graph, &machine, &layout, error);
    if (status == PLC_OK)
        layout.report.chips = count_routers(&layout, machine.n_routers, error, &status);
    plc_bundles_finish(&p.bundles);
    free(p.cluster_of);
    plc_machine_finish(&machine);
    if (status == PLC_OK)
        *ret_layout = layout;
    else
        plc_graph_layout_finish(&layout);
    return status;
}
