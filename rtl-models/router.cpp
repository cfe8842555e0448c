// One verilated router behind a C face.
// SPDX-License-Identifier: Apache-2.0
#include "rtl-models/router.h"

#include "rtl-models/context.hpp"

#include "Vplc_router.h"

#include <climits>
#include <memory>
#include <new>

struct plc_rtl_router {
    VerilatedContext context;
    std::unique_ptr<Vplc_router> rtl;
};

namespace
{

void write_word(plc_rtl_router &router, uint64_t space, uint64_t address, uint32_t data)
{
    // host_t: space, address and data, from the high bits.
    uint64_t high = space << 17 | address;
    router.rtl->host_i = high << 32 | data;
    plc_rtl_router_clock(&router);
    router.rtl->host_i = 0;
}

} // namespace

plc_rtl_router *plc_rtl_router_create(void)
{
    try {
        auto router = std::make_unique<plc_rtl_router>();
        ContextInUse in_use(router->context);
        router->context.errorLimit(INT_MAX);
        router->rtl.reset(new Vplc_router(&router->context, "router"));
        router->rtl->rst_ni = 0;
        plc_rtl_router_clock(router.get());
        router->rtl->rst_ni = 1;
        plc_rtl_router_clock(router.get());
        return router.release();
    } catch (const std::bad_alloc &) {
        return nullptr;
    }
}

void plc_rtl_router_destroy(plc_rtl_router *router)
{
    if (!router)
        return;
    ContextInUse in_use(router->context);
    router->rtl.reset();
    delete router;
}

void plc_rtl_router_write(plc_rtl_router *router, uint32_t entry, uint32_t key, uint32_t mask,
                          uint32_t ports)
{
    write_word(*router, 1, entry, key);
    write_word(*router, 2, entry, mask);
    write_word(*router, 3, entry, ports);
}

void plc_rtl_router_look(plc_rtl_router *router, plc_rtl_ports *ports)
{
    ContextInUse in_use(router->context);
    Vplc_router &rtl = *router->rtl;
    rtl.n_entries_i = static_cast<SData>(ports->n_entries);
    rtl.wait_i = ports->wait;
    rtl.in_valid_i = ports->in_valid;
    rtl.out_ready_i = ports->out_ready;
    for (int p = 0; p < PLC_RTL_PORTS; p++)
        rtl.in_data_i[p] = ports->in_data[p];
    rtl.eval();
    ports->in_ready = rtl.in_ready_o;
    ports->out_valid = rtl.out_valid_o;
    for (int p = 0; p < PLC_RTL_PORTS; p++)
        ports->out_data[p] = rtl.out_data_o[p];
    ports->lost = rtl.lost_o;
    ports->dropped = rtl.dropped_o;
    ports->aside = rtl.aside_o;
    ports->idle = rtl.idle_o;
}

void plc_rtl_router_clock(plc_rtl_router *router)
{
    ContextInUse in_use(router->context);
    router->rtl->clk_i = 1;
    router->rtl->eval();
    router->rtl->clk_i = 0;
    router->rtl->eval();
}

int plc_rtl_router_errors(const plc_rtl_router *router)
{
    return router->context.errorCount();
}
