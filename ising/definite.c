/* Proves that a sparse symmetric matrix has no eigenvalue far below 0. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ising/definite.h"

#include "base/error.h"
#include "base/memory.h"
#include "ising/dense.h"
#include "ising/watch.h"

#include <float.h>
#include <math.h>

/* A Cholesky factorisation that runs to its end, and a bound on its rounding errors.
 *
 * The proof. Let K be symmetric, its entries floating point numbers, and let Cholesky's
 * factorisation of K run to its end in floating point, rounding to nearest: every pivot was above
 * 0. Then its factor R satisfies R'R = K + E with |E| <= g |R|'|R|, entry by entry,
 * g = (n + 1) u / (1 - (n + 1) u) and u = 2^-53, in whatever order the products are subtracted
 * (Higham, Accuracy and Stability of Numerical Algorithms, 2002, theorem 10.3). Its diagonal gives
 * |r_j|^2 <= k_jj / (1 - g) for the columns r_j of R, so |e_ij| <= g / (1 - g) sqrt(k_ii k_jj)
 * (Demmel, 1989), and the norm of E is at most g / (1 - g) trace(K). R'R has no negative
 * eigenvalue, so K has none below -g / (1 - g) trace(K). This holds for every order of elimination,
 * since K may be permuted first, and entries of K that are 0 only leave roundings out (Rump,
 * Verification of positive definiteness, 2006).
 *
 * slack_of() takes 4 (n + 2) u trace(K), more than twice that for n < 2^31. The rest covers the
 * rounding of the trace itself, a relative n u, and underflow: at most 2^-1074 for each of less
 * than 2^62 operations an entry, while the trace is at least 2^-52 when the diagonal has no smaller
 * entries.
 *
 * Rows are eliminated by least degree while the matrix is sparse; what is then left is dense. */

enum {
    NOTHING = UINT32_MAX,
    SWITCH = 4,        /* the rest is dense when the least degree is above 1 / SWITCH of it */
    DENSE_MAX = 12000, /* rows of the dense rest: 1.2 GB, minutes */
    PERIOD = 64,       /* rows between two looks at the watch */
};
static const uint64_t entries_max = UINT64_C(1) << 27; /* of the sparse part: 2 GB */

typedef struct entry {
    uint32_t column;
    double value;
} entry;

/* A row without its diagonal, by column. */
typedef struct row {
    entry *data;
    size_t n, capacity;
} row;

/* What is left of the matrix while its rows are eliminated. */
typedef struct eliminator {
    uint32_t n, n_left;
    row *rows;                    /* [n] both triangles */
    double *diagonal;             /* [n] */
    uint64_t n_entries;           /* in all rows */
    uint32_t *head, *next, *prev; /* [n] lists of rows by their number of entries */
    uint32_t least;               /* no row has fewer entries */
    uint8_t *out;                 /* [n] 1: eliminated */
    entry *merged;                /* [n] scratch */
} eliminator;

static void eliminator_finish(eliminator *e)
{
    for (uint32_t i = 0; e->rows && i < e->n; i++)
        free(e->rows[i].data);
    free(e->rows);
    free(e->diagonal);
    free(e->head);
    free(e->next);
    free(e->prev);
    free(e->out);
    free(e->merged);
}

static void enlist(eliminator *e, uint32_t i)
{
    const uint32_t degree = (uint32_t)e->rows[i].n, first = e->head[degree];
    e->next[i] = first;
    e->prev[i] = NOTHING;
    if (first != NOTHING)
        e->prev[first] = i;
    e->head[degree] = i;
    e->least = degree < e->least ? degree : e->least;
}

static void delist(eliminator *e, uint32_t i)
{
    if (e->prev[i] == NOTHING)
        e->head[e->rows[i].n] = e->next[i];
    else
        e->next[e->prev[i]] = e->next[i];
    if (e->next[i] != NOTHING)
        e->prev[e->next[i]] = e->prev[i];
}

static int by_column(const void *a, const void *b)
{
    const uint32_t x = ((const entry *)a)->column, y = ((const entry *)b)->column;
    return (x > y) - (x < y);
}

static bool fill_row(eliminator *e, uint32_t i, const plc_adjacency *rows)
{
    row *r = &e->rows[i];
    const uint64_t begin = rows->offsets[i], end = rows->offsets[i + 1ULL];
    if (!plc_reserve(r, data, end - begin))
        return false;
    for (uint64_t k = begin; k < end; k++)
        if (rows->arcs[k].weight)
            r->data[r->n++] = (entry){rows->arcs[k].target, rows->arcs[k].weight};
    if (r->n)
        qsort(r->data, r->n, sizeof *r->data, by_column);
    e->n_entries += r->n;
    enlist(e, i);
    return true;
}

static bool eliminator_init(eliminator *e, const plc_adjacency *rows, const double *diagonal)
{
    e->n = e->n_left = e->least = rows->n;
    e->rows = plc_array(e->n, sizeof *e->rows);
    e->diagonal = plc_array_copy(diagonal, e->n, sizeof *diagonal);
    e->head = plc_array(e->n, sizeof *e->head);
    e->next = plc_array(e->n, sizeof *e->next);
    e->prev = plc_array(e->n, sizeof *e->prev);
    e->out = plc_array(e->n, sizeof *e->out);
    e->merged = plc_array(e->n, sizeof *e->merged);
    if (!e->rows || !e->diagonal || !e->head || !e->next || !e->prev || !e->out || !e->merged)
        return false;
    memset(e->head, 0xff, e->n * sizeof *e->head); /* NOTHING */
    for (uint32_t i = 0; i < e->n; i++)
        if (!fill_row(e, i, rows))
            return false;
    return true;
}

/* The row with the fewest entries; there is one. */
static uint32_t find_least(eliminator *e)
{
    while (e->head[e->least] == NOTHING)
        e->least++;
    return e->head[e->least];
}

/* Row i minus `factor` times the scaled pivot row, without columns i and `pivot`. */
static bool subtract(eliminator *e, uint32_t i, uint32_t pivot, const row *scaled, double factor)
{
    row *r = &e->rows[i];
    const entry *a = r->data, *a_end = a + r->n, *b = scaled->data, *b_end = b + scaled->n;
    size_t n = 0;
    while (a < a_end || b < b_end) {
        const uint32_t x = a < a_end ? a->column : NOTHING, y = b < b_end ? b->column : NOTHING;
        if (x < y) {
            if (x != pivot)
                e->merged[n++] = *a;
            a++;
            continue;
        }
        if (y != i)
            e->merged[n++] = (entry){y, (x == y ? a->value : 0) - factor * b->value};
        a += x == y;
        b++;
    }
    if (!plc_array_reserve(&r->data, &r->capacity, n, sizeof *r->data))
        return false;
    delist(e, i);
    memcpy(r->data, e->merged, n * sizeof *r->data);
    e->n_entries += n;
    e->n_entries -= r->n;
    r->n = n;
    e->diagonal[i] -= factor * factor;
    enlist(e, i);
    return true;
}

/* Eliminates a row; `*ret_proven` becomes false when its pivot is not above 0. */
static bool eliminate(eliminator *e, uint32_t pivot, bool *ret_proven)
{
    row *scaled = &e->rows[pivot];
    delist(e, pivot);
    e->out[pivot] = 1;
    e->n_left--;
    e->n_entries -= scaled->n;
    if (!(e->diagonal[pivot] > 0)) { /* also if it is no number */
        *ret_proven = false;
        return true;
    }
    const double root = sqrt(e->diagonal[pivot]);
    for (size_t k = 0; k < scaled->n; k++)
        scaled->data[k].value /= root;
    for (size_t k = 0; k < scaled->n; k++)
        if (!subtract(e, scaled->data[k].column, pivot, scaled, scaled->data[k].value))
            return false;
    free(scaled->data);
    *scaled = (row){0};
    return true;
}

/* The rows that are left as a dense matrix: its upper triangle, row by row in full rows. NULL when
 * memory is short. */
static double *gather(const eliminator *e)
{
    double *matrix = plc_array((size_t)e->n_left * e->n_left, sizeof *matrix);
    uint32_t *number = e->next; /* no longer needed as a list */
    for (uint32_t i = 0, n = 0; i < e->n; i++)
        number[i] = e->out[i] ? NOTHING : n++;
    for (uint32_t i = 0; matrix && i < e->n; i++) {
        if (e->out[i])
            continue;
        double *line = matrix + (size_t)number[i] * e->n_left;
        line[number[i]] = e->diagonal[i];
        for (size_t k = 0; k < e->rows[i].n; k++)
            line[number[e->rows[i].data[k].column]] = e->rows[i].data[k].value;
    }
    return matrix;
}

static plc_status fail_fit(const eliminator *e, plc_error *error)
{
    return plc_fail(error, PLC_DOES_NOT_FIT,
                    "bound: the proof for %u vertices fills up: %u rows with at least %u entries "
                    "are left, at most %d dense rows are taken",
                    e->n, e->n_left, e->least, DENSE_MAX);
}

static plc_status prove_rest(const eliminator *e, const plc_bound_watch *watch, bool *ret_proven,
                             plc_error *error)
{
    if (e->n_left > DENSE_MAX)
        return fail_fit(e, error);
    double *matrix = gather(e);
    if (!matrix)
        return plc_fail_memory(error, "the proof of a bound");
    plc_status status = plc_dense_factor(matrix, e->n_left, watch, ret_proven, error);
    free(matrix);
    return status;
}

static plc_status prove(eliminator *e, const plc_bound_watch *watch, bool *ret_proven,
                        plc_error *error)
{
    *ret_proven = true;
    for (uint32_t done = 0; e->n_left && *ret_proven; done++) {
        const uint32_t pivot = find_least(e);
        if (done % PERIOD == 0 && plc_bound_stops(watch, PLC_BOUND_PROVES))
            return plc_fail(error, PLC_STOPPED, "bound: stopped before it was proven");
        if ((uint64_t)e->least * SWITCH > e->n_left)
            return prove_rest(e, watch, ret_proven, error);
        if (e->least > DENSE_MAX / SWITCH || e->n_entries > entries_max)
            return fail_fit(e, error);
        if (!eliminate(e, pivot, ret_proven))
            return plc_fail_memory(error, "the proof of a bound");
    }
    return PLC_OK;
}

static double slack_of(const double *diagonal, uint32_t n)
{
    double trace = 0;
    for (uint32_t i = 0; i < n; i++)
        trace += diagonal[i];
    return 4 * (n + 2.0) * (DBL_EPSILON / 2) * trace;
}

plc_status plc_definite_prove(const plc_adjacency *rows, const double *diagonal,
                              const plc_bound_watch *watch, bool *ret_proven, double *ret_slack,
                              plc_error *error)
{
    eliminator e = {0};
    bool proven = false;
    plc_status status = eliminator_init(&e, rows, diagonal)
                            ? prove(&e, watch, &proven, error)
                            : plc_fail_memory(error, "the proof of a bound");
    eliminator_finish(&e);
    if (status != PLC_OK)
        return status;
    *ret_proven = proven;
    if (proven)
        *ret_slack = slack_of(diagonal, rows->n);
    return PLC_OK;
}
