// Whatever plc_stdp is given, a step leaves the weight where it was or within the bound that it moves to, and no trace
// leaves its 15 bits: `over_o` has to stay 0.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module plc_stdp_range (
    input  wire [127:0] params_i,
    input  wire [128:0] state_i,
    input  wire [  1:0] op_i,
    input  wire [ 31:0] weight_i,
    input  wire [  3:0] shift_i,
    input  wire [  3:0] delay_i,
    input  wire [ 31:0] pre_tick_i,
    input  wire [ 15:0] pre_trace_i,
    input  wire [ 31:0] tick_i,
    input  wire [ 31:0] event_tick_i,
    input  wire [ 15:0] event_trace_i,
    input  wire [ 11:0] decay_i,
    output wire         over_o
);

  logic [128:0] state;
  logic [31:0] weight, lag;
  logic [15:0] trace;
  logic signed [63:0] before, after, low, high;
  plc_stdp u_stdp (
      .params_i, .state_i, .op_i, .weight_i, .shift_i, .delay_i, .pre_tick_i, .pre_trace_i, .tick_i, .event_tick_i,
      .event_trace_i, .decay_i,
      .state_o (state),
      .weight_o(weight),
      .lag_o   (lag),
      .trace_o (trace)
  );
  assign before = state_i[63:0];
  assign after  = state[63:0];
  assign low    = {32'd0, params_i[95:64]};
  assign high   = {32'd0, params_i[127:96]};
  assign over_o = trace[15] || (op_i == 2'd1 && after != before && after > high)
      || (op_i == 2'd2 && after != before && after < low);

endmodule

`default_nettype wire
