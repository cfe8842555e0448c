// A key/mask table: the first entry that matches a key wins.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module plc_lookup #(
  parameter int unsigned Entries = 64,
  localparam int unsigned IndexBits = $clog2(Entries)
) (
  input  logic                 clk_i,
  input  logic                 write_key_i,
  input  logic                 write_mask_i,
  input  logic [IndexBits-1:0] write_index_i,
  input  logic [31:0]          write_data_i,
  input  logic [IndexBits:0]   n_i, // entries in use
  input  logic                 valid_i,
  input  logic [31:0]          key_i,
  output logic                 hit_o,
  output logic [IndexBits-1:0] index_o
);
  logic [31:0] keys[Entries];
  logic [31:0] masks[Entries];

  always_ff @(posedge clk_i) begin
    if (write_key_i) keys[write_index_i] <= write_data_i;
    if (write_mask_i) masks[write_index_i] <= write_data_i;
  end

  always_comb begin
    hit_o = 1'b0;
    index_o = '0;
    if (valid_i)
      for (int unsigned i = 0; i < Entries; i++)
        if (!hit_o && (IndexBits + 1)'(i) < n_i && ((key_i ^ keys[i]) & masks[i]) == '0) begin
          hit_o = 1'b1;
          index_o = IndexBits'(i);
        end
  end
endmodule

`default_nettype wire
