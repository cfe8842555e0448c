/* An annealing schedule from the weights of a graph. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/memory.h"
#include "ising/maxcut.h"

#include <math.h>

/* The schedule in units of the graph, found by trials on the G-set: where 1 / T begins and ends,
 * and how it bends, as C / A ln(1 + t / C) bends between t = 1 and t = BEND x C. The denser a
 * graph, the warmer it freezes. Flips without gain pass with 1 / eta, and where weights are +-1 and
 * vertices have few neighbours most moves are such: eta is ETA, but ETA_UNEVEN where fields differ
 * as in unions of planar graphs, with hubs among small vertices. */
static const double HOT = 1.6;   /* first 1 / T x root mean square local field of a random state */
static const double COLD = 5;    /* last 1 / T x mean absolute weight, at most */
static const double FROZEN = 10; /* last 1 / T x that field, at most */
static const double BEND = 2.5;
static const double ETA = 1.2, ETA_UNEVEN = 2.5;
static const double EVEN = 0.91; /* least squared mean of fields / mean of squared fields */

/* The scales of a graph, 1 where it has no edges. Edges to a pinned vertex do not count: where
 * constraints are penalties they are far larger than what a flip gains or loses near an optimum, as
 * the couplings undo them. */
typedef struct scales {
    double field;    /* mean over the vertices of the root of the sum of squared weights, which is
                        what a local field of random neighbours measures */
    double evenness; /* its square over the mean of the squares, at most 1 */
    double weight;   /* mean absolute weight of edges that have one */
} scales;

static plc_status measure(const plc_graph *graph, scales *ret_scales, plc_error *error)
{
    double *squares = plc_array(graph->n, sizeof *squares), sum = 0, sum_of_squares = 0,
           weights = 0;
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
    for (uint32_t v = 0; v < n; v++) {
        sum += sqrt(squares[v]);
        sum_of_squares += squares[v];
    }
    free(squares);
    *ret_scales = (scales){1, 1, 1};
    if (weights > 0)
        *ret_scales = (scales){.field = sum / n,
                               .evenness = sum * sum / (sum_of_squares * n),
                               .weight = weights / (double)n_weights};
    return PLC_OK;
}

void plc_maxcut_anneal_between(double hot, double cold, plc_maxcut_settings *settings)
{
    /* t = 1 is hot and t = BEND x c is cold: ln(1 + BEND) / ln(1 + 1 / c) = hot / cold. */
    settings->c = 1 / expm1(log1p(BEND) * cold / hot);
    settings->a = settings->c * log1p(1 / settings->c) * hot;
    settings->delta = (BEND * settings->c - 1) / (double)settings->updates;
}

plc_status plc_maxcut_tune(const plc_graph *graph, plc_maxcut_settings *settings, plc_error *error)
{
    scales s = {1, 1, 1};
    plc_status status = measure(graph, &s, error);
    if (status != PLC_OK)
        return status;
    const double cold = fmin(COLD / s.weight, FROZEN / s.field);
    const double hot = fmin(HOT / s.field, cold / 2);
    plc_maxcut_anneal_between(1 / hot, 1 / cold, settings);
    settings->eta = s.evenness < EVEN ? ETA_UNEVEN : ETA;
    return PLC_OK;
}
