/* Filling a plc_error. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

plc_status plc_fail(plc_error *error, plc_status status, const char *format, ...)
{
    if (error) {
        va_list args;
        va_start(args, format);
        error->status = status;
        vsnprintf(error->message, sizeof error->message, format, args);
        va_end(args);
    }
    return status;
}

void plc_error_add(plc_error *error, const char *format, ...)
{
    size_t length = strlen(error->message), room = sizeof error->message - length;
    va_list args;
    va_start(args, format);
    int n = vsnprintf(error->message + length, room, format, args);
    va_end(args);
    if (n < 0 || (size_t)n >= room)
        error->message[length] = '\0';
}

plc_status plc_fail_memory(plc_error *error, const char *what)
{
    return plc_fail(error, PLC_NO_MEMORY, "out of memory: %s", what);
}

const char *plc_status_name(plc_status status)
{
    switch (status) {
    case PLC_OK:
        return "ok";
    case PLC_FAILED:
        return "failed";
    case PLC_INVALID:
        return "invalid";
    case PLC_NO_MEMORY:
        return "no memory";
    case PLC_DOES_NOT_FIT:
        return "does not fit";
    case PLC_DIFFERS:
        return "differs";
    case PLC_STOPPED:
        return "stopped";
    }
    return "unknown";
}
