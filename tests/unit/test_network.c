/* Networks: declaring, reading, and what errors say. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/neuron/lif.h"
#include "net/network.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const char head[] =
    "placode: network/1\npopulations:\n"
    "  - {name: a, size: 4, model: spike_source_array, spikes: {1: [3, 1, 3], 3: [0]}}\n"
    "  - {name: b, size: 5, model: lif_curr_exp}\n"
    "  - {name: c, size: 3, model: onoff}\n";

static plc_status parse(const char *text, plc_network **ret_network, plc_error *error)
{
    return plc_network_parse("n.yaml", NULL, text, strlen(text), 1, ret_network, error);
}

/* The error of the head followed by more lines. */
static void expect_error(const char *more, const char *message)
{
    char text[2048];
    plc_error error = {0};
    plc_network *network = NULL;
    snprintf(text, sizeof text, "%s%s", head, more);
    plc_status status = parse(text, &network, &error);
    if (status == PLC_OK)
        status = plc_network_resolve(network, &error);
    cr_expect_neq(status, PLC_OK, "no error for: %s", more);
    cr_expect_str_eq(error.message, message);
    plc_network_destroy(network);
}

Test(network, reads_populations_and_stimuli)
{
    plc_network *network = NULL;
    plc_error error = {0};
    cr_assert_eq(parse(head, &network, &error), PLC_OK, "%s", error.message);
    cr_assert_eq(plc_network_n_populations(network), 3);
    cr_assert_eq(plc_network_n_neurons(network), 12);
    cr_assert_str_eq(plc_network_population_name(network, 1), "b");
    const plc_population *a = &network->populations[0];
    cr_assert_eq(a->spike_offsets[4], 3, "a repeated spike counts once");
    cr_assert(a->spike_ticks[0] == 1 && a->spike_ticks[1] == 3 && a->spike_ticks[2] == 0);
    plc_network_destroy(network);
}

Test(network, says_what_is_wrong_and_where)
{
    expect_error("  - {name: d, size: -3, model: onoff}\n",
                 "n.yaml:6: size: expected a whole number in 1..2147483647, got \"-3\"");
    expect_error("  - {name: d, sise: 3, model: onoff}\n",
                 "n.yaml:6: populations[3]: unknown key \"sise\"; expected name, size, model, "
                 "params, period, phase, "
                 "random or spikes");
    expect_error("  - {name: a, size: 3, model: onoff}\n",
                 "n.yaml:6: populations[3]: name: \"a\" stands twice");
    expect_error("  - {name: d, size: 3, model: izhikevich}\n",
                 "n.yaml:6: model: expected spike_source_array, spike_source_poisson, "
                 "lif_curr_exp, onoff or "
                 "threshold, got \"izhikevich\"");
    expect_error("  - {name: d, size: 3, model: lif_curr_exp, params: {tau_q: 3}}\n",
                 "n.yaml:6: params: unknown key \"tau_q\"; expected tau_m, cm, v_rest, v_reset, "
                 "v_thresh, tau_refrac, "
                 "tau_syn_E, tau_syn_I, i_offset or v_init");
    expect_error("  - {name: d, size: 3, model: lif_curr_exp, params: {tau_m: 0}}\n",
                 "n.yaml:6: populations[3]: tau_m: expected a number in 0.001..1000000 ms, got 0");
    expect_error("  - {name: d, size: 3, model: onoff, period: 2, phase: 2}\n",
                 "n.yaml:6: populations[3]: phase: expected 0..1 (below the period), got 2");
    expect_error("  - {name: d, size: 3, model: onoff, random: 4}\n",
                 "n.yaml:6: random: expected a whole number in 1..3, got \"4\"");
}

Test(network, says_what_is_wrong_with_projections)
{
    expect_error("projections:\n  - {from: a, to: x, connector: {type: one_to_one}, weight: 1}\n",
                 "n.yaml:7: to: no population \"x\"");
    expect_error("projections:\n  - {from: a, to: b, connector: {type: one_to_many}, weight: 1}\n",
                 "n.yaml:7: connector: type: expected one_to_one, all_to_all, fixed_probability, "
                 "fixed_number_pre, "
                 "fixed_number_post, fixed_total_number or from_list, got \"one_to_many\"");
    expect_error("projections:\n  - {from: a, to: b, connector: {type: fixed_probability, p: 2}, "
                 "weight: 1}\n",
                 "n.yaml:7: p: expected a number in 0..1, got \"2\"");
    expect_error("projections:\n  - {from: a, to: b, connector: {type: one_to_one}}\n",
                 "n.yaml:7: missing key \"weight\"");
    expect_error(
        "projections:\n  - {from: a, to: b, connector: {type: one_to_one}, weight: 1, delay: 0}\n",
        "n.yaml:7: delay: expected 1..255 ms (1..255 ticks), got 0");
    expect_error("projections:\n  - {from: b, to: a, connector: {type: one_to_one}, weight: 1}\n",
                 "n.yaml:7: to: a is a spike_source_array, which receives no spikes");
    expect_error("projections:\n  - {from: a, to: b, connector: {type: one_to_one}, weight: 1, "
                 "receptor: nmda}\n",
                 "n.yaml:7: receptor: expected excitatory or inhibitory, got \"nmda\"");
    expect_error("projections:\n  - {from: a, to: b, connector: {type: one_to_one}, weight: -1}\n",
                 "n.yaml:7: projections[0]: weight: expected at least 0 on receptor excitatory, "
                 "got -1; inhibition is "
                 "receptor: inhibitory");
    expect_error(
        "projections:\n  - {from: a, to: c, connector: {type: one_to_one}, weight: 0.5}\n",
        "n.yaml:7: projections[0]: weight: expected a whole number of at most 31 bits, got 0.5");
    expect_error(
        "projections:\n  - {from: a, to: b, connector: {type: fixed_number_pre, n: 5}, weight: "
        "1}\n",
        "n.yaml:7: projections[0]: n: expected at most 4 (drawn without replacement), got 5");
    expect_error(
        "projections:\n  - {from: a, to: b, connector: {type: from_list, file: nowhere.csv}}\n",
        "n.yaml:7: file: nowhere.csv: No such file or directory");
}

Test(network, refuses_what_memory_cannot_hold)
{
    plc_network *network = NULL;
    plc_error error = {0};
    const char text[] =
        "placode: network/1\npopulations: [{name: a, size: 1000000, model: lif_curr_exp}]\n"
        "projections: [{from: a, to: a, connector: {type: all_to_all}, weight: 1}]\n";
    cr_assert_eq(parse(text, &network, &error), PLC_OK, "%s", error.message);
    cr_assert_eq(plc_network_n_synapses(network), UINT64_C(1000000000000));
    cr_assert_eq(plc_network_resolve(network, &error), PLC_NO_MEMORY);
    cr_assert(strstr(error.message, "n.yaml:3: projections[0]: about 1e+12 synapses need"), "%s",
              error.message);
    plc_network_destroy(network);
}

static const plc_projection *resolve_first(plc_network **ret_network, const char *text)
{
    plc_error error = {0};
    cr_assert_eq(parse(text, ret_network, &error), PLC_OK, "%s", error.message);
    cr_assert_eq(plc_network_resolve(*ret_network, &error), PLC_OK, "%s", error.message);
    return &(*ret_network)->projections[0];
}

Test(network, turns_delays_in_ms_into_ticks)
{
    plc_network *network = NULL;
    const plc_projection *p = resolve_first(
        &network,
        "placode: network/1\ntick: 0.1\npopulations:\n"
        "  - {name: a, size: 2, model: spike_source_array, spikes: {0: [1.5]}}\n"
        "  - {name: b, size: 2, model: threshold}\n"
        "projections: [{from: a, to: b, connector: {type: one_to_one}, weight: 1, delay: 1.2}]\n");
    cr_assert_eq(plc_projection_delay(p, 0), 12);
    cr_assert_eq(network->populations[0].spike_ticks[0], 15);
    plc_network_destroy(network);
}

Test(network, rounds_weights_by_the_ring_shift)
{
    plc_network *network = NULL;
    const plc_projection *p = resolve_first(
        &network, "placode: network/1\npopulations:\n"
                  "  - {name: a, size: 6, model: spike_source_poisson}\n  - {name: b, size: 1, "
                  "model: lif_curr_exp}\n"
                  "projections: [{from: a, to: b, connector: {type: all_to_all}, weight: 6}]\n");
    plc_lif_params params;
    memcpy(&params, network->populations[1].params, sizeof params);
    cr_assert_eq(params.shift_e, 6, "36 nA in a tick");
    cr_assert_eq(params.shift_i, 0);
    cr_assert_eq(plc_projection_weight(p, 0), 6 * 512);
    plc_network_destroy(network);
}

Test(network, gives_onoff_pairs_their_field)
{
    plc_network *network = NULL;
    resolve_first(
        &network,
        "placode: network/1\npopulations:\n"
        "  - {name: s, size: 3, model: onoff, params: {bias: [5, 0, 0], spin_init: [1, 1, -1]}}\n"
        "projections: [{from: s, to: s, connector: {type: all_to_all, allow_self: false}, weight: "
        "-2}]\n");
    const int32_t *state = network->populations[0].state;
    cr_assert_eq(state[0], 5 - 2 + 2);
    cr_assert_eq(state[2], -2 + 2);
    cr_assert_eq(state[4], -2 - 2);
    cr_assert_eq(plc_network_resolve(network, NULL), PLC_OK, "twice changes nothing");
    cr_assert_eq(network->populations[0].state[0], 5);
    plc_network_destroy(network);
}

Test(network, notes_what_rounding_cost)
{
    plc_network *network = NULL;
    resolve_first(
        &network,
        "placode: network/1\npopulations:\n"
        "  - {name: a, size: 900, model: spike_source_poisson}\n  - {name: b, size: 1, model: "
        "lif_curr_exp}\n"
        "projections:\n  - {from: a, to: b, connector: {type: all_to_all}, weight: 0.0003}\n"
        "  - {from: a, to: b, connector: {type: all_to_all}, weight: 10}\n");
    cr_assert_str_eq(plc_network_rounding_note(network),
                     "n.yaml:6: projections[0]: rounding to 16-bit weights changes a weight by up "
                     "to 100.0 %; 1 became 0");
    plc_network_destroy(network);
}

Test(network, takes_lists_from_programs)
{
    plc_network *network = NULL;
    plc_error error = {0};
    uint32_t a, b;
    const uint32_t sources[] = {1, 0, 1}, targets[] = {0, 0, 1}, delays[] = {2, 3, 4};
    const double weights[] = {1, 2, 3};
    plc_param threshold = {.name = "threshold", .value = 2};
    cr_assert_eq(plc_network_create(1, 1, &network, &error), PLC_OK);
    plc_population_spec spec = {.name = "a", .size = 2, .model = PLC_SPIKE_SOURCE_POISSON};
    cr_assert_eq(plc_network_add_population(network, &spec, &a, &error), PLC_OK, "%s",
                 error.message);
    spec = (plc_population_spec){
        .name = "b", .size = 2, .model = PLC_THRESHOLD, .params = &threshold, .n_params = 1};
    cr_assert_eq(plc_network_add_population(network, &spec, &b, &error), PLC_OK, "%s",
                 error.message);
    plc_synapse_list list = {
        .n = 3, .sources = sources, .targets = targets, .weights = weights, .delays = delays};
    cr_assert_eq(plc_network_add_projection(network, a, b, NULL, &list, &error), PLC_OK, "%s",
                 error.message);
    cr_assert_eq(plc_network_resolve(network, &error), PLC_OK, "%s", error.message);
    const plc_projection *p = &network->projections[0];
    cr_assert(p->offsets[1] == 1 && p->offsets[2] == 3);
    cr_assert(p->targets[0] == 0 && plc_projection_weight(p, 0) == 2 &&
              plc_projection_delay(p, 0) == 3);
    cr_assert(p->targets[2] == 1 && plc_projection_weight(p, 2) == 3 &&
              plc_projection_delay(p, 2) == 4);
    const uint32_t far[] = {0, 0, 7};
    list.targets = far;
    cr_assert_eq(plc_network_add_projection(network, a, b, NULL, &list, &error), PLC_INVALID);
    cr_assert_str_eq(error.message, "synapse 2: 1 -> 7 is outside 0..1 -> 0..1");
    plc_network_destroy(network);
}

/* A network of two ON-OFF populations through the API; the caller resolves it. */
static plc_network *make_spins(bool with_second)
{
    plc_network *network = NULL;
    plc_error error = {0};
    static const double biases[] = {5, 0, 0}, spins[] = {1, 1, -1};
    const plc_param params[] = {{.name = "bias", .values = biases},
                                {.name = "spin_init", .values = spins}};
    const uint32_t sources[] = {0, 1, 2}, targets[] = {1, 2, 0};
    plc_population_spec spec = {
        .name = "s", .size = 3, .model = PLC_ONOFF, .params = params, .n_params = 2};
    plc_synapse_list list = {
        .n = 3, .sources = sources, .targets = targets, .weight = -2, .delay = 1};
    cr_assert_eq(plc_network_create(1, 1, &network, &error), PLC_OK);
    cr_assert_eq(plc_network_add_population(network, &spec, NULL, &error), PLC_OK);
    cr_assert_eq(plc_network_add_projection(network, 0, 0, NULL, &list, &error), PLC_OK);
    if (!with_second)
        cr_assert_eq(plc_network_resolve(network, &error), PLC_OK, "%s", error.message);
    spec = (plc_population_spec){.name = "t", .size = 3, .model = PLC_ONOFF};
    cr_assert_eq(plc_network_add_population(network, &spec, NULL, &error), PLC_OK);
    cr_assert_eq(plc_network_add_projection(network, 0, 1, NULL, &list, &error), PLC_OK);
    return network;
}

static void expect_equal_states(const plc_network *a, const plc_network *b)
{
    for (uint32_t i = 0; i < 2; i++)
        for (uint32_t j = 0; j < 6; j++)
            cr_expect_eq(a->populations[i].state[j], b->populations[i].state[j],
                         "population %u, word %u: %d, expected %d", i, j,
                         a->populations[i].state[j], b->populations[i].state[j]);
}

Test(network, resolves_again_after_an_addition)
{
    plc_network *once = make_spins(true), *twice = make_spins(false);
    cr_assert_eq(plc_network_resolve(once, NULL), PLC_OK);
    cr_assert_eq(plc_network_resolve(twice, NULL), PLC_OK);
    cr_assert_eq(once->populations[0].state[0], 5 + 2, "bias 5, and -2 from a spin of -1");
    expect_equal_states(twice, once);
    plc_network_destroy(twice);
    plc_network_destroy(once);
}

Test(network, resolves_again_after_a_failure)
{
    plc_network *once = make_spins(true), *twice = make_spins(false);
    plc_error error = {0};
    cr_assert_eq(plc_network_resolve(once, NULL), PLC_OK);
    cr_assert_eq(plc_network_resolve(twice, NULL), PLC_OK);
    const uint32_t zero = 0;
    plc_synapse_list half = {.n = 1, .sources = &zero, .targets = &zero, .weight = 0.5, .delay = 1};
    cr_assert_eq(plc_network_add_projection(twice, 0, 1, NULL, &half, &error), PLC_OK);
    cr_assert_eq(plc_network_resolve(twice, &error), PLC_INVALID);
    cr_assert_str_eq(error.message, "projections[2]: weight: expected a whole number of at most 31 "
                                    "bits, got 0.5");
    twice->projections[2].weight = (plc_range){0, 0};
    cr_assert_eq(plc_network_resolve(twice, &error), PLC_OK, "%s", error.message);
    expect_equal_states(twice, once);
    plc_network_destroy(twice);
    plc_network_destroy(once);
}

Test(network, refuses_weights_that_are_no_numbers)
{
    const double bad[] = {NAN, INFINITY, -INFINITY, 1.1e12, -1e300};
    const char *const shown[] = {"nan", "inf", "-inf", "1.1e+12", "-1e+300"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        plc_network *network = make_spins(true);
        plc_error error = {0};
        char expected[128];
        const uint32_t zero = 0;
        plc_synapse_list list = {
            .n = 1, .sources = &zero, .targets = &zero, .weight = bad[i], .delay = 1};
        snprintf(expected, sizeof expected, "synapse 0: weight: expected -1e+12..1e+12, got %s",
                 shown[i]);
        cr_expect_eq(plc_network_add_projection(network, 0, 0, NULL, &list, &error), PLC_INVALID);
        cr_expect_str_eq(error.message, expected);
        list.weights = &bad[i];
        list.weight = 1;
        cr_expect_eq(plc_network_add_projection(network, 0, 0, NULL, &list, &error), PLC_INVALID);
        cr_expect_str_eq(error.message, expected);
        plc_network_destroy(network);
    }
}

static void expect_refused(const plc_population_spec *spec, const char *message)
{
    plc_network *network = NULL;
    plc_error error = {0};
    cr_assert_eq(plc_network_create(1, 1, &network, &error), PLC_OK);
    cr_expect_eq(plc_network_add_population(network, spec, NULL, &error), PLC_INVALID);
    cr_expect_str_eq(error.message, message);
    plc_network_destroy(network);
}

Test(network, refuses_specs_that_make_no_sense)
{
    static const uint32_t ticks[] = {1, 2, 3};
    plc_population_spec spec = {.name = "a", .size = 2, .model = PLC_N_MODELS};
    expect_refused(&spec, "model: expected 0..4, got 5");
    spec.model = PLC_SPIKE_SOURCE_ARRAY;
    spec.spike_ticks = ticks;
    spec.spike_offsets = (const uint64_t[]){1, 2, 3};
    expect_refused(&spec, "spike_offsets[0]: expected 0, got 1");
    spec.spike_offsets = (const uint64_t[]){0, 3, 2};
    expect_refused(&spec, "spike_offsets[2]: expected at least 3, got 2");
    spec.spike_offsets = (const uint64_t[]){0, 1, 2};
    spec.spike_ticks = NULL;
    expect_refused(&spec, "spike_ticks: missing");
}

Test(network, names_an_impossible_number_before_memory)
{
    expect_error("projections:\n  - {from: a, to: b, connector: {type: fixed_number_pre, n: "
                 "70368744177664}, weight: 1}\n",
                 "n.yaml:7: projections[0]: n: expected at most 4 (drawn without replacement), "
                 "got 70368744177664");
}

Test(network, finds_populations_by_name)
{
    plc_network *network = NULL;
    plc_error error = {0};
    char name[16];
    cr_assert_eq(plc_network_create(1, 1, &network, &error), PLC_OK);
    for (uint32_t i = 0; i < 2000; i++) {
        uint32_t number = 0;
        snprintf(name, sizeof name, "p%u", i);
        plc_population_spec spec = {.name = name, .size = 1, .model = PLC_THRESHOLD};
        cr_assert_eq(plc_network_add_population(network, &spec, &number, &error), PLC_OK);
        cr_assert_eq(number, i);
        cr_assert_eq(plc_network_add_population(network, &spec, NULL, &error), PLC_INVALID);
    }
    cr_assert_str_eq(error.message, "name: \"p1999\" stands twice");
    for (uint32_t i = 0; i < 2000; i++) {
        snprintf(name, sizeof name, "p%u", i);
        cr_assert_eq(plc_names_find(&network->names, name, strlen(name)), i);
    }
    cr_assert_eq(plc_names_find(&network->names, "p12x", 3), 12, "of a longer text");
    cr_assert_eq(plc_names_find(&network->names, "p2000", 5), PLC_NO_NAME);
    plc_network_destroy(network);
}

Test(network, says_where_inputs_are_too_large)
{
    expect_error("projections:\n"
                 "  - {from: a, to: b, connector: {type: all_to_all}, weight: 1}\n"
                 "  - {from: a, to: b, connector: {type: all_to_all}, weight: 1e6}\n",
                 "n.yaml:8: projections[1]: population b: excitatory input: up to 4e+06 nA in a "
                 "tick is more than S16.15 currents can hold");
    expect_error("projections:\n"
                 "  - {from: a, to: c, connector: {type: all_to_all}, weight: 1e9}\n",
                 "n.yaml:7: projections[0]: population c: summed weights of a neuron: expected "
                 "below 2^30, got 4000000000");
}
