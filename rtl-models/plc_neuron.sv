// One update of a neuron of any of the core's models.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module plc_neuron
  import plc_chip_pkg::*;
(
  input  model_t  model_i,
  input  params_t params_i,
  input  state_t  state_i,
  input  inputs_t inputs_i, // sums of what has arrived since the last update
  output state_t  state_o,
  output logic    spike_o
);
  state_t lif_state;
  logic lif_spike, threshold_spike;
  plc_lif_cell u_lif (
    .params_i(params_i), .state_i(state_i), .input_e_i(inputs_i.excitatory), .input_i_i(inputs_i.inhibitory),
    .state_o(lif_state), .spike_o(lif_spike));
  assign threshold_spike = $signed(inputs_i.excitatory) >= $signed(params_i[0]);

  always_comb begin
    state_o = state_i;
    spike_o = 1'b0;
    case (model_i)
      ModelSource: begin
        spike_o = state_i[0][0];
        state_o[0] = '0;
      end
      ModelLif: begin
        spike_o = lif_spike;
        state_o = lif_state;
      end
      ModelThreshold: spike_o = threshold_spike;
      default: ;
    endcase
  end
endmodule

`default_nettype wire
