/* Mapping: structures, rounds, and what comes out. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ftl/map.h"

#include "base/error.h"
#include "base/memory.h"
#include "ftl/collapse.h"
#include "ftl/count.h"
#include "ftl/cover.h"
#include "ftl/factor.h"

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

/* A cell of `n` nodes with the smallest weights for a function; inputs without weight are left out.
 */
static plc_status add_function(plc_cells *cells, const uint64_t *on, const uint64_t *off,
                               const uint32_t *nodes, uint32_t n, uint32_t *ret_node,
                               plc_error *error)
{
    uint32_t inputs[PLC_TABLE_INPUTS_MAX], m = 0;
    int32_t weights[PLC_TABLE_INPUTS_MAX];
    plc_threshold threshold;
    if (plc_threshold_find(on, off, n, true, &threshold) != PLC_THRESHOLD_YES &&
        plc_threshold_find(on, off, n, false, &threshold) != PLC_THRESHOLD_YES)
        return plc_fail(error, PLC_FAILED, "%s: a cell without weights", cells->name);
    for (uint32_t i = 0; i < n; i++)
        if (threshold.weights[i]) {
            inputs[m] = nodes[i];
            weights[m++] = threshold.weights[i];
        }
    return plc_cells_add(cells, inputs, weights, m, threshold.threshold, ret_node)
               ? PLC_OK
               : plc_fail_memory(error, cells->name);
}

/* The cell, or the two, of a node: leaves of the cut, then divisors or the inner cell. */
static plc_status add_cell(const plc_cover *cover, uint32_t node, uint32_t *nodes, plc_cells *cells,
                           plc_error *error)
{
    const plc_option *option = &cover->options.data[cover->best[node]];
    const plc_cut *cut = &cover->cuts.data[option->cut];
    uint64_t on[PLC_TABLE_WORDS_MAX], off[PLC_TABLE_WORDS_MAX];
    uint32_t from[PLC_TABLE_INPUTS_MAX + 1], n = 0;
    plc_status status = PLC_OK;
    for (; n < cut->n; n++)
        from[n] = nodes[cut->leaves[n]];
    if (option->inner) {
        const uint64_t *inner = &option->inner;
        plc_memo_minterms(inner, NULL, 0, n, on, off);
        status = add_function(cells, on, off, from, n, &from[n], error);
        plc_memo_minterms(cut->table, &inner, 1, n, on, off);
        n++;
    } else {
        option_minterms(cover, option, on, off);
        for (uint32_t d = 0; d < PLC_OPTION_DIVISORS_MAX; d++)
            if (option->divisors[d] != PLC_CUT_NONE)
                from[n++] = nodes[cover->cuts.data[option->divisors[d]].node];
    }
    return status == PLC_OK ? add_function(cells, on, off, from, n, &nodes[node], error) : status;
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

/* How long to look, by effort: structures made of each other; moves for each AND on each; rounds on
 * the best of them, and moves for each AND and round. */
static const struct {
    uint32_t structures, moves, rounds, last_moves;
} efforts[] = {{3, 0, 2, 0}, {10, 10, 4, 90}, {15, 60, 6, 400}, {20, 100, 9, 1500}};

enum { TRIAL_ROUNDS = 2, STRUCTURES_MAX = 20 };
enum { LARGE = 3000 }; /* [nodes] graphs above learn more slowly, and get one more round */

/* What all structures share. */
typedef struct mapper {
    const plc_ftl_settings *settings;
    plc_memo memo;
    plc_inners inners;
    plc_cells *best;
    uint32_t first_cells; /* the fewest that a structure had after its first round */
    plc_cover cover;      /* of the best structure so far, */
    plc_aig *aig;         /* which is this one */
    plc_error *error;
} mapper;

/* One round: options by what was learned, a selection, and a better one. */
static plc_status map_round(mapper *m, plc_cover *cover, uint32_t moves, double hottest,
                            uint64_t seed, plc_cells **best)
{
    enum { PASSES = 6 };
    plc_cells *cells = NULL;
    if (!plc_cover_find(cover, plc_cover_add_cells, NULL))
        return plc_fail_memory(m->error, cover->aig->name);
    plc_cover_select(cover);
    plc_cover_descend(cover, moves && !cover->by_depth ? 1 : PASSES);
    if (moves && !cover->by_depth && !plc_cover_anneal(cover, moves, hottest, seed))
        return plc_fail_memory(m->error, cover->aig->name);
    plc_cover_descend(cover, PASSES);
    plc_status status = extract(cover, &cells, m->error);
    if (status == PLC_OK)
        keep(best, cells, cover->by_depth);
    return status;
}

/* Whether a structure is so far behind another after its first round that more won't help. */
static bool is_hopeless(mapper *m, const plc_cells *cells)
{
    enum { PER_CENT_MORE = 8 };
    uint32_t n = (uint32_t)cells->cells.n;
    if (!m->first_cells || n < m->first_cells)
        m->first_cells = n;
    return (uint64_t)n * 100 > (uint64_t)m->first_cells * (100 + PER_CENT_MORE) &&
           !m->settings->by_depth;
}

/* Rounds [begin, end) on one structure, which learn from each other. The first one only shows which
 * nodes could divide which, and so in which order they had better be. Where rounds are many, the
 * first of them are hot: some circuits, multipliers above all, have to be melted, and others only
 * tempered. */
static plc_status map_rounds(mapper *m, plc_cover *cover, uint32_t begin, uint32_t end,
                             uint32_t moves, plc_cells **best)
{
    static const double hot = 0.96, warm = 0.88;
    plc_status status = PLC_OK;
    for (uint32_t i = begin; status == PLC_OK && i < end; i++) {
        if (i >= TRIAL_ROUNDS)
            plc_cuts_widen(&cover->cuts);
        bool is_hot = i >= TRIAL_ROUNDS && (i == TRIAL_ROUNDS || i + 2 < end);
        status = map_round(m, cover, i ? moves : 0, is_hot ? hot : warm, i, best);
        plc_cover_learn(cover);
        if (status == PLC_OK && i == 0 && is_hopeless(m, *best))
            break;
        if (status == PLC_OK && i == 0 && !plc_cover_reorder(cover))
            status = plc_fail_memory(m->error, cover->aig->name);
    }
    return status;
}

/* Maps a structure (taken over) a little; if that is the best so far, it is kept. */
static plc_status try_structure(mapper *m, plc_aig *aig)
{
    const plc_ftl_settings *s = m->settings;
    plc_cells *cells = NULL;
    plc_cover cover;
    if (!plc_cover_init(&cover, aig, s->max_fanin, s->by_depth, &m->memo)) {
        plc_aig_destroy(aig);
        return plc_fail_memory(m->error, "cover");
    }
    cover.inners = &m->inners;
    plc_status status = map_rounds(m, &cover, 0, TRIAL_ROUNDS, efforts[s->effort].moves, &cells);
    if (status == PLC_OK && is_better(cells, m->best, s->by_depth)) {
        plc_cover_finish(&m->cover);
        plc_aig_destroy(m->aig);
        m->cover = cover;
        m->aig = aig;
    } else {
        plc_cover_finish(&cover);
        plc_aig_destroy(aig);
    }
    if (status == PLC_OK)
        keep(&m->best, cells, s->by_depth);
    else
        plc_cells_destroy(cells);
    return status;
}

/* Another structure: smaller, or, by depth, flatter first. */
static plc_aig *next_structure(const mapper *m, const plc_aig *aig, uint32_t i)
{
    return m->settings->by_depth && i % 2 == 0 ? plc_aig_balance(aig) : plc_aig_restructure(aig);
}

/* The graph as it is and others made of it, each smaller than the one before: structures [n], of
 * which those that are not worth a trial are NULL. */
static plc_status make_structures(const mapper *m, const plc_aig *aig, uint32_t n,
                                  plc_aig **structures)
{
    bool by_depth = m->settings->by_depth, stuck = false;
    structures[0] = plc_aig_clean(aig);
    if (!structures[0])
        return plc_fail_memory(m->error, aig->name);
    for (uint32_t i = 0; i + 1 < n && !stuck; i++) {
        structures[i + 1] = next_structure(m, structures[i], i);
        if (!structures[i + 1])
            return plc_fail_memory(m->error, aig->name);
        stuck = !by_depth && i > 0 && structures[i + 1]->n >= structures[i]->n;
        if (i >= 2 && !by_depth) {
            plc_aig_destroy(structures[i]);
            structures[i] = NULL;
        }
    }
    return PLC_OK;
}

/* Maps all structures, then the one that does best once more with more patience. */
static plc_status map_all(mapper *m, const plc_aig *aig, uint32_t *ret_structures)
{
    uint32_t effort = m->settings->effort, n = efforts[effort].structures;
    plc_aig *structures[STRUCTURES_MAX] = {NULL};
    plc_status status = make_structures(m, aig, n, structures);
    /* The last one first, for what is far behind it is soon given up. */
    for (uint32_t i = n; i-- > 0;) {
        if (status == PLC_OK && structures[i]) {
            status = try_structure(m, structures[i]);
            ++*ret_structures;
        } else {
            plc_aig_destroy(structures[i]);
        }
    }
    uint32_t rounds = efforts[effort].rounds + (aig->n > LARGE);
    if (status == PLC_OK)
        status = map_rounds(m, &m->cover, TRIAL_ROUNDS, rounds,
                            efforts[effort].last_moves * 6 / m->settings->max_fanin, &m->best);
    plc_cover_finish(&m->cover);
    plc_aig_destroy(m->aig);
    return status;
}

/* Cells of functions of cuts. */
static plc_status map_narrow(const plc_aig *aig, const plc_ftl_settings *settings,
                             plc_cells **ret_cells, plc_ftl_statistics *statistics,
                             plc_error *error)
{
    mapper m = {.settings = settings, .error = error};
    if (!plc_memo_init(&m.memo, settings->max_fanin))
        return plc_fail_memory(error, aig->name);
    plc_status status = map_all(&m, aig, &statistics->structures);
    statistics->programs += m.memo.n_programs;
    statistics->unresolved += m.memo.n_unresolved;
    plc_memo_finish(&m.memo);
    plc_inners_finish(&m.inners);
    if (status == PLC_OK)
        *ret_cells = m.best;
    else
        plc_cells_destroy(m.best);
    return status;
}

/* Collapsed cells; which narrow ones are the better beginning is not known before. */
static plc_status map_collapsed(const plc_aig *aig, const plc_ftl_settings *settings,
                                plc_cells **ret_cells, plc_ftl_statistics *statistics,
                                plc_error *error)
{
    static const uint32_t fanins[] = {PLC_FANIN_DEFAULT, PLC_FANIN_CUT_MAX};
    plc_cells *best = NULL;
    plc_status status = PLC_OK;
    for (size_t i = 0; status == PLC_OK && i < sizeof fanins / sizeof *fanins; i++) {
        plc_ftl_settings narrow = *settings;
        plc_cells *cells = NULL;
        narrow.max_fanin = fanins[i];
        status = map_narrow(aig, &narrow, &cells, statistics, error);
        if (status == PLC_OK)
            status = plc_cells_collapse(cells, settings->max_fanin, error);
        if (status == PLC_OK)
            keep(&best, cells, settings->by_depth);
        else
            plc_cells_destroy(cells);
    }
    if (status == PLC_OK)
        *ret_cells = best;
    else
        plc_cells_destroy(best);
    return status;
}

/* The graph without the logic of sinks that count; NULL when memory is short. */
static plc_aig *leave_out(const plc_aig *aig, const plc_count *counts)
{
    plc_aig *copy = plc_aig_clean(aig), *rest = NULL;
    for (uint32_t i = 0; copy && i < plc_aig_n_sinks(aig); i++)
        if (counts[i].sources)
            copy->sinks[i] = 0;
    if (copy)
        rest = plc_aig_clean(copy);
    plc_aig_destroy(copy);
    return rest;
}

/* A cell for each different sink that counts. False when memory is short. */
static bool add_counts(const plc_aig *aig, const plc_count *counts, plc_cells *cells)
{
    int32_t *weights = plc_array(plc_aig_n_sources(aig), sizeof *weights);
    bool done = weights != NULL;
    for (uint32_t i = 0; done && i < plc_aig_n_sources(aig); i++)
        weights[i] = 1;
    for (uint32_t i = 0; done && i < plc_aig_n_sinks(aig); i++) {
        uint32_t node = 0, same = 0;
        if (!counts[i].sources)
            continue;
        while (aig->sinks[same] >> 1 != aig->sinks[i] >> 1)
            same++;
        if (same < i)
            node = cells->sinks[same] >> 1;
        else
            done = plc_cells_add(cells, counts[i].sources, weights, counts[i].n,
                                 (int32_t)counts[i].threshold, &node);
        cells->sinks[i] = 2 * node | counts[i].inverted;
    }
    free(weights);
    return done && plc_cells_turn(cells);
}

/* Sinks that count are a cell each; wide cells elsewhere are collapsed ones. */
static plc_status map_wide(const plc_aig *aig, const plc_ftl_settings *settings,
                           plc_cells **ret_cells, plc_ftl_statistics *statistics, plc_error *error)
{
    plc_count *counts = plc_array(plc_aig_n_sinks(aig), sizeof *counts);
    plc_aig *rest = NULL;
    plc_cells *cells = NULL;
    bool done =
        counts && plc_counts_find(aig, PLC_THRESHOLD_INPUTS_MAX, settings->max_fanin, counts);
    if (done)
        rest = leave_out(aig, counts);
    plc_status status = rest ? map_collapsed(rest, settings, &cells, statistics, error)
                             : plc_fail_memory(error, aig->name);
    if (status == PLC_OK && !add_counts(aig, counts, cells))
        status = plc_fail_memory(error, aig->name);
    plc_counts_finish(aig, counts);
    plc_aig_destroy(rest);
    if (status == PLC_OK)
        *ret_cells = cells;
    else
        plc_cells_destroy(cells);
    return status;
}

plc_status plc_ftl_map(const plc_aig *aig, const plc_ftl_settings *settings, plc_cells **ret_cells,
                       plc_ftl_statistics *ret_statistics, plc_error *error)
{
    plc_ftl_statistics statistics = {0};
    plc_status status = settings->max_fanin > PLC_FANIN_CUT_MAX
                            ? map_wide(aig, settings, ret_cells, &statistics, error)
                            : map_narrow(aig, settings, ret_cells, &statistics, error);
    if (status == PLC_OK && ret_statistics)
        *ret_statistics = statistics;
    return status;
}
