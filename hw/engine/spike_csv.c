/* Spike files as CSV: `tick,population,neuron`. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/engine/spike_csv.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/scan.h"
#include "hw/engine/trace.h"

/* Writing. */

static bool add_bytes(plc_text *text, const char *bytes, size_t n)
{
    if (!plc_reserve(text, data, n))
        return false;
    memcpy(text->data + text->n, bytes, n);
    text->n += n;
    return true;
}

/* A number and the character that follows it; printf() would take most of the time of a large
 * file. */
static bool add_number(plc_text *text, uint64_t number, char end)
{
    char digits[21];
    size_t at = sizeof digits;
    digits[--at] = end;
    do
        digits[--at] = (char)('0' + number % 10);
    while (number /= 10);
    return add_bytes(text, digits + at, sizeof digits - at);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static plc_status check_names(const plc_trace *trace, const char *path, plc_error *error)
{
    for (uint32_t p = 0; p < trace->n_populations; p++) {
        const char *name = trace->populations[p];
        size_t length = strlen(name);
        if (!length || strpbrk(name, ",\n\r") || is_blank(name[0]) || is_blank(name[length - 1]))
            return plc_fail(error, PLC_INVALID,
                            "%s: population \"%s\": a CSV file cannot hold that name", path, name);
    }
    return PLC_OK;
}

plc_status plc_spike_csv_format(const char *name, const plc_trace *trace, plc_text *ret_text,
                                plc_error *error)
{
    plc_status status = plc_trace_check(trace, error);
    if (status == PLC_OK)
        status = check_names(trace, name, error);
    if (status != PLC_OK)
        return status;
    plc_text text = {0};
    bool ok = add_bytes(&text, PLC_SPIKE_CSV_HEADER "\n", sizeof PLC_SPIKE_CSV_HEADER);
    for (size_t i = 0; ok && i < trace->n; i++) {
        plc_spike spike = trace->spikes[i];
        const char *population = trace->populations[spike.population];
        ok = add_number(&text, spike.tick, ',') &&
             add_bytes(&text, population, strlen(population)) && add_bytes(&text, ",", 1) &&
             add_number(&text, spike.neuron, '\n');
    }
    if (!ok) {
        plc_text_finish(&text);
        return plc_fail_memory(error, "spikes to be written");
    }
    *ret_text = text;
    return PLC_OK;
}

plc_status plc_spikes_write_csv(const plc_trace *trace, const char *path, plc_error *error)
{
    plc_text text = {0};
    plc_status status = plc_spike_csv_format(path ? path : "-", trace, &text, error);
    if (status == PLC_OK)
        status = plc_file_write(path, text.data, text.n, error);
    plc_text_finish(&text);
    return status;
}

/* Reading. */

/* A name: all up to the next comma, which is stepped over, without blanks around it.
 * plc_scan_field() would stop at blanks within. */
static plc_status scan_name(plc_scan *scan, const char **ret_name, size_t *ret_length,
                            plc_error *error)
{
    const char *begin = scan->at, *end = begin;
    while (end < scan->end && *end != ',' && *end != '\n')
        end++;
    if (end == scan->end || *end != ',')
        return plc_scan_fail(scan, error, "expected " PLC_SPIKE_CSV_HEADER);
    scan->at = end + 1;
    while (begin < end && is_blank(*begin))
        begin++;
    while (begin < end && is_blank(end[-1]))
        end--;
    if (begin == end || memchr(begin, 0, (size_t)(end - begin)) ||
        memchr(begin, '\r', (size_t)(end - begin)))
        return plc_scan_fail(scan, error, "population: expected a name");
    *ret_name = begin;
    *ret_length = (size_t)(end - begin);
    return PLC_OK;
}

/* Reads one line into a trace. *population is that of the line before, a guess, and becomes this
 * one's. */
static plc_status scan_spike(plc_scan *scan, plc_trace *trace, uint32_t *population,
                             plc_error *error)
{
    int64_t tick = 0, neuron = 0;
    const char *name = NULL;
    size_t length = 0;
    plc_status status = plc_scan_int(scan, "tick", 0, INT64_MAX, &tick, error);
    if (status == PLC_OK)
        status = scan_name(scan, &name, &length, error);
    if (status != PLC_OK)
        return status;
    *population = plc_trace_find_population(trace, *population, name, length);
    if (*population == trace->n_populations &&
        (*population > INT32_MAX || !plc_trace_add_population(trace, name, length)))
        return plc_fail_memory(error, scan->name);
    status = plc_scan_int(scan, "neuron", 0, UINT32_MAX, &neuron, error);
    if (status == PLC_OK)
        status = plc_scan_expect_line_end(scan, error);
    if (status != PLC_OK)
        return status;
    if (!plc_reserve(trace, spikes, 1))
        return plc_fail_memory(error, scan->name);
    trace->spikes[trace->n++] = (plc_spike){
        .tick = (uint64_t)tick, .neuron = (uint32_t)neuron, .population = *population & INT32_MAX};
    return PLC_OK;
}

static plc_status scan_header(plc_scan *scan, plc_error *error)
{
    static const char *const columns[] = {"tick", "population", "neuron"};
    for (size_t i = 0; i < 3; i++) {
        const char *field;
        size_t length;
        plc_scan_field(scan, &field, &length);
        if (length != strlen(columns[i]) || memcmp(field, columns[i], length))
            return plc_scan_fail(scan, error, "expected the header " PLC_SPIKE_CSV_HEADER);
    }
    return plc_scan_expect_line_end(scan, error);
}

plc_status plc_spike_csv_parse(const char *name, const char *text, size_t length,
                               plc_trace *ret_trace, plc_error *error)
{
    plc_scan scan = plc_scan_text(name, text, length, true);
    plc_trace trace = {.tick_ms = 1.0};
    uint32_t population = 0;
    plc_status status = scan_header(&scan, error);
    while (status == PLC_OK && plc_scan_line(&scan, 0))
        status = scan_spike(&scan, &trace, &population, error);
    if (status == PLC_OK) {
        plc_trace_sort(&trace);
        *ret_trace = trace;
    } else {
        plc_trace_finish(&trace);
    }
    return status;
}
