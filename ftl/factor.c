/* Small functions as ANDs. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ftl/factor.h"

#include "base/memory.h"
#include "ftl/table.h"

enum { INPUTS = 6, COST_MAX = 255 };
enum { FREE, CONSTANT, INPUT, AND, NAND, XOR };

void plc_factors_finish(plc_factors *factors)
{
    free(factors->data);
    *factors = (plc_factors){0};
}

static size_t find_slot(const plc_factors *factors, uint64_t table)
{
    uint64_t hash = table * UINT64_C(0x9fb21c651e98df25);
    size_t slot = (hash ^ hash >> 32) & (factors->capacity - 1);
    while (factors->data[slot].kind != FREE && factors->data[slot].table != table)
        slot = (slot + 1) & (factors->capacity - 1);
    return slot;
}

static bool grow(plc_factors *factors)
{
    plc_factors larger = {.n = factors->n};
    larger.capacity = factors->capacity ? 2 * factors->capacity : 4096;
    larger.data = plc_array(larger.capacity, sizeof *larger.data);
    if (!larger.data)
        return false;
    for (size_t i = 0; i < factors->capacity; i++)
        if (factors->data[i].kind != FREE)
            larger.data[find_slot(&larger, factors->data[i].table)] = factors->data[i];
    free(factors->data);
    *factors = larger;
    return true;
}

static uint64_t cofactor(uint64_t f, uint32_t i, bool value)
{
    plc_table_cofactor(&f, 1, i, value, &f);
    return f;
}

static void offer(plc_factors *factors, struct plc_factor *best, uint8_t kind, uint64_t left,
                  uint64_t right, uint32_t own)
{
    uint32_t cost = own + plc_factors_cost(factors, left);
    if (cost >= best->cost)
        return;
    cost += plc_factors_cost(factors, right);
    if (cost >= best->cost)
        return;
    best->kind = kind;
    best->left = left;
    best->right = right;
    best->cost = (uint8_t)cost;
}

/* An input alone against the rest: x AND g and the like; true if there is such a thing. */
static bool split_input(plc_factors *factors, struct plc_factor *best, uint64_t f)
{
    for (uint32_t i = 0; i < INPUTS; i++) {
        uint64_t x = plc_table_input[i], f0 = cofactor(f, i, false), f1 = cofactor(f, i, true);
        if (f0 == f1)
            continue;
        if (f0 == 0)
            offer(factors, best, AND, x, f1, 1);
        else if (f1 == 0)
            offer(factors, best, AND, ~x, f0, 1);
        else if (~f0 == 0)
            offer(factors, best, NAND, x, ~f1, 1);
        else if (~f1 == 0)
            offer(factors, best, NAND, ~x, ~f0, 1);
        else if (f0 == ~f1)
            offer(factors, best, XOR, x, f0, 3);
        else
            continue;
        return true;
    }
    return false;
}

/* f = a AND b, where a lacks some inputs and b others: each is f with its inputs made "there is".
 * Source: Mishchenko, Steinbach and Perkowski, "An algorithm for bi-decomposition of logic
 * functions", DAC 2001. */
static void split_and(plc_factors *factors, struct plc_factor *best, uint64_t f, bool inverted)
{
    for (uint32_t i = 0; i < INPUTS; i++)
        for (uint32_t j = i + 1; j < INPUTS; j++) {
            if (!plc_table_depends(&f, 1, i) || !plc_table_depends(&f, 1, j))
                continue;
            uint64_t a = cofactor(f, i, false) | cofactor(f, i, true);
            uint64_t b = cofactor(f, j, false) | cofactor(f, j, true);
            if ((a & b) != f)
                continue;
            for (uint32_t k = 0; k < INPUTS; k++) {
                uint64_t less_a = cofactor(a, k, false) | cofactor(a, k, true);
                uint64_t less_b = cofactor(b, k, false) | cofactor(b, k, true);
                if ((less_a & b) == f)
                    a = less_a;
                else if ((a & less_b) == f)
                    b = less_b;
            }
            offer(factors, best, inverted ? NAND : AND, a, b, 1);
        }
}

/* A multiplexer, or less where one cofactor covers the other: f0 OR (x AND f1). */
static void split_mux(plc_factors *factors, struct plc_factor *best, uint64_t f)
{
    for (uint32_t i = 0; i < INPUTS; i++) {
        uint64_t x = plc_table_input[i], f0 = cofactor(f, i, false), f1 = cofactor(f, i, true);
        if (f0 == f1)
            continue;
        if (!(f0 & ~f1))
            offer(factors, best, NAND, ~f0, ~(x & f1), 1);
        else if (!(f1 & ~f0))
            offer(factors, best, NAND, ~f1, ~(~x & f0), 1);
        else
            offer(factors, best, NAND, ~(x & f1), ~(~x & f0), 1);
    }
}

static struct plc_factor decompose(plc_factors *factors, uint64_t f)
{
    struct plc_factor best = {.table = f, .kind = CONSTANT, .cost = 0};
    if (f == 0)
        return best;
    for (uint32_t i = 0; i < INPUTS; i++)
        if (f == plc_table_input[i]) {
            best.kind = INPUT;
            best.left = i;
            return best;
        }
    best.cost = COST_MAX;
    if (split_input(factors, &best, f))
        return best;
    split_and(factors, &best, f, false);
    split_and(factors, &best, ~f, true);
    if (best.cost == COST_MAX)
        split_mux(factors, &best, f);
    return best;
}

static const struct plc_factor *look_up(plc_factors *factors, uint64_t table)
{
    static const struct plc_factor none = {.kind = CONSTANT, .cost = COST_MAX};
    if (factors->capacity) {
        const struct plc_factor *known = &factors->data[find_slot(factors, table)];
        if (known->kind != FREE)
            return known;
    }
    struct plc_factor found = decompose(factors, table);
    if (factors->n * 2 >= factors->capacity && !grow(factors)) {
        factors->failed = true;
        return &none;
    }
    struct plc_factor *place = &factors->data[find_slot(factors, table)];
    factors->n += place->kind == FREE;
    *place = found;
    return place;
}

uint32_t plc_factors_cost(plc_factors *factors, uint64_t table)
{
    return look_up(factors, table & 1 ? ~table : table)->cost;
}

uint32_t plc_factors_build(plc_factors *factors, uint64_t table, const uint32_t *inputs,
                           plc_aig *aig)
{
    bool inverted = table & 1;
    struct plc_factor f = *look_up(factors, inverted ? ~table : table);
    if (f.kind == CONSTANT)
        return inverted;
    if (f.kind == INPUT)
        return inputs[f.left] ^ inverted;
    uint32_t a = plc_factors_build(factors, f.left, inputs, aig);
    uint32_t b = plc_factors_build(factors, f.right, inputs, aig);
    return (f.kind == XOR ? plc_aig_xor(aig, a, b) : plc_aig_and(aig, a, b)) ^ inverted ^
           (f.kind == NAND);
}
