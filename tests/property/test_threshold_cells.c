/* Threshold cells of random netlists: right by simulation, by proof and after their files; planted
 * faults are found; the same each time. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/digest.h"
#include "ftl/map.h"
#include "ftl/netlist.h"
#include "ftl/prove.h"
#include "tests/support/random_netlist.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static plc_cells *map(const plc_aig *aig, uint32_t max_fanin, bool by_depth)
{
    plc_ftl_settings settings = {.max_fanin = max_fanin, .by_depth = by_depth, .effort = 1};
    plc_ftl_statistics statistics;
    plc_cells *cells = NULL;
    plc_error error = {0};
    cr_assert_eq(plc_ftl_map(aig, &settings, &cells, &statistics, &error), PLC_OK, "%s",
                 error.message);
    cr_assert_eq(statistics.unresolved, 0);
    return cells;
}

/* Proves with so many vectors first. */
static bool prove(const plc_aig *aig, const plc_cells *cells, uint64_t vectors)
{
    plc_prove_report report;
    plc_error error = {0};
    cr_assert_eq(plc_ftl_prove(aig, cells, vectors, 1, &report, &error), PLC_OK, "%s",
                 error.message);
    bool equivalent = report.equivalent;
    if (!equivalent) { /* its counterexample is one */
        uint64_t *x = calloc(aig->n, sizeof *x);
        uint64_t *y = calloc(plc_cells_n_nodes(cells), sizeof *y);
        for (uint32_t i = 0; i < plc_aig_n_sources(aig); i++)
            x[i + 1] = y[i + 1] = report.counterexample[i];
        plc_aig_simulate(aig, x);
        plc_cells_simulate(cells, y);
        cr_assert_neq(plc_aig_value(x, aig->sinks[report.sink]) & 1,
                      plc_aig_value(y, cells->sinks[report.sink]) & 1);
        free(x);
        free(y);
    }
    plc_prove_report_finish(&report);
    return equivalent;
}

static void expect_limits(const plc_cells *cells, uint32_t max_fanin)
{
    for (uint32_t i = 0; i < cells->cells.n; i++) {
        const plc_cell *cell = &cells->cells.data[i];
        cr_assert_leq(cell->n, max_fanin);
        for (uint32_t k = cell->begin; k < cell->begin + cell->n; k++) {
            cr_assert_lt(cells->inputs.data[k], plc_cells_n_sources(cells) + 1 + i);
            cr_assert_neq(cells->weights.data[k], 0);
        }
    }
}

Test(cells, random_netlists_are_mapped_right)
{
    for (uint64_t seed = 0; seed < 18; seed++) {
        plc_aig *drawn = random_netlist(seed, 4 + (uint32_t)seed % 9, (uint32_t)seed % 4 * 3,
                                        3 + (uint32_t)seed % 5, 150);
        plc_aig *aig = plc_aig_clean(drawn);
        uint32_t max_fanin = seed % 9 == 7 ? 40 : 3 + (uint32_t)seed % 6;
        plc_cells *cells = map(aig, max_fanin, seed % 5 == 4);
        expect_limits(cells, max_fanin);
        cr_assert(prove(aig, cells, 256), "seed %llu", (unsigned long long)seed);
        cr_assert(prove(drawn, cells, 0), "by proof alone");
        cr_assert_leq(cells->cells.n, aig->n - plc_aig_n_sources(aig) - 1);
        plc_cells_destroy(cells);
        plc_aig_destroy(aig);
        plc_aig_destroy(drawn);
    }
}

/* A planted fault either shows, or changes nothing at all: by exhaustion. */
static bool differs(const plc_aig *aig, const plc_cells *cells)
{
    uint64_t x[400], y[400];
    bool found = false;
    for (uint32_t block = 0; block < 1u << (plc_aig_n_sources(aig) - 6) && !found; block++) {
        for (uint32_t i = 0; i < plc_aig_n_sources(aig); i++) {
            uint64_t word = 0;
            for (uint32_t p = 0; p < 64; p++)
                word |= (uint64_t)((block * 64 + p) >> i & 1) << p;
            x[i + 1] = y[i + 1] = word;
        }
        plc_aig_simulate(aig, x);
        plc_cells_simulate(cells, y);
        for (uint32_t i = 0; i < plc_aig_n_sinks(aig); i++)
            found |= plc_aig_value(x, aig->sinks[i]) != plc_aig_value(y, cells->sinks[i]);
    }
    return found;
}

Test(cells, planted_faults_are_found)
{
    uint32_t found = 0, hidden = 0;
    for (uint64_t seed = 0; seed < 4; seed++) {
        plc_aig *aig = random_netlist(seed + 100, 9, 1, 5, 120);
        plc_cells *cells = map(aig, 6, false);
        for (uint32_t i = 0; i < cells->weights.n; i++) {
            int32_t kept = cells->weights.data[i];
            cells->weights.data[i] = kept + (seed % 2 ? 1 : -1);
            bool differ = differs(aig, cells);
            cr_assert_eq(prove(aig, cells, 0), !differ, "weight %u of seed %llu", i,
                         (unsigned long long)seed);
            cr_assert(!differ || !prove(aig, cells, 1 << 16));
            found += differ;
            hidden += !differ;
            cells->weights.data[i] = kept;
        }
        cells->sinks[2] ^= 1;
        cr_assert_not(prove(aig, cells, 0));
        plc_cells_destroy(cells);
        plc_aig_destroy(aig);
    }
    cr_assert_gt(found, 50);
    cr_assert_gt(hidden, 5, "some of the weights do not matter where they are");
}

static void expect_same_cells(const plc_cells *a, const plc_cells *b)
{
    cr_assert_eq(a->cells.n, b->cells.n);
    cr_assert_eq(a->inputs.n, b->inputs.n);
    cr_assert_arr_eq(a->cells.data, b->cells.data, a->cells.n * sizeof *a->cells.data);
    cr_assert_arr_eq(a->inputs.data, b->inputs.data, a->inputs.n * sizeof *a->inputs.data);
    cr_assert_arr_eq(a->weights.data, b->weights.data, a->weights.n * sizeof *a->weights.data);
    cr_assert_arr_eq(a->sinks, b->sinks, plc_cells_n_sinks(a) * sizeof *a->sinks);
}

Test(cells, mapping_and_files_are_the_same_each_time)
{
    char folder[] = "/tmp/placode-cells-XXXXXX", text[64], blif[64];
    cr_assert(mkdtemp(folder));
    snprintf(text, sizeof text, "%s/cells", folder);
    snprintf(blif, sizeof blif, "%s/blif", folder);
    for (uint64_t seed = 0; seed < 4; seed++) {
        plc_aig *aig = random_netlist(seed + 50, 8, 3, 6, 160), *again = NULL;
        plc_cells *cells = map(aig, 6, false), *other = map(aig, 6, false), *back = NULL;
        plc_error error = {0};
        expect_same_cells(cells, other);
        cr_assert_eq(plc_cells_write(cells, text, &error), PLC_OK, "%s", error.message);
        cr_assert_eq(plc_cells_read(text, &back, &error), PLC_OK, "%s", error.message);
        expect_same_cells(cells, back);
        cr_assert(prove(aig, back, 64));
        cr_assert_eq(plc_cells_write_blif(cells, blif, &error), PLC_OK, "%s", error.message);
        cr_assert_eq(plc_netlist_read(blif, &again, &error), PLC_OK, "%s", error.message);
        cr_assert(prove(again, cells, 64));
        plc_aig_destroy(again);
        plc_cells_destroy(cells);
        plc_cells_destroy(other);
        plc_cells_destroy(back);
        plc_aig_destroy(aig);
    }
    unlink(text);
    unlink(blif);
    rmdir(folder);
}

Test(cells, depth_goal_is_no_deeper)
{
    for (uint64_t seed = 0; seed < 4; seed++) {
        plc_aig *aig = random_netlist(seed + 200, 12, 0, 8, 300);
        plc_cells *small = map(aig, 6, false), *flat = map(aig, 6, true);
        plc_cells_report a, b;
        cr_assert(plc_cells_measure(small, &a) && plc_cells_measure(flat, &b));
        cr_assert_leq(b.depth, a.depth);
        cr_assert(prove(aig, flat, 256));
        plc_cells_destroy(small);
        plc_cells_destroy(flat);
        plc_aig_destroy(aig);
    }
}

Test(cells, inverses_are_free)
{
    /* What is wanted inverted only is made so; values of weights of both signs add up. */
    plc_aig *aig = random_netlist(7, 10, 0, 12, 200);
    plc_cells *cells = map(aig, 6, false);
    plc_cells_report report;
    uint32_t both = 0;
    cr_assert(plc_cells_measure(cells, &report));
    for (uint32_t i = 0; i < aig->n_outputs; i++)
        for (uint32_t k = 0; k < aig->n_outputs; k++)
            both += aig->sinks[i] == (aig->sinks[k] ^ 1);
    for (uint32_t i = 0; i < aig->n_outputs; i++)
        if (cells->sinks[i] & 1 && cells->sinks[i] >> 1 > plc_cells_n_sources(cells))
            cr_assert_gt(both, 0);
    plc_cells_destroy(cells);
    plc_aig_destroy(aig);
}

static const struct {
    const char *text, *message;
} faults[] = {
    {"", "net:1: expected \"threshold 1 NAME\""},
    {"threshold 2 x\n", "net:1: expected \"threshold 1 NAME\""},
    {"threshold 1 x\ninput a\ncell b 1 1 c\n",
     "net:3: c: expected an input, a latch or a cell of an earlier line"},
    {"threshold 1 x\ninput a\ncell b 1 1.5 a\n",
     "net:3: weight: expected a whole number in -8388608..8388608, got \"1.5\""},
    {"threshold 1 x\ninput a\ninput a\n", "net:3: a: there is one already"},
    {"threshold 1 x\ninput a\noutput o a\n",
     "net:3: expected output NAME and \"= NODE\", \"~ NODE\", low or high"},
    {"threshold 1 x\ninput a\nlatch q 0\noutput o = a\n",
     "net:4: next: expected one of each of 1 latches, got 0"},
    {"threshold 1 x\ninput a\nlatch q 5\n",
     "net:3: latch: expected 0, 1 or 2 (unknown), got \"5\""},
    {"threshold 1 x\ninput a\nnext a = a\n", "net:3: next: a is no latch"},
    {"threshold 1 x\ngate a\n", "net:2: expected input, latch, cell, output or next, got \"gate\""},
};

Test(cells, faults_of_files_are_told_with_their_line)
{
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        plc_cells *cells = NULL;
        plc_error error = {0};
        cr_assert_eq(plc_cells_parse("net", faults[i].text, strlen(faults[i].text), &cells, &error),
                     PLC_INVALID);
        cr_assert_str_eq(error.message, faults[i].message);
    }
}
