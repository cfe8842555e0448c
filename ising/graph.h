/* Graphs as text in memory. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_ISING_GRAPH_H
#define PLC_ISING_GRAPH_H

#include "base/file.h"

#include <placode/ising.h>
#include <stdbool.h>

/* Allocates the arrays of an empty graph of n vertices and m edges; false when memory is short. */
bool plc_graph_init(plc_graph *graph, uint32_t n, uint64_t m);

/* The text that plc_graph_write() writes; end it with plc_bytes_finish(). O(m) */
plc_status plc_graph_to_text(const plc_graph *graph, plc_bytes *ret_text, plc_error *error);

#endif
