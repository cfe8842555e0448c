// Words of the neuron cells: parameters and state as they stand in a layout.
// SPDX-License-Identifier: Apache-2.0
// Word i of a model in hw/neuron/ is bits 32 i + 31 .. 32 i of its vector, so a struct lists the
// words from the last to the first. Formats and units: docs/semantics.md.
`default_nettype none

package plc_neuron_pkg;

  // lif_curr_exp. S16.15 is signed with 15 fraction bits, 0.32 an unsigned fraction.
  typedef struct packed {
    logic [31:0] shift_i;     // ring slot to S16.15, 0..14; the low 4 bits count
    logic [31:0] shift_e;
    logic [31:0] gain_i;      // 0.32
    logic [31:0] gain_e;      // 0.32
    logic [31:0] decay_i;     // 0.32
    logic [31:0] decay_e;     // 0.32
    logic [31:0] refractory;  // [ticks] signed
    logic [31:0] i_offset;    // [nA] S16.15
    logic [31:0] decay_m;     // S16.15
    logic [31:0] resistance;  // [MOhm] S16.15
    logic [31:0] v_thresh;    // [mV] S16.15
    logic [31:0] v_reset;     // [mV] S16.15
    logic [31:0] v_rest;      // [mV] S16.15
  } lif_params_t;

  typedef struct packed {
    logic [31:0] wait_left;  // [ticks] signed: what is left of the refractory period
    logic [31:0] g_i;        // [nA] unsigned, 15 fraction bits
    logic [31:0] g_e;        // [nA] unsigned, 15 fraction bits
    logic [31:0] v;          // [mV] S16.15
  } lif_state_t;

  // onoff: the words of the annealer, which is the same for all pairs of a population.
  typedef struct packed {
    logic [31:0] reserved;
    logic [31:0] hold_bits;    // leading bits of the tick that count, 16..40
    logic [31:0] scale_shift;  // 0..63
    logic [31:0] delta_shift;  // 0..63
    logic [63:0] scale;        // C / A x 2^scale_shift
    logic [63:0] delta;        // [annealer time / tick] x 2^(32 + delta_shift)
    logic [63:0] log2_eta;     // Q40 signed
    logic [63:0] log2_c;       // Q48
    logic [63:0] origin;       // Q32
  } onoff_params_t;

  typedef struct packed {
    logic [31:0] spin;  // +1 or -1, signed
    logic [31:0] v;     // signed
  } onoff_state_t;

endpackage

`default_nettype wire
