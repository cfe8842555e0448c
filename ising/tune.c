/* An annealing schedule from the weights of a graph. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/memory.h"
#include "ising/maxcut.h"

#include <math.h>

/* The schedule in units of the graph, found by trials on the G-set: where 1 / T begins and ends,
 * and how it bends, as C / A ln(1 + t / C) bends between t = 1 and t = BEND x C. */
static const double HOT = 1.6; /* first 1 / T x root mean square local field of a random state */
static const double COLD = 5;  /* last 1 / T x mean absolute weight */
static const double BEND = 2.5;
static const double ETA = 2.5;

/* The mean over the vertices of the root of the sum of squared weights, which is what a local field
 * of random neighbours measures; and the mean absolute weight of edges that have one. 1 where there
 * are none. Edges to a pinned vertex do not count: where constraints are penalties they are far
 * larger than what a flip gains or loses near an optimum, as the couplings undo them. */
static plc_status measure(const plc_graph *graph, double *ret_field, double *ret_weight,
                          plc_error *error)
{
    double *squares = plc_array(graph->n, sizeof *squares), sum = 0, weights = 0;
    const uint32_t n = graph->pinned ? graph->n - 1 : graph->n; /* that move */
    uint64_t n_weights = 0;
    if (!squares)
        return plc_fail_memory(error, "the local fields of a graph");
    for (uint64_t e = 0; e < graph->m; e++) {
        const double w = graph->u[e] < n && graph->v[e] < n ? graph->w[e] : 0;
        squares[graph->u[e]] += w * w;
        squares[graph->v[e]] += w * w;
        weights += fabs(w);
        n_weights += w != 0;
    }
    for (uint32_t v = 0; v < n; v++)
        sum += sqrt(squares[v]);
    free(squares);
    *ret_field = weights > 0 ? sum / n : 1;
    *ret_weight = weights > 0 ? weights / (double)n_weights : 1;
    return PLC_OK;
}

void plc_maxcut_anneal_between(double hot, double cold, plc_maxcut_settings *settings)
{
    /* t = 1 is hot and t = BEND x c is cold: ln(1 + BEND) / ln(1 + 1 / c) = hot / cold. */
    settings->c = 1 / expm1(log1p(BEND) * cold / hot);
    settings->a = settings->c * log1p(1 / settings->c) * hot;
    settings->eta = ETA;
    settings->delta = (BEND * settings->c - 1) / (double)settings->updates;
}

plc_status plc_maxcut_tune(const plc_graph *graph, plc_maxcut_settings *settings, plc_error *error)
{
    double field = 1, weight = 1;
    plc_status status = measure(graph, &field, &weight, error);
    if (status != PLC_OK)
        return status;
    const double cold = COLD / weight;
    const double hot = fmin(HOT / field, cold / 2);
    plc_maxcut_anneal_between(1 / hot, 1 / cold, settings);
    return PLC_OK;
}
