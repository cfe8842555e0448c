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

plc_status maxcut_settings(const maxcut_options *options, const plc_graph *core, uint64_t updates,
                           plc_maxcut_settings *ret_settings, plc_error *error)
{
    *ret_settings = options->settings;
    ret_settings->updates = updates;
    if (options->method == METHOD_NEUROSA)
        return PLC_OK;
    return plc_maxcut_tune(core, ret_settings, error);
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

/* The updates of the next anneal, 0: none; UINT64_MAX: as many as there is time for. The last one
 * made `last` updates in `seconds`. */
static uint64_t next_updates(const maxcut_options *options, const maxcut_run *run, uint64_t last,
                             double seconds)
{
    const bool restarts = options->method == METHOD_RESTART;
    double next = GROWTH * (double)last;
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

/* How far an anneal was after each part of its time: hot ticks have more spikes and take longer. */
enum { PACES = 64 };
typedef struct anneal_pace {
    double seconds[PACES + 1]; /* [s] until i / PACES of the ticks were done; 0: not noted */
} anneal_pace;

/* Notes that a part of the ticks is done. */
static void note_pace(anneal_pace *p, double part, double seconds)
{
    const int i = (int)(part * PACES);
    p->seconds[i > PACES ? PACES : i] = seconds;
}

/* The part of the ticks that is done after a part of the time. */
static double part_done(const anneal_pace *p, double passed)
{
    double before = 0, after = 0;
    int from = 0, to = 0;
    for (int i = 1; i <= PACES && after <= passed * p->seconds[PACES]; i++) {
        if (p->seconds[i] <= after)
            continue;
        before = after;
        from = to;
        after = p->seconds[i];
        to = i;
    }
    const double between =
        after > before ? (passed * p->seconds[PACES] - before) / (after - before) : 1;
    return fmin(from + fmin(between, 1) * (to - from), PACES) / PACES;
}

/* An anneal that follows the time instead of the ticks, so that it ends cold and in time however
 * fast the machine turns out to be, at the pace of the anneal before. A zeroed one does not run. */
typedef struct maxcut_clock {
    double begin, end; /* [s] */
    plc_maxcut_settings settings;
} maxcut_clock;

/* The annealing at a time. */
static plc_annealing annealing_now(const maxcut_clock *clock, const anneal_pace *pace, double now)
{
    const plc_maxcut_settings *s = &clock->settings;
    const double passed = (now - clock->begin) / fmax(clock->end - clock->begin, 1e-9);
    const double end = s->delta > 0 ? s->delta * (double)s->updates : 2e-3 * 1e8;
    const double t = 1 + end * part_done(pace, fmin(passed, 1));
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
    double begin;          /* [s] of the anneal */
    anneal_pace pace;      /* of the last anneal by the ticks */
    maxcut_clock clock;    /* of an anneal by the clock */
    uint8_t *sides;        /* [core n] best state of earlier anneals */
    int64_t best;          /* and its cut; -1: none yet */
    plc_error *error;
} follower;

static double energy_of(const plc_engine *engine, const plc_chip *chip)
{
    plc_engine_cost cost;
    return plc_engine_get_cost(engine, &cost) ? cost_energy(&cost, chip) : (double)NAN;
}

/* Goes on with an anneal: by the ticks, noting its pace; or by the clock. PLC_STOPPED when its time
 * is over. */
static plc_status go_on(follower *f, uint64_t ticks_done)
{
    const double now = seconds_now(), part = (double)ticks_done / (double)f->ticks;
    if (f->clock.end <= 0) {
        note_pace(&f->pace, part, now - f->begin);
        if (f->bar)
            progress_show(f->bar, part);
        return PLC_OK;
    }
    if (f->bar)
        progress_show(f->bar, (now - f->clock.begin) / (f->clock.end - f->clock.begin));
    if (now >= f->clock.end)
        return PLC_STOPPED;
    const plc_annealing annealing = annealing_now(&f->clock, &f->pace, now);
    return plc_engine_anneal(f->engine, &annealing, f->error);
}

static plc_status take_spikes(void *context, const plc_spike *spikes, size_t n, uint64_t ticks_done)
{
    follower *f = context;
    plc_status status = plc_cut_tracker_take(f->tracker, spikes, n, f->error);
    if (status != PLC_OK)
        return status;
    const maxcut_point best = {.ticks = f->ticks_before + plc_cut_tracker_best_tick(f->tracker),
                               .energy = f->options->trace ? energy_of(f->engine, f->problem->chip)
                                                           : (double)NAN,
                               .cut = plc_cut_tracker_best(f->tracker)};
    status = maxcut_run_note(f->options, f->problem, f->run, &best, f->error);
    if (status == PLC_OK && maxcut_run_is_over(f->run))
        status = PLC_STOPPED;
    return status == PLC_OK ? go_on(f, ticks_done) : status;
}

/* Adds an anneal to its run, and keeps its best state if it is the best so far. */
static void add_anneal(follower *f)
{
    const plc_engine_stats stats = plc_engine_get_stats(f->engine);
    maxcut_run *run = f->run;
    maxcut_add_stats(&run->stats, &stats);
    run->anneals++;
    f->ticks_before += stats.ticks;
    if (plc_cut_tracker_best(f->tracker) > f->best) {
        f->best = plc_cut_tracker_best(f->tracker);
        plc_cut_tracker_sides(f->tracker, f->sides);
    }
}

/* Gets the engine ready for another anneal of the run. */
static plc_status start_again(follower *f, uint64_t updates, plc_error *error)
{
    plc_maxcut_settings settings;
    plc_annealing annealing;
    const bool by_clock = updates == UINT64_MAX;
    plc_status status =
        maxcut_settings(f->options, f->problem->core,
                        by_clock ? f->options->settings.updates : updates, &settings, error);
    if (status != PLC_OK)
        return status;
    plc_maxcut_plan(f->problem->maxcut, &settings, &f->ticks, &annealing);
    if (by_clock) {
        const double now = seconds_now();
        f->clock = (maxcut_clock){now, now + CLOCK * (f->run->deadline - now), settings};
        f->ticks = UINT64_MAX;
        annealing = annealing_now(&f->clock, &f->pace, now);
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
        f->begin = seconds_now();
        status = plc_engine_run(f->engine, f->ticks, take_spikes, f, error);
        if (status != PLC_OK && status != PLC_STOPPED)
            return status;
        add_anneal(f);
        if (status == PLC_STOPPED || maxcut_run_is_over(f->run) || !f->problem->core->m)
            return PLC_OK;
        updates = next_updates(f->options, f->run, updates, seconds_now() - f->begin);
        if (updates)
            status = start_again(f, updates, error);
    }
    return status;
}

plc_status maxcut_anneal(const maxcut_options *options, const maxcut_problem *problem,
                         maxcut_run *run, progress *bar, plc_error *error)
{
    const plc_engine_settings settings = {.kind = options->engine,
                                          .seed = run->seed,
                                          .threads =
                                              options->runs == 1 ? (uint32_t)options->threads : 1};
    follower f = {.options = options,
                  .problem = problem,
                  .run = run,
                  .bar = bar,
                  .ticks = plc_maxcut_ticks(problem->maxcut),
                  .best = -1,
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
        plc_engine_cost cost;
        run->energy = energy_of(f.engine, problem->chip);
        run->modelled = plc_engine_get_cost(f.engine, &cost) ? cost.seconds : (double)NAN;
        status = maxcut_take_answer(problem, f.sides, f.best, run, error);
    }
    plc_cut_tracker_destroy(f.tracker);
    plc_engine_destroy(f.engine);
    free(f.sides);
    return status;
}
