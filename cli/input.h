/* What a command is to run: a layout, or a network mapped onto a chip first. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_CLI_INPUT_H
#define PLC_CLI_INPUT_H

#include "hw/layout/layout.h"

/* Reads the layout at a path, or maps the network there onto the chip of an option (NULL: ideal)
 * with a seed. Negative, or the exit status after a failure, which has been reported in the name of
 * the caller: a command. Collective where there are several ranks: all of them succeed or none. */
int input_open(const char *caller, const char *path, const char *chip_name, uint64_t seed,
               plc_layout **ret_layout);

/* The slice that holds a neuron of a population. O(slices) */
const plc_slice *input_find_slice(const plc_layout *layout, uint32_t population, uint32_t neuron);

#endif
