/* Fuzz target: whatever a rudy expression builds is a graph, and reads back from its text. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/memory.h"
#include "ising/graph.h"
#include "ising/rudy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const plc_rudy_limits limits = {.vertices = 300, .edges = 2000};
    char expression[257] = "";
    plc_graph graph, again;
    plc_bytes text = {0};
    plc_error error;
    if (size >= sizeof expression)
        return 0;
    if (size)
        memcpy(expression, data, size);
    if (plc_rudy_within(expression, limits, &graph, &error) != PLC_OK)
        return 0;
    expect(graph.n <= limits.vertices && graph.m <= limits.edges);
    expect(plc_graph_to_text(&graph, &text, &error) == PLC_OK);
    expect(plc_graph_parse("again", text.data, text.size, &again, &error) == PLC_OK);
    expect(graph.n == again.n && graph.m == again.m);
    expect(!memcmp(graph.u, again.u, graph.m * sizeof *graph.u));
    expect(!memcmp(graph.v, again.v, graph.m * sizeof *graph.v));
    expect(!memcmp(graph.w, again.w, graph.m * sizeof *graph.w));
    plc_bytes_finish(&text);
    plc_graph_finish(&graph);
    plc_graph_finish(&again);
    return 0;
}
