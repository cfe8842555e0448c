/* Files of placed hypergraphs: what placode map --graph -o writes. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_CLI_GRAPH_FILE_H
#define PLC_CLI_GRAPH_FILE_H

#include "hw/chip/chip.h"
#include "mapper/graph_like.h"

/* Room for what graph_file_geometry() writes. */
enum { GEOMETRY_SIZE = 40 };

/* "hextorus:48x48": the routers of a chip and their links. */
void graph_file_geometry(const plc_chip *chip, char text[GEOMETRY_SIZE]);

/* Reads places from memory: an object whose `vertices` are [x, y, core] by vertex. PLC_INVALID when
 * its `geometry`, or where it has none its `chip`, is not that of the chip, a place is off the
 * mesh, or one stands twice. Whether the cores are there and alive is not looked at. */
plc_status graph_file_parse(const char *name, const char *text, size_t size, const plc_chip *chip,
                            plc_graph_places *ret_places, plc_error *error);
plc_status graph_file_read(const char *path, const plc_chip *chip, plc_graph_places *ret_places,
                           plc_error *error);

#endif
