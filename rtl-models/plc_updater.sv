// The updating half of a core: in each tick, all neurons one after the other, by slices of populations.
// SPDX-License-Identifier: Apache-2.0
// A neuron takes two cycles: its words are read, then written with what the cell makes of them. It waits while the
// receiver uses the ring, and for room to send a spike. A slice of ON-OFF pairs that is due first waits for its annealer.
`default_nettype none

module plc_updater
  import plc_chip_pkg::*;
(
  input  logic                 clk_i,
  input  logic                 rst_ni,
  input  host_t                host_i,
  input  model_t               model_i,
  input  logic [GroupBits:0]   n_groups_i,
  input  logic                 tick_i,
  input  logic                 sweep_i, // nothing waits for this neuron from now on
  input  neuron_t              sweep_neuron_i,
  input  logic                 hold_i, // the ring is not to be read in this cycle
  output logic                 ring_read_o,
  output neuron_t              neuron_o, // whose ring slot is read, or cleared in the next cycle
  input  inputs_t              ring_data_i,
  output logic                 ring_clear_o,
  output logic                 spike_valid_o,
  input  logic                 spike_ready_i,
  output packet_t              spike_data_o,
  output logic                 spike_off_o, // it is the OFF spike of a pair
  output logic                 update_o, // a neuron that is due is updated
  output word_t                host_data_o, // of a read of the host's
  output logic                 idle_o
);
  // ---- slices: what the host says of each ----
  typedef enum logic [2:0] {
    GroupEnd = 3'd0,       // neuron of the core behind the last
    GroupKey = 3'd1,       // key of the core's neuron 0, if it were in the slice
    GroupPolarity = 3'd2,  // bit of the key that an OFF spike sets
    GroupIndex = 3'd3,     // in its population of the core's neuron 0, if it were in the slice
    GroupPopulation = 3'd4 // among those of the core; plc_draw has the others
  } group_word_t;
  word_t ends[Groups];
  word_t keys[Groups];
  word_t polarities[Groups];
  word_t indices[Groups];
  population_t populations[Groups];
  group_t group_d, group_q;
  group_t host_group;
  assign host_group = host_i.address[GroupBits+2:3];
  always_ff @(posedge clk_i)
    if (host_i.space == SpaceGroup)
      unique case (group_word_t'(host_i.address[2:0]))
        GroupEnd: ends[host_group] <= host_i.data;
        GroupKey: keys[host_group] <= host_i.data;
        GroupPolarity: polarities[host_group] <= host_i.data;
        GroupIndex: indices[host_group] <= host_i.data;
        GroupPopulation: populations[host_group] <= host_i.data[PopulationBits-1:0];
        default: ;
      endcase

  // ---- and of their populations ----
  typedef enum logic [3:0] {
    PopulationPeriod = 4'd0,    // [ticks]
    PopulationCountdown = 4'd1, // [ticks] until it is due
    PopulationNoise0 = 4'd2,    // key of its random stream
    PopulationNoise1 = 4'd3 // plc_draw has 4 to 6
  } population_word_t;
  word_t periods[Populations];
  word_t countdowns[Populations];
  logic [Populations-1:0] due_q; // in the tick at hand
  word_t noise_keys0[Populations];
  word_t noise_keys1[Populations];
  logic [13:0][31:0] annealers[Populations]; // onoff_params_t
  population_t host_population, population;
  assign host_population = host_i.address[PopulationBits+4:5];
  assign population = populations[group_q];
  always_ff @(posedge clk_i)
    if (host_i.space == SpacePopulation && host_i.address[4]) begin
      annealers[host_population][host_i.address[3:0]] <= host_i.data;
    end else if (host_i.space == SpacePopulation) begin
      unique case (population_word_t'(host_i.address[3:0]))
        PopulationPeriod: periods[host_population] <= host_i.data;
        PopulationCountdown: countdowns[host_population] <= host_i.data;
        PopulationNoise0: noise_keys0[host_population] <= host_i.data;
        PopulationNoise1: noise_keys1[host_population] <= host_i.data;
        default: ;
      endcase
    end else if (tick_i) begin
      for (int unsigned i = 0; i < Populations; i++) begin
        countdowns[i] <= countdowns[i] == '0 ? periods[i] - 1 : countdowns[i] - 1;
        due_q[i] <= countdowns[i] == '0;
      end
    end
  logic due, drawn, is_drawn;
  assign due = due_q[population] && (!drawn || is_drawn);

  typedef enum logic [2:0] {
    Idle,
    Open,  // a slice
    Anneal,
    Read,  // a neuron
    Write
  } step_t;
  step_t state_d, state_q;
  neuron_t neuron_d, neuron_q;
  logic last; // neuron of the slice
  assign last = 32'(neuron_q) + 1 == ends[group_q];

  // ---- the annealer and the noise of ON-OFF pairs ----
  logic [63:0] tick_q; // at hand
  always_ff @(posedge clk_i)
    if (!rst_ni) tick_q <= '1;
    else if (tick_i) tick_q <= tick_q + 1;
  logic anneal, annealed;
  logic known_q; // the slope is that of this tick and of population known_population_q
  population_t known_population_q;
  logic [61:0] slope;
  word_t word0, word1, noise, index, block;
  logic [7:0] noise_byte_q; // of the neuron that is read
  assign anneal =
      state_q == Open && due_q[population] && model_i == ModelOnoff && !(known_q && known_population_q == population);
  always_ff @(posedge clk_i)
    if (!rst_ni || tick_i) known_q <= 1'b0;
    else if (anneal) begin
      known_q <= 1'b1;
      known_population_q <= population;
    end
  plc_annealer u_annealer (
    .clk_i, .rst_ni, .params_i(annealers[population]), .start_i(anneal), .tick_i(tick_q), .valid_o(annealed),
    .slope_o(slope));
  // The block's draw; or two, one in each of a neuron's cycles: eight neurons' bytes, and the other 24 bits.
  assign index = indices[group_q] + 32'(neuron_q);
  plc_threefry u_noise (
    .key0_i(noise_keys0[population]), .key1_i(noise_keys1[population]),
    .counter0_i(drawn ? block : state_q == Read ? index >> 3 : {1'b1, index[30:0]}), .counter1_i(tick_q[31:0]),
    .word0_o(word0), .word1_o(word1));
  always_ff @(posedge clk_i)
    if (state_q == Read) noise_byte_q <= 8'({word1, word0} >> {index[2:0], 3'b000});
  assign noise = drawn ? word1 : {noise_byte_q, word0[23:0]};
  plc_draw u_draw (
    .clk_i, .host_i, .group_i(group_q), .population_i(population), .open_i(state_q == Open), .step_i(state_q == Write),
    .index_i(index), .word_i(word0), .drawn_o(drawn), .block_o(block), .due_o(is_drawn));

  // ---- the steps ----
  always_comb begin
    state_d = state_q;
    group_d = group_q;
    neuron_d = neuron_q;
    unique case (state_q)
      Idle:
      if (tick_i && n_groups_i != '0) begin
        state_d = Open;
        group_d = '0;
        neuron_d = '0;
      end
      Open: state_d = anneal ? Anneal : Read;
      Anneal: if (annealed) state_d = Read;
      Read: if (ring_read_o) state_d = Write;
      Write: begin
        neuron_d = neuron_q + 1;
        state_d = Read;
        if (last) begin
          group_d = group_q + 1;
          state_d = (GroupBits + 1)'(group_q) + 1 == n_groups_i ? Idle : Open;
        end
      end
      default: state_d = Idle;
    endcase
  end
  always_ff @(posedge clk_i) begin
    group_q <= group_d;
    neuron_q <= neuron_d;
    state_q <= rst_ni ? state_d : Idle;
  end
  assign idle_o = state_q == Idle;
  assign ring_read_o = state_q == Read && !hold_i && spike_ready_i;
  assign ring_clear_o = state_q == Write;
  assign neuron_o = neuron_q;

  // ---- a neuron's words ----
  params_t params;
  state_t state, new_state;
  inputs_t waiting, inputs;
  logic fires, off;
  logic write;
  assign write = state_q == Write;
  logic [ParamWords-1:0] write_param;
  logic [StateWords-1:0] write_state;
  neuron_t state_address;
  state_t state_data;
  assign write_param = host_i.space == SpaceParam ? ParamWords'(1) << host_i.address[3:0] : '0;
  always_comb begin
    write_state = {StateWords{write && due}};
    state_address = neuron_q;
    state_data = new_state;
    if (host_i.space == SpaceState) begin
      write_state = StateWords'(1) << host_i.address[1:0];
      state_address = host_i.address[NeuronBits+1:2];
      state_data = {StateWords{host_i.data}};
    end
  end
  plc_memory #(.Words(Neurons), .Lanes(ParamWords)) u_params (
    .clk_i, .read_i(ring_read_o), .read_address_i(neuron_q), .read_data_o(params),
    .write_i(write_param), .write_address_i(host_i.address[NeuronBits+3:4]), .write_data_i({ParamWords{host_i.data}}));
  logic host_reads;
  logic [1:0] host_word_q;
  assign host_reads = host_i.space == SpaceRead && host_i.address[16];
  always_ff @(posedge clk_i) if (host_reads) host_word_q <= host_i.address[1:0];
  assign host_data_o = state[host_word_q];
  plc_memory #(.Words(Neurons), .Lanes(StateWords)) u_state (
    .clk_i, .read_i(ring_read_o || host_reads),
    .read_address_i(host_reads ? host_i.address[NeuronBits+1:2] : neuron_q), .read_data_o(state),
    .write_i(write_state), .write_address_i(state_address), .write_data_i(state_data));
  // What waits for a neuron that is not due.
  plc_memory #(.Words(Neurons), .Lanes(Receptors)) u_waiting (
    .clk_i, .read_i(ring_read_o), .read_address_i(neuron_q), .read_data_o(waiting),
    .write_i({Receptors{write || sweep_i}}), .write_address_i(sweep_i ? sweep_neuron_i : neuron_q),
    .write_data_i(sweep_i || due ? '0 : inputs));

  assign inputs.excitatory = waiting.excitatory + ring_data_i.excitatory;
  assign inputs.inhibitory = waiting.inhibitory + ring_data_i.inhibitory;
  plc_neuron u_neuron (
    .model_i, .params_i(params), .annealer_i(annealers[population]), .slope_i(slope), .noise_i(noise), .state_i(state),
    .inputs_i(inputs), .state_o(new_state), .spike_o(fires), .off_o(off));
  assign update_o = write && due;
  assign spike_valid_o = update_o && fires;
  assign spike_data_o = (keys[group_q] + 32'(neuron_q)) | (off ? polarities[group_q] : '0);
  assign spike_off_o = off;

  // There is always room for a spike: a neuron is read only where there is.
  assert property (@(posedge clk_i) disable iff (!rst_ni) spike_valid_o |-> spike_ready_i);
  // The host writes only between ticks.
  assert property (@(posedge clk_i) disable iff (!rst_ni) host_i.space == SpaceState |-> state_q == Idle);
endmodule

`default_nettype wire
