// A queue whose outputs, both ways, are registers.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module plc_fifo #(
  parameter int unsigned Width = 32,
  parameter int unsigned Depth = 2
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic             in_valid_i,
  output logic             in_ready_o,
  input  logic [Width-1:0] in_data_i,
  output logic             out_valid_o,
  input  logic             out_ready_i,
  output logic [Width-1:0] out_data_o
);
  localparam int unsigned CountBits = $clog2(Depth + 1);
  typedef logic [CountBits-1:0] count_t;

  logic [Width-1:0] data_d[Depth];
  logic [Width-1:0] data_q[Depth];
  count_t count_d, count_q;
  logic valid_q, ready_q;

  logic push, pop;
  assign push = in_valid_i && ready_q;
  assign pop = valid_q && out_ready_i;

  // The first word stands in place 0; the others move up when it leaves.
  always_comb begin
    data_d = data_q;
    count_d = count_q;
    if (pop) begin
      for (int unsigned i = 0; i + 1 < Depth; i++) data_d[i] = data_q[i+1];
      count_d = count_d - count_t'(1);
    end
    if (push) begin
      for (int unsigned i = 0; i < Depth; i++) if (count_d == count_t'(i)) data_d[i] = in_data_i;
      count_d = count_d + count_t'(1);
    end
  end

  always_ff @(posedge clk_i) begin
    if (push || pop) data_q <= data_d;
    if (!rst_ni) begin
      count_q <= '0;
      valid_q <= 1'b0;
      ready_q <= 1'b0;
    end else begin
      count_q <= count_d;
      valid_q <= count_d != '0;
      ready_q <= count_d != count_t'(Depth);
    end
  end

  assign in_ready_o = ready_q;
  assign out_valid_o = valid_q;
  assign out_data_o = data_q[0];

  // What stands at the output stays until it is taken.
  assert property (@(posedge clk_i) disable iff (!rst_ni)
      out_valid_o && !out_ready_i |=> out_valid_o && $stable(out_data_o));
  // The queue never holds more than it has places for.
  assert property (@(posedge clk_i) disable iff (!rst_ni) count_q <= count_t'(Depth));
endmodule

`default_nettype wire
