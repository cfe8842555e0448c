/* The random numbers of the Stanford GraphBase. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ising/flip.h"

#define MODULUS (UINT32_C(1) << 31)

static uint32_t difference(uint32_t a, uint32_t b)
{
    return (a - b) & (MODULUS - 1);
}

/* Replaces all 55 numbers and gives the first of the new ones. */
static uint32_t refill(plc_flip *flip)
{
    uint32_t *a = flip->table;
    for (int i = 1; i <= 24; i++)
        a[i] = difference(a[i], a[i + 31]);
    for (int i = 25; i <= 55; i++)
        a[i] = difference(a[i], a[i - 24]);
    flip->at = 54;
    return a[55];
}

void plc_flip_init(plc_flip *flip, int64_t seed)
{
    uint32_t previous = (uint32_t)((uint64_t)seed & (MODULUS - 1));
    uint32_t bits = previous;
    uint32_t next = 1;
    flip->table[0] = 0;
    flip->table[55] = previous;
    for (uint32_t i = 21; i; i = (i + 21) % 55) {
        flip->table[i] = next;
        next = difference(previous, next);
        bits = bits & 1 ? MODULUS / 2 + bits / 2 : bits / 2;
        next = difference(next, bits);
        previous = flip->table[i];
    }
    for (int i = 0; i < 5; i++)
        refill(flip);
}

uint32_t plc_flip_next(plc_flip *flip)
{
    return flip->at ? flip->table[flip->at--] : refill(flip);
}

uint32_t plc_flip_below(plc_flip *flip, uint32_t n)
{
    const uint32_t limit = MODULUS - MODULUS % n;
    uint32_t number;
    do
        number = plc_flip_next(flip);
    while (number >= limit);
    return number % n;
}
