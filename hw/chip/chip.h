/* The chip as the mapper and the engines see it: a mesh of routers, each with cores, and its
 * numbers. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_HW_CHIP_H
#define PLC_HW_CHIP_H

#include <math.h>
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
    PLC_MAX_SIDE = 256,  /* routers along x or y */
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

#define PLC_UNBOUNDED ((double)INFINITY)
#define PLC_UNKNOWN ((double)NAN)

/* One number of a chip: where it comes from and how far to trust it. */
typedef struct plc_quantity {
    double value; /* in the unit of its row below, or PLC_UNBOUNDED, or PLC_UNKNOWN (not equal to
                     itself) */
    char grade;   /* one of PLC_GRADES */
    char *source; /* owned; never NULL, never empty */
} plc_quantity;

/* C read in source code, M measured silicon, S published simulation of the silicon, A abstract,
 * datasheet or other secondary page, L measured here, R from memory, E our estimate, D by
 * definition of the chip, U the user's, N not known. */
#define PLC_GRADES "CMSALREDUN"

/* The numbers that describe a chip: X(NAME, "key", section, unit, low, high, "what it is").
 * Sections are the mappings of the YAML form: limits, timing, energy. Limits are whole numbers; one
 * whose `high` is finite is always known. Of the energies, core_power is the other view of the
 * joules that neuron_update and synaptic_event count: use one or the other, never the sum. */
#define PLC_CHIP_QUANTITIES(X)                                                                     \
    X(NEURONS_PER_CORE, "neurons_per_core", LIMITS, "neurons", 1, PLC_UNBOUNDED,                   \
      "neurons that one core may hold")                                                            \
    X(SYNAPSE_MEMORY, "synapse_memory_per_core", LIMITS, "B", 0, PLC_UNBOUNDED,                    \
      "bytes for synaptic rows and their addresses, per core")                                     \
    X(SYNAPSE_WORD, "synapse_word", LIMITS, "B", 1, 16, "bytes of one synapse in a row, at most")  \
    X(ROW_ADDRESS, "row_address", LIMITS, "B", 0, 64,                                              \
      "bytes to find the row of one source neuron")                                                \
    X(ROW_HEADER, "row_header", LIMITS, "B", 0, 64, "bytes of a row besides its synapses")         \
    X(PLASTIC_ROW, "plastic_row", LIMITS, "B", 0, 64,                                              \
      "bytes of a row with plastic synapses for the last spike of its source")                     \
    X(KEY_ENTRIES, "key_entries_per_core", LIMITS, "entries", 1, PLC_UNBOUNDED,                    \
      "key-to-row entries (one a group of source neurons) of a core")                              \
    X(AXONS_IN, "axons_in_per_core", LIMITS, "neurons", 1, PLC_UNBOUNDED,                          \
      "distinct source neurons with synapses on a core")                                           \
    X(RING_SLOTS, "ring_slots", LIMITS, "ticks", 2, 256,                                           \
      "slots of the input ring; the longest delay is one less")                                    \
    X(WEIGHT_BITS, "weight_bits", LIMITS, "bits", 1, 32,                                           \
      "width of a synaptic weight, sign included where there is one")                              \
    X(MODELS_PER_CORE, "models_per_core", LIMITS, "models", 1, PLC_UNBOUNDED,                      \
      "neuron models that may share a core")                                                       \
    X(ROUTER_ENTRIES, "router_entries", LIMITS, "entries", 0, PLC_UNBOUNDED,                       \
      "usable entries of a routing table")                                                         \
    X(LINK_BUFFER, "link_buffer", LIMITS, "packets", 1, PLC_UNBOUNDED,                             \
      "packets that wait in a router for one of its links")                                        \
    X(SPIKE_BUFFER, "spike_buffer", LIMITS, "packets", 1, PLC_UNBOUNDED,                           \
      "packets that wait in a core for their rows to be looked up; with receivers, to be sent")    \
    X(ASIDE_BUFFER, "aside_buffer", LIMITS, "packets", 0, PLC_UNBOUNDED,                           \
      "packets that may stand aside in a router, out of the way of others; with receivers")        \
    X(CORE_CLOCK, "core_clock", TIMING, "Hz", 1, 1e12, "clock of the cores")                       \
    X(ROUTER_CLOCK, "router_clock", TIMING, "Hz", 1, 1e12, "clock of the routers")                 \
    X(TICK, "tick", TIMING, "s", 1e-9, 10, "length of a tick in real time; unknown: no deadline")  \
    X(LINK_TIME, "link_time", TIMING, "s", 0, 1, "time a 40-bit packet occupies a link")           \
    X(ROUTER_LATENCY, "router_latency", TIMING, "router cycles", 0, 1e6,                           \
      "pipeline depth of a router")                                                                \
    X(ROUTER_INTERVAL, "router_interval", TIMING, "router cycles", 0, 1e6,                         \
      "from one packet to the next that a router takes in")                                        \
    X(WAIT1, "wait1", TIMING, "router cycles", 0, PLC_UNBOUNDED,                                   \
      "a blocked packet waits so long before emergency routing")                                   \
    X(WAIT2, "wait2", TIMING, "router cycles", 0, PLC_UNBOUNDED,                                   \
      "and so long again before it is dropped; unbounded: never")                                  \
    X(ASIDE_WAIT, "aside_wait", TIMING, "router cycles", 0, 1e6,                                   \
      "a blocked packet waits so long before it steps aside; with receivers")                      \
    X(BARRIER, "barrier", TIMING, "s", 0, 1,                                                       \
      "time for the chip to agree that a tick has ended, where it does")                           \
    X(CYCLES_TICK, "cycles_per_tick", TIMING, "core cycles", 0, 1e12,                              \
      "of a core in each tick besides what follows")                                               \
    X(CYCLES_SLICE, "cycles_per_slice", TIMING, "core cycles", 0, 1e9,                             \
      "to begin with a slice of a population; with receivers")                                     \
    X(CYCLES_ANNEAL, "cycles_per_annealing", TIMING, "core cycles", 0, 1e9,                        \
      "to bring the annealer of a population of ON-OFF pairs to a tick; with receivers")           \
    X(CYCLES_NEURON, "cycles_per_neuron", TIMING, "core cycles", 0, 1e9,                           \
      "to update one neuron (lif_curr_exp)")                                                       \
    X(CYCLES_SPIKE, "cycles_per_spike", TIMING, "core cycles", 0, 1e9,                             \
      "to send the packet of one spike")                                                           \
    X(CYCLES_PACKET, "cycles_per_packet", TIMING, "core cycles", 0, 1e9,                           \
      "to take one packet in and find its row")                                                    \
    X(CYCLES_ROW, "cycles_per_row", TIMING, "core cycles", 0, 1e9,                                 \
      "to set up the fetch of one row and to notice its end")                                      \
    X(CYCLES_SYNAPSE, "cycles_per_synaptic_event", TIMING, "core cycles", 0, 1e9,                  \
      "to add one synapse of a row to the input ring")                                             \
    X(CYCLES_PLASTIC, "cycles_per_plastic_event", TIMING, "core cycles", 0, 1e9,                   \
      "to bring the weight of one plastic synapse up to date, besides adding it")                  \
    X(CYCLES_PLASTIC_ROW, "cycles_per_plastic_row", TIMING, "core cycles", 0, 1e9,                 \
      "of a row with plastic synapses besides these; with receivers")                              \
    X(RECEIVERS, "receivers", TIMING, "units", 0, 1,                                               \
      "1: cores take packets in and add rows beside their updates, not in their place")            \
    X(MEMORY_BANDWIDTH, "memory_bandwidth", TIMING, "B/s", 1, PLC_UNBOUNDED,                       \
      "of the memory that holds the rows; shared by the cores of a router")                        \
    X(MEMORY_LATENCY, "memory_latency", TIMING, "s", 0, 1,                                         \
      "from the request of a row to its first byte")                                               \
    X(ENERGY_NEURON, "neuron_update", ENERGY, "J", 0, 1, "energy of one neuron update")            \
    X(ENERGY_SYNAPSE, "synaptic_event", ENERGY, "J", 0, 1, "energy of one synaptic event")         \
    X(ENERGY_PLASTIC, "plastic_event", ENERGY, "J", 0, 1,                                          \
      "energy of one plastic update, besides its synaptic event")                                  \
    X(ENERGY_PACKET, "packet_link", ENERGY, "J", 0, 1, "energy of a 40-bit packet over one link")  \
    X(ENERGY_ROUTER, "packet_router", ENERGY, "J", 0, 1, "energy of a packet through one router")  \
    X(POWER_IDLE, "idle_power", ENERGY, "W", 0, 1e6, "power of one router and its idle cores")     \
    X(POWER_CORE, "core_power", ENERGY, "W", 0, 1e6, "additional power of one busy core")

typedef enum plc_chip_quantity {
#define X(name, key, section, unit, low, high, what) PLC_CHIP_##name,
    PLC_CHIP_QUANTITIES(X)
#undef X
        PLC_CHIP_N_QUANTITIES
} plc_chip_quantity;

typedef enum plc_chip_section {
    PLC_CHIP_LIMITS,
    PLC_CHIP_TIMING,
    PLC_CHIP_ENERGY,
    PLC_CHIP_N_SECTIONS,
} plc_chip_section;

/* A row of the table above. */
typedef struct plc_chip_row {
    const char *key;
    plc_chip_section section;
    const char *unit;
    double low, high; /* in `unit`; high PLC_UNBOUNDED: may be so */
    const char *what;
} plc_chip_row;

struct plc_chip {
    char *name;
    uint32_t width, height;    /* [routers]; router (x, y) has number y * width + x */
    uint8_t links;             /* PLC_LINKS_RECTANGULAR or PLC_LINKS_HEXAGONAL */
    bool wrap;                 /* a torus */
    uint32_t cores_per_router; /* [cores] of a whole router; numbered from 0 */
    plc_core_set reserved;     /* cores of every router that networks may not use: monitors */
    bool *alive;               /* [width * height] false: no such router, or a dead one */
    plc_core_set *cores;       /* [width * height] cores a network may use; none where not alive */
    uint8_t *dead_links;       /* [width * height] bit l: link l leaving this router for a live one
                                * is dead */
    plc_quantity quantities[PLC_CHIP_N_QUANTITIES];
};

/* Where links lead: x and y. */
extern const int8_t plc_link_steps[PLC_N_LINKS][2];

/* The router at the other end of a live link, or PLC_NO_ROUTER when there is no link, it is dead,
 * or leads nowhere, to a dead router, or (on a torus one router wide) back to where it began. */
int64_t plc_chip_neighbour(const plc_chip *chip, uint32_t router, unsigned link);

static inline double plc_chip_get(const plc_chip *chip, plc_chip_quantity quantity)
{
    return chip->quantities[quantity].value;
}

/* The same, 0 where it is not known: for models that leave out what nobody has published. */
static inline double plc_chip_known(const plc_chip *chip, plc_chip_quantity quantity)
{
    double value = chip->quantities[quantity].value;
    return isnan(value) ? 0 : value;
}

/* A time of the chip [s], given in seconds or in cycles of the cores or of the routers. PLC_UNKNOWN
 * where it, or the clock that it is counted in, is not known. */
double plc_chip_seconds(const plc_chip *chip, plc_chip_quantity quantity);

/* A deep copy. */
plc_status plc_chip_copy(const plc_chip *chip, plc_chip **ret_copy, plc_error *error);

/* The chip of another size of the same family: "spinnaker:WxH", to which SpiNNaker's boards belong
 * too, "placode-WxH" or a bare geometry. PLC_INVALID when the chip's name is of no family, or its
 * limits are not the family's. */
plc_status plc_chip_member(const plc_chip *chip, uint32_t width, uint32_t height,
                           plc_chip **ret_member, plc_error *error);

/* Whether a quantity is one that chips need not have: where it is not known it goes unsaid. */
bool plc_chip_is_optional(plc_chip_quantity quantity);

/* A whole-number limit; UINT64_MAX where unbounded or not known. */
uint64_t plc_chip_limit(const plc_chip *chip, plc_chip_quantity quantity);

/* "key" of a quantity, and all of its row. */
const char *plc_chip_quantity_key(plc_chip_quantity quantity);
const plc_chip_row *plc_chip_quantity_row(plc_chip_quantity quantity);

/* "limits", "timing", "energy". */
const char *plc_chip_section_key(plc_chip_section section);

/* Cores in a set. */
uint32_t plc_core_set_count(const plc_core_set *set);

#endif
