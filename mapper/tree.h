/* Multicast trees: from a root to terminals with few links. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_MAPPER_TREE_H
#define PLC_MAPPER_TREE_H

#include "mapper/machine.h"
#include "mapper/reach.h"

/* A tree and the scratch to grow it. nodes[0] is the root; node i > 0 hangs on nodes[parents[i]] by
 * link[i] of that router. */
typedef struct plc_tree {
    const plc_machine *machine;
    uint32_t n_nodes;
    uint32_t *nodes, *parents; /* [n_routers] */
    uint8_t *links;            /* [n_routers] */
    uint32_t *stamp;           /* [n_routers] number of the tree that last reached a router */
    uint32_t *node_of;         /* [n_routers] and its node there */
    uint32_t number;
    uint32_t *order; /* [n_routers] terminals by distance from the root */
    uint32_t *tally; /* [n_routers + 2] terminals by distance */
    plc_reach reach; /* of a machine that suits it */
    /* How ties are broken; both may be NULL, then packets go straight on where they can. */
    const float *rank;  /* [n_routers] the lowest goes first */
    const double *load; /* [n_routers * PLC_N_LINKS] the idlest link goes first */
} plc_tree;

plc_status plc_tree_init(plc_tree *tree, const plc_machine *machine, plc_error *error);
void plc_tree_finish(plc_tree *tree);

/* Grows a tree from a root to distinct terminals (the root may be among them) and returns its
 * links, n_nodes - 1, or UINT32_MAX when a terminal is out of reach. Terminals join nearest first,
 * each at the node of the tree nearest to it. O(terminals x nodes). Source: the order is that of
 * neighbour-exploring routing (Navaridas et al., Parallel Computing 45, 2015); what differs: the
 * whole tree is searched, not a radius, so the nearest node is always found. */
uint32_t plc_tree_grow(plc_tree *tree, uint32_t root, const uint32_t *terminals, uint32_t n);

#endif
