/* Functions of two cells. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ftl/inner.h"

#include "base/memory.h"

void plc_inners_finish(plc_inners *inners)
{
    free(inners->data);
    *inners = (plc_inners){0};
}

static size_t find_slot(const plc_inners *inners, uint64_t table)
{
    uint64_t hash = table * UINT64_C(0x9fb21c651e98df25);
    size_t slot = (hash ^ hash >> 32) & (inners->capacity - 1);
    while (inners->data[slot].known && inners->data[slot].table != table)
        slot = (slot + 1) & (inners->capacity - 1);
    return slot;
}

static bool grow(plc_inners *inners)
{
    plc_inners larger = {.n = inners->n};
    larger.capacity = inners->capacity ? 2 * inners->capacity : 1024;
    larger.data = plc_array(larger.capacity, sizeof *larger.data);
    if (!larger.data)
        return false;
    for (size_t i = 0; i < inners->capacity; i++)
        if (inners->data[i].known)
            larger.data[find_slot(&larger, inners->data[i].table)] = inners->data[i];
    free(inners->data);
    *inners = larger;
    return true;
}

static bool fits(plc_memo *memo, uint64_t f, uint64_t g, uint32_t n)
{
    uint64_t tables[2][PLC_TABLE_WORDS_MAX];
    const uint64_t *divisor = tables[1];
    uint32_t needed;
    for (uint32_t k = 0; k < PLC_TABLE_WORDS_MAX; k++) { /* up to 6 inputs, words repeat */
        tables[0][k] = f;
        tables[1][k] = g;
    }
    return plc_memo_is_divisible(memo, tables[0], &divisor, 1, n, &needed);
}

static uint64_t literal(uint32_t i, uint32_t inverted)
{
    return inverted ? ~plc_table_input[i] : plc_table_input[i];
}

static uint64_t search_pairs(plc_memo *memo, uint64_t f, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t j = i + 1; j < n; j++)
            for (uint32_t signs = 0; signs < 4; signs++) {
                uint64_t g = literal(i, signs & 1) & literal(j, signs & 2);
                if (fits(memo, f, g, n))
                    return g;
            }
    return 0;
}

/* Three inputs: AND, one AND the OR of the others, majority; of complements, either does. */
static uint64_t search_triples(plc_memo *memo, uint64_t f, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t j = i + 1; j < n; j++)
            for (uint32_t k = j + 1; k < n; k++)
                for (uint32_t signs = 0; signs < 8; signs++) {
                    uint64_t a = literal(i, signs & 1), b = literal(j, signs & 2),
                             c = literal(k, signs & 4);
                    const uint64_t candidates[] = {a & b & c, a & (b | c), b & (a | c), c & (a | b),
                                                   (a & b) | (a & c) | (b & c)};
                    uint32_t n_candidates = signs & 4 ? 4 : 5;
                    for (uint32_t m = 0; m < n_candidates; m++)
                        if (fits(memo, f, candidates[m], n))
                            return candidates[m];
                }
    return 0;
}

uint64_t plc_inners_find(plc_inners *inners, plc_memo *memo, uint64_t f, uint32_t n)
{
    if (inners->n * 2 >= inners->capacity && !grow(inners)) {
        inners->failed = true;
        return 0;
    }
    size_t slot = find_slot(inners, f);
    if (inners->data[slot].known)
        return inners->data[slot].inner;
    uint64_t inner = search_pairs(memo, f, n);
    if (!inner)
        inner = search_triples(memo, f, n);
    inners->data[slot] = (struct plc_inner){f, inner, true};
    inners->n++;
    return inner;
}
