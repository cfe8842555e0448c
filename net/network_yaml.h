/* What the readers of a network file's parts share. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_NET_NETWORK_YAML_H
#define PLC_NET_NETWORK_YAML_H

#include "base/yaml.h"
#include "net/network.h"

/* What the parts of one reading share. */
typedef struct plc_network_reader {
    const char *folder; /* a path in the folder of CSV files, or NULL */
    plc_network *network;
    plc_error *error;
} plc_network_reader;

/* Puts "file:line: what: " before the message of a call that knows no positions. */
plc_status plc_network_at_node(plc_yaml_node node, const char *what, plc_status status,
                               plc_error *error);

/* Reads populations[index]; `record` is the file's record list, already checked, or absent. */
plc_status plc_population_read(plc_network_reader *r, plc_yaml_node node, plc_yaml_node record,
                               size_t index);
/* Reads projections[index]; `name` is the file's, for later messages. */
plc_status plc_projection_read(plc_network_reader *r, plc_yaml_node node, const char *name,
                               size_t index);

#endif
