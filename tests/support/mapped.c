/* Networks, chips and layouts for tests. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/mapped.h"

#include <criterion/criterion.h>
#include <string.h>

plc_network *parse_network(const char *text)
{
    plc_network *network = NULL;
    plc_error error = {0};
    cr_assert_eq(plc_network_parse("test", NULL, text, strlen(text), 1, &network, &error), PLC_OK,
                 "%s", error.message);
    return network;
}

plc_chip *open_chip(const char *name)
{
    plc_chip *chip = NULL;
    plc_error error = {0};
    cr_assert_eq(plc_chip_open(name, &chip, &error), PLC_OK, "%s", error.message);
    return chip;
}

plc_layout *map_or_not(plc_network *network, const plc_chip *chip)
{
    plc_layout *layout = NULL;
    plc_error error = {0};
    plc_map_settings settings = {.seed = 1};
    plc_status status = plc_map(network, chip, &settings, &layout, &error);
    cr_assert(status == PLC_OK || status == PLC_DOES_NOT_FIT, "%s", error.message);
    return layout;
}

plc_layout *map_onto(plc_network *network, const char *chip_name)
{
    plc_chip *chip = open_chip(chip_name);
    plc_layout *layout = map_or_not(network, chip);
    cr_assert(layout, "%s", chip_name);
    plc_chip_destroy(chip);
    return layout;
}

plc_layout *map_text(const char *text, const char *chip_name)
{
    plc_network *network = parse_network(text);
    plc_layout *layout = map_onto(network, chip_name);
    plc_network_destroy(network);
    return layout;
}
