/* Engine rtl: the spikes of engine fast, whatever the mesh, the order of evaluation and the bits
 * that registers begin with. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "hw/chip/build.h"
#include "hw/engine/rtl.h"
#include "tests/support/mapped.h"
#include "tests/support/random_network.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct outcome {
    plc_engine_stats stats;
    plc_engine_cost cost;
} outcome;

static uint64_t cycles_of(const outcome *o)
{
    return (uint64_t)llround(o->cost.seconds * o->cost.core_clock);
}

/* Runs an engine and destroys it. */
static outcome run(plc_engine *engine, uint64_t ticks)
{
    outcome o;
    plc_error error = {0};
    cr_assert_eq(plc_engine_run(engine, ticks, NULL, NULL, &error), PLC_OK, "%s", error.message);
    o.stats = plc_engine_get_stats(engine);
    cr_assert(plc_engine_get_cost(engine, &o.cost));
    plc_engine_destroy(engine);
    return o;
}

static outcome run_rtl(const plc_layout *layout, const plc_rtl_settings *options, uint64_t ticks)
{
    plc_error error = {0};
    plc_engine *engine = NULL;
    plc_engine_settings settings = {.seed = 7};
    cr_assert_eq(plc_rtl_create(layout, &settings, options, &engine, &error), PLC_OK, "%s",
                 error.message);
    return run(engine, ticks);
}

/* The RTL has the spikes and events of fast, and the packets, hops, deliveries and cycles of mesh.
 */
static void compare(outcome rtl, const plc_layout *layout, uint64_t ticks, const char *what)
{
    plc_error error = {0};
    plc_engine *engine = NULL;
    plc_engine_settings settings = {.kind = "mesh", .seed = 7};
    cr_assert_eq(rtl.stats.digest, fast_digest(layout, 7, ticks, 1), "%s", what);
    cr_assert_eq(plc_engine_create(layout, &settings, &engine, &error), PLC_OK, "%s",
                 error.message);
    outcome mesh = run(engine, ticks);
    cr_assert_eq(rtl.stats.spikes, mesh.stats.spikes, "%s", what);
    cr_assert_eq(rtl.stats.synaptic_events, mesh.stats.synaptic_events, "%s", what);
    cr_assert_eq(rtl.cost.packets, mesh.cost.packets, "%s", what);
    cr_assert_eq(rtl.cost.hops, mesh.cost.hops, "%s", what);
    cr_assert_eq(rtl.cost.deliveries, mesh.cost.deliveries, "%s", what);
    cr_assert_eq(rtl.cost.drops, 0, "%s", what);
    cr_assert_eq(rtl.cost.forced, mesh.cost.forced, "%s", what);
    cr_assert_eq(cycles_of(&rtl), cycles_of(&mesh), "%s: %llu and %llu cycles", what,
                 (unsigned long long)cycles_of(&rtl), (unsigned long long)cycles_of(&mesh));
    cr_assert_eq(rtl.cost.longest_tick_ps, mesh.cost.longest_tick_ps, "%s", what);
    cr_assert_eq(rtl.cost.longest_tick, mesh.cost.longest_tick, "%s", what);
}

static outcome run_plain(const plc_layout *layout, uint64_t ticks)
{
    return run_rtl(layout, &(plc_rtl_settings){0}, ticks);
}

/* All models that the RTL has, by every tick and by period, on one mesh. */
static const char mixed[] =
    "placode: network/1\n"
    "populations:\n"
    "  - {name: exc, size: 500, model: lif_curr_exp, params: {tau_m: 20, v_thresh: -52, i_offset: "
    "0.6, tau_refrac: 2}}\n"
    "  - {name: inh, size: 90, model: lif_curr_exp, params: {tau_m: 9, v_thresh: -54}, period: 2}\n"
    "  - {name: noise, size: 60, model: spike_source_poisson, params: {rate: 60}}\n"
    "  - {name: cue, size: 3, model: spike_source_array, spikes: {0: [0, 1, 5], 2: [7, 30]}}\n"
    "  - {name: gate, size: 50, model: threshold, params: {threshold: 2}}\n"
    "  - {name: slow, size: 50, model: threshold, params: {threshold: 3}, period: 3, phase: 1}\n"
    "  - {name: spins, size: 200, model: onoff, params: {delta: 20, bias: 1}, period: 2}\n"
    "  - {name: pairs, size: 40, model: onoff, params: {delta: 1}}\n"
    "projections:\n"
    "  - {from: spins, to: spins, connector: {type: fixed_total_number, n: 900}, weight: -1}\n"
    "  - {from: pairs, to: spins, connector: {type: fixed_total_number, n: 90}, weight: 2, delay: "
    "7}\n"
    "  - {from: spins, to: pairs, connector: {type: fixed_total_number, n: 90}, weight: -3}\n"
    "  - {from: gate, to: pairs, connector: {type: fixed_total_number, n: 90}, weight: 1}\n"
    "  - {from: exc, to: exc, connector: {type: fixed_number_post, n: 20}, weight: {uniform: [0.1, "
    "0.6]}, delay: {uniform: [1, 15]}}\n"
    "  - {from: exc, to: inh, connector: {type: fixed_number_post, n: 10}, weight: 1, delay: 2}\n"
    "  - {from: inh, to: exc, connector: {type: fixed_number_post, n: 30}, weight: 0.9, receptor: "
    "inhibitory}\n"
    "  - {from: noise, to: exc, connector: {type: fixed_number_post, n: 20}, weight: 2}\n"
    "  - {from: cue, to: inh, connector: {type: all_to_all}, weight: 3}\n"
    "  - {from: noise, to: gate, connector: {type: fixed_number_post, n: 9}, weight: 1}\n"
    "  - {from: gate, to: slow, connector: {type: fixed_number_post, n: 5}, weight: 1, delay: 4}\n"
    "  - {from: slow, to: gate, connector: {type: fixed_number_post, n: 5}, weight: -2, delay: "
    "15}\n";

Test(rtl, gives_the_spikes_of_fast_on_meshes_of_any_shape, .timeout = 60)
{
    static const char *const chips[] = {"placode-3x2", "placode-2x3", "placode-6x1", "placode-4x4"};
    plc_network *network = parse_network(mixed);
    for (size_t i = 0; i < sizeof chips / sizeof *chips; i++) {
        plc_chip *chip = open_chip(chips[i]);
        plc_layout *layout = map_or_not(network, chip);
        cr_assert(layout, "%s", chips[i]);
        compare(run_plain(layout, 60), layout, 60, chips[i]);
        plc_layout_destroy(layout);
        plc_chip_destroy(chip);
    }
    plc_network_destroy(network);
}

Test(rtl, gives_the_spikes_of_fast_on_one_tile)
{
    plc_network *network = parse_network(
        "placode: network/1\npopulations:\n"
        "  - {name: exc, size: 100, model: lif_curr_exp, params: {v_thresh: -50, i_offset: "
        "0.9, tau_refrac: 2}}\n"
        "projections:\n"
        "  - {from: exc, to: exc, connector: {type: fixed_probability, p: 0.2}, weight: 0.4, "
        "delay: {uniform: [1, 15]}}\n"
        "  - {from: exc, to: exc, connector: {type: fixed_total_number, n: 900}, weight: 1, "
        "receptor: inhibitory}\n");
    plc_chip *chip = open_chip("placode-1x1");
    plc_layout *layout = map_or_not(network, chip);
    cr_assert(layout);
    outcome o = run_plain(layout, 200);
    cr_assert_gt(o.stats.spikes, 100);
    compare(o, layout, 200, "one tile");
    plc_layout_destroy(layout);
    plc_chip_destroy(chip);
    plc_network_destroy(network);
}

/* Everything a run reports is the same in whatever order tiles are evaluated, whether idle ones are
 * clocked or not, and whatever registers and memories hold before reset. */
Test(rtl, does_not_depend_on_how_it_is_simulated, .timeout = 60)
{
    static const plc_rtl_settings ways[] = {
        {.shuffle = 1}, {.shuffle = 77, .always = true}, {.scramble = 5}, {.scramble = 6}};
    plc_network *network = parse_network(mixed);
    plc_chip *chip = open_chip("placode-3x2");
    plc_layout *layout = map_or_not(network, chip);
    cr_assert(layout);
    outcome expected = run_plain(layout, 40);
    cr_assert_gt(expected.stats.spikes, 500);
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        outcome o = run_rtl(layout, &ways[i], 40);
        cr_assert_eq(o.stats.digest, expected.stats.digest, "way %zu", i);
        cr_assert_eq(o.stats.updates, expected.stats.updates, "way %zu", i);
        cr_assert_eq(o.cost.seconds, expected.cost.seconds, "way %zu", i);
        cr_assert_eq(o.cost.longest_tick, expected.cost.longest_tick, "way %zu", i);
        cr_assert_eq(o.cost.longest_tick_core, expected.cost.longest_tick_core, "way %zu", i);
        cr_assert_eq(o.cost.hops, expected.cost.hops, "way %zu", i);
        cr_assert_eq(o.cost.forced, expected.cost.forced, "way %zu", i);
    }
    plc_layout_destroy(layout);
    plc_chip_destroy(chip);
    plc_network_destroy(network);
}

Test(rtl, goes_round_dead_links_and_tiles, .timeout = 60)
{
    plc_network *network = parse_network(mixed);
    plc_chip *chip = open_chip("placode-4x3");
    plc_chip_kill_router(chip, 5);
    plc_chip_kill_link(chip, 0, 0);
    plc_chip_kill_link(chip, 6, 2);
    plc_layout *layout = map_or_not(network, chip);
    cr_assert(layout);
    compare(run_plain(layout, 40), layout, 40, "dead links");
    plc_layout_destroy(layout);
    plc_chip_destroy(chip);
    plc_network_destroy(network);
}

Test(rtl, two_engines_do_not_know_of_each_other)
{
    plc_network *network = parse_network(mixed);
    plc_chip *chip = open_chip("placode-3x3");
    plc_layout *layout = map_or_not(network, chip);
    plc_engine *engines[2];
    plc_error error = {0};
    plc_engine_settings settings = {.kind = "rtl", .seed = 7};
    cr_assert(layout);
    uint64_t expected = fast_digest(layout, 7, 10, 1);
    for (int i = 0; i < 2; i++)
        cr_assert_eq(plc_engine_create(layout, &settings, &engines[i], &error), PLC_OK);
    for (int i = 0; i < 2; i++)
        cr_assert_eq(run(engines[i], 10).stats.digest, expected);
    plc_layout_destroy(layout);
    plc_chip_destroy(chip);
    plc_network_destroy(network);
}

/* Every neuron spikes in every tick onto every tile: links and spike buffers are full. */
Test(rtl, loses_nothing_when_congested, .timeout = 60)
{
    plc_network *network = parse_network(
        "placode: network/1\npopulations:\n"
        "  - {name: a, size: 300, model: threshold, params: {threshold: 0}}\n"
        "  - {name: b, size: 3000, model: threshold, params: {threshold: 0}}\n"
        "projections:\n"
        "  - {from: a, to: b, connector: {type: fixed_number_post, n: 20}, weight: 1}\n"
        "  - {from: b, to: a, connector: {type: one_to_one}, weight: 1}\n"
        "  - {from: b, to: b, connector: {type: fixed_number_post, n: 4}, weight: -1}\n");
    plc_chip *chip = open_chip("placode-2x2");
    plc_layout *layout = map_or_not(network, chip);
    cr_assert(layout);
    outcome o = run_plain(layout, 6);
    cr_assert_gt(o.cost.forced, 100);
    compare(o, layout, 6, "congested");
    plc_layout_destroy(layout);
    plc_chip_destroy(chip);
    plc_network_destroy(network);
}

/* The sanitizers make it slow. */
#ifdef __SANITIZE_ADDRESS__
enum { NETWORKS = 6, RUNS_MIN = 3 };
#else
enum { NETWORKS = 18, RUNS_MIN = 12 };
#endif

Test(rtl, gives_the_spikes_of_fast_on_random_networks, .timeout = 120)
{
    static const char *const chips[] = {"placode-3x3", "placode-4x4", "placode-7x1"};
    unsigned runs = 0;
    for (uint64_t i = 0; i < NETWORKS; i++) {
        char what[64];
        plc_error error = {0};
        plc_engine *engine = NULL;
        plc_engine_settings settings = {.kind = "rtl", .seed = 7};
        plc_network *network = random_network(i);
        plc_chip *chip = open_chip(chips[i % 3]);
        plc_layout *layout = map_or_not(network, chip);
        plc_status status = layout ? plc_engine_create(layout, &settings, &engine, &error) : PLC_OK;
        snprintf(what, sizeof what, "network %llu", (unsigned long long)i);
        if (engine) {
            compare(run(engine, 40), layout, 40, what);
            runs++;
        } else if (layout) { /* plasticity that the RTL has not */
            cr_assert(status == PLC_INVALID && strstr(error.message, "the RTL"), "%s: %s", what,
                      error.message);
        }
        plc_layout_destroy(layout);
        plc_chip_destroy(chip);
        plc_network_destroy(network);
    }
    cr_assert_geq(runs, RUNS_MIN, "only %u networks", runs);
}

static plc_status refuse(const char *text, plc_chip *chip, plc_error *error)
{
    plc_network *network = parse_network(text);
    plc_layout *layout = map_or_not(network, chip);
    plc_engine *engine = NULL;
    plc_engine_settings settings = {.kind = "rtl"};
    cr_assert(layout);
    plc_status status = plc_engine_create(layout, &settings, &engine, error);
    cr_assert_null(engine);
    plc_layout_destroy(layout);
    plc_chip_destroy(chip);
    plc_network_destroy(network);
    return status;
}

static const char small[] = "placode: network/1\npopulations:\n"
                            "  - {name: a, size: 3, model: threshold}\nprojections:\n"
                            "  - {from: a, to: a, connector: {type: all_to_all}, weight: 1, "
                            "delay: 16}\n";

Test(rtl, refuses_chips_that_tiles_do_not_make_up)
{
    plc_error error = {0};
    static const char text[] = "placode: network/1\npopulations:\n"
                               "  - {name: a, size: 3, model: threshold}\n";
    cr_assert_eq(refuse(text, open_chip("spinnaker-4"), &error), PLC_INVALID);
    cr_assert(strstr(error.message, "chip spinnaker-4: expected placode-WxH"), "%s", error.message);
    cr_assert_eq(refuse(text, open_chip("placode-33x32"), &error), PLC_INVALID);
    cr_assert(strstr(error.message, "expected at most 1024 tiles, got 1056"), "%s", error.message);
    plc_chip *chip = open_chip("placode-2x2");
    chip->quantities[PLC_CHIP_LINK_BUFFER].value = 3;
    cr_assert_eq(refuse(text, chip, &error), PLC_INVALID);
    cr_assert(strstr(error.message, "link_buffer: expected 2, got 3"), "%s", error.message);
}

Test(rtl, refuses_what_a_tile_has_no_room_for)
{
    plc_error error = {0};
    plc_chip *chip = open_chip("placode-2x2");
    chip->quantities[PLC_CHIP_RING_SLOTS].value = 32;
    cr_assert_eq(refuse(small, chip, &error), PLC_DOES_NOT_FIT);
    cr_assert(strstr(error.message, "delay [ticks]: 16 needed, a tile has 15"), "%s",
              error.message);
}

/* A packet that may wait for a cycle only is dropped where links are full, and the run fails. */
Test(rtl, says_when_packets_were_dropped)
{
    plc_error error = {0};
    plc_engine *engine = NULL;
    plc_engine_settings settings = {.kind = "rtl"};
    plc_network *network = parse_network(
        "placode: network/1\npopulations:\n"
        "  - {name: a, size: 1000, model: threshold, params: {threshold: 0}}\n"
        "  - {name: b, size: 1000, model: threshold, params: {threshold: 0}}\n"
        "projections:\n"
        "  - {from: a, to: b, connector: {type: fixed_number_post, n: 9}, weight: 1}\n");
    plc_chip *chip = open_chip("placode-2x1");
    chip->quantities[PLC_CHIP_WAIT1].value = 1;
    chip->quantities[PLC_CHIP_WAIT2].value = 0;
    plc_layout *layout = map_or_not(network, chip);
    cr_assert(layout);
    cr_assert_eq(plc_engine_create(layout, &settings, &engine, &error), PLC_OK, "%s",
                 error.message);
    cr_assert_eq(plc_engine_run(engine, 2, NULL, NULL, &error), PLC_FAILED);
    cr_assert(strstr(error.message, "tick 0: routers dropped"), "%s", error.message);
    plc_engine_destroy(engine);
    plc_layout_destroy(layout);
    plc_chip_destroy(chip);
    plc_network_destroy(network);
}

/* The value of `name` in plc_chip_pkg.sv. */
static unsigned read_constant(const char *text, const char *name)
{
    char line[64];
    snprintf(line, sizeof line, "unsigned %s = ", name);
    const char *at = strstr(text, line);
    cr_assert(at, "%s", name);
    return (unsigned)strtoul(at + strlen(line), NULL, 10);
}

Test(rtl, has_the_limits_of_the_preset)
{
    static const struct {
        const char *name;
        unsigned value;
        plc_chip_quantity quantity;
        double per; /* of the preset's unit */
    } rows[] = {{"Neurons", PLC_RTL_NEURONS, PLC_CHIP_NEURONS_PER_CORE, 1},
                {"SynapseWords", PLC_RTL_SYNAPSE_WORDS, PLC_CHIP_SYNAPSE_MEMORY, 4},
                {"KeyEntries", PLC_RTL_KEY_ENTRIES, PLC_CHIP_KEY_ENTRIES, 1},
                {"RingSlots", PLC_RTL_RING_SLOTS, PLC_CHIP_RING_SLOTS, 1},
                {"WeightBits", PLC_RTL_WEIGHT_BITS, PLC_CHIP_WEIGHT_BITS, 1},
                {"RouterEntries", PLC_RTL_ROUTER_ENTRIES, PLC_CHIP_ROUTER_ENTRIES, 1},
                {"LinkBuffer", PLC_RTL_LINK_BUFFER, PLC_CHIP_LINK_BUFFER, 1},
                {"SpikeBuffer", PLC_RTL_SPIKE_BUFFER, PLC_CHIP_SPIKE_BUFFER, 1}};
    char path[512];
    plc_bytes bytes = {0};
    plc_error error = {0};
    plc_chip *chip = open_chip("placode-2x2");
    snprintf(path, sizeof path, "%s/rtl-models/plc_chip_pkg.sv", getenv("PLACODE_SOURCE"));
    cr_assert_eq(plc_bytes_read(path, &bytes, &error), PLC_OK, "%s", error.message);
    char *text = calloc(bytes.size + 1, 1);
    memcpy(text, bytes.data, bytes.size);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_assert_eq(read_constant(text, rows[i].name), rows[i].value, "%s", rows[i].name);
        cr_assert_eq(plc_chip_get(chip, rows[i].quantity), rows[i].value * rows[i].per, "%s",
                     rows[i].name);
    }
    cr_assert_eq(read_constant(text, "AsideEntries"), plc_chip_get(chip, PLC_CHIP_ASIDE_BUFFER));
    cr_assert_eq(read_constant(text, "Patience"), plc_chip_get(chip, PLC_CHIP_ASIDE_WAIT));
    cr_assert_eq(read_constant(text, "Rules"), PLC_RTL_RULES);
    cr_assert_eq(read_constant(text, "PlasticRows"), PLC_RTL_PLASTIC_ROWS);
    cr_assert_eq(read_constant(text, "StdpTable"), PLC_STDP_TABLE);
    cr_assert_eq(read_constant(text, "History"), PLC_STDP_HISTORY);
    cr_assert_eq(read_constant(text, "Groups"), PLC_RTL_GROUPS);
    cr_assert_eq(read_constant(text, "Populations"), PLC_RTL_POPULATIONS);
    free(text);
    plc_bytes_finish(&bytes);
    plc_chip_destroy(chip);
}
