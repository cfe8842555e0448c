/* What the ways to run placode maxcut share. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_CLI_MAXCUT_RUN_H
#define PLC_CLI_MAXCUT_RUN_H

#include "cli/maxcut.h"

/* Seed number `i` of a run or a call: the first is its own, so that it can be repeated alone; the
 * others are mixed, so that calls with neighbouring seeds share no run. All are below 2^53 and can
 * be given to --seed. */
uint64_t maxcut_seed(uint64_t seed, uint64_t i);

/* Threads that were asked for. */
uint32_t maxcut_processors(const maxcut_options *options);

/* A temperature that stays, where flips pass with min(1, exp(gain / T) / eta). */
plc_annealing maxcut_annealing_at(double temperature, double eta);

/* Adds up counters; threads become those of the last. */
void maxcut_add_stats(plc_engine_stats *sum, const plc_engine_stats *stats);

/* A run of anneals one after the other; and of replicas that exchange their temperatures. */
plc_status maxcut_anneal(const maxcut_options *options, const maxcut_problem *problem,
                         maxcut_run *run, progress *bar, plc_error *error);
plc_status maxcut_temper(const maxcut_options *options, const maxcut_problem *problem,
                         maxcut_run *run, progress *bar, plc_error *error);

/* Notes the best state so far of a run, whose cut of the core is best->cut: its place in the trace,
 * and whether it reaches the target. best->seconds is filled in. PLC_NO_MEMORY. */
plc_status maxcut_run_note(const maxcut_options *options, const maxcut_problem *problem,
                           maxcut_run *run, const maxcut_point *best, plc_error *error);
/* Whether a run has to end: it has reached the target, an earlier one has, its time is over, or
 * Ctrl-C. */
bool maxcut_run_is_over(const maxcut_run *run);

/* Unfolds the best state of the core, counts its cut again from the edges alone, and descends from
 * there. PLC_DIFFERS when a count differs. */
plc_status maxcut_take_answer(const maxcut_options *options, const maxcut_problem *problem,
                              const uint8_t *core_sides, int64_t core_cut, maxcut_run *run,
                              plc_error *error);

#endif
