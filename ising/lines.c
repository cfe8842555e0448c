/* Lines of the text formats of graphs and quadratic problems. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ising/lines.h"

#include <string.h>

bool plc_lines_next(plc_scan *scan)
{
    while (plc_scan_line(scan, '#')) {
        const char *after = scan->at + 1;
        if (*scan->at != 'c' || (after < scan->end && !strchr(" \t\r\n", *after)))
            return true;
        const char *newline = memchr(scan->at, '\n', (size_t)(scan->end - scan->at));
        scan->at = newline ? newline : scan->end;
    }
    return false;
}

plc_status plc_lines_count(plc_scan *scan, const char *what, size_t length, size_t bytes,
                           uint64_t *ret_count, plc_error *error)
{
    const int64_t most = (int64_t)((length + 1) / bytes);
    int64_t count;
    plc_status status = plc_scan_int(scan, what, 0, INT64_MAX, &count, error);
    if (status == PLC_OK && count > most)
        status =
            plc_scan_fail(scan, error, "%s: expected at most %lld in a text of %zu bytes, got %lld",
                          what, (long long)most, length, (long long)count);
    if (status == PLC_OK)
        *ret_count = (uint64_t)count;
    return status;
}
