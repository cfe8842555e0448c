/* Proofs by the truth table of a few nodes. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ftl/sweep.h"

#include <string.h>

enum { LEAVES_MAX = 10, CONE_MAX = 96, WORDS = 1 << (LEAVES_MAX - 6) };

/* The nodes between two literals and the leaves. */
typedef struct window {
    const plc_aig *aig;
    uint32_t leaves[LEAVES_MAX + 2], n_leaves;
    uint32_t cone[CONE_MAX], n_cone;
} window;

static uint32_t find(const uint32_t *list, uint32_t n, uint32_t node)
{
    uint32_t i = 0;
    while (i < n && list[i] != node)
        i++;
    return i;
}

static bool is_known(const window *w, uint32_t node)
{
    return node == 0 || find(w->leaves, w->n_leaves, node) < w->n_leaves ||
           find(w->cone, w->n_cone, node) < w->n_cone;
}

/* Leaves that the expansion of a leaf adds, less itself. */
static int growth(const window *w, uint32_t leaf)
{
    uint32_t a = w->aig->fanins[leaf][0] >> 1, b = w->aig->fanins[leaf][1] >> 1;
    return (int)!is_known(w, a) + (int)!is_known(w, b) - 1;
}

/* Replaces a leaf by its fanins: that which adds the fewest, the latest of those; false at the
 * limits. */
static bool expand(window *w)
{
    uint32_t best = UINT32_MAX;
    int least = 0;
    for (uint32_t i = 0; i < w->n_leaves; i++) {
        if (!plc_aig_is_and(w->aig, w->leaves[i]))
            continue;
        int now = growth(w, w->leaves[i]);
        if (best == UINT32_MAX || now < least || (now == least && w->leaves[i] > w->leaves[best])) {
            best = i;
            least = now;
        }
    }
    if (best == UINT32_MAX || w->n_cone == CONE_MAX || (int)w->n_leaves + least > LEAVES_MAX)
        return false;
    uint32_t node = w->leaves[best];
    w->leaves[best] = w->leaves[--w->n_leaves];
    w->cone[w->n_cone++] = node;
    for (int k = 0; k < 2; k++) {
        uint32_t fanin = w->aig->fanins[node][k] >> 1;
        if (!is_known(w, fanin))
            w->leaves[w->n_leaves++] = fanin;
    }
    return true;
}

static void sort(uint32_t *list, uint32_t n)
{
    for (uint32_t i = 1; i < n; i++)
        for (uint32_t j = i; j > 0 && list[j - 1] > list[j]; j--) {
            uint32_t kept = list[j];
            list[j] = list[j - 1];
            list[j - 1] = kept;
        }
}

/* Fills tables of leaves and cone, and compares. */
static bool tables_equal(window *w, uint32_t a, uint32_t b)
{
    static const uint64_t input[6] = {UINT64_C(0xaaaaaaaaaaaaaaaa), UINT64_C(0xcccccccccccccccc),
                                      UINT64_C(0xf0f0f0f0f0f0f0f0), UINT64_C(0xff00ff00ff00ff00),
                                      UINT64_C(0xffff0000ffff0000), UINT64_C(0xffffffff00000000)};
    uint64_t tables[1 + LEAVES_MAX + 2 + CONE_MAX][WORDS];
    uint32_t nodes[1 + LEAVES_MAX + 2 + CONE_MAX] = {0}, n = 1;
    uint32_t words = w->n_leaves > 6 ? 1u << (w->n_leaves - 6) : 1;
    memset(tables[0], 0, sizeof tables[0]);
    sort(w->cone, w->n_cone);
    for (uint32_t i = 0; i < w->n_leaves; i++, n++) {
        nodes[n] = w->leaves[i];
        for (uint32_t k = 0; k < words; k++)
            tables[n][k] = i < 6 ? input[i] : 0 - (uint64_t)(k >> (i - 6) & 1);
    }
    for (uint32_t i = 0; i < w->n_cone; i++, n++) {
        uint32_t f0 = w->aig->fanins[w->cone[i]][0], f1 = w->aig->fanins[w->cone[i]][1];
        const uint64_t *t0 = tables[find(nodes, n, f0 >> 1)], *t1 = tables[find(nodes, n, f1 >> 1)];
        nodes[n] = w->cone[i];
        for (uint32_t k = 0; k < words; k++)
            tables[n][k] = (t0[k] ^ (0 - (uint64_t)(f0 & 1))) & (t1[k] ^ (0 - (uint64_t)(f1 & 1)));
    }
    const uint64_t *ta = tables[find(nodes, n, a >> 1)], *tb = tables[find(nodes, n, b >> 1)];
    for (uint32_t k = 0; k < words; k++)
        if ((ta[k] ^ tb[k]) != 0 - (uint64_t)((a ^ b) & 1))
            return false;
    return true;
}

bool plc_window_equal(const plc_aig *aig, uint32_t a, uint32_t b)
{
    enum { SMALL = 8 };
    window w = {.aig = aig};
    if (a >> 1)
        w.leaves[w.n_leaves++] = a >> 1;
    if (b >> 1 && b >> 1 != a >> 1)
        w.leaves[w.n_leaves++] = b >> 1;
    uint32_t compared = 0;
    while (expand(&w))
        if (w.n_leaves <= SMALL && w.n_cone >= compared + 3) {
            compared = w.n_cone;
            if (tables_equal(&w, a, b))
                return true;
        }
    return w.n_cone > compared && tables_equal(&w, a, b);
}
