/* Programs of others, run to their end. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_RTL_MODELS_CELLS_PROGRAM_H
#define PLC_RTL_MODELS_CELLS_PROGRAM_H

#include <placode/status.h>
#include <sys/types.h>

/* A running program. A zeroed one is none. */
typedef struct plc_program {
    pid_t pid;
    const char *name;
    const char *log; /* file of all it prints */
} plc_program;

/* Starts argv[0], found along PATH, with its output going to the file `log`; both must last.
 * PLC_FAILED when there is no such program. */
plc_status plc_program_begin(plc_program *program, char *const *argv, const char *log,
                             plc_error *error);
/* Waits for it. PLC_INVALID when it refuses, PLC_STOPPED when SIGINT or SIGTERM ended it,
 * PLC_FAILED when another signal did. Nothing happens to none. */
plc_status plc_program_end(plc_program *program, plc_error *error);

#endif
