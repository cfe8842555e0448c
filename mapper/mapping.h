/* A mapping in the making: what the passes of the mapper hand to each other. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_MAPPER_MAPPING_H
#define PLC_MAPPER_MAPPING_H

#include "hw/layout/layout.h"
#include "net/network.h"

#include <placode/mapper.h>
#include <stdbool.h>
#include <stdint.h>

enum { PLC_GRANULARITY_FULL = 2, PLC_GRANULARITY_MAX = 9 };

/* A core that slices are packed onto, first without a place on the chip. */
typedef struct plc_mapped_core {
    uint32_t router, core; /* set by plc_map_place() */
    uint32_t n_neurons;
    uint32_t models; /* bit m: a slice of model m is here */
    uint64_t bytes;  /* upper bound of the synaptic memory in use */
} plc_mapped_core;

/* Slices of one core whose packets share an aligned block of keys, one set of target cores, one
 * entry in each routing table and one in each key-to-row table. The slices lie in the block one
 * after the other without gaps: each begins at a multiple of its size rounded up to a power of two.
 * All their models have a polarity, or none has. */
typedef struct plc_key_group {
    uint32_t core;
    uint32_t slice_begin, slice_end; /* into group_slices; falling sizes */
    uint32_t n_neurons;
    double weight;                         /* [packets / tick] */
    uint32_t key, key_mask, polarity_mask; /* as those of a slice; set by plc_map_keys() */
} plc_key_group;

/* Which core each neuron is on. */
typedef struct plc_assignment {
    uint32_t *core_of; /* [neurons] owned; neurons numbered through all populations */
    uint32_t n_cores;
    double copies; /* [packets / tick] rates x cores reached other than the source's, had each
                      neuron a group of its own; 0 where not known */
    bool fits;     /* the axons of each core are within the chip's limit, as far as is known */
} plc_assignment;

/* What a mapping that does not fit lacks. */
typedef enum plc_lack_kind {
    PLC_LACK_OTHER, /* nothing that the chip could have more of */
    PLC_LACK_CORES, /* that are connected */
    PLC_LACK_LINKS, /* between the cores there are */
    PLC_LACK_LIMIT, /* `quantity` */
} plc_lack_kind;

typedef struct plc_lack {
    plc_lack_kind kind;
    plc_chip_quantity quantity;
    uint64_t needed;  /* cores, or of the quantity, as far as is known */
    uint32_t neurons; /* of the largest core, where fewer may help; else 0 */
} plc_lack;

/* The passes, in order: partition (or like), repartition, group, target, place, keys, route, rows;
 * each fills the part of the struct under its name. */
typedef struct plc_mapping {
    const plc_network *network; /* resolved */
    const plc_chip *chip;
    plc_map_settings settings;
    uint32_t *first_neuron; /* [n_populations + 1] number of each population's first neuron */
    plc_lack lack;          /* set by what refuses */
    unsigned granularity;   /* 0: groups as fine as pays; each step up, fewer, and at
                               PLC_GRANULARITY_FULL tables are planned to be full;
                               PLC_GRANULARITY_MAX: consecutive slices, each a group */

    /* plc_map_partition(): slices in the order (population, begin), cores in the order they were
     * opened. */
    plc_slice *slices;
    size_t n_slices, slices_capacity;
    plc_mapped_core *cores;
    size_t n_cores, cores_capacity;
    uint32_t *first_slice; /* [n_populations + 1] into slices */
    uint32_t **slice_of;   /* [n_populations] [size] slice of each neuron */

    /* plc_map_repartition(): another way to spread the neurons, or core_of NULL; and the way of
     * plc_map_partition(), kept where there is another or groups may be finer than slices. */
    plc_assignment consecutive, improved;

    /* plc_map_like(): what is kept of an old layout; else NULL. */
    struct plc_like *like; /* owned */

    /* plc_map_group(): makes slices, cores, first_slice and slice_of anew where groups are finer
     * than slices or the improved assignment is used. Groups are in the order of their first slices
     * by (population, begin). */
    plc_key_group *groups;
    size_t n_groups;
    uint32_t *group_slices; /* [n_slices] by group */

    /* plc_map_target(): the cores on which a group has synapses, ascending. */
    uint64_t *target_offsets; /* [n_groups + 1] into target_cores */
    uint32_t *target_cores;

    /* plc_map_route(): the routing tables. */
    double table_excess;     /* entries needed over what there is, of a table that does not fit */
    uint32_t *route_offsets; /* [routers + 1] into route_entries */
    plc_route_entry *route_entries;

    /* plc_map_rows(): key-to-row tables and rows, cores sorted by place. */
    plc_layout *layout;
} plc_mapping;

/* Maps as plc_map() does, without looking for what would help when the network does not fit:
 * *ret_lack is what it lacks then. */
plc_status plc_map_once(plc_network *network, const plc_chip *chip,
                        const plc_map_settings *settings, plc_layout **ret_layout,
                        plc_lack *ret_lack, plc_error *error);

/* Numbers the neurons of all populations and makes room for slices: first_neuron, first_slice,
 * slice_of. PLC_DOES_NOT_FIT when there are too many to number. */
plc_status plc_map_number_neurons(plc_mapping *mapping, plc_error *error);
/* Cuts populations into slices and packs them onto as few cores as consecutive filling allows. */
plc_status plc_map_partition(plc_mapping *mapping, plc_error *error);
/* Looks for a partition with fewer packet copies, as the effort allows, and for one at all where
 * `mapping` has none. Keeps the better one for plc_map_group(). */
plc_status plc_map_repartition(plc_mapping *mapping, plc_error *error);
/* Gathers the neurons of each core into groups. */
plc_status plc_map_group(plc_mapping *mapping, plc_error *error);
/* Gives each core a place: nearest routers first, breadth-first from the lowest live one, and from
 * there to fewer links of multicast trees as the effort allows; then numbers cores by place. */
plc_status plc_map_place(plc_mapping *mapping, plc_error *error);
/* Gives each group a block of keys of its own; groups of one population, of near routers and with
 * the same targets get adjacent ones. */
plc_status plc_map_keys(plc_mapping *mapping, plc_error *error);
/* Finds the cores that each group has synapses on. */
plc_status plc_map_target(plc_mapping *mapping, plc_error *error);
/* Grows a multicast tree for each group (forest.h) and makes the routing tables (tables.h). */
plc_status plc_map_route(plc_mapping *mapping, plc_error *error);
/* Makes the layout: key-to-row tables and rows of every core, and copies of all else. */
plc_status plc_map_rows(plc_mapping *mapping, plc_error *error);

/* Live routers in breadth-first order over live links from the lowest one, order [n_routers]; those
 * that it does not reach, or that do not reach it, are left out. Marks them in `seen` [n_routers],
 * which is false throughout; their number. */
uint32_t plc_map_order_routers(const plc_chip *chip, uint32_t *order, bool *seen);
/* Whether the network is so large for the effort that it keeps its consecutive slices. */
bool plc_map_is_large(const plc_mapping *mapping);
/* Spikes per tick of a neuron. */
double plc_map_rate(const plc_mapping *mapping, uint32_t population, uint32_t neuron);
/* Frees what the passes from plc_map_group() on have made. */
void plc_mapping_rewind(plc_mapping *mapping);
void plc_mapping_finish(plc_mapping *mapping);

/* "population exc, neurons 0..255", of the first slice of a group, for messages. */
void plc_map_describe_group(const plc_mapping *mapping, const plc_key_group *group, char *buffer,
                            size_t size);

/* [B] of a row without its synapses, at most: as if all rows had plastic ones where some have. */
static inline uint64_t plc_map_row_bytes(const plc_mapping *mapping)
{
    const plc_network *network = mapping->network;
    uint64_t bytes = plc_chip_limit(mapping->chip, PLC_CHIP_ROW_ADDRESS) +
                     plc_chip_limit(mapping->chip, PLC_CHIP_ROW_HEADER);
    for (size_t i = 0; i < network->n_projections; i++)
        if (network->projections[i].plastic)
            return bytes + (uint64_t)plc_chip_known(mapping->chip, PLC_CHIP_PLASTIC_ROW);
    return bytes;
}

#endif
