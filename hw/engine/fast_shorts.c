/* Packed pairs in 16 bits: who flips, by a table that the vector unit looks up. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/vectorise.h"
#include "hw/engine/fast_spins.h"

#include <string.h>
#ifdef __x86_64__
#include <immintrin.h>
#endif

enum {
    ENTRIES = 16,
    LOSSES = ENTRIES - 1,
    MOST_SHIFT = 14, /* |v| is below 2^14 */
};

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
    while (table.shift < MOST_SHIFT &&
           most_below(plc_acceptance_limit(acceptance, annealer, -last))) {
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

void plc_spin_table_plain(const plc_spin_table *table, uint32_t n, const int16_t *shorts,
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

#ifdef __x86_64__

/* Both tables, twice, and by what gains are rounded up before they are shifted. */
typedef struct avx2_table {
    __m256i sure, most, round;
    __m128i shift;
} avx2_table;

/* Gains of 16 pairs, in steps of the table. */
PLC_AVX2
static inline __m256i steps_of(const avx2_table *table, const int16_t *shorts)
{
    const __m256i spins = _mm256_loadu_si256((const __m256i *)(const void *)shorts);
    const __m256i sign = _mm256_or_si256(_mm256_slli_epi16(spins, 15), _mm256_set1_epi16(1));
    const __m256i gain = _mm256_sign_epi16(_mm256_srai_epi16(spins, 1), sign);
    return _mm256_sra_epi16(_mm256_add_epi16(gain, table->round), table->shift);
}

/* Of 32 pairs, which flip for sure and which may. */
PLC_AVX2
static inline void look_up(const avx2_table *table, const int16_t *shorts, const uint8_t *noise,
                           uint32_t *ret_sure, uint32_t *ret_may)
{
    const __m256i halves =
        _mm256_packs_epi16(steps_of(table, shorts), steps_of(table, shorts + 16));
    const __m256i steps = _mm256_permute4x64_epi64(halves, 0xd8);
    /* The entry is the lower half of 112 for gains, of 113 for 0, ..., of 127 for all beyond. */
    const __m256i losses = _mm256_subs_epi8(_mm256_set1_epi8(127 - LOSSES + 1), steps);
    const __m256i entries = _mm256_max_epi8(losses, _mm256_set1_epi8(127 - LOSSES));
    const __m256i bytes = _mm256_loadu_si256((const __m256i *)(const void *)noise);
    const __m256i most = _mm256_shuffle_epi8(table->most, entries);
    const __m256i sure = _mm256_shuffle_epi8(table->sure, entries);
    const __m256i may = _mm256_cmpeq_epi8(_mm256_min_epu8(bytes, most), bytes);
    const __m256i not_sure = _mm256_cmpeq_epi8(_mm256_max_epu8(bytes, sure), bytes);
    *ret_sure = ~(uint32_t)_mm256_movemask_epi8(not_sure);
    *ret_may = (uint32_t)_mm256_movemask_epi8(may);
}

PLC_AVX2
static void table_words_avx2(const plc_spin_table *table, uint32_t n_words, const int16_t *shorts,
                             const uint8_t *noise, uint64_t *ret_sure, uint64_t *ret_unsure)
{
    const __m128i sure = _mm_loadu_si128((const __m128i *)(const void *)table->sure);
    const __m128i most = _mm_loadu_si128((const __m128i *)(const void *)table->most);
    const avx2_table twice = {.sure = _mm256_broadcastsi128_si256(sure),
                              .most = _mm256_broadcastsi128_si256(most),
                              .round = _mm256_set1_epi16((int16_t)((1 << table->shift) - 1)),
                              .shift = _mm_cvtsi32_si128(table->shift)};
    for (uint32_t i = 0; i < n_words; i++, shorts += 64, noise += 64) {
        uint32_t is_sure[2], may[2];
        look_up(&twice, shorts, noise, &is_sure[0], &may[0]);
        look_up(&twice, shorts + 32, noise + 32, &is_sure[1], &may[1]);
        ret_sure[i] = is_sure[0] | (uint64_t)is_sure[1] << 32;
        ret_unsure[i] = (may[0] | (uint64_t)may[1] << 32) & ~ret_sure[i];
    }
}
#endif

void plc_spin_table_all(const plc_spin_table *table, uint32_t n, const int16_t *shorts,
                        const uint8_t *noise, uint64_t *ret_sure, uint64_t *ret_unsure)
{
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx2")) {
        table_words_avx2(table, n / 64, shorts, noise, ret_sure, ret_unsure);
        return;
    }
#endif
    plc_spin_table_plain(table, n, shorts, noise, ret_sure, ret_unsure);
}

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
