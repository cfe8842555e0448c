/* CSV edge lists: source,target[,weight[,delay]]. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "net/network.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/scan.h"

#include <math.h>

/* The lists while they grow. */
typedef struct edges {
    plc_connector connector;
    size_t sources_capacity, targets_capacity, weights_capacity, delays_capacity;
    unsigned n_columns; /* 2, 3 or 4; all lines alike */
} edges;

bool plc_delay_ticks(double ms, double tick_ms, uint8_t *ret_ticks)
{
    double ticks = rint(ms / tick_ms);
    if (!(ticks >= 1 && ticks <= PLC_DELAY_MAX))
        return false;
    *ret_ticks = (uint8_t)ticks;
    return true;
}

static bool field_is(const char *field, size_t length, const char *text)
{
    return length == strlen(text) && !memcmp(field, text, length);
}

/* Steps over a line that names the columns, if there is one. */
static plc_status read_header(plc_scan *scan, edges *e, plc_error *error)
{
    static const char *const columns[] = {"source", "target", "weight", "delay"};
    plc_scan start = *scan;
    unsigned n = 0;
    const char *field;
    size_t length;
    if (!plc_scan_line(scan, '#'))
        return PLC_OK;
    plc_scan header = *scan; /* for a message after the end of its line */
    for (; !plc_scan_line_end(scan); n++) {
        plc_scan_field(scan, &field, &length);
        if (n == 0 && !field_is(field, length, columns[0])) {
            *scan = start;
            return PLC_OK;
        }
        if (n >= 4 || !field_is(field, length, columns[n]))
            return plc_scan_fail(
                scan, error,
                "header: expected source,target,weight,delay, got \"%.*s\" in column %u",
                (int)(length < 40 ? length : 40), field, n + 1);
    }
    e->n_columns = n;
    return n >= 2
               ? PLC_OK
               : plc_scan_fail(&header, error, "header: expected source,target[,weight[,delay]]");
}

static bool reserve_edge(edges *e)
{
    plc_connector *c = &e->connector;
    return plc_array_reserve(&c->sources, &e->sources_capacity, c->n + 1, sizeof *c->sources) &&
           plc_array_reserve(&c->targets, &e->targets_capacity, c->n + 1, sizeof *c->targets) &&
           (e->n_columns < 3 ||
            plc_array_reserve(&c->weights, &e->weights_capacity, c->n + 1, sizeof *c->weights)) &&
           (e->n_columns < 4 ||
            plc_array_reserve(&c->delays, &e->delays_capacity, c->n + 1, sizeof *c->delays));
}

/* Tells the number of columns from the first line of numbers. */
static unsigned count_columns(plc_scan scan)
{
    unsigned n = 0;
    const char *field;
    size_t length;
    for (; !plc_scan_line_end(&scan); n++)
        plc_scan_field(&scan, &field, &length);
    return n;
}

static plc_status read_delay(plc_scan *scan, double tick_ms, uint8_t *ret_delay, plc_error *error)
{
    double ms;
    plc_status status = plc_scan_real(scan, "delay", 0, 1e12, &ms, error);
    if (status == PLC_OK && !plc_delay_ticks(ms, tick_ms, ret_delay))
        status = plc_scan_fail(scan, error, "delay: expected %g..%g ms (1..%d ticks), got %g",
                               tick_ms, PLC_DELAY_MAX * tick_ms, PLC_DELAY_MAX, ms);
    return status;
}

static plc_status read_edge(plc_scan *scan, edges *e, uint32_t n_sources, uint32_t n_targets,
                            double tick_ms, plc_error *error)
{
    plc_connector *c = &e->connector;
    int64_t source = 0, target = 0;
    if (e->n_columns == 0) {
        e->n_columns = count_columns(*scan);
        if (e->n_columns < 2 || e->n_columns > 4)
            return plc_scan_fail(scan, error,
                                 "expected source,target[,weight[,delay]], got %u columns",
                                 e->n_columns);
    }
    if (!reserve_edge(e))
        return plc_fail_memory(error, scan->name);
    plc_status status = plc_scan_int(scan, "source", 0, (int64_t)n_sources - 1, &source, error);
    if (status == PLC_OK)
        status = plc_scan_int(scan, "target", 0, (int64_t)n_targets - 1, &target, error);
    if (status == PLC_OK && e->n_columns >= 3)
        status = plc_scan_real(scan, "weight", -PLC_WEIGHT_MAX, PLC_WEIGHT_MAX, &c->weights[c->n],
                               error);
    if (status == PLC_OK && e->n_columns == 4)
        status = read_delay(scan, tick_ms, &c->delays[c->n], error);
    if (status == PLC_OK) {
        c->sources[c->n] = (uint32_t)source;
        c->targets[c->n] = (uint32_t)target;
        c->n++;
        status = plc_scan_expect_line_end(scan, error);
    }
    return status;
}

plc_status plc_edges_parse(const char *name, const char *text, size_t length, uint32_t n_sources,
                           uint32_t n_targets, double tick_ms, plc_connector *ret_connector,
                           plc_error *error)
{
    edges e = {.connector = {.kind = PLC_FROM_LIST, .allow_self = true}};
    plc_scan scan = plc_scan_text(name, text, length, true);
    plc_status status = read_header(&scan, &e, error);
    while (status == PLC_OK && plc_scan_line(&scan, '#'))
        status = read_edge(&scan, &e, n_sources, n_targets, tick_ms, error);
    if (status == PLC_OK)
        *ret_connector = e.connector;
    else
        plc_connector_finish(&e.connector);
    return status;
}
