/* The fabric: routers, links and the packets between them, in time. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_HW_ENGINE_FABRIC_H
#define PLC_HW_ENGINE_FABRIC_H

#include "hw/chip/chip.h"
#include "hw/engine/event_queue.h"

/* Whole picoseconds: 0 where a time is not known, UINT64_MAX where it is unbounded. */
static inline uint64_t plc_picoseconds(double seconds)
{
    if (isnan(seconds))
        return 0;
    return seconds < 1e6 ? (uint64_t)llround(seconds * 1e12) : UINT64_MAX;
}

/* A router of a multicast tree. The branches behind its links follow each other in the order of the
 * links. */
typedef struct plc_branch {
    uint32_t router;
    uint32_t next;     /* branch behind the first of `links` */
    uint32_t leaf;     /* number of its first leaf in the tree */
    uint16_t n_leaves; /* cores that the packet is handed to here */
    uint8_t links;     /* bit l: it goes on through link l */
} plc_branch;

typedef enum plc_sight {
    PLC_SEE_ROUTER, /* a router goes on with a packet, which it took in at `begin` */
    PLC_SEE_LINE,   /* a line carries a packet */
} plc_sight;

typedef struct plc_packet {
    uint64_t ready; /* [ps] it may leave the router from then on */
    uint32_t branch;
    uint32_t source;
    uint32_t cargo; /* what the owner makes of it */
    uint32_t next;  /* packet behind it, or PLC_NO_PACKET */
} plc_packet;

#define PLC_NO_PACKET UINT32_MAX

/* What the fabric's owner does when time comes to it; returns false when memory is short. */
typedef struct plc_fabric_owner {
    /* A packet of `source` reaches the leaves of a branch at a time. */
    bool (*deliver)(void *context, const plc_branch *branch, uint32_t source, uint32_t cargo,
                    uint64_t time);
    /* An event added by plc_fabric_call() has come. */
    bool (*call)(void *context, uint32_t subject, uint64_t time);
    /* A packet is dropped that has waited since `begin` for room at a line. */
    void (*drop)(void *context, uint32_t line, const plc_packet *packet, uint64_t begin,
                 uint64_t end);
    /* Watches packets at a router or line; NULL: nobody does. */
    void (*see)(void *context, plc_sight sight, uint32_t place, const plc_packet *packet,
                uint64_t begin, uint64_t end);
    void *context;
} plc_fabric_owner;

typedef struct plc_fifo {
    uint32_t head, tail, n;
} plc_fifo;

enum {
    PLC_PORT_LOCAL = PLC_N_LINKS, /* packets from the router's own cores */
    PLC_N_PORTS,
};

typedef struct plc_router {
    uint64_t free_at;             /* [ps] it takes the next packet in from then on */
    plc_fifo in[PLC_N_PORTS];     /* port l: packets that went along a link l */
    int32_t feeders[PLC_N_LINKS]; /* line that ends at the port, if any does */
    uint32_t filled;              /* bit p: packets stand at port p */
    uint32_t turns;               /* bit a: arbiter a asks its second input first */
    uint32_t held;                /* packet for which a link has no room, or PLC_NO_PACKET */
    uint64_t held_since;          /* [ps] */
    bool called;                  /* an event is under way that looks at it again */
    plc_fifo dropped; /* packets that wait to be sent anew, the first for the next event */
} plc_router;

/* A link that leaves a router. */
typedef struct plc_line {
    plc_fifo out;
    int32_t to; /* router, or PLC_NO_ROUTER */
    bool busy;  /* its first packet is on the way */
} plc_line;

/* What has happened since the fabric was made. */
typedef struct plc_fabric_stats {
    uint64_t injected, hops, passes; /* packets in; over links; through routers */
    uint64_t drops;                  /* packets that gave up waiting for a link */
    uint64_t lost;                   /* leaves that were not reached for it */
    uint64_t forced;                 /* packets pushed into full buffers to break a deadlock */
    uint64_t waiting; /* [ps] that packets stood at the head of a router for want of room */
} plc_fabric_stats;

typedef struct plc_fabric {
    const plc_branch *branches; /* of all trees; the owner's */
    plc_fabric_owner owner;
    plc_router *routers; /* [n_routers] */
    plc_line *lines;     /* [n_routers * PLC_N_LINKS] */
    uint32_t n_routers;
    uint8_t ways[PLC_N_PORTS];                   /* bit a: packets of the port pass arbiter a */
    uint8_t firsts[PLC_N_PORTS];                 /* and by its first input */
    uint64_t link_time, latency, interval, wait; /* [ps]; wait UINT64_MAX: for ever */
    uint32_t buffer;                             /* [packets] of a link, at each end */
    bool reinjects; /* dropped packets are sent anew, else they are lost */
    bool stopped;   /* set by the owner: plc_fabric_run() returns after this event */
    plc_event_queue events;
    plc_packet *packets;
    size_t n_packets, packets_capacity;
    uint32_t idle; /* list of packets not in use */
    uint64_t in_flight;
    plc_fabric_stats stats;
} plc_fabric;

/* An idle fabric of a chip's routers. Each router is a pipeline that takes in one packet an
 * interval, from its ports through a tree of arbiters, and gives it to all its links and cores at
 * once, a latency later; when a link has no room the router waits, and after wait1 + wait2 the
 * packet is dropped, without emergency routing, as SpiNNaker's boot code sets it. A link carries
 * one packet at a time and has `link_buffer` places before it and as many behind it; it starts when
 * there is room behind. Cores take packets in at once. Source: Tickysim (Heathcote, its source
 * code). What differs: arbiters have no buffers of their own and take no time, as does the way from
 * a core to its router, and packets behind one that waits do not close up within the router. */
plc_status plc_fabric_init(plc_fabric *fabric, const plc_chip *chip, plc_fabric_owner owner,
                           plc_error *error);
void plc_fabric_finish(plc_fabric *fabric);

/* A packet enters the router of a branch from one of its cores, now. False when memory is short. */
bool plc_fabric_inject(plc_fabric *fabric, uint64_t now, uint32_t branch, uint32_t source,
                       uint32_t cargo);
/* Calls the owner back at a time. */
bool plc_fabric_call(plc_fabric *fabric, uint64_t time, uint32_t subject);
/* Lets time pass until nothing is left to happen, or to `end`; false when memory is short. Events
 * at `end` and later stay. *ret_time, which may be NULL, is the time of the last event. */
bool plc_fabric_run(plc_fabric *fabric, uint64_t end, uint64_t *ret_time);

#endif
