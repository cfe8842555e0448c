/* The mapper: what it says would help a network that does not fit, does. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/chip/chip.h"
#include "mapper/larger.h"
#include "mapper/mapping.h"

#include <criterion/criterion.h>
#include <placode/placode.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static plc_network *parse_network(const char *body)
{
    char text[1024];
    plc_error error = {0};
    plc_network *network = NULL;
    snprintf(text, sizeof text, "placode: network/1\npopulations:\n%s", body);
    cr_assert_eq(plc_network_parse("n", NULL, text, strlen(text), 1, &network, &error), PLC_OK,
                 "%s", error.message);
    return network;
}

/* A chip by name, or by what follows the first lines of a chip file. */
static plc_chip *make_chip(const char *what)
{
    char text[1024];
    plc_error error = {0};
    plc_chip *chip = NULL;
    if (strchr(what, '\n')) {
        snprintf(text, sizeof text, "placode: chip/1\nname: tiny\n%s", what);
        cr_assert_eq(plc_chip_parse("c", text, strlen(text), &chip, &error), PLC_OK, "%s",
                     error.message);
    } else {
        cr_assert_eq(plc_chip_open(what, &chip, &error), PLC_OK, "%s", error.message);
    }
    return chip;
}

/* Maps to a chip and proves what comes of it; error->message is empty where it fits. */
static plc_status try_chip(const char *body, const plc_chip *chip, unsigned effort,
                           plc_error *error)
{
    const plc_map_settings settings = {.effort = effort, .seed = 1};
    plc_network *network = parse_network(body);
    plc_layout *layout = NULL;
    *error = (plc_error){0};
    plc_status status = plc_map(network, chip, &settings, &layout, error);
    if (status == PLC_OK) {
        plc_violations found = {0};
        cr_assert_eq(plc_verify(network, layout, &found, error), PLC_OK);
        cr_assert_eq(found.n, 0, "%s", found.messages[0]);
    }
    plc_layout_destroy(layout);
    plc_network_destroy(network);
    return status;
}

static plc_status try_limit(const char *body, const char *chip_text, plc_chip_quantity quantity,
                            double value, unsigned effort, plc_error *error)
{
    plc_chip *chip = make_chip(chip_text);
    chip->quantities[quantity].value = value;
    plc_status status = try_chip(body, chip, effort, error);
    plc_chip_destroy(chip);
    return status;
}

/* The size of the member before this one among the squarest. */
static void step_down(uint32_t *width, uint32_t *height)
{
    if (*width > *height)
        --*width;
    else
        --*height;
}

static const char pair[] = "  - {name: a, size: 15, model: threshold}\n"
                           "  - {name: b, size: 2400, model: onoff}\n"
                           "projections: [{from: b, to: b, connector: {type: fixed_number_pre, n: "
                           "2}, weight: 1, delay: 3}]\n";
static const char dense[] = "  - {name: a, size: 300, model: threshold}\n"
                            "projections: [{from: a, to: a, connector: {type: all_to_all}, weight: "
                            "1}]\n";
static const char noise[] = "  - {name: x, size: 900, model: spike_source_poisson}\n"
                            "  - {name: y, size: 900, model: lif_curr_exp}\n"
                            "  - {name: z, size: 30, model: onoff}\n"
                            "projections: [{from: x, to: y, connector: {type: one_to_one}, weight: "
                            "0.25}]\n";
static const char many[] = "  - {name: a, size: 9000, model: threshold}\n";

/* The chip named is larger, works, and is the smallest of its kind that does. */
Test(remedy, names_the_smallest_chip_that_would_do)
{
    static const struct {
        const char *body, *chip;
    } cases[] = {
        {pair, "mesh:2x2:2"},     {pair, "placode-2x1"},    {pair, "torus:1x1:1"},
        {pair, "hexmesh:3x1:3"},  {pair, "hextorus:2x2:1"}, {dense, "mesh:1x1:1"},
        {dense, "placode-1x1"},   {noise, "mesh:1x1:3"},    {noise, "torus:2x2:2"},
        {noise, "hexmesh:3x2:1"}, {many, "spinnaker:1x1"},  {many, "hextorus:4x1:8"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *body = cases[i].body;
        unsigned effort = i % 2;
        plc_error error;
        char name[64];
        uint32_t width, height;
        plc_chip *chip = make_chip(cases[i].chip), *other = NULL;
        cr_expect_eq(try_chip(body, chip, effort, &error), PLC_DOES_NOT_FIT);
        const char *hint = strstr(error.message, "; chip ");
        cr_assert(hint && sscanf(hint, "; chip %63s would do", name) == 1, "%s", error.message);
        cr_expect_str_eq(hint + strlen(hint) - strlen(" would do"), " would do");
        const char *sides = name + strcspn(name, "0123456789");
        cr_assert_eq(sscanf(sides, "%ux%u", &width, &height), 2);
        plc_chip *larger = make_chip(name);
        cr_expect_gt(plc_chip_n_cores(larger), plc_chip_n_cores(chip), "%s", name);
        cr_expect_eq(try_chip(body, larger, effort, &error), PLC_OK, "%s: %s", name, error.message);
        step_down(&width, &height);
        if (height > 0) {
            cr_assert_eq(plc_chip_member(larger, width, height, &other, &error), PLC_OK);
            cr_expect_eq(try_chip(body, other, effort, &error), PLC_DOES_NOT_FIT, "%s is less",
                         plc_chip_name(other));
        }
        plc_chip_destroy(other);
        plc_chip_destroy(larger);
        plc_chip_destroy(chip);
    }
}

/* Neurons in communities of every sixth, which consecutive slices cut: they take seven cores, and
 * what looks for communities six. */
Test(remedy, goes_down_to_a_chip_that_takes_a_search)
{
    enum { N = 6000, FAN_IN = 28, COMMUNITIES = 6 };
    plc_error error = {0};
    plc_network *network = NULL;
    plc_layout *layout = NULL;
    uint32_t *sources = calloc(2 * N * FAN_IN, sizeof *sources);
    cr_assert(sources);
    for (uint32_t i = 0; i < N * FAN_IN; i++) {
        sources[i] = (i / FAN_IN + COMMUNITIES * (i % FAN_IN) * 40) % N;
        sources[N * FAN_IN + i] = i / FAN_IN;
    }
    plc_population_spec spec = {.name = "a", .size = N, .model = PLC_THRESHOLD};
    plc_synapse_list list = {.n = N * FAN_IN,
                             .sources = sources,
                             .targets = sources + N * FAN_IN,
                             .weight = 1,
                             .delay = 1};
    cr_assert_eq(plc_network_create(1, 1, &network, &error), PLC_OK);
    cr_assert_eq(plc_network_add_population(network, &spec, NULL, &error), PLC_OK);
    cr_assert_eq(plc_network_add_projection(network, 0, 0, NULL, &list, &error), PLC_OK);
    plc_chip *chip = make_chip("placode-1x1");
    for (unsigned effort = 0; effort <= 1; effort++) {
        const plc_map_settings settings = {.effort = effort, .seed = 1};
        cr_expect_eq(plc_map(network, chip, &settings, &layout, &error), PLC_DOES_NOT_FIT);
        cr_expect(strstr(error.message,
                         effort ? "; chip placode-3x2 would do" : "; chip placode-3x3 would do"),
                  "%s", error.message);
    }
    plc_chip_destroy(chip);
    plc_network_destroy(network);
    free(sources);
}

/* Boards are parts of machines; a chip that only has the name has no family, nor has one without.
 */
Test(remedy, knows_families_by_their_limits)
{
    static const char worn[] = "base: spinnaker:1x1\nlimits: {neurons_per_core: 200}\n",
                      own[] = "base: mesh:1x1:1\n", like[] = "base: spinnaker:1x1\n";
    plc_error error;
    plc_chip *chip = make_chip("spinnaker-4");
    cr_expect_eq(try_chip("  - {name: a, size: 100000, model: threshold}\n", chip, 0, &error),
                 PLC_DOES_NOT_FIT);
    cr_expect_str_eq(error.message,
                     "does not fit: neurons: the network has 100000, chip spinnaker-4 holds 17408 "
                     "(68 cores): population a (100000); it takes 391 cores or more; chip "
                     "spinnaker:5x5 would do");
    plc_chip_destroy(chip);
    static const struct {
        const char *text, *name;
        bool is_member;
    } cases[] = {
        {worn, "spinnaker:1x1", false},
        {like, "spinnaker:1x1", true},
        {like, "mesh:1x1:17", true},
        {like, "placode-1x1", false},
        {own, "tiny", false},
        {own, "mesh:1x1", false},
        {own, "mesh:0x1:1", false},
        {own, "mesh:300x1:1", false},
        {own, "8x8", false},
        {own, "a long name 8x8", false},
        {own, "", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        plc_chip *member = NULL;
        chip = make_chip(cases[i].text);
        free(chip->name);
        chip->name = strdup(cases[i].name);
        cr_expect_eq(plc_chip_member(chip, 3, 2, &member, NULL),
                     cases[i].is_member ? PLC_OK : PLC_INVALID, "%s", cases[i].name);
        cr_expect(!member || (member->width == 3 && member->height == 2));
        plc_chip_destroy(member);
        plc_chip_destroy(chip);
    }
    chip = make_chip(own);
    cr_expect_eq(try_chip(dense, chip, 0, &error), PLC_DOES_NOT_FIT);
    cr_expect_str_eq(error.message,
                     "does not fit: neurons: the network has 300, chip tiny holds 256 (1 cores): "
                     "population a (300); it takes 2 cores or more");
    plc_chip_destroy(chip);
}

/* Each step has as many routers as the last and a row or a column more. */
Test(remedy, grows_chips_to_the_last_one)
{
    plc_chip *chip = make_chip("torus:9x1:2");
    uint32_t step = 0;
    static const uint32_t sides[][3] = {{1, 1, 1}, {2, 1, 1},  {3, 2, 1},  {4, 2, 1},  {5, 2, 2},
                                        {9, 3, 2}, {13, 3, 3}, {19, 4, 3}, {25, 4, 4}, {33, 5, 4}};
    for (size_t i = 0; i < sizeof sides / sizeof *sides; i++) {
        step = 0;
        plc_chip *larger = plc_larger_chip(chip, sides[i][0], &step);
        cr_assert(larger);
        cr_expect(larger->width == sides[i][1] && larger->height == sides[i][2], "%u cores: %s",
                  sides[i][0], larger->name);
        plc_chip_destroy(larger);
    }
    step = 0;
    plc_chip *last = plc_larger_chip(chip, 2 * 256 * 256, &step);
    cr_assert(last && last->width == 256 && last->height == 256);
    cr_expect_eq(step, 510);
    plc_chip_destroy(last);
    cr_expect_null(plc_larger_chip(chip, 2 * 256 * 256 + 1, &step));
    step = 511;
    cr_expect_null(plc_larger_chip(chip, 1, &step));
    plc_chip_destroy(chip);
}

/* 16 million synapses are not made to find out. */
Test(remedy, does_not_promise_what_it_did_not_try)
{
    plc_error error;
    plc_chip *chip = make_chip("spinnaker-4");
    cr_expect_eq(
        try_chip("  - {name: a, size: 4000, model: threshold}\n"
                 "  - {name: b, size: 20000, model: threshold}\n"
                 "projections: [{from: a, to: a, connector: {type: all_to_all}, weight: 1}]\n",
                 chip, 0, &error),
        PLC_DOES_NOT_FIT);
    cr_expect_str_eq(error.message,
                     "does not fit: neurons: the network has 24000, chip spinnaker-4 holds 17408 "
                     "(68 cores): population b (20000); it takes 94 cores or more; chip "
                     "spinnaker:3x2 has as many");
    plc_chip_destroy(chip);
}

#define ROW "geometry: {width: 3, height: 1, links: 4, wrap: false}\n"

static const char sparse[] = "  - {name: a, size: 60, model: threshold}\n"
                             "projections: [{from: a, to: a, connector: {type: fixed_number_pre, "
                             "n: 1}, weight: 40000, delay: 20}]\n";

/* Slots and bits that would do, do, and one less does not. */
Test(remedy, says_how_much_of_a_limit_would_do)
{
    static const struct {
        const char *chip;
        plc_chip_quantity quantity;
        const char *says;
        double value;
    } cases[] = {
        {ROW "cores: 2\nlimits: {weight_bits: 17}\n", PLC_CHIP_RING_SLOTS,
         "so 1..15; 21 slots would do, or shorter delays", 21},
        {ROW "cores: 2\nlimits: {ring_slots: 32}\n", PLC_CHIP_WEIGHT_BITS,
         "so -32767..32767; 17 bits would do, or smaller weights", 17},
        {ROW "cores: 2\nlimits: {neurons_per_core: 10, weight_bits: 17, ring_slots: 32, "
             "router_entries: 1}\n",
         PLC_CHIP_ROUTER_ENTRIES, " entries would do", 0},
    };
    for (size_t i = 0; i < 2 * sizeof cases / sizeof *cases; i++) {
        plc_error error;
        const char *text = cases[i / 2].chip;
        plc_chip_quantity quantity = cases[i / 2].quantity;
        plc_chip *chip = make_chip(text);
        cr_expect_eq(try_chip(sparse, chip, i % 2, &error), PLC_DOES_NOT_FIT);
        const char *hint = strstr(error.message, cases[i / 2].says);
        cr_assert(hint, "%s", error.message);
        double value = cases[i / 2].value;
        if (value == 0)
            value = atof(strrchr(error.message, ';') + 2);
        cr_expect_eq(try_limit(sparse, text, quantity, value, i % 2, &error), PLC_OK, "%s",
                     error.message);
        if (cases[i / 2].value > 0)
            cr_expect_eq(try_limit(sparse, text, quantity, value - 1, i % 2, &error),
                         PLC_DOES_NOT_FIT);
        plc_chip_destroy(chip);
    }
}

/* What lacks two things is not promised to fit with one of them. */
Test(remedy, says_what_it_takes_at_least)
{
    plc_error error;
    plc_chip *chip = make_chip(ROW "cores: 2\n");
    cr_expect_eq(try_chip(sparse, chip, 1, &error), PLC_DOES_NOT_FIT);
    cr_expect_str_eq(error.message,
                     "does not fit: n:4: projections[0]: delay of 20 ticks from population a to a: "
                     "chip tiny has 16 ring slots, so 1..15; it takes 21 slots or more, or shorter "
                     "delays");
    plc_chip_destroy(chip);
}

/* Fewer neurons a core are named where they help, and do. */
Test(remedy, finds_smaller_slices)
{
    static const char near[] =
        "  - {name: a, size: 60, model: threshold}\n"
        "projections: [{from: a, to: a, connector: {type: fixed_number_pre, n: 1}, weight: 1}]\n";
    static const char far[] =
        "  - {name: a, size: 60, model: threshold}\n"
        "projections: [{from: a, to: a, connector: {type: fixed_number_pre, n: 4}, weight: 1}]\n";
    static const char all[] =
        "  - {name: a, size: 60, model: threshold}\n"
        "projections: [{from: a, to: a, connector: {type: all_to_all}, weight: 1}]\n";
    static const struct {
        const char *body, *chip, *resource;
        bool helps;
    } cases[] = {
        {near, ROW "cores: 30\nlimits: {neurons_per_core: 10, key_entries_per_core: 3}\n",
         "key-to-row table", true},
        {far, ROW "cores: 30\nlimits: {neurons_per_core: 10, axons_in_per_core: 20}\n",
         "incoming axons", true},
        {far, ROW "cores: 30\nlimits: {neurons_per_core: 10, synapse_memory_per_core: 250}\n",
         "synaptic memory: neuron", true},
        {all, ROW "cores: 30\nlimits: {neurons_per_core: 10, key_entries_per_core: 3}\n",
         "key-to-row table", false},
        {far, ROW "cores: 2\nlimits: {neurons_per_core: 10, axons_in_per_core: 20}\n",
         "incoming axons", false},
    };
    for (size_t i = 0; i < 2 * sizeof cases / sizeof *cases; i++) {
        plc_error error;
        unsigned effort = i % 2;
        const char *body = cases[i / 2].body, *text = cases[i / 2].chip;
        plc_chip *chip = make_chip(text);
        plc_status status = try_chip(body, chip, effort, &error);
        plc_chip_destroy(chip);
        if (effort && status == PLC_OK)
            continue;
        cr_assert(strstr(error.message, cases[i / 2].resource), "case %zu: %s", i, error.message);
        const char *hint = strstr(error.message, " neurons a core");
        cr_expect_eq(hint != NULL, cases[i / 2].helps, "case %zu: %s", i, error.message);
        if (!hint)
            continue;
        while (hint[-1] >= '0' && hint[-1] <= '9')
            hint--;
        double neurons = atof(hint);
        cr_expect(neurons >= 1 && neurons < 10, "%s", error.message);
        cr_expect_eq(try_limit(body, text, PLC_CHIP_NEURONS_PER_CORE, neurons, effort, &error),
                     PLC_OK, "case %zu: %s", i, error.message);
    }
}

/* Neurons that stay leave no core to another model; from scratch they share one. */
Test(remedy, says_that_a_fresh_mapping_fits)
{
    static const char body[] = "  - {name: a, size: 5, model: threshold}\n"
                               "  - {name: c, size: 5, model: threshold}\n";
    static const char more[] = "  - {name: a, size: 5, model: threshold}\n"
                               "  - {name: c, size: 5, model: threshold}\n"
                               "  - {name: b, size: 5, model: onoff}\n";
    plc_error error = {0};
    plc_layout *old = NULL, *layout = NULL;
    plc_network *network = parse_network(body);
    plc_chip *chip = make_chip("mesh:1x1:2");
    plc_map_settings settings = {.effort = 0, .seed = 1};
    chip->quantities[PLC_CHIP_NEURONS_PER_CORE].value = 5;
    cr_assert_eq(plc_map(network, chip, &settings, &old, &error), PLC_OK, "%s", error.message);
    plc_network_destroy(network);
    network = parse_network(more);
    settings.like = old;
    chip->quantities[PLC_CHIP_NEURONS_PER_CORE].value = 10;
    cr_expect_eq(plc_map(network, chip, &settings, &layout, &error), PLC_DOES_NOT_FIT);
    cr_expect_str_eq(error.message,
                     "does not fit: like: no core of chip mesh:1x1:2 has room for neuron 0 of "
                     "population b while the others stay; from scratch it fits");
    settings.like = NULL;
    cr_expect_eq(plc_map(network, chip, &settings, &layout, &error), PLC_OK);
    plc_layout_destroy(layout);
    plc_layout_destroy(old);
    plc_network_destroy(network);
    plc_chip_destroy(chip);
}

/* Packets come from (0,0) to (1,0), but not back. */
Test(remedy, says_that_dead_links_are_in_the_way)
{
    static const char body[] =
        "  - {name: a, size: 30, model: threshold}\n"
        "projections: [{from: a, to: a, connector: {type: all_to_all}, weight: 1}]\n";
    plc_error error;
    plc_chip *chip = make_chip(ROW "cores: 1\nlimits: {neurons_per_core: 10}\n"
                                   "dead: {one_way: [[1, 0, 3]]}\n");
    cr_expect_eq(try_chip(body, chip, 0, &error), PLC_DOES_NOT_FIT);
    cr_expect_str_eq(error.message,
                     "does not fit: cores: the network needs 3, chip tiny has 1 that are connected "
                     "to each other; the chip without dead links would do");
    plc_chip_destroy(chip);
    chip = make_chip(ROW "cores: 1\nlimits: {neurons_per_core: 10}\n");
    cr_expect_eq(try_chip(body, chip, 0, &error), PLC_OK);
    plc_chip_destroy(chip);
}

/* Too many keys take more neurons than a test can have: groups that only say so. */
Test(remedy, says_whose_keys_are_too_many)
{
    plc_error error = {0};
    plc_network *network = parse_network("  - {name: a, size: 3, model: onoff}\n"
                                         "  - {name: b, size: 1, model: threshold}\n");
    plc_chip *chip = make_chip("mesh:1x1:2");
    plc_mapped_core core = {0};
    plc_slice slices[] = {{.end = 1}, {.begin = 1, .end = 2}, {.population = 1, .end = 1}};
    plc_key_group groups[] = {
        {.slice_end = 1, .n_neurons = 1u << 30},
        {.slice_begin = 1, .slice_end = 2, .n_neurons = (1u << 30) + 1},
        {.slice_begin = 2, .slice_end = 3, .n_neurons = 5},
    };
    uint32_t group_slices[] = {0, 1, 2};
    uint64_t target_offsets[4] = {0};
    plc_mapping mapping = {.network = network,
                           .chip = chip,
                           .slices = slices,
                           .n_slices = 3,
                           .cores = &core,
                           .n_cores = 1,
                           .groups = groups,
                           .n_groups = 3,
                           .group_slices = group_slices,
                           .target_offsets = target_offsets};
    cr_expect_eq(plc_map_keys(&mapping, &error), PLC_DOES_NOT_FIT);
    cr_expect_str_eq(error.message,
                     "does not fit: routing keys: 3 groups of neurons need 8589934600, each a "
                     "power of two, there are 2^32: population a (6442450944)");
    groups[1].n_neurons = 1u << 28;
    cr_expect_eq(plc_map_keys(&mapping, &error), PLC_OK, "%s", error.message);
    cr_expect(groups[0].key == 0 && groups[1].key == 1u << 31 && groups[2].key == 5u << 29);
    plc_chip_destroy(chip);
    plc_network_destroy(network);
}
