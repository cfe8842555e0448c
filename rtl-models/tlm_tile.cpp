// A verilated tile among transactions.
// SPDX-License-Identifier: Apache-2.0
#include "rtl-models/tlm_tile.hpp"

#include <algorithm>

namespace plc
{

namespace
{

// A tile's links as those of the mesh, and back.
constexpr unsigned mesh_links[PLC_RTL_LINKS] = {0, 2, 3, 5};
constexpr unsigned tile_links[PLC_TLM_LINKS] = {0, 0, 1, 2, 0, 3};

} // namespace

Tile::Tile(sc_core::sc_module_name name, Shared &shared, uint32_t router,
           const std::vector<unsigned> &ports)
    : Node(name, shared, router, ports)
{
    SC_METHOD(edge);
    dont_initialize();
    sensitive << clock_;
    SC_METHOD(look);
    dont_initialize();
    sensitive << edge_done_;
    SC_METHOD(exchange);
    dont_initialize();
    sensitive << exchange_;
    plc_rtl_mesh_look(shared.rtl, router, &flits_);
}

void Tile::wake(uint64_t time)
{
    if (next_ != NEVER)
        return;
    next_ = time;
    clock_.notify(sc_core::sc_time::from_value(time - now_ps()));
}

void Tile::start(uint64_t begin)
{
    tick_ = true;
    edge_at_ = begin - shared_.times.clock;
    wake(begin);
}

bool Tile::offered(unsigned port, uint32_t key)
{
    unsigned link = tile_links[port];
    if (!(flits_.in_ready >> link & 1) || (flits_.in_valid >> link & 1))
        return false;
    flits_.in_valid = static_cast<uint8_t>(flits_.in_valid | 1u << link);
    flits_.in_data[link] = key;
    shared_.counts.hops++;
    // The next edge after now; on an edge itself, the one after it.
    uint64_t period = shared_.times.clock;
    wake(edge_at_ + ((now_ps() - edge_at_) / period + 1) * period);
    return true;
}

void Tile::accepted(unsigned port)
{
    flits_.out_ready = static_cast<uint8_t>(flits_.out_ready | 1u << tile_links[port]);
}

// The clock goes up: what has been offered to the tile and what has been taken from it pass.
void Tile::edge()
{
    edge_at_ = next_;
    next_ = NEVER;
    came_ = tick_ || flits_.in_valid;
    offers_ = static_cast<uint8_t>(offers_ & ~flits_.out_ready);
    plc_rtl_mesh_rise(shared_.rtl, router_, edge_at_ / shared_.times.clock, tick_, &flits_);
    tick_ = false;
    flits_.in_valid = flits_.out_ready = 0;
    flits_.in_ready = 0; // until it is known
    edge_done_.notify(sc_core::SC_ZERO_TIME);
}

// The clock goes down, once all have gone up.
void Tile::look()
{
    plc_rtl_result result = plc_rtl_mesh_fall(shared_.rtl, router_, &flits_);
    if (result != PLC_RTL_OK) {
        shared_.result = result;
        shared_.last = router_;
        return;
    }
    // It ends with the next cycle, and all are seen to be idle in the one after that, which is the
    // barrier's where the chip has one.
    const plc_tlm_times &t = shared_.times;
    if (!flits_.idle)
        shared_.note(edge_at_ + 2 * t.clock - std::min(t.clock, t.barrier), router_);
    exchange_.notify(sc_core::SC_ZERO_TIME);
}

// Between two edges, when all show what they have.
void Tile::exchange()
{
    for (unsigned link = 0; link < PLC_RTL_LINKS; link++) {
        unsigned port = mesh_links[link];
        bool fresh = (flits_.out_valid & ~offers_) >> link & 1;
        if (fresh && leads_somewhere(port)) {
            offers_ = static_cast<uint8_t>(offers_ | 1u << link);
            if (send(port, flits_.out_data[link]))
                accepted(port);
        }
        if (is_pending(port) && offered(port, pending_key(port)))
            accept(port);
    }
    if (came_ || flits_.in_valid || !flits_.idle)
        wake(edge_at_ + shared_.times.clock);
}

} // namespace plc
