/* Allocation of arrays with overflow checks, and growable arrays. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_BASE_MEMORY_H
#define PLC_BASE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Zeroed array of n elements of `size` bytes; NULL when memory is short or n * size overflows.
 * Never NULL for n = 0. */
void *plc_array(size_t n, size_t size);

/* Copy of n elements; NULL when memory is short. */
void *plc_array_copy(const void *array, size_t n, size_t size);

/* Copy of a string; NULL when memory is short. */
char *plc_string_copy(const char *text);

/* plc_array_reserve() where there is no room. */
bool plc_array_grow(void *address, size_t *capacity, size_t n, size_t size);

/* Grows the array whose pointer is at `address` to hold at least n elements, at least doubling; on
 * failure nothing changes. */
static inline bool plc_array_reserve(void *address, size_t *capacity, size_t n, size_t size)
{
    return n <= *capacity || plc_array_grow(address, capacity, n, size);
}

/* Ensures room for `extra` more elements in a struct with fields data, n and capacity; false when
 * memory is short. */
#define plc_reserve(vector, data, extra)                                                           \
    plc_array_reserve(&(vector)->data, &(vector)->capacity, (vector)->n + (extra),                 \
                      sizeof *(vector)->data)

/* The bytes of memory this machine has; the ceiling for requests that could never succeed. */
uint64_t plc_memory_physical(void);

#endif
