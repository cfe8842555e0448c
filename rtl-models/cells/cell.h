/* A cell in Verilog, verilated and loaded. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_RTL_MODELS_CELLS_CELL_H
#define PLC_RTL_MODELS_CELLS_CELL_H

#include "rtl-models/cells/contract.h"

#include <placode/status.h>

typedef struct plc_cell plc_cell;

typedef struct plc_cell_source {
    const char *path; /* FILE.sv, FILE.v, or FILE.f, a list of files; their folder is searched for
                         modules */
    const char *top;  /* a module's name */
    const char
        *cache; /* folder that keeps Verilator's compiled runtime, made if missing, or NULL */
} plc_cell_source;

/* Whether a text is a plain identifier of Verilog. */
bool plc_cell_is_name(const char *text);

/* Calls Verilator and the C++ compiler in a temporary folder and loads what they made; some
 * seconds. PLC_FAILED when one of them is missing, PLC_INVALID with its first message when it
 * refuses the source, PLC_STOPPED when a signal ended it. */
plc_status plc_cell_create(const plc_cell_source *source, const plc_contract *contract,
                           plc_cell **ret_cell, plc_error *error);
void plc_cell_destroy(plc_cell *cell);

/* Evaluates n cycles one after another, up to the first one whose outputs are not, word for word,
 * those expected, or that fails an assertion. Rows of both arrays [n][PLC_CONTRACT_WORDS] are words
 * as the contract's offsets say. `ret_found` [PLC_CONTRACT_WORDS] has the outputs of the last
 * evaluation, and `ret_done`, 1..n, their number. PLC_FAILED when the cell does not settle in the
 * last one. */
plc_status plc_cell_run(plc_cell *cell, const uint32_t *in, const uint32_t *expected, uint32_t n,
                        uint32_t *ret_found, uint32_t *ret_done, plc_error *error);

/* Assertions that failed so far, $error and $stop included; what the cell said last before the
 * first of them. */
uint64_t plc_cell_failures(const plc_cell *cell);
const char *plc_cell_said(const plc_cell *cell);

#endif
