/* A set of undirected edges with insertion in O(1). */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_ISING_EDGE_SET_H
#define PLC_ISING_EDGE_SET_H

#include "base/digest.h"
#include "base/memory.h"

#include <stdbool.h>
#include <stdint.h>

/* An open-addressing table at most half full. A zeroed one may only be finished. */
typedef struct plc_edge_set {
    uint64_t *keys; /* [mask + 1] lower end << 32 | upper end; 0: free (an upper end is >= 1) */
    uint64_t mask;
} plc_edge_set;

/* An empty set with room for n_edges; false when memory is short. */
static inline bool plc_edge_set_init(plc_edge_set *set, uint64_t n_edges)
{
    uint64_t n_slots = 16;
    if (n_edges > SIZE_MAX / 64)
        return false;
    while (n_slots / 2 < n_edges)
        n_slots *= 2;
    set->mask = n_slots - 1;
    set->keys = plc_array(n_slots, sizeof *set->keys);
    return set->keys != NULL;
}

/* Adds the edge between two different vertices; false if it was there already. */
static inline bool plc_edge_set_insert(plc_edge_set *set, uint32_t u, uint32_t v)
{
    uint64_t key = u < v ? (uint64_t)u << 32 | v : (uint64_t)v << 32 | u;
    uint64_t slot = plc_mix(key) & set->mask;
    while (set->keys[slot]) {
        if (set->keys[slot] == key)
            return false;
        slot = (slot + 1) & set->mask;
    }
    set->keys[slot] = key;
    return true;
}

static inline bool plc_edge_set_has(const plc_edge_set *set, uint32_t u, uint32_t v)
{
    const uint64_t key = u < v ? (uint64_t)u << 32 | v : (uint64_t)v << 32 | u;
    uint64_t slot = plc_mix(key) & set->mask;
    while (set->keys[slot] && set->keys[slot] != key)
        slot = (slot + 1) & set->mask;
    return set->keys[slot] == key;
}

static inline void plc_edge_set_finish(plc_edge_set *set)
{
    free(set->keys);
    *set = (plc_edge_set){0};
}

#endif
