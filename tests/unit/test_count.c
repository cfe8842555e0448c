/* Sinks that count, as the mapper finds them and as the proof sees them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ftl/bdd.h"
#include "ftl/count.h"
#include "ftl/map.h"
#include "ftl/prove_wide.h"
#include "tests/support/counting.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { N = 70, LEAST = 12 };

Test(count, finds_sinks_that_count_and_no_others)
{
    plc_aig *aig = counting_graph(N, 6);
    plc_count *counts = calloc(6, sizeof *counts);
    uint32_t one_pattern = 1;
    for (uint32_t i = 1; i <= 40; i++) /* the first 20 are 1, the others 0 */
        one_pattern = plc_aig_and(aig, one_pattern, 2 * i | (i > 20));
    aig->sinks[0] = counting_literal(aig, 1, N, 36);
    aig->sinks[1] = counting_literal(aig, 11, 31, 5) ^ 1;
    aig->sinks[2] = counting_literal(aig, 1, LEAST, 6);                              /* too few */
    aig->sinks[3] = plc_aig_xor(aig, counting_literal(aig, 1, 40, 21), one_pattern); /* nearly */
    aig->sinks[4] = plc_aig_xor(aig, counting_literal(aig, 1, 40, 9),
                                counting_literal(aig, 1, 40, 12)); /* turns twice */
    aig->sinks[5] = 1;
    cr_assert_not(aig->failed);
    cr_assert(plc_counts_find(aig, LEAST, 1024, counts));
    cr_assert(counts[0].sources && counts[1].sources);
    cr_assert(counts[0].n == N && counts[0].threshold == 36 && !counts[0].inverted);
    cr_assert(counts[1].n == 31 && counts[1].threshold == 5 && counts[1].inverted);
    for (uint32_t i = 0; i < 31; i++)
        cr_assert_eq(counts[1].sources[i], 11 + i);
    for (uint32_t i = 2; i < 6; i++)
        cr_assert_null(counts[i].sources, "sink %u", i);
    plc_counts_finish(aig, counts);
    counts = calloc(6, sizeof *counts);
    cr_assert(plc_counts_find(aig, LEAST, N - 1, counts));
    cr_assert_null(counts[0].sources, "more inputs than a cell may have");
    plc_counts_finish(aig, counts);
    plc_aig_destroy(aig);
}

Test(count, a_count_becomes_one_cell_beside_what_else_there_is)
{
    plc_aig *aig = counting_graph(N, 4);
    plc_cells *cells = NULL;
    plc_prove_report report = {0};
    plc_error error = {0};
    const plc_ftl_settings settings = {.max_fanin = 100, .effort = 0};
    aig->sinks[0] = counting_literal(aig, 1, N, 36);
    aig->sinks[1] = aig->sinks[0] ^ 1;
    aig->sinks[2] = plc_aig_xor(aig, 2, 4);
    aig->sinks[3] = counting_literal(aig, 1, 20, 20);
    cr_assert_eq(plc_ftl_map(aig, &settings, &cells, NULL, &error), PLC_OK, "%s", error.message);
    cr_assert_eq(cells->cells.n, 4, "%zu cells", cells->cells.n);
    cr_assert_eq(plc_ftl_prove(aig, cells, 640, 1, &report, &error), PLC_OK, "%s", error.message);
    cr_assert(report.equivalent);
    cr_assert_eq(report.by_diagram, 2);
    plc_cells_destroy(cells);
    plc_aig_destroy(aig);
}

/* A wide cell with one thing changed: caught, with values for which the two do differ. */
static void expect_difference(plc_aig *aig, plc_cells *cells)
{
    plc_prove_report report = {0};
    plc_error error = {0};
    uint64_t values[N + 3] = {0};
    int64_t sum = 0;
    cr_assert_eq(plc_ftl_prove(aig, cells, 0, 1, &report, &error), PLC_OK, "%s", error.message);
    cr_assert_not(report.equivalent);
    cr_assert_not_null(report.counterexample);
    uint64_t *of_aig = calloc(aig->n, sizeof *of_aig);
    const plc_cell *cell = &cells->cells.data[0];
    for (uint32_t i = 1; i <= N + 1; i++)
        of_aig[i] = values[i] = report.counterexample[i - 1] ? UINT64_MAX : 0;
    for (uint32_t k = cell->begin; k < cell->begin + cell->n; k++)
        sum += values[cells->inputs.data[k]] ? cells->weights.data[k] : 0;
    plc_aig_simulate(aig, of_aig);
    cr_assert_neq(plc_aig_value(of_aig, aig->sinks[0]) != 0,
                  (sum >= cell->threshold) != (cells->sinks[0] & 1));
    free(of_aig);
    plc_prove_report_finish(&report);
}

Test(count, the_proof_catches_a_wide_cell_that_is_wrong)
{
    plc_aig *aig = counting_graph(N + 1, 1); /* the last input is nobody's */
    plc_error error = {0};
    plc_cells *cells = NULL;
    plc_prove_report report = {0};
    uint32_t inputs[N + 1], node;
    int32_t weights[N + 1];
    aig->sinks[0] = counting_literal(aig, 1, N, 36);
    for (uint32_t i = 0; i <= N; i++) {
        inputs[i] = i < N ? N - i : N + 1;
        weights[i] = 2;
    }
    weights[0] = 3; /* makes no difference: 36 of them are still 72 at least, 35 are 71 at most */
    for (int fault = 0; fault < 5; fault++) {
        cr_assert_eq(plc_cells_create_like(aig, &cells, &error), PLC_OK);
        const int32_t weight = weights[7];
        weights[7] = fault == 1 ? 1 : fault == 2 ? -2 : weight;
        cr_assert(
            plc_cells_add(cells, inputs, weights, N + (fault == 3), fault == 4 ? 71 : 72, &node));
        weights[7] = weight;
        cells->sinks[0] = 2 * node;
        if (fault) {
            expect_difference(aig, cells);
        } else {
            cr_assert_eq(plc_ftl_prove(aig, cells, 0, 1, &report, &error), PLC_OK);
            cr_assert(report.equivalent && report.by_diagram == 1);
        }
        plc_cells_destroy(cells);
    }
    plc_aig_destroy(aig);
}

/* Diagrams of random graphs against their truth tables, and equal functions made in other ways. */
Test(bdd, edges_are_functions)
{
    enum { VARIABLES = 8, ANDS = 60 };
    for (uint32_t seed = 1; seed <= 40; seed++) {
        plc_aig *aig = counting_graph(VARIABLES, 1);
        uint32_t places[VARIABLES], state = seed;
        for (uint32_t i = 0; i < ANDS; i++) {
            state = state * 1664525 + 1013904223;
            const uint32_t a = 2 + (state >> 8) % (2 * aig->n - 2);
            state = state * 1664525 + 1013904223;
            plc_aig_and(aig, a, 2 + (state >> 8) % (2 * aig->n - 2));
        }
        plc_bdd bdd;
        cr_assert(plc_bdd_init(&bdd, 100000));
        uint64_t tables[256][4];
        uint32_t edges[256];
        const uint32_t n = aig->n < 256 ? aig->n : 256;
        for (uint32_t i = 0; i < VARIABLES; i++)
            places[i] = (i * 3 + seed) % VARIABLES;
        for (uint32_t word = 0; word < 4; word++) {
            uint64_t values[512] = {0};
            for (uint32_t i = 0; i < VARIABLES; i++)
                for (uint32_t bit = 0; bit < 64; bit++)
                    values[i + 1] |= (uint64_t)((64 * word + bit) >> i & 1) << bit;
            plc_aig_simulate(aig, values);
            for (uint32_t i = 0; i < n; i++)
                tables[i][word] = values[i];
        }
        for (uint32_t i = 0; i < n; i++)
            edges[i] = plc_bdd_of_literal(&bdd, aig, places, 2 * i);
        cr_assert_not(bdd.failed || bdd.is_full);
        for (uint32_t i = 0; i < n; i++)
            for (uint32_t j = 0; j < i; j++)
                cr_assert_eq(edges[i] == edges[j], !memcmp(tables[i], tables[j], sizeof tables[i]));
        plc_bdd_finish(&bdd);
        plc_aig_destroy(aig);
    }
}

Test(bdd, says_when_it_is_full)
{
    plc_aig *aig = counting_graph(N, 1);
    uint32_t places[N];
    plc_bdd bdd;
    const uint32_t literal = counting_literal(aig, 1, N, 30);
    cr_assert_eq(plc_bdd_order(aig, literal >> 1, places), N);
    cr_assert(plc_bdd_init(&bdd, 500));
    plc_bdd_of_literal(&bdd, aig, places, literal);
    cr_assert(bdd.is_full && !bdd.failed);
    plc_bdd_finish(&bdd);
    plc_aig_destroy(aig);
}
