/* Counter-based random numbers: random(seed, stream, index, tick), the same on every machine and in
 * any order. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_BASE_RANDOM_H
#define PLC_BASE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* Two independent uniform words. */
typedef struct plc_random {
    uint32_t word[2];
} plc_random;

/* The key of one stream for one span of 2^32 ticks. */
typedef struct plc_random_key {
    uint32_t word[2];
} plc_random_key;

/* What a stream is for. A stream is purpose + number of the population or projection it serves
 * (below 2^24). */
enum {
    PLC_STREAM_DUE = 1 << 24,       /* which neuron of a block is due, and its noise */
    PLC_STREAM_NOISE = 2 << 24,     /* noise of a neuron that is due by period */
    PLC_STREAM_POISSON = 3 << 24,   /* spikes of a Poisson source */
    PLC_STREAM_CONNECTOR = 4 << 24, /* random connectors */
    PLC_STREAM_DRAW = 5 << 24,      /* randomly drawn weights and delays */
    PLC_STREAM_RESAMPLE = 6 << 24,  /* measurements drawn again to see how they spread */
    PLC_STREAM_STIMULI = 7 << 24,   /* what cells in RTL are driven with */
    PLC_STREAM_PATTERN = 8 << 24,   /* random patterns of a memory: 0 cues, 1 contents */
};

static inline uint32_t plc_rotate(uint32_t x, unsigned by)
{
    return (x << by) | (x >> (32 - by));
}

/* What the words of an extended key add up to, by exclusive or (Salmon et al. 2011). */
#define PLC_THREEFRY_PARITY UINT32_C(0x1BD11BDA)

/* Threefry-2x32 with 13 rounds. Source: Salmon, Moraes, Dror and Shaw, SC 2011, section 3.2
 * (rotations of table 2). */
static inline void plc_threefry(uint32_t key0, uint32_t key1, uint32_t *x0, uint32_t *x1)
{
    const uint32_t key2 = PLC_THREEFRY_PARITY ^ key0 ^ key1;
    uint32_t a = *x0 + key0;
    uint32_t b = *x1 + key1;
#define PLC_ROUND(r) (a += b, b = plc_rotate(b, r), b ^= a)
    PLC_ROUND(13), PLC_ROUND(15), PLC_ROUND(26), PLC_ROUND(6);
    a += key1, b += key2 + 1;
    PLC_ROUND(17), PLC_ROUND(29), PLC_ROUND(16), PLC_ROUND(24);
    a += key2, b += key0 + 2;
    PLC_ROUND(13), PLC_ROUND(15), PLC_ROUND(26), PLC_ROUND(6);
    a += key0, b += key1 + 3;
    PLC_ROUND(17);
#undef PLC_ROUND
    *x0 = a;
    *x1 = b;
}

/* The key of a stream. `epoch` is the tick shifted right by 32 for streams in time, 0 for others.
 */
static inline plc_random_key plc_random_stream(uint64_t seed, uint32_t stream, uint32_t epoch)
{
    plc_random_key key = {{stream, epoch}};
    plc_threefry((uint32_t)seed, (uint32_t)(seed >> 32), &key.word[0], &key.word[1]);
    return key;
}

/* The draw at (index, time) of a stream; `time` is the low word of the tick. */
static inline plc_random plc_random_draw(plc_random_key key, uint32_t index, uint32_t time)
{
    plc_random draw = {{index, time}};
    plc_threefry(key.word[0], key.word[1], &draw.word[0], &draw.word[1]);
    return draw;
}

/* The noise word of a neuron, index < 2^31. Its highest byte is one of eight of a draw that eight
 * neurons share, for that byte decides nearly always; the other 24 bits are a draw of their own. */
static inline uint32_t plc_random_noise_rest(plc_random_key key, uint32_t index, uint32_t time)
{
    return plc_random_draw(key, UINT32_C(1) << 31 | index, time).word[0] & 0xffffff;
}

static inline uint32_t plc_random_noise(plc_random_key key, uint32_t index, uint32_t time)
{
    const plc_random draw = plc_random_draw(key, index / 8, time);
    const uint32_t byte = draw.word[index / 4 % 2] >> index % 4 * 8 & 0xff;
    return byte << 24 | plc_random_noise_rest(key, index, time);
}

/* Noise words of neurons index, ..., index + n - 1 into an array [n]. Vectorised. */
void plc_random_noise_over_index(plc_random_key key, uint32_t index, uint32_t time, size_t n,
                                 uint32_t *ret_noise);

/* The other 24 bits for n neurons, a multiple of 8. Vectorised. */
void plc_random_noise_rests(plc_random_key key, const uint32_t *indices, uint32_t time, size_t n,
                            uint32_t *ret_rests);

/* Highest bytes of the noise of neurons 8 x eighth, ..., 8 x (eighth + n) - 1 into an array [8 n],
 * whose bytes are in the order of neurons. Vectorised. */
void plc_random_noise_bytes(plc_random_key key, uint32_t eighth, uint32_t time, size_t n,
                            uint32_t (*ret_bytes)[2]);

/* Draws (index, time), ..., (index, time + n - 1) into two arrays [n]. Vectorised; the words of
 * plc_random_draw(). */
void plc_random_over_time(plc_random_key key, uint32_t index, uint32_t time, size_t n,
                          uint32_t *ret_word0, uint32_t *ret_word1);

/* First words of draws (index, time), ..., (index + n - 1, time) into an array [n]. Vectorised. */
void plc_random_over_index(plc_random_key key, uint32_t index, uint32_t time, size_t n,
                           uint32_t *ret_word0);

/* Both words of the same draws, into two arrays [n]. Vectorised. */
void plc_random_pairs_over_index(plc_random_key key, uint32_t index, uint32_t time, size_t n,
                                 uint32_t *ret_word0, uint32_t *ret_word1);

/* Uniform in [0, n) from one word; the bias is below n / 2^32. Source: Lemire, ACM TOMACS 29(1),
 * 2019, without rejection. */
static inline uint32_t plc_random_below(uint32_t word, uint32_t n)
{
    return (uint32_t)(((uint64_t)word * n) >> 32);
}

#endif
