/* A partition of neurons into parts, with the exact cost and room of moving them. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_MAPPER_PARTS_H
#define PLC_MAPPER_PARTS_H

#include "mapper/neuron_graph.h"

/* What a part may hold. */
typedef struct plc_part_limits {
    uint64_t neurons, bytes, axons;
    uint64_t row_bytes;     /* [B] of a row without its synapses; one row for each axon */
    const uint32_t *models; /* [n_parts] bit m: model m may be there */
} plc_part_limits;

typedef struct plc_part {
    uint64_t neurons;
    uint64_t bytes; /* [B] of synapses, without rows */
    uint64_t axons; /* source neurons with targets here */
} plc_part;

/* What a net has in a part. */
typedef struct plc_connection {
    uint32_t part;
    uint32_t targets; /* vertices */
    uint32_t sources; /* weight */
} plc_connection;

/* Cost: over all nets, the weights of sources times the parts, other than the source's own, that
 * have targets of the net; the packet copies between parts. */
typedef struct plc_parts {
    const plc_neuron_graph *graph;
    plc_part_limits limits;
    uint32_t n_parts;
    uint32_t *part_of; /* [n_vertices] */
    plc_part *parts;   /* [n_parts] */
    int64_t cost;
    uint64_t work; /* connections looked at */

    /* The connections of a net: by part where there is a slot for each, else a hash table. */
    uint64_t *offsets; /* [n_nets + 1] */
    plc_connection *connections;

    int64_t *value;       /* [n_parts] scratch of plc_parts_rank() */
    uint32_t *ranked;     /* [n_parts] */
    uint32_t *ranked_for; /* [n_parts] number of the ranking that last saw the part */
    uint32_t ranking;
} plc_parts;

#define PLC_NO_VERTEX UINT32_MAX

/* Starts from part_of [n_vertices], which is copied. O(pins + nets x parts or pins). */
plc_status plc_parts_init(plc_parts *parts, const plc_neuron_graph *graph, uint32_t n_parts,
                          const plc_part_limits *limits, const uint32_t *part_of, plc_error *error);
void plc_parts_finish(plc_parts *parts);

/* What moving a vertex saves, exactly. O(nets of the vertex) */
int64_t plc_parts_gain(plc_parts *parts, uint32_t vertex, uint32_t to);
void plc_parts_move(plc_parts *parts, uint32_t vertex, uint32_t to);

/* Finds the parts that share a net with a vertex: ranked [*ret_n], with value[part] so that moving
 * there saves *ret_base + value[part]; moving to any other part saves *ret_base. The vertex's own
 * part is not among them. O(connections of its nets) */
void plc_parts_rank(plc_parts *parts, uint32_t vertex, uint32_t *ret_n, int64_t *ret_base);

/* Whether a part has room for a vertex, once `without` (or PLC_NO_VERTEX) has left it. Exact but
 * for the rows that `without` would free. */
bool plc_parts_fits(plc_parts *parts, uint32_t vertex, uint32_t to, uint32_t without);

/* Swaps two vertices of different parts if both fit and that costs at most `loss_max` more (below
 * 0: saves something); whether it did. */
bool plc_parts_swap(plc_parts *parts, uint32_t v, uint32_t u, int64_t loss_max);

/* Whether a part holds more than it may. */
bool plc_parts_is_over(const plc_parts *parts, uint32_t part);

#endif
