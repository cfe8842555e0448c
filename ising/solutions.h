/* The best distinct states that runs ended in, and how often each was seen. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_ISING_SOLUTIONS_H
#define PLC_ISING_SOLUTIONS_H

#include <placode/status.h>
#include <stddef.h>
#include <stdint.h>

typedef struct plc_solution {
    int64_t cut;
    uint64_t count; /* how often it was seen */
    uint64_t run;   /* that it was first seen in */
    uint8_t *sides; /* [n_vertices] vertex 0 is on side 0 */
} plc_solution;

/* The `limit` best of all that were added: larger cuts first, then by sides. Whether a state is
 * among them does not depend on the order in which states came, nor do counts, for a state that was
 * crowded out once is never among them later. Zeroed with a limit and n_vertices: empty. */
typedef struct plc_solutions {
    uint32_t n_vertices;
    size_t limit;
    plc_solution *list; /* [n] */
    size_t n, capacity;
} plc_solutions;

/* Adds a state, seen `count` times, first in `run`; a state and its complement are one. Does
 * nothing where the limit is 0. PLC_NO_MEMORY. O(n_vertices log limit + limit) */
plc_status plc_solutions_add(plc_solutions *solutions, const uint8_t *sides, int64_t cut,
                             uint64_t count, uint64_t run, plc_error *error);
/* Adds all that another one holds. */
plc_status plc_solutions_merge(plc_solutions *solutions, const plc_solutions *others,
                               plc_error *error);
void plc_solutions_finish(plc_solutions *solutions);

#endif
