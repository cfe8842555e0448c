/* Trees on small machines. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/reach.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/vectorise.h"

#define BIT(router) (UINT64_C(1) << (router))

bool plc_reach_suits(const plc_machine *machine)
{
    if (machine->n_routers > PLC_REACH_ROUTERS)
        return false;
    for (uint32_t r = 0; r < machine->n_routers; r++)
        for (unsigned link = 0; link < PLC_N_LINKS; link++) {
            int32_t next = machine->next[r][link];
            if (next >= 0 && machine->next[next][(link + 3) % PLC_N_LINKS] != (int32_t)r)
                return false;
        }
    return true;
}

void plc_reach_finish(plc_reach *reach)
{
    free(reach->beside);
    free(reach->within);
    *reach = (plc_reach){0};
}

plc_status plc_reach_init(plc_reach *reach, const plc_machine *machine, plc_error *error)
{
    uint32_t n = machine->n_routers, farthest = 0;
    for (uint32_t r = 0; r < n; r++)
        for (uint32_t s = 0; s < n; s++) {
            uint32_t hops = plc_machine_hops(machine, r, s);
            farthest = hops < PLC_UNREACHABLE && hops > farthest ? hops : farthest;
        }
    *reach = (plc_reach){.pitch = farthest + 1,
                         .beside = plc_array(n, sizeof *reach->beside),
                         .within = plc_array((size_t)n * (farthest + 1), sizeof *reach->within)};
    if (!reach->beside || !reach->within) {
        plc_reach_finish(reach);
        return plc_fail_memory(error, "trees");
    }
    for (uint32_t r = 0; r < n; r++) {
        for (uint32_t s = 0; s < n; s++)
            for (uint32_t h = plc_machine_hops(machine, r, s); h <= farthest; h++)
                reach->within[r * reach->pitch + h] |= BIT(s);
        for (unsigned link = 0; link < PLC_N_LINKS; link++)
            if (machine->next[r][link] >= 0)
                reach->beside[r] |= BIT(machine->next[r][link]);
        reach->beside[r] &= ~BIT(r); /* on a ring of one */
    }
    return PLC_OK;
}

/* A tree in the making. */
typedef struct growth {
    const plc_reach *reach;
    uint64_t tree, next_to, left; /* routers in it, those beside one, terminals that are not in */
    const float *rank;            /* or NULL */
    uint8_t *nodes;
    uint32_t n;
} growth;

static inline void add(growth *g, uint32_t router)
{
    g->tree |= BIT(router);
    g->left &= ~BIT(router);
    g->next_to |= g->reach->beside[router];
    g->nodes[g->n++] = (uint8_t)router;
}

/* The router of a set that is beside most terminals left; of equals that of the lowest rank. */
static inline uint32_t busiest(const growth *g, uint64_t set)
{
    uint32_t best = 0;
    int most = -1;
    for (; set; set &= set - 1) {
        uint32_t router = (uint32_t)__builtin_ctzll(set);
        int n = __builtin_popcountll(g->reach->beside[router] & g->left);
        if (n > most || (n == most && g->rank && g->rank[router] < g->rank[best])) {
            most = n;
            best = router;
        }
    }
    return best;
}

/* Routers beside terminals that are left. */
static inline uint64_t around_terminals(const growth *g)
{
    uint64_t around = 0;
    for (uint64_t set = g->left; set; set &= set - 1)
        around |= g->reach->beside[__builtin_ctzll(set)];
    return around;
}

/* Adds a way of `hops` > 2 hops to a terminal, but for its last hop. */
static inline void walk(growth *g, uint32_t terminal, uint32_t hops)
{
    const uint64_t *within = g->reach->within + terminal * g->reach->pitch;
    while (--hops > 0)
        add(g, busiest(g, g->next_to & ~g->tree & within[hops]));
}

/* Adds what brings the terminals nearest to the tree, at least two hops off, next to it; false when
 * none can be reached. */
static inline bool step_out(growth *g)
{
    const plc_reach *reach = g->reach;
    uint64_t between = around_terminals(g) & g->next_to;
    if (between) {
        add(g, busiest(g, between));
        return true;
    }
    for (uint32_t hops = 3; hops < reach->pitch; hops++)
        for (uint64_t set = g->left; set; set &= set - 1) {
            uint32_t terminal = (uint32_t)__builtin_ctzll(set);
            if (reach->within[terminal * reach->pitch + hops] & g->tree) {
                walk(g, terminal, hops);
                return true;
            }
        }
    return false;
}

/* Compiled for several processors because it counts bits, which the oldest do by table. */
PLC_VECTORISE uint32_t plc_reach_grow(const plc_reach *reach, uint32_t root, uint64_t terminals,
                                      const float *rank, uint8_t *ret_nodes)
{
    growth g = {.reach = reach, .left = terminals, .rank = rank, .nodes = ret_nodes};
    add(&g, root);
    while (g.left) {
        uint64_t joining = g.left & g.next_to;
        if (!joining && !step_out(&g))
            return 0;
        for (; joining; joining &= joining - 1)
            add(&g, (uint32_t)__builtin_ctzll(joining));
    }
    return g.n;
}
