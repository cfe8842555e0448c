// A word of 64 bits shifted left until its highest bit is 1, and by how much.
// SPDX-License-Identifier: Apache-2.0
// Six steps of 32, 16, ..., 1 places; formal/plc_normalise_plain.sv is the same bit by bit. Of 0
// the count is 63.
`default_nettype none

module plc_normalise (
    input  wire [63:0] x_i,
    output wire [63:0] y_o,
    output wire [ 5:0] count_o
);

  for (genvar i = 0; i <= 6; i++) begin : g_step
    wire [63:0] y;
    if (i == 0) begin : g_first
      assign y = x_i;
    end else begin : g_shift
      localparam int By = 64 >> i;
      wire is_clear = g_step[i-1].y[63:64-By] == '0;
      assign y = is_clear ? g_step[i-1].y << By : g_step[i-1].y;
      assign count_o[6-i] = is_clear;
    end
  end
  assign y_o = g_step[6].y;

endmodule

`default_nettype wire
