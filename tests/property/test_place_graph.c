/* Placing hypergraphs: every tree reaches its sinks over live links, the figures are those of the
 * trees, and optima are found where they are known. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/random.h"
#include "mapper/place_graph.h"
#include "mapper/tree.h"
#include "tests/support/random_network.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A graph of n vertices whose nets have 1 to `widest` random sinks. */
static plc_hypergraph random_graph(uint32_t n, uint32_t widest, uint64_t seed)
{
    plc_random_key key = plc_random_stream(seed, 0x9247, 0);
    plc_hypergraph g = {.n_vertices = n, .n_nets = n};
    g.sources = calloc(n, sizeof *g.sources);
    g.weights = calloc(n, sizeof *g.weights);
    g.sink_offsets = calloc(n + 1ul, sizeof *g.sink_offsets);
    g.sinks = calloc((size_t)n * widest, sizeof *g.sinks);
    for (uint32_t e = 0; e < n; e++) {
        uint64_t k = g.sink_offsets[e];
        uint32_t wanted = 1 + plc_random_below(plc_random_draw(key, e, 0).word[0], widest);
        g.sources[e] = e;
        g.weights[e] = 1 + e % 3;
        for (uint32_t i = 0; i < wanted; i++) {
            uint32_t sink = plc_random_below(plc_random_draw(key, e, 1 + i).word[0], n);
            bool seen = sink == e;
            for (uint64_t j = g.sink_offsets[e]; j < k; j++)
                seen = seen || g.sinks[j] == sink;
            if (!seen)
                g.sinks[k++] = sink;
        }
        g.sink_offsets[e + 1] = k;
    }
    return g;
}

/* Walks every tree again over the chip's own links. */
static void check_trees(const plc_hypergraph *g, const plc_chip *chip,
                        const plc_graph_layout *layout)
{
    bool *seen = malloc((size_t)chip->width * chip->height);
    double hops = 0;
    for (uint32_t e = 0; e < g->n_nets; e++) {
        memset(seen, 0, (size_t)chip->width * chip->height);
        seen[layout->routers[g->sources[e]]] = true;
        for (uint64_t k = layout->tree_offsets[e]; k < layout->tree_offsets[e + 1]; k++) {
            const plc_tree_link *link = &layout->links[k];
            int64_t next = plc_chip_neighbour(chip, link->router, link->link);
            cr_assert(seen[link->router] && next >= 0 && !seen[next], "net %u", e);
            seen[next] = true;
            hops += g->weights[e];
        }
        for (uint64_t k = g->sink_offsets[e]; k < g->sink_offsets[e + 1]; k++)
            cr_assert(seen[layout->routers[g->sinks[k]]], "net %u misses a sink", e);
    }
    cr_assert_float_eq(hops, layout->report.multicast_hops, 1e-6 * hops);
    free(seen);
}

static void check_cores(const plc_chip *chip, const plc_graph_layout *layout)
{
    plc_core_set *used = calloc((size_t)chip->width * chip->height, sizeof *used);
    for (uint32_t v = 0; v < layout->n_vertices; v++) {
        plc_core_set *set = &used[layout->routers[v]];
        cr_assert(plc_core_set_has(&chip->cores[layout->routers[v]], layout->cores[v]), "vertex %u",
                  v);
        cr_assert_not(plc_core_set_has(set, layout->cores[v]), "vertex %u", v);
        plc_core_set_add(set, layout->cores[v]);
    }
    free(used);
}

Test(place_graph, every_tree_reaches_its_sinks, .timeout = 250)
{
    unsigned fitted = 0;
    for (uint64_t i = 0; i < 26; i++) {
        plc_hypergraph g = random_graph(5 + (uint32_t)i * 2, 1 + (uint32_t)(i % 9), i);
        plc_chip *chip = random_chip(i);
        plc_graph_layout layout = {0};
        plc_error error = {0};
        plc_status status = plc_place_graph(&g, chip, i % 2, 1, &layout, &error);
        cr_assert(status == PLC_OK || status == PLC_DOES_NOT_FIT, "case %llu: %s",
                  (unsigned long long)i, error.message);
        if (status == PLC_OK) {
            check_trees(&g, chip, &layout);
            check_cores(chip, &layout);
            fitted++;
        }
        plc_graph_layout_finish(&layout);
        plc_chip_destroy(chip);
        plc_hypergraph_finish(&g);
    }
    cr_assert_gt(fitted, 15);
}

Test(place_graph, is_the_same_twice_and_differs_by_seed)
{
    plc_hypergraph g = random_graph(60, 6, 3);
    plc_chip *chip = NULL;
    uint64_t digests[3];
    cr_assert_eq(plc_chip_open("hextorus:4x4:4", &chip, NULL), PLC_OK);
    for (int i = 0; i < 3; i++) {
        plc_graph_layout layout = {0};
        cr_assert_eq(plc_place_graph(&g, chip, 1, i == 2 ? 9 : 1, &layout, NULL), PLC_OK);
        digests[i] = layout.digest;
        plc_graph_layout_finish(&layout);
    }
    cr_assert_eq(digests[0], digests[1]);
    cr_assert_neq(digests[0], digests[2]);
    plc_chip_destroy(chip);
    plc_hypergraph_finish(&g);
}

/* A ring on a ring: each vertex next to its successor, 12 links in all. */
Test(place_graph, finds_the_ring)
{
    plc_hypergraph g = {.n_vertices = 12, .n_nets = 12};
    plc_chip *chip = NULL;
    plc_graph_layout layout = {0};
    g.sources = calloc(12, sizeof *g.sources);
    g.weights = calloc(12, sizeof *g.weights);
    g.sink_offsets = calloc(13, sizeof *g.sink_offsets);
    g.sinks = calloc(12, sizeof *g.sinks);
    for (uint32_t i = 0; i < 12; i++) { /* i -> i + 5: a ring in shuffled order */
        g.sources[i] = i;
        g.weights[i] = 1;
        g.sinks[i] = (i + 5) % 12;
        g.sink_offsets[i + 1] = i + 1;
    }
    cr_assert_eq(plc_chip_open("torus:12x1:1", &chip, NULL), PLC_OK);
    cr_assert_eq(plc_place_graph(&g, chip, 1, 1, &layout, NULL), PLC_OK);
    cr_assert_eq(layout.report.multicast_hops, 12, "%g", layout.report.multicast_hops);
    plc_graph_layout_finish(&layout);
    plc_chip_destroy(chip);
    plc_hypergraph_finish(&g);
}

/* Links of a smallest tree from router 0 to a set of terminals, by trying all sets of routers:
 * small machines only. */
static uint32_t smallest_tree(const plc_machine *m, uint32_t terminals)
{
    uint32_t best = UINT32_MAX;
    for (uint32_t set = 0; set < 1u << m->n_routers; set++) {
        if ((set & terminals) != terminals || !(set & 1))
            continue;
        uint32_t reached = 1, before = 0;
        while (reached != before) {
            before = reached;
            for (uint32_t r = 0; r < m->n_routers; r++)
                for (unsigned link = 0; (reached >> r & 1) && link < PLC_N_LINKS; link++)
                    if (m->next[r][link] >= 0)
                        reached |= set & 1u << m->next[r][link];
        }
        uint32_t links = (uint32_t)__builtin_popcount(set) - 1;
        if (reached == set && links < best)
            best = links;
    }
    return best;
}

Test(place_graph, trees_are_nearly_the_smallest)
{
    plc_chip *chip = NULL;
    plc_machine m = {0};
    plc_tree tree = {0};
    uint32_t grown = 0, smallest = 0;
    cr_assert_eq(plc_chip_open("hexmesh:4x3:1", &chip, NULL), PLC_OK);
    cr_assert_eq(plc_machine_init(&m, chip, NULL), PLC_OK);
    cr_assert_eq(plc_tree_init(&tree, &m, NULL), PLC_OK);
    for (uint32_t set = 2; set < 1u << 12; set += 26) {
        uint32_t terminals[12], n = 0;
        for (uint32_t r = 0; r < 12; r++)
            if (set >> r & 1)
                terminals[n++] = r;
        uint32_t links = plc_tree_grow(&tree, 0, terminals, n), least = smallest_tree(&m, set);
        cr_assert_geq(links, least);
        grown += links;
        smallest += least;
    }
    cr_assert_leq(grown, smallest * 1.05, "%u links, %u would do", grown, smallest);
    plc_tree_finish(&tree);
    plc_machine_finish(&m);
    plc_chip_destroy(chip);
}

/* Distances looked up are those of a search over the links, on whole machines and on machines with
 * holes. */
Test(place_graph, distances_are_those_of_a_search)
{
    for (uint64_t i = 0; i < 13; i++) {
        plc_chip *chip = random_chip(i);
        plc_machine m = {0};
        cr_assert_eq(plc_machine_init(&m, chip, NULL), PLC_OK);
        uint32_t *hops = malloc(m.n_routers * sizeof *hops),
                 *queue = malloc(m.n_routers * sizeof *queue), n = 0;
        uint32_t from = 0;
        while (!chip->alive[from])
            from++;
        memset(hops, 0xff, m.n_routers * sizeof *hops);
        hops[from] = 0;
        queue[n++] = from;
        for (uint32_t k = 0; k < n; k++)
            for (unsigned link = 0; link < PLC_N_LINKS; link++) {
                int64_t next = plc_chip_neighbour(chip, queue[k], link);
                if (next >= 0 && hops[next] == UINT32_MAX) {
                    hops[next] = hops[queue[k]] + 1;
                    queue[n++] = (uint32_t)next;
                }
            }
        for (uint32_t r = 0; r < m.n_routers; r++)
            if (hops[r] != UINT32_MAX)
                cr_assert_eq(plc_machine_hops(&m, from, r), hops[r], "chip %s, router %u",
                             plc_chip_name(chip), r);
        free(hops);
        free(queue);
        plc_machine_finish(&m);
        plc_chip_destroy(chip);
    }
}
