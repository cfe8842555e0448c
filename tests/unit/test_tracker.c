/* The cut tracker against recounts from the edge list, and with planted inconsistencies. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/memory.h"
#include "base/random.h"
#include "ising/maxcut.h"

#include <criterion/criterion.h>

/* A tracker fed with random flips, and what it should know, recounted after every tick. */
typedef struct bench {
    plc_graph graph;
    plc_maxcut *maxcut;
    plc_cut_tracker *tracker;
    uint8_t *sides, *best_sides; /* [n] by vertex */
    plc_spike *spikes;           /* [n] of one tick */
    int64_t best;
    uint64_t tick, best_tick;
} bench;

static bench open_bench(const char *expression, plc_maxcut_schedule schedule, uint32_t blocks)
{
    bench b = {0};
    plc_error error;
    plc_maxcut_settings settings = plc_maxcut_defaults();
    settings.schedule = schedule;
    settings.blocks = blocks;
    cr_assert_eq(plc_rudy(expression, &b.graph, &error), PLC_OK, "%s", error.message);
    cr_assert_eq(plc_maxcut_create(&b.graph, &settings, &b.maxcut, &error), PLC_OK, "%s",
                 error.message);
    cr_assert_eq(plc_cut_tracker_create(b.maxcut, &b.tracker, NULL), PLC_OK);
    b.sides = plc_array(b.graph.n, 1);
    b.best_sides = plc_array(b.graph.n, 1);
    b.spikes = plc_array(b.graph.n, sizeof *b.spikes);
    return b;
}

static void close_bench(bench *b)
{
    plc_cut_tracker_destroy(b->tracker);
    plc_maxcut_destroy(b->maxcut);
    plc_graph_finish(&b->graph);
    free(b->sides);
    free(b->best_sides);
    free(b->spikes);
}

/* The spike of one slot; its vertex changes sides. */
static plc_spike flip_slot(bench *b, uint32_t population, uint32_t neuron)
{
    uint32_t vertex = b->maxcut->vertex[b->maxcut->begin[population] + neuron];
    b->sides[vertex] ^= 1;
    return (plc_spike){.tick = b->tick,
                       .population = population & INT32_MAX,
                       .neuron = neuron,
                       .polarity = b->sides[vertex] ? 1 : 0};
}

/* Flips each neuron with probability 1 / one_in in this tick, and checks the tracker. */
static void random_tick(bench *b, plc_random_key key, uint32_t one_in)
{
    plc_error error;
    uint8_t sides[4096];
    size_t n = 0;
    for (uint32_t p = 0; p < b->maxcut->n_populations; p++) {
        uint32_t size = b->maxcut->begin[p + 1] - b->maxcut->begin[p];
        for (uint32_t i = 0; i < size; i++) {
            plc_random draw =
                plc_random_draw(key, b->maxcut->begin[p] + i, (uint32_t)(b->tick / 7));
            if (plc_random_below(draw.word[0], one_in) == 0)
                b->spikes[n++] = flip_slot(b, p, i);
        }
    }
    cr_assert_eq(plc_cut_tracker_take(b->tracker, b->spikes, NULL, n, &error), PLC_OK, "%s",
                 error.message);
    int64_t cut = plc_graph_recount(&b->graph, b->sides);
    if (cut > b->best) {
        b->best = cut;
        b->best_tick = b->tick;
        memcpy(b->best_sides, b->sides, b->graph.n);
    }
    cr_assert_eq(plc_cut_tracker_best(b->tracker), b->best);
    cr_assert_eq(plc_cut_tracker_best_tick(b->tracker), b->best_tick);
    cr_assert_eq(plc_cut_tracker_check(b->tracker, &error), PLC_OK, "%s", error.message);
    plc_cut_tracker_sides(b->tracker, sides);
    cr_assert_arr_eq(sides, b->best_sides, b->graph.n);
}

Test(tracker, agrees_with_recounts)
{
    static const char *const expressions[] = {
        "-rnd_graph 60 20 1 -random -9 9 3",
        "-planar 50 99 2",
        "-toroidal_grid_2D 7 9 -random 0 1 4 -times 2 -plus -1",
        "-rnd_graph 80 1 5",
        "-rnd_graph 1 0 5",
        "-rnd_graph 5 100 1 -random -1 1 4 -times 178956970",
    };
    for (size_t e = 0; e < sizeof expressions / sizeof *expressions; e++) {
        for (int schedule = PLC_ASYNC; schedule <= PLC_COLOUR; schedule++) {
            bench b = open_bench(expressions[e], (plc_maxcut_schedule)schedule, 1);
            plc_random_key key = plc_random_stream(e, (uint32_t)schedule, 0);
            for (b.tick = 0; b.tick < 7 * 300; b.tick += 7) /* ticks without spikes are not sent */
                random_tick(&b, key, b.tick < 700 ? b.graph.n / 2 + 1 : b.graph.n * 4);
            close_bench(&b);
        }
    }
}

Test(tracker, takes_neighbours_that_flip_in_one_tick)
{
    bench b = open_bench("-rnd_graph 40 60 1 -random -3 3 2", PLC_BLOCK, 40);
    plc_random_key key = plc_random_stream(1, 2, 0);
    for (b.tick = 0; b.tick < 7 * 500; b.tick += 7)
        random_tick(&b, key, 3);
    close_bench(&b);
}

/* Two neighbours that flip together pass through a cut that no tick ends with. */
Test(tracker, looks_at_the_cut_at_the_end_of_a_tick_only)
{
    bench b = open_bench("-rnd_graph 2 100 1", PLC_BLOCK, 2);
    b.spikes[0] = flip_slot(&b, 0, 0);
    b.spikes[1] = flip_slot(&b, 0, 1);
    cr_assert_eq(plc_cut_tracker_take(b.tracker, b.spikes, NULL, 2, NULL), PLC_OK);
    cr_assert_eq(plc_cut_tracker_best(b.tracker), 0);
    b.tick = 5;
    b.spikes[0] = flip_slot(&b, 0, 1);
    cr_assert_eq(plc_cut_tracker_take(b.tracker, b.spikes, NULL, 1, NULL), PLC_OK);
    cr_assert_eq(plc_cut_tracker_best(b.tracker), 1);
    cr_assert_eq(plc_cut_tracker_best_tick(b.tracker), 5);
    close_bench(&b);
}

/* A walk of much more than n flips between two best states. */
Test(tracker, remembers_after_long_walks)
{
    bench b = open_bench("-toroidal_grid_2D 4 6", PLC_ASYNC, 1);
    plc_random_key key = plc_random_stream(3, 0, 0);
    for (int round = 0; round < 12; round++) {
        for (int i = 0; i < 100; i++, b.tick += 7)
            random_tick(&b, key, 200);
        for (uint32_t v = 0; v < 4 * (uint32_t)round && v < 24; v++) { /* towards the best cut */
            if (b.sides[v] != (v % 6 + v / 6) % 2) {
                b.spikes[0] = flip_slot(&b, 0, v);
                cr_assert_eq(plc_cut_tracker_take(b.tracker, b.spikes, NULL, 1, NULL), PLC_OK);
                int64_t cut = plc_graph_recount(&b.graph, b.sides);
                if (cut > b.best) {
                    b.best = cut;
                    b.best_tick = b.tick;
                    memcpy(b.best_sides, b.sides, b.graph.n);
                }
                b.tick++;
            }
        }
        b.tick += 7 - b.tick % 7;
    }
    cr_assert_eq(plc_cut_tracker_best(b.tracker), 48);
    close_bench(&b);
}

/* Gains in the place of fields: the same cuts and states, while they are right. */
Test(tracker, follows_gains_and_checks_them)
{
    bench b = open_bench("-toroidal_grid_2D 4 4", PLC_COLOUR, 1);
    plc_error error = {0};
    uint8_t sides[16];
    b.spikes[0] = flip_slot(&b, 0, 0);
    b.spikes[1] = flip_slot(&b, 0, 3);
    b.tick = 1;
    b.spikes[2] = flip_slot(&b, 1, 0);
    b.tick = 2;
    b.spikes[3] = flip_slot(&b, 1, 0);
    const int32_t gains[] = {4, 4, 2, -2}, wrong[] = {4, 5, 2, -2};
    cr_assert_eq(plc_cut_tracker_take(b.tracker, b.spikes, gains, 4, NULL), PLC_OK);
    cr_assert_eq(plc_cut_tracker_best(b.tracker), 10);
    cr_assert_eq(plc_cut_tracker_best_tick(b.tracker), 1);
    cr_assert_eq(plc_cut_tracker_cut(b.tracker), 8);
    cr_assert_eq(plc_cut_tracker_check(b.tracker, &error), PLC_OK, "%s", error.message);
    plc_cut_tracker_sides(b.tracker, sides);
    cr_assert_eq(plc_graph_recount(&b.graph, sides), 10);
    plc_cut_tracker_reset(b.tracker);
    cr_assert_eq(plc_cut_tracker_take(b.tracker, b.spikes, wrong, 4, NULL), PLC_OK);
    cr_assert_eq(plc_cut_tracker_check(b.tracker, &error), PLC_DIFFERS);
    cr_assert_str_eq(error.message,
                     "the gains of the spikes add up to a cut of 9, the last state has 8");
    close_bench(&b);
}

/* Of neighbours that flip in one tick, gains say nothing. */
Test(tracker, believes_no_gains_where_neighbours_flip_together)
{
    bench b = open_bench("-rnd_graph 2 100 1", PLC_BLOCK, 2);
    const int32_t gains[] = {1, 1};
    b.spikes[0] = flip_slot(&b, 0, 0);
    b.spikes[1] = flip_slot(&b, 0, 1);
    cr_assert_eq(plc_cut_tracker_take(b.tracker, b.spikes, gains, 2, NULL), PLC_OK);
    cr_assert_eq(plc_cut_tracker_cut(b.tracker), 0);
    cr_assert_eq(plc_cut_tracker_check(b.tracker, NULL), PLC_OK);
    close_bench(&b);
}

/* Sends one spike to a new tracker on a square torus after vertex 1 has gone OFF at tick 5. */
static void expect_refused(plc_spike spike, plc_status status, const char *message)
{
    bench b = open_bench("-toroidal_grid_2D 4 4", PLC_COLOUR, 1);
    plc_error error = {0};
    b.tick = 5;
    b.spikes[0] = flip_slot(&b, 0, 0);
    b.spikes[1] = spike;
    plc_status got = plc_cut_tracker_take(b.tracker, b.spikes, NULL, 1, NULL);
    cr_assert_eq(got, PLC_OK);
    got = plc_cut_tracker_take(b.tracker, b.spikes + 1, NULL, 1, &error);
    cr_assert_eq(got, status);
    cr_assert_str_eq(error.message, message);
    close_bench(&b);
}

Test(tracker, catches_what_is_inconsistent)
{
    expect_refused((plc_spike){.tick = 6, .neuron = 0, .polarity = 1}, PLC_DIFFERS,
                   "spike at tick 6: population 0 neuron 0 (vertex 1): expected an ON spike, got "
                   "an OFF spike of a spin that is OFF");
    expect_refused((plc_spike){.tick = 6, .population = 1, .neuron = 1, .polarity = 0}, PLC_DIFFERS,
                   "spike at tick 6: population 1 neuron 1 (vertex 4): expected an OFF spike, got "
                   "an ON spike of a spin that is ON");
    expect_refused((plc_spike){.tick = 6, .population = 2, .polarity = 1}, PLC_INVALID,
                   "spike at tick 6: population: expected below 2, got 2");
    expect_refused((plc_spike){.tick = 6, .population = 1, .neuron = 8, .polarity = 1}, PLC_INVALID,
                   "spike at tick 6: neuron of population 1: expected below 8, got 8");
    expect_refused((plc_spike){.tick = 5, .neuron = 2, .polarity = 1}, PLC_INVALID,
                   "spike at tick 5: expected a tick after 5, which is over");
}
