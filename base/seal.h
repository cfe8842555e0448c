/* A seal: a block of text in front of a binary file that tells its kind, its size and its digest.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_BASE_SEAL_H
#define PLC_BASE_SEAL_H

#include <placode/status.h>
#include <stdbool.h>
#include <stddef.h>

/* The block is one line "PLACODE LAYOUT 1 size=... digest=0x..." and newlines up to this length, so
 * that it serves as the user block of an HDF5 file. */
enum { PLC_SEAL_SIZE = 512 };

/* Fills the first PLC_SEAL_SIZE of `size` bytes from the rest. `kind` is a word, "LAYOUT". */
void plc_seal_write(const char *kind, char *data, size_t size);

/* Whether a file begins as if it were sealed: with kind NULL, as any kind. */
bool plc_seal_is(const char *kind, const char *data, size_t size);

/* Checks kind, version, size and digest; `name` is the file's. PLC_INVALID unless everything,
 * padding included, is as plc_seal_write() makes it. */
plc_status plc_seal_check(const char *kind, const char *name, const char *data, size_t size,
                          plc_error *error);

#endif
