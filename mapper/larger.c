/* Larger chips of a family: the squarest that has as many cores. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/larger.h"

static uint32_t step_width(uint32_t step)
{
    return (step + 1) / 2 + 1;
}

static uint32_t step_height(uint32_t step)
{
    return step / 2 + 1;
}

plc_chip *plc_larger_chip(const plc_chip *chip, uint64_t n_cores, uint32_t *step)
{
    plc_chip *member = NULL;
    if (plc_chip_member(chip, 1, 1, &member, NULL) != PLC_OK)
        return NULL;
    uint64_t a_router = plc_chip_n_cores(member);
    plc_chip_destroy(member);
    uint32_t k = *step;
    while (step_width(k) <= PLC_MAX_SIDE &&
           (uint64_t)step_width(k) * step_height(k) * a_router < n_cores)
        k++;
    if (step_width(k) > PLC_MAX_SIDE ||
        plc_chip_member(chip, step_width(k), step_height(k), &member, NULL) != PLC_OK)
        return NULL;
    *step = k;
    return member;
}
