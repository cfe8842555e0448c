/* Spike rates of a network's neurons. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_MAPPER_RATES_H
#define PLC_MAPPER_RATES_H

#include "hw/neuron/population.h"

#include <placode/mapper.h>
#include <stdint.h>

struct plc_rates {
    uint32_t n_populations;
    uint32_t *sizes; /* [n_populations] */
    double **of;     /* [n_populations] [size] spikes per tick */
};

/* Reads rates of populations [n] from memory; see plc_rates_read(). */
plc_status plc_rates_parse(const char *name, const char *text, size_t length,
                           const plc_population *populations, uint32_t n, plc_rates **ret_rates,
                           plc_error *error);
/* PLC_INVALID unless the rates are of as many populations of the same sizes; `what` has these. */
plc_status plc_rates_check(const plc_rates *rates, const plc_population *populations, uint32_t n,
                           const char *what, plc_error *error);

#endif
