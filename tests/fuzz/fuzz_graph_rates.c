/* Fuzzing the reader of vertices' rates: what it accepts keeps weights within their range, what it
 * refuses changes nothing. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/graph_rates.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char text[] = "graph g 5\nnet 0 1 1 2\nnet 0 3 4\nnet 3 1e9 0\n";
    plc_hypergraph graph = {0};
    plc_error error = {0};
    if (plc_hypergraph_parse("net", text, strlen(text), &graph, &error) != PLC_OK)
        return 0;
    plc_status status = plc_graph_rates_parse("fuzz", (const char *)data, size, &graph, &error);
    const double *w = graph.weights;
    if (status != PLC_OK && (w[0] != 1 || w[1] != 3 || w[2] != 1e9))
        abort();
    for (uint32_t e = 0; e < graph.n_nets; e++)
        if (!(w[e] >= 0 && w[e] <= PLC_NET_WEIGHT_MAX))
            abort();
    plc_hypergraph_finish(&graph);
    return 0;
}
