/* What the readers of a network file's parts share. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_NET_NETWORK_YAML_H
#define PLC_NET_NETWORK_YAML_H

#include "base/yaml.h"
#include "net/network.h"

/* What a file records. */
typedef struct plc_record {
    plc_names names; /* of the file's populations; empty when it records nothing */
    uint8_t *flags;  /* [names.n] bit 0: spikes, bit 1: v */
} plc_record;

/* What the parts of one reading share. */
typedef struct plc_network_reader {
    const char *folder; /* a path in the folder of CSV files, or NULL */
    plc_network *network;
    plc_record record;
    plc_error *error;
} plc_network_reader;

/* Puts "file:line: what: " before the message of a call that knows no positions. */
plc_status plc_network_at_node(plc_yaml_node node, const char *what, plc_status status,
                               plc_error *error);

/* Reads the file's `record` list, which may be absent, into r->record. */
plc_status plc_record_read(plc_network_reader *r, plc_yaml_node record, plc_yaml_node populations);
/* Sets the flags of a population by its name. */
void plc_record_set_flags(const plc_record *record, plc_population_spec *spec);
void plc_record_finish(plc_record *record);

/* Reads populations[index]; r->record has been read. */
plc_status plc_population_read(plc_network_reader *r, plc_yaml_node node, size_t index);
/* Reads projections[index]; `name` is the file's, for later messages. */
plc_status plc_projection_read(plc_network_reader *r, plc_yaml_node node, const char *name,
                               size_t index);

#endif
