/* Engine systemc: the spikes of engine fast, whichever tiles are in RTL; and the one law on all
 * engines. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/chip/build.h"
#include "hw/engine/engine.h"
#include "tests/support/mapped.h"
#include "tests/support/random_network.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static plc_engine *create(const plc_layout *layout, const char *kind, const char *tiles)
{
    plc_engine *engine = NULL;
    plc_error error = {0};
    plc_engine_settings settings = {.kind = kind, .seed = 7, .rtl_tiles = tiles};
    cr_assert_eq(plc_engine_create(layout, &settings, &engine, &error), PLC_OK, "%s",
                 error.message);
    return engine;
}

typedef struct outcome {
    plc_engine_stats stats;
    plc_engine_cost cost;
} outcome;

static outcome run(const plc_layout *layout, const char *kind, const char *tiles, uint64_t ticks)
{
    outcome o = {0};
    plc_error error = {0};
    plc_engine *engine = create(layout, kind, tiles);
    cr_assert_eq(plc_engine_run(engine, ticks, NULL, NULL, &error), PLC_OK, "%s", error.message);
    o.stats = plc_engine_get_stats(engine);
    plc_engine_get_cost(engine, &o.cost);
    plc_engine_destroy(engine);
    return o;
}

/* ---- the one law ---- */

static const char lif[] =
    "placode: network/1\npopulations:\n"
    "  - {name: a, size: 150, model: lif_curr_exp, params: {v_thresh: -51, i_offset: 2}}\n"
    "  - {name: b, size: 50, model: lif_curr_exp, params: {v_thresh: -54, tau_m: 9}, period: 2}\n"
    "projections:\n"
    "  - {from: a, to: a, connector: {type: fixed_number_post, n: 12}, weight: {uniform: [0.1, "
    "0.6]}, delay: {uniform: [1, 15]}}\n"
    "  - {from: a, to: b, connector: {type: fixed_number_post, n: 6}, weight: 1, delay: 2}\n"
    "  - {from: b, to: a, connector: {type: fixed_number_post, n: 20}, weight: 0.9, receptor: "
    "inhibitory}\n";
/* Two halves of a small graph, in turn. */
static const char ising[] =
    "placode: network/1\npopulations:\n"
    "  - {name: x, size: 90, model: onoff, params: {delta: 20}, period: 2}\n"
    "  - {name: y, size: 90, model: onoff, params: {delta: 20, bias: 1}, period: 2, phase: 1}\n"
    "projections:\n"
    "  - {from: x, to: y, connector: {type: fixed_number_post, n: 4}, weight: -1}\n"
    "  - {from: y, to: x, connector: {type: fixed_number_post, n: 4}, weight: -1}\n";
static const char threshold[] =
    "placode: network/1\npopulations:\n"
    "  - {name: one, size: 30, model: threshold, params: {threshold: 0}, period: 5}\n"
    "  - {name: gate, size: 120, model: threshold, params: {threshold: 2}}\n"
    "  - {name: out, size: 40, model: threshold, params: {threshold: 1}, period: 3, phase: 1}\n"
    "projections:\n"
    "  - {from: one, to: gate, connector: {type: fixed_number_post, n: 9}, weight: 1, delay: 3}\n"
    "  - {from: gate, to: gate, connector: {type: fixed_number_post, n: 3}, weight: 1}\n"
    "  - {from: gate, to: out, connector: {type: fixed_number_post, n: 2}, weight: 1, delay: 15}\n"
    "  - {from: out, to: gate, connector: {type: fixed_number_post, n: 9}, weight: -2}\n";
static const char mixed[] =
    "placode: network/1\npopulations:\n"
    "  - {name: exc, size: 100, model: lif_curr_exp, params: {v_thresh: -52, i_offset: 0.6}}\n"
    "  - {name: noise, size: 30, model: spike_source_poisson, params: {rate: 60}}\n"
    "  - {name: cue, size: 3, model: spike_source_array, spikes: {0: [0, 1, 5], 2: [7, 30]}}\n"
    "  - {name: gate, size: 50, model: threshold, params: {threshold: 2}, period: 2}\n"
    "  - {name: spins, size: 80, model: onoff, params: {delta: 20}, random: 20}\n"
    "projections:\n"
    "  - {from: spins, to: spins, connector: {type: fixed_number_post, n: 4}, weight: -1}\n"
    "  - {from: exc, to: exc, connector: {type: fixed_number_post, n: 9}, weight: 0.5, delay: "
    "{uniform: [1, 9]}}\n"
    "  - {from: exc, to: spins, connector: {type: fixed_number_post, n: 1}, weight: 1}\n"
    "  - {from: noise, to: exc, connector: {type: fixed_number_post, n: 20}, weight: 2}\n"
    "  - {from: noise, to: gate, connector: {type: fixed_number_post, n: 9}, weight: 1}\n"
    "  - {from: cue, to: exc, connector: {type: all_to_all}, weight: 3, receptor: inhibitory}\n"
    "  - {from: gate, to: spins, connector: {type: fixed_number_post, n: 1}, weight: -1}\n";
/* Every neuron spikes in every tick onto every tile: links and spike buffers are full. */
static const char congested[] =
    "placode: network/1\npopulations:\n"
    "  - {name: a, size: 100, model: threshold, params: {threshold: 0}}\n"
    "  - {name: b, size: 2600, model: threshold, params: {threshold: 0}}\n"
    "projections:\n"
    "  - {from: a, to: b, connector: {type: fixed_number_post, n: 20}, weight: 1}\n"
    "  - {from: b, to: b, connector: {type: fixed_number_post, n: 4}, weight: -1}\n";

/* The same as mesh, but for time: spikes, and what the packets did. */
static void compare(outcome o, outcome mesh, const char *what)
{
    cr_assert_eq(o.stats.digest, mesh.stats.digest, "%s", what);
    cr_assert_eq(o.stats.spikes, mesh.stats.spikes, "%s", what);
    cr_assert_eq(o.stats.synaptic_events, mesh.stats.synaptic_events, "%s", what);
    cr_assert_eq(o.cost.packets, mesh.cost.packets, "%s", what);
    cr_assert_eq(o.cost.hops, mesh.cost.hops, "%s", what);
    cr_assert_eq(o.cost.deliveries, mesh.cost.deliveries, "%s", what);
    cr_assert_eq(o.cost.drops, 0, "%s", what);
}

/* One digest on all engines, whichever tiles are in RTL. Where all are, time is the RTL's too. */
static void check_law(const plc_layout *layout, uint64_t ticks, const char *what)
{
    bool one = layout->chip->width * layout->chip->height == 1;
    const char *const some = one ? "0,0" : "0,0;1,1";
    outcome mesh = run(layout, "mesh", NULL, ticks);
    cr_assert_eq(mesh.stats.digest, fast_digest(layout, 7, ticks, 1), "%s", what);
    cr_assert_gt(mesh.stats.spikes, 20, "%s: %llu", what, (unsigned long long)mesh.stats.spikes);
    outcome rtl = run(layout, "rtl", NULL, ticks);
    compare(rtl, mesh, what);
    compare(run(layout, "systemc", NULL, ticks), mesh, what);
    compare(run(layout, "systemc", some, ticks), mesh, what);
    outcome all = run(layout, "systemc", "all", ticks);
    compare(all, mesh, what);
    cr_assert_eq(all.cost.seconds, rtl.cost.seconds, "%s", what);
    cr_assert_eq(all.cost.longest_tick_ps, rtl.cost.longest_tick_ps, "%s", what);
    cr_assert_eq(all.cost.forced, rtl.cost.forced, "%s", what);
}

/* The sanitizers make it slow. */
#ifdef __SANITIZE_ADDRESS__
enum { NETWORKS = 10, SHORTER = 2 };
#else
enum { NETWORKS = 40, SHORTER = 1 };
#endif

Test(systemc, six_networks_have_one_digest_on_all_engines_and_meshes, .timeout = 120)
{
    static const struct {
        const char *name, *text;
        uint64_t ticks;
        unsigned runs; /* meshes of the three that it fits */
        bool dead;     /* links and a tile */
    } networks[] = {{"lif", lif, 60, 3, false},
                    {"ising", ising, 60, 3, false},
                    {"threshold", threshold, 60, 3, false},
                    {"mixed", mixed, 40, 1, false},
                    {"congested", congested, 4, 1, false},
                    {"dead links", mixed, 40, 1, true}};
    static const char *const chips[] = {"placode-1x1", "placode-2x2", "placode-4x4"};
    for (size_t i = 0; i < sizeof networks / sizeof *networks; i++) {
        unsigned runs = 0;
        plc_network *network = parse_network(networks[i].text);
        for (size_t c = 0; c < sizeof chips / sizeof *chips; c++) {
            char what[64];
            plc_chip *chip = open_chip(chips[c]);
            snprintf(what, sizeof what, "%s on %s", networks[i].name, chips[c]);
            if (networks[i].dead && c == 2) {
                plc_chip_kill_router(chip, 6);
                plc_chip_kill_link(chip, 0, 0);
                plc_chip_kill_link(chip, 5, 2);
            }
            plc_layout *layout = map_or_not(network, chip);
            if (layout) {
                check_law(layout, 1 + networks[i].ticks / SHORTER, what);
                runs++;
            }
            plc_layout_destroy(layout);
            plc_chip_destroy(chip);
        }
        cr_assert_geq(runs, networks[i].runs, "%s: on %u meshes only", networks[i].name, runs);
        plc_network_destroy(network);
    }
}

/* Cores in C have all models, schedules and plasticity, on all chips. */
Test(systemc, random_networks_and_chips_have_the_digest_of_fast, .timeout = 120)
{
    unsigned runs = 0;
    for (uint64_t i = 0; i < NETWORKS; i++) {
        plc_network *network = i % 3 ? random_network(i) : random_plastic_network(i);
        plc_chip *chip = random_chip(i);
        plc_layout *layout = map_or_not(network, chip);
        if (layout) {
            char what[64];
            snprintf(what, sizeof what, "network %llu", (unsigned long long)i);
            outcome mesh = run(layout, "mesh", NULL, 40), o = run(layout, "systemc", "none", 40);
            cr_assert_eq(o.stats.digest, fast_digest(layout, 7, 40, 1), "%s", what);
            cr_assert_eq(o.stats.synaptic_events, mesh.stats.synaptic_events, "%s", what);
            cr_assert_eq(o.stats.plastic_events, mesh.stats.plastic_events, "%s", what);
            cr_assert_eq(o.cost.packets, mesh.cost.packets, "%s", what);
            cr_assert_eq(o.cost.deliveries, mesh.cost.deliveries, "%s", what);
            runs++;
        }
        plc_layout_destroy(layout);
        plc_chip_destroy(chip);
        plc_network_destroy(network);
    }
    cr_assert_geq(runs, NETWORKS / 3, "only %u networks", runs);
}

/* Packets that a router in C drops are sent anew: none is lost, and time passes. */
Test(systemc, dropped_packets_are_sent_anew)
{
    plc_network *network = parse_network(congested);
    plc_chip *chip = open_chip("placode-2x2");
    chip->quantities[PLC_CHIP_LINK_TIME].value = 2e-7;
    chip->quantities[PLC_CHIP_WAIT1].value = 20;
    chip->quantities[PLC_CHIP_WAIT2].value = 0;
    plc_layout *layout = map_or_not(network, chip);
    cr_assert(layout);
    outcome o = run(layout, "systemc", NULL, 3);
    cr_assert_gt(o.cost.drops, 10);
    cr_assert_eq(o.stats.digest, fast_digest(layout, 7, 3, 1));
    plc_layout_destroy(layout);
    plc_chip_destroy(chip);
    plc_network_destroy(network);
}

/* ---- what else it has of engines ---- */

static const char plastic[] =
    "placode: network/1\npopulations:\n"
    "  - {name: in, size: 30, model: spike_source_poisson, params: {rate: 90}}\n"
    "  - {name: a, size: 40, model: lif_curr_exp, params: {v_thresh: -58}}\n"
    "  - {name: b, size: 40, model: lif_curr_exp, params: {v_thresh: -58, i_offset: 0.2}}\n"
    "projections:\n"
    "  - {from: in, to: a, connector: {type: fixed_probability, p: 0.5}, weight: 1, delay: 3, "
    "plasticity: {rule: stdp_pair_additive, a_plus: 0.1, a_minus: 0.1, tau_plus: 9, tau_minus: 9, "
    "w_min: 0, w_max: 2}}\n"
    "  - {from: a, to: b, connector: {type: fixed_number_pre, n: 9}, weight: 1, plasticity: {rule: "
    "stdp_pair_additive, a_plus: 0.2, a_minus: 0.1, tau_plus: 5, tau_minus: 9, w_min: 0, w_max: "
    "3}}\n";

/* Weights are those of fast, in C and in RTL. */
Test(systemc, learns_as_fast_does)
{
    plc_network *network = parse_network(plastic);
    plc_chip *chip = open_chip("placode-2x2");
    chip->quantities[PLC_CHIP_NEURONS_PER_CORE].value = 40; /* a and b on tiles of their own */
    plc_layout *layout = map_or_not(network, chip);
    cr_assert(layout);
    static const char *const tiles[] = {NULL, "none", "0,0;1,1", "0,1;1,0", "all"};
    plc_weight *expected = NULL;
    size_t n = 0;
    uint64_t plastic_events = 0;
    for (size_t i = 0; i < 5; i++) {
        plc_error error = {0};
        plc_weight *weights = NULL;
        size_t n_weights = 0;
        plc_engine *engine = create(layout, i ? "systemc" : "fast", tiles[i]);
        cr_assert_eq(plc_engine_run(engine, 120, NULL, NULL, &error), PLC_OK, "%s", error.message);
        plc_engine_stats stats = plc_engine_get_stats(engine);
        cr_assert_eq(stats.digest, fast_digest(layout, 7, 120, 1), "%s", tiles[i]);
        cr_assert_eq(plc_engine_get_weights(engine, &weights, &n_weights, &error), PLC_OK);
        if (i) {
            cr_assert_eq(n_weights, n);
            cr_assert_arr_eq(weights, expected, n * sizeof *weights, "%s", tiles[i]);
            cr_assert_eq(stats.plastic_events, plastic_events, "%s", tiles[i]);
            free(weights);
        } else {
            cr_assert_gt(stats.plastic_events, 1000);
            expected = weights;
            n = n_weights;
            plastic_events = stats.plastic_events;
        }
        plc_engine_destroy(engine);
    }
    free(expected);
    plc_layout_destroy(layout);
    plc_chip_destroy(chip);
    plc_network_destroy(network);
}

/* SystemC has one simulation for a whole process, but here each engine has its own. */
Test(systemc, two_engines_do_not_know_of_each_other)
{
    plc_layout *layout = map_text(mixed, "placode-3x3");
    plc_error error = {0};
    plc_engine *engines[2] = {create(layout, "systemc", "1,1"), create(layout, "systemc", "all")};
    for (int tick = 0; tick < 10; tick++)
        for (int i = 0; i < 2; i++)
            cr_assert_eq(plc_engine_run(engines[i], 1, NULL, NULL, &error), PLC_OK);
    for (int i = 0; i < 2; i++) {
        cr_assert_eq(plc_engine_get_stats(engines[i]).digest, fast_digest(layout, 7, 10, 1));
        plc_engine_destroy(engines[i]);
    }
    plc_layout_destroy(layout);
}

Test(systemc, records_the_potentials_of_fast_in_c_and_in_rtl)
{
    plc_layout *layout = map_text(mixed, "placode-3x3");
    plc_error error = {0};
    for (uint32_t p = 0; p < layout->n_populations; p++) {
        plc_model model = layout->populations[p].model;
        layout->populations[p].record_v = model == PLC_LIF_CURR_EXP || model == PLC_ONOFF;
    }
    plc_engine *engines[3] = {create(layout, "fast", NULL), create(layout, "systemc", NULL),
                              create(layout, "systemc", "all")};
    for (int i = 0; i < 3; i++) {
        cr_assert_eq(plc_engine_record_v(engines[i], &error), PLC_OK, "%s", error.message);
        cr_assert_eq(plc_engine_run(engines[i], 30, NULL, NULL, &error), PLC_OK);
    }
    for (size_t r = 0; r < 2; r++) {
        const plc_recording *a = plc_engine_recording(engines[0], r);
        cr_assert_eq(a->n_ticks, 30);
        for (int i = 1; i < 3; i++)
            cr_assert_arr_eq(plc_engine_recording(engines[i], r)->values, a->values,
                             a->n_ticks * a->n_neurons * sizeof *a->values);
    }
    for (int i = 0; i < 3; i++)
        plc_engine_destroy(engines[i]);
    plc_layout_destroy(layout);
}

/* All engines tell the same states; a bit that flips in RTL is seen there, and nowhere else. */
Test(systemc, states_are_those_of_fast_until_a_bit_flips)
{
    static const char *const kinds[] = {"fast", "mesh", "rtl", "systemc"};
    enum { N = 200, WORDS = 4 };
    plc_layout *layout = map_text(lif, "placode-2x2");
    plc_error error = {0};
    const uint32_t n_words[2] = {WORDS, WORDS};
    static int32_t expected[N][WORDS], got[N][WORDS];
    const plc_layout_core *core = &layout->cores[0];
    plc_engine_flip flip = {.tile = core->router, .word = 5 * 4, .bit = 3};
    const plc_slice *slice = &layout->slices[core->slice_begin];
    for (size_t i = 0; i < 4; i++) {
        plc_engine *engine = create(layout, kinds[i], "all");
        int32_t *const all[2] = {(i ? got : expected)[0], (i ? got : expected)[150]};
        cr_assert_eq(plc_engine_run(engine, 25, NULL, NULL, &error), PLC_OK);
        cr_assert(engine->class->get_states(engine, n_words, all), "%s", kinds[i]);
        if (i)
            cr_assert_arr_eq(got, expected, sizeof got, "%s", kinds[i]);
        cr_assert_eq(engine->class->flip != NULL, i >= 2);
        if (engine->class->flip) {
            cr_assert_eq(engine->class->flip(engine, &flip, &error), PLC_OK, "%s", error.message);
            engine->class->get_states(engine, n_words, all);
            uint32_t neuron = (slice->population ? 150 : 0) + slice->begin + 5;
            cr_assert_eq(got[neuron][0], expected[neuron][0] ^ 8, "%s", kinds[i]);
            got[neuron][0] ^= 8;
            cr_assert_arr_eq(got, expected, sizeof got, "%s", kinds[i]);
            flip.bit = 32;
            cr_assert_eq(engine->class->flip(engine, &flip, &error), PLC_INVALID);
            flip.bit = 3;
        }
        plc_engine_destroy(engine);
    }
    plc_layout_destroy(layout);
}

/* ---- what it refuses ---- */

static void refuse(const plc_layout *layout, const char *tiles, const char *says)
{
    plc_engine *engine = NULL;
    plc_error error = {0};
    plc_engine_settings settings = {.kind = "systemc", .rtl_tiles = tiles};
    cr_assert_eq(plc_engine_create(layout, &settings, &engine, &error), PLC_INVALID, "%s", tiles);
    cr_assert_null(engine);
    cr_assert(strstr(error.message, says), "%s", error.message);
}

Test(systemc, refuses_tiles_that_are_not_there)
{
    static const char *const wrong[] = {"",    "2,0",  "0,2",  "0",    "0,0;",
                                        "0;0", "0,0x", "-1,0", "some", "0,4294967296"};
    plc_layout *layout = map_text(lif, "placode-2x2");
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        refuse(layout, wrong[i], "expected all, none or a list x,y;x,y of tiles of 2 x 2");
    plc_layout_destroy(layout);
}

Test(systemc, refuses_in_rtl_what_the_rtl_has_not)
{
    plc_layout *layout = map_text(lif, "spinnaker-4");
    refuse(layout, "all", "expected placode-WxH");
    plc_layout_destroy(layout);
}
