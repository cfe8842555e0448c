/* What all measurements need: a clock, and the exponent of growth. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_BENCHMARKS_MEASURE_H
#define PLC_BENCHMARKS_MEASURE_H

#include <math.h>
#include <stddef.h>
#include <time.h>

/* Wall time [s] since some moment. */
static inline double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* The slope of log y over log x by least squares. */
static inline double exponent(const double *x, const double *y, size_t n)
{
    double mean_x = 0, mean_y = 0, above = 0, below = 0;
    for (size_t i = 0; i < n; i++) {
        mean_x += log(x[i]) / (double)n;
        mean_y += log(y[i]) / (double)n;
    }
    for (size_t i = 0; i < n; i++) {
        above += (log(x[i]) - mean_x) * (log(y[i]) - mean_y);
        below += (log(x[i]) - mean_x) * (log(x[i]) - mean_x);
    }
    return above / below;
}

#endif
