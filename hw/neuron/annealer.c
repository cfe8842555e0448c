/* The Fowler-Nordheim annealer. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/neuron/annealer.h"

#include "base/vectorise.h"
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

/* One digit of log2: a mantissa in Q63, which is at least 1, times 1 + 2^-k unless that carries it
 * past 2, which leaves its highest bit 0. */
static inline void log2_step(unsigned k, uint64_t *mantissa, uint64_t *to_two)
{
    const uint64_t trial = *mantissa + (*mantissa >> k);
    const uint64_t fits = (int64_t)trial < 0 ? UINT64_MAX : 0;
    *mantissa = (trial & fits) | (*mantissa & ~fits);
    *to_two += plc_log2_table[k - 1] & fits; /* log2 of the factor applied so far */
}

uint64_t plc_log2(uint64_t x)
{
    const unsigned exponent = bit_length(x) - 1;
    uint64_t mantissa = x << (63 - exponent), to_two = 0;
    for (unsigned k = 1; k <= PLC_LOG2_STEPS; k++)
        log2_step(k, &mantissa, &to_two);
    return ((uint64_t)(exponent + 1) << 48) - to_two;
}

/* The same of several at once. */
PLC_VECTORISE
static void log2_ahead(const uint64_t *restrict x, uint64_t *restrict ret_log2)
{
    uint64_t mantissa[PLC_ACCEPTANCE_AHEAD], to_two[PLC_ACCEPTANCE_AHEAD] = {0};
    for (int i = 0; i < PLC_ACCEPTANCE_AHEAD; i++)
        mantissa[i] = x[i] << (64 - bit_length(x[i]));
    for (unsigned k = 1; k <= PLC_LOG2_STEPS; k++)
        for (int i = 0; i < PLC_ACCEPTANCE_AHEAD; i++)
            log2_step(k, &mantissa[i], &to_two[i]);
    for (int i = 0; i < PLC_ACCEPTANCE_AHEAD; i++)
        ret_log2[i] = ((uint64_t)bit_length(x[i]) << 48) - to_two[i];
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

/* C + t of a tick, Q32, below 2^64. */
static uint64_t time_of(const plc_annealer *annealer, uint64_t held_tick)
{
    const wide passed = ((wide)held_tick * annealer->delta) >> annealer->delta_shift;
    const wide time = passed + annealer->origin;
    return time >> 63 ? UINT64_C(1) << 63 : (uint64_t)time;
}

static uint64_t slope_of(const plc_annealer *annealer, uint64_t log2_time)
{
    const uint64_t octaves =
        log2_time > annealer->log2_c ? log2_time - annealer->log2_c : 0; /* Q48 */
    const wide slope = ((wide)octaves * annealer->scale) >> 8 >> annealer->scale_shift;
    return slope > slope_max ? slope_max : (uint64_t)slope;
}

uint64_t plc_annealer_slope(const plc_annealer *annealer, uint64_t held_tick)
{
    return slope_of(annealer, plc_log2(time_of(annealer, held_tick)));
}

/* The slopes of PLC_ACCEPTANCE_AHEAD held ticks from one on, at equal distances. */
static void slopes(const plc_annealer *annealer, uint64_t held_tick, uint64_t distance,
                   uint64_t *ret_slopes)
{
    uint64_t times[PLC_ACCEPTANCE_AHEAD], logs[PLC_ACCEPTANCE_AHEAD];
    for (uint32_t i = 0; i < PLC_ACCEPTANCE_AHEAD; i++)
        times[i] = time_of(annealer, held_tick + i * distance);
    log2_ahead(times, logs);
    for (uint32_t i = 0; i < PLC_ACCEPTANCE_AHEAD; i++)
        ret_slopes[i] = slope_of(annealer, logs[i]);
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

/* The slopes of the spans from the one of `tick` on, as many as are alike in length. */
static void look_ahead(plc_acceptance *table, const plc_annealer *annealer, uint64_t tick)
{
    uint64_t until;
    const uint64_t held = plc_annealer_hold(annealer, tick, &until);
    const unsigned bits = bit_length(tick);
    const unsigned shift = bits > annealer->hold_bits ? bits - annealer->hold_bits : 0;
    table->first = tick >> shift << shift;
    table->span_shift = shift;
    /* they get longer where ticks get another bit */
    const uint64_t end = bits < annealer->hold_bits ? UINT64_C(1) << annealer->hold_bits
                         : bits < 64                ? UINT64_C(1) << bits
                                                    : 0;
    const uint64_t left = (end - table->first) >> shift;
    table->n_ahead = left < PLC_ACCEPTANCE_AHEAD ? (uint32_t)left : PLC_ACCEPTANCE_AHEAD;
    slopes(annealer, held, UINT64_C(1) << shift, table->ahead);
}

void plc_acceptance_move(plc_acceptance *table, const plc_annealer *annealer, uint64_t tick)
{
    if (tick < table->first || (tick - table->first) >> table->span_shift >= table->n_ahead)
        look_ahead(table, annealer, tick);
    const uint64_t i = (tick - table->first) >> table->span_shift;
    const uint64_t slope = table->ahead[i];
    table->until = table->first + ((i + 1) << table->span_shift);
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
