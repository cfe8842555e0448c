/* An estimate of a least eigenvalue, by Lanczos' method without reorthogonalisation.
 *
 * It starts at a fixed vector and takes a number of steps. What rounding spoils are copies of
 * eigenvalues that have converged, not the extreme one (Paige, 1980). The least eigenvalue of the
 * tridiagonal matrix is found by bisection on the signs of its pivots. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/digest.h"
#include "base/error.h"
#include "base/memory.h"
#include "ising/relaxation.h"

#include <float.h>
#include <math.h>

enum { HALVINGS = 60, SEED = 0x1a9 };

typedef struct lanczos {
    const plc_adjacency *rows;
    const double *matrix_diagonal; /* [n] */
    double *now, *before, *next;   /* [n] vectors */
    double *diagonal, *off;        /* [n_steps] of the tridiagonal matrix */
    uint32_t n_steps, steps_max;
} lanczos;

static double length_of(const double *vector, uint32_t n)
{
    double sum = 0;
    for (uint32_t i = 0; i < n; i++)
        sum += vector[i] * vector[i];
    return sqrt(sum);
}

/* One step; the length of what is new. */
static double step(lanczos *l, double last_off)
{
    const uint32_t n = l->rows->n;
    double along = 0;
    for (uint32_t i = 0; i < n; i++) {
        double sum = l->matrix_diagonal[i] * l->now[i] - last_off * l->before[i];
        for (uint64_t k = l->rows->offsets[i]; k < l->rows->offsets[i + 1ULL]; k++)
            sum += l->rows->arcs[k].weight * l->now[l->rows->arcs[k].target];
        l->next[i] = sum;
        along += sum * l->now[i];
    }
    for (uint32_t i = 0; i < n; i++)
        l->next[i] -= along * l->now[i];
    l->diagonal[l->n_steps] = along;
    const double off = length_of(l->next, n);
    l->off[l->n_steps++] = off;
    return off;
}

static void iterate(lanczos *l)
{
    const uint32_t n = l->rows->n;
    double off = 0, scale = 0;
    for (uint32_t i = 0; i < n; i++)
        l->now[i] = 1 + (double)(plc_mix(SEED + (uint64_t)i) >> 11) * 0x1p-53;
    for (double norm = length_of(l->now, n); l->n_steps < l->steps_max; norm = off) {
        for (uint32_t i = 0; i < n; i++)
            l->now[i] /= norm;
        off = step(l, off);
        scale = fmax(scale, fabs(l->diagonal[l->n_steps - 1]) + off);
        if (!(off > 1e-10 * scale)) /* the whole space */
            break;
        double *free_one = l->before;
        l->before = l->now;
        l->now = l->next;
        l->next = free_one;
    }
}

/* Whether the tridiagonal matrix has an eigenvalue below x. */
static bool has_below(const lanczos *l, double x)
{
    double pivot = 1;
    for (uint32_t k = 0; k < l->n_steps; k++) {
        const double off = k ? l->off[k - 1] : 0;
        pivot = l->diagonal[k] - x - off * off / pivot;
        if (pivot < 0)
            return true;
        pivot = fmax(pivot, DBL_MIN);
    }
    return false;
}

static double least_of(const lanczos *l)
{
    double low = l->diagonal[0], high = low;
    for (uint32_t k = 0; k < l->n_steps; k++) {
        low = fmin(low, l->diagonal[k] - l->off[k] - (k ? l->off[k - 1] : 0));
        high = fmin(high, l->diagonal[k]);
    }
    for (int i = 0; i < HALVINGS; i++) {
        const double middle = low + (high - low) / 2;
        if (has_below(l, middle))
            high = middle;
        else
            low = middle;
    }
    return high;
}

plc_status plc_least_eigenvalue(const plc_adjacency *rows, const double *diagonal, uint32_t n_steps,
                                double *ret_value, plc_error *error)
{
    lanczos l = {.rows = rows, .matrix_diagonal = diagonal, .steps_max = n_steps};
    l.diagonal = plc_array(n_steps, sizeof *l.diagonal);
    l.off = plc_array(n_steps, sizeof *l.off);
    l.now = plc_array(rows->n, sizeof *l.now);
    l.before = plc_array(rows->n, sizeof *l.before);
    l.next = plc_array(rows->n, sizeof *l.next);
    const bool ok = l.diagonal && l.off && l.now && l.before && l.next;
    if (ok) {
        iterate(&l);
        *ret_value = least_of(&l);
    }
    free(l.diagonal);
    free(l.off);
    free(l.now);
    free(l.before);
    free(l.next);
    return ok ? PLC_OK : plc_fail_memory(error, "the eigenvalues of a graph");
}
