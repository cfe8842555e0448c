/* What the parts of loading a layout into engine rtl share. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_HW_ENGINE_RTL_LOAD_H
#define PLC_HW_ENGINE_RTL_LOAD_H

#include "hw/engine/rtl.h"

/* A rule of plasticity on a core: a population's, with the ring shifts of its neurons. */
typedef struct plc_rtl_rule {
    const plc_stdp_rule *stdp; /* the layout's */
    uint32_t shifts;           /* as PLC_RTL_RULE_SHIFTS */
} plc_rtl_rule;

typedef struct plc_rtl_loading {
    plc_rtl *rtl;
    const plc_layout *layout;
    uint32_t tile, core;                                      /* at hand */
    uint32_t populations[PLC_RTL_POPULATIONS], n_populations; /* that it has so far */
    plc_rtl_rule rules[PLC_RTL_RULES];                        /* likewise */
    uint32_t n_rules;
    uint32_t *row_at; /* [rows of the layout] word of its tile where the synapses of a row begin */
} plc_rtl_loading;

static inline void plc_rtl_write(const plc_rtl_loading *l, plc_rtl_space space, uint32_t address,
                                 uint32_t data)
{
    plc_rtl_mesh_write(l->rtl->mesh, l->tile, space, address, data);
}

/* "tile (2, 1): keys: 70 needed, 64 there" */
plc_status plc_rtl_fail_fit(const plc_rtl_loading *l, const char *what, uint64_t needed,
                            uint64_t there, plc_error *error);

/* Writes the rules of a core's populations, and which neurons have them. */
plc_status plc_rtl_load_rules(plc_rtl_loading *l, const plc_layout_core *core, plc_error *error);
/* Writes the addresses of a core's rows, and behind them the rows. */
plc_status plc_rtl_load_rows(plc_rtl_loading *l, const plc_layout_core *core, plc_error *error);
/* Notes where the weights of plastic synapses stand, once all rows have been loaded. */
plc_status plc_rtl_find_weights(const plc_rtl_loading *l, plc_error *error);

#endif
