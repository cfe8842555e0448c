/* Steps and synaptic events per second of engine fast on the field's yardstick network, beside a
 * plain loop.
 *
 * The network: 10,000 lif_curr_exp neurons on 40 cores, 1.0 M random synapses, driven to about 20
 * Hz, 1 ms ticks. The yardstick does the same work with the same kernel and one flat list of
 * synapses. Wall time is reported, never asserted. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/neuron/lif.h"
#include "net/network.h"

#include <placode/placode.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { NEURONS = 10000, TICKS = 1000 };

static const char text[] = "placode: network/1\npopulations:\n"
                           "  - {name: cells, size: 10000, model: lif_curr_exp, params: {tau_m: "
                           "20, v_rest: -65, v_reset: -65, v_thresh: -50, "
                           "tau_refrac: 2, i_offset: 0.83}}\n"
                           "projections:\n"
                           "  - {from: cells, to: cells, connector: {type: fixed_number_post, n: "
                           "100, allow_self: false}, weight: 0.002, "
                           "delay: 1}\n";

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* The flat loop; the number of spikes. */
static uint64_t yardstick(const plc_network *network)
{
    const plc_projection *p = &network->projections[0];
    plc_lif_params params;
    plc_lif_state *state = calloc(NEURONS, sizeof *state);
    uint32_t *input = calloc(NEURONS, sizeof *input), *fired = malloc(NEURONS * sizeof *fired);
    uint64_t spikes = 0;
    memcpy(&params, network->populations[0].params, sizeof params);
    for (uint32_t i = 0; i < NEURONS; i++)
        memcpy(&state[i], network->populations[0].state, sizeof *state);
    for (int tick = 0; tick < TICKS; tick++) {
        uint32_t n = 0;
        for (uint32_t i = 0; i < NEURONS; i++) {
            if (plc_lif_update(&params, &state[i], input[i], 0))
                fired[n++] = i;
            input[i] = 0;
        }
        for (uint32_t s = 0; s < n; s++)
            for (uint64_t k = p->offsets[fired[s]]; k < p->offsets[fired[s] + 1]; k++)
                input[p->targets[k]] += (uint32_t)p->weight_all;
        spikes += n;
    }
    free(state);
    free(input);
    free(fired);
    return spikes;
}

int main(void)
{
    plc_network *network = NULL;
    plc_chip *chip = NULL;
    plc_layout *layout = NULL;
    plc_engine *engine = NULL;
    plc_error error = {0};
    plc_engine_stats stats = {0};
    uint64_t expected = 0;
    double begin = seconds_now(), mapped = 0, loaded = 0, ran = 0, flat = 0;
    plc_status status = plc_network_parse("lif", NULL, text, strlen(text), 1, &network, &error);
    if (status == PLC_OK)
        status = plc_chip_open("hextorus:4x5:2", &chip, &error);
    if (status == PLC_OK)
        status = plc_map(network, chip, NULL, &layout, &error);
    mapped = seconds_now() - begin;
    begin = seconds_now();
    if (status == PLC_OK)
        status = plc_engine_create(layout, &(plc_engine_settings){.seed = 1, .threads = 1}, &engine,
                                   &error);
    loaded = seconds_now() - begin;
    begin = seconds_now();
    if (status == PLC_OK)
        status = plc_engine_run(engine, TICKS, NULL, NULL, &error);
    ran = seconds_now() - begin;
    if (status == PLC_OK) {
        stats = plc_engine_get_stats(engine);
        begin = seconds_now();
        expected = yardstick(network);
        flat = seconds_now() - begin;
        printf("%u cores, %.1f Hz; map %.3f s, load %.3f s\n", plc_layout_n_cores(layout),
               (double)stats.spikes / NEURONS / (TICKS * 1e-3), mapped, loaded);
        printf("%-12s %10s %16s\n", "", "ticks/s", "synaptic ev./s");
        printf("%-12s %10.0f %16.3g\n", "engine fast", TICKS / ran,
               (double)stats.synaptic_events / ran);
        printf("%-12s %10.0f %16.3g\n", "flat loop", TICKS / flat,
               (double)stats.synaptic_events / flat);
        if (stats.spikes != expected)
            printf("spikes differ: %llu and %llu\n", (unsigned long long)stats.spikes,
                   (unsigned long long)expected);
    } else {
        puts(error.message);
    }
    plc_engine_destroy(engine);
    plc_layout_destroy(layout);
    plc_chip_destroy(chip);
    plc_network_destroy(network);
    return status != PLC_OK || stats.spikes != expected;
}
