// Product of an unsigned number and a 0.32 fraction: floor(a fraction / 2^32).
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module plc_fraction_mul (
    input  wire [31:0] a_i,
    input  wire [31:0] fraction_i,
    output wire [31:0] y_o
);

  logic [63:0] product;
  assign product = a_i * fraction_i;
  assign y_o = 32'(product >> 32);

endmodule

`default_nettype wire
