/* Groups in order: a table in the making, and the moves that keep it right. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_MAPPER_GROUPS_H
#define PLC_MAPPER_GROUPS_H

#include "mapper/grouping.h"

/* Groups that one move may put before others to make room. */
enum { PLC_GROUPS_PULLED_MAX = 10 };
/* Labels are below this; a block without a blocker has it for a bound. */
#define PLC_GROUPS_TOP (UINT64_C(1) << 62)

/* A grouping (see grouping.h) that changes. Group a must stand before group b when a block of a
 * meets b's hull and their routes differ: a is then an owner in b's hull, and b a blocker of the
 * block. Groups stand in the order of their labels, which have gaps. */
typedef struct plc_groups {
    const plc_live_keys *keys;
    uint32_t n, n_slots, n_free; /* groups; slots ever used; of these empty */
    plc_cube *hulls;             /* [slots] */
    uint64_t *labels;            /* [slots] UINT64_MAX: the slot is empty */
    uint64_t *bounds; /* [slots] the least label of a blocker of its blocks; 0: not known */
    uint32_t *routes, *sizes, *heads, *free; /* [slots] heads: first block */
    uint32_t *group_of, *next, *previous;    /* [n blocks] lists of the blocks of each group */
    uint32_t *blocker;                       /* [n blocks] the first in order, or PLC_NO_GROUP */
    uint32_t *stamps, stamp; /* [slots] marks the groups that the move at hand has seen */
    uint64_t (*sorted)[2];   /* [slots] scratch */
    uint32_t pulled[PLC_GROUPS_PULLED_MAX], n_pulled; /* groups to go before the move's group */
    uint64_t work;                                    /* steps taken so far, about 1 ns each */
} plc_groups;

plc_status plc_groups_init(plc_groups *groups, const plc_live_keys *keys,
                           const plc_grouping *grouping, plc_error *error);
void plc_groups_finish(plc_groups *groups);
/* Writes the groups as they stand. */
void plc_groups_save(plc_groups *groups, plc_grouping *grouping);

/* Moves a block, or all blocks of its group, to another group of its route. Groups that have to
 * change places do so. False, with the grouping as it was, when no order allows it or none was
 * found. `random` chooses the place where there is a choice. */
bool plc_groups_move(plc_groups *groups, uint32_t block, bool whole, uint32_t to, uint64_t random);
/* Moves a block of a group of several to a group of its own. */
bool plc_groups_split(plc_groups *groups, uint32_t block, uint64_t random);
/* Leaves a defaultable block to the default route; false when an entry would catch it. */
bool plc_groups_leave(plc_groups *groups, uint32_t block);

/* ---- what moves are made of ---- */

/* The label of the first blocker of a block. */
static inline uint64_t plc_groups_blocker_label(const plc_groups *groups, uint32_t block)
{
    uint32_t g = groups->blocker[block];
    return g == PLC_NO_GROUP ? PLC_GROUPS_TOP : groups->labels[g];
}

/* The least of those of a group's blocks, below which its label has to stay. */
uint64_t plc_groups_bound(plc_groups *groups, uint32_t g);
/* Takes a block out of its group, if it has one; puts one without a group into g. */
void plc_groups_unlink(plc_groups *groups, uint32_t block);
void plc_groups_link(plc_groups *groups, uint32_t block, uint32_t g);
/* Puts a group's entry elsewhere in the order, with a hull that holds the former one. */
void plc_groups_settle(plc_groups *groups, uint32_t g, plc_cube hull, uint64_t label);
/* Fits the hull of a group that has lost blocks; without any its slot is free. */
void plc_groups_shrink(plc_groups *groups, uint32_t g);
/* Spreads the labels evenly. */
void plc_groups_renumber(plc_groups *groups);

#endif
