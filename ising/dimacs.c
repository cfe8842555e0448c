/* Graphs in DIMACS' format: "p edge n m", then "e u v" a line. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/memory.h"
#include "base/scan.h"
#include "ising/edge_set.h"
#include "ising/graph.h"
#include "ising/lines.h"

enum { BYTES_PER_EDGE_MIN = 6 }; /* "e 1 2" and its newline */

/* Whether the next field is this word. */
static bool take_word(plc_scan *scan, const char *word)
{
    const char *field;
    size_t length;
    plc_scan before = *scan;
    plc_scan_field(scan, &field, &length);
    if (length == strlen(word) && !memcmp(field, word, length))
        return true;
    *scan = before;
    return false;
}

/* Reads "p edge n m"; "p col n m" is the same. */
static plc_status read_head(plc_scan *scan, size_t length, uint32_t *ret_n, uint64_t *ret_m,
                            plc_error *error)
{
    int64_t n;
    uint64_t m;
    if (!plc_scan_line(scan, 'c') || !take_word(scan, "p") ||
        !(take_word(scan, "edge") || take_word(scan, "col")))
        return plc_scan_fail(scan, error, "expected \"p edge VERTICES EDGES\"");
    plc_status status = plc_scan_int(scan, "vertices", 1, INT64_C(1) << 31, &n, error);
    if (status == PLC_OK)
        status = plc_lines_count(scan, "edges", length, BYTES_PER_EDGE_MIN, &m, error);
    if (status == PLC_OK)
        status = plc_scan_expect_line_end(scan, error);
    if (status != PLC_OK)
        return status;
    *ret_n = (uint32_t)n;
    *ret_m = m;
    return PLC_OK;
}

/* Reads "e u v"; an edge that is there already, the other way round too, adds nothing. */
static plc_status read_edge(plc_scan *scan, plc_graph *graph, plc_edge_set *seen, plc_error *error)
{
    int64_t u, v;
    if (!take_word(scan, "e"))
        return plc_scan_fail(scan, error, "expected an edge, \"e VERTEX VERTEX\"");
    plc_status status = plc_scan_int(scan, "first vertex", 1, graph->n, &u, error);
    if (status == PLC_OK)
        status = plc_scan_int(scan, "second vertex", 1, graph->n, &v, error);
    if (status == PLC_OK && u == v)
        status = plc_scan_fail(scan, error, "edge: expected two different vertices, got %lld twice",
                               (long long)u);
    if (status == PLC_OK)
        status = plc_scan_expect_line_end(scan, error);
    if (status != PLC_OK || !plc_edge_set_insert(seen, (uint32_t)(u - 1), (uint32_t)(v - 1)))
        return status;
    graph->u[graph->m] = (uint32_t)(u - 1);
    graph->v[graph->m] = (uint32_t)(v - 1);
    graph->w[graph->m++] = 1;
    return PLC_OK;
}

plc_status plc_dimacs_parse(const char *name, const char *text, size_t length, plc_graph *ret_graph,
                            plc_error *error)
{
    plc_graph graph = {0};
    plc_edge_set seen = {0};
    uint32_t n = 0;
    uint64_t m = 0, lines = 0;
    plc_scan scan = plc_scan_text(name, text, length, false);
    plc_status status = read_head(&scan, length, &n, &m, error);
    if (status != PLC_OK)
        return status;
    if (!plc_graph_init(&graph, n, m) || !plc_edge_set_init(&seen, m)) {
        status = plc_fail_memory(error, name);
        goto done;
    }
    graph.m = 0;
    for (; status == PLC_OK && lines < m && plc_scan_line(&scan, 'c'); lines++)
        status = read_edge(&scan, &graph, &seen, error);
    if (status == PLC_OK && plc_scan_line(&scan, 'c'))
        status =
            plc_scan_fail(&scan, error, "edges: expected %llu, got more", (unsigned long long)m);
    /* Some files count each edge once and list it once; others do either twice. */
    if (status == PLC_OK && lines < m && 2 * graph.m != m)
        status = plc_scan_fail(&scan, error, "edges: expected %llu, got %llu",
                               (unsigned long long)m, (unsigned long long)lines);
done:
    plc_edge_set_finish(&seen);
    if (status == PLC_OK)
        *ret_graph = graph;
    else
        plc_graph_finish(&graph);
    return status;
}

/* Whether the first line that is no comment begins with "p". */
static bool is_dimacs(const char *text, size_t length)
{
    plc_scan scan = plc_scan_text("", text, length, false);
    return plc_scan_line(&scan, 'c') && take_word(&scan, "p");
}

plc_status plc_graph_read_any(const char *path, plc_graph *ret_graph, plc_error *error)
{
    plc_bytes bytes = {0};
    plc_status status = plc_bytes_read(path, &bytes, error);
    if (status == PLC_OK)
        status = is_dimacs(bytes.data, bytes.size)
                     ? plc_dimacs_parse(path, bytes.data, bytes.size, ret_graph, error)
                     : plc_graph_parse(path, bytes.data, bytes.size, ret_graph, error);
    plc_bytes_finish(&bytes);
    return status;
}
