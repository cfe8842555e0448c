/* Slots: room for one vertex each on the routers, as annealers move vertices about. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_MAPPER_SLOTS_H
#define PLC_MAPPER_SLOTS_H

#include <placode/status.h>
#include <stdint.h>

#define PLC_EMPTY UINT32_MAX

/* Who is where. A zeroed one is empty. */
typedef struct plc_slots {
    uint32_t n_vertices, n;
    uint32_t *begin;     /* [n_routers + 1] slots of each router */
    uint32_t *router;    /* [n] */
    uint32_t *occupant;  /* [n] vertex, or PLC_EMPTY */
    uint32_t *slot_of;   /* [n_vertices] */
    uint32_t *router_of; /* [n_vertices] */
} plc_slots;

/* `capacity` [n_routers] slots on each router; placed [n_vertices] must keep to it. */
plc_status plc_slots_init(plc_slots *slots, uint32_t n_routers, const uint32_t *capacity,
                          uint32_t n_vertices, const uint32_t *placed, plc_error *error);
void plc_slots_finish(plc_slots *slots);

/* Moves all vertices to other routers; placed [n_vertices] must keep to the capacities. */
void plc_slots_place(plc_slots *slots, const uint32_t *placed);

/* Exchanges the contents of two slots. */
static inline void plc_slots_exchange(plc_slots *slots, uint32_t s, uint32_t t)
{
    uint32_t v = slots->occupant[s], u = slots->occupant[t];
    slots->occupant[s] = u;
    slots->occupant[t] = v;
    if (v != PLC_EMPTY) {
        slots->slot_of[v] = t;
        slots->router_of[v] = slots->router[t];
    }
    if (u != PLC_EMPTY) {
        slots->slot_of[u] = s;
        slots->router_of[u] = slots->router[s];
    }
}

#endif
