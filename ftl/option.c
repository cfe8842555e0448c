/* What could be a cell: threshold functions of cuts, and of cuts and divisors. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/memory.h"
#include "ftl/cover.h"

enum { DIVISORS_MAX = 28, PAIR_DIVISORS_MAX = 10, OPTIONS_PER_CUT = 6, DIVIDED_LEAVES_MAX = 6 };

/* Functions of a cut's leaves that other nodes have. */
typedef struct divisors {
    uint32_t n;
    uint32_t cut[DIVISORS_MAX], node[DIVISORS_MAX];
    uint64_t table[DIVISORS_MAX][PLC_TABLE_WORDS_MAX];
    double flow[DIVISORS_MAX];
} divisors;

static bool is_leaf(const plc_cut *cut, uint32_t node)
{
    for (uint32_t i = 0; i < cut->n; i++)
        if (cut->leaves[i] == node)
            return true;
    return false;
}

static bool same_function(const uint64_t *a, const uint64_t *b, uint32_t n_words)
{
    if (plc_table_equal(a, b, n_words))
        return true;
    for (uint32_t k = 0; k < n_words; k++)
        if (a[k] != ~b[k])
            return false;
    return true;
}

/* Adds a divisor, the cheapest first; of equal functions the cheaper one stays. */
static void add_divisor(divisors *d, uint32_t cut, uint32_t node, const uint64_t *table,
                        uint32_t n_words, double flow)
{
    for (uint32_t i = 0; i < d->n; i++)
        if (same_function(d->table[i], table, n_words)) {
            if (flow >= d->flow[i])
                return;
            for (; i + 1 < d->n; i++) {
                d->cut[i] = d->cut[i + 1];
                d->node[i] = d->node[i + 1];
                d->flow[i] = d->flow[i + 1];
                memcpy(d->table[i], d->table[i + 1], sizeof d->table[i]);
            }
            d->n--;
        }
    if (d->n == DIVISORS_MAX && flow >= d->flow[d->n - 1])
        return;
    uint32_t at = d->n < DIVISORS_MAX ? d->n++ : d->n - 1;
    for (; at > 0 && d->flow[at - 1] > flow; at--) {
        d->cut[at] = d->cut[at - 1];
        d->node[at] = d->node[at - 1];
        d->flow[at] = d->flow[at - 1];
        memcpy(d->table[at], d->table[at - 1], sizeof d->table[at]);
    }
    d->cut[at] = cut;
    d->node[at] = node;
    d->flow[at] = flow;
    memcpy(d->table[at], table, n_words * sizeof *table);
}

/* All nodes before this one that have a cut within the given one. */
static void find_divisors(const plc_cover *cover, const plc_cut *cut, divisors *d)
{
    uint32_t n_words = cover->cuts.n_words;
    uint32_t hashes[1 << DIVIDED_LEAVES_MAX] = {0};
    d->n = 0;
    for (uint32_t i = 0; i < cut->n; i++)
        hashes[1u << i] = plc_cut_leaf_hash(cut->leaves[i]);
    for (uint32_t subset = 3; subset < 1u << cut->n; subset++) {
        uint32_t leaves[PLC_TABLE_INPUTS_MAX], n = 0;
        if (!(subset & (subset - 1)))
            continue;
        hashes[subset] = hashes[subset & (subset - 1)] + hashes[subset & (0 - subset)];
        if (!plc_cuts_has(&cover->cuts, hashes[subset]))
            continue;
        for (uint32_t i = 0; i < cut->n; i++)
            if (subset >> i & 1)
                leaves[n++] = cut->leaves[i];
        for (uint32_t at = plc_cuts_find(&cover->cuts, hashes[subset], leaves, n);
             at != PLC_CUT_NONE; at = plc_cuts_next(&cover->cuts, at)) {
            const plc_cut *other = &cover->cuts.data[at];
            uint64_t table[PLC_TABLE_WORDS_MAX];
            if (other->node == cut->node || is_leaf(cut, other->node))
                continue;
            memcpy(table, other->table, n_words * sizeof *table);
            plc_table_spread(table, n_words, subset);
            add_divisor(d, at, other->node, table, n_words, cover->flow[other->node]);
        }
    }
}

static bool add_option(plc_cover *cover, const plc_cut *cut, uint32_t needed,
                       const uint32_t *divisor_cuts, uint32_t n_divisors)
{
    plc_option option = {.cut = (uint32_t)(cut - cover->cuts.data),
                         .divisors = {PLC_CUT_NONE, PLC_CUT_NONE},
                         .price = 1,
                         .needed = (uint8_t)needed};
    if ((uint32_t)__builtin_popcount(needed) > cover->max_fanin)
        return true;
    for (uint32_t i = 0; i < cut->n; i++)
        if (needed >> i & 1)
            option.leaves[option.n++] = cut->leaves[i];
    for (uint32_t d = 0; d < n_divisors; d++) {
        option.divisors[d] = divisor_cuts[d];
        if (needed >> (cut->n + d) & 1)
            option.leaves[option.n++] = cover->cuts.data[divisor_cuts[d]].node;
    }
    if (!plc_reserve(&cover->options, data, 1))
        return false;
    cover->options.data[cover->options.n++] = option;
    return true;
}

/* Options of a cut and one divisor. */
static bool divide_by_one(plc_cover *cover, const plc_cut *cut, const divisors *d,
                          uint32_t *ret_found)
{
    for (uint32_t i = 0; i < d->n && *ret_found < OPTIONS_PER_CUT; i++) {
        const uint64_t *table = d->table[i];
        uint32_t needed;
        if (!plc_memo_is_divisible(cover->memo, cut->table, &table, 1, cut->n, &needed))
            continue;
        if (!add_option(cover, cut, needed, &d->cut[i], 1))
            return false;
        ++*ret_found;
    }
    return true;
}

static bool divide_by_two(plc_cover *cover, const plc_cut *cut, const divisors *d)
{
    uint32_t n = d->n < PAIR_DIVISORS_MAX ? d->n : PAIR_DIVISORS_MAX, found = 0;
    for (uint32_t j = 1; j < n; j++)
        for (uint32_t i = 0; i < j && found < 2; i++) {
            const uint64_t *tables[2] = {d->table[i], d->table[j]};
            const uint32_t chosen[2] = {d->cut[i], d->cut[j]};
            uint32_t needed;
            if (!plc_memo_is_divisible(cover->memo, cut->table, tables, 2, cut->n, &needed))
                continue;
            if (!add_option(cover, cut, needed, chosen, 2))
                return false;
            found++;
        }
    return true;
}

/* The option to make a function by two cells. */
static bool add_two_cells(plc_cover *cover, const plc_cut *cut)
{
    if (cut->n > PLC_INNER_INPUTS_MAX || cut->n >= cover->max_fanin || cut->n < 2)
        return true;
    uint64_t inner = plc_inners_find(cover->inners, cover->memo, cut->table[0], cut->n);
    if (!inner)
        return !cover->inners->failed;
    if (!add_option(cover, cut, (1u << cut->n) - 1, NULL, 0))
        return false;
    cover->options.data[cover->options.n - 1].inner = inner;
    cover->options.data[cover->options.n - 1].price = 2;
    return true;
}

bool plc_cover_add_cells(plc_cover *cover, uint32_t node, void *context)
{
    divisors d;
    (void)context;
    cover->begin[node] = (uint32_t)cover->options.n;
    for (uint32_t i = cover->cuts.begin[node]; i < cover->cuts.end[node]; i++) {
        const plc_cut *cut = &cover->cuts.data[i];
        uint32_t found = 0;
        if (cover->options.n - cover->begin[node] >= PLC_OPTIONS_PER_NODE)
            break;
        if (cut->n <= cover->max_fanin && plc_memo_is_threshold(cover->memo, cut->table, cut->n)) {
            if (!add_option(cover, cut, (1u << cut->n) - 1, NULL, 0))
                return false;
            continue;
        }
        if (cut->n > cover->max_fanin || cut->n > DIVIDED_LEAVES_MAX)
            continue;
        find_divisors(cover, cut, &d);
        if (!divide_by_one(cover, cut, &d, &found))
            return false;
        if (!found && cover->inners && !add_two_cells(cover, cut))
            return false;
        if (!found && cut->n >= 3 && cut->n + 2u <= cover->max_fanin + 1 &&
            cut->n + 2 <= PLC_TABLE_INPUTS_MAX && !divide_by_two(cover, cut, &d))
            return false;
    }
    cover->end[node] = (uint32_t)cover->options.n;
    return true;
}

/* Appends a node to the new order, after its cone that is not in it yet; false if `forbidden` is in
 * that cone, or it has more than a few nodes. */
static bool cone_avoids(const plc_cover *cover, const uint8_t *placed, uint32_t node,
                        uint32_t forbidden, uint32_t *cone, uint32_t *ret_n)
{
    enum { CONE_MAX = 40 };
    uint32_t n = 1;
    cone[0] = node;
    for (uint32_t i = 0; i < n; i++) {
        if (cone[i] == forbidden)
            return false;
        for (int k = 0; k < 2; k++) {
            uint32_t fanin = cover->aig->fanins[cone[i]][k] >> 1;
            bool known = !plc_aig_is_and(cover->aig, fanin) || placed[fanin];
            for (uint32_t j = 0; j < n && !known; j++)
                known = cone[j] == fanin;
            if (known)
                continue;
            if (n == CONE_MAX)
                return false;
            cone[n++] = fanin;
        }
    }
    *ret_n = n;
    return true;
}

/* Places a cone in the order of the AIG. */
static void place_cone(uint32_t *cone, uint32_t n, uint8_t *placed, uint32_t *order, uint32_t *at)
{
    for (uint32_t i = 1; i < n; i++)
        for (uint32_t j = i; j > 0 && cone[j - 1] > cone[j]; j--) {
            uint32_t kept = cone[j];
            cone[j] = cone[j - 1];
            cone[j - 1] = kept;
        }
    for (uint32_t i = 0; i < n; i++) {
        placed[cone[i]] = 1;
        order[(*at)++] = cone[i];
    }
}

/* Places the nodes that a node could be divided by, and that are cells by themselves. */
static void place_divisors(const plc_cover *cover, uint32_t node, uint8_t *placed, uint32_t *order,
                           uint32_t *at)
{
    enum { LEAVES_MAX = 5 };
    divisors d;
    uint32_t cone[64], n, needed;
    for (uint32_t i = cover->cuts.begin[node]; i < cover->cuts.end[node]; i++) {
        const plc_cut *cut = &cover->cuts.data[i];
        if (cut->n < 2 || cut->n > LEAVES_MAX || cut->n >= cover->max_fanin ||
            plc_memo_is_threshold(cover->memo, cut->table, cut->n))
            continue;
        find_divisors(cover, cut, &d);
        for (uint32_t k = 0; k < d.n; k++) {
            const plc_cut *other = &cover->cuts.data[d.cut[k]];
            const uint64_t *table = d.table[k];
            if (placed[other->node] ||
                !plc_memo_is_threshold(cover->memo, other->table, other->n) ||
                !plc_memo_is_divisible(cover->memo, cut->table, &table, 1, cut->n, &needed))
                continue;
            if (cone_avoids(cover, placed, other->node, node, cone, &n))
                place_cone(cone, n, placed, order, at);
        }
    }
}

bool plc_cover_reorder(plc_cover *cover)
{
    uint32_t *order = plc_array(cover->n_order, sizeof *order), at = 0, cone[64], n;
    uint8_t *placed = plc_array(cover->aig->n, 1);
    if (!order || !placed) {
        free(order);
        free(placed);
        return false;
    }
    for (uint32_t i = 0; i < cover->n_order; i++) {
        uint32_t node = cover->order[i];
        if (placed[node])
            continue;
        place_divisors(cover, node, placed, order, &at);
        if (cone_avoids(cover, placed, node, UINT32_MAX, cone, &n))
            place_cone(cone, n, placed, order, &at);
    }
    free(placed);
    free(cover->order);
    cover->order = order;
    return true;
}
