/* Spike rates of a network's neurons. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_MAPPER_RATES_H
#define PLC_MAPPER_RATES_H

#include <placode/mapper.h>
#include <stdint.h>

struct plc_rates {
    uint32_t n_populations;
    uint32_t *sizes; /* [n_populations] */
    double **of;     /* [n_populations] [size] spikes per tick */
};

/* Reads rates from memory; see plc_rates_read(). */
plc_status plc_rates_parse(const char *name, const char *text, size_t length,
                           const plc_layout *layout, plc_rates **ret_rates, plc_error *error);

#endif
