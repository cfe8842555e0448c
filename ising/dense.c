/* Cholesky's factorisation of a dense matrix, by blocks of rows. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ising/dense.h"

#include "base/error.h"
#include "base/vectorise.h"
#include "ising/watch.h"

#include <math.h>

enum { BLOCK = 64, TOGETHER = 4 };

/* row[0, n) minus the four products, one after the other. */
PLC_VECTORISE static void subtract_four(double *restrict row, const double *restrict a,
                                        const double *restrict b, const double *restrict c,
                                        const double *restrict d, const double factor[TOGETHER],
                                        size_t n)
{
    const double w = factor[0], x = factor[1], y = factor[2], z = factor[3];
    for (size_t j = 0; j < n; j++)
        row[j] = (((row[j] - w * a[j]) - x * b[j]) - y * c[j]) - z * d[j];
}

PLC_VECTORISE static void subtract_one(double *restrict row, const double *restrict a,
                                       double factor, size_t n)
{
    for (size_t j = 0; j < n; j++)
        row[j] -= factor * a[j];
}

/* Subtracts from row i, right of its diagonal, the products of the finished rows [begin, end). */
static void update_row(double *matrix, size_t n, size_t i, size_t begin, size_t end)
{
    double *row = matrix + i * n + i;
    size_t k = begin;
    for (; k + TOGETHER <= end; k += TOGETHER) {
        const double *r = matrix + k * n + i;
        const double factor[TOGETHER] = {r[0], r[n], r[2 * n], r[3 * n]};
        subtract_four(row, r, r + n, r + 2 * n, r + 3 * n, factor, n - i);
    }
    for (; k < end; k++)
        subtract_one(row, matrix + k * n + i, matrix[k * n + i], n - i);
}

/* Finishes a row by its pivot; false when that is not above 0, or no number. */
static bool scale_row(double *matrix, size_t n, size_t i)
{
    double *row = matrix + i * n + i;
    if (!(row[0] > 0))
        return false;
    const double root = sqrt(row[0]);
    row[0] = root;
    for (size_t j = 1; j < n - i; j++)
        row[j] /= root;
    return true;
}

plc_status plc_dense_factor(double *matrix, uint32_t n, const plc_bound_watch *watch,
                            bool *ret_proven, plc_error *error)
{
    for (size_t begin = 0; begin < n; begin += BLOCK) {
        const size_t end = begin + BLOCK < n ? begin + BLOCK : n;
        if (plc_bound_stops(watch, PLC_BOUND_PROVES))
            return plc_fail(error, PLC_STOPPED, "bound: stopped before it was proven");
        for (size_t i = begin; i < end; i++) {
            update_row(matrix, n, i, begin, i);
            if (!scale_row(matrix, n, i)) {
                *ret_proven = false;
                return PLC_OK;
            }
        }
        for (size_t i = end; i < n; i++)
            update_row(matrix, n, i, begin, end);
    }
    return PLC_OK;
}
