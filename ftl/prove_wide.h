/* The proof of sinks that one wide cell of sources makes. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_FTL_PROVE_WIDE_H
#define PLC_FTL_PROVE_WIDE_H

#include "ftl/prove.h"

enum {
    PLC_PROVE_WIDE_INPUTS = 64,    /* cells with fewer are left to SAT sweeping */
    PLC_PROVE_WIDE_NODES = 1 << 25 /* of decision diagrams; sinks that need more as well */
};

/* Compares sinks that are such cells by decision diagrams, and sets is_proved [n_sinks] for those
 * found equal. One that differs is in the report, with a counterexample. */
plc_status plc_prove_wide(const plc_aig *aig, const plc_cells *cells, uint8_t *is_proved,
                          plc_prove_report *report, plc_error *error);

#endif
