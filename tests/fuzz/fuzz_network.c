/* Fuzzing the network reader: what it accepts resolves, maps and verifies, or says why not. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <placode/placode.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    plc_network *network = NULL;
    plc_chip *chip = NULL;
    plc_layout *layout = NULL;
    plc_error error = {0};
    plc_violations found = {0};
    plc_status status =
        plc_network_parse("fuzz", NULL, (const char *)data, size, 1, &network, &error);
    if (status == PLC_OK && plc_network_n_neurons(network) < 5000 &&
        plc_network_n_synapses(network) < 20000 &&
        plc_chip_open("mesh:4x4:4", &chip, &error) == PLC_OK &&
        plc_map(network, chip, NULL, &layout, &error) == PLC_OK &&
        plc_verify(network, layout, &found, &error) == PLC_OK && found.n)
        abort();
    plc_layout_destroy(layout);
    plc_chip_destroy(chip);
    plc_network_destroy(network);
    return 0;
}
