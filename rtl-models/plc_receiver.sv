// The receiving half of a core: from a packet's key to its row, and from the row to the input ring.
// SPDX-License-Identifier: Apache-2.0
// A packet takes a cycle, the row's address two, each synapse one. It never waits for anybody, so packets always drain.
`default_nettype none

module plc_receiver
  import plc_chip_pkg::*;
(
  input  logic                           clk_i,
  input  logic                           rst_ni,
  input  host_t                          host_i,
  input  logic [$clog2(KeyEntries):0]    n_entries_i,
  input  slot_t                          slot_i, // of the tick at hand
  input  logic                           in_valid_i,
  output logic                           in_ready_o,
  input  packet_t                        in_data_i,
  output logic                           ring_read_o,
  output logic [SlotBits+NeuronBits-1:0] ring_read_address_o,
  input  inputs_t                        ring_data_i,
  output logic                           ring_write_o,
  output logic [SlotBits+NeuronBits-1:0] ring_write_address_o,
  output inputs_t                        ring_write_data_o,
  output logic                           event_o, // a synapse is added
  output logic                           idle_o
);
  localparam int unsigned IndexBits = $clog2(KeyEntries);
  typedef logic [SlotBits+NeuronBits-1:0] ring_address_t;

  // ---- the key-to-row table ----
  logic hit;
  logic [IndexBits-1:0] index;
  word_t [3:0] rows[KeyEntries]; // index mask, polarity mask, first row, rows
  plc_lookup #(.Entries(KeyEntries)) u_table (
    .clk_i,
    .write_key_i(host_i.space == SpaceEntryKey), .write_mask_i(host_i.space == SpaceEntryMask),
    .write_index_i(host_i.address[IndexBits-1:0]), .write_data_i(host_i.data), .n_i(n_entries_i),
    .valid_i(in_valid_i && state_q == Idle), .key_i(in_data_i), .hit_o(hit), .index_o(index));
  always_ff @(posedge clk_i)
    if (host_i.space == SpaceEntryRow) rows[host_i.address[IndexBits+1:2]][host_i.address[1:0]] <= host_i.data;

  word_t row_index, polarity;
  synapse_address_t row_number;
  logic found;
  assign row_index = in_data_i & rows[index][0];
  assign polarity = in_data_i & rows[index][1];
  assign row_number = synapse_address_t'(rows[index][2] + row_index);
  assign found = hit && row_index < rows[index][3];

  // ---- the row ----
  typedef enum logic [1:0] {
    Idle,
    Fetch,  // the address of the row is being read
    Length, // it is there
    Words   // so is a synapse
  } step_t;
  step_t state_d, state_q;
  synapse_address_t next_d, next_q;
  logic [RowLengthBits-1:0] left_d, left_q; // [words] to be read yet
  logic negate_d, negate_q;
  word_t data;
  row_t row;
  synapse_t synapse;
  assign row = row_t'(data);
  assign synapse = synapse_t'(data);

  logic read;
  synapse_address_t read_address;
  plc_memory #(.Words(SynapseWords)) u_synapses (
    .clk_i, .read_i(read), .read_address_i(read_address), .read_data_o(data),
    .write_i(host_i.space == SpaceSynapse), .write_address_i(host_i.address[SynapseAddressBits-1:0]),
    .write_data_i(host_i.data));

  always_comb begin
    state_d = state_q;
    next_d = next_q;
    left_d = left_q;
    negate_d = negate_q;
    read = 1'b0;
    read_address = next_q;
    unique case (state_q)
      Idle:
      if (in_valid_i && found) begin
        state_d = Fetch;
        next_d = row_number;
        negate_d = polarity != '0;
      end
      Fetch: begin
        read = 1'b1;
        state_d = Length;
      end
      Length: begin
        read = row.length != '0;
        read_address = row.address;
        next_d = row.address + 1;
        left_d = row.length - 1;
        state_d = row.length != '0 ? Words : Idle;
      end
      Words: begin
        read = left_q != '0;
        next_d = next_q + 1;
        left_d = left_q - 1;
        if (left_q == '0) state_d = Idle;
      end
    endcase
  end

  always_ff @(posedge clk_i) begin
    next_q <= next_d;
    left_q <= left_d;
    negate_q <= negate_d;
    state_q <= rst_ni ? state_d : Idle;
  end
  assign in_ready_o = state_q == Idle;

  // ---- the ring: read in one cycle, added and written in the next ----
  logic add_q, receptor_q, again_q;
  ring_address_t address_q;
  word_t weight_q;
  inputs_t present, last_q; // last_q: what was written in the cycle before
  assign ring_read_o = state_q == Words;
  assign ring_read_address_o = {slot_t'(slot_i + synapse.delay), synapse.target};
  assign present = again_q ? last_q : ring_data_i;
  always_comb begin
    ring_write_data_o = present;
    if (receptor_q) ring_write_data_o.inhibitory = present.inhibitory + weight_q;
    else ring_write_data_o.excitatory = present.excitatory + weight_q;
  end
  assign ring_write_o = add_q;
  assign ring_write_address_o = address_q;
  assign event_o = add_q;
  assign idle_o = state_q == Idle && !in_valid_i && !add_q;

  always_ff @(posedge clk_i) begin
    add_q <= rst_ni && ring_read_o;
    if (ring_read_o) begin
      automatic word_t weight = {{(32 - WeightBits) {synapse.weight[WeightBits-1]}}, synapse.weight};
      receptor_q <= synapse.receptor;
      address_q <= ring_read_address_o;
      weight_q <= negate_q ? -weight : weight;
      again_q <= add_q && address_q == ring_read_address_o;
    end
    if (add_q) last_q <= ring_write_data_o;
  end

  // A synapse never acts in the tick that its packet was sent in.
  assert property (@(posedge clk_i) disable iff (!rst_ni) ring_read_o |-> synapse.delay != '0);
endmodule

`default_nettype wire
