/* Fuzzing the reader of spike rates. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/layout/layout.h"
#include "mapper/rates.h"

#include <placode/placode.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A layout of two populations, made anew for each input so that nothing is kept between them. */
static plc_layout *make_layout(void)
{
    static const char text[] =
        "placode: network/1\npopulations: [{name: a, size: 5, model: threshold}, "
        "{name: b.c, size: 3, model: threshold}]\n";
    plc_network *network = NULL;
    plc_chip *chip = NULL;
    plc_layout *layout = NULL;
    if (plc_network_parse("net", NULL, text, strlen(text), 1, &network, NULL) == PLC_OK &&
        plc_chip_open("ideal", &chip, NULL) == PLC_OK)
        plc_map(network, chip, NULL, &layout, NULL);
    plc_chip_destroy(chip);
    plc_network_destroy(network);
    return layout;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    plc_layout *layout = make_layout();
    plc_rates *rates = NULL;
    plc_error error = {0};
    if (layout && plc_rates_parse("fuzz", (const char *)data, size, layout->populations,
                                  layout->n_populations, &rates, &error) == PLC_OK)
        plc_rates_destroy(rates);
    plc_layout_destroy(layout);
    return 0;
}
