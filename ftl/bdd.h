/* Binary decision diagrams of functions of an AIG's sources, all in one order of the variables. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_FTL_BDD_H
#define PLC_FTL_BDD_H

#include "ftl/aig.h"

/* Functions are edges, 2 * node, plus 1 where inverted; 0 and 1 are the constants. Equal functions
 * are equal edges, so that comparing two is a proof. Reduced, ordered, with inverted edges; nodes
 * stay until the end. Source: Brace, Rudell and Bryant, "Efficient implementation of a BDD
 * package", DAC 1990. */
typedef struct plc_bdd_node {
    uint32_t variable; /* its place in the order */
    uint32_t off, on;  /* edges; `on` is not inverted */
    uint32_t next;     /* with the same hash; 0: none */
} plc_bdd_node;

typedef struct plc_bdd_result {
    uint32_t a, b, both;
} plc_bdd_result;

typedef struct plc_bdd {
    plc_bdd_node *nodes; /* node 0 is the constant */
    size_t n, capacity, limit;
    uint32_t *table;         /* [table_size] nodes by hash, 0: none */
    plc_bdd_result *results; /* [table_size] of ANDs, by hash */
    size_t table_size;       /* a power of two */
    bool is_full;            /* the limit was reached: what was built since is of no use */
    bool failed;             /* memory was short, likewise */
} plc_bdd;

bool plc_bdd_init(plc_bdd *bdd, size_t limit);
void plc_bdd_finish(plc_bdd *bdd);

/* variable ? on : off, of functions of later variables. */
uint32_t plc_bdd_make(plc_bdd *bdd, uint32_t variable, uint32_t on, uint32_t off);
/* Recurses as deep as there are variables. */
uint32_t plc_bdd_and(plc_bdd *bdd, uint32_t a, uint32_t b);

/* The order in which a depth-first search from a node meets the sources, the deeper fanin first,
 * which keeps those together that meet early: places [n_sources], UINT32_MAX for those it does not
 * meet. Returns how many it meets; UINT32_MAX when memory is short. Source: Malik, Wang, Brayton
 * and Sangiovanni-Vincentelli, "Logic verification using binary decision diagrams in a logic
 * synthesis environment", ICCAD 1988. */
uint32_t plc_bdd_order(const plc_aig *aig, uint32_t node, uint32_t *places);
/* The function of a literal; `is_full` or `failed` may be set. */
uint32_t plc_bdd_of_literal(plc_bdd *bdd, const plc_aig *aig, const uint32_t *places,
                            uint32_t literal);

#endif
