// One step of stdp_pair_additive: a synapse's weight is brought up to date when a spike of its source comes.
// SPDX-License-Identifier: Apache-2.0
// A step begins with the weight, takes one post event of the target, oldest first, or ends with the depression by the
// newest event in reach. Who has the decay tables looks the lag of a step up. Ticks are 32 bits; sums of them have one more.
`default_nettype none

module plc_stdp (
    input  wire [127:0] params_i,       // a_plus, a_minus, w_min, w_max [nA] S16.15, 0 or more
    input  wire [128:0] state_i,        // w [nA] S16.15 in 64 bits; of the newest event in reach: lag, trace, whether any
    input  wire [  1:0] op_i,           // 0 begin, 1 event, else end
    input  wire [ 31:0] weight_i,       // signed, in units of the ring
    input  wire [  3:0] shift_i,        // of the ring
    input  wire [  3:0] delay_i,        // [ticks]
    input  wire [ 31:0] pre_tick_i,     // the source's spike before, 0 if none
    input  wire [ 15:0] pre_trace_i,    // Q5.11 after it, 0 if none
    input  wire [ 31:0] tick_i,         // of its spike
    input  wire [ 31:0] event_tick_i,
    input  wire [ 15:0] event_trace_i,  // Q5.11
    input  wire [ 11:0] decay_i,        // Q5.11 at the lag
    output wire [128:0] state_o,
    output wire [ 31:0] weight_o,       // of an end
    output wire [ 31:0] lag_o,          // [ticks] whose decay counts; 256 and more have none
    output wire [ 15:0] trace_o         // the source's trace, were that its decay
);

  localparam logic [1:0] Begin = 2'd0, Event = 2'd1;

  logic signed [63:0] w, raised, lowered, changed;
  logic [31:0] newest_lag;
  logic [15:0] newest_trace;
  logic any;
  assign w            = state_i[63:0];
  assign newest_lag   = state_i[95:64];
  assign newest_trace = state_i[111:96];
  assign any          = state_i[128];

  // ---- when the event acts ----
  logic [32:0] acts;
  logic reaches, counts;
  logic [31:0] lag;
  logic [11:0] decay;
  assign acts    = {1'b0, event_tick_i} + {29'd0, delay_i};
  assign reaches = acts <= {1'b0, tick_i};
  assign counts  = reaches && acts > {1'b0, pre_tick_i};
  assign lag     = op_i == Event ? acts[31:0] - pre_tick_i : newest_lag;
  assign decay   = lag < 32'd256 ? decay_i : 12'd0;

  // ---- by how much: floor((floor(trace decay / 2^11) 2^4 a) / 2^15) ----
  logic [15:0] trace;
  logic [31:0] a;
  logic [27:0] product;
  logic [52:0] scaled;
  logic signed [63:0] change;
  assign trace   = op_i == Event ? pre_trace_i : newest_trace;
  assign a       = op_i == Event ? params_i[31:0] : params_i[63:32];
  assign product = {12'd0, trace} * {16'd0, decay};
  assign scaled  = {32'd0, product[27:11], 4'd0} * {21'd0, a};
  assign change  = {26'd0, scaled[52:15]};

  logic signed [63:0] low, high;
  assign low     = {32'd0, params_i[95:64]};
  assign high    = {32'd0, params_i[127:96]};
  assign raised  = w + change;
  assign lowered = w - change;
  always_comb begin
    if (op_i == Begin) changed = 64'($signed(weight_i)) <<< shift_i;
    else if (op_i == Event) changed = !counts ? w : raised < high ? raised : high;
    else changed = !any ? w : lowered > low ? lowered : low;
  end

  logic takes;
  logic [63:0] cut;
  assign takes    = op_i == Event && reaches;
  assign cut      = changed >>> shift_i;
  assign state_o  = {
    op_i != Begin && (any || takes),
    16'd0,
    takes ? event_trace_i : newest_trace,
    takes ? tick_i - acts[31:0] : newest_lag,
    changed
  };
  assign weight_o = cut[31:0];
  assign lag_o    = lag;
  plc_stdp_trace u_trace (
      .trace_i(pre_trace_i),
      .decay_i(decay),
      .trace_o(trace_o)
  );

  wire unused = &{1'b0, acts[32], product[10:0], scaled[14:0], cut[63:32], state_i[127:112]};

endmodule

`default_nettype wire
