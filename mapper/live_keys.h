/* The live keys of a routing table, as blocks that do not overlap. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_MAPPER_LIVE_KEYS_H
#define PLC_MAPPER_LIVE_KEYS_H

#include "hw/layout/layout.h"
#include "mapper/cube_index.h"

/* Blocks of keys and where their packets go. Routes are numbered from 0; blocks are sorted by
 * (route, key, mask), so that those of route r are [route_begin[r], route_begin[r + 1]). */
typedef struct plc_live_keys {
    uint32_t n, n_routes;
    plc_cube *cubes;         /* [n] no two share a key */
    uint32_t *routes;        /* [n] */
    bool *defaultable;       /* [n] packets that match nothing go there too */
    uint32_t *route_begin;   /* [n_routes + 1] */
    uint32_t *route_example; /* [n_routes] an entry of the table that goes there */
    plc_cube_index index;    /* of the cubes */
} plc_live_keys;

/* Cuts the entries of a table into what each still matches behind those before it. PLC_DOES_NOT_FIT
 * when overlaps cut them into more than a few times as many pieces. `defaultable` [n] may be NULL:
 * none is. Finish the result, also after a failure. O(32 n log n) without overlaps. */
plc_status plc_live_keys_init(plc_live_keys *keys, const plc_route_entry *entries,
                              const bool *defaultable, uint32_t n, plc_error *error);
void plc_live_keys_finish(plc_live_keys *keys);

#endif
