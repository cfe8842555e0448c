// A trace of stdp_pair_additive after one more spike.
// SPDX-License-Identifier: Apache-2.0
// floor(trace decay / 2^11) + 1 in Q5.11, at most 32767. The decay is that of the time since the trace was taken.
`default_nettype none

module plc_stdp_trace (
    input  wire [15:0] trace_i,  // Q5.11, at most 32767
    input  wire [11:0] decay_i,  // Q5.11, at most 1
    output wire [15:0] trace_o
);

  logic [27:0] product;
  logic [17:0] sum;
  assign product = {12'd0, trace_i} * {16'd0, decay_i};
  assign sum     = {1'b0, product[27:11]} + 18'd2048;
  assign trace_o = sum > 18'd32767 ? 16'd32767 : sum[15:0];

  wire unused = &{1'b0, product[10:0]};

endmodule

`default_nettype wire
