/* Multicast trees. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/tree.h"

#include "base/error.h"
#include "base/memory.h"

plc_status plc_tree_init(plc_tree *tree, const plc_machine *machine, plc_error *error)
{
    size_t n = machine->n_routers;
    *tree = (plc_tree){.machine = machine};
    tree->nodes = plc_array(n, sizeof *tree->nodes);
    tree->parents = plc_array(n, sizeof *tree->parents);
    tree->links = plc_array(n, sizeof *tree->links);
    tree->stamp = plc_array(n, sizeof *tree->stamp);
    tree->node_of = plc_array(n, sizeof *tree->node_of);
    tree->order = plc_array(n, sizeof *tree->order);
    tree->tally = plc_array(n + 2, sizeof *tree->tally);
    plc_status status = PLC_OK;
    if (!tree->nodes || !tree->parents || !tree->links || !tree->stamp || !tree->node_of ||
        !tree->order || !tree->tally)
        status = plc_fail_memory(error, "trees");
    else if (plc_reach_suits(machine))
        status = plc_reach_init(&tree->reach, machine, error);
    if (status != PLC_OK)
        plc_tree_finish(tree);
    return status;
}

void plc_tree_finish(plc_tree *tree)
{
    free(tree->nodes);
    free(tree->parents);
    free(tree->links);
    free(tree->stamp);
    free(tree->node_of);
    free(tree->order);
    free(tree->tally);
    plc_reach_finish(&tree->reach);
    *tree = (plc_tree){0};
}

/* Sorts terminals by distance from the root into tree->order; equals keep their order. O(terminals
 * + hops) */
static void sort_terminals(plc_tree *tree, uint32_t root, const uint32_t *terminals, uint32_t n)
{
    const plc_machine *m = tree->machine;
    uint32_t most = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t hops = plc_machine_hops(m, root, terminals[i]);
        hops = hops < m->n_routers ? hops : m->n_routers; /* out of reach: last */
        most = hops > most ? hops : most;
    }
    memset(tree->tally, 0, (most + 2) * sizeof *tree->tally);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t hops = plc_machine_hops(m, root, terminals[i]);
        tree->tally[(hops < most ? hops : most) + 1]++;
    }
    for (uint32_t h = 0; h < most; h++)
        tree->tally[h + 1] += tree->tally[h];
    for (uint32_t i = 0; i < n; i++) {
        uint32_t hops = plc_machine_hops(m, root, terminals[i]);
        tree->order[tree->tally[hops < most ? hops : most]++] = terminals[i];
    }
}

static void add_node(plc_tree *tree, uint32_t router, uint32_t parent, unsigned link)
{
    tree->stamp[router] = tree->number;
    tree->node_of[router] = tree->n_nodes;
    tree->nodes[tree->n_nodes] = router;
    tree->parents[tree->n_nodes] = parent;
    tree->links[tree->n_nodes++] = (uint8_t)link;
}

/* How little a tree wants to enter a router from a neighbour, by the link that leads there. */
static double reluctance(const plc_tree *tree, uint32_t before, unsigned link)
{
    uint32_t node = tree->node_of[before];
    bool straight = node > 0 && tree->links[node] == link;
    return tree->load ? tree->load[before * PLC_N_LINKS + link] : straight ? 0 : 1;
}

/* The neighbour of a router from which the tree steps onto it, with the link that leads there; -1
 * if there is none. */
static int32_t adjacent_router(const plc_tree *tree, uint32_t router, unsigned *ret_link)
{
    const plc_machine *m = tree->machine;
    int32_t found = -1;
    double least = 0;
    for (unsigned link = 0; link < PLC_N_LINKS; link++) {
        int32_t before = m->next[router][link];
        unsigned back = (link + 3) % PLC_N_LINKS;
        if (before < 0 || tree->stamp[before] != tree->number ||
            m->next[before][back] != (int32_t)router)
            continue;
        double cost = reluctance(tree, (uint32_t)before, back);
        if (found < 0 || cost < least) {
            found = before;
            least = cost;
            *ret_link = back;
        }
    }
    return found;
}

/* The node of the tree nearest to a terminal; the one added last among equals, which leaves more
 * room for sharing. */
static uint32_t nearest_node(const plc_tree *tree, uint32_t terminal, uint32_t *ret_hops)
{
    const plc_machine *m = tree->machine;
    uint32_t best = UINT32_MAX, node = 0, column = m->column[terminal];
    for (uint32_t i = tree->n_nodes; i-- > 0 && best > 1;) {
        uint32_t hops = m->near[m->row[tree->nodes[i]] + column];
        if (hops < best) {
            best = hops;
            node = i;
        }
    }
    *ret_hops = best;
    return node;
}

/* The first link of a shortest path from a router to another; of several that of the lowest rank.
 */
static unsigned first_link(const plc_tree *tree, uint32_t router, uint32_t terminal, uint32_t hops)
{
    const plc_machine *m = tree->machine;
    unsigned best = PLC_N_LINKS;
    for (unsigned link = 0; link < PLC_N_LINKS; link++) {
        int32_t next = m->next[router][link];
        if (next < 0 || plc_machine_hops(m, (uint32_t)next, terminal) != hops - 1)
            continue;
        if (!tree->rank)
            return link;
        if (best == PLC_N_LINKS || tree->rank[next] < tree->rank[m->next[router][best]])
            best = link;
    }
    return best;
}

/* Adds the routers of a shortest path from a node to a terminal. */
static void add_path(plc_tree *tree, uint32_t node, uint32_t terminal, uint32_t hops)
{
    for (; hops > 0; hops--) {
        uint32_t router = tree->nodes[node];
        unsigned link = first_link(tree, router, terminal, hops);
        add_node(tree, (uint32_t)tree->machine->next[router][link], node, link);
        node = tree->n_nodes - 1;
    }
}

/* A small machine's tree: what hangs where is chosen now, so that packets go straight on where they
 * can, because a router that only hands on needs no entry. */
static uint32_t grow_small(plc_tree *tree, uint32_t root, const uint32_t *terminals, uint32_t n)
{
    uint64_t set = 0;
    uint8_t nodes[PLC_REACH_ROUTERS];
    for (uint32_t i = 0; i < n; i++)
        set |= UINT64_C(1) << terminals[i];
    uint32_t n_nodes = plc_reach_grow(&tree->reach, root, set, tree->rank, nodes);
    for (uint32_t i = 1; i < n_nodes; i++) {
        unsigned link;
        int32_t before = adjacent_router(tree, nodes[i], &link);
        add_node(tree, nodes[i], tree->node_of[before], link);
    }
    return n_nodes ? n_nodes - 1 : UINT32_MAX;
}

uint32_t plc_tree_grow(plc_tree *tree, uint32_t root, const uint32_t *terminals, uint32_t n)
{
    if (++tree->number == 0) {
        memset(tree->stamp, 0, tree->machine->n_routers * sizeof *tree->stamp);
        tree->number = 1;
    }
    tree->n_nodes = 0;
    add_node(tree, root, 0, 0);
    if (tree->reach.beside)
        return grow_small(tree, root, terminals, n);
    sort_terminals(tree, root, terminals, n);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t hops, terminal = tree->order[i];
        unsigned link;
        if (tree->stamp[terminal] == tree->number)
            continue;
        int32_t before = adjacent_router(tree, terminal, &link);
        if (before >= 0) {
            add_node(tree, terminal, tree->node_of[before], link);
            continue;
        }
        uint32_t node = nearest_node(tree, terminal, &hops);
        if (hops >= PLC_UNREACHABLE)
            return UINT32_MAX;
        add_path(tree, node, terminal, hops);
    }
    return tree->n_nodes - 1;
}
