// A router at the level of transactions.
// SPDX-License-Identifier: Apache-2.0
#include "rtl-models/tlm_router.hpp"

#include <algorithm>
#include <utility>

namespace plc
{

namespace
{

constexpr uint64_t ANEW = 10 * UINT64_C(1000000); // [ps] until a dropped packet is sent again

uint64_t add(uint64_t time, uint64_t length)
{
    return length > NEVER - time ? NEVER : time + length;
}

} // namespace

Router::Router(sc_core::sc_module_name name, Shared &shared, uint32_t router,
               const std::vector<unsigned> &ports)
    : Node(name, shared, router, ports), inputs_(ports.size()), outputs_(ports.size()),
      straight_(ports.size())
{
    for (unsigned port = 0; port < PLC_TLM_LINKS; port++)
        straight_[port].push_back(port);
    SC_METHOD(step);
    dont_initialize();
    sensitive << poke_;
}

void Router::add_entry(uint32_t key, uint32_t mask, std::vector<unsigned> outputs)
{
    // What leads nowhere is left out, and missed there.
    table_.push_back({key, mask, std::move(outputs)});
    known_.clear();
}

bool Router::is_idle() const
{
    bool idle = !holds_ && aside_.empty() && dropped_.empty();
    for (unsigned port = 0; port < inputs_.size(); port++)
        idle = idle && inputs_[port].empty() && outputs_[port].queue.empty() && !is_pending(port);
    return idle;
}

bool Router::offered(unsigned port, uint32_t key)
{
    if (inputs_[port].size() >= shared_.times.link_buffer)
        return false;
    inputs_[port].push_back({key, port, now_ps()});
    shared_.counts.hops += port < PLC_TLM_LINKS;
    poke_.notify(sc_core::SC_ZERO_TIME);
    return true;
}

void Router::accepted(unsigned port)
{
    outputs_[port].queue.pop_front();
    outputs_[port].carries = outputs_[port].offers = false;
    poke_.notify(sc_core::SC_ZERO_TIME);
}

// The outputs of a packet, or NULL: none, for it was born here and matches nothing.
const std::vector<unsigned> *Router::find(const Packet &packet)
{
    auto known = known_.find(packet.key);
    if (known == known_.end()) {
        size_t i = 0;
        while (i < table_.size() && (packet.key & table_[i].mask) != table_[i].key)
            i++;
        known = known_.emplace(packet.key, i).first;
    }
    if (known->second < table_.size())
        return &table_[known->second].outputs;
    return packet.port < PLC_TLM_LINKS ? &straight_[packet.port] : nullptr;
}

bool Router::has_room(const std::vector<unsigned> &outputs) const
{
    return std::all_of(outputs.begin(), outputs.end(), [this](unsigned port) {
        return outputs_[port].queue.size() < shared_.times.link_buffer;
    });
}

// The packet held goes on, if there is room at all its outputs.
bool Router::give(uint64_t now)
{
    if (held_outputs_ && !has_room(*held_outputs_))
        return false;
    holds_ = false;
    shared_.counts.passes++;
    if (!held_outputs_) {
        shared_.counts.lost++;
        return true;
    }
    for (unsigned port : *held_outputs_) {
        if (leads_somewhere(port))
            outputs_[port].queue.push_back(
                {held_.key, held_.port, add(now, shared_.times.latency)});
        else
            shared_.counts.lost++;
    }
    return true;
}

// Does what can be done for the packet held now: it goes on, steps aside, or is dropped.
bool Router::serve(uint64_t now)
{
    const plc_tlm_times &t = shared_.times;
    if (give(now))
        return true;
    if (t.wait != NEVER && now - held_since_ >= t.wait) {
        shared_.counts.dropped++;
        held_.ready = add(now, ANEW);
        dropped_.push_back(held_);
        holds_ = false;
        return true;
    }
    uint64_t patience = held_.again ? 0 : t.aside;
    if (t.wait == NEVER && now - held_since_ >= patience) {
        shared_.counts.aside++;
        held_.again = true;
        aside_.push_back(held_);
        holds_ = false;
        return true;
    }
    return false;
}

void Router::choose(Packet &&packet, uint64_t now)
{
    held_ = packet;
    held_outputs_ = find(held_);
    held_since_ = now;
    holds_ = true;
    free_at_ = add(now, shared_.times.interval);
}

// Takes the next packet in, where one stands. While anybody stands aside, cores have to wait.
bool Router::take()
{
    uint64_t now = now_ps();
    while (!dropped_.empty() && dropped_.front().ready <= now) {
        aside_.push_back(dropped_.front());
        dropped_.pop_front();
    }
    const size_t n = inputs_.size() + 1;
    for (size_t i = 0; i < n; i++) {
        size_t at = (turn_ + i) % n;
        std::deque<Packet> &from = at < inputs_.size() ? inputs_[at] : aside_;
        bool waits = at >= PLC_TLM_LINKS && at < inputs_.size() && !aside_.empty();
        if (from.empty() || waits)
            continue;
        Packet packet = from.front();
        from.pop_front();
        turn_ = (at + 1) % n;
        choose(std::move(packet), now);
        unsigned port = static_cast<unsigned>(at);
        if (at < inputs_.size() && is_pending(port)) {
            inputs_[at].push_back({pending_key(port), port, now});
            shared_.counts.hops += port < PLC_TLM_LINKS;
            accept(port);
        }
        return true;
    }
    return false;
}

// The first packet of an output sets out, or arrives. True when something happens.
bool Router::carry(unsigned port, uint64_t now)
{
    Output &out = outputs_[port];
    if (out.queue.empty() || out.offers)
        return false;
    if (!out.carries) {
        if (out.queue.front().ready > now)
            return false;
        out.carries = true;
        out.free_at = add(now, port < PLC_TLM_LINKS ? shared_.times.link : 0);
    }
    if (out.free_at > now)
        return false;
    out.offers = true;
    if (send(port, out.queue.front().key)) {
        out.queue.pop_front();
        out.carries = out.offers = false;
    }
    return true;
}

// When something will happen by itself.
uint64_t Router::next_time(uint64_t now) const
{
    const plc_tlm_times &t = shared_.times;
    uint64_t next = NEVER;
    bool waiting = !aside_.empty();
    for (const std::deque<Packet> &input : inputs_)
        waiting = waiting || !input.empty();
    if (holds_)
        next = add(held_since_, t.wait != NEVER ? t.wait : t.aside);
    else if (waiting)
        next = free_at_;
    else if (!dropped_.empty())
        next = std::max(free_at_, dropped_.front().ready);
    for (const Output &out : outputs_)
        if (!out.queue.empty() && !out.offers)
            next = std::min(next, out.carries ? out.free_at : out.queue.front().ready);
    return std::max(next, now);
}

void Router::step()
{
    uint64_t now = now_ps();
    bool busy = true;
    shared_.note(now, router_);
    while (busy && shared_.result == PLC_RTL_OK) {
        busy = false;
        if (!holds_ && free_at_ <= now)
            busy = take();
        if (holds_)
            busy = serve(now) || busy;
        for (unsigned port = 0; port < outputs_.size(); port++)
            busy = carry(port, now) || busy;
    }
    uint64_t next = next_time(now);
    if (next == NEVER || shared_.result != PLC_RTL_OK)
        return;
    // A packet held with no time to wait for goes on when an output has room.
    if (next > now)
        next_trigger(sc_core::sc_time::from_value(next - now), poke_);
    else
        next_trigger(poke_);
}

} // namespace plc
