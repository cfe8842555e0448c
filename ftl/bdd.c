/* Binary decision diagrams. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ftl/bdd.h"

#include "base/memory.h"

enum { TABLE_BEGIN = 1 << 16 };

void plc_bdd_finish(plc_bdd *bdd)
{
    free(bdd->nodes);
    free(bdd->table);
    free(bdd->results);
    *bdd = (plc_bdd){0};
}

bool plc_bdd_init(plc_bdd *bdd, size_t limit)
{
    *bdd = (plc_bdd){.limit = limit, .table_size = TABLE_BEGIN};
    bdd->table = plc_array(bdd->table_size, sizeof *bdd->table);
    bdd->results = plc_array(bdd->table_size, sizeof *bdd->results);
    if (!bdd->table || !bdd->results || !plc_reserve(bdd, nodes, 1)) {
        plc_bdd_finish(bdd);
        return false;
    }
    bdd->nodes[bdd->n++] = (plc_bdd_node){.variable = UINT32_MAX};
    return true;
}

static size_t hash_of(const plc_bdd *bdd, uint64_t a, uint64_t b, uint64_t c)
{
    const uint64_t mixed = a * UINT64_C(0x9e3779b97f4a7c15) ^ b * UINT64_C(0xbf58476d1ce4e5b9) ^
                           c * UINT64_C(0x94d049bb133111eb);
    return (mixed ^ mixed >> 32) & (bdd->table_size - 1);
}

/* Twice the room by hash; results are forgotten. */
static bool grow(plc_bdd *bdd)
{
    uint32_t *table = plc_array(2 * bdd->table_size, sizeof *table);
    plc_bdd_result *results = plc_array(2 * bdd->table_size, sizeof *results);
    if (!table || !results) {
        free(table);
        free(results);
        return false;
    }
    free(bdd->table);
    free(bdd->results);
    bdd->table = table;
    bdd->results = results;
    bdd->table_size *= 2;
    for (size_t i = 1; i < bdd->n; i++) {
        plc_bdd_node *node = &bdd->nodes[i];
        const size_t slot = hash_of(bdd, node->variable, node->off, node->on);
        node->next = table[slot];
        table[slot] = (uint32_t)i;
    }
    return true;
}

/* A node that is not there yet. */
static uint32_t add_node(plc_bdd *bdd, uint32_t variable, uint32_t on, uint32_t off)
{
    if (bdd->n >= bdd->limit) {
        bdd->is_full = true;
        return 0;
    }
    if (!plc_reserve(bdd, nodes, 1) || (bdd->n >= bdd->table_size && !grow(bdd))) {
        bdd->failed = true;
        return 0;
    }
    const size_t slot = hash_of(bdd, variable, off, on);
    bdd->nodes[bdd->n] = (plc_bdd_node){variable, off, on, bdd->table[slot]};
    bdd->table[slot] = (uint32_t)bdd->n;
    return (uint32_t)(2 * bdd->n++);
}

uint32_t plc_bdd_make(plc_bdd *bdd, uint32_t variable, uint32_t on, uint32_t off)
{
    if (on == off)
        return on;
    const uint32_t inverted = on & 1;
    on ^= inverted;
    off ^= inverted;
    uint32_t i = bdd->table[hash_of(bdd, variable, off, on)];
    for (; i; i = bdd->nodes[i].next)
        if (bdd->nodes[i].variable == variable && bdd->nodes[i].off == off &&
            bdd->nodes[i].on == on)
            return 2 * i ^ inverted;
    return add_node(bdd, variable, on, off) ^ inverted;
}

uint32_t plc_bdd_and(plc_bdd *bdd, uint32_t a, uint32_t b)
{
    if (a == b || b == 1)
        return a;
    if (a == 1)
        return b;
    if (a == 0 || b == 0 || a == (b ^ 1) || bdd->is_full || bdd->failed)
        return 0;
    if (a > b) {
        const uint32_t c = a;
        a = b;
        b = c;
    }
    const plc_bdd_result *known = &bdd->results[hash_of(bdd, a, b, 0)];
    if (known->a == a && known->b == b)
        return known->both;
    const plc_bdd_node x = bdd->nodes[a >> 1], y = bdd->nodes[b >> 1];
    const uint32_t variable = x.variable < y.variable ? x.variable : y.variable;
    const bool in_a = x.variable == variable, in_b = y.variable == variable;
    const uint32_t off = plc_bdd_and(bdd, in_a ? x.off ^ (a & 1) : a, in_b ? y.off ^ (b & 1) : b);
    const uint32_t on = plc_bdd_and(bdd, in_a ? x.on ^ (a & 1) : a, in_b ? y.on ^ (b & 1) : b);
    const uint32_t both = plc_bdd_make(bdd, variable, on, off);
    bdd->results[hash_of(bdd, a, b, 0)] = (plc_bdd_result){a, b, both};
    return both;
}

/* How many ANDs lie below each node, at most. NULL when memory is short. */
static uint32_t *find_levels(const plc_aig *aig)
{
    uint32_t *levels = plc_array(aig->n, sizeof *levels);
    for (uint32_t i = plc_aig_n_sources(aig) + 1; levels && i < aig->n; i++) {
        const uint32_t a = levels[aig->fanins[i][0] >> 1], b = levels[aig->fanins[i][1] >> 1];
        levels[i] = 1 + (a > b ? a : b);
    }
    return levels;
}

uint32_t plc_bdd_order(const plc_aig *aig, uint32_t node, uint32_t *places)
{
    uint32_t *stack = plc_array(2ul * aig->n + 1, sizeof *stack), *levels = find_levels(aig);
    uint8_t *is_seen = plc_array(aig->n, 1);
    uint32_t n = stack && levels && is_seen ? 0 : UINT32_MAX, depth = 0;
    memset(places, 0xff, plc_aig_n_sources(aig) * sizeof *places);
    if (n == 0)
        stack[depth++] = node;
    while (depth) {
        const uint32_t at = stack[--depth];
        if (at == 0 || is_seen[at])
            continue;
        is_seen[at] = 1;
        if (plc_aig_is_and(aig, at)) {
            const uint32_t a = aig->fanins[at][0] >> 1, b = aig->fanins[at][1] >> 1;
            const bool b_first = levels[a] < levels[b];
            stack[depth++] = b_first ? a : b;
            stack[depth++] = b_first ? b : a;
        } else {
            places[at - 1] = n++;
        }
    }
    free(stack);
    free(levels);
    free(is_seen);
    return n;
}

/* Which nodes a literal depends on. */
static void mark(const plc_aig *aig, uint32_t node, uint8_t *is_needed)
{
    is_needed[node] = 1;
    for (uint32_t i = node; plc_aig_is_and(aig, i); i--)
        if (is_needed[i])
            is_needed[aig->fanins[i][0] >> 1] = is_needed[aig->fanins[i][1] >> 1] = 1;
}

uint32_t plc_bdd_of_literal(plc_bdd *bdd, const plc_aig *aig, const uint32_t *places,
                            uint32_t literal)
{
    const uint32_t node = literal >> 1;
    uint32_t *of_node = plc_array((size_t)node + 1, sizeof *of_node);
    uint8_t *is_needed = plc_array((size_t)node + 1, 1);
    uint32_t result = 0;
    if (of_node && is_needed) {
        mark(aig, node, is_needed);
        for (uint32_t i = 1; i <= node && !bdd->is_full && !bdd->failed; i++) {
            if (!is_needed[i])
                continue;
            const uint32_t *f = aig->fanins[i];
            of_node[i] = plc_aig_is_and(aig, i) ? plc_bdd_and(bdd, of_node[f[0] >> 1] ^ (f[0] & 1),
                                                              of_node[f[1] >> 1] ^ (f[1] & 1))
                                                : plc_bdd_make(bdd, places[i - 1], 1, 0);
        }
        result = of_node[node] ^ (literal & 1);
    } else {
        bdd->failed = true;
    }
    free(of_node);
    free(is_needed);
    return result;
}
