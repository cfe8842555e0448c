/* The machine as placement sees it: routers, distances, and room for vertices. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_MAPPER_MACHINE_H
#define PLC_MAPPER_MACHINE_H

#include "hw/chip/chip.h"

#include <stdint.h>

/* Distances are looked up as near[row[a] + column[b]]: for a mesh without faults the table is
 * indexed by the offset from a to b and stays in the first-level cache; with dead parts it is the
 * full matrix. */
typedef struct plc_machine {
    const plc_chip *chip;
    uint32_t n_routers;
    uint32_t
        *capacity; /* [n_routers] cores; 0 where dead or not connected to the first live router */
    int32_t (*next)[PLC_N_LINKS]; /* [n_routers] router behind each link, or -1 */
    uint16_t *near;               /* hops */
    uint32_t *row, *column;       /* [n_routers] */
} plc_machine;

enum { PLC_UNREACHABLE = UINT16_MAX };

static inline uint32_t plc_machine_hops(const plc_machine *m, uint32_t from, uint32_t to)
{
    return m->near[m->row[from] + m->column[to]];
}

/* The chip is borrowed and must outlive the machine. O(routers), with dead parts O(routers^2). */
plc_status plc_machine_init(plc_machine *machine, const plc_chip *chip, plc_error *error);
void plc_machine_finish(plc_machine *machine);

#endif
