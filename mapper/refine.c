/* Greedy moves and swaps between parts. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/refine.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"
#include "mapper/coarsen.h"
#include "mapper/members.h"

enum { SWEEPS_MAX = 16, PARTNERS = 8 /* tried for each swap */ };

static const uint32_t nowhere = UINT32_MAX;

/* Parts that moving a vertex to saves something: the best with room, and the best without. */
typedef struct choice {
    uint32_t open, full; /* or nowhere */
    int64_t open_gain, full_gain;
} choice;

static choice choose(plc_parts *parts, uint32_t vertex)
{
    choice c = {nowhere, nowhere, 0, 0};
    uint32_t n;
    int64_t base;
    plc_parts_rank(parts, vertex, &n, &base);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t part = parts->ranked[i];
        int64_t gain = base + parts->value[part];
        bool better =
            gain > c.open_gain || (c.open != nowhere && gain == c.open_gain && part < c.open);
        bool better_full =
            gain > c.full_gain || (c.full != nowhere && gain == c.full_gain && part < c.full);
        if (!better && !better_full)
            continue;
        if (plc_parts_fits(parts, vertex, part, PLC_NO_VERTEX)) {
            if (better) {
                c.open = part;
                c.open_gain = gain;
            }
        } else if (better_full) {
            c.full = part;
            c.full_gain = gain;
        }
    }
    return c;
}

/* Swaps a vertex with one of some members of a full part, if that saves something. */
static bool swap_with_some(plc_parts *parts, const plc_members *members, uint32_t vertex,
                           uint32_t part, plc_random_key key, uint32_t sweep)
{
    uint32_t begin = members->begin[part], n = members->begin[part + 1] - begin;
    uint32_t tries = n < PARTNERS ? n : PARTNERS;
    uint32_t first = n ? plc_random_below(plc_random_draw(key, vertex, sweep).word[0], n) : 0;
    for (uint32_t i = 0; i < tries; i++) {
        uint32_t u = members->of[begin + (first + i) % n];
        if (parts->part_of[u] == part && plc_parts_swap(parts, vertex, u, -1))
            return true;
    }
    return false;
}

static void sweep_once(plc_parts *parts, const plc_members *members, const uint32_t *order,
                       uint64_t work_end, plc_random_key key, uint32_t sweep)
{
    for (uint32_t i = 0; i < parts->graph->n_vertices && parts->work < work_end; i++) {
        uint32_t v = order[i];
        choice c = choose(parts, v);
        if (c.full != nowhere && c.full_gain > c.open_gain &&
            swap_with_some(parts, members, v, c.full, key, sweep))
            continue;
        if (c.open != nowhere)
            plc_parts_move(parts, v, c.open);
    }
}

plc_status plc_refine(plc_parts *parts, uint64_t work, uint64_t seed, plc_error *error)
{
    uint32_t n = parts->graph->n_vertices, *order = plc_array(n, sizeof *order);
    uint64_t work_end = parts->work + work;
    plc_members members = {0};
    plc_random_key key = plc_random_stream(seed, 0x5a9, 0);
    bool ok = order && plc_members_init(&members, parts);
    for (uint32_t sweep = 0; ok && sweep < SWEEPS_MAX && parts->work < work_end; sweep++) {
        int64_t before = parts->cost;
        plc_members_list(&members, parts);
        plc_shuffle(seed, 0x3ef1e + sweep, order, n);
        sweep_once(parts, &members, order, work_end, key, sweep);
        if (before - parts->cost <= before / 1000)
            break;
    }
    plc_members_finish(&members);
    free(order);
    return ok ? PLC_OK : plc_fail_memory(error, "refinement");
}

/* A vertex of an overfull part and what moving it to the best part with room saves. */
typedef struct leaver {
    int64_t gain;
    uint32_t vertex;
} leaver;

static int compare_leavers(const void *a, const void *b)
{
    const leaver *x = a, *y = b;
    if (x->gain != y->gain)
        return x->gain > y->gain ? -1 : 1;
    return (x->vertex > y->vertex) - (x->vertex < y->vertex);
}

/* The best part with room, however much it costs; nowhere if there is none. */
static uint32_t find_room(plc_parts *parts, uint32_t vertex, int64_t *ret_gain)
{
    uint32_t n, best = nowhere;
    int64_t base, best_gain = INT64_MIN;
    plc_parts_rank(parts, vertex, &n, &base);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t part = parts->ranked[i];
        int64_t gain = base + parts->value[part];
        if ((gain > best_gain || (gain == best_gain && part < best)) &&
            plc_parts_fits(parts, vertex, part, PLC_NO_VERTEX)) {
            best = part;
            best_gain = gain;
        }
    }
    for (uint32_t part = 0; best == nowhere && part < parts->n_parts; part++)
        if (part != parts->part_of[vertex] && plc_parts_fits(parts, vertex, part, PLC_NO_VERTEX)) {
            best = part;
            best_gain = base;
        }
    *ret_gain = best_gain;
    return best;
}

static void empty_part(plc_parts *parts, const plc_members *members, uint32_t part, leaver *leavers)
{
    uint32_t n = 0;
    for (uint32_t i = members->begin[part]; i < members->begin[part + 1]; i++) {
        leaver l = {.vertex = members->of[i]};
        if (parts->part_of[l.vertex] == part && find_room(parts, l.vertex, &l.gain) != nowhere)
            leavers[n++] = l;
    }
    if (n)
        qsort(leavers, n, sizeof *leavers, compare_leavers);
    for (uint32_t i = 0; i < n && plc_parts_is_over(parts, part); i++) {
        int64_t gain;
        uint32_t to = find_room(parts, leavers[i].vertex, &gain);
        if (to != nowhere)
            plc_parts_move(parts, leavers[i].vertex, to);
    }
}

plc_status plc_refine_overfull(plc_parts *parts, plc_error *error)
{
    plc_members members = {0};
    leaver *leavers = plc_array(parts->graph->n_vertices, sizeof *leavers);
    bool ok = leavers && plc_members_init(&members, parts);
    if (ok) {
        plc_members_list(&members, parts);
        for (uint32_t part = 0; part < parts->n_parts; part++)
            if (plc_parts_is_over(parts, part))
                empty_part(parts, &members, part, leavers);
    }
    plc_members_finish(&members);
    free(leavers);
    return ok ? PLC_OK : plc_fail_memory(error, "refinement");
}
