// One update of a threshold cell: docs/semantics.md, "threshold".
// SPDX-License-Identifier: Apache-2.0
// It has no state: what arrived is forgotten. plc_threshold_gate is the cell with weights and a
// registered output.
`default_nettype none

module plc_threshold_cell (
    input  wire [31:0] params_i,  // the threshold, signed
    input  wire [31:0] input_i,   // signed sum of the weights that arrived
    output wire        spike_o
);

  assign spike_o = $signed(input_i) >= $signed(params_i);

endmodule

`default_nettype wire
