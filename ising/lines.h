/* Lines of the text formats of graphs and quadratic problems. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_ISING_LINES_H
#define PLC_ISING_LINES_H

#include "base/scan.h"

/* Finds the next line that holds something: not blank, not a comment ("# ..." or "c ..."). */
bool plc_lines_next(plc_scan *scan);

/* Reads how many lines of at least `bytes` bytes follow, no more than a text of `length` bytes has
 * room for, so that nothing is allocated for a lie. */
plc_status plc_lines_count(plc_scan *scan, const char *what, size_t length, size_t bytes,
                           uint64_t *ret_count, plc_error *error);

#endif
