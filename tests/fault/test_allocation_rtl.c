/* Failing allocations of engine rtl, of engine systemc with a tile in RTL, and of engine mesh on
 * the same chip. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fault/allocation.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

/* All that the host does for a network: sources, rows, rules, potentials, weights. */
static const char net[] =
    "placode: network/1\npopulations:\n"
    "  - {name: noise, size: 20, model: spike_source_poisson, params: {rate: [100, 200, 300, 400, "
    "500, 100, 200, 300, 400, 500, 100, 200, 300, 400, 500, 100, 200, 300, 400, 500]}}\n"
    "  - {name: cue, size: 3, model: spike_source_array, spikes: {0: [0, 1, 2], 2: [1]}}\n"
    "  - {name: a, size: 9, model: lif_curr_exp, params: {v_thresh: -60}}\n"
    "projections:\n"
    "  - {from: noise, to: a, connector: {type: all_to_all}, weight: 1}\n"
    "  - {from: cue, to: a, connector: {type: all_to_all}, weight: 1, plasticity: {rule: "
    "stdp_pair_additive, a_plus: 1, a_minus: 1, tau_plus: 3, tau_minus: 3, w_min: 0, w_max: 3}}\n"
    "record: [{population: a, what: v}]\n";

/* Verilated modules have their names from strdup(), which is not to fail: nobody looks. */
char *__real_strdup(const char *text);
char *__wrap_strdup(const char *text);

char *__wrap_strdup(const char *text)
{
    allocation_note();
    return __real_strdup(text);
}

static plc_layout *layout;

static plc_status take(void *context, const plc_spike *spikes, size_t n, uint64_t ticks_done)
{
    (void)context, (void)spikes, (void)n, (void)ticks_done;
    return PLC_OK;
}

static plc_status run_engine(const char *kind, plc_error *error)
{
    plc_engine *engine = NULL;
    plc_weight *weights = NULL;
    size_t n;
    plc_engine_settings settings = {.kind = kind, .seed = 1};
    settings.rtl_tiles = strcmp(kind, "systemc") ? NULL : "1,0";
    plc_status status = plc_engine_create(layout, &settings, &engine, error);
    if (status == PLC_OK)
        status = plc_engine_record_v(engine, error);
    if (status == PLC_OK)
        status = plc_engine_run(engine, 4, take, NULL, error);
    if (status == PLC_OK)
        status = plc_engine_get_weights(engine, &weights, &n, error);
    free(weights);
    plc_engine_destroy(engine);
    return status;
}

static plc_status run_rtl(plc_error *error)
{
    plc_status status = run_engine("rtl", error);
    return status == PLC_OK ? run_engine("mesh", error) : status;
}

static plc_status run_systemc(plc_error *error)
{
    return run_engine("systemc", error);
}

static void map_network(void)
{
    plc_network *network = NULL;
    plc_chip *chip = NULL;
    plc_error error = {0};
    plc_map_settings settings = {.seed = 1};
    cr_assert_eq(plc_network_parse("net", NULL, net, strlen(net), 1, &network, &error), PLC_OK,
                 "%s", error.message);
    cr_assert_eq(plc_chip_open("placode-3x1", &chip, &error), PLC_OK, "%s", error.message);
    cr_assert_eq(plc_map(network, chip, &settings, &layout, &error), PLC_OK, "%s", error.message);
    plc_chip_destroy(chip);
    plc_network_destroy(network);
}

Test(allocation_rtl, every_failure_is_reported_and_leaves_nothing, .timeout = 120)
{
    map_network();
    fail_each(run_rtl, 0);
    plc_layout_destroy(layout);
}

/* What SystemC itself allocates is out of reach. */
Test(allocation_rtl, every_failure_of_systemc_is_reported_and_leaves_nothing, .timeout = 120)
{
    plc_error error = {0};
    map_network();
    plc_status status = run_systemc(&error);
    if (status == PLC_OK)
        fail_each(run_systemc, 0);
    else
        cr_assert(strstr(error.message, "built without it"), "%s", error.message);
    plc_layout_destroy(layout);
}
