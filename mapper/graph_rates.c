/* Reading packet rates of vertices: CSV lines vertex,rate. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/graph_rates.h"

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/scan.h"

/* Rates while they are read. */
typedef struct reading {
    double *rates;    /* [n_vertices] */
    double *heaviest; /* [n_vertices] weight of the heaviest net of each */
    uint64_t *lines;  /* [n_vertices] that named each; 0: none */
} reading;

static plc_status read_header(plc_scan *scan, plc_error *error)
{
    static const char header[] = "vertex,rate";
    bool found = plc_scan_line(scan, '#');
    size_t left = (size_t)(scan->end - scan->at);
    if (!found)
        return plc_scan_fail(scan, error, "expected the header `%s`, got nothing", header);
    if (left < sizeof header - 1 || memcmp(scan->at, header, sizeof header - 1) != 0) {
        const char *field;
        size_t length;
        plc_scan_field(scan, &field, &length);
        return plc_scan_fail(scan, error, "expected the header `%s`, got \"%.*s\"", header,
                             (int)(length < 40 ? length : 40), field);
    }
    scan->at += sizeof header - 1;
    return plc_scan_expect_line_end(scan, error);
}

static plc_status read_rate(plc_scan *scan, uint32_t n_vertices, reading *r, plc_error *error)
{
    int64_t v = 0;
    double rate = 0;
    plc_status status = plc_scan_int(scan, "vertex", 0, (int64_t)n_vertices - 1, &v, error);
    if (status == PLC_OK)
        status = plc_scan_real(scan, "rate", 0, PLC_NET_WEIGHT_MAX, &rate, error);
    if (status != PLC_OK)
        return status;
    if (r->lines[v])
        return plc_scan_fail(scan, error, "vertex %lld: line %llu has its rate", (long long)v,
                             (unsigned long long)r->lines[v]);
    if (rate * r->heaviest[v] > PLC_NET_WEIGHT_MAX)
        return plc_scan_fail(scan, error,
                             "rate: a net of vertex %lld weighs %g, times %g is more than %g",
                             (long long)v, r->heaviest[v], rate, PLC_NET_WEIGHT_MAX);
    r->lines[v] = scan->line;
    r->rates[v] = rate;
    return plc_scan_expect_line_end(scan, error);
}

plc_status plc_graph_rates_parse(const char *name, const char *text, size_t length,
                                 plc_hypergraph *graph, plc_error *error)
{
    plc_scan scan = plc_scan_text(name, text, length, true);
    reading r = {.rates = plc_array(graph->n_vertices, sizeof *r.rates),
                 .heaviest = plc_array(graph->n_vertices, sizeof *r.heaviest),
                 .lines = plc_array(graph->n_vertices, sizeof *r.lines)};
    plc_status status =
        r.rates && r.heaviest && r.lines ? read_header(&scan, error) : plc_fail_memory(error, name);
    for (uint32_t v = 0; status == PLC_OK && v < graph->n_vertices; v++)
        r.rates[v] = 1;
    for (uint32_t e = 0; status == PLC_OK && e < graph->n_nets; e++)
        if (graph->weights[e] > r.heaviest[graph->sources[e]])
            r.heaviest[graph->sources[e]] = graph->weights[e];
    while (status == PLC_OK && plc_scan_line(&scan, '#'))
        status = read_rate(&scan, graph->n_vertices, &r, error);
    for (uint32_t e = 0; status == PLC_OK && e < graph->n_nets; e++)
        graph->weights[e] *= r.rates[graph->sources[e]];
    free(r.rates);
    free(r.heaviest);
    free(r.lines);
    return status;
}

plc_status plc_graph_rates_read(const char *path, plc_hypergraph *graph, plc_error *error)
{
    plc_bytes bytes = {0};
    plc_status status = plc_bytes_read(path, &bytes, error);
    if (status == PLC_OK)
        status = plc_graph_rates_parse(path, bytes.data, bytes.size, graph, error);
    plc_bytes_finish(&bytes);
    return status;
}
