// How many of the 2^32 noise words accept a flip of a gain: docs/semantics.md, "Limit".
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module plc_acceptance (
    input  wire signed [63:0] log2_eta_i,  // Q40
    input  wire        [61:0] slope_i,     // Q40
    input  wire signed [32:0] gain_i,
    output wire        [32:0] limit_o      // 0..2^32
);

  // -log2 of the probability, Q40, exact.
  logic signed [96:0] refused;
  assign refused = 97'(log2_eta_i) - 97'(gain_i) * $signed({35'd0, slope_i});

  // 2^(32 - f) by the table's 256 steps and a straight line between them.
  logic [32:0] left, between;
  logic [23:0] step, part;
  logic [47:0] below;
  plc_exp2_table u_table (
      .index_i(refused[39:32]),
      .left_o (left),
      .step_o (step)
  );
  assign part = refused[31:8];
  assign below = step * part;
  assign between = left - 33'(below >> 24);

  logic signed [56:0] octaves;
  assign octaves = 57'(refused >>> 40);
  assign limit_o = refused <= 0 ? 33'h1_0000_0000 : octaves > 32 ? 33'd0 : between >> octaves[5:0];

endmodule

`default_nettype wire
