/* Scanning line-based text: one cursor, numbers with ranges, positions in every error. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_BASE_SCAN_H
#define PLC_BASE_SCAN_H

#include <placode/status.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A cursor over a text. Fields are separated by blanks and, if `comma` is set, by single commas. */
typedef struct plc_scan {
    const char *name; /* for messages */
    const char *at, *end;
    uint64_t line; /* from 1 */
    bool comma;
} plc_scan;

plc_scan plc_scan_text(const char *name, const char *text, size_t length, bool comma);

/* Skips blank lines and lines that start with `comment` (0: none); false at the end of the text. */
bool plc_scan_line(plc_scan *scan, char comment);
/* True when the line holds no further field; then steps to the next line. */
bool plc_scan_line_end(plc_scan *scan);
/* Fails unless the line holds no further field; steps to the next line. */
plc_status plc_scan_expect_line_end(plc_scan *scan, plc_error *error);
/* The next field as it stands; empty at the end of the line. */
void plc_scan_field(plc_scan *scan, const char **ret_field, size_t *ret_length);
/* The next field as a whole number in [low, high]; `what` names it in the message. */
plc_status plc_scan_int(plc_scan *scan, const char *what, int64_t low, int64_t high,
                        int64_t *ret_value, plc_error *error);
/* The next field as a finite real number in [low, high]. */
plc_status plc_scan_real(plc_scan *scan, const char *what, double low, double high,
                         double *ret_value, plc_error *error);
/* "name:line: message". */
__attribute__((format(printf, 3, 4))) plc_status
plc_scan_fail(const plc_scan *scan, plc_error *error, const char *format, ...);

/* Whole texts as numbers: the entire text must be one. */
bool plc_parse_int(const char *text, size_t length, int64_t *ret_value);
bool plc_parse_real(const char *text, size_t length, double *ret_value);

#endif
