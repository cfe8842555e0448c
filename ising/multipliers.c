/* Upper bounds of MAX-CUT from multipliers of the semidefinite relaxation. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/memory.h"
#include "ising/bounds.h"
#include "ising/definite.h"
#include "ising/relaxation.h"
#include "ising/watch.h"

#include <math.h>

/* For spins s = +-1 the cut is (W - s'As / 2) / 2, with W the sum of all weights and A the weighted
 * adjacency. If K = Diag(z) + A has no eigenvalue below -c, then s'As >= -sum z - n c, so
 *
 *     cut <= W / 2 + (sum z + n c) / 4.
 *
 * The least such value over all z is that of the relaxation (Goemans and Williamson, 1995; Delorme
 * and Poljak, 1993). Here z are whole numbers of units of 2^-bits, so that K and the sums are
 * exact; c is the slack of ising/definite.c. n c is rounded up to whole units and the bound down to
 * a whole number, since cuts are.
 *
 * The multipliers come from the relaxation's vectors, whose K has a least eigenvalue just below 0.
 * An estimate of it says how much all z have to grow; should the proof fail, they grow further. The
 * estimate is never trusted. */

enum {
    BITS_MAX = 30,
    FIRST_SWEEPS = 24, /* before the first look at the gap, then half as many again each time */
    SWEEPS_MAX = 4000,
    LOOK_STEPS = 200, /* of Lanczos' method, at each look, and before the proof */
    PROOF_STEPS = 600,
    ATTEMPTS = 6, /* at a proof, each with four times the margin */
};
static const double sum_max = 0x1p49;
static const int64_t units_max = INT64_C(1) << 52; /* a double holds them exactly */
static const double gap_min = 1e-5;                /* of the bound */
static const double margin_min = 4e-6;             /* of the bound, for the first attempt */

/* What the search knows. */
typedef struct search {
    const plc_graph *graph;
    const plc_adjacency *rows;
    const plc_cut_steps *steps;
    double half_sum;       /* W / 2 */
    double *now, *best;    /* [n] multipliers */
    double value;          /* the bound of the best, by estimate */
    double least;          /* eigenvalue of its matrix, by estimate */
    double primal;         /* the largest value of the vectors */
    plc_multipliers units; /* scratch */
} search;

static void search_finish(search *s)
{
    free(s->now);
    free(s->best);
    free(s->units.units);
}

/* Scales units so that the sum of all multipliers, at most twice that of the weights, is far from
 * overflow. */
static plc_status search_init(search *s, plc_error *error)
{
    double absolute = 1;
    for (uint64_t e = 0; e < s->graph->m; e++) {
        absolute += fabs((double)s->graph->w[e]);
        s->half_sum += s->graph->w[e] / 2.0;
    }
    if (absolute >= sum_max)
        return plc_fail(error, PLC_DOES_NOT_FIT,
                        "bound: the absolute weights add up to %.3g, expected less than %.3g",
                        absolute, sum_max);
    while (s->units.bits < BITS_MAX && ldexp(absolute, s->units.bits + 1) <= sum_max)
        s->units.bits++;
    s->now = plc_array(s->rows->n, sizeof *s->now);
    s->best = plc_array(s->rows->n, sizeof *s->best);
    s->units.units = plc_array(s->rows->n, sizeof *s->units.units);
    s->value = HUGE_VAL;
    s->primal = -HUGE_VAL;
    return s->now && s->best && s->units.units ? PLC_OK
                                               : plc_fail_memory(error, "the bound of a graph");
}

/* Looks at the multipliers of the vectors and keeps the best. */
static plc_status look(search *s, plc_relaxation *relaxation, plc_error *error)
{
    double least = 0, sum = 0;
    const double product = plc_relaxation_measure(relaxation, s->now);
    plc_status status = plc_least_eigenvalue(s->rows, s->now, LOOK_STEPS, &least, error);
    if (status != PLC_OK)
        return status;
    for (uint32_t i = 0; i < s->rows->n; i++)
        sum += s->now[i] - least;
    s->primal = fmax(s->primal, s->half_sum - product / 4);
    if (s->half_sum + sum / 4 >= s->value)
        return PLC_OK;
    double *swapped = s->best;
    s->best = s->now;
    s->now = swapped;
    s->value = s->half_sum + sum / 4;
    s->least = least;
    return PLC_OK;
}

/* Whether even the best multipliers would not get below what is known. */
static bool is_useless(const search *s)
{
    return s->primal + (double)s->steps->offset >= (double)s->steps->known;
}

/* Whether a better search could not give a smaller bound, or hardly. */
static bool is_tight(const search *s)
{
    const double margin = margin_min * fabs(s->value), offset = (double)s->steps->offset;
    const double reach = floor(s->value + 2 * margin + offset);
    return s->value - s->primal <= gap_min * fmax(1, fabs(s->value)) ||
           (fabs(reach) < sum_max &&
            (double)plc_cut_below((int64_t)reach, s->steps->step) <= s->primal + offset);
}

static plc_status find_multipliers(search *s, const plc_bound_watch *watch, uint64_t *ret_sweeps,
                                   plc_error *error)
{
    plc_relaxation relaxation;
    plc_status status = plc_relaxation_init(&relaxation, s->rows, error);
    if (status != PLC_OK)
        return status;
    uint64_t sweep = 0, next = FIRST_SWEEPS;
    bool over = false;
    while (status == PLC_OK && !over) {
        plc_relaxation_sweep(&relaxation);
        sweep++;
        over = sweep >= SWEEPS_MAX || plc_bound_stops(watch, PLC_BOUND_SEARCHES);
        if (sweep < next && !over)
            continue;
        next += next / 2;
        status = look(s, &relaxation, error);
        over = over || is_useless(s) || is_tight(s);
    }
    plc_relaxation_finish(&relaxation);
    *ret_sweeps = sweep;
    return status;
}

/* The best multipliers, each larger by `shift`, as units. */
static void round_up(search *s, double shift)
{
    for (uint32_t i = 0; i < s->rows->n; i++)
        s->units.units[i] = (int64_t)ceil(ldexp(fmax(s->best[i] + shift, 0), s->units.bits));
}

static plc_status prove_best(search *s, const plc_bound_watch *watch, int64_t *ret_cut,
                             plc_error *error)
{
    plc_status status = plc_least_eigenvalue(s->rows, s->best, PROOF_STEPS, &s->least, error);
    if (status != PLC_OK)
        return status;
    double margin = 4 * margin_min * fmax(1, fabs(s->value)) / s->rows->n + 1e-3 * fabs(s->least);
    for (int attempt = 0; attempt < ATTEMPTS; attempt++, margin *= 4) {
        bool proven = false;
        round_up(s, margin - s->least);
        status =
            plc_multipliers_prove(s->graph, s->rows, &s->units, watch, &proven, ret_cut, error);
        if (status != PLC_OK || proven)
            return status;
    }
    return plc_fail(error, PLC_DOES_NOT_FIT, "bound: no proof in %d attempts", ATTEMPTS);
}

/* floor((2 W 2^bits + sum of units + n c 2^bits) / (4 2^bits)) */
static int64_t value_of(const plc_graph *graph, const plc_multipliers *multipliers, double slack)
{
    const int64_t quarter = INT64_C(4) << multipliers->bits;
    int64_t weights = 0, sum = 0;
    for (uint64_t e = 0; e < graph->m; e++)
        weights += graph->w[e];
    for (uint32_t i = 0; i < graph->n; i++)
        sum += multipliers->units[i];
    sum += (int64_t)ceil(ldexp(slack * graph->n, multipliers->bits)) + 1;
    sum += weights * (quarter / 2);
    return (sum - ((sum % quarter) + quarter) % quarter) / quarter;
}

static plc_status check_sizes(const plc_graph *graph, const plc_multipliers *multipliers,
                              plc_error *error)
{
    double sum = 0;
    for (uint64_t e = 0; e < graph->m; e++)
        sum += fabs((double)graph->w[e]);
    sum = ldexp(sum, multipliers->bits + 2);
    for (uint32_t i = 0; i < graph->n; i++) {
        const int64_t unit = multipliers->units[i];
        if (unit < 0 || unit > units_max)
            return plc_fail(error, PLC_INVALID, "multipliers[%u]: expected 0..2^52 units, got %lld",
                            i, (long long)unit);
        sum += (double)unit;
    }
    if (multipliers->bits < 0 || multipliers->bits > BITS_MAX || sum > 0x1p61)
        return plc_fail(error, PLC_INVALID,
                        "multipliers: expected a sum of at most 2^61 units of 2^-%d, got %.3g",
                        BITS_MAX, sum);
    return PLC_OK;
}

plc_status plc_multipliers_prove(const plc_graph *graph, const plc_adjacency *rows,
                                 const plc_multipliers *multipliers, const plc_bound_watch *watch,
                                 bool *ret_proven, int64_t *ret_cut, plc_error *error)
{
    double slack = 0;
    plc_status status = check_sizes(graph, multipliers, error);
    if (status != PLC_OK)
        return status;
    double *diagonal = plc_array(graph->n, sizeof *diagonal);
    if (!diagonal)
        return plc_fail_memory(error, "the multipliers of a graph");
    for (uint32_t i = 0; i < graph->n; i++)
        diagonal[i] = ldexp((double)multipliers->units[i], -multipliers->bits);
    status = plc_definite_prove(rows, diagonal, watch, ret_proven, &slack, error);
    free(diagonal);
    if (status != PLC_OK)
        return status;
    *ret_proven = *ret_proven && ldexp(slack * graph->n, multipliers->bits) < 0x1p61;
    if (*ret_proven)
        *ret_cut = value_of(graph, multipliers, slack);
    return status;
}

plc_status plc_dual_bound(const plc_graph *graph, const plc_adjacency *rows,
                          const plc_cut_steps *steps, const plc_bound_watch *watch,
                          plc_dual_value *ret_value, plc_error *error)
{
    search s = {.graph = graph, .rows = rows, .steps = steps};
    plc_dual_value value = {0};
    plc_status status = search_init(&s, error);
    if (status == PLC_OK)
        status = find_multipliers(&s, watch, &value.sweeps, error);
    value.better = status == PLC_OK && !is_useless(&s);
    if (value.better)
        status = prove_best(&s, watch, &value.cut, error);
    value.relaxation = s.primal;
    search_finish(&s);
    if (status == PLC_OK)
        *ret_value = value;
    return status;
}
