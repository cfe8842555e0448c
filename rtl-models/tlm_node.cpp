// Packets as TLM-2.0 transactions.
// SPDX-License-Identifier: Apache-2.0
#include "rtl-models/tlm_node.hpp"

#include <cstring>
#include <string>

namespace plc
{

struct PacketPool::Packet : tlm::tlm_generic_payload {
    uint32_t key = 0;
    explicit Packet(PacketPool *pool) : tlm::tlm_generic_payload(pool)
    {
    }
};

tlm::tlm_generic_payload *PacketPool::make(uint32_t key)
{
    if (idle_.empty()) {
        auto packet = std::make_unique<Packet>(this);
        all_.reserve(all_.size() + 1);
        idle_.reserve(all_.size() + 1); // so that free() never fails
        all_.push_back(packet.get());
        idle_.push_back(packet.release());
    }
    Packet *p = idle_.back();
    idle_.pop_back();
    p->key = key;
    p->set_command(tlm::TLM_WRITE_COMMAND);
    p->set_address(0);
    p->set_data_ptr(reinterpret_cast<unsigned char *>(&p->key));
    p->set_data_length(sizeof p->key);
    p->set_streaming_width(sizeof p->key);
    p->set_byte_enable_ptr(nullptr);
    p->set_dmi_allowed(false);
    p->set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    p->acquire();
    return p;
}

void PacketPool::free(tlm::tlm_generic_payload *payload)
{
    payload->reset();
    idle_.push_back(static_cast<Packet *>(payload));
}

PacketPool::~PacketPool()
{
    for (Packet *packet : all_)
        delete packet;
}

void Shared::note(uint64_t time, uint32_t router)
{
    if (time > end) {
        end = time;
        last = router;
    }
}

Node::Node(sc_core::sc_module_name name, Shared &shared, uint32_t router,
           const std::vector<unsigned> &ports)
    : sc_core::sc_module(name), shared_(shared), router_(router), in_(ports.size()),
      out_(ports.size()), pending_(ports.size())
{
    for (size_t i = 0; i < ports.size(); i++) {
        if (ports[i] & PORT_IN) {
            in_[i].reset(new Target(("in" + std::to_string(i)).c_str()));
            in_[i]->register_nb_transport_fw(this, &Node::take_request, static_cast<int>(i));
        }
        if (ports[i] & PORT_OUT) {
            out_[i].reset(new Initiator(("out" + std::to_string(i)).c_str()));
            out_[i]->register_nb_transport_bw(this, &Node::take_response, static_cast<int>(i));
        }
    }
}

void Node::connect(unsigned port, Node &other, unsigned other_port)
{
    out_[port]->bind(*other.in_[other_port]);
}

bool Node::send(unsigned port, uint32_t key)
{
    tlm::tlm_generic_payload *payload = shared_.pool.make(key);
    tlm::tlm_phase phase = tlm::BEGIN_REQ;
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    bool done = (*out_[port])->nb_transport_fw(*payload, phase, delay) == tlm::TLM_COMPLETED;
    if (done)
        payload->release();
    return done;
}

tlm::tlm_sync_enum Node::take_request(int port, tlm::tlm_generic_payload &payload,
                                      tlm::tlm_phase &phase, sc_core::sc_time &)
{
    unsigned at = static_cast<unsigned>(port);
    uint32_t key;
    if (phase != tlm::BEGIN_REQ || !payload.is_write() || payload.get_data_length() != sizeof key ||
        pending_[at]) {
        payload.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
        return tlm::TLM_COMPLETED;
    }
    std::memcpy(&key, payload.get_data_ptr(), sizeof key);
    if (offered(at, key)) {
        payload.set_response_status(tlm::TLM_OK_RESPONSE);
        return tlm::TLM_COMPLETED;
    }
    payload.acquire();
    pending_[at] = &payload;
    return tlm::TLM_ACCEPTED;
}

uint32_t Node::pending_key(unsigned port) const
{
    uint32_t key;
    std::memcpy(&key, pending_[port]->get_data_ptr(), sizeof key);
    return key;
}

void Node::accept(unsigned port)
{
    tlm::tlm_generic_payload *payload = pending_[port];
    tlm::tlm_phase phase = tlm::BEGIN_RESP;
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    pending_[port] = nullptr;
    payload->set_response_status(tlm::TLM_OK_RESPONSE);
    (*in_[port])->nb_transport_bw(*payload, phase, delay);
    payload->release();
}

tlm::tlm_sync_enum Node::take_response(int port, tlm::tlm_generic_payload &payload,
                                       tlm::tlm_phase &, sc_core::sc_time &)
{
    payload.release();
    accepted(static_cast<unsigned>(port));
    return tlm::TLM_COMPLETED;
}

} // namespace plc
