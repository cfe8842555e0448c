/* Cuts of an AIG. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ftl/cut.h"

#include "base/memory.h"

#include <math.h>

bool plc_cuts_init(plc_cuts *cuts, const plc_aig *aig, uint32_t max_leaves)
{
    static const uint32_t quota[PLC_TABLE_INPUTS_MAX + 1] = {1, 1, 3, 4, 6, 6, 5, 4, 4};
    *cuts = (plc_cuts){.max_leaves = max_leaves, .n_words = plc_table_words(max_leaves)};
    memcpy(cuts->quota, quota, sizeof quota);
    cuts->index_size = 1024;
    while (cuts->index_size < (size_t)aig->n * 16 && cuts->index_size < (size_t)1 << 24)
        cuts->index_size *= 2;
    cuts->begin = plc_array((size_t)aig->n + 1, sizeof *cuts->begin);
    cuts->end = plc_array((size_t)aig->n + 1, sizeof *cuts->end);
    cuts->index = plc_array(cuts->index_size, sizeof *cuts->index);
    cuts->is_there = plc_array(cuts->index_size / 4, sizeof *cuts->is_there);
    if (!cuts->begin || !cuts->end || !cuts->index || !cuts->is_there) {
        plc_cuts_finish(cuts);
        return false;
    }
    plc_cuts_clear(cuts, aig);
    return true;
}

void plc_cuts_widen(plc_cuts *cuts)
{
    static const uint32_t quota[PLC_TABLE_INPUTS_MAX + 1] = {1, 1, 4, 6, 8, 8, 7, 2, 2};
    memcpy(cuts->quota, quota, sizeof quota);
}

void plc_cuts_finish(plc_cuts *cuts)
{
    free(cuts->data);
    free(cuts->links.data);
    free(cuts->begin);
    free(cuts->end);
    free(cuts->index);
    free(cuts->is_there);
    *cuts = (plc_cuts){0};
}

void plc_cuts_clear(plc_cuts *cuts, const plc_aig *aig)
{
    cuts->n = cuts->links.n = 0;
    memset(cuts->begin, 0, ((size_t)aig->n + 1) * sizeof *cuts->begin);
    memset(cuts->end, 0, ((size_t)aig->n + 1) * sizeof *cuts->end);
    memset(cuts->index, 0xff, cuts->index_size * sizeof *cuts->index);
    memset(cuts->is_there, 0, cuts->index_size / 4 * sizeof *cuts->is_there);
}

void plc_table_spread(uint64_t *table, uint32_t n_words, uint32_t subset)
{
    uint32_t from = (uint32_t)__builtin_popcount(subset);
    for (uint32_t bits = subset; bits;) {
        uint32_t to = 31 - (uint32_t)__builtin_clz(bits);
        bits ^= 1u << to;
        if (--from != to)
            plc_table_swap(table, n_words, from, to);
    }
}

static uint32_t hash_leaves(const uint32_t *leaves, uint32_t n)
{
    uint32_t hash = 0;
    for (uint32_t i = 0; i < n; i++)
        hash += plc_cut_leaf_hash(leaves[i]);
    return hash;
}

static bool same_leaves(const plc_cut *cut, const uint32_t *leaves, uint32_t n)
{
    if (cut->n != n)
        return false;
    for (uint32_t i = 0; i < n; i++)
        if (cut->leaves[i] != leaves[i])
            return false;
    return true;
}

static uint32_t skip_others(const plc_cuts *cuts, uint32_t at, uint32_t hash,
                            const uint32_t *leaves, uint32_t n)
{
    while (at != PLC_CUT_NONE &&
           (cuts->links.data[at].hash != hash || !same_leaves(&cuts->data[at], leaves, n)))
        at = cuts->links.data[at].next;
    return at;
}

uint32_t plc_cuts_find(const plc_cuts *cuts, uint32_t hash, const uint32_t *leaves, uint32_t n)
{
    return skip_others(cuts, cuts->index[hash & (cuts->index_size - 1)], hash, leaves, n);
}

uint32_t plc_cuts_next(const plc_cuts *cuts, uint32_t cut)
{
    const plc_cut *c = &cuts->data[cut];
    const plc_cut_link *link = &cuts->links.data[cut];
    return skip_others(cuts, link->next, link->hash, c->leaves, c->n);
}

static uint64_t sign_of(uint32_t node)
{
    return UINT64_C(1) << (node * 2654435761u >> 26);
}

/* Whether more than `most` bits are set. */
static bool has_more_bits(uint64_t bits, uint32_t most)
{
    for (; bits && most; most--)
        bits &= bits - 1;
    return bits != 0;
}

/* A cut while cuts are gathered, before its function is known. */
typedef struct candidate {
    uint32_t leaves[PLC_TABLE_INPUTS_MAX]; /* [n] nodes, ascending */
    uint64_t sign;
    double cost;
    uint8_t n, from[2]; /* what it was merged of: the numbers of the fanins' cuts */
} candidate;

/* The union of the leaves, in order; false if it is too large. */
static bool merge_leaves(const plc_cut *a, const plc_cut *b, uint32_t max, candidate *ret)
{
    uint32_t i = 0, j = 0, n = 0;
    while (i < a->n || j < b->n) {
        if (n == max)
            return false;
        if (j == b->n || (i < a->n && a->leaves[i] < b->leaves[j])) {
            ret->leaves[n++] = a->leaves[i++];
        } else {
            i += i < a->n && a->leaves[i] == b->leaves[j];
            ret->leaves[n++] = b->leaves[j++];
        }
    }
    ret->n = (uint8_t)n;
    return true;
}

static uint32_t subset_of(const plc_cut *part, const plc_cut *whole)
{
    uint32_t subset = 0;
    for (uint32_t i = 0, j = 0; i < part->n; j++)
        if (whole->leaves[j] == part->leaves[i]) {
            subset |= 1u << j;
            i++;
        }
    return subset;
}

static void compute_table(const plc_cut *a, bool not_a, const plc_cut *b, bool not_b,
                          uint32_t n_words, plc_cut *cut)
{
    uint64_t other[PLC_TABLE_WORDS_MAX];
    memcpy(cut->table, a->table, n_words * sizeof *other);
    memcpy(other, b->table, n_words * sizeof *other);
    plc_table_spread(cut->table, n_words, subset_of(a, cut));
    plc_table_spread(other, n_words, subset_of(b, cut));
    for (uint32_t k = 0; k < n_words; k++)
        cut->table[k] = (not_a ? ~cut->table[k] : cut->table[k]) & (not_b ? ~other[k] : other[k]);
}

/* Drops the leaves that do not matter. */
static void drop_leaves(plc_cut *cut, uint32_t n_words)
{
    for (uint32_t i = cut->n; i-- > 0;) {
        if (plc_table_depends(cut->table, n_words, i))
            continue;
        for (uint32_t j = i; j + 1 < cut->n; j++) {
            plc_table_swap(cut->table, n_words, j, j + 1);
            cut->leaves[j] = cut->leaves[j + 1];
        }
        cut->n--;
    }
}

static bool contains(const candidate *whole, const candidate *part)
{
    if (part->n > whole->n || part->sign & ~whole->sign)
        return false;
    uint32_t j = 0;
    for (uint32_t i = 0; i < part->n; i++) {
        while (j < whole->n && whole->leaves[j] < part->leaves[i])
            j++;
        if (j == whole->n || whole->leaves[j] != part->leaves[i])
            return false;
    }
    return true;
}

/* The cuts of a node while they are gathered, those of a size apart and the cheapest first. */
typedef struct gathering {
    candidate cuts[PLC_TABLE_INPUTS_MAX + 1][PLC_CUTS_PER_NODE];
    uint32_t n[PLC_TABLE_INPUTS_MAX + 1];
} gathering;

static bool is_dominated(const gathering *g, const candidate *cut)
{
    for (uint32_t n = 0; n <= cut->n; n++)
        for (uint32_t i = 0; i < g->n[n]; i++)
            if (contains(cut, &g->cuts[n][i]))
                return true;
    return false;
}

static void remove_dominated(gathering *g, const candidate *by, uint32_t max)
{
    for (uint32_t n = by->n + 1u; n <= max; n++) {
        uint32_t kept = 0;
        for (uint32_t i = 0; i < g->n[n]; i++) {
            if (contains(&g->cuts[n][i], by))
                continue;
            if (kept != i)
                g->cuts[n][kept] = g->cuts[n][i];
            kept++;
        }
        g->n[n] = kept;
    }
}

/* limits[n]: what costs that much with n leaves or more need not be gathered. */
static void set_limits(const plc_cuts *cuts, const gathering *g, double *limits)
{
    limits[PLC_TABLE_INPUTS_MAX + 1] = 0;
    for (uint32_t n = PLC_TABLE_INPUTS_MAX + 1; n-- > 0;) {
        limits[n] = limits[n + 1];
        if (n > cuts->max_leaves)
            continue;
        double most = (double)INFINITY;
        if (g->n[n] && g->n[n] >= cuts->quota[n])
            most = g->cuts[n][g->n[n] - 1].cost;
        if (most > limits[n])
            limits[n] = most;
    }
}

/* Takes a cut in if it is one of the cheapest of its size; false if not. */
static bool gather(gathering *g, const plc_cuts *cuts, const candidate *cut)
{
    uint32_t size = cut->n, quota = cuts->quota[size], n = g->n[size];
    if ((n == quota && cut->cost >= g->cuts[size][n - 1].cost) || is_dominated(g, cut))
        return false;
    if (n == quota)
        n--;
    uint32_t at = n;
    for (; at > 0 && g->cuts[size][at - 1].cost > cut->cost; at--)
        g->cuts[size][at] = g->cuts[size][at - 1];
    g->cuts[size][at] = *cut;
    g->n[size] = n + 1;
    remove_dominated(g, cut, cuts->max_leaves);
    return true;
}

/* The cut of a node that is the node itself. */
static plc_cut trivial_cut(uint32_t node, uint32_t n_words, double cost)
{
    plc_cut cut = {.node = node, .n = 1, .sign = sign_of(node), .cost = cost, .leaves = {node}};
    for (uint32_t k = 0; k < n_words; k++)
        cut.table[k] = plc_table_input[0];
    return cut;
}

static bool file_cut(plc_cuts *cuts, plc_cut *cut, uint32_t node)
{
    uint32_t hash = hash_leaves(cut->leaves, cut->n);
    for (uint32_t i = cuts->begin[node]; i < cuts->n; i++)
        if (cuts->links.data[i].hash == hash && same_leaves(&cuts->data[i], cut->leaves, cut->n))
            return true;
    if (cuts->n >= PLC_CUT_NONE || !plc_reserve(cuts, data, 1) ||
        !plc_reserve(&cuts->links, data, 1))
        return false;
    size_t slot = hash & (cuts->index_size - 1);
    size_t bit = hash & (16 * cuts->index_size - 1);
    cuts->is_there[bit >> 6] |= UINT64_C(1) << (bit & 63);
    cut->node = node;
    cuts->links.data[cuts->links.n++] = (plc_cut_link){hash, cuts->index[slot]};
    cut->sign = 0;
    for (uint32_t i = 0; i < cut->n; i++)
        cut->sign |= sign_of(cut->leaves[i]);
    cuts->index[slot] = (uint32_t)cuts->n;
    cuts->data[cuts->n++] = *cut;
    return true;
}

/* The fanins' cuts, the trivial ones first, with what they cost now; the number of them. */
static uint32_t list_cuts(const plc_cuts *cuts, uint32_t fanin, const double *cost, plc_cut *list)
{
    uint32_t n = 1;
    list[0] = trivial_cut(fanin, cuts->n_words, cost[fanin]);
    for (uint32_t i = cuts->begin[fanin]; i < cuts->end[fanin]; i++, n++) {
        list[n] = cuts->data[i];
        list[n].cost = 0;
        for (uint32_t j = 0; j < list[n].n; j++)
            list[n].cost += cost[list[n].leaves[j]];
    }
    return n;
}

/* The cut of two of the fanins' cuts, with its function. */
static plc_cut make_cut(const plc_cuts *cuts, const candidate *from, const plc_cut *a, bool not_a,
                        const plc_cut *b, bool not_b)
{
    plc_cut cut = {.n = from->n, .cost = from->cost};
    memcpy(cut.leaves, from->leaves, sizeof cut.leaves);
    compute_table(a, not_a, b, not_b, cuts->n_words, &cut);
    return cut;
}

/* Gathers the unions of the cuts of two fanins. */
static void merge_lists(const plc_cuts *cuts, plc_cut lists[2][PLC_CUTS_PER_NODE + 1],
                        const uint32_t *n, const double *cost, gathering *g)
{
    double limits[PLC_TABLE_INPUTS_MAX + 2];
    set_limits(cuts, g, limits);
    for (uint32_t i = 0; i < n[0]; i++)
        for (uint32_t k = 0; k < n[1]; k++) {
            const plc_cut *a = &lists[0][i], *b = &lists[1][k];
            uint32_t least = a->n > b->n ? a->n : b->n;
            candidate merged = {.sign = a->sign | b->sign, .from = {(uint8_t)i, (uint8_t)k}};
            if (a->cost >= limits[least] || b->cost >= limits[least] ||
                has_more_bits(merged.sign, cuts->max_leaves) ||
                !merge_leaves(a, b, cuts->max_leaves, &merged))
                continue;
            for (uint32_t j = 0; j < merged.n; j++)
                merged.cost += cost[merged.leaves[j]];
            if (gather(g, cuts, &merged))
                set_limits(cuts, g, limits);
        }
}

bool plc_cuts_add_node(plc_cuts *cuts, const plc_aig *aig, uint32_t node, const double *cost)
{
    plc_cut lists[2][PLC_CUTS_PER_NODE + 1];
    const uint32_t *fanins = aig->fanins[node];
    bool not_a = fanins[0] & 1, not_b = fanins[1] & 1;
    candidate first = {.n = 0};
    gathering g;
    const uint32_t n[2] = {list_cuts(cuts, fanins[0] >> 1, cost, lists[0]),
                           list_cuts(cuts, fanins[1] >> 1, cost, lists[1])};
    memset(g.n, 0, sizeof g.n);
    merge_lists(cuts, lists, n, cost, &g);
    cuts->begin[node] = (uint32_t)cuts->n;
    /* The fanins first, whatever they cost: that is an AND, and always a cell. */
    merge_leaves(&lists[0][0], &lists[1][0], cuts->max_leaves, &first);
    plc_cut cut = make_cut(cuts, &first, &lists[0][0], not_a, &lists[1][0], not_b);
    bool done = file_cut(cuts, &cut, node);
    for (uint32_t size = 0; size <= cuts->max_leaves; size++)
        for (uint32_t i = 0; done && i < g.n[size]; i++) {
            const candidate *from = &g.cuts[size][i];
            cut = make_cut(cuts, from, &lists[0][from->from[0]], not_a, &lists[1][from->from[1]],
                           not_b);
            drop_leaves(&cut, cuts->n_words);
            done = file_cut(cuts, &cut, node);
        }
    cuts->end[node] = (uint32_t)cuts->n;
    return done;
}
