/* Wide cells: one put into another, whole netlists, and the diagrams by which they are proved. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/digest.h"
#include "ftl/collapse.h"
#include "ftl/diagram.h"
#include "ftl/netlist.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { INPUTS = 9, INNER = INPUTS, N_FORMS = 4000 };

static uint32_t draw(uint64_t *state, uint32_t below)
{
    return (uint32_t)((plc_mix(++*state) >> 32) * below >> 32);
}

/* A cell of some of the inputs, and of the inner cell. */
static plc_weighted draw_cell(uint64_t *state, bool reads_inner)
{
    plc_weighted cell = {.inputs = calloc(INPUTS + 1, sizeof *cell.inputs),
                         .weights = calloc(INPUTS + 1, sizeof *cell.weights)};
    int32_t least = 0, most = 0;
    for (uint32_t i = 0; i < INPUTS + (uint32_t)reads_inner; i++)
        if (i == INNER || draw(state, 3) == 0) {
            int32_t weight = (int32_t)draw(state, 4) + 1;
            cell.inputs[cell.n] = i;
            cell.weights[cell.n] = draw(state, 2) ? weight : -weight;
            *(cell.weights[cell.n] < 0 ? &least : &most) += cell.weights[cell.n];
            cell.n++;
        }
    cell.threshold =
        least + 1 + (most > least ? (int32_t)draw(state, (uint32_t)(most - least)) : 0);
    return cell;
}

static bool value_of(const plc_weighted *cell, uint32_t x)
{
    int64_t sum = 0;
    for (uint32_t i = 0; i < cell->n; i++)
        sum += x >> cell->inputs[i] & 1 ? cell->weights[i] : 0;
    return sum >= cell->threshold;
}

static void discard(plc_weighted *cell)
{
    free(cell->inputs);
    free(cell->weights);
}

Test(collapse, a_cell_in_another_is_what_both_are)
{
    uint64_t state = 1;
    uint32_t made_of = 0, refused = 0;
    plc_composer composer;
    cr_assert(plc_composer_init(&composer, INPUTS));
    for (uint32_t k = 0; k < N_FORMS; k++) {
        plc_weighted inner = draw_cell(&state, false), reader = draw_cell(&state, true), made;
        if (plc_weighted_compose(&composer, &reader, INNER, &inner, &made)) {
            made_of++;
            for (uint32_t x = 0; x < 1u << INPUTS; x++) {
                bool wanted = value_of(&reader, x | (uint32_t)value_of(&inner, x) << INNER);
                cr_assert_eq(value_of(&made, x), wanted, "pair %u, inputs %u", k, x);
            }
            discard(&made);
        } else {
            refused++; /* the truth table has the last word: there is some step both ways, or so */
        }
        discard(&inner);
        discard(&reader);
    }
    cr_assert_gt(made_of, N_FORMS / 10);
    cr_assert_gt(refused, N_FORMS / 10);
    plc_composer_finish(&composer);
}

static plc_cells *create(uint32_t n_inputs)
{
    plc_aig *aig = plc_aig_create("wide", n_inputs, 0, 1);
    plc_cells *cells = NULL;
    plc_error error = {0};
    for (uint32_t i = 0; i < n_inputs; i++)
        plc_aig_name_source(aig, i, "i", 1);
    plc_aig_name_output(aig, 0, "o", 1);
    cr_assert_eq(plc_cells_create_like(aig, &cells, &error), PLC_OK);
    plc_aig_destroy(aig);
    return cells;
}

/* A chain: each cell is 1 where its input is (or), or where that and the cell before are (and). */
static plc_cells *create_chain(uint32_t n, uint32_t ands)
{
    plc_cells *cells = create(n);
    const int32_t ones[2] = {1, 1};
    uint32_t node = 1;
    for (uint32_t i = 1; i < n; i++) {
        const uint32_t inputs[2] = {node, i + 1};
        cr_assert(plc_cells_add(cells, inputs, ones, 2, ands >> (i % 32) & 1 ? 2 : 1, &node));
    }
    cells->sinks[0] = 2 * node;
    return cells;
}

Test(collapse, a_wide_or_is_one_cell)
{
    plc_cells *cells = create_chain(500, 0);
    plc_error error = {0};
    cr_assert_eq(plc_cells_collapse(cells, 499, &error), PLC_OK);
    cr_assert_eq(cells->cells.n, 2, "one input too many for one cell");
    cr_assert_eq(plc_cells_collapse(cells, 500, &error), PLC_OK);
    cr_assert_eq(cells->cells.n, 1);
    cr_assert_eq(cells->inputs.n, 500);
    cr_assert_eq(cells->cells.data[0].threshold, 1);
    for (uint32_t i = 0; i < 500; i++)
        cr_assert_eq(cells->weights.data[i], 1);
    plc_cells_destroy(cells);
}

Test(collapse, chains_stay_what_they_were)
{
    enum { N = 60 };
    plc_cells *before = create_chain(N, 0xa5c3f01e), *after = create_chain(N, 0xa5c3f01e);
    uint64_t x[2 * N + 1] = {0}, y[2 * N + 1] = {0}, ones = 0;
    plc_error error = {0};
    cr_assert_eq(plc_cells_collapse(after, 1000, &error), PLC_OK);
    cr_assert_leq(after->cells.n, 5, "weights of 16 bits do not hold them all in one");
    for (uint32_t i = 0; i < after->weights.n; i++)
        cr_assert_leq(abs(after->weights.data[i]), PLC_COLLAPSE_WEIGHT_MAX);
    for (uint64_t k = 0; k < 2000; k++) {
        for (uint32_t i = 1; i <= N; i++)
            x[i] = y[i] = plc_mix(k * N + i) | (k % 2 ? plc_mix(~(k * N + i)) : 0);
        plc_cells_simulate(before, x);
        plc_cells_simulate(after, y);
        uint64_t a = plc_aig_value(x, before->sinks[0]), b = plc_aig_value(y, after->sinks[0]);
        cr_assert_eq(a, b);
        ones += (uint64_t)__builtin_popcountll(a);
    }
    cr_assert(ones > 1000 && ones < 127000, "%llu", (unsigned long long)ones);
    plc_cells_destroy(before);
    plc_cells_destroy(after);
}

Test(collapse, what_sinks_read_stays)
{
    plc_cells *cells = create_chain(4, 0);
    plc_error error = {0};
    cells->sinks[0] = 2 * 5; /* the first OR; nobody wants the others, which stay as they are */
    cr_assert_eq(plc_cells_collapse(cells, 8, &error), PLC_OK);
    cr_assert_eq(cells->sinks[0], 2 * 5);
    cr_assert_eq(cells->cells.data[0].n, 2);
    plc_cells_destroy(cells);
}

static bool walk(const plc_diagram *diagram, uint32_t node, uint32_t x)
{
    while (node > 1) {
        const plc_diagram_node *at = &diagram->nodes.data[node];
        cr_assert(at->on < node && at->off < node && at->on != at->off);
        node = x >> at->input & 1 ? at->on : at->off;
    }
    return node;
}

/* Truth tables of all nodes: right at the root, and no two the same. */
static void expect_reduced(const plc_diagram *diagram, const int64_t *weights, uint32_t n,
                           int64_t threshold)
{
    uint64_t *tables = calloc(diagram->nodes.n, sizeof *tables);
    for (uint32_t x = 0; x < 1u << n; x++) {
        int64_t sum = 0;
        for (uint32_t i = 0; i < n; i++)
            sum += x >> i & 1 ? weights[i] : 0;
        cr_assert_eq(walk(diagram, diagram->root, x), sum >= threshold);
        for (uint32_t k = 0; k < diagram->nodes.n; k++)
            tables[k] |= (uint64_t)walk(diagram, k, x) << x;
    }
    for (uint32_t k = 0; k < diagram->nodes.n; k++)
        for (uint32_t j = 0; j < k; j++)
            cr_assert_neq(tables[k], tables[j], "nodes %u and %u are one", j, k);
    free(tables);
}

Test(diagram, is_right_and_reduced)
{
    uint64_t state = 5;
    for (uint32_t k = 0; k < 300; k++) {
        int64_t weights[6], threshold;
        plc_diagram diagram = {0};
        for (int i = 0; i < 6; i++)
            weights[i] = 1 + draw(&state, 9);
        threshold = (int64_t)draw(&state, 60) - 3;
        cr_assert_eq(plc_diagram_make(weights, 6, threshold, 1000, &diagram), PLC_DIAGRAM_OK);
        expect_reduced(&diagram, weights, 6, threshold);
        plc_diagram_finish(&diagram);
    }
}

Test(diagram, grows_with_what_there_is_to_tell_apart)
{
    enum { N = 1001 };
    static int64_t weights[N];
    plc_diagram diagram = {0};
    for (int i = 0; i < N; i++)
        weights[i] = 1;
    cr_assert_eq(plc_diagram_make(weights, N, 1, 1 << 20, &diagram), PLC_DIAGRAM_OK);
    cr_assert_eq(diagram.nodes.n, N + 2, "an OR asks for each once");
    plc_diagram_finish(&diagram);
    cr_assert_eq(plc_diagram_make(weights, N, 501, 1 << 20, &diagram), PLC_DIAGRAM_OK);
    cr_assert_eq(diagram.nodes.n, 501 * 501 + 2, "a majority of 2 k - 1 counts to k both ways");
    plc_diagram_finish(&diagram);
    cr_assert_eq(plc_diagram_make(weights, N, 501, 1000, &diagram), PLC_DIAGRAM_LARGE);
}
