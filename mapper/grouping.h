/* A table in the making: live keys shared out among its entries. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_MAPPER_GROUPING_H
#define PLC_MAPPER_GROUPING_H

#include "mapper/live_keys.h"

/* Group of the blocks that no entry matches and the default route takes. */
#define PLC_NO_GROUP UINT32_MAX

/* Blocks of one route that share an entry. The entry of a group is the hull of its blocks, and
 * entries stand in the order of their numbers. The table is right when a block of another route
 * that meets the entry of group g is in a group before g: then each block is first matched by its
 * own group, or before that by another of the same route. */
typedef struct plc_grouping {
    uint32_t n_groups;
    uint32_t *group_of; /* [n blocks] or PLC_NO_GROUP, where defaultable */
} plc_grouping;

/* Which blocks of a route are put into a group with the one of the highest key. */
typedef enum plc_cover_method {
    PLC_COVER_FAR,  /* those with which the hull meets no later block; low keys are tried first */
    PLC_COVER_NEAR, /* the same, high keys first */
    PLC_COVER_GROW, /* those in a cube that grows as far as it can from the low bits on */
} plc_cover_method;

/* Groups the blocks greedily, a route at a time, those with the fewest blocks first. `left` is the
 * set of routes (bit r of word r / 64; NULL: none) whose defaultable blocks no entry is to match.
 * Source: PACMAN's pair compressor (pair_compressor.py). What differs: no block is tried twice with
 * one group, and hulls that lack a bit found to be needed are not looked up; from some number of
 * steps on cubes are grown whatever the method. */
plc_status plc_grouping_cover(const plc_live_keys *keys, const uint64_t *left,
                              plc_cover_method method, plc_grouping *grouping, plc_error *error);

/* Shares the blocks out anew so that there are fewer groups, in about `work` steps of 1 ns.
 * Annealing over decision lists: blocks change groups, groups merge, split, and change places in
 * the order. Deterministic. The best grouping seen is kept. */
plc_status plc_grouping_improve(const plc_live_keys *keys, uint64_t work, plc_grouping *grouping,
                                plc_error *error);

#endif
