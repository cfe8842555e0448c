// An FTL cell by itself: loadable weights and threshold, registered output.
// SPDX-License-Identifier: Apache-2.0
// Word i < Inputs is the weight of input i, word Inputs the threshold; loading takes one clock a
// word. The output of a clock is whether the weights of its ones reach the threshold. Until words
// are loaded they are 0 and the output is 1; in reset it is 0.
`default_nettype none

module plc_threshold_gate #(
    parameter int Inputs = 4,
    parameter int Width = 8    // [bits] of a word, signed
) (
    input  wire                                    clk_i,
    input  wire                                    rst_ni,
    input  wire                                    load_valid_i,
    input  wire         [$clog2(Inputs + 1) - 1:0] load_address_i,
    input  wire  signed [             Width - 1:0] load_data_i,
    input  wire         [            Inputs - 1:0] in_i,
    output logic                                   out_o
);

  // Sums of the first i inputs; 32 bits hold any.
  for (genvar i = 0; i <= Inputs; i++) begin : g_word
    logic signed [Width-1:0] word_q;
    logic signed [31:0] sum;
    always_ff @(posedge clk_i) begin
      if (!rst_ni) word_q <= '0;
      else if (load_valid_i && load_address_i == i[$clog2(Inputs + 1)-1:0]) word_q <= load_data_i;
    end
    if (i == 0) begin : g_first
      assign sum = in_i[0] ? 32'(word_q) : 32'sd0;
    end else if (i < Inputs) begin : g_next
      assign sum = g_word[i-1].sum + (in_i[i] ? 32'(word_q) : 32'sd0);
    end else begin : g_threshold
      assign sum = 32'(word_q);
    end
  end

  logic spike;
  plc_threshold_cell u_cell (
      .params_i(g_word[Inputs].sum),
      .input_i (g_word[Inputs-1].sum),
      .spike_o (spike)
  );
  always_ff @(posedge clk_i) begin
    if (!rst_ni) out_o <= 1'b0;
    else out_o <= spike;
  end

endmodule

`default_nettype wire
