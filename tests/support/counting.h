/* A graph that counts by adders. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_TESTS_SUPPORT_COUNTING_H
#define PLC_TESTS_SUPPORT_COUNTING_H

#include "ftl/aig.h"

#include <stdio.h>
#include <string.h>

/* A literal that is 1 where at least `threshold` of the inputs first..first + n - 1 are 1: a
 * counter of bits to which they are added one after the other, and a comparison. n below 256. */
static inline uint32_t counting_literal(plc_aig *aig, uint32_t first, uint32_t n,
                                        uint32_t threshold)
{
    uint32_t bits[8] = {0}, reached = 1;
    for (uint32_t i = first; i < first + n; i++) {
        uint32_t carry = 2 * i;
        for (int b = 0; b < 8; b++) {
            const uint32_t sum = plc_aig_xor(aig, bits[b], carry);
            carry = plc_aig_and(aig, bits[b], carry);
            bits[b] = sum;
        }
    }
    for (int b = 0; b < 8; b++) /* at or above: the highest bit decides first */
        reached = threshold >> b & 1 ? plc_aig_and(aig, bits[b], reached)
                                     : plc_aig_and(aig, bits[b] ^ 1, reached ^ 1) ^ 1;
    return reached;
}

/* A graph of n inputs, called i0, i1, ..., with outputs o0, o1, ... that are 0. */
static inline plc_aig *counting_graph(uint32_t n, uint32_t n_outputs)
{
    plc_aig *aig = plc_aig_create("count", n, 0, n_outputs);
    char name[16];
    for (uint32_t i = 0; aig && i < n; i++) {
        snprintf(name, sizeof name, "i%u", i);
        plc_aig_name_source(aig, i, name, strlen(name));
    }
    for (uint32_t i = 0; aig && i < n_outputs; i++) {
        snprintf(name, sizeof name, "o%u", i);
        plc_aig_name_output(aig, i, name, strlen(name));
    }
    return aig;
}

#endif
