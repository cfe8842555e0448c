/* Decimal numbers, exactly as they are written. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ising/decimal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DIGITS_MAX = 18, EXPONENT_MAX = 100000 };

static const int64_t powers[] = {1,
                                 10,
                                 100,
                                 1000,
                                 10000,
                                 100000,
                                 1000000,
                                 10000000,
                                 100000000,
                                 1000000000,
                                 10000000000,
                                 100000000000,
                                 1000000000000,
                                 10000000000000,
                                 100000000000000,
                                 1000000000000000,
                                 10000000000000000,
                                 100000000000000000,
                                 1000000000000000000};

/* Digits on their way into a mantissa. */
typedef struct digit_reader {
    int64_t mantissa;
    int32_t exponent;
    int n_digits;  /* in the mantissa, from the first that is not 0 */
    int n_read;    /* all */
    bool lost, up; /* a digit that is not 0 did not fit; the first that did not was 5 or more */
    bool first_lost_seen;
} digit_reader;

static void take_digit(digit_reader *r, int digit, bool after_point)
{
    r->n_read++;
    if (r->n_digits == DIGITS_MAX) {
        r->up = r->first_lost_seen ? r->up : digit >= 5;
        r->first_lost_seen = true;
        r->lost = r->lost || digit;
        r->exponent += !after_point;
        return;
    }
    r->mantissa = r->mantissa * 10 + digit;
    r->n_digits += r->mantissa != 0;
    r->exponent -= after_point;
}

/* Reads "e-3" if it stands there; false unless the text ends well. */
static bool take_exponent(const char *text, size_t length, int32_t *ret_exponent)
{
    int32_t exponent = 0;
    *ret_exponent = 0;
    if (!length)
        return true;
    const bool negative = length > 1 && text[1] == '-';
    size_t i = length > 1 && (text[1] == '-' || text[1] == '+') ? 2 : 1;
    if ((text[0] != 'e' && text[0] != 'E') || i == length)
        return false;
    for (; i < length; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        if (exponent < EXPONENT_MAX)
            exponent = exponent * 10 + (text[i] - '0');
    }
    *ret_exponent = negative ? -exponent : exponent;
    return true;
}

/* Takes the zeros off the end. */
static void trim(plc_decimal *d)
{
    if (!d->mantissa)
        d->exponent = 0;
    while (d->mantissa && d->mantissa % 10 == 0) {
        d->mantissa /= 10;
        d->exponent++;
    }
}

/* Whether a trimmed number is small enough. */
static bool in_range(const plc_decimal *d)
{
    return !d->mantissa || fabs(plc_decimal_to_real(*d)) <= 1e18;
}

bool plc_decimal_parse(const char *text, size_t length, plc_decimal *ret_decimal)
{
    digit_reader r = {0};
    const bool negative = length && text[0] == '-';
    size_t i = length && (text[0] == '-' || text[0] == '+');
    bool point = false;
    int32_t exponent;
    for (; i < length && r.n_read < EXPONENT_MAX; i++) {
        if (text[i] == '.' && !point)
            point = true;
        else if (text[i] >= '0' && text[i] <= '9')
            take_digit(&r, text[i] - '0', point);
        else
            break;
    }
    if (!r.n_read || !take_exponent(text + i, length - i, &exponent))
        return false;
    r.mantissa += r.up;
    plc_decimal decimal = {.mantissa = negative ? -r.mantissa : r.mantissa,
                           .exponent = r.exponent + exponent,
                           .rounded = r.lost};
    trim(&decimal);
    if (!in_range(&decimal))
        return false;
    *ret_decimal = decimal;
    return true;
}

bool plc_decimal_from_real(double value, plc_decimal *ret_decimal)
{
    char text[40];
    if (!isfinite(value))
        return false;
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        const double again = strtod(text, NULL);
        if (again >= value && again <= value)
            break;
    }
    return plc_decimal_parse(text, strlen(text), ret_decimal);
}

plc_decimal plc_decimal_twice(plc_decimal decimal)
{
    decimal.mantissa *= 2;
    trim(&decimal);
    return decimal;
}

int64_t plc_decimal_scale(plc_decimal decimal, uint32_t decimals, bool *rounded)
{
    const int64_t shift = (int64_t)decimal.exponent + decimals;
    *rounded = *rounded || decimal.rounded;
    if (!decimal.mantissa)
        return 0;
    if (shift >= 0)
        return decimal.mantissa * powers[shift];
    *rounded = true;
    if (shift < -DIGITS_MAX)
        return 0;
    const int64_t by = powers[-shift], rest = decimal.mantissa % by;
    return decimal.mantissa / by + (rest >= (by + 1) / 2) - (rest <= -(by + 1) / 2);
}

double plc_decimal_to_real(plc_decimal decimal)
{
    return (double)decimal.mantissa * pow(10, decimal.exponent);
}
