/* Graphs in rudy's and MQLib's format: reading with positions, writing byte for byte as rudy. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ising/graph.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/scan.h"
#include "ising/edge_set.h"
#include "ising/lines.h"

#include <math.h>

enum {
    BYTES_PER_EDGE_MIN = 4,  /* "1 2" and its newline */
    BYTES_PER_EDGE_MAX = 35, /* two vertices of 10 digits, a weight of 11, 3 separators; and 1 */
};

bool plc_graph_init(plc_graph *graph, uint32_t n, uint64_t m)
{
    *graph = (plc_graph){.n = n, .m = m};
    graph->u = plc_array(m, sizeof *graph->u);
    graph->v = plc_array(m, sizeof *graph->v);
    graph->w = plc_array(m, sizeof *graph->w);
    if (graph->u && graph->v && graph->w)
        return true;
    plc_graph_finish(graph);
    return false;
}

void plc_graph_finish(plc_graph *graph)
{
    free(graph->u);
    free(graph->v);
    free(graph->w);
    *graph = (plc_graph){0};
}

/* Reads "n m"; m cannot be more than a text of this length has room for. */
static plc_status read_head(plc_scan *scan, size_t length, uint32_t *ret_n, uint64_t *ret_m,
                            plc_error *error)
{
    int64_t n;
    uint64_t m;
    if (!plc_lines_next(scan))
        return plc_scan_fail(scan, error, "graph: expected \"n m\" and the edges, got no line");
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

/* Reads a weight if the line has one; a real number must be a whole one ("1.0"). */
static plc_status read_weight(plc_scan *scan, int32_t *ret_weight, plc_error *error)
{
    const char *field;
    size_t length;
    int64_t value = 1;
    double real;
    plc_scan_field(scan, &field, &length);
    bool legal = !length || plc_parse_int(field, length, &value);
    if (!legal && plc_parse_real(field, length, &real) && fabs(real) <= 0x1p31 &&
        rint(real) >= real && rint(real) <= real) {
        value = (int64_t)real;
        legal = true;
    }
    if (!legal || value < INT32_MIN || value > INT32_MAX)
        return plc_scan_fail(scan, error,
                             "weight: expected a whole number in -2147483648..2147483647, got "
                             "\"%.*s\"",
                             (int)(length < 40 ? length : 40), field);
    *ret_weight = (int32_t)value;
    return PLC_OK;
}

/* The line in which an edge stands first; only for the message about the second time. */
static uint64_t first_line_of(const char *text, size_t length, uint32_t u, uint32_t v)
{
    plc_scan scan = plc_scan_text("", text, length, false);
    int64_t a = 0, b = 0;
    uint32_t n = 0;
    uint64_t m = 0;
    if (read_head(&scan, length, &n, &m, NULL) != PLC_OK)
        return 0;
    while (plc_lines_next(&scan)) {
        int32_t w;
        if (plc_scan_int(&scan, "", 1, n, &a, NULL) != PLC_OK ||
            plc_scan_int(&scan, "", 1, n, &b, NULL) != PLC_OK)
            return 0;
        if ((a == u + INT64_C(1) && b == v + INT64_C(1)) ||
            (a == v + INT64_C(1) && b == u + INT64_C(1)))
            return scan.line;
        if (read_weight(&scan, &w, NULL) != PLC_OK || !plc_scan_line_end(&scan))
            return 0;
    }
    return 0;
}

/* Reads edge i, "u v w" or "u v". */
static plc_status read_edge(plc_scan *scan, plc_graph *graph, uint64_t i, plc_edge_set *seen,
                            plc_error *error)
{
    int64_t u, v;
    if (!plc_lines_next(scan))
        return plc_scan_fail(scan, error, "edges: expected %llu, got %llu",
                             (unsigned long long)graph->m, (unsigned long long)i);
    plc_status status = plc_scan_int(scan, "first vertex", 1, graph->n, &u, error);
    if (status == PLC_OK)
        status = plc_scan_int(scan, "second vertex", 1, graph->n, &v, error);
    if (status == PLC_OK)
        status = read_weight(scan, &graph->w[i], error);
    if (status != PLC_OK)
        return status;
    graph->u[i] = (uint32_t)(u - 1);
    graph->v[i] = (uint32_t)(v - 1);
    if (u == v)
        return plc_scan_fail(scan, error, "edge: expected two different vertices, got %lld twice",
                             (long long)u);
    if (!plc_edge_set_insert(seen, graph->u[i], graph->v[i]))
        return PLC_DIFFERS;
    return plc_scan_expect_line_end(scan, error);
}

plc_status plc_graph_parse(const char *name, const char *text, size_t length, plc_graph *ret_graph,
                           plc_error *error)
{
    plc_graph graph = {0};
    plc_edge_set seen = {0};
    uint32_t n = 0;
    uint64_t m = 0, i = 0;
    plc_scan scan = plc_scan_text(name, text, length, false);
    plc_status status = read_head(&scan, length, &n, &m, error);
    if (status != PLC_OK)
        return status;
    if (!plc_graph_init(&graph, n, m) || !plc_edge_set_init(&seen, m)) {
        status = plc_fail_memory(error, name);
        goto done;
    }
    for (; status == PLC_OK && i < m; i++)
        status = read_edge(&scan, &graph, i, &seen, error);
    if (status == PLC_DIFFERS) {
        uint32_t u = graph.u[i - 1], v = graph.v[i - 1];
        status = plc_scan_fail(
            &scan, error, "edge: expected each edge once, got %llu %llu as in line %llu", u + 1ULL,
            v + 1ULL, (unsigned long long)first_line_of(text, length, u, v));
    }
    if (status == PLC_OK && plc_lines_next(&scan))
        status =
            plc_scan_fail(&scan, error, "edges: expected %llu, got more", (unsigned long long)m);
done:
    plc_edge_set_finish(&seen);
    if (status == PLC_OK)
        *ret_graph = graph;
    else
        plc_graph_finish(&graph);
    return status;
}

plc_status plc_graph_read(const char *path, plc_graph *ret_graph, plc_error *error)
{
    plc_bytes bytes = {0};
    plc_status status = plc_bytes_read(path, &bytes, error);
    if (status == PLC_OK)
        status = plc_graph_parse(path, bytes.data, bytes.size, ret_graph, error);
    plc_bytes_finish(&bytes);
    return status;
}

/* Writes a number and a character; gives the place after them. */
static char *put_number(char *at, int64_t value, char after)
{
    char digits[24];
    int n = 0;
    if (value < 0) {
        *at++ = '-';
        value = -value;
    }
    do {
        digits[n++] = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    while (n)
        *at++ = digits[--n];
    *at++ = after;
    return at;
}

plc_status plc_graph_to_text(const plc_graph *graph, plc_bytes *ret_text, plc_error *error)
{
    char *text = graph->m < SIZE_MAX ? plc_array(graph->m + 1, BYTES_PER_EDGE_MAX) : NULL;
    if (!text)
        return plc_fail_memory(error, "a graph's text");
    char *at = put_number(text, graph->n, ' ');
    at = put_number(at, (int64_t)graph->m, '\n');
    for (uint64_t i = 0; i < graph->m; i++) {
        at = put_number(at, graph->u[i] + INT64_C(1), ' ');
        at = put_number(at, graph->v[i] + INT64_C(1), ' ');
        at = put_number(at, graph->w[i], '\n');
    }
    *at = 0;
    *ret_text = (plc_bytes){.data = text, .size = (size_t)(at - text)};
    return PLC_OK;
}

plc_status plc_graph_write(const plc_graph *graph, const char *path, plc_error *error)
{
    plc_bytes text = {0};
    plc_status status = plc_graph_to_text(graph, &text, error);
    if (status == PLC_OK)
        status = plc_file_write(path, text.data, text.size, error);
    plc_bytes_finish(&text);
    return status;
}
