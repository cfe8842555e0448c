/* Random networks and chips, as texts for the readers. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/random_network.h"

#include "base/file.h"
#include "base/random.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

/* Numbers drawn one after the other from one stream. */
typedef struct dice {
    plc_random_key key;
    uint32_t n;
} dice;

static uint32_t roll(dice *d, uint32_t sides)
{
    return plc_random_below(plc_random_draw(d->key, 0, d->n++).word[0], sides);
}

enum { POPULATIONS_MAX = 6 };

typedef struct chosen {
    plc_model model;
    uint32_t size;
} chosen;

static void add_population(plc_text *text, dice *d, unsigned i, chosen *c)
{
    static const char *const models[] = {
        "lif_curr_exp", "lif_curr_exp",         "onoff",
        "threshold",    "spike_source_poisson", "spike_source_array"};
    static const plc_model kinds[] = {
        PLC_LIF_CURR_EXP, PLC_LIF_CURR_EXP,         PLC_ONOFF,
        PLC_THRESHOLD,    PLC_SPIKE_SOURCE_POISSON, PLC_SPIKE_SOURCE_ARRAY};
    uint32_t model = i == 0 ? 4 : roll(d, 6);
    *c = (chosen){kinds[model], 1 + roll(d, i % 2 ? 300 : 60)};
    plc_text_add(text, "  - {name: p%u, size: %u, model: %s", i, c->size, models[model]);
    if (c->model == PLC_LIF_CURR_EXP)
        plc_text_add(
            text,
            ", params: {tau_m: %u, v_thresh: -%u, i_offset: 0.%u, tau_refrac: %u, tau_syn_E: %u}",
            5 + roll(d, 20), 50 + roll(d, 8), roll(d, 9), roll(d, 4), 1 + roll(d, 6));
    else if (c->model == PLC_ONOFF)
        plc_text_add(text, ", params: {delta: %u, bias: %u}", 1 + roll(d, 300), roll(d, 3));
    else if (c->model == PLC_THRESHOLD)
        plc_text_add(text, ", params: {threshold: %u}", roll(d, 4));
    else if (c->model == PLC_SPIKE_SOURCE_POISSON)
        plc_text_add(text, ", params: {rate: %u}", 20 + roll(d, 200));
    else
        plc_text_add(text, ", spikes: {0: [0, 3, 3, 9, 40], %u: [1, 2, 17]}", 1 + roll(d, 1));
    if (c->model == PLC_SPIKE_SOURCE_ARRAY && c->size < 2)
        c->size = 2;
    bool source = c->model == PLC_SPIKE_SOURCE_POISSON || c->model == PLC_SPIKE_SOURCE_ARRAY;
    uint32_t schedule = source ? 0 : roll(d, 4), period = 2 + roll(d, 4);
    if (schedule == 1)
        plc_text_add(text, ", period: %u, phase: %u", period, roll(d, period));
    else if (schedule == 2)
        plc_text_add(text, ", random: %u", 1 + roll(d, c->size));
    plc_text_add(text, "}\n");
}

/* Plasticity by the number of the target, for all onto it must have the same. */
static void add_plasticity(plc_text *text, unsigned to)
{
    static const char *const histories[] = {"16", "unbounded", "flush"};
    plc_text_add(text,
                 ", plasticity: {rule: stdp_pair_additive, a_plus: 0.%u, a_minus: 0.%u, tau_plus: "
                 "%u, tau_minus: %u, w_min: 0, w_max: 4, history: %s, gated: %s}",
                 3 + to, 2 + to, 3 + to, 30 / (1 + to), histories[to % 3],
                 to % 2 ? "true" : "false");
}

static void add_projection(plc_text *text, dice *d, unsigned from, unsigned to, const chosen *c,
                           bool plastic)
{
    bool lif = c[to].model == PLC_LIF_CURR_EXP, self = roll(d, 2);
    plc_text_add(text, "  - {from: p%u, to: p%u, connector: ", from, to);
    switch (roll(d, 6)) {
    case 0:
        plc_text_add(text, "{type: one_to_one}");
        break;
    case 1:
        plc_text_add(text, "{type: fixed_number_pre, n: %u}",
                     c[from].size < 9 ? c[from].size : 1 + roll(d, 9));
        break;
    case 2:
        plc_text_add(text, "{type: fixed_number_post, n: %u}",
                     c[to].size < 9 ? c[to].size : 1 + roll(d, 9));
        break;
    case 3:
        plc_text_add(text, "{type: fixed_total_number, n: %u}", roll(d, 500));
        break;
    case 4:
        plc_text_add(text, "{type: fixed_probability, p: 0.%02u, allow_self: %s}", roll(d, 30),
                     self ? "true" : "false");
        break;
    default:
        plc_text_add(text,
                     c[from].size * c[to].size < 8000
                         ? "{type: all_to_all, allow_self: %s}"
                         : "{type: fixed_probability, p: 0.05, allow_self: %s}",
                     self ? "true" : "false");
    }
    if (lif)
        plc_text_add(text, ", weight: {uniform: [0.%u, 3]}, receptor: %s", roll(d, 9),
                     roll(d, 3) ? "excitatory" : "inhibitory");
    else
        plc_text_add(text, ", weight: %d", (int)roll(d, 7) - 3);
    if (roll(d, 2))
        plc_text_add(text, ", delay: {uniform: [1, %u]}", 1 + roll(d, 15));
    if (plastic && lif)
        add_plasticity(text, to);
    plc_text_add(text, "}\n");
}

static plc_network *make_network(uint64_t number, bool plastic)
{
    plc_text text = {0};
    dice d = {plc_random_stream(number, 0x7e57, 0), 0};
    chosen c[POPULATIONS_MAX];
    unsigned n = 2 + roll(&d, POPULATIONS_MAX - 1);
    plc_text_add(&text, "placode: network/1\npopulations:\n");
    for (unsigned i = 0; i < n; i++)
        add_population(&text, &d, i, &c[i]);
    plc_text_add(&text, "projections:\n");
    for (unsigned i = 0, m = n + roll(&d, 6); i < m; i++) {
        unsigned from = roll(&d, n), to = roll(&d, n);
        if (c[from].model == PLC_ONOFF && c[to].model == PLC_LIF_CURR_EXP)
            continue; /* refused: OFF spikes negate weights */
        if (c[to].model != PLC_SPIKE_SOURCE_POISSON && c[to].model != PLC_SPIKE_SOURCE_ARRAY)
            add_projection(&text, &d, from, to, c, plastic && i % 3 != 2);
    }
    plc_text_add(&text, "  []\n" + (strstr(text.data, "from:") ? 5 : 0));
    plc_network *network = NULL;
    plc_error error = {0};
    plc_status status =
        plc_network_parse("random", NULL, text.data, text.n, number, &network, &error);
    cr_assert_eq(status, PLC_OK, "network %llu: %s\n%s", (unsigned long long)number, error.message,
                 text.data);
    plc_text_finish(&text);
    return network;
}

plc_network *random_network(uint64_t number)
{
    return make_network(number, false);
}

plc_network *random_plastic_network(uint64_t number)
{
    return make_network(number, true);
}

plc_chip *random_chip(uint64_t number)
{
    static const char *const names[] = {
        "ideal",         "spinnaker-4",    "spinnaker-48", "spinnaker2",
        "loihi",         "placode-6x6",    "mesh:8x8:2",   "torus:5x4:3",
        "hexmesh:4x6:3", "hextorus:7x3:4", "mesh:1x40:1",
    };
    static const char *const texts[] = {
        "placode: chip/1\nname: holes\ngeometry: {width: 6, height: 6, links: 4, wrap: "
        "false}\ncores: 3\n"
        "limits: {neurons_per_core: 40}\ndead: {chips: [[1, 1], [4, 2]], cores: [[0, 0, 1]], "
        "links: [[2, 2, 0], [3, 4, 2]]}\n",
        "placode: chip/1\nname: rings\ngeometry: {width: 5, height: 5, links: 6, wrap: "
        "true}\ncores: 4\n"
        "limits: {neurons_per_core: 25}\ndead: {links: [[0, 0, 1], [2, 2, 4]], chips: [[3, 3]]}\n",
    };
    enum { N_NAMES = sizeof names / sizeof *names, N_TEXTS = sizeof texts / sizeof *texts };
    uint64_t i = number % (N_NAMES + N_TEXTS);
    plc_chip *chip = NULL;
    plc_error error = {0};
    plc_status status = i < N_NAMES ? plc_chip_open(names[i], &chip, &error)
                                    : plc_chip_parse("chip", texts[i - N_NAMES],
                                                     strlen(texts[i - N_NAMES]), &chip, &error);
    cr_assert_eq(status, PLC_OK, "chip %llu: %s", (unsigned long long)number, error.message);
    return chip;
}

uint64_t engine_digest(const plc_layout *layout, const char *kind, uint64_t seed, uint64_t ticks,
                       uint32_t threads)
{
    plc_error error = {0};
    plc_engine *engine = NULL;
    plc_engine_settings settings = {
        .kind = kind, .seed = seed, .threads = threads, .thread_grain = 1};
    cr_assert_eq(plc_engine_create(layout, &settings, &engine, &error), PLC_OK, "%s",
                 error.message);
    cr_assert_eq(plc_engine_run(engine, ticks, NULL, NULL, &error), PLC_OK, "%s", error.message);
    uint64_t digest = plc_engine_get_stats(engine).digest;
    plc_engine_destroy(engine);
    return digest;
}

uint64_t fast_digest(const plc_layout *layout, uint64_t seed, uint64_t ticks, uint32_t threads)
{
    return engine_digest(layout, "fast", seed, ticks, threads);
}
