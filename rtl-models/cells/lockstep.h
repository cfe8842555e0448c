/* A cell and its kernel side by side. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_RTL_MODELS_CELLS_LOCKSTEP_H
#define PLC_RTL_MODELS_CELLS_LOCKSTEP_H

#include "rtl-models/cells/cell.h"
#include "rtl-models/cells/stimuli.h"

typedef struct plc_lockstep {
    const plc_contract *contract;
    plc_cell *cell;
    plc_stimuli stimuli;
    uint64_t cycle;    /* of the last evaluation if one differed, else the next one's */
    uint64_t compared; /* numbers */
    const plc_contract_field *differs; /* the first output that does, or NULL */
    /* Of the last update that was compared. */
    uint32_t in[PLC_CONTRACT_WORDS], expected[PLC_CONTRACT_WORDS], found[PLC_CONTRACT_WORDS];
} plc_lockstep;

/* The first output that differs, or NULL. */
const plc_contract_field *plc_lockstep_compare(const plc_lockstep *lockstep);

/* The cell is borrowed. */
void plc_lockstep_init(plc_lockstep *lockstep, const plc_contract *contract, plc_cell *cell,
                       uint64_t seed);

/* Goes on for n cycles, or up to the first that differs or fails an assertion; the same for all n
 * that add up to the same. PLC_FAILED when the cell does not settle. */
plc_status plc_lockstep_run(plc_lockstep *lockstep, uint64_t n, plc_error *error);

#endif
