/* A strong 64-bit mix and the digests built on it. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_BASE_DIGEST_H
#define PLC_BASE_DIGEST_H

#include <stddef.h>
#include <stdint.h>

/* A bijection of 64-bit words in which each output bit depends on each input bit.
 * Source: D. Stafford's variant 13 of the MurmurHash3 finaliser, as used by SplitMix64 (Steele, Lea
 * and Flood, 2014). */
static inline uint64_t plc_mix(uint64_t x)
{
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

/* A running digest of a sequence of words; depends on their order. Start from 0. */
static inline uint64_t plc_digest_word(uint64_t digest, uint64_t word)
{
    return plc_mix(digest + UINT64_C(0x9e3779b97f4a7c15) + plc_mix(word));
}

/* Continues a digest with the bytes of an array, and their number. */
uint64_t plc_digest_bytes(uint64_t digest, const void *bytes, size_t n);

#endif
