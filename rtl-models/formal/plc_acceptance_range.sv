// plc_acceptance never gives more than the 2^32 words there are: `over_o` has to stay 0.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module plc_acceptance_range (
    input  wire signed [63:0] log2_eta_i,
    input  wire        [61:0] slope_i,
    input  wire signed [32:0] gain_i,
    output wire               over_o
);

  logic [32:0] limit;
  plc_acceptance u_acceptance (
      .log2_eta_i(log2_eta_i),
      .slope_i   (slope_i),
      .gain_i    (gain_i),
      .limit_o   (limit)
  );
  assign over_o = limit > 33'h1_0000_0000;

endmodule

`default_nettype wire
