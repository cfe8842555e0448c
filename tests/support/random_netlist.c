/* Random netlists. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/random_netlist.h"

#include "base/digest.h"

#include <criterion/criterion.h>
#include <stdio.h>

static uint32_t pick(const plc_aig *aig, uint64_t *state, uint32_t window)
{
    uint64_t word = plc_mix(++*state);
    uint32_t span = aig->n - 1 < window ? aig->n - 1 : window;
    return 2 * (aig->n - 1 - (uint32_t)(word >> 33) % span) | (word & 1);
}

plc_aig *random_netlist(uint64_t seed, uint32_t n_inputs, uint32_t n_latches, uint32_t n_outputs,
                        uint32_t n_ands)
{
    plc_aig *aig = plc_aig_create("random", n_inputs, n_latches, n_outputs);
    uint64_t state = seed * 1000003;
    char name[24];
    cr_assert(aig);
    for (uint32_t i = 0; i < plc_aig_n_sources(aig); i++) {
        int n = snprintf(name, sizeof name, "%c%u", i < n_inputs ? 'i' : 'q', i);
        plc_aig_name_source(aig, i, name, (size_t)n);
    }
    for (uint32_t i = 0; i < n_outputs; i++) {
        int n = snprintf(name, sizeof name, "o%u", i);
        plc_aig_name_output(aig, i, name, (size_t)n);
    }
    for (uint32_t i = 0; i < n_latches; i++)
        aig->initial[i] = (uint8_t)(plc_mix(++state) % 3);
    for (uint32_t tries = 0; aig->n < n_ands && tries < 10 * n_ands; tries++) {
        uint32_t window = plc_mix(++state) % 4 ? 20 : aig->n;
        uint32_t a = pick(aig, &state, window), b = pick(aig, &state, window);
        uint64_t kind = plc_mix(++state) % 8;
        if (kind == 0)
            plc_aig_xor(aig, a, b);
        else if (kind == 1)
            plc_aig_mux(aig, pick(aig, &state, window), a, b);
        else
            plc_aig_and(aig, a, b);
    }
    for (uint32_t i = 0; i < plc_aig_n_sinks(aig); i++)
        aig->sinks[i] = plc_mix(++state) % 16 ? pick(aig, &state, n_ands / 2 + 1)
                                              : (uint32_t)(plc_mix(state) & 1);
    cr_assert_not(aig->failed);
    return aig;
}
