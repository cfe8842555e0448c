/* The terms of a quadratic problem: gathering, scaling to whole numbers, adding up. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ising/terms.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>

enum { DECIMALS_MAX = 18 };

/* What all magnitudes of a problem may add up to, so that no sum of them leaves 64 bits. */
static const double SUM_MAX = 0x1p61;

bool plc_terms_add(plc_terms *terms, uint32_t u, uint32_t v, plc_decimal weight)
{
    if (!plc_reserve(terms, data, 1))
        return false;
    terms->data[terms->n++] = u < v ? (plc_term){u, v, weight} : (plc_term){v, u, weight};
    return true;
}

void plc_terms_finish(plc_terms *terms)
{
    free(terms->data);
    *terms = (plc_terms){0};
}

plc_status plc_terms_scan(plc_scan *scan, const char *what, plc_decimal *ret_decimal,
                          plc_error *error)
{
    const char *field;
    size_t length;
    plc_scan_field(scan, &field, &length);
    if (plc_decimal_parse(field, length, ret_decimal))
        return PLC_OK;
    return plc_scan_fail(scan, error, "%s: expected a number in -1e18..1e18, got \"%.*s\"", what,
                         (int)(length < 40 ? length : 40), field);
}

/* The most decimals that are needed and leave all sums below 2^63; false when there are none. */
static bool choose_decimals(const plc_terms *terms, uint32_t *ret_decimals, double *ret_sum)
{
    int32_t decimals = terms->offset.mantissa ? -terms->offset.exponent : 0;
    double sum = fabs(plc_decimal_to_real(terms->offset));
    for (size_t i = 0; i < terms->n; i++) {
        const plc_decimal weight = terms->data[i].weight;
        sum += fabs(plc_decimal_to_real(weight));
        decimals = -weight.exponent > decimals ? -weight.exponent : decimals;
    }
    decimals = decimals > DECIMALS_MAX ? DECIMALS_MAX : decimals < 0 ? 0 : decimals;
    while (decimals > 0 && sum * pow(10, decimals) >= SUM_MAX)
        decimals--;
    *ret_decimals = (uint32_t)decimals;
    *ret_sum = sum;
    return sum < SUM_MAX;
}

static int compare_terms(const void *a, const void *b)
{
    const plc_term *x = a, *y = b;
    if (x->u != y->u)
        return x->u < y->u ? -1 : 1;
    return x->v < y->v ? -1 : x->v > y->v;
}

static bool problem_init(plc_problem *problem, uint32_t n, uint64_t m)
{
    *problem = (plc_problem){.n = n};
    problem->linear = plc_array(n, sizeof *problem->linear);
    problem->u = plc_array(m, sizeof *problem->u);
    problem->v = plc_array(m, sizeof *problem->v);
    problem->quadratic = plc_array(m, sizeof *problem->quadratic);
    return problem->linear && problem->u && problem->v && problem->quadratic;
}

/* Adds a term, the last of which has the same pair or a lower one. */
static void add_term(plc_problem *problem, const plc_term *term)
{
    const int64_t weight = plc_decimal_scale(term->weight, problem->decimals, &problem->rounded);
    uint64_t at = problem->m;
    if (term->u == term->v) {
        problem->linear[term->u] += weight;
        return;
    }
    if (at && problem->u[at - 1] == term->u && problem->v[at - 1] == term->v) {
        problem->quadratic[at - 1] += weight;
        return;
    }
    if (at && !problem->quadratic[at - 1])
        at = --problem->m; /* what came before adds up to nothing */
    problem->u[at] = term->u;
    problem->v[at] = term->v;
    problem->quadratic[at] = weight;
    problem->m++;
}

plc_status plc_terms_to_problem(plc_terms *terms, const char *name, plc_problem *ret_problem,
                                plc_error *error)
{
    plc_problem problem;
    uint32_t decimals;
    double sum;
    if (!terms->n_variables)
        return plc_fail(error, PLC_INVALID, "%s: expected at least 1 variable, got none", name);
    if (!choose_decimals(terms, &decimals, &sum))
        return plc_fail(error, PLC_INVALID,
                        "%s: coefficients: expected magnitudes that add up to less than %.3g, got "
                        "%.3g",
                        name, SUM_MAX, sum);
    if (!problem_init(&problem, terms->n_variables, terms->n)) {
        plc_problem_finish(&problem);
        return plc_fail_memory(error, name);
    }
    problem.decimals = decimals;
    problem.spins = terms->spins;
    problem.assumed = terms->assumed;
    problem.offset = plc_decimal_scale(terms->offset, decimals, &problem.rounded);
    qsort(terms->data, terms->n, sizeof *terms->data, compare_terms);
    for (size_t i = 0; i < terms->n; i++)
        add_term(&problem, &terms->data[i]);
    if (problem.m && !problem.quadratic[problem.m - 1])
        problem.m--;
    *ret_problem = problem;
    return PLC_OK;
}
