/* Engine fast: when spikes arrive, who is due, stopping, recording. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/layout/layout.h"

#include <criterion/criterion.h>
#include <placode/placode.h>
#include <string.h>

/* A layout of a network file on a chip. */
static plc_layout *map_text(const char *text, const char *chip_name)
{
    plc_network *network = NULL;
    plc_chip *chip = NULL;
    plc_layout *layout = NULL;
    plc_error error = {0};
    cr_assert_eq(plc_network_parse("n", NULL, text, strlen(text), 1, &network, &error), PLC_OK,
                 "%s", error.message);
    cr_assert_eq(plc_chip_open(chip_name, &chip, &error), PLC_OK, "%s", error.message);
    cr_assert_eq(plc_map(network, chip, NULL, &layout, &error), PLC_OK, "%s", error.message);
    plc_chip_destroy(chip);
    plc_network_destroy(network);
    return layout;
}

typedef struct seen {
    plc_spike spikes[256];
    size_t n;
    uint64_t ticks, stop_at;
} seen;

static plc_status see(void *context, const plc_spike *spikes, size_t n, uint64_t ticks_done)
{
    seen *s = context;
    for (size_t i = 0; i < n && s->n < 256; i++)
        s->spikes[s->n++] = spikes[i];
    s->ticks = ticks_done;
    return s->stop_at && ticks_done >= s->stop_at ? PLC_STOPPED : PLC_OK;
}

static plc_engine *start(const plc_layout *layout, uint32_t threads)
{
    plc_error error = {0};
    plc_engine *engine = NULL;
    plc_engine_settings settings = {.seed = 1, .threads = threads, .thread_grain = 1};
    cr_assert_eq(plc_engine_create(layout, &settings, &engine, &error), PLC_OK, "%s",
                 error.message);
    return engine;
}

static const char relay[] =
    "placode: network/1\npopulations:\n"
    "  - {name: in, size: 2, model: spike_source_array, spikes: {0: [0, 4], 1: [30]}}\n"
    "  - {name: out, size: 2, model: threshold}\n"
    "projections: [{from: in, to: out, connector: {type: one_to_one}, weight: 1, delay: 3}]\n";

Test(fast, a_spike_acts_after_its_delay)
{
    plc_layout *layout = map_text(relay, "mesh:2x2:1");
    for (uint32_t threads = 1; threads <= 3; threads++) {
        seen s = {0};
        plc_engine *engine = start(layout, threads);
        cr_assert_eq(plc_engine_run(engine, 40, see, &s, NULL), PLC_OK);
        const uint64_t expected[][3] = {{0, 0, 0}, {3, 1, 0},  {4, 0, 0},
                                        {7, 1, 0}, {30, 0, 1}, {33, 1, 1}};
        cr_assert_eq(s.n, 6, "%zu spikes", s.n);
        for (size_t i = 0; i < 6; i++)
            cr_assert(s.spikes[i].tick == expected[i][0] &&
                          s.spikes[i].population == expected[i][1] &&
                          s.spikes[i].neuron == expected[i][2],
                      "spike %zu at %llu", i, (unsigned long long)s.spikes[i].tick);
        plc_engine_stats stats = plc_engine_get_stats(engine);
        cr_assert(stats.ticks == 40 && stats.spikes == 6 && stats.synaptic_events == 3);
        plc_engine_destroy(engine);
    }
    plc_layout_destroy(layout);
}

Test(fast, in_pieces_or_at_once_is_the_same)
{
    plc_layout *layout = map_text(relay, "ideal");
    plc_engine *whole = start(layout, 1), *pieces = start(layout, 1);
    cr_assert_eq(plc_engine_run(whole, 40, NULL, NULL, NULL), PLC_OK);
    for (int i = 0; i < 8; i++)
        cr_assert_eq(plc_engine_run(pieces, 5, NULL, NULL, NULL), PLC_OK);
    cr_assert_eq(plc_engine_get_stats(whole).digest, plc_engine_get_stats(pieces).digest);
    plc_engine_destroy(whole);
    plc_engine_destroy(pieces);
    plc_layout_destroy(layout);
}

Test(fast, a_sink_can_stop_it)
{
    plc_layout *layout = map_text(relay, "ideal");
    plc_engine *engine = start(layout, 1);
    seen s = {.stop_at = 1};
    cr_assert_eq(plc_engine_run(engine, UINT64_C(1) << 40, see, &s, NULL), PLC_STOPPED);
    cr_assert_eq(plc_engine_get_stats(engine).ticks, s.ticks);
    cr_assert_eq(s.n, 6);
    plc_engine_destroy(engine);
    plc_layout_destroy(layout);
}

/* Input to a neuron that is not due waits, and adds up. */
Test(fast, input_waits_until_a_neuron_is_due)
{
    plc_layout *layout = map_text(
        "placode: network/1\npopulations:\n"
        "  - {name: in, size: 1, model: spike_source_array, spikes: {0: [1, 2, 3, 6]}}\n"
        "  - {name: out, size: 1, model: threshold, params: {threshold: 2}, period: 5, phase: 4}\n"
        "projections: [{from: in, to: out, connector: {type: one_to_one}, weight: 1}]\n",
        "ideal");
    seen s = {0};
    plc_engine *engine = start(layout, 1);
    cr_assert_eq(plc_engine_run(engine, 20, see, &s, NULL), PLC_OK);
    cr_assert_eq(s.n, 5, "four stimuli and one spike");
    cr_assert(s.spikes[3].tick == 4 && s.spikes[3].population == 1);
    plc_engine_destroy(engine);
    plc_layout_destroy(layout);
}

Test(fast, weights_may_be_wider_than_16_bits)
{
    plc_layout *layout = map_text(
        "placode: network/1\npopulations:\n"
        "  - {name: in, size: 2, model: spike_source_array, spikes: {0: [1], 1: [1, 5]}}\n"
        "  - {name: out, size: 1, model: threshold, params: {threshold: 1}}\n"
        "projections:\n  - {from: in, to: out, connector: {type: all_to_all}, weight: 100000}\n"
        "  - {from: in, to: out, connector: {type: all_to_all}, weight: -99999}\n",
        "ideal");
    cr_assert_eq(layout->format.word_bytes, 4);
    plc_engine *engine = start(layout, 1);
    seen s = {0};
    cr_assert_eq(plc_engine_run(engine, 20, see, &s, NULL), PLC_OK);
    cr_assert_eq(s.n, 5);
    plc_engine_destroy(engine);
    plc_layout_destroy(layout);
}

Test(fast, records_potentials_before_the_update)
{
    plc_layout *layout = map_text(
        "placode: network/1\npopulations:\n"
        "  - {name: a, size: 2, model: lif_curr_exp, params: {v_init: [-60, -70], i_offset: 0.5}}\n"
        "record: [{population: a, what: v}]\n",
        "ideal");
    plc_engine *engine = start(layout, 1);
    cr_assert_null(plc_engine_recording(engine, 0));
    cr_assert_eq(plc_engine_record_v(engine, NULL), PLC_OK);
    cr_assert_eq(plc_engine_run(engine, 3, NULL, NULL, NULL), PLC_OK);
    cr_assert_eq(plc_engine_run(engine, 3, NULL, NULL, NULL), PLC_OK);
    const plc_recording *r = plc_engine_recording(engine, 0);
    cr_assert(r && r->n_ticks == 6 && r->n_neurons == 2);
    cr_assert(r->values[0] == -60 * 32768 && r->values[1] == -70 * 32768);
    cr_assert(r->values[3] > r->values[1] && r->values[11] > r->values[3],
              "a current charges the membrane");
    cr_assert_null(plc_engine_recording(engine, 1));
    cr_assert_eq(plc_engine_record_v(engine, NULL), PLC_INVALID, "too late");
    plc_engine_destroy(engine);
    plc_layout_destroy(layout);
}

Test(fast, knows_its_name)
{
    plc_error error = {0};
    plc_engine *engine = NULL;
    plc_layout *layout = map_text(relay, "ideal");
    plc_engine_settings settings = {.kind = "warp"};
    cr_assert_str_eq(plc_engine_kind(0), "fast");
    cr_assert_eq(plc_engine_create(layout, &settings, &engine, &error), PLC_INVALID);
    cr_assert_str_eq(error.message, "engine: expected fast, mesh, rtl or systemc, got \"warp\"");
    plc_layout_destroy(layout);
}
