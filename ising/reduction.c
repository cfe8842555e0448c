/* Quadratic problems as MAX-CUT with fields. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/memory.h"
#include "ising/graph.h"

#include <math.h>

/* What the absolute weights of a vertex may add up to: less than 2^30. */
static const int64_t SUM_MAX = (INT64_C(1) << 30) - 1;

static int64_t magnitude(int64_t value)
{
    return value < 0 ? -value : value;
}

static int64_t common_divisor(int64_t a, int64_t b)
{
    while (b) {
        const int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* The fields of the pairs when the least value is wanted: x_u x_v is (x_u + x_v - [x_u != x_v]) / 2
 * and s_u s_v is 1 - 2 [s_u != s_v], so that twice the least value, or a half of it, is a constant
 * less the largest cut. */
static void find_fields(const plc_problem *p, int64_t *fields)
{
    for (uint32_t i = 0; i < p->n; i++)
        fields[i] = p->spins ? p->linear[i] : -2 * p->linear[i];
    for (uint64_t e = 0; !p->spins && e < p->m; e++) {
        fields[p->u[e]] -= p->quadratic[e];
        fields[p->v[e]] -= p->quadratic[e];
    }
}

/* The common divisor of all weights, 1 if there are none; and what has to divide them so that those
 * of each vertex fit when they are rounded, 0 if they fit after the common one. */
static plc_status find_divisors(const plc_problem *p, const int64_t *fields, int64_t *ret_common,
                                double *ret_divisor, plc_error *error)
{
    double *sums = plc_array(p->n, sizeof *sums), most = 0;
    uint32_t *degree = plc_array(p->n, sizeof *degree), most_degree = 0;
    int64_t common = 0;
    plc_status status = sums && degree ? PLC_OK : plc_fail_memory(error, "a quadratic problem");
    for (uint64_t e = 0; status == PLC_OK && e < p->m; e++) {
        common = common_divisor(common, magnitude(p->quadratic[e]));
        sums[p->u[e]] += fabs((double)p->quadratic[e]);
        sums[p->v[e]] += fabs((double)p->quadratic[e]);
        degree[p->u[e]]++;
        degree[p->v[e]]++;
    }
    for (uint32_t i = 0; status == PLC_OK && i < p->n; i++) {
        common = common_divisor(common, magnitude(fields[i]));
        most = fmax(most, sums[i] + fabs((double)fields[i]));
        most_degree = degree[i] > most_degree ? degree[i] : most_degree;
    }
    free(sums);
    free(degree);
    *ret_common = common ? common : 1;
    *ret_divisor = most / (double)*ret_common <= (double)SUM_MAX
                       ? 0
                       : most / ((double)SUM_MAX - most_degree - 1);
    return status;
}

static int32_t divide(int64_t weight, int64_t common, double divisor)
{
    return (int32_t)(divisor > 0 ? llround((double)weight / divisor) : weight / common);
}

static plc_status fill_graph(const plc_problem *p, const int64_t *fields, int64_t common,
                             double divisor, plc_graph *ret_graph, plc_error *error)
{
    plc_graph graph;
    if (!plc_graph_init(&graph, p->n, p->m + p->n))
        return plc_fail_memory(error, "a quadratic problem");
    graph.m = 0;
    for (uint64_t e = 0; e < p->m; e++) {
        graph.u[graph.m] = p->u[e];
        graph.v[graph.m] = p->v[e];
        graph.w[graph.m] = divide(p->quadratic[e], common, divisor);
        graph.m += graph.w[graph.m] != 0;
    }
    for (uint32_t i = 0; i < p->n; i++) {
        graph.u[graph.m] = i;
        graph.v[graph.m] = p->n;
        graph.w[graph.m] = divide(fields[i], common, divisor);
        if (!graph.w[graph.m])
            continue;
        graph.m++;
        graph.pinned = true;
    }
    graph.n += graph.pinned;
    *ret_graph = graph;
    return PLC_OK;
}

static void negate(plc_graph *graph)
{
    for (uint64_t e = 0; e < graph->m; e++)
        graph->w[e] = -graph->w[e];
}

/* What cut 0 and 1 of cut stand for: all x = 0 or all s = 1; and a half of the weights' unit, or
 * twice of it, up for a maximum. */
static plc_reduction reduce(const plc_problem *p, bool maximise, int64_t common, double divisor)
{
    const double unit = pow(10, -(double)p->decimals);
    const double step = (p->spins ? 2 : 0.5) * (divisor > 0 ? divisor : (double)common);
    plc_reduction r = {.base = p->offset, .rounded = divisor > 0, .spins = p->spins};
    for (uint32_t i = 0; p->spins && i < p->n; i++)
        r.base += p->linear[i];
    for (uint64_t e = 0; p->spins && e < p->m; e++)
        r.base += p->quadratic[e];
    if (!r.rounded)
        r.twice = (maximise ? 1 : -1) * (p->spins ? 4 : 1) * common;
    r.zero = (double)r.base * unit;
    r.step = (maximise ? step : -step) * unit;
    return r;
}

plc_status plc_problem_to_graph(const plc_problem *problem, bool maximise, plc_graph *ret_graph,
                                plc_reduction *ret_reduction, plc_error *error)
{
    int64_t common = 1, *fields = plc_array(problem->n, sizeof *fields);
    double divisor = 0;
    plc_graph graph = {0};
    plc_status status = fields ? PLC_OK : plc_fail_memory(error, "a quadratic problem");
    if (status == PLC_OK) {
        find_fields(problem, fields);
        status = find_divisors(problem, fields, &common, &divisor, error);
    }
    if (status == PLC_OK)
        status = fill_graph(problem, fields, common, divisor, &graph, error);
    free(fields);
    if (status != PLC_OK)
        return status;
    if (maximise)
        negate(&graph);
    *ret_graph = graph;
    *ret_reduction = reduce(problem, maximise, common, divisor);
    return PLC_OK;
}

void plc_reduction_state(const plc_reduction *reduction, uint32_t n, uint8_t *sides)
{
    for (uint32_t i = 0; reduction->spins && i < n; i++)
        sides[i] = !sides[i];
}

plc_status plc_reduction_check(const plc_reduction *reduction, int64_t value, int64_t cut,
                               plc_error *error)
{
    /* Modulo 2^64, so that no product can overflow. */
    const uint64_t expected =
        2 * (uint64_t)reduction->base + (uint64_t)reduction->twice * (uint64_t)cut;
    if (reduction->rounded || expected == 2 * (uint64_t)value)
        return PLC_OK;
    return plc_fail(error, PLC_DIFFERS,
                    "the solver's cut %lld is twice the value %lld, the recount %lld: please "
                    "report this",
                    (long long)cut, (long long)expected, 2 * (long long)value);
}
