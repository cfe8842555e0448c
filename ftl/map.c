/* Mapping: structures, rounds, and what comes out. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ftl/map.h"

#include "base/error.h"
#include "base/memory.h"
#include "ftl/cover.h"

/* A cell's function over its option's leaves. */
static void option_minterms(const plc_cover *cover, const plc_option *option, uint64_t *ret_on,
                            uint64_t *ret_off)
{
    const plc_cut *cut = &cover->cuts.data[option->cut];
    uint64_t tables[PLC_OPTION_DIVISORS_MAX][PLC_TABLE_WORDS_MAX];
    const uint64_t *divisors[PLC_OPTION_DIVISORS_MAX];
    uint32_t n = 0;
    for (; n < PLC_OPTION_DIVISORS_MAX && option->divisors[n] != PLC_CUT_NONE; n++) {
        const plc_cut *divisor = &cover->cuts.data[option->divisors[n]];
        uint32_t subset = 0;
        for (uint32_t i = 0; i < cut->n; i++)
            for (uint32_t k = 0; k < divisor->n; k++)
                if (divisor->leaves[k] == cut->leaves[i])
                    subset |= 1u << i;
        memcpy(tables[n], divisor->table, sizeof tables[n]);
        plc_table_spread(tables[n], cover->cuts.n_words, subset);
        divisors[n] = tables[n];
    }
    plc_memo_minterms(cut->table, divisors, n, cut->n, ret_on, ret_off);
}

/* Leaves of the cut, then the divisors, with their smallest weights. */
static plc_status add_cell(const plc_cover *cover, uint32_t node, uint32_t *nodes, plc_cells *cells,
                           plc_error *error)
{
    const plc_option *option = &cover->options.data[cover->best[node]];
    const plc_cut *cut = &cover->cuts.data[option->cut];
    uint64_t on[PLC_TABLE_WORDS_MAX], off[PLC_TABLE_WORDS_MAX];
    uint32_t inputs[PLC_TABLE_INPUTS_MAX], n = cut->n, m = 0;
    int32_t weights[PLC_TABLE_INPUTS_MAX];
    plc_threshold threshold;
    option_minterms(cover, option, on, off);
    for (uint32_t d = 0; d < PLC_OPTION_DIVISORS_MAX; d++)
        n += option->divisors[d] != PLC_CUT_NONE;
    if (plc_threshold_find(on, off, n, true, &threshold) != PLC_THRESHOLD_YES &&
        plc_threshold_find(on, off, n, false, &threshold) != PLC_THRESHOLD_YES)
        return plc_fail(error, PLC_FAILED, "%s: a cell without weights", cells->name);
    for (uint32_t i = 0; i < n; i++) {
        if (!threshold.weights[i])
            continue;
        uint32_t from =
            i < cut->n ? cut->leaves[i] : cover->cuts.data[option->divisors[i - cut->n]].node;
        inputs[m] = nodes[from];
        weights[m++] = threshold.weights[i];
    }
    return plc_cells_add(cells, inputs, weights, m, threshold.threshold, &nodes[node])
               ? PLC_OK
               : plc_fail_memory(error, cells->name);
}

/* The cover at hand as a netlist. */
static plc_status extract(const plc_cover *cover, plc_cells **ret_cells, plc_error *error)
{
    const plc_aig *aig = cover->aig;
    plc_cells *cells = NULL;
    uint32_t *nodes = plc_array(aig->n, sizeof *nodes);
    plc_status status =
        nodes ? plc_cells_create_like(aig, &cells, error) : plc_fail_memory(error, aig->name);
    for (uint32_t i = 0; status == PLC_OK && i <= plc_aig_n_sources(aig); i++)
        nodes[i] = i;
    for (uint32_t i = 0; status == PLC_OK && i < cover->n_order; i++)
        if (cover->refs[cover->order[i]])
            status = add_cell(cover, cover->order[i], nodes, cells, error);
    for (uint32_t i = 0; status == PLC_OK && i < plc_aig_n_sinks(aig); i++)
        cells->sinks[i] = 2 * nodes[aig->sinks[i] >> 1] | (aig->sinks[i] & 1);
    if (status == PLC_OK && !plc_cells_turn(cells))
        status = plc_fail_memory(error, aig->name);
    free(nodes);
    if (status == PLC_OK)
        *ret_cells = cells;
    else
        plc_cells_destroy(cells);
    return status;
}

/* What is better: cells and then inputs, after depth where that is the goal. */
static bool is_better(const plc_cells *a, const plc_cells *b, bool by_depth)
{
    plc_cells_report ra, rb;
    if (!b)
        return true;
    if (!plc_cells_measure(a, &ra) || !plc_cells_measure(b, &rb))
        return false;
    if (by_depth && ra.depth != rb.depth)
        return ra.depth < rb.depth;
    if (ra.cells != rb.cells)
        return ra.cells < rb.cells;
    return ra.edges < rb.edges;
}

/* Keeps the better of two netlists, either of which may be NULL. */
static void keep(plc_cells **best, plc_cells *other, bool by_depth)
{
    if (other && is_better(other, *best, by_depth)) {
        plc_cells_destroy(*best);
        *best = other;
    } else {
        plc_cells_destroy(other);
    }
}

/* How long to look, by effort. */
static const struct {
    uint32_t rounds, moves; /* moves for each AND and round */
} efforts[] = {{2, 0}, {3, 150}, {4, 600}, {6, 2400}};

/* One round: options by what was learned, a selection, and a better one. */
static plc_status map_round(plc_cover *cover, uint32_t moves, uint64_t seed, plc_cells **best,
                            plc_error *error)
{
    enum { PASSES = 6 };
    plc_cells *cells = NULL;
    if (!plc_cover_find_options(cover))
        return plc_fail_memory(error, cover->aig->name);
    plc_cover_select(cover);
    plc_cover_descend(cover, PASSES);
    if (moves && !cover->by_depth && !plc_cover_anneal(cover, moves, seed))
        return plc_fail_memory(error, cover->aig->name);
    plc_cover_descend(cover, PASSES);
    plc_status status = extract(cover, &cells, error);
    if (status == PLC_OK)
        keep(best, cells, cover->by_depth);
    return status;
}

/* Maps one structure, in rounds that learn from each other. The first one only shows which nodes
 * could divide which, and so in which order they had better be. */
static plc_status map_structure(const plc_aig *aig, const plc_ftl_settings *settings,
                                plc_memo *memo, plc_cells **best, plc_error *error)
{
    plc_cover cover;
    plc_status status = PLC_OK;
    if (!plc_cover_init(&cover, aig, settings->max_fanin, settings->by_depth, memo))
        return plc_fail_memory(error, aig->name);
    for (uint32_t i = 0; status == PLC_OK && i < efforts[settings->effort].rounds; i++) {
        status = map_round(&cover, i ? efforts[settings->effort].moves : 0, i, best, error);
        plc_cover_learn(&cover);
        if (status == PLC_OK && i == 0 && !plc_cover_reorder(&cover))
            status = plc_fail_memory(error, aig->name);
    }
    plc_cover_finish(&cover);
    return status;
}

plc_status plc_ftl_map(const plc_aig *aig, const plc_ftl_settings *settings, plc_cells **ret_cells,
                       plc_ftl_statistics *ret_statistics, plc_error *error)
{
    plc_memo memo;
    plc_cells *best = NULL;
    plc_ftl_statistics statistics = {.structures = 1};
    if (!plc_memo_init(&memo, settings->max_fanin))
        return plc_fail_memory(error, aig->name);
    plc_status status = map_structure(aig, settings, &memo, &best, error);
    statistics.programs = memo.n_programs;
    statistics.unresolved = memo.n_unresolved;
    plc_memo_finish(&memo);
    if (status != PLC_OK) {
        plc_cells_destroy(best);
        return status;
    }
    if (ret_statistics)
        *ret_statistics = statistics;
    *ret_cells = best;
    return PLC_OK;
}
