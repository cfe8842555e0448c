/* The proof of sinks that one wide cell of sources makes: both sides as decision diagrams. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ftl/prove_wide.h"

#include "base/error.h"
#include "base/memory.h"
#include "ftl/bdd.h"
#include "ftl/diagram.h"

/* An input of the cell, its weight made positive. */
typedef struct wide_input {
    uint32_t place, source;
    int64_t weight;
    bool inverted;
} wide_input;

static int compare_places(const void *a, const void *b)
{
    const wide_input *x = a, *y = b;
    return (x->place > y->place) - (x->place < y->place);
}

/* Inputs in the order of variables, in which those that the graph does not depend on come last.
 * Returns the threshold of the positive weights. */
static int64_t order_inputs(const plc_cells *cells, const plc_cell *cell, uint32_t n_places,
                            uint32_t *places, wide_input *inputs)
{
    int64_t threshold = cell->threshold;
    for (uint32_t i = 0; i < cell->n; i++) {
        const uint32_t node = cells->inputs.data[cell->begin + i];
        const int64_t weight = cells->weights.data[cell->begin + i];
        uint32_t *place = &places[node - 1];
        if (*place == UINT32_MAX)
            *place = n_places++;
        inputs[i] = (wide_input){*place, node, weight < 0 ? -weight : weight, weight < 0};
        threshold -= weight < 0 ? weight : 0;
    }
    qsort(inputs, cell->n, sizeof *inputs, compare_places);
    return threshold;
}

/* Whether a cell has no inputs but sources, none twice and none without weight. */
static bool is_wide(const plc_cells *cells, const plc_cell *cell, uint8_t *is_input)
{
    bool wide = cell->n >= PLC_PROVE_WIDE_INPUTS;
    uint32_t n = 0;
    for (; wide && n < cell->n; n++) {
        const uint32_t node = cells->inputs.data[cell->begin + n];
        wide = node >= 1 && node <= plc_cells_n_sources(cells) && !is_input[node] &&
               cells->weights.data[cell->begin + n];
        if (wide)
            is_input[node] = 1;
    }
    memset(is_input, 0, plc_cells_n_sources(cells) + 1ul);
    return wide;
}

/* The cell's own diagram, made from its weights, in the nodes of another. False when it is too
 * large or memory is short, as *ret_answer says. */
static bool bdd_of_cell(plc_bdd *bdd, const wide_input *inputs, uint32_t n, int64_t threshold,
                        uint32_t *ret_edge, plc_diagram_answer *ret_answer)
{
    plc_diagram diagram = {0};
    uint32_t *edges = NULL;
    int64_t *weights = plc_array(n, sizeof *weights);
    *ret_answer = PLC_DIAGRAM_NO_MEMORY;
    for (uint32_t i = 0; weights && i < n; i++)
        weights[i] = inputs[i].weight;
    if (weights)
        *ret_answer = plc_diagram_make(weights, n, threshold, PLC_PROVE_WIDE_NODES, &diagram);
    if (*ret_answer == PLC_DIAGRAM_OK && !(edges = plc_array(diagram.nodes.n, sizeof *edges)))
        *ret_answer = PLC_DIAGRAM_NO_MEMORY;
    if (*ret_answer == PLC_DIAGRAM_OK) {
        edges[1] = 1;
        for (size_t i = 2; i < diagram.nodes.n; i++) {
            const plc_diagram_node *node = &diagram.nodes.data[i];
            const wide_input *input = &inputs[node->input];
            const uint32_t on = edges[node->on], off = edges[node->off];
            edges[i] = plc_bdd_make(bdd, input->place, input->inverted ? off : on,
                                    input->inverted ? on : off);
        }
        *ret_edge = edges[diagram.root];
    }
    free(weights);
    free(edges);
    plc_diagram_finish(&diagram);
    return *ret_answer == PLC_DIAGRAM_OK;
}

/* Values of the sources for which two different functions differ. */
static uint8_t *separate(const plc_bdd *bdd, const plc_aig *aig, const uint32_t *places, uint32_t a,
                         uint32_t b)
{
    uint8_t *values = plc_array(plc_aig_n_sources(aig) + 1ul, 1);
    while (values && (a > 1 || b > 1)) {
        const plc_bdd_node x = bdd->nodes[a >> 1], y = bdd->nodes[b >> 1];
        const uint32_t variable = x.variable < y.variable ? x.variable : y.variable;
        const uint32_t a_off = x.variable == variable ? x.off ^ (a & 1) : a,
                       b_off = y.variable == variable ? y.off ^ (b & 1) : b;
        const bool on = a_off == b_off;
        for (uint32_t i = 0; on && i < plc_aig_n_sources(aig); i++)
            if (places[i] == variable)
                values[i] = 1;
        a = !on ? a_off : x.variable == variable ? x.on ^ (a & 1) : a;
        b = !on ? b_off : y.variable == variable ? y.on ^ (b & 1) : b;
    }
    return values;
}

/* One sink that is a wide cell. */
static plc_status prove_sink(const plc_aig *aig, const plc_cells *cells, uint32_t sink,
                             uint32_t *places, wide_input *inputs, uint8_t *is_proved,
                             plc_prove_report *report, plc_error *error)
{
    const uint32_t x = aig->sinks[sink], y = cells->sinks[sink];
    const plc_cell *cell = &cells->cells.data[(y >> 1) - plc_cells_n_sources(cells) - 1];
    const uint32_t n_places = plc_bdd_order(aig, x >> 1, places);
    plc_diagram_answer answer = PLC_DIAGRAM_NO_MEMORY;
    plc_bdd bdd;
    uint32_t of_cell = 0;
    if (n_places == UINT32_MAX || !plc_bdd_init(&bdd, PLC_PROVE_WIDE_NODES))
        return plc_fail_memory(error, aig->name);
    const int64_t threshold = order_inputs(cells, cell, n_places, places, inputs);
    const uint32_t of_aig = plc_bdd_of_literal(&bdd, aig, places, x);
    bool made = bdd_of_cell(&bdd, inputs, cell->n, threshold, &of_cell, &answer);
    of_cell ^= y & 1;
    plc_status status =
        bdd.failed || answer == PLC_DIAGRAM_NO_MEMORY ? plc_fail_memory(error, aig->name) : PLC_OK;
    made = made && !bdd.is_full;
    if (status == PLC_OK && made && of_aig == of_cell) {
        *is_proved = 1;
        report->by_diagram++;
    } else if (status == PLC_OK && made) {
        report->sink = sink;
        report->counterexample = separate(&bdd, aig, places, of_aig, of_cell);
        if (!report->counterexample)
            status = plc_fail_memory(error, aig->name);
    }
    plc_bdd_finish(&bdd);
    return status;
}

plc_status plc_prove_wide(const plc_aig *aig, const plc_cells *cells, uint8_t *is_proved,
                          plc_prove_report *report, plc_error *error)
{
    const uint32_t n_sources = plc_aig_n_sources(aig);
    uint32_t *places = plc_array(n_sources, sizeof *places);
    wide_input *inputs = plc_array(n_sources, sizeof *inputs);
    uint8_t *is_input = plc_array(n_sources + 1ul, 1);
    plc_status status = places && inputs && is_input ? PLC_OK : plc_fail_memory(error, aig->name);
    for (uint32_t i = 0; status == PLC_OK && i < plc_aig_n_sinks(aig) && !report->counterexample;
         i++) {
        const uint32_t node = cells->sinks[i] >> 1;
        if (node > n_sources && is_wide(cells, &cells->cells.data[node - n_sources - 1], is_input))
            status = prove_sink(aig, cells, i, places, inputs, &is_proved[i], report, error);
    }
    free(places);
    free(inputs);
    free(is_input);
    return status;
}
