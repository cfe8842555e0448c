// One update of a threshold cell: docs/semantics.md, "threshold".
// SPDX-License-Identifier: Apache-2.0
// It has no state: what arrived is forgotten. plc_threshold_gate is the cell with weights and a
// registered output.
`default_nettype none

module plc_threshold_cell (
    input  wire [31:0] params_i,  // threshold_params_t
    input  wire [31:0] input_i,   // signed sum of the weights that arrived
    output wire        spike_o
);

  plc_neuron_pkg::threshold_params_t p;
  assign p = params_i;
  assign spike_o = $signed(input_i) >= $signed(p.threshold);

endmodule

`default_nettype wire
