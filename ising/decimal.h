/* Decimal numbers, exactly as they are written. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_ISING_DECIMAL_H
#define PLC_ISING_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* mantissa x 10^exponent. Zeroed: 0. */
typedef struct plc_decimal {
    int64_t mantissa; /* 18 digits, or 19 after doubling; the last is not 0 */
    int32_t exponent;
    bool rounded; /* there were more digits */
} plc_decimal;

/* Reads "-12", "0.25", "1e-3"; the entire text must be a number, at most 10^18 in magnitude. */
bool plc_decimal_parse(const char *text, size_t length, plc_decimal *ret_decimal);
/* The number of fewest digits, up to 17, that is read as this double; false where it is not finite
 * or larger than 10^18. */
bool plc_decimal_from_real(double value, plc_decimal *ret_decimal);
/* Twice the number. */
plc_decimal plc_decimal_twice(plc_decimal decimal);
/* Units of 10^-decimals, decimals in 0..18, halves away from 0; sets `*rounded` if that is not
 * exact. The result must be less than 2^63. */
int64_t plc_decimal_scale(plc_decimal decimal, uint32_t decimals, bool *rounded);
/* As a double. */
double plc_decimal_to_real(plc_decimal decimal);

#endif
