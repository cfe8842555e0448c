/* Reading hypergraphs. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/hypergraph.h"

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/scan.h"

/* A hypergraph while it is read. */
typedef struct reading {
    plc_hypergraph graph;
    size_t sources_capacity, weights_capacity, offsets_capacity, sinks_capacity;
    uint32_t *seen_by; /* [n_vertices] net + 1 that last named the vertex */
} reading;

void plc_hypergraph_finish(plc_hypergraph *graph)
{
    free(graph->name);
    free(graph->sources);
    free(graph->weights);
    free(graph->sink_offsets);
    free(graph->sinks);
    *graph = (plc_hypergraph){0};
}

static bool field_is(const char *field, size_t length, const char *word)
{
    return length == strlen(word) && !memcmp(field, word, length);
}

static plc_status read_head(plc_scan *scan, reading *r, plc_error *error)
{
    const char *field;
    size_t length;
    int64_t n = 0;
    if (!plc_scan_line(scan, '#'))
        return plc_scan_fail(scan, error, "expected `graph NAME N`, got nothing");
    plc_scan_field(scan, &field, &length);
    if (!field_is(field, length, "graph"))
        return plc_scan_fail(scan, error, "expected `graph NAME N`, got \"%.*s\"",
                             (int)(length < 40 ? length : 40), field);
    plc_scan_field(scan, &field, &length);
    plc_status status = plc_scan_int(scan, "vertices", 1, INT32_MAX, &n, error);
    if (status == PLC_OK)
        status = plc_scan_expect_line_end(scan, error);
    if (status != PLC_OK)
        return status;
    r->graph.n_vertices = (uint32_t)n;
    r->graph.name = plc_array(length + 1, 1);
    r->seen_by = plc_array((size_t)n, sizeof *r->seen_by);
    if (!r->graph.name || !r->seen_by)
        return plc_fail_memory(error, scan->name);
    memcpy(r->graph.name, field, length);
    return PLC_OK;
}

static bool reserve_net(reading *r)
{
    plc_hypergraph *g = &r->graph;
    return plc_array_reserve(&g->sources, &r->sources_capacity, g->n_nets + 1ul,
                             sizeof *g->sources) &&
           plc_array_reserve(&g->weights, &r->weights_capacity, g->n_nets + 1ul,
                             sizeof *g->weights) &&
           plc_array_reserve(&g->sink_offsets, &r->offsets_capacity, g->n_nets + 2ul,
                             sizeof *g->sink_offsets);
}

static plc_status read_sinks(plc_scan *scan, reading *r, uint64_t *n_sinks, plc_error *error)
{
    plc_hypergraph *g = &r->graph;
    while (!plc_scan_line_end(scan)) {
        int64_t sink = 0;
        plc_status status = plc_scan_int(scan, "sink", 0, (int64_t)g->n_vertices - 1, &sink, error);
        if (status != PLC_OK)
            return status;
        if (r->seen_by[sink] == g->n_nets + 1)
            continue;
        r->seen_by[sink] = g->n_nets + 1;
        if (!plc_array_reserve(&g->sinks, &r->sinks_capacity, *n_sinks + 1, sizeof *g->sinks))
            return plc_fail_memory(error, scan->name);
        g->sinks[(*n_sinks)++] = (uint32_t)sink;
    }
    return PLC_OK;
}

static plc_status read_net(plc_scan *scan, reading *r, plc_error *error)
{
    plc_hypergraph *g = &r->graph;
    const char *field;
    size_t length;
    int64_t source = 0;
    plc_scan_field(scan, &field, &length);
    if (!field_is(field, length, "net"))
        return plc_scan_fail(scan, error, "expected `net SOURCE WEIGHT SINK...`, got \"%.*s\"",
                             (int)(length < 40 ? length : 40), field);
    if (g->n_nets == UINT32_MAX - 1 || !reserve_net(r))
        return plc_fail_memory(error, scan->name);
    plc_status status = plc_scan_int(scan, "source", 0, (int64_t)g->n_vertices - 1, &source, error);
    if (status == PLC_OK)
        status =
            plc_scan_real(scan, "weight", 0, PLC_NET_WEIGHT_MAX, &g->weights[g->n_nets], error);
    if (status != PLC_OK)
        return status;
    uint64_t n_sinks = g->n_nets ? g->sink_offsets[g->n_nets] : 0;
    g->sink_offsets[g->n_nets] = n_sinks;
    g->sources[g->n_nets] = (uint32_t)source;
    r->seen_by[source] = g->n_nets + 1;
    status = read_sinks(scan, r, &n_sinks, error);
    g->sink_offsets[++g->n_nets] = n_sinks;
    return status;
}

plc_status plc_hypergraph_parse(const char *name, const char *text, size_t length,
                                plc_hypergraph *ret_graph, plc_error *error)
{
    reading r = {0};
    plc_scan scan = plc_scan_text(name, text, length, false);
    plc_status status = read_head(&scan, &r, error);
    if (status == PLC_OK && !reserve_net(&r))
        status = plc_fail_memory(error, name);
    if (status == PLC_OK)
        r.graph.sink_offsets[0] = 0;
    while (status == PLC_OK && plc_scan_line(&scan, '#'))
        status = read_net(&scan, &r, error);
    free(r.seen_by);
    if (status == PLC_OK)
        *ret_graph = r.graph;
    else
        plc_hypergraph_finish(&r.graph);
    return status;
}

plc_status plc_hypergraph_read(const char *path, plc_hypergraph *ret_graph, plc_error *error)
{
    plc_bytes bytes = {0};
    plc_status status = plc_bytes_read(path, &bytes, error);
    if (status == PLC_OK)
        status = plc_hypergraph_parse(path, bytes.data, bytes.size, ret_graph, error);
    plc_bytes_finish(&bytes);
    return status;
}
