// The same cell with one product rounded, where lif_curr_exp cuts it off: the check finds it.
// SPDX-License-Identifier: Apache-2.0
// Check it: placode cosim --user-rtl examples/rtl/rounding_lif.sv --model lif
// Ports and their words: docs/rtl.md.

module rounding_lif (
    input  logic [415:0] params_i,
    input  logic [127:0] state_i,
    input  logic [ 31:0] input_e_i,
    input  logic [ 31:0] input_i_i,
    output logic [127:0] state_o,
    output logic         spike_o
);

  logic signed [31:0] v_rest, v_reset, v_thresh, resistance, decay_m, i_offset, refractory;
  logic [31:0] decay_e, decay_i, gain_e, gain_i, shift_e, shift_i;
  assign {shift_i, shift_e, gain_i, gain_e, decay_i, decay_e, refractory, i_offset, decay_m,
          resistance, v_thresh, v_reset, v_rest} = params_i;

  logic signed [31:0] v, waiting;
  logic [31:0] g_e, g_i;
  assign {waiting, g_i, g_e, v} = state_i;

  logic [63:0] product_e, product_i, left_e, left_i;
  logic [31:0] slot_e, slot_i, sum_e, sum_i;
  logic signed [31:0] current, target, distance, next_v;
  logic signed [63:0] driven, kept;
  logic spikes;

  always_comb begin
    // Ring slots hold 16 bits.
    slot_e = (input_e_i > 65535 ? 32'd65535 : input_e_i) << shift_e;
    slot_i = (input_i_i > 65535 ? 32'd65535 : input_i_i) << shift_i;
    product_e = slot_e * gain_e;
    product_i = slot_i * gain_i;
    sum_e = g_e + product_e[63:32];
    sum_i = g_i + product_i[63:32];

    // The membrane; the second product is rounded to the nearest.
    current = sum_e - sum_i + i_offset;
    driven = current * resistance;
    target = driven[46:15] + v_rest;
    distance = target - v;
    kept = decay_m * distance + 64'sd16384;
    next_v = waiting > 0 ? v : target - kept[46:15];
    spikes = next_v >= v_thresh;

    left_e = sum_e * decay_e;
    left_i = sum_i * decay_i;
    state_o[31:0] = spikes ? v_reset : next_v;
    state_o[63:32] = left_e[63:32];
    state_o[95:64] = left_i[63:32];
    state_o[127:96] = spikes ? refractory : waiting > 0 ? waiting - 1 : 0;
    spike_o = spikes;
  end

endmodule
