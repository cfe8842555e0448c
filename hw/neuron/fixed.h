/* Fixed-point arithmetic that wraps as the hardware's does. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_HW_NEURON_FIXED_H
#define PLC_HW_NEURON_FIXED_H

#include <stdint.h>

/* S16.15: 32-bit signed, 15 fraction bits (ISO/IEC TR 18037 accum). */
typedef int32_t plc_s1615;

static inline int32_t plc_wrap_add(int32_t a, int32_t b)
{
    return (int32_t)((uint32_t)a + (uint32_t)b);
}

static inline int32_t plc_wrap_sub(int32_t a, int32_t b)
{
    return (int32_t)((uint32_t)a - (uint32_t)b);
}

/* Product truncated towards minus infinity, low 32 bits. */
static inline plc_s1615 plc_s1615_mul(plc_s1615 a, plc_s1615 b)
{
    return (int32_t)(((int64_t)a * b) >> 15);
}

/* Product with a 0.32 fraction, truncated. */
static inline uint32_t plc_fraction_mul(uint32_t a, uint32_t fraction)
{
    return (uint32_t)(((uint64_t)a * fraction) >> 32);
}

#endif
