/* Steps and synaptic events per second of engine fast on the field's yardstick network, beside a
 * plain loop.
 *
 * The network is the standard one of yardstick_network.h, on 40 cores. The yardstick does the same
 * work with the same kernel and one flat list of synapses. Wall time is reported, never asserted.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/neuron/lif.h"
#include "benchmarks/measure.h"
#include "benchmarks/yardstick_network.h"
#include "net/network.h"

#include <placode/placode.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TICKS = 1000 };

/* The flat loop; the number of spikes. */
static uint64_t yardstick(const plc_network *network)
{
    const plc_projection *p = &network->projections[0];
    plc_lif_params params;
    uint32_t n = yardstick_standard.n_neurons;
    plc_lif_state *state = calloc(n, sizeof *state);
    uint32_t *input = calloc(n, sizeof *input), *fired = malloc(n * sizeof *fired);
    uint64_t spikes = 0;
    memcpy(&params, network->populations[0].params, sizeof params);
    for (uint32_t i = 0; i < n; i++)
        memcpy(&state[i],
               plc_population_state(&network->populations[0], i, sizeof *state / sizeof(int32_t)),
               sizeof *state);
    for (int tick = 0; tick < TICKS; tick++) {
        uint32_t n_fired = 0;
        for (uint32_t i = 0; i < n; i++) {
            if (plc_lif_update(&params, &state[i], input[i], 0))
                fired[n_fired++] = i;
            input[i] = 0;
        }
        for (uint32_t s = 0; s < n_fired; s++)
            for (uint64_t k = p->offsets[fired[s]]; k < p->offsets[fired[s] + 1]; k++)
                input[p->targets[k]] += (uint32_t)p->weight_all;
        spikes += n_fired;
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
    plc_text text = {0};
    plc_error error = {0};
    plc_engine_stats stats = {0};
    uint64_t expected = 0;
    yardstick_network_write(&yardstick_standard, &text);
    double begin = seconds_now(), mapped = 0, loaded = 0, ran = 0, flat = 0;
    plc_status status = plc_network_parse("lif", NULL, text.data, text.n, 1, &network, &error);
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
               (double)stats.spikes / yardstick_standard.n_neurons / (TICKS * 1e-3), mapped,
               loaded);
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
    plc_text_finish(&text);
    plc_engine_destroy(engine);
    plc_layout_destroy(layout);
    plc_chip_destroy(chip);
    plc_network_destroy(network);
    return status != PLC_OK || stats.spikes != expected;
}
