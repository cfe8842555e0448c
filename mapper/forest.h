/* Forests: the multicast trees of all nets, short first, then with their load spread. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_MAPPER_FOREST_H
#define PLC_MAPPER_FOREST_H

#include "mapper/machine.h"

/* One directed link of a tree: it leaves `router` through `link`. */
typedef struct plc_tree_link {
    uint32_t router;
    uint32_t link;
} plc_tree_link;

/* Where packets of one net begin, and the routers they have to reach. */
typedef struct plc_wire {
    uint32_t root;
    double weight;           /* [packets / tick] */
    uint64_t begin;          /* into the forest's terminals */
    uint32_t n_terminals, n; /* routers, none twice; links of the tree */
    uint64_t links;          /* into the forest's links */
} plc_wire;

/* A zeroed forest is empty. */
typedef struct plc_forest {
    uint32_t n_wires;
    plc_wire *wires;      /* [n_wires] */
    uint32_t *terminals;  /* of all wires */
    plc_tree_link *links; /* of all trees, each after the one it hangs on */
    uint64_t n_links;
    double *load; /* [n_routers * PLC_N_LINKS] [packets / tick] */
} plc_forest;

/* Makes room for wires, whose fields up to n_terminals, and terminals, the caller fills in. */
plc_status plc_forest_init(plc_forest *forest, uint32_t n_wires, uint64_t n_terminals,
                           const plc_machine *machine, plc_error *error);
void plc_forest_finish(plc_forest *forest);

/* Grows a tree for each wire. PLC_DOES_NOT_FIT names no wire: *ret_unreached is the first that has
 * a terminal out of reach. Each tree is grown several times with ties broken at random, as `effort`
 * 0..3 allows, and the shortest kept. Then trees that cross the busiest links are grown anew, with
 * ties broken in favour of idle links, and replaced if they are no longer and the load is better
 * spread: hops come first, then the load. `seed` is that of the ties. Source: rip-up and reroute
 * (Nair, IEEE TCAD 6, 1987; negotiated congestion after PathFinder, McMurchie and Ebeling, FPGA
 * 1995). What differs: a tree never gets longer for it. */
plc_status plc_forest_grow(plc_forest *forest, const plc_machine *machine, unsigned effort,
                           uint64_t seed, uint32_t *ret_unreached, plc_error *error);

#endif
