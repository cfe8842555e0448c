/* Engine rtl where synapses are plastic and neurons are drawn: spikes, weights, potentials and
 * cycles. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cam/cam.h"
#include "hw/engine/rtl.h"
#include "tests/support/mapped.h"
#include "tests/support/random_network.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An engine after some ticks; potentials are recorded where the network asks for them. */
static plc_engine *run(const plc_layout *layout, const char *kind, uint64_t ticks)
{
    plc_engine *engine = NULL;
    plc_error error = {0};
    plc_engine_settings settings = {.kind = kind, .seed = 7, .threads = 1};
    cr_assert_eq(plc_engine_create(layout, &settings, &engine, &error), PLC_OK, "%s",
                 error.message);
    cr_assert_eq(plc_engine_record_v(engine, &error), PLC_OK, "%s", error.message);
    cr_assert_eq(plc_engine_run(engine, ticks, NULL, NULL, &error), PLC_OK, "%s", error.message);
    return engine;
}

static void compare_weights(const plc_engine *a, const plc_engine *b, const char *what)
{
    plc_weight *x, *y;
    size_t n, m;
    cr_assert_eq(plc_engine_get_weights(a, &x, &n, NULL), PLC_OK);
    cr_assert_eq(plc_engine_get_weights(b, &y, &m, NULL), PLC_OK);
    cr_assert_eq(n, m, "%s", what);
    for (size_t i = 0; i < n; i++) {
        cr_assert_eq(x[i].source, y[i].source, "%s", what);
        cr_assert_eq(x[i].target, y[i].target, "%s", what);
        cr_assert_eq(x[i].weight, y[i].weight, "%s: %u to %u: %g and %g", what, x[i].source,
                     x[i].target, x[i].weight, y[i].weight);
    }
    free(x);
    free(y);
}

static void compare_potentials(const plc_engine *a, const plc_engine *b, const char *what)
{
    for (size_t i = 0; plc_engine_recording(a, i); i++) {
        const plc_recording *x = plc_engine_recording(a, i), *y = plc_engine_recording(b, i);
        cr_assert(y && x->n_ticks == y->n_ticks && x->n_neurons == y->n_neurons, "%s", what);
        cr_assert_arr_eq(x->values, y->values, x->n_ticks * x->n_neurons * sizeof *x->values,
                         "%s: population %u", what, x->population);
    }
}

/* The RTL has the spikes, weights and potentials of fast, and the cycles of mesh; returns how many
 * spikes that were. */
static uint64_t compare(const plc_layout *layout, uint64_t ticks, const char *what)
{
    plc_engine *fast = run(layout, "fast", ticks), *mesh = run(layout, "mesh", ticks);
    plc_engine *rtl = run(layout, "rtl", ticks);
    plc_engine_stats expected = plc_engine_get_stats(fast), found = plc_engine_get_stats(rtl);
    plc_engine_cost of_mesh, of_rtl;
    cr_assert_eq(found.digest, expected.digest, "%s", what);
    cr_assert_eq(found.synaptic_events, expected.synaptic_events, "%s", what);
    cr_assert_eq(found.plastic_events, expected.plastic_events, "%s", what);
    compare_weights(fast, rtl, what);
    compare_potentials(fast, rtl, what);
    cr_assert(plc_engine_get_cost(mesh, &of_mesh) && plc_engine_get_cost(rtl, &of_rtl));
    cr_assert_float_eq(of_mesh.seconds, of_rtl.seconds, 1e-12, "%s: %g and %g cycles", what,
                       of_mesh.seconds * of_mesh.core_clock, of_rtl.seconds * of_rtl.core_clock);
    cr_assert_eq(of_mesh.longest_tick_ps, of_rtl.longest_tick_ps, "%s", what);
    plc_engine_destroy(fast);
    plc_engine_destroy(mesh);
    plc_engine_destroy(rtl);
    return expected.spikes;
}

/* Two rules, both receptors, all delays, rows with static synapses too; neurons spike often enough
 * to forget, and pause longer than their decays last. */
static const char plastic[] =
    "placode: network/1\npopulations:\n"
    "  - {name: noise, size: 60, model: spike_source_poisson, params: {rate: 120}}\n"
    "  - {name: cue, size: 4, model: spike_source_array, spikes: {0: [1, 2, 3, 290], 2: [7, "
    "280]}}\n"
    "  - {name: a, size: 150, model: lif_curr_exp, params: {v_thresh: -58, tau_refrac: 1}}\n"
    "  - {name: b, size: 90, model: lif_curr_exp, params: {v_thresh: -57}, period: 2}\n"
    "  - {name: c, size: 300, model: lif_curr_exp, params: {v_thresh: -56}}\n"
    "projections:\n"
    "  - {from: noise, to: a, connector: {type: fixed_number_post, n: 30}, weight: 1.5, delay: "
    "{uniform: [1, 15]}, plasticity: {rule: stdp_pair_additive, a_plus: 0.5, a_minus: 0.6, "
    "tau_plus: "
    "9, tau_minus: 20, w_min: 0.1, w_max: 2}}\n"
    "  - {from: noise, to: b, connector: {type: fixed_number_post, n: 9}, weight: 2}\n"
    "  - {from: cue, to: a, connector: {type: all_to_all}, weight: 1, plasticity: {rule: "
    "stdp_pair_additive, a_plus: 0.5, a_minus: 0.6, tau_plus: 9, tau_minus: 20, w_min: 0.1, w_max: "
    "2}}\n"
    "  - {from: a, to: b, connector: {type: fixed_number_post, n: 9}, weight: 1, delay: 3, "
    "plasticity: {rule: stdp_pair_additive, a_plus: 1, a_minus: 0, tau_plus: 40, tau_minus: 3, "
    "w_min: "
    "0, w_max: 3}}\n"
    "  - {from: b, to: a, connector: {type: fixed_number_post, n: 5}, weight: 0.5, receptor: "
    "inhibitory, plasticity: {rule: stdp_pair_additive, a_plus: 0.5, a_minus: 0.6, tau_plus: 9, "
    "tau_minus: 20, w_min: 0.1, w_max: 2}}\n"
    "  - {from: a, to: c, connector: {type: fixed_number_post, n: 20}, weight: 0.6}\n"
    "record:\n  - {population: a, what: [v]}\n  - {population: b, what: [v]}\n";

Test(rtl_learning, has_the_weights_of_fast, .timeout = 60)
{
    static const char *const chips[] = {"placode-2x2", "placode-6x1"};
    static const uint64_t ticks[] = {300, 50};
    plc_network *network = parse_network(plastic);
    for (size_t i = 0; i < sizeof chips / sizeof *chips; i++) {
        plc_layout *layout = map_onto(network, chips[i]);
        cr_assert_gt(compare(layout, ticks[i], chips[i]), 20 * ticks[i]);
        plc_layout_destroy(layout);
    }
    plc_network_destroy(network);
}

/* As on SpiNNaker, where the recordings come from; see tests/golden/test_cam.c. */
Test(rtl_learning, runs_the_memory_of_the_paper, .timeout = 60)
{
    char path[512];
    plc_error error = {0};
    plc_cam_script script = {0};
    plc_network *network = NULL;
    snprintf(path, sizeof path, "%s/tests/golden/cam/e1.yaml", getenv("PLACODE_SOURCE"));
    cr_assert_eq(plc_cam_script_read(path, plc_cam_gaps_published, &script, &error), PLC_OK, "%s",
                 error.message);
    cr_assert_eq(plc_cam_build(&script, (plc_cam_learning){0}, 1, &network, &error), PLC_OK);
    static const char *const chips[] = {"placode-3x1", "placode-4x4"};
    for (size_t i = 0; i < sizeof chips / sizeof *chips; i++) {
        plc_layout *layout = map_onto(network, chips[i]);
        cr_assert_eq(compare(layout, plc_cam_script_ticks(&script), chips[i]), 322);
        plc_layout_destroy(layout);
    }
    plc_network_destroy(network);
    plc_cam_script_finish(&script);
}

static const char drawn[] =
    "placode: network/1\npopulations:\n"
    "  - {name: spins, size: 997, model: onoff, random: 13, params: {delta: 20}}\n"
    "  - {name: all, size: 300, model: threshold, random: 300, params: {threshold: 1}}\n"
    "  - {name: one, size: 77, model: threshold, random: 1, params: {threshold: 0}}\n"
    "  - {name: cells, size: 1211, model: lif_curr_exp, random: 50, params: {v_thresh: -50, "
    "i_offset: "
    "2}}\n"
    "projections:\n"
    "  - {from: spins, to: all, connector: {type: fixed_number_post, n: 3}, weight: 1}\n"
    "  - {from: spins, to: spins, connector: {type: fixed_number_post, n: 3}, weight: -1}\n"
    "  - {from: all, to: cells, connector: {type: fixed_number_post, n: 2}, weight: 1}\n"
    "  - {from: one, to: all, connector: {type: fixed_number_post, n: 2}, weight: 1}\n"
    "record:\n  - {population: spins, what: [v]}\n  - {population: cells, what: [v]}\n";

Test(rtl_learning, draws_the_neurons_of_fast, .timeout = 60)
{
    static const char *const chips[] = {"placode-3x2", "placode-4x4"};
    plc_network *network = parse_network(drawn);
    for (size_t i = 0; i < sizeof chips / sizeof *chips; i++) {
        plc_layout *layout = map_onto(network, chips[i]);
        cr_assert_gt(compare(layout, 60, chips[i]), 500);
        plc_layout_destroy(layout);
    }
    plc_network_destroy(network);
}

/* Whatever registers and memories hold before reset, and in whatever order tiles are evaluated. */
Test(rtl_learning, does_not_depend_on_how_it_is_simulated, .timeout = 60)
{
    static const char *const texts[] = {plastic, drawn};
    static const plc_rtl_settings ways[] = {{.scramble = 3}, {.scramble = 9, .shuffle = 5}};
    for (size_t i = 0; i < 2; i++) {
        plc_network *network = parse_network(texts[i]);
        plc_layout *layout = map_onto(network, "placode-3x2");
        plc_engine *fast = run(layout, "fast", 25), *rtl = NULL;
        plc_error error = {0};
        plc_engine_settings settings = {.seed = 7};
        cr_assert_eq(plc_rtl_create(layout, &settings, &ways[i], &rtl, &error), PLC_OK);
        cr_assert_eq(plc_engine_run(rtl, 25, NULL, NULL, &error), PLC_OK, "%s", error.message);
        cr_assert_eq(plc_engine_get_stats(rtl).digest, plc_engine_get_stats(fast).digest);
        compare_weights(fast, rtl, "scrambled");
        plc_engine_destroy(fast);
        plc_engine_destroy(rtl);
        plc_layout_destroy(layout);
        plc_network_destroy(network);
    }
}

static void refuse(const char *text, const char *says)
{
    plc_error error = {0};
    plc_engine *engine = NULL;
    plc_engine_settings settings = {.kind = "rtl"};
    plc_network *network = parse_network(text);
    plc_layout *layout = map_onto(network, "placode-2x1");
    cr_assert_eq(plc_engine_create(layout, &settings, &engine, &error), PLC_DOES_NOT_FIT);
    cr_assert(strstr(error.message, says), "%s", error.message);
    plc_layout_destroy(layout);
    plc_network_destroy(network);
}

#define TARGET(name) "  - {name: " name ", size: 3, model: lif_curr_exp}\n"
#define LEARN(to, tau)                                                                             \
    "  - {from: n, to: " to ", connector: {type: all_to_all}, weight: 1, plasticity: {rule: "      \
    "stdp_pair_additive, a_plus: 1, "                                                              \
    "a_minus: 1, tau_plus: " tau ", tau_minus: 3, w_min: 0, w_max: 3}}\n"
#define NOISE                                                                                      \
    "placode: network/1\npopulations:\n"                                                           \
    "  - {name: n, size: 5, model: spike_source_poisson, params: {rate: 9}}\n"

Test(rtl_learning, refuses_rules_that_a_tile_has_no_room_for)
{
    refuse(NOISE TARGET("a") TARGET("b") "projections:\n" LEARN("a", "3") LEARN("b", "4"),
           "tau_plus of the plastic synapses of a source: 2 needed, a tile has 1");
    refuse(NOISE TARGET("a") TARGET("b") TARGET("c") TARGET("d")
               TARGET("e") "projections:\n" LEARN("a", "3") LEARN("b", "4") LEARN("c", "5")
                   LEARN("d", "6") LEARN("e", "7"),
           "rules of plasticity: 5 needed, a tile has 4");
}
