/* A user's neuron cell inside a running network: each update that the network makes of a neuron of
 * its model is given to the cell too, with the state, the parameters and the input that are there,
 * and what it answers is compared with the kernel. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"
#include "cli/cosim.h"
#include "cli/input.h"
#include "hw/neuron/annealer.h"
#include "hw/neuron/model.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* A population of the cell's model, followed beside the engine: states come from the kernel, inputs
 * from the engine's spikes through the layout's tables and rows. Where the kernel's spikes are not
 * the engine's, the run ends: then one of the two is wrong. */
typedef struct followed {
    bool on;          /* it is of the model */
    int32_t *states;  /* [size][words] */
    uint32_t *inputs; /* [size][2] sums that wait, by receptor */
    uint32_t *ring;   /* [RING][size][2] sums to come */
    uint8_t *fires;   /* [size] in the tick at hand: 1, or 2 for an OFF spike */
    uint64_t slope, until;
} followed;

enum { RING = 256 }; /* slots: more than the longest delay [ticks] */

typedef struct shadow {
    const cosim_net *task;
    plc_layout *layout;
    plc_engine *engine;
    cosim_spikes spikes; /* of the tick */
    cosim_history history;
    plc_lockstep cell; /* contract, cell, and the words of the update at hand */
    followed *populations;
    uint32_t *first; /* [n_cores] neurons on the cores before */
    struct {
        uint32_t population, neuron;
    } * owners; /* [neurons] by core */
    plc_walk walk;
    plc_model model;
    uint64_t seed, tick, compared;
    uint32_t population, neuron; /* at hand */
} shadow;

/* ---- setting up ---- */

static plc_status find_model(const plc_contract *contract, plc_model *ret_model)
{
    static const struct {
        const char *contract;
        plc_model model;
    } models[] = {{"lif", PLC_LIF_CURR_EXP}, {"onoff", PLC_ONOFF}, {"threshold", PLC_THRESHOLD}};
    for (size_t i = 0; i < sizeof models / sizeof *models; i++)
        if (!strcmp(models[i].contract, contract->name)) {
            *ret_model = models[i].model;
            return PLC_OK;
        }
    return PLC_INVALID;
}

static bool follow(followed *f, const plc_population *p)
{
    const uint32_t words = plc_model_n_state(p->model);
    f->on = true;
    f->states = plc_array((size_t)p->size * words + 1, sizeof *f->states);
    f->inputs = plc_array((size_t)p->size * 2, sizeof *f->inputs);
    f->ring = plc_array((size_t)p->size * 2 * RING, sizeof *f->ring);
    f->fires = plc_array(p->size, sizeof *f->fires);
    if (!f->states || !f->inputs || !f->ring || !f->fires)
        return false;
    for (uint32_t i = 0; words && i < p->size; i++)
        memcpy(f->states + (size_t)i * words, plc_population_state(p, i, words),
               words * sizeof *f->states);
    return true;
}

/* Which neuron each neuron of a core is. */
static bool find_owners(shadow *s)
{
    const plc_layout *layout = s->layout;
    uint32_t n = 0;
    if (!(s->first = plc_array(layout->n_cores, sizeof *s->first)))
        return false;
    for (uint32_t c = 0; c < layout->n_cores; c++) {
        s->first[c] = n;
        n += layout->cores[c].n_neurons;
    }
    if (!(s->owners = plc_array(n, sizeof *s->owners)))
        return false;
    for (uint32_t i = 0; i < layout->n_slices; i++) {
        const plc_slice *slice = &layout->slices[i];
        for (uint32_t k = slice->begin; k < slice->end; k++) {
            uint32_t at = s->first[slice->core] + slice->offset + (k - slice->begin);
            s->owners[at].population = slice->population;
            s->owners[at].neuron = k;
        }
    }
    return true;
}

static plc_status begin(shadow *s, plc_error *error)
{
    const plc_layout *layout = s->layout;
    const plc_engine_settings settings = {
        .kind = s->task->ref, .seed = s->seed, .threads = (uint32_t)s->task->threads};
    s->spikes.error = error;
    if (!(s->populations = plc_array(layout->n_populations, sizeof *s->populations)) ||
        !find_owners(s))
        return plc_fail_memory(error, "neurons");
    for (uint32_t p = 0; p < layout->n_populations; p++) {
        const plc_population *population = &layout->populations[p];
        if (population->model != s->model)
            continue;
        if (population->stdp)
            return plc_fail(error, PLC_INVALID,
                            "population %s: plastic synapses: expected static ones, for --user-rtl "
                            "follows inputs, not weights",
                            population->name);
        if (!follow(&s->populations[p], population))
            return plc_fail_memory(error, population->name);
    }
    plc_status status = plc_walk_init(&s->walk, layout, error);
    return status == PLC_OK ? plc_engine_create(layout, &settings, &s->engine, error) : status;
}

static void finish(shadow *s)
{
    for (uint32_t p = 0; s->populations && p < s->layout->n_populations; p++) {
        free(s->populations[p].states);
        free(s->populations[p].inputs);
        free(s->populations[p].ring);
        free(s->populations[p].fires);
    }
    plc_walk_finish(&s->walk);
    plc_engine_destroy(s->engine);
    cosim_history_finish(&s->history);
    free(s->spikes.spikes);
    free(s->populations);
    free(s->first);
    free(s->owners);
    plc_layout_destroy(s->layout);
}

/* ---- updates ---- */

/* The words of the update at hand, as the contract has them. */
static void fill_in(shadow *s, followed *f, uint32_t noise)
{
    const plc_population *p = &s->layout->populations[s->population];
    const uint32_t n_params = plc_model_n_params(p->model), n_state = plc_model_n_state(p->model);
    uint32_t *in = s->cell.in;
    memcpy(in, plc_population_params(p, s->neuron, n_params), n_params * sizeof *in);
    in += n_params;
    memcpy(in, f->states + (size_t)s->neuron * n_state, n_state * sizeof *in);
    in += n_state;
    for (uint32_t r = 0; r < plc_model_n_receptors(p->model); r++)
        *in++ = f->inputs[s->neuron * 2 + r];
    if (p->model == PLC_ONOFF) {
        *in++ = (uint32_t)f->slope;
        *in++ = (uint32_t)(f->slope >> 32);
        *in++ = noise;
    }
}

/* One update of a neuron, by kernel and cell. */
static plc_status update(shadow *s, uint32_t neuron, uint32_t noise, plc_error *error)
{
    followed *f = &s->populations[s->population];
    const uint32_t n_state = plc_model_n_state(s->model);
    plc_lockstep *cell = &s->cell;
    s->neuron = neuron;
    fill_in(s, f, noise);
    cell->contract->step(cell->in, cell->expected);
    uint32_t done;
    plc_status status =
        plc_cell_run(cell->cell, cell->in, cell->expected, 1, cell->found, &done, error);
    if (status != PLC_OK)
        return status;
    s->compared += plc_contract_count(cell->contract->outputs);
    cell->cycle++;
    cell->differs = plc_lockstep_compare(cell);
    memcpy(f->states + (size_t)neuron * n_state, cell->expected, n_state * sizeof *f->states);
    f->inputs[neuron * 2] = f->inputs[neuron * 2 + 1] = 0;
    bool off = s->model == PLC_ONOFF && cell->expected[n_state + 1];
    f->fires[neuron] = (uint8_t)(cell->expected[n_state] ? 1 + off : 0);
    return PLC_OK;
}

static bool goes_on(const shadow *s)
{
    return !s->cell.differs && !plc_cell_failures(s->cell.cell);
}

/* The neurons that `random: P` draws in this tick. */
static plc_status update_drawn(shadow *s, const plc_population *p, plc_error *error)
{
    const uint32_t blocks = p->schedule.random_blocks;
    plc_random_key key =
        plc_random_stream(s->seed, PLC_STREAM_DUE + s->population, (uint32_t)(s->tick >> 32));
    plc_status status = PLC_OK;
    for (uint32_t b = 0; b < blocks && status == PLC_OK && goes_on(s); b++) {
        plc_random draw = plc_random_draw(key, b, (uint32_t)s->tick);
        uint32_t first = plc_block_begin(p->size, blocks, b);
        uint32_t past = plc_block_begin(p->size, blocks, b + 1);
        status =
            update(s, first + plc_random_below(draw.word[0], past - first), draw.word[1], error);
    }
    return status;
}

/* What has come for this tick joins what waits; then whoever is due is updated. */
static plc_status update_population(shadow *s, plc_error *error)
{
    const plc_population *p = &s->layout->populations[s->population];
    followed *f = &s->populations[s->population];
    uint32_t *slot = f->ring + (s->tick % RING) * p->size * 2;
    memset(f->fires, 0, p->size);
    for (size_t i = 0; i < (size_t)p->size * 2; i++)
        f->inputs[i] += slot[i];
    memset(slot, 0, (size_t)p->size * 2 * sizeof *slot);
    if (p->model == PLC_ONOFF && s->tick >= f->until) {
        plc_annealer annealer;
        memcpy(&annealer, p->params, sizeof annealer);
        f->slope = plc_annealer_slope(&annealer, plc_annealer_hold(&annealer, s->tick, &f->until));
    }
    if (p->schedule.random_blocks)
        return update_drawn(s, p, error);
    plc_random_key key =
        plc_random_stream(s->seed, PLC_STREAM_NOISE + s->population, (uint32_t)(s->tick >> 32));
    plc_status status = PLC_OK;
    for (uint32_t i = 0; s->tick % p->schedule.period == p->schedule.phase && i < p->size &&
                         status == PLC_OK && goes_on(s);
         i++)
        status = update(s, i, plc_random_noise(key, i, (uint32_t)s->tick), error);
    return status;
}

/* ---- spikes ---- */

/* The kernel's spikes have to be the engine's. */
static plc_status check_spikes(const shadow *s, plc_error *error)
{
    const cosim_spikes *spikes = &s->spikes;
    uint64_t n = 0, n_fires = 0;
    bool equal = true;
    for (size_t i = 0; i < spikes->n; i++) {
        const plc_spike *spike = &spikes->spikes[i];
        const followed *f = &s->populations[spike->population];
        n += f->on;
        equal = equal && (!f->on || f->fires[spike->neuron] == 1 + spike->polarity);
    }
    for (uint32_t p = 0; p < s->layout->n_populations; p++)
        for (uint32_t i = 0; s->populations[p].on && i < s->layout->populations[p].size; i++)
            n_fires += s->populations[p].fires[i] != 0;
    if (equal && n == n_fires)
        return PLC_OK;
    return plc_fail(error, PLC_DIFFERS,
                    "tick %" PRIu64 ": engine %s: the spikes of model %s are not those of its "
                    "kernel, given the spikes before",
                    s->tick, s->task->ref, plc_model_name(s->model));
}

/* Adds a spike's rows to the rings of those followed. */
static plc_status deliver(shadow *s, const plc_spike *spike, plc_error *error)
{
    const plc_layout *layout = s->layout;
    const plc_slice *from = input_find_slice(layout, spike->population, spike->neuron);
    uint32_t key = from->key + (spike->neuron - from->begin);
    key |= spike->polarity ? from->polarity_mask : 0;
    plc_status status =
        plc_walk_packet(&s->walk, layout, layout->cores[from->core].router, key, error);
    for (uint32_t c = 0; status == PLC_OK && c < s->walk.n_cores; c++) {
        uint32_t core = s->walk.cores[c];
        uint64_t row;
        bool negate;
        if (!plc_layout_find_row(layout, core, key, &row, &negate))
            continue;
        for (uint64_t i = layout->row_offsets[row]; i < layout->row_offsets[row + 1]; i++) {
            plc_synapse synapse = plc_layout_synapse(layout, i);
            uint32_t at = s->first[core] + synapse.target;
            followed *f = &s->populations[s->owners[at].population];
            if (!f->on)
                continue;
            size_t size = layout->populations[s->owners[at].population].size;
            uint32_t weight = (uint32_t)synapse.weight;
            f->ring[(((s->tick + synapse.delay) % RING) * size + s->owners[at].neuron) * 2 +
                    synapse.receptor] += negate ? 0 - weight : weight;
        }
    }
    return status;
}

static plc_status run_tick(shadow *s, plc_error *error)
{
    plc_status status = PLC_OK;
    for (s->population = 0; s->population < s->layout->n_populations; s->population++) {
        if (!s->populations[s->population].on)
            continue;
        status = update_population(s, error);
        if (status != PLC_OK || !goes_on(s))
            return status;
    }
    s->spikes.n = 0;
    status = plc_engine_run(s->engine, 1, cosim_take_spikes, &s->spikes, error);
    if (status == PLC_OK)
        status = check_spikes(s, error);
    for (size_t i = 0; i < s->spikes.n && status == PLC_OK; i++)
        status = deliver(s, &s->spikes.spikes[i], error);
    if (status == PLC_OK && !cosim_history_add(&s->history, s->spikes.spikes, s->spikes.n, s->tick))
        status = plc_fail_memory(error, "spikes");
    return status;
}

static plc_status run_ticks(shadow *s, plc_error *error)
{
    progress bar;
    plc_status status = PLC_OK;
    progress_begin(&bar, "cosim");
    for (; s->tick < s->task->n_ticks && !interrupted(); s->tick++) {
        status = run_tick(s, error);
        if (status != PLC_OK || !goes_on(s))
            break;
        progress_show(&bar, (double)s->tick / (double)s->task->n_ticks);
    }
    progress_end(&bar);
    return status;
}

/* ---- the result ---- */

static int report(const shadow *s, const cosim_cell *cell, const char *top, double seconds)
{
    const bool differs = s->cell.differs != NULL;
    json_t *first = json_null();
    if (differs) {
        first = cosim_cell_difference(&s->cell);
        json_object_del(first, "cycle");
        cosim_add_place(first, s->layout, s->tick, s->population, s->neuron);
        json_object_set_new(first, "inputs", json_incref(json_object_get(first, "stimuli")));
        json_object_set_new(
            first, "stimuli",
            cosim_history_list(&s->history, s->layout, s->population, s->neuron, s->tick));
    }
    json_t *result = json_pack(
        "{s:o, s:o, s:s, s:s, s:s, s:I, s:I, s:I, s:i, s:O, s:I, s:o, s:f}", "cell",
        json_text(cell->path), "top", json_text(top), "model", cell->model, "kernel",
        s->cell.contract->kernel, "ref", s->task->ref, "ticks", (json_int_t)(s->tick + differs),
        "updates", (json_int_t)s->cell.cycle, "compared", (json_int_t)s->compared, "mismatches",
        differs, "first_mismatch", first, "assertions", (json_int_t)plc_cell_failures(s->cell.cell),
        "digest", json_digest(plc_engine_get_stats(s->engine).digest), "seconds", seconds);
    int exit_status = print_result(result, s->task->as_json);
    if (exit_status == EXIT_OK && differs && !s->task->as_json) {
        cosim_print_place(first);
        cosim_cell_print(&s->cell);
        cosim_history_print(json_object_get(first, "stimuli"));
        exit_status = finish_stdout();
    }
    json_decref(first);
    return exit_status;
}

static int run_shadow(shadow *s, const cosim_cell *cell, const char *top)
{
    plc_error error = {0};
    double begun = seconds_now();
    plc_status status = begin(s, &error);
    if (status == PLC_OK)
        status = run_ticks(s, &error);
    int exit_status =
        status == PLC_OK ? report(s, cell, top, seconds_now() - begun) : fail_with(status, &error);
    if (exit_status == EXIT_OK && plc_cell_failures(s->cell.cell)) {
        const char *said = plc_cell_said(s->cell.cell);
        plc_fail(&error, PLC_FAILED, "%s: tick %" PRIu64 ": %.*s", cell->path, s->tick,
                 (int)strcspn(said, "\n"), said);
        exit_status = fail_with(PLC_FAILED, &error);
    }
    if (exit_status != EXIT_OK)
        return exit_status;
    return s->cell.differs ? EXIT_DIFFERS : interrupted() ? EXIT_INTERRUPTED : EXIT_OK;
}

/* Whether there is anything to follow, before the cell is compiled. */
static int check_model(const shadow *s)
{
    plc_error error = {0};
    for (uint32_t p = 0; p < s->layout->n_populations; p++)
        if (s->layout->populations[p].model == s->model)
            return -1;
    return fail_with(plc_fail(&error, PLC_INVALID, "%s: no population of model %s", s->task->path,
                              plc_model_name(s->model)),
                     &error);
}

int cosim_user_run(const cosim_net *task, const cosim_cell *cell)
{
    char top[COSIM_NAME] = "";
    shadow s = {.task = task};
    plc_cell *verilated = NULL;
    const plc_contract *contract = plc_contract_find(cell->model);
    if (contract && find_model(contract, &s.model) != PLC_OK)
        return fail_usage("cosim: --model: in a network expected lif, onoff or threshold, got "
                          "\"%s\"",
                          cell->model);
    int exit_status = cosim_open(task, "ideal", &s.layout);
    if (exit_status < 0 && contract)
        exit_status = check_model(&s);
    if (exit_status < 0)
        exit_status = cosim_cell_open(cell, top, &contract, &verilated);
    if (exit_status < 0) {
        s.seed = task->seed_given ? task->seed : plc_layout_seed(s.layout);
        s.cell = (plc_lockstep){.contract = contract, .cell = verilated};
        exit_status = run_shadow(&s, cell, top);
    }
    if (s.layout)
        finish(&s);
    plc_cell_destroy(verilated);
    return exit_status;
}
