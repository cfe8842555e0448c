/* Threshold voltages of flash devices, learned and strewn. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ftl/vt.h"

#include "base/digest.h"
#include "base/error.h"
#include "base/memory.h"

#include <math.h>

enum { ROUNDS_MAX = 4000, AFTER_RIGHT = 400 };

static double conductance(double v)
{
    return v < PLC_VT_GATE ? (PLC_VT_GATE - v) * (PLC_VT_GATE - v) : 0;
}

/* The difference of the networks in one minterm, left less right, and the larger of the two. */
static double compare(const plc_vt_cell *cell, const double *g, uint32_t x, double *ret_larger)
{
    double left = 0, right = 0;
    for (uint32_t i = 0; i <= cell->n; i++)
        if (i == cell->n || x >> i & 1)
            *(cell->left[i] ? &left : &right) += g[i];
    *ret_larger = left > right ? left : right;
    return left - right;
}

static bool wanted(const plc_cells *cells, const plc_cell *cell, uint32_t x)
{
    int64_t sum = 0;
    for (uint32_t i = 0; i < cell->n; i++)
        if (x >> i & 1)
            sum += cells->weights.data[cell->begin + i];
    return sum >= cell->threshold;
}

/* The worst minterm: its number, what should win, and by how much it does. */
static double find_worst(const plc_vt_cell *c, const uint8_t *truth, uint32_t *ret_x)
{
    double g[PLC_VT_INPUTS_MAX + 1], worst = (double)INFINITY, larger;
    for (uint32_t i = 0; i <= c->n; i++)
        g[i] = conductance(c->v[i]);
    for (uint32_t x = 0; x < 1u << c->n; x++) {
        double margin = compare(c, g, x, &larger);
        margin = larger > 0 ? (truth[x] ? margin : -margin) / larger : -1;
        if (margin < worst) {
            worst = margin;
            *ret_x = x;
        }
    }
    return worst;
}

/* Conductances in proportion to the weights, the threshold half a unit below: a start from which
 * little is left to learn. */
static void begin(const plc_cells *cells, const plc_cell *cell, plc_vt_cell *c)
{
    double most = fabs(cell->threshold - 0.5), span = conductance(PLC_VT_LOW);
    for (uint32_t i = 0; i < cell->n; i++)
        most = fmax(most, fabs((double)cells->weights.data[cell->begin + i]));
    for (uint32_t i = 0; i <= cell->n; i++) {
        double weight = i < cell->n ? cells->weights.data[cell->begin + i] : 0.5 - cell->threshold;
        c->left[i] = weight > 0;
        c->v[i] = PLC_VT_GATE - sqrt(span * fabs(weight) / most);
        c->v[i] = fmin(fmax(c->v[i], PLC_VT_LOW), PLC_VT_HIGH);
    }
}

void plc_vt_learn(const plc_cells *cells, uint32_t cell, plc_vt_cell *ret_cell)
{
    const plc_cell *source = &cells->cells.data[cell];
    plc_vt_cell c = {.n = source->n, .margin = -1}, best;
    uint8_t truth[1 << PLC_VT_INPUTS_MAX];
    uint32_t right = 0, x = 0;
    for (uint32_t y = 0; y < 1u << c.n; y++)
        truth[y] = wanted(cells, source, y);
    begin(cells, source, &c);
    best = c;
    for (uint32_t round = 0; round < ROUNDS_MAX && right < AFTER_RIGHT; round++) {
        double margin = find_worst(&c, truth, &x);
        if (margin > best.margin) {
            best = c;
            best.margin = margin;
            best.steps = round;
        }
        right += best.margin > 0;
        for (uint32_t i = 0; i <= c.n; i++) {
            if (i < c.n && !(x >> i & 1))
                continue;
            c.v[i] += (c.left[i] == (truth[x] != 0)) ? -PLC_VT_STEP : PLC_VT_STEP;
            c.v[i] = fmin(fmax(c.v[i], PLC_VT_LOW), PLC_VT_HIGH);
        }
    }
    best.learned = best.margin > 0;
    *ret_cell = best;
}

/* Normally distributed, from twelve uniform words (mean 0, variance 1, cut off at 6). */
static double draw_normal(uint64_t *state)
{
    double sum = -6;
    for (int i = 0; i < 12; i++)
        sum += (double)(plc_mix(++*state) >> 11) * 0x1p-53;
    return sum;
}

/* The share of strayed cells that are right on all minterms. */
static double measure_yield(const plc_cells *cells, const plc_cell *source, const plc_vt_cell *cell,
                            double sigma, uint32_t trials, uint64_t seed)
{
    uint64_t state = seed;
    uint32_t good = 0;
    for (uint32_t t = 0; t < trials; t++) {
        double g[PLC_VT_INPUTS_MAX + 1], larger;
        bool right = true;
        for (uint32_t i = 0; i <= cell->n; i++)
            g[i] = conductance(cell->v[i] + sigma * draw_normal(&state));
        for (uint32_t x = 0; x < 1u << cell->n && right; x++)
            right = (compare(cell, g, x, &larger) > 0) == wanted(cells, source, x);
        good += right;
    }
    return (double)good / trials;
}

static bool same_kind(const plc_cells *cells, const plc_cell *a, const plc_cell *b)
{
    return a->n == b->n && a->threshold == b->threshold &&
           (!a->n || !memcmp(cells->weights.data + a->begin, cells->weights.data + b->begin,
                             a->n * sizeof *cells->weights.data));
}

/* What is known of one kind. */
typedef struct kind {
    uint32_t cell;
    double yield;
} kind;

plc_status plc_vt_estimate(const plc_cells *cells, double sigma, uint32_t trials, uint64_t seed,
                           plc_vt_report *ret_report, plc_error *error)
{
    plc_vt_report r = {.margin = (double)INFINITY, .yield = 1};
    kind *kinds = plc_array(cells->cells.n, sizeof *kinds);
    plc_status status = kinds ? PLC_OK : plc_fail_memory(error, cells->name);
    for (uint32_t i = 0; status == PLC_OK && i < cells->cells.n; i++) {
        const plc_cell *cell = &cells->cells.data[i];
        uint32_t k = 0;
        if (cell->n > PLC_VT_INPUTS_MAX) {
            status = plc_fail(error, PLC_INVALID, "%s: cell %u: expected at most %d inputs, got %u",
                              cells->name, i, PLC_VT_INPUTS_MAX, cell->n);
            break;
        }
        while (k < r.kinds && !same_kind(cells, cell, &cells->cells.data[kinds[k].cell]))
            k++;
        if (k == r.kinds) {
            plc_vt_cell learned;
            plc_vt_learn(cells, i, &learned);
            kinds[r.kinds].cell = i;
            kinds[r.kinds++].yield =
                measure_yield(cells, cell, &learned, sigma, trials, plc_mix(seed + i));
            r.learned += learned.learned;
            r.margin = learned.margin < r.margin ? learned.margin : r.margin;
        }
        r.cell_yield += kinds[k].yield / (double)cells->cells.n;
        r.yield *= kinds[k].yield;
    }
    free(kinds);
    if (status == PLC_OK)
        *ret_report = r;
    return status;
}
