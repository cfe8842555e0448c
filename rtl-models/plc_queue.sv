// A deep queue in a memory. Its output is a register; a word takes two cycles through it.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module plc_queue #(
  parameter int unsigned Width = 32,
  parameter int unsigned Depth = 1024 // a power of two
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic             in_valid_i,
  output logic             in_ready_o,
  input  logic [Width-1:0] in_data_i,
  output logic             out_valid_o,
  input  logic             out_ready_i,
  output logic [Width-1:0] out_data_o,
  output logic             empty_o
);
  localparam int unsigned AddressBits = $clog2(Depth);

  logic [Width-1:0] words[Depth];
  logic [AddressBits-1:0] head_q, tail_q;
  logic [AddressBits:0] count_q; // in the memory
  logic valid_q;
  logic push, fetch;
  assign in_ready_o = count_q != (AddressBits + 1)'(Depth);
  assign push = in_valid_i && in_ready_o;
  assign fetch = count_q != '0 && (!valid_q || out_ready_i);
  assign out_valid_o = valid_q;
  assign empty_o = count_q == '0 && !valid_q;

  always_ff @(posedge clk_i) begin
    if (push) words[tail_q] <= in_data_i;
    if (fetch) out_data_o <= words[head_q];
    if (!rst_ni) begin
      head_q <= '0;
      tail_q <= '0;
      count_q <= '0;
      valid_q <= 1'b0;
    end else begin
      if (push) tail_q <= tail_q + 1;
      if (fetch) head_q <= head_q + 1;
      count_q <= count_q + (AddressBits + 1)'(push) - (AddressBits + 1)'(fetch);
      valid_q <= fetch || (valid_q && !out_ready_i);
    end
  end

  // What stands at the output stays until it is taken.
  assert property (@(posedge clk_i) disable iff (!rst_ni)
      out_valid_o && !out_ready_i |=> out_valid_o && $stable(out_data_o));
endmodule

`default_nettype wire
