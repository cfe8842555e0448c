/* Packed pairs in 16 bits: who flips, by a table that the vector unit looks up. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/vectorise.h"
#include "hw/engine/fast_spins.h"

#include <string.h>

enum { ENTRIES = 16, LOSSES = ENTRIES - 1 };

/* The largest highest byte of noise below a limit. */
static uint8_t most_below(uint64_t limit)
{
    return (uint8_t)(limit ? (limit - 1) >> 24 : 0);
}

/* The byte below which all noise is. */
static uint8_t sure_below(uint64_t limit)
{
    return (uint8_t)(limit >> 24 < UINT8_MAX ? limit >> 24 : UINT8_MAX);
}

plc_spin_table plc_spin_table_at(plc_acceptance *acceptance, const plc_annealer *annealer)
{
    /* the last entry is of all that is lost beyond; of gains, 1 flips least */
    plc_spin_table table = {.most = {UINT8_MAX},
                            .sure = {sure_below(plc_acceptance_limit(acceptance, annealer, 1))}};
    int64_t last = LOSSES - 1;
    while (table.shift < 15 && most_below(plc_acceptance_limit(acceptance, annealer, -last))) {
        table.shift++;
        last *= 2;
    }
    uint8_t most = UINT8_MAX;
    for (int64_t i = 0; i < LOSSES && most; i++) { /* what follows a 0 is 0 */
        const int64_t loss = i << table.shift, least = ((i + 1) << table.shift) - 1;
        table.most[i + 1] = most = most_below(plc_acceptance_limit(acceptance, annealer, -loss));
        if (i + 1 < LOSSES)
            table.sure[i + 1] = sure_below(plc_acceptance_limit(acceptance, annealer, -least));
    }
    return table;
}

#if defined(__GNUC__) && !defined(__clang__)

typedef int16_t short_vector __attribute__((vector_size(32)));
typedef uint8_t byte_vector __attribute__((vector_size(16)));

/* The lowest bits of 16 bytes that are 0 or 255. */
static inline uint64_t bits_of(const byte_vector *bytes)
{
#ifdef __SSE2__
    typedef char char_vector __attribute__((vector_size(16)));
    return (uint32_t)__builtin_ia32_pmovmskb128((char_vector)*bytes);
#else
    uint64_t bits = 0;
    for (int i = 0; i < 16; i++)
        bits |= (uint64_t)((*bytes)[i] & 1) << i;
    return bits;
#endif
}

PLC_VECTORISE
void plc_spin_table_all(const plc_spin_table *table, uint32_t n, const int16_t *shorts,
                        const uint8_t *noise, uint64_t *ret_sure, uint64_t *ret_unsure)
{
    const int32_t shift = table->shift;
    byte_vector sure, most;
    memcpy(&sure, table->sure, sizeof sure);
    memcpy(&most, table->most, sizeof most);
    for (uint32_t i = 0; i < n / 64; i++) {
        uint64_t sure_bits = 0, most_bits = 0;
        for (uint32_t j = 0; j < 64; j += 16) {
            short_vector spins;
            byte_vector bytes;
            memcpy(&spins, shorts + 64 * i + j, sizeof spins);
            memcpy(&bytes, noise + 64 * i + j, sizeof bytes);
            const short_vector plus = (spins & 1) - 1; /* all bits of a spin +1 */
            short_vector loss = (((spins >> 1) ^ plus) - plus) >> shift;
            const short_vector below = loss < LOSSES - 1;
            loss = (loss & below) | ((LOSSES - 1) & ~below);
            loss |= loss < 0;
            const byte_vector entry = __builtin_convertvector(loss + 1, byte_vector);
            const byte_vector is_sure = (byte_vector)(bytes < __builtin_shuffle(sure, entry));
            const byte_vector may = (byte_vector)(bytes <= __builtin_shuffle(most, entry));
            sure_bits |= bits_of(&is_sure) << j;
            most_bits |= bits_of(&may) << j;
        }
        ret_sure[i] = sure_bits;
        ret_unsure[i] = most_bits & ~sure_bits;
    }
}

#else

void plc_spin_table_all(const plc_spin_table *table, uint32_t n, const int16_t *shorts,
                        const uint8_t *noise, uint64_t *ret_sure, uint64_t *ret_unsure)
{
    memset(ret_sure, 0, n / 64 * sizeof *ret_sure);
    memset(ret_unsure, 0, n / 64 * sizeof *ret_unsure);
    for (uint32_t i = 0; i < n; i++) {
        int32_t loss = -plc_spin_gain((uint32_t)(int32_t)shorts[i]) >> table->shift;
        const int32_t entry = 1 + (loss < 0 ? -1 : loss < LOSSES - 1 ? loss : LOSSES - 1);
        const bool sure = noise[i] < table->sure[entry], may = noise[i] <= table->most[entry];
        ret_sure[i / 64] |= (uint64_t)sure << i % 64;
        ret_unsure[i / 64] |= (uint64_t)(may && !sure) << i % 64;
    }
}

#endif

PLC_VECTORISE
uint32_t plc_spin_list(uint32_t n_words, const uint64_t *bits, uint32_t begin, uint32_t *ret_list)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < n_words; i++, begin += 64) {
        uint64_t mask = bits[i];
        /* Four at a time, whether there are as many or not: the processor foresees that. */
        const uint32_t end = n + (uint32_t)__builtin_popcountll(mask);
        uint32_t at = n;
        do
            for (int k = 0; k < PLC_LIST_SLACK; k++, at++, mask &= mask - 1)
                ret_list[at] = begin + (uint32_t)__builtin_ctzll(mask | UINT64_C(1) << 63);
        while (at < end);
        n = end;
    }
    return n;
}
