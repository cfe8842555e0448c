// A core: up to 1024 neurons of one model on one datapath, their input ring, and the rows of those who send to them.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module plc_core
  import plc_chip_pkg::*;
(
  input  logic                        clk_i,
  input  logic                        rst_ni,
  input  host_t                       host_i,
  input  model_t                      model_i,
  input  logic                        plastic_i, // neurons have plastic synapses
  input  logic [GroupBits:0]          n_groups_i,
  input  logic [$clog2(KeyEntries):0] n_entries_i,
  input  logic                        tick_i,
  input  logic                        in_valid_i,
  output logic                        in_ready_o,
  input  packet_t                     in_data_i,
  output logic                        out_valid_o,
  input  logic                        out_ready_i,
  output packet_t                     out_data_o,
  output logic                        spike_o, // a neuron spikes
  output neuron_t                     spike_neuron_o,
  output logic                        spike_off_o,
  output logic                        update_o,
  output logic                        event_o,
  output logic                        plastic_event_o,
  output word_t                       host_data_o,
  output logic                        idle_o
);
  typedef logic [SlotBits+NeuronBits-1:0] ring_address_t;

  word_t tick_q; // at hand
  slot_t slot;
  assign slot = tick_q[SlotBits-1:0];
  always_ff @(posedge clk_i)
    if (!rst_ni) tick_q <= '1;
    else if (tick_i) tick_q <= tick_q + 1;

  // ---- after reset: nothing waits for anybody ----
  localparam int unsigned SweepBits = SlotBits + NeuronBits + 1;
  logic [SweepBits-1:0] sweep_q;
  logic sweep;
  assign sweep = !sweep_q[SweepBits-1];
  always_ff @(posedge clk_i)
    if (!rst_ni) sweep_q <= '0;
    else if (sweep) sweep_q <= sweep_q + 1;

  // ---- the ring: the receiver first, the updater when the receiver does not read ----
  logic receive_read, receive_write, update_read, update_clear;
  ring_address_t receive_read_address, receive_write_address;
  neuron_t neuron;
  inputs_t ring_data, receive_data;
  plc_memory #(.Words(RingSlots * Neurons), .Lanes(Receptors)) u_ring (
    .clk_i,
    .read_i(receive_read || update_read),
    .read_address_i(receive_read ? receive_read_address : {slot, neuron}),
    .read_data_o(ring_data),
    .write_i({Receptors{receive_write || update_clear || sweep}}),
    .write_address_i(sweep ? sweep_q[SweepBits-2:0] : receive_write ? receive_write_address : {slot, neuron}),
    .write_data_i(receive_write ? receive_data : '0));

  logic receiver_idle, updater_idle;
  word_t host_synapse, host_state; // of reads of the host's
  logic history_read, event_read;
  neuron_t target;
  logic [HistoryBits-1:0] event_number, history_n;
  word_t event_tick, lag, source_lag, log_lag, shifts;
  word_t [3:0] params;
  trace_t event_trace;
  decay_t plus, minus, source_decay, log_decay;
  rule_t source_rule;
  plc_receiver u_receiver (
    .clk_i, .rst_ni, .host_i, .n_entries_i, .tick_i(tick_q), .updating_i(!updater_idle), .in_valid_i, .in_ready_o, .in_data_i,
    .ring_read_o(receive_read), .ring_read_address_o(receive_read_address), .ring_data_i(ring_data),
    .ring_write_o(receive_write), .ring_write_address_o(receive_write_address), .ring_write_data_o(receive_data),
    .history_read_o(history_read), .history_target_o(target), .event_read_o(event_read), .event_number_o(event_number),
    .history_n_i(history_n), .event_tick_i(event_tick), .event_trace_i(event_trace),
    .lag_o(lag), .params_i(params), .plus_i(plus), .minus_i(minus), .shifts_i(shifts),
    .source_rule_o(source_rule), .source_lag_o(source_lag), .source_decay_i(source_decay),
    .host_data_o(host_synapse), .event_o, .plastic_event_o, .idle_o(receiver_idle));
  logic host_state_q; // the last read was of a state
  always_ff @(posedge clk_i) if (host_i.space == SpaceRead) host_state_q <= host_i.address[16];
  assign host_data_o = host_state_q ? host_state : host_synapse;

  // ---- neurons and their spikes ----
  logic spike_ready, logs;
  packet_t spike_key;
  plc_updater u_updater (
    .clk_i, .rst_ni, .host_i, .model_i, .n_groups_i, .tick_i, .sweep_i(sweep), .sweep_neuron_i(sweep_q[NeuronBits-1:0]),
    .hold_i(receive_read),
    .ring_read_o(update_read), .neuron_o(neuron), .ring_data_i(ring_data), .ring_clear_o(update_clear),
    .spike_valid_o(spike_o), .spike_ready_i(spike_ready), .spike_data_o(spike_key),
    .spike_off_o, .update_o, .host_data_o(host_state), .idle_o(updater_idle));
  assign spike_neuron_o = neuron;
  plc_fifo #(.Width($bits(packet_t)), .Depth(SpikeBuffer)) u_spikes (
    .clk_i, .rst_ni, .in_valid_i(spike_o), .in_ready_o(spike_ready), .in_data_i(spike_key),
    .out_valid_o, .out_ready_i, .out_data_o);

  // ---- post events and rules of neurons with plastic synapses ----
  plc_history u_history (
    .clk_i, .sweep_i(sweep), .sweep_neuron_i(sweep_q[NeuronBits-1:0]),
    .read_i(update_read && plastic_i), .neuron_i(neuron), .log_i(spike_o && plastic_i && logs), .tick_i(tick_q),
    .lag_o(log_lag), .decay_i(log_decay),
    .target_read_i(history_read), .target_i(target), .event_read_i(event_read), .event_i(event_number), .n_o(history_n),
    .event_tick_o(event_tick), .event_trace_o(event_trace));
  plc_rules u_rules (
    .clk_i, .host_i, .log_neuron_i(neuron), .log_lag_i(log_lag), .log_valid_o(logs), .log_decay_o(log_decay),
    .target_i(target), .lag_i(lag), .params_o(params), .plus_o(plus), .minus_o(minus), .shifts_o(shifts),
    .source_rule_i(source_rule), .source_lag_i(source_lag), .source_decay_o(source_decay));

  assign idle_o = !sweep && receiver_idle && updater_idle && !out_valid_o;

  // The two halves never write the ring in one cycle.
  assert property (@(posedge clk_i) disable iff (!rst_ni) !(receive_write && update_clear));
endmodule

`default_nettype wire
