/* How a process learns that mpirun started it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/engine/ranks.h"

#include <stdlib.h>

/* A whole number in the environment, or -1. */
static long read_variable(const char *name)
{
    const char *text = getenv(name);
    char *end = NULL;
    long value = text ? strtol(text, &end, 10) : -1;
    return text && end > text && !*end && value >= 0 && value < INT32_MAX ? value : -1;
}

plc_launch plc_ranks_launch(void)
{
    static const char *const names[][2] = {{"OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK"},
                                           {"PMI_SIZE", "PMI_RANK"}}; /* Open MPI; MPICH's kin */
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        long n = read_variable(names[i][0]), rank = read_variable(names[i][1]);
        if (n > 0 && rank >= 0 && rank < n)
            return (plc_launch){(uint32_t)n, (uint32_t)rank};
    }
    return (plc_launch){1, 0};
}
