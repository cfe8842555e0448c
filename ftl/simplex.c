/* The dual simplex method, exact. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ftl/simplex.h"

#include <math.h>
#include <string.h>

enum { STEPS_MAX = 400, STEPS_BEFORE_BLAND = 60 };
#define EXACT_MAX 94906265.0 /* floor(sqrt(2^53)): products of two such numbers are exact */

void plc_simplex_init(plc_simplex *simplex, const int32_t *cost, uint32_t n_columns)
{
    simplex->n_columns = n_columns;
    simplex->n_rows = 0;
    simplex->scale = 1;
    simplex->value = 0;
    for (uint32_t j = 0; j < n_columns && j < PLC_SIMPLEX_COLUMNS_MAX; j++) {
        simplex->cost[j] = cost[j];
        simplex->nonbasic[j] = simplex->column_of[j] = (uint8_t)j;
        simplex->row_of[j] = PLC_SIMPLEX_NOT_BASIC;
    }
}

bool plc_simplex_add(plc_simplex *simplex, const int32_t *a, int32_t b)
{
    uint32_t n = simplex->n_columns, i = simplex->n_rows;
    if (i == PLC_SIMPLEX_ROWS_MAX)
        return false;
    double *row = simplex->a[i];
    memset(row, 0, n * sizeof *row);
    simplex->b[i] = simplex->scale * b;
    for (uint32_t j = 0; j < n; j++) {
        uint8_t at = simplex->row_of[j];
        if (a[j] == 0)
            continue;
        if (at == PLC_SIMPLEX_NOT_BASIC) {
            row[simplex->column_of[j]] += simplex->scale * a[j];
            continue;
        }
        for (uint32_t k = 0; k < n; k++)
            row[k] -= a[j] * simplex->a[at][k];
        simplex->b[i] -= a[j] * simplex->b[at];
    }
    simplex->basic[i] = (uint8_t)(n + i);
    simplex->n_rows++;
    return true;
}

/* The row that leaves: the most negative, or, so that no cycle goes on for ever, that of the first
 * variable. */
static uint32_t choose_row(const plc_simplex *s, bool first)
{
    uint32_t best = UINT32_MAX;
    for (uint32_t i = 0; i < s->n_rows; i++)
        if (s->b[i] < 0 &&
            (best == UINT32_MAX || (first ? s->basic[i] < s->basic[best] : s->b[i] < s->b[best])))
            best = i;
    return best;
}

/* The column that enters: the least ratio of cost to entry, ties to the first variable. */
static uint32_t choose_column(const plc_simplex *s, uint32_t r)
{
    uint32_t best = UINT32_MAX;
    for (uint32_t j = 0; j < s->n_columns; j++) {
        if (s->a[r][j] >= 0)
            continue;
        if (best == UINT32_MAX) {
            best = j;
            continue;
        }
        double now = s->cost[j] * -s->a[r][best], then = s->cost[best] * -s->a[r][j];
        if (now < then || (now == then && s->nonbasic[j] < s->nonbasic[best]))
            best = j;
    }
    return best;
}

/* One row of the tableau after the pivot of value p < 0 in column c of row `pivot`. */
static double update_row(double *restrict row, double *b, const double *restrict pivot,
                         double pivot_b, uint32_t n, uint32_t c, double p, double scale)
{
    double factor = row[c], largest = 0;
    for (uint32_t j = 0; j < n; j++) {
        row[j] = (factor * pivot[j] - p * row[j]) / scale;
        largest = fmax(largest, fabs(row[j]));
    }
    row[c] = factor;
    *b = (factor * pivot_b - p * *b) / scale;
    return fmax(largest, fabs(*b));
}

static bool exchange(plc_simplex *s, uint32_t r, uint32_t c)
{
    uint32_t n = s->n_columns;
    double *pivot = s->a[r], p = pivot[c], largest = 0;
    for (uint32_t i = 0; i < s->n_rows; i++)
        if (i != r)
            largest =
                fmax(largest, update_row(s->a[i], &s->b[i], pivot, s->b[r], n, c, p, s->scale));
    /* The objective is a row with the costs negated. */
    double factor = -s->cost[c];
    for (uint32_t j = 0; j < n; j++)
        s->cost[j] = -(factor * pivot[j] + p * s->cost[j]) / s->scale;
    s->cost[c] = -factor;
    s->value = (factor * s->b[r] - p * s->value) / s->scale;
    for (uint32_t j = 0; j < n; j++)
        pivot[j] = -pivot[j];
    pivot[c] = -s->scale;
    s->b[r] = -s->b[r];
    s->scale = -p;
    uint8_t leaving = s->basic[r], entering = s->nonbasic[c];
    s->basic[r] = entering;
    s->nonbasic[c] = leaving;
    if (entering < n)
        s->row_of[entering] = (uint8_t)r;
    if (leaving < n) {
        s->row_of[leaving] = PLC_SIMPLEX_NOT_BASIC;
        s->column_of[leaving] = (uint8_t)c;
    }
    return largest < EXACT_MAX;
}

plc_simplex_answer plc_simplex_solve(plc_simplex *simplex)
{
    for (uint32_t step = 0; step < STEPS_MAX; step++) {
        uint32_t r = choose_row(simplex, step >= STEPS_BEFORE_BLAND);
        if (r == UINT32_MAX)
            return PLC_SIMPLEX_OPTIMAL;
        uint32_t c = choose_column(simplex, r);
        if (c == UINT32_MAX)
            return PLC_SIMPLEX_INFEASIBLE;
        if (!exchange(simplex, r, c))
            return PLC_SIMPLEX_LIMIT;
    }
    return PLC_SIMPLEX_LIMIT;
}
