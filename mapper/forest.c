/* Growing forests. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/forest.h"

#include "base/error.h"
#include "base/memory.h"
#include "mapper/chance.h"
#include "mapper/tree.h"

/* What each effort does: growths of each tree, and passes that spread the load. */
static const struct {
    uint32_t tries, passes;
} efforts[] = {{1, 1}, {4, 4}, {16, 16}, {64, 64}};

plc_status plc_forest_init(plc_forest *forest, uint32_t n_wires, uint64_t n_terminals,
                           const plc_machine *machine, plc_error *error)
{
    *forest = (plc_forest){
        .n_wires = n_wires,
        .wires = plc_array(n_wires, sizeof *forest->wires),
        .terminals = plc_array(n_terminals, sizeof *forest->terminals),
        .load = plc_array((size_t)machine->n_routers * PLC_N_LINKS, sizeof *forest->load)};
    if (forest->wires && forest->terminals && forest->load)
        return PLC_OK;
    plc_forest_finish(forest);
    return plc_fail_memory(error, "trees");
}

void plc_forest_finish(plc_forest *forest)
{
    free(forest->wires);
    free(forest->terminals);
    free(forest->links);
    free(forest->load);
    *forest = (plc_forest){0};
}

/* What the growing works with. */
typedef struct growing {
    plc_forest *forest;
    const plc_machine *machine;
    plc_tree tree;
    plc_chance chance;
    float *rank;            /* [n_routers] of ties, see plc_tree */
    plc_tree_link *shorter; /* [n_routers] the shortest tree of the wire at hand */
    size_t capacity;        /* of the forest's links */
} growing;

/* Grows a wire's tree; false when a terminal is out of reach. */
static bool grow(growing *g, const plc_wire *wire)
{
    const uint32_t *terminals = g->forest->terminals + wire->begin;
    return plc_tree_grow(&g->tree, wire->root, terminals, wire->n_terminals) != UINT32_MAX;
}

/* Writes the links of the tree at hand. */
static void copy_links(const plc_tree *tree, plc_tree_link *ret_links)
{
    for (uint32_t i = 1; i < tree->n_nodes; i++)
        ret_links[i - 1] = (plc_tree_link){tree->nodes[tree->parents[i]], tree->links[i]};
}

/* Adds a tree's packets to the load of its links, or takes them away. */
static void add_load(growing *g, const plc_tree_link *links, uint32_t n, double weight)
{
    for (uint32_t i = 0; i < n; i++)
        g->forest->load[links[i].router * PLC_N_LINKS + links[i].link] += weight;
}

/* Grows the first tree, in which packets go straight on where they can, and others with ties broken
 * at random; the first of the shortest is kept. */
static bool grow_short(growing *g, plc_wire *wire, uint32_t tries)
{
    plc_tree_link *links = g->forest->links + wire->links;
    g->tree.rank = NULL;
    if (!grow(g, wire))
        return false;
    wire->n = g->tree.n_nodes - 1;
    copy_links(&g->tree, links);
    g->tree.rank = g->rank;
    for (uint32_t i = 1; i < tries && wire->n > wire->n_terminals; i++) {
        for (uint32_t r = 0; r < g->machine->n_routers; r++)
            g->rank[r] = (float)(plc_chance_draw(&g->chance) >> 40);
        if (grow(g, wire) && g->tree.n_nodes - 1 < wire->n) {
            wire->n = g->tree.n_nodes - 1;
            copy_links(&g->tree, links);
        }
    }
    g->tree.rank = NULL;
    return true;
}

/* Grows all trees, one after the other. */
static plc_status grow_all(growing *g, uint32_t tries, uint32_t *ret_unreached, plc_error *error)
{
    plc_forest *f = g->forest;
    for (uint32_t w = 0; w < f->n_wires; w++) {
        f->wires[w].links = f->n_links;
        if (!plc_array_reserve(&f->links, &g->capacity, f->n_links + g->machine->n_routers,
                               sizeof *f->links))
            return plc_fail_memory(error, "trees");
        if (!grow_short(g, &f->wires[w], tries)) {
            *ret_unreached = w;
            return plc_fail(error, PLC_DOES_NOT_FIT, "does not fit: links: no path for net %u", w);
        }
        f->n_links += f->wires[w].n;
        add_load(g, f->links + f->wires[w].links, f->wires[w].n, f->wires[w].weight);
    }
    return PLC_OK;
}

static double busiest(const growing *g)
{
    double most = 0;
    for (uint32_t i = 0; i < g->machine->n_routers * PLC_N_LINKS; i++)
        most = g->forest->load[i] > most ? g->forest->load[i] : most;
    return most;
}

/* What a tree's links are charged for their load: the fourth power makes the busiest count. */
static double charge(const growing *g, const plc_tree_link *links, uint32_t n, double weight,
                     double most)
{
    double sum = 0;
    for (uint32_t i = 0; i < n; i++) {
        double load =
            (g->forest->load[links[i].router * PLC_N_LINKS + links[i].link] + weight) / most;
        sum += load * load * load * load;
    }
    return sum;
}

static bool crosses(const growing *g, const plc_wire *wire, double limit)
{
    const plc_tree_link *links = g->forest->links + wire->links;
    for (uint32_t i = 0; i < wire->n; i++)
        if (g->forest->load[links[i].router * PLC_N_LINKS + links[i].link] > limit)
            return true;
    return false;
}

/* Ranks routers by the packets that enter them. */
static void rank_by_load(growing *g)
{
    const plc_machine *m = g->machine;
    memset(g->rank, 0, m->n_routers * sizeof *g->rank);
    for (uint32_t r = 0; r < m->n_routers; r++)
        for (unsigned link = 0; link < PLC_N_LINKS; link++)
            if (m->next[r][link] >= 0)
                g->rank[m->next[r][link]] += (float)g->forest->load[r * PLC_N_LINKS + link];
}

/* Grows one tree around what is busy, and keeps it if that helps. */
static void reroute(growing *g, plc_wire *wire, double most)
{
    plc_tree_link *links = g->forest->links + wire->links;
    add_load(g, links, wire->n, -wire->weight);
    if (grow(g, wire) && g->tree.n_nodes - 1 <= wire->n) {
        uint32_t n = g->tree.n_nodes - 1;
        copy_links(&g->tree, g->shorter);
        if (n < wire->n || charge(g, g->shorter, n, wire->weight, most) <
                               charge(g, links, wire->n, wire->weight, most)) {
            memcpy(links, g->shorter, n * sizeof *links);
            wire->n = n;
        }
    }
    add_load(g, links, wire->n, wire->weight);
}

/* Takes trees off the busiest links, as long as that helps. Those that cross none keep the shape in
 * which packets go straight on. */
static void spread_load(growing *g, uint32_t passes)
{
    static const double busy = 0.6; /* of the most */
    g->tree.rank = g->rank;
    g->tree.load = g->forest->load;
    for (uint32_t pass = 0; pass < passes; pass++) {
        double most = busiest(g);
        rank_by_load(g);
        for (uint32_t w = 0; w < g->forest->n_wires; w++)
            if (crosses(g, &g->forest->wires[w], busy * most))
                reroute(g, &g->forest->wires[w], most);
    }
}

/* Loads from nothing, free of what adding and taking away rounds off; and links without gaps. */
static void settle(growing *g)
{
    plc_forest *f = g->forest;
    uint64_t n = 0;
    memset(f->load, 0, (size_t)g->machine->n_routers * PLC_N_LINKS * sizeof *f->load);
    for (uint32_t w = 0; w < f->n_wires; w++) {
        memmove(f->links + n, f->links + f->wires[w].links, f->wires[w].n * sizeof *f->links);
        f->wires[w].links = n;
        add_load(g, f->links + n, f->wires[w].n, f->wires[w].weight);
        n += f->wires[w].n;
    }
    f->n_links = n;
}

plc_status plc_forest_grow(plc_forest *forest, const plc_machine *machine, unsigned effort,
                           uint64_t seed, uint32_t *ret_unreached, plc_error *error)
{
    growing g = {.forest = forest,
                 .machine = machine,
                 .rank = plc_array(machine->n_routers, sizeof *g.rank),
                 .shorter = plc_array(machine->n_routers, sizeof *g.shorter)};
    plc_chance_init(&g.chance, seed, 0xf04e57);
    plc_status status = g.rank && g.shorter ? plc_tree_init(&g.tree, machine, error)
                                            : plc_fail_memory(error, "trees");
    if (status == PLC_OK)
        status = grow_all(&g, efforts[effort].tries, ret_unreached, error);
    if (status == PLC_OK) {
        spread_load(&g, efforts[effort].passes);
        settle(&g);
    }
    plc_tree_finish(&g.tree);
    free(g.rank);
    free(g.shorter);
    return status;
}
