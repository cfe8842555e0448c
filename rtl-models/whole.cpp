// plc_mesh of 2 x 2 tiles, verilated as a whole, behind a C face.
// SPDX-License-Identifier: Apache-2.0
#include "rtl-models/whole.h"

#include "rtl-models/context.hpp"

#include "Vplc_mesh.h"

#include <climits>
#include <memory>
#include <new>

struct plc_rtl_whole {
    VerilatedContext context;
    std::unique_ptr<Vplc_mesh> rtl;
    plc_rtl_counts counts = {};
    plc_rtl_spike spikes[PLC_RTL_WHOLE_SPIKES];
    size_t n_spikes = 0;
};

namespace
{

uint64_t count(unsigned tiles)
{
    return static_cast<uint64_t>(__builtin_popcount(tiles));
}

void run_cycle(plc_rtl_whole &whole)
{
    ContextInUse in_use(whole.context);
    Vplc_mesh &rtl = *whole.rtl;
    rtl.clk_i = 1;
    rtl.eval();
    rtl.clk_i = 0;
    rtl.eval();
    for (uint32_t tile = 0; tile < PLC_RTL_WHOLE_TILES; tile++)
        if ((rtl.spike_o >> tile & 1) && whole.n_spikes < PLC_RTL_WHOLE_SPIKES) {
            uint32_t neuron =
                static_cast<uint32_t>(rtl.spike_neuron_o >> (10 * tile)) & (PLC_RTL_NEURONS - 1);
            whole.spikes[whole.n_spikes++] = {tile, neuron, (rtl.spike_off_o >> tile & 1) != 0};
        }
    plc_rtl_counts &c = whole.counts;
    c.spikes += count(rtl.spike_o);
    c.updates += count(rtl.update_o);
    c.events += count(rtl.event_o);
    c.plastic_events += count(rtl.plastic_event_o);
    c.deliveries += count(rtl.deliver_o);
    c.passes += count(rtl.pass_o);
    c.dropped += count(rtl.dropped_o);
    c.aside += count(rtl.aside_o);
    c.lost += count(rtl.lost_o);
}

} // namespace

plc_rtl_whole *plc_rtl_whole_create(void)
{
    try {
        auto whole = std::make_unique<plc_rtl_whole>();
        ContextInUse in_use(whole->context);
        whole->context.errorLimit(INT_MAX);
        whole->rtl.reset(new Vplc_mesh(&whole->context, "mesh"));
        for (int level = 0; level < 2; level++) {
            whole->rtl->rst_ni = static_cast<CData>(level);
            run_cycle(*whole);
            run_cycle(*whole);
        }
        while (!whole->rtl->idle_o)
            run_cycle(*whole);
        return whole.release();
    } catch (const std::bad_alloc &) {
        return nullptr;
    }
}

void plc_rtl_whole_destroy(plc_rtl_whole *whole)
{
    if (!whole)
        return;
    ContextInUse in_use(whole->context);
    whole->rtl.reset();
    delete whole;
}

void plc_rtl_whole_write(plc_rtl_whole *whole, uint32_t tile, plc_rtl_space space, uint32_t address,
                         uint32_t data)
{
    whole->rtl->host_tile_i = static_cast<SData>(tile);
    whole->rtl->host_space_i = static_cast<CData>(space);
    whole->rtl->host_address_i = address;
    whole->rtl->host_data_i = data;
    run_cycle(*whole);
    whole->rtl->host_space_i = 0;
}

uint64_t plc_rtl_whole_tick(plc_rtl_whole *whole, uint64_t cycles)
{
    uint64_t n = 1;
    whole->n_spikes = 0;
    whole->rtl->tick_i = 1;
    run_cycle(*whole);
    whole->rtl->tick_i = 0;
    whole->rtl->eval();
    for (; n < cycles && !whole->rtl->idle_o; n++)
        run_cycle(*whole);
    whole->counts.cycles += n;
    return whole->rtl->idle_o ? n : 0;
}

const plc_rtl_spike *plc_rtl_whole_spikes(const plc_rtl_whole *whole, size_t *ret_n)
{
    *ret_n = whole->n_spikes;
    return whole->spikes;
}

plc_rtl_counts plc_rtl_whole_counts(const plc_rtl_whole *whole)
{
    return whole->counts;
}

int plc_rtl_whole_errors(const plc_rtl_whole *whole)
{
    return whole->context.errorCount();
}
