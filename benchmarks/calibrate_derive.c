/* The times of the placode chip from the cycles of small networks on engine rtl. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "benchmarks/calibrate.h"

#include "base/file.h"
#include "hw/chip/build.h"

#include <math.h>
#include <stdio.h>

enum { TICKS = 40, AT = 5 /* tick of the spikes */ };

/* How long ticks of a network take [cycles]; a tick in which it is quiet, and tick AT. */
typedef struct measured {
    bool ok;
    double quiet, busy;
} measured;

static measured measure_layout(plc_layout *layout)
{
    uint64_t cycles[TICKS], spikes[TICKS];
    measured m = {.ok = layout && calibrate_run(layout, "rtl", TICKS, cycles, spikes)};
    plc_layout_destroy(layout);
    for (uint32_t t = AT + 1; m.ok && t < TICKS && !(m.quiet > 0); t++)
        if (spikes[t] == 0)
            m.quiet = (double)cycles[t];
    m.busy = m.ok ? (double)cycles[AT] : 0;
    m.ok = m.ok && m.quiet > 0;
    return m;
}

/* A network on tiles in a row, of which those between the ends have no core. */
static void keep_ends(plc_chip *chip)
{
    for (uint32_t x = 1; x + 1 < chip->width; x++)
        plc_chip_kill_core(chip, x, 0);
}

static plc_layout *map_text(plc_text *text, const char *chip, void (*prepare)(plc_chip *chip))
{
    plc_layout *layout = text->failed ? NULL : calibrate_map(text->data, chip, prepare);
    plc_text_finish(text);
    return layout;
}

/* n populations of `size` neurons that never spike, on one tile. */
static measured measure_silence(const char *model, uint32_t n, uint32_t size)
{
    plc_text text = {0};
    plc_text_add(&text, "placode: network/1\npopulations:\n");
    for (uint32_t i = 0; i < n; i++)
        plc_text_add(&text, "  - {name: p%u, size: %u, model: %s}\n", i, size, model);
    return measure_layout(map_text(&text, "placode-1x1", NULL));
}

/* `n_from` sources on one tile spike in tick AT, and have `n_each` synapses each on a neuron of
 * another tile, with `between` more routers on the way. */
typedef struct burst {
    uint32_t n_from, n_each, between;
    bool plastic;
} burst;

static void write_sources(plc_text *text, const char *name, uint32_t n)
{
    plc_text_add(text, "  - {name: %s, size: %u, model: spike_source_array, spikes: {", name, n);
    for (uint32_t i = 0; i < n; i++)
        plc_text_add(text, "%s%u: [%d]", i ? ", " : "", i, AT);
    plc_text_add(text, "}}\n");
}

static measured measure_burst(burst b)
{
    plc_text text = {0};
    char chip[64];
    plc_text_add(&text, "placode: network/1\npopulations:\n");
    write_sources(&text, "from", b.n_from);
    plc_text_add(&text, "  - {name: to, size: 1, model: %s}\nprojections:\n",
                 b.plastic ? "lif_curr_exp" : "threshold, params: {threshold: 100000}");
    for (uint32_t i = 0; i < b.n_each; i++)
        plc_text_add(&text, "  - {from: from, to: to, connector: {type: all_to_all}, weight: %s}\n",
                     b.plastic
                         ? "0.01, plasticity: {rule: stdp_pair_additive, a_plus: 0, a_minus: 0, "
                           "tau_plus: 3, tau_minus: 3, w_min: 0, w_max: 1}"
                         : "1");
    snprintf(chip, sizeof chip, "placode-%ux1", 2 + b.between);
    return measure_layout(map_text(&text, chip, keep_ends));
}

/* Two tiles full of sources spike at once to a third, which does not know their keys: all its
 * receiver does is to look. Cycles a packet. */
static measured measure_flood(uint32_t n)
{
    plc_text text = {0};
    plc_text_add(&text, "placode: network/1\npopulations:\n");
    write_sources(&text, "a", n);
    write_sources(&text, "b", n);
    plc_text_add(&text, "  - {name: to, size: 1, model: threshold, params: {threshold: 100000}}\n"
                        "projections:\n"
                        "  - {from: a, to: to, connector: {type: all_to_all}, weight: 1}\n"
                        "  - {from: b, to: to, connector: {type: all_to_all}, weight: 1}\n");
    plc_layout *layout = map_text(&text, "placode-3x1", NULL);
    for (uint32_t i = 0; layout && i < layout->n_key_entries; i++)
        layout->key_entries[i].n_rows = 0;
    return measure_layout(layout);
}

/* A time as derived, in cycles, and as the preset has it. */
static bool report(const plc_chip *chip, plc_chip_quantity quantity, double derived)
{
    double preset = plc_chip_seconds(chip, quantity) * plc_chip_get(chip, PLC_CHIP_CORE_CLOCK);
    bool same = fabs(preset - derived) < 1e-6;
    printf("  %-26s %8g   %s", plc_chip_quantity_key(quantity), derived, same ? "" : "the chip: ");
    if (same)
        puts("as the chip");
    else
        printf("%g\n", preset);
    return same;
}

bool calibrate_derive(const char *chip_name)
{
    enum { FLOOD = 1000, FEW = 10, MANY = 60 };
    static const char gates[] = "threshold, params: {threshold: 9}";
    measured few = measure_silence(gates, 1, 400), more = measure_silence(gates, 1, 900);
    measured slices = measure_silence(gates, 20, 20);
    measured pairs = measure_silence("onoff, params: {bias: 100000, a: 1}", 1, 400);
    measured one = measure_burst((burst){1, 1, 0, false}),
             far = measure_burst((burst){1, 1, 3, false});
    measured light = measure_burst((burst){1, FEW, 0, false}),
             heavy = measure_burst((burst){1, MANY, 0, false});
    measured some = measure_burst((burst){100, MANY, 0, false});
    measured lots = measure_burst((burst){200, MANY, 0, false});
    measured learns = measure_burst((burst){1, FEW, 0, true});
    measured learns_more = measure_burst((burst){1, MANY, 0, true});
    measured flood = measure_flood(FLOOD);
    const measured *all[] = {&few,   &more, &slices, &pairs, &one,    &far,        &light,
                             &heavy, &some, &lots,   &flood, &learns, &learns_more};
    plc_chip *chip = NULL;
    plc_error error = {0};
    bool ok = plc_chip_open(chip_name, &chip, &error) == PLC_OK;
    if (!ok)
        fprintf(stderr, "%s\n", error.message);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (!all[i]->ok) {
            fprintf(stderr, "measurement %zu failed\n", i);
            ok = false;
        }
    if (!ok)
        return false;
    double neuron = (more.quiet - few.quiet) / 500, slice = (slices.quiet - few.quiet) / 19;
    double around = few.quiet - slice - 400 * neuron; /* before the neurons and after them */
    double barrier = 1, tick = around - barrier;
    double synapse = (heavy.busy - light.busy) / (MANY - FEW);
    double packet = round(flood.busy / (2 * FLOOD)), link = packet, interval = packet;
    double latency = (far.busy - one.busy) / 3 - link;
    double row = (lots.busy - some.busy) / 100 - packet - MANY * synapse;
    double plastic = (learns_more.busy - learns.busy) / (MANY - FEW) - synapse;
    /* the last sum of a static row is written a cycle after its last synapse */
    double plastic_row = learns.busy - (light.busy - 1) - FEW * plastic;
    double spike = one.busy - (tick + slice + neuron - 1) - 1 - 2 * latency - link - packet - row -
                   synapse - 1 - barrier;
    printf("cycles that the RTL takes\n");
    ok = report(chip, PLC_CHIP_CYCLES_TICK, tick);
    ok = report(chip, PLC_CHIP_BARRIER, barrier) && ok;
    ok = report(chip, PLC_CHIP_CYCLES_SLICE, slice) && ok;
    ok = report(chip, PLC_CHIP_CYCLES_ANNEAL, pairs.quiet - few.quiet) && ok;
    ok = report(chip, PLC_CHIP_CYCLES_NEURON, neuron) && ok;
    ok = report(chip, PLC_CHIP_CYCLES_SPIKE, spike) && ok;
    ok = report(chip, PLC_CHIP_CYCLES_PACKET, packet) && ok;
    ok = report(chip, PLC_CHIP_CYCLES_ROW, row) && ok;
    ok = report(chip, PLC_CHIP_CYCLES_SYNAPSE, synapse) && ok;
    ok = report(chip, PLC_CHIP_CYCLES_PLASTIC, plastic) && ok;
    ok = report(chip, PLC_CHIP_CYCLES_PLASTIC_ROW, plastic_row) && ok;
    ok = report(chip, PLC_CHIP_ROUTER_INTERVAL, interval) && ok;
    ok = report(chip, PLC_CHIP_ROUTER_LATENCY, latency) && ok;
    ok = report(chip, PLC_CHIP_LINK_TIME, link) && ok;
    plc_chip_destroy(chip);
    return ok;
}
