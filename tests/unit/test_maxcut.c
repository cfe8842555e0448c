/* MAX-CUT as a network: populations, schedules, synapses, settings. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/neuron/onoff.h"
#include "ising/maxcut.h"
#include "net/network.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

static plc_graph rudy(const char *expression)
{
    plc_graph graph = {0};
    plc_error error;
    cr_assert_eq(plc_rudy(expression, &graph, &error), PLC_OK, "%s", error.message);
    return graph;
}

static plc_maxcut *create(const char *expression, plc_maxcut_settings settings)
{
    plc_graph graph = rudy(expression);
    plc_maxcut *maxcut = NULL;
    plc_error error;
    cr_assert_eq(plc_maxcut_create(&graph, &settings, &maxcut, &error), PLC_OK, "%s",
                 error.message);
    plc_graph_finish(&graph); /* the problem keeps nothing of it */
    return maxcut;
}

static plc_maxcut_settings settings_of(plc_maxcut_schedule schedule, uint32_t blocks,
                                       uint64_t updates)
{
    plc_maxcut_settings settings = plc_maxcut_defaults();
    settings.schedule = schedule;
    settings.blocks = blocks;
    settings.updates = updates;
    return settings;
}

Test(maxcut, has_the_published_constants)
{
    plc_maxcut_settings settings = plc_maxcut_defaults();
    cr_assert_float_eq(settings.a, 2.5e4, 0);
    cr_assert_float_eq(settings.c, 8e4, 0);
    cr_assert_float_eq(settings.eta, 2.5, 0);
    cr_assert_float_eq(settings.delta, 0, 0);
    cr_assert_eq(settings.updates, 100000000);
    cr_assert_eq(settings.schedule, PLC_COLOUR);
}

Test(maxcut, is_one_population_when_neurons_are_drawn)
{
    plc_maxcut *async = create("-rnd_graph 90 10 1", settings_of(PLC_ASYNC, 0, 1001));
    plc_maxcut *block = create("-rnd_graph 90 10 1", settings_of(PLC_BLOCK, 8, 1001));
    cr_assert_eq(plc_maxcut_ticks(async), 1001);
    cr_assert_eq(plc_maxcut_ticks(block), 126);
    cr_assert_eq(plc_maxcut_classes(async), 1);
    cr_assert_eq(plc_maxcut_classes(block), 8);
    plc_network *networks[] = {plc_maxcut_network(async), plc_maxcut_network(block)};
    for (int i = 0; i < 2; i++) {
        cr_assert_eq(plc_network_n_populations(networks[i]), 1);
        cr_assert_str_eq(plc_network_population_name(networks[i], 0), "spins");
        cr_assert_eq(plc_network_n_neurons(networks[i]), 90);
        cr_assert_eq(plc_network_n_synapses(networks[i]), 2 * 401);
    }
    plc_maxcut_destroy(async);
    plc_maxcut_destroy(block);
}

Test(maxcut, has_a_population_for_each_colour)
{
    plc_maxcut *maxcut = create("-toroidal_grid_2D 5 8", settings_of(PLC_COLOUR, 0, 1001));
    plc_network *network = plc_maxcut_network(maxcut);
    cr_assert_eq(plc_maxcut_classes(maxcut), 3);
    cr_assert_eq(plc_maxcut_ticks(maxcut), 3 * 26);
    cr_assert_eq(plc_network_n_populations(network), 3);
    cr_assert_str_eq(plc_network_population_name(network, 2), "spins_2");
    cr_assert_eq(plc_network_n_neurons(network), 40);
    cr_assert_eq(plc_network_n_synapses(network), 2 * 80);
    plc_maxcut_destroy(maxcut);
}

Test(maxcut, works_without_edges)
{
    for (int schedule = PLC_ASYNC; schedule <= PLC_COLOUR; schedule++) {
        plc_maxcut *maxcut =
            create("-rnd_graph 1 0 1", settings_of((plc_maxcut_schedule)schedule, 1, 7));
        cr_assert_eq(plc_maxcut_ticks(maxcut), 7);
        cr_assert_eq(plc_maxcut_classes(maxcut), 1);
        cr_assert_eq(plc_network_n_synapses(plc_maxcut_network(maxcut)), 0);
        cr_assert_eq(plc_network_resolve(plc_maxcut_network(maxcut), NULL), PLC_OK);
        plc_maxcut_destroy(maxcut);
    }
    plc_maxcut_destroy(NULL);
}

Test(maxcut, takes_any_number_of_updates)
{
    static const uint64_t updates[] = {1, 1000, UINT64_C(1) << 62};
    for (size_t i = 0; i < sizeof updates / sizeof *updates; i++) {
        plc_maxcut *maxcut =
            create("-toroidal_grid_2D 200 100", settings_of(PLC_COLOUR, 0, updates[i]));
        cr_assert_eq(plc_maxcut_ticks(maxcut), 2 * ((updates[i] + 19999) / 20000));
        plc_maxcut_destroy(maxcut);
    }
}

/* All spins are +1 at first, so each potential is the sum of the vertex's weights. */
static void expect_initial_potentials(plc_maxcut *maxcut)
{
    const plc_adjacency *slots = &maxcut->slots;
    for (uint32_t p = 0; p < maxcut->n_populations; p++) {
        const plc_population *population = &plc_maxcut_network(maxcut)->populations[p];
        cr_assert_eq(population->model, PLC_ONOFF);
        for (uint32_t i = 0; i < population->size; i++) {
            const uint64_t *row = slots->offsets + maxcut->begin[p] + i;
            plc_onoff_state state;
            int32_t sum = 0;
            memcpy(&state, plc_population_state(population, i, sizeof state / 4), sizeof state);
            for (uint64_t k = row[0]; k < row[1]; k++)
                sum += slots->arcs[k].weight;
            cr_assert_eq(state.v, sum);
            cr_assert_eq(state.spin, 1);
        }
    }
}

Test(maxcut, resolves)
{
    static const char *const expressions[] = {
        "-rnd_graph 300 6 1",
        "-rnd_graph 300 .3 1 -random -5 5 2",
        "-rnd_graph 30 100 1",
    };
    for (size_t i = 0; i < sizeof expressions / sizeof *expressions; i++) {
        for (int schedule = PLC_ASYNC; schedule <= PLC_COLOUR; schedule++) {
            plc_error error;
            plc_maxcut *maxcut =
                create(expressions[i], settings_of((plc_maxcut_schedule)schedule, 30, 100000));
            cr_assert_eq(plc_network_resolve(plc_maxcut_network(maxcut), &error), PLC_OK, "%s",
                         error.message);
            expect_initial_potentials(maxcut);
            plc_maxcut_destroy(maxcut);
        }
    }
}

static void expect_refused(const plc_graph *graph, plc_maxcut_settings settings,
                           const char *message)
{
    plc_maxcut *maxcut = NULL;
    plc_error error = {0};
    cr_assert_neq(plc_maxcut_create(graph, &settings, &maxcut, &error), PLC_OK, "%s", message);
    cr_assert_str_eq(error.message, message);
    cr_assert_null(maxcut);
}

Test(maxcut, refuses_bad_settings)
{
    plc_graph graph = rudy("-rnd_graph 20 10 1");
    plc_maxcut_settings settings = plc_maxcut_defaults();
    expect_refused(&graph, settings_of(PLC_BLOCK, 21, 9), "maxcut: blocks: expected 1..20, got 21");
    expect_refused(&graph, settings_of(PLC_BLOCK, 0, 9), "maxcut: blocks: expected 1..20, got 0");
    expect_refused(&graph, settings_of(PLC_ASYNC, 0, 0),
                   "maxcut: updates: expected 1..4611686018427387904, got 0");
    expect_refused(&graph, settings_of(PLC_COLOUR + 1, 0, 9),
                   "maxcut: schedule: expected async, block or colour, got number 3");
    settings.a = 0;
    expect_refused(&graph, settings, "maxcut: a: expected a number > 0, got 0");
    settings.a = (double)NAN;
    expect_refused(&graph, settings, "maxcut: a: expected a number > 0, got nan");
    settings = plc_maxcut_defaults();
    settings.delta = -1;
    expect_refused(&graph, settings, "maxcut: delta: expected a number >= 0, got -1");
    settings = plc_maxcut_defaults();
    settings.eta = (double)INFINITY;
    expect_refused(&graph, settings, "maxcut: eta: expected a number > 0, got inf");
    plc_graph_finish(&graph);
    expect_refused(&graph, plc_maxcut_defaults(),
                   "maxcut: graph: expected at least 1 vertex, got 0");
}

Test(maxcut, refuses_potentials_beyond_32_bits)
{
    plc_graph graph = rudy("-rnd_graph 3 100 1 -plus 1073741823");
    expect_refused(&graph, plc_maxcut_defaults(),
                   "maxcut: vertex 1: expected absolute weights that add up to at most 1073741823, "
                   "got 2147483648");
    plc_graph_finish(&graph);
}

Test(maxcut, refuses_more_colour_classes_than_it_can_connect)
{
    plc_graph graph = rudy("-rnd_graph 513 100 1");
    expect_refused(&graph, plc_maxcut_defaults(),
                   "maxcut: schedule: expected async or block for a graph of 513 colour classes, "
                   "got colour, which takes at most 512");
    plc_graph_finish(&graph);
}

/* T of settings after a part of their updates. */
static double temperature(const plc_maxcut_settings *s, double part)
{
    double t = 1 + s->delta * part * (double)s->updates;
    return s->a / (s->c * log1p(t / s->c));
}

Test(maxcut, tuned_annealing_goes_from_the_fields_to_the_weights)
{
    plc_graph graph = rudy("-toroidal_grid_2D 10 10 -random 0 1 4 -times 2 -plus -1");
    plc_maxcut_settings settings = plc_maxcut_defaults(), scaled = settings;
    settings.updates = scaled.updates = 123456;
    cr_assert_eq(plc_maxcut_tune(&graph, &settings, NULL), PLC_OK);
    cr_assert_float_eq(temperature(&settings, 0), 2 / 1.6, 1e-9, "four neighbours");
    cr_assert_float_eq(temperature(&settings, 1), 0.2, 1e-9);
    cr_assert_gt(temperature(&settings, 0.5), temperature(&settings, 0.6));
    for (uint64_t e = 0; e < graph.m; e++)
        graph.w[e] *= 1000;
    cr_assert_eq(plc_maxcut_tune(&graph, &scaled, NULL), PLC_OK);
    for (double part = 0; part <= 1; part += 0.25)
        cr_assert_float_eq(temperature(&scaled, part) / temperature(&settings, part), 1000, 1e-6);
    plc_graph_finish(&graph);
}

Test(maxcut, tuned_annealing_of_a_dense_graph_ends_at_a_part_of_its_fields)
{
    plc_graph graph = rudy("-rnd_graph 50 100 1");
    plc_maxcut_settings settings = plc_maxcut_defaults();
    cr_assert_eq(plc_maxcut_tune(&graph, &settings, NULL), PLC_OK);
    cr_assert_float_eq(temperature(&settings, 0), 7 / 1.6, 1e-9, "49 neighbours");
    cr_assert_float_eq(temperature(&settings, 1), 7 / 10.0, 1e-9);
    plc_graph_finish(&graph);
}

Test(maxcut, tuned_annealing_lets_moves_without_gain_pass_unless_fields_are_uneven)
{
    plc_graph torus = rudy("-toroidal_grid_2D 10 10 -random 0 1 4 -times 2 -plus -1");
    plc_graph planar = rudy("-planar 800 99 8001 -planar 800 99 8002 +");
    plc_maxcut_settings settings = plc_maxcut_defaults();
    cr_assert_eq(plc_maxcut_tune(&torus, &settings, NULL), PLC_OK);
    cr_assert_float_eq(settings.eta, 1.2, 1e-12);
    cr_assert_eq(plc_maxcut_tune(&planar, &settings, NULL), PLC_OK);
    cr_assert_float_eq(settings.eta, 2.5, 1e-12);
    plc_graph_finish(&torus);
    plc_graph_finish(&planar);
}

Test(maxcut, tuned_annealing_of_no_edges_is_legal)
{
    plc_graph graph = rudy("-rnd_graph 5 0 1");
    plc_maxcut_settings settings = plc_maxcut_defaults();
    plc_maxcut *maxcut = NULL;
    plc_error error;
    cr_assert_eq(plc_maxcut_tune(&graph, &settings, &error), PLC_OK);
    cr_assert_eq(plc_maxcut_create(&graph, &settings, &maxcut, &error), PLC_OK, "%s",
                 error.message);
    plc_maxcut_destroy(maxcut);
    plc_graph_finish(&graph);
}

Test(maxcut, polished_state_has_no_better_neighbour)
{
    plc_graph graph = rudy("-rnd_graph 90 20 1 -random -5 9 2");
    uint8_t sides[90] = {0};
    int64_t gain = 0, before = 0;
    sides[7] = sides[50] = 1;
    before = plc_graph_recount(&graph, sides);
    cr_assert_eq(plc_graph_polish(&graph, sides, &gain, NULL), PLC_OK);
    int64_t cut = plc_graph_recount(&graph, sides);
    cr_assert(cut == before + gain && gain > 100, "%lld", (long long)gain);
    for (uint32_t i = 0; i < graph.n; i++) {
        sides[i] ^= 1;
        cr_assert_leq(plc_graph_recount(&graph, sides), cut, "vertex %u", i);
        sides[i] ^= 1;
    }
    plc_graph_finish(&graph);
}
