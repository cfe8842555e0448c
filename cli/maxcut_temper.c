/* Replica exchange: copies of the placed network at fixed temperatures, which neighbours exchange.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"
#include "cli/maxcut_run.h"

#include <math.h>

/* Source: Hukushima and Nemoto, J. Phys. Soc. Jpn. 65, 1996. What differs: temperatures move, not
 * states, as hosts and cores would do it, and go up in equal ratios. */
enum { REPLICAS = 16, ROUND_SWEEPS = 8 };

typedef struct replica {
    plc_engine *engine;
    plc_cut_tracker *tracker;
    plc_status status;
    plc_error error;
} replica;

typedef struct ladder {
    const maxcut_options *options;
    const maxcut_problem *problem;
    maxcut_run *run;
    replica replicas[REPLICAS];
    uint32_t at[REPLICAS]; /* replica at each temperature, the coldest first */
    double temperature[REPLICAS];
    plc_random_key key; /* of the exchanges */
} ladder;

/* Metropolis' rule, which keeps the balance that exchange needs. */
static plc_annealing annealing_at(double temperature)
{
    return maxcut_annealing_at(temperature, 1);
}

static plc_status init_replica(ladder *l, uint32_t i, plc_error *error)
{
    replica *r = &l->replicas[i];
    const plc_engine_settings settings = {
        .kind = l->options->engine, .seed = maxcut_seed(l->run->seed, i), .threads = 1};
    const plc_annealing annealing = annealing_at(l->temperature[i]);
    l->at[i] = i;
    plc_status status = plc_engine_create(l->problem->layout, &settings, &r->engine, error);
    if (status == PLC_OK)
        status = plc_engine_anneal(r->engine, &annealing, error);
    if (status == PLC_OK)
        status = plc_cut_tracker_create(l->problem->maxcut, &r->tracker, error);
    return status;
}

/* Temperatures from the cold to the hot end of the schedule that suits the graph. */
static plc_status init_ladder(ladder *l, plc_error *error)
{
    plc_maxcut_settings settings;
    plc_status status = maxcut_settings(l->options, l->problem->core, l->options->settings.updates,
                                        &settings, error);
    if (status != PLC_OK)
        return status;
    const double end = 1 + settings.delta * (double)settings.updates;
    const double hot = settings.a / (settings.c * log1p(1 / settings.c));
    const double cold = settings.a / (settings.c * log1p(end / settings.c));
    l->key = plc_random_stream(l->run->seed, PLC_STREAM_DRAW, 0);
    for (uint32_t i = 0; i < REPLICAS; i++)
        l->temperature[i] = cold * pow(hot / cold, (double)i / (REPLICAS - 1));
    for (uint32_t i = 0; status == PLC_OK && i < REPLICAS; i++)
        status = init_replica(l, i, error);
    return status;
}

static void finish_ladder(ladder *l)
{
    for (uint32_t i = 0; i < REPLICAS; i++) {
        plc_cut_tracker_destroy(l->replicas[i].tracker);
        plc_engine_destroy(l->replicas[i].engine);
    }
}

static plc_status take_spikes(void *context, const plc_spike *spikes, size_t n, uint64_t ticks_done)
{
    replica *r = context;
    (void)ticks_done;
    return plc_cut_tracker_take(r->tracker, spikes, plc_engine_get_gains(r->engine), n, &r->error);
}

/* All replicas for some ticks, in parallel. */
static plc_status run_round(ladder *l, uint64_t ticks, plc_error *error)
{
    const uint32_t threads = l->options->runs == 1 ? maxcut_processors(l->options) : 1;
#pragma omp parallel for num_threads(threads) schedule(dynamic, 1)
    for (uint32_t i = 0; i < REPLICAS; i++) {
        replica *r = &l->replicas[i];
        r->status = plc_engine_run(r->engine, ticks, take_spikes, r, &r->error);
    }
    for (uint32_t i = 0; i < REPLICAS; i++)
        if (l->replicas[i].status != PLC_OK) {
            *error = l->replicas[i].error;
            return l->replicas[i].status;
        }
    return PLC_OK;
}

/* Exchanges temperatures i and i + 1 for i = round mod 2, + 2, ...: with probability
 * min(1, exp((1 / T_i - 1 / T_(i+1)) (cut_(i+1) - cut_i))), cold being the larger cut's place. */
static plc_status exchange(ladder *l, uint64_t round, plc_error *error)
{
    plc_status status = PLC_OK;
    for (uint32_t i = round & 1; status == PLC_OK && i + 1 < REPLICAS; i += 2) {
        replica *cold = &l->replicas[l->at[i]], *hot = &l->replicas[l->at[i + 1]];
        const double slope = 1 / l->temperature[i] - 1 / l->temperature[i + 1];
        const double gain =
            (double)(plc_cut_tracker_cut(hot->tracker) - plc_cut_tracker_cut(cold->tracker));
        const uint32_t noise = plc_random_draw(l->key, i, (uint32_t)round).word[0];
        if (exp(slope * gain) * 0x1p32 <= noise)
            continue;
        const plc_annealing colder = annealing_at(l->temperature[i]);
        const plc_annealing hotter = annealing_at(l->temperature[i + 1]);
        l->at[i] = (uint32_t)(hot - l->replicas);
        l->at[i + 1] = (uint32_t)(cold - l->replicas);
        status = plc_engine_anneal(hot->engine, &colder, error);
        if (status == PLC_OK)
            status = plc_engine_anneal(cold->engine, &hotter, error);
    }
    return status;
}

/* The replica that has seen the best cut, the first of several. */
static const replica *best_replica(const ladder *l)
{
    const replica *best = l->replicas;
    for (uint32_t i = 1; i < REPLICAS; i++)
        if (plc_cut_tracker_best(l->replicas[i].tracker) > plc_cut_tracker_best(best->tracker))
            best = &l->replicas[i];
    return best;
}

/* Rounds until the updates of all replicas together, or the time, are used up. */
static plc_status temper(ladder *l, progress *bar, plc_error *error)
{
    plc_maxcut_settings sweeps = l->options->settings;
    plc_annealing unused;
    uint64_t ticks, round = 0;
    const bool timed = l->options->fills_time;
    const double per_round = (double)ROUND_SWEEPS * REPLICAS * l->problem->core->n;
    const double rounds = timed ? HUGE_VAL : (double)l->options->settings.updates / per_round;
    plc_status status = PLC_OK;
    sweeps.updates = (uint64_t)ROUND_SWEEPS * l->problem->core->n;
    plc_maxcut_plan(l->problem->maxcut, &sweeps, &ticks, &unused);
    do {
        status = run_round(l, ticks, error);
        if (status != PLC_OK)
            break;
        const replica *best = best_replica(l);
        const maxcut_point point = {.ticks = plc_cut_tracker_best_tick(best->tracker),
                                    .energy = (double)NAN,
                                    .modelled = (double)NAN,
                                    .cut = plc_cut_tracker_best(best->tracker)};
        status = maxcut_run_note(l->options, l->problem, l->run, &point, error);
        if (status == PLC_OK)
            status = exchange(l, round++, error);
        if (bar && !timed)
            progress_show(bar, (double)round / rounds);
    } while (status == PLC_OK && (double)round < rounds && l->problem->core->m &&
             !maxcut_run_is_over(l->run));
    return status;
}

/* Adds what the replicas did to the run, and the best state of each. */
static plc_status add_replicas(ladder *l, uint8_t *sides, plc_error *error)
{
    maxcut_run *run = l->run;
    plc_status status = PLC_OK;
    run->anneals = REPLICAS;
    run->energy = run->modelled = (double)NAN;
    run->ticks = plc_engine_get_stats(l->replicas[0].engine).ticks;
    for (uint32_t i = 0; status == PLC_OK && i < REPLICAS; i++) {
        const replica *r = &l->replicas[i];
        const plc_engine_stats stats = plc_engine_get_stats(r->engine);
        const maxcut_point end = {.ticks = run->ticks,
                                  .energy = (double)NAN,
                                  .modelled = (double)NAN,
                                  .cut = plc_cut_tracker_best(r->tracker)};
        maxcut_add_stats(&run->stats, &stats);
        plc_cut_tracker_sides(r->tracker, sides);
        status = plc_cut_tracker_check(r->tracker, error);
        if (status == PLC_OK)
            status = maxcut_take_answer(l->options, l->problem, sides, &end, run, error);
    }
    return status;
}

plc_status maxcut_temper(const maxcut_options *options, const maxcut_problem *problem,
                         maxcut_run *run, progress *bar, plc_error *error)
{
    ladder l = {.options = options, .problem = problem, .run = run};
    uint8_t *sides = plc_array(problem->core->n, 1);
    plc_status status = sides ? init_ladder(&l, error) : plc_fail_memory(error, "sides");
    if (status == PLC_OK)
        status = temper(&l, bar, error);
    if (status == PLC_OK)
        status = add_replicas(&l, sides, error);
    finish_ladder(&l);
    free(sides);
    return status;
}
