/* Threshold functions: how many there are, their smallest weights, the exact linear program. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ftl/memo.h"
#include "ftl/simplex.h"
#include "ftl/threshold.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N_FULL = 7 };

/* Regular functions of n inputs, found as sets of minterms closed under turning a 0 to 1 and moving
 * a 1 to an earlier input: every sorted positive threshold function is one. */
typedef struct enumeration {
    uint32_t n, n_minterms;
    uint32_t order[1 << N_FULL]; /* minterms, those below others last */
    uint64_t table[2];
    uint64_t functions;
    uint32_t regular, classes;
    int32_t weight_max;
    plc_memo memo;
} enumeration;

static uint64_t bit_of(const uint64_t *table, uint32_t x)
{
    return table[x >> 6] >> (x & 63) & 1;
}

/* Whether all minterms just above x, in that order, are in the set. Input 0 is the first. */
static bool may_add(const enumeration *e, uint32_t x)
{
    for (uint32_t i = 0; i < e->n; i++) {
        if (x >> i & 1)
            continue;
        if (i == e->n - 1 && !bit_of(e->table, x | 1u << i))
            return false; /* turn the last input on */
        if (i + 1 < e->n && x >> (i + 1) & 1 && !bit_of(e->table, (x ^ 1u << (i + 1)) | 1u << i))
            return false; /* move a 1 to the front */
    }
    return true;
}

/* Functions that become this one by negating inputs and naming them anew. */
static uint64_t class_size(const enumeration *e)
{
    uint64_t size = 1, same = 1, used = 0;
    uint32_t chow[N_FULL];
    for (uint32_t i = 0; i < e->n; i++) {
        int32_t c = 0;
        for (uint32_t x = 0; x < e->n_minterms; x++)
            if (bit_of(e->table, x))
                c += x >> i & 1 ? 1 : -1;
        chow[i] = (uint32_t)c;
        used += c != 0;
    }
    for (uint32_t i = 0; i < e->n; i++) {
        size *= i + 1;
        same = i > 0 && chow[i] == chow[i - 1] ? same + 1 : 1;
        size /= same;
    }
    return size << used;
}

static void take_function(enumeration *e)
{
    uint64_t on[2], off[2], used = e->n >= 6 ? UINT64_MAX : (UINT64_C(1) << e->n_minterms) - 1;
    plc_threshold t;
    for (int k = 0; k < 2; k++) {
        on[k] = e->table[k] & used;
        off[k] = ~e->table[k] & used;
    }
    e->regular++;
    plc_threshold_answer answer = plc_threshold_find(on, off, e->n, true, &t);
    cr_assert_neq(answer, PLC_THRESHOLD_UNRESOLVED);
    if (e->n <= 6) { /* as the mapper asks: by table, and with a memory */
        uint64_t full = on[0];
        for (uint32_t n = e->n; n < 6; n++)
            full |= full << (1u << n);
        bool yes = plc_memo_is_threshold(&e->memo, &full, e->n);
        cr_assert_eq(yes, answer == PLC_THRESHOLD_YES);
        cr_assert_eq(plc_memo_is_threshold(&e->memo, &full, e->n), yes);
    }
    if (answer != PLC_THRESHOLD_YES)
        return;
    e->classes++;
    e->functions += class_size(e);
    for (uint32_t i = 0; i < e->n; i++)
        e->weight_max = abs(t.weights[i]) > e->weight_max ? abs(t.weights[i]) : e->weight_max;
}

static void enumerate(enumeration *e, uint32_t at)
{
    if (at == e->n_minterms) {
        take_function(e);
        return;
    }
    uint32_t x = e->order[at];
    enumerate(e, at + 1);
    if (may_add(e, x)) {
        e->table[x >> 6] |= UINT64_C(1) << (x & 63);
        enumerate(e, at + 1);
        e->table[x >> 6] &= ~(UINT64_C(1) << (x & 63));
    }
}

/* How far up in the order: the sum of the places of the ones, counted from the end. */
static uint32_t height(uint32_t n, uint32_t x)
{
    uint32_t h = 0;
    for (uint32_t i = 0; i < n; i++)
        h += x >> i & 1 ? n - i : 0;
    return h;
}

/* Functions of up to n inputs: A000609. Classes of sorted positive ones, constants included, and
 * the largest weight: OEIS A000609, and counts of Muroga, Tsuboi and Baugh (1970). */
static void expect_counts(uint32_t n, uint64_t functions, uint32_t regular, uint32_t classes,
                          int32_t weight_max)
{
    enumeration e = {.n = n, .n_minterms = 1u << n};
    cr_assert(plc_memo_init(&e.memo, 6));
    for (uint32_t x = 0; x < e.n_minterms; x++) {
        uint32_t i = x;
        for (; i > 0 && height(n, e.order[i - 1]) < height(n, x); i--)
            e.order[i] = e.order[i - 1];
        e.order[i] = x;
    }
    enumerate(&e, 0);
    cr_assert_eq(e.functions, functions, "n = %u: %llu functions", n,
                 (unsigned long long)e.functions);
    cr_assert_eq(e.regular, regular, "n = %u: %u regular functions", n, e.regular);
    cr_assert_eq(e.classes, classes, "n = %u: %u classes", n, e.classes);
    cr_assert_eq(e.weight_max, weight_max, "n = %u: largest weight %d", n, e.weight_max);
    plc_memo_finish(&e.memo);
}

Test(threshold, functions_are_as_many_as_published)
{
    expect_counts(1, 4, 3, 3, 1);
    expect_counts(2, 14, 5, 5, 1);
    expect_counts(3, 104, 10, 10, 2);
    expect_counts(4, 1882, 27, 27, 3);
    expect_counts(5, 94572, 119, 119, 5);
    expect_counts(6, 15028134, 1173, 1113, 9);
    expect_counts(7, UINT64_C(8378070864), 44315, 29375, 18);
}

Test(threshold, all_functions_of_four_inputs_are_counted)
{
    uint32_t found = 0;
    for (uint64_t f = 0; f < 1 << 16; f++) {
        uint64_t on = f, off = ~f & 0xffff;
        plc_threshold t;
        found += plc_threshold_find(&on, &off, 4, true, &t) == PLC_THRESHOLD_YES;
    }
    cr_assert_eq(found, 1882);
}

Test(threshold, weights_are_the_smallest_published)
{
    const char *folder = getenv("PLACODE_SHARED_DATA");
    char path[4096], line[256], weights[64];
    if (!folder)
        cr_skip_test("no shared data");
    snprintf(path, sizeof path, "%s/ftl/threshold-functions-to-5-inputs.csv", folder);
    FILE *file = fopen(path, "r");
    if (!file)
        cr_skip_test("no shared data");
    uint32_t n_lines = 0;
    cr_assert(fgets(line, sizeof line, file));
    while (fgets(line, sizeof line, file)) {
        unsigned n;
        int threshold, expected;
        unsigned long long table;
        cr_assert_eq(
            sscanf(line, "%u,%63[^,],%d,%d,%llx", &n, weights, &threshold, &expected, &table), 5);
        uint64_t on = table, off = ~table & (UINT64_MAX >> (64 - (1u << n)));
        plc_threshold t;
        cr_assert_eq(plc_threshold_find(&on, &off, n, true, &t), PLC_THRESHOLD_YES, "%s", line);
        int sum = t.threshold;
        for (uint32_t i = 0; i < n; i++)
            sum += t.weights[i];
        cr_assert_eq(sum, expected, "%s: %d", line, sum);
        n_lines++;
    }
    fclose(file);
    cr_assert_eq(n_lines, 117);
}

Test(threshold, fractional_optima_are_made_whole)
{
    /* Wide functions drawn by weights: what is found is right, and no heavier than what was drawn.
     */
    uint64_t state = 1;
    for (int trial = 0; trial < 60; trial++) {
        uint64_t on[PLC_THRESHOLD_WORDS_MAX] = {0}, off[PLC_THRESHOLD_WORDS_MAX] = {0};
        int32_t weights[10], threshold, drawn = 0, found = 0;
        for (int i = 0; i < 10; i++) {
            state = state * UINT64_C(6364136223846793005) + 1442695040888963407u;
            weights[i] = (int32_t)(state >> 33) % 12;
            drawn += abs(weights[i]);
        }
        threshold = weights[0] + weights[1];
        for (uint32_t x = 0; x < 1024; x++) {
            int32_t sum = 0;
            for (int i = 0; i < 10; i++)
                sum += x >> i & 1 ? weights[i] : 0;
            (sum >= threshold ? on : off)[x >> 6] |= UINT64_C(1) << (x & 63);
        }
        plc_threshold t;
        cr_assert_eq(plc_threshold_find(on, off, 10, true, &t), PLC_THRESHOLD_YES);
        cr_assert(plc_threshold_holds(&t, on, off));
        for (uint32_t i = 0; i < t.n; i++)
            found += abs(t.weights[i]);
        cr_assert_leq(found, drawn);
        t.threshold--; /* a planted fault */
        cr_assert_not(plc_threshold_holds(&t, on, off));
    }
}

Test(threshold, dont_cares_are_used)
{
    /* XOR of two is no threshold function, but with AND as a third input it is. */
    uint64_t table = UINT64_C(0x6666666666666666), both = UINT64_C(0x8888888888888888);
    const uint64_t *divisor = &both;
    plc_memo memo;
    uint32_t needed = 0;
    cr_assert(plc_memo_init(&memo, 6));
    cr_assert_not(plc_memo_is_threshold(&memo, &table, 2));
    cr_assert(plc_memo_is_divisible(&memo, &table, &divisor, 1, 2, &needed));
    cr_assert_eq(needed, 7);
    /* The sum of three from their carry; not from the AND of two of them. */
    table = UINT64_C(0x9696969696969696);
    cr_assert_not(plc_memo_is_divisible(&memo, &table, &divisor, 1, 3, &needed));
    both = UINT64_C(0xe8e8e8e8e8e8e8e8);
    cr_assert(plc_memo_is_divisible(&memo, &table, &divisor, 1, 3, &needed));
    cr_assert_eq(needed, 15);
    plc_memo_finish(&memo);
}

Test(threshold, linear_program_is_exact)
{
    /* min x + y, 3x + y >= 5, x + 3y >= 4: x = 11/8, y = 7/8. */
    const int32_t cost[2] = {1, 1}, first[2] = {-3, -1}, second[2] = {-1, -3}, third[2] = {1, 1};
    plc_simplex lp;
    plc_simplex_init(&lp, cost, 2);
    cr_assert(plc_simplex_add(&lp, first, -5) && plc_simplex_add(&lp, second, -4));
    cr_assert_eq(plc_simplex_solve(&lp), PLC_SIMPLEX_OPTIMAL);
    cr_assert_eq(plc_simplex_scaled(&lp, 0) * 8, 11 * lp.scale);
    cr_assert_eq(plc_simplex_scaled(&lp, 1) * 8, 7 * lp.scale);
    cr_assert_eq(lp.value * 8, 18 * lp.scale);
    cr_assert(plc_simplex_add(&lp, third, 2));
    cr_assert_eq(plc_simplex_solve(&lp), PLC_SIMPLEX_INFEASIBLE);
}
