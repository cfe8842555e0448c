/* The times of the chip placode-WxH, from its RTL: what one neuron, slice, synapse, packet or hop
 * more takes, and whether the preset says so; then the ticks of engine mesh beside the RTL's.
 *
 *   bench_calibrate                 both
 *   bench_calibrate derive [CHIP]   the times alone, beside those of a chip
 *   bench_calibrate compare         the comparison alone
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "benchmarks/calibrate.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

plc_layout *calibrate_map(const char *text, const char *chip_name, void (*prepare)(plc_chip *chip))
{
    plc_network *network = NULL;
    plc_chip *chip = NULL;
    plc_layout *layout = NULL;
    plc_error error = {0};
    plc_map_settings settings = {.seed = 1};
    plc_status status =
        plc_network_parse("calibrate", NULL, text, strlen(text), 1, &network, &error);
    if (status == PLC_OK)
        status = plc_chip_open(chip_name, &chip, &error);
    if (status == PLC_OK && prepare)
        prepare(chip);
    if (status == PLC_OK)
        status = plc_map(network, chip, &settings, &layout, &error);
    if (status != PLC_OK)
        fprintf(stderr, "%s\n", error.message);
    plc_network_destroy(network);
    plc_chip_destroy(chip);
    return layout;
}

bool calibrate_run(const plc_layout *layout, const char *kind, uint64_t n_ticks,
                   uint64_t *ret_cycles, uint64_t *ret_spikes)
{
    plc_engine *engine = NULL;
    plc_engine_settings settings = {.kind = kind, .seed = 1, .threads = 1};
    plc_engine_cost cost;
    plc_error error = {0};
    uint64_t cycles = 0, spikes = 0;
    plc_status status = plc_engine_create(layout, &settings, &engine, &error);
    for (uint64_t t = 0; status == PLC_OK && t < n_ticks; t++) {
        status = plc_engine_run(engine, 1, NULL, NULL, &error);
        if (status == PLC_OK && plc_engine_get_cost(engine, &cost)) {
            uint64_t now = (uint64_t)llround(cost.seconds * cost.core_clock);
            uint64_t sent = plc_engine_get_stats(engine).spikes;
            ret_cycles[t] = now - cycles;
            ret_spikes[t] = sent - spikes;
            cycles = now;
            spikes = sent;
        }
    }
    if (status != PLC_OK)
        fprintf(stderr, "engine %s: %s\n", kind, error.message);
    plc_engine_destroy(engine);
    return status == PLC_OK;
}

int main(int argc, char **argv)
{
    bool derive = argc == 1 || !strcmp(argv[1], "derive");
    bool compare = argc == 1 || !strcmp(argv[1], "compare"), ok = true;
    if (argc > (derive ? 3 : 2) || (!derive && !compare)) {
        fputs("bench_calibrate [derive [CHIP] | compare]\n", stderr);
        return 2;
    }
    if (derive)
        ok = calibrate_derive(argc > 2 ? argv[2] : "placode-2x2");
    if (compare)
        ok = calibrate_compare() && ok;
    return !ok;
}
