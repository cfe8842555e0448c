// A core at the level of transactions.
// SPDX-License-Identifier: Apache-2.0
#include "rtl-models/tlm_core.hpp"

#include <algorithm>

namespace plc
{

Core::Core(sc_core::sc_module_name name, Shared &shared, uint32_t router, uint32_t number)
    : Node(name, shared, router, {PORT_BOTH}), number_(number)
{
    SC_METHOD(step);
    dont_initialize();
    sensitive << poke_;
}

void Core::start(uint64_t begin)
{
    const plc_tlm_owner &owner = shared_.owner;
    if (!owner.update(owner.context, number_, &spikes_, &n_spikes_, &n_updates_)) {
        shared_.result = PLC_RTL_NO_MEMORY;
        return;
    }
    sent_ = updated_ = 0;
    updating_ = true;
    neurons_ = begin + shared_.times.tick;
    received_ = begin;
    go_on();
    poke_.notify(sc_core::sc_time::from_value(begin - now_ps()));
}

bool Core::is_idle() const
{
    return !updating_ && sent_ == n_spikes_ && out_.empty() && !is_pending(0);
}

// Sets the clock of the neurons to the next spike, or to the end of the updates.
void Core::go_on()
{
    bool spikes = sent_ < n_spikes_;
    uint32_t until = std::max(updated_, spikes ? spikes_[sent_].turn + 1 : n_updates_);
    neurons_ += (until - updated_) * shared_.times.neuron + (spikes ? shared_.times.spike : 0);
    updated_ = until;
}

// Takes a packet in, unless the core is at one. Where routers drop what they cannot hand over,
// cores take all packets at once, and work at them one after the other.
bool Core::receive(uint32_t key, uint64_t now)
{
    const plc_tlm_times &t = shared_.times;
    const plc_tlm_owner &owner = shared_.owner;
    uint32_t n = 0;
    if (received_ > now && t.wait == NEVER)
        return false;
    if (!owner.deliver(owner.context, number_, key, &n)) {
        shared_.result = PLC_RTL_NO_MEMORY;
        return true;
    }
    uint64_t work = t.packet + (n ? t.row : 0) + n * t.synapse;
    received_ = std::max(now, received_) + work;
    if (updating_ && neurons_ > now)
        neurons_ += work;
    shared_.counts.deliveries++;
    shared_.note(received_, router_);
    return true;
}

bool Core::offered(unsigned, uint32_t key)
{
    bool taken = receive(key, now_ps());
    poke_.notify(sc_core::SC_ZERO_TIME); // times have changed
    return taken;
}

void Core::accepted(unsigned)
{
    out_.pop_front();
    offers_ = false;
    poke_.notify(sc_core::SC_ZERO_TIME);
}

// Spikes whose time has come go to the buffer, where there is room. True when something happens.
bool Core::emit(uint64_t now)
{
    if (!updating_ || neurons_ > now)
        return false;
    if (sent_ == n_spikes_) {
        updating_ = false;
        shared_.note(neurons_, router_);
        return true;
    }
    if (out_.size() >= shared_.times.spike_buffer)
        return false;
    neurons_ = now; // later than it might have been, if there was no room
    out_.push_back(spikes_[sent_++].key);
    shared_.counts.packets++;
    go_on();
    return true;
}

bool Core::hand_out()
{
    if (out_.empty() || offers_)
        return false;
    offers_ = true;
    if (send(0, out_.front())) {
        out_.pop_front();
        offers_ = false;
    }
    return true;
}

void Core::step()
{
    uint64_t now = now_ps();
    bool busy = true;
    while (busy && shared_.result == PLC_RTL_OK) {
        busy = emit(now);
        busy = hand_out() || busy;
        if (is_pending(0) && receive(pending_key(0), now)) {
            accept(0);
            busy = true;
        }
    }
    uint64_t next = NEVER;
    if (updating_ && neurons_ > now)
        next = neurons_;
    if (is_pending(0))
        next = std::min(next, received_);
    if (next != NEVER && shared_.result == PLC_RTL_OK)
        next_trigger(sc_core::sc_time::from_value(next - now), poke_);
}

} // namespace plc
