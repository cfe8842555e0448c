/* What is to be placed: vertices of one core each, and nets from a source to its sinks. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_MAPPER_HYPERGRAPH_H
#define PLC_MAPPER_HYPERGRAPH_H

#include <placode/status.h>
#include <stddef.h>
#include <stdint.h>

#define PLC_NET_WEIGHT_MAX 1e9 /* [packets / tick] of a net */

/* Nets carry packets from one source to many sinks. A zeroed hypergraph is empty. */
typedef struct plc_hypergraph {
    char *name; /* owned; may be NULL */
    uint32_t n_vertices, n_nets;
    uint32_t *sources;      /* [n_nets] */
    double *weights;        /* [n_nets] [0, PLC_NET_WEIGHT_MAX] [packets / tick] */
    uint64_t *sink_offsets; /* [n_nets + 1] into sinks */
    uint32_t *sinks;        /* vertices; no net names one twice, or its own source */
} plc_hypergraph;

/* Reads "graph NAME N", then "net SOURCE WEIGHT SINK..." a line, `#` comments. A sink that stands
 * twice, or is the source, counts once, or not at all. */
plc_status plc_hypergraph_parse(const char *name, const char *text, size_t length,
                                plc_hypergraph *ret_graph, plc_error *error);
plc_status plc_hypergraph_read(const char *path, plc_hypergraph *ret_graph, plc_error *error);
void plc_hypergraph_finish(plc_hypergraph *graph);

#endif
