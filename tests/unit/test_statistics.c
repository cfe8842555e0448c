/* Intervals of repeated runs against closed forms and published values. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/random.h"
#include "base/statistics.h"

#include <criterion/criterion.h>
#include <math.h>

static void expect_near(double found, double expected, double within)
{
    cr_expect(fabs(found - expected) <= within * fabs(expected), "expected %.10g, got %.10g",
              expected, found);
}

Test(statistics, binomial_interval_of_no_and_of_all_is_one_sided)
{
    const uint64_t sizes[] = {1, 2, 10, 100, 1000000};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        const double n = (double)sizes[i];
        const plc_interval none = plc_binomial_interval(0, sizes[i], 0.95);
        const plc_interval all = plc_binomial_interval(sizes[i], sizes[i], 0.95);
        cr_expect_eq(none.low, 0);
        cr_expect_eq(all.high, 1);
        expect_near(none.high, -expm1(log(0.05) / n), 1e-12);
        expect_near(all.low, pow(0.05, 1 / n), 1e-12);
    }
}

/* The probability of at least k successes in n trials, term by term. */
static double tail(uint64_t k, uint64_t n, double p)
{
    double sum = 0;
    for (uint64_t i = k; i <= n; i++)
        sum += exp(lgamma((double)n + 1) - lgamma((double)i + 1) - lgamma((double)(n - i) + 1) +
                   (double)i * log(p) + (double)(n - i) * log1p(-p));
    return sum;
}

Test(statistics, binomial_interval_leaves_a_fortieth_on_either_side)
{
    const uint64_t cases[][2] = {{1, 2}, {5, 10}, {1, 30}, {29, 30}, {17, 100}, {3, 5000}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const uint64_t k = cases[i][0], n = cases[i][1];
        const plc_interval interval = plc_binomial_interval(k, n, 0.95);
        expect_near(tail(k, n, interval.low), 0.025, 1e-8);
        expect_near(1 - tail(k + 1, n, interval.high), 0.025, 1e-8);
    }
}

Test(statistics, binomial_interval_is_the_table_s)
{
    const plc_interval half = plc_binomial_interval(5, 10, 0.95);
    const plc_interval one = plc_binomial_interval(1, 10, 0.95);
    expect_near(half.low, 0.1871, 1e-3);
    expect_near(half.high, 0.8129, 1e-3);
    expect_near(one.low, 0.0025286, 1e-4);
    expect_near(one.high, 0.4450161, 1e-6);
    const plc_interval many = plc_binomial_interval(500000, 1000000, 0.95);
    expect_near(many.high - many.low, 2 * 1.959964 * 0.5 / 1000, 1e-3);
}

Test(statistics, repeats_follow_the_formula_and_are_at_least_one)
{
    expect_near(plc_repeats(0.9, 0.99), 2, 1e-12);
    expect_near(plc_repeats(0.1, 0.99), log(0.01) / log(0.9), 1e-12);
    expect_near(plc_repeats(1e-12, 0.99), -log(0.01) * 1e12, 1e-9);
    cr_expect_eq(plc_repeats(0.995, 0.99), 1);
    cr_expect_eq(plc_repeats(1, 0.99), 1);
    cr_expect(isinf(plc_repeats(0, 0.99)));
}

Test(statistics, exponential_interval_is_that_of_chi_square)
{
    const plc_interval none = plc_exponential_interval(6, 0, 0.95);
    expect_near(none.low, 6 / log(20), 1e-12);
    cr_expect(isinf(none.high));
    /* Chi-square of 2 degrees of freedom is known in closed form; of 4 and 20, from tables. */
    const plc_interval one = plc_exponential_interval(1, 1, 0.95);
    expect_near(one.high, 1 / -log(0.975), 1e-10);
    expect_near(one.low, 2 / 11.143287, 1e-6);
    const plc_interval ten = plc_exponential_interval(10, 10, 0.95);
    expect_near(ten.high, 20 / 9.590777, 1e-6);
    expect_near(ten.low, 20 / 36.780712, 1e-6);
    const plc_interval many = plc_exponential_interval(1e6, 1000000, 0.95);
    expect_near(many.low, 1 - 1.96e-3, 1e-4);
    expect_near(many.high, 1 + 1.96e-3, 1e-4);
}

Test(statistics, time_to_success_counts_the_time_of_failures)
{
    const plc_trial trials[] = {{10, false}, {4, true}, {10, false}, {6, true}};
    expect_near(plc_time_to_success(trials, 4), 15, 0);
    cr_expect(isinf(plc_time_to_success(trials, 1)));
}

/* Exponential waiting times of mean 1. */
static void draw_trials(plc_trial *trials, size_t n, uint64_t seed)
{
    const plc_random_key key = plc_random_stream(seed, PLC_STREAM_DRAW, 0);
    for (uint32_t i = 0; i < n; i++) {
        const double u = (plc_random_draw(key, i, 0).word[0] + 0.5) * 0x1p-32;
        trials[i] = (plc_trial){-log(u), true};
    }
}

Test(statistics, bootstrap_repeats_itself_and_holds_the_truth_nineteen_times_in_twenty)
{
    plc_trial trials[100];
    plc_interval first, again;
    int held = 0;
    for (uint64_t seed = 0; seed < 100; seed++) {
        draw_trials(trials, 100, seed);
        cr_assert_eq(plc_bootstrap_interval(trials, 100, seed, 0.95, &first, NULL), PLC_OK);
        cr_assert_eq(plc_bootstrap_interval(trials, 100, seed, 0.95, &again, NULL), PLC_OK);
        cr_expect(first.low == again.low && first.high == again.high);
        held += first.low <= 1 && first.high >= 1;
    }
    cr_expect(held >= 86 && held <= 100, "%d of 100", held); /* 95 - 4 standard deviations */
}

Test(statistics, bootstrap_of_equal_times_is_a_point_and_of_no_success_has_no_end)
{
    const plc_trial equal[] = {{3, true}, {3, true}, {3, true}};
    const plc_trial none[] = {{3, false}, {3, false}};
    plc_interval interval;
    cr_assert_eq(plc_bootstrap_interval(equal, 3, 1, 0.95, &interval, NULL), PLC_OK);
    cr_expect(interval.low == 3 && interval.high == 3);
    cr_assert_eq(plc_bootstrap_interval(none, 2, 1, 0.95, &interval, NULL), PLC_OK);
    cr_expect(isinf(interval.low) && isinf(interval.high));
}

Test(statistics, bootstrap_of_many_trials_groups_them)
{
    enum { N = 40000 };
    static plc_trial trials[N];
    plc_interval interval;
    draw_trials(trials, N, 7);
    cr_assert_eq(plc_bootstrap_interval(trials, N, 1, 0.95, &interval, NULL), PLC_OK);
    expect_near(interval.high - interval.low, 2 * 1.96 / sqrt(N), 0.15);
    cr_expect(interval.low < plc_time_to_success(trials, N) &&
              interval.high > plc_time_to_success(trials, N));
}
