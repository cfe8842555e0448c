/* The chip as the mapper and the engines see it: a mesh of routers, each with cores, and its
 * numbers. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_HW_CHIP_H
#define PLC_HW_CHIP_H

#include <placode/chip.h>
#include <stdbool.h>
#include <stdint.h>

/* Links are numbered the same on every mesh: 0 (1,0), 1 (1,1), 2 (0,1), 3 (-1,0), 4 (-1,-1), 5
 * (0,-1). Rectangular meshes use 0, 2, 3 and 5. The link that leads back is (link + 3) mod 6. */
enum {
    PLC_N_LINKS = 6,
    PLC_LINKS_RECTANGULAR = 0x2d, /* bits 0, 2, 3, 5 */
    PLC_LINKS_HEXAGONAL = 0x3f,
    PLC_MAX_CORES = 256, /* cores of one router */
    PLC_CORE_WORDS = PLC_MAX_CORES / 64,
    PLC_NO_ROUTER = -1,
};

/* A set of cores of one router; bit c of word c / 64. */
typedef struct plc_core_set {
    uint64_t word[PLC_CORE_WORDS];
} plc_core_set;

static inline bool plc_core_set_has(const plc_core_set *set, uint32_t core)
{
    return (set->word[core / 64] >> (core % 64)) & 1;
}

static inline void plc_core_set_add(plc_core_set *set, uint32_t core)
{
    set->word[core / 64] |= UINT64_C(1) << (core % 64);
}

/* One number of a chip: where it comes from and how far to trust it. */
typedef struct plc_quantity {
    double value; /* in the unit of its row below; INFINITY: unbounded; NAN: not known */
    char grade;   /* C source code, M measured silicon, S simulated, A abstract or secondary, L
                   * measured here, R from   memory, E our estimate, D by definition of the chip, U the
                   * user's */
    char *source; /* owned */
} plc_quantity;

/* The numbers that describe a chip: X(NAME, "key", section, unit, low, high, default, "what it
 * is"). Sections are the mappings of the YAML form: limits, timing, energy. A default of NAN means
 * "not known". */
#define PLC_CHIP_QUANTITIES(X)                                                                     \
    X(NEURONS_PER_CORE, "neurons_per_core", LIMITS, "neurons", 1, 4294967295.0, 256,               \
      "neurons that one core may hold")                                                            \
    X(SYNAPSE_MEMORY, "synapse_memory_per_core", LIMITS, "B", 0, 1e18, 7262931,                    \
      "bytes for synaptic rows and their addresses, per core")                                     \
    X(SYNAPSE_WORD, "synapse_word", LIMITS, "B", 1, 16, 4, "bytes of one synapse in a row")        \
    X(ROW_ADDRESS, "row_address", LIMITS, "B", 0, 64, 4,                                           \
      "bytes to find the row of one source neuron")                                                \
    X(ROW_HEADER, "row_header", LIMITS, "B", 0, 64, 12, "bytes of a row besides its synapses")     \
    X(KEY_ENTRIES, "key_entries_per_core", LIMITS, "entries", 1, 4294967295.0, 4294967295.0,       \
      "key-to-row entries (one a source slice) of a core")                                         \
    X(AXONS_IN, "axons_in_per_core", LIMITS, "neurons", 1, INFINITY, INFINITY,                     \
      "distinct source neurons with synapses on a core")                                           \
    X(RING_SLOTS, "ring_slots", LIMITS, "ticks", 2, 256, 16,                                       \
      "slots of the input ring; the longest delay is one less")                                    \
    X(WEIGHT_BITS, "weight_bits", LIMITS, "bits", 1, 32, 16,                                       \
      "width of a synaptic weight, sign included where there is one")                              \
    X(MODELS_PER_CORE, "models_per_core", LIMITS, "models", 1, INFINITY, 1,                        \
      "neuron models that may share a core")                                                       \
    X(ROUTER_ENTRIES, "router_entries", LIMITS, "entries", 0, 4294967295.0, 1023,                  \
      "usable entries of a routing table")                                                         \
    X(CORE_CLOCK, "core_clock", TIMING, "Hz", 1, 1e12, 200e6, "clock of the cores")                \
    X(ROUTER_CLOCK, "router_clock", TIMING, "Hz", 1, 1e12, 133e6, "clock of the routers")          \
    X(TICK, "tick", TIMING, "s", 1e-9, 10, 1e-3, "length of a tick in real time")                  \
    X(LINK_TIME, "link_time", TIMING, "s", 0, 1, 160e-9, "time a 40-bit packet occupies a link")   \
    X(ROUTER_LATENCY, "router_latency", TIMING, "router cycles", 0, 1e6, NAN,                      \
      "pipeline depth of a router")                                                                \
    X(WAIT1, "wait1", TIMING, "router cycles", 0, 1e9, NAN,                                        \
      "a blocked packet waits so long before emergency routing")                                   \
    X(WAIT2, "wait2", TIMING, "router cycles", 0, 1e9, NAN,                                        \
      "and so long again before it is dropped")                                                    \
    X(ENERGY_NEURON, "neuron_update", ENERGY, "J", 0, 1, NAN, "energy of one neuron update")       \
    X(ENERGY_SYNAPSE, "synaptic_event", ENERGY, "J", 0, 1, NAN, "energy of one synaptic event")    \
    X(ENERGY_PACKET, "packet_link", ENERGY, "J", 0, 1, NAN,                                        \
      "energy of a 40-bit packet over one link")                                                   \
    X(ENERGY_ROUTER, "packet_router", ENERGY, "J", 0, 1, NAN,                                      \
      "energy of a packet through one router")                                                     \
    X(POWER_IDLE, "idle_power", ENERGY, "W", 0, 1e6, NAN,                                          \
      "power of one router and its idle cores")                                                    \
    X(POWER_CORE, "core_power", ENERGY, "W", 0, 1e6, NAN, "additional power of one busy core")

typedef enum plc_chip_quantity {
#define X(name, key, section, unit, low, high, initial, what) PLC_CHIP_##name,
    PLC_CHIP_QUANTITIES(X)
#undef X
        PLC_CHIP_N_QUANTITIES
} plc_chip_quantity;

struct plc_chip {
    char *name;
    uint32_t width, height;    /* [routers]; router (x, y) has number y * width + x */
    uint8_t links;             /* PLC_LINKS_RECTANGULAR or PLC_LINKS_HEXAGONAL */
    bool wrap;                 /* a torus */
    uint32_t cores_per_router; /* [cores] of a whole router; numbered from 0 */
    bool *alive;               /* [width * height] false: no such router, or a dead one */
    plc_core_set *cores;       /* [width * height] cores a network may use */
    uint8_t *dead_links;       /* [width * height] bit l: link l leaving this router is dead */
    plc_quantity quantities[PLC_CHIP_N_QUANTITIES];
};

/* The router at the other end of a live link, or PLC_NO_ROUTER when there is no link, it is dead,
 * or leads nowhere. */
int64_t plc_chip_neighbour(const plc_chip *chip, uint32_t router, unsigned link);

static inline double plc_chip_get(const plc_chip *chip, plc_chip_quantity quantity)
{
    return chip->quantities[quantity].value;
}

/* A whole-number limit; UINT64_MAX where unbounded or not known. */
uint64_t plc_chip_limit(const plc_chip *chip, plc_chip_quantity quantity);

/* "key" and unit of a quantity. */
const char *plc_chip_quantity_key(plc_chip_quantity quantity);
const char *plc_chip_quantity_unit(plc_chip_quantity quantity);

#endif
