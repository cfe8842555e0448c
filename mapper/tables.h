/* Routing tables from what each router has to do. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_MAPPER_TABLES_H
#define PLC_MAPPER_TABLES_H

#include "mapper/mapping.h"

/* What a router does with the packets of one group. */
typedef struct plc_way {
    uint32_t router;
    bool defaultable; /* without an entry it would do the same */
    plc_route_entry entry;
} plc_way;

typedef struct plc_ways {
    plc_way *data; /* every group has one at each router that its packets come to, and at its own */
    size_t n, capacity;
} plc_ways;

/* Makes the mapping's routing tables; sorts the ways. At effort 0 each way that is not defaultable
 * is an entry. At effort 1 the tables are covered greedily, at efforts 2 and 3 minimised at those
 * of plc_table_minimise(); where they do not fit the chip, at higher ones, too. What comes out is
 * proved. PLC_DOES_NOT_FIT when a table stays too large; before anything is minimised where no
 * keys could make it fit, and coarser groups are still to be tried. */
plc_status plc_map_tables(plc_mapping *mapping, plc_ways *ways, plc_error *error);

#endif
