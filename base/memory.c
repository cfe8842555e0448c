/* Allocation of arrays with overflow checks, and growable arrays. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/memory.h"

#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

/* Asks for large pages where an array is long: most of the time that a fresh one takes is the
 * kernel's, page by page. No more than advice, and no failure when it is not taken. Arrays as long
 * as that are mappings of their own in glibc; the advice is for all of one, for a mapping of which
 * only a part has it could not be grown in place. */
static void advise(void *array, size_t bytes)
{
#ifdef MADV_HUGEPAGE
    enum { PAGE = 1 << 12, LONG = 1 << 25 }; /* [B] */
    if (!array || bytes <= LONG)
        return;
    size_t before = (uintptr_t)array % PAGE;
    madvise((char *)array - before, before + malloc_usable_size(array), MADV_HUGEPAGE);
#else
    (void)array;
    (void)bytes;
#endif
}

void *plc_array(size_t n, size_t size)
{
    void *array = calloc(n ? n : 1, size);
    advise(array, n * size);
    return array;
}

void *plc_array_copy(const void *array, size_t n, size_t size)
{
    void *copy = plc_array(n, size);
    if (copy && n)
        memcpy(copy, array, n * size);
    return copy;
}

char *plc_string_copy(const char *text)
{
    return plc_array_copy(text, strlen(text) + 1, 1);
}

bool plc_array_grow(void *address, size_t *capacity, size_t n, size_t size)
{
    size_t wanted = *capacity < SIZE_MAX / 2 ? *capacity * 2 : n;
    if (wanted < n)
        wanted = n;
    if (wanted < 16)
        wanted = 16;
    if (wanted > SIZE_MAX / size)
        return false;
    void *data;
    memcpy(&data, address,
           sizeof data); /* whatever it points to, a pointer's representation is the same */
    data = realloc(data, wanted * size);
    if (!data)
        return false;
    advise(data, wanted * size);
    memcpy(address, &data, sizeof data);
    *capacity = wanted;
    return true;
}

uint64_t plc_memory_physical(void)
{
    long pages = sysconf(_SC_PHYS_PAGES);
    long bytes = sysconf(_SC_PAGESIZE);
    return pages > 0 && bytes > 0 ? (uint64_t)pages * (uint64_t)bytes : UINT64_MAX;
}
