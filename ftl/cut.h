/* Cuts of an AIG: small sets of nodes that determine another one, with its function of them. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_FTL_CUT_H
#define PLC_FTL_CUT_H

#include "ftl/aig.h"
#include "ftl/table.h"

enum { PLC_CUTS_PER_NODE = 40 };
#define PLC_CUT_NONE UINT32_MAX

/* A cut; the node's function of the leaves is `table`, in which every leaf matters. */
typedef struct plc_cut {
    uint32_t leaves[PLC_TABLE_INPUTS_MAX]; /* [n] nodes, ascending */
    uint64_t table[PLC_TABLE_WORDS_MAX];
    uint32_t node;
    uint64_t sign; /* one bit for each leaf, as a quick test of subsets */
    uint8_t n;
    double cost; /* [cells] of the leaves */
} plc_cut;

/* How a cut is found: apart from it, for most that are looked at are others. */
typedef struct plc_cut_link {
    uint32_t hash; /* of the leaves */
    uint32_t next; /* an older cut in the same slot of the index, or PLC_CUT_NONE */
} plc_cut_link;

/* The cuts of all nodes, and an index of them by their leaves. */
typedef struct plc_cuts {
    plc_cut *data;
    size_t n, capacity;
    struct {
        plc_cut_link *data; /* one for each cut */
        size_t n, capacity;
    } links;
    uint32_t *begin;    /* [n_nodes + 1] of a node, in the order in which nodes were added */
    uint32_t *end;      /* [n_nodes] */
    uint32_t *index;    /* [index_size] the newest cut with that hash of leaves */
    size_t index_size;  /* a power of two */
    uint64_t *is_there; /* [index_size / 4] one bit for the hash of each cut; most bits are 0 */
    uint32_t n_words, max_leaves;
    uint32_t quota[PLC_TABLE_INPUTS_MAX + 1]; /* most cuts kept with so many leaves */
} plc_cuts;

bool plc_cuts_init(plc_cuts *cuts, const plc_aig *aig, uint32_t max_leaves);
void plc_cuts_finish(plc_cuts *cuts);
/* From now on keeps more cuts of a node. */
void plc_cuts_widen(plc_cuts *cuts);
/* Forgets all cuts. */
void plc_cuts_clear(plc_cuts *cuts, const plc_aig *aig);

/* Finds the cuts of an AND from those of its fanins, keeps of each size the cheapest by the costs
 * [n_nodes] of the leaves, and files them; the cut of the fanins is always the first. O(c^2) for c
 * cuts of a fanin. False when memory is short. Source: Mishchenko, Cho, Chatterjee and Brayton,
 * "Combinational and sequential mapping with priority cuts", ICCAD 2007; kept by size here, so that
 * there are small ones to be divisors of large ones. */
bool plc_cuts_add_node(plc_cuts *cuts, const plc_aig *aig, uint32_t node, const double *cost);

/* The hash of a set of leaves is the sum of those of the leaves. */
static inline uint32_t plc_cut_leaf_hash(uint32_t leaf)
{
    return (uint32_t)((leaf + 1) * UINT64_C(0x9fb21c651e98df25) >> 29);
}

/* The first filed cut with these leaves, of that hash, or PLC_CUT_NONE; go on with plc_cuts_next().
 */
uint32_t plc_cuts_find(const plc_cuts *cuts, uint32_t hash, const uint32_t *leaves, uint32_t n);
uint32_t plc_cuts_next(const plc_cuts *cuts, uint32_t cut);

/* False where no cut has that hash. */
static inline bool plc_cuts_has(const plc_cuts *cuts, uint32_t hash)
{
    size_t bit = hash & (16 * cuts->index_size - 1);
    return cuts->is_there[bit >> 6] >> (bit & 63) & 1;
}

/* Rewrites a table over the k inputs given by the bits of `subset` (of n) as one over all n. */
void plc_table_spread(uint64_t *table, uint32_t n_words, uint32_t subset);

#endif
