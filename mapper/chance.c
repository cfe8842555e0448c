/* Chance in searches. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/chance.h"

#include <math.h>

static const double log2_e = 1.4426950408889634, ln_2 = 0.6931471805599453;

double plc_decay(double x)
{
    if (x > 700)
        return 0;
    double halvings = floor(x * log2_e), rest = halvings * ln_2 - x,
           sum = 1; /* rest in (-ln 2, 0] */
    for (int i = 14; i > 0; i--)
        sum = 1 + sum * rest / i;
    return ldexp(sum, -(int)halvings);
}

double plc_wait(double x)
{
    double wait = 0;
    for (; x < 0.7; x *= 2)
        wait += ln_2;
    double z = (x - 1) / (x + 1), square = z * z, sum = 0; /* ln x = 2 artanh z, |z| < 0.18 */
    for (int i = 17; i > 0; i -= 2)
        sum = 1.0 / i + sum * square;
    return wait - 2 * z * sum;
}

void plc_chance_init(plc_chance *chance, uint64_t seed, uint32_t stream)
{
    plc_random_key key = plc_random_stream(seed, stream, 0);
    chance->state = (uint64_t)key.word[0] << 32 | key.word[1];
    for (int i = 0; i < PLC_CHANCE_WAITS; i++)
        chance->waits[i] = (float)plc_wait((i + 0.5) / PLC_CHANCE_WAITS);
}
