/* Bare geometries: "mesh:WxH:CORES", "torus:", "hexmesh:", "hextorus:". */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/chip/build.h"

#include "base/error.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *prefix;
    uint8_t links;
    bool wrap;
} geometries[] = {
    {"mesh:", PLC_LINKS_RECTANGULAR, false},
    {"torus:", PLC_LINKS_RECTANGULAR, true},
    {"hexmesh:", PLC_LINKS_HEXAGONAL, false},
    {"hextorus:", PLC_LINKS_HEXAGONAL, true},
};

/* Reads a number 1..high without sign or leading zero. */
static bool scan_count(const char **text, uint32_t high, uint32_t *ret_value)
{
    uint32_t value = 0;
    const char *at = *text;
    if (*at == '0')
        return false;
    for (; *at >= '0' && *at <= '9'; at++) {
        value = value * 10 + (uint32_t)(*at - '0');
        if (value > high)
            return false;
    }
    if (at == *text)
        return false;
    *text = at;
    *ret_value = value;
    return true;
}

bool plc_scan_sides(const char **text, uint32_t *ret_width, uint32_t *ret_height)
{
    const char *at = *text;
    if (!scan_count(&at, PLC_MAX_SIDE, ret_width) || *at != 'x')
        return false;
    at++;
    if (!scan_count(&at, PLC_MAX_SIDE, ret_height))
        return false;
    *text = at;
    return true;
}

plc_status plc_chip_from_geometry(const char *name, bool *ret_known, plc_chip **ret_chip,
                                  plc_error *error)
{
    *ret_known = false;
    for (size_t i = 0; i < sizeof geometries / sizeof *geometries; i++) {
        const char *prefix = geometries[i].prefix;
        if (strncmp(name, prefix, strlen(prefix)) != 0)
            continue;
        *ret_known = true;
        plc_chip_shape shape = {.links = geometries[i].links, .wrap = geometries[i].wrap};
        const char *at = name + strlen(prefix);
        if (plc_scan_sides(&at, &shape.width, &shape.height) && *at == ':' && at++ &&
            scan_count(&at, PLC_MAX_CORES, &shape.cores) && !*at)
            return plc_chip_create(name, shape, plc_numbers_spinnaker, ret_chip, error);
        return plc_fail(error, PLC_INVALID,
                        "chip %s: expected %sWxH:CORES with W and H in 1..%d and CORES in 1..%d",
                        name, prefix, PLC_MAX_SIDE, PLC_MAX_CORES);
    }
    return PLC_INVALID;
}
