/* The placode chip's times: taken from its RTL, and how well engine mesh keeps them. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_BENCHMARKS_CALIBRATE_H
#define PLC_BENCHMARKS_CALIBRATE_H

#include "hw/layout/layout.h"

#include <placode/placode.h>
#include <stdbool.h>

/* A network, in the network file's words, on a chip that is prepared first (NULL: as it is); NULL
 * when that fails, which it then says. */
plc_layout *calibrate_map(const char *text, const char *chip, void (*prepare)(plc_chip *chip));

/* Runs an engine, and notes how long each tick took [cycles] and how many neurons spiked in it
 * [n_ticks]; false when that fails, which it then says. */
bool calibrate_run(const plc_layout *layout, const char *engine, uint64_t n_ticks,
                   uint64_t *ret_cycles, uint64_t *ret_spikes);

/* Derives the times of the RTL and prints them beside those of a chip; false where these differ. */
bool calibrate_derive(const char *chip);

/* Compares ticks of mesh and rtl on many layouts and prints the errors; false where they exceed
 * what is asked of them. */
bool calibrate_compare(void);

#endif
