/* Scanning line-based text. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/scan.h"

#include "base/error.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

plc_scan plc_scan_text(const char *name, const char *text, size_t length, bool comma)
{
    if (length >= 3 &&
        !memcmp(text, "\xef\xbb\xbf", 3)) { /* a byte order mark, as spreadsheets write it */
        text += 3;
        length -= 3;
    }
    return (plc_scan){.name = name, .at = text, .end = text + length, .line = 1, .comma = comma};
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static void skip_blanks(plc_scan *scan)
{
    while (scan->at < scan->end && is_blank(*scan->at))
        scan->at++;
}

static void step_line(plc_scan *scan)
{
    if (scan->at < scan->end) {
        scan->at++;
        scan->line++;
    }
}

bool plc_scan_line(plc_scan *scan, char comment)
{
    for (;;) {
        skip_blanks(scan);
        if (scan->at == scan->end)
            return false;
        if (comment && *scan->at == comment) {
            const char *newline = memchr(scan->at, '\n', (size_t)(scan->end - scan->at));
            scan->at = newline ? newline : scan->end;
        }
        if (scan->at < scan->end && *scan->at != '\n')
            return true;
        step_line(scan);
    }
}

bool plc_scan_line_end(plc_scan *scan)
{
    skip_blanks(scan);
    if (scan->at < scan->end && *scan->at != '\n')
        return false;
    step_line(scan);
    return true;
}

plc_status plc_scan_expect_line_end(plc_scan *scan, plc_error *error)
{
    if (plc_scan_line_end(scan))
        return PLC_OK;
    const char *field;
    size_t length;
    plc_scan_field(scan, &field, &length);
    return plc_scan_fail(scan, error, "expected the end of the line, got \"%.*s\"",
                         (int)(length < 40 ? length : 40), field);
}

void plc_scan_field(plc_scan *scan, const char **ret_field, size_t *ret_length)
{
    skip_blanks(scan);
    const char *begin = scan->at;
    while (scan->at < scan->end && *scan->at != '\n' && !is_blank(*scan->at) &&
           !(scan->comma && *scan->at == ','))
        scan->at++;
    *ret_field = begin;
    *ret_length = (size_t)(scan->at - begin);
    skip_blanks(scan);
    if (scan->comma && scan->at < scan->end && *scan->at == ',')
        scan->at++;
}

bool plc_parse_int(const char *text, size_t length, int64_t *ret_value)
{
    bool negative = length && text[0] == '-';
    size_t i = negative || (length && text[0] == '+');
    if (i == length || length - i > 19)
        return false;
    uint64_t value = 0;
    for (; i < length; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        value = value * 10 + (uint64_t)(text[i] - '0');
    }
    if (value > (uint64_t)INT64_MAX)
        return false;
    *ret_value = negative ? -(int64_t)value : (int64_t)value;
    return true;
}

/* A plain decimal number of few digits, exactly as strtod() has it: a whole number below 2^53 and a
 * power of ten up to 10^15 are both exact, so their quotient is rounded once. False for all else.
 * Source: Clinger, PLDI 1990, section 4. */
static bool parse_short_real(const char *text, size_t length, double *ret_value)
{
    static const double powers[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    enum { DIGITS_MAX = 15 };
    bool negative = length && text[0] == '-';
    size_t n_digits = 0, n_decimals = 0;
    uint64_t digits = 0;
    bool point = false;
    for (size_t i = negative; i < length; i++) {
        if (text[i] == '.' && !point) {
            point = true;
            continue;
        }
        if (text[i] < '0' || text[i] > '9' || ++n_digits > DIGITS_MAX)
            return false;
        digits = digits * 10 + (uint64_t)(text[i] - '0');
        n_decimals += point;
    }
    if (n_digits == 0)
        return false;
    double value = (double)digits / powers[n_decimals];
    *ret_value = negative ? -value : value;
    return true;
}

bool plc_parse_real(const char *text, size_t length, double *ret_value)
{
    char copy[64];
    if (parse_short_real(text, length, ret_value))
        return true;
    if (!length || length >= sizeof copy || !memchr("+-.0123456789", text[0], 13))
        return false;
    memcpy(copy, text, length);
    copy[length] = 0;
    if (strpbrk(copy, "xXpPnN"))
        return false;
    char *end;
    double value = strtod(copy, &end);
    if (*end || !isfinite(value))
        return false;
    *ret_value = value;
    return true;
}

plc_status plc_scan_int(plc_scan *scan, const char *what, int64_t low, int64_t high,
                        int64_t *ret_value, plc_error *error)
{
    const char *field;
    size_t length;
    plc_scan_field(scan, &field, &length);
    int64_t value = 0;
    if (!plc_parse_int(field, length, &value) || value < low || value > high)
        return plc_scan_fail(scan, error, "%s: expected a whole number in %lld..%lld, got \"%.*s\"",
                             what, (long long)low, (long long)high,
                             (int)(length < 40 ? length : 40), field);
    *ret_value = value;
    return PLC_OK;
}

plc_status plc_scan_real(plc_scan *scan, const char *what, double low, double high,
                         double *ret_value, plc_error *error)
{
    const char *field;
    size_t length;
    plc_scan_field(scan, &field, &length);
    double value = 0;
    if (!plc_parse_real(field, length, &value) || value < low || value > high)
        return plc_scan_fail(scan, error, "%s: expected a number in %g..%g, got \"%.*s\"", what,
                             low, high, (int)(length < 40 ? length : 40), field);
    *ret_value = value;
    return PLC_OK;
}

plc_status plc_scan_fail(const plc_scan *scan, plc_error *error, const char *format, ...)
{
    char message[512];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    return plc_fail(error, PLC_INVALID, "%s:%llu: %s", scan->name, (unsigned long long)scan->line,
                    message);
}
