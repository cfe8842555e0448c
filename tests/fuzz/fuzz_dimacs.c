/* Fuzz target: a DIMACS graph that is read has proper edges, and any set of its vertices repairs to
 * an independent one. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <placode/ising.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    plc_graph graph;
    plc_error error;
    if (size > 4096 || plc_dimacs_parse("fuzz", (const char *)data, size, &graph, &error) != PLC_OK)
        return 0;
    for (uint64_t e = 0; e < graph.m; e++)
        expect(graph.u[e] < graph.n && graph.v[e] < graph.n && graph.u[e] != graph.v[e]);
    if (graph.n < 1 << 16) {
        uint8_t *chosen = malloc(graph.n);
        expect(chosen != NULL);
        for (uint32_t v = 0; v < graph.n; v++)
            chosen[v] = v % 3 != 1;
        expect(plc_mis_repair(&graph, chosen, &error) == PLC_OK);
        expect(plc_graph_count_inside(&graph, chosen) == 0);
        free(chosen);
    }
    plc_graph_finish(&graph);
    return 0;
}
