/* From a cell in Verilog to a shared object, in a folder of its own. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_RTL_MODELS_CELLS_BUILD_H
#define PLC_RTL_MODELS_CELLS_BUILD_H

#include "rtl-models/cells/cell.h"

/* Makes `folder`/cell.so; the folder exists and is empty. Errors as plc_cell_create(). */
plc_status plc_cell_build(const plc_cell_source *source, const plc_contract *contract,
                          const char *folder, plc_error *error);

#endif
