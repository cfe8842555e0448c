/* What the parts of engine systemc share: cores in C, tiles in RTL, and the SystemC mesh of both.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_HW_ENGINE_SYSTEMC_H
#define PLC_HW_ENGINE_SYSTEMC_H

#include "hw/engine/fast_load.h"
#include "hw/engine/rtl.h"
#include "rtl-models/tlm.h"

/* A synapse as a core in C adds it: to the input `at` of its core, `delay` slots on. */
typedef struct plc_systemc_synapse {
    uint32_t at;
    int32_t weight;
    uint32_t delay; /* [ticks]; 0: a plastic one, which is added by itself */
} plc_systemc_synapse;

/* What a core in C has besides its neurons. */
typedef struct plc_systemc_core {
    bool is_rtl;           /* it is in a tile of RTL, and has none of this */
    int32_t *ring;         /* [fast.ring][inputs of its shard] sums of the ticks to come */
    plc_tlm_spike *spikes; /* [sent in the tick at hand] */
    size_t spikes_capacity;
    uint32_t *plastic; /* [n_plastic] sources whose plastic rows have been asked for in the tick */
    size_t n_plastic, plastic_capacity;
} plc_systemc_core;

typedef struct plc_systemc {
    plc_fast fast; /* the neurons: one shard and one block a core */
    plc_rtl rtl;   /* the tiles in RTL; its mesh is NULL where there are none */
    plc_tlm_mesh *mesh;
    plc_chip *chip;                /* a copy */
    plc_systemc_core *cores;       /* [n_cores] of the layout */
    uint32_t *key_of;              /* [n_sources] */
    uint32_t *off_of;              /* [n_sources] bit that an OFF spike adds */
    plc_layout tables;             /* of the layout only cores, key_entries and row_offsets */
    plc_systemc_synapse *synapses; /* [row_offsets[n_rows]] */
    uint32_t *source_of; /* [n_rows] of rows with plastic synapses; NULL: there are none */
    bool *is_rtl;        /* [routers] */
    uint32_t *core_at;   /* [routers] the first core there, or 0 */
    uint32_t first_rtl;  /* a core in RTL, or UINT32_MAX */
    uint64_t clock;      /* [ps] a cycle */
    uint64_t length;     /* [ps] of all ticks so far */
    uint64_t tick;       /* at hand */
    plc_engine_cost cost;
} plc_systemc;

/* Loads a layout; settings->rtl_tiles says which tiles are in RTL. */
plc_status plc_systemc_load(plc_systemc *systemc, const plc_layout *layout,
                            const plc_engine_settings *settings, plc_error *error);
/* A plc_tlm_owner.update and .deliver; the context is a plc_systemc. */
bool plc_systemc_update(void *context, uint32_t core, const plc_tlm_spike **ret_spikes,
                        uint32_t *ret_n_spikes, uint32_t *ret_n_updates);
bool plc_systemc_deliver(void *context, uint32_t core, uint32_t key, uint32_t *ret_n);

#endif
