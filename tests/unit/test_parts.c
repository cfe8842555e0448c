/* Partitions of neurons: costs against a recount, results against the best of all. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "base/random.h"
#include "mapper/mapping.h"
#include "mapper/parts.h"
#include "mapper/refine.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

enum { NEURONS_MAX = 64, PARTS_MAX = 8 };

/* A network of two populations and random synapses, and a chip whose cores hold few neurons. */
typedef struct fixture {
    plc_network *network;
    plc_chip *chip;
    plc_mapping mapping;
    uint32_t n;
} fixture;

static uint32_t draw(uint64_t number, uint32_t index, uint32_t n)
{
    return plc_random_below(plc_random_draw(plc_random_stream(number, 77, 0), index, 0).word[0], n);
}

static fixture set_up(uint64_t number, uint32_t n_a, uint32_t n_b, uint32_t synapses,
                      uint32_t neurons_per_core)
{
    fixture f = {.n = n_a + n_b};
    plc_error error = {0};
    plc_text text = {0};
    char chip[160];
    plc_text_add(&text,
                 "placode: network/1\npopulations:\n"
                 "  - {name: a, size: %u, model: threshold}\n"
                 "  - {name: b, size: %u, model: threshold}\nprojections:\n",
                 n_a, n_b);
    for (unsigned i = 0; i < 4; i++)
        plc_text_add(&text,
                     "  - {from: %c, to: %c, connector: {type: fixed_total_number, n: %u}, "
                     "weight: 1}\n",
                     "ab"[i / 2], "ab"[i % 2], synapses / 4);
    snprintf(chip, sizeof chip,
             "placode: chip/1\nname: c\ngeometry: {width: 4, height: 4, links: 4, wrap: true}\n"
             "cores: 1\nlimits: {neurons_per_core: %u}\n",
             neurons_per_core);
    cr_assert_eq(plc_network_parse("n", NULL, text.data, text.n, number, &f.network, &error),
                 PLC_OK, "%s", error.message);
    cr_assert_eq(plc_network_resolve(f.network, &error), PLC_OK);
    cr_assert_eq(plc_chip_parse("c", chip, strlen(chip), &f.chip, &error), PLC_OK, "%s",
                 error.message);
    plc_text_finish(&text);
    f.mapping =
        (plc_mapping){.network = f.network, .chip = f.chip, .settings = {.effort = 1, .seed = 1}};
    cr_assert_eq(plc_map_partition(&f.mapping, &error), PLC_OK, "%s", error.message);
    return f;
}

static void tear_down(fixture *f)
{
    plc_mapping_finish(&f->mapping);
    plc_network_destroy(f->network);
    plc_chip_destroy(f->chip);
}

/* Copies of a partition, straight from the synapses. */
static int64_t recount(const fixture *f, const uint32_t *part_of)
{
    bool reached[NEURONS_MAX][PARTS_MAX] = {{false}};
    const uint32_t *first = f->mapping.first_neuron;
    int64_t copies = 0;
    for (size_t i = 0; i < f->network->n_projections; i++) {
        const plc_projection *p = &f->network->projections[i];
        for (uint32_t s = 0; s < f->network->populations[p->source].size; s++)
            for (uint64_t k = p->offsets[s]; k < p->offsets[s + 1]; k++)
                reached[first[p->source] + s][part_of[first[p->target] + p->targets[k]]] = true;
    }
    for (uint32_t v = 0; v < f->n; v++)
        for (uint32_t part = 0; part < PARTS_MAX; part++)
            copies += reached[v][part] && part != part_of[v];
    return copies;
}

static void check_moves(fixture *f, uint64_t number, uint32_t n_parts)
{
    plc_error error = {0};
    plc_neuron_graph graph = {0};
    plc_parts parts;
    uint32_t part_of[NEURONS_MAX], models[PARTS_MAX];
    memset(models, 0xff, sizeof models);
    plc_part_limits limits = {UINT64_MAX, UINT64_MAX, UINT64_MAX, 0, models};
    for (uint32_t v = 0; v < f->n; v++)
        part_of[v] = draw(number, v, n_parts);
    cr_assert_eq(plc_neuron_graph_make(&f->mapping, &graph, &error), PLC_OK);
    cr_assert_eq(plc_parts_init(&parts, &graph, n_parts, &limits, part_of, &error), PLC_OK);
    int64_t unit = (int64_t)graph.scale;
    cr_assert_eq(parts.cost, unit * recount(f, part_of));
    for (uint32_t i = 0; i < 300; i++) {
        uint32_t v = draw(number, 1000 + 2 * i, f->n), to = draw(number, 1001 + 2 * i, n_parts), n;
        int64_t base, value, before = parts.cost;
        if (to == parts.part_of[v])
            continue;
        plc_parts_rank(&parts, v, &n, &base);
        value = base;
        for (uint32_t k = 0; k < n; k++)
            value += parts.ranked[k] == to ? parts.value[to] : 0;
        int64_t gain = plc_parts_gain(&parts, v, to);
        plc_parts_move(&parts, v, to);
        part_of[v] = to;
        cr_assert_eq(value, gain, "case %u, move %u", (unsigned)number, i);
        cr_assert_eq(before - parts.cost, gain);
        cr_assert_eq(parts.cost, unit * recount(f, part_of));
    }
    plc_parts_finish(&parts);
    plc_neuron_graph_finish(&graph);
}

Test(parts, costs_are_those_of_a_recount)
{
    for (uint64_t i = 0; i < 40; i++) {
        fixture f = set_up(i, 20 + draw(i, 1, 20), 1 + draw(i, 2, 20), 4 * draw(i, 3, 100), 64);
        check_moves(&f, i, 2 + draw(i, 4, PARTS_MAX - 1));
        tear_down(&f);
    }
}

/* Clusters of clusters cost what their neurons do. */
Test(parts, coarse_graphs_cost_the_same)
{
    for (uint64_t i = 0; i < 40; i++) {
        plc_error error = {0};
        fixture f = set_up(i, 30, 10, 4 * draw(i, 3, 60), 64);
        plc_neuron_graph graph = {0}, coarse = {0};
        plc_parts parts;
        uint32_t cluster_of[NEURONS_MAX], part_of[NEURONS_MAX], coarse_part[8], models[PARTS_MAX];
        memset(models, 0xff, sizeof models);
        plc_part_limits limits = {UINT64_MAX, UINT64_MAX, UINT64_MAX, 0, models};
        for (uint32_t c = 0; c < 8; c++)
            coarse_part[c] = draw(i, 100 + c, 3);
        for (uint32_t v = 0; v < f.n; v++) {
            cluster_of[v] = draw(i, 200 + v, 8);
            part_of[v] = coarse_part[cluster_of[v]];
        }
        cr_assert_eq(plc_neuron_graph_make(&f.mapping, &graph, &error), PLC_OK);
        cr_assert_eq(plc_neuron_graph_coarsen(&graph, cluster_of, 8, &coarse, &error), PLC_OK);
        cr_assert_eq(plc_parts_init(&parts, &coarse, 3, &limits, coarse_part, &error), PLC_OK);
        cr_assert_eq(parts.cost, (int64_t)graph.scale * recount(&f, part_of), "case %u",
                     (unsigned)i);
        plc_parts_finish(&parts);
        plc_neuron_graph_finish(&graph);
        plc_neuron_graph_finish(&coarse);
        tear_down(&f);
    }
}

/* The least copies of any partition into parts of at most `most` neurons. */
static int64_t find_best(const fixture *f, uint32_t n_parts, uint32_t most, uint32_t *part_of,
                         uint32_t v, uint32_t *filled, int64_t best)
{
    if (v == f->n) {
        int64_t copies = recount(f, part_of);
        return copies < best ? copies : best;
    }
    for (uint32_t part = 0; part < n_parts; part++) {
        if (filled[part] == most)
            continue;
        part_of[v] = part;
        filled[part]++;
        best = find_best(f, n_parts, most, part_of, v + 1, filled, best);
        filled[part]--;
        if (filled[part] == 0)
            break; /* empty parts are all the same */
    }
    return best;
}

/* Tiny networks: the search reaches the optimum nearly always, and its claims are a recount's. */
Test(parts, tiny_networks_get_the_best_partition, .timeout = 120)
{
    enum { CASES = 40 };
    unsigned reached = 0;
    for (uint64_t i = 0; i < CASES; i++) {
        plc_error error = {0};
        uint32_t most = 3 + (uint32_t)(i % 2), part_of[NEURONS_MAX], filled[PARTS_MAX] = {0};
        fixture f = set_up(100 + i, 6, 3, 12 + 4 * draw(i, 3, 5), most);
        plc_mapping *m = &f.mapping;
        cr_assert_eq(plc_map_repartition(m, &error), PLC_OK, "%s", error.message);
        int64_t best = find_best(&f, (uint32_t)m->n_cores, most, part_of, 0, filled, INT64_MAX);
        const plc_assignment *a = m->improved.core_of ? &m->improved : &m->consecutive;
        int64_t claimed = (int64_t)(a->copies + 0.5);
        cr_assert_eq(claimed, recount(&f, a->core_of), "case %u", (unsigned)i);
        cr_assert_geq(claimed, best);
        reached += claimed == best;
        tear_down(&f);
    }
    cr_expect_geq(reached, CASES - 1, "%u of %d", reached, CASES);
}
