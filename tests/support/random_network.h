/* Random networks and chips for property tests: the same for the same number, on every machine. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_TESTS_SUPPORT_RANDOM_NETWORK_H
#define PLC_TESTS_SUPPORT_RANDOM_NETWORK_H

#include <placode/placode.h>

/* Network number `number`: 2..6 populations of any models, schedules and sizes, joined by random
 * projections. */
plc_network *random_network(uint64_t number);
/* The same with every projection onto lif_curr_exp plastic, but for one in three. */
plc_network *random_plastic_network(uint64_t number);
/* Chip number `number`, as a name for plc_chip_open() or a YAML text with dead cores, chips and
 * links. */
plc_chip *random_chip(uint64_t number);
/* The digest of `ticks` ticks of a network by a reference that knows no layout: it visits every
 * neuron in every tick. */
uint64_t reference_digest(plc_network *network, uint64_t seed, uint64_t ticks);
/* The digest of `ticks` ticks of a layout on an engine; fails the test on any error. */
uint64_t engine_digest(const plc_layout *layout, const char *kind, uint64_t seed, uint64_t ticks,
                       uint32_t threads);
/* The same on engine fast; fails the test on any error. */
uint64_t fast_digest(const plc_layout *layout, uint64_t seed, uint64_t ticks, uint32_t threads);

#endif
