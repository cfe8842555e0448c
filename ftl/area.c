/* The area of FTL cells. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ftl/area.h"

#include "ftl/factor.h"
#include "ftl/table.h"

/* Gates of a cell whose inputs from the seventh on are constants adding up to `sum`. */
static uint32_t count_block(const plc_cells *cells, const plc_cell *cell, uint32_t n, int64_t sum,
                            plc_factors *factors)
{
    uint64_t table = 0;
    for (uint32_t x = 0; x < 64; x++) {
        int64_t total = sum;
        for (uint32_t i = 0; i < n; i++)
            if (x >> i & 1)
                total += cells->weights.data[cell->begin + i];
        table |= (uint64_t)(total >= cell->threshold) << x;
    }
    return plc_factors_cost(factors, table);
}

/* Of more than 6 inputs, the blocks are chosen from by multiplexers of three gates. */
static uint32_t count_gates(const plc_cells *cells, const plc_cell *cell, plc_factors *factors)
{
    enum { BLOCK = 6, CHOICES = 2 };
    uint32_t low = cell->n < BLOCK ? cell->n : BLOCK, high = cell->n - low, gates = 0;
    if (high > CHOICES)
        return cell->n - 1;
    for (uint32_t x = 0; x < 1u << high; x++) {
        int64_t sum = 0;
        for (uint32_t i = 0; i < high; i++)
            if (x >> i & 1)
                sum += cells->weights.data[cell->begin + low + i];
        gates += count_block(cells, cell, low, sum, factors);
    }
    return gates + 3 * ((1u << high) - 1);
}

bool plc_cells_estimate_area(const plc_cells *cells, plc_cells_area *ret_area)
{
    plc_factors factors = {0};
    plc_cells_area area = {0};
    for (uint32_t i = 0; i < cells->cells.n; i++)
        area.gates += count_gates(cells, &cells->cells.data[i], &factors);
    area.cmos_um2 =
        (double)area.gates * PLC_CMOS_NAND2_AREA + (double)cells->cells.n * PLC_CMOS_DFF_AREA;
    area.ftl_um2 = area.cmos_um2 * PLC_FTL_AREA_OF_CMOS;
    bool done = !factors.failed;
    plc_factors_finish(&factors);
    if (done)
        *ret_area = area;
    return done;
}
