/* Hypergraphs with a known shape behind shuffled numbers, for benchmarks and golden tests. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_BENCHMARKS_GRAPHS_H
#define PLC_BENCHMARKS_GRAPHS_H

#include "mapper/hypergraph.h"

#include <stdbool.h>

/* The shapes. `side` is what each makes of it. */
typedef enum plc_graph_shape {
    PLC_SHAPE_TORUS,       /* side x side vertices that send to their four neighbours */
    PLC_SHAPE_RANDOM,      /* side vertices that send to 20 others each, drawn at random */
    PLC_SHAPE_LAYERS,      /* 10 layers of side vertices, each sending to all of the next */
    PLC_SHAPE_COMMUNITIES, /* side communities of 16: 10 sinks within, 4 anywhere */
    PLC_SHAPE_FLOWS,       /* side vertices, pairs with random flows between half of them */
} plc_graph_shape;

/* Makes a graph, whose vertices are shuffled by the seed; false when memory is short. */
bool plc_graph_of_shape(plc_graph_shape shape, uint32_t side, uint64_t seed,
                        plc_hypergraph *ret_graph);

#endif
