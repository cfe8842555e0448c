// The words of random(seed, stream, index, tick): docs/semantics.md, "Random numbers".
// SPDX-License-Identifier: Apache-2.0
// Threefry-2x32 with 13 rounds (Salmon, Moraes, Dror and Shaw, SC 2011, section 3.2), all in one
// step. The key of a stream is T(seed; stream, tick's high word), its draw T(key; index, tick's low
// word).
`default_nettype none

module plc_threefry (
    input  wire [31:0] key0_i,
    input  wire [31:0] key1_i,
    input  wire [31:0] counter0_i,
    input  wire [31:0] counter1_i,
    output wire [31:0] word0_o,
    output wire [31:0] word1_o
);

  wire [31:0] key2 = 32'h1bd11bda ^ key0_i ^ key1_i;

  // Rounds 1..13; the rotations come round after eight, and a key joins after every four.
  for (genvar i = 0; i <= 13; i++) begin : g_round
    wire [31:0] a, b;
    if (i == 0) begin : g_first
      assign a = counter0_i + key0_i;
      assign b = counter1_i + key1_i;
    end else begin : g_mix
      localparam int Place = (i - 1) % 8;
      localparam int By = Place == 0 ? 13 : Place == 1 ? 15 : Place == 2 ? 26
          : Place == 3 ? 6 : Place == 4 ? 17 : Place == 5 ? 29 : Place == 6 ? 16 : 24;
      wire [31:0] sum = g_round[i-1].a + g_round[i-1].b;
      wire [31:0] mixed = {g_round[i-1].b[31-By:0], g_round[i-1].b[31:32-By]} ^ sum;
      if (i == 4) begin : g_key
        assign a = sum + key1_i;
        assign b = mixed + key2 + 32'd1;
      end else if (i == 8) begin : g_key
        assign a = sum + key2;
        assign b = mixed + key0_i + 32'd2;
      end else if (i == 12) begin : g_key
        assign a = sum + key0_i;
        assign b = mixed + key1_i + 32'd3;
      end else begin : g_none
        assign a = sum;
        assign b = mixed;
      end
    end
  end

  assign word0_o = g_round[13].a;
  assign word1_o = g_round[13].b;

endmodule

`default_nettype wire
