// The receiving half of a core: from a packet's key to its row, and from the row to the input ring.
// SPDX-License-Identifier: Apache-2.0
// A packet takes a cycle, the row's address two, each synapse one; a plastic one 17 more, and its row 4 and once more 3 if it
// came before all neurons were updated. Packets wait for nothing else, so they always drain.
`default_nettype none

module plc_receiver
  import plc_chip_pkg::*;
(
  input  logic                           clk_i,
  input  logic                           rst_ni,
  input  host_t                          host_i,
  input  logic [$clog2(KeyEntries):0]    n_entries_i,
  input  word_t                          tick_i, // at hand
  input  logic                           updating_i, // neurons are yet to be updated in it
  input  logic                           in_valid_i,
  output logic                           in_ready_o,
  input  packet_t                        in_data_i,
  output logic                           ring_read_o,
  output logic [SlotBits+NeuronBits-1:0] ring_read_address_o,
  input  inputs_t                        ring_data_i,
  output logic                           ring_write_o,
  output logic [SlotBits+NeuronBits-1:0] ring_write_address_o,
  output inputs_t                        ring_write_data_o,
  // post events of a target, see plc_history
  output logic                           history_read_o,
  output neuron_t                        history_target_o,
  output logic                           event_read_o,
  output logic [HistoryBits-1:0]         event_number_o,
  input  logic [HistoryBits-1:0]         history_n_i,
  input  word_t                          event_tick_i,
  input  trace_t                         event_trace_i,
  // and its rule, see plc_rules
  output word_t                          lag_o,
  input  word_t [3:0]                    params_i,
  input  decay_t                         plus_i,
  input  decay_t                         minus_i,
  input  word_t                          shifts_i,
  output rule_t                          source_rule_o,
  output word_t                          source_lag_o,
  input  decay_t                         source_decay_i,
  output word_t                          host_data_o, // of a read of the host's
  output logic                           event_o, // a synapse is added
  output logic                           plastic_event_o, // that is plastic
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
  typedef enum logic [3:0] {
    Idle,
    Fetch,  // the address of the row is being read
    Length, // it is there
    Words,  // so is a synapse
    Before, // the tick of the source's last spike
    Trace,  // and its trace
    Target, // how many post events the target has
    Events, // one of them
    Weight, // the new weight
    NewBefore,
    NewTrace
  } step_t;
  step_t state_d, state_q;
  synapse_address_t next_d, next_q;
  logic [RowLengthBits-1:0] left_d, left_q; // [words] to be read yet
  logic negate_d, negate_q;
  logic plastic_d, plastic_q; // the row has plastic synapses
  synapse_address_t number_d, number_q; // of the row
  word_t data;
  row_t row;
  synapse_t synapse;
  assign row = row_t'(data);
  assign synapse = synapse_t'(data);

  // Rows with plastic synapses wait until all neurons of the tick have been updated: what they find of post events does not
  // depend on when packets come.
  logic wait_push, wait_valid, wait_pop, wait_empty, wait_room;
  synapse_address_t wait_number;
  logic wait_negate;
  plc_queue #(.Width(SynapseAddressBits + 1), .Depth(PlasticRows)) u_waiting (
    .clk_i, .rst_ni, .in_valid_i(wait_push), .in_ready_o(wait_room), .in_data_i({negate_q, number_q}),
    .out_valid_o(wait_valid), .out_ready_i(wait_pop), .out_data_o({wait_negate, wait_number}), .empty_o(wait_empty));
  assign wait_push = state_q == Length && row.plastic && updating_i;
  assign wait_pop = state_q == Idle && !in_valid_i && wait_valid && !updating_i;

  logic read;
  synapse_address_t read_address;
  logic rewrite; // of a weight, or of what is known of the source
  synapse_address_t rewrite_address;
  word_t rewrite_data;
  plc_memory #(.Words(SynapseWords)) u_synapses (
    .clk_i, .read_i(read || host_i.space == SpaceRead),
    .read_address_i(host_i.space == SpaceRead ? host_i.address[SynapseAddressBits-1:0] : read_address), .read_data_o(data),
    .write_i(host_i.space == SpaceSynapse || rewrite),
    .write_address_i(rewrite ? rewrite_address : host_i.address[SynapseAddressBits-1:0]),
    .write_data_i(rewrite ? rewrite_data : host_i.data));
  assign host_data_o = data;

  always_comb begin
    state_d = state_q;
    next_d = next_q;
    left_d = left_q;
    negate_d = negate_q;
    plastic_d = plastic_q;
    number_d = number_q;
    read = 1'b0;
    read_address = next_q;
    unique case (state_q)
      Idle:
      if (in_valid_i && found) begin
        state_d = Fetch;
        number_d = row_number;
        negate_d = polarity != '0;
      end else if (wait_pop) begin
        state_d = Fetch;
        number_d = wait_number;
        negate_d = wait_negate;
      end
      Fetch: begin
        read = 1'b1;
        read_address = number_q;
        state_d = Length;
      end
      Length: begin
        read = row.length != '0;
        read_address = row.address;
        next_d = row.address + 1;
        left_d = row.length - 1;
        plastic_d = row.plastic;
        if (row.length == '0 || wait_push) state_d = Idle;
        else state_d = row.plastic ? Before : Words;
      end
      Before, Trace: begin
        read = 1'b1;
        next_d = next_q + 1;
        state_d = state_q == Before ? Trace : Words;
      end
      Words:
      if (synapse.plastic) begin
        state_d = Target;
      end else begin
        read = left_q != '0;
        next_d = next_q + 1;
        left_d = left_q - 1;
        if (left_q == '0) state_d = plastic_q ? NewBefore : Idle;
      end
      Target: state_d = Events;
      Events: if (event_q == HistoryBits'(History)) state_d = Weight;
      Weight: begin
        read = left_q != '0;
        next_d = next_q + 1;
        left_d = left_q - 1;
        state_d = left_q == '0 ? NewBefore : Words;
      end
      NewBefore: state_d = NewTrace;
      default: state_d = Idle;
    endcase
  end

  always_ff @(posedge clk_i) begin
    next_q <= next_d;
    left_q <= left_d;
    negate_q <= negate_d;
    plastic_q <= plastic_d;
    number_q <= number_d;
    state_q <= rst_ni ? state_d : Idle;
  end
  assign in_ready_o = state_q == Idle;

  // ---- plastic synapses: a step of plc_stdp for each event that may be, then one for the depression ----
  word_t before_q; // tick of the source's last spike
  source_t source_q;
  synapse_t synapse_q; // at hand
  synapse_address_t begin_q; // of the row's words
  logic [HistoryBits-1:0] event_q; // read in this cycle; in the one before, event_q - 1
  logic [128:0] stdp_q, stdp;
  logic event_counts;
  word_t weight;
  logic [3:0] new_shift;
  trace_t new_trace, unused_trace;
  assign history_target_o = state_q == Words ? synapse.target : synapse_q.target;
  assign history_read_o = state_q == Words && synapse.plastic;
  assign event_read_o = state_q == Target || state_q == Events;
  assign event_number_o = event_q;
  assign event_counts = event_q <= history_n_i; // event_q - 1 < n
  assign new_shift = synapse_q.receptor ? shifts_i[19:16] : shifts_i[3:0];
  plc_stdp u_stdp (
    .params_i(params_i), .state_i(stdp_q), .op_i(state_q == Target ? 2'd0 : state_q == Events ? 2'd1 : 2'd2),
    .weight_i({{(32 - WeightBits) {synapse_q.weight[WeightBits-1]}}, synapse_q.weight}), .shift_i(new_shift),
    .delay_i(synapse_q.delay), .pre_tick_i(before_q), .pre_trace_i(source_q.trace), .tick_i,
    .event_tick_i, .event_trace_i, .decay_i(state_q == Events ? plus_i : minus_i),
    .state_o(stdp), .weight_o(weight), .lag_o, .trace_o(unused_trace));
  plc_stdp_trace u_trace (.trace_i(source_q.trace), .decay_i(source_decay_i), .trace_o(new_trace));
  assign source_rule_o = source_q.rule;
  assign source_lag_o = tick_i - before_q;

  always_ff @(posedge clk_i) begin
    if (state_q == Length) begin_q <= row.address;
    if (state_q == Before) before_q <= data;
    if (state_q == Trace) source_q <= source_t'(data);
    if (state_q == Words) synapse_q <= synapse;
    event_q <= state_q == Target ? HistoryBits'(1) : state_q == Events ? event_q + 1 : '0;
    if (state_q == Target || (state_q == Events && event_counts)) stdp_q <= stdp;
  end

  synapse_t new_synapse;
  source_t new_source;
  always_comb begin
    new_synapse = synapse_q;
    new_synapse.weight = weight[WeightBits-1:0];
    new_source = source_q;
    new_source.trace = new_trace;
    rewrite = 1'b0;
    rewrite_address = begin_q;
    rewrite_data = tick_i;
    unique case (state_q)
      Weight: begin
        rewrite = 1'b1;
        rewrite_address = next_q - 1;
        rewrite_data = new_synapse;
      end
      NewBefore: rewrite = 1'b1;
      NewTrace: begin
        rewrite = 1'b1;
        rewrite_address = begin_q + 1;
        rewrite_data = new_source;
      end
      default: ;
    endcase
  end
  assign plastic_event_o = state_q == Weight;
  wire unused = &{1'b0, unused_trace, shifts_i[31:20], shifts_i[15:4]};

  // ---- the ring: read in one cycle, added and written in the next ----
  logic add_q, receptor_q, again_q;
  ring_address_t address_q;
  word_t weight_q;
  inputs_t present, last_q; // last_q: what was written in the cycle before
  synapse_t added; // of these words
  always_comb begin
    added = synapse;
    if (state_q == Weight) added = new_synapse;
  end
  assign ring_read_o = (state_q == Words && !synapse.plastic) || state_q == Weight;
  assign ring_read_address_o = {slot_t'(tick_i[SlotBits-1:0] + added.delay), added.target};
  assign present = again_q ? last_q : ring_data_i;
  always_comb begin
    ring_write_data_o = present;
    if (receptor_q) ring_write_data_o.inhibitory = present.inhibitory + weight_q;
    else ring_write_data_o.excitatory = present.excitatory + weight_q;
  end
  assign ring_write_o = add_q;
  assign ring_write_address_o = address_q;
  assign event_o = add_q;
  assign idle_o = state_q == Idle && !in_valid_i && !add_q && wait_empty;

  always_ff @(posedge clk_i) begin
    add_q <= rst_ni && ring_read_o;
    if (ring_read_o) begin
      automatic word_t plus = {{(32 - WeightBits) {added.weight[WeightBits-1]}}, added.weight};
      receptor_q <= added.receptor;
      address_q <= ring_read_address_o;
      weight_q <= negate_q && !added.plastic ? -plus : plus;
      again_q <= add_q && address_q == ring_read_address_o;
    end
    if (add_q) last_q <= ring_write_data_o;
  end

  // A synapse never acts in the tick that its packet was sent in.
  assert property (@(posedge clk_i) disable iff (!rst_ni) ring_read_o |-> added.delay != '0);
  // There is a place for each plastic row of the core.
  assert property (@(posedge clk_i) disable iff (!rst_ni) wait_push |-> wait_room);
  // A new weight fits its place.
  assert property (@(posedge clk_i) disable iff (!rst_ni)
      state_q == Weight |-> weight[31:WeightBits] == {(32 - WeightBits) {weight[WeightBits-1]}});
  // A plastic synapse is worked at between updates.
  assert property (@(posedge clk_i) disable iff (!rst_ni) state_q == Target |-> !updating_i);
endmodule

`default_nettype wire
