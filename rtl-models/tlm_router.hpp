// A router of the SystemC mesh: a table of keys and masks, buffers, and links in time.
// SPDX-License-Identifier: Apache-2.0
#ifndef PLC_RTL_MODELS_TLM_ROUTER_HPP
#define PLC_RTL_MODELS_TLM_ROUTER_HPP

#include "rtl-models/tlm_node.hpp"

#include <deque>
#include <unordered_map>

namespace plc
{

// Takes one packet an interval, from its ports in turn, and gives it to all its outputs at once
// when all have room; it is there a latency later. Ports below PLC_TLM_LINKS are links, by the way
// that packets go; the others are cores. What happens when there is no room is what plc_router.sv
// does: after the chip's wait a packet is dropped, and where that has no end, it steps aside after
// a while. A packet that was dropped is sent anew, as SpiNNaker's software does: spikes are never
// lost.
class Router : public Node
{
  public:
    SC_HAS_PROCESS(Router);
    Router(sc_core::sc_module_name name, Shared &shared, uint32_t router,
           const std::vector<unsigned> &ports);
    // Nothing is here.
    bool is_idle() const;
    void add_entry(uint32_t key, uint32_t mask, std::vector<unsigned> outputs);

  protected:
    bool offered(unsigned port, uint32_t key) override;
    void accepted(unsigned port) override;

  private:
    struct Entry {
        uint32_t key, mask;
        std::vector<unsigned> outputs;
    };
    struct Packet {
        uint32_t key;
        unsigned port;      // that it came by
        uint64_t ready;     // [ps] it may leave from then on
        bool again = false; // it stood aside before
    };
    struct Output {
        std::deque<Packet> queue;
        uint64_t free_at = 0; // [ps] the link has carried what it carries
        bool carries = false; // the first packet is on the link
        bool offers = false;  // and at its end, where there is no room
    };

    void step();
    bool take();
    void choose(Packet &&packet, uint64_t now);
    bool serve(uint64_t now);
    bool give(uint64_t now);
    bool carry(unsigned port, uint64_t now);
    const std::vector<unsigned> *find(const Packet &packet);
    bool has_room(const std::vector<unsigned> &outputs) const;
    uint64_t next_time(uint64_t now) const;

    std::vector<Entry> table_;
    std::unordered_map<uint32_t, size_t> known_; // key to entry, or the table's size: none
    std::vector<std::deque<Packet>> inputs_;
    std::vector<Output> outputs_;
    std::vector<std::vector<unsigned>> straight_; // outputs of what matches nothing, by port
    std::deque<Packet> aside_;
    std::deque<Packet> dropped_; // to be sent anew, at their times
    size_t turn_ = 0;            // input that is asked first; the last one is who stands aside
    bool holds_ = false;         // a packet has been taken in:
    Packet held_ = {};
    uint64_t held_since_ = 0;
    const std::vector<unsigned> *held_outputs_ = nullptr;
    uint64_t free_at_ = 0; // [ps] it takes the next packet in from then on
    sc_core::sc_event poke_;
};

} // namespace plc

#endif
