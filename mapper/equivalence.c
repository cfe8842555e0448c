/* Proof that two routing tables send every packet the same way. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/equivalence.h"

#include "base/error.h"
#include "base/memory.h"

#include <inttypes.h>
#include <stdio.h>

/* Entries looked at before the proof is given up: some ten seconds. */
#define WORK_MAX (UINT64_C(1) << 32)

/* The keys whose bits in `known` are those of `value`. */
typedef struct region {
    uint32_t value, known;
} region;

/* Numbers of entries of one table that match keys of a region: list[begin..end) of the proof. */
typedef struct span {
    size_t begin, end;
} span;

typedef struct proof {
    plc_table original, made;
    const bool *defaultable;
    uint32_t *list; /* a stack of spans */
    size_t n, capacity;
    uint64_t work;
} proof;

static bool same_way(const plc_route_entry *a, const plc_route_entry *b)
{
    return a->links == b->links && !memcmp(&a->cores, &b->cores, sizeof a->cores);
}

static bool matches_some(const plc_route_entry *entry, region r)
{
    return ((entry->key ^ r.value) & entry->mask & r.known) == 0;
}

/* Of an entry that matches some. */
static bool matches_all(const plc_route_entry *entry, region r)
{
    return (entry->mask & ~r.known) == 0;
}

/* Pushes the entries of a table, or of one of its spans, that match keys of a region: none behind
 * one that matches all. */
static bool filter(proof *p, const plc_table *table, const span *from, region r, span *ret_span)
{
    size_t begin = from ? from->begin : 0, end = from ? from->end : table->n;
    *ret_span = (span){p->n, p->n};
    if (!plc_array_reserve(&p->list, &p->capacity, p->n + (end - begin) + 1, sizeof *p->list))
        return false;
    for (size_t i = begin; i < end; i++) {
        uint32_t number = from ? p->list[i] : (uint32_t)i;
        p->work++;
        if (!matches_some(&table->entries[number], r))
            continue;
        p->list[p->n++] = number;
        if (matches_all(&table->entries[number], r))
            break;
    }
    ret_span->end = p->n;
    return true;
}

/* The part of a region outside of which no entry of the original matches: bits that all of them
 * share become known. */
static region narrow(const proof *p, span original, region r)
{
    const plc_route_entry *first = &p->original.entries[p->list[original.begin]];
    uint32_t shared = first->mask & ~r.known;
    for (size_t i = original.begin; i < original.end && shared; i++) {
        const plc_route_entry *entry = &p->original.entries[p->list[i]];
        shared &= entry->mask & ~(entry->key ^ first->key);
    }
    return (region){r.value | (first->key & shared), r.known | shared};
}

/* Whether the entries that match keys of a region leave no doubt that all go the same way. */
static bool agrees(const proof *p, span original, span made, region r)
{
    const plc_route_entry *way = &p->original.entries[p->list[original.begin]];
    bool may_miss = true;
    for (size_t i = original.begin; i < original.end; i++) {
        if (!same_way(way, &p->original.entries[p->list[i]]))
            return false;
        may_miss &= p->defaultable && p->defaultable[p->list[i]];
    }
    for (size_t i = made.begin; i < made.end; i++)
        if (!same_way(way, &p->made.entries[p->list[i]]))
            return false;
    return may_miss ||
           (made.end > made.begin && matches_all(&p->made.entries[p->list[made.end - 1]], r));
}

static void describe(const plc_route_entry *entry, char *text, size_t size)
{
    if (!entry) {
        snprintf(text, size, "the default route");
        return;
    }
    int n = snprintf(text, size, "links 0x%x cores 0x", entry->links);
    unsigned w = PLC_CORE_WORDS - 1;
    while (w > 0 && !entry->cores.word[w])
        w--;
    n += snprintf(text + n, size - (size_t)n, "%" PRIx64, entry->cores.word[w]);
    while (w-- > 0)
        n += snprintf(text + n, size - (size_t)n, "%016" PRIx64, entry->cores.word[w]);
}

static plc_status fail(const proof *p, span original, span made, region r, plc_error *error)
{
    char expected[128], got[128];
    uint32_t number = p->list[original.begin];
    describe(&p->original.entries[number], expected, sizeof expected);
    describe(made.begin < made.end ? &p->made.entries[p->list[made.begin]] : NULL, got, sizeof got);
    return plc_fail(error, PLC_DIFFERS, "key 0x%08x: expected %s (entry %u), got %s", r.value,
                    expected, number, got);
}

/* The highest bit that an entry needs to know of a region. */
static uint32_t next_bit(const plc_route_entry *entry, region r)
{
    return UINT32_C(1) << (31 - __builtin_clz(entry->mask & ~r.known));
}

/* Proves one region; recursion is as deep as there are bits. */
static plc_status prove(proof *p, span original, span made, region r, plc_error *error)
{
    size_t n = p->n;
    plc_status status = PLC_OK;
    region narrower = narrow(p, original, r);
    p->work += original.end - original.begin;
    if (p->work > WORK_MAX)
        return plc_fail(error, PLC_FAILED, "gave up the proof after %llu steps",
                        (unsigned long long)WORK_MAX);
    if (!filter(p, &p->original, &original, narrower, &original) ||
        !filter(p, &p->made, &made, narrower, &made))
        return plc_fail_memory(error, "proof of a routing table");
    if (!agrees(p, original, made, narrower)) {
        const plc_route_entry *entry = &p->original.entries[p->list[original.begin]];
        if (matches_all(entry, narrower) && made.begin < made.end)
            entry = &p->made.entries[p->list[made.begin]];
        if (matches_all(entry, narrower))
            return fail(p, original, made, narrower, error);
        uint32_t bit = next_bit(entry, narrower);
        for (unsigned half = 0; status == PLC_OK && half < 2; half++) {
            region part = {narrower.value | (half ? bit : 0), narrower.known | bit};
            span some;
            size_t top = p->n;
            if (!filter(p, &p->original, &original, part, &some))
                return plc_fail_memory(error, "proof of a routing table");
            if (some.begin < some.end)
                status = prove(p, some, made, part, error);
            p->n = top;
        }
    }
    p->n = n;
    return status;
}

plc_status plc_table_prove(plc_table original, const bool *defaultable, plc_table made,
                           plc_error *error)
{
    proof p = {.original = original, .made = made, .defaultable = defaultable};
    region all = {0, 0};
    span from, to;
    plc_status status = PLC_OK;
    if (!filter(&p, &p.original, NULL, all, &from) || !filter(&p, &p.made, NULL, all, &to))
        status = plc_fail_memory(error, "proof of a routing table");
    else if (from.begin < from.end)
        status = prove(&p, from, to, all, error);
    free(p.list);
    return status;
}
