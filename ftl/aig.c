/* And-inverter graphs. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ftl/aig.h"

#include "base/memory.h"

static char *copy_name(const char *name, size_t length)
{
    char *copy = plc_array(length + 1, 1);
    if (copy)
        memcpy(copy, name, length);
    return copy;
}

plc_aig *plc_aig_create(const char *name, uint32_t n_inputs, uint32_t n_latches, uint32_t n_outputs)
{
    plc_aig *aig = plc_array(1, sizeof *aig);
    if (!aig)
        return NULL;
    aig->n_inputs = n_inputs;
    aig->n_latches = n_latches;
    aig->n_outputs = n_outputs;
    aig->n = n_inputs + n_latches + 1;
    aig->capacity = aig->n + 64;
    aig->table_size = 1024;
    aig->name = copy_name(name, strlen(name));
    aig->fanins = plc_array(aig->capacity, sizeof *aig->fanins);
    aig->sinks = plc_array(plc_aig_n_sinks(aig), sizeof *aig->sinks);
    aig->initial = plc_array(n_latches, sizeof *aig->initial);
    aig->source_names = plc_array(plc_aig_n_sources(aig), sizeof *aig->source_names);
    aig->output_names = plc_array(n_outputs, sizeof *aig->output_names);
    aig->table = plc_array(aig->table_size, sizeof *aig->table);
    if (aig->name && aig->fanins && aig->sinks && aig->initial && aig->source_names &&
        aig->output_names && aig->table)
        return aig;
    plc_aig_destroy(aig);
    return NULL;
}

void plc_aig_destroy(plc_aig *aig)
{
    if (!aig)
        return;
    for (uint32_t i = 0; aig->source_names && i < plc_aig_n_sources(aig); i++)
        free(aig->source_names[i]);
    for (uint32_t i = 0; aig->output_names && i < aig->n_outputs; i++)
        free(aig->output_names[i]);
    free(aig->name);
    free(aig->fanins);
    free(aig->sinks);
    free(aig->initial);
    free(aig->source_names);
    free(aig->output_names);
    free(aig->table);
    free(aig);
}

static void set_name(plc_aig *aig, char **place, const char *name, size_t length)
{
    free(*place);
    *place = copy_name(name, length);
    aig->failed |= !*place;
}

void plc_aig_name_source(plc_aig *aig, uint32_t i, const char *name, size_t length)
{
    set_name(aig, &aig->source_names[i], name, length);
}

void plc_aig_name_output(plc_aig *aig, uint32_t i, const char *name, size_t length)
{
    set_name(aig, &aig->output_names[i], name, length);
}

plc_aig *plc_aig_create_like(const plc_aig *aig)
{
    plc_aig *like = plc_aig_create(aig->name, aig->n_inputs, aig->n_latches, aig->n_outputs);
    if (!like)
        return NULL;
    for (uint32_t i = 0; i < plc_aig_n_sources(aig); i++)
        plc_aig_name_source(like, i, aig->source_names[i], strlen(aig->source_names[i]));
    for (uint32_t i = 0; i < aig->n_outputs; i++)
        plc_aig_name_output(like, i, aig->output_names[i], strlen(aig->output_names[i]));
    memcpy(like->initial, aig->initial, aig->n_latches);
    if (!like->failed)
        return like;
    plc_aig_destroy(like);
    return NULL;
}

static uint32_t hash(uint32_t a, uint32_t b)
{
    uint64_t x = ((uint64_t)a << 32 | b) * UINT64_C(0x9e3779b97f4a7c15);
    return (uint32_t)(x >> 32) ^ (uint32_t)(x >> 12);
}

/* Where the AND of two literals, a < b, is in the table, or could be put. */
static uint32_t find_slot(const plc_aig *aig, uint32_t a, uint32_t b)
{
    uint32_t mask = aig->table_size - 1, slot = hash(a, b) & mask;
    while (aig->table[slot] &&
           (aig->fanins[aig->table[slot]][0] != a || aig->fanins[aig->table[slot]][1] != b))
        slot = (slot + 1) & mask;
    return slot;
}

static bool grow_table(plc_aig *aig)
{
    uint32_t *table = plc_array((size_t)aig->table_size * 2, sizeof *table);
    if (!table)
        return false;
    free(aig->table);
    aig->table = table;
    aig->table_size *= 2;
    for (uint32_t node = plc_aig_n_sources(aig) + 1; node < aig->n; node++)
        aig->table[find_slot(aig, aig->fanins[node][0], aig->fanins[node][1])] = node;
    return true;
}

static bool make_room(plc_aig *aig)
{
    if (aig->n >= PLC_AIG_NODES_MAX)
        return false;
    if (aig->n == aig->capacity) {
        size_t capacity = aig->capacity;
        if (!plc_array_reserve(&aig->fanins, &capacity, (size_t)aig->n + 1, sizeof *aig->fanins))
            return false;
        aig->capacity = (uint32_t)capacity;
    }
    return aig->n < aig->table_size / 2 || grow_table(aig);
}

/* What a AND b is without a node of its own, or UINT32_MAX. */
static uint32_t simplify(uint32_t a, uint32_t b)
{
    if (a == 0 || b == 0 || a == (b ^ 1))
        return 0;
    if (a == 1 || a == b)
        return b;
    return b == 1 ? a : UINT32_MAX;
}

uint32_t plc_aig_find(const plc_aig *aig, uint32_t a, uint32_t b)
{
    uint32_t simple = simplify(a, b);
    if (simple != UINT32_MAX)
        return simple;
    uint32_t node = aig->table[a < b ? find_slot(aig, a, b) : find_slot(aig, b, a)];
    return node ? 2 * node : UINT32_MAX;
}

uint32_t plc_aig_and(plc_aig *aig, uint32_t a, uint32_t b)
{
    uint32_t found = plc_aig_find(aig, a, b);
    if (found != UINT32_MAX)
        return found;
    if (aig->failed || !make_room(aig)) {
        aig->failed = true;
        return 0;
    }
    uint32_t node = aig->n++, low = a < b ? a : b, high = a < b ? b : a;
    aig->table[find_slot(aig, low, high)] = node;
    aig->fanins[node][0] = low;
    aig->fanins[node][1] = high;
    return 2 * node;
}

uint32_t plc_aig_xor(plc_aig *aig, uint32_t a, uint32_t b)
{
    uint32_t both = plc_aig_and(aig, a, b), none = plc_aig_and(aig, a ^ 1, b ^ 1);
    return plc_aig_and(aig, both ^ 1, none ^ 1);
}

uint32_t plc_aig_mux(plc_aig *aig, uint32_t s, uint32_t a, uint32_t b)
{
    if (a == b)
        return a;
    if (a == (b ^ 1))
        return plc_aig_xor(aig, s, a) ^ 1;
    uint32_t on = plc_aig_and(aig, s, a), off = plc_aig_and(aig, s ^ 1, b);
    return plc_aig_and(aig, on ^ 1, off ^ 1) ^ 1;
}

uint32_t plc_aig_and_many(plc_aig *aig, uint32_t *literals, size_t n)
{
    if (n == 0)
        return 1;
    for (; n > 1; n = (n + 1) / 2)
        for (size_t i = 0; i < n; i += 2)
            literals[i / 2] =
                i + 1 < n ? plc_aig_and(aig, literals[i], literals[i + 1]) : literals[i];
    return literals[0];
}

/* Copies into `to` the ANDs under a literal, children first; `map` [n] has the literals of those
 * copied already, UINT32_MAX for the others; `stack` [n] is scratch. */
static void copy_cone(const plc_aig *aig, plc_aig *to, uint32_t root, uint32_t *map,
                      uint32_t *stack)
{
    uint32_t n = 0;
    if (map[root] == UINT32_MAX)
        stack[n++] = root;
    while (n) {
        uint32_t node = stack[n - 1], missing = UINT32_MAX;
        for (int k = 1; k >= 0; k--)
            if (map[aig->fanins[node][k] >> 1] == UINT32_MAX)
                missing = aig->fanins[node][k] >> 1;
        if (missing != UINT32_MAX) {
            stack[n++] = missing;
            continue;
        }
        uint32_t a = aig->fanins[node][0], b = aig->fanins[node][1];
        map[node] = plc_aig_and(to, map[a >> 1] ^ (a & 1), map[b >> 1] ^ (b & 1));
        n--;
    }
}

plc_aig *plc_aig_clean(const plc_aig *aig)
{
    plc_aig *to = plc_aig_create_like(aig);
    uint32_t *map = plc_array(aig->n, sizeof *map), *stack = plc_array(aig->n, sizeof *stack);
    if (!to || !map || !stack)
        goto fail;
    for (uint32_t i = 0; i < aig->n; i++)
        map[i] = i <= plc_aig_n_sources(aig) ? 2 * i : UINT32_MAX;
    for (uint32_t i = 0; i < plc_aig_n_sinks(aig); i++) {
        copy_cone(aig, to, aig->sinks[i] >> 1, map, stack);
        to->sinks[i] = map[aig->sinks[i] >> 1] ^ (aig->sinks[i] & 1);
    }
    if (to->failed)
        goto fail;
    free(map);
    free(stack);
    return to;
fail:
    free(map);
    free(stack);
    plc_aig_destroy(to);
    return NULL;
}

void plc_aig_simulate(const plc_aig *aig, uint64_t *values)
{
    values[0] = 0;
    for (uint32_t node = plc_aig_n_sources(aig) + 1; node < aig->n; node++)
        values[node] = plc_aig_value(values, aig->fanins[node][0]) &
                       plc_aig_value(values, aig->fanins[node][1]);
}

uint32_t plc_aig_depth(const plc_aig *aig)
{
    uint32_t *level = plc_array(aig->n, sizeof *level), depth = 0;
    if (!level)
        return UINT32_MAX;
    for (uint32_t node = plc_aig_n_sources(aig) + 1; node < aig->n; node++) {
        uint32_t a = level[aig->fanins[node][0] >> 1], b = level[aig->fanins[node][1] >> 1];
        level[node] = (a > b ? a : b) + 1;
    }
    for (uint32_t i = 0; i < plc_aig_n_sinks(aig); i++)
        if (level[aig->sinks[i] >> 1] > depth)
            depth = level[aig->sinks[i] >> 1];
    free(level);
    return depth;
}
