// A verilated tile in the SystemC mesh: between its links' valid and ready, and transactions.
// SPDX-License-Identifier: Apache-2.0
#ifndef PLC_RTL_MODELS_TLM_TILE_HPP
#define PLC_RTL_MODELS_TLM_TILE_HPP

#include "rtl-models/tlm_node.hpp"

namespace plc
{

// The tile is clocked on the edges of its clock while it is busy or something comes. Just after an
// edge, what it shows as valid is offered to the neighbour, and what it is ready for is taken from
// there; both come to pass at the next edge. So a packet is taken from one tile of RTL and given to
// the next at one edge, as by wires between them, and cycles are those of engine rtl.
class Tile : public Node
{
  public:
    SC_HAS_PROCESS(Tile);
    Tile(sc_core::sc_module_name name, Shared &shared, uint32_t router,
         const std::vector<unsigned> &ports);
    // A tick begins on an edge at a time [ps] from now on.
    void start(uint64_t begin);

  protected:
    bool offered(unsigned port, uint32_t key) override;
    void accepted(unsigned port) override;

  private:
    void edge();
    void look();
    void exchange();
    void wake(uint64_t time);

    plc_rtl_flits flits_ = {};
    bool tick_ = false;     // the next edge begins a tick
    bool came_ = false;     // a packet or a tick came with the last edge
    uint8_t offers_ = 0;    // bit l: what link l shows has been offered
    uint64_t edge_at_ = 0;  // [ps] the last edge
    uint64_t next_ = NEVER; // [ps] the next one, if there is to be one
    sc_core::sc_event clock_, edge_done_, exchange_;
};

} // namespace plc

#endif
