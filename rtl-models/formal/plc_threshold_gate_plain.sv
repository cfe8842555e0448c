// What plc_threshold_gate of three inputs is for: a clock's sum of weights against the threshold.
// SPDX-License-Identifier: Apache-2.0
// Beside the gate, with the same words loaded; `differs_o` has to stay 0 from reset on.
`default_nettype none

module plc_threshold_gate_plain (
    input  wire              clk_i,
    input  wire              rst_ni,
    input  wire              load_valid_i,
    input  wire        [1:0] load_address_i,
    input  wire signed [7:0] load_data_i,
    input  wire        [2:0] in_i,
    output wire              differs_o
);

  logic out, expected_q;
  plc_threshold_gate #(
      .Inputs(3)
  ) u_gate (
      .clk_i         (clk_i),
      .rst_ni        (rst_ni),
      .load_valid_i  (load_valid_i),
      .load_address_i(load_address_i),
      .load_data_i   (load_data_i),
      .in_i          (in_i),
      .out_o         (out)
  );

  // Words 0..2 are weights, word 3 the threshold; the sum of three fits 10 bits.
  logic signed [7:0] w0_q, w1_q, w2_q, threshold_q;
  logic signed [9:0] sum;
  assign sum = (in_i[0] ? 10'(w0_q) : 10'sd0) + (in_i[1] ? 10'(w1_q) : 10'sd0)
      + (in_i[2] ? 10'(w2_q) : 10'sd0);
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      w0_q <= '0;
      w1_q <= '0;
      w2_q <= '0;
      threshold_q <= '0;
      expected_q <= 1'b0;
    end else begin
      expected_q <= sum >= 10'(threshold_q);
      if (load_valid_i) begin
        case (load_address_i)
          2'd0: w0_q <= load_data_i;
          2'd1: w1_q <= load_data_i;
          2'd2: w2_q <= load_data_i;
          default: threshold_q <= load_data_i;
        endcase
      end
    end
  end
  assign differs_o = out != expected_q;

endmodule

`default_nettype wire
