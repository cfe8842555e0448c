/* Cuts and sets counted from the edge list alone. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <placode/ising.h>

int64_t plc_graph_recount(const plc_graph *graph, const uint8_t *sides)
{
    int64_t cut = 0;
    for (uint64_t i = 0; i < graph->m; i++) {
        if (!sides[graph->u[i]] != !sides[graph->v[i]])
            cut += graph->w[i];
    }
    return cut;
}

uint64_t plc_graph_count_inside(const plc_graph *graph, const uint8_t *chosen)
{
    uint64_t inside = 0;
    for (uint64_t i = 0; i < graph->m; i++)
        inside += chosen[graph->u[i]] && chosen[graph->v[i]];
    return inside;
}
