/* The CSV files of time and of improvements. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/memory.h"
#include "base/scan.h"
#include "cli/report/report.h"

#include <math.h>

const char *const report_reasons[] = {"neurons", "packets", "rows", "mesh", NULL};

enum { SPAN_MAX = 64 }; /* characters of a field */

/* The next field between commas, which may be empty: plc_scan_field() would pass over it. */
static plc_status scan_field(plc_scan *scan, const char *what, char ret_field[SPAN_MAX],
                             plc_error *error)
{
    const char *end = scan->at;
    while (end < scan->end && *end != ',' && *end != '\n' && *end != '\r')
        end++;
    const size_t n = (size_t)(end - scan->at);
    if (n >= SPAN_MAX || memchr(scan->at, 0, n))
        return plc_scan_fail(scan, error, "%s: expected a short field", what);
    memcpy(ret_field, scan->at, n);
    ret_field[n] = 0;
    scan->at = end + (end < scan->end && *end == ',');
    return PLC_OK;
}

/* A number that may be left out, and then is NAN. */
static plc_status scan_real(plc_scan *scan, const char *what, bool may_lack, double *ret_value,
                            plc_error *error)
{
    char field[SPAN_MAX];
    plc_status status = scan_field(scan, what, field, error);
    if (status != PLC_OK)
        return status;
    *ret_value = (double)NAN;
    if ((*field || !may_lack) && !plc_parse_real(field, strlen(field), ret_value))
        return plc_scan_fail(scan, error, "%s: expected a number, got \"%s\"", what, field);
    return PLC_OK;
}

static plc_status scan_whole(plc_scan *scan, const char *what, int64_t high, uint64_t *ret_value,
                             plc_error *error)
{
    char field[SPAN_MAX];
    int64_t value = 0;
    plc_status status = scan_field(scan, what, field, error);
    if (status != PLC_OK)
        return status;
    if (!plc_parse_int(field, strlen(field), &value) || value < 0 || value > high)
        return plc_scan_fail(scan, error, "%s: expected a whole number in 0..%lld, got \"%s\"",
                             what, (long long)high, field);
    *ret_value = (uint64_t)value;
    return PLC_OK;
}

static plc_status scan_reason(plc_scan *scan, uint8_t *ret_reason, plc_error *error)
{
    char field[SPAN_MAX];
    plc_status status = scan_field(scan, "reason", field, error);
    for (uint8_t i = 0; status == PLC_OK && report_reasons[i]; i++)
        if (!strcmp(report_reasons[i], field)) {
            *ret_reason = i;
            return PLC_OK;
        }
    return status != PLC_OK
               ? status
               : plc_scan_fail(scan, error,
                               "reason: expected neurons, packets, rows or mesh, got \"%s\"",
                               field);
}

/* Fails unless the line ends here. */
static plc_status end_line(plc_scan *scan, plc_error *error)
{
    if (scan->at < scan->end && *scan->at == '\r')
        scan->at++;
    if (scan->at < scan->end && *scan->at != '\n')
        return plc_scan_fail(scan, error, "expected the end of the line");
    if (scan->at == scan->end || scan->at[-1] == ',')
        return plc_scan_fail(scan, error, "cut off");
    scan->at++;
    scan->line++;
    return PLC_OK;
}

/* Steps over the first line, which must be as given. */
static plc_status expect_head(plc_scan *scan, const char *head, plc_error *error)
{
    const size_t n = strlen(head);
    if ((size_t)(scan->end - scan->at) < n || memcmp(scan->at, head, n))
        return plc_scan_fail(scan, error, "expected the header %s", head);
    scan->at += n;
    return end_line(scan, error);
}

static plc_status scan_tick(plc_scan *scan, report_tick *tick, plc_error *error)
{
    uint64_t x = 0, y = 0, core = 0;
    plc_status status = scan_whole(scan, "tick", INT64_MAX, &tick->tick, error);
    if (status == PLC_OK)
        status = scan_real(scan, "seconds", false, &tick->seconds, error);
    if (status == PLC_OK)
        status = scan_real(scan, "slack_seconds", true, &tick->slack, error);
    if (status == PLC_OK)
        status = scan_whole(scan, "x", PLC_MAX_SIDE - 1, &x, error);
    if (status == PLC_OK)
        status = scan_whole(scan, "y", PLC_MAX_SIDE - 1, &y, error);
    if (status == PLC_OK)
        status = scan_whole(scan, "core", PLC_MAX_CORES - 1, &core, error);
    if (status == PLC_OK)
        status = scan_reason(scan, &tick->reason, error);
    tick->x = (uint32_t)x;
    tick->y = (uint32_t)y;
    tick->core = (uint32_t)core;
    return status == PLC_OK ? end_line(scan, error) : status;
}

plc_status report_parse_timing(const char *name, const char *text, size_t length,
                               report_input *input, plc_error *error)
{
    plc_scan scan = plc_scan_text(name, text, length, true);
    size_t capacity = 0;
    plc_status status = expect_head(&scan, "tick,seconds,slack_seconds,x,y,core,reason", error);
    while (status == PLC_OK && scan.at < scan.end) {
        report_tick tick = {0};
        status = scan_tick(&scan, &tick, error);
        if (status == PLC_OK && input->n_ticks &&
            tick.tick <= input->ticks[input->n_ticks - 1].tick)
            status = plc_fail(error, PLC_INVALID, "%s:%llu: tick: expected a later one than before",
                              name, (unsigned long long)scan.line - 1);
        if (status == PLC_OK &&
            !plc_array_reserve(&input->ticks, &capacity, input->n_ticks + 1, sizeof tick))
            status = plc_fail_memory(error, name);
        if (status == PLC_OK)
            input->ticks[input->n_ticks++] = tick;
    }
    return status;
}

static plc_status scan_step(plc_scan *scan, report_step *step, plc_error *error)
{
    plc_status status = scan_whole(scan, "run", INT64_MAX, &step->run, error);
    if (status == PLC_OK)
        status = scan_real(scan, "seconds", false, &step->seconds, error);
    if (status == PLC_OK)
        status = scan_real(scan, "ticks", false, &step->ticks, error);
    if (status == PLC_OK)
        status = scan_real(scan, "joules", true, &step->joules, error);
    if (status == PLC_OK)
        status = scan_real(scan, "value", false, &step->value, error);
    return status == PLC_OK ? end_line(scan, error) : status;
}

/* By run, then in the order of the file, which is that of time. */
static int compare_steps(const void *a, const void *b)
{
    const report_step *x = a, *y = b;
    if (x->run != y->run)
        return x->run < y->run ? -1 : 1;
    return (x->seconds > y->seconds) - (x->seconds < y->seconds);
}

plc_status report_parse_curve(const char *name, const char *text, size_t length,
                              report_input *input, plc_error *error)
{
    static const char *const names[] = {"cut", "value"};
    plc_scan scan = plc_scan_text(name, text, length, true);
    size_t capacity = 0;
    const size_t head = strlen("run,seconds,ticks,joules,");
    const bool is_value = length - head >= 5 && !memcmp(text + head, "value", 5);
    strcpy(input->value_name, names[is_value]);
    plc_status status = expect_head(
        &scan, is_value ? "run,seconds,ticks,joules,value" : "run,seconds,ticks,joules,cut", error);
    while (status == PLC_OK && scan.at < scan.end) {
        report_step step = {0};
        status = scan_step(&scan, &step, error);
        if (status == PLC_OK &&
            !plc_array_reserve(&input->steps, &capacity, input->n_steps + 1, sizeof step))
            status = plc_fail_memory(error, name);
        if (status == PLC_OK)
            input->steps[input->n_steps++] = step;
    }
    if (input->n_steps > 1)
        qsort(input->steps, input->n_steps, sizeof *input->steps, compare_steps);
    return status;
}
