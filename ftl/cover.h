/* A cover of an AIG by threshold cells: what could be a cell, and what is. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_FTL_COVER_H
#define PLC_FTL_COVER_H

#include "ftl/cut.h"
#include "ftl/inner.h"
#include "ftl/memo.h"

#include <stddef.h>

enum { PLC_OPTION_DIVISORS_MAX = 2, PLC_OPTIONS_PER_NODE = 60 };

/* One way to make a node of one cell: by a cut, or by a cut and one or two nodes of which there are
 * cuts within that one (divisors). The cell's inputs are `leaves`. */
typedef struct plc_option {
    uint32_t leaves[PLC_TABLE_INPUTS_MAX];      /* [n] nodes */
    uint32_t cut;                               /* of the node */
    uint32_t divisors[PLC_OPTION_DIVISORS_MAX]; /* cuts of the divisors, or PLC_CUT_NONE */
    uint8_t n;
    uint64_t inner; /* function of the cut's leaves that a cell of its own makes; 0: none */
    uint8_t price;  /* [cells] of it */
    uint8_t needed; /* which leaves of the cut, then which divisors, are inputs */
} plc_option;

typedef struct plc_cover {
    const plc_aig *aig;
    uint32_t max_fanin;
    bool by_depth;
    plc_cuts cuts;
    plc_memo *memo;     /* borrowed */
    plc_inners *inners; /* borrowed; NULL: no options of two cells */
    uint32_t *order;    /* [n_order] ANDs, each after all that it may use */
    uint32_t n_order;
    struct {
        plc_option *data;
        size_t n, capacity;
    } options;
    uint32_t *begin, *end; /* [n_nodes] of options */
    uint32_t *best;        /* [n_nodes] option */
    uint32_t *refs; /* [n_nodes] cells and sinks that use it, and 1 of a source; 0: there is no such
                       cell */
    double *wanted; /* [n_nodes] estimate of refs */
    double *rank;   /* [n_nodes] by which cuts are ranked: flow, or how deep */
    double *flow;   /* [n_nodes] cells for a use of it: area flow */
    uint32_t *level;    /* [n_nodes] cells on the longest way */
    uint32_t *required; /* [n_nodes] the same, at most */
    uint32_t *stack;    /* [stack_capacity] */
    size_t stack_capacity;
    struct plc_undo {
        uint32_t node, best;
    } * undo; /* [n_nodes] */
    size_t n_undo;
    int64_t cost; /* of the cells that there are: PLC_CELL_COST each, 1 for each input */
} plc_cover;

enum { PLC_CELL_COST = 32 };

bool plc_cover_init(plc_cover *cover, const plc_aig *aig, uint32_t max_fanin, bool by_depth,
                    plc_memo *memo);
void plc_cover_finish(plc_cover *cover);

/* Finds the options of all nodes in the order at hand, by the estimates at hand, and the best of
 * each by area flow, or by level. `add` appends the options of a node whose cuts are found. False
 * when memory is short, or `add` says so. */
bool plc_cover_find(plc_cover *cover, bool (*add)(plc_cover *cover, uint32_t node, void *context),
                    void *context);
/* Moves nodes that could be divisors before those that need one. */
bool plc_cover_reorder(plc_cover *cover);
/* The options by cells: what plc_cover_find() is given to map. `context` is not used. */
bool plc_cover_add_cells(plc_cover *cover, uint32_t node, void *context);

/* Takes the best option of each node that is needed. */
void plc_cover_select(plc_cover *cover);
/* Exact local moves: another option for a cell, if that costs less, until none does. */
void plc_cover_descend(plc_cover *cover, uint32_t passes);
/* The same with moves that cost more, ever fewer: simulated annealing, `moves` for each AND. A move
 * that costs 1 more, a 32nd of a cell, has the chance `hottest` in the beginning, and 0.6 in the
 * end. */
bool plc_cover_anneal(plc_cover *cover, uint32_t moves, double hottest, uint64_t seed);
/* Estimates for the next round. */
void plc_cover_learn(plc_cover *cover);
uint32_t plc_cover_count(const plc_cover *cover);
/* Levels of all cells, and the deepest. */
uint32_t plc_cover_levels(plc_cover *cover);

#endif
