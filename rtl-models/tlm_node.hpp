// What routers, cores and tiles of the SystemC mesh share: packets as TLM-2.0 transactions.
// SPDX-License-Identifier: Apache-2.0
#ifndef PLC_RTL_MODELS_TLM_NODE_HPP
#define PLC_RTL_MODELS_TLM_NODE_HPP

#include "rtl-models/tlm.h"

#include <memory>
#include <systemc>
#include <tlm>
#include <tlm_utils/passthrough_target_socket.h>
#include <tlm_utils/simple_initiator_socket.h>
#include <vector>

namespace plc
{

constexpr uint64_t NEVER = UINT64_MAX;

// Generic payloads that are used again and again: a packet is a write of its key, four bytes.
class PacketPool : public tlm::tlm_mm_interface
{
  public:
    tlm::tlm_generic_payload *make(uint32_t key);
    void free(tlm::tlm_generic_payload *payload) override;
    ~PacketPool() override;

  private:
    struct Packet;
    std::vector<Packet *> all_, idle_;
};

// What all nodes of a mesh know.
struct Shared {
    PacketPool pool;
    plc_tlm_times times = {};
    plc_tlm_owner owner = {};
    plc_rtl_mesh *rtl = nullptr;
    plc_tlm_counts counts = {};
    plc_rtl_result result = PLC_RTL_OK; // the first that went wrong
    uint64_t end = 0;                   // [ps] the last thing known to be done
    uint32_t last = 0;                  // router where that is

    // Something at a router is busy until a time.
    void note(uint64_t time, uint32_t router);
};

inline uint64_t now_ps()
{
    return sc_core::sc_time_stamp().value(); // the resolution is 1 ps
}

enum NodePort : unsigned { PORT_IN = 1, PORT_OUT = 2, PORT_BOTH = 3 };

// A module with ports, each of which sends or takes packets by the base protocol, phases BEGIN_REQ
// and BEGIN_RESP: a target that has room completes a transaction at once, and else responds when it
// has. An initiator has one transaction under way at each port.
class Node : public sc_core::sc_module
{
  public:
    // `ports` [ports] says what is connected, see NodePort.
    Node(sc_core::sc_module_name name, Shared &shared, uint32_t router,
         const std::vector<unsigned> &ports);
    // Binds an output of this node to an input of another.
    void connect(unsigned port, Node &other, unsigned other_port);
    uint32_t router() const
    {
        return router_;
    }

  protected:
    // Offers a packet to who is behind a port; false: it takes it later, and accepted() is called.
    bool send(unsigned port, uint32_t key);
    virtual void accepted(unsigned port) = 0;
    // A packet is offered; true when it is taken. Else it stays pending until accept().
    virtual bool offered(unsigned port, uint32_t key) = 0;
    bool is_pending(unsigned port) const
    {
        return pending_[port] != nullptr;
    }
    uint32_t pending_key(unsigned port) const;
    void accept(unsigned port);
    bool leads_somewhere(unsigned port) const
    {
        return out_[port] != nullptr;
    }

    Shared &shared_;
    const uint32_t router_;

  private:
    using Target = tlm_utils::passthrough_target_socket_tagged<Node>;
    using Initiator = tlm_utils::simple_initiator_socket_tagged<Node>;
    tlm::tlm_sync_enum take_request(int port, tlm::tlm_generic_payload &payload,
                                    tlm::tlm_phase &phase, sc_core::sc_time &delay);
    tlm::tlm_sync_enum take_response(int port, tlm::tlm_generic_payload &payload,
                                     tlm::tlm_phase &phase, sc_core::sc_time &delay);

    std::vector<std::unique_ptr<Target>> in_;
    std::vector<std::unique_ptr<Initiator>> out_;
    std::vector<tlm::tlm_generic_payload *> pending_;
};

} // namespace plc

#endif
