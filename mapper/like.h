/* Mapping again after an edit: what an old layout says about the new one. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_MAPPER_LIKE_H
#define PLC_MAPPER_LIKE_H

#include "mapper/key_group.h"
#include "mapper/mapping.h"

/* A place of the chip; router PLC_NO_PLACE: not yet known. */
typedef struct plc_like_place {
    uint32_t router, core;
} plc_like_place;

#define PLC_NO_PLACE UINT32_MAX

/* A block of keys that a group had; mask 0 and key 1, which no block has: it had none. */
typedef struct plc_key_block {
    uint32_t key, mask, polarity_mask;
} plc_key_block;

/* What a mapping keeps of an old layout. */
typedef struct plc_like {
    uint32_t *old_slice; /* [neurons] slice of the old layout of each neuron that kept its core, or
                            UINT32_MAX */
    plc_like_place *places; /* [n_cores] of the cores of the assignment */
    bool keeps_groups;      /* neurons that stay keep their groups too */
    plc_key_block *blocks;  /* [n_groups] where groups are kept, else NULL */
} plc_like;

/* In the place of plc_map_partition(): the assignment in which all neurons stay on their cores that
 * can, and the others join those they cost the fewest packet copies with; it is the mapping's
 * consecutive one, as if it were made of slices. Populations are matched by name and model.
 * PLC_INVALID when the old layout is of a chip of another geometry. */
plc_status plc_map_like(plc_mapping *mapping, plc_error *error);
void plc_like_destroy(plc_like *like);

/* Groups that neurons had, for those that stayed; the others join one that reaches all they need,
 * or gather by equal sets of target cores. Sets the blocks of the groups. */
plc_status plc_like_group(plc_mapping *mapping, plc_key_grouping *ret_grouping, plc_error *error);

/* Gives kept cores their places, and each other one a free place with the fewest hops to those of
 * its partners that have one. `order` [n_routers] are the routers in use. */
plc_status plc_like_place_cores(plc_mapping *mapping, const uint32_t *order, uint32_t n_routers,
                                plc_error *error);

#endif
