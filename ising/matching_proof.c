/* The proof that no perfect matching weighs less than its dual. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/memory.h"
#include "ising/matching.h"

/* Let vertices and sets pay so that, for each edge, the nodes that hold one of its ends but not
 * both pay at most its weight; sets are odd and pay at least 0. A perfect matching has an edge at
 * each vertex and at least one out of each odd set. So its weight is at least the sum of all that
 * is paid. */

enum { NOTHING = UINT32_MAX };
static const int64_t sum_max = INT64_C(1) << 62;

static bool is_in_use(const plc_matching_dual *dual, uint32_t at)
{
    return dual->parent[at] != at;
}

/* Sums up, for each node, what it and all sets around it pay; and counts the vertices of each set.
 * False when the parents are no forest, or a set pays less than nothing. */
static bool add_up(const plc_matching_dual *dual, int64_t *reach, uint32_t *depth,
                   uint32_t *n_vertices)
{
    for (uint32_t i = 0; i < dual->n_nodes; i++) {
        uint32_t steps = 0;
        if (!is_in_use(dual, i))
            continue;
        if (i >= dual->n && dual->pays[i] < 0)
            return false;
        for (uint32_t at = i; at != NOTHING; at = dual->parent[at], steps++) {
            if (at >= dual->n_nodes || !is_in_use(dual, at) || steps > dual->n_nodes ||
                (at != i && at < dual->n) ||
                __builtin_add_overflow(reach[i], dual->pays[at], &reach[i]))
                return false;
            n_vertices[at] += i < dual->n;
        }
        depth[i] = steps;
    }
    return true;
}

/* What the nodes around both ends of an edge pay. */
static int64_t shared(const plc_matching_dual *dual, const int64_t *reach, const uint32_t *depth,
                      uint32_t u, uint32_t v)
{
    while (u != v && u != NOTHING && v != NOTHING) {
        const bool up_u = depth[u] >= depth[v], up_v = depth[v] >= depth[u];
        u = up_u ? dual->parent[u] : u;
        v = up_v ? dual->parent[v] : v;
    }
    return u == v && u != NOTHING ? reach[u] : 0;
}

static bool check(const plc_matching_dual *dual, const plc_pair *pairs, uint64_t n_pairs,
                  int64_t others, const int64_t *reach, const uint32_t *depth,
                  const uint32_t *n_vertices)
{
    int64_t widest = INT64_MIN;
    for (uint32_t i = 0; i < dual->n_nodes; i++) {
        if (!is_in_use(dual, i))
            continue;
        if (n_vertices[i] % 2 == 0 || reach[i] > sum_max / 4 || reach[i] < -sum_max / 4)
            return false;
        if (i < dual->n && reach[i] > widest)
            widest = reach[i];
    }
    if (dual->n > 1 && 2 * widest > others)
        return false;
    for (uint64_t k = 0; k < n_pairs; k++) {
        const uint32_t u = pairs[k].u, v = pairs[k].v;
        if (reach[u] + reach[v] - 2 * shared(dual, reach, depth, u, v) > pairs[k].weight)
            return false;
    }
    return true;
}

plc_status plc_matching_prove(const plc_matching_dual *dual, const plc_pair *pairs,
                              uint64_t n_pairs, int64_t others, bool *ret_proven,
                              int64_t *ret_weight, plc_error *error)
{
    int64_t *reach = plc_array(dual->n_nodes, sizeof *reach), sum = 0;
    uint32_t *depth = plc_array(dual->n_nodes, sizeof *depth);
    uint32_t *n_vertices = plc_array(dual->n_nodes, sizeof *n_vertices);
    const bool ok = reach && depth && n_vertices;
    bool proven = ok && add_up(dual, reach, depth, n_vertices) &&
                  check(dual, pairs, n_pairs, others, reach, depth, n_vertices);
    for (uint32_t i = 0; proven && i < dual->n_nodes; i++)
        if (is_in_use(dual, i) && __builtin_add_overflow(sum, dual->pays[i], &sum))
            proven = false;
    free(reach);
    free(depth);
    free(n_vertices);
    if (!ok)
        return plc_fail_memory(error, "the proof of a matching");
    *ret_proven = proven;
    if (proven)
        *ret_weight = sum;
    return PLC_OK;
}
