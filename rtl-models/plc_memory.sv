// A memory with one port to read and one to write. What is read is there in the next cycle.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module plc_memory #(
  parameter int unsigned Words = 1024,
  parameter int unsigned Lanes = 1, // of 32 bits each, written one by one
  localparam int unsigned AddressBits = $clog2(Words)
) (
  input  logic                   clk_i,
  input  logic                   read_i,
  input  logic [AddressBits-1:0] read_address_i,
  output logic [Lanes-1:0][31:0] read_data_o, // as it was before a write of the same cycle
  input  logic [Lanes-1:0]       write_i,     // by lane
  input  logic [AddressBits-1:0] write_address_i,
  input  logic [Lanes-1:0][31:0] write_data_i
);
  logic [Lanes-1:0][31:0] words[Words];

  always_ff @(posedge clk_i) begin
    if (read_i) read_data_o <= words[read_address_i];
    for (int unsigned i = 0; i < Lanes; i++)
      if (write_i[i]) words[write_address_i][i] <= write_data_i[i];
  end
endmodule

`default_nettype wire
