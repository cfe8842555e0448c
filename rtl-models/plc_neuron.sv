// One update of a neuron of any of the core's models.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module plc_neuron
  import plc_chip_pkg::*;
(
  input  model_t  model_i,
  input  params_t params_i,
  input  logic [447:0] annealer_i, // onoff: what the host says of the slice
  input  logic [61:0] slope_i,     // of its annealer in this tick
  input  word_t   noise_i,
  input  state_t  state_i,
  input  inputs_t inputs_i, // sums of what has arrived since the last update
  output state_t  state_o,
  output logic    spike_o,
  output logic    off_o // it is the OFF spike of a pair
);
  state_t lif_state;
  logic [63:0] onoff_state;
  logic lif_spike, threshold_spike, onoff_spike, onoff_off;
  plc_lif_cell u_lif (
    .params_i(params_i), .state_i(state_i), .input_e_i(inputs_i.excitatory), .input_i_i(inputs_i.inhibitory),
    .state_o(lif_state), .spike_o(lif_spike));
  plc_threshold_cell u_threshold (
    .params_i(params_i[0]), .input_i(inputs_i.excitatory), .spike_o(threshold_spike));
  plc_onoff_cell u_onoff (
    .params_i(annealer_i), .state_i(state_i[1:0]), .input_i(inputs_i.excitatory), .slope_i, .noise_i,
    .state_o(onoff_state), .spike_o(onoff_spike), .polarity_o(onoff_off));

  always_comb begin
    state_o = state_i;
    spike_o = 1'b0;
    off_o = 1'b0;
    unique case (model_i)
      ModelSource: begin
        spike_o = state_i[0][0];
        state_o[0] = '0;
      end
      ModelLif: begin
        spike_o = lif_spike;
        state_o = lif_state;
      end
      ModelThreshold: spike_o = threshold_spike;
      ModelOnoff: begin
        spike_o = onoff_spike;
        off_o = onoff_off;
        state_o[1:0] = onoff_state;
      end
    endcase
  end
endmodule

`default_nettype wire
