/* Fuzzing the reader of hypergraphs: what it accepts can be placed. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/place_graph.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    plc_hypergraph graph = {0};
    plc_chip *chip = NULL;
    plc_graph_layout layout = {0};
    plc_error error = {0};
    if (plc_hypergraph_parse("fuzz", (const char *)data, size, &graph, &error) == PLC_OK &&
        graph.n_vertices < 100 && plc_chip_open("hextorus:3x3:8", &chip, &error) == PLC_OK)
        plc_place_graph(&graph, chip, 0, 1, &layout, &error);
    plc_graph_layout_finish(&layout);
    plc_chip_destroy(chip);
    plc_hypergraph_finish(&graph);
    return 0;
}
