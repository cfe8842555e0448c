/* Merging of key groups: the most alike first, until the tables have room. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/group.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>

static const uint32_t gone = UINT32_MAX;

/* A group of the core at hand; its targets are in the pool. Groups that are alike stand near each
 * other, and only neighbours merge. */
typedef struct part {
    uint64_t begin; /* into pool */
    uint32_t n;
    uint32_t set; /* that stands for it */
    bool polarity;
    double price;  /* of merging with the next: copies for each routing entry saved; INFINITY: no */
    uint32_t next; /* index, n_parts, or `gone` once merged into another */
} part;

typedef struct core_merging {
    plc_merging *m;
    uint32_t core;
    part *parts; /* [n_parts] */
    uint32_t n_parts, n_left;
    double entries, copies, added;
    uint32_t *pool; /* targets */
    size_t pool_n, pool_capacity;
} core_merging;

static double estimate_entries(const core_merging *c, uint32_t n_targets)
{
    uint32_t chips = c->m->budget.chips;
    return n_targets == 0 ? 0 : 1 + (n_targets < chips ? n_targets : chips);
}

static double weight_of(const core_merging *c, const part *p)
{
    return c->m->weights[p->set];
}

/* Compares targets in the order of words. */
static int compare_targets(const uint32_t *a, uint32_t n_a, const uint32_t *b, uint32_t n_b)
{
    uint32_t n = n_a < n_b ? n_a : n_b;
    for (uint32_t i = 0; i < n; i++)
        if (a[i] != b[i])
            return a[i] < b[i] ? -1 : 1;
    return (n_a > n_b) - (n_a < n_b);
}

static int compare_parts(const void *a, const void *b, void *pool)
{
    const part *x = a, *y = b;
    const uint32_t *targets = pool;
    if (x->polarity != y->polarity)
        return x->polarity ? 1 : -1;
    int order = compare_targets(targets + x->begin, x->n, targets + y->begin, y->n);
    return order ? order : (x->set > y->set) - (x->set < y->set);
}

/* Copies that merging two groups adds, and the targets they have in common. */
static double price_copies(const core_merging *c, const part *a, const part *b,
                           uint32_t *ret_shared)
{
    const uint32_t *x = c->pool + a->begin, *y = c->pool + b->begin;
    uint32_t i = 0, j = 0, only_a = 0, only_b = 0, shared = 0;
    while (i < a->n || j < b->n) {
        bool take_a = j == b->n || (i < a->n && x[i] <= y[j]);
        bool take_b = i == a->n || (j < b->n && y[j] <= x[i]);
        uint32_t target = take_a ? x[i] : y[j];
        shared += take_a && take_b;
        only_a += take_a && !take_b && target != c->core;
        only_b += take_b && !take_a && target != c->core;
        i += take_a;
        j += take_b;
    }
    *ret_shared = shared;
    return weight_of(c, a) * only_b + weight_of(c, b) * only_a;
}

/* Whether the rows that a merged group adds to its targets fit there: each has one for every neuron
 * of the group. */
static bool rows_fit(const core_merging *c, const part *a, const part *b)
{
    const plc_merging *m = c->m;
    const uint32_t *x = c->pool + a->begin, *y = c->pool + b->begin;
    for (uint32_t i = 0, j = 0; i < a->n || j < b->n;) {
        bool take_a = j == b->n || (i < a->n && x[i] <= y[j]);
        bool take_b = i == a->n || (j < b->n && y[j] <= x[i]);
        uint64_t rows = take_a && take_b ? 0 : m->n_neurons[take_a ? b->set : a->set];
        if (m->bytes[take_a ? x[i] : y[j]] + rows * m->budget.row_bytes > m->budget.bytes_max)
            return false;
        i += take_a;
        j += take_b;
    }
    return true;
}

static void set_price(core_merging *c, uint32_t i)
{
    part *a = &c->parts[i];
    a->price = INFINITY;
    if (a->next == c->n_parts)
        return;
    const part *b = &c->parts[a->next];
    uint32_t shared;
    if (a->polarity != b->polarity || !rows_fit(c, a, b))
        return;
    double copies = price_copies(c, a, b, &shared);
    double saved = estimate_entries(c, a->n) + estimate_entries(c, b->n) -
                   estimate_entries(c, a->n + b->n - shared);
    a->price = copies / (saved > 0.5 ? saved : 0.5);
}

/* Whether some table asks for fewer groups. */
static bool must_merge(const core_merging *c, const part *a)
{
    const plc_merging *m = c->m;
    if (c->n_left > m->budget.groups || c->entries > m->budget.entries)
        return true;
    const part *two[2] = {a, &c->parts[a->next]};
    for (int k = 0; k < 2; k++)
        for (uint32_t i = 0; i < two[k]->n; i++)
            if (m->key_entries[c->pool[two[k]->begin + i]] > m->budget.key_entries)
                return true;
    return false;
}

/* Merges part i with the next one; false when memory is short. */
static bool merge_next(core_merging *c, uint32_t i)
{
    plc_merging *m = c->m;
    part *a = &c->parts[i], *b = &c->parts[a->next];
    uint32_t shared;
    if (!plc_array_reserve(&c->pool, &c->pool_capacity, c->pool_n + a->n + b->n, sizeof *c->pool))
        return false;
    double copies = price_copies(c, a, b, &shared);
    c->added += copies;
    m->copies += copies;
    c->entries -= estimate_entries(c, a->n) + estimate_entries(c, b->n) -
                  estimate_entries(c, a->n + b->n - shared);
    const uint32_t *x = c->pool + a->begin, *y = c->pool + b->begin;
    uint32_t *out = c->pool + c->pool_n, n = 0;
    for (uint32_t k = 0, j = 0; k < a->n || j < b->n;) {
        bool take_a = j == b->n || (k < a->n && x[k] <= y[j]);
        bool take_b = k == a->n || (j < b->n && y[j] <= x[k]);
        uint32_t target = out[n++] = take_a ? x[k] : y[j];
        if (take_a && take_b)
            m->key_entries[target]--;
        else
            m->bytes[target] += m->n_neurons[take_a ? b->set : a->set] * m->budget.row_bytes;
        k += take_a;
        j += take_b;
    }
    a->begin = c->pool_n;
    a->n = n;
    c->pool_n += n;
    c->n_left--;
    m->merged_into[b->set] = a->set;
    m->weights[a->set] += m->weights[b->set];
    m->n_neurons[a->set] += m->n_neurons[b->set];
    a->next = b->next;
    b->next = gone;
    b->price = INFINITY;
    return true;
}

/* The part whose merging with the next costs least, or n_parts; prices that have gone up since they
 * were set do not matter much. */
static uint32_t find_cheapest(const core_merging *c)
{
    uint32_t best = c->n_parts;
    for (uint32_t i = 0; i < c->n_parts; i++)
        if (c->parts[i].price < INFINITY &&
            (best == c->n_parts || c->parts[i].price < c->parts[best].price))
            best = i;
    return best;
}

/* Merges the groups of one core. */
static plc_status merge_core(core_merging *c, plc_error *error)
{
    for (uint32_t i = 0; i < c->n_parts; i++)
        c->parts[i].next = i + 1;
    for (uint32_t i = 0; i < c->n_parts; i++)
        set_price(c, i);
    for (uint32_t i = find_cheapest(c); i < c->n_parts; i = find_cheapest(c)) {
        part *a = &c->parts[i];
        uint32_t shared;
        double copies = price_copies(c, a, &c->parts[a->next], &shared);
        bool free_enough = c->added + copies <= c->m->budget.tolerance * c->copies;
        if (!rows_fit(c, a, &c->parts[a->next]) || (!free_enough && !must_merge(c, a))) {
            a->price = INFINITY;
            continue;
        }
        if (!merge_next(c, i))
            return plc_fail_memory(error, "groups");
        set_price(c, i);
        uint32_t before = i;
        while (before > 0 && c->parts[before - 1].next != i)
            before--;
        if (before > 0 && c->parts[before - 1].price < INFINITY)
            set_price(c, before - 1);
    }
    return PLC_OK;
}

/* Takes the sets order[begin..end), all of one core, as parts. */
static bool load_core(core_merging *c, const uint32_t *order, uint32_t n)
{
    const plc_sets *sets = c->m->sets;
    c->n_parts = c->n_left = n;
    c->pool_n = 0;
    c->entries = c->copies = c->added = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t set = order[i];
        uint64_t begin = sets->offsets[set];
        uint32_t n_targets = (uint32_t)(sets->offsets[set + 1] - begin);
        if (!plc_array_reserve(&c->pool, &c->pool_capacity, c->pool_n + n_targets, sizeof *c->pool))
            return false;
        if (n_targets)
            memcpy(c->pool + c->pool_n, sets->members + begin, n_targets * sizeof *c->pool);
        c->parts[i] =
            (part){.begin = c->pool_n, .n = n_targets, .set = set, .polarity = sets->tags[set] & 1};
        for (uint32_t k = 0; k < n_targets; k++)
            c->copies += c->pool[c->pool_n + k] != c->core ? c->m->weights[set] : 0;
        c->pool_n += n_targets;
        c->entries += estimate_entries(c, n_targets);
    }
    c->m->copies += c->copies;
    if (n > 1)
        qsort_r(c->parts, n, sizeof *c->parts, compare_parts, c->pool);
    return true;
}

plc_status plc_merging_run(plc_merging *merging, plc_error *error)
{
    const plc_sets *sets = merging->sets;
    core_merging c = {.m = merging};
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
        status = load_core(&c, order + begin[core], begin[core + 1] - begin[core])
                     ? merge_core(&c, error)
                     : plc_fail_memory(error, "groups");
    }
    free(begin);
    free(order);
    free(c.parts);
    free(c.pool);
    return status;
}
