/* Mapping like an old layout: random networks, edited; every layout is proved, who may stay stays.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/chip/chip.h"
#include "hw/layout/layout.h"
#include "tests/support/random_network.h"
#include "tests/support/thorough.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SEEDS = plc_thorough(40, 12), N_MAX = 200 };

/* A network of three populations and its edits. */
typedef struct edit {
    unsigned more, fewer; /* neurons added to a, taken from b */
    unsigned total;       /* synapses drawn from b to a */
    bool drops, adds;     /* population c goes, population d comes */
    bool kills_core, kills_router;
} edit;

static plc_network *make_network(const edit *e)
{
    char text[1024];
    plc_network *network = NULL;
    plc_error error = {0};
    int n =
        snprintf(text, sizeof text,
                 "placode: network/1\npopulations:\n"
                 "  - {name: a, size: %u, model: lif_curr_exp, params: {i_offset: 0.9}}\n"
                 "  - {name: b, size: %u, model: spike_source_poisson, params: {rate: 90}}\n"
                 "  - {name: %s, size: 70, model: threshold, params: {threshold: 1}}\n%s"
                 "projections:\n"
                 "  - {from: a, to: a, connector: {type: fixed_number_pre, n: 4}, weight: 0.9}\n"
                 "  - {from: b, to: a, connector: {type: fixed_total_number, n: %u}, weight: 2}\n"
                 "  - {from: a, to: %s, connector: {type: fixed_number_pre, n: 3}, weight: 1}\n",
                 120 + e->more, 60 - e->fewer, e->drops ? "z" : "c",
                 e->adds ? "  - {name: d, size: 30, model: onoff}\n" : "", 200 + e->total,
                 e->drops ? "z" : "c");
    cr_assert_eq(plc_network_parse("n", NULL, text, (size_t)n, 7, &network, &error), PLC_OK, "%s",
                 error.message);
    return network;
}

static plc_chip *make_chip(const edit *e, uint64_t number)
{
    char text[512];
    plc_chip *chip = NULL;
    plc_error error = {0};
    int n = snprintf(text, sizeof text,
                     "placode: chip/1\nname: c\ngeometry: {width: 4, height: 4, links: %d, wrap: "
                     "%s}\ncores: 3\nlimits: {neurons_per_core: %u, models_per_core: %u}\n"
                     "dead: {chips: [%s], cores: [%s]}\n",
                     number % 2 ? 6 : 4, number % 3 ? "true" : "false", (unsigned)(15 + number % 7),
                     (unsigned)(1 + number % 3), e->kills_router ? "[1, 0]" : "",
                     e->kills_core ? "[0, 0, 1]" : "");
    cr_assert_eq(plc_chip_parse("c", text, (size_t)n, &chip, &error), PLC_OK, "%s", error.message);
    return chip;
}

static plc_layout *map(plc_network *network, const plc_chip *chip, unsigned effort,
                       const plc_layout *like)
{
    plc_error error = {0};
    plc_layout *layout = NULL;
    plc_violations found = {0};
    plc_map_settings settings = {.effort = effort, .seed = 1, .like = like};
    cr_assert_eq(plc_map(network, chip, &settings, &layout, &error), PLC_OK, "%s", error.message);
    cr_assert_eq(plc_layout_check(layout, &error), PLC_OK, "%s", error.message);
    cr_assert_eq(plc_verify(network, layout, &found, &error), PLC_OK, "%s", error.message);
    cr_assert_eq(found.n, 0, "%s", found.messages[0]);
    return layout;
}

/* Where a neuron is, or -1 when it is not in the layout. */
static int find_place(const plc_layout *layout, const char *name, uint32_t neuron)
{
    for (uint32_t s = 0; s < layout->n_slices; s++) {
        const plc_slice *slice = &layout->slices[s];
        const plc_layout_core *core = &layout->cores[slice->core];
        if (!strcmp(layout->populations[slice->population].name, name) && slice->begin <= neuron &&
            neuron < slice->end)
            return (int)(core->router * PLC_MAX_CORES + core->core);
    }
    return -1;
}

/* Recounts what moved, and checks that only those moved whose place is gone. */
static plc_map_moves recount(const plc_layout *before, const plc_layout *after)
{
    static const char *const names[] = {"a", "b", "c", "d", "z"};
    plc_map_moves moves = {0};
    for (size_t p = 0; p < sizeof names / sizeof *names; p++)
        for (uint32_t i = 0; i < N_MAX; i++) {
            int was = find_place(before, names[p], i), is = find_place(after, names[p], i);
            moves.added += was < 0 && is >= 0;
            moves.gone += was >= 0 && is < 0;
            moves.kept += was >= 0 && was == is;
            moves.moved += was >= 0 && is >= 0 && was != is;
            if (was < 0 || is < 0 || was == is)
                continue;
            const plc_core_set *cores = &after->chip->cores[was / PLC_MAX_CORES];
            cr_assert(!plc_core_set_has(cores, (uint32_t)was % PLC_MAX_CORES),
                      "neuron %u of %s left a core that is alive", i, names[p]);
        }
    return moves;
}

Test(like, keeps_all_that_can_stay, .timeout = 250)
{
    for (uint64_t i = 0; i < SEEDS; i++) {
        edit none = {0}, e = {.more = (unsigned)(i % 4 * 11),
                              .fewer = (unsigned)(i % 3 * 20),
                              .total = (unsigned)(i % 5 * 40),
                              .drops = i % 7 == 2,
                              .adds = i % 5 == 1,
                              .kills_core = i % 2,
                              .kills_router = i % 8 == 3};
        plc_error error = {0};
        plc_network *networks[2] = {make_network(&none), make_network(&e)};
        plc_chip *chips[2] = {make_chip(&none, i), make_chip(&e, i)};
        unsigned effort = (unsigned)(i / 2 % 2);
        plc_layout *before = map(networks[0], chips[0], effort, NULL);
        plc_layout *after = map(networks[1], chips[1], effort, before);
        plc_layout *fresh = map(networks[1], chips[1], effort, NULL);
        plc_map_moves moves, expected = recount(before, after);
        cr_assert_eq(plc_map_compare(before, after, &moves, &error), PLC_OK);
        cr_assert(moves.kept == expected.kept && moves.moved == expected.moved &&
                      moves.added == expected.added && moves.gone == expected.gone,
                  "case %llu", (unsigned long long)i);
        cr_assert_eq(fast_digest(after, 3, 40, 1), fast_digest(fresh, 3, 40, 1), "case %llu",
                     (unsigned long long)i);
        plc_layout_destroy(before);
        plc_layout_destroy(after);
        plc_layout_destroy(fresh);
        for (int k = 0; k < 2; k++) {
            plc_network_destroy(networks[k]);
            plc_chip_destroy(chips[k]);
        }
    }
}

Test(like, itself_gives_the_same_layout, .timeout = 250)
{
    unsigned n = 0;
    for (uint64_t i = 0; i < plc_thorough(60, 16); i++) {
        plc_error error = {0};
        plc_network *network = random_network(i);
        plc_chip *chip = random_chip(i);
        plc_layout *layouts[2] = {NULL, NULL};
        plc_map_moves moves;
        plc_map_settings settings = {.effort = (unsigned)(i % 2), .seed = 1};
        if (plc_map(network, chip, &settings, &layouts[0], &error) == PLC_OK) {
            layouts[1] = map(network, chip, settings.effort, layouts[0]);
            cr_assert_eq(plc_map_compare(layouts[0], layouts[1], &moves, &error), PLC_OK);
            cr_assert(moves.moved == 0 && moves.added == 0 && moves.gone == 0, "case %llu",
                      (unsigned long long)i);
            cr_assert_eq(plc_layout_digest(layouts[0]), plc_layout_digest(layouts[1]), "case %llu",
                         (unsigned long long)i);
            n++;
        }
        plc_layout_destroy(layouts[0]);
        plc_layout_destroy(layouts[1]);
        plc_chip_destroy(chip);
        plc_network_destroy(network);
    }
    cr_assert_gt(n, plc_thorough(30, 8));
}

/* Neurons that a core no longer has room for leave it, and no more than those. */
Test(like, moves_as_few_as_needed)
{
    static const char text[] =
        "placode: network/1\npopulations: [{name: a, size: 60, model: threshold}]\n"
        "projections: [{from: a, to: a, connector: {type: all_to_all}, weight: 1}]\n";
    static const unsigned limits[] = {20, 17};
    plc_error error = {0};
    plc_network *network = NULL;
    plc_chip *chips[2] = {NULL, NULL};
    plc_map_moves moves;
    cr_assert_eq(plc_network_parse("n", NULL, text, strlen(text), 1, &network, &error), PLC_OK);
    for (int i = 0; i < 2; i++) {
        char chip[256];
        int n = snprintf(chip, sizeof chip,
                         "placode: chip/1\nname: c\ngeometry: {width: 2, height: 2, links: 4, "
                         "wrap: false}\ncores: 2\nlimits: {neurons_per_core: %u}\n",
                         limits[i]);
        cr_assert_eq(plc_chip_parse("c", chip, (size_t)n, &chips[i], &error), PLC_OK);
    }
    plc_layout *before = map(network, chips[0], 0, NULL);
    plc_layout *after = map(network, chips[1], 0, before);
    cr_assert_eq(plc_map_compare(before, after, &moves, &error), PLC_OK);
    cr_assert_eq(moves.moved, 9);
    cr_assert_eq(after->n_cores, 4);
    plc_layout_destroy(before);
    plc_layout_destroy(after);
    for (int i = 0; i < 2; i++)
        plc_chip_destroy(chips[i]);
    plc_network_destroy(network);
}

Test(like, refuses_another_geometry)
{
    edit none = {0};
    plc_error error = {0};
    plc_network *network = make_network(&none);
    plc_chip *chip = make_chip(&none, 1), *other = NULL;
    plc_layout *before = map(network, chip, 0, NULL), *after = NULL;
    plc_map_settings settings = {.effort = 0, .seed = 1, .like = before};
    cr_assert_eq(plc_chip_open("mesh:8x4:3", &other, &error), PLC_OK, "%s", error.message);
    cr_expect_eq(plc_map(network, other, &settings, &after, &error), PLC_INVALID);
    cr_expect_str_eq(error.message,
                     "like: the old layout is of a 4x4 torus of 6 links a router, chip mesh:8x4:3 "
                     "is a 8x4 mesh of 4");
    plc_layout_destroy(before);
    plc_chip_destroy(chip);
    plc_chip_destroy(other);
    plc_network_destroy(network);
}
