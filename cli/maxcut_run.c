/* The runs of placode maxcut, and their report. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/maxcut.h"

#include "base/digest.h"
#include "base/error.h"
#include "base/memory.h"
#include "cli/cost.h"

#include <math.h>
#include <unistd.h>

#ifdef _OPENMP
#include <omp.h>
#endif

/* What the sink of a run works with. */
typedef struct follower {
    const maxcut_options *options;
    plc_cut_tracker *tracker;
    maxcut_run *run;
    progress *bar;
    uint64_t ticks;
    plc_error *error;
} follower;

uint32_t maxcut_threads(const maxcut_options *options)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    uint64_t threads = options->threads ? options->threads
                       : processors > 0 ? (uint64_t)processors
                                        : 1;
    return (uint32_t)(threads < options->runs ? threads : options->runs);
}

/* A run before this one reached the target, so this one no longer counts. */
static bool overtaken(const maxcut_run *run)
{
    uint64_t first = UINT64_MAX;
    if (run->first_reached) {
#pragma omp atomic read
        first = *run->first_reached;
    }
    return first < run->index;
}

static bool out_of_time(const maxcut_options *options)
{
    return options->time_given && seconds_now() - options->begin > options->time;
}

static plc_status take_spikes(void *context, const plc_spike *spikes, size_t n, uint64_t ticks_done)
{
    follower *f = context;
    plc_status status = plc_cut_tracker_take(f->tracker, spikes, n, f->error);
    if (status != PLC_OK)
        return status;
    if (f->bar)
        progress_show(f->bar, (double)ticks_done / (double)f->ticks);
    if (f->options->target_given && plc_cut_tracker_best(f->tracker) >= f->options->target) {
        f->run->reached = true;
        f->run->reached_at = seconds_now() - f->options->begin;
        return PLC_STOPPED;
    }
    return interrupted() || out_of_time(f->options) || overtaken(f->run) ? PLC_STOPPED : PLC_OK;
}

/* Takes the best state from the tracker and counts its cut again from the edges alone. */
static plc_status take_answer(const maxcut_problem *problem, const plc_cut_tracker *tracker,
                              maxcut_run *run, plc_error *error)
{
    if (!(run->sides = plc_array(problem->graph->n, 1)))
        return plc_fail_memory(error, "sides");
    plc_cut_tracker_sides(tracker, run->sides);
    run->cut = plc_cut_tracker_best(tracker);
    int64_t recount = plc_graph_recount(problem->graph, run->sides);
    if (recount != run->cut)
        return plc_fail(error, PLC_DIFFERS,
                        "the solver says cut %lld, the recount %lld: please report this",
                        (long long)run->cut, (long long)recount);
    run->done = true;
    return PLC_OK;
}

plc_status maxcut_run_one(const maxcut_options *options, const maxcut_problem *problem,
                          maxcut_run *run, progress *bar, plc_error *error)
{
    plc_engine *engine = NULL;
    plc_engine_settings settings = {.kind = options->engine,
                                    .seed = run->seed,
                                    .threads = options->runs == 1 ? (uint32_t)options->threads : 1};
    follower f = {.options = options,
                  .run = run,
                  .bar = bar,
                  .ticks = plc_maxcut_ticks(problem->maxcut),
                  .error = error};
    plc_status status = plc_engine_create(problem->layout, &settings, &engine, error);
    if (status == PLC_OK)
        status = plc_cut_tracker_create(problem->maxcut, &f.tracker, error);
    if (status == PLC_OK)
        status = plc_engine_run(engine, f.ticks, take_spikes, &f, error);
    if (status == PLC_OK || status == PLC_STOPPED) {
        plc_engine_cost cost;
        bool known = plc_engine_get_cost(engine, &cost);
        run->stats = plc_engine_get_stats(engine);
        run->energy = known ? cost_energy(&cost, problem->chip) : (double)NAN;
        run->modelled = known ? cost.seconds : (double)NAN;
        status = take_answer(problem, f.tracker, run, error);
    }
    plc_cut_tracker_destroy(f.tracker);
    plc_engine_destroy(engine);
    return status;
}

void maxcut_run_finish(maxcut_run *run)
{
    free(run->sides);
    run->sides = NULL;
}

/* Adds up the runs that count: those that began, up to the first that reached the target. */
static void add_up(const maxcut_options *options, maxcut_run *runs, maxcut_result *result)
{
    maxcut_run *best = NULL;
    double sum = 0;
    result->list = json_array();
    result->time_to_target = (double)NAN;
    for (uint64_t r = 0; r < options->runs && runs[r].done; r++) {
        maxcut_run *run = &runs[r];
        result->runs++;
        json_array_append_new(result->list,
                              json_pack("{s:I, s:I, s:o}", "seed", (json_int_t)run->seed, "cut",
                                        (json_int_t)run->cut, "digest",
                                        json_digest(run->stats.digest)));
        sum += (double)run->cut;
        if (!best || run->cut > best->cut)
            best = run;
        result->stats.ticks += run->stats.ticks;
        result->stats.updates += run->stats.updates;
        result->stats.spikes += run->stats.spikes;
        result->stats.synaptic_events += run->stats.synaptic_events;
        result->stats.digest += run->stats.digest;
        result->energy += run->energy;
        result->modelled += run->modelled;
        if (run->reached) {
            result->time_to_target = run->reached_at;
            break;
        }
    }
    if (best) {
        result->cut = best->cut;
        result->mean_cut = sum / (double)result->runs;
        result->sides = best->sides;
        best->sides = NULL;
    }
}

/* Of the best run so far and another that has ended, the better one, or the earlier. The state of a
 * run that an earlier one equals will not be asked for: whenever the later counts, so does the
 * earlier. */
static maxcut_run *keep_best(maxcut_run *best, maxcut_run *run)
{
    if (!run->done)
        return best;
    if (best && best->index < run->index && best->cut >= run->cut) {
        maxcut_run_finish(run);
        return best;
    }
    return !best || run->cut >= best->cut ? run : best;
}

/* The first run has the call's seed, so that it can be repeated alone; the others have mixed ones,
 * so that calls with neighbouring seeds share no run. All are below 2^53 and can be given to
 * --seed. */
static uint64_t seed_of(uint64_t seed, uint64_t run)
{
    return run ? plc_digest_word(seed, run) >> 11 : seed;
}

plc_status maxcut_run_all(const maxcut_options *options, const maxcut_problem *problem,
                          maxcut_result *ret_result, plc_error *error)
{
    maxcut_run *runs = plc_array(options->runs, sizeof *runs);
    plc_status status = runs ? PLC_OK : plc_fail_memory(error, "runs");
    uint64_t first_reached = UINT64_MAX;
    maxcut_run *best = NULL;
    progress bar;
    if (status != PLC_OK)
        return status;
    progress_begin(&bar, "maxcut");
    double begin = seconds_now();
#pragma omp parallel for schedule(dynamic, 1) num_threads(maxcut_threads(options))
    for (uint64_t r = 0; r < options->runs; r++) {
        plc_error inner = {0};
        plc_status one = PLC_OK;
        runs[r].seed = seed_of(options->seed, r);
        runs[r].index = r;
        runs[r].first_reached = &first_reached;
        /* The first run always begins, so that there is an answer; later ones only while there is
         * time. */
        if (r == 0 || (!overtaken(&runs[r]) && !interrupted() && !out_of_time(options)))
            one = maxcut_run_one(options, problem, &runs[r], options->runs == 1 ? &bar : NULL,
                                 &inner);
#pragma omp critical
        {
            best = keep_best(best, &runs[r]);
            if (one != PLC_OK && status == PLC_OK) {
                status = one;
                if (error)
                    *error = inner;
            }
            if (runs[r].reached && r < first_reached) {
#pragma omp atomic write
                first_reached = r;
            }
            if (options->runs > 1)
                progress_show(&bar, (double)(r + 1) / (double)options->runs);
        }
    }
    double seconds = seconds_now() - begin;
    progress_end(&bar);
    if (status == PLC_OK) {
        add_up(options, runs, ret_result);
        ret_result->seconds = seconds;
    }
    for (uint64_t r = 0; r < options->runs; r++)
        maxcut_run_finish(&runs[r]);
    free(runs);
    return status;
}

static json_t *name_schedule(const plc_maxcut_settings *settings)
{
    if (settings->schedule == PLC_BLOCK)
        return json_sprintf("block:%u", settings->blocks);
    return json_string(settings->schedule == PLC_ASYNC ? "async" : "colour");
}

json_t *maxcut_report(const maxcut_options *options, const maxcut_problem *problem,
                      const maxcut_result *result)
{
    const plc_graph *graph = problem->graph;
    const plc_gset_entry *entry = options->entry;
    const plc_engine_stats *stats = &result->stats;
    json_t *json = json_object();
    json_object_set_new(json, "graph", json_text(options->graph_name));
    json_object_set_new(json, "n", json_integer(graph->n));
    json_object_set_new(json, "m", json_integer((json_int_t)graph->m));
    json_object_set_new(json, "best_known", entry ? json_integer(entry->best_known) : json_null());
    json_object_set_new(json, "cut", json_integer(result->cut));
    json_object_set_new(json, "mean_cut", json_real(result->mean_cut));
    json_object_set_new(json, "ratio",
                        entry ? json_real((double)result->cut / (double)entry->best_known)
                              : json_null());
    json_object_set_new(json, "runs", json_integer((json_int_t)result->runs));
    json_object_set_new(json, "schedule", name_schedule(&options->settings));
    json_object_set_new(json, "updates", json_integer((json_int_t)stats->updates));
    json_object_set_new(json, "updates_per_s",
                        json_real((double)stats->updates / fmax(result->seconds, 1e-9)));
    json_object_set_new(json, "ticks", json_integer((json_int_t)stats->ticks));
    json_object_set_new(json, "spikes", json_integer((json_int_t)stats->spikes));
    json_object_set_new(json, "synaptic_events", json_integer((json_int_t)stats->synaptic_events));
    json_object_set_new(json, "seconds", json_real(result->seconds));
    json_object_set_new(json, "time_to_target", json_known(result->time_to_target));
    json_object_set_new(json, "digest", json_digest(stats->digest));
    json_object_set_new(json, "chip", json_text(plc_chip_name(problem->chip)));
    json_object_set_new(json, "cores", json_integer(plc_layout_n_cores(problem->layout)));
    json_object_set(json, "run_list", result->list);
    json_object_set_new(json, "energy_j", json_known(result->energy));
    json_object_set_new(json, "modelled_seconds", json_known(result->modelled));
    return json;
}
