/* Cuts and ticks over the number of ON-OFF pairs that propose at once, for one number of updates.
 *
 *   bench_concurrency [UPDATES [SEEDS [GRAPH ...]]]      default: 1e7 5 G1 G32
 *
 * P blocks decide on the state of a tick's begin, so that neighbours may turn over together: the
 * more of them at once, the more often. Colour classes have no neighbours in them. All with
 * NeuroSA's constants. Checked: up to a quarter of all vertices at once, and by colours, the mean
 * cut is that of one at a time to a percent. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "benchmarks/measure.h"

#include <placode/placode.h>
#include <stdio.h>
#include <stdlib.h>

/* One way to propose. */
typedef struct way {
    plc_maxcut_schedule schedule;
    uint32_t part; /* of all vertices at once: one in so many; 0: one alone */
} way;

static const way ways[] = {{PLC_ASYNC, 0}, {PLC_BLOCK, 64}, {PLC_BLOCK, 16}, {PLC_BLOCK, 8},
                           {PLC_BLOCK, 4}, {PLC_BLOCK, 3},  {PLC_BLOCK, 2},  {PLC_COLOUR, 0}};
enum { N_WAYS = sizeof ways / sizeof *ways, SAFE_PART = 4 };

/* What a number of runs came to. */
typedef struct outcome {
    double mean;
    int64_t best;
    uint64_t ticks; /* of a run */
    uint32_t at_once, classes;
    double seconds; /* [s] a run */
} outcome;

static plc_status take_spikes(void *tracker, const plc_spike *spikes, size_t n, uint64_t ticks_done)
{
    (void)ticks_done;
    return plc_cut_tracker_take(tracker, spikes, NULL, n, NULL);
}

/* One run; adds it to the outcome. */
static plc_status run_once(const plc_layout *layout, const plc_maxcut *maxcut, uint64_t seed,
                           outcome *o, plc_error *error)
{
    plc_engine *engine = NULL;
    plc_cut_tracker *tracker = NULL;
    const plc_engine_settings settings = {.seed = seed, .threads = 1};
    plc_status status = plc_engine_create(layout, &settings, &engine, error);
    if (status == PLC_OK)
        status = plc_cut_tracker_create(maxcut, &tracker, error);
    const double begin = seconds_now();
    if (status == PLC_OK)
        status = plc_engine_run(engine, plc_maxcut_ticks(maxcut), take_spikes, tracker, error);
    if (status == PLC_OK) {
        const int64_t cut = plc_cut_tracker_best(tracker);
        o->seconds += seconds_now() - begin;
        o->mean += (double)cut;
        o->best = cut > o->best ? cut : o->best;
    }
    plc_cut_tracker_destroy(tracker);
    plc_engine_destroy(engine);
    return status;
}

static plc_status measure(const plc_graph *graph, way w, uint64_t updates, uint64_t seeds,
                          outcome *ret_outcome, plc_error *error)
{
    plc_maxcut_settings settings = plc_maxcut_defaults();
    plc_maxcut *maxcut = NULL;
    plc_chip *chip = NULL;
    plc_layout *layout = NULL;
    outcome o = {.at_once = w.part ? graph->n / w.part : 1};
    settings.updates = updates;
    settings.schedule = w.schedule;
    settings.blocks = o.at_once;
    plc_status status = plc_maxcut_create(graph, &settings, &maxcut, error);
    if (status == PLC_OK)
        status = plc_chip_open("ideal", &chip, error);
    if (status == PLC_OK)
        status = plc_map(plc_maxcut_network(maxcut), chip, NULL, &layout, error);
    for (uint64_t seed = 1; status == PLC_OK && seed <= seeds; seed++)
        status = run_once(layout, maxcut, seed, &o, error);
    if (status == PLC_OK) {
        o.mean /= (double)seeds;
        o.seconds /= (double)seeds;
        o.ticks = plc_maxcut_ticks(maxcut);
        o.classes = plc_maxcut_classes(maxcut);
        *ret_outcome = o;
    }
    plc_layout_destroy(layout);
    plc_chip_destroy(chip);
    plc_maxcut_destroy(maxcut);
    return status;
}

static void print_outcome(way w, const outcome *o, int64_t best_known, uint32_t n)
{
    char name[64];
    if (w.schedule == PLC_COLOUR)
        snprintf(name, sizeof name, "colour (%u)", o->classes);
    else if (w.part)
        snprintf(name, sizeof name, "block:%u (n/%u)", o->at_once, w.part);
    else
        snprintf(name, sizeof name, "async");
    const double at_once = w.schedule == PLC_COLOUR ? (double)n / o->classes : o->at_once;
    printf("%-18s %9.1f %9lld %9.1f %8.4f %11llu %8.3f\n", name, at_once, (long long)o->best,
           o->mean, o->mean / (double)best_known, (unsigned long long)o->ticks, o->seconds);
}

/* All ways on one graph; how many miss their bound, or -1. */
static int measure_graph(const char *name, uint64_t updates, uint64_t seeds)
{
    const plc_gset_entry *entry = plc_gset_find(name);
    plc_graph graph = {0};
    plc_error error = {0};
    double alone = 0;
    int failed = 0;
    if (!entry) {
        fprintf(stderr, "no graph \"%s\" in the G-set\n", name);
        return -1;
    }
    plc_status status = plc_rudy(entry->rudy, &graph, &error);
    printf("\n%s: n %u, best known %lld\n%-18s %9s %9s %9s %8s %11s %8s\n", entry->name, entry->n,
           (long long)entry->best_known, "schedule", "at once", "best", "mean", "ratio", "ticks",
           "s a run");
    for (int i = 0; status == PLC_OK && i < N_WAYS; i++) {
        outcome o;
        status = measure(&graph, ways[i], updates, seeds, &o, &error);
        if (status != PLC_OK)
            break;
        print_outcome(ways[i], &o, entry->best_known, graph.n);
        alone = i ? alone : o.mean;
        failed += (ways[i].part == 0 || ways[i].part >= SAFE_PART) && o.mean < 0.99 * alone;
    }
    plc_graph_finish(&graph);
    if (status != PLC_OK)
        fprintf(stderr, "%s\n", error.message);
    return status == PLC_OK ? failed : -1;
}

int main(int argc, char **argv)
{
    const double updates = argc > 1 ? strtod(argv[1], NULL) : 1e7;
    const double seeds = argc > 2 ? strtod(argv[2], NULL) : 5;
    int failed = 0;
    if (!(updates >= 1 && updates <= 1e15 && seeds >= 1 && seeds <= 1e6)) {
        fprintf(stderr, "usage: bench_concurrency [UPDATES [SEEDS [GRAPH ...]]]\n");
        return 2;
    }
    printf("%.3g updates a run, NeuroSA's constants, %.0f seeds, one thread\n", updates, seeds);
    if (argc <= 3) {
        failed |= measure_graph("G1", (uint64_t)updates, (uint64_t)seeds);
        failed |= measure_graph("G32", (uint64_t)updates, (uint64_t)seeds);
    }
    for (int i = 3; i < argc; i++)
        failed |= measure_graph(argv[i], (uint64_t)updates, (uint64_t)seeds);
    return failed != 0;
}
