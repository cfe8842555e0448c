/* Random netlists for tests. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_TESTS_RANDOM_NETLIST_H
#define PLC_TESTS_RANDOM_NETLIST_H

#include "ftl/aig.h"

/* A graph of about `n_ands` ANDs, XORs and multiplexers of random earlier literals; the later ones
 * are outputs and next states. Fails the test when memory is short. */
plc_aig *random_netlist(uint64_t seed, uint32_t n_inputs, uint32_t n_latches, uint32_t n_outputs,
                        uint32_t n_ands);

#endif
