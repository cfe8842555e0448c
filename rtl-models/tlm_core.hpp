// A core of the SystemC mesh: the neurons are the owner's, the time is kept here.
// SPDX-License-Identifier: Apache-2.0
#ifndef PLC_RTL_MODELS_TLM_CORE_HPP
#define PLC_RTL_MODELS_TLM_CORE_HPP

#include "rtl-models/tlm_node.hpp"

#include <deque>

namespace plc
{

// Neurons are updated one after the other; a spike leaves when its neuron's turn has come, for a
// buffer before the router, and where that is full updates wait. Taking in a packet with its row
// comes first and puts updates off; the next packet is taken when that is done.
class Core : public Node
{
  public:
    SC_HAS_PROCESS(Core);
    Core(sc_core::sc_module_name name, Shared &shared, uint32_t router, uint32_t number);
    // A tick begins, at a time [ps] from now on.
    void start(uint64_t begin);
    // Nothing is left to do.
    bool is_idle() const;

  protected:
    bool offered(unsigned port, uint32_t key) override;
    void accepted(unsigned port) override;

  private:
    void step();
    bool receive(uint32_t key, uint64_t now);
    void go_on();
    bool emit(uint64_t now);
    bool hand_out();

    const uint32_t number_;
    const plc_tlm_spike *spikes_ = nullptr; // [n_spikes_] of the tick
    uint32_t n_spikes_ = 0, sent_ = 0, n_updates_ = 0, updated_ = 0;
    bool updating_ = false;
    uint64_t neurons_ = 0;  // [ps] the next spike is there, or the last neuron has been updated
    uint64_t received_ = 0; // [ps] the last row has been added
    std::deque<uint32_t> out_;
    bool offers_ = false; // the first of them waits for room
    sc_core::sc_event poke_;
};

} // namespace plc

#endif
