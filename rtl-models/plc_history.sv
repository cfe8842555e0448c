// The post events of a core's neurons: the last 15 of each, with the tick and the trace after it.
// SPDX-License-Identifier: Apache-2.0
// An event goes in while neurons are updated; synapses look at them when no neuron is. A 16th place would be the dummy of
// the rule's first user; here it takes an event before the oldest one goes.
`default_nettype none

module plc_history
  import plc_chip_pkg::*;
(
  input  logic                 clk_i,
  input  logic                 sweep_i,  // this neuron has none from now on
  input  neuron_t              sweep_neuron_i,
  // the updater: it reads a neuron, and in the next cycle logs a spike of it
  input  logic                 read_i,
  input  neuron_t              neuron_i,
  input  logic                 log_i,
  input  word_t                tick_i,
  output word_t                lag_o,    // [ticks] since its last event
  input  decay_t               decay_i,  // at that lag
  // the receiver: it reads a target, in the next cycle its oldest event, ...
  input  logic                 target_read_i,
  input  neuron_t              target_i,
  input  logic                 event_read_i,
  input  logic [HistoryBits-1:0] event_i, // from the oldest on
  output logic [HistoryBits-1:0] n_o,     // events of the target, from the cycle after its read on
  output word_t                event_tick_o,
  output trace_t               event_trace_o
);
  typedef struct packed {
    logic [7:0] unused;
    logic [HistoryBits-1:0] next; // place of the next event
    logic [HistoryBits-1:0] n;
    trace_t trace; // after the last one
  } last_t;

  word_t last_tick;
  last_t last, new_last;
  trace_t trace;
  plc_memory #(.Words(Neurons), .Lanes(2)) u_last (
    .clk_i, .read_i(read_i || target_read_i), .read_address_i(target_read_i ? target_i : neuron_i),
    .read_data_o({last, last_tick}),
    .write_i({2{log_i || sweep_i}}), .write_address_i(sweep_i ? sweep_neuron_i : neuron_i),
    .write_data_i(sweep_i ? '0 : {new_last, tick_i}));

  assign lag_o = tick_i - last_tick;
  plc_stdp_trace u_trace (.trace_i(last.trace), .decay_i, .trace_o(trace));
  always_comb begin
    new_last = '0;
    new_last.trace = trace;
    new_last.next = last.next + 1;
    new_last.n = last.n == HistoryBits'(History) ? last.n : last.n + 1;
  end

  word_t event_trace;
  plc_memory #(.Words(Neurons * (History + 1)), .Lanes(2)) u_events (
    .clk_i, .read_i(event_read_i), .read_address_i({target_i, HistoryBits'(last.next - last.n + event_i)}),
    .read_data_o({event_trace, event_tick_o}),
    .write_i({2{log_i}}), .write_address_i({neuron_i, last.next}), .write_data_i({16'd0, trace, tick_i}));
  assign event_trace_o = event_trace[$bits(trace_t)-1:0];
  assign n_o = last.n;

  wire unused = &{1'b0, last.unused, event_trace[31:16]};
endmodule

`default_nettype wire
