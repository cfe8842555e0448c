/* The one law on ranks: a program for mpirun. All ranks make the same calls and rank 0 prints TAP.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/engine/ranks.h"
#include "base/error.h"
#include "hw/engine/trace.h"
#include "hw/layout/layout.h"
#include "tests/support/random_network.h"
#include "tests/support/thorough.h"

#include <placode/placode.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NETWORKS = plc_thorough(10, 4), CHIPS = 2, TICKS = 100, SEED = 7, POINTS = 6 };

/* What a sink has seen, and what it is to do. */
typedef struct listener {
    uint64_t digest, n;
    bool sorted;
    uint64_t end_at;     /* [ticks] when to end the run; 0: never */
    plc_status end_with; /* and how */
    plc_error *error;
} listener;

static plc_status listen(void *context, const plc_spike *spikes, size_t n, uint64_t ticks_done)
{
    listener *l = context;
    l->sorted = l->sorted && plc_spikes_sorted(spikes, n);
    l->n += n;
    for (size_t i = 0; i < n; i++)
        l->digest += plc_spike_digest(spikes[i]);
    if (!l->end_at || ticks_done < l->end_at)
        return PLC_OK;
    return l->end_with == PLC_STOPPED ? PLC_STOPPED
                                      : plc_fail(l->error, l->end_with, "the sink is full");
}

/* Prints a point, which holds if it holds on every rank. */
static bool point(bool holds, const char *what)
{
    static unsigned n = 0;
    plc_error error = {0};
    plc_status status =
        plc_ranks_agree(holds ? PLC_OK : plc_fail(&error, PLC_DIFFERS, "it does not hold"), &error);
    if (plc_ranks_mine() == 0)
        printf("%sok %u - %s%s%s\n", status == PLC_OK ? "" : "not ", ++n, what,
               status == PLC_OK ? "" : ": ", error.message);
    return status == PLC_OK;
}

static plc_engine *start(const plc_layout *layout, bool on_ranks, uint32_t threads)
{
    plc_engine *engine = NULL;
    plc_error error = {0};
    plc_engine_settings settings = {
        .seed = SEED, .threads = threads, .thread_grain = 1, .on_ranks = on_ranks};
    if (plc_engine_create(layout, &settings, &engine, &error) != PLC_OK ||
        plc_engine_record_v(engine, &error) != PLC_OK) {
        fprintf(stderr, "rank %u: %s\n", plc_ranks_mine(), error.message);
        abort();
    }
    return engine;
}

static bool same_stats(const plc_engine *a, const plc_engine *b)
{
    plc_engine_stats x = plc_engine_get_stats(a), y = plc_engine_get_stats(b);
    return x.ticks == y.ticks && x.updates == y.updates && x.spikes == y.spikes &&
           x.synaptic_events == y.synaptic_events && x.digest == y.digest;
}

static bool same_recordings(const plc_engine *a, const plc_engine *b)
{
    for (size_t i = 0;; i++) {
        const plc_recording *x = plc_engine_recording(a, i), *y = plc_engine_recording(b, i);
        if (!x || !y)
            return !x && !y;
        if (x->n_ticks != y->n_ticks ||
            memcmp(x->values, y->values, x->n_ticks * x->n_neurons * sizeof *x->values))
            return false;
    }
}

/* Whether a layout on all ranks, in two calls, does what it does on one. */
static bool obeys(const plc_layout *layout, uint64_t ticks, uint64_t expected, uint32_t threads)
{
    bool first = plc_ranks_mine() == 0;
    listener l = {.sorted = true};
    plc_engine *alone = start(layout, false, 1), *joint = start(layout, true, threads);
    bool ok = plc_engine_run(alone, ticks, NULL, NULL, NULL) == PLC_OK &&
              plc_engine_run(joint, ticks / 3, listen, &l, NULL) == PLC_OK &&
              plc_engine_run(joint, ticks - ticks / 3, listen, &l, NULL) == PLC_OK;
    plc_engine_stats stats = plc_engine_get_stats(joint);
    ok = ok && stats.digest == expected && same_stats(alone, joint) && l.sorted &&
         stats.ranks == plc_ranks_count();
    ok = ok && (first ? l.digest == expected && l.n == stats.spikes && same_recordings(alone, joint)
                      : l.n == 0);
    plc_engine_destroy(alone);
    plc_engine_destroy(joint);
    return ok;
}

/* A network on a chip with potentials recorded; NULL where it does not fit. */
static plc_layout *place(plc_network *network, const plc_chip *chip, uint64_t seed)
{
    plc_layout *layout = NULL;
    plc_map_settings settings = {.effort = 1, .seed = seed};
    if (plc_map(network, chip, &settings, &layout, NULL) != PLC_OK)
        return NULL;
    for (uint32_t i = 0; i < layout->n_populations; i++) {
        plc_population *p = &layout->populations[i];
        p->record_v = p->model == PLC_LIF_CURR_EXP || p->model == PLC_ONOFF;
    }
    return layout;
}

/* Random networks of all models. */
static void check_networks(void)
{
    unsigned runs = 0;
    bool ok = true;
    for (uint64_t i = 0; i < NETWORKS; i++) {
        plc_network *network = random_network(i);
        ok = ok && plc_network_resolve(network, NULL) == PLC_OK;
        uint64_t expected = reference_digest(network, SEED, TICKS);
        for (uint64_t c = 0; c < CHIPS; c++) {
            plc_chip *chip = random_chip(i % 5 + 5 * c);
            plc_layout *layout = place(network, chip, i);
            for (uint32_t threads = 1; layout && threads <= 2; threads++, runs++)
                ok = obeys(layout, TICKS, expected, threads) && ok;
            plc_layout_destroy(layout);
            plc_chip_destroy(chip);
        }
        plc_network_destroy(network);
    }
    point(ok && runs >= NETWORKS, "random networks are the same on ranks");
}

/* MAX-CUT in all three schedules; the network lives as long as `ret_maxcut`. */
static plc_layout *place_maxcut(plc_maxcut_schedule schedule, plc_maxcut **ret_maxcut)
{
    plc_graph graph = {0};
    plc_chip *chip = NULL;
    plc_layout *layout = NULL;
    plc_maxcut_settings settings = plc_maxcut_defaults();
    settings.schedule = schedule;
    settings.blocks = 20;
    settings.updates = 40000;
    if (plc_rudy("-rnd_graph 300 3 5 -random 0 1 5 -times 2 -plus -1", &graph, NULL) == PLC_OK &&
        plc_maxcut_create(&graph, &settings, ret_maxcut, NULL) == PLC_OK &&
        plc_chip_open("torus:6x6:1", &chip, NULL) == PLC_OK)
        layout = place(plc_maxcut_network(*ret_maxcut), chip, 1);
    plc_chip_destroy(chip);
    plc_graph_finish(&graph);
    return layout;
}

static void check_maxcut(void)
{
    bool ok = true;
    for (int schedule = PLC_ASYNC; schedule <= PLC_COLOUR; schedule++) {
        plc_maxcut *maxcut = NULL;
        plc_layout *layout = place_maxcut((plc_maxcut_schedule)schedule, &maxcut);
        uint64_t expected = reference_digest(plc_maxcut_network(maxcut), SEED, 500);
        for (uint32_t threads = 1; threads <= 2; threads++)
            ok = obeys(layout, 500, expected, threads) && ok;
        plc_layout_destroy(layout);
        plc_maxcut_destroy(maxcut);
    }
    point(ok, "MAX-CUT is the same on ranks");
}

/* A sink on one rank ends the run on all of them, with its message. */
static bool ends(const plc_layout *layout, uint32_t rank, plc_status status)
{
    plc_error error = {0};
    plc_engine *engine = start(layout, true, 1);
    listener l = {.sorted = true, .end_with = status, .error = &error};
    l.end_at = plc_ranks_mine() == rank ? 1 : 0;
    plc_status found = plc_engine_run(engine, 100000, listen, &l, &error);
    uint64_t ticks = plc_engine_get_stats(engine).ticks;
    plc_engine_destroy(engine);
    return found == status && ticks > 0 && ticks < 100000 &&
           (status == PLC_STOPPED || strstr(error.message, "the sink is full"));
}

/* What goes wrong on the last rank is known to all. */
static void check_failures(void)
{
    uint32_t n = plc_ranks_count(), last = n - 1;
    plc_maxcut *maxcut = NULL;
    plc_layout *layout = place_maxcut(PLC_COLOUR, &maxcut);
    plc_engine *engine = NULL;
    plc_error error = {0};
    plc_engine_settings mesh = {.kind = "mesh", .on_ranks = true}, fast = {.on_ranks = true};
    point(ends(layout, last, PLC_STOPPED), "a rank that stops stops all");
    point(ends(layout, last, PLC_FAILED), "a rank that fails fails all");
    plc_status status = n > 1 ? plc_engine_create(layout, &mesh, &engine, &error) : PLC_INVALID;
    point(status == PLC_INVALID && !engine, "engine mesh is for one rank");
    layout->tick_ms += plc_ranks_mine() == last && n > 1;
    status = n > 1 ? plc_engine_create(layout, &fast, &engine, &error) : PLC_INVALID;
    point(status == PLC_INVALID && !engine, "all ranks must have one layout");
    plc_layout_destroy(layout);
    plc_maxcut_destroy(maxcut);
}

int main(void)
{
    plc_error error = {0};
    if (plc_ranks_begin(&error) != PLC_OK) {
        puts(error.message);
        return 1;
    }
    if (plc_ranks_mine() == 0)
        printf("1..%d\n", POINTS);
    check_networks();
    check_maxcut();
    check_failures();
    plc_ranks_end();
    return 0;
}
