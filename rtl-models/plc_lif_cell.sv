// One update of a lif_curr_exp neuron: docs/semantics.md, "lif_curr_exp".
// SPDX-License-Identifier: Apache-2.0
// Sums wrap at 32 bits and products truncate, as in SpiNNaker's software; only ring slots saturate.
`default_nettype none

module plc_lif_cell (
    input  wire [415:0] params_i,   // lif_params_t
    input  wire [127:0] state_i,    // lif_state_t
    input  wire [ 31:0] input_e_i,  // unsigned sums of the weights that arrived
    input  wire [ 31:0] input_i_i,
    output wire [127:0] state_o,    // lif_state_t
    output wire         spike_o
);

  plc_neuron_pkg::lif_params_t p;
  plc_neuron_pkg::lif_state_t s, n;
  assign p = params_i;
  assign s = state_i;
  assign state_o = n;

  // Receptors: gain x slot joins the current.
  logic [31:0] g_e, g_i;
  plc_lif_receptor u_excitatory (
      .input_i(input_e_i),
      .shift_i(p.shift_e),
      .gain_i (p.gain_e),
      .g_i    (s.g_e),
      .g_o    (g_e)
  );
  plc_lif_receptor u_inhibitory (
      .input_i(input_i_i),
      .shift_i(p.shift_i),
      .gain_i (p.gain_i),
      .g_i    (s.g_i),
      .g_o    (g_i)
  );

  // Membrane: to target = current x R + v_rest, short of it by decay_m x (target - v).
  logic [31:0] driven, target, short_of, moved, v;
  logic refractory, spikes;
  plc_s1615_mul u_driven (
      .a_i(g_e - g_i + p.i_offset),
      .b_i(p.resistance),
      .y_o(driven)
  );
  assign target = driven + p.v_rest;
  plc_s1615_mul u_short_of (
      .a_i(p.decay_m),
      .b_i(target - s.v),
      .y_o(short_of)
  );
  assign moved = target - short_of;
  assign refractory = $signed(s.wait_left) > 0;
  assign v = refractory ? s.v : moved;
  assign spikes = $signed(v) >= $signed(p.v_thresh);

  assign n.v = spikes ? p.v_reset : v;
  assign n.wait_left = spikes ? p.refractory : refractory ? s.wait_left - 32'd1 : 32'd0;
  plc_fraction_mul u_decay_e (
      .a_i       (g_e),
      .fraction_i(p.decay_e),
      .y_o       (n.g_e)
  );
  plc_fraction_mul u_decay_i (
      .a_i       (g_i),
      .fraction_i(p.decay_i),
      .y_o       (n.g_i)
  );
  assign spike_o = spikes;

endmodule

`default_nettype wire
