/* The C face of the verilated chip: W x H tiles, clocked together. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_RTL_MODELS_MESH_H
#define PLC_RTL_MODELS_MESH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The numbers of plc_chip_pkg.sv that who loads a tile needs; a test compares them. */
enum {
    PLC_RTL_NEURONS = 1024,
    PLC_RTL_SYNAPSE_WORDS = 32768,
    PLC_RTL_KEY_ENTRIES = 64,
    PLC_RTL_RING_SLOTS = 16,
    PLC_RTL_WEIGHT_BITS = 16,
    PLC_RTL_ROUTER_ENTRIES = 256,
    PLC_RTL_LINK_BUFFER = 2,
    PLC_RTL_SPIKE_BUFFER = 16,
    PLC_RTL_PARAM_LANES = 13, /* words of a neuron's parameters that are there */
    PLC_RTL_GROUPS = 1024,
    PLC_RTL_POPULATIONS = 64,
    PLC_RTL_RULES = 4, /* of plasticity, on a core */
    PLC_RTL_RULE_WORDS = 1024,
    PLC_RTL_PLASTIC_ROWS = 4096,
    PLC_RTL_TILES = 1024, /* of a mesh: each takes 700 KiB and some ms to reset */
    PLC_RTL_LINKS = 4,    /* 0 east, 1 north, 2 west, 3 south; y to the north */
};

/* Where the host writes; the address counts words. */
typedef enum plc_rtl_space {
    PLC_RTL_ROUTE_KEY = 1, /* [entry] */
    PLC_RTL_ROUTE_MASK,    /* [entry] */
    PLC_RTL_ROUTE_PORTS,   /* [entry] bit l: link l; bit 4: the core */
    PLC_RTL_ENTRY_KEY,     /* [entry] */
    PLC_RTL_ENTRY_MASK,    /* [entry] */
    PLC_RTL_ENTRY_ROW,     /* [entry][4] index mask, polarity mask, first row, rows */
    PLC_RTL_SYNAPSE,       /* [word] */
    PLC_RTL_PARAM,         /* [neuron][16] */
    PLC_RTL_STATE,         /* [neuron][4] */
    PLC_RTL_GROUP,         /* [group][8], see plc_rtl_group_word */
    PLC_RTL_POPULATION,    /* [population][32], see plc_rtl_population_word */
    PLC_RTL_CONTROL,       /* see plc_rtl_control */
    PLC_RTL_RULE,          /* [rule][1024], see plc_rtl_rule_word */
    PLC_RTL_OWNER,         /* [neuron] bit 31: it has plastic synapses; its rule */
    PLC_RTL_READ,          /* see plc_rtl_mesh_read() */
} plc_rtl_space;

/* A slice of a population on a core. */
typedef enum plc_rtl_group_word {
    PLC_RTL_GROUP_END,        /* neuron of the core behind its last */
    PLC_RTL_GROUP_KEY,        /* key of neuron 0 of the core, if it were in the slice */
    PLC_RTL_GROUP_POLARITY,   /* bit of the key that an OFF spike sets */
    PLC_RTL_GROUP_INDEX,      /* in its population of neuron 0 of the core, likewise */
    PLC_RTL_GROUP_POPULATION, /* among those of the core */
    PLC_RTL_GROUP_BLOCK,      /* where neurons are drawn: block of its first neuron, */
    PLC_RTL_GROUP_BEGIN,      /* that block's first neuron, */
    PLC_RTL_GROUP_EXCESS,     /* and the block times the population's size, modulo its blocks */
    PLC_RTL_GROUP_WORDS = 8,
} plc_rtl_group_word;

/* A population that has slices on a core. */
typedef enum plc_rtl_population_word {
    PLC_RTL_POPULATION_PERIOD,    /* [ticks] */
    PLC_RTL_POPULATION_COUNTDOWN, /* [ticks] until it is due */
    PLC_RTL_POPULATION_NOISE_0,   /* key of its random stream */
    PLC_RTL_POPULATION_NOISE_1,
    PLC_RTL_POPULATION_BLOCKS, /* that a neuron each is drawn from; 0: neurons are not drawn */
    PLC_RTL_POPULATION_SIZE,   /* of the population over its blocks, */
    PLC_RTL_POPULATION_EXCESS, /* and the remainder */
    PLC_RTL_POPULATION_ANNEALER = 16, /* the words of onoff's parameters */
    PLC_RTL_POPULATION_WORDS = 32,
} plc_rtl_population_word;

/* A rule of plasticity; several populations may have it. */
typedef enum plc_rtl_rule_word {
    PLC_RTL_RULE_A_PLUS,
    PLC_RTL_RULE_A_MINUS,
    PLC_RTL_RULE_W_MIN,
    PLC_RTL_RULE_W_MAX,
    PLC_RTL_RULE_SHIFTS,      /* of the rings: excitatory, from bit 16 on inhibitory */
    PLC_RTL_RULE_PLUS = 256,  /* [256] decay_plus */
    PLC_RTL_RULE_MINUS = 512, /* [256] decay_minus */
} plc_rtl_rule_word;

typedef enum plc_rtl_control {
    PLC_RTL_CONTROL_MODEL,   /* plc_rtl_model of the core */
    PLC_RTL_CONTROL_GROUPS,  /* slices in use */
    PLC_RTL_CONTROL_ENTRIES, /* key-to-row entries in use */
    PLC_RTL_CONTROL_ROUTES,  /* router entries in use */
    PLC_RTL_CONTROL_WAIT,    /* [cycles] a packet waits for room; UINT32_MAX: for ever */
    PLC_RTL_CONTROL_PLASTIC, /* 1: neurons have plastic synapses */
} plc_rtl_control;

typedef enum plc_rtl_model {
    PLC_RTL_SOURCE, /* spikes in the next tick when word 0 of its state is 1 */
    PLC_RTL_LIF,
    PLC_RTL_THRESHOLD,
    PLC_RTL_ONOFF,
} plc_rtl_model;

/* A row's address word, and a synapse, as they stand in a tile's memory. Before the synapses of a
 * row with plastic ones stand the tick of the source's last spike, and its trace after it with,
 * from bit 16 on, the rule whose decay it has. */
static inline uint32_t plc_rtl_pack_row(uint32_t first_word, uint32_t n_synapses, bool plastic)
{
    return (uint32_t)plastic << 31 | n_synapses << 15 | first_word;
}

static inline uint32_t plc_rtl_pack_synapse(uint32_t target, uint32_t receptor, uint32_t delay,
                                            int32_t weight, bool plastic)
{
    return (uint32_t)plastic << 31 | ((uint32_t)weight & 0xffff) << 15 | delay << 11 |
           receptor << 10 | target;
}

static inline int32_t plc_rtl_synapse_weight(uint32_t word)
{
    return (int16_t)(word >> 15 & 0xffff);
}

typedef struct plc_rtl_mesh plc_rtl_mesh;

typedef struct plc_rtl_spike {
    uint32_t tile, neuron; /* neuron of the core */
    bool off;              /* the OFF spike of a pair */
} plc_rtl_spike;

/* What has happened since the mesh was made. */
typedef struct plc_rtl_counts {
    uint64_t cycles;         /* of ticks */
    uint64_t spikes;         /* packets sent */
    uint64_t updates;        /* neurons that were due, sources included */
    uint64_t events;         /* synapses added */
    uint64_t plastic_events; /* of them, plastic ones */
    uint64_t deliveries;     /* packets to cores */
    uint64_t passes;         /* packets through routers */
    uint64_t hops;           /* packets over links */
    uint64_t dropped;        /* packets that waited too long */
    uint64_t aside;          /* packets that stepped aside, each time counted */
    uint64_t lost;           /* packets that their own router had no entry for */
} plc_rtl_counts;

typedef enum plc_rtl_result {
    PLC_RTL_OK,
    PLC_RTL_NO_MEMORY,
    PLC_RTL_STUCK,     /* nothing has moved for long, and something is not idle */
    PLC_RTL_ASSERTION, /* an assertion of the RTL failed; the simulator has printed which */
} plc_rtl_result;

typedef struct plc_rtl_settings {
    uint32_t width, height; /* [tiles] tile (x, y) has number y * width + x */
    uint64_t shuffle;       /* not 0: tiles are evaluated in another order each cycle */
    uint64_t scramble;      /* not 0: all registers and memories begin with random bits */
    bool always;            /* idle tiles are clocked too; the result is the same */
    const bool *only;       /* [tiles] the mesh has no others; each is clocked by itself, with
                             * plc_rtl_mesh_rise(); NULL: all of them */
} plc_rtl_settings;

/* A mesh after reset, or NULL when memory is short. */
plc_rtl_mesh *plc_rtl_mesh_create(const plc_rtl_settings *settings);
void plc_rtl_mesh_destroy(plc_rtl_mesh *mesh);

/* Takes the link out that leaves a tile. */
void plc_rtl_mesh_cut(plc_rtl_mesh *mesh, uint32_t tile, uint32_t link);
/* Writes a word of a tile; between ticks only. */
void plc_rtl_mesh_write(plc_rtl_mesh *mesh, uint32_t tile, plc_rtl_space space, uint32_t address,
                        uint32_t data);
/* Looks into a tile's memories, at any time: a word of PLC_RTL_SYNAPSE, PLC_RTL_PARAM and
 * PLC_RTL_STATE. */
uint32_t plc_rtl_mesh_peek(const plc_rtl_mesh *mesh, uint32_t tile, plc_rtl_space space,
                           uint32_t address);
/* A word of a tile's synaptic memory, or with PLC_RTL_READ_STATE added a neuron's state
 * [neuron][4]; between ticks only. */
enum { PLC_RTL_READ_STATE = 1 << 16 };
uint32_t plc_rtl_mesh_read(plc_rtl_mesh *mesh, uint32_t tile, uint32_t address);
/* Runs one tick, from its pulse until all tiles are idle. ret_cycles: how long it took; ret_tile:
 * the first of those that were busy to the last. */
plc_rtl_result plc_rtl_mesh_tick(plc_rtl_mesh *mesh, uint64_t *ret_cycles, uint32_t *ret_tile);
/* The spikes of the last tick, in the order of their cycles. */
const plc_rtl_spike *plc_rtl_mesh_spikes(const plc_rtl_mesh *mesh, size_t *ret_n);
plc_rtl_counts plc_rtl_mesh_counts(const plc_rtl_mesh *mesh);

/* What stands at the links of a tile between two clocks. Inputs are the caller's. */
typedef struct plc_rtl_flits {
    uint8_t in_valid, out_ready; /* bit l: link l; of inputs, by the way that packets go */
    uint32_t in_data[PLC_RTL_LINKS];
    uint8_t in_ready, out_valid;
    uint32_t out_data[PLC_RTL_LINKS];
    bool idle;
} plc_rtl_flits;

/* The outputs of a tile as they stand. */
void plc_rtl_mesh_look(plc_rtl_mesh *mesh, uint32_t tile, plc_rtl_flits *flits);
/* Clocks one tile, in two steps: its clock goes up, with the inputs given, in some cycle; and down,
 * which shows the outputs after it. The clocks of all tiles of a cycle go up before any goes down.
 * Events are counted and spikes noted. PLC_RTL_STUCK when nothing has moved for many clocks of this
 * tile. */
void plc_rtl_mesh_rise(plc_rtl_mesh *mesh, uint32_t tile, uint64_t cycle, bool tick,
                       const plc_rtl_flits *flits);
plc_rtl_result plc_rtl_mesh_fall(plc_rtl_mesh *mesh, uint32_t tile, plc_rtl_flits *flits);
/* Forgets the spikes noted so far. */
void plc_rtl_mesh_begin(plc_rtl_mesh *mesh);

/* From now on waveforms of all tiles go to a VCD file, with cycles of `period` [ps]; tiles that are
 * idle have no clock. False, with errno, when the file cannot be opened. */
bool plc_rtl_mesh_open_wave(plc_rtl_mesh *mesh, const char *path, uint64_t period);
/* No more, and closes the file; false when it could not be written. */
bool plc_rtl_mesh_close_wave(plc_rtl_mesh *mesh);

#ifdef __cplusplus
}
#endif

#endif
