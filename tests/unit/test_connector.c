/* Connectors: exact shapes, and the statistics of the random ones. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/digest.h"
#include "net/network.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* A network of one projection a -> b (or a -> a) over threshold cells. */
static plc_network *connect(uint32_t n_sources, uint32_t n_targets, bool recurrent,
                            const char *connector, uint64_t seed)
{
    char text[1024];
    plc_network *network = NULL;
    plc_error error = {0};
    snprintf(text, sizeof text,
             "placode: network/1\npopulations:\n  - {name: a, size: %u, model: threshold}\n"
             "  - {name: b, size: %u, model: threshold}\nprojections:\n"
             "  - {from: a, to: %s, connector: %s, weight: 1, delay: {uniform: [1, 8]}}\n",
             n_sources, n_targets, recurrent ? "a" : "b", connector);
    cr_assert_eq(plc_network_parse("n", NULL, text, strlen(text), seed, &network, &error), PLC_OK,
                 "%s", error.message);
    cr_assert_eq(plc_network_resolve(network, &error), PLC_OK, "%s", error.message);
    return network;
}

static bool has(const plc_projection *p, uint32_t source, uint32_t target)
{
    for (uint64_t k = p->offsets[source]; k < p->offsets[source + 1]; k++)
        if (p->targets[k] == target)
            return true;
    return false;
}

Test(connector, one_to_one_and_all_to_all)
{
    plc_network *network = connect(5, 3, false, "{type: one_to_one}", 1);
    const plc_projection *p = &network->projections[0];
    cr_assert(p->offsets[5] == 3 && has(p, 2, 2) && !has(p, 2, 1));
    plc_network_destroy(network);
    network = connect(5, 3, false, "{type: all_to_all}", 1);
    cr_assert_eq(network->projections[0].offsets[5], 15);
    plc_network_destroy(network);
    network = connect(5, 3, true, "{type: all_to_all, allow_self: false}", 1);
    p = &network->projections[0];
    cr_assert(p->offsets[5] == 20 && !has(p, 3, 3) && has(p, 3, 4));
    plc_network_destroy(network);
}

Test(connector, fixed_numbers_are_exact_and_without_repeats)
{
    for (int post = 0; post < 2; post++) {
        plc_network *network = connect(40, 40, true,
                                       post ? "{type: fixed_number_post, n: 39, allow_self: false}"
                                            : "{type: fixed_number_pre, n: 39, allow_self: false}",
                                       9);
        const plc_projection *p = &network->projections[0];
        for (uint32_t i = 0; i < 40; i++)
            for (uint32_t j = 0; j < 40; j++)
                cr_assert_eq(has(p, i, j), i != j);
        plc_network_destroy(network);
        network =
            connect(50, 70, false,
                    post ? "{type: fixed_number_post, n: 7}" : "{type: fixed_number_pre, n: 7}", 9);
        p = &network->projections[0];
        uint32_t fan_in[70] = {0};
        for (uint64_t k = 0; k < p->offsets[50]; k++)
            fan_in[p->targets[k]]++;
        for (uint32_t i = 0; i < (post ? 50 : 70); i++)
            cr_assert_eq(post ? p->offsets[i + 1] - p->offsets[i] : fan_in[i], 7);
        plc_network_destroy(network);
    }
}

Test(connector, fixed_total_number_is_exact)
{
    plc_network *network =
        connect(10, 10, true, "{type: fixed_total_number, n: 5000, allow_self: false}", 3);
    const plc_projection *p = &network->projections[0];
    cr_assert_eq(p->offsets[10], 5000);
    for (uint32_t i = 0; i < 10; i++)
        cr_assert_not(has(p, i, i));
    plc_network_destroy(network);
}

/* The number of synapses is binomial, and so is that of each row: within six standard deviations.
 */
Test(connector, fixed_probability_has_its_probability)
{
    static const double ps[] = {0, 1e-5, 0.003, 0.02, 0.5, 0.97, 1};
    for (size_t i = 0; i < sizeof ps / sizeof *ps; i++) {
        char connector[64];
        snprintf(connector, sizeof connector, "{type: fixed_probability, p: %g}", ps[i]);
        plc_network *network = connect(1000, 1500, false, connector, 11 + i);
        const plc_projection *p = &network->projections[0];
        double expected = ps[i] * 1.5e6, sigma = sqrt(expected * (1 - ps[i]));
        cr_assert_leq(fabs((double)p->offsets[1000] - expected), 6 * sigma, "p %g: %llu synapses",
                      ps[i], (unsigned long long)p->offsets[1000]);
        uint32_t middle = 0;
        for (uint64_t k = 0; k < p->offsets[1000]; k++)
            middle += p->targets[k] >= 500 && p->targets[k] < 1000;
        cr_assert_leq(fabs(middle - expected / 3), 6 * sqrt(expected / 3) + 1, "p %g", ps[i]);
        plc_network_destroy(network);
    }
}

Test(connector, delays_are_drawn_evenly)
{
    plc_network *network = connect(100, 80, false, "{type: all_to_all}", 2);
    const plc_projection *p = &network->projections[0];
    uint32_t count[16] = {0};
    for (uint64_t k = 0; k < 8000; k++)
        count[plc_projection_delay(p, k)]++;
    for (uint32_t d = 1; d <= 8; d++)
        cr_assert_leq(abs((int)count[d] - 1000), 180, "delay %u: %u", d, count[d]);
    cr_assert_eq(count[0] + count[9], 0);
    plc_network_destroy(network);
}

static uint64_t digest_of(const plc_network *network)
{
    const plc_projection *p = &network->projections[0];
    uint64_t digest = plc_digest_bytes(0, p->targets, p->offsets[200] * sizeof *p->targets);
    return plc_digest_bytes(digest, p->delays, p->offsets[200]);
}

/* The same on every machine: digests computed once and kept. */
Test(connector, random_networks_are_the_same_everywhere)
{
    static const struct {
        const char *connector;
        uint64_t digest;
    } cases[] = {
        {"{type: fixed_probability, p: 0.05}", UINT64_C(0xb0659d8ae6d7b006)},
        {"{type: fixed_number_pre, n: 9}", UINT64_C(0x87f30116bb85ee5c)},
        {"{type: fixed_number_post, n: 9}", UINT64_C(0x41fc4a2893bf1cb5)},
        {"{type: fixed_total_number, n: 999}", UINT64_C(0x0fa8377133c06abd)},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        plc_network *network = connect(200, 300, false, cases[i].connector, 42);
        cr_expect_eq(digest_of(network), cases[i].digest, "%s: 0x%016llx", cases[i].connector,
                     (unsigned long long)digest_of(network));
        plc_network_destroy(network);
    }
}
