// One update of an ON-OFF pair: docs/semantics.md, "The ON-OFF pair".
// SPDX-License-Identifier: Apache-2.0
// The slope of the tick comes from plc_annealer and the noise word from plc_threefry; both serve
// all pairs of a population.
`default_nettype none

module plc_onoff_cell (
    input  wire [447:0] params_i,   // onoff_params_t
    input  wire [ 63:0] state_i,    // onoff_state_t; the spin is +1 or -1
    input  wire [ 31:0] input_i,    // signed sum of the weights that arrived
    input  wire [ 61:0] slope_i,    // octaves per unit of gain, Q40
    input  wire [ 31:0] noise_i,    // a uniform word
    output wire [ 63:0] state_o,    // onoff_state_t
    output wire         spike_o,
    output wire         polarity_o  // of a spike: 0 ON, 1 OFF
);

  plc_neuron_pkg::onoff_params_t p;
  plc_neuron_pkg::onoff_state_t s, n;
  assign p = params_i;
  assign s = state_i;
  assign state_o = n;

  // The potential moves by twice the input. Flipping gains spin x v, exactly: -2^31 gains 2^31.
  logic signed [32:0] v, gain;
  assign n.v = s.v + (input_i << 1);
  assign v = 33'($signed(n.v));
  assign gain = $signed(s.spin) < 0 ? -v : v;

  logic [32:0] limit;
  plc_acceptance u_acceptance (
      .log2_eta_i(p.log2_eta),
      .slope_i   (slope_i),
      .gain_i    (gain),
      .limit_o   (limit)
  );
  assign spike_o = {1'b0, noise_i} < limit;
  assign n.spin = spike_o ? -s.spin : s.spin;
  assign polarity_o = $signed(n.spin) < 0;

  // The other words are the annealer's.
  wire unused = &{1'b0, p.origin, p.log2_c, p.delta, p.scale, p.delta_shift, p.scale_shift,
                  p.hold_bits, p.reserved};

endmodule

`default_nettype wire
