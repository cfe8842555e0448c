/* Proposals per ns of engine fast in schedule async, beside a plain loop of the same rule.
 *
 * The yardstick is what one would write for this one problem: xorshift noise, float acceptance by a
 * table over the gain that is renewed every 10,000 proposals, no chip, no layout, no exact spikes.
 * Wall time is reported, never asserted; what is checked is that the solver's cut is the recount
 * and close to the yardstick's. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "benchmarks/measure.h"

#include <math.h>
#include <placode/placode.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GAINS = 512 };

/* The graph as rows of neighbours. */
typedef struct rows {
    uint64_t *begin;
    uint32_t *to;
    int32_t *w;
} rows;

static rows make_rows(const plc_graph *graph)
{
    rows r = {calloc(graph->n + 2ul, sizeof *r.begin), malloc(2 * graph->m * sizeof *r.to),
              malloc(2 * graph->m * sizeof *r.w)};
    for (uint64_t e = 0; e < graph->m; e++) {
        r.begin[graph->u[e] + 2]++;
        r.begin[graph->v[e] + 2]++;
    }
    for (uint32_t i = 0; i < graph->n; i++)
        r.begin[i + 2] += r.begin[i + 1];
    for (uint64_t e = 0; e < graph->m; e++) {
        uint64_t a = r.begin[graph->u[e] + 1]++, b = r.begin[graph->v[e] + 1]++;
        r.to[a] = graph->v[e];
        r.to[b] = graph->u[e];
        r.w[a] = r.w[b] = graph->w[e];
    }
    return r;
}

/* The plain loop; the best cut of `updates` proposals. */
static int64_t yardstick(const plc_graph *graph, uint64_t updates)
{
    rows r = make_rows(graph);
    int32_t *spin = malloc(graph->n * sizeof *spin), *field = calloc(graph->n, sizeof *field);
    uint64_t x = 88172645463325252u;
    int64_t cut = 0, best = 0;
    float accept[2 * GAINS];
    for (uint32_t i = 0; i < graph->n; i++) {
        spin[i] = 1;
        for (uint64_t k = r.begin[i]; k < r.begin[i + 1]; k++)
            field[i] += r.w[k];
    }
    for (uint64_t n = 0; n < updates; n++) {
        if (n % 10000 == 0) {
            double t = 1 + 2e-3 * 1e8 / (double)updates * (double)n,
                   temperature = 2.5e4 / (8e4 * log1p(t / 8e4));
            for (int g = -GAINS; g < GAINS; g++)
                accept[g + GAINS] = (float)(fmin(1, exp(g / temperature) / 2.5) * 0x1p32);
        }
        x ^= x << 13, x ^= x >> 7, x ^= x << 17;
        uint32_t i = (uint32_t)(((x >> 32) * graph->n) >> 32);
        int32_t gain = spin[i] * field[i];
        if ((float)(uint32_t)x >= accept[gain + GAINS])
            continue;
        spin[i] = -spin[i];
        cut += gain;
        best = cut > best ? cut : best;
        for (uint64_t k = r.begin[i]; k < r.begin[i + 1]; k++)
            field[r.to[k]] += 2 * spin[i] * r.w[k];
    }
    free(r.begin);
    free(r.to);
    free(r.w);
    free(spin);
    free(field);
    return best;
}

/* One run of the engine with its tracker; the best cut, or -1. */
typedef struct followed {
    plc_engine *engine;
    plc_cut_tracker *tracker;
} followed;

static plc_status take_spikes(void *context, const plc_spike *spikes, size_t n, uint64_t ticks_done)
{
    followed *f = context;
    (void)ticks_done;
    return plc_cut_tracker_take(f->tracker, spikes, plc_engine_get_gains(f->engine), n, NULL);
}

static int64_t run_engine(const plc_graph *graph, uint64_t updates, plc_maxcut_schedule schedule,
                          double *ret_seconds)
{
    plc_maxcut_settings settings = plc_maxcut_defaults();
    plc_maxcut *maxcut = NULL;
    plc_chip *chip = NULL;
    plc_layout *layout = NULL;
    followed f = {0};
    int64_t best = -1;
    settings.updates = updates;
    settings.schedule = schedule;
    settings.blocks = 152;
    if (plc_maxcut_create(graph, &settings, &maxcut, NULL) == PLC_OK &&
        plc_chip_open("ideal", &chip, NULL) == PLC_OK &&
        plc_map(plc_maxcut_network(maxcut), chip, NULL, &layout, NULL) == PLC_OK &&
        plc_engine_create(layout, &(plc_engine_settings){.seed = 1, .threads = 1}, &f.engine,
                          NULL) == PLC_OK &&
        plc_cut_tracker_create(maxcut, &f.tracker, NULL) == PLC_OK) {
        double begin = seconds_now();
        if (plc_engine_run(f.engine, plc_maxcut_ticks(maxcut), take_spikes, &f, NULL) == PLC_OK &&
            plc_cut_tracker_check(f.tracker, NULL) == PLC_OK)
            best = plc_cut_tracker_best(f.tracker);
        *ret_seconds = seconds_now() - begin;
    }
    plc_cut_tracker_destroy(f.tracker);
    plc_engine_destroy(f.engine);
    plc_layout_destroy(layout);
    plc_chip_destroy(chip);
    plc_maxcut_destroy(maxcut);
    return best;
}

int main(void)
{
    static const char *const graphs[] = {"G1", "G15", "G22", "G55", "G81"};
    static const char *const schedules[] = {"async", "block:152", "colour"};
    const uint64_t updates = 30000000;
    int failed = 0;
    printf("proposals per ns, one thread, %llu proposals (best cut)\n%-6s %18s",
           (unsigned long long)updates, "graph", "plain loop");
    for (int s = 0; s < 3; s++)
        printf(" %18s", schedules[s]);
    putchar('\n');
    for (size_t i = 0; i < sizeof graphs / sizeof *graphs; i++) {
        plc_graph graph = {0};
        double seconds = 1;
        if (plc_rudy(plc_gset_find(graphs[i])->rudy, &graph, NULL) != PLC_OK)
            return 1;
        double begin = seconds_now();
        int64_t expected = yardstick(&graph, updates);
        printf("%-6s %8.3f (%7lld)", graphs[i], (double)updates / (seconds_now() - begin) * 1e-9,
               (long long)expected);
        for (int s = 0; s < 3; s++) {
            int64_t cut = run_engine(&graph, updates, (plc_maxcut_schedule)s, &seconds);
            printf(" %8.3f (%7lld)", (double)updates / seconds * 1e-9, (long long)cut);
            failed += (double)cut < 0.99 * (double)expected;
        }
        putchar('\n');
        plc_graph_finish(&graph);
    }
    return failed != 0;
}
