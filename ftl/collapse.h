/* Fewer, wider cells: a cell goes into all that read it, where the results are threshold functions.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_FTL_COLLAPSE_H
#define PLC_FTL_COLLAPSE_H

#include "ftl/cells.h"

enum {
    PLC_COLLAPSE_WEIGHT_MAX = 32767, /* weights and thresholds: synapses have 16 bits */
    PLC_COLLAPSE_SUMS_MAX = 1 << 16, /* sums of more than that are taken as all there are */
    PLC_COLLAPSE_READERS_MAX = 100,  /* of a cell that goes */
};

/* A cell by itself: 1 where the weights of its inputs that are 1 reach the threshold. */
typedef struct plc_weighted {
    uint32_t *inputs; /* [n] nodes, ascending */
    int32_t *weights; /* [n] none 0 */
    uint32_t n;
    int32_t threshold;
} plc_weighted;

/* What plc_weighted_compose() works with. Zeroed: nothing yet. */
typedef struct plc_composer {
    uint32_t max_fanin;
    uint32_t *inputs; /* [max_fanin] */
    int64_t *weights; /* [max_fanin] */
    uint64_t *sums;   /* [PLC_COLLAPSE_SUMS_MAX / 64 + 1] */
    bool failed;      /* memory was short */
} plc_composer;

bool plc_composer_init(plc_composer *composer, uint32_t max_fanin);
void plc_composer_finish(plc_composer *composer);

/* Whether `reader` with the cell `inner` put in the place of its input `node` is a threshold
 * function that was found: then *ret_made is one, in arrays of its own (free()
 * both). False, and `failed` set, when memory is short.
 *
 * inner = [R >= r], reader = [S + w inner >= s] with w > 0 (where it is negative, the complement is
 * read). The result is [A S + B R >= t] exactly if, for the sums that S and R can have, its ones
 * lie above its zeros; that bounds B / A from both sides, and the simplest fraction between the
 * bounds is taken. Inputs that both have count as if they were two, which is safe. Where that fails
 * and there are at most PLC_THRESHOLD_INPUTS_MAX inputs, the truth table decides. Source: Lee, Kuo,
 * Lai and Jiang, "Analytic approaches to the collapse operation and equivalence verification of
 * threshold logic circuits", ICCAD 2016; the bounds here are of the sums that do occur. */
bool plc_weighted_compose(plc_composer *composer, const plc_weighted *reader, uint32_t node,
                          const plc_weighted *inner, plc_weighted *ret_made);

/* Takes cells into all their readers until none is left for which that can be done with at most
 * `max_fanin` inputs a cell. Never more cells; the same cells for the same netlist. On failure
 * (PLC_NO_MEMORY) the netlist is as it was. */
plc_status plc_cells_collapse(plc_cells *cells, uint32_t max_fanin, plc_error *error);

#endif
