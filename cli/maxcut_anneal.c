/* One run of placode maxcut: its anneals, their lengths, and the answer. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/memory.h"
#include "cli/cost.h"
#include "cli/maxcut_run.h"

#include <math.h>

/* The sweeps of the first of several anneals; and in METHOD_RESTART, by how much the next is
 * longer, and when all that is left goes into a last one, so that it gets most of a run whose end
 * is known. */
static const double FIRST_SWEEPS = 256;
static const double GROWTH = 2;
static const double LAST = 5;           /* lengths of the next */
static const double WORTHWHILE = 0.125; /* least length of a next, of the one before */

/* Trial anneals show how the time of an anneal by the clock passes: the part of it that the last of
 * them should have at least, and the part that it is given. */
static const double TRIAL_LEAST = 0.005, TRIAL = 0.02;

/* The part of its time that an anneal by the clock takes; the rest is for the answer. */
static const double CLOCK = 0.98;

/* Sweeps of an anneal beyond which several find more than one does: anneals of G35 with 5e4,
 * 1.25e5, 2.5e5 and 5e5 sweeps come to 7669, 7673, 7677 and 7679, give or take 4. Small graphs want
 * shorter ones, and more of them. */
static const double MOST_SWEEPS = 2.5e5, MOST_SWEEPS_RESTARTED = 1.25e5;

plc_status maxcut_settings(const maxcut_options *options, const plc_graph *core, uint64_t updates,
                           plc_maxcut_settings *ret_settings, plc_error *error)
{
    *ret_settings = options->settings;
    ret_settings->updates = updates;
    if (options->method == METHOD_NEUROSA)
        return PLC_OK;
    return options->task->tune(core, ret_settings, error);
}

uint64_t maxcut_first_updates(const maxcut_options *options, const plc_graph *core)
{
    const double first = FIRST_SWEEPS * core->n, all = (double)options->settings.updates;
    if (!core->m) /* all was folded: there is nothing to find */
        return core->n;
    if (options->fills_time || (options->method == METHOD_RESTART && first < all))
        return (uint64_t)first;
    return options->settings.updates;
}

static double most_updates(const maxcut_options *options, const plc_graph *core)
{
    return core->n * (options->method == METHOD_RESTART ? MOST_SWEEPS_RESTARTED : MOST_SWEEPS);
}

/* The updates of the next anneal, 0: none; UINT64_MAX: as many as there is time for. The last one
 * made `last` updates in `seconds`. */
static uint64_t next_updates(const maxcut_options *options, const plc_graph *core,
                             const maxcut_run *run, uint64_t last, double seconds)
{
    const bool restarts = options->method == METHOD_RESTART;
    double next = fmin(GROWTH * (double)last, most_updates(options, core));
    if (last == UINT64_MAX || (!options->fills_time && !restarts))
        return 0;
    if (options->fills_time) {
        const double lengths = (run->deadline - seconds_now()) / fmax(seconds, 1e-9);
        if (!restarts)
            next = TRIAL * lengths * (double)last;
        return lengths < (restarts ? LAST * GROWTH : 1 / TRIAL_LEAST) ? UINT64_MAX : (uint64_t)next;
    }
    const double left = (double)options->settings.updates - (double)run->stats.updates;
    const double updates = left < LAST * next ? left : next;
    return updates < 1 || updates < WORTHWHILE * (double)last ? 0 : (uint64_t)updates;
}

plc_annealing maxcut_annealing_at(double temperature, double eta)
{
    return (plc_annealing){.a = temperature * log(2), .c = 1, .delta = 0, .eta = eta};
}

/* How the work of an anneal by the ticks went on: hot ticks have more spikes. In counts and not in
 * time, which on a machine that others use too says little about so short an anneal. */
enum { PACES = 16 };
typedef struct anneal_pace {
    double updates, seconds; /* [s] of the anneal */
    double work[PACES + 1];  /* done after i / PACES of them; 0: not noted */
} anneal_pace;

/* Work in the time of one update; the factors are measured on G22 and G81. */
static double work_of(const plc_engine_stats *stats)
{
    return (double)stats->updates + 10 * (double)stats->spikes + 2 * (double)stats->synaptic_events;
}

/* Notes the work that a part of the updates took. */
static void note_pace(anneal_pace *pace, double part, double work)
{
    const int i = (int)(part * PACES);
    if (i > 0 && i <= PACES && pace->work[i] <= 0)
        pace->work[i] = work;
}

/* Puts what was not noted on lines between what was; the end is. */
static void complete_pace(anneal_pace *pace, double updates, double seconds)
{
    int from = 0;
    pace->updates = updates;
    pace->seconds = seconds;
    for (int i = 1; i <= PACES; i++) {
        if (pace->work[i] <= 0)
            continue;
        for (int k = from + 1; k < i; k++)
            pace->work[k] =
                pace->work[from] + (pace->work[i] - pace->work[from]) * (k - from) / (i - from);
        from = i;
    }
}

/* The work that is left when a part is done. */
static double work_left(const anneal_pace *pace, double done)
{
    const int i = done < 1 ? (int)(done * PACES) : PACES - 1;
    const double within = fmin(done * PACES - i, 1);
    return pace->work[PACES] - pace->work[i] - within * (pace->work[i + 1] - pace->work[i]);
}

/* An anneal that ends cold when its time does, however fast the machine turns out to be. A zeroed
 * one does not run. */
typedef struct anneal_clock {
    double end;            /* [s] */
    double now;            /* [s] at the last look, */
    double updates, total; /* and the updates and the work done until then */
    double done;           /* part of the schedule */
    double seconds, work;  /* [s] spent lately, and the work done */
} anneal_clock;

/* How fast looks fade from `seconds` and `work`: after some thousand, or half a second. */
static const double FADE = 0.9995;

/* Moves on by the updates made since the last look, in proportion to those that there is time for
 * at the speed of late. */
static void clock_look(anneal_clock *clock, const anneal_pace *pace, double now,
                       const plc_engine_stats *stats)
{
    const double made = ((double)stats->updates - clock->updates) / pace->updates;
    clock->seconds = FADE * clock->seconds + now - clock->now;
    clock->work = FADE * clock->work + work_of(stats) - clock->total;
    clock->now = now;
    clock->updates = (double)stats->updates;
    clock->total = work_of(stats);
    const double affordable = (clock->end - now) * clock->work / fmax(clock->seconds, 1e-9);
    clock->done += made * work_left(pace, clock->done) / fmax(affordable, 1);
}

/* The annealing of a schedule when a part of it is done. */
static plc_annealing annealing_after(const plc_maxcut_settings *s, double done)
{
    const double end = s->delta > 0 ? s->delta * (double)s->updates : 2e-3 * 1e8;
    const double t = 1 + end * fmin(done, 1);
    return maxcut_annealing_at(s->a / (s->c * log1p(t / s->c)), s->eta);
}

/* What the sink of an anneal works with. */
typedef struct follower {
    const maxcut_options *options;
    const maxcut_problem *problem;
    plc_engine *engine;
    plc_cut_tracker *tracker;
    maxcut_run *run;
    progress *bar;
    uint64_t ticks;        /* of the anneal */
    uint64_t ticks_before; /* of the run, in earlier anneals */
    double seconds;        /* [s] that the last anneal took */
    anneal_pace pace;      /* of the last anneal by the ticks */
    anneal_clock clock;    /* of an anneal by the clock */
    uint32_t n_clocked;    /* anneals by the clock that are to come, once it has been decided */
    plc_maxcut_settings settings;
    uint8_t *sides; /* [core n] best state of an anneal */
    plc_error *error;
} follower;

/* Where a run stands, with a cut of the core and the ticks that it took. */
static maxcut_point point_at(const follower *f, int64_t cut, uint64_t ticks)
{
    plc_engine_cost cost;
    const bool known = plc_engine_get_cost(f->engine, &cost);
    return (maxcut_point){.ticks = ticks,
                          .energy = known ? cost_energy(&cost, f->problem->chip) : (double)NAN,
                          .modelled = known ? cost.seconds : (double)NAN,
                          .cut = cut};
}

/* Goes on with an anneal: by the ticks, noting its pace; or by the clock. PLC_STOPPED when its time
 * is over. */
static plc_status go_on(follower *f, uint64_t ticks_done)
{
    const double now = seconds_now();
    const plc_engine_stats stats = plc_engine_get_stats(f->engine);
    double part = (double)ticks_done / (double)f->ticks;
    plc_status status = PLC_OK;
    if (f->clock.end > 0) {
        clock_look(&f->clock, &f->pace, now, &stats);
        part = f->clock.done;
        if (part >= 1 || now >= f->clock.end)
            return PLC_STOPPED;
        const plc_annealing annealing = annealing_after(&f->settings, part);
        status = plc_engine_anneal(f->engine, &annealing, f->error);
    } else {
        note_pace(&f->pace, part, work_of(&stats));
    }
    if (f->bar)
        progress_show(f->bar, part);
    return status;
}

static plc_status take_spikes(void *context, const plc_spike *spikes, size_t n, uint64_t ticks_done)
{
    follower *f = context;
    plc_status status =
        plc_cut_tracker_take(f->tracker, spikes, plc_engine_get_gains(f->engine), n, f->error);
    if (status != PLC_OK)
        return status;
    const int64_t cut = plc_cut_tracker_best(f->tracker);
    if (maxcut_run_improves(f->problem, f->run, cut)) {
        const maxcut_point best =
            point_at(f, cut, f->ticks_before + plc_cut_tracker_best_tick(f->tracker));
        status = maxcut_run_note(f->options, f->problem, f->run, &best, f->error);
    }
    if (status == PLC_OK && maxcut_run_is_over(f->run))
        status = PLC_STOPPED;
    return status == PLC_OK ? go_on(f, ticks_done) : status;
}

/* Adds an anneal to its run, with what descent makes of its best state. */
static plc_status add_anneal(follower *f, plc_error *error)
{
    const plc_engine_stats stats = plc_engine_get_stats(f->engine);
    maxcut_run *run = f->run;
    maxcut_add_stats(&run->stats, &stats);
    run->anneals++;
    f->ticks_before += stats.ticks;
    const plc_status status = plc_cut_tracker_check(f->tracker, error);
    if (status != PLC_OK)
        return status;
    plc_cut_tracker_sides(f->tracker, f->sides);
    const maxcut_point end = point_at(f, plc_cut_tracker_best(f->tracker), f->ticks_before);
    return maxcut_take_answer(f->options, f->problem, f->sides, &end, run, error);
}

/* Runs one anneal. Where time is modelled, in spans of about a sweep, so that an improvement is
 * known to that. */
static plc_status run_anneal(follower *f, plc_error *error)
{
    plc_engine_cost cost;
    plc_annealing unused;
    plc_maxcut_settings sweep = f->options->settings;
    uint64_t span = f->ticks;
    sweep.updates = f->problem->core->n;
    if (plc_engine_get_cost(f->engine, &cost))
        plc_maxcut_plan(f->problem->maxcut, &sweep, &span, &unused);
    plc_status status = PLC_OK;
    for (uint64_t left = f->ticks; status == PLC_OK && left;) {
        const uint64_t now = left < span ? left : span;
        status = plc_engine_run(f->engine, now, take_spikes, f, error);
        left -= now;
    }
    return status;
}

/* Winds the clock for an anneal that shares the time that is left with those that follow it. */
static void start_clock(follower *f)
{
    const double now = seconds_now(), left = CLOCK * (f->run->deadline - now);
    if (!f->n_clocked) {
        complete_pace(&f->pace, (double)plc_engine_get_stats(f->engine).updates, f->seconds);
        const double updates = left / fmax(f->seconds, 1e-9) * f->pace.updates;
        const double n = round(updates / most_updates(f->options, f->problem->core));
        f->n_clocked = (uint32_t)fmin(fmax(n, 1), 1e6);
    }
    f->clock = (anneal_clock){.end = now + left / f->n_clocked,
                              .now = now,
                              .seconds = f->pace.seconds,
                              .work = f->pace.work[PACES]};
}

/* Gets the engine ready for another anneal of the run. */
static plc_status start_again(follower *f, uint64_t updates, plc_error *error)
{
    plc_annealing annealing;
    const bool by_clock = updates == UINT64_MAX;
    plc_status status =
        maxcut_settings(f->options, f->problem->core,
                        by_clock ? f->options->settings.updates : updates, &f->settings, error);
    if (status != PLC_OK)
        return status;
    plc_maxcut_plan(f->problem->maxcut, &f->settings, &f->ticks, &annealing);
    if (by_clock) {
        start_clock(f);
        f->ticks = UINT64_MAX;
        annealing = annealing_after(&f->settings, 0);
    } else {
        f->pace = (anneal_pace){0};
    }
    plc_cut_tracker_reset(f->tracker);
    return plc_engine_restart(f->engine, f->problem->layout,
                              maxcut_seed(f->run->seed, f->run->anneals), &annealing, error);
}

/* Anneals as long as there is something left. */
static plc_status anneal_all(follower *f, plc_error *error)
{
    uint64_t updates = maxcut_first_updates(f->options, f->problem->core);
    plc_status status = PLC_OK;
    while (status == PLC_OK && updates) {
        const double begin = seconds_now();
        status = run_anneal(f, error);
        if (status != PLC_OK && status != PLC_STOPPED)
            return status;
        const bool clocked = f->n_clocked > 0, stopped = status == PLC_STOPPED;
        status = add_anneal(f, error);
        if (status != PLC_OK || (stopped && !clocked) || maxcut_run_is_over(f->run) ||
            !f->problem->core->m || (clocked && !--f->n_clocked))
            return status;
        f->seconds = seconds_now() - begin;
        if (!clocked)
            updates = next_updates(f->options, f->problem->core, f->run, updates, f->seconds);
        if (updates)
            status = start_again(f, updates, error);
    }
    return status;
}

plc_status maxcut_anneal(const maxcut_options *options, const maxcut_problem *problem,
                         maxcut_run *run, progress *bar, plc_error *error)
{
    const plc_engine_settings settings = {.kind = options->engine,
                                          .rtl_tiles = options->rtl_tiles,
                                          .seed = run->seed,
                                          .threads =
                                              options->runs == 1 ? (uint32_t)options->threads : 1};
    follower f = {.options = options,
                  .problem = problem,
                  .run = run,
                  .bar = bar,
                  .ticks = plc_maxcut_ticks(problem->maxcut),
                  .error = error};
    plc_status status = PLC_OK;
    if (!(f.sides = plc_array(problem->core->n, 1)))
        status = plc_fail_memory(error, "sides");
    if (status == PLC_OK)
        status = plc_engine_create(problem->layout, &settings, &f.engine, error);
    if (status == PLC_OK)
        status = plc_cut_tracker_create(problem->maxcut, &f.tracker, error);
    if (status == PLC_OK)
        status = anneal_all(&f, error);
    if (status == PLC_OK) {
        const maxcut_point end = point_at(&f, 0, f.ticks_before);
        run->ticks = end.ticks;
        run->energy = end.energy;
        run->modelled = end.modelled;
    }
    plc_cut_tracker_destroy(f.tracker);
    plc_engine_destroy(f.engine);
    free(f.sides);
    return status;
}
