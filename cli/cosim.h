/* placode cosim: what its kinds share. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_CLI_COSIM_H
#define PLC_CLI_COSIM_H

#include "cli/command.h"

/* A user's cell against the kernel of a model. */
typedef struct cosim_cell {
    const char *path;  /* FILE.sv, FILE.v or FILE.f */
    const char *top;   /* NULL: the file's name */
    const char *model; /* a contract's name */
    const char *cache; /* or NULL */
    uint64_t n_cycles, seed;
    bool as_json;
} cosim_cell;

/* The exit status. */
int cosim_cell_run(const cosim_cell *task);

#endif
