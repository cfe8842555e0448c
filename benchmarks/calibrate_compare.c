/* Ticks of engine mesh beside those of engine rtl, on layouts of many kinds. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "benchmarks/calibrate.h"

#include "hw/chip/build.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_TICKS = 2000 };

/* What is asked for. */
#define MEAN_MOST 0.01
#define WORST_MOST 0.05

#define HEAD "placode: network/1\npopulations:\n"
#define LIF(name, size, drive)                                                                     \
    "  - {name: " name ", size: " size                                                             \
    ", model: lif_curr_exp, params: {tau_m: 20, v_thresh: -50, tau_refrac: 2, i_offset: " drive    \
    "}}\n"
#define GATES(name, size, least)                                                                   \
    "  - {name: " name ", size: " size ", model: threshold, params: {threshold: " least "}}\n"
#define FAN(from, to, n, weight)                                                                   \
    "  - {from: " from ", to: " to ", connector: {type: fixed_number_post, n: " n                  \
    "}, weight: " weight ", delay: {uniform: [1, 8]}}\n"

#define LEARN(from, to, n)                                                                         \
    "  - {from: " from ", to: " to ", connector: {type: fixed_number_post, n: " n                  \
    "}, weight: 1, plasticity: {rule: stdp_pair_additive, a_plus: 0.5, a_minus: 0.6, tau_plus: "   \
    "9, tau_minus: 20, w_min: 0.1, w_max: 2}}\n"
#define TEN(name)                                                                                  \
    GATES(name "0", "5", "0")                                                                      \
    GATES(name "1", "7", "1")                                                                      \
    GATES(name "2", "3", "2")                                                                      \
    GATES(name "3", "9", "0")                                                                      \
    GATES(name "4", "1", "1")                                                                      \
    GATES(name "5", "4", "1")                                                                      \
    GATES(name "6", "2", "0")                                                                      \
    GATES(name "7", "8", "2")                                                                      \
    GATES(name "8", "6", "1")                                                                      \
    GATES(name "9", "5", "2")

/* A layout to be looked at. */
typedef struct layout_case {
    const char *name, *chip;
    const char *network; /* NULL: MAX-CUT of `graph` by colours */
    const char *graph;   /* as rudy makes it */
    uint64_t ticks;
    void (*prepare)(plc_chip *chip); /* NULL: nothing is dead */
} layout_case;

static void harm(plc_chip *chip)
{
    plc_chip_kill_router(chip, 5);
    plc_chip_kill_link(chip, 0, 0);
    plc_chip_kill_link(chip, 6, 2);
    plc_chip_kill_link(chip, 2, 0);
}

static const layout_case cases[] = {
    {"LIF, one tile, 500 neurons", "placode-1x1",
     HEAD LIF("a", "500", "0.9") "projections:\n" FAN("a", "a", "40", "0.3"), NULL, 300, NULL},
    {"LIF, 2x2, 3600 neurons", "placode-2x2",
     HEAD LIF("a", "2900", "0.85") LIF("b", "700", "0.7") "projections:\n" FAN(
         "a", "a", "16", "0.3") FAN("a", "b", "9", "0.4") FAN("b", "a", "12", "0.2"),
     NULL, 120, NULL},
    {"LIF, 4x4, sparse", "placode-4x4",
     HEAD LIF("a", "6000", "0.76") "projections:\n" FAN("a", "a", "20", "0.2"), NULL, 200, NULL},
    {"LIF, 8x4, 12,000 neurons", "placode-8x4",
     HEAD LIF("a", "9000", "0.8") LIF("b", "3000", "0.9") "projections:\n" FAN(
         "a", "b", "12", "0.3") FAN("b", "a", "10", "0.2"),
     NULL, 120, NULL},
    {"threshold circuit, 2x2", "placode-2x2",
     HEAD GATES("a", "900", "0") GATES("b", "1500", "3")
         GATES("c", "600", "2") "projections:\n" FAN("a", "b", "6", "1") FAN("b", "c", "5", "1")
             FAN("c", "a", "4", "-1"),
     NULL, 60, NULL},
    {"threshold, congested, 2x2", "placode-2x2",
     HEAD GATES("a", "300", "0") GATES("b", "3000", "0") "projections:\n" FAN("a", "b", "20", "1")
         FAN("b", "a", "2", "1") FAN("b", "b", "4", "-1"),
     NULL, 12, NULL},
    {"threshold, long rows, 2x1", "placode-2x1",
     HEAD GATES("a", "20", "0") GATES("b", "900", "900") "projections:\n" FAN("a", "b", "850", "1"),
     NULL, 60, NULL},
    {"60 populations, 2x2", "placode-2x2",
     HEAD TEN("a") TEN("b") TEN("c") TEN("d") TEN("e")
         TEN("f") "projections:\n" FAN("a0", "b1", "5", "1") FAN("a3", "c5", "3", "1")
             FAN("b6", "d2", "3", "1") FAN("c3", "e1", "7", "1") FAN("d0", "f4", "1", "1")
                 FAN("e6", "a8", "4", "1") FAN("f3", "b7", "5", "1"),
     NULL, 100, NULL},
    {"sources, Poisson, 3x2", "placode-3x2",
     HEAD "  - {name: noise, size: 400, model: spike_source_poisson, params: {rate: 60}}\n" LIF(
         "a", "2000", "0.6") "projections:\n" FAN("noise", "a", "60", "1.0")
         FAN("a", "a", "8", "0.2"),
     NULL, 150, NULL},
    {"plastic rows, 3x3", "placode-3x3",
     HEAD "  - {name: noise, size: 60, model: spike_source_poisson, params: {rate: 120}}\n" LIF(
         "a", "150", "0.2") LIF("b", "90", "0.3") "projections:\n" LEARN("noise", "a", "30")
         LEARN("a", "b", "12") FAN("b", "a", "9", "0.3"),
     NULL, 200, NULL},
    {"drawn neurons, 2x2", "placode-2x2",
     HEAD "  - {name: s, size: 900, model: onoff, random: 40, params: {delta: 20}}\n"
          "  - {name: g, size: 500, model: threshold, random: 200, params: {threshold: 1}}\n"
          "projections:\n" FAN("s", "g", "6", "1") FAN("g", "s", "5", "1"),
     NULL, 150, NULL},
    {"dead links and a dead tile, 4x3", "placode-4x3",
     HEAD LIF("a", "4000", "0.85") LIF("b", "1500", "0.8") "projections:\n" FAN(
         "a", "b", "12", "0.3") FAN("b", "a", "10", "0.2"),
     NULL, 100, harm},
    {"MAX-CUT by colours, torus of 800, 4x4", "placode-4x4", NULL, "-toroidal_grid_2D 10 80", 200,
     NULL},
    {"MAX-CUT by colours, random, 2x2", "placode-2x2", NULL, "-rnd_graph 700 2 77", 200, NULL},
    {"MAX-CUT by colours, one tile", "placode-1x1", NULL, "-rnd_graph 300 4 5", 200, NULL},
    {"two models by period, 3x3", "placode-3x3",
     HEAD "  - {name: s, size: 600, model: onoff, params: {delta: 20, bias: 1}, period: 2}\n"
          "  - {name: p, size: 300, model: onoff, params: {delta: 1}}\n" GATES(
              "g", "400", "2") "projections:\n" FAN("s", "p", "6", "-1") FAN("p", "s", "5", "1")
              FAN("s", "g", "7", "1") FAN("g", "s", "6", "-1"),
     NULL, 100, NULL},
};
enum { N_CASES = sizeof cases / sizeof *cases };

static plc_layout *map_cut(const layout_case *of)
{
    plc_graph graph = {0};
    plc_maxcut *maxcut = NULL;
    plc_chip *chip = NULL;
    plc_layout *layout = NULL;
    plc_error error = {0};
    plc_maxcut_settings settings = plc_maxcut_defaults();
    plc_map_settings map = {.seed = 1};
    plc_status status = plc_rudy(of->graph, &graph, &error);
    settings.updates = graph.n * of->ticks / 4;
    if (status == PLC_OK)
        status = plc_maxcut_tune(&graph, &settings, &error);
    if (status == PLC_OK)
        status = plc_maxcut_create(&graph, &settings, &maxcut, &error);
    if (status == PLC_OK)
        status = plc_chip_open(of->chip, &chip, &error);
    if (status == PLC_OK)
        status = plc_map(plc_maxcut_network(maxcut), chip, &map, &layout, &error);
    if (status != PLC_OK)
        fprintf(stderr, "%s: %s\n", of->name, error.message);
    plc_graph_finish(&graph);
    plc_maxcut_destroy(maxcut);
    plc_chip_destroy(chip);
    return layout;
}

static int compare_numbers(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* Errors of a case, as fractions of the RTL's cycles. */
typedef struct errors {
    double mean, p50, p90, p99, worst, total;
} errors;

static errors find_errors(const uint64_t *mesh, const uint64_t *rtl, uint64_t n)
{
    static double all[MOST_TICKS];
    double sum = 0, all_mesh = 0, all_rtl = 0;
    for (uint64_t t = 0; t < n; t++) {
        all[t] = fabs((double)mesh[t] - (double)rtl[t]) / (double)rtl[t];
        sum += all[t];
        all_mesh += (double)mesh[t];
        all_rtl += (double)rtl[t];
    }
    qsort(all, n, sizeof *all, compare_numbers);
    return (errors){.mean = sum / (double)n,
                    .p50 = all[n / 2],
                    .p90 = all[n * 9 / 10],
                    .p99 = all[n * 99 / 100],
                    .worst = all[n - 1],
                    .total = fabs(all_mesh - all_rtl) / all_rtl};
}

static uint64_t sum(const uint64_t *values, uint64_t n)
{
    uint64_t all = 0;
    for (uint64_t i = 0; i < n; i++)
        all += values[i];
    return all;
}

/* Prints the line of a case; false when it fails. */
static bool compare_case(const layout_case *of, errors *ret_errors)
{
    static uint64_t mesh[MOST_TICKS], rtl[MOST_TICKS], spikes[MOST_TICKS];
    plc_layout *layout =
        of->network ? calibrate_map(of->network, of->chip, of->prepare) : map_cut(of);
    bool ok = layout && calibrate_run(layout, "rtl", of->ticks, rtl, spikes) &&
              calibrate_run(layout, "mesh", of->ticks, mesh, spikes);
    plc_layout_destroy(layout);
    if (!ok)
        return false;
    *ret_errors = find_errors(mesh, rtl, of->ticks);
    printf("%-38s %-12s %6llu %8llu %10llu %8.3f %8.3f %8.3f %8.3f %8.3f\n", of->name, of->chip,
           (unsigned long long)of->ticks, (unsigned long long)sum(spikes, of->ticks),
           (unsigned long long)sum(rtl, of->ticks), 100 * ret_errors->mean, 100 * ret_errors->p50,
           100 * ret_errors->p99, 100 * ret_errors->worst, 100 * ret_errors->total);
    fflush(stdout);
    return true;
}

bool calibrate_compare(void)
{
    double mean = 0, worst = 0;
    bool ok = true;
    printf("%-38s %-12s %6s %8s %10s %8s %8s %8s %8s %8s\n", "errors in % of the RTL's cycles",
           "chip", "ticks", "spikes", "cycles", "mean", "median", "99th", "worst", "of all");
    for (size_t i = 0; i < N_CASES; i++) {
        errors e = {0};
        ok = compare_case(&cases[i], &e) && ok;
        mean += e.mean / N_CASES;
        worst = e.worst > worst ? e.worst : worst;
    }
    printf("mean of all layouts %.3f %%, worst tick %.3f %%\n", 100 * mean, 100 * worst);
    if (mean > MEAN_MOST || worst > WORST_MOST) {
        printf("expected at most %g %% and %g %%\n", 100 * MEAN_MOST, 100 * WORST_MOST);
        ok = false;
    }
    return ok;
}
