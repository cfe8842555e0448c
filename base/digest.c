/* Digests of byte arrays. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/digest.h"

#include <string.h>

uint64_t plc_digest_bytes(uint64_t digest, const void *bytes, size_t n)
{
    const unsigned char *at = bytes;
    size_t left = n;
    for (; left >= 8; left -= 8, at += 8) {
        uint64_t word;
        memcpy(&word, at, 8);
        digest = plc_digest_word(digest, word);
    }
    uint64_t tail = 0;
    if (left)
        memcpy(&tail, at, left);
    return plc_digest_word(plc_digest_word(digest, tail), n);
}
