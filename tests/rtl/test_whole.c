/* The driver of single tiles against plc_mesh verilated as a whole: the same spikes, cycles and
 * counts in every tick. The linker puts the functions below in the place of the driver's own; they
 * give each write and each tick to both. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "rtl-models/whole.h"

#include <criterion/criterion.h>
#include <placode/placode.h>
#include <stdlib.h>
#include <string.h>

enum { TICKS = 50, CYCLES_MAX = 1 << 20 };

static plc_rtl_whole *whole;
static uint64_t n_ticks;

void __real_plc_rtl_mesh_write(plc_rtl_mesh *mesh, uint32_t tile, plc_rtl_space space,
                               uint32_t address, uint32_t data);
plc_rtl_result __real_plc_rtl_mesh_tick(plc_rtl_mesh *mesh, uint64_t *ret_cycles,
                                        uint32_t *ret_tile);
void __wrap_plc_rtl_mesh_write(plc_rtl_mesh *mesh, uint32_t tile, plc_rtl_space space,
                               uint32_t address, uint32_t data);
plc_rtl_result __wrap_plc_rtl_mesh_tick(plc_rtl_mesh *mesh, uint64_t *ret_cycles,
                                        uint32_t *ret_tile);

void __wrap_plc_rtl_mesh_write(plc_rtl_mesh *mesh, uint32_t tile, plc_rtl_space space,
                               uint32_t address, uint32_t data)
{
    __real_plc_rtl_mesh_write(mesh, tile, space, address, data);
    plc_rtl_whole_write(whole, tile, space, address, data);
}

static int compare_spikes(const void *a, const void *b)
{
    const plc_rtl_spike *x = a, *y = b;
    uint64_t at_x = (uint64_t)x->tile << 32 | x->neuron, at_y = (uint64_t)y->tile << 32 | y->neuron;
    return (at_x > at_y) - (at_x < at_y);
}

static void check_spikes(const plc_rtl_mesh *mesh)
{
    size_t n, m;
    const plc_rtl_spike *from = plc_rtl_mesh_spikes(mesh, &n);
    const plc_rtl_spike *other = plc_rtl_whole_spikes(whole, &m);
    cr_assert_eq(n, m, "tick %llu: %zu spikes, as a whole %zu", (unsigned long long)n_ticks, n, m);
    cr_assert_lt(m, PLC_RTL_WHOLE_SPIKES);
    plc_rtl_spike *x = calloc(n + 1, sizeof *x), *y = calloc(n + 1, sizeof *y);
    memcpy(x, from, n * sizeof *x);
    memcpy(y, other, n * sizeof *y);
    qsort(x, n, sizeof *x, compare_spikes);
    qsort(y, n, sizeof *y, compare_spikes);
    for (size_t i = 0; i < n; i++)
        cr_assert(x[i].tile == y[i].tile && x[i].neuron == y[i].neuron && x[i].off == y[i].off,
                  "tick %llu: spike %zu differs", (unsigned long long)n_ticks, i);
    free(x);
    free(y);
}

plc_rtl_result __wrap_plc_rtl_mesh_tick(plc_rtl_mesh *mesh, uint64_t *ret_cycles,
                                        uint32_t *ret_tile)
{
    plc_rtl_result result = __real_plc_rtl_mesh_tick(mesh, ret_cycles, ret_tile);
    uint64_t cycles = plc_rtl_whole_tick(whole, CYCLES_MAX);
    cr_assert_eq(result, PLC_RTL_OK);
    cr_assert_eq(*ret_cycles, cycles, "tick %llu: %llu cycles, as a whole %llu",
                 (unsigned long long)n_ticks, (unsigned long long)*ret_cycles,
                 (unsigned long long)cycles);
    check_spikes(mesh);
    n_ticks++;
    return result;
}

static const char text[] =
    "placode: network/1\npopulations:\n"
    "  - {name: exc, size: 900, model: lif_curr_exp, params: {v_thresh: -52, i_offset: 0.6}}\n"
    "  - {name: gate, size: 500, model: threshold, params: {threshold: 2}}\n"
    "  - {name: spins, size: 300, model: onoff, params: {delta: 20, bias: 1}, period: 2}\n"
    "  - {name: noise, size: 60, model: spike_source_poisson, params: {rate: 90}}\n"
    "projections:\n"
    "  - {from: noise, to: exc, connector: {type: fixed_number_post, n: 90}, weight: 2}\n"
    "  - {from: exc, to: exc, connector: {type: fixed_number_post, n: 9}, weight: 0.4, delay: 3}\n"
    "  - {from: exc, to: gate, connector: {type: fixed_number_post, n: 9}, weight: 1}\n"
    "  - {from: gate, to: exc, connector: {type: fixed_number_post, n: 9}, weight: 1, receptor: "
    "inhibitory}\n"
    "  - {from: noise, to: spins, connector: {type: fixed_number_post, n: 9}, weight: 1}\n"
    "  - {from: spins, to: spins, connector: {type: fixed_number_post, n: 5}, weight: -1}\n"
    "  - {from: spins, to: gate, connector: {type: fixed_number_post, n: 5}, weight: 1}\n";

Test(whole, is_what_the_tiles_are_one_by_one, .timeout = 120)
{
    plc_error error = {0};
    plc_network *network = NULL;
    plc_chip *chip = NULL;
    plc_layout *layout = NULL;
    plc_engine *engine = NULL;
    plc_engine_settings settings = {.kind = "rtl", .seed = 3};
    plc_map_settings map = {.seed = 1};
    whole = plc_rtl_whole_create();
    cr_assert(whole);
    cr_assert_eq(plc_network_parse("test", NULL, text, strlen(text), 1, &network, &error), PLC_OK,
                 "%s", error.message);
    cr_assert_eq(plc_chip_open("placode-2x2", &chip, &error), PLC_OK);
    cr_assert_eq(plc_map(network, chip, &map, &layout, &error), PLC_OK, "%s", error.message);
    cr_assert_eq(plc_engine_create(layout, &settings, &engine, &error), PLC_OK, "%s",
                 error.message);
    cr_assert_eq(plc_engine_run(engine, TICKS, NULL, NULL, &error), PLC_OK, "%s", error.message);
    plc_engine_stats stats = plc_engine_get_stats(engine);
    plc_rtl_counts counts = plc_rtl_whole_counts(whole);
    plc_engine_cost cost;
    cr_assert(plc_engine_get_cost(engine, &cost));
    cr_assert_eq(n_ticks, TICKS);
    cr_assert_gt(stats.spikes, 1000);
    cr_assert_gt(cost.hops, 1000);
    cr_assert_eq(counts.spikes, stats.spikes);
    cr_assert_eq(counts.updates, stats.updates);
    cr_assert_eq(counts.events, stats.synaptic_events);
    cr_assert_eq(counts.deliveries, cost.deliveries);
    cr_assert_eq(counts.passes, cost.passes);
    cr_assert_eq(counts.aside, cost.forced);
    cr_assert_eq(plc_rtl_whole_errors(whole), 0);
    plc_engine_destroy(engine);
    plc_layout_destroy(layout);
    plc_chip_destroy(chip);
    plc_network_destroy(network);
    plc_rtl_whole_destroy(whole);
}
