/* The semidefinite relaxation of MAX-CUT by vectors of low rank.
 *
 * Maximise the sum of w_ij (1 - v_i v_j) / 2 over unit vectors v_i (Goemans and Williamson, 1995).
 * Vectors of a rank of about sqrt(2 n) lose nothing (Burer and Monteiro, 2003). One vector after
 * the other takes the best place its neighbours leave, which is opposite to their field (the
 * "mixing method" of Wang, Chang and Kolter, 2017). At the optimum the lengths of the fields are
 * the multipliers of the dual. What differs: the rank stops at RANK_MAX, at which the multipliers
 * of the G-set have long been the same to six digits, and vectors are single precision: what is
 * lost so makes the bound weaker, not wrong. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ising/relaxation.h"

#include "base/digest.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/vectorise.h"

#include <math.h>

enum { LANES = 8, RANK_MAX = 64, SEED = 0x5d9 };

/* Sums are in LANES parts, so that they are the same on every vector unit. */
static inline float add_lanes(const float lanes[LANES])
{
    return ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) +
           ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
}

static inline float dot(const float *a, const float *b, size_t rank)
{
    float lanes[LANES] = {0};
    for (size_t k = 0; k < rank; k += LANES)
        for (size_t l = 0; l < LANES; l++)
            lanes[l] += a[k + l] * b[k + l];
    return add_lanes(lanes);
}

/* The sum of a vertex's neighbours, by weight. */
static inline void gather_field(const plc_relaxation *r, uint32_t vertex, float *restrict field)
{
    const size_t rank = r->rank;
    memset(field, 0, rank * sizeof *field);
    for (uint64_t k = r->rows->offsets[vertex]; k < r->rows->offsets[vertex + 1ULL]; k++) {
        const float *other = r->vectors + r->rows->arcs[k].target * rank;
        const float weight = (float)r->rows->arcs[k].weight;
        for (size_t i = 0; i < rank; i++)
            field[i] += weight * other[i];
    }
}

/* A vector of length `length`, along `from`. */
static inline void set_vector(float *restrict to, const float *restrict from, float length,
                              size_t rank)
{
    for (size_t k = 0; k < rank; k++)
        to[k] = from[k] * length;
}

PLC_VECTORISE void plc_relaxation_sweep(plc_relaxation *relaxation)
{
    const size_t rank = relaxation->rank;
    for (uint32_t i = 0; i < relaxation->rows->n; i++) {
        gather_field(relaxation, i, relaxation->field);
        const float square = dot(relaxation->field, relaxation->field, rank);
        if (square > 0)
            set_vector(relaxation->vectors + i * rank, relaxation->field, -1 / sqrtf(square), rank);
    }
}

PLC_VECTORISE double plc_relaxation_measure(plc_relaxation *relaxation, double *multipliers)
{
    const size_t rank = relaxation->rank;
    double sum = 0;
    for (uint32_t i = 0; i < relaxation->rows->n; i++) {
        const float *own = relaxation->vectors + i * rank;
        gather_field(relaxation, i, relaxation->field);
        multipliers[i] = sqrt((double)dot(relaxation->field, relaxation->field, rank));
        sum += (double)dot(relaxation->field, own, rank);
    }
    return sum;
}

/* A number in -1..1. */
static float draw(uint64_t *state)
{
    *state += UINT64_C(0x9e3779b97f4a7c15);
    return (float)(plc_mix(*state) >> 40) * 0x1p-23F - 1;
}

plc_status plc_relaxation_init(plc_relaxation *relaxation, const plc_adjacency *rows,
                               plc_error *error)
{
    const size_t wanted = (size_t)sqrt(2.0 * rows->n) + 1;
    const size_t rank = wanted < RANK_MAX ? (wanted + LANES - 1) / LANES * LANES : (size_t)RANK_MAX;
    uint64_t state = SEED;
    *relaxation = (plc_relaxation){.rows = rows, .rank = rank};
    if (rows->n <= SIZE_MAX / rank)
        relaxation->vectors = plc_array(rows->n * rank, sizeof *relaxation->vectors);
    relaxation->field = plc_array(rank, sizeof *relaxation->field);
    if (!relaxation->vectors || !relaxation->field) {
        plc_relaxation_finish(relaxation);
        return plc_fail_memory(error, "the relaxation of a graph");
    }
    for (uint32_t i = 0; i < rows->n; i++) {
        float *own = relaxation->vectors + i * rank;
        for (size_t k = 0; k < rank; k++)
            relaxation->field[k] = draw(&state);
        set_vector(own, relaxation->field,
                   1 / sqrtf(fmaxf(dot(relaxation->field, relaxation->field, rank), 1e-6F)), rank);
    }
    return PLC_OK;
}

void plc_relaxation_finish(plc_relaxation *relaxation)
{
    free(relaxation->vectors);
    free(relaxation->field);
    *relaxation = (plc_relaxation){0};
}
