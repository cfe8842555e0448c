/* The placed graph as the mapper makes it and the engines load it. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_HW_LAYOUT_H
#define PLC_HW_LAYOUT_H

#include "hw/chip/chip.h"
#include "hw/neuron/population.h"

#include <placode/layout.h>
#include <stdbool.h>
#include <stdint.h>

/* Neurons [begin, end) of a population on one core. Their packets carry the keys key + (neuron -
 * begin), with polarity_mask added for an OFF spike; bits in key_mask are the slice's own, so that
 * (packet & key_mask) == key tells the slice. */
typedef struct plc_slice {
    uint32_t population, begin, end;
    uint32_t core;   /* index into cores */
    uint32_t offset; /* neuron begin is neuron `offset` of the core */
    uint32_t key, key_mask;
    uint32_t polarity_mask; /* 0 or one bit, not in key_mask */
} plc_slice;

/* A core in use. Its slices, key-to-row entries and rows are ranges of the layout's arrays; the
 * ranges of successive cores adjoin and together cover each array. Its slices cover its neurons
 * without a gap. */
typedef struct plc_layout_core {
    uint32_t router, core; /* where on the chip */
    uint32_t slice_begin, slice_end;
    uint32_t entry_begin, entry_end;
    uint64_t row_begin, row_end;
    uint32_t n_neurons;
} plc_layout_core;

/* Packets with (key & mask) == entry.key use row first_row + (key & index_mask) of the core, or
 * none when (key & index_mask) >= n_rows; see plc_layout_find_row(). The packet negates the row's
 * weights when key & polarity_mask. */
typedef struct plc_key_entry {
    uint32_t key, mask;     /* bits of key are bits of mask */
    uint32_t index_mask;    /* 0 or low bits without a gap, not in mask */
    uint32_t polarity_mask; /* 0 or one bit, in neither mask */
    uint32_t first_row;     /* counted from the core's row_begin */
    uint32_t n_rows;        /* first_row + n_rows <= rows of the core */
} plc_key_entry;

/* Packets with (key & mask) == entry.key leave through `links` and go to `cores`. The first match
 * of a router wins; a packet that matches nothing goes straight on, and one born here that matches
 * nothing is lost. */
typedef struct plc_route_entry {
    uint32_t key, mask;
    uint32_t links; /* bit l: link l */
    plc_core_set cores;
} plc_route_entry;

/* How a synapse is packed into a word of a row: from the low bits, the target (a neuron of the
 * core), the receptor, the delay, the weight and whether it is plastic; the rest is 0. The weight
 * is two's complement for every model, so weight_bits counts the sign also where weights cannot be
 * negative. */
typedef struct plc_row_format {
    uint8_t target_bits;   /* 0..32 */
    uint8_t receptor_bits; /* 0..8 */
    uint8_t delay_bits;    /* 1..16 */
    uint8_t weight_bits;   /* 1..32 */
    uint8_t word_bytes;    /* 4 or 8; holds all of these */
    uint8_t plastic_bits;  /* 0: all synapses are static; or 1 */
} plc_row_format;

/* A synapse of a row. */
typedef struct plc_synapse {
    uint32_t target; /* neuron of the core */
    int32_t weight;  /* in the integer unit of the target's model */
    uint16_t delay;  /* [ticks] >= 1 */
    uint8_t receptor;
    bool plastic; /* the weight is that of tick 0 */
} plc_synapse;

struct plc_layout {
    plc_chip *chip; /* owned */
    double tick_ms; /* [ms] */
    uint64_t seed;  /* of the network's connectors; the default seed of a run */
    uint32_t n_populations;
    plc_population *populations; /* [n_populations] */
    uint32_t n_slices;
    plc_slice *slices; /* [n_slices] sorted by (core, offset) */
    uint32_t n_cores;
    plc_layout_core *cores; /* [n_cores] sorted by (router, core) */
    uint32_t n_key_entries;
    plc_key_entry *key_entries; /* [n_key_entries] by core; of one core sorted by (mask, key), none
                                   twice */
    uint64_t n_rows;
    uint64_t *row_offsets; /* [n_rows + 1] into words: row r is words [row_offsets[r], row_offsets[r
                              + 1]) */
    uint64_t n_words;
    void *words; /* [n_words] of format.word_bytes each; within a row sorted by (plastic, delay,
                    receptor, target, weight) */
    plc_row_format format;
    uint32_t *route_offsets;        /* [routers + 1] into route_entries, by router number */
    plc_route_entry *route_entries; /* [route_offsets[routers]] in order of priority */
};

/* The word of all ones in its n <= 63 low bits. */
static inline uint64_t plc_low_bits(unsigned n)
{
    return (UINT64_C(1) << n) - 1;
}

/* A synapse as a word; it must fit the format. */
static inline uint64_t plc_row_format_pack(const plc_row_format *format, plc_synapse synapse)
{
    uint64_t word = synapse.target;
    unsigned at = format->target_bits;
    word |= (uint64_t)synapse.receptor << at;
    at += format->receptor_bits;
    word |= (uint64_t)synapse.delay << at;
    at += format->delay_bits;
    word |= ((uint64_t)(int64_t)synapse.weight & plc_low_bits(format->weight_bits)) << at;
    return format->plastic_bits ? word | (uint64_t)synapse.plastic << (at + format->weight_bits)
                                : word;
}

/* A word as a synapse. */
static inline plc_synapse plc_row_format_unpack(const plc_row_format *format, uint64_t word)
{
    plc_synapse synapse;
    synapse.target = (uint32_t)(word & plc_low_bits(format->target_bits));
    word >>= format->target_bits;
    synapse.receptor = (uint8_t)(word & plc_low_bits(format->receptor_bits));
    word >>= format->receptor_bits;
    synapse.delay = (uint16_t)(word & plc_low_bits(format->delay_bits));
    word >>= format->delay_bits;
    uint64_t sign = UINT64_C(1) << (format->weight_bits - 1);
    uint64_t weight = word & plc_low_bits(format->weight_bits);
    synapse.weight = (int32_t)((int64_t)(weight ^ sign) - (int64_t)sign);
    synapse.plastic = format->plastic_bits && word >> format->weight_bits & 1;
    return synapse;
}

/* Word i of the rows. */
static inline uint64_t plc_layout_word(const plc_layout *layout, uint64_t i)
{
    return layout->format.word_bytes == 4 ? ((const uint32_t *)layout->words)[i]
                                          : ((const uint64_t *)layout->words)[i];
}

/* The same, unpacked. */
static inline plc_synapse plc_layout_synapse(const plc_layout *layout, uint64_t i)
{
    return plc_row_format_unpack(&layout->format, plc_layout_word(layout, i));
}

/* [B] that rows [begin, end) take besides those of static synapses: for the last spikes of the
 * sources of rows with plastic ones. */
uint64_t plc_layout_plastic_bytes(const plc_layout *layout, uint64_t begin, uint64_t end);

/* Checks every index, range and order that the comments above promise, so that nothing that reads
 * the layout needs to. PLC_INVALID names the first that does not hold. */
plc_status plc_layout_check(const plc_layout *layout, plc_error *error);

/* Where a packet goes: all (core of the layout) it is delivered to, and the links it crosses. */
typedef struct plc_walk {
    uint32_t *cores; /* [n_cores] indices into layout->cores, ascending */
    uint32_t n_cores, capacity;
    uint32_t n_links; /* crossings of links */
    uint32_t *links;  /* [n_links] router * PLC_N_LINKS + link, in the order of the walk */
    uint32_t links_capacity;
    bool looped;     /* the packet came back to a router; the walk stopped there */
    uint32_t n_lost; /* copies that ran into a dead link, off the mesh, or to a core not in use */
    struct plc_walk_scratch *scratch;
} plc_walk;

/* Prepares walks over one layout; finish with plc_walk_finish(). */
plc_status plc_walk_init(plc_walk *walk, const plc_layout *layout, plc_error *error);
/* Follows a packet from a core through the routing tables. The result holds until the next walk. */
plc_status plc_walk_packet(plc_walk *walk, const plc_layout *layout, uint32_t router, uint32_t key,
                           plc_error *error);
void plc_walk_finish(plc_walk *walk);

/* The first key-to-row entry of a core that matches a key, or NULL. O(distinct masks x log entries)
 */
const plc_key_entry *plc_layout_find_entry(const plc_layout *layout, uint32_t core, uint32_t key);

/* The row (an index into row_offsets) that a packet uses on a core, and whether it negates the
 * weights; false when the core has no row for it. Every row found this way exists. */
bool plc_layout_find_row(const plc_layout *layout, uint32_t core, uint32_t key, uint64_t *ret_row,
                         bool *ret_negate);

#endif
