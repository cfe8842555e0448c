// Which neurons of a drawn population are due: one of each of its blocks, by a random word of the block and the tick.
// SPDX-License-Identifier: Apache-2.0
// Block b of size n in P blocks has the neurons [floor(b n / P), floor((b + 1) n / P)). As the updater goes through a slice,
// this goes along by the remainders of those divisions.
`default_nettype none

module plc_draw
  import plc_chip_pkg::*;
(
  input  logic        clk_i,
  input  host_t       host_i,
  input  group_t      group_i,      // slice at hand
  input  population_t population_i, // that it is of
  input  logic        open_i,       // the slice begins
  input  logic        step_i,       // a neuron of it has been updated:
  input  word_t       index_i,      // that of its population
  input  word_t       word_i,       // random, of the block
  output logic        drawn_o,      // neurons of the population are drawn
  output word_t       block_o,      // that the neuron is in
  output logic        due_o         // it is the one
);
  // ---- what the host says: of a slice, the block of its first neuron, ...; of a population, n / P and n mod P ----
  localparam logic [2:0] GroupBlock = 3'd5, GroupBegin = 3'd6, GroupExcess = 3'd7;
  localparam logic [4:0] PopulationBlocks = 5'd4, PopulationSize = 5'd5, PopulationExcess = 5'd6;
  word_t first_blocks[Groups];
  word_t first_begins[Groups];
  word_t first_excesses[Groups]; // b n mod P
  word_t blocks[Populations];    // P; 0: neurons are not drawn
  word_t sizes[Populations];
  word_t excesses[Populations];
  group_t host_group;
  population_t host_population;
  assign host_group = host_i.address[GroupBits+2:3];
  assign host_population = host_i.address[PopulationBits+4:5];
  always_ff @(posedge clk_i)
    if (host_i.space == SpaceGroup) begin
      if (host_i.address[2:0] == GroupBlock) first_blocks[host_group] <= host_i.data;
      if (host_i.address[2:0] == GroupBegin) first_begins[host_group] <= host_i.data;
      if (host_i.address[2:0] == GroupExcess) first_excesses[host_group] <= host_i.data;
    end else if (host_i.space == SpacePopulation) begin
      if (host_i.address[4:0] == PopulationBlocks) blocks[host_population] <= host_i.data;
      if (host_i.address[4:0] == PopulationSize) sizes[host_population] <= host_i.data;
      if (host_i.address[4:0] == PopulationExcess) excesses[host_population] <= host_i.data;
    end

  // ---- the block at hand ----
  word_t block_q, begin_q, excess_q;
  word_t size, past; // of it; the first neuron behind it
  logic [32:0] excess;
  logic carries;
  logic [63:0] scaled;
  assign excess = {1'b0, excess_q} + {1'b0, excesses[population_i]};
  assign carries = excess >= {1'b0, blocks[population_i]};
  assign size = sizes[population_i] + 32'(carries);
  assign past = begin_q + size;
  assign scaled = 64'(word_i) * 64'(size);
  assign drawn_o = blocks[population_i] != '0;
  assign block_o = block_q;
  assign due_o = index_i == begin_q + scaled[63:32];

  always_ff @(posedge clk_i)
    if (open_i) begin
      block_q <= first_blocks[group_i];
      begin_q <= first_begins[group_i];
      excess_q <= first_excesses[group_i];
    end else if (step_i && index_i + 1 == past) begin
      block_q <= block_q + 1;
      begin_q <= past;
      excess_q <= carries ? 32'(excess - {1'b0, blocks[population_i]}) : excess[31:0];
    end

  wire unused = &{1'b0, scaled[31:0]};
endmodule

`default_nettype wire
