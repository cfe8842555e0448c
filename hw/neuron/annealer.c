/* The Fowler-Nordheim annealer. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/neuron/annealer.h"

#include "hw/neuron/annealer_tables.h"

#include <math.h>
#include <string.h>

__extension__ typedef unsigned __int128 wide;
__extension__ typedef __int128 signed_wide;

static const uint64_t slope_max = (UINT64_C(1) << 62) - 1;
static const uint64_t always = UINT64_C(1) << 32;

static unsigned bit_length(uint64_t x)
{
    return x ? 64 - (unsigned)__builtin_clzll(x) : 0;
}

uint64_t plc_log2(uint64_t x)
{
    unsigned exponent = bit_length(x) - 1;
    uint64_t mantissa = x << (63 - exponent); /* Q63, in [1, 2) */
    uint64_t to_two = 0;                      /* log2 of the factor applied so far */
    for (unsigned k = 1; k <= PLC_LOG2_STEPS; k++) {
        uint64_t trial = mantissa + (mantissa >> k);
        uint64_t fits = trial > mantissa ? UINT64_MAX : 0; /* no carry: still below 2 */
        mantissa = (trial & fits) | (mantissa & ~fits);
        to_two += plc_log2_table[k - 1] & fits;
    }
    return ((uint64_t)(exponent + 1) << 48) - to_two;
}

uint64_t plc_annealer_hold(const plc_annealer *annealer, uint64_t tick, uint64_t *ret_until)
{
    unsigned bits = bit_length(tick);
    if (bits <= annealer->hold_bits) {
        *ret_until = tick + 1;
        return tick;
    }
    unsigned shift = bits - annealer->hold_bits;
    uint64_t begin = tick >> shift << shift;
    *ret_until = begin + (UINT64_C(1) << shift);
    return begin + (UINT64_C(1) << (shift - 1));
}

uint64_t plc_annealer_slope(const plc_annealer *annealer, uint64_t held_tick)
{
    wide passed = ((wide)held_tick * annealer->delta) >> annealer->delta_shift;
    wide time = passed + annealer->origin;
    uint64_t log2_time = plc_log2(time >> 63 ? UINT64_C(1) << 63 : (uint64_t)time);
    uint64_t octaves = log2_time > annealer->log2_c ? log2_time - annealer->log2_c : 0; /* Q48 */
    wide slope = ((wide)octaves * annealer->scale) >> 8 >> annealer->scale_shift;
    return slope > slope_max ? slope_max : (uint64_t)slope;
}

uint64_t plc_annealer_accept(const plc_annealer *annealer, uint64_t slope, int64_t gain)
{
    signed_wide refused =
        annealer->log2_eta - (signed_wide)gain * (int64_t)slope; /* Q40: -log2 P */
    if (refused <= 0)
        return always;
    if (refused >> 40 > 32)
        return 0;
    uint32_t fraction = (uint32_t)((uint64_t)refused >> 8);
    uint64_t left = plc_exp2_table[fraction >> 24];
    uint64_t right = plc_exp2_table[(fraction >> 24) + 1];
    uint64_t between = left - (((left - right) * (fraction & 0xffffff)) >> 24);
    return between >> (unsigned)(refused >> 40);
}

/* `value` as mantissa x 2^-shift with a mantissa of 32 bits, or fewer where the shift would leave
 * 0..63. */
static uint64_t to_mantissa(double value, uint32_t *ret_shift)
{
    int exponent;
    frexp(value, &exponent);
    int shift = 32 - exponent;
    shift = shift < 0 ? 0 : shift > 63 ? 63 : shift;
    *ret_shift = (uint32_t)shift;
    return (uint64_t)llrint(ldexp(value, shift));
}

/* Fewest leading bits for which T is off by less than 3/1024 from the tick at which ticks begin to
 * share a span (T falls and its relative change is at most that of the tick, 2^-bits from the
 * middle), and by less than 2^-16 of itself. */
static uint32_t choose_hold_bits(double a, double c, double delta)
{
    uint32_t bits = 16;
    while (bits < 40 &&
           a / (c * log1p((1 + delta * ldexp(1, (int)bits)) / c)) * ldexp(1, -(int)bits) >
               3.0 / 1024)
        bits++;
    return bits;
}

void plc_annealer_init(plc_annealer *annealer, double a, double c, double delta, double eta)
{
    uint64_t c_q32 = (uint64_t)llrint(ldexp(c, 32));
    *annealer = (plc_annealer){.origin = c_q32 + (UINT64_C(1) << 32), .log2_c = plc_log2(c_q32)};
    uint64_t eta_q48 = plc_log2((uint64_t)llrint(ldexp(eta, 32)));
    annealer->log2_eta = ((int64_t)eta_q48 - ((int64_t)32 << 48)) / 256;
    annealer->delta = to_mantissa(ldexp(delta, 32), &annealer->delta_shift);
    annealer->scale = to_mantissa(c / a, &annealer->scale_shift);
    annealer->hold_bits = choose_hold_bits(a, c, delta);
}

void plc_acceptance_move(plc_acceptance *table, const plc_annealer *annealer, uint64_t tick)
{
    uint64_t slope = plc_annealer_slope(annealer, plc_annealer_hold(annealer, tick, &table->until));
    if (slope == table->slope && table->span)
        return;
    table->slope = slope;
    table->span++;
    if ((table->span & 0x7fffffff) == 0) { /* marks come round: forget them all */
        memset(table->limits, 0, sizeof table->limits);
        table->span++;
    }
}

uint64_t plc_acceptance_miss(plc_acceptance *table, const plc_annealer *annealer, int64_t gain)
{
    uint64_t limit = plc_annealer_accept(annealer, table->slope, gain);
    uint64_t i = (uint64_t)(gain + PLC_ACCEPTANCE_GAINS / 2);
    if (i < PLC_ACCEPTANCE_GAINS)
        table->limits[i] = (table->span & 0x7fffffff) << 33 | limit;
    return limit;
}
