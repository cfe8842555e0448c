/* What cells would take as FTL cells in silicon: an estimate from published averages. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_FTL_AREA_H
#define PLC_FTL_AREA_H

#include "ftl/cells.h"

/* Averages over a cell library, as fractions of the CMOS circuit that an FTL cell replaces: the
 * logic of its function and a flip-flop. Source: Wagle, Singh, Khatri and Vrudhula, IEEE TCAS-I
 * 69(7), 2022, abstract: 79.4 % less area, 61.6 % less power, 40.3 % less delay, 40 nm. Read here
 * as reductions of each figure; figures of single cells are not known to us. */
#define PLC_FTL_AREA_OF_CMOS 0.206
#define PLC_FTL_POWER_OF_CMOS 0.384
#define PLC_FTL_DELAY_OF_CMOS 0.597

/* [um^2] NAND2_X1 and DFF_X1 of the NanGate 45 nm open cell library. Source: its databook, 2008,
 * from memory. */
#define PLC_CMOS_NAND2_AREA 0.798
#define PLC_CMOS_DFF_AREA 4.522

typedef struct plc_cells_area {
    uint64_t gates;  /* of two inputs, that the cells' functions take in CMOS, one by one */
    double cmos_um2; /* [um^2] these and a flip-flop for each cell */
    double ftl_um2;  /* [um^2] of as many FTL cells */
} plc_cells_area;

/* Estimates. Functions of more than 8 inputs count one gate less than inputs. False when memory is
 * short. */
bool plc_cells_estimate_area(const plc_cells *cells, plc_cells_area *ret_area);

#endif
