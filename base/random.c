/* Batches of counter-based random numbers. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/random.h"

#include "base/vectorise.h"

#include <endian.h>

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

PLC_VECTORISE
void plc_random_noise_bytes(plc_random_key key, uint32_t eighth, uint32_t time, size_t n,
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
