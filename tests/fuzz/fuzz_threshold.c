/* Fuzz target: a threshold netlist that is read has cells of earlier nodes only. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ftl/cells.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    plc_cells *read;
    plc_error error;
    if (size > 4096 || plc_cells_parse("fuzz", (const char *)data, size, &read, &error) != PLC_OK)
        return 0;
    uint64_t values[4096] = {0};
    plc_cells_report report;
    expect(plc_cells_measure(read, &report) && report.cells == read->cells.n);
    expect(report.depth <= report.cells);
    if (plc_cells_n_nodes(read) <= 4096)
        plc_cells_simulate(read, values);
    for (uint32_t i = 0; i < plc_cells_n_sinks(read); i++)
        expect(read->sinks[i] >> 1 < plc_cells_n_nodes(read));
    plc_cells_destroy(read);
    return 0;
}
