/* Names and their numbers: a hash table with open addressing. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_NET_NAMES_H
#define PLC_NET_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PLC_NO_NAME UINT32_MAX

/* Names in the order in which they were added, each once; zeroed: none. */
typedef struct plc_names {
    const char **names; /* [n] borrowed */
    size_t n, names_capacity;
    uint32_t *slots; /* [n_slots] number of a name + 1, or 0 */
    size_t n_slots;  /* 0 or a power of two, more than 2 n */
} plc_names;

/* The number of a name, or PLC_NO_NAME. O(length) */
uint32_t plc_names_find(const plc_names *names, const char *name, size_t length);

/* Makes room for one more name; false when memory is short. Amortised O(1). */
bool plc_names_reserve(plc_names *names);
/* Adds a name that is not there yet, as number n; room must have been made. It must outlive
 * `names`. */
void plc_names_add(plc_names *names, const char *name);

void plc_names_finish(plc_names *names);

#endif
