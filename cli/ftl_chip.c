/* placode ftl --chip: the netlist as neurons on a chip. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "cli/command.h"
#include "cli/cost.h"
#include "cli/ftl.h"
#include "ftl/neurons.h"
#include "hw/chip/chip.h"
#include "hw/layout/layout.h"

#include <math.h>
#include <string.h>

/* A netlist on its way through mapper and engine. */
typedef struct chip_run {
    const ftl_run_options *options;
    const plc_aig *aig;
    plc_neurons plan;
    plc_vectors vectors;
    plc_network *network;
    plc_layout *layout;
    plc_engine *engine;
    plc_neuron_answers answers;
    progress bar;
    uint32_t n_streams;
    uint64_t mismatches;
    double seconds;
    bool stopped;
} chip_run;

static void run_finish(chip_run *r)
{
    plc_neuron_answers_finish(&r->answers);
    plc_engine_destroy(r->engine);
    plc_layout_destroy(r->layout);
    plc_network_destroy(r->network);
    plc_vectors_finish(&r->vectors);
    plc_neurons_finish(&r->plan);
}

static plc_status take_spikes(void *context, const plc_spike *spikes, size_t n, uint64_t ticks_done)
{
    chip_run *r = context;
    progress_show(&r->bar, (double)ticks_done / (double)plc_neurons_ticks(&r->plan, &r->vectors));
    plc_neuron_answers_take(&r->answers, spikes, n);
    return interrupted() ? PLC_STOPPED : PLC_OK;
}

/* [ticks] the longest delay of a chip, and no more than most have, so that the network and its
 * digest are the same on all those. */
static uint32_t longest_delay(const plc_chip *chip)
{
    enum { DELAY_MAX = 15 };
    uint64_t slots = plc_chip_limit(chip, PLC_CHIP_RING_SLOTS);
    return slots - 1 < DELAY_MAX ? (uint32_t)(slots - 1) : DELAY_MAX;
}

static plc_status prepare(chip_run *r, const plc_chip *chip, const plc_cells *cells,
                          plc_error *error)
{
    const ftl_run_options *o = r->options;
    plc_status status = plc_neurons_plan(cells, longest_delay(chip), &r->plan, error);
    if (status == PLC_OK)
        status = o->vectors ? plc_vectors_read(o->vectors, r->aig->n_inputs, &r->vectors, error)
                            : plc_vectors_draw(r->aig->n_inputs, o->n_vectors, o->seed, &r->vectors,
                                               error);
    if (status != PLC_OK)
        return status;
    if (o->n_streams > r->plan.period)
        return plc_fail(error, PLC_INVALID,
                        "--streams: expected at most %u, the ticks of a clock, got %llu",
                        r->plan.period, (unsigned long long)o->n_streams);
    r->n_streams = o->n_streams ? (uint32_t)o->n_streams : r->plan.period;
    return plc_neurons_build(&r->plan, &r->vectors, r->n_streams, o->seed, &r->network, error);
}

static plc_status run_network(chip_run *r, const plc_chip *chip, plc_error *error)
{
    plc_engine_settings settings = {.kind = r->options->engine,
                                    .seed = r->options->seed,
                                    .threads = (uint32_t)r->options->threads};
    plc_status status = plc_map(r->network, chip, NULL, &r->layout, error);
    if (status == PLC_OK)
        status = plc_engine_create(r->layout, &settings, &r->engine, error);
    if (status == PLC_OK)
        status = plc_neuron_answers_init(&r->answers, &r->plan, &r->vectors, r->n_streams, error);
    if (status != PLC_OK)
        return status;
    interrupt_catch();
    progress_begin(&r->bar, "ftl");
    double begin = seconds_now();
    status =
        plc_engine_run(r->engine, plc_neurons_ticks(&r->plan, &r->vectors), take_spikes, r, error);
    r->seconds = seconds_now() - begin;
    progress_end(&r->bar);
    return status;
}

/* Compares 64 streams with the netlist. */
static void compare_streams(chip_run *r, uint32_t first, const uint64_t *expected)
{
    uint32_t n_outputs = r->aig->n_outputs;
    for (uint64_t k = 0; k < r->vectors.n; k++)
        for (uint32_t s = first; s < r->n_streams && s < first + 64; s++)
            for (uint32_t o = 0; o < n_outputs; o++) {
                bool wanted = expected[k * n_outputs + o] >> (s - first) & 1;
                bool got = plc_neuron_answers_get(&r->answers, &r->vectors, o, s, k);
                if (wanted == got)
                    continue;
                if (r->mismatches++ == 0)
                    log_line("output %s in clock %llu of stream %u: expected %d, got %d",
                             r->aig->output_names[o], (unsigned long long)k, s, wanted, got);
            }
}

static plc_status compare(chip_run *r, plc_error *error)
{
    uint64_t *expected = plc_array(r->vectors.n * r->aig->n_outputs, sizeof *expected);
    plc_status status = expected ? PLC_OK : plc_fail_memory(error, "answers");
    for (uint32_t first = 0; status == PLC_OK && first < r->n_streams; first += 64) {
        status = plc_vectors_answer(&r->vectors, r->aig, first, expected, error);
        if (status == PLC_OK)
            compare_streams(r, first, expected);
    }
    free(expected);
    return status;
}

/* The outputs of stream 0, a line a clock. */
static plc_status write_answers(const chip_run *r, plc_error *error)
{
    plc_text text = {0};
    if (!r->options->answers)
        return PLC_OK;
    for (uint64_t k = 0; k < r->vectors.n; k++) {
        for (uint32_t o = 0; o < r->aig->n_outputs; o++)
            plc_text_add(&text, "%d", plc_neuron_answers_get(&r->answers, &r->vectors, o, 0, k));
        plc_text_add(&text, "\n");
    }
    plc_status status = text.failed ? plc_fail_memory(error, "answers")
                                    : plc_file_write(r->options->answers, text.data, text.n, error);
    plc_text_finish(&text);
    return status;
}

static void report(const chip_run *r, json_t *result)
{
    plc_engine_stats stats = plc_engine_get_stats(r->engine);
    plc_engine_cost cost;
    double joules = (double)NAN;
    const struct {
        const char *name;
        uint64_t value;
    } numbers[] = {{"vectors_run", r->vectors.n * r->n_streams},
                   {"streams", r->n_streams},
                   {"mismatches", r->mismatches},
                   {"ticks", stats.ticks},
                   {"ticks_per_clock", r->plan.period},
                   {"latency_ticks", r->plan.depth},
                   {"neurons", plc_network_n_neurons(r->network)},
                   {"synapses", plc_network_n_synapses(r->network)},
                   {"relays", r->plan.relays.n},
                   {"spikes", stats.spikes},
                   {"cores", r->layout->n_cores}};
    json_object_set_new(result, "chip", json_text(plc_chip_name(r->layout->chip)));
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        json_object_set_new(result, numbers[i].name, json_integer((json_int_t)numbers[i].value));
    json_object_set_new(result, "spikes_per_tick",
                        json_real((double)stats.spikes / (double)stats.ticks));
    json_object_set_new(result, "digest", json_digest(stats.digest));
    json_object_set_new(result, "run_seconds", json_real(r->seconds));
    if (plc_engine_get_cost(r->engine, &cost)) {
        joules = cost_energy(&cost, r->layout->chip);
        cost_report(&cost, r->layout, r->options->as_json, result);
        json_object_set_new(result, "modelled_seconds", json_real(cost.seconds));
    }
    json_object_set_new(result, "energy_j", json_known(joules));
}

plc_status ftl_run_on_chip(const ftl_run_options *options, const plc_chip *chip, const plc_aig *aig,
                           const plc_cells *cells, json_t *result, bool *ret_differs,
                           plc_error *error)
{
    chip_run r = {.options = options, .aig = aig};
    plc_status status = prepare(&r, chip, cells, error);
    if (status == PLC_OK)
        status = run_network(&r, chip, error);
    if (status == PLC_OK)
        status = compare(&r, error);
    if (status == PLC_OK)
        status = write_answers(&r, error);
    if (status == PLC_OK)
        report(&r, result);
    *ret_differs = r.mismatches > 0;
    run_finish(&r);
    return status;
}
