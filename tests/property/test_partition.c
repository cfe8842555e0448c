/* Partitions of whole networks: structure that ids hide is found, limits hold, layouts are proved.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/random.h"
#include "hw/layout/layout.h"
#include "mapper/rates.h"
#include "tests/support/random_network.h"
#include "tests/support/thorough.h"

#include <criterion/criterion.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Synapses from neuron to neuron of one population. */
typedef struct edges {
    uint32_t n_neurons;
    size_t n;
    uint32_t *sources, *targets;
    uint32_t *hidden; /* [n_neurons] the id of a neuron before ids were shuffled */
    uint32_t *id;     /* [n_neurons] and after */
} edges;

static edges make_edges(uint32_t n_neurons, size_t most, bool shuffled, uint64_t seed)
{
    edges e = {n_neurons,           0, calloc(most, 4), calloc(most, 4), calloc(n_neurons, 4),
               calloc(n_neurons, 4)};
    plc_random_key key = plc_random_stream(seed, 1, 0);
    for (uint32_t i = 0; i < n_neurons; i++)
        e.hidden[i] = i;
    for (uint32_t i = n_neurons; shuffled && i > 1; i--) {
        uint32_t j = plc_random_below(plc_random_draw(key, i, 0).word[0], i),
                 last = e.hidden[i - 1];
        e.hidden[i - 1] = e.hidden[j];
        e.hidden[j] = last;
    }
    for (uint32_t i = 0; i < n_neurons; i++)
        e.id[e.hidden[i]] = i;
    return e;
}

static void add_edge(edges *e, uint32_t source, uint32_t target)
{
    e->sources[e->n] = e->id[source];
    e->targets[e->n++] = e->id[target];
}

static void free_edges(edges *e)
{
    free(e->sources);
    free(e->targets);
    free(e->hidden);
    free(e->id);
}

/* Communities: each neuron sends to `inside` of its own and `outside` of others. */
static edges make_communities(uint32_t n, uint32_t size, uint32_t inside, uint32_t outside,
                              bool shuffled, uint64_t seed)
{
    edges e = make_edges(n * size, (size_t)n * size * (inside + outside), shuffled, seed);
    plc_random_key key = plc_random_stream(seed, 2, 0);
    for (uint32_t i = 0; i < n * size; i++)
        for (uint32_t k = 0; k < inside + outside; k++) {
            plc_random r = plc_random_draw(key, i, k);
            uint32_t own = i / size, other = (own + 1 + plc_random_below(r.word[1], n - 1)) % n;
            uint32_t target = plc_random_below(r.word[0], size);
            add_edge(&e, i, (k < inside ? own : other) * size + target);
        }
    return e;
}

/* Layers of equal size, each all to all to the next. */
static edges make_layers(uint32_t n, uint32_t size, bool shuffled, uint64_t seed)
{
    edges e = make_edges(n * size, (size_t)n * size * size, shuffled, seed);
    for (uint32_t l = 0; l + 1 < n; l++)
        for (uint32_t i = 0; i < size; i++)
            for (uint32_t j = 0; j < size; j++)
                add_edge(&e, l * size + i, (l + 1) * size + j);
    return e;
}

static plc_network *make_network(const edges *e)
{
    plc_error error = {0};
    plc_network *network = NULL;
    plc_population_spec spec = {.name = "a", .size = e->n_neurons, .model = PLC_THRESHOLD};
    plc_synapse_list list = {
        .n = e->n, .sources = e->sources, .targets = e->targets, .weight = 1, .delay = 1};
    cr_assert_eq(plc_network_create(1, 1, &network, &error), PLC_OK);
    cr_assert_eq(plc_network_add_population(network, &spec, NULL, &error), PLC_OK, "%s",
                 error.message);
    cr_assert_eq(plc_network_add_projection(network, 0, 0, NULL, &list, &error), PLC_OK, "%s",
                 error.message);
    return network;
}

static plc_chip *make_chip(const char *limits)
{
    char text[300];
    plc_error error = {0};
    plc_chip *chip = NULL;
    snprintf(text, sizeof text,
             "placode: chip/1\nname: small\ngeometry: {width: 4, height: 4, links: 6, wrap: "
             "true}\ncores: 4\nlimits: {%s}\n",
             limits);
    cr_assert_eq(plc_chip_parse("small", text, strlen(text), &chip, &error), PLC_OK, "%s",
                 error.message);
    return chip;
}

/* Maps, proves and measures a network. */
static plc_map_report map_edges(const edges *e, const char *limits, unsigned effort)
{
    plc_error error = {0};
    plc_violations found = {0};
    plc_map_report report;
    plc_network *network = make_network(e);
    plc_chip *chip = make_chip(limits);
    plc_layout *layout = NULL;
    plc_map_settings settings = {.effort = effort, .seed = 1};
    cr_assert_eq(plc_map(network, chip, &settings, &layout, &error), PLC_OK, "%s", error.message);
    cr_assert_eq(plc_layout_check(layout, &error), PLC_OK, "%s", error.message);
    cr_assert_eq(plc_verify(network, layout, &found, &error), PLC_OK);
    cr_assert_eq(found.n, 0, "%s", found.messages[0]);
    cr_assert_eq(plc_map_measure(layout, NULL, &report, &error), PLC_OK);
    plc_layout_destroy(layout);
    plc_chip_destroy(chip);
    plc_network_destroy(network);
    return report;
}

static const char roomy[] = "neurons_per_core: 64, router_entries: unbounded";

/* Cores that the spikes of all neurons reach when each community has a core to itself. */
static double count_planted(const edges *e, uint32_t n, uint32_t size)
{
    double copies = 0;
    bool *reached = calloc((size_t)e->n_neurons * n, sizeof *reached);
    for (size_t k = 0; k < e->n; k++) {
        bool *at = &reached[(size_t)e->sources[k] * n + e->hidden[e->targets[k]] / size];
        copies += !*at;
        *at = true;
    }
    free(reached);
    return copies;
}

Test(partition, finds_planted_communities)
{
    edges e = make_communities(16, 64, 20, 2, true, 5);
    double planted = count_planted(&e, 16, 64);
    plc_map_report found = map_edges(&e, roomy, 1), consecutive = map_edges(&e, roomy, 0);
    cr_expect_eq(found.cores, 16);
    cr_expect_leq(found.core_copies, 1.02 * planted, "%g, planted %g", found.core_copies, planted);
    cr_expect_geq(consecutive.core_copies, 5 * found.core_copies);
    free_edges(&e);
}

Test(partition, leaves_communities_that_are_consecutive)
{
    edges e = make_communities(16, 64, 20, 2, false, 5);
    plc_map_report found = map_edges(&e, roomy, 1);
    cr_expect_leq(found.core_copies, 1.02 * count_planted(&e, 16, 64));
    free_edges(&e);
}

Test(partition, finds_shuffled_layers)
{
    edges ordered = make_layers(10, 100, false, 1), shuffled = make_layers(10, 100, true, 1);
    plc_map_report from_order = map_edges(&ordered, roomy, 0);
    plc_map_report found = map_edges(&shuffled, roomy, 1);
    cr_expect_leq(found.core_copies, 1.02 * from_order.core_copies, "%g, ordered %g",
                  found.core_copies, from_order.core_copies);
    free_edges(&ordered);
    free_edges(&shuffled);
}

/* A core takes in few source neurons: consecutive slices of shuffled ids need far more. */
Test(partition, keeps_to_few_axons)
{
    edges e = make_communities(16, 32, 12, 1, true, 9);
    plc_error error = {0};
    const char limits[] = "neurons_per_core: 40, axons_in_per_core: 110";
    plc_network *network = make_network(&e);
    plc_chip *chip = make_chip(limits);
    plc_layout *layout = NULL;
    plc_map_settings settings = {.effort = 0, .seed = 1};
    cr_assert_eq(plc_map(network, chip, &settings, &layout, &error), PLC_DOES_NOT_FIT);
    cr_expect(strstr(error.message, "incoming axons"), "%s", error.message);
    map_edges(&e, limits, 1);
    plc_chip_destroy(chip);
    plc_network_destroy(network);
    free_edges(&e);
}

/* Rows of all neurons of the source population do not fit, those of a core's own sources do. */
Test(partition, keeps_to_little_memory)
{
    edges e = make_communities(16, 32, 12, 1, true, 9);
    const char limits[] = "neurons_per_core: 40, synapse_memory_per_core: 4000, synapse_word: 4, "
                          "row_address: 4, row_header: 12";
    map_edges(&e, limits, 1);
    free_edges(&e);
}

/* Few routing entries: groups merge until tables hold them. */
Test(partition, groups_fit_small_tables)
{
    edges e = make_communities(16, 32, 12, 3, true, 4);
    static const char *const limits[] = {
        "neurons_per_core: 32, router_entries: 400", "neurons_per_core: 32, router_entries: 60",
        "neurons_per_core: 32, router_entries: 16",
        "neurons_per_core: 32, router_entries: 200, key_entries_per_core: 30"};
    double copies = 0;
    for (size_t i = 0; i < 3; i++) {
        plc_map_report r = map_edges(&e, limits[i], 1);
        cr_expect_geq(r.core_copies, copies, "fewer entries, more copies");
        copies = r.core_copies;
    }
    map_edges(&e, limits[3], 1);
    free_edges(&e);
}

/* A pair that spikes is kept together at the expense of many that do not. */
Test(partition, rates_decide_what_stays_together)
{
    enum { N = 16 };
    plc_error error = {0};
    char csv[600] = "population,neuron,rate\n";
    edges e = make_edges(N, (size_t)N * N, false, 1);
    for (uint32_t i = 0; i < N; i++) /* ids far apart speak, near ones are silent */
        for (uint32_t j = 0; j < N; j++)
            if (j != i)
                add_edge(&e, i, i < N / 2 ? (i + 8) % N : j);
    for (uint32_t i = N / 2; i < N; i++)
        snprintf(csv + strlen(csv), sizeof csv - strlen(csv), "a,%u,0\n", i);
    plc_network *network = make_network(&e);
    plc_chip *chip = make_chip("neurons_per_core: 4");
    plc_rates *rates = NULL;
    plc_layout *layouts[2] = {NULL};
    plc_map_report reports[2];
    cr_assert_eq(plc_network_resolve(network, &error), PLC_OK);
    plc_population populations[1] = {{.name = (char[]){"a"}, .size = N}};
    cr_assert_eq(plc_rates_parse("r", csv, strlen(csv), populations, 1, &rates, &error), PLC_OK,
                 "%s", error.message);
    for (int i = 0; i < 2; i++) {
        plc_map_settings settings = {.effort = 1, .seed = 1, .rates = i ? rates : NULL};
        cr_assert_eq(plc_map(network, chip, &settings, &layouts[i], &error), PLC_OK);
        cr_assert_eq(plc_map_measure(layouts[i], rates, &reports[i], &error), PLC_OK);
        plc_layout_destroy(layouts[i]);
    }
    cr_expect_eq(reports[1].copies, 0, "%g", reports[1].copies);
    cr_expect_leq(reports[1].core_copies, reports[0].core_copies);
    plc_rates_destroy(rates);
    plc_chip_destroy(chip);
    plc_network_destroy(network);
    free_edges(&e);
}

static const char *const tight[] = {"neurons_per_core: 40",
                                    "neurons_per_core: 25, axons_in_per_core: 400",
                                    "neurons_per_core: 60, router_entries: 64",
                                    "neurons_per_core: 30, models_per_core: 1",
                                    "neurons_per_core: 60, synapse_memory_per_core: 20000",
                                    "neurons_per_core: 50, "
                                    "key_entries_per_core: 40"};

/* Every layout of every effort is its network within the limits. */
Test(partition, every_layout_is_its_network, .timeout = 250)
{
    unsigned fitted = 0, n = 0;
    for (uint64_t i = 0; i < plc_thorough(60, 18); i++) {
        plc_error error = {0};
        plc_violations found = {0};
        plc_network *network = random_network(i);
        plc_chip *chip = make_chip(tight[i % 6]);
        bool fits_consecutive = false;
        for (unsigned effort = 0; effort < 2; effort++, n++) {
            plc_layout *layout = NULL;
            plc_map_settings settings = {.effort = effort, .seed = i};
            plc_status status = plc_map(network, chip, &settings, &layout, &error);
            cr_assert(status == PLC_OK || status == PLC_DOES_NOT_FIT, "%s", error.message);
            cr_expect(status == PLC_OK || !fits_consecutive, "case %u: %s", (unsigned)i,
                      error.message);
            fits_consecutive = status == PLC_OK;
            if (status != PLC_OK)
                continue;
            fitted++;
            cr_assert_eq(plc_layout_check(layout, &error), PLC_OK, "%s", error.message);
            cr_assert_eq(plc_verify(network, layout, &found, &error), PLC_OK);
            cr_assert_eq(found.n, 0, "case %u, effort %u: %s", (unsigned)i, effort,
                         found.messages[0]);
            plc_layout_destroy(layout);
        }
        plc_chip_destroy(chip);
        plc_network_destroy(network);
    }
    cr_expect_gt(fitted, n / 2, "only %u of %u fitted", fitted, n);
}

static uint64_t digest_of(const edges *e, uint64_t seed)
{
    plc_error error = {0};
    plc_network *network = make_network(e);
    plc_chip *chip = make_chip("neurons_per_core: 32");
    plc_layout *layout = NULL;
    plc_map_settings settings = {.effort = 1, .seed = seed};
    uint64_t digest = 0;
    if (plc_map(network, chip, &settings, &layout, &error) == PLC_OK)
        digest = plc_layout_digest(layout);
    plc_layout_destroy(layout);
    plc_chip_destroy(chip);
    plc_network_destroy(network);
    return digest;
}

Test(partition, is_the_same_on_every_thread)
{
    uint64_t digests[4] = {0};
    edges e = make_communities(12, 32, 8, 3, true, 2);
    digests[3] = digest_of(&e, 6);
#pragma omp parallel for num_threads(3)
    for (int i = 0; i < 3; i++)
        digests[i] = digest_of(&e, 6);
    cr_assert_neq(digests[0], 0);
    for (int i = 1; i < 4; i++)
        cr_assert_eq(digests[i], digests[0]);
    free_edges(&e);
}
