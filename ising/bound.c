/* Proven upper bounds of MAX-CUT.
 *
 * Whatever the state, the cut is at most
 * - the sum of the positive weights;
 * - for few vertices, the best of all states;
 * - the sum of the positive weights less what no state satisfies, by the graph's faces
 *   (ising/joins.c);
 * - a value of the dual of the semidefinite relaxation (ising/multipliers.c), within rounding
 * errors that are accounted for. Vertices of degree 0 to 2 are folded first, which is exact and
 * makes the relaxation tighter.
 *
 * A bound is then lowered to the next number that can be a cut. From the empty cut, 0, every state
 * is reached by turning vertices; that changes the cut by the sum of a vertex's weights, less twice
 * some of them. So every cut is a multiple of the greatest common divisor of all those sums and of
 * twice each weight: 2 for weights of +1 and -1 where all degrees are even. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/memory.h"
#include "ising/bounds.h"
#include "ising/faces.h"

#include <math.h>

enum { STATES_MAX = 26 }; /* vertices of which all states are tried: a second */

static uint64_t divisor(uint64_t a, uint64_t b)
{
    while (b) {
        const uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

static uint64_t size_of(int64_t value)
{
    return value < 0 ? (uint64_t)-value : (uint64_t)value;
}

/* The number that divides every cut; 0 if all cuts are 0. */
static plc_status find_step(const plc_graph *graph, uint64_t *ret_step, plc_error *error)
{
    int64_t *sums = plc_array(graph->n, sizeof *sums);
    uint64_t step = 0;
    if (!sums)
        return plc_fail_memory(error, "the bound of a graph");
    for (uint64_t e = 0; e < graph->m; e++) {
        sums[graph->u[e]] += graph->w[e];
        sums[graph->v[e]] += graph->w[e];
        step = divisor(step, size_of(2 * (int64_t)graph->w[e]));
    }
    for (uint32_t i = 0; i < graph->n; i++)
        step = divisor(step, size_of(sums[i]));
    free(sums);
    *ret_step = step;
    return PLC_OK;
}

int64_t plc_cut_below(int64_t bound, uint64_t step)
{
    if (!step)
        return bound < 0 ? bound : 0;
    const int64_t s = (int64_t)step, rest = bound % s;
    return bound - (rest < 0 ? rest + s : rest);
}

static int64_t positive_weight(const plc_graph *graph)
{
    int64_t sum = 0;
    for (uint64_t e = 0; e < graph->m; e++)
        sum += graph->w[e] > 0 ? graph->w[e] : 0;
    return sum;
}

static void take_smaller(plc_cut_bound *bound, int64_t cut, plc_cut_bound_kind kind)
{
    if (cut >= bound->cut)
        return;
    bound->cut = cut;
    bound->kind = kind;
}

static plc_status bound_by_faces(const plc_graph *core, int64_t offset, uint64_t step,
                                 const plc_bound_watch *watch, plc_cut_bound *bound,
                                 plc_error *error)
{
    plc_faces faces;
    int64_t unsatisfied = 0;
    plc_status status = plc_faces_init(&faces, core, error);
    if (status != PLC_OK)
        return status;
    status = plc_faces_bound(&faces, watch, &unsatisfied, error);
    plc_faces_finish(&faces);
    if (status == PLC_OK)
        take_smaller(bound, plc_cut_below(positive_weight(core) - unsatisfied + offset, step),
                     PLC_BOUND_FACES);
    return status;
}

/* The bound of a core that no vertex can be folded from. */
static plc_status bound_core(const plc_graph *core, int64_t offset, uint64_t step,
                             const plc_bound_watch *watch, plc_cut_bound *bound, plc_error *error)
{
    plc_adjacency rows = {0};
    plc_dual_value value = {0};
    take_smaller(bound, plc_cut_below(positive_weight(core) + offset, step), PLC_BOUND_WEIGHTS);
    plc_status status = plc_adjacency_init(&rows, core, NULL, error);
    if (status != PLC_OK)
        return status;
    if (core->n <= STATES_MAX) {
        take_smaller(bound, plc_cut_of_all_states(&rows) + offset, PLC_BOUND_STATES);
    } else {
        status = bound_by_faces(core, offset, step, watch, bound, error);
        const plc_cut_steps steps = {.step = step, .offset = offset, .known = bound->cut};
        if (status == PLC_OK)
            status = plc_dual_bound(core, &rows, &steps, watch, &value, error);
        if (status == PLC_OK) {
            if (value.better)
                take_smaller(bound, plc_cut_below(value.cut + offset, step), PLC_BOUND_RELAXATION);
            bound->relaxation = value.relaxation + (double)offset;
            bound->sweeps = value.sweeps;
        }
    }
    plc_adjacency_finish(&rows);
    return status;
}

plc_status plc_graph_bound(const plc_graph *graph, const plc_bound_watch *watch,
                           plc_cut_bound *ret_bound, plc_error *error)
{
    plc_cut_bound bound = {.relaxation = (double)NAN};
    plc_fold *fold = NULL;
    uint64_t step = 0;
    plc_error why = {0};
    plc_status status = find_step(graph, &step, error);
    if (status == PLC_OK)
        status = plc_fold_create(graph, &fold, error);
    if (status != PLC_OK)
        return status;
    bound.cut = plc_cut_below(positive_weight(graph), step);
    status = bound_core(plc_fold_core(fold), plc_fold_offset(fold), step, watch, &bound, &why);
    plc_fold_destroy(fold);
    if (status == PLC_OK || status == PLC_STOPPED || status == PLC_DOES_NOT_FIT) {
        bound.stopped = status;
        *ret_bound = bound;
        return PLC_OK;
    }
    if (error)
        *error = why;
    return status;
}

const char *plc_cut_bound_kind_name(plc_cut_bound_kind kind)
{
    static const char *const names[] = {"weights", "states", "faces", "relaxation"};
    return names[kind];
}
