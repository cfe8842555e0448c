/* Failing allocations. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fault/allocation.h"

#include <criterion/criterion.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

char allocation_path[64];

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *pointer, size_t size);
void __real_free(void *pointer);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *pointer, size_t size);
void __wrap_free(void *pointer);

static long countdown = -1; /* allocations that still succeed; -1: all */
static long alive;

static bool refuses(void)
{
    return countdown >= 0 && countdown-- == 0;
}

void *__wrap_malloc(size_t size)
{
    void *pointer = refuses() ? NULL : __real_malloc(size);
    alive += pointer != NULL;
    return pointer;
}

void *__wrap_calloc(size_t n, size_t size)
{
    void *pointer = refuses() ? NULL : __real_calloc(n, size);
    alive += pointer != NULL;
    return pointer;
}

void *__wrap_realloc(void *pointer, size_t size)
{
    void *grown = refuses() ? NULL : __real_realloc(pointer, size);
    alive += grown != NULL && pointer == NULL;
    return grown;
}

void allocation_note(void)
{
    alive++;
}

void __wrap_free(void *pointer)
{
    alive -= pointer != NULL;
    __real_free(pointer);
}

void fail_each(plc_status (*function)(plc_error *error), long harmless_max)
{
    plc_error error = {0};
    cr_assert_eq(function(&error), PLC_OK, "%s", error.message);
    long before = alive, n = 0, harmless = 0;
    for (;; n++) {
        unlink(allocation_path);
        countdown = n;
        plc_status status = function(&error);
        bool finished = countdown >= 0;
        countdown = -1;
        cr_assert_eq(alive, before, "failure %ld leaks %ld allocations", n, alive - before);
        harmless += !finished && status == PLC_OK;
        cr_assert(status == PLC_OK || (status == PLC_NO_MEMORY && !finished), "failure %ld: %s", n,
                  error.message);
        if (finished)
            break;
        cr_assert(status == PLC_OK || access(allocation_path, F_OK), "failure %ld leaves a file",
                  n);
    }
    unlink(allocation_path);
    cr_assert_leq(harmless, harmless_max, "%ld failures went unnoticed", harmless);
    cr_assert_gt(n, 30, "only %ld allocations: are they wrapped?", n);
}
