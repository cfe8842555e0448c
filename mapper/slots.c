/* Slots of routers. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/slots.h"

#include "base/error.h"
#include "base/memory.h"

void plc_slots_finish(plc_slots *slots)
{
    free(slots->begin);
    free(slots->router);
    free(slots->occupant);
    free(slots->slot_of);
    free(slots->router_of);
    *slots = (plc_slots){0};
}

void plc_slots_place(plc_slots *slots, const uint32_t *placed)
{
    for (uint32_t s = 0; s < slots->n; s++)
        slots->occupant[s] = PLC_EMPTY;
    for (uint32_t v = 0; v < slots->n_vertices; v++) {
        uint32_t s = slots->begin[placed[v]]++;
        slots->occupant[s] = v;
        slots->slot_of[v] = s;
        slots->router_of[v] = placed[v];
    }
    for (uint32_t v = 0; v < slots->n_vertices; v++)
        slots->begin[placed[v]]--;
}

plc_status plc_slots_init(plc_slots *slots, uint32_t n_routers, const uint32_t *capacity,
                          uint32_t n_vertices, const uint32_t *placed, plc_error *error)
{
    uint64_t n = 0;
    for (uint32_t r = 0; r < n_routers; r++)
        n += capacity[r];
    *slots = (plc_slots){.n_vertices = n_vertices, .n = (uint32_t)n};
    slots->begin = plc_array(n_routers + 1ul, sizeof *slots->begin);
    slots->router = plc_array(n, sizeof *slots->router);
    slots->occupant = plc_array(n, sizeof *slots->occupant);
    slots->slot_of = plc_array(n_vertices, sizeof *slots->slot_of);
    slots->router_of = plc_array(n_vertices, sizeof *slots->router_of);
    if (n > UINT32_MAX || !slots->begin || !slots->router || !slots->occupant || !slots->slot_of ||
        !slots->router_of) {
        plc_slots_finish(slots);
        return plc_fail_memory(error, "placement");
    }
    for (uint32_t r = 0; r < n_routers; r++) {
        slots->begin[r + 1] = slots->begin[r] + capacity[r];
        for (uint32_t s = slots->begin[r]; s < slots->begin[r + 1]; s++)
            slots->router[s] = r;
    }
    plc_slots_place(slots, placed);
    return PLC_OK;
}
