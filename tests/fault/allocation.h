/* Failing allocations: each one of a function fails in turn; nothing crashes, leaks or is
 * half-written.
 *
 * The linker puts our malloc, calloc, realloc and free, which also count what is alive, in the
 * place of libc's (--wrap). What libyaml and HDF5 allocate inside their shared libraries is out of
 * reach.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_TESTS_FAULT_ALLOCATION_H
#define PLC_TESTS_FAULT_ALLOCATION_H

#include <placode/placode.h>

/* A file that functions write, which a failure must not leave; empty: none. */
extern char allocation_path[64];

/* Something has been allocated behind our backs, that free() will come for. */
void allocation_note(void);

/* Fails each allocation of a function in turn; it can do without so many of them. */
void fail_each(plc_status (*function)(plc_error *error), long harmless_max);

#endif
