/* Forests: every tree reaches its terminals, loads are those of the links, and trees are nearly as
 * short as trees can be. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/random.h"
#include "mapper/forest.h"
#include "tests/support/random_network.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { TERMINALS_MAX = 6, WIRES = 60 };

/* Wires with 1 to TERMINALS_MAX random terminals each, on routers that hold something. */
static plc_forest random_wires(const plc_machine *m, uint64_t seed)
{
    plc_random_key key = plc_random_stream(seed, 0x3417, 0);
    plc_forest f;
    uint32_t draws = 0, *usable = calloc(m->n_routers, sizeof *usable), n = 0;
    for (uint32_t r = 0; r < m->n_routers; r++)
        if (m->capacity[r])
            usable[n++] = r;
    cr_assert_eq(plc_forest_init(&f, WIRES, WIRES * TERMINALS_MAX, m, NULL), PLC_OK);
    for (uint32_t w = 0; w < WIRES; w++) {
        plc_wire *wire = &f.wires[w];
#define DRAW(sides) plc_random_below(plc_random_draw(key, draws++, 0).word[0], sides)
        *wire = (plc_wire){
            .root = usable[DRAW(n)], .weight = 1 + DRAW(3), .begin = (uint64_t)w * TERMINALS_MAX};
        for (uint32_t wanted = 1 + w % TERMINALS_MAX; wanted; wanted--) {
            uint32_t terminal = usable[DRAW(n)];
            bool there = false;
            for (uint32_t i = 0; i < wire->n_terminals; i++)
                there = there || f.terminals[wire->begin + i] == terminal;
            if (!there)
                f.terminals[wire->begin + wire->n_terminals++] = terminal;
        }
#undef DRAW
    }
    free(usable);
    return f;
}

static void check_trees(const plc_machine *m, const plc_forest *f)
{
    bool *seen = calloc(m->n_routers, 1);
    double *load = calloc((size_t)m->n_routers * PLC_N_LINKS, sizeof *load);
    for (uint32_t w = 0; w < f->n_wires; w++) {
        const plc_wire *wire = &f->wires[w];
        memset(seen, 0, m->n_routers);
        seen[wire->root] = true;
        for (uint32_t i = 0; i < wire->n; i++) {
            const plc_tree_link *link = &f->links[wire->links + i];
            int32_t next = m->next[link->router][link->link];
            cr_assert(seen[link->router] && next >= 0 && !seen[next], "wire %u", w);
            seen[next] = true;
            load[link->router * PLC_N_LINKS + link->link] += wire->weight;
        }
        for (uint32_t i = 0; i < wire->n_terminals; i++)
            cr_assert(seen[f->terminals[wire->begin + i]], "wire %u misses a terminal", w);
    }
    for (uint32_t i = 0; i < m->n_routers * PLC_N_LINKS; i++)
        cr_assert_float_eq(load[i], f->load[i], 1e-9);
    free(load);
    free(seen);
}

/* Links of a smallest tree. Source: Dreyfus and Wagner, Networks 1, 1971: the best tree of a set of
 * terminals from any router is two of its parts joined there, or a shorter way plus the best tree
 * from elsewhere. O(3^k routers + 2^k routers^2) */
static uint32_t smallest_tree(const plc_machine *m, const plc_forest *f, const plc_wire *wire)
{
    uint32_t n = m->n_routers, k = wire->n_terminals;
    uint32_t *best = malloc(((size_t)n << k) * sizeof *best);
    for (uint32_t set = 1; set < 1u << k; set++) {
        uint32_t *cost = best + (size_t)set * n;
        for (uint32_t r = 0; r < n; r++) {
            cost[r] = (set & (set - 1)) == 0
                          ? plc_machine_hops(
                                m, r, f->terminals[wire->begin + (uint32_t)__builtin_ctz(set)])
                          : UINT32_MAX / 2;
            for (uint32_t part = (set - 1) & set; part; part = (part - 1) & set) {
                uint32_t joined = best[(size_t)part * n + r] + best[(size_t)(set ^ part) * n + r];
                cost[r] = joined < cost[r] ? joined : cost[r];
            }
        }
        uint32_t *from_there = malloc(n * sizeof *from_there);
        for (uint32_t r = 0; r < n; r++) {
            from_there[r] = cost[r];
            for (uint32_t q = 0; q < n; q++) {
                uint32_t by = plc_machine_hops(m, r, q) + cost[q];
                from_there[r] = by < from_there[r] ? by : from_there[r];
            }
        }
        memcpy(cost, from_there, n * sizeof *cost);
        free(from_there);
    }
    uint32_t links = best[(size_t)((1u << k) - 1) * n + wire->root];
    free(best);
    return links;
}

/* On a small machine, whose trees are grown by sets, and on one that is not small. */
Test(forest, trees_are_nearly_the_smallest, .timeout = 250)
{
    static const char *const chips[] = {"hextorus:6x6:1", "torus:7x5:1", "hexmesh:9x9:1",
                                        "hextorus:10x8:1"};
    for (size_t c = 0; c < sizeof chips / sizeof *chips; c++) {
        plc_chip *chip = NULL;
        plc_machine m = {0};
        uint32_t grown = 0, smallest = 0, unreached;
        cr_assert_eq(plc_chip_open(chips[c], &chip, NULL), PLC_OK);
        cr_assert_eq(plc_machine_init(&m, chip, NULL), PLC_OK);
        plc_forest f = random_wires(&m, c);
        cr_assert_eq(plc_forest_grow(&f, &m, 2, 1, &unreached, NULL), PLC_OK);
        check_trees(&m, &f);
        for (uint32_t w = 0; w < WIRES; w++) {
            uint32_t least = smallest_tree(&m, &f, &f.wires[w]);
            cr_assert_geq(f.wires[w].n, least, "%s, wire %u: fewer links than there can be",
                          chips[c], w);
            grown += f.wires[w].n;
            smallest += least;
        }
        cr_expect_leq(grown, smallest * 1.03, "%s: %u links, %u would do", chips[c], grown,
                      smallest);
        plc_forest_finish(&f);
        plc_machine_finish(&m);
        plc_chip_destroy(chip);
    }
}

/* More effort never costs links, and what effort 0 leaves on the busiest link gets less. */
Test(forest, spreads_the_load_without_longer_trees)
{
    plc_chip *chip = NULL;
    plc_machine m = {0};
    cr_assert_eq(plc_chip_open("hextorus:8x8:1", &chip, NULL), PLC_OK);
    cr_assert_eq(plc_machine_init(&m, chip, NULL), PLC_OK);
    uint32_t links[2] = {0}, unreached;
    double busiest[2] = {0};
    for (int i = 0; i < 2; i++) {
        plc_forest f = random_wires(&m, 9);
        cr_assert_eq(plc_forest_grow(&f, &m, i ? 2 : 0, 1, &unreached, NULL), PLC_OK);
        check_trees(&m, &f);
        links[i] = (uint32_t)f.n_links;
        for (uint32_t l = 0; l < m.n_routers * PLC_N_LINKS; l++)
            busiest[i] = f.load[l] > busiest[i] ? f.load[l] : busiest[i];
        plc_forest_finish(&f);
    }
    cr_assert_leq(links[1], links[0]);
    cr_assert_leq(busiest[1], busiest[0]);
    plc_machine_finish(&m);
    plc_chip_destroy(chip);
}

/* Machines with holes: trees go around them, or the wire that cannot be is named. */
Test(forest, goes_around_what_is_dead, .timeout = 250)
{
    for (uint64_t i = 0; i < 40; i++) {
        plc_chip *chip = random_chip(i);
        plc_machine m = {0};
        uint32_t unreached = UINT32_MAX;
        cr_assert_eq(plc_machine_init(&m, chip, NULL), PLC_OK);
        plc_forest f = random_wires(&m, i);
        plc_status status = plc_forest_grow(&f, &m, (unsigned)(i % 3), i, &unreached, NULL);
        cr_assert(status == PLC_OK || (status == PLC_DOES_NOT_FIT && unreached < WIRES));
        if (status == PLC_OK)
            check_trees(&m, &f);
        plc_forest_finish(&f);
        plc_machine_finish(&m);
        plc_chip_destroy(chip);
    }
}
