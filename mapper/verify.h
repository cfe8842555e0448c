/* The parts of the verifier; they share no code with the mapper. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_MAPPER_VERIFY_H
#define PLC_MAPPER_VERIFY_H

#include "hw/layout/layout.h"
#include "net/network.h"

#include <placode/mapper.h>
#include <stdbool.h>
#include <stdint.h>

/* One synapse as seen from its source; equal bytes, equal synapses. */
typedef struct plc_reached {
    uint32_t population, neuron;
    int32_t weight;
    uint16_t delay;
    uint8_t receptor;
    bool plastic;
} plc_reached;

typedef struct plc_reached_list {
    plc_reached *data;
    size_t n, capacity;
} plc_reached_list;

/* An entry of a table, as far as its match goes. */
typedef struct plc_match {
    uint32_t table, mask, key;
    uint32_t entry; /* index into the layout's entries; the lowest of a table that matches wins */
} plc_match;

/* The entries of one table that have one mask: matches [begin, end). */
typedef struct plc_match_group {
    uint32_t mask, begin, end;
} plc_match_group;

/* The entries of many tables, found by key; they need not be sorted in the layout. */
typedef struct plc_matches {
    plc_match *data;         /* [n] sorted by (table, mask, key, entry) */
    plc_match_group *groups; /* sorted by (table, mask) */
    uint32_t *group_offsets; /* [n_tables + 1] into groups */
    size_t n;
} plc_matches;

#define PLC_NO_MATCH UINT32_MAX

/* Makes room for n entries; false when memory is short. Then each is added, and all are sorted. */
bool plc_matches_init(plc_matches *matches, uint32_t n_tables, size_t n);
void plc_matches_add(plc_matches *matches, uint32_t table, uint32_t mask, uint32_t key,
                     uint32_t entry);
void plc_matches_sort(plc_matches *matches, uint32_t n_tables);
/* The first entry of a table with (key & mask) == entry.key, or PLC_NO_MATCH. O(distinct masks of
 * the table x log n) */
uint32_t plc_matches_find(const plc_matches *matches, uint32_t table, uint32_t key);
void plc_matches_finish(plc_matches *matches);

/* A router that a packet still has to visit. */
typedef struct plc_visit {
    uint32_t router;
    int from; /* link it travelled by, -1 where it was born */
} plc_visit;

typedef struct plc_verifier {
    const plc_network *network;
    const plc_layout *layout;
    plc_violations *found;
    uint32_t n_routers;
    uint32_t *core_at;              /* [routers + 1] first layout core of each router */
    plc_matches routes;             /* the routing tables, by router */
    plc_matches entries;            /* the key-to-row tables, by core of the layout */
    uint64_t *visited;              /* [routers] number of the last packet seen there */
    uint64_t *delivered;            /* [cores] number of the last packet delivered there */
    uint64_t packet;                /* number of the packet at hand */
    plc_visit *todo;                /* [routers * 7] */
    uint32_t **slice_of;            /* [populations] [size] slice + 1 of each neuron */
    uint32_t *first_out;            /* [populations] first projection from each + 1, or 0 */
    uint32_t *next_out;             /* [projections] next one from the same source + 1, or 0 */
    plc_reached_list expected, got; /* synapses of the neuron at hand */
    plc_reached_list merged;        /* scratch for sorting them */
} plc_verifier;

/* Counts a violation and keeps its message while there is room. */
__attribute__((format(printf, 2, 3))) void plc_violate(plc_verifier *v, const char *format, ...);

bool plc_reached_push(plc_reached_list *list, plc_reached reached);

/* Makes the tables and scratch of walks; false when memory is short. */
bool plc_verify_init_walk(plc_verifier *v);
void plc_verify_finish_walk(plc_verifier *v);
/* Sends one packet through the tables and adds the synapses it finds to `got`; false when memory is
 * short. */
bool plc_verify_walk(plc_verifier *v, uint32_t home, uint32_t key, bool negated);

/* The slice that a neuron of a core of the layout is in, or NULL. O(log slices) */
const plc_slice *plc_verify_find_slice(const plc_verifier *v, uint32_t core, uint32_t neuron);

/* Compares the synapses that each neuron's packets reach with the network's; false when memory is
 * short. */
bool plc_verify_synapses(plc_verifier *v);

/* Checks every limit of the chip. */
void plc_verify_limits(plc_verifier *v);

#endif
