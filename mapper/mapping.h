/* A mapping in the making: what the passes of the mapper hand to each other. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_MAPPER_MAPPING_H
#define PLC_MAPPER_MAPPING_H

#include "hw/layout/layout.h"
#include "net/network.h"

#include <placode/mapper.h>
#include <stdbool.h>
#include <stdint.h>

/* A core that slices are packed onto, first without a place on the chip. */
typedef struct plc_mapped_core {
    uint32_t router, core; /* set by plc_map_place() */
    uint32_t n_neurons;
    uint32_t models; /* bit m: a slice of model m is here */
    uint64_t bytes;  /* upper bound of the synaptic memory in use */
} plc_mapped_core;

/* The passes, in order: partition, keys, target, place, route, rows; each fills the part of the
 * struct under its name. */
typedef struct plc_mapping {
    const plc_network *network; /* resolved */
    const plc_chip *chip;
    plc_map_settings settings;

    /* plc_map_partition(): slices in the order (population, begin), cores in the order they were
     * opened. */
    plc_slice *slices;
    size_t n_slices, slices_capacity;
    plc_mapped_core *cores;
    size_t n_cores, cores_capacity;
    uint32_t *first_slice; /* [n_populations + 1] into slices */
    uint32_t **slice_of;   /* [n_populations] [size] slice of each neuron */

    /* plc_map_target(): the cores on which a slice has synapses, ascending. */
    uint64_t *target_offsets; /* [n_slices + 1] into target_cores */
    uint32_t *target_cores;

    /* plc_map_route(): the routing tables. */
    uint32_t *route_offsets; /* [routers + 1] into route_entries */
    plc_route_entry *route_entries;

    /* plc_map_rows(): key-to-row tables and rows, cores sorted by place. */
    plc_layout *layout;
} plc_mapping;

/* Cuts populations into slices and packs them onto as few cores as consecutive filling allows. */
plc_status plc_map_partition(plc_mapping *mapping, plc_error *error);
/* Gives each core a place: nearest routers first, breadth-first from the lowest live one, and from
 * there to fewer links of multicast trees as the effort allows; then numbers cores by place. */
plc_status plc_map_place(plc_mapping *mapping, plc_error *error);
/* Gives each slice a block of keys of its own. */
plc_status plc_map_keys(plc_mapping *mapping, plc_error *error);
/* Finds the cores that each slice has synapses on. */
plc_status plc_map_target(plc_mapping *mapping, plc_error *error);
/* Grows a shortest-path multicast tree for each slice and makes the routing tables (tables.h). */
plc_status plc_map_route(plc_mapping *mapping, plc_error *error);
/* Makes the layout: key-to-row tables and rows of every core, and copies of all else. */
plc_status plc_map_rows(plc_mapping *mapping, plc_error *error);

void plc_mapping_finish(plc_mapping *mapping);

/* "population exc, neurons 0..255" for messages. */
void plc_map_describe_slice(const plc_mapping *mapping, const plc_slice *slice, char *buffer,
                            size_t size);

#endif
