/* Distinct sets of numbers, each kept once. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_MAPPER_SETS_H
#define PLC_MAPPER_SETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Sets in the order in which they first appeared. Two sets are one when they have the same members
 * and the same tag. A set is made by plc_sets_open(), plc_sets_put() for each member, and
 * plc_sets_close(). */
typedef struct plc_sets {
    uint32_t n;
    uint64_t *offsets; /* [n + 1] into members */
    uint32_t *members; /* distinct within a set, in the order of their first putting */
    uint64_t *tags;    /* [n] */
    size_t offsets_capacity, members_capacity, tags_capacity;

    uint32_t *table; /* [table_size] set + 1, or 0: where the digest of a set leads */
    uint64_t *digests;
    size_t table_size, digests_capacity;
    uint32_t *stamp; /* [universe] number of the last set that the member was put into */
    uint32_t number; /* of the set at hand */
    uint64_t end;    /* of its members */
    uint64_t digest; /* sum of the mixed members: free of order */
} plc_sets;

#define PLC_NO_SET UINT32_MAX

/* Members are below `universe`. False when memory is short; then finish too. */
bool plc_sets_init(plc_sets *sets, uint32_t universe);
/* Begins a set that is put at most `most` members; false when memory is short. */
bool plc_sets_open(plc_sets *sets, uint64_t most);
/* The number of the set at hand, or PLC_NO_SET when memory is short. Expected O(members). */
uint32_t plc_sets_close(plc_sets *sets, uint64_t tag);
void plc_sets_finish(plc_sets *sets);

/* Puts a member into the set at hand; again does nothing. */
void plc_sets_put(plc_sets *sets, uint32_t member);

#endif
