/* Engine mesh, cycle by cycle: chips whose cores receive in hardware, as that of rtl-models/. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_HW_ENGINE_CLOCKED_H
#define PLC_HW_ENGINE_CLOCKED_H

#include "hw/engine/mesh.h"

#define PLC_CLOCKED_NEVER UINT64_MAX

enum {
    PLC_CLOCKED_ASIDE = PLC_N_PORTS, /* in the place of a port: packets that stand aside */
    PLC_CLOCKED_TURNS,
};

/* A packet at one place of the mesh, or a row that waits. Times are cycles of the tick. */
typedef struct plc_clocked_packet {
    uint64_t ready; /* from then on it may go on */
    uint32_t branch, source, cargo;
    uint32_t next; /* packet behind it */
} plc_clocked_packet;

/* Packets in line. Who looks for room sees it as it was when the cycle began. */
typedef struct plc_clocked_fifo {
    uint32_t head, tail, n;
    uint64_t popped; /* cycle that the last one left in */
} plc_clocked_fifo;

/* Where an updater is: what it does in cycle `at`. */
typedef struct plc_clocked_place {
    uint64_t at;
    uint64_t begins; /* cycles of the slice before its first neuron, to come yet */
    uint32_t slice;  /* of the core; the core's n_slices: it is done */
    uint32_t neuron; /* of the core */
    uint32_t step;   /* cycles of the neuron that are over; it may be held only before the first */
} plc_clocked_place;

/* Neurons [.., end) of a core, one slice. */
typedef struct plc_clocked_slice {
    uint32_t end;
    uint32_t population;
    bool anneals; /* ON-OFF pairs */
    plc_schedule schedule;
} plc_clocked_slice;

/* A router and its core. */
typedef struct plc_clocked_tile {
    plc_clocked_fifo in[PLC_N_PORTS], out[PLC_N_PORTS], aside, spikes, rows;
    uint64_t line_free[PLC_N_LINKS];
    uint32_t packets; /* here, of those that a router moves */
    bool hot;         /* has any */
    bool touched;     /* has had any in this tick */
    /* the router's stage between its ports */
    uint32_t key;   /* packet, or PLC_NO_PACKET */
    uint64_t taken; /* cycle */
    bool again;     /* it stood aside before */
    uint32_t turn;  /* port that is asked first */
    uint32_t core;  /* of the layout, or UINT32_MAX */
    /* the core: its updater */
    plc_clocked_place place;
    uint64_t full;    /* no neuron is read from then on, for want of room to send */
    uint64_t next;    /* it sends then; PLC_CLOCKED_NEVER: no more, or not known */
    uint64_t updated; /* it is done with its neurons; PLC_CLOCKED_NEVER: not known */
    bool called;      /* an event is under way that looks at it again */
    uint32_t sent;    /* spikes of the tick that have left */
    /* and its receiver */
    uint64_t adds, free;      /* adds synapses from `adds` to `free`, and is free then */
    uint64_t received, added; /* done with the last packet without a row, and with the last row */
} plc_clocked_tile;

struct plc_clocked {
    plc_clocked_tile *tiles; /* [n_routers] */
    uint32_t n_tiles;
    int32_t *neighbours;       /* [n_routers * PLC_N_LINKS] tile, or PLC_NO_ROUTER */
    uint32_t *slice_begins;    /* [n_cores + 1] into slices */
    plc_clocked_slice *slices; /* by core and offset */
    uint32_t *offsets;         /* [n_sources] neuron of its core */
    uint32_t *hot;             /* [n_hot] tiles with packets */
    uint32_t n_hot;
    uint32_t *touched; /* [n_touched] tiles that have had packets in this tick */
    uint32_t n_touched;
    uint32_t *used; /* [n_used] tiles with cores */
    uint32_t n_used;
    plc_clocked_packet *packets;
    size_t n_packets, capacity;
    uint32_t idle; /* list of packets not in use */
    plc_event_queue events;
    uint64_t now, moved; /* cycle, and the last one in which anything moved */
    uint64_t cycle;      /* [ps] */
    uint64_t wait;       /* [cycles] that a packet is blocked before it steps aside */
    uint64_t aside;      /* [packets] that may stand aside in a router */
    uint32_t link_buffer, spike_buffer;
    uint64_t tick, slice, neuron, anneal, spike, packet, row, synapse, plastic_row, plastic,
        latency, interval, link, barrier; /* [cycles] */
};

/* Whether a chip is one that runs cycle by cycle: one core with a receiver at each router, one
 * clock, and no packet is ever dropped. */
bool plc_clocked_is(const plc_chip *chip);
/* What a mesh that has been loaded needs besides, in mesh->clocked. */
plc_status plc_clocked_create(plc_mesh *mesh, const plc_layout *layout,
                              const uint32_t *first_source, plc_error *error);
void plc_clocked_destroy(plc_clocked *clocked);
/* plc_mesh_settle() for such a chip. The cycles are those of the RTL: a neuron takes its cycles one
 * after the other and is held before the first while the receiver adds, or while no spike more can
 * wait; routers ask their ports in turn and hand a packet to all its outputs at once. */
bool plc_clocked_settle(plc_mesh *mesh, plc_engine_tick *ret_tick);

/* ---- between its files ---- */

/* Adds a packet behind the others, to go on from cycle `ready` on; false when memory is short. */
bool plc_clocked_push(plc_clocked *c, plc_clocked_fifo *fifo, plc_clocked_packet packet,
                      uint64_t ready);
/* Takes the first packet out, in this cycle. */
plc_clocked_packet plc_clocked_pop(plc_clocked *c, plc_clocked_fifo *fifo);

static inline bool plc_clocked_is_ready(const plc_clocked *c, const plc_clocked_fifo *fifo)
{
    return fifo->n && c->packets[fifo->head].ready <= c->now;
}

/* Packets as the cycle began. One that is added in this cycle is added after the look. */
static inline uint32_t plc_clocked_count(const plc_clocked *c, const plc_clocked_fifo *fifo)
{
    return fifo->n + (fifo->popped == c->now);
}

/* Makes a tile as it is before a tick. */
void plc_clocked_clear(plc_clocked_tile *tile);
/* A core at the begin of a tick. */
bool plc_clocked_core_begin(plc_mesh *mesh, uint32_t tile);
/* Cycle `c->now`: the spike that leaves, if it does now. */
bool plc_clocked_core_call(plc_mesh *mesh, uint32_t tile);
/* The receiver takes a packet, or a row that has waited. */
bool plc_clocked_core_receive(plc_mesh *mesh, uint32_t tile);
/* There is room for a spike from the next cycle on. */
bool plc_clocked_core_release(plc_mesh *mesh, uint32_t tile);
/* A tile has something to do for its router. */
void plc_clocked_heat(plc_clocked *c, uint32_t tile);

static inline uint64_t plc_clocked_ps(const plc_mesh *mesh, const plc_clocked *c, uint64_t cycle)
{
    return mesh->now + cycle * c->cycle;
}

#endif
