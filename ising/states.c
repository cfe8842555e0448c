/* The best cut of a small graph, by all its states in the order of a Gray code. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ising/bounds.h"

/* Vertices from 1 on turn; state and complement have one cut. The k-th step turns the vertex whose
 * bit is the lowest of k. */
int64_t plc_cut_of_all_states(const plc_adjacency *rows)
{
    int64_t spin[32], gain[32], cut = 0, best = 0;
    for (uint32_t i = 0; i < rows->n; i++) {
        spin[i] = 1;
        gain[i] = 0;
        for (uint64_t k = rows->offsets[i]; k < rows->offsets[i + 1ULL]; k++)
            gain[i] += rows->arcs[k].weight;
    }
    const uint64_t n_states = rows->n > 1 ? UINT64_C(1) << (rows->n - 1) : 1;
    for (uint64_t state = 1; state < n_states; state++) {
        const uint32_t i = (uint32_t)__builtin_ctzll(state) + 1;
        cut += gain[i];
        best = cut > best ? cut : best;
        gain[i] = -gain[i];
        spin[i] = -spin[i];
        for (uint64_t k = rows->offsets[i]; k < rows->offsets[i + 1ULL]; k++) {
            const plc_arc arc = rows->arcs[k];
            gain[arc.target] += 2 * spin[i] * spin[arc.target] * arc.weight;
        }
    }
    return best;
}
