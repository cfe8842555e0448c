/* Running a cell beside its kernel. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "rtl-models/cells/lockstep.h"

#include <string.h>

void plc_lockstep_init(plc_lockstep *lockstep, const plc_contract *contract, plc_cell *cell,
                       uint64_t seed)
{
    *lockstep = (plc_lockstep){.contract = contract, .cell = cell};
    plc_stimuli_init(&lockstep->stimuli, contract, seed);
}

/* The first output that differs, or NULL. */
static const plc_contract_field *compare(const plc_lockstep *lockstep)
{
    const plc_contract_field *field = lockstep->contract->outputs;
    for (uint32_t at = 0; field->port; field++) {
        if (plc_contract_value(field, lockstep->expected + at) !=
            plc_contract_value(field, lockstep->found + at))
            return field;
        at += plc_contract_slot(field);
    }
    return NULL;
}

plc_status plc_lockstep_run(plc_lockstep *lockstep, uint64_t n, plc_error *error)
{
    const plc_contract *contract = lockstep->contract;
    const size_t bytes = sizeof(uint32_t) * plc_contract_offset(contract->outputs, SIZE_MAX);
    const size_t n_outputs = plc_contract_count(contract->outputs);
    uint32_t expected[PLC_CONTRACT_WORDS] = {0};
    memcpy(expected, lockstep->expected, bytes);
    for (uint64_t i = 0; i < n; i++) {
        plc_stimuli_draw(&lockstep->stimuli, lockstep->cycle, expected, lockstep->in);
        contract->step(lockstep->in, expected);
        memcpy(lockstep->expected, expected, bytes);
        plc_status status = plc_cell_evaluate(lockstep->cell, lockstep->in, lockstep->found, error);
        if (status != PLC_OK)
            return status;
        lockstep->compared += n_outputs;
        if (memcmp(expected, lockstep->found, bytes) != 0 &&
            (lockstep->differs = compare(lockstep)))
            return PLC_OK;
        if (plc_cell_failures(lockstep->cell))
            return PLC_OK;
        lockstep->cycle++;
    }
    return PLC_OK;
}
