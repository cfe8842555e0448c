/* Batches of counter-based random numbers. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/random.h"

#include "base/vectorise.h"

#include <endian.h>
#ifdef __x86_64__
#include <immintrin.h>
#endif

PLC_VECTORISE
void plc_random_over_time(plc_random_key key, uint32_t index, uint32_t time, size_t n,
                          uint32_t *restrict ret_word0, uint32_t *restrict ret_word1)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t a = index;
        uint32_t b = time + (uint32_t)i;
        plc_threefry(key.word[0], key.word[1], &a, &b);
        ret_word0[i] = a;
        ret_word1[i] = b;
    }
}

PLC_VECTORISE
void plc_random_over_index(plc_random_key key, uint32_t index, uint32_t time, size_t n,
                           uint32_t *restrict ret_word0)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t a = index + (uint32_t)i;
        uint32_t b = time;
        plc_threefry(key.word[0], key.word[1], &a, &b);
        ret_word0[i] = a;
    }
}

PLC_VECTORISE
void plc_random_pairs_over_index(plc_random_key key, uint32_t index, uint32_t time, size_t n,
                                 uint32_t *restrict ret_word0, uint32_t *restrict ret_word1)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t a = index + (uint32_t)i;
        uint32_t b = time;
        plc_threefry(key.word[0], key.word[1], &a, &b);
        ret_word0[i] = a;
        ret_word1[i] = b;
    }
}

/* Draws (eighth, time), ..., (eighth + n - 1, time), in the order of their words. */
static void draw_bytes(plc_random_key key, uint32_t eighth, uint32_t time, size_t n,
                       uint32_t (*restrict ret_bytes)[2])
{
    for (size_t i = 0; i < n; i++) {
        uint32_t a = eighth + (uint32_t)i;
        uint32_t b = time;
        plc_threefry(key.word[0], key.word[1], &a, &b);
        ret_bytes[i][0] = htole32(a);
        ret_bytes[i][1] = htole32(b);
    }
}

#ifdef __x86_64__

PLC_AVX2
static inline __m256i rotate(__m256i x, int by)
{
    return _mm256_or_si256(_mm256_slli_epi32(x, by), _mm256_srli_epi32(x, 32 - by));
}

/* A round of plc_threefry() in each of eight lanes. */
PLC_AVX2
static inline void mix(__m256i *a, __m256i *b, int by)
{
    *a = _mm256_add_epi32(*a, *b);
    *b = _mm256_xor_si256(rotate(*b, by), *a);
}

/* The same, by whole bytes: where those of a word come from. */
PLC_AVX2
static inline void mix_bytes(__m256i *a, __m256i *b, __m256i from)
{
    *a = _mm256_add_epi32(*a, *b);
    *b = _mm256_xor_si256(_mm256_shuffle_epi8(*b, from), *a);
}

/* Adds words of the key. */
PLC_AVX2
static inline void inject(__m256i *a, __m256i *b, uint32_t to_a, uint32_t to_b)
{
    *a = _mm256_add_epi32(*a, _mm256_set1_epi32((int)to_a));
    *b = _mm256_add_epi32(*b, _mm256_set1_epi32((int)to_b));
}

/* draw_bytes() for n / 8 x 8 draws: compilers rotate by whole bytes in three steps instead of one,
 * and this is a sixth of what engine fast does. */
PLC_AVX2
static void draw_bytes_avx2(plc_random_key key, uint32_t eighth, uint32_t time, size_t n,
                            uint32_t (*restrict ret_bytes)[2])
{
    const uint32_t key0 = key.word[0], key1 = key.word[1];
    const uint32_t key2 = PLC_THREEFRY_PARITY ^ key0 ^ key1;
    const __m256i two_bytes = _mm256_set1_epi64x(0x0504070601000302);
    const __m256i three_bytes = _mm256_set1_epi64x(0x0407060500030201);
    const __m256i in_word_of = _mm256_set_epi64x(0x0808080808080808, 0, 0x0808080808080808, 0);
    const __m256i by_16 = _mm256_add_epi8(two_bytes, in_word_of);
    const __m256i by_24 = _mm256_add_epi8(three_bytes, in_word_of);
    const __m256i lanes = _mm256_set_epi32(7, 6, 5, 4, 3, 2, 1, 0);
    for (size_t i = 0; i + 8 <= n; i += 8) {
        __m256i a = _mm256_add_epi32(_mm256_set1_epi32((int)(eighth + (uint32_t)i)), lanes);
        __m256i b = _mm256_set1_epi32((int)time);
        inject(&a, &b, key0, key1);
        mix(&a, &b, 13), mix(&a, &b, 15), mix(&a, &b, 26), mix(&a, &b, 6);
        inject(&a, &b, key1, key2 + 1);
        mix(&a, &b, 17), mix(&a, &b, 29), mix_bytes(&a, &b, by_16), mix_bytes(&a, &b, by_24);
        inject(&a, &b, key2, key0 + 2);
        mix(&a, &b, 13), mix(&a, &b, 15), mix(&a, &b, 26), mix(&a, &b, 6);
        inject(&a, &b, key0, key1 + 3);
        mix(&a, &b, 17);
        const __m256i low = _mm256_unpacklo_epi32(a, b), high = _mm256_unpackhi_epi32(a, b);
        _mm256_storeu_si256((__m256i *)(void *)ret_bytes[i],
                            _mm256_permute2x128_si256(low, high, 0x20));
        _mm256_storeu_si256((__m256i *)(void *)ret_bytes[i + 4],
                            _mm256_permute2x128_si256(low, high, 0x31));
    }
}

#endif

void plc_random_noise_bytes(plc_random_key key, uint32_t eighth, uint32_t time, size_t n,
                            uint32_t (*restrict ret_bytes)[2])
{
    size_t done = 0;
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx2")) {
        draw_bytes_avx2(key, eighth, time, n, ret_bytes);
        done = n / 8 * 8;
    }
#endif
    draw_bytes(key, eighth + (uint32_t)done, time, n - done, ret_bytes + done);
}

PLC_VECTORISE
void plc_random_noise_rests(plc_random_key key, const uint32_t *restrict indices, uint32_t time,
                            size_t n, uint32_t *restrict ret_rests)
{
    for (size_t i = 0; i < n / 8 * 8; i++)
        ret_rests[i] = plc_random_noise_rest(key, indices[i], time);
}

PLC_VECTORISE
void plc_random_noise_over_index(plc_random_key key, uint32_t index, uint32_t time, size_t n,
                                 uint32_t *restrict ret_noise)
{
    for (size_t i = 0; i < n; i++)
        ret_noise[i] = plc_random_noise(key, index + (uint32_t)i, time);
}
