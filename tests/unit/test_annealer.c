/* The annealer against its formulas in long double, and the acceptance table. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/neuron/annealer.h"

#include "base/memory.h"
#include "hw/neuron/annealer_tables.h"

#include <criterion/criterion.h>
#include <math.h>

static const long double ln2 = 0.693147180559945309417232121458176568L;

static uint64_t next(uint64_t *state)
{
    uint64_t x = *state += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

/* ---- constants and the logarithm ---- */

Test(annealer, table_of_powers_is_its_formula)
{
    for (int i = 0; i <= 256; i++)
        cr_assert_eq(plc_exp2_table[i], (uint64_t)roundl(exp2l(32 - (long double)i / 256)), "%d",
                     i);
}

Test(annealer, table_of_logarithms_is_its_formula)
{
    for (int k = 1; k <= PLC_LOG2_STEPS; k++)
        cr_assert_eq(plc_log2_table[k - 1],
                     (uint64_t)roundl(ldexpl(log1pl(ldexpl(1, -k)) / ln2, 48)), "%d", k);
}

static void check_log2(uint64_t x)
{
    long double error = ldexpl((long double)plc_log2(x), -48) - log2l((long double)x);
    cr_assert(fabsl(error) < 0x1p-41L, "log2(%llu) is off by 2^%Lg", (unsigned long long)x,
              log2l(fabsl(error)));
}

Test(annealer, logarithm_is_off_by_less_than_2_to_the_minus_41)
{
    uint64_t state = 1;
    for (int k = 0; k < 64; k++) {
        uint64_t power = UINT64_C(1) << k;
        check_log2(power);
        check_log2(power | 1);
        check_log2(power | (power >> 1));
        check_log2(power + (power - 1));
        if (power > 1)
            check_log2(power - 1);
    }
    for (uint64_t x = 1; x <= 100000; x++)
        check_log2(x);
    for (int i = 0; i < 1000000; i++)
        check_log2((next(&state) | UINT64_C(1) << 63) >> (next(&state) & 63));
}

/* ---- the schedule ---- */

/* NeuroSA's constants but for delta and eta. */
static const double a = 2.5e4, c = 8e4;
static const double deltas[] = {2e-3, 2e-5, 0.3, 2};
static const double etas[] = {2.5, 1, 0.99};

static long double temperature(double delta, uint64_t tick)
{
    long double t = 1 + (long double)delta * (long double)tick;
    return (long double)a / ((long double)c * log1pl(t / (long double)c));
}

/* The temperature of a slope b = 1 / (T ln 2), Q40. */
static long double temperature_of(uint64_t slope)
{
    return ldexpl(1, 40) / ((long double)slope * ln2);
}

/* Ticks of a whole schedule: the first ones, then 30 spans in each octave up to 2^40, with both
 * ends of each. Returns how many are in ticks. */
enum { TICKS_MAX = 5000 };
static size_t list_ticks(const plc_annealer *annealer, uint64_t *ticks)
{
    size_t n = 0;
    uint64_t state = 2;
    for (uint64_t tick = 0; tick < 64; tick++)
        ticks[n++] = tick;
    for (int octave = 6; octave < 40; octave++) {
        for (int i = 0; i < 30; i++) {
            uint64_t until,
                tick = (UINT64_C(1) << octave) + (next(&state) & ((UINT64_C(1) << octave) - 1));
            plc_annealer_hold(annealer, tick, &until);
            ticks[n++] = tick;
            ticks[n++] = until - 1;
            ticks[n++] = until;
        }
        ticks[n++] = UINT64_C(1) << octave;
    }
    return n;
}

Test(annealer, temperature_is_off_by_less_than_one_in_256)
{
    static uint64_t ticks[TICKS_MAX];
    for (size_t d = 0; d < sizeof deltas / sizeof *deltas; d++) {
        plc_annealer annealer;
        plc_annealer_init(&annealer, a, c, deltas[d], 2.5);
        size_t n = list_ticks(&annealer, ticks);
        for (size_t i = 0; i < n; i++) {
            if (deltas[d] * (double)ticks[i] + c + 1 >= 0x1p31)
                continue; /* time stands still there */
            uint64_t until, held = plc_annealer_hold(&annealer, ticks[i], &until);
            long double t = temperature_of(plc_annealer_slope(&annealer, held));
            long double exact = temperature(deltas[d], ticks[i]);
            cr_assert(fabsl(t - exact) < 1.0L / 256, "delta %g, tick %llu: T %Lg, exactly %Lg",
                      deltas[d], (unsigned long long)ticks[i], t, exact);
        }
    }
}

/* All gains of one tick; returns the largest error. */
static double check_gains(const plc_annealer *annealer, double delta, double eta, uint64_t tick)
{
    uint64_t until, slope = plc_annealer_slope(annealer, plc_annealer_hold(annealer, tick, &until));
    double t = (double)temperature(delta, tick), worst = 0;
    for (int64_t gain = -1500; gain <= 1500; gain++) {
        double expected = fmin(1, exp((double)gain / t) / eta);
        double accepted = ldexp((double)plc_annealer_accept(annealer, slope, gain), -32);
        worst = fmax(worst, fabs(accepted - expected));
    }
    return worst;
}

Test(annealer, acceptance_is_off_by_less_than_2_to_the_minus_12)
{
    static uint64_t ticks[TICKS_MAX];
    for (size_t d = 0; d < sizeof deltas / sizeof *deltas; d++) {
        for (size_t e = 0; e < sizeof etas / sizeof *etas; e++) {
            plc_annealer annealer;
            plc_annealer_init(&annealer, a, c, deltas[d], etas[e]);
            size_t n = list_ticks(&annealer, ticks);
            for (size_t i = 0; i < n; i += i < 64 ? 1 : 7) {
                double worst = check_gains(&annealer, deltas[d], etas[e], ticks[i]);
                cr_assert_lt(worst, 0x1p-12, "delta %g, eta %g, tick %llu: off by 2^%g", deltas[d],
                             etas[e], (unsigned long long)ticks[i], log2(worst));
            }
        }
    }
}

Test(annealer, time_stands_still_when_c_plus_t_is_2_to_the_31)
{
    plc_annealer annealer;
    plc_annealer_init(&annealer, a, c, 2, 2.5);
    uint64_t last = plc_annealer_slope(&annealer, (UINT64_C(1) << 30) - 40000);
    cr_assert_gt(last, plc_annealer_slope(&annealer, (UINT64_C(1) << 30) - 50000));
    for (int bit = 30; bit < 64; bit++)
        cr_assert_eq(plc_annealer_slope(&annealer, UINT64_C(1) << bit), last);
    cr_assert(fabsl(temperature_of(last) - temperature(2, UINT64_C(1) << 30)) < 1.0L / 256);
}

Test(annealer, a_schedule_without_time_stays_at_its_first_temperature)
{
    plc_annealer annealer;
    plc_annealer_init(&annealer, a, c, 0, 1);
    uint64_t slope = plc_annealer_slope(&annealer, 0);
    cr_assert_eq(plc_annealer_slope(&annealer, UINT64_C(1) << 60), slope);
    cr_assert(fabsl(temperature_of(slope) - temperature(0, 0)) < 1.0L / 256);
}

Test(annealer, acceptance_grows_with_the_gain_and_saturates)
{
    plc_annealer annealer;
    plc_annealer_init(&annealer, a, c, 2e-3, 2.5);
    uint64_t slope = plc_annealer_slope(&annealer, 10000000), last = 0;
    for (int64_t gain = -100; gain <= 100; gain++) {
        uint64_t limit = plc_annealer_accept(&annealer, slope, gain);
        cr_assert_geq(limit, last);
        cr_assert_leq(limit, UINT64_C(1) << 32);
        last = limit;
    }
    cr_assert_float_eq(ldexp((double)plc_annealer_accept(&annealer, slope, 0), -32), 0.4, 0x1p-20);
    cr_assert_eq(plc_annealer_accept(&annealer, slope, INT64_C(1) << 31), UINT64_C(1) << 32);
    cr_assert_eq(plc_annealer_accept(&annealer, slope, -(INT64_C(1) << 31)), 0);
    cr_assert_eq(plc_annealer_accept(&annealer, (UINT64_C(1) << 62) - 1, -(INT64_C(1) << 31)), 0);
}

Test(annealer, least_probability_is_one_word)
{
    /* Slope 1 octave per unit of gain, eta 1: gain -32 is one word in 2^32, -33 none. */
    plc_annealer annealer;
    plc_annealer_init(&annealer, a, c, 2e-3, 1);
    cr_assert_eq(annealer.log2_eta, 0);
    for (int64_t gain = 0; gain <= 40; gain++)
        cr_assert_eq(plc_annealer_accept(&annealer, UINT64_C(1) << 40, -gain),
                     gain > 32 ? 0 : UINT64_C(1) << (32 - gain));
}

/* ---- spans ---- */

Test(annealer, hold_is_constant_within_its_span)
{
    uint64_t state = 3;
    for (size_t d = 0; d < sizeof deltas / sizeof *deltas; d++) {
        plc_annealer annealer;
        plc_annealer_init(&annealer, a, c, deltas[d], 2.5);
        for (int k = 0; k < 20000; k++) {
            uint64_t tick = next(&state) >> (4 + next(&state) % 60), until, other;
            uint64_t held = plc_annealer_hold(&annealer, tick, &until);
            uint64_t between = tick + next(&state) % (until - tick);
            cr_assert_gt(until, tick);
            cr_assert_eq(plc_annealer_hold(&annealer, between, &other), held);
            cr_assert_eq(other, until);
            cr_assert_eq(plc_annealer_hold(&annealer, until - 1, &other), held);
            cr_assert_eq(other, until);
            cr_assert_gt(plc_annealer_hold(&annealer, until, &other), held);
            cr_assert_lt(held, until);
            uint64_t away = held > tick ? held - tick : tick - held;
            cr_assert_leq(away, tick >> (annealer.hold_bits - 1), "tick %llu stands at %llu",
                          (unsigned long long)tick, (unsigned long long)held);
        }
    }
}

/* The bits of a number, counted one by one. */
static unsigned count_bits(uint64_t x)
{
    unsigned n = 0;
    for (; x; x /= 2)
        n++;
    return n;
}

Test(annealer, hold_is_the_middle_of_the_ticks_with_the_same_leading_bits)
{
    uint64_t state = 5;
    plc_annealer annealer;
    plc_annealer_init(&annealer, a, c, 2e-5, 2.5);
    cr_assert_eq(annealer.hold_bits, 20);
    for (int k = 0; k < 20000; k++) {
        uint64_t tick = next(&state) >> (4 + next(&state) % 60), until, span = 1;
        uint64_t held = plc_annealer_hold(&annealer, tick, &until);
        for (unsigned bits = annealer.hold_bits; bits < count_bits(tick); bits++)
            span *= 2;
        uint64_t begin = tick - tick % span;
        cr_assert_eq(held, begin + span / 2);
        cr_assert_eq(until, begin + span);
    }
}

Test(annealer, spans_follow_each_other_without_a_gap)
{
    plc_annealer annealer;
    plc_annealer_init(&annealer, a, c, 2, 2.5);
    uint64_t tick = 0, until, last = 0;
    for (int n = 0; n < 1000000; n++, tick = until) {
        uint64_t held = plc_annealer_hold(&annealer, tick, &until);
        cr_assert(held >= tick && held < until && (n == 0 || held > last));
        last = held;
    }
    cr_assert_gt(tick, 1000000);
}

/* ---- the table ---- */

static void check_table(plc_acceptance *table, const plc_annealer *annealer, uint64_t tick)
{
    uint64_t until, slope = plc_annealer_slope(annealer, plc_annealer_hold(annealer, tick, &until));
    cr_assert_eq(table->slope, slope);
    cr_assert_eq(table->until, until);
    for (int64_t gain = -600; gain <= 600; gain++)
        cr_assert_eq(plc_acceptance_limit(table, annealer, gain),
                     plc_annealer_accept(annealer, slope, gain));
    for (int bit = 10; bit <= 31; bit++)
        for (int64_t gain = -(INT64_C(1) << bit); gain <= INT64_C(1) << bit;
             gain += INT64_C(2) << bit)
            cr_assert_eq(plc_acceptance_limit(table, annealer, gain),
                         plc_annealer_accept(annealer, slope, gain));
}

Test(annealer, table_equals_the_function)
{
    plc_acceptance *table = plc_array(1, sizeof *table);
    plc_annealer annealer;
    uint64_t tick = 0, state = 4;
    cr_assert_not_null(table);
    plc_annealer_init(&annealer, a, c, 2e-3, 2.5);
    for (int k = 0; k < 3000; k++, tick += 1 + (next(&state) & (tick | 7))) {
        plc_acceptance_move(table, &annealer, tick);
        check_table(table, &annealer, tick);
        check_table(table, &annealer, tick); /* now from the table */
        if (tick >> 50)
            tick = 0;
    }
    free(table);
}

/* Spans one after the other, as ticks get another bit and as their number ends, and steps back. */
Test(annealer, table_looks_ahead_rightly)
{
    plc_acceptance *table = plc_array(1, sizeof *table);
    const uint64_t begins[] = {0,
                               (UINT64_C(1) << 16) - 25,
                               (UINT64_C(1) << 20) - 700,
                               12345678,
                               (UINT64_C(1) << 45) - (UINT64_C(1) << 34),
                               0 - (UINT64_C(1) << 52),
                               3};
    plc_annealer annealer;
    cr_assert_not_null(table);
    plc_annealer_init(&annealer, a, c, 2e-3, 2.5);
    for (size_t k = 0; k < sizeof begins / sizeof *begins; k++)
        for (uint64_t tick = begins[k], n = 0; n < 100 && tick >= begins[k]; n++) {
            uint64_t until;
            const uint64_t held = plc_annealer_hold(&annealer, tick, &until);
            plc_acceptance_move(table, &annealer, tick);
            cr_assert_eq(table->slope, plc_annealer_slope(&annealer, held));
            cr_assert_eq(table->until, until);
            tick = until;
        }
    free(table);
}

Test(annealer, table_forgets_when_its_marks_come_round)
{
    plc_acceptance *table = plc_array(1, sizeof *table);
    plc_annealer annealer;
    cr_assert_not_null(table);
    plc_annealer_init(&annealer, a, c, 2e-3, 2.5);
    plc_acceptance_move(table, &annealer, 0);
    check_table(table, &annealer, 0); /* entries with mark 1 */
    table->span = 0x7fffffff;
    plc_acceptance_move(table, &annealer, 1000); /* mark 0 is nobody's; the next one is 1 again */
    cr_assert_eq(table->span & 0x7fffffff, 1);
    check_table(table, &annealer, 1000);
    free(table);
}
