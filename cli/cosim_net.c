/* Two engines in lockstep on one network: spikes and states compared after every tick. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/memory.h"
#include "cli/cosim.h"
#include "cli/input.h"
#include "hw/neuron/model.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* One of the two. */
typedef struct side {
    plc_engine *engine;
    cosim_spikes spikes; /* of the tick at hand */
    int32_t **states;    /* [n_populations] [size][words] after it, or NULL: a model without any */
} side;

typedef struct lockstep {
    const cosim_net *task;
    plc_layout *layout;
    plc_engine_settings dut; /* to make it anew */
    side sides[2];           /* reference, device */
    int32_t **before;        /* the reference's states before the tick */
    uint32_t *n_words;       /* [n_populations] of a neuron's state */
    bool *has_difference;    /* scratch [size of the largest population] */
    cosim_history history;
    bool compares_states;
    uint64_t tick;               /* at hand */
    uint64_t compared;           /* values */
    uint64_t mismatches;         /* neurons that differ in the last tick */
    uint32_t population, neuron; /* the first of them */
} lockstep;

/* ---- setting up ---- */

int cosim_open(const cosim_net *task, const char *chip, plc_layout **ret_layout)
{
    /* A layout has its chip; a network takes one. */
    const char *dot = strrchr(task->path, '.');
    bool is_layout = dot && !strcmp(dot, ".h5");
    int exit_status = input_open("cosim", task->path,
                                 task->chip  ? task->chip
                                 : is_layout ? NULL
                                             : chip,
                                 task->seed, ret_layout);
    return exit_status;
}

static int32_t **make_states(const lockstep *l)
{
    const plc_layout *layout = l->layout;
    int32_t **states = plc_array(layout->n_populations, sizeof *states);
    for (uint32_t p = 0; states && p < layout->n_populations; p++) {
        const plc_population *population = &layout->populations[p];
        size_t n = (size_t)population->size * l->n_words[p];
        if (!n)
            continue;
        if (!(states[p] = plc_array(n, sizeof **states)))
            break;
        for (uint32_t i = 0; i < population->size; i++)
            memcpy(states[p] + (size_t)i * l->n_words[p],
                   plc_population_state(population, i, l->n_words[p]),
                   l->n_words[p] * sizeof **states);
    }
    return states;
}

static bool has_states(const lockstep *l, int32_t *const *states)
{
    for (uint32_t p = 0; states && p < l->layout->n_populations; p++)
        if (l->n_words[p] && !states[p])
            return false;
    return states;
}

static void free_states(const lockstep *l, int32_t **states)
{
    for (uint32_t p = 0; states && p < l->layout->n_populations; p++)
        free(states[p]);
    free(states);
}

static plc_status make_room(lockstep *l, plc_error *error)
{
    uint32_t largest = 1;
    l->n_words = plc_array(l->layout->n_populations, sizeof *l->n_words);
    for (uint32_t p = 0; l->n_words && p < l->layout->n_populations; p++) {
        plc_population *population = &l->layout->populations[p];
        l->n_words[p] =
            plc_model_n_receptors(population->model) ? plc_model_n_state(population->model) : 0;
        population->record_v = l->n_words[p] > 0; /* engines keep states apart from inputs then */
        largest = population->size > largest ? population->size : largest;
    }
    l->has_difference = plc_array(largest, sizeof *l->has_difference);
    if (!l->n_words || !l->has_difference)
        return plc_fail_memory(error, "states");
    l->before = make_states(l);
    bool ok = has_states(l, l->before);
    for (int i = 0; i < 2 && ok; i++) {
        l->sides[i].states = make_states(l);
        l->sides[i].spikes.error = error;
        ok = has_states(l, l->sides[i].states);
    }
    return ok ? PLC_OK : plc_fail_memory(error, "states");
}

static plc_status create_dut(const lockstep *l, plc_engine **ret_engine, plc_error *error)
{
    plc_status status = plc_engine_create(l->layout, &l->dut, ret_engine, error);
    if (status == PLC_OK && l->task->inject && !(*ret_engine)->class->flip)
        status = plc_fail(error, PLC_INVALID, "--inject: engine %s has no tiles in RTL",
                          (*ret_engine)->class->name);
    return status;
}

static plc_status begin(lockstep *l, plc_error *error)
{
    const cosim_net *task = l->task;
    plc_engine_settings ref = {.kind = task->ref,
                               .seed = task->seed_given ? task->seed : plc_layout_seed(l->layout),
                               .threads = (uint32_t)task->threads};
    l->dut = ref;
    l->dut.kind = task->tiles ? "systemc" : task->dut;
    l->dut.rtl_tiles = task->tiles;
    if (task->inject &&
        (task->flip_x >= l->layout->chip->width || task->flip_y >= l->layout->chip->height))
        return plc_fail(error, PLC_INVALID, "--inject: tile (%u, %u): the chip has %u x %u",
                        task->flip_x, task->flip_y, l->layout->chip->width,
                        l->layout->chip->height);
    plc_status status = make_room(l, error);
    if (status == PLC_OK)
        status = plc_engine_create(l->layout, &ref, &l->sides[0].engine, error);
    if (status == PLC_OK)
        status = create_dut(l, &l->sides[1].engine, error);
    return status;
}

static void finish(lockstep *l)
{
    for (int i = 0; i < 2; i++) {
        plc_engine_destroy(l->sides[i].engine);
        free(l->sides[i].spikes.spikes);
        free_states(l, l->sides[i].states);
    }
    free_states(l, l->before);
    free(l->n_words);
    free(l->has_difference);
    cosim_history_finish(&l->history);
    plc_layout_destroy(l->layout);
}

/* ---- ticks ---- */

/* The fault that is to be planted, when its tick has come. */
static plc_status inject(const lockstep *l, plc_engine *engine, uint64_t tick, plc_error *error)
{
    const cosim_net *task = l->task;
    if (!task->inject || task->flip_tick != tick)
        return PLC_OK;
    plc_engine_flip flip = task->flip;
    flip.tile = task->flip_y * l->layout->chip->width + task->flip_x;
    plc_status status = engine->class->flip(engine, &flip, error);
    if (status != PLC_OK)
        plc_error_add(error, "; --inject %s", task->inject);
    return status;
}

static plc_status run_tick(lockstep *l, plc_error *error)
{
    int32_t **before = l->before;
    l->before = l->sides[0].states;
    l->sides[0].states = before;
    l->compares_states = true;
    plc_status status = inject(l, l->sides[1].engine, l->tick, error);
    for (int i = 0; i < 2 && status == PLC_OK; i++) {
        side *s = &l->sides[i];
        s->spikes.n = 0;
        status = plc_engine_run(s->engine, 1, cosim_take_spikes, &s->spikes, error);
        if (status == PLC_OK)
            l->compares_states = l->compares_states && s->engine->class->get_states &&
                                 s->engine->class->get_states(s->engine, l->n_words, s->states);
    }
    return status;
}

static void mark(lockstep *l, uint32_t population, uint32_t neuron)
{
    if (l->has_difference[neuron])
        return;
    l->has_difference[neuron] = true;
    if (!l->mismatches++ || (population == l->population && neuron < l->neuron)) {
        l->population = population;
        l->neuron = neuron;
    }
}

/* The spikes of a population in the tick at hand: [*at, the result). */
static size_t end_of(const cosim_spikes *spikes, size_t at, uint32_t population)
{
    while (at < spikes->n && spikes->spikes[at].population == population)
        at++;
    return at;
}

/* Compares the spikes of a population, which begin at[0] and at[1]. */
static void compare_spikes(lockstep *l, uint32_t population, size_t at[2])
{
    const plc_spike *a = l->sides[0].spikes.spikes, *b = l->sides[1].spikes.spikes;
    size_t i = at[0], k = at[1];
    at[0] = end_of(&l->sides[0].spikes, i, population);
    at[1] = end_of(&l->sides[1].spikes, k, population);
    while (i < at[0] || k < at[1]) {
        if (k == at[1] || (i < at[0] && a[i].neuron < b[k].neuron)) {
            mark(l, population, a[i++].neuron);
        } else if (i == at[0] || b[k].neuron < a[i].neuron) {
            mark(l, population, b[k++].neuron);
        } else {
            if (a[i].polarity != b[k].polarity)
                mark(l, population, a[i].neuron);
            i++, k++;
        }
    }
}

/* Finds out who differs. */
static void compare(lockstep *l)
{
    size_t at[2] = {0, 0};
    l->mismatches = 0;
    for (uint32_t p = 0; p < l->layout->n_populations; p++) {
        const uint32_t n = l->layout->populations[p].size, words = l->n_words[p];
        const int32_t *a = l->sides[0].states[p], *b = l->sides[1].states[p];
        uint64_t before = l->mismatches;
        compare_spikes(l, p, at);
        l->compared += n + (l->compares_states ? (uint64_t)n * words : 0);
        if (l->compares_states && words && memcmp(a, b, (size_t)n * words * sizeof *a) != 0)
            for (uint32_t i = 0; i < n; i++)
                if (memcmp(a + (size_t)i * words, b + (size_t)i * words, words * sizeof *a) != 0)
                    mark(l, p, i);
        if (l->mismatches > before)
            memset(l->has_difference, 0, n * sizeof *l->has_difference);
    }
}

/* ---- waveforms ---- */

/* Runs the device once more, up to the end of the tick that differs, and writes what its tiles in
 * RTL show from some ticks before on. A run that fails in that tick is what is wanted. */
static plc_status rerun(const lockstep *l, const char *path, uint64_t last, plc_error *error)
{
    plc_engine *engine = NULL;
    plc_error ignored = {0};
    uint64_t first = last > l->task->vcd_window ? last - l->task->vcd_window : 0;
    plc_status status = create_dut(l, &engine, error);
    for (uint64_t tick = 0; status == PLC_OK && tick <= last; tick++) {
        if (tick == first)
            status = engine->class->open_wave
                         ? engine->class->open_wave(engine, path, error)
                         : plc_fail(error, PLC_INVALID, "--vcd: expected tiles in RTL");
        if (status == PLC_OK)
            status = inject(l, engine, tick, error);
        if (status == PLC_OK && plc_engine_run(engine, 1, NULL, NULL, &ignored) != PLC_OK)
            break;
    }
    if (status == PLC_OK)
        status = engine->class->close_wave(engine, error);
    plc_engine_destroy(engine);
    return status;
}

/* The file appears whole or not at all; what is no file, such as a pipe, is written in place. */
static plc_status write_wave(const lockstep *l, uint64_t last, plc_error *error)
{
    struct stat info;
    const char *path = l->task->vcd;
    bool exists = stat(path, &info) == 0;
    if (exists && !S_ISREG(info.st_mode))
        return rerun(l, path, last, error);
    char *target = exists ? realpath(path, NULL) : plc_string_copy(path);
    size_t size = target ? strlen(target) + 32 : 0;
    char *temporary = target ? plc_array(size, 1) : NULL;
    plc_status status = PLC_OK;
    if (!temporary) {
        status = plc_fail_memory(error, "waveforms");
    } else {
        snprintf(temporary, size, "%s.%ld.tmp", target, (long)getpid());
        status = rerun(l, temporary, last, error);
        if (status == PLC_OK && rename(temporary, target))
            status = plc_fail(error, PLC_FAILED, "%s: %s", path, strerror(errno));
        if (status != PLC_OK)
            unlink(temporary);
    }
    free(temporary);
    free(target);
    return status;
}

/* ---- the result ---- */

static const plc_spike *find_spike(const cosim_spikes *spikes, uint32_t population, uint32_t neuron)
{
    for (size_t i = 0; i < spikes->n; i++)
        if (spikes->spikes[i].population == population && spikes->spikes[i].neuron == neuron)
            return &spikes->spikes[i];
    return NULL;
}

static const char *contract_of(plc_model model)
{
    return model == PLC_LIF_CURR_EXP ? "lif" : model == PLC_ONOFF ? "onoff" : "threshold";
}

/* Word `i` of a role's fields of a model, from its words: names and values. */
static json_t *describe_words(plc_model model, plc_field_role role, const int32_t *words)
{
    json_t *all = json_object();
    const plc_contract *contract = plc_contract_find(contract_of(model));
    for (const plc_contract_field *f = contract->inputs; f->port; f++) {
        if (f->role != role || !strcmp(f->name, "reserved"))
            continue;
        uint64_t value = plc_contract_value(f, (const uint32_t *)words);
        words += plc_contract_slot(f);
        json_object_set_new(all, f->name,
                            f->is_signed || value <= INT64_MAX ? json_integer((json_int_t)value)
                                                               : json_sprintf("%" PRIu64, value));
    }
    return all;
}

/* Adds a field to those that differ; the first one is what is told. */
static void add_field(json_t *first, const char *name, json_t *expected, json_t *got)
{
    json_t *fields = json_object_get(first, "fields");
    if (!json_object_size(fields)) {
        json_object_set_new(first, "field", json_string(name));
        json_object_set(first, "expected", expected);
        json_object_set(first, "got", got);
    }
    json_object_set_new(fields, name, json_pack("[o, o]", expected, got));
}

static json_t *describe(const lockstep *l)
{
    const plc_population *p = &l->layout->populations[l->population];
    const plc_spike *a = find_spike(&l->sides[0].spikes, l->population, l->neuron);
    const plc_spike *b = find_spike(&l->sides[1].spikes, l->population, l->neuron);
    const uint32_t words = l->n_words[l->population];
    json_t *first = json_pack("{s:{}}", "fields");
    cosim_add_place(first, l->layout, l->tick, l->population, l->neuron);
    if (!a != !b)
        add_field(first, "spike", json_integer(a != NULL), json_integer(b != NULL));
    if (a && b && a->polarity != b->polarity)
        add_field(first, "polarity", json_integer(a->polarity), json_integer(b->polarity));
    if (words) {
        const int32_t *was = l->before[l->population] + (size_t)l->neuron * words;
        const int32_t *x = l->sides[0].states[l->population] + (size_t)l->neuron * words;
        const int32_t *y = l->sides[1].states[l->population] + (size_t)l->neuron * words;
        json_t *expected = describe_words(p->model, PLC_FIELD_STATE, x);
        json_t *got = describe_words(p->model, PLC_FIELD_STATE, y), *value;
        const char *name;
        json_object_foreach(expected, name, value)
        {
            json_t *other = json_object_get(got, name);
            if (l->compares_states && !json_equal(value, other))
                add_field(first, name, json_incref(value), json_incref(other));
        }
        json_decref(expected);
        json_decref(got);
        json_object_set_new(first, "before", describe_words(p->model, PLC_FIELD_STATE, was));
    }
    uint32_t n_params = plc_model_n_params(p->model);
    if (plc_model_n_receptors(p->model))
        json_object_set_new(first, "params",
                            describe_words(p->model, PLC_FIELD_PARAM,
                                           plc_population_params(p, l->neuron, n_params)));
    json_object_set_new(
        first, "stimuli",
        cosim_history_list(&l->history, l->layout, l->population, l->neuron, l->tick));
    return first;
}

static void print_words(const char *what, const json_t *words)
{
    const char *name;
    json_t *value;
    if (!words)
        return;
    printf("%s\n", what);
    json_object_foreach((json_t *)(uintptr_t)words, name, value)
    {
        char *text = json_dumps(value, JSON_ENCODE_ANY);
        printf("  %-18s %s\n", name, text ? text : "");
        free(text);
    }
}

static void print_difference(const json_t *first)
{
    const char *name;
    json_t *pair;
    cosim_print_place(first);
    json_object_foreach(json_object_get(first, "fields"), name, pair)
    {
        printf("  %-18s expected %" JSON_INTEGER_FORMAT ", got %" JSON_INTEGER_FORMAT "\n", name,
               json_integer_value(json_array_get(pair, 0)),
               json_integer_value(json_array_get(pair, 1)));
    }
    print_words("state before, of the reference", json_object_get(first, "before"));
    print_words("parameters", json_object_get(first, "params"));
    cosim_history_print(json_object_get(first, "stimuli"));
}

static int report(const lockstep *l, double seconds)
{
    plc_engine_stats stats = plc_engine_get_stats(l->sides[0].engine);
    json_t *first = l->mismatches ? describe(l) : json_null();
    json_t *result = json_pack(
        "{s:s, s:s, s:s?, s:I, s:I, s:I, s:O, s:I, s:b, s:o, s:f}", "ref", l->task->ref, "dut",
        l->dut.kind, "tiles", l->task->tiles, "ticks", (json_int_t)stats.ticks, "compared",
        (json_int_t)l->compared, "mismatches", (json_int_t)l->mismatches, "first_mismatch", first,
        "assertions", (json_int_t)plc_engine_get_stats(l->sides[1].engine).assertions, "states",
        l->compares_states, "digest", json_digest(stats.digest), "seconds", seconds);
    if (result && l->mismatches && l->task->vcd)
        json_object_set_new(result, "vcd", json_text(l->task->vcd));
    int exit_status = print_result(result, l->task->as_json);
    if (exit_status == EXIT_OK && l->mismatches && !l->task->as_json) {
        print_difference(first);
        exit_status = finish_stdout();
    }
    json_decref(first);
    return exit_status;
}

/* ---- the run ---- */

static plc_status run_ticks(lockstep *l, plc_error *error)
{
    progress bar;
    plc_status status = PLC_OK;
    progress_begin(&bar, "cosim");
    for (; l->tick < l->task->n_ticks && !interrupted(); l->tick++) {
        status = run_tick(l, error);
        if (status != PLC_OK)
            break;
        compare(l);
        if (l->mismatches)
            break;
        if (!cosim_history_add(&l->history, l->sides[0].spikes.spikes, l->sides[0].spikes.n,
                               l->tick)) {
            status = plc_fail_memory(error, "spikes");
            break;
        }
        progress_show(&bar, (double)l->tick / (double)l->task->n_ticks);
    }
    progress_end(&bar);
    return status;
}

int cosim_net_run(cosim_net *task)
{
    lockstep l = {.task = task};
    plc_error error = {0}, wave_error = {0};
    int exit_status = task->vcd ? check_folder(task->vcd) : -1;
    if (exit_status < 0)
        exit_status = cosim_open(task, "placode-2x2", &l.layout);
    if (exit_status >= 0)
        return exit_status;
    interrupt_catch();
    double begun = seconds_now();
    plc_status status = begin(&l, &error), wave = PLC_OK;
    bool runs = status == PLC_OK;
    if (runs)
        status = run_ticks(&l, &error);
    /* Also where the device itself has failed. */
    if (runs && task->vcd && (l.mismatches || status == PLC_FAILED))
        wave = write_wave(&l, l.tick, &wave_error);
    else if (status == PLC_OK && task->vcd && !interrupted())
        log_line("no difference, so there is nothing to write to %s", task->vcd);
    exit_status = EXIT_OK;
    if (status == PLC_OK || (runs && plc_engine_get_stats(l.sides[1].engine).assertions))
        exit_status = report(&l, seconds_now() - begun);
    if (status != PLC_OK)
        exit_status = fail_with(status, &error);
    if (wave != PLC_OK)
        exit_status = fail_with(wave, &wave_error);
    finish(&l);
    if (exit_status != EXIT_OK)
        return exit_status;
    return l.mismatches ? EXIT_DIFFERS : interrupted() ? EXIT_INTERRUPTED : EXIT_OK;
}
