// The Fowler-Nordheim annealer: from a tick to its slope. docs/semantics.md, "Held tick" and
// "Slope".
// SPDX-License-Identifier: Apache-2.0
// A clock with start_i begins, also while another tick is at work; valid_o comes 50 clocks later,
// and the slope stands until the next start. The parameters have to hold still from start to valid.
`default_nettype none

module plc_annealer (
    input  wire         clk_i,
    input  wire         rst_ni,
    input  wire [447:0] params_i,  // onoff_params_t
    input  wire         start_i,
    input  wire [ 63:0] tick_i,
    output wire         valid_o,
    output wire [ 61:0] slope_o    // octaves per unit of gain, Q40
);

  localparam logic [5:0] Log2Steps = 6'd44;
  localparam logic [63:0] TimeMax = 64'h8000_0000_0000_0000;

  typedef enum logic [2:0] {
    Idle,      // the slope stands
    Passed,    // held tick x delta
    Time,      // + origin, at most 2^63
    Mantissa,  // in [1, 2), Q63
    Log2,      // digit by digit, Briggs 1624
    Octaves,   // since C
    Scaled,    // octaves x C / A
    Slope
  } step_t;
  step_t step_q;

  plc_neuron_pkg::onoff_params_t p;
  assign p = params_i;

  logic [63:0] x_q;         // held tick, time, mantissa, octaves
  logic [127:0] product_q;
  logic [54:0] log2_q;      // Q48, of the time
  logic [5:0] k_q;
  logic [61:0] slope_q;

  // One normaliser: of the tick at the start, of the time later.
  logic [63:0] normal, tick_held;
  logic [5:0] zeros;
  plc_normalise u_normalise (
      .x_i    (step_q == Mantissa && !start_i ? x_q : tick_i),
      .y_o    (normal),
      .count_o(zeros)
  );

  // Held tick: with bits - hold_bits = shift > 0, the middle of the span that shares all but shift
  // bits.
  logic [5:0] shift;
  logic is_held;
  logic [6:0] bits;
  assign bits = 7'd64 - {1'b0, zeros};  // of a tick that is not 0
  assign is_held = tick_i != '0 && {25'd0, bits} > p.hold_bits;
  assign shift = 6'(bits - p.hold_bits[6:0]);
  assign tick_held = is_held
      ? ((tick_i >> shift) << shift) + (64'd1 << (shift - 6'd1)) : tick_i;

  // One multiplier: 64 x 64 bits, at work in two steps. What is used in one step stands in a
  // function, which simulators evaluate in that step only.
  logic [63:0] factor;
  assign factor = step_q == Passed ? p.delta : p.scale;

  function automatic [63:0] time_from(input [127:0] passed);
    reg [127:0] time_now;
    begin
      time_now = passed + {64'd0, p.origin};
      time_from = time_now[127:63] != '0 ? TimeMax : time_now[63:0];
    end
  endfunction

  function automatic [61:0] slope_from(input [127:0] scaled);
    slope_from = scaled[127:62] != '0 ? '1 : scaled[61:0];
  endfunction

  // One digit of the logarithm: a factor 1 + 2^-k that does not carry past 2, which would leave
  // the highest bit 0.
  logic [63:0] trial;
  logic [47:0] digit;
  plc_log2_table u_table (
      .index_i(k_q),
      .log2_o (digit)
  );
  assign trial = x_q + (x_q >> k_q);

  logic is_later;
  assign is_later = {9'd0, log2_q} > p.log2_c;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      step_q <= Idle;
      slope_q <= '0;
    end else if (start_i) begin
      step_q <= Passed;
    end else begin
      case (step_q)
        Passed: step_q <= Time;
        Time: step_q <= Mantissa;
        Mantissa: step_q <= Log2;
        Log2: if (k_q == Log2Steps) step_q <= Octaves;
        Octaves: step_q <= Scaled;
        Scaled: step_q <= Slope;
        Slope: begin
          step_q <= Idle;
          slope_q <= slope_from((product_q >> 8) >> p.scale_shift[5:0]);
        end
        default: ;
      endcase
    end
  end

  always_ff @(posedge clk_i) begin
    if (step_q == Passed || step_q == Scaled) product_q <= x_q * factor;
    k_q <= step_q == Log2 ? k_q + 6'd1 : 6'd1;
    if (start_i) begin
      x_q <= tick_held;
    end else begin
      case (step_q)
        Time: x_q <= time_from(product_q >> p.delta_shift[5:0]);
        Mantissa: begin
          x_q <= normal;
          log2_q <= {7'd64 - {1'b0, zeros}, 48'd0};  // log2 of the next power of two
        end
        Log2:
        if (trial[63]) begin
          x_q <= trial;
          log2_q <= log2_q - {7'd0, digit};
        end
        Octaves: x_q <= is_later ? {9'd0, log2_q} - p.log2_c : '0;
        default: ;
      endcase
    end
  end

  assign valid_o = step_q == Idle;
  assign slope_o = slope_q;

  wire unused = &{1'b0, p.log2_eta, p.reserved, p.delta_shift[31:6], p.scale_shift[31:6]};

endmodule

`default_nettype wire
