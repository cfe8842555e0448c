// The rules of plasticity of a core, and which of them its neurons have.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module plc_rules
  import plc_chip_pkg::*;
(
  input  logic        clk_i,
  input  host_t       host_i,
  // a post event's trace
  input  neuron_t     log_neuron_i,
  input  word_t       log_lag_i,   // [ticks]
  output logic        log_valid_o, // the neuron has a rule
  output decay_t      log_decay_o, // of its events at the lag
  // a synapse
  input  neuron_t     target_i,
  input  word_t       lag_i,
  output word_t [3:0] params_o,    // a_plus, a_minus, w_min, w_max
  output decay_t      plus_o,
  output decay_t      minus_o,
  output word_t       shifts_o,    // of its ring: excitatory, from bit 16 on inhibitory
  // a source
  input  rule_t       source_rule_i,
  input  word_t       source_lag_i,
  output decay_t      source_decay_o
);
  // ---- what the host writes, see plc_chip_pkg ----
  typedef struct packed {
    logic valid;
    rule_t rule;
  } owner_t;
  owner_t owners[Neurons];
  word_t words[Rules][8]; // as in params_o, then shifts
  decay_t plus[Rules*StdpTable];
  decay_t minus[Rules*StdpTable];
  rule_t host_rule;
  assign host_rule = host_i.address[10+:RuleBits];
  always_ff @(posedge clk_i)
    if (host_i.space == SpaceOwner) begin
      owners[host_i.address[NeuronBits-1:0]] <= '{valid: host_i.data[31], rule: host_i.data[RuleBits-1:0]};
    end else if (host_i.space == SpaceRule) begin
      unique case (host_i.address[9:8])
        2'd0: words[host_rule][host_i.address[2:0]] <= host_i.data;
        2'd1: plus[{host_rule, host_i.address[7:0]}] <= host_i.data[$bits(decay_t)-1:0];
        2'd2: minus[{host_rule, host_i.address[7:0]}] <= host_i.data[$bits(decay_t)-1:0];
        default: ;
      endcase
    end

  // ---- what is looked up ----
  rule_t log_rule, rule;
  assign log_rule = owners[log_neuron_i].rule;
  assign log_valid_o = owners[log_neuron_i].valid;
  assign rule = owners[target_i].rule;
  assign params_o = {words[rule][3], words[rule][2], words[rule][1], words[rule][0]};
  assign shifts_o = words[rule][4];
  // Behind the tables decays are 0.
  assign log_decay_o = log_lag_i < StdpTable ? minus[{log_rule, log_lag_i[7:0]}] : '0;
  assign plus_o = lag_i < StdpTable ? plus[{rule, lag_i[7:0]}] : '0;
  assign minus_o = lag_i < StdpTable ? minus[{rule, lag_i[7:0]}] : '0;
  assign source_decay_o = source_lag_i < StdpTable ? plus[{source_rule_i, source_lag_i[7:0]}] : '0;
endmodule

`default_nettype wire
