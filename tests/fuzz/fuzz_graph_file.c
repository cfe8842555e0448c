/* Fuzzing the reader of placed hypergraphs: a graph is placed like what it accepts, one vertex a
 * core. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/graph_file.h"
#include "mapper/place_graph.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const plc_chip *chip, const plc_graph_places *places)
{
    static const char text[] = "graph g 7\nnet 0 1 1 2\nnet 0 3 4\nnet 3 2 0\nnet 5 1 6 1\n";
    plc_hypergraph graph = {0};
    plc_graph_layout layout = {0};
    if (plc_hypergraph_parse("net", text, strlen(text), &graph, NULL) == PLC_OK &&
        plc_place_graph_like(&graph, chip, places, 0, 1, &layout, NULL) == PLC_OK)
        for (uint32_t v = 0; v < graph.n_vertices; v++)
            for (uint32_t u = 0; u < v; u++)
                if (layout.routers[u] == layout.routers[v] && layout.cores[u] == layout.cores[v])
                    abort();
    plc_graph_layout_finish(&layout);
    plc_hypergraph_finish(&graph);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    plc_chip *chip = NULL;
    plc_graph_places places = {0};
    if (plc_chip_open("torus:3x2:2", &chip, NULL) == PLC_OK &&
        graph_file_parse("fuzz", (const char *)data, size, chip, &places, NULL) == PLC_OK)
        check(chip, &places);
    plc_graph_places_finish(&places);
    plc_chip_destroy(chip);
    return 0;
}
