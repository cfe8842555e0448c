// The sizes of the placode chip, and the words that its parts hand each other.
// SPDX-License-Identifier: Apache-2.0
// The limits are those of the chip preset placode-WxH (hw/chip/numbers.c); a test compares them.
`default_nettype none

package plc_chip_pkg;
  localparam int unsigned Neurons = 1024;       // of a core
  localparam int unsigned SynapseWords = 32768; // of a core: row addresses and synapses
  localparam int unsigned KeyEntries = 64;      // of a core
  localparam int unsigned RingSlots = 16;
  localparam int unsigned WeightBits = 16;
  localparam int unsigned RouterEntries = 256;
  localparam int unsigned AsideEntries = 4096;  // packets that may stand aside in a router
  localparam int unsigned Patience = 16;        // [cycles] that one waits before it does
  localparam int unsigned LinkBuffer = 2;   // packets at each end of a link
  localparam int unsigned SpikeBuffer = 16; // packets that a core has yet to send
  localparam int unsigned Groups = 1024;    // slices of populations on a core
  localparam int unsigned Populations = 64; // on a core
  localparam int unsigned ParamWords = 13;  // of a neuron, 32 bits each
  localparam int unsigned StateWords = 4;   // of a neuron
  localparam int unsigned Receptors = 2;
  localparam int unsigned Rules = 4;        // of plasticity, on a core
  localparam int unsigned StdpTable = 256;  // [ticks] lags with a decay
  localparam int unsigned History = 15;     // post events that are kept of a neuron
  localparam int unsigned PlasticRows = 4096; // of a core, that may wait for its neurons in a tick

  localparam int unsigned NeuronBits = $clog2(Neurons);
  localparam int unsigned SynapseAddressBits = $clog2(SynapseWords);
  localparam int unsigned RowLengthBits = SynapseAddressBits + 1; // a row may fill the memory
  localparam int unsigned SlotBits = $clog2(RingSlots);
  localparam int unsigned GroupBits = $clog2(Groups);
  localparam int unsigned PopulationBits = $clog2(Populations);

  localparam int unsigned RuleBits = $clog2(Rules);
  localparam int unsigned HistoryBits = $clog2(History + 1);

  typedef logic [31:0] word_t;
  typedef logic [15:0] trace_t; // Q5.11
  typedef logic [11:0] decay_t; // Q5.11
  typedef logic [RuleBits-1:0] rule_t;
  typedef logic [31:0] packet_t; // a routing key
  typedef logic [NeuronBits-1:0] neuron_t;
  typedef logic [SlotBits-1:0] slot_t;
  typedef logic [GroupBits-1:0] group_t;
  typedef logic [PopulationBits-1:0] population_t;
  typedef logic [SynapseAddressBits-1:0] synapse_address_t;

  // A router's ports. Port 0..3 takes in and sends out what travels east, north, west and south; port 4 is the core's.
  localparam int unsigned Links = 4;
  localparam int unsigned Ports = 5;
  localparam int unsigned Local = 4;
  typedef logic [Ports-1:0] ports_t;

  typedef struct packed {
    logic plastic;
    logic signed [WeightBits-1:0] weight;
    slot_t delay; // [ticks] 1..15
    logic receptor;
    neuron_t target;
  } synapse_t;

  // Where a row is. Rows that a core has none of have length 0. Before the synapses of one with plastic ones stand two words:
  // the tick of the source's last spike, and its trace after it.
  typedef struct packed {
    logic plastic;
    logic [RowLengthBits-1:0] length; // [synapses]
    synapse_address_t address; // of the first word
  } row_t;

  typedef struct packed {
    logic [15-RuleBits:0] unused;
    rule_t rule; // whose decay the source's trace has
    trace_t trace;
  } source_t;

  // What arrives at a neuron in one tick, by receptor.
  typedef struct packed {
    word_t inhibitory;
    word_t excitatory; // or the only input of models with one
  } inputs_t;

  typedef word_t [ParamWords-1:0] params_t;
  typedef word_t [StateWords-1:0] state_t;

  // What a core updates: one model for all of its neurons.
  typedef enum logic [1:0] {
    ModelSource = 2'd0,    // spikes when the host has set word 0 of its state, which it clears
    ModelLif = 2'd1,       // lif_curr_exp
    ModelThreshold = 2'd2, // threshold
    ModelOnoff = 2'd3      // onoff
  } model_t;

  // What the host writes. The address counts words within a space.
  typedef enum logic [3:0] {
    SpaceNone = 4'd0,
    SpaceRouteKey = 4'd1,   // [entry]
    SpaceRouteMask = 4'd2,  // [entry]
    SpaceRoutePorts = 4'd3, // [entry] a bit a port
    SpaceEntryKey = 4'd4,   // [entry] key-to-row
    SpaceEntryMask = 4'd5,  // [entry]
    SpaceEntryRow = 4'd6,   // [entry][4]: index mask, polarity mask, first row, rows
    SpaceSynapse = 4'd7,    // [word]
    SpaceParam = 4'd8,      // [neuron][16]
    SpaceState = 4'd9,      // [neuron][4]
    SpaceGroup = 4'd10,     // [group][8], see plc_updater
    SpacePopulation = 4'd11, // [population][32], see plc_updater; from word 16 on the annealer
    SpaceControl = 4'd12,   // see plc_tile
    SpaceRule = 4'd13,      // [rule][1024], see plc_rules: params and shifts, from 256 on decay_plus, from 512 decay_minus
    SpaceOwner = 4'd14,     // [neuron] bit 31: it has plastic synapses; its rule
    SpaceRead = 4'd15       // [word] of the synapses, or from bit 16 on [neuron][4] of the states: it is at the tile's host port
                            // in the next cycle
  } space_t;

  typedef struct packed {
    space_t space; // SpaceNone: nothing is written
    logic [16:0] address;
    word_t data;
  } host_t;
endpackage

`default_nettype wire
