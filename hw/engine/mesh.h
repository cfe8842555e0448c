/* The engine `mesh`: the placed network in time, packet by packet. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_HW_ENGINE_MESH_H
#define PLC_HW_ENGINE_MESH_H

#include "hw/engine/fabric.h"
#include "hw/engine/fast_load.h"

/* A synapse of a row: where it adds to in the ring, counted from the slot of the tick. */
typedef struct plc_mesh_synapse {
    uint32_t offset;
    int32_t weight;
} plc_mesh_synapse;

/* A multicast tree: packets of all neurons that have it take the same way. */
typedef struct plc_route {
    uint32_t branch;   /* at the source's router, into the mesh's branches */
    uint32_t leaf;     /* into the mesh's leaves */
    uint32_t n_leaves; /* cores reached */
} plc_route;

/* What a core does in the tick at hand, in [ps] from the start of the run. A core takes a packet in
 * at once (that interrupts all else), has its row fetched while it works at the row before, adds
 * rows in the order of their fetches, and updates neurons in between, in the order of their
 * numbers. */
typedef struct plc_mesh_core {
    uint32_t input;        /* its first in each slot of the ring */
    uint32_t router;       /* it sits at */
    uint64_t heard;        /* [ticks] until then something may be in the ring */
    uint64_t received;     /* the last packet has been taken in */
    uint64_t rows_done;    /* the last row has been added */
    uint64_t neurons;      /* the next spike leaves, or the last neuron has been updated */
    uint32_t sent, n_sent; /* spikes that have left; of the tick */
    uint32_t updated;      /* neurons updated at `neurons` */
    uint32_t n_updates;    /* neurons due in the tick */
    uint32_t *turns;       /* [n_sent] how many neurons have been updated before one that spiked */
    size_t turns_capacity;
} plc_mesh_core;

/* Times of a core's work [ps]. */
typedef struct plc_mesh_times {
    uint64_t tick, neuron, spike, packet, row, synapse, latency, barrier;
    double byte;               /* [ps] of the memory of a router's cores */
    uint32_t row_header, word; /* [B] */
} plc_mesh_times;

typedef struct plc_mesh {
    plc_fast fast; /* the neurons: one shard and one block a core */
    plc_fabric fabric;
    plc_mesh_core *cores;  /* [fast.n_blocks] */
    uint64_t *memory_free; /* [n_routers] [ps] the memory of a router's cores is free */
    plc_branch *branches;
    size_t n_branches, branches_capacity;
    plc_route *routes;
    size_t n_routes, routes_capacity;
    uint32_t *leaves; /* cores, by route */
    size_t n_leaves, leaves_capacity;
    uint32_t *route_of;      /* [n_sources] */
    uint64_t *first_row;     /* [n_sources] where in rows those of a neuron begin */
    uint64_t *first_synapse; /* [n_sources] its first synapse */
    uint32_t *rows;          /* by neuron: where the row on each leaf of its route begins, from the
                              * first synapse on, and where the last one ends */
    size_t n_rows, rows_capacity;
    plc_mesh_synapse *synapses; /* by neuron and leaf */
    size_t n_synapses, synapses_capacity;
    int32_t *ring;  /* [fast.ring][1 << shift] input sums of the ticks to come, by core */
    uint32_t shift; /* 1 << shift >= inputs of all cores */
    plc_mesh_times times;
    uint64_t tick;
    uint64_t now;      /* [ps] start of the tick */
    uint64_t deadline; /* [ps] of a tick in real time; UINT64_MAX: none */
    uint64_t expected; /* packets that cores are to get, of all that were sent */
    plc_engine_cost cost;
    plc_chip *chip; /* owned */
} plc_mesh;

/* Loads a layout into a zeroed mesh. */
plc_status plc_mesh_load(plc_mesh *mesh, const plc_layout *layout,
                         const plc_engine_settings *settings, plc_error *error);

/* What is left to do for a tick when its neurons have been updated: sends their packets, and lets
 * time pass until all is done. *ret_end is that time [ps], *ret_last the core that was last. False
 * when memory is short. */
bool plc_mesh_settle(plc_mesh *mesh, uint64_t *ret_end, uint32_t *ret_last);
/* The owner's side of the fabric. */
plc_fabric_owner plc_mesh_owner(plc_mesh *mesh);

#endif
