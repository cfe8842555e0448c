/* The best distinct states and their counts. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/random.h"
#include "ising/solutions.h"

#include <criterion/criterion.h>

enum { N = 3 };

static void add(plc_solutions *s, const char *sides, int64_t cut, uint64_t run)
{
    uint8_t bytes[N];
    for (int i = 0; i < N; i++)
        bytes[i] = sides[i] == '1';
    cr_assert_eq(plc_solutions_add(s, bytes, cut, 1, run, NULL), PLC_OK);
}

Test(solutions, counts_a_state_and_its_complement_as_one)
{
    plc_solutions s = {.n_vertices = N, .limit = 4};
    add(&s, "011", 5, 2);
    add(&s, "100", 5, 1);
    add(&s, "010", 5, 3);
    cr_assert_eq(s.n, 2);
    cr_expect_eq(s.list[1].count, 2);
    cr_expect_eq(s.list[1].run, 1);
    cr_expect_eq(s.list[1].sides[0], 0);
    cr_expect_eq(s.list[0].count, 1);
    plc_solutions_finish(&s);
}

Test(solutions, keeps_the_best_in_order)
{
    plc_solutions s = {.n_vertices = N, .limit = 2};
    add(&s, "001", -1, 0);
    add(&s, "010", 7, 1);
    add(&s, "011", 3, 2);
    add(&s, "001", -1, 3);
    cr_assert_eq(s.n, 2);
    cr_expect(s.list[0].cut == 7 && s.list[1].cut == 3);
    plc_solutions_finish(&s);
}

Test(solutions, of_limit_nothing_are_none)
{
    plc_solutions s = {.n_vertices = N};
    add(&s, "001", 1, 0);
    cr_expect_eq(s.n, 0);
    plc_solutions_finish(&s);
}

/* Random states in one list, and in four that are merged: the same list, with the counts of a plain
 * tally. */
Test(solutions, are_the_same_however_they_come)
{
    enum { V = 6, STATES = 1 << (V - 1), ADDED = 2000, LIMIT = 5 };
    uint64_t tally[STATES] = {0};
    plc_solutions whole = {.n_vertices = V, .limit = LIMIT}, merged = whole;
    plc_solutions parts[4] = {whole, whole, whole, whole};
    const plc_random_key key = plc_random_stream(1, PLC_STREAM_DRAW, 0);
    for (uint32_t i = 0; i < ADDED; i++) {
        const plc_random random = plc_random_draw(key, i, 0);
        const uint32_t state = random.word[0] % STATES, flip = random.word[1] & 1;
        uint8_t sides[V];
        sides[0] = (uint8_t)flip;
        for (uint32_t v = 1; v < V; v++)
            sides[v] = (uint8_t)((state >> (v - 1) & 1) ^ flip);
        const int64_t cut = (int64_t)(state % 7);
        tally[state]++;
        cr_assert_eq(plc_solutions_add(&whole, sides, cut, 1, i, NULL), PLC_OK);
        cr_assert_eq(plc_solutions_add(&parts[i % 4], sides, cut, 1, i, NULL), PLC_OK);
    }
    for (int p = 3; p >= 0; p--)
        cr_assert_eq(plc_solutions_merge(&merged, &parts[p], NULL), PLC_OK);
    cr_assert_eq(whole.n, LIMIT);
    cr_assert_eq(merged.n, LIMIT);
    for (size_t i = 0; i < LIMIT; i++) {
        const plc_solution *a = &whole.list[i], *b = &merged.list[i];
        uint32_t state = 0;
        for (uint32_t v = 1; v < V; v++)
            state |= (uint32_t)a->sides[v] << (v - 1);
        cr_expect(a->cut == b->cut && a->count == b->count && a->run == b->run);
        cr_expect_arr_eq(a->sides, b->sides, V);
        cr_expect_eq(a->count, tally[state]);
        cr_expect_eq(a->cut, (i < 4) ? 6 : 5, "place %zu: cut %lld", i, (long long)a->cut);
    }
    plc_solutions_finish(&whole);
    plc_solutions_finish(&merged);
    for (int p = 0; p < 4; p++)
        plc_solutions_finish(&parts[p]);
}
