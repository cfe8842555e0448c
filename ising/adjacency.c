/* The neighbours of each vertex, in rows. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ising/adjacency.h"

#include "base/error.h"
#include "base/memory.h"

plc_status plc_adjacency_init(plc_adjacency *adjacency, const plc_graph *graph,
                              const uint32_t *number, plc_error *error)
{
    const uint32_t n = graph->n;
    *adjacency = (plc_adjacency){.n = n};
    if (graph->m < SIZE_MAX / 2) {
        adjacency->offsets = plc_array((size_t)n + 2, sizeof *adjacency->offsets);
        adjacency->arcs = plc_array(2 * graph->m, sizeof *adjacency->arcs);
    }
    if (!adjacency->offsets || !adjacency->arcs) {
        plc_adjacency_finish(adjacency);
        return plc_fail_memory(error, "the neighbours of a graph's vertices");
    }
    /* Counts one place ahead, so that filling the rows leaves each offset where its row begins. */
    uint64_t *ahead = adjacency->offsets + 1;
    for (uint64_t i = 0; i < graph->m; i++) {
        ahead[(number ? number[graph->u[i]] : graph->u[i]) + UINT64_C(1)]++;
        ahead[(number ? number[graph->v[i]] : graph->v[i]) + UINT64_C(1)]++;
    }
    for (uint32_t i = 0; i < n; i++)
        ahead[i + UINT64_C(1)] += ahead[i];
    for (uint64_t i = 0; i < graph->m; i++) {
        uint32_t u = number ? number[graph->u[i]] : graph->u[i];
        uint32_t v = number ? number[graph->v[i]] : graph->v[i];
        adjacency->arcs[ahead[u]++] = (plc_arc){v, graph->w[i]};
        adjacency->arcs[ahead[v]++] = (plc_arc){u, graph->w[i]};
    }
    return PLC_OK;
}

void plc_adjacency_finish(plc_adjacency *adjacency)
{
    free(adjacency->offsets);
    free(adjacency->arcs);
    *adjacency = (plc_adjacency){0};
}
