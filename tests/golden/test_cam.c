/* The CAM against recordings of the hardware, on chips, placements and engines that must not
 * matter. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cam/cam.h"
#include "tests/support/random_network.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void read_script(const char *name, plc_cam_script *script)
{
    char path[512];
    plc_error error = {0};
    snprintf(path, sizeof path, "%s/tests/golden/cam/%s.yaml", getenv("PLACODE_SOURCE"), name);
    cr_assert_eq(plc_cam_script_read(path, plc_cam_gaps_published, script, &error), PLC_OK, "%s",
                 error.message);
}

static plc_layout *map_script(const plc_cam_script *script, plc_stdp_history history,
                              const char *chip_name, unsigned effort, uint64_t seed)
{
    plc_network *network = NULL;
    plc_chip *chip = NULL;
    plc_layout *layout = NULL;
    plc_error error = {0};
    plc_map_settings settings = {.effort = effort, .seed = seed};
    cr_assert_eq(plc_cam_build(script, (plc_cam_learning){.history = history}, 1, &network, &error),
                 PLC_OK, "%s", error.message);
    cr_assert_eq(plc_chip_open(chip_name, &chip, &error), PLC_OK, "%s", error.message);
    cr_assert_eq(plc_map(network, chip, &settings, &layout, &error), PLC_OK, "%s", error.message);
    plc_network_destroy(network);
    plc_chip_destroy(chip);
    return layout;
}

static const char *const recorded_names[PLC_CAM_N_POPULATIONS] = {
    "",         "",        "cueCue",   "contCue",   "contCond", "contCondInt",
    "contCont", "cueCont", "mergeCue", "mergeCont", "outCue",   "outCont"};

/* A run of a script with all that came of it. */
typedef struct run {
    plc_cam_answers answers;
    plc_trace trace;
    uint64_t digest;
} run;

static plc_status take(void *context, const plc_spike *spikes, size_t n, uint64_t ticks_done)
{
    run *r = context;
    (void)ticks_done;
    plc_status status = plc_cam_answers_take(&r->answers, spikes, n, NULL);
    return status == PLC_OK ? plc_trace_append(&r->trace, spikes, n, NULL) : status;
}

static void run_layout(run *r, const plc_cam_script *script, const plc_layout *layout)
{
    plc_error error = {0};
    plc_engine *engine = NULL;
    plc_engine_settings settings = {.seed = 1, .threads = 1};
    cr_assert_eq(plc_cam_answers_init(&r->answers, script, &error), PLC_OK);
    cr_assert_eq(plc_trace_init(&r->trace, recorded_names, PLC_CAM_N_POPULATIONS, 1, NULL), PLC_OK);
    cr_assert_eq(plc_engine_create(layout, &settings, &engine, &error), PLC_OK, "%s",
                 error.message);
    cr_assert_eq(plc_engine_run(engine, plc_cam_script_ticks(script), take, r, &error), PLC_OK);
    r->digest = plc_engine_get_stats(engine).digest;
    plc_engine_destroy(engine);
}

static void run_finish(run *r)
{
    plc_cam_answers_finish(&r->answers);
    plc_trace_finish(&r->trace);
}

/* Operations of a run that the golden model calls right. */
static size_t count_right(const run *r, const plc_cam_script *script)
{
    plc_cam_memory memory = {0};
    size_t right = 0;
    cr_assert_eq(plc_cam_memory_init(&memory, script->n_cues, script->n_bits, NULL), PLC_OK);
    for (size_t i = 0; i < script->n_operations; i++) {
        cr_assert_eq(plc_cam_memory_do(&memory, script, &script->operations[i], NULL), PLC_OK);
        right += plc_cam_is_right(&memory, &script->operations[i], &r->answers.answers[i]);
    }
    plc_cam_memory_finish(&memory);
    return right;
}

/* Spikes of the populations that the hardware recorded, which are all but the sources. */
static size_t count_internal(const run *r)
{
    size_t n = 0;
    for (size_t i = 0; i < r->trace.n; i++)
        n += r->trace.spikes[i].population > PLC_CAM_IN_CONT;
    return n;
}

static const struct expected {
    const char *name, *recording; /* recording NULL: none at hand */
    size_t n_operations, spikes;
    uint64_t digest;
} experiments[] = {
    {"e1", "cam_e1_functional.json", 9, 262, 0x3a19dfb0a50a4fd9},
    {"e2", NULL, 60, 1567, 0xfbd7b9c03234ff7a},
    {"e3", "cam_e3_state_map.json", 20, 402, 0xc66edf2a46b1b5b1},
    {"tb1", NULL, 30, 0, 0},
};
enum { N_EXPERIMENTS = sizeof experiments / sizeof *experiments };

Test(cam, experiments_give_the_published_answers)
{
    for (size_t i = 0; i < N_EXPERIMENTS; i++) {
        const struct expected *e = &experiments[i];
        plc_cam_script script;
        run r = {0};
        read_script(e->name, &script);
        plc_layout *layout = map_script(&script, PLC_STDP_16, "ideal", 0, 1);
        run_layout(&r, &script, layout);
        cr_assert_eq(script.n_operations, e->n_operations);
        cr_assert_eq(count_right(&r, &script), e->n_operations, "%s", e->name);
        if (e->spikes) {
            cr_assert_eq(count_internal(&r), e->spikes, "%s: %zu spikes", e->name,
                         count_internal(&r));
            cr_assert_eq(r.digest, e->digest, "%s: 0x%016llx", e->name,
                         (unsigned long long)r.digest);
        }
        run_finish(&r);
        plc_layout_destroy(layout);
        plc_cam_script_finish(&script);
    }
}

/* Splits of all kinds: one core for all, one or 16 neurons a core, boards, and seeds. */
Test(cam, one_digest_on_any_chip)
{
    static const char *const chips[] = {"ideal",       "spinnaker-4", "spinnaker-48",
                                        "mesh:4x4:18", "torus:6x6:8", "placode-4x4"};
    for (size_t i = 0; i < 3; i++) {
        plc_cam_script script;
        read_script(experiments[i].name, &script);
        uint64_t ticks = plc_cam_script_ticks(&script);
        for (size_t c = 0; c < (i ? 3 : sizeof chips / sizeof *chips); c++)
            for (uint64_t seed = 1; seed <= (c == 1 || c == 3 ? 2 : 1); seed++) {
                plc_layout *layout =
                    map_script(&script, PLC_STDP_16, chips[c], (unsigned)seed - 1, seed);
                for (uint32_t threads = 1; threads <= 4; threads += (uint32_t)seed)
                    cr_assert_eq(fast_digest(layout, seed, ticks, threads), experiments[i].digest,
                                 "%s on %s, %u threads", experiments[i].name, chips[c], threads);
                cr_assert_eq(engine_digest(layout, "mesh", seed, ticks, 1), experiments[i].digest,
                             "%s on %s, engine mesh", experiments[i].name, chips[c]);
                plc_layout_destroy(layout);
            }
        plc_cam_script_finish(&script);
    }
}

/* A chip whose cores hold so many neurons. */
static plc_layout *map_split(const plc_cam_script *script, unsigned neurons, uint64_t seed)
{
    char text[512];
    plc_network *network = NULL;
    plc_chip *chip = NULL;
    plc_layout *layout = NULL;
    plc_error error = {0};
    plc_map_settings settings = {.effort = 1, .seed = seed};
    snprintf(text, sizeof text,
             "placode: chip/1\nname: split\ngeometry: {width: 6, height: 6, links: 6, wrap: "
             "true}\ncores: 8\nlimits: {neurons_per_core: %u}\n",
             neurons);
    cr_assert_eq(plc_chip_parse("split", text, strlen(text), &chip, &error), PLC_OK, "%s",
                 error.message);
    cr_assert_eq(plc_cam_build(script, (plc_cam_learning){0}, 1, &network, &error), PLC_OK);
    cr_assert_eq(plc_map(network, chip, &settings, &layout, &error), PLC_OK, "%s", error.message);
    plc_network_destroy(network);
    plc_chip_destroy(chip);
    return layout;
}

/* Splits and placer seeds; all of them are tested, in two parts. */
static void check_splits(uint64_t first, uint64_t last)
{
    static const unsigned splits[] = {1, 2, 5, 16};
    plc_cam_script script;
    read_script("e1", &script);
    uint64_t ticks = plc_cam_script_ticks(&script);
    for (uint64_t seed = first; seed <= last; seed++) {
        unsigned split = splits[seed % 4];
        plc_layout *layout = map_split(&script, split, seed);
        cr_assert(split > 1 || plc_layout_n_cores(layout) == 86);
        cr_assert_eq(fast_digest(layout, seed, ticks, 1 + (uint32_t)seed % 4),
                     experiments[0].digest, "%u neurons a core, seed %llu", split,
                     (unsigned long long)seed);
        if (seed <= 3)
            cr_assert_eq(engine_digest(layout, "mesh", seed, ticks, 1), experiments[0].digest,
                         "%u neurons a core, engine mesh", split);
        plc_layout_destroy(layout);
    }
    plc_cam_script_finish(&script);
}

Test(cam, one_digest_for_any_split_and_placer_seed_to_10)
{
    check_splits(1, 10);
}

Test(cam, one_digest_for_any_split_and_placer_seed_to_20)
{
    check_splits(11, 20);
}

static json_t *load(const char *name)
{
    char path[512];
    snprintf(path, sizeof path, "%s/cam/%s", getenv("PLACODE_SHARED_DATA"), name);
    return json_load_file(path, 0, NULL);
}

/* The times of a neuron in a trace against recorded ones; the number that agree. */
static size_t compare_neuron(const plc_trace *trace, uint32_t population, uint32_t neuron,
                             const json_t *times)
{
    size_t n = 0;
    for (size_t i = 0; i < trace->n; i++) {
        const plc_spike *s = &trace->spikes[i];
        if (s->population != population || s->neuron != neuron)
            continue;
        cr_assert_lt(n, json_array_size(times), "%s[%u]: extra spike at %llu",
                     trace->populations[population], neuron, (unsigned long long)s->tick);
        cr_assert_eq(s->tick, (uint64_t)json_number_value(json_array_get(times, n)),
                     "%s[%u]: spike %zu", trace->populations[population], neuron, n);
        n++;
    }
    cr_assert_eq(n, json_array_size(times), "%s[%u]: missing spikes",
                 trace->populations[population], neuron);
    return n;
}

Test(cam, spikes_equal_those_of_the_hardware)
{
    for (size_t i = 0; i < N_EXPERIMENTS; i++) {
        json_t *recording = experiments[i].recording ? load(experiments[i].recording) : NULL;
        if (!recording)
            continue;
        plc_cam_script script;
        run r = {0};
        size_t n = 0;
        read_script(experiments[i].name, &script);
        plc_layout *layout = map_script(&script, PLC_STDP_16, "spinnaker-4", 0, 1);
        run_layout(&r, &script, layout);
        for (uint32_t p = PLC_CAM_CUE_CUE; p < PLC_CAM_N_POPULATIONS; p++) {
            const json_t *neurons =
                json_object_get(json_object_get(recording, "hw_spikes"), recorded_names[p]);
            cr_assert_gt(json_array_size(neurons), 0, "%s", recorded_names[p]);
            for (uint32_t j = 0; j < json_array_size(neurons); j++)
                n += compare_neuron(&r.trace, p, j, json_array_get(neurons, j));
        }
        cr_assert_eq(n, experiments[i].spikes, "%s: %zu spikes", experiments[i].name, n);
        cr_assert_eq(count_internal(&r), n, "%s", experiments[i].name);
        run_finish(&r);
        plc_layout_destroy(layout);
        plc_cam_script_finish(&script);
        json_decref(recording);
    }
}

/* A population of the predecessor. */
static uint32_t add_cells(plc_network *network, const char *name, uint32_t size, double v_thresh)
{
    const plc_param params[] = {{"cm", 0.27, NULL},       {"tau_m", 3, NULL},
                                {"v_rest", -60, NULL},    {"v_reset", -60, NULL},
                                {"tau_refrac", 1, NULL},  {"v_thresh", v_thresh, NULL},
                                {"tau_syn_E", 0.3, NULL}, {"tau_syn_I", 0.3, NULL}};
    plc_population_spec spec = {.name = name,
                                .size = size,
                                .model = PLC_LIF_CURR_EXP,
                                .params = params,
                                .n_params = sizeof params / sizeof *params,
                                .record_v = true};
    uint32_t number = 0;
    cr_assert_eq(plc_network_add_population(network, &spec, &number, NULL), PLC_OK);
    return number;
}

/* Sources that play neurons [first, first + size) of a recorded layer. */
static uint32_t add_recorded(plc_network *network, const char *name, const json_t *layer,
                             uint32_t first, uint32_t size)
{
    uint64_t offsets[32] = {0};
    uint32_t ticks[512], number = 0;
    for (uint32_t i = 0; i < size; i++) {
        const json_t *times = json_array_get(layer, first + i);
        offsets[i + 1] = offsets[i];
        for (size_t k = 0; k < json_array_size(times); k++)
            ticks[offsets[i + 1]++] = (uint32_t)json_number_value(json_array_get(times, k));
    }
    plc_population_spec spec = {.name = name,
                                .size = size,
                                .model = PLC_SPIKE_SOURCE_ARRAY,
                                .spike_offsets = offsets,
                                .spike_ticks = ticks};
    cr_assert_eq(plc_network_add_population(network, &spec, &number, NULL), PLC_OK);
    return number;
}

enum { CUES = 5, BITS = 10 };

/* CA3 of the predecessor: cues from the recorded dentate gyrus, whose neuron 0 is no cue, contents
 * from the input, whose first three bits are the cue in binary. */
static plc_network *make_predecessor(const json_t *variables)
{
    const plc_stdp stdp = {6, 6, 3, 3, 0, 6, PLC_STDP_16, false};
    uint32_t sources[CUES * BITS], targets[CUES * BITS], same[BITS];
    plc_network *network = NULL;
    plc_error error = {0};
    cr_assert_eq(plc_network_create(1.0, 1, &network, &error), PLC_OK);
    uint32_t dg = add_recorded(network, "dg", json_object_get(variables, "DGL.spikes"), 1, CUES);
    uint32_t in = add_recorded(network, "in", json_object_get(variables, "IL.spikes"), 3, BITS);
    uint32_t cue = add_cells(network, "cue", CUES, -57),
             cont = add_cells(network, "cont", BITS, -57.5);
    for (uint32_t i = 0; i < BITS; i++)
        same[i] = i;
    for (uint32_t i = 0; i < CUES * BITS; i++) {
        sources[i] = i / BITS;
        targets[i] = i % BITS;
    }
    plc_synapse_list list = {CUES, same, same, NULL, NULL, 6, 1};
    cr_assert_eq(plc_network_add_projection(network, dg, cue, NULL, &list, &error), PLC_OK);
    list = (plc_synapse_list){BITS, same, same, NULL, NULL, 6, 4};
    cr_assert_eq(plc_network_add_projection(network, in, cont, NULL, &list, &error), PLC_OK);
    list = (plc_synapse_list){CUES * BITS, sources, targets, NULL, NULL, 0, 1};
    cr_assert_eq(plc_network_add_plastic(network, cue, cont, NULL, &list, &stdp, &error), PLC_OK,
                 "%s", error.message);
    return network;
}

/* The samples of a layer that are equal in the last bit. */
static size_t compare_potentials(const plc_recording *recording, const json_t *layer)
{
    size_t n = 0;
    for (uint32_t j = 0; j < json_array_size(layer); j++) {
        const json_t *samples = json_array_get(layer, j);
        cr_assert_eq(json_array_size(samples), recording->n_ticks);
        for (size_t t = 0; t < json_array_size(samples); t++, n++) {
            double expected = json_number_value(json_array_get(samples, t)) * 0x1p15;
            int32_t got = recording->values[t * recording->n_neurons + j];
            cr_assert_eq(got, (int32_t)lrint(expected), "neuron %u, tick %zu: %d, expected %g", j,
                         t, got, expected);
        }
    }
    return n;
}

Test(cam, potentials_of_the_predecessor_equal_those_of_the_hardware)
{
    static const char *const recordings[] = {"pred_1_learning.json",
                                             "pred_2_learning_and_recall.json"};
    size_t n = 0, files = 0;
    for (size_t i = 0; i < 2; i++) {
        json_t *recording = load(recordings[i]);
        if (!recording)
            continue;
        const json_t *variables = json_object_get(recording, "variables");
        plc_network *network = make_predecessor(variables);
        plc_chip *chip = NULL;
        plc_layout *layout = NULL;
        plc_engine *engine = NULL;
        plc_error error = {0};
        plc_engine_settings settings = {.seed = 1, .threads = 1};
        cr_assert_eq(plc_chip_open("spinnaker-4", &chip, &error), PLC_OK);
        cr_assert_eq(plc_map(network, chip, NULL, &layout, &error), PLC_OK, "%s", error.message);
        cr_assert_eq(plc_engine_create(layout, &settings, &engine, &error), PLC_OK);
        cr_assert_eq(plc_engine_record_v(engine, &error), PLC_OK);
        uint64_t ticks = (uint64_t)json_integer_value(json_object_get(recording, "simTime_ms"));
        cr_assert_eq(plc_engine_run(engine, ticks, NULL, NULL, &error), PLC_OK);
        n += compare_potentials(plc_engine_recording(engine, 0),
                                json_object_get(variables, "CA3cueL.v"));
        n += compare_potentials(plc_engine_recording(engine, 1),
                                json_object_get(variables, "CA3contL.v"));
        files++;
        plc_engine_destroy(engine);
        plc_layout_destroy(layout);
        plc_chip_destroy(chip);
        plc_network_destroy(network);
        json_decref(recording);
    }
    cr_assert_eq(n, files == 2 ? 450 : files ? n : 0, "%zu samples", n);
}

/* Learns c0 = {0}, then n other cues with the same bit, 20 ticks apart, and asks for c0. */
static bool remembers(uint32_t n, plc_stdp_history history)
{
    plc_cam_script script;
    run r = {0};
    const uint32_t bit = 0;
    cr_assert_eq(plc_cam_script_init(&script, 20, 4, NULL), PLC_OK);
    for (uint32_t i = 0; i <= n; i++)
        cr_assert_eq(plc_cam_script_add(&script, PLC_CAM_LEARN, i, &bit, 1, 20 * i, NULL), PLC_OK);
    cr_assert_eq(plc_cam_script_add(&script, PLC_CAM_RECALL_CUE, 0, NULL, 0, 20 * (n + 1), NULL),
                 PLC_OK);
    plc_layout *layout = map_script(&script, history, "ideal", 0, 1);
    run_layout(&r, &script, layout);
    size_t right = count_right(&r, &script);
    cr_assert_geq(right, script.n_operations - 1);
    run_finish(&r);
    plc_layout_destroy(layout);
    plc_cam_script_finish(&script);
    return right == n + 2;
}

/* The weights after E1, with an engine. */
static plc_weight *weigh(const plc_cam_script *script, const char *kind, const char *chip,
                         size_t *n)
{
    plc_layout *layout = map_script(script, PLC_STDP_16, chip, 0, 1);
    plc_engine *engine = NULL;
    plc_weight *weights = NULL;
    plc_error error = {0};
    plc_engine_settings settings = {.kind = kind, .seed = 1, .threads = 3, .thread_grain = 1};
    cr_assert_eq(plc_engine_create(layout, &settings, &engine, &error), PLC_OK);
    cr_assert_eq(plc_engine_run(engine, plc_cam_script_ticks(script), NULL, NULL, &error), PLC_OK);
    cr_assert_eq(plc_engine_get_weights(engine, &weights, n, &error), PLC_OK);
    plc_engine_destroy(engine);
    plc_layout_destroy(layout);
    return weights;
}

Test(cam, weights_hold_what_was_learned)
{
    plc_cam_script script;
    size_t n = 0, m = 0;
    read_script("e1", &script);
    plc_weight *weights = weigh(&script, "fast", "ideal", &n);
    plc_weight *others = weigh(&script, "mesh", "spinnaker-4", &m);
    cr_assert_eq(n, 100);
    cr_assert_eq(m, 100);
    for (size_t i = 0; i < n; i++) {
        const plc_weight *w = &weights[i], *v = &others[i];
        cr_assert(w->source == v->source && w->target == v->target && w->delay == 1 &&
                  w->receptor == 0 && w->source_population == v->source_population &&
                  w->target_population == v->target_population);
        cr_assert_float_eq(w->weight, v->weight, 0, "weight %zu", i);
        if (w->source_population != PLC_CAM_CUE_CUE)
            continue;
        /* Cue 0 has been asked for since it learned 0, 1, 8, 9; so its weights are up to date. */
        bool learned = w->target == 0 || w->target == 1 || w->target == 8 || w->target == 9;
        cr_assert(w->source != 0 || (learned ? w->weight > 3.29 : w->weight < 3.29),
                  "cue 0 to bit %u: %g nA", w->target, w->weight);
    }
    free(weights);
    free(others);
    plc_cam_script_finish(&script);
}

/* The limit of the hardware: its neurons remember 15 spikes. */
Test(cam, forgets_after_eight_memories_that_share_a_bit)
{
    cr_assert(remembers(7, PLC_STDP_16));
    cr_assert_not(remembers(8, PLC_STDP_16));
    cr_assert(remembers(15, PLC_STDP_UNBOUNDED));
    cr_assert(remembers(15, PLC_STDP_FLUSH));
}

/* Whether bit 4, asked alone, finds cell 13 of E3's map with operations so far apart. */
static bool finds_cell_13(uint32_t gap)
{
    static const uint32_t states[16] = {0, 5, 1, 3, 0, 3, 4, 5, 0, 5, 4, 3, 2, 4, 4, 3};
    plc_cam_script script;
    run r = {0};
    bool found = false;
    const uint32_t bit = 4;
    cr_assert_eq(plc_cam_script_init(&script, 16, 6, NULL), PLC_OK);
    for (uint32_t i = 0; i < 16; i++)
        cr_assert_eq(plc_cam_script_add(&script, PLC_CAM_LEARN, i, &states[i], 1, gap * i, NULL),
                     PLC_OK);
    cr_assert_eq(plc_cam_script_add(&script, PLC_CAM_RECALL_CONTENT, 0, &bit, 1, 16 * gap, NULL),
                 PLC_OK);
    plc_layout *layout = map_script(&script, PLC_STDP_16, "ideal", 0, 1);
    run_layout(&r, &script, layout);
    const plc_cam_set *cues = &r.answers.answers[16].cues[1];
    for (size_t i = 0; i < cues->n; i++)
        found = found || cues->data[i] == 13;
    run_finish(&r);
    plc_layout_destroy(layout);
    plc_cam_script_finish(&script);
    return found;
}

Test(cam, omits_cell_13_at_the_documented_rate)
{
    cr_assert_not(finds_cell_13(7));
    cr_assert(finds_cell_13(8));
}
