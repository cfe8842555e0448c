// What arrived on one receptor of a lif_curr_exp neuron joins its current.
// SPDX-License-Identifier: Apache-2.0
// g + floor(min(input, 65535) 2^shift gain / 2^32); shifts of 32 and more are taken modulo 32.
`default_nettype none

module plc_lif_receptor (
    input  wire [31:0] input_i,  // unsigned sum
    input  wire [31:0] shift_i,
    input  wire [31:0] gain_i,   // 0.32
    input  wire [31:0] g_i,
    output wire [31:0] g_o
);

  logic [31:0] slot, gained;
  assign slot = input_i > 32'd65535 ? 32'd65535 : input_i;
  plc_fraction_mul u_gain (
      .a_i       (slot << (shift_i & 32'd31)),
      .fraction_i(gain_i),
      .y_o       (gained)
  );
  assign g_o = g_i + gained;

endmodule

`default_nettype wire
