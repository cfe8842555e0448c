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

const plc_contract_field *plc_lockstep_compare(const plc_lockstep *lockstep)
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

/* Inputs and the kernel's outputs of a batch; row 0 is of the cycle before. */
typedef struct batch {
    uint32_t in[PLC_STIMULI_BATCH + 1][PLC_CONTRACT_WORDS];
    uint32_t out[PLC_STIMULI_BATCH + 1][PLC_CONTRACT_WORDS];
} batch;

/* The cell's outputs beside those of n cycles. */
static plc_status run_batch(plc_lockstep *lockstep, const batch *b, uint32_t n, plc_error *error)
{
    const size_t n_outputs = plc_contract_count(lockstep->contract->outputs);
    uint32_t done = 0;
    plc_status status = PLC_OK;
    while (done < n && !lockstep->differs && status == PLC_OK) {
        uint32_t evaluated;
        status = plc_cell_run(lockstep->cell, b->in[1 + done], b->out[1 + done], n - done,
                              lockstep->found, &evaluated, error);
        done += evaluated;
        memcpy(lockstep->in, b->in[done], sizeof lockstep->in);
        memcpy(lockstep->expected, b->out[done], sizeof lockstep->expected);
        if (status == PLC_OK)
            lockstep->differs = plc_lockstep_compare(lockstep);
        if (plc_cell_failures(lockstep->cell))
            break;
    }
    bool goes_on = !lockstep->differs && status == PLC_OK && !plc_cell_failures(lockstep->cell);
    lockstep->cycle += goes_on ? done : done - 1;
    lockstep->compared += n_outputs * (status == PLC_OK ? done : done - 1);
    return status;
}

plc_status plc_lockstep_run(plc_lockstep *lockstep, uint64_t n, plc_error *error)
{
    const uint64_t end = lockstep->cycle + n;
    batch b;
    memcpy(b.in, lockstep->in, sizeof *b.in);
    memcpy(b.out, lockstep->expected, sizeof *b.out);
    while (lockstep->cycle < end) {
        uint32_t room = plc_stimuli_room(lockstep->cycle);
        uint32_t size = end - lockstep->cycle < room ? (uint32_t)(end - lockstep->cycle) : room;
        plc_stimuli_run(&lockstep->stimuli, lockstep->cycle, size, b.in, b.out);
        plc_status status = run_batch(lockstep, &b, size, error);
        if (status != PLC_OK)
            return status;
        if (lockstep->differs || plc_cell_failures(lockstep->cell))
            return PLC_OK;
        memcpy(b.in, b.in[size], sizeof *b.in);
        memcpy(b.out, b.out[size], sizeof *b.out);
    }
    return PLC_OK;
}
