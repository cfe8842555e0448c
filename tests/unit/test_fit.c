/* The mapper: what fits, and what it says of what does not. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/layout/layout.h"
#include "mapper/rates.h"

#include <criterion/criterion.h>
#include <placode/placode.h>
#include <stdio.h>
#include <string.h>

static plc_status map_text(const char *body, const char *limits, plc_layout **ret_layout,
                           plc_error *error)
{
    char text[1024], chip_text[1024];
    plc_network *network = NULL;
    plc_chip *chip = NULL;
    snprintf(text, sizeof text, "placode: network/1\npopulations:\n%s", body);
    snprintf(chip_text, sizeof chip_text,
             "placode: chip/1\nname: tiny\ngeometry: {width: 3, height: 1, links: 4, wrap: "
             "false}\n%s%s",
             strstr(limits, "cores: ") ? "" : "cores: 2\n", limits);
    cr_assert_eq(plc_network_parse("n", NULL, text, strlen(text), 1, &network, error), PLC_OK, "%s",
                 error->message);
    cr_assert_eq(plc_chip_parse("c", chip_text, strlen(chip_text), &chip, error), PLC_OK, "%s",
                 error->message);
    plc_status status = plc_map(network, chip, NULL, ret_layout, error);
    plc_chip_destroy(chip);
    plc_network_destroy(network);
    return status;
}

static void expect_no_fit(const char *body, const char *limits, const char *message)
{
    plc_error error = {0};
    plc_layout *layout = NULL;
    cr_expect_eq(map_text(body, limits, &layout, &error), PLC_DOES_NOT_FIT, "%s", error.message);
    cr_expect_str_eq(error.message, message);
    plc_layout_destroy(layout);
}

Test(fit, says_which_resource_and_how_much)
{
    expect_no_fit("  - {name: a, size: 100, model: threshold}\n", "limits: {neurons_per_core: 10}",
                  "does not fit: neurons: the network has 100, chip tiny holds 60 (6 cores): "
                  "population a (100); it takes 10 cores or more");
    expect_no_fit(
        "  - {name: a, size: 15, model: threshold}\n  - {name: b, size: 45, model: onoff}\n",
        "limits: {neurons_per_core: 10}",
        "does not fit: cores: chip tiny has 6, the network needs 7 connected ones: "
        "populations b (5), a (2)");
    expect_no_fit(
        "  - {name: a, size: 5, model: threshold}\n"
        "projections: [{from: a, to: a, connector: {type: one_to_one}, weight: 1, delay: 16}]\n",
        "",
        "does not fit: n:4: projections[0]: delay of 16 ticks from population a to a: chip tiny "
        "has 16 ring slots, so "
        "1..15; 17 slots would do, or shorter delays");
    expect_no_fit("  - {name: a, size: 5, model: threshold}\n"
                  "projections: [{from: a, to: a, connector: {type: one_to_one}, weight: 40000}]\n",
                  "",
                  "does not fit: n:4: projections[0]: weight 40000 from population a to a: chip "
                  "tiny has 16-bit weights, "
                  "so -32767..32767; 17 bits would do, or smaller weights");
    expect_no_fit("  - {name: a, size: 50, model: threshold}\n"
                  "projections: [{from: a, to: a, connector: {type: all_to_all}, weight: 1}]\n",
                  "limits: {synapse_memory_per_core: 1000}",
                  "does not fit: synaptic memory: 2500 synapses need 0.01 MB, chip tiny has 0.006 "
                  "MB (6 cores): synapses into population a (2500); it takes 10 cores, or 1667 B a "
                  "core, or more");
    expect_no_fit(
        "  - {name: a, size: 50, model: threshold}\n"
        "projections: [{from: a, to: a, connector: {type: fixed_number_pre, n: 40}, weight: 1}]\n",
        "limits: {synapse_memory_per_core: 5000, neurons_per_core: 10, key_entries_per_core: 2}",
        "does not fit: key-to-row table of core 0 at (0,0), population a: needs 5 entries, chip "
        "tiny has 2: from population a (5); 5 entries a core would do");
    expect_no_fit("  - {name: a, size: 60, model: threshold}\n"
                  "projections: [{from: a, to: a, connector: {type: all_to_all}, weight: 1}]\n",
                  "limits: {neurons_per_core: 10, router_entries: 1}",
                  "does not fit: routing table of router (1,0): needs 3 entries, chip tiny has 1: "
                  "before merging, for population a (6); 3 entries would do");
}

/* What a message says would do, does: the chip is the one named, and nothing else is changed. */
Test(fit, what_would_do_does)
{
    static const char a[] =
        "  - {name: a, size: 15, model: threshold}\n  - {name: b, size: 45, model: onoff}\n";
    static const char wide[] =
        "  - {name: a, size: 60, model: threshold}\n"
        "projections: [{from: a, to: a, connector: {type: fixed_number_pre, n: 4}, weight: "
        "40000, delay: 16}]\n";
    static const char keys[] =
        "  - {name: a, size: 50, model: threshold}\n"
        "projections: [{from: a, to: a, connector: {type: fixed_number_pre, n: 40}, weight: "
        "1}]\n";
    static const char axons[] =
        "  - {name: x, size: 9, model: spike_source_poisson}\n"
        "  - {name: y, size: 5, model: spike_source_poisson}\n"
        "  - {name: a, size: 4, model: threshold}\n"
        "projections: [{from: x, to: a, connector: {type: all_to_all}, weight: 1},\n"
        "  {from: y, to: a, connector: {type: all_to_all}, weight: 1}]\n";
    static const struct {
        const char *body, *short_limits, *long_limits, *says;
    } cases[] = {
        {a, "limits: {neurons_per_core: 10}", "cores: 3\nlimits: {neurons_per_core: 10}",
         "the network needs 7 connected ones"},
        {wide, "limits: {weight_bits: 17, ring_slots: 16}",
         "limits: {weight_bits: 17, ring_slots: 17}", "17 slots would do"},
        {wide, "limits: {weight_bits: 16, ring_slots: 17}",
         "limits: {weight_bits: 17, ring_slots: 17}", "17 bits would do"},
        {keys, "limits: {neurons_per_core: 10, key_entries_per_core: 2}",
         "limits: {neurons_per_core: 10, key_entries_per_core: 5}", "5 entries a core would do"},
        {keys, "limits: {neurons_per_core: 10, router_entries: 1}",
         "limits: {neurons_per_core: 10, router_entries: 3}", "3 entries would do"},
        {axons, "limits: {axons_in_per_core: 10}", "limits: {axons_in_per_core: 14}",
         "from populations x (9), y (5); 14 axons a core would do"},
        {keys, "cores: 17\nlimits: {synapse_memory_per_core: 400, neurons_per_core: 10}",
         "cores: 17\nlimits: {synapse_memory_per_core: 960, neurons_per_core: 10}",
         "960 B a core would do"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        plc_error error = {0};
        plc_layout *layout = NULL;
        cr_expect_eq(map_text(cases[i].body, cases[i].short_limits, &layout, &error),
                     PLC_DOES_NOT_FIT, "case %zu", i);
        cr_expect(strstr(error.message, cases[i].says), "case %zu: %s", i, error.message);
        cr_expect_eq(map_text(cases[i].body, cases[i].long_limits, &layout, &error), PLC_OK,
                     "case %zu: %s", i, error.message);
        plc_layout_destroy(layout);
    }
}

Test(fit, says_when_one_neuron_is_too_much)
{
    plc_error error = {0};
    plc_layout *layout = NULL;
    plc_status status = map_text(
        "  - {name: a, size: 60, model: threshold}\n"
        "projections: [{from: a, to: a, connector: {type: fixed_number_pre, n: 4}, weight: 1}]\n",
        "limits: {neurons_per_core: 10, synapse_memory_per_core: 200}", &layout, &error);
    cr_assert_eq(status, PLC_DOES_NOT_FIT);
    cr_assert(strstr(error.message, "neuron 0 of population a has 4 synapses and may need 50 rows"),
              "%s", error.message);
}

Test(fit, charges_only_the_slices_that_near_sources_may_be_in)
{
    /* A core has no room for 60 rows, but for those of three slices of ten. */
    plc_error error = {0};
    plc_layout *layout = NULL;
    cr_assert_eq(
        map_text("  - {name: a, size: 60, model: threshold}\n"
                 "projections: [{from: a, to: a, connector: {type: one_to_one}, weight: 1}]\n",
                 "limits: {neurons_per_core: 10, synapse_memory_per_core: 600}", &layout, &error),
        PLC_OK, "%s", error.message);
    cr_assert_eq(layout->n_cores, 6);
    cr_assert_eq(layout->n_rows, 60);
    plc_layout_destroy(layout);
}

Test(fit, measures_hops_copies_and_loads)
{
    /* 30 neurons on three chips in a row, everyone to everyone. */
    plc_error error = {0};
    plc_layout *layout = NULL;
    plc_map_report r;
    cr_assert_eq(
        map_text("  - {name: a, size: 60, model: threshold}\n"
                 "projections: [{from: a, to: a, connector: {type: all_to_all}, weight: 1}]\n",
                 "limits: {neurons_per_core: 10}", &layout, &error),
        PLC_OK, "%s", error.message);
    cr_assert_eq(plc_map_measure(layout, NULL, &r, &error), PLC_OK);
    cr_assert(r.cores == 6 && r.chips == 3);
    cr_assert_eq(r.multicast_hops, 120, "%g",
                 r.multicast_hops); /* 20 neurons a chip, trees of two links */
    cr_assert_eq(r.copies, 120);
    cr_assert_eq(r.core_copies, 360);
    cr_assert_eq(r.max_link_load, 40);
    cr_assert(r.table_entries == 7 &&
              r.table_entries_max == 3); /* one for each way out of a chip */

    plc_rates *rates = NULL;
    const char csv[] = "population,neuron,rate\na,0,0.25\na,59,0\n";
    cr_assert_eq(plc_rates_parse("r", csv, strlen(csv), layout->populations, layout->n_populations,
                                 &rates, &error),
                 PLC_OK, "%s", error.message);
    cr_assert_eq(plc_map_measure(layout, rates, &r, &error), PLC_OK);
    cr_assert_eq(r.multicast_hops, 120 - 1.5 - 2);
    plc_rates_destroy(rates);
    plc_layout_destroy(layout);
}

Test(fit, packets_that_nobody_wants_go_nowhere)
{
    plc_error error = {0};
    plc_layout *layout = NULL;
    cr_assert_eq(
        map_text("  - {name: a, size: 30, model: threshold}\n"
                 "  - {name: b, size: 30, model: threshold}\n"
                 "projections: [{from: a, to: b, connector: {type: all_to_all}, weight: 1}]\n",
                 "limits: {neurons_per_core: 10}", &layout, &error),
        PLC_OK, "%s", error.message);
    plc_walk walk;
    cr_assert_eq(plc_walk_init(&walk, layout, NULL), PLC_OK);
    for (uint32_t s = 0; s < layout->n_slices; s++) {
        const plc_slice *slice = &layout->slices[s];
        uint32_t home = layout->cores[slice->core].router;
        cr_assert_eq(plc_walk_packet(&walk, layout, home, slice->key, NULL), PLC_OK);
        cr_assert_eq(walk.n_cores, slice->population == 0 ? 3 : 0);
        cr_assert(slice->population == 0 || walk.n_links == 0);
    }
    plc_walk_finish(&walk);
    plc_layout_destroy(layout);
}

Test(fit, says_what_is_wrong_with_rates)
{
    plc_error error = {0};
    plc_layout *layout = NULL;
    plc_rates *rates = NULL;
    static const char *const cases[][2] = {
        {"a,6,1\n", "r:1: neuron: expected a whole number in 0..4, got \"6\""},
        {"b,0,1\n", "r:1: no population \"b\""},
        {"a,0,2\n", "r:1: rate: expected a number in 0..1, got \"2\""},
    };
    cr_assert_eq(map_text("  - {name: a, size: 5, model: threshold}\n", "", &layout, &error),
                 PLC_OK);
    for (size_t i = 0; i < 3; i++) {
        cr_expect_eq(plc_rates_parse("r", cases[i][0], strlen(cases[i][0]), layout->populations,
                                     layout->n_populations, &rates, &error),
                     PLC_INVALID);
        cr_expect_str_eq(error.message, cases[i][1]);
    }
    plc_layout_destroy(layout);
}

/* Routes go round dead chips and dead links; the default route needs no entries on the way. */
Test(fit, routes_around_what_is_dead)
{
    plc_error error = {0};
    plc_chip *chip = NULL;
    plc_network *network = NULL;
    plc_layout *layout = NULL;
    plc_map_report r;
    plc_violations found = {0};
    const char chip_text[] =
        "placode: chip/1\nname: holes\ngeometry: {width: 3, height: 3, links: 4, wrap: false}\n"
        "cores: 1\nlimits: {neurons_per_core: 1}\ndead: {chips: [[1, 0], [1, 1]]}\n";
    const char text[] =
        "placode: network/1\npopulations: [{name: a, size: 7, model: threshold}]\n"
        "projections: [{from: a, to: a, connector: {type: all_to_all}, weight: 1}]\n";
    cr_assert_eq(plc_chip_parse("c", chip_text, strlen(chip_text), &chip, &error), PLC_OK, "%s",
                 error.message);
    cr_assert_eq(plc_network_parse("n", NULL, text, strlen(text), 1, &network, &error), PLC_OK,
                 "%s", error.message);
    cr_assert_eq(plc_map(network, chip, NULL, &layout, &error), PLC_OK, "%s", error.message);
    cr_assert_eq(plc_verify(network, layout, &found, &error), PLC_OK);
    cr_assert_eq(found.n, 0, "%s", found.messages[0]);
    cr_assert_eq(plc_map_measure(layout, NULL, &r, &error), PLC_OK);
    cr_assert_eq(r.multicast_hops, 7 * 6, "a path of seven chips");
    plc_layout_destroy(layout);
    plc_network_destroy(network);
    plc_chip_destroy(chip);
}

/* Weights of lif_curr_exp are magnitudes of all bits; 2 nA from 8 sources come to 2^12 each. */
Test(fit, weights_of_lif_take_all_bits)
{
    static const char body[] =
        "  - {name: in, size: 8, model: spike_source_poisson}\n"
        "  - {name: a, size: 1, model: lif_curr_exp}\n"
        "projections: [{from: in, to: a, connector: {type: all_to_all}, weight: 2}]\n";
    plc_error error = {0};
    plc_layout *layout = NULL;
    cr_assert_eq(map_text(body, "limits: {weight_bits: 12}", &layout, &error), PLC_OK, "%s",
                 error.message);
    plc_layout_destroy(layout);
    expect_no_fit(body, "limits: {weight_bits: 11}",
                  "does not fit: n:5: projections[0]: weight 2048 from population in to a: chip "
                  "tiny has 11-bit weights, "
                  "so 0..2047; 12 bits would do, or smaller weights");
}

/* The largest weight a resolution makes is 2^15, when rounding brings it there. */
Test(fit, the_largest_lif_weight_fits_sixteen_bits)
{
    plc_error error = {0};
    plc_layout *layout = NULL;
    cr_assert_eq(map_text("  - {name: in, size: 1, model: spike_source_poisson}\n"
                          "  - {name: a, size: 1, model: lif_curr_exp}\n"
                          "projections: [{from: in, to: a, connector: {type: all_to_all}, weight: "
                          "0.999999}]\n",
                          "limits: {weight_bits: 16}", &layout, &error),
                 PLC_OK, "%s", error.message);
    cr_assert_eq(plc_layout_synapse(layout, 0).weight, 32768);
    plc_layout_destroy(layout);
}

/* What chance may make smaller is drawn before it is refused. */
Test(fit, draws_synapses_before_it_refuses_them)
{
    static const char body[] =
        "  - {name: a, size: 50, model: threshold}\n"
        "projections: [{from: a, to: a, connector: {type: fixed_probability, p: 0.5}, weight: "
        "1}]\n";
    static const char limits[] =
        "limits: {synapse_memory_per_core: %u, row_address: 0, row_header: 0, synapse_word: 4}";
    plc_error error = {0};
    plc_layout *layout = NULL;
    char text[128];
    snprintf(text, sizeof text, limits, 4 * 1250 / 6 - 1);
    plc_status status = map_text(body, text, &layout, &error);
    cr_assert(status == PLC_OK || strstr(error.message, "does not fit: cores:"), "%s",
              error.message);
    plc_layout_destroy(layout);
    snprintf(text, sizeof text, limits, 600);
    expect_no_fit(body, text,
                  "does not fit: synaptic memory: at least 1061 synapses need 0.004244 MB, chip "
                  "tiny has 0.0036 MB (6 cores): synapses into population a (1250); it takes 8 "
                  "cores, or 708 B a core, or more");
}

Test(fit, refuses_rates_of_another_layout)
{
    static const char *const bodies[] = {
        "  - {name: a, size: 5, model: threshold}\n", "  - {name: a, size: 4, model: threshold}\n",
        "  - {name: a, size: 5, model: threshold}\n  - {name: b, size: 5, model: threshold}\n"};
    static const char *const messages[] = {"rates: of 4 neurons in population a, the layout has 5",
                                           "rates: of 2 populations, the layout has 1"};
    plc_error error = {0};
    plc_layout *layouts[3] = {NULL};
    for (size_t i = 0; i < 3; i++)
        cr_assert_eq(map_text(bodies[i], "", &layouts[i], &error), PLC_OK);
    for (size_t i = 1; i < 3; i++) {
        plc_rates *rates = NULL;
        plc_map_report report;
        cr_assert_eq(plc_rates_parse("r", "", 0, layouts[i]->populations, layouts[i]->n_populations,
                                     &rates, &error),
                     PLC_OK);
        cr_expect_eq(plc_map_measure(layouts[0], rates, &report, &error), PLC_INVALID);
        cr_expect_str_eq(error.message, messages[i - 1]);
        plc_rates_destroy(rates);
    }
    for (size_t i = 0; i < 3; i++)
        plc_layout_destroy(layouts[i]);
}

/* A ring of many populations of one neuron: the time limit stands for near-linear. */
Test(fit, maps_and_verifies_many_populations, .timeout = 60)
{
    enum { N = 50000 };
    plc_error error = {0};
    plc_network *network = NULL;
    plc_chip *chip = NULL;
    plc_layout *layout = NULL;
    plc_violations found = {0};
    const uint32_t zero = 0;
    plc_synapse_list list = {.n = 1, .sources = &zero, .targets = &zero, .weight = 1, .delay = 1};
    cr_assert_eq(plc_network_create(1, 1, &network, &error), PLC_OK);
    for (uint32_t i = 0; i < N; i++) {
        char name[16];
        snprintf(name, sizeof name, "p%u", i);
        plc_population_spec spec = {.name = name, .size = 1, .model = PLC_THRESHOLD};
        cr_assert_eq(plc_network_add_population(network, &spec, NULL, &error), PLC_OK);
    }
    for (uint32_t i = 0; i < N; i++)
        cr_assert_eq(plc_network_add_projection(network, i, (i + 1) % N, NULL, &list, &error),
                     PLC_OK);
    cr_assert_eq(plc_chip_open("ideal", &chip, &error), PLC_OK);
    cr_assert_eq(plc_map(network, chip, NULL, &layout, &error), PLC_OK, "%s", error.message);
    cr_assert_eq(plc_verify(network, layout, &found, &error), PLC_OK);
    cr_assert_eq(found.n, 0, "%s", found.messages[0]);
    plc_layout_destroy(layout);
    plc_chip_destroy(chip);
    plc_network_destroy(network);
}
