/* Distinct sets, found by a digest that is free of order. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/sets.h"

#include "base/digest.h"
#include "base/memory.h"

void plc_sets_finish(plc_sets *sets)
{
    free(sets->offsets);
    free(sets->members);
    free(sets->tags);
    free(sets->table);
    free(sets->digests);
    free(sets->stamp);
    *sets = (plc_sets){0};
}

bool plc_sets_init(plc_sets *sets, uint32_t universe)
{
    enum { FIRST_SIZE = 64 };
    *sets = (plc_sets){.table_size = FIRST_SIZE};
    sets->stamp = plc_array(universe, sizeof *sets->stamp);
    sets->table = plc_array(FIRST_SIZE, sizeof *sets->table);
    if (!sets->stamp || !sets->table ||
        !plc_array_reserve(&sets->offsets, &sets->offsets_capacity, 1, sizeof *sets->offsets))
        return false;
    sets->offsets[0] = 0;
    return true;
}

/* Doubles the table. */
static bool grow_table(plc_sets *sets)
{
    size_t size = 2 * sets->table_size;
    uint32_t *table = plc_array(size, sizeof *table);
    if (!table)
        return false;
    for (uint32_t i = 0; i < sets->n; i++) {
        size_t at = sets->digests[i] & (size - 1);
        while (table[at])
            at = (at + 1) & (size - 1);
        table[at] = i + 1;
    }
    free(sets->table);
    sets->table = table;
    sets->table_size = size;
    return true;
}

bool plc_sets_open(plc_sets *sets, uint64_t most)
{
    if (2ul * (sets->n + 1ul) > sets->table_size && !grow_table(sets))
        return false;
    sets->number++;
    sets->digest = 0;
    sets->end = sets->offsets[sets->n];
    return plc_array_reserve(&sets->members, &sets->members_capacity, sets->end + most,
                             sizeof *sets->members) &&
           plc_array_reserve(&sets->offsets, &sets->offsets_capacity, sets->n + 2ul,
                             sizeof *sets->offsets) &&
           plc_array_reserve(&sets->tags, &sets->tags_capacity, sets->n + 1ul,
                             sizeof *sets->tags) &&
           plc_array_reserve(&sets->digests, &sets->digests_capacity, sets->n + 1ul,
                             sizeof *sets->digests);
}

void plc_sets_put(plc_sets *sets, uint32_t member)
{
    if (sets->stamp[member] == sets->number)
        return;
    sets->stamp[member] = sets->number;
    sets->members[sets->end++] = member;
    sets->digest += plc_mix(member + UINT64_C(0x9e3779b97f4a7c15));
}

/* Whether set i is the one at hand, whose members are stamped. */
static bool is_same(const plc_sets *sets, uint32_t i, uint64_t tag)
{
    uint64_t begin = sets->offsets[i], end = sets->offsets[i + 1];
    if (sets->tags[i] != tag || end - begin != sets->end - sets->offsets[sets->n])
        return false;
    while (begin < end && sets->stamp[sets->members[begin]] == sets->number)
        begin++;
    return begin == end;
}

uint32_t plc_sets_close(plc_sets *sets, uint64_t tag)
{
    uint64_t digest = plc_digest_word(sets->digest, tag);
    size_t at = digest & (sets->table_size - 1);
    for (; sets->table[at]; at = (at + 1) & (sets->table_size - 1))
        if (sets->digests[sets->table[at] - 1] == digest && is_same(sets, sets->table[at] - 1, tag))
            return sets->table[at] - 1;
    if (sets->n >= PLC_NO_SET - 1)
        return PLC_NO_SET;
    sets->digests[sets->n] = digest;
    sets->tags[sets->n] = tag;
    sets->offsets[sets->n + 1] = sets->end;
    sets->table[at] = ++sets->n;
    return sets->n - 1;
}
