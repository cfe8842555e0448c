/* Engine mesh in cycles: times by hand, for constants that are not the preset's. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/chip/build.h"
#include "hw/engine/clocked.h"
#include "tests/support/random_network.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* [cycles] but for the buffers. */
typedef struct constants {
    double tick, slice, neuron, spike, packet, row, synapse, latency, link, interval, barrier,
        link_buffer, spike_buffer;
} constants;

static const constants preset = {1, 1, 2, 1, 1, 2, 1, 2, 1, 1, 1, 2, 16};

static plc_chip *make_chip(const char *name, const constants *of)
{
    plc_chip *chip = NULL;
    plc_error error = {0};
    cr_assert_eq(plc_chip_open(name, &chip, &error), PLC_OK, "%s", error.message);
    plc_quantity *q = chip->quantities;
    q[PLC_CHIP_CYCLES_TICK].value = of->tick;
    q[PLC_CHIP_CYCLES_SLICE].value = of->slice;
    q[PLC_CHIP_CYCLES_NEURON].value = of->neuron;
    q[PLC_CHIP_CYCLES_SPIKE].value = of->spike;
    q[PLC_CHIP_CYCLES_PACKET].value = of->packet;
    q[PLC_CHIP_CYCLES_ROW].value = of->row;
    q[PLC_CHIP_CYCLES_SYNAPSE].value = of->synapse;
    q[PLC_CHIP_ROUTER_LATENCY].value = of->latency;
    q[PLC_CHIP_ROUTER_INTERVAL].value = of->interval;
    q[PLC_CHIP_LINK_TIME].value = of->link * 10e-9;
    q[PLC_CHIP_BARRIER].value = of->barrier * 10e-9;
    q[PLC_CHIP_LINK_BUFFER].value = of->link_buffer;
    q[PLC_CHIP_SPIKE_BUFFER].value = of->spike_buffer;
    return chip;
}

/* Runs a network on a chip, which it destroys; the digest is that of fast. */
static plc_engine_cost run(const char *text, plc_chip *chip, uint64_t ticks)
{
    plc_network *network = NULL;
    plc_layout *layout = NULL;
    plc_engine *engine = NULL;
    plc_engine_cost cost;
    plc_error error = {0};
    plc_map_settings map = {.seed = 1};
    plc_engine_settings settings = {.kind = "mesh", .seed = 7, .threads = 1};
    cr_assert_eq(plc_network_parse("test", NULL, text, strlen(text), 1, &network, &error), PLC_OK,
                 "%s", error.message);
    cr_assert_eq(plc_map(network, chip, &map, &layout, &error), PLC_OK, "%s", error.message);
    cr_assert_eq(plc_engine_create(layout, &settings, &engine, &error), PLC_OK, "%s",
                 error.message);
    cr_assert_eq(plc_engine_run(engine, ticks, NULL, NULL, &error), PLC_OK, "%s", error.message);
    cr_assert(plc_engine_get_cost(engine, &cost));
    cr_assert_eq(plc_engine_get_stats(engine).digest, fast_digest(layout, 7, ticks, 1));
    plc_engine_destroy(engine);
    plc_layout_destroy(layout);
    plc_chip_destroy(chip);
    plc_network_destroy(network);
    return cost;
}

static uint64_t cycles_of(const plc_engine_cost *cost)
{
    return (uint64_t)llround(cost->seconds * cost->core_clock);
}

static const constants others[] = {
    {1, 1, 2, 1, 1, 2, 1, 2, 1, 1, 1, 2, 16}, {3, 0, 1, 1, 1, 0, 1, 2, 1, 1, 0, 1, 1},
    {2, 4, 5, 3, 4, 6, 3, 7, 5, 2, 9, 2, 16}, {1, 2, 3, 2, 2, 1, 2, 3, 2, 1, 2, 3, 2},
    {1, 1, 1, 1, 1, 2, 0, 2, 1, 1, 1, 2, 16},
};
enum { N_OTHERS = sizeof others / sizeof *others };

/* One spike and its row of three synapses, on another tile. */
Test(clocked, a_spike_takes_its_way)
{
    static const char text[] =
        "placode: network/1\npopulations:\n"
        "  - {name: cue, size: 1, model: spike_source_array, spikes: {0: [0]}}\n"
        "  - {name: out, size: 1, model: threshold, params: {threshold: 9}}\n"
        "projections:\n"
        "  - {from: cue, to: out, connector: {type: all_to_all}, weight: 1}\n"
        "  - {from: cue, to: out, connector: {type: all_to_all}, weight: 1, delay: 2}\n"
        "  - {from: cue, to: out, connector: {type: all_to_all}, weight: 1, delay: 3}\n";
    for (size_t i = 0; i < N_OTHERS; i++) {
        const constants *c = &others[i];
        plc_engine_cost cost = run(text, make_chip("placode-2x1", c), 1);
        double leaves = c->tick + c->slice + c->neuron - 1;
        double arrives = leaves + c->spike + 1 + 2 * c->latency + c->link;
        double done = arrives + c->packet + c->row + 3 * c->synapse + 1;
        cr_assert_eq(cycles_of(&cost), (uint64_t)(done + c->barrier), "case %zu: %llu, not %g", i,
                     (unsigned long long)cycles_of(&cost), done + c->barrier);
    }
}

/* Two slices of gates that are due in turn: each takes its time in every tick. */
Test(clocked, neurons_take_their_time_due_or_not)
{
    static const char text[] =
        "placode: network/1\npopulations:\n"
        "  - {name: a, size: 20, model: threshold, period: 2, params: {threshold: 9}}\n"
        "  - {name: b, size: 30, model: threshold, period: 3, params: {threshold: 9}}\n";
    for (size_t i = 0; i < N_OTHERS; i++) {
        const constants *c = &others[i];
        plc_engine_cost cost = run(text, make_chip("placode-1x1", c), 6);
        double tick = c->tick + 2 * c->slice + 50 * c->neuron + c->barrier;
        cr_assert_eq(cycles_of(&cost), (uint64_t)(6 * tick), "case %zu", i);
    }
}

/* The annealer of a population runs once where its slices follow each other, in the ticks in which
 * it is due. */
Test(clocked, annealers_run_when_their_population_is_due)
{
    static const char text[] =
        "placode: network/1\npopulations:\n"
        "  - {name: a, size: 20, model: onoff, period: 2, params: {bias: 100000, a: 1}}\n";
    plc_engine_cost cost = run(text, make_chip("placode-1x1", &preset), 8);
    cr_assert_geq(cycles_of(&cost), 8 * (1 + 1 + 40 + 1) + 4 * 51);
    cr_assert_leq(cycles_of(&cost), 8 * (1 + 1 + 40 + 1) + 4 * 51 + 8 * 6); /* and lost spikes */
}

/* Every neuron spikes in every tick: with any constants and buffers all packets come through. */
Test(clocked, nothing_is_lost_where_all_is_full, .timeout = 60)
{
    static const char text[] =
        "placode: network/1\npopulations:\n"
        "  - {name: a, size: 90, model: threshold, params: {threshold: 0}}\n"
        "  - {name: b, size: 2500, model: threshold, params: {threshold: -1000}}\n"
        "projections:\n"
        "  - {from: a, to: b, connector: {type: fixed_number_post, n: 9}, weight: 1}\n"
        "  - {from: b, to: a, connector: {type: fixed_number_post, n: 1}, weight: 1}\n"
        "  - {from: b, to: b, connector: {type: fixed_number_post, n: 3}, weight: -1}\n";
    uint64_t forced = 0;
    for (size_t i = 0; i < N_OTHERS; i++) {
        plc_engine_cost cost = run(text, make_chip("placode-2x2", &others[i]), 3);
        cr_assert_eq(cost.packets, 3 * 2590);
        forced += cost.forced;
    }
    cr_assert_gt(forced, 0);
}

/* Other chips, and this one where packets give up waiting, run event by event. */
Test(clocked, is_for_chips_that_are_such)
{
    static const char *const names[] = {"spinnaker-4", "loihi", "ideal", "mesh:2x2:1"};
    plc_chip *chip = make_chip("placode-2x2", &preset);
    cr_assert(plc_clocked_is(chip));
    chip->quantities[PLC_CHIP_WAIT1].value = 100;
    chip->quantities[PLC_CHIP_WAIT2].value = 0;
    cr_assert_not(plc_clocked_is(chip));
    plc_chip_destroy(chip);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        plc_error error = {0};
        cr_assert_eq(plc_chip_open(names[i], &chip, &error), PLC_OK);
        cr_assert_not(plc_clocked_is(chip), "%s", names[i]);
        plc_chip_destroy(chip);
    }
}
