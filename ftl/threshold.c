/* Identification of threshold functions. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ftl/threshold.h"

#include "ftl/simplex.h"

#include <math.h>
#include <string.h>

enum { MINTERMS_MAX = 1 << PLC_THRESHOLD_INPUTS_MAX, DEPTH_MAX = 24, BRANCHES_MAX = 2000 };

/* The search for the weights of one function. Column j < n is the positive part of weight j, column
 * n + 1 + k that of the negative one of the k-th input that has both; column n is the threshold's
 * positive part and the last one its negative part. */
typedef struct search {
    const uint64_t *on, *off;
    uint32_t n, n_columns;
    uint32_t n_minterms;
    int8_t sign[PLC_THRESHOLD_INPUTS_MAX]; /* of a weight: 1, -1, or 0 where both may be */
    uint32_t split[PLC_THRESHOLD_INPUTS_MAX];
    uint32_t branches;
    bool found;
    int64_t best_sum;
    plc_threshold best;
} search;

static bool bit(const uint64_t *table, uint32_t x)
{
    return table[x >> 6] >> (x & 63) & 1;
}

/* Inputs in which the specified part of the function is monotone have weights of one sign. */
static bool has_step(const search *s, uint32_t i, bool up)
{
    static const uint64_t low_half[6] = {
        UINT64_C(0x5555555555555555), UINT64_C(0x3333333333333333), UINT64_C(0x0f0f0f0f0f0f0f0f),
        UINT64_C(0x00ff00ff00ff00ff), UINT64_C(0x0000ffff0000ffff), UINT64_C(0x00000000ffffffff)};
    const uint64_t *low = up ? s->off : s->on, *high = up ? s->on : s->off;
    uint32_t n_words = s->n > 6 ? 1u << (s->n - 6) : 1;
    uint64_t used = s->n >= 6 ? UINT64_MAX : (UINT64_C(1) << (1u << s->n)) - 1;
    for (uint32_t k = 0; k < n_words; k++) {
        if (i < 6) {
            if (low[k] & high[k] >> (1u << i) & low_half[i] & used)
                return true;
        } else if (!(k >> (i - 6) & 1) && low[k] & high[k | 1u << (i - 6)])
            return true;
    }
    return false;
}

/* Sets signs and columns; false if the function is not unate. */
static bool find_signs(search *s)
{
    s->n_columns = s->n + 1;
    for (uint32_t i = 0; i < s->n; i++) {
        bool up = has_step(s, i, true), down = has_step(s, i, false);
        if (up && down)
            return false;
        s->sign[i] = up ? 1 : down ? -1 : 0;
        if (!s->sign[i])
            s->split[i] = s->n_columns++;
    }
    s->n_columns++;
    return true;
}

/* Weights and threshold of the optimum, times the scale. */
static void read_weights(const search *s, const plc_simplex *lp, double *weights, double *threshold)
{
    for (uint32_t i = 0; i < s->n; i++) {
        double w = plc_simplex_scaled(lp, i);
        weights[i] = s->sign[i] < 0 ? -w : w;
        if (!s->sign[i])
            weights[i] -= plc_simplex_scaled(lp, s->split[i]);
    }
    *threshold = plc_simplex_scaled(lp, s->n) - plc_simplex_scaled(lp, s->n_columns - 1);
}

/* sums[x] of all minterms. */
static void sum_all(const double *weights, uint32_t n, double *sums)
{
    sums[0] = 0;
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t x = 0; x < 1u << i; x++)
            sums[x + (1u << i)] = sums[x] + weights[i];
}

/* The minterms of `on` with the least sum and of `off` with the largest; UINT32_MAX for none. */
static void find_worst(const search *s, const double *sums, uint32_t *ret_on, uint32_t *ret_off)
{
    double least = (double)INFINITY, most = -(double)INFINITY;
    *ret_on = *ret_off = UINT32_MAX;
    for (uint32_t x = 0; x < s->n_minterms; x++) {
        if (bit(s->on, x) && sums[x] < least) {
            least = sums[x];
            *ret_on = x;
        }
        if (bit(s->off, x) && sums[x] > most) {
            most = sums[x];
            *ret_off = x;
        }
    }
}

/* The constraint of a minterm: T - sum <= 0 where the function is 1, sum - T <= -1 where it is 0.
 */
static bool add_minterm(const search *s, plc_simplex *lp, uint32_t x, bool value)
{
    int32_t row[PLC_SIMPLEX_COLUMNS_MAX] = {0}, sense = value ? -1 : 1;
    for (uint32_t i = 0; i < s->n; i++) {
        if (!(x >> i & 1))
            continue;
        row[i] = s->sign[i] < 0 ? -sense : sense;
        if (!s->sign[i])
            row[s->split[i]] = -sense;
    }
    row[s->n] = -sense;
    row[s->n_columns - 1] = sense;
    return plc_simplex_add(lp, row, value ? 0 : -1);
}

/* Solves under the constraints of all minterms, of which only those that matter are added. */
static plc_simplex_answer solve(const search *s, plc_simplex *lp)
{
    double weights[PLC_THRESHOLD_INPUTS_MAX], threshold, sums[MINTERMS_MAX];
    for (;;) {
        plc_simplex_answer answer = plc_simplex_solve(lp);
        uint32_t on, off;
        bool added = false;
        if (answer != PLC_SIMPLEX_OPTIMAL)
            return answer;
        read_weights(s, lp, weights, &threshold);
        sum_all(weights, s->n, sums);
        find_worst(s, sums, &on, &off);
        if (on != UINT32_MAX && sums[on] < threshold) {
            added = true;
            if (!add_minterm(s, lp, on, true))
                return PLC_SIMPLEX_LIMIT;
        }
        if (off != UINT32_MAX && sums[off] > threshold - lp->scale) {
            added = true;
            if (!add_minterm(s, lp, off, false))
                return PLC_SIMPLEX_LIMIT;
        }
        if (!added)
            return answer;
    }
}

/* Takes whole weights if they are better than the best; the threshold is the lowest that fits. */
static void take(search *s, const double *weights, double factor)
{
    double sums[MINTERMS_MAX], whole[PLC_THRESHOLD_INPUTS_MAX];
    plc_threshold candidate = {.n = s->n};
    int64_t sum = 0;
    uint32_t on, off;
    for (uint32_t i = 0; i < s->n; i++) {
        whole[i] = rint(weights[i] * factor);
        candidate.weights[i] = (int32_t)whole[i];
        sum += candidate.weights[i] < 0 ? -candidate.weights[i] : candidate.weights[i];
    }
    sum_all(whole, s->n, sums);
    find_worst(s, sums, &on, &off);
    candidate.threshold = off != UINT32_MAX ? (int32_t)sums[off] + 1 : (int32_t)sums[on];
    if (!s->found || sum < s->best_sum) {
        s->found = true;
        s->best_sum = sum;
        s->best = candidate;
    }
}

/* Adds  +-x_i <= bound for the column of a weight of one sign. */
static bool add_bound(const search *s, plc_simplex *lp, uint32_t i, double bound, bool above)
{
    int32_t row[PLC_SIMPLEX_COLUMNS_MAX] = {0}, sense = above ? -1 : 1;
    bool negative = s->sign[i] < 0;
    row[i] = negative ? -sense : sense;
    if (!s->sign[i])
        row[s->split[i]] = -sense;
    return plc_simplex_add(lp, row, sense * (int32_t)bound);
}

/* Branch and bound from a solved program; false when a limit was hit. */
static bool branch(search *s, const plc_simplex *lp, uint32_t depth)
{
    double weights[PLC_THRESHOLD_INPUTS_MAX], threshold;
    uint32_t i = 0;
    read_weights(s, lp, weights, &threshold);
    if (s->found && ceil(lp->value / lp->scale - 1e-9) >= (double)s->best_sum)
        return true;
    while (i < s->n && fmod(weights[i], lp->scale) == 0)
        i++;
    if (i == s->n) {
        take(s, weights, 1 / lp->scale);
        return true;
    }
    if (depth == DEPTH_MAX || ++s->branches > BRANCHES_MAX)
        return false;
    for (int above = 1; above >= 0; above--) {
        plc_simplex child = *lp;
        double value = weights[i] / lp->scale;
        if (!add_bound(s, &child, i, above ? ceil(value) : floor(value), above))
            return false;
        plc_simplex_answer answer = solve(s, &child);
        if (answer == PLC_SIMPLEX_LIMIT ||
            (answer == PLC_SIMPLEX_OPTIMAL && !branch(s, &child, depth + 1)))
            return false;
    }
    return true;
}

bool plc_threshold_holds(const plc_threshold *threshold, const uint64_t *on, const uint64_t *off)
{
    for (uint32_t x = 0; x < 1u << threshold->n; x++) {
        int64_t sum = 0;
        for (uint32_t i = 0; i < threshold->n; i++)
            if (x >> i & 1)
                sum += threshold->weights[i];
        bool value = sum >= threshold->threshold;
        if (value ? bit(off, x) : bit(on, x))
            return false;
    }
    return true;
}

plc_threshold_answer plc_threshold_find(const uint64_t *on, const uint64_t *off, uint32_t n,
                                        bool smallest, plc_threshold *ret_threshold)
{
    search s = {.on = on, .off = off, .n = n, .n_minterms = 1u << n};
    plc_simplex lp;
    int32_t cost[PLC_SIMPLEX_COLUMNS_MAX];
    double weights[PLC_THRESHOLD_INPUTS_MAX], threshold;
    if (!find_signs(&s))
        return PLC_THRESHOLD_NO;
    for (uint32_t j = 0; j < s.n_columns; j++)
        cost[j] = j != n && j != s.n_columns - 1;
    plc_simplex_init(&lp, cost, s.n_columns);
    plc_simplex_answer answer = solve(&s, &lp);
    if (answer == PLC_SIMPLEX_INFEASIBLE)
        return PLC_THRESHOLD_NO;
    if (answer == PLC_SIMPLEX_LIMIT)
        return PLC_THRESHOLD_UNRESOLVED;
    if (!smallest) {
        read_weights(&s, &lp, weights, &threshold);
        take(&s, weights, 1);
    } else if (!branch(&s, &lp, 0) && !s.found) {
        return PLC_THRESHOLD_UNRESOLVED;
    }
    *ret_threshold = s.best;
    return plc_threshold_holds(&s.best, on, off) ? PLC_THRESHOLD_YES : PLC_THRESHOLD_UNRESOLVED;
}
