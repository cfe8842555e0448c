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

  localparam int unsigned NeuronBits = $clog2(Neurons);
  localparam int unsigned SynapseAddressBits = $clog2(SynapseWords);
  localparam int unsigned RowLengthBits = SynapseAddressBits + 1; // a row may fill the memory
  localparam int unsigned SlotBits = $clog2(RingSlots);
  localparam int unsigned GroupBits = $clog2(Groups);
  localparam int unsigned PopulationBits = $clog2(Populations);

  typedef logic [31:0] word_t;
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
    logic unused;
    logic signed [WeightBits-1:0] weight;
    slot_t delay; // [ticks] 1..15
    logic receptor;
    neuron_t target;
  } synapse_t;

  // Where a row is. Rows that a core has none of have length 0.
  typedef struct packed {
    logic [31-SynapseAddressBits-RowLengthBits:0] unused;
    logic [RowLengthBits-1:0] length; // [words]
    synapse_address_t address; // of the first
  } row_t;

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
    SpaceControl = 4'd12    // see plc_tile
  } space_t;

  typedef struct packed {
    space_t space; // SpaceNone: nothing is written
    logic [16:0] address;
    word_t data;
  } host_t;
endpackage

`default_nettype wire
