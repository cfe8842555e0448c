/* One-flip descent: turns single vertices over as long as that makes the cut larger. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/memory.h"
#include "ising/adjacency.h"

/* What the cut gains when a vertex turns over. */
static int64_t gain_of(const plc_adjacency *rows, const uint8_t *sides, uint32_t vertex)
{
    int64_t gain = 0;
    for (uint64_t i = rows->offsets[vertex]; i < rows->offsets[vertex + 1ULL]; i++) {
        const plc_arc arc = rows->arcs[i];
        gain += !sides[arc.target] == !sides[vertex] ? arc.weight : -(int64_t)arc.weight;
    }
    return gain;
}

plc_status plc_graph_polish(const plc_graph *graph, uint8_t *sides, int64_t *ret_gain,
                            plc_error *error)
{
    plc_adjacency rows = {0};
    plc_status status = plc_adjacency_init(&rows, graph, NULL, error);
    if (status != PLC_OK)
        return status;
    const uint32_t n = graph->pinned ? graph->n - 1 : graph->n; /* that move */
    int64_t total = 0, before;
    do {
        before = total;
        for (uint32_t vertex = 0; vertex < n; vertex++) {
            const int64_t gain = gain_of(&rows, sides, vertex);
            if (gain <= 0)
                continue;
            sides[vertex] = !sides[vertex];
            total += gain;
        }
    } while (total > before);
    plc_adjacency_finish(&rows);
    *ret_gain = total;
    return PLC_OK;
}
