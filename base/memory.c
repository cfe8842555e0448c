/* Allocation of arrays with overflow checks, and growable arrays. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/memory.h"

#include <unistd.h>

void *plc_array(size_t n, size_t size)
{
    return calloc(n ? n : 1, size);
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

bool plc_array_reserve(void *address, size_t *capacity, size_t n, size_t size)
{
    if (n <= *capacity)
        return true;
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
