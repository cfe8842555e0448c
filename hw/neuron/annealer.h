/* The Fowler-Nordheim annealer: from the tick to the probability that a flip is accepted, in
 * integers. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_HW_NEURON_ANNEALER_H
#define PLC_HW_NEURON_ANNEALER_H

#include <stdint.h>

/* NeuroSA accepts a flip of gain g at temperature T = A / (C ln(1 + t / C)), t = 1 + delta x tick,
 * with probability min(1, exp(g / T) / eta). In octaves that is 2^(g b - log2 eta) with b = (C / A)
 * log2((C + t) / C): no exponential, no division. docs/semantics.md, "The ON-OFF pair", states
 * every step; C and RTL follow it to the last bit. Source: the rule is NeuroSA's (Chen et al.,
 * Nature Communications 16:3086, 2025, reference code). What differs: 32-bit noise in place of
 * float32, no 1e-6 inside the logarithm, and T is held over spans of ticks. With the published
 * constants T is never off by 1/256, and acceptance never by 2^-12. C + t stands still at 2^31. */
typedef struct plc_annealer {
    uint64_t origin;      /* Q32: C + 1 */
    uint64_t log2_c;      /* Q48: log2(C x 2^32) */
    int64_t log2_eta;     /* Q40 */
    uint64_t delta;       /* [annealer time / tick] x 2^(32 + delta_shift) */
    uint64_t scale;       /* C / A x 2^scale_shift */
    uint32_t delta_shift; /* 0..63 */
    uint32_t scale_shift; /* 0..63 */
    uint32_t hold_bits;   /* leading bits of the tick that the annealer sees */
    uint32_t reserved;    /* 0 */
} plc_annealer;

/* log2(x) in Q48 for x >= 1, error below 2^-41, never above log2(x) by more than that. Digit by
 * digit: the mantissa is multiplied by the factors 1 + 2^-k, k = 1..44, that do not carry it
 * past 2. Source: Briggs (1624); see Muller, Elementary Functions, 3rd ed., section 8.3. */
uint64_t plc_log2(uint64_t x);

/* The tick that stands for `tick`, and the first tick for which another one does: the middle of the
 * span of ticks that share their leading hold_bits bits. */
uint64_t plc_annealer_hold(const plc_annealer *annealer, uint64_t tick, uint64_t *ret_until);

/* b of a tick as returned by plc_annealer_hold(), in octaves per unit of gain, Q40, below 2^62.
 * O(1), about 50 ns */
uint64_t plc_annealer_slope(const plc_annealer *annealer, uint64_t held_tick);

/* The number of 32-bit noise words, 0..2^32, for which a flip of this gain is accepted at slope b.
 */
uint64_t plc_annealer_accept(const plc_annealer *annealer, uint64_t slope, int64_t gain);

/* Sets up an annealer from NeuroSA's constants; they must be in the ranges that model.c gives. */
void plc_annealer_init(plc_annealer *annealer, double a, double c, double delta, double eta);

/* Acceptance by table: the limits of the current span of ticks, computed when first asked for. */
enum { PLC_ACCEPTANCE_GAINS = 1024, PLC_ACCEPTANCE_AHEAD = 16 };
typedef struct plc_acceptance {
    uint64_t first;      /* tick at which the first of the slopes ahead begins */
    uint32_t span_shift; /* they last 2^span_shift ticks each */
    uint32_t n_ahead;    /* 0: none are known */
    uint64_t ahead[PLC_ACCEPTANCE_AHEAD];
    uint64_t slope;
    uint64_t until; /* first tick at which the slope changes */
    uint64_t span;  /* number of the span, from 1; its low 31 bits mark valid entries */
    uint64_t limits[PLC_ACCEPTANCE_GAINS]; /* [gain + half] mark << 33 | limit */
} plc_acceptance;

/* Moves to the span of `tick`; a zeroed table is before the first. */
void plc_acceptance_move(plc_acceptance *table, const plc_annealer *annealer, uint64_t tick);
/* Back to before the first span, for another annealer. */
static inline void plc_acceptance_forget(plc_acceptance *table)
{
    table->until = 0;
    table->n_ahead = 0;
    table->slope = UINT64_MAX; /* no slope is; what the table holds is of an older span */
}
/* The limit of a gain that is not in the table yet, or too large for it. */
uint64_t plc_acceptance_miss(plc_acceptance *table, const plc_annealer *annealer, int64_t gain);

/* plc_annealer_accept() at the current span. */
static inline uint64_t plc_acceptance_limit(plc_acceptance *table, const plc_annealer *annealer,
                                            int64_t gain)
{
    uint64_t i = (uint64_t)(gain + PLC_ACCEPTANCE_GAINS / 2);
    if (i < PLC_ACCEPTANCE_GAINS) {
        uint64_t entry = table->limits[i];
        if (entry >> 33 == (table->span & 0x7fffffff))
            return entry & UINT64_C(0x1ffffffff);
    }
    return plc_acceptance_miss(table, annealer, gain);
}

#endif
