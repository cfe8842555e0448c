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
  output logic                        idle_o
);
  typedef logic [SlotBits+NeuronBits-1:0] ring_address_t;

  slot_t slot_q; // of the tick at hand
  always_ff @(posedge clk_i)
    if (!rst_ni) slot_q <= '1;
    else if (tick_i) slot_q <= slot_q + 1;

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
    .read_address_i(receive_read ? receive_read_address : {slot_q, neuron}),
    .read_data_o(ring_data),
    .write_i({Receptors{receive_write || update_clear || sweep}}),
    .write_address_i(sweep ? sweep_q[SweepBits-2:0] : receive_write ? receive_write_address : {slot_q, neuron}),
    .write_data_i(receive_write ? receive_data : '0));

  logic receiver_idle;
  plc_receiver u_receiver (
    .clk_i, .rst_ni, .host_i, .n_entries_i, .slot_i(slot_q), .in_valid_i, .in_ready_o, .in_data_i,
    .ring_read_o(receive_read), .ring_read_address_o(receive_read_address), .ring_data_i(ring_data),
    .ring_write_o(receive_write), .ring_write_address_o(receive_write_address), .ring_write_data_o(receive_data),
    .event_o, .idle_o(receiver_idle));

  // ---- neurons and their spikes ----
  logic updater_idle, spike_ready;
  packet_t spike_key;
  plc_updater u_updater (
    .clk_i, .rst_ni, .host_i, .model_i, .n_groups_i, .tick_i, .sweep_i(sweep), .sweep_neuron_i(sweep_q[NeuronBits-1:0]),
    .hold_i(receive_read),
    .ring_read_o(update_read), .neuron_o(neuron), .ring_data_i(ring_data), .ring_clear_o(update_clear),
    .spike_valid_o(spike_o), .spike_ready_i(spike_ready), .spike_data_o(spike_key),
    .spike_off_o, .update_o, .idle_o(updater_idle));
  assign spike_neuron_o = neuron;
  plc_fifo #(.Width($bits(packet_t)), .Depth(SpikeBuffer)) u_spikes (
    .clk_i, .rst_ni, .in_valid_i(spike_o), .in_ready_o(spike_ready), .in_data_i(spike_key),
    .out_valid_o, .out_ready_i, .out_data_o);

  assign idle_o = !sweep && receiver_idle && updater_idle && !out_valid_o;

  // The two halves never write the ring in one cycle.
  assert property (@(posedge clk_i) disable iff (!rst_ni) !(receive_write && update_clear));
endmodule

`default_nettype wire
