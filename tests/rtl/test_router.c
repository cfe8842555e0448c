/* The verilated router against its rules: first match, default route, waiting, dropping, and that
 * it neither loses nor invents a packet. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "rtl-models/router.h"

#include "base/random.h"

#include <criterion/criterion.h>
#include <stdlib.h>

enum {
    LOCAL = 4,
    FOR_EVER = -1,
    MOST_ENTRIES = 256,
    MOST_PACKETS = 1 << 16,
    LAG = 64 /* [cycles] that an idle router takes for a packet, at most */
};

typedef struct entry {
    uint32_t key, mask, ports;
} entry;

/* A router, and what its rules say that has to come out of it. */
typedef struct bench {
    plc_rtl_router *router;
    plc_rtl_ports ports;
    entry entries[MOST_ENTRIES];
    uint32_t due[PLC_RTL_PORTS][MOST_PACKETS]; /* keys */
    size_t n_due[PLC_RTL_PORTS], n_out[PLC_RTL_PORTS];
    size_t n_in, n_lost, lost_due, n_dropped, n_aside;
} bench;

static bench *create(void)
{
    bench *b = calloc(1, sizeof *b);
    cr_assert(b);
    b->router = plc_rtl_router_create();
    b->ports.wait = (uint32_t)FOR_EVER;
    cr_assert(b->router);
    return b;
}

static void destroy(bench *b)
{
    cr_assert_eq(plc_rtl_router_errors(b->router), 0);
    plc_rtl_router_destroy(b->router);
    free(b);
}

static void add_entry(bench *b, uint32_t key, uint32_t mask, uint32_t ports)
{
    uint32_t n = b->ports.n_entries++;
    b->entries[n] = (entry){key, mask, ports};
    plc_rtl_router_write(b->router, n, key, mask, ports);
}

/* The ports that a packet leaves by: those of the first entry that matches; else straight on. */
static uint32_t route(const bench *b, uint32_t key, uint32_t port, bool *ret_hit)
{
    *ret_hit = true;
    for (uint32_t i = 0; i < b->ports.n_entries; i++)
        if (((key ^ b->entries[i].key) & b->entries[i].mask) == 0)
            return b->entries[i].ports;
    *ret_hit = false;
    return port == LOCAL ? 0 : 1u << port;
}

/* A packet has gone into a port. */
static void expect(bench *b, uint32_t key, uint32_t port)
{
    bool hit;
    uint32_t ports = route(b, key, port, &hit);
    b->n_in++;
    b->lost_due += !hit && port == LOCAL;
    for (uint32_t p = 0; p < PLC_RTL_PORTS; p++)
        if (ports >> p & 1)
            b->due[p][b->n_due[p]++] = key;
}

/* Strikes a key that came out of a port off the list of those that are due there. */
static void strike(bench *b, uint32_t key, uint32_t port)
{
    uint32_t *due = b->due[port];
    size_t i = 0;
    while (i < b->n_due[port] && due[i] != key)
        i++;
    cr_assert_lt(i, b->n_due[port], "port %u gave a packet 0x%x that is not due there", port, key);
    due[i] = due[--b->n_due[port]];
    b->n_out[port]++;
}

/* One cycle with the inputs as they stand; what is taken and given is noted. */
static void step(bench *b)
{
    plc_rtl_ports *p = &b->ports;
    plc_rtl_router_look(b->router, p);
    for (uint32_t i = 0; i < PLC_RTL_PORTS; i++) {
        if (p->in_valid >> i & p->in_ready >> i & 1)
            expect(b, p->in_data[i], i);
        if (p->out_valid >> i & p->out_ready >> i & 1)
            strike(b, p->out_data[i], i);
    }
    b->n_lost += p->lost;
    b->n_dropped += p->dropped;
    b->n_aside += p->aside;
    plc_rtl_router_clock(b->router);
}

/* Sends one packet into an idle router and waits until it is idle again; the ports it left by. */
static uint32_t send(bench *b, uint32_t key, uint32_t port)
{
    size_t before[PLC_RTL_PORTS];
    uint32_t ports = 0;
    memcpy(before, b->n_out, sizeof before);
    b->ports.out_ready = 0x1f;
    b->ports.in_valid = (uint8_t)(1u << port);
    b->ports.in_data[port] = key;
    step(b);
    b->ports.in_valid = 0;
    for (int i = 0; i < LAG; i++)
        step(b);
    cr_assert(b->ports.idle);
    for (uint32_t p = 0; p < PLC_RTL_PORTS; p++)
        ports |= (uint32_t)(b->n_out[p] > before[p]) << p;
    return ports;
}

Test(router, takes_the_first_entry_that_matches)
{
    bench *b = create();
    add_entry(b, 0x100, 0xff0, 0x11);
    add_entry(b, 0x100, 0xf00, 0x02);
    add_entry(b, 0x000, 0x000, 0x0c);
    cr_assert_eq(send(b, 0x105, LOCAL), 0x11);
    cr_assert_eq(send(b, 0x115, LOCAL), 0x02);
    cr_assert_eq(send(b, 0x215, 0), 0x0c);
    destroy(b);
}

Test(router, sends_straight_on_what_matches_nothing)
{
    bench *b = create();
    add_entry(b, 0x100, 0xff0, 0x10);
    for (uint32_t port = 0; port < LOCAL; port++)
        cr_assert_eq(send(b, 0x200 + port, port), 1u << port);
    cr_assert_eq(b->n_lost, 0);
    destroy(b);
}

Test(router, loses_and_tells_what_is_born_here_and_matches_nothing)
{
    bench *b = create();
    cr_assert_eq(send(b, 0x200, LOCAL), 0);
    cr_assert_eq(b->n_lost, 1);
    destroy(b);
}

Test(router, uses_no_entries_past_those_in_use)
{
    bench *b = create();
    add_entry(b, 0, 0, 0x01);
    b->ports.n_entries = 0;
    cr_assert_eq(send(b, 0x300, 1), 0x02);
    destroy(b);
}

Test(router, drops_a_packet_that_has_waited_for_as_long_as_it_may)
{
    enum { WAIT = 20 };
    bench *b = create();
    b->ports.wait = WAIT;
    add_entry(b, 0, 0, 0x01);
    b->ports.out_ready = 0x1e; /* nobody takes anything from port 0 */
    b->ports.in_valid = 1u << LOCAL;
    size_t first = 0, cycle = 0;
    while (!first && cycle < 100) {
        b->ports.in_data[LOCAL] = (uint32_t)b->n_in;
        step(b);
        cycle++;
        first = b->n_dropped ? cycle : 0;
    }
    /* Two packets stand behind the port; the third is taken in four cycles after the first word,
     * and dropped when it has waited for WAIT cycles. */
    cr_assert_geq(first, WAIT);
    cr_assert_leq(first, WAIT + 8);
    cr_assert_eq(b->n_aside, 0);
    for (int i = 0; i < 3 * WAIT; i++)
        step(b);
    cr_assert_geq(b->n_dropped, 3);
    cr_assert_eq(b->n_out[0], 0);
    destroy(b);
}

/* Links may hold each other up for ever only if a router does not go on serving the others. */
Test(router, serves_others_while_a_packet_cannot_go_on)
{
    bench *b = create();
    add_entry(b, 0x1, 0xf, 0x01);
    add_entry(b, 0x2, 0xf, 0x02);
    b->ports.out_ready = 0x1e;
    for (uint32_t i = 0; i < 400; i++) {
        b->ports.in_valid = 0x3;
        b->ports.in_data[0] = 0x1;
        b->ports.in_data[1] = 0x2;
        step(b);
    }
    cr_assert_gt(b->n_out[1], 10);
    cr_assert_eq(b->n_out[0], 0);
    cr_assert_gt(b->n_aside, 3);
    b->ports.in_valid = 0;
    b->ports.out_ready = 0x1f;
    for (uint32_t i = 0; i < 2000; i++)
        step(b);
    cr_assert(b->ports.idle);
    cr_assert_eq(b->n_due[0] + b->n_due[1], 0);
    destroy(b);
}

/* Random tables, packets and readiness: in the end all that went in has come out where the rules
 * say, once each, and dropped packets are as many as are missing. */
static void try_random(uint64_t number, uint32_t wait, uint32_t ready_of_16)
{
    bench *b = create();
    plc_random_key key = plc_random_stream(number, 0x7e57, 0);
    uint32_t n_entries = 1 + plc_random_draw(key, 0, 0).word[0] % MOST_ENTRIES;
    b->ports.wait = wait;
    for (uint32_t i = 0; i < n_entries; i++) {
        plc_random r = plc_random_draw(key, 1, i), q = plc_random_draw(key, 2, i);
        uint32_t mask = r.word[0] & q.word[0] & 0xff;
        add_entry(b, r.word[1] & mask, mask, q.word[1] & 0x1f);
    }
    b->ports.in_valid = 0;
    for (uint32_t t = 0; t < 6000; t++) {
        bool sends = t < 3000;
        b->ports.out_ready = 0;
        for (uint32_t p = 0; p < PLC_RTL_PORTS; p++) {
            plc_random r = plc_random_draw(key, 3 + p, t);
            /* What is offered stays until it is taken. */
            if (!(b->ports.in_valid >> p & 1) || b->ports.in_ready >> p & 1) {
                b->ports.in_valid &= (uint8_t) ~(1u << p);
                b->ports.in_valid |= (uint8_t)((sends && r.word[0] % 3 == 0) << p);
                b->ports.in_data[p] = r.word[0] >> 8;
            }
            b->ports.out_ready |= (uint8_t)((!sends || r.word[1] % 16 < ready_of_16) << p);
        }
        step(b);
    }
    for (uint32_t t = 0; t < 30000 && !b->ports.idle; t++)
        step(b);
    cr_assert(b->ports.idle, "router %llu is not idle", (unsigned long long)number);
    size_t missing = 0;
    for (uint32_t p = 0; p < PLC_RTL_PORTS; p++)
        missing += b->n_due[p];
    cr_assert_eq(b->n_lost, b->lost_due);
    cr_assert_gt(b->n_in, 150);
    if (wait == (uint32_t)FOR_EVER)
        cr_assert_eq(missing, 0, "%zu packets did not come out", missing);
    else
        cr_assert(missing >= b->n_dropped && missing <= b->n_dropped * PLC_RTL_PORTS);
    destroy(b);
}

Test(router, never_loses_or_invents_a_packet)
{
    for (uint64_t i = 0; i < 12; i++)
        try_random(i, (uint32_t)FOR_EVER, 2 + (uint32_t)i);
}

Test(router, drops_whole_packets_only)
{
    for (uint64_t i = 0; i < 6; i++)
        try_random(100 + i, 5, 2);
}
