/* Merging of key groups: the most alike first, until the tables have room.
 *
 * Source: agglomerative clustering; what differs: the distance is the packet copies that a merge
 * adds for each table entry it saves. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/key_group.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/vectorise.h"

#include <math.h>

enum { WINDOW = 48 /* parts after one that it may merge with */ };

static const uint32_t none = UINT32_MAX;

/* A group of the core at hand. Groups that are alike stand near each other. */
typedef struct part {
    uint64_t *targets; /* [n_words] bit c: core c */
    uint32_t n;        /* targets */
    uint32_t set;      /* that stands for it; `none` once merged into another */
    bool polarity;
    uint32_t partner; /* the later part that costs least to merge with, or `none` */
    double price;     /* of that: copies for each routing entry saved */
} part;

typedef struct core_merging {
    plc_merging *m;
    uint32_t core;
    part *parts; /* [n_parts] */
    uint32_t n_parts, n_left;
    double entries, copies, added;
    uint64_t *bits; /* [n_parts][n_words] */
    size_t bits_capacity;
    uint32_t n_words;
} core_merging;

/* Routing entries of a group, at most but for turns on the way: one in its own router and one in
 * that of each target. */
static double estimate_entries(const core_merging *c, uint32_t n_targets)
{
    uint32_t chips = c->m->budget.chips;
    return n_targets == 0 ? 0 : 1 + (n_targets < chips ? n_targets : chips - 1);
}

static double weight_of(const core_merging *c, const part *p)
{
    return c->m->weights[p->set];
}

static int compare_parts(const void *a, const void *b, void *of)
{
    const part *x = a, *y = b;
    const plc_sets *sets = of;
    if (x->polarity != y->polarity)
        return x->polarity ? 1 : -1;
    const uint32_t *s = sets->members + sets->offsets[x->set],
                   *t = sets->members + sets->offsets[y->set];
    for (uint32_t i = 0; i < x->n && i < y->n; i++)
        if (s[i] != t[i])
            return s[i] < t[i] ? -1 : 1;
    if (x->n != y->n)
        return x->n < y->n ? -1 : 1;
    return (x->set > y->set) - (x->set < y->set);
}

PLC_VECTORISE
static uint32_t count_shared(const uint64_t *a, const uint64_t *b, uint32_t n_words)
{
    uint32_t n = 0;
    for (uint32_t w = 0; w < n_words; w++)
        n += (uint32_t)__builtin_popcountll(a[w] & b[w]);
    return n;
}

/* Copies that merging two groups adds, and the targets they have in common. */
static double price_copies(const core_merging *c, const part *a, const part *b,
                           uint32_t *ret_shared)
{
    uint32_t shared = count_shared(a->targets, b->targets, c->n_words);
    uint32_t only_a = a->n - shared, only_b = b->n - shared;
    bool own_a = a->targets[c->core / 64] >> c->core % 64 & 1;
    bool own_b = b->targets[c->core / 64] >> c->core % 64 & 1;
    only_a -= own_a && !own_b;
    only_b -= own_b && !own_a;
    *ret_shared = shared;
    return weight_of(c, a) * only_b + weight_of(c, b) * only_a;
}

/* Whether the rows that a merged group adds to its targets fit there: each has one for every neuron
 * of the group. */
static bool rows_fit(const core_merging *c, const part *a, const part *b)
{
    const plc_merging *m = c->m;
    uint64_t row = m->budget.row_bytes;
    uint64_t more =
        m->n_neurons[a->set] > m->n_neurons[b->set] ? m->n_neurons[a->set] : m->n_neurons[b->set];
    if (m->fullest + more * row <= m->budget.bytes_max)
        return true;
    for (uint32_t w = 0; w < c->n_words; w++)
        for (uint64_t bits = a->targets[w] ^ b->targets[w]; bits; bits &= bits - 1) {
            uint64_t lowest = bits & -bits;
            uint32_t target = 64 * w + (uint32_t)__builtin_ctzll(bits);
            uint64_t rows = m->n_neurons[a->targets[w] & lowest ? b->set : a->set];
            if (m->bytes[target] + rows * row > m->budget.bytes_max)
                return false;
        }
    return true;
}

static double price_of(const core_merging *c, const part *a, const part *b)
{
    uint32_t shared;
    if (a->polarity != b->polarity)
        return (double)INFINITY;
    double copies = price_copies(c, a, b, &shared);
    double saved = estimate_entries(c, a->n) + estimate_entries(c, b->n) -
                   estimate_entries(c, a->n + b->n - shared);
    return copies / (saved > 0.5 ? saved : 0.5);
}

/* Finds the best partner of part i that rows have room for. */
static void find_partner(core_merging *c, uint32_t i)
{
    part *a = &c->parts[i];
    a->partner = none;
    a->price = (double)INFINITY;
    for (uint32_t j = i + 1, seen = 0; j < c->n_parts && seen < WINDOW; j++) {
        if (c->parts[j].set == none)
            continue;
        seen++;
        double price = price_of(c, a, &c->parts[j]);
        if (price < a->price && rows_fit(c, a, &c->parts[j])) {
            a->partner = j;
            a->price = price;
        }
    }
}

/* After part i has taken in part j: they, and parts that meant to merge with one of them, look for
 * partners again; others before i may now prefer it. */
static void find_partners_again(core_merging *c, uint32_t i, uint32_t j)
{
    uint32_t seen = 0;
    find_partner(c, i);
    for (uint32_t k = j; k-- > 0 && seen < 2 * WINDOW;) {
        part *a = &c->parts[k];
        if (a->set == none || k == i)
            continue;
        seen++;
        if (a->partner == i || a->partner == j) {
            find_partner(c, k);
        } else if (k < i && a->partner != none) {
            double price = price_of(c, a, &c->parts[i]);
            if (price < a->price && rows_fit(c, a, &c->parts[i])) {
                a->partner = i;
                a->price = price;
            }
        }
    }
}

/* Whether some table asks for fewer groups. */
static bool must_merge(const core_merging *c, const part *a)
{
    const plc_merging *m = c->m;
    if (c->n_left > m->budget.groups || c->entries > m->budget.entries)
        return true;
    const part *two[2] = {a, &c->parts[a->partner]};
    for (uint32_t w = 0; m->budget.key_entries < UINT64_MAX && w < c->n_words; w++)
        for (uint64_t bits = two[0]->targets[w] & two[1]->targets[w]; bits; bits &= bits - 1)
            if (m->key_entries[64 * w + (uint32_t)__builtin_ctzll(bits)] > m->budget.key_entries)
                return true;
    return false;
}

/* Merges part i with its partner. */
static void merge_partner(core_merging *c, uint32_t i)
{
    plc_merging *m = c->m;
    part *a = &c->parts[i], *b = &c->parts[a->partner];
    uint32_t shared;
    double copies = price_copies(c, a, b, &shared);
    c->added += copies;
    m->copies += copies;
    c->entries -= estimate_entries(c, a->n) + estimate_entries(c, b->n) -
                  estimate_entries(c, a->n + b->n - shared);
    for (uint32_t w = 0; w < c->n_words; w++) {
        for (uint64_t bits = a->targets[w] | b->targets[w]; bits; bits &= bits - 1) {
            uint64_t lowest = bits & -bits;
            uint32_t target = 64 * w + (uint32_t)__builtin_ctzll(bits);
            bool in_a = a->targets[w] & lowest, in_b = b->targets[w] & lowest;
            if (in_a && in_b)
                m->key_entries[target]--;
            else
                m->bytes[target] += m->n_neurons[in_a ? b->set : a->set] * m->budget.row_bytes;
            m->fullest = m->bytes[target] > m->fullest ? m->bytes[target] : m->fullest;
        }
        a->targets[w] |= b->targets[w];
    }
    a->n += b->n - shared;
    c->n_left--;
    m->merged_into[b->set] = a->set;
    m->weights[a->set] += m->weights[b->set];
    m->n_neurons[a->set] += m->n_neurons[b->set];
    b->set = none;
    b->partner = none;
}

/* The part that costs least to merge with its partner, or `none`. */
static uint32_t find_cheapest(const core_merging *c)
{
    uint32_t best = none;
    for (uint32_t i = 0; i < c->n_parts; i++)
        if (c->parts[i].partner != none &&
            (best == none || c->parts[i].price < c->parts[best].price))
            best = i;
    return best;
}

/* Merges the groups of one core. */
static void merge_core(core_merging *c)
{
    for (uint32_t i = 0; i < c->n_parts; i++)
        find_partner(c, i);
    for (uint32_t i = find_cheapest(c); i != none; i = find_cheapest(c)) {
        part *a = &c->parts[i];
        uint32_t shared, j = a->partner;
        double copies = price_copies(c, a, &c->parts[j], &shared);
        bool free_enough = c->added + copies <= c->m->budget.tolerance * c->copies;
        if (!free_enough && !must_merge(c, a)) {
            a->partner = none; /* nor will others ask for it later */
            continue;
        }
        if (!rows_fit(c, a, &c->parts[j])) {
            find_partner(c, i);
            continue;
        }
        merge_partner(c, i);
        find_partners_again(c, i, j);
    }
}

/* Takes sets [n], all of one core, as parts; false when memory is short. */
static bool load_core(core_merging *c, const uint32_t *sets_of_core, uint32_t n)
{
    const plc_sets *sets = c->m->sets;
    c->n_parts = c->n_left = n;
    c->entries = c->copies = c->added = 0;
    if (!plc_array_reserve(&c->bits, &c->bits_capacity, (size_t)n * c->n_words, sizeof *c->bits))
        return false;
    memset(c->bits, 0, (size_t)n * c->n_words * sizeof *c->bits);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t set = sets_of_core[i];
        uint64_t begin = sets->offsets[set];
        part *p = &c->parts[i];
        *p = (part){.targets = c->bits + (size_t)i * c->n_words,
                    .n = (uint32_t)(sets->offsets[set + 1] - begin),
                    .set = set,
                    .polarity = sets->tags[set] & 1};
        for (uint32_t k = 0; k < p->n; k++) {
            uint32_t target = sets->members[begin + k];
            p->targets[target / 64] |= UINT64_C(1) << target % 64;
            c->copies += target != c->core ? c->m->weights[set] : 0;
        }
        c->entries += estimate_entries(c, p->n);
    }
    c->m->copies += c->copies;
    if (n > 1)
        qsort_r(c->parts, n, sizeof *c->parts, compare_parts, (void *)(uintptr_t)sets);
    return true;
}

plc_status plc_merging_run(plc_merging *merging, plc_error *error)
{
    const plc_sets *sets = merging->sets;
    core_merging c = {.m = merging, .n_words = (merging->n_cores + 63) / 64};
    uint32_t *begin = plc_array(merging->n_cores + 2ul, sizeof *begin);
    uint32_t *order = plc_array(sets->n, sizeof *order);
    c.parts = plc_array(sets->n, sizeof *c.parts);
    plc_status status = begin && order && c.parts ? PLC_OK : plc_fail_memory(error, "groups");
    for (uint32_t i = 0; status == PLC_OK && i < sets->n; i++)
        begin[(sets->tags[i] >> 1) + 2]++;
    for (uint32_t core = 0; status == PLC_OK && core < merging->n_cores; core++)
        begin[core + 2] += begin[core + 1];
    for (uint32_t i = 0; status == PLC_OK && i < sets->n; i++)
        order[begin[(sets->tags[i] >> 1) + 1]++] = i;
    for (uint32_t core = 0; status == PLC_OK && core < merging->n_cores; core++) {
        c.core = core;
        if (load_core(&c, order + begin[core], begin[core + 1] - begin[core]))
            merge_core(&c);
        else
            status = plc_fail_memory(error, "groups");
    }
    free(begin);
    free(order);
    free(c.parts);
    free(c.bits);
    return status;
}
