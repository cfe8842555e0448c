/* Weights of plastic synapses, read back from the blocks that hold them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/engine/weights.h"
#include "base/error.h"
#include "base/memory.h"

#include "hw/engine/fast.h"

#include <math.h>

static int order(uint32_t a, uint32_t b)
{
    return (a > b) - (a < b);
}

static int compare_weights(const void *a, const void *b)
{
    const plc_weight *x = a, *y = b;
    const int orders[] = {order(x->source_population, y->source_population),
                          order(x->source, y->source),
                          order(x->target_population, y->target_population),
                          order(x->target, y->target),
                          order(x->receptor, y->receptor),
                          order(x->delay, y->delay)};
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++)
        if (orders[i])
            return orders[i];
    return (x->weight > y->weight) - (x->weight < y->weight);
}

void plc_weights_sort(plc_weight *weights, size_t n)
{
    qsort(weights, n, sizeof *weights, compare_weights);
}

/* Adds the synapses of a row, whose source has been found. */
static size_t list_row(const plc_plastic *plastic, const plc_plastic_row *row,
                       const plc_weight *source, plc_weight *weights)
{
    for (uint32_t i = 0; i < row->n; i++) {
        const plc_plastic_synapse *synapse = &plastic->synapses[row->begin + i];
        const plc_post_history *target = &plastic->histories[synapse->history];
        weights[i] = *source;
        weights[i].target_population = target->population;
        weights[i].target = target->neuron;
        weights[i].delay = synapse->delay;
        weights[i].receptor = synapse->receptor;
        weights[i].weight = ldexp(synapse->weight, (int)synapse->shift - 15);
    }
    return row->n;
}

/* Rows come by source, so that populations follow each other. */
static size_t list_block(const plc_fast *fast, const plc_plastic *plastic, plc_weight *weights)
{
    size_t n = 0;
    uint32_t population = 0;
    for (size_t r = 0; r < plastic->n_rows; r++) {
        const plc_plastic_row *row = &plastic->rows[r];
        while (row->source >= fast->first_source[population + 1])
            population++;
        plc_weight source = {.source_population = population,
                             .source = row->source - fast->first_source[population]};
        n += list_row(plastic, row, &source, weights + n);
    }
    return n;
}

plc_status plc_fast_get_weights(const plc_engine *engine, plc_weight **ret_weights, size_t *ret_n,
                                plc_error *error)
{
    const plc_fast *fast = (const plc_fast *)engine;
    size_t n = 0;
    if (fast->n_ranks > 1)
        return plc_fail(error, PLC_INVALID, "weights: expected one rank, got %u", fast->n_ranks);
    for (uint32_t b = 0; b < fast->n_blocks; b++)
        n += fast->blocks[b].plastic ? fast->blocks[b].plastic->n_synapses : 0;
    plc_weight *weights = plc_array(n, sizeof *weights);
    if (!weights)
        return plc_fail_memory(error, "weights");
    n = 0;
    for (uint32_t b = 0; b < fast->n_blocks; b++)
        if (fast->blocks[b].plastic)
            n += list_block(fast, fast->blocks[b].plastic, weights + n);
    plc_weights_sort(weights, n);
    *ret_weights = weights;
    *ret_n = n;
    return PLC_OK;
}
