/* An index of cubes: those that meet a given cube, without looking at the others. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/cube_index.h"

#include "base/error.h"
#include "base/memory.h"

/* Which child of a node that looks at `bit` a cube belongs to. */
static unsigned child_of(plc_cube cube, uint32_t bit)
{
    return (cube.mask >> bit) & 1 ? (cube.key >> bit) & 1 : 2;
}

/* The highest bit below `bit` in which the cubes of items[begin..end) differ; PLC_CUBE_LEAF if they
 * are all the same there. */
static uint32_t find_bit(const plc_cube_index *index, uint32_t begin, uint32_t end, uint32_t bit)
{
    plc_cube first = index->cubes[index->items[begin]];
    uint32_t differing = 0, below = bit < 32 ? (UINT32_C(1) << bit) - 1 : UINT32_MAX;
    for (uint32_t i = begin + 1; i < end; i++) {
        plc_cube cube = index->cubes[index->items[i]];
        differing |= ((cube.key ^ first.key) | (cube.mask ^ first.mask)) & below;
    }
    return differing ? 31 - (uint32_t)__builtin_clz(differing) : PLC_CUBE_LEAF;
}

/* Sorts items[begin..end) by their child at `bit`, keeping their order within each. */
static void split(plc_cube_index *index, uint32_t *scratch, uint32_t begin, uint32_t end,
                  uint32_t bit, uint32_t ends[3])
{
    uint32_t n = begin;
    for (unsigned c = 0; c < 3; c++) {
        for (uint32_t i = begin; i < end; i++)
            if (child_of(index->cubes[index->items[i]], bit) == c)
                scratch[n++] = index->items[i];
        ends[c] = n;
    }
    memcpy(index->items + begin, scratch + begin, (end - begin) * sizeof *scratch);
}

/* Builds the node of items[begin..end), which agree on `bit` and above. */
static uint32_t build(plc_cube_index *index, uint32_t *scratch, uint32_t begin, uint32_t end,
                      uint32_t bit)
{
    uint32_t number = index->n_nodes++, ends[3];
    bit = find_bit(index, begin, end, bit);
    if (bit == PLC_CUBE_LEAF) {
        index->nodes[number] = (plc_cube_node){bit, {begin, end, 0}};
        return number;
    }
    split(index, scratch, begin, end, bit, ends);
    plc_cube_node node = {.bit = bit};
    for (unsigned c = 0; c < 3; c++) {
        uint32_t from = c ? ends[c - 1] : begin;
        if (from < ends[c])
            node.child[c] = build(index, scratch, from, ends[c], bit);
    }
    index->nodes[number] = node;
    return number;
}

plc_status plc_cube_index_init(plc_cube_index *index, const plc_cube *cubes, uint32_t n,
                               plc_error *error)
{
    *index = (plc_cube_index){.cubes = cubes, .n = n};
    uint32_t *scratch = plc_array(n, sizeof *scratch);
    index->nodes = plc_array(2 * (size_t)n, sizeof *index->nodes);
    index->items = plc_array(n, sizeof *index->items);
    bool enough = scratch && index->nodes && index->items;
    if (enough) {
        for (uint32_t i = 0; i < n; i++)
            index->items[i] = i;
        build(index, scratch, 0, n, PLC_CUBE_LEAF);
    }
    free(scratch);
    return enough ? PLC_OK : plc_fail_memory(error, "an index of keys");
}

void plc_cube_index_finish(plc_cube_index *index)
{
    free(index->nodes);
    free(index->items);
    *index = (plc_cube_index){0};
}
