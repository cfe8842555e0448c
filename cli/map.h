/* The parts of placode map: networks, and hypergraphs. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_CLI_MAP_H
#define PLC_CLI_MAP_H

#include "cli/command.h"

typedef struct map_options {
    const char *chip, *graph, *out, *svg, *rates, *like;
    uint64_t effort, seed, threads;
    bool as_json;
} map_options;

/* What --like is measured by. */
typedef struct map_like {
    plc_layout *old; /* owned */
    plc_map_moves moves;
    double fresh_hops; /* of a mapping from scratch; NaN where there is none that fits */
} map_like;

/* Counts who moved and maps from scratch, to know what staying costs. */
plc_status map_like_measure(map_like *like, plc_network *network, const plc_chip *chip,
                            const plc_map_settings *settings, const plc_layout *layout,
                            plc_error *error);
/* Adds the findings to the result of the command. */
void map_like_report(const map_like *like, const plc_map_report *measured, json_t *result);
/* Prints them as text; the exit status. */
int map_like_print(const map_like *like, const plc_map_report *measured);

/* Maps the hypergraph of options->graph onto a chip and prints the report; the exit status. */
int map_graph(const map_options *options, const plc_chip *chip);

/* What a layout costs as a JSON object, with the keys of `lists`, which is released; NULL when
 * memory is short. `graph` is the name of a hypergraph; NULL for networks. */
json_t *map_report_json(const char *graph, const plc_chip *chip, const plc_map_report *report,
                        uint64_t digest, json_t *lists);
/* Prints what a layout costs: as JSON with the keys of `lists`, which is released, or as text where
 * that is NULL. `graph` is the name of a hypergraph; NULL for networks. The exit status. */
int map_report_print(const char *graph, const plc_chip *chip, const plc_map_report *report,
                     uint64_t digest, json_t *lists);

#endif
