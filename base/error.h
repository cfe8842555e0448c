/* Filling a plc_error: the one way a function reports failure. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_BASE_ERROR_H
#define PLC_BASE_ERROR_H

#include <placode/status.h>

/* Formats a message into `error` (may be NULL) and returns `status`, so that `return plc_fail(...)`
 * reads as one step. */
__attribute__((format(printf, 3, 4))) plc_status plc_fail(plc_error *error, plc_status status,
                                                          const char *format, ...);

/* Adds to the message of `error`, all of it or, where there is no room, nothing. */
__attribute__((format(printf, 2, 3))) void plc_error_add(plc_error *error, const char *format, ...);

/* The failure of an allocation of `what`. */
plc_status plc_fail_memory(plc_error *error, const char *what);

#endif
