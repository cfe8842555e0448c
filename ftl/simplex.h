/* An exact linear program that grows by a constraint at a time. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_FTL_SIMPLEX_H
#define PLC_FTL_SIMPLEX_H

#include <stdbool.h>
#include <stdint.h>

enum { PLC_SIMPLEX_COLUMNS_MAX = 28, PLC_SIMPLEX_ROWS_MAX = 120 };

/* min sum of cost_j x_j, x >= 0, under rows sum of a_j x_j <= b, all whole numbers.
 *
 * The tableau is that of the current basis times `scale`, the determinant of the basis: all its
 * entries are whole (Edmonds, "Systems of distinct representatives and linear algebra", 1967), and
 * stay below 2^53 for what is asked here, so doubles hold them exactly. */
typedef struct plc_simplex {
    uint32_t n_columns, n_rows;
    double scale;
    double cost[PLC_SIMPLEX_COLUMNS_MAX];
    double value; /* of the objective, times scale */
    double a[PLC_SIMPLEX_ROWS_MAX][PLC_SIMPLEX_COLUMNS_MAX];
    double b[PLC_SIMPLEX_ROWS_MAX];
    uint8_t basic[PLC_SIMPLEX_ROWS_MAX];       /* variable of a row; slack i is n_columns + i */
    uint8_t nonbasic[PLC_SIMPLEX_COLUMNS_MAX]; /* variable of a column */
    uint8_t row_of[PLC_SIMPLEX_COLUMNS_MAX];   /* of a variable x_j, or NOT_BASIC */
    uint8_t column_of[PLC_SIMPLEX_COLUMNS_MAX];
} plc_simplex;

enum { PLC_SIMPLEX_NOT_BASIC = 255 };

typedef enum plc_simplex_answer {
    PLC_SIMPLEX_OPTIMAL,
    PLC_SIMPLEX_INFEASIBLE,
    PLC_SIMPLEX_LIMIT, /* too many rows or steps, or numbers too large to be exact */
} plc_simplex_answer;

/* Without rows, x = 0 is optimal: costs must not be negative. */
void plc_simplex_init(plc_simplex *simplex, const int32_t *cost, uint32_t n_columns);
/* Adds sum of a_j x_j <= b; false when there is no room. */
bool plc_simplex_add(plc_simplex *simplex, const int32_t *a, int32_t b);
/* Goes on to the optimum under all rows. */
plc_simplex_answer plc_simplex_solve(plc_simplex *simplex);
/* x_j times simplex->scale. */
static inline double plc_simplex_scaled(const plc_simplex *simplex, uint32_t j)
{
    uint8_t row = simplex->row_of[j];
    return row == PLC_SIMPLEX_NOT_BASIC ? 0 : simplex->b[row];
}

#endif
