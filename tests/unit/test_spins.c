/* Packed pairs: the filter against the exact rule, restarts and changes of the annealing. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/engine/fast_spins.h"

#include <criterion/criterion.h>
#include <placode/placode.h>
#include <string.h>

enum { PAIRS = 4096 };

/* Constants from mild to extreme. */
static const struct {
    double a, c, delta, eta;
} annealers[] = {{2.5e4, 8e4, 2e-3, 2.5}, {2.5e4, 8e4, 40, 2.5},  {3, 1, 1e-4, 1},
                 {1e-3, 1, 1, 1000},      {1e9, 1e6, 1e-6, 0.99}, {5, 1, 1e-3, 1e-3},
                 {0.05, 10, 0.1, 0.5}};
enum { ANNEALERS = sizeof annealers / sizeof *annealers };

static plc_annealer make_annealer(size_t k)
{
    plc_annealer annealer;
    plc_annealer_init(&annealer, annealers[k].a, annealers[k].c, annealers[k].delta,
                      annealers[k].eta);
    return annealer;
}

static uint32_t pack(int32_t v, int32_t spin)
{
    return (uint32_t)v * 2 + (spin < 0);
}

/* Pairs of all small gains and some large ones. */
static void fill(uint32_t *spins, plc_random_key key)
{
    for (uint32_t i = 0; i < PAIRS; i++) {
        plc_random draw = plc_random_draw(key, i, 0);
        int32_t range = i % 8 ? 24 : i % 16 ? 1 << 12 : 1 << 28;
        int32_t v = (int32_t)plc_random_below(draw.word[0], (uint32_t)range) - range / 2;
        spins[i] = pack(v, draw.word[1] & 1 ? 1 : -1);
    }
}

Test(spins, gain_is_spin_times_potential)
{
    const int32_t potentials[] = {0, 1, -1, 7, -100, (1 << 29) - 1, -(1 << 29)};
    for (size_t i = 0; i < sizeof potentials / sizeof *potentials; i++)
        for (int32_t spin = -1; spin <= 1; spin += 2)
            cr_assert_eq(plc_spin_gain(pack(potentials[i], spin)), spin * potentials[i]);
    cr_assert_eq(plc_spin_gain(pack(5, -1) + 4 * 3), -11, "a weight of 3 adds 6 to v");
}

/* Highest bytes of the noise of pairs 0, ..., PAIRS - 1. */
static const uint8_t *draw_bytes(plc_random_key key, uint32_t time)
{
    static uint32_t bytes[PAIRS / 8][2];
    plc_random_noise_bytes(key, 0, time, PAIRS / 8, bytes);
    return (const uint8_t *)bytes;
}

/* Whoever flips passes, whatever the slope, the gain and the noise; and few others do. */
Test(spins, filter_passes_every_pair_that_flips)
{
    static uint32_t spins[PAIRS];
    static uint8_t passed[PAIRS];
    uint64_t flips = 0, passes = 0;
    for (size_t k = 0; k < ANNEALERS; k++) {
        const plc_annealer annealer = make_annealer(k);
        for (uint32_t time = 0; time < 60; time++) {
            uint64_t slope = plc_annealer_slope(&annealer, UINT64_C(1) << (time / 2));
            plc_spin_filter filter = plc_spin_filter_at(&annealer, slope);
            plc_random_key key = plc_random_stream(k, 0, 0);
            fill(spins, key);
            plc_spin_filter_all(&filter, PAIRS, spins, draw_bytes(key, time), passed);
            for (uint32_t i = 0; i < PAIRS; i++) {
                uint32_t noise = plc_random_noise(key, i, time);
                bool exact = noise < plc_annealer_accept(&annealer, slope, plc_spin_gain(spins[i]));
                cr_assert(passed[i] || !exact, "annealer %zu, time %u, gain %d, noise %u", k, time,
                          plc_spin_gain(spins[i]), noise);
                flips += exact && annealers[k].eta > 0.5;
                passes += passed[i] && annealers[k].eta > 0.5;
            }
        }
    }
    cr_assert(flips > 10000 && passes < flips + flips / 4, "%llu flips, %llu passes",
              (unsigned long long)flips, (unsigned long long)passes);
}

/* Noise just below and just above the limit of each gain. */
Test(spins, filter_is_safe_at_the_limits)
{
    for (size_t k = 0; k < ANNEALERS; k++) {
        const plc_annealer annealer = make_annealer(k);
        for (uint32_t bits = 0; bits < 30; bits++) {
            uint64_t slope = plc_annealer_slope(&annealer, UINT64_C(1) << bits);
            plc_spin_filter filter = plc_spin_filter_at(&annealer, slope);
            for (int32_t gain = -300; gain <= 0; gain++) {
                uint64_t limit = plc_annealer_accept(&annealer, slope, gain);
                if (limit)
                    cr_assert_leq((limit - 1) >> 24, plc_spin_filter_byte(&filter, gain),
                                  "annealer %zu, tick 2^%u, gain %d", k, bits, gain);
            }
        }
    }
}

/* The loop that the machine's widest vector unit runs, against one step at a time. */
Test(spins, filter_is_the_same_on_every_path)
{
    static uint32_t spins[PAIRS];
    static uint8_t passed[PAIRS];
    plc_annealer annealer;
    plc_annealer_init(&annealer, 2.5e4, 8e4, 2e-3, 2.5);
    plc_random_key key = plc_random_stream(5, 6, 7);
    plc_spin_filter filter = plc_spin_filter_at(&annealer, plc_annealer_slope(&annealer, 40000000));
    fill(spins, key);
    const uint8_t *noise = draw_bytes(key, 9);
    plc_spin_filter_all(&filter, PAIRS, spins, noise, passed);
    for (uint32_t i = 0; i < PAIRS; i++) {
        int32_t gain = plc_spin_gain(spins[i]);
        cr_assert_eq(passed[i], gain > 0 || noise[i] <= plc_spin_filter_byte(&filter, gain),
                     "pair %u", i);
    }
}

/* Whoever is sure flips, whoever flips is sure or may, and few only may. */
Test(spins, table_decides_nearly_every_pair)
{
    static int16_t shorts[PAIRS];
    static uint64_t sure[PAIRS / 64], unsure[PAIRS / 64];
    static uint64_t plain_sure[PAIRS / 64], plain_unsure[PAIRS / 64];
    uint64_t n_sure = 0, n_unsure = 0;
    for (size_t k = 0; k < ANNEALERS; k++) {
        const plc_annealer annealer = make_annealer(k);
        for (uint32_t time = 0; time < 60; time++) {
            const uint64_t slope = plc_annealer_slope(&annealer, UINT64_C(1) << (time / 2));
            static plc_acceptance acceptance;
            acceptance.slope = slope;
            acceptance.span++;
            const plc_spin_table table = plc_spin_table_at(&acceptance, &annealer);
            const plc_random_key key = plc_random_stream(k, 0, 0);
            const bool sharp = table.shift == 0 && annealers[k].eta > 0.5;
            for (uint32_t i = 0; i < PAIRS; i++) {
                const plc_random draw = plc_random_draw(key, i, time);
                const int32_t range = i % 8 ? 24 : i % 16 ? 1 << 8 : 1 << 15;
                const int32_t v =
                    (int32_t)plc_random_below(draw.word[0], (uint32_t)range) - range / 2;
                shorts[i] = (int16_t)pack(v, draw.word[1] & 1 ? 1 : -1);
            }
            const uint8_t *noise = draw_bytes(key, time);
            plc_spin_table_all(&table, PAIRS, shorts, noise, sure, unsure);
            plc_spin_table_plain(&table, PAIRS, shorts, noise, plain_sure, plain_unsure);
            cr_assert_arr_eq(sure, plain_sure, sizeof sure, "annealer %zu, time %u", k, time);
            cr_assert_arr_eq(unsure, plain_unsure, sizeof unsure);
            for (uint32_t i = 0; i < PAIRS; i++) {
                const int32_t gain = plc_spin_gain((uint32_t)(int32_t)shorts[i]);
                const bool is_sure = sure[i / 64] >> i % 64 & 1, may = unsure[i / 64] >> i % 64 & 1;
                const bool flips =
                    plc_random_noise(key, i, time) < plc_annealer_accept(&annealer, slope, gain);
                cr_assert(flips ? is_sure || may : !is_sure, "annealer %zu, time %u, gain %d", k,
                          time, gain);
                cr_assert_not(is_sure && may);
                n_sure += is_sure && sharp;
                n_unsure += may && sharp;
            }
        }
    }
    cr_assert(n_sure > 10000 && n_unsure < n_sure / 20, "%llu sure, %llu unsure",
              (unsigned long long)n_sure, (unsigned long long)n_unsure);
}

Test(spins, lists_the_bits_that_are_set)
{
    enum { WORDS = 9 };
    uint64_t bits[WORDS] = {0, UINT64_MAX, 1, UINT64_C(1) << 63, 0x5555, 0xff00ff, 0, 3, 0};
    uint32_t list[64 * WORDS + PLC_LIST_SLACK], expected = 0;
    const uint32_t n = plc_spin_list(WORDS, bits, 1000, list);
    for (uint32_t i = 0; i < 64 * WORDS; i++)
        if (bits[i / 64] >> i % 64 & 1)
            cr_assert_eq(list[expected++], 1000 + i);
    cr_assert_eq(n, expected);
    cr_assert_eq(plc_spin_list(1, bits, 7, list), 0);
}

/* A network of pairs of one schedule, with its layout. */
static plc_layout *map_graph(const char *rudy, plc_maxcut_schedule schedule,
                             plc_maxcut **ret_maxcut)
{
    plc_error error = {0};
    plc_graph graph = {0};
    plc_chip *chip = NULL;
    plc_layout *layout = NULL;
    plc_maxcut_settings settings = plc_maxcut_defaults();
    settings.schedule = schedule;
    settings.blocks = 9;
    settings.updates = 50000;
    cr_assert_eq(plc_rudy(rudy, &graph, &error), PLC_OK);
    cr_assert_eq(plc_maxcut_create(&graph, &settings, ret_maxcut, &error), PLC_OK);
    cr_assert_eq(plc_chip_open("ideal", &chip, &error), PLC_OK);
    cr_assert_eq(plc_map(plc_maxcut_network(*ret_maxcut), chip, NULL, &layout, &error), PLC_OK);
    plc_chip_destroy(chip);
    plc_graph_finish(&graph);
    return layout;
}

static plc_layout *map_maxcut(plc_maxcut_schedule schedule, plc_maxcut **ret_maxcut)
{
    return map_graph("-rnd_graph 150 5 3", schedule, ret_maxcut);
}

static plc_engine *start_threads(const plc_layout *layout, const char *kind, uint64_t seed,
                                 uint32_t threads)
{
    plc_engine *engine = NULL;
    plc_engine_settings settings = {
        .kind = kind, .seed = seed, .threads = threads, .thread_grain = 1};
    cr_assert_eq(plc_engine_create(layout, &settings, &engine, NULL), PLC_OK);
    return engine;
}

static plc_engine *start(const plc_layout *layout, const char *kind, uint64_t seed)
{
    return start_threads(layout, kind, seed, 1);
}

static uint64_t digest_after(plc_engine *engine, uint64_t ticks)
{
    cr_assert_eq(plc_engine_run(engine, ticks, NULL, NULL, NULL), PLC_OK);
    return plc_engine_get_stats(engine).digest;
}

Test(spins, an_engine_started_again_is_as_a_new_one)
{
    for (int schedule = PLC_ASYNC; schedule <= PLC_COLOUR; schedule++) {
        plc_maxcut *maxcut = NULL;
        plc_layout *layout = map_maxcut((plc_maxcut_schedule)schedule, &maxcut);
        plc_engine *engine = start(layout, "fast", 5), *fresh = start(layout, "fast", 6);
        digest_after(engine, 777);
        cr_assert_eq(plc_engine_restart(engine, layout, 6, NULL, NULL), PLC_OK);
        cr_assert_eq(plc_engine_get_stats(engine).ticks, 0);
        cr_assert_eq(digest_after(engine, 1000), digest_after(fresh, 1000), "%d", schedule);
        cr_assert_eq(plc_engine_get_stats(engine).updates, plc_engine_get_stats(fresh).updates);
        plc_engine_destroy(engine);
        plc_engine_destroy(fresh);
        plc_layout_destroy(layout);
        plc_maxcut_destroy(maxcut);
    }
}

/* Weights that all are one or differ, pairs in 16 bits (the first three), in 32 or not packed, rows
 * of long and of short units: the spikes are those of an engine that packs nothing. */
Test(spins, every_form_gives_the_same_spikes)
{
    static const char *const graphs[] = {
        "-rnd_graph 90 40 5",
        "-toroidal_grid_2D 9 10 -random 0 1 4 -times 2 -plus -1",
        "-rnd_graph 90 9 5 -random -9 9 3",
        "-rnd_graph 90 40 5 -times 500",
        "-rnd_graph 90 9 5 -random -9 9 3 -times 800",
        "-rnd_graph 90 9 5 -random -9 9 3 -times 30000",
    };
    for (size_t g = 0; g < sizeof graphs / sizeof *graphs; g++)
        for (int schedule = PLC_ASYNC; schedule <= PLC_COLOUR; schedule++) {
            plc_maxcut *maxcut = NULL;
            plc_layout *layout = map_graph(graphs[g], (plc_maxcut_schedule)schedule, &maxcut);
            plc_engine *fast = start(layout, "fast", 9), *mesh = start(layout, "mesh", 9);
            cr_assert_eq(digest_after(fast, 600), digest_after(mesh, 600), "%s, schedule %d",
                         graphs[g], schedule);
            cr_assert_gt(plc_engine_get_stats(fast).spikes, 20);
            plc_engine_destroy(fast);
            plc_engine_destroy(mesh);
            plc_layout_destroy(layout);
            plc_maxcut_destroy(maxcut);
        }
}

/* A run's engine, and trackers that believe its gains and that do not. */
typedef struct pursuit {
    plc_engine *engine;
    plc_cut_tracker *believer, *doubter;
} pursuit;

static plc_status pursue(void *context, const plc_spike *spikes, size_t n, uint64_t ticks_done)
{
    const pursuit *p = context;
    const int32_t *gains = plc_engine_get_gains(p->engine);
    (void)ticks_done;
    cr_assert(gains);
    cr_assert_eq(plc_cut_tracker_take(p->believer, spikes, gains, n, NULL), PLC_OK);
    cr_assert_eq(plc_cut_tracker_take(p->doubter, spikes, NULL, n, NULL), PLC_OK);
    cr_assert_eq(plc_cut_tracker_cut(p->believer), plc_cut_tracker_cut(p->doubter));
    cr_assert_eq(plc_cut_tracker_best(p->believer), plc_cut_tracker_best(p->doubter));
    cr_assert_eq(plc_cut_tracker_best_tick(p->believer), plc_cut_tracker_best_tick(p->doubter));
    return PLC_OK;
}

Test(spins, gains_are_what_flips_add_to_the_cut)
{
    for (int schedule = PLC_ASYNC; schedule <= PLC_COLOUR; schedule += PLC_COLOUR) {
        plc_maxcut *maxcut = NULL;
        plc_layout *layout = map_maxcut((plc_maxcut_schedule)schedule, &maxcut);
        pursuit p = {.engine = start(layout, "fast", 3)};
        plc_engine *mesh = start(layout, "mesh", 3);
        plc_engine *threads = start_threads(layout, "fast", 3, 2);
        cr_assert_eq(plc_cut_tracker_create(maxcut, &p.believer, NULL), PLC_OK);
        cr_assert_eq(plc_cut_tracker_create(maxcut, &p.doubter, NULL), PLC_OK);
        cr_assert_eq(plc_engine_run(p.engine, 20000, pursue, &p, NULL), PLC_OK);
        cr_assert_gt(plc_cut_tracker_best(p.believer), 300);
        cr_assert_eq(plc_cut_tracker_check(p.believer, NULL), PLC_OK);
        cr_assert_null(plc_engine_get_gains(mesh));
        cr_assert(plc_engine_get_stats(threads).threads == 1 || !plc_engine_get_gains(threads));
        plc_cut_tracker_destroy(p.believer);
        plc_cut_tracker_destroy(p.doubter);
        plc_engine_destroy(p.engine);
        plc_engine_destroy(mesh);
        plc_engine_destroy(threads);
        plc_layout_destroy(layout);
        plc_maxcut_destroy(maxcut);
    }
}

/* Others among the spikes have no gain. */
Test(spins, gains_are_of_nothing_but_pairs)
{
    static const char text[] =
        "placode: network/1\npopulations:\n"
        "  - {name: a, size: 40, model: onoff}\n"
        "  - {name: b, size: 9, model: spike_source_poisson, params: {rate: 90}}\n"
        "projections:\n"
        "  - {from: a, to: a, connector: {type: all_to_all}, weight: -1}\n";
    plc_network *network = NULL;
    plc_chip *chip = NULL;
    plc_layout *layout = NULL;
    cr_assert_eq(plc_network_parse("n", NULL, text, strlen(text), 7, &network, NULL), PLC_OK);
    cr_assert_eq(plc_chip_open("ideal", &chip, NULL), PLC_OK);
    cr_assert_eq(plc_map(network, chip, NULL, &layout, NULL), PLC_OK);
    plc_engine *fast = start(layout, "fast", 9), *mesh = start(layout, "mesh", 9);
    cr_assert_eq(digest_after(fast, 200), digest_after(mesh, 200));
    cr_assert_gt(plc_engine_get_stats(fast).spikes, 100);
    cr_assert_null(plc_engine_get_gains(fast));
    plc_engine_destroy(fast);
    plc_engine_destroy(mesh);
    plc_layout_destroy(layout);
    plc_chip_destroy(chip);
    plc_network_destroy(network);
}

/* The annealing that plc_maxcut_plan() gives is the one that the network was built with. */
Test(spins, a_planned_annealing_is_that_of_a_network)
{
    plc_maxcut *maxcut = NULL;
    plc_layout *layout = map_maxcut(PLC_COLOUR, &maxcut);
    plc_maxcut_settings settings = plc_maxcut_defaults();
    plc_annealing same, other;
    uint64_t ticks;
    settings.updates = 5000000;
    plc_maxcut_plan(maxcut, &settings, &ticks, &other);
    settings.updates = 50000;
    plc_maxcut_plan(maxcut, &settings, &ticks, &same);
    cr_assert_eq(ticks, plc_maxcut_ticks(maxcut));
    plc_engine *engine = start(layout, "fast", 6);
    uint64_t expected = digest_after(engine, 1000);
    cr_assert_eq(plc_engine_restart(engine, layout, 6, &other, NULL), PLC_OK);
    cr_assert_neq(digest_after(engine, 1000), expected);
    cr_assert_eq(plc_engine_restart(engine, layout, 6, &same, NULL), PLC_OK);
    cr_assert_eq(digest_after(engine, 1000), expected);
    plc_engine_destroy(engine);
    plc_layout_destroy(layout);
    plc_maxcut_destroy(maxcut);
}

/* At a temperature next to nothing spins come to rest; at a high one they go on. */
Test(spins, an_annealing_can_change_between_ticks)
{
    plc_maxcut *maxcut = NULL;
    plc_layout *layout = map_maxcut(PLC_COLOUR, &maxcut);
    plc_engine *engine = start(layout, "fast", 6);
    const plc_annealing hot = {.a = 100, .c = 1, .delta = 0, .eta = 1},
                        cold = {.a = 1e-3, .c = 1, .delta = 0, .eta = 1000};
    cr_assert_eq(plc_engine_anneal(engine, &hot, NULL), PLC_OK);
    digest_after(engine, 600);
    uint64_t before = plc_engine_get_stats(engine).spikes;
    cr_assert_gt(before, 5000);
    cr_assert_eq(plc_engine_anneal(engine, &cold, NULL), PLC_OK);
    digest_after(engine, 3000);
    uint64_t settled = plc_engine_get_stats(engine).spikes;
    cr_assert_lt(settled - before, 1000);
    cr_assert_eq(plc_engine_get_stats(engine).ticks, 3600);
    plc_engine_destroy(engine);
    plc_layout_destroy(layout);
    plc_maxcut_destroy(maxcut);
}

Test(spins, refuses_what_cannot_start_again)
{
    plc_error error = {0};
    plc_maxcut *maxcut = NULL;
    plc_layout *layout = map_maxcut(PLC_COLOUR, &maxcut);
    plc_engine *mesh = start(layout, "mesh", 1), *fast = start(layout, "fast", 1);
    const plc_annealing wrong = {.a = 1, .c = -1, .delta = 0, .eta = 1};
    cr_assert_eq(plc_engine_restart(mesh, layout, 1, NULL, &error), PLC_INVALID);
    cr_assert_str_eq(error.message, "engine mesh cannot start again or change its annealing; "
                                    "expected fast");
    cr_assert_eq(plc_engine_anneal(fast, &wrong, &error), PLC_INVALID);
    cr_assert_str_eq(error.message, "annealing: c: expected 0.001..1e+09, got -1");
    cr_assert_eq(plc_engine_record_v(fast, NULL), PLC_OK);
    cr_assert_eq(plc_engine_restart(fast, layout, 1, NULL, &error), PLC_INVALID);
    cr_assert_str_eq(error.message, "an engine that records cannot start again");
    plc_engine_destroy(mesh);
    plc_engine_destroy(fast);
    plc_layout_destroy(layout);
    plc_maxcut_destroy(maxcut);
}
