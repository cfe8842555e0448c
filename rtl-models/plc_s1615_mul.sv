// Product of two S16.15 numbers: floor(a b / 2^15), low 32 bits.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module plc_s1615_mul (
    input  wire signed [31:0] a_i,
    input  wire signed [31:0] b_i,
    output wire        [31:0] y_o
);

  logic signed [63:0] product;
  assign product = a_i * b_i;
  assign y_o = 32'(product >>> 15);

endmodule

`default_nettype wire
