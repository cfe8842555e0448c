/* Decision diagrams of threshold cells. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_FTL_DIAGRAM_H
#define PLC_FTL_DIAGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Asks for an input and goes on to another node, an earlier one. */
typedef struct plc_diagram_node {
    uint32_t input, on, off;
} plc_diagram_node;

/* Node 0 is the constant 0, node 1 the constant 1. Zeroed: empty. */
typedef struct plc_diagram {
    struct {
        plc_diagram_node *data;
        size_t n, capacity;
    } nodes;
    uint32_t root;
} plc_diagram;

typedef enum plc_diagram_answer {
    PLC_DIAGRAM_OK,
    PLC_DIAGRAM_LARGE, /* more than `most` nodes */
    PLC_DIAGRAM_NO_MEMORY,
} plc_diagram_answer;

/* The reduced diagram of sum of weights[i] x_i >= threshold, weights > 0, asked for in the order
 * given: which of n inputs, the one of the largest weight first, is best left to the caller. Nodes
 * of one input are told apart by the interval of thresholds for which they are the same function,
 * so that no two are equal. O(m n log m) for m nodes. Source: Abio, Nieuwenhuis, Oliveras,
 * Rodriguez-Carbonell and Mayer-Eichberger, "A new look at BDDs for pseudo-Boolean constraints",
 * JAIR 45, 2012, section 4; without recursion here. */
plc_diagram_answer plc_diagram_make(const int64_t *weights, uint32_t n, int64_t threshold,
                                    size_t most, plc_diagram *ret_diagram);
void plc_diagram_finish(plc_diagram *diagram);

#endif
