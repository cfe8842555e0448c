/* An index of cubes: those that meet a given cube, without looking at the others. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_MAPPER_CUBE_INDEX_H
#define PLC_MAPPER_CUBE_INDEX_H

#include "mapper/cube.h"

#include <placode/status.h>
#include <stddef.h>

enum { PLC_CUBE_LEAF = 32 };

/* A node of the trie. Its cubes differ in `bit`, the highest that not all of them share: they are
 * in children [0], [1] and, where they have the bit either way, [2]; 0 is none. In a leaf `bit` is
 * PLC_CUBE_LEAF and the cubes are items[child[0]..child[1]). */
typedef struct plc_cube_node {
    uint32_t bit;
    uint32_t child[3];
} plc_cube_node;

typedef struct plc_cube_index {
    const plc_cube *cubes; /* [n] borrowed */
    uint32_t n, n_nodes;
    plc_cube_node *nodes; /* [n_nodes] the root first, children behind their parents */
    uint32_t *items;      /* [n] numbers of cubes, leaf by leaf */
} plc_cube_index;

/* Indexes `n` >= 1 cubes. O(32 n) at worst. */
plc_status plc_cube_index_init(plc_cube_index *index, const plc_cube *cubes, uint32_t n,
                               plc_error *error);
void plc_cube_index_finish(plc_cube_index *index);

/* A walk over the cubes that meet one. */
typedef struct plc_cube_cursor {
    const plc_cube_index *index;
    plc_cube cube;
    const uint32_t *highest; /* [n_nodes] or NULL: nodes whose number is not above `above` are
                                passed over */
    uint32_t above;
    uint32_t at, end; /* in the leaf at hand */
    uint32_t n_open, open[3 * PLC_CUBE_LEAF + 1];
    uint32_t visited; /* nodes looked at */
} plc_cube_cursor;

static inline void plc_cube_cursor_begin(plc_cube_cursor *cursor, const plc_cube_index *index,
                                         plc_cube cube)
{
    cursor->index = index;
    cursor->cube = cube;
    cursor->highest = NULL;
    cursor->above = 0;
    cursor->at = cursor->end = 0;
    cursor->n_open = 1;
    cursor->open[0] = 0;
    cursor->visited = 0;
}

/* The next cube that meets the cursor's; false when there is none. */
static inline bool plc_cube_cursor_next(plc_cube_cursor *cursor, uint32_t *ret_item)
{
    const plc_cube_index *index = cursor->index;
    for (;;) {
        while (cursor->at < cursor->end) {
            uint32_t item = index->items[cursor->at++];
            if (plc_cube_meets(cursor->cube, index->cubes[item])) {
                *ret_item = item;
                return true;
            }
        }
        if (!cursor->n_open)
            return false;
        uint32_t number = cursor->open[--cursor->n_open];
        const plc_cube_node *node = &index->nodes[number];
        cursor->visited++;
        if (cursor->highest && cursor->highest[number] <= cursor->above)
            continue;
        if (node->bit == PLC_CUBE_LEAF) {
            cursor->at = node->child[0];
            cursor->end = node->child[1];
            continue;
        }
        uint32_t cares = (cursor->cube.mask >> node->bit) & 1,
                 value = (cursor->cube.key >> node->bit) & 1;
        if (node->child[2])
            cursor->open[cursor->n_open++] = node->child[2];
        if (node->child[1] && (!cares || value))
            cursor->open[cursor->n_open++] = node->child[1];
        if (node->child[0] && (!cares || !value))
            cursor->open[cursor->n_open++] = node->child[0];
    }
}

#endif
