/* Threshold netlists. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ftl/cells.h"

#include "base/error.h"
#include "base/memory.h"

plc_status plc_cells_create_like(const plc_aig *aig, plc_cells **ret_cells, plc_error *error)
{
    plc_cells *cells = plc_array(1, sizeof *cells);
    bool complete = cells != NULL;
    if (!cells)
        return plc_fail_memory(error, aig->name);
    cells->n_inputs = aig->n_inputs;
    cells->n_latches = aig->n_latches;
    cells->n_outputs = aig->n_outputs;
    cells->name = plc_string_copy(aig->name);
    cells->sinks = plc_array(plc_cells_n_sinks(cells), sizeof *cells->sinks);
    cells->initial = plc_array_copy(aig->initial, aig->n_latches, 1);
    cells->source_names = plc_array(plc_cells_n_sources(cells), sizeof *cells->source_names);
    cells->output_names = plc_array(aig->n_outputs, sizeof *cells->output_names);
    complete =
        cells->name && cells->sinks && cells->initial && cells->source_names && cells->output_names;
    for (uint32_t i = 0; complete && i < plc_cells_n_sources(cells); i++)
        complete = (cells->source_names[i] = plc_string_copy(aig->source_names[i])) != NULL;
    for (uint32_t i = 0; complete && i < aig->n_outputs; i++)
        complete = (cells->output_names[i] = plc_string_copy(aig->output_names[i])) != NULL;
    if (!complete) {
        plc_cells_destroy(cells);
        return plc_fail_memory(error, aig->name);
    }
    *ret_cells = cells;
    return PLC_OK;
}

void plc_cells_destroy(plc_cells *cells)
{
    if (!cells)
        return;
    for (uint32_t i = 0; cells->source_names && i < plc_cells_n_sources(cells); i++)
        free(cells->source_names[i]);
    for (uint32_t i = 0; cells->output_names && i < cells->n_outputs; i++)
        free(cells->output_names[i]);
    free(cells->name);
    free(cells->cells.data);
    free(cells->inputs.data);
    free(cells->weights.data);
    free(cells->sinks);
    free(cells->initial);
    free(cells->source_names);
    free(cells->output_names);
    free(cells);
}

bool plc_cells_add(plc_cells *cells, const uint32_t *inputs, const int32_t *weights, uint32_t n,
                   int32_t threshold, uint32_t *ret_node)
{
    if (!plc_reserve(&cells->cells, data, 1) || !plc_reserve(&cells->inputs, data, n) ||
        !plc_reserve(&cells->weights, data, n))
        return false;
    *ret_node = plc_cells_n_nodes(cells);
    cells->cells.data[cells->cells.n++] =
        (plc_cell){.begin = (uint32_t)cells->inputs.n, .n = n, .threshold = threshold};
    for (uint32_t i = 0; i < n; i++) {
        cells->inputs.data[cells->inputs.n++] = inputs[i];
        cells->weights.data[cells->weights.n++] = weights[i];
    }
    return true;
}

bool plc_cells_measure(const plc_cells *cells, plc_cells_report *ret_report)
{
    plc_cells_report r = {.cells = (uint32_t)cells->cells.n, .edges = cells->inputs.n};
    uint32_t first = plc_cells_n_sources(cells) + 1;
    uint32_t *level = plc_array(plc_cells_n_nodes(cells), sizeof *level);
    if (!level)
        return false;
    for (uint32_t i = 0; i < cells->cells.n; i++) {
        const plc_cell *cell = &cells->cells.data[i];
        int64_t threshold = cell->threshold;
        if (cell->n > r.fanin_max)
            r.fanin_max = cell->n;
        for (uint32_t k = cell->begin; k < cell->begin + cell->n; k++) {
            int32_t weight = cells->weights.data[k];
            uint32_t size = (uint32_t)(weight < 0 ? -weight : weight);
            uint32_t from = level[cells->inputs.data[k]];
            level[first + i] = from > level[first + i] ? from : level[first + i];
            r.weight_max = size > r.weight_max ? size : r.weight_max;
            r.weight_sum += size;
            threshold -= weight < 0 ? weight : 0;
        }
        r.weight_sum += (uint64_t)(threshold < 0 ? -threshold : threshold);
        if (++level[first + i] > r.depth)
            r.depth = level[first + i];
    }
    for (uint32_t i = 0; i < plc_cells_n_sinks(cells); i++)
        r.inverters += cells->sinks[i] > 1 && cells->sinks[i] & 1;
    free(level);
    *ret_report = r;
    return true;
}

/* sum >= T becomes -sum >= 1 - T. */
static void invert_cell(plc_cells *cells, uint32_t i)
{
    plc_cell *cell = &cells->cells.data[i];
    cell->threshold = 1 - cell->threshold;
    for (uint32_t k = cell->begin; k < cell->begin + cell->n; k++)
        cells->weights.data[k] = -cells->weights.data[k];
}

bool plc_cells_turn(plc_cells *cells)
{
    enum { PLAIN = 1, INVERSE = 2 };
    uint32_t n = plc_cells_n_nodes(cells), first = plc_cells_n_sources(cells) + 1;
    uint8_t *uses = plc_array(n, 1);
    if (!uses)
        return false;
    for (uint32_t i = 0; i < plc_cells_n_sinks(cells); i++)
        uses[cells->sinks[i] >> 1] |= cells->sinks[i] & 1 ? INVERSE : PLAIN;
    for (uint32_t i = 0; i < cells->cells.n; i++)
        if (uses[first + i] == INVERSE)
            invert_cell(cells, i);
    /* An input that is inverted now has the weight -w, and the sum lacks w. */
    for (uint32_t i = 0; i < cells->cells.n; i++) {
        plc_cell *cell = &cells->cells.data[i];
        for (uint32_t k = cell->begin; k < cell->begin + cell->n; k++) {
            uint32_t from = cells->inputs.data[k];
            if (from < first || uses[from] != INVERSE)
                continue;
            cell->threshold -= cells->weights.data[k];
            cells->weights.data[k] = -cells->weights.data[k];
        }
    }
    for (uint32_t i = 0; i < plc_cells_n_sinks(cells); i++) {
        uint32_t node = cells->sinks[i] >> 1;
        if (node >= first && uses[node] == INVERSE)
            cells->sinks[i] ^= 1;
    }
    free(uses);
    return true;
}

/* Bit-sliced sums: planes of the sum of one cell for 64 patterns, less the threshold. */
static uint64_t evaluate(const plc_cells *cells, const plc_cell *cell, const uint64_t *values)
{
    enum { PLANES = 40 };
    uint64_t sum[PLANES], result;
    int64_t start = -(int64_t)cell->threshold, reach = start < 0 ? -start : start;
    uint32_t n = 2;
    for (uint32_t k = cell->begin; k < cell->begin + cell->n; k++)
        reach +=
            cells->weights.data[k] < 0 ? -(int64_t)cells->weights.data[k] : cells->weights.data[k];
    while (n < PLANES && reach >> (n - 1))
        n++;
    for (uint32_t b = 0; b < n; b++)
        sum[b] = 0 - (uint64_t)(start >> b & 1);
    for (uint32_t k = cell->begin; k < cell->begin + cell->n; k++) {
        int64_t weight = cells->weights.data[k];
        uint64_t value = values[cells->inputs.data[k]], carry = 0;
        for (uint32_t b = 0; b < n; b++) {
            uint64_t add = weight >> b & 1 ? value : 0, kept = sum[b];
            sum[b] = kept ^ add ^ carry;
            carry = (kept & add) | (carry & (kept | add));
        }
    }
    result = ~sum[n - 1]; /* the sign */
    return result;
}

void plc_cells_simulate(const plc_cells *cells, uint64_t *values)
{
    uint32_t first = plc_cells_n_sources(cells) + 1;
    values[0] = 0;
    for (uint32_t i = 0; i < cells->cells.n; i++)
        values[first + i] = evaluate(cells, &cells->cells.data[i], values);
}

bool plc_cells_count(const plc_cells *cells, uint32_t *by_fanin, uint32_t *by_level)
{
    const uint32_t first = plc_cells_n_sources(cells) + 1;
    uint32_t *level = plc_array(plc_cells_n_nodes(cells), sizeof *level);
    if (!level)
        return false;
    for (uint32_t i = 0; i < cells->cells.n; i++) {
        const plc_cell *cell = &cells->cells.data[i];
        for (uint32_t k = cell->begin; k < cell->begin + cell->n; k++) {
            const uint32_t from = level[cells->inputs.data[k]];
            level[first + i] = from > level[first + i] ? from : level[first + i];
        }
        by_level[++level[first + i]]++;
        by_fanin[cell->n]++;
    }
    free(level);
    return true;
}
