/* The one law: one network and one seed give one digest, on any chip and with any number of
 * threads. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/random_network.h"
#include "tests/support/thorough.h"

#include <criterion/criterion.h>
#include <omp.h>
#include <string.h>

enum { CHIPS = 13, TICKS = 120 };

/* Networks, and which of them engine mesh runs too. */
enum { NETWORKS = plc_thorough(24, 6), MESH_EACH = plc_thorough(1, 3) };

/* Runs a network on a chip with 1, 2 and 3 threads, placed with an effort and a seed of its own;
 * false when it does not fit. */
static bool agrees_on(uint64_t number, uint64_t chip_number, uint64_t expected)
{
    plc_error error = {0};
    plc_network *network = random_network(number);
    plc_chip *chip = random_chip(chip_number);
    plc_layout *layout = NULL;
    plc_map_settings settings = {.effort = (unsigned)(chip_number % 2), .seed = number};
    bool fits = plc_map(network, chip, &settings, &layout, &error) == PLC_OK;
    for (uint32_t threads = 1; fits && threads <= 3; threads++)
        cr_assert_eq(fast_digest(layout, 7, TICKS, threads), expected,
                     "network %llu, chip %s, %u threads", (unsigned long long)number,
                     plc_chip_name(chip), threads);
    if (fits && number % MESH_EACH == 0)
        cr_assert_eq(engine_digest(layout, "mesh", 7, TICKS, 1), expected,
                     "network %llu, chip %s, engine mesh", (unsigned long long)number,
                     plc_chip_name(chip));
    plc_layout_destroy(layout);
    plc_chip_destroy(chip);
    plc_network_destroy(network);
    return fits;
}

Test(identity, one_network_one_digest, .timeout = 280)
{
    unsigned runs = 0;
    for (uint64_t i = 0; i < NETWORKS; i++) {
        plc_network *network = random_network(i);
        cr_assert_eq(plc_network_resolve(network, NULL), PLC_OK);
        uint64_t expected = reference_digest(network, 7, TICKS);
        plc_network_destroy(network);
        for (uint64_t chip = 0; chip < 4; chip++)
            runs += agrees_on(i, chip * 3 + i % 3 * 4, expected);
    }
    cr_assert_gt(runs, NETWORKS, "only %u layouts", runs);
}

/* Runs a plastic network on a chip with 1, 2 and 4 threads and on engine mesh; false when it does
 * not fit. */
static bool learns_alike(plc_network *network, uint64_t chip_number, uint64_t expected)
{
    plc_error error = {0};
    plc_chip *chip = random_chip(chip_number);
    plc_layout *layout = NULL;
    plc_violations found = {0};
    plc_map_settings settings = {.effort = (unsigned)(chip_number % 2), .seed = chip_number};
    bool fits = plc_map(network, chip, &settings, &layout, &error) == PLC_OK;
    if (fits) {
        cr_assert_eq(plc_verify(network, layout, &found, &error), PLC_OK);
        cr_assert_eq(found.n, 0, "chip %s", plc_chip_name(chip));
        for (uint32_t threads = 1; threads <= 4; threads *= 2)
            cr_assert_eq(fast_digest(layout, 7, TICKS, threads), expected, "chip %s, %u threads",
                         plc_chip_name(chip), threads);
        cr_assert_eq(engine_digest(layout, "mesh", 7, TICKS, 1), expected, "chip %s, engine mesh",
                     plc_chip_name(chip));
    }
    plc_layout_destroy(layout);
    plc_chip_destroy(chip);
    return fits;
}

/* Plastic networks, of all three histories; those in which plasticity makes no difference count
 * for nothing. */
Test(identity, plastic_weights_do_not_depend_on_the_placement, .timeout = 280)
{
    enum { PLASTIC = plc_thorough(5, 2), TRIES = 24 };
    unsigned runs = 0, changed = 0;
    plc_error error = {0};
    for (uint64_t i = 0; i < TRIES && changed < PLASTIC; i++) {
        plc_network *network = random_plastic_network(i), *still = random_network(i);
        cr_assert_eq(plc_network_resolve(network, &error), PLC_OK, "%s", error.message);
        cr_assert_eq(plc_network_resolve(still, &error), PLC_OK, "%s", error.message);
        uint64_t expected = reference_digest(network, 7, TICKS);
        if (expected != reference_digest(still, 7, TICKS)) {
            changed++;
            for (uint64_t chip = i % 3; chip < CHIPS; chip += 3)
                runs += learns_alike(network, chip, expected);
        }
        plc_network_destroy(network);
        plc_network_destroy(still);
    }
    cr_assert_eq(changed, PLASTIC, "plasticity changed only %u networks", changed);
    cr_assert_gt(runs, 2 * PLASTIC, "only %u layouts", runs);
}

Test(identity, another_seed_is_another_digest)
{
    plc_network *network = random_network(3);
    cr_assert_eq(plc_network_resolve(network, NULL), PLC_OK);
    cr_assert_neq(reference_digest(network, 1, TICKS), reference_digest(network, 2, TICKS));
    plc_network_destroy(network);
}

/* MAX-CUT in all three schedules on chips of different shapes. */
Test(identity, maxcut_is_the_same_on_every_chip)
{
    static const char *const chips[] = {"ideal",       "spinnaker-48", "spinnaker2",
                                        "placode-4x4", "loihi",        "torus:6x6:1"};
    plc_graph graph = {0};
    plc_error error = {0};
    cr_assert_eq(plc_rudy("-rnd_graph 300 3 5 -random 0 1 5 -times 2 -plus -1", &graph, &error),
                 PLC_OK);
    for (int schedule = PLC_ASYNC; schedule <= PLC_COLOUR; schedule++) {
        plc_maxcut_settings settings = plc_maxcut_defaults();
        settings.schedule = (plc_maxcut_schedule)schedule;
        settings.blocks = 20;
        settings.updates = 40000;
        plc_maxcut *maxcut = NULL;
        uint64_t expected = 0;
        cr_assert_eq(plc_maxcut_create(&graph, &settings, &maxcut, &error), PLC_OK, "%s",
                     error.message);
        uint64_t ticks = plc_maxcut_ticks(maxcut) < 5000 ? plc_maxcut_ticks(maxcut) : 5000;
        for (size_t i = 0; i < sizeof chips / sizeof *chips; i += plc_thorough(1, 3)) {
            plc_chip *chip = NULL;
            plc_layout *layout = NULL;
            cr_assert_eq(plc_chip_open(chips[i], &chip, &error), PLC_OK, "%s", error.message);
            plc_map_settings search = {.effort = 1, .seed = i};
            cr_assert_eq(plc_map(plc_maxcut_network(maxcut), chip, &search, &layout, &error),
                         PLC_OK, "%s", error.message);
            if (i == 0)
                expected = reference_digest(plc_maxcut_network(maxcut), 1, ticks);
            for (uint32_t threads = 1; threads <= 2; threads++)
                cr_assert_eq(fast_digest(layout, 1, ticks, threads), expected,
                             "schedule %d on %s, %u threads", schedule, chips[i], threads);
            cr_assert_eq(engine_digest(layout, "mesh", 1, ticks, 1), expected,
                         "schedule %d on %s, engine mesh", schedule, chips[i]);
            plc_layout_destroy(layout);
            plc_chip_destroy(chip);
        }
        plc_maxcut_destroy(maxcut);
    }
    plc_graph_finish(&graph);
}

/* Rings of 24 onoff neurons, of ids far apart, driven by noise: partitions by effort and seed. */
static plc_network *make_rings(void)
{
    enum { N = 144, RINGS = 6, NOISE = 24 };
    uint32_t sources[2 * N], targets[2 * N], from[N], to[N];
    plc_error error = {0};
    plc_network *network = NULL;
    plc_param rate = {.name = "rate", .value = 150}, bias = {.name = "bias", .value = 1};
    plc_population_spec noise = {.name = "noise",
                                 .size = NOISE,
                                 .model = PLC_SPIKE_SOURCE_POISSON,
                                 .params = &rate,
                                 .n_params = 1},
                        cells = {.name = "cells",
                                 .size = N,
                                 .model = PLC_ONOFF,
                                 .params = &bias,
                                 .n_params = 1};
    for (uint32_t i = 0; i < N; i++) {
        sources[2 * i] = sources[2 * i + 1] = i;
        targets[2 * i] = (i + RINGS) % N;
        targets[2 * i + 1] = (i + N - 5 * RINGS) % N;
        from[i] = i % NOISE;
        to[i] = i * 35 % N;
    }
    plc_synapse_list rings = {
        .n = 2 * N, .sources = sources, .targets = targets, .weight = 2, .delay = 2};
    plc_synapse_list drive = {.n = N, .sources = from, .targets = to, .weight = 3, .delay = 1};
    cr_assert_eq(plc_network_create(1, 3, &network, &error), PLC_OK);
    cr_assert_eq(plc_network_add_population(network, &noise, NULL, &error), PLC_OK);
    cr_assert_eq(plc_network_add_population(network, &cells, NULL, &error), PLC_OK);
    cr_assert_eq(plc_network_add_projection(network, 1, 1, NULL, &rings, &error), PLC_OK, "%s",
                 error.message);
    cr_assert_eq(plc_network_add_projection(network, 0, 1, NULL, &drive, &error), PLC_OK);
    return network;
}

Test(identity, holds_for_every_partition, .timeout = 280)
{
    static const char text[] =
        "placode: chip/1\nname: small\ngeometry: {width: 3, height: 2, links: 4, wrap: false}\n"
        "cores: 3\nlimits: {neurons_per_core: 24}\n";
    plc_error error = {0};
    plc_chip *chip = NULL;
    plc_network *network = make_rings();
    double copies[2] = {0};
    cr_assert_eq(plc_chip_parse("small", text, strlen(text), &chip, &error), PLC_OK);
    cr_assert_eq(plc_network_resolve(network, &error), PLC_OK);
    uint64_t expected = reference_digest(network, 7, TICKS);
    /* two seeds of efforts 0..2, one of 3, which takes long */
    for (unsigned i = 0; i < plc_thorough(7, 5); i++) {
        plc_layout *layout = NULL;
        plc_map_report report;
        plc_map_settings settings = {.effort = i / 2, .seed = i + 1};
        cr_assert_eq(plc_map(network, chip, &settings, &layout, &error), PLC_OK, "%s",
                     error.message);
        for (uint32_t threads = 1; threads <= 3; threads++)
            cr_assert_eq(fast_digest(layout, 7, TICKS, threads), expected, "effort %u, seed %u",
                         settings.effort, i + 1);
        cr_assert_eq(plc_map_measure(layout, NULL, &report, &error), PLC_OK);
        copies[settings.effort > 0] = report.core_copies;
        plc_layout_destroy(layout);
    }
    cr_expect_lt(copies[1], copies[0]);
    plc_network_destroy(network);
    plc_chip_destroy(chip);
}

/* OpenMP may give a program fewer threads than it asks for: here, one, because the caller is a
 * thread of a team already. */
Test(identity, holds_when_threads_are_denied)
{
    plc_error error = {0};
    plc_network *network = random_network(5);
    plc_chip *chip = random_chip(2);
    plc_layout *layout = NULL;
    uint64_t digests[2] = {0, 0};
    cr_assert_eq(plc_map(network, chip, NULL, &layout, &error), PLC_OK, "%s", error.message);
    uint64_t expected = reference_digest(network, 7, TICKS);
    omp_set_max_active_levels(1);
#pragma omp parallel num_threads(2)
    digests[omp_get_thread_num()] = fast_digest(layout, 7, TICKS, 3);
    cr_assert_eq(digests[0], expected);
    cr_assert(digests[1] == expected || digests[1] == 0);
    plc_layout_destroy(layout);
    plc_chip_destroy(chip);
    plc_network_destroy(network);
}
