/* Cubes of keys: what a key and a mask match. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_MAPPER_CUBE_H
#define PLC_MAPPER_CUBE_H

#include <stdbool.h>
#include <stdint.h>

/* The keys k with (k & mask) == key. Bits of key are bits of mask. */
typedef struct plc_cube {
    uint32_t key, mask;
} plc_cube;

/* Whether some key is in both. */
static inline bool plc_cube_meets(plc_cube a, plc_cube b)
{
    return !((a.key ^ b.key) & a.mask & b.mask);
}

/* Whether every key of `inner` is in `outer`. */
static inline bool plc_cube_holds(plc_cube outer, plc_cube inner)
{
    return !(outer.mask & ~inner.mask) && !((outer.key ^ inner.key) & outer.mask);
}

/* The smallest cube that holds both. */
static inline plc_cube plc_cube_hull(plc_cube a, plc_cube b)
{
    uint32_t mask = a.mask & b.mask & ~(a.key ^ b.key);
    return (plc_cube){a.key & mask, mask};
}

#endif
