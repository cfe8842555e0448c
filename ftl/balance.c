/* Flatter graphs: trees of ANDs built anew, the least deep of their leaves first. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/memory.h"
#include "ftl/factor.h"

/* A graph on its way; `to` is the flatter one. */
typedef struct balancer {
    const plc_aig *aig;
    plc_aig *to;
    uint32_t *uses;     /* [n] of the nodes of aig */
    uint32_t *literals; /* [n] of to */
    struct {
        uint32_t *data; /* [capacity] levels of the nodes of to */
        size_t n, capacity;
    } level;
    struct {
        uint32_t *data; /* leaves of a tree: literals of aig, then of to */
        size_t n, capacity;
    } leaves;
} balancer;

/* The leaves of the tree of a node: through ANDs that nothing else uses and that are not inverted.
 */
static bool collect(balancer *b, uint32_t node)
{
    b->leaves.n = 0;
    if (!plc_reserve(&b->leaves, data, 2))
        return false;
    for (int k = 0; k < 2; k++)
        b->leaves.data[b->leaves.n++] = b->aig->fanins[node][k];
    for (size_t i = 0; i < b->leaves.n;) {
        uint32_t literal = b->leaves.data[i], at = literal >> 1;
        if (literal & 1 || !plc_aig_is_and(b->aig, at) || b->uses[at] > 1) {
            i++;
            continue;
        }
        if (!plc_reserve(&b->leaves, data, 1))
            return false;
        b->leaves.data[i] = b->aig->fanins[at][0];
        b->leaves.data[b->leaves.n++] = b->aig->fanins[at][1];
    }
    for (size_t i = 0; i < b->leaves.n; i++) {
        uint32_t literal = b->leaves.data[i];
        b->leaves.data[i] = b->literals[literal >> 1] ^ (literal & 1);
    }
    return true;
}

/* The AND of two literals, whose level is set. */
static bool join(balancer *b, uint32_t x, uint32_t y, uint32_t *ret_literal)
{
    uint32_t literal = plc_aig_and(b->to, x, y);
    if (b->to->n > b->level.n) {
        uint32_t lx = b->level.data[x >> 1], ly = b->level.data[y >> 1];
        if (!plc_reserve(&b->level, data, 1))
            return false;
        b->level.data[b->level.n++] = (lx > ly ? lx : ly) + 1;
    }
    *ret_literal = literal;
    return true;
}

/* Takes the two least deep leaves together until one is left. Leaves are kept sorted, the deepest
 * first. */
static bool build_tree(balancer *b, uint32_t *ret_literal)
{
    uint32_t *leaves = b->leaves.data;
    for (size_t i = 1; i < b->leaves.n; i++)
        for (size_t j = i;
             j > 0 && b->level.data[leaves[j - 1] >> 1] < b->level.data[leaves[j] >> 1]; j--) {
            uint32_t kept = leaves[j];
            leaves[j] = leaves[j - 1];
            leaves[j - 1] = kept;
        }
    for (size_t n = b->leaves.n; n > 1; n--) {
        uint32_t joined;
        if (!join(b, leaves[n - 1], leaves[n - 2], &joined))
            return false;
        size_t at = n - 2;
        for (; at > 0 && b->level.data[leaves[at - 1] >> 1] < b->level.data[joined >> 1]; at--)
            leaves[at] = leaves[at - 1];
        leaves[at] = joined;
    }
    *ret_literal = leaves[0];
    return true;
}

static bool build_all(balancer *b)
{
    const plc_aig *aig = b->aig;
    uint32_t n_sources = plc_aig_n_sources(aig);
    for (uint32_t i = 0; i <= n_sources; i++) {
        b->literals[i] = 2 * i;
        if (!plc_reserve(&b->level, data, 1))
            return false;
        b->level.data[b->level.n++] = 0;
    }
    for (uint32_t node = n_sources + 1; node < aig->n; node++)
        for (int k = 0; k < 2; k++)
            b->uses[aig->fanins[node][k] >> 1] += 1u + (aig->fanins[node][k] & 1);
    for (uint32_t i = 0; i < plc_aig_n_sinks(aig); i++)
        b->uses[aig->sinks[i] >> 1] += 2;
    for (uint32_t node = n_sources + 1; node < aig->n; node++)
        if (b->uses[node] != 1 && (!collect(b, node) || !build_tree(b, &b->literals[node])))
            return false;
    for (uint32_t i = 0; i < plc_aig_n_sinks(aig); i++)
        b->to->sinks[i] = b->literals[aig->sinks[i] >> 1] ^ (aig->sinks[i] & 1);
    return !b->to->failed;
}

plc_aig *plc_aig_balance(const plc_aig *aig)
{
    balancer b = {.aig = aig, .to = plc_aig_create_like(aig)};
    plc_aig *clean = NULL;
    b.uses = plc_array(aig->n, sizeof *b.uses);
    b.literals = plc_array(aig->n, sizeof *b.literals);
    if (b.to && b.uses && b.literals && build_all(&b))
        clean = plc_aig_clean(b.to);
    plc_aig_destroy(b.to);
    free(b.uses);
    free(b.literals);
    free(b.level.data);
    free(b.leaves.data);
    return clean;
}
