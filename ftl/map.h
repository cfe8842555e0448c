/* Mapping a netlist to threshold cells. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_FTL_MAP_H
#define PLC_FTL_MAP_H

#include "ftl/cells.h"

enum {
    PLC_FANIN_MIN = 3,
    PLC_FANIN_CUT_MAX = 8, /* of cells found as functions of a cut; wider ones are made of those */
    PLC_FANIN_MAX = 1024,
    PLC_FANIN_DEFAULT = 6
};

typedef struct plc_ftl_settings {
    uint32_t max_fanin; /* PLC_FANIN_MIN..PLC_FANIN_MAX */
    bool by_depth;      /* the least depth first, then cells; else cells */
    uint32_t effort;    /* 0..3: how long to look; 1 when not said otherwise */
} plc_ftl_settings;

typedef struct plc_ftl_statistics {
    uint32_t structures; /* graphs that were mapped */
    uint64_t programs;   /* linear programs solved */
    uint64_t unresolved; /* and those given up; their functions count as none of a cell */
} plc_ftl_statistics;

/* Maps an AIG; the same netlist and settings give the same cells. Cells are never more than ANDs.
 * PLC_NO_MEMORY. `ret_statistics` may be NULL. */
plc_status plc_ftl_map(const plc_aig *aig, const plc_ftl_settings *settings, plc_cells **ret_cells,
                       plc_ftl_statistics *ret_statistics, plc_error *error);

#endif
