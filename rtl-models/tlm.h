/* The C face of the SystemC mesh: routers and cores at the level of transactions, tiles of RTL
 * among them. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_RTL_MODELS_TLM_H
#define PLC_RTL_MODELS_TLM_H

#include "rtl-models/mesh.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { PLC_TLM_LINKS = 6 }; /* 0 east, then anticlockwise; a mesh of four links has no 1 and 4 */

#define PLC_TLM_NONE UINT32_MAX

/* A spike that a core is to send. */
typedef struct plc_tlm_spike {
    uint32_t key;
    uint32_t turn; /* neurons updated in the tick before the one that spikes */
} plc_tlm_spike;

/* What a core in C is to do; false when memory is short. */
typedef struct plc_tlm_owner {
    /* A tick begins: updates the neurons of a core. The spikes are its own until the next tick. */
    bool (*update)(void *context, uint32_t core, const plc_tlm_spike **ret_spikes,
                   uint32_t *ret_n_spikes, uint32_t *ret_n_updates);
    /* A packet reaches a core; *ret_n: the synapses of its row. */
    bool (*deliver)(void *context, uint32_t core, uint32_t key, uint32_t *ret_n);
    void *context;
} plc_tlm_owner;

/* How long things take [ps]. */
typedef struct plc_tlm_times {
    uint64_t clock;                   /* period of the tiles in RTL; a tick begins on an edge */
    uint64_t link, latency, interval; /* of a link; of a router, and between two packets of it */
    uint64_t wait;  /* for room, until a packet is dropped; UINT64_MAX: there is no end to it */
    uint64_t aside; /* for room, until a packet steps aside where it is never dropped */
    uint64_t tick, neuron, spike, packet, row, synapse; /* of a core */
    uint64_t barrier;      /* from the last thing done to the tick's end */
    uint32_t link_buffer;  /* [packets] before a link and as many behind it; UINT32_MAX: no bound */
    uint32_t spike_buffer; /* [packets] of a core; likewise */
} plc_tlm_times;

typedef struct plc_tlm_settings {
    uint32_t n_routers, cores_per_router;
    const uint32_t *neighbours; /* [n_routers][PLC_TLM_LINKS] router, or PLC_TLM_NONE */
    const uint32_t *cores;      /* [n_routers][cores_per_router] core there, or PLC_TLM_NONE */
    plc_rtl_mesh *rtl;          /* tiles in RTL, borrowed, loaded by who owns it; NULL: there are
                                 * none. A tile has the number of its router. */
    const bool *is_rtl;         /* [n_routers]; NULL: none is */
    plc_tlm_times times;
    plc_tlm_owner owner;
} plc_tlm_settings;

/* Since the mesh was made. Of what happens within tiles of RTL, only what their links show. */
typedef struct plc_tlm_counts {
    uint64_t packets;    /* sent by cores in C */
    uint64_t hops;       /* packets over links */
    uint64_t passes;     /* packets through routers in C */
    uint64_t deliveries; /* packets to cores in C */
    uint64_t dropped;    /* packets that waited too long, and were sent anew */
    uint64_t aside;      /* packets that stepped aside, each time counted */
    uint64_t lost;       /* copies that had nowhere to go */
} plc_tlm_counts;

typedef struct plc_tlm_mesh plc_tlm_mesh;

/* An idle mesh without routes, or NULL when memory is short. */
plc_tlm_mesh *plc_tlm_mesh_create(const plc_tlm_settings *settings);
void plc_tlm_mesh_destroy(plc_tlm_mesh *mesh);
/* Adds the next entry to the table of a router in C: bit l of links, and cores by their numbers at
 * the router. The first match counts. False when memory is short. */
bool plc_tlm_mesh_route(plc_tlm_mesh *mesh, uint32_t router, uint32_t key, uint32_t mask,
                        uint32_t links, const uint32_t *cores, uint32_t n_cores);
/* Runs one tick, until nothing is left to happen. ret_ps: how long it took; ret_router: where
 * something was last done. */
plc_rtl_result plc_tlm_mesh_tick(plc_tlm_mesh *mesh, uint64_t *ret_ps, uint32_t *ret_router);
plc_tlm_counts plc_tlm_mesh_counts(const plc_tlm_mesh *mesh);

#ifdef __cplusplus
}
#endif

#endif
