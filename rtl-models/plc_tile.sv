// A tile of the placode chip: a router and its core. All outputs are registers.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module plc_tile
  import plc_chip_pkg::*;
(
  input  logic                clk_i,
  input  logic                rst_ni,
  input  space_t              host_space_i,
  input  logic [16:0]         host_address_i,
  input  word_t               host_data_i,
  input  logic                tick_i,
  input  logic [Links-1:0]    in_valid_i, // by the direction that a packet travels in
  output logic [Links-1:0]    in_ready_o,
  input  packet_t [Links-1:0] in_data_i,
  output logic [Links-1:0]    out_valid_o,
  input  logic [Links-1:0]    out_ready_i,
  output packet_t [Links-1:0] out_data_o,
  output word_t               host_data_o, // what was read
  output logic                idle_o, // a cycle ago
  // What happens, for who watches, a cycle ago.
  output logic                spike_o,
  output neuron_t             spike_neuron_o,
  output logic                spike_off_o,
  output logic                update_o,
  output logic                event_o,
  output logic                plastic_event_o,
  output logic                deliver_o,
  output logic                pass_o, // a packet goes through the router
  output logic                dropped_o,
  output logic                aside_o,
  output logic                lost_o
);
  host_t host;
  assign host = '{space: host_space_i, address: host_address_i, data: host_data_i};

  // ---- the tile's registers, by address in SpaceControl ----
  typedef enum logic [2:0] {
    ControlModel = 3'd0,
    ControlGroups = 3'd1,
    ControlEntries = 3'd2, // of the key-to-row table
    ControlRoutes = 3'd3,
    ControlWait = 3'd4,    // [cycles] that the router waits for room; all ones: for ever
    ControlPlastic = 3'd5  // neurons have plastic synapses
  } control_t;
  model_t model_q;
  logic [GroupBits:0] groups_q;
  logic [$clog2(KeyEntries):0] entries_q;
  logic [$clog2(RouterEntries):0] routes_q;
  word_t wait_q;
  logic plastic_q;
  always_ff @(posedge clk_i)
    if (!rst_ni) begin
      model_q <= ModelSource;
      groups_q <= '0;
      entries_q <= '0;
      routes_q <= '0;
      wait_q <= '1;
      plastic_q <= 1'b0;
    end else if (host.space == SpaceControl) begin
      unique case (control_t'(host.address[2:0]))
        ControlModel: model_q <= model_t'(host.data[1:0]);
        ControlGroups: groups_q <= host.data[GroupBits:0];
        ControlEntries: entries_q <= host.data[$clog2(KeyEntries):0];
        ControlRoutes: routes_q <= host.data[$clog2(RouterEntries):0];
        ControlWait: wait_q <= host.data;
        ControlPlastic: plastic_q <= host.data[0];
        default: ;
      endcase
    end

  logic core_in_valid, core_in_ready, core_out_valid, core_out_ready;
  packet_t core_in, core_out;
  logic core_idle, router_idle, spike, spike_off, update, event_, plastic_event, dropped, aside, lost, pass;
  neuron_t spike_neuron;
  plc_core u_core (
    .clk_i, .rst_ni, .host_i(host), .model_i(model_q), .plastic_i(plastic_q), .n_groups_i(groups_q), .n_entries_i(entries_q), .tick_i,
    .in_valid_i(core_in_valid), .in_ready_o(core_in_ready), .in_data_i(core_in),
    .out_valid_o(core_out_valid), .out_ready_i(core_out_ready), .out_data_o(core_out),
    .spike_o(spike), .spike_neuron_o(spike_neuron), .spike_off_o(spike_off), .update_o(update), .event_o(event_),
    .plastic_event_o(plastic_event), .host_data_o, .idle_o(core_idle));
  plc_router u_router (
    .clk_i, .rst_ni, .host_i(host), .n_entries_i(routes_q), .wait_i(wait_q),
    .in_valid_i({core_out_valid, in_valid_i}), .in_ready_o({core_out_ready, in_ready_o}),
    .in_data_i({core_out, in_data_i}),
    .out_valid_o({core_in_valid, out_valid_o}), .out_ready_i({core_in_ready, out_ready_i}),
    .out_data_o({core_in, out_data_o}),
    .pass_o(pass), .lost_o(lost), .dropped_o(dropped), .aside_o(aside), .idle_o(router_idle));

  always_ff @(posedge clk_i) begin
    idle_o <= rst_ni && core_idle && router_idle && !tick_i;
    spike_o <= rst_ni && spike;
    spike_neuron_o <= spike_neuron;
    spike_off_o <= spike_off;
    update_o <= rst_ni && update;
    event_o <= rst_ni && event_;
    plastic_event_o <= rst_ni && plastic_event;
    deliver_o <= rst_ni && core_in_valid && core_in_ready;
    pass_o <= rst_ni && pass;
    dropped_o <= rst_ni && dropped;
    aside_o <= rst_ni && aside;
    lost_o <= rst_ni && lost;
  end
endmodule

`default_nettype wire
