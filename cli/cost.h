/* What a run cost on the chip, as tables and JSON. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_CLI_COST_H
#define PLC_CLI_COST_H

#include "hw/layout/layout.h"

#include <jansson.h>
#include <placode/engine.h>

/* Adds cycles, packets, deadlines and joules of a run of a layout to a result; the joules term by
 * term with the sources of their constants when `in_full`. Says on stderr what the chip does not
 * know, and when figures measured and simulated are added up. */
void cost_report(const plc_engine_cost *cost, const plc_layout *layout, bool in_full,
                 json_t *result);

/* The sum of the terms that the chip has constants for [J]; NAN where it has none. */
double cost_energy(const plc_engine_cost *cost, const plc_chip *chip);

#endif
