/* Groups: which neurons of a core share keys, targets and table entries. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_MAPPER_KEY_GROUP_H
#define PLC_MAPPER_KEY_GROUP_H

#include "mapper/mapping.h"
#include "mapper/sets.h"

/* A packet goes to all targets of its group, wanted or not. Neurons are numbered through all
 * populations. A zeroed grouping is empty. */
typedef struct plc_key_grouping {
    uint32_t *group_of; /* [neurons] groups numbered by their first neurons */
    uint32_t n_groups;
    double copies; /* [packets / tick] rates x cores reached other than the source's */
} plc_key_grouping;

/* The share of all tables' entries that groups are planned to take; falls to 0. */
double plc_key_group_share(unsigned granularity);

/* Gathers the neurons of each core by equal sets of target cores, then merges groups: the most
 * alike first, as many as the tables ask for and as cost next to nothing. What tables may hold
 * falls with the mapping's granularity. O(synapses + groups of a core^2). */
plc_status plc_key_grouping_make(const plc_mapping *mapping, const plc_assignment *assignment,
                                 plc_key_grouping *ret_grouping, plc_error *error);
/* The slices of the consecutive assignment, each a group; `copies` is not set. */
plc_status plc_key_grouping_keep(const plc_mapping *mapping, plc_key_grouping *ret_grouping,
                                 plc_error *error);
void plc_key_grouping_finish(plc_key_grouping *grouping);

/* Makes a mapping's cores, slices and groups from the core and the group of each neuron. Runs of
 * consecutive neurons become slices; where a group has several, they are cut to sizes that are
 * powers of two, so that its block of keys has no gaps. */
plc_status plc_key_grouping_apply(plc_mapping *mapping, const plc_assignment *assignment,
                                  const plc_key_grouping *grouping, plc_error *error);

/* What the tables of the chip leave for groups. */
typedef struct plc_group_budget {
    uint32_t chips;       /* that the cores need */
    double entries;       /* routing entries of one core's groups, over all routers */
    double groups;        /* of one core */
    uint64_t key_entries; /* of one core */
    uint64_t row_bytes;   /* [B] of a row without its synapses */
    uint64_t bytes_max;   /* [B] synaptic memory of a core */
    double tolerance;     /* share of copies that merging may add unasked */
} plc_group_budget;

/* The groups of all cores while they merge: one for each set of `sets`, whose tag is
 * core * 2 + polarity and whose members are target cores, ascending. */
typedef struct plc_merging {
    const plc_sets *sets;
    plc_group_budget budget;
    uint32_t n_cores;
    double *weights;       /* [sets] [packets / tick] */
    uint32_t *n_neurons;   /* [sets] */
    uint32_t *merged_into; /* [sets] itself, or a set it was merged into */
    uint64_t *key_entries; /* [n_cores] of groups that target the core */
    uint64_t *bytes;       /* [n_cores] of synaptic memory */
    uint64_t fullest;      /* most of bytes */
    double copies;         /* as in plc_key_grouping */
} plc_merging;

/* Merges until each core keeps to the budget, or cannot. */
plc_status plc_merging_run(plc_merging *merging, plc_error *error);

#endif
