/* Intervals for what repeated runs measure: success, repeats, time until success. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/statistics.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"

#include <float.h>
#include <math.h>

enum { RESAMPLES = 2000, GROUPS_MAX = 1000, STEPS_MAX = 1000000 };

static double log_gamma(double x)
{
    int sign; /* lgamma() would leave it in a variable that threads share */
    return lgamma_r(x, &sign);
}

/* A continued fraction b0 + a1 / (b1 + a2 / (b2 + ...)) as it goes on. Source: Lentz, Applied
 * Optics 15, 1976, as modified by Thompson and Barnett, J. Comput. Phys. 64, 1986. */
typedef struct fraction {
    double value, c, d;
} fraction;

static double not_zero(double x)
{
    return fabs(x) < 1e-300 ? 1e-300 : x;
}

static fraction begin_fraction(double b0)
{
    return (fraction){not_zero(b0), not_zero(b0), 0};
}

/* Takes one more pair; false when the value changes no more. */
static bool go_on(fraction *f, double a, double b)
{
    f->d = 1 / not_zero(b + a * f->d);
    f->c = not_zero(b + a / f->c);
    f->value *= f->c * f->d;
    return fabs(f->c * f->d - 1) > 2 * DBL_EPSILON;
}

/* The probability that a beta variable is below x: I_x(a, b). Source: DLMF 8.17.22. */
static double beta_below(double x, double a, double b)
{
    if (x <= 0 || x >= 1)
        return x > 0;
    if (x > (a + 1) / (a + b + 2))
        return 1 - beta_below(1 - x, b, a);
    fraction f = begin_fraction(1);
    bool more = true;
    for (int m = 0; more && m < STEPS_MAX; m++) {
        const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        more = m == 0 || go_on(&f, m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)), 1);
        more = go_on(&f, odd, 1) && more;
    }
    const double log_front =
        a * log(x) + b * log1p(-x) + log_gamma(a + b) - log_gamma(a) - log_gamma(b);
    return exp(log_front) / (a * f.value);
}

/* The probability that a gamma variable of shape a and scale 1 is below x: P(a, x). Source: DLMF
 * 8.11.4 below the mean, 8.9.2 above. */
static double gamma_below(double x, double a)
{
    if (x <= 0)
        return 0;
    const double log_front = a * log(x) - x - log_gamma(a);
    if (x < a + 1) {
        double term = 1 / a, sum = term;
        for (int n = 1; n < STEPS_MAX && term > DBL_EPSILON * sum; n++)
            sum += term *= x / (a + n);
        return exp(log_front) * sum;
    }
    fraction f = begin_fraction(x + 1 - a);
    for (int n = 1; n < STEPS_MAX && go_on(&f, -n * (n - a), x + 2 * n + 1 - a); n++)
        ;
    return 1 - exp(log_front) / f.value;
}

/* Where a distribution function of parameters a and b passes p, between 0 and `high`. */
static double quantile(double (*below)(double x, double a, double b), double a, double b, double p,
                       double high)
{
    double low = 0;
    for (int i = 0; i < 200 && high - low > 1e-14 * high; i++) {
        const double middle = low + (high - low) / 2;
        if (below(middle, a, b) < p)
            low = middle;
        else
            high = middle;
    }
    return low + (high - low) / 2;
}

static double gamma_below_of_two(double x, double a, double unused)
{
    (void)unused;
    return gamma_below(x, a);
}

static double gamma_quantile(double a, double p)
{
    double high = a + 1;
    while (gamma_below(high, a) < p)
        high *= 2;
    return quantile(gamma_below_of_two, a, 0, p, high);
}

plc_interval plc_binomial_interval(uint64_t k, uint64_t n, double confidence)
{
    const double a = (double)k, b = (double)(n - k), beyond = 1 - confidence;
    if (k == 0)
        return (plc_interval){0, -expm1(log(beyond) / b)};
    if (k == n)
        return (plc_interval){exp(log(beyond) / a), 1};
    return (plc_interval){quantile(beta_below, a, b + 1, beyond / 2, 1),
                          quantile(beta_below, a + 1, b, 1 - beyond / 2, 1)};
}

double plc_repeats(double p, double certainty)
{
    if (p <= 0)
        return (double)INFINITY;
    return p < certainty ? log1p(-certainty) / log1p(-p) : 1;
}

plc_interval plc_exponential_interval(double total, uint64_t k, double confidence)
{
    const double beyond = 1 - confidence, ended = (double)k;
    if (k == 0)
        return (plc_interval){total / -log(beyond), (double)INFINITY};
    return (plc_interval){total / gamma_quantile(ended + 1, 1 - beyond / 2),
                          total / gamma_quantile(ended, beyond / 2)};
}

double plc_time_to_success(const plc_trial *trials, size_t n)
{
    double time = 0;
    size_t successes = 0;
    for (size_t i = 0; i < n; i++) {
        time += trials[i].time;
        successes += trials[i].succeeded;
    }
    return successes ? time / (double)successes : (double)INFINITY;
}

/* Trials added up. */
typedef struct group {
    double time;
    uint64_t successes;
} group;

static int compare_doubles(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The mean time to success of one resample of the groups. */
static double resample(const group *groups, uint32_t n, plc_random_key key, uint32_t number)
{
    double time = 0;
    uint64_t successes = 0;
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t word = plc_random_draw(key, i, number).word[0];
        const group *drawn = &groups[plc_random_below(word, n)];
        time += drawn->time;
        successes += drawn->successes;
    }
    return successes ? time / (double)successes : (double)INFINITY;
}

plc_status plc_bootstrap_interval(const plc_trial *trials, size_t n, uint64_t seed,
                                  double confidence, plc_interval *ret_interval, plc_error *error)
{
    const uint32_t n_groups = n < GROUPS_MAX ? (uint32_t)n : GROUPS_MAX;
    group *groups = plc_array(n_groups, sizeof *groups);
    double *means = plc_array(RESAMPLES, sizeof *means);
    if (!groups || !means) {
        free(groups);
        free(means);
        return plc_fail_memory(error, "resamples");
    }
    for (size_t i = 0; i < n; i++) {
        groups[i % n_groups].time += trials[i].time;
        groups[i % n_groups].successes += trials[i].succeeded;
    }
    const plc_random_key key = plc_random_stream(seed, PLC_STREAM_RESAMPLE, 0);
    for (uint32_t r = 0; r < RESAMPLES; r++)
        means[r] = resample(groups, n_groups, key, r);
    qsort(means, RESAMPLES, sizeof *means, compare_doubles);
    const double beyond = (1 - confidence) / 2 * (RESAMPLES - 1);
    *ret_interval = (plc_interval){means[(size_t)beyond], means[RESAMPLES - 1 - (size_t)beyond]};
    free(groups);
    free(means);
    return PLC_OK;
}
