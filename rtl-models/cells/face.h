/* The two files between a cell and C: a SystemVerilog wrapper with one vector in and one out, and
 * the C++ that drives it. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_RTL_MODELS_CELLS_FACE_H
#define PLC_RTL_MODELS_CELLS_FACE_H

#include "base/file.h"
#include "rtl-models/cells/contract.h"

/* Adds the wrapper, module plc_face, around module `top`: in_i and out_o hold the fields of the
 * contract in slots of whole words. */
void plc_face_wrapper(const plc_contract *contract, const char *top, plc_text *text);
/* Adds the C++ before the lines that include what Verilator made. */
void plc_face_driver(const plc_contract *contract, plc_text *text);
/* The C++ of Verilator's runtime; it prints through plc_face_print(). */
extern const char plc_face_runtime[];

#endif
