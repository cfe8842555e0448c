/* Families of chips: the same chip in any size. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/chip/build.h"

#include "base/error.h"

#include <stdio.h>
#include <string.h>

/* The names of a family's members: stem, WxH, rest. */
typedef struct family {
    const char *stem;
    int stem_length;
    const char *rest;
} family;

/* SpiNNaker's boards are parts of its machines. Whether the other names are of a family at all is
 * left to those who open them. */
static bool find_family(const char *name, family *ret_family)
{
    static const char spinnaker[] = "spinnaker:";
    if (!strcmp(name, "spinnaker-4") || !strcmp(name, "spinnaker-48")) {
        *ret_family = (family){spinnaker, (int)strlen(spinnaker), ""};
        return true;
    }
    uint32_t width, height;
    size_t length = strcspn(name, "0123456789");
    const char *at = name + length;
    if (length > strlen(spinnaker) || !plc_scan_sides(&at, &width, &height))
        return false;
    *ret_family = (family){name, (int)length, at};
    return true;
}

static bool has_limits_of(const plc_chip *chip, const plc_chip *other)
{
    for (int i = 0; i < PLC_CHIP_N_QUANTITIES; i++) {
        plc_chip_quantity quantity = (plc_chip_quantity)i;
        double mine = plc_chip_get(chip, quantity), its = plc_chip_get(other, quantity);
        bool equal = mine == its || (isnan(mine) && isnan(its));
        if (plc_chip_quantity_row(quantity)->section == PLC_CHIP_LIMITS && !equal)
            return false;
    }
    return true;
}

plc_status plc_chip_member(const plc_chip *chip, uint32_t width, uint32_t height,
                           plc_chip **ret_member, plc_error *error)
{
    char name[64] = "";
    family of;
    plc_chip *member = NULL;
    if (find_family(plc_chip_name(chip), &of))
        snprintf(name, sizeof name, "%.*s%ux%u%s", of.stem_length, of.stem, width, height, of.rest);
    plc_status status = plc_chip_from_name(name, &member, error);
    if (status == PLC_OK && !has_limits_of(chip, member))
        status = plc_fail(error, PLC_INVALID, "chip %s: its limits are not those of %s",
                          plc_chip_name(chip), name);
    if (status == PLC_OK)
        *ret_member = member;
    else
        plc_chip_destroy(member);
    return status;
}
