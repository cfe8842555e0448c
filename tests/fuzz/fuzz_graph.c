/* Fuzz target: a graph that is read and written reads back as the same graph. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ising/graph.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    plc_graph graph, again;
    plc_bytes text = {0};
    plc_error error;
    if (size > 4096 || plc_graph_parse("fuzz", (const char *)data, size, &graph, &error) != PLC_OK)
        return 0;
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
