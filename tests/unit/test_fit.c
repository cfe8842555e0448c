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
             "false}\ncores: 2\n%s",
             limits);
    cr_assert_eq(plc_network_parse("n", NULL, text, strlen(text), 1, &network, error), PLC_OK, "%s",
                 error->message);
    cr_assert_eq(plc_chip_parse("c", chip_text, strlen(chip_text), &chip, error), PLC_OK, "%s",
                 error->message);
    plc_status status = plc_map(network, chip, ret_layout, error);
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
                  "does not fit: neurons: the network has 100, chip tiny holds 60 (6 cores)");
    expect_no_fit(
        "  - {name: a, size: 15, model: threshold}\n  - {name: b, size: 45, model: onoff}\n",
        "limits: {neurons_per_core: 10}",
        "does not fit: cores: chip tiny has 6, and all are full when population b has 5 of its 45 "
        "neurons left");
    expect_no_fit(
        "  - {name: a, size: 5, model: threshold}\n"
        "projections: [{from: a, to: a, connector: {type: one_to_one}, weight: 1, delay: 16}]\n",
        "",
        "does not fit: n:4: projections[0]: delay of 16 ticks: chip tiny has 16 ring slots, so "
        "1..15");
    expect_no_fit("  - {name: a, size: 5, model: threshold}\n"
                  "projections: [{from: a, to: a, connector: {type: one_to_one}, weight: 40000}]\n",
                  "",
                  "does not fit: n:4: projections[0]: weight 40000: chip tiny has 16-bit weights, "
                  "so -32767..32767");
    expect_no_fit("  - {name: a, size: 50, model: threshold}\n"
                  "projections: [{from: a, to: a, connector: {type: all_to_all}, weight: 1}]\n",
                  "limits: {synapse_memory_per_core: 1000}",
                  "does not fit: synaptic memory: 2500 synapses need 0.01 MB, chip tiny has 0.006 "
                  "MB (6 cores)");
    expect_no_fit(
        "  - {name: a, size: 50, model: threshold}\n"
        "projections: [{from: a, to: a, connector: {type: fixed_number_pre, n: 40}, weight: 1}]\n",
        "limits: {synapse_memory_per_core: 5000, neurons_per_core: 10, key_entries_per_core: 2}",
        "does not fit: key-to-row table of core 0 at (0,0), population a: needs 5 entries, chip "
        "tiny has 2");
    expect_no_fit("  - {name: a, size: 60, model: threshold}\n"
                  "projections: [{from: a, to: a, connector: {type: all_to_all}, weight: 1}]\n",
                  "limits: {neurons_per_core: 10, router_entries: 3}",
                  "does not fit: routing table of router (0,0): needs 6 entries, chip tiny has 3");
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
    cr_assert(
        strstr(error.message, "neuron 0 of population a has 4 synapses from 60 source neurons"),
        "%s", error.message);
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
    cr_assert(r.table_entries == 18 && r.table_entries_max == 6);

    plc_rates *rates = NULL;
    const char csv[] = "population,neuron,rate\na,0,0.25\na,59,0\n";
    cr_assert_eq(plc_rates_parse("r", csv, strlen(csv), layout, &rates, &error), PLC_OK, "%s",
                 error.message);
    cr_assert_eq(plc_map_measure(layout, rates, &r, &error), PLC_OK);
    cr_assert_eq(r.multicast_hops, 120 - 1.5 - 2);
    plc_rates_destroy(rates);
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
        cr_expect_eq(plc_rates_parse("r", cases[i][0], strlen(cases[i][0]), layout, &rates, &error),
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
    cr_assert_eq(plc_map(network, chip, &layout, &error), PLC_OK, "%s", error.message);
    cr_assert_eq(plc_verify(network, layout, &found, &error), PLC_OK);
    cr_assert_eq(found.n, 0, "%s", found.messages[0]);
    cr_assert_eq(plc_map_measure(layout, NULL, &r, &error), PLC_OK);
    cr_assert_eq(r.multicast_hops, 7 * 6, "a path of seven chips");
    plc_layout_destroy(layout);
    plc_network_destroy(network);
    plc_chip_destroy(chip);
}
