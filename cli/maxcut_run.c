/* The runs of placode maxcut, and their report. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/maxcut_run.h"

#include "base/digest.h"
#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"

#include <math.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#ifdef _OPENMP
#include <omp.h>
#endif

uint32_t maxcut_processors(const maxcut_options *options)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    return options->threads ? (uint32_t)options->threads
           : processors > 0 ? (uint32_t)processors
                            : 1;
}

uint32_t maxcut_threads(const maxcut_options *options)
{
    uint32_t threads = maxcut_processors(options);
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

double maxcut_processor_time(const maxcut_options *options)
{
    struct timespec now;
    clock_gettime(options->runs > 1 ? CLOCK_THREAD_CPUTIME_ID : CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

bool maxcut_run_is_over(const maxcut_run *run)
{
    return run->reached || interrupted() || seconds_now() > run->deadline || overtaken(run);
}

bool maxcut_run_improves(const maxcut_problem *problem, const maxcut_run *run, int64_t core_cut)
{
    return !run->noted || core_cut + problem->offset > run->best;
}

plc_status maxcut_run_note(const maxcut_options *options, const maxcut_problem *problem,
                           maxcut_run *run, const maxcut_point *best, plc_error *error)
{
    const int64_t cut = best->cut + problem->offset;
    if (!maxcut_run_improves(problem, run, best->cut))
        return PLC_OK;
    run->noted = true;
    run->best = cut;
    const double seconds = seconds_now() - options->begin;
    if (options->target_given && cut >= options->target && !run->reached) {
        run->reached = true;
        run->reached_at = seconds;
    }
    if (!plc_array_reserve(&run->points, &run->points_capacity, run->n_points + 1,
                           sizeof *run->points))
        return plc_fail_memory(error, "the trace");
    run->points[run->n_points] = *best;
    run->points[run->n_points].cut = cut;
    run->points[run->n_points].processor = maxcut_processor_time(options) - run->processor_begin;
    run->points[run->n_points++].seconds = seconds;
    return PLC_OK;
}

void maxcut_add_stats(plc_engine_stats *sum, const plc_engine_stats *stats)
{
    sum->ticks += stats->ticks;
    sum->updates += stats->updates;
    sum->spikes += stats->spikes;
    sum->synaptic_events += stats->synaptic_events;
    sum->digest += stats->digest;
    sum->threads = stats->threads;
}

static plc_status recount(const maxcut_problem *problem, const uint8_t *sides, int64_t cut,
                          plc_error *error)
{
    const int64_t counted = plc_graph_recount(problem->graph, sides);
    if (counted == cut)
        return PLC_OK;
    return plc_fail(error, PLC_DIFFERS,
                    "the solver says cut %lld, the recount %lld: please report this",
                    (long long)cut, (long long)counted);
}

/* The whole graph's state before and after it is made better: by one-flip descent, or as the task
 * says; *ret_cut is the cut then. */
static plc_status descend(const maxcut_task *task, const maxcut_problem *problem,
                          const uint8_t *core_sides, int64_t core_cut, uint8_t *sides,
                          int64_t *ret_cut, plc_error *error)
{
    int64_t gain = 0, annealed = core_cut + problem->offset;
    if (problem->fold)
        plc_fold_sides(problem->fold, core_sides, sides);
    else
        memcpy(sides, core_sides, problem->graph->n);
    plc_status status = recount(problem, sides, annealed, error);
    if (status == PLC_OK && task->improve) {
        status = task->improve(task, sides, error);
        gain = plc_graph_recount(problem->graph, sides) - annealed;
    } else if (status == PLC_OK) {
        status = plc_graph_polish(problem->graph, sides, &gain, error);
    }
    if (status == PLC_OK)
        status = recount(problem, sides, annealed + gain, error);
    *ret_cut = annealed + gain;
    return status;
}

plc_status maxcut_take_answer(const maxcut_options *options, const maxcut_problem *problem,
                              const uint8_t *core_sides, const maxcut_point *end, maxcut_run *run,
                              plc_error *error)
{
    const maxcut_task *task = options->task;
    int64_t cut;
    uint8_t *sides = plc_array(problem->graph->n, 1);
    if (!sides)
        return plc_fail_memory(error, "sides");
    plc_status status = descend(task, problem, core_sides, end->cut, sides, &cut, error);
    double value = (double)cut;
    if (status == PLC_OK && task->value)
        status = task->value(task, sides, cut, &value, error);
    if (status == PLC_OK && run->top.limit)
        status = plc_solutions_add(&run->top, sides, cut, 1, run->index, error);
    if (status == PLC_OK) {
        maxcut_point descended = *end;
        descended.cut = cut - problem->offset;
        status = maxcut_run_note(options, problem, run, &descended, error);
    }
    const int64_t annealed = end->cut + problem->offset;
    run->annealed = run->done && run->annealed > annealed ? run->annealed : annealed;
    if (status == PLC_OK && (!run->done || cut > run->cut)) {
        free(run->sides);
        run->sides = sides;
        run->cut = cut;
        run->value = value;
        run->done = true;
    } else {
        free(sides);
    }
    return status;
}

static void forget_sides(maxcut_run *run)
{
    free(run->sides);
    run->sides = NULL;
}

/* Adds up the runs that count: those that began, up to the first that reached the target. */
static void add_up(const maxcut_options *options, maxcut_run *runs, maxcut_result *result)
{
    maxcut_run *best = NULL;
    double sum = 0, values = 0;
    result->list = json_array();
    result->time_to_target = (double)NAN;
    for (uint64_t r = 0; r < options->runs && runs[r].done; r++) {
        maxcut_run *run = &runs[r];
        result->runs++;
        json_array_append_new(result->list,
                              json_pack("{s:I, s:I, s:o}", "seed", (json_int_t)run->seed, "cut",
                                        (json_int_t)run->cut, "digest",
                                        json_digest(run->stats.digest)));
        if (options->task->value)
            json_object_set_new(json_array_get(result->list, r), "value", json_real(run->value));
        sum += (double)run->cut;
        values += run->value;
        if (!best || run->cut > best->cut)
            best = run;
        maxcut_add_stats(&result->stats, &run->stats);
        result->anneals += run->anneals;
        result->energy += run->energy;
        result->modelled += run->modelled;
        if (run->reached && !(result->time_to_target <= run->reached_at))
            result->time_to_target = run->reached_at;
        if (run->reached && !options->tts)
            break;
    }
    if (best) {
        result->cut = best->cut;
        result->annealed = best->annealed;
        result->mean_cut = sum / (double)result->runs;
        result->value = best->value;
        result->mean_value = values / (double)result->runs;
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
        forget_sides(run);
        return best;
    }
    return !best || run->cut >= best->cut ? run : best;
}

uint64_t maxcut_seed(uint64_t seed, uint64_t i)
{
    return i ? plc_digest_word(seed, i) >> 11 : seed;
}

/* When a run that begins now has to end: the runs that are left share the time that is left. */
static double deadline_of(const maxcut_options *options, uint64_t run)
{
    if (!options->time_given)
        return HUGE_VAL;
    const double end = options->begin + options->time, now = seconds_now();
    if (!options->fills_time)
        return end;
    const double waves = ceil((double)(options->runs - run) / (double)maxcut_threads(options));
    return now + fmax(end - now, 0) / waves;
}

/* Forgets the improvements that nobody will ask for. */
static void prune_points(const maxcut_options *options, maxcut_run *run)
{
    const int64_t least = maxcut_least_of_interest(options, run);
    size_t n = 0;
    while (n < run->n_points && run->points[n].cut < least)
        n++;
    run->n_points -= n;
    memmove(run->points, run->points + n, run->n_points * sizeof *run->points);
}

static plc_status run_one(const maxcut_options *options, const maxcut_problem *problem,
                          maxcut_run *run, progress *bar, plc_error *error)
{
    run->begin = seconds_now() - options->begin;
    run->processor_begin = maxcut_processor_time(options);
    plc_status status = options->method == METHOD_PT
                            ? maxcut_temper(options, problem, run, bar, error)
                            : maxcut_anneal(options, problem, run, bar, error);
    run->seconds = seconds_now() - options->begin - run->begin;
    run->processor = maxcut_processor_time(options) - run->processor_begin;
    run->cut_short =
        !run->reached && (interrupted() || (!options->fills_time && seconds_now() > run->deadline));
    if (run->n_points && !options->trace)
        prune_points(options, run);
    return status;
}

static void init_run(const maxcut_options *options, const maxcut_problem *problem, uint64_t index,
                     const uint64_t *first_reached, maxcut_run *run)
{
    run->seed = maxcut_seed(options->seed, index);
    run->index = index;
    run->first_reached = options->tts ? NULL : first_reached;
    run->deadline = deadline_of(options, index);
    run->top.n_vertices = problem->graph->n;
    run->top.limit = options->top;
}

/* Takes over the solutions of runs that have ended, in the order of runs, up to the last that
 * counts; `*next` is the run to go on with. */
static plc_status gather_top(const maxcut_options *options, maxcut_run *runs, uint64_t *next,
                             plc_solutions *top, plc_error *error)
{
    plc_status status = PLC_OK;
    while (status == PLC_OK && *next < options->runs && runs[*next].ended) {
        maxcut_run *run = &runs[(*next)++];
        status = plc_solutions_merge(top, &run->top, error);
        plc_solutions_finish(&run->top);
        if (!run->done || (run->reached && !options->tts))
            *next = UINT64_MAX;
    }
    return status;
}

static bool out_of_time(const maxcut_options *options)
{
    return options->time_given && seconds_now() > options->begin + options->time;
}

/* The improvements of all runs as CSV. */
static plc_status write_trace(const maxcut_options *options, const maxcut_run *runs,
                              plc_error *error)
{
    char *text = NULL;
    size_t length = 0;
    FILE *file = open_memstream(&text, &length);
    if (!file)
        return plc_fail_memory(error, "the trace");
    const maxcut_task *task = options->task;
    fprintf(file, "run,seconds,ticks,joules,%s\n", task->value_name);
    for (uint64_t r = 0; r < options->runs; r++)
        for (size_t i = 0; i < runs[r].n_points; i++) {
            const maxcut_point *p = &runs[r].points[i];
            fprintf(file, "%llu,%.6f,%llu,", (unsigned long long)r, p->seconds,
                    (unsigned long long)p->ticks);
            if (!isnan(p->energy))
                fprintf(file, "%.6g", p->energy);
            if (task->value)
                fprintf(file, ",%.15g\n", task->base + task->step * (double)p->cut);
            else
                fprintf(file, ",%lld\n", (long long)p->cut);
        }
    plc_status status = fclose(file) ? plc_fail_memory(error, "the trace")
                                     : plc_file_write(options->trace, text, length, error);
    free(text);
    return status;
}

plc_status maxcut_run_all(const maxcut_options *options, const maxcut_problem *problem,
                          maxcut_result *ret_result, plc_error *error)
{
    maxcut_run *runs = plc_array(options->runs, sizeof *runs);
    plc_status status = runs ? PLC_OK : plc_fail_memory(error, "runs");
    uint64_t first_reached = UINT64_MAX;
    uint64_t next = 0; /* run whose solutions are gathered next */
    maxcut_run *best = NULL;
    progress bar;
    if (status != PLC_OK)
        return status;
    ret_result->top = (plc_solutions){.n_vertices = problem->graph->n, .limit = options->top};
    progress_begin(&bar, options->task->name);
    double begin = seconds_now();
#pragma omp parallel for schedule(dynamic, 1) num_threads(maxcut_threads(options))
    for (uint64_t r = 0; r < options->runs; r++) {
        plc_error inner = {0};
        plc_status one = PLC_OK;
        init_run(options, problem, r, &first_reached, &runs[r]);
        /* The first run always begins, so that there is an answer; later ones only while there is
         * time. */
        if (r == 0 || (!overtaken(&runs[r]) && !interrupted() && !out_of_time(options)))
            one = run_one(options, problem, &runs[r], options->runs == 1 ? &bar : NULL, &inner);
#pragma omp critical
        {
            best = keep_best(best, &runs[r]);
            runs[r].ended = true;
            if (one == PLC_OK)
                one = gather_top(options, runs, &next, &ret_result->top, &inner);
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
    if (status == PLC_OK && options->trace)
        status = write_trace(options, runs, error);
    if (status == PLC_OK) {
        add_up(options, runs, ret_result);
        ret_result->seconds = seconds;
        status = maxcut_measure(options, runs, ret_result->runs, ret_result, error);
    }
    for (uint64_t r = 0; r < options->runs; r++) {
        forget_sides(&runs[r]);
        plc_solutions_finish(&runs[r].top);
        free(runs[r].points);
    }
    free(runs);
    return status;
}

static json_t *name_schedule(const plc_maxcut_settings *settings)
{
    if (settings->schedule == PLC_BLOCK)
        return json_sprintf("block:%u", settings->blocks);
    return json_string(settings->schedule == PLC_ASYNC ? "async" : "colour");
}

/* The best solutions, without their sides. */
static json_t *list_top(const plc_solutions *top)
{
    json_t *list = json_array();
    for (size_t i = 0; i < top->n; i++) {
        const plc_solution *s = &top->list[i];
        json_array_append_new(list, json_pack("{s:I, s:I, s:I}", "cut", (json_int_t)s->cut, "count",
                                              (json_int_t)s->count, "run", (json_int_t)s->run));
    }
    return list;
}

void maxcut_finish_result(maxcut_result *result)
{
    free(result->sides);
    plc_solutions_finish(&result->top);
    json_decref(result->list);
    json_decref(result->statistics);
    json_decref(result->to_quality);
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
    json_object_set_new(json, "core_n", json_integer(problem->core->n - problem->core->pinned));
    json_object_set_new(json, "core_m", json_integer((json_int_t)problem->core->m));
    json_object_set_new(json, "best_known", entry ? json_integer(entry->best_known) : json_null());
    json_object_set_new(json, "cut", json_integer(result->cut));
    json_object_set_new(json, "annealed_cut", json_integer(result->annealed));
    json_object_set_new(json, "mean_cut", json_real(result->mean_cut));
    json_object_set_new(json, "ratio",
                        entry ? json_real((double)result->cut / (double)entry->best_known)
                              : json_null());
    if (options->bounded)
        maxcut_report_bound(problem, result, json);
    json_object_set_new(json, "runs", json_integer((json_int_t)result->runs));
    json_object_set_new(json, "method", json_string(maxcut_method_name(options->method)));
    json_object_set_new(json, "anneals", json_integer((json_int_t)result->anneals));
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
    if (!options->task->value) { /* they are of cuts */
        json_object_set(json, "statistics", result->statistics);
        json_object_set(json, "to_quality", result->to_quality);
    }
    if (options->top)
        json_object_set_new(json, "top", list_top(&result->top));
    json_object_set_new(json, "energy_j", json_known(result->energy));
    json_object_set_new(json, "modelled_seconds", json_known(result->modelled));
    return json;
}
