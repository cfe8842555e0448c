/* The fabric in time: one packet, two that meet, full buffers, drops, and queues as theory has
 * them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/random.h"
#include "hw/engine/fabric.h"

#include <criterion/criterion.h>
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

static bool see(void *context, const plc_branch *branch, uint32_t source, int32_t sign,
                uint64_t time)
{
    seen *s = context;
    (void)branch;
    (void)sign;
    if (s->n < MOST) {
        s->times[s->n] = time;
        s->sources[s->n] = source;
    }
    s->n++;
    return true;
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
    cr_assert_eq(plc_fabric_init(&s->fabric, chip, (plc_fabric_owner){see, ignore, s}, &error),
                 PLC_OK);
    s->fabric.branches = branches;
    plc_chip_destroy(chip);
}

/* A way to the east of n links, from router `from` on; the last router has one leaf. */
static void go_east(plc_branch *branches, uint32_t first, uint32_t from, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        branches[first + i] =
            (plc_branch){.router = from + i, .next = first + i + 1, .links = 1};
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
    cr_assert(plc_fabric_inject(&s.fabric, 0, 0, 0, -1));
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

/* Two places at the link: the third packet is held until the first has crossed, and holds up one
 * for another link that would be free. */
Test(fabric, a_full_buffer_holds_the_router)
{
    plc_branch branches[4];
    seen s;
    go_east(branches, 0, 0, 1);
    branches[2] = (plc_branch){.router = 0, .n_leaves = 1};
    begin(&s, "hexmesh:2x1:4", branches);
    for (uint32_t i = 0; i < 3; i++)
        cr_assert(plc_fabric_inject(&s.fabric, 0, 0, i, 1));
    cr_assert(plc_fabric_inject(&s.fabric, 0, 2, 3, 1));
    cr_assert(plc_fabric_run(&s.fabric, UINT64_MAX, NULL));
    cr_assert_eq(s.n, 4);
    uint64_t interval = 7519; /* the router takes one packet a cycle */
    uint64_t room = ROUTER + LINK;
    for (uint32_t i = 0; i < 3; i++)
        cr_assert_eq(s.sources[i == 0 ? 1 : i == 1 ? 0 : 2], i == 0 ? 0 : i == 1 ? 3 : 1);
    cr_assert_eq(s.times[0], room + ROUTER, "the one that was held up");
    cr_assert_eq(s.fabric.stats.waiting, room - 2 * interval);
    cr_assert_eq(s.fabric.stats.drops, 0);
    plc_fabric_finish(&s.fabric);
}

/* Nothing drains the link: its packet cannot be taken in behind it, for that router holds one whose
 * own link is full, and so on round a ring. */
Test(fabric, a_packet_that_waits_too_long_is_dropped_and_sent_anew)
{
    enum { N = 40 };
    plc_branch branches[2];
    seen s;
    go_east(branches, 0, 0, 1);
    for (int reinjects = 0; reinjects < 2; reinjects++) {
        begin(&s, "hexmesh:2x1:4", branches);
        s.fabric.reinjects = reinjects;
        s.fabric.link_time = 2 * WAIT; /* a link slower than the router's patience */
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
        branches[3 * r + 1] =
            (plc_branch){.router = (r + 1) % SIDE, .next = 3 * r + 2, .links = 1};
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

/* Sources of random packets, and what they find. */
typedef struct traffic {
    plc_fabric fabric;
    plc_random_key key;
    uint64_t period;    /* [ps] of a draw */
    double chance;      /* of a packet in a draw */
    uint32_t n_sources; /* a draw each */
    uint32_t (*choose)(struct traffic *t, uint32_t source, uint32_t random); /* branch */
    uint64_t draws, warm, counted, sum; /* sum [ps] of delays */
    uint64_t *sent;                     /* [draws] by number of the packet */
    uint32_t n_sent;
} traffic;

static bool arrive(void *context, const plc_branch *branch, uint32_t source, int32_t sign,
                   uint64_t time)
{
    traffic *t = context;
    (void)branch;
    (void)sign;
    if (t->sent[source] >= t->warm) {
        t->counted++;
        t->sum += time - t->sent[source];
    }
    return true;
}

static bool draw(void *context, uint32_t subject, uint64_t time)
{
    traffic *t = context;
    plc_random_pair pair = plc_random(t->key, subject, (uint32_t)(time / t->period));
    bool ok = true;
    if (pair.first < t->chance * 0x1p32 && t->n_sent < MOST * 64) {
        t->sent[t->n_sent] = time;
        ok = plc_fabric_inject(&t->fabric, time, t->choose(t, subject, pair.second), t->n_sent, 1);
        t->n_sent++;
    }
    if (ok && time / t->period < t->draws)
        ok = plc_fabric_call(&t->fabric, time + t->period, subject);
    return ok;
}

static uint32_t choose_first(traffic *t, uint32_t source, uint32_t random)
{
    (void)t;
    (void)source;
    (void)random;
    return 0;
}

/* Packets come at random to one link: waiting as Pollaczek and Khinchine have it for a fixed time of
 * service, rho / (2 (1 - rho)) services. */
Test(fabric, waits_for_a_link_as_queueing_theory_says)
{
    static const double loads[] = {0.3, 0.6, 0.8};
    for (size_t i = 0; i < sizeof loads / sizeof *loads; i++) {
        plc_branch branches[2];
        plc_chip *chip = NULL;
        plc_error error = {0};
        traffic t = {.period = 800, .n_sources = 1, .choose = choose_first};
        go_east(branches, 0, 0, 1);
        t.key = plc_random_stream(1, 77, (uint32_t)i);
        t.chance = loads[i] * (double)t.period / LINK;
        t.draws = 200000 / loads[i] * LINK / t.period;
        t.sent = calloc(MOST * 64, sizeof *t.sent);
        cr_assert_eq(plc_chip_open("hexmesh:2x1:1", &chip, &error), PLC_OK);
        cr_assert_eq(plc_fabric_init(&t.fabric, chip, (plc_fabric_owner){arrive, draw, &t}, &error),
                     PLC_OK);
        t.fabric.branches = branches;
        t.fabric.buffer = UINT32_MAX;
        t.fabric.interval = 0;
        cr_assert(plc_fabric_call(&t.fabric, 0, 0));
        cr_assert(plc_fabric_run(&t.fabric, UINT64_MAX, NULL));
        double waited = (double)t.sum / (double)t.counted - 2 * ROUTER - LINK;
        double expected = loads[i] / (2 * (1 - loads[i])) * LINK;
        cr_assert_float_eq(waited / expected, 1, 0.05, "load %g: waited %g ps, expected %g", loads[i],
                           waited, expected);
        plc_fabric_finish(&t.fabric);
        plc_chip_destroy(chip);
        free(t.sent);
    }
}
