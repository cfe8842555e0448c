// plc_normalise bit by bit, to be proved equal.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module plc_normalise_plain (
    input  wire  [63:0] x_i,
    output logic [63:0] y_o,
    output logic [ 5:0] count_o
);

  integer i;
  always_comb begin
    y_o = x_i << 63;
    count_o = 6'd63;
    for (i = 1; i < 64; i = i + 1) begin
      if (x_i[i]) begin
        y_o = x_i << (63 - i);
        count_o = 6'(63 - i);
      end
    end
  end

endmodule

`default_nettype wire
