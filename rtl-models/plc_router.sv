// A multicast router of five ports: a key/mask table, first match, default route straight on.
// SPDX-License-Identifier: Apache-2.0
// Takes one packet a cycle from its ports in turn, and gives it to all its outputs at once when all have room. One
// that has waited for room for wait_i cycles is dropped. Where wait_i says for ever, it steps aside after some cycles
// into a queue, which takes its turn like a port: so routers do not block each other, whatever their tables say. While
// anybody stands aside, the core has to wait with packets of its own.
`default_nettype none

module plc_router
  import plc_chip_pkg::*;
(
  input  logic                clk_i,
  input  logic                rst_ni,
  input  host_t               host_i,
  input  logic [8:0]          n_entries_i,
  input  word_t               wait_i, // [cycles]; all ones: for ever
  input  ports_t              in_valid_i,
  output ports_t              in_ready_o,
  input  packet_t [Ports-1:0] in_data_i,
  output ports_t              out_valid_o,
  input  ports_t              out_ready_i,
  output packet_t [Ports-1:0] out_data_o,
  output logic                pass_o,    // a packet goes on
  output logic                lost_o,    // a packet born here matched nothing
  output logic                dropped_o, // a packet waited too long
  output logic                aside_o,   // a packet steps aside
  output logic                idle_o     // no packet is here
);
  localparam int unsigned IndexBits = $clog2(RouterEntries);
  typedef logic [2:0] port_t;
  localparam int unsigned Aside = 5; // in the place of a port: the queue
  function automatic port_t next_of(port_t port);
    return port == port_t'(Aside) ? '0 : port + 1;
  endfunction

  // ---- packets stand at their ports ----
  ports_t head_valid, head_ready;
  packet_t [Ports-1:0] head;
  ports_t room, give;
  for (genvar p = 0; p < int'(Ports); p++) begin : gen_port
    plc_fifo #(.Width($bits(packet_t)), .Depth(LinkBuffer)) u_in (
      .clk_i, .rst_ni,
      .in_valid_i(in_valid_i[p]), .in_ready_o(in_ready_o[p]), .in_data_i(in_data_i[p]),
      .out_valid_o(head_valid[p]), .out_ready_i(head_ready[p]), .out_data_o(head[p]));
    plc_fifo #(.Width($bits(packet_t)), .Depth(LinkBuffer)) u_out (
      .clk_i, .rst_ni,
      .in_valid_i(give[p]), .in_ready_o(room[p]), .in_data_i(key_q),
      .out_valid_o(out_valid_o[p]), .out_ready_i(out_ready_i[p]), .out_data_o(out_data_o[p]));
  end

  // ---- those who step aside ----
  typedef struct packed {
    port_t port;
    packet_t key;
  } entry_t;
  logic aside_valid, aside_ready, aside_room, aside_empty;
  entry_t aside;
  plc_queue #(.Width($bits(entry_t)), .Depth(AsideEntries)) u_aside (
    .clk_i, .rst_ni,
    .in_valid_i(aside_o), .in_ready_o(aside_room), .in_data_i({port_q, key_q}),
    .out_valid_o(aside_valid), .out_ready_i(aside_ready), .out_data_o(aside), .empty_o(aside_empty));

  // ---- one of them is taken in ----
  logic valid_q, done;
  packet_t key_q;
  port_t port_q;  // that it came by
  port_t turn_q;  // port that is asked first
  logic again_q;  // it stood aside before
  word_t waited_q;

  logic [Ports:0] waiting; // by port, and who stands aside
  assign waiting = {aside_valid, head_valid & ~(!aside_empty ? ports_t'(1 << Local) : '0)};
  logic taken;
  port_t port; // that is asked
  port_t taken_port;
  always_comb begin
    taken = 1'b0;
    taken_port = turn_q;
    head_ready = '0;
    aside_ready = 1'b0;
    port = turn_q;
    for (int unsigned i = 0; i <= Ports; i++) begin
      if (!taken && waiting[port] && (!valid_q || done)) begin
        taken = 1'b1;
        taken_port = port;
      end
      port = next_of(port);
    end
    if (taken && taken_port == port_t'(Aside)) aside_ready = 1'b1;
    else if (taken) head_ready[taken_port] = 1'b1;
  end

  // ---- and sent on ----
  logic hit;
  logic [IndexBits-1:0] index;
  ports_t routes[RouterEntries];
  ports_t wanted;
  logic blocked;
  plc_lookup #(.Entries(RouterEntries)) u_table (
    .clk_i,
    .write_key_i(host_i.space == SpaceRouteKey), .write_mask_i(host_i.space == SpaceRouteMask),
    .write_index_i(host_i.address[IndexBits-1:0]), .write_data_i(host_i.data), .n_i(n_entries_i),
    .valid_i(valid_q), .key_i(key_q), .hit_o(hit), .index_o(index));

  always_comb begin
    wanted = '0;
    if (hit) wanted = routes[index];
    else if (port_q != port_t'(Local)) wanted[port_q] = 1'b1; // straight on
  end
  assign blocked = valid_q && (wanted & ~room) != '0;
  assign give = valid_q && !blocked ? wanted : '0;
  assign dropped_o = blocked && wait_i != '1 && waited_q >= wait_i;
  assign aside_o = blocked && wait_i == '1 && aside_room && (again_q || waited_q >= Patience);
  assign done = valid_q && (!blocked || dropped_o || aside_o);
  assign pass_o = valid_q && !blocked;
  assign lost_o = valid_q && !hit && port_q == port_t'(Local);
  assign idle_o = !valid_q && aside_empty && head_valid == '0 && out_valid_o == '0;

  always_ff @(posedge clk_i) begin
    if (host_i.space == SpaceRoutePorts) routes[host_i.address[IndexBits-1:0]] <= host_i.data[Ports-1:0];
    if (taken) begin
      again_q <= taken_port == port_t'(Aside);
      key_q <= taken_port == port_t'(Aside) ? aside.key : head[taken_port];
      port_q <= taken_port == port_t'(Aside) ? aside.port : taken_port;
    end
    waited_q <= valid_q && !done ? waited_q + 1 : '0;
    if (!rst_ni) begin
      valid_q <= 1'b0;
      turn_q <= '0;
    end else begin
      valid_q <= taken || (valid_q && !done);
      if (taken) turn_q <= next_of(taken_port);
    end
  end

  // No packet leaves by a port that its route does not name.
  assert property (@(posedge clk_i) disable iff (!rst_ni) (give & ~wanted) == '0);
  // A packet goes to all of its outputs in one cycle, or to none.
  assert property (@(posedge clk_i) disable iff (!rst_ni) give == '0 || (give == wanted && (give & ~room) == '0));
endmodule

`default_nettype wire
