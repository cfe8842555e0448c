/* The parts of placode map: networks, and hypergraphs. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_CLI_MAP_H
#define PLC_CLI_MAP_H

#include "cli/command.h"

typedef struct map_options {
    const char *chip, *graph, *out, *svg, *rates;
    uint64_t effort, seed, threads;
    bool as_json;
} map_options;

/* Maps the hypergraph of options->graph onto a chip and prints the report; the exit status. */
int map_graph(const map_options *options, const plc_chip *chip);

/* Prints what a layout costs: as JSON with the keys of `lists`, which is released, or as text where
 * that is NULL. `graph` is the name of a hypergraph; NULL for networks. The exit status. */
int map_report_print(const char *graph, const plc_chip *chip, const plc_map_report *report,
                     uint64_t digest, json_t *lists);

#endif
