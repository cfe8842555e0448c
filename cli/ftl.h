/* Running a threshold netlist on a chip. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_CLI_FTL_H
#define PLC_CLI_FTL_H

#include "ftl/cells.h"

#include <jansson.h>
#include <placode/chip.h>

typedef struct ftl_run_options {
    const char *chip, *engine, *vectors, *answers;
    uint64_t n_vectors; /* random ones, where no file is given */
    uint64_t n_streams; /* 0: as many as fit the clock */
    uint64_t seed, threads;
    bool as_json;
} ftl_run_options;

/* Reads a netlist of any kind; Verilog (.v, .sv) through yosys, if that is installed. */
plc_status ftl_read_netlist(const char *path, plc_aig **ret_aig, plc_error *error);

/* Maps the network of the cells, runs it on all vectors, compares every output of every clock of
 * every stream with the netlist, and adds what it took to the result. *ret_differs when some output
 * does. */
plc_status ftl_run_on_chip(const ftl_run_options *options, const plc_chip *chip, const plc_aig *aig,
                           const plc_cells *cells, json_t *result, bool *ret_differs,
                           plc_error *error);

#endif
