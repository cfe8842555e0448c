/* Chance in searches: cheap draws, and Metropolis' rule by table. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_MAPPER_CHANCE_H
#define PLC_MAPPER_CHANCE_H

#include "base/random.h"

#include <stdbool.h>
#include <stdint.h>

enum { PLC_CHANCE_WAITS = 1024 };

/* A sequence of draws, the same on every machine. Spikes never depend on one: what is simulated
 * draws by counter (base/random.h); a search that makes 10^8 moves a second can't afford to. */
typedef struct plc_chance {
    uint64_t state;
    float waits[PLC_CHANCE_WAITS]; /* quantiles of the exponential distribution of mean 1 */
} plc_chance;

void plc_chance_init(plc_chance *chance, uint64_t seed, uint32_t stream);

/* 64 uniform bits. Source: Steele, Lea and Flood, OOPSLA 2014 (SplitMix64). */
static inline uint64_t plc_chance_draw(plc_chance *chance)
{
    uint64_t z = chance->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* Uniform in [0, n). */
static inline uint32_t plc_chance_below(plc_chance *chance, uint32_t n)
{
    return plc_random_below((uint32_t)plc_chance_draw(chance), n);
}

/* Whether a change of cost is accepted at a temperature, with probability e^(-delta / temperature)
 * for one that is worse. Source: Metropolis et al., J. Chem. Phys. 21, 1953. What differs: u < e^-x
 * is x < -ln u, and -ln u comes from a table of 1,024, so that nothing worse than 7.6 temperatures
 * is ever accepted. */
static inline bool plc_chance_accepts(plc_chance *chance, double delta, double temperature)
{
    return delta <= 0 ||
           delta < temperature * (double)chance->waits[plc_chance_draw(chance) % PLC_CHANCE_WAITS];
}

/* e^-x for x >= 0 and -ln x for 0 < x <= 1, within 1e-12, by additions, products and quotients
 * alone, so that they are the same on every machine. */
double plc_decay(double x);
double plc_wait(double x);

#endif
