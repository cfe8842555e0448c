/* Packet rates of a hypergraph's vertices. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_MAPPER_GRAPH_RATES_H
#define PLC_MAPPER_GRAPH_RATES_H

#include "mapper/hypergraph.h"

/* Reads a header `vertex,rate`, then a vertex and its rate [0, PLC_NET_WEIGHT_MAX] a line, `#`
 * comments, and multiplies the weights of each vertex's nets by its rate; vertices that are not
 * named have rate 1. PLC_INVALID when a vertex stands twice, or a weight gets larger than
 * PLC_NET_WEIGHT_MAX. On failure the graph is as it was. O(vertices + nets + text) */
plc_status plc_graph_rates_parse(const char *name, const char *text, size_t length,
                                 plc_hypergraph *graph, plc_error *error);
plc_status plc_graph_rates_read(const char *path, plc_hypergraph *graph, plc_error *error);

#endif
