// W x H tiles and the clock of network time: a tick begins when all of them are idle.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module plc_mesh
  import plc_chip_pkg::*;
#(
  parameter int unsigned W = 2,
  parameter int unsigned H = 2,
  localparam int unsigned N = W * H // tile (x, y) is number y W + x; x to the east, y to the north
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic [15:0]      host_tile_i,
  input  space_t           host_space_i,
  input  logic [16:0]      host_address_i,
  input  word_t            host_data_i,
  input  logic             tick_i,
  output logic             idle_o,
  output logic [N-1:0]     spike_o,
  output neuron_t [N-1:0]  spike_neuron_o,
  output logic [N-1:0]     spike_off_o,
  output logic [N-1:0]     update_o,
  output logic [N-1:0]     event_o,
  output logic [N-1:0]     plastic_event_o,
  output word_t [N-1:0]    host_data_o,
  output logic [N-1:0]     deliver_o,
  output logic [N-1:0]     pass_o,
  output logic [N-1:0]     dropped_o,
  output logic [N-1:0]     aside_o,
  output logic [N-1:0]     lost_o
);
  logic [N-1:0][Links-1:0] in_valid, in_ready, out_valid, out_ready;
  packet_t [N-1:0][Links-1:0] in_data, out_data;
  logic [N-1:0] idle;
  assign idle_o = &idle && !tick_i;

  for (genvar y = 0; y < int'(H); y++) begin : gen_y
    for (genvar x = 0; x < int'(W); x++) begin : gen_x
      localparam int unsigned I = y * W + x;
      plc_tile u_tile (
        .clk_i, .rst_ni,
        .host_space_i(host_tile_i == 16'(I) ? host_space_i : SpaceNone), .host_address_i, .host_data_i, .tick_i,
        .in_valid_i(in_valid[I]), .in_ready_o(in_ready[I]), .in_data_i(in_data[I]),
        .out_valid_o(out_valid[I]), .out_ready_i(out_ready[I]), .out_data_o(out_data[I]),
        .idle_o(idle[I]), .spike_o(spike_o[I]), .spike_neuron_o(spike_neuron_o[I]), .spike_off_o(spike_off_o[I]), .update_o(update_o[I]),
        .event_o(event_o[I]), .plastic_event_o(plastic_event_o[I]), .host_data_o(host_data_o[I]), .deliver_o(deliver_o[I]), .pass_o(pass_o[I]), .dropped_o(dropped_o[I]), .aside_o(aside_o[I]),
        .lost_o(lost_o[I]));
      for (genvar p = 0; p < int'(Links); p++) begin : gen_link
        // The tile that a link leads to: east, north, west, south.
        localparam int X = x + (p == 0 ? 1 : p == 2 ? -1 : 0);
        localparam int Y = y + (p == 1 ? 1 : p == 3 ? -1 : 0);
        localparam int BackX = x - (X - x);
        localparam int BackY = y - (Y - y);
        if (X >= 0 && X < int'(W) && Y >= 0 && Y < int'(H)) begin : gen_to
          assign out_ready[I][p] = in_ready[Y*int'(W)+X][p];
        end else begin : gen_nowhere
          assign out_ready[I][p] = 1'b0;
        end
        if (BackX >= 0 && BackX < int'(W) && BackY >= 0 && BackY < int'(H)) begin : gen_from
          assign in_valid[I][p] = out_valid[BackY*int'(W)+BackX][p];
          assign in_data[I][p] = out_data[BackY*int'(W)+BackX][p];
        end else begin : gen_no_one
          assign in_valid[I][p] = 1'b0;
          assign in_data[I][p] = '0;
        end
      end
    end
  end
endmodule

`default_nettype wire
