/* The fabric in time: one packet, two that meet, full buffers, drops, and queues as theory has
 * them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/random.h"
#include "hw/engine/fabric.h"

#include <criterion/criterion.h>
#include <limits.h>
#include <math.h>
#include <placode/placode.h>
#include <stdlib.h>
#include <string.h>

/* Times of SpiNNaker: a link takes 160 ns, a router 5 cycles of 133 MHz. */
enum { LINK = 160000, ROUTER = 37594, WAIT = 1924812 };

enum { MOST = 4096 };

/* What was delivered. */
typedef struct seen {
    plc_fabric fabric;
    uint64_t times[MOST];
    uint32_t sources[MOST];
    size_t n;
} seen;

static bool see(void *context, const plc_branch *branch, uint32_t source, uint32_t cargo,
                uint64_t time)
{
    seen *s = context;
    (void)branch;
    (void)cargo;
    if (s->n < MOST) {
        s->times[s->n] = time;
        s->sources[s->n] = source;
    }
    s->n++;
    return true;
}

static void ignore_drop(void *context, uint32_t line, const plc_packet *packet, uint64_t start,
                        uint64_t end)
{
    (void)context;
    (void)line;
    (void)packet;
    (void)start;
    (void)end;
}

static bool ignore(void *context, uint32_t subject, uint64_t time)
{
    (void)context;
    (void)subject;
    (void)time;
    return true;
}

static void begin(seen *s, const char *chip_name, const plc_branch *branches)
{
    plc_chip *chip = NULL;
    plc_error error = {0};
    memset(s, 0, sizeof *s);
    cr_assert_eq(plc_chip_open(chip_name, &chip, &error), PLC_OK, "%s", error.message);
    cr_assert_eq(plc_fabric_init(&s->fabric, chip,
                                 (plc_fabric_owner){see, ignore, ignore_drop, NULL, s}, &error),
                 PLC_OK);
    s->fabric.branches = branches;
    plc_chip_destroy(chip);
}

/* A way to the east of n links, from router `from` on; the last router has one leaf. */
static void go_east(plc_branch *branches, uint32_t first, uint32_t from, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        branches[first + i] = (plc_branch){.router = from + i, .next = first + i + 1, .links = 1};
    branches[first + n] = (plc_branch){.router = from + n, .n_leaves = 1};
}

Test(fabric, a_packet_takes_a_router_more_than_links)
{
    static const uint32_t hops[] = {0, 1, 2, 6};
    for (size_t i = 0; i < sizeof hops / sizeof *hops; i++) {
        plc_branch branches[8];
        seen s;
        go_east(branches, 0, 0, hops[i]);
        begin(&s, "hexmesh:8x1:1", branches);
        cr_assert(plc_fabric_inject(&s.fabric, 1000, 0, 7, 1));
        cr_assert(plc_fabric_run(&s.fabric, UINT64_MAX, NULL));
        cr_assert_eq(s.n, 1);
        cr_assert_eq(s.sources[0], 7);
        cr_assert_eq(s.times[0], 1000 + hops[i] * (LINK + ROUTER) + ROUTER);
        cr_assert_eq(s.fabric.stats.hops, hops[i]);
        cr_assert_eq(s.fabric.in_flight, 0);
        plc_fabric_finish(&s.fabric);
    }
}

Test(fabric, a_tree_reaches_every_leaf_once)
{
    const plc_branch branches[] = {
        {.router = 0, .next = 1, .links = 1 | 4, .leaf = 0, .n_leaves = 2},
        {.router = 1, .leaf = 2, .n_leaves = 1},
        {.router = 4, .leaf = 3, .n_leaves = 1},
    };
    seen s;
    begin(&s, "hexmesh:4x4:4", branches);
    cr_assert(plc_fabric_inject(&s.fabric, 0, 0, 0, 9));
    cr_assert(plc_fabric_run(&s.fabric, UINT64_MAX, NULL));
    cr_assert_eq(s.n, 3, "one call for each branch with leaves");
    cr_assert_eq(s.times[0], ROUTER);
    cr_assert_eq(s.times[1], LINK + 2 * ROUTER);
    cr_assert_eq(s.times[2], LINK + 2 * ROUTER, "the links work side by side");
    plc_fabric_finish(&s.fabric);
}

Test(fabric, packets_for_one_link_go_one_after_the_other)
{
    plc_branch branches[2];
    seen s;
    go_east(branches, 0, 0, 1);
    begin(&s, "hexmesh:2x1:4", branches);
    for (uint32_t i = 0; i < 2; i++)
        cr_assert(plc_fabric_inject(&s.fabric, 0, 0, i, 1));
    cr_assert(plc_fabric_run(&s.fabric, UINT64_MAX, NULL));
    cr_assert_eq(s.n, 2);
    cr_assert_eq(s.times[0], LINK + 2 * ROUTER);
    cr_assert_eq(s.times[1], 2 * LINK + 2 * ROUTER);
    cr_assert_eq(s.fabric.stats.waiting, 0, "both found room");
    plc_fabric_finish(&s.fabric);
}

/* Packets of the middle router's own, L, and from its neighbours to the east and west. */
Test(fabric, ports_take_turns_in_a_tree)
{
    enum { L, E, W, EACH = 4 };
    static const uint32_t order[] = {L, E, W, E, L, E, W, E, L, W, L, W};
    static const plc_branch branches[] = {
        {.router = 1, .n_leaves = 1},
        {.router = 2, .next = 0, .links = 1 << 3},
        {.router = 0, .next = 0, .links = 1 << 0},
    };
    seen s;
    begin(&s, "hexmesh:3x1:1", branches);
    s.fabric.link_time = 1;
    s.fabric.latency = 0;
    s.fabric.buffer = EACH;
    for (uint32_t i = 0; i < EACH; i++)
        for (uint32_t from = L; from <= W; from++)
            cr_assert(plc_fabric_inject(&s.fabric, 0, from, from, 1));
    s.fabric.interval = 1000;
    cr_assert(plc_fabric_run(&s.fabric, UINT64_MAX, NULL));
    cr_assert_eq(s.n, 3 * EACH);
    for (size_t i = 0; i < s.n; i++)
        cr_assert_eq(s.sources[i], order[i], "packet %zu is of %u", i, s.sources[i]);
    plc_fabric_finish(&s.fabric);
}

/* Two places at the link: the third packet is held until the first has crossed, and holds up one
 * for another link that would be free. */
Test(fabric, a_full_buffer_holds_the_router)
{
    plc_branch branches[4];
    seen s;
    uint64_t end;
    go_east(branches, 0, 0, 1);
    branches[2] = (plc_branch){.router = 0, .n_leaves = 1};
    begin(&s, "hexmesh:2x1:4", branches);
    for (uint32_t i = 0; i < 3; i++)
        cr_assert(plc_fabric_inject(&s.fabric, 0, 0, i, 1));
    cr_assert(plc_fabric_inject(&s.fabric, 0, 2, 3, 1));
    cr_assert(plc_fabric_run(&s.fabric, UINT64_MAX, &end));
    cr_assert_eq(s.n, 4);
    cr_assert_gt(s.fabric.stats.waiting, 0);
    cr_assert_lt(s.fabric.stats.waiting, LINK + ROUTER, "until the first has crossed");
    cr_assert_eq(s.fabric.stats.drops, 0);
    cr_assert_eq(end, ROUTER + 3 * LINK, "its deadline does not count: it has gone on");
    plc_fabric_finish(&s.fabric);
}

/* A link slower than the router's patience. */
Test(fabric, a_packet_that_waits_too_long_is_dropped_and_sent_anew)
{
    enum { N = 40 };
    plc_branch branches[2];
    seen s;
    go_east(branches, 0, 0, 1);
    for (int reinjects = 0; reinjects < 2; reinjects++) {
        begin(&s, "hexmesh:2x1:4", branches);
        s.fabric.reinjects = reinjects;
        s.fabric.link_time = 2 * WAIT;
        for (uint32_t i = 0; i < N; i++)
            cr_assert(plc_fabric_inject(&s.fabric, 0, 0, i, 1));
        cr_assert(plc_fabric_run(&s.fabric, UINT64_MAX, NULL));
        cr_assert_gt(s.fabric.stats.drops, 0);
        cr_assert_eq(s.n + s.fabric.stats.lost, N);
        cr_assert_eq(s.fabric.stats.lost, reinjects ? 0 : s.fabric.stats.drops);
        cr_assert_eq(s.fabric.in_flight, 0);
        plc_fabric_finish(&s.fabric);
    }
}

/* A ring of routers that never drop: each sends to the one two further on, all links full. */
Test(fabric, a_deadlock_is_broken)
{
    enum { SIDE = 4, EACH = 32 };
    plc_branch branches[SIDE * 3];
    seen s;
    for (uint32_t r = 0; r < SIDE; r++) {
        branches[3 * r] = (plc_branch){.router = r, .next = 3 * r + 1, .links = 1};
        branches[3 * r + 1] = (plc_branch){.router = (r + 1) % SIDE, .next = 3 * r + 2, .links = 1};
        branches[3 * r + 2] = (plc_branch){.router = (r + 2) % SIDE, .n_leaves = 1};
    }
    begin(&s, "torus:4x1:1", branches);
    s.fabric.wait = UINT64_MAX;
    for (uint32_t i = 0; i < EACH; i++)
        for (uint32_t r = 0; r < SIDE; r++)
            cr_assert(plc_fabric_inject(&s.fabric, 0, 3 * r, r, 1));
    cr_assert(plc_fabric_run(&s.fabric, UINT64_MAX, NULL));
    cr_assert_eq(s.n, SIDE * EACH);
    cr_assert_gt(s.fabric.stats.forced, 0);
    plc_fabric_finish(&s.fabric);
}

enum { TICK = 10000 }; /* [ps] of Tickysim */

/* Sources of packets at random times, and what becomes of them. */
typedef struct traffic {
    plc_fabric fabric;
    plc_random_key key;
    double mean;                                          /* [ps] between two packets of a source */
    uint64_t warm, end;                                   /* [ps] what is sent in between counts */
    uint32_t (*choose)(uint32_t source, uint32_t random); /* branch */
    uint32_t queue;        /* packets that a source holds before it tries again later; 0: any */
    uint32_t drawn;        /* packets, with those not made yet */
    uint64_t counted, sum; /* packets that arrived, and [ps] of their delays together */
    uint64_t *sent;        /* [n_sent] [ps] */
    size_t n_sent, capacity, n_counted;
} traffic;

static bool arrive(void *context, const plc_branch *branch, uint32_t source, uint32_t cargo,
                   uint64_t time)
{
    traffic *t = context;
    (void)branch;
    (void)cargo;
    if (t->sent[source] >= t->warm) {
        t->counted++;
        t->sum += time - t->sent[source];
    }
    return true;
}

/* Packets at a branch's router that its cores have sent. */
static uint32_t waiting_at(const traffic *t, uint32_t branch)
{
    return t->fabric.routers[t->fabric.branches[branch].router].in[PLC_PORT_LOCAL].n;
}

static bool emit(void *context, uint32_t subject, uint64_t time)
{
    traffic *t = context;
    plc_random draw = plc_random_draw(t->key, subject, t->drawn++);
    double gap = -log((draw.word[0] + 0.5) * 0x1p-32) * t->mean;
    uint32_t branch = t->choose(subject, draw.word[1]);
    if (t->queue && waiting_at(t, branch) >= t->queue)
        return plc_fabric_call(&t->fabric, time + TICK, subject);
    if (!plc_array_reserve(&t->sent, &t->capacity, t->n_sent + 1, sizeof *t->sent) ||
        !plc_fabric_inject(&t->fabric, time, branch, (uint32_t)t->n_sent, 1))
        return false;
    t->sent[t->n_sent++] = time;
    t->n_counted += time >= t->warm;
    return time + (uint64_t)gap >= t->end ||
           plc_fabric_call(&t->fabric, time + (uint64_t)gap, subject);
}

static void begin_traffic(traffic *t, const char *chip_name, const plc_branch *branches,
                          uint32_t n_sources)
{
    plc_chip *chip = NULL;
    plc_error error = {0};
    cr_assert_eq(plc_chip_open(chip_name, &chip, &error), PLC_OK, "%s", error.message);
    cr_assert_eq(plc_fabric_init(&t->fabric, chip,
                                 (plc_fabric_owner){arrive, emit, ignore_drop, NULL, t}, &error),
                 PLC_OK);
    t->fabric.branches = branches;
    for (uint32_t i = 0; i < n_sources; i++) {
        plc_random draw = plc_random_draw(t->key, i, UINT32_MAX);
        cr_assert(plc_fabric_call(&t->fabric, (uint64_t)(draw.word[0] * 0x1p-32 * t->mean), i));
    }
    plc_chip_destroy(chip);
}

static void finish_traffic(traffic *t)
{
    plc_fabric_finish(&t->fabric);
    free(t->sent);
}

static uint32_t choose_first(uint32_t source, uint32_t random)
{
    (void)source;
    (void)random;
    return 0;
}

/* Packets come at random to one link: waiting as Pollaczek and Khinchine have it for a fixed time
 * of service, rho / (2 (1 - rho)) services. */
Test(fabric, waits_for_a_link_as_queueing_theory_says)
{
    static const double loads[] = {0.3, 0.6, 0.8};
    for (size_t i = 0; i < sizeof loads / sizeof *loads; i++) {
        plc_branch branches[2];
        traffic t = {.mean = LINK / loads[i], .choose = choose_first};
        t.key = plc_random_stream(1, 77, (uint32_t)i);
        t.warm = 1000 * LINK;
        t.end = (uint64_t)(300000 * t.mean);
        go_east(branches, 0, 0, 1);
        begin_traffic(&t, "hexmesh:2x1:1", branches, 1);
        t.fabric.buffer = UINT32_MAX;
        t.fabric.interval = 0;
        cr_assert(plc_fabric_run(&t.fabric, UINT64_MAX, NULL));
        double waited = (double)t.sum / (double)t.counted - 2 * ROUTER - LINK;
        double expected = loads[i] / (2 * (1 - loads[i])) * LINK;
        cr_log_info("load %g: waited %g ps, expected %g", loads[i], waited, expected);
        cr_assert_float_eq(waited / expected, 1, 0.05, "load %g: waited %g ps, expected %g",
                           loads[i], waited, expected);
        finish_traffic(&t);
    }
}

enum { SIDE = 12 }; /* [routers] */

/* Branches of all ways on a hexagonal torus: one shortest way from each router to each, along x,
 * then along y, then diagonally. */
static plc_branch *make_ways(uint32_t *ret_first)
{
    uint32_t n = 0;
    plc_branch *branches = malloc(SIDE * SIDE * SIDE * SIDE * (SIDE + 1) * sizeof *branches);
    for (uint32_t from = 0; from < SIDE * SIDE; from++)
        for (uint32_t to = 0; to < SIDE * SIDE; to++) {
            int best[3] = {0}, least = INT_MAX;
            for (int wx = -1; wx <= 1; wx++)
                for (int wy = -1; wy <= 1; wy++) {
                    int dx = (int)(to % SIDE) - (int)(from % SIDE) + wx * SIDE;
                    int dy = (int)(to / SIDE) - (int)(from / SIDE) + wy * SIDE;
                    int diagonal = dx > 0 && dy > 0   ? (dx < dy ? dx : dy)
                                   : dx < 0 && dy < 0 ? (dx > dy ? dx : dy)
                                                      : 0;
                    int length = abs(diagonal) + abs(dx - diagonal) + abs(dy - diagonal);
                    if (length < least) {
                        least = length;
                        best[0] = dx - diagonal;
                        best[1] = dy - diagonal;
                        best[2] = diagonal;
                    }
                }
            int x = (int)(from % SIDE), y = (int)(from / SIDE);
            ret_first[from * SIDE * SIDE + to] = n;
            for (int kind = 0; kind < 3; kind++)
                for (int i = 0; i < abs(best[kind]); i++) {
                    int step = best[kind] > 0 ? 1 : -1;
                    static const uint8_t links[] = {0, 2, 1};
                    uint8_t link = (uint8_t)(links[kind] + (step < 0) * 3);
                    branches[n] = (plc_branch){.router = (uint32_t)(y * SIDE + x),
                                               .next = n + 1,
                                               .links = (uint8_t)(1u << link)};
                    n++;
                    x = (x + (kind != 1) * step + SIDE) % SIDE;
                    y = (y + (kind != 0) * step + SIDE) % SIDE;
                }
            branches[n++] = (plc_branch){.router = (uint32_t)(y * SIDE + x), .n_leaves = 1};
        }
    return branches;
}

static uint32_t ways[SIDE * SIDE * SIDE * SIDE];

static uint32_t choose_any(uint32_t source, uint32_t random)
{
    return ways[source * SIDE * SIDE + plc_random_below(random, SIDE * SIDE)];
}

/* Tickysim's own figures are of its published configuration, built and run: uniform traffic, links
 * of 16 ticks, a timeout of 50, no emergency routing, after a warm-up of 400,000 ticks. */
typedef struct steady {
    double in, arrived, dropped; /* [packets a router and tick] [the same] [of those in] */
} steady;

/* What becomes of uniform traffic with the times of Tickysim, packets a router and tick. Sources
 * hold two packets, and go on when there is room. */
static steady measure_steady(const plc_branch *torus, double load)
{
    const double counted = 30000; /* [ticks] and as many to warm up */
    traffic t = {.mean = TICK / load, .choose = choose_any, .queue = 2};
    t.key = plc_random_stream(1, 78, (uint32_t)(1e4 * load));
    t.warm = UINT64_C(30000) * TICK;
    t.end = UINT64_C(60000) * TICK;
    begin_traffic(&t, "hextorus:12x12:1", torus, SIDE * SIDE);
    t.fabric.interval = TICK;
    t.fabric.link_time = 16 * TICK;
    t.fabric.latency = 5 * TICK;
    t.fabric.wait = 50 * TICK;
    t.fabric.buffer = 2;
    t.fabric.reinjects = false;
    cr_assert(plc_fabric_run(&t.fabric, t.warm, NULL));
    plc_fabric_stats before = t.fabric.stats;
    cr_assert(plc_fabric_run(&t.fabric, t.end, NULL));
    double in = (double)(t.fabric.stats.injected - before.injected);
    steady s = {in / counted / (SIDE * SIDE), (double)t.counted / counted / (SIDE * SIDE),
                (double)(t.fabric.stats.drops - before.drops) / in};
    cr_log_info("load %g: in %.4f, arrived %.4f, dropped %.3f", load, s.in, s.arrived, s.dropped);
    finish_traffic(&t);
    return s;
}

Test(fabric, saturates_as_tickysim_does)
{
    plc_branch *torus = make_ways(ways);
    for (int i = 1; i <= 2; i++) {
        steady s = measure_steady(torus, 0.0103 * i);
        cr_assert_eq(s.dropped, 0);
        cr_assert_float_eq(s.arrived, 0.0103 * i, 0.0103 * i * 0.03);
    }
    cr_assert_gt(measure_steady(torus, 0.04).dropped, 0.1);
    steady s = measure_steady(torus, 0.1);
    cr_assert_float_eq(s.in / 0.0232, 1, 0.1);
    cr_assert_float_eq(s.arrived / 0.0124, 1, 0.1);
    cr_assert_float_eq(s.dropped / 0.464, 1, 0.1);
    free(torus);
}
