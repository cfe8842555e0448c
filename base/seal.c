/* Seals: writing and checking them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/seal.h"

#include "base/digest.h"
#include "base/error.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { VERSION = 1, KIND_LENGTH = 16 };

/* The block for a file of `size` bytes with that digest of what follows the block. */
static void format_block(char *block, const char *kind, unsigned long long size,
                         unsigned long long digest)
{
    memset(block, '\n', PLC_SEAL_SIZE);
    int length = snprintf(block, PLC_SEAL_SIZE, "PLACODE %s %d size=%llu digest=0x%016llx", kind,
                          VERSION, size, digest);
    block[length] = '\n';
}

void plc_seal_write(const char *kind, char *data, size_t size)
{
    format_block(data, kind, size, plc_digest_bytes(0, data + PLC_SEAL_SIZE, size - PLC_SEAL_SIZE));
}

bool plc_seal_is(const char *kind, const char *data, size_t size)
{
    char start[8 + KIND_LENGTH + 1];
    int length = snprintf(start, sizeof start, "PLACODE %s%s", kind ? kind : "", kind ? " " : "");
    return size >= (size_t)length && !memcmp(data, start, (size_t)length);
}

/* Whether so few bytes could be the beginning of a sealed file. */
static bool could_be(const char *kind, const char *data, size_t size)
{
    char start[8 + KIND_LENGTH + 1];
    int length = snprintf(start, sizeof start, "PLACODE %s ", kind);
    return size && !memcmp(data, start, size < (size_t)length ? size : (size_t)length);
}

/* "LAYOUT" as it stands in a sentence. */
static const char *in_words(const char *kind, char *words)
{
    size_t i = 0;
    for (; kind[i] && i < KIND_LENGTH - 1; i++)
        words[i] = (char)tolower((unsigned char)kind[i]);
    words[i] = 0;
    return words;
}

plc_status plc_seal_check(const char *kind, const char *name, const char *data, size_t size,
                          plc_error *error)
{
    char words[KIND_LENGTH], line[PLC_SEAL_SIZE + 1], block[PLC_SEAL_SIZE];
    if (!could_be(kind, data, size))
        return plc_fail(error, PLC_INVALID, "%s: not a placode %s", name, in_words(kind, words));
    if (size < PLC_SEAL_SIZE)
        return plc_fail(error, PLC_INVALID, "%s: truncated: expected more than %d bytes, got %zu",
                        name, PLC_SEAL_SIZE, size);
    memcpy(line, data, PLC_SEAL_SIZE);
    line[PLC_SEAL_SIZE] = 0;
    unsigned long long expected = 0, digest = 0;
    int version = 0;
    if (sscanf(line + strlen("PLACODE ") + strlen(kind), " %9d size=%19llu digest=0x%16llx",
               &version, &expected, &digest) < 1)
        return plc_fail(error, PLC_INVALID, "%s: damaged: its first line is not legible", name);
    if (version != VERSION)
        return plc_fail(error, PLC_INVALID, "%s: expected version %d of a placode %s, got %d", name,
                        VERSION, in_words(kind, words), version);
    format_block(block, kind, expected, digest);
    if (memcmp(block, data, PLC_SEAL_SIZE))
        return plc_fail(error, PLC_INVALID, "%s: damaged: its first %d bytes are not as written",
                        name, PLC_SEAL_SIZE);
    if (size != expected)
        return plc_fail(error, PLC_INVALID, "%s: %s: expected %llu bytes, got %zu", name,
                        size < expected ? "truncated" : "damaged", expected, size);
    unsigned long long actual = plc_digest_bytes(0, data + PLC_SEAL_SIZE, size - PLC_SEAL_SIZE);
    if (actual != digest)
        return plc_fail(error, PLC_INVALID, "%s: damaged: expected digest 0x%016llx, got 0x%016llx",
                        name, digest, actual);
    return PLC_OK;
}
