/* The C face of one verilated router, for tests: its ports by hand, cycle by cycle. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_RTL_MODELS_ROUTER_H
#define PLC_RTL_MODELS_ROUTER_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { PLC_RTL_PORTS = 5 }; /* 0..3 the links, 4 the core */

/* What stands at the ports in a cycle. Inputs are the caller's, outputs the router's. */
typedef struct plc_rtl_ports {
    uint32_t n_entries, wait;
    uint8_t in_valid, out_ready; /* bit p: port p */
    uint32_t in_data[PLC_RTL_PORTS];
    uint8_t in_ready, out_valid;
    uint32_t out_data[PLC_RTL_PORTS];
    uint8_t lost, dropped, aside, idle;
} plc_rtl_ports;

typedef struct plc_rtl_router plc_rtl_router;

/* A router after reset, or NULL when memory is short. */
plc_rtl_router *plc_rtl_router_create(void);
void plc_rtl_router_destroy(plc_rtl_router *router);
void plc_rtl_router_write(plc_rtl_router *router, uint32_t entry, uint32_t key, uint32_t mask,
                          uint32_t ports);
/* Takes the inputs over and shows the outputs of this cycle. */
void plc_rtl_router_look(plc_rtl_router *router, plc_rtl_ports *ports);
/* The edge of the clock that ends the cycle. */
void plc_rtl_router_clock(plc_rtl_router *router);
/* Assertions of the RTL that have failed. */
int plc_rtl_router_errors(const plc_rtl_router *router);

#ifdef __cplusplus
}
#endif

#endif
