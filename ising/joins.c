/* A lower bound of what no state can satisfy, from the faces of a graph. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/memory.h"
#include "ising/faces.h"
#include "ising/matching.h"

/* An edge is unsatisfied if its weight is positive and it is not cut, or negative and it is. Around
 * a cycle the number of cut edges is even, so the number of unsatisfied ones is odd just where that
 * of the positive ones is: the face is frustrated. In the graph of faces the unsatisfied edges
 * therefore have an odd number of ends at frustrated faces and an even one at others. Such a set
 * holds paths that join the frustrated faces in pairs (Bieche, Maynard, Rammal and Uhry, 1980), so
 * it weighs at least as much as the least perfect matching of these faces by their distances. In
 * the plane that is the best there is; on a torus a state has to get round it right, too, which may
 * cost a few edges more.
 *
 * Pairs are matched up to a distance. The dual proves that farther ones would not help; if it does
 * not, the distance doubles. Weights are four times the distance, as plc_match() wants it. */

enum { SCALE = 4, FIRST_REACH = 2, DOUBLINGS = 8 };
static const uint64_t pairs_max = UINT64_C(1) << 25;

/* A face at a distance, in a binary heap. */
typedef struct stop {
    int64_t distance;
    uint32_t face;
} stop;

typedef struct joiner {
    const plc_faces *faces;
    plc_adjacency rows;
    uint32_t *faces_of; /* [n] the frustrated faces */
    uint32_t *number;   /* [dual.n] of a frustrated face */
    uint32_t n;
    int64_t *distance; /* [dual.n] from the face at hand */
    uint32_t *stamp;   /* [dual.n] 1 + the face for which distance is right */
    stop *heap;        /* [n_heap] */
    size_t n_heap, heap_capacity;
    plc_pair *pairs; /* [n_pairs] */
    size_t n_pairs, pairs_capacity;
} joiner;

static void joiner_finish(joiner *j)
{
    plc_adjacency_finish(&j->rows);
    free(j->faces_of);
    free(j->number);
    free(j->distance);
    free(j->stamp);
    free(j->heap);
    free(j->pairs);
}

static plc_status joiner_init(joiner *j, plc_error *error)
{
    const plc_graph *dual = &j->faces->dual;
    j->faces_of = plc_array(dual->n, sizeof *j->faces_of);
    j->number = plc_array(dual->n, sizeof *j->number);
    j->distance = plc_array(dual->n, sizeof *j->distance);
    j->stamp = plc_array(dual->n, sizeof *j->stamp);
    if (!j->faces_of || !j->number || !j->distance || !j->stamp)
        return plc_fail_memory(error, "the faces of a graph");
    for (uint32_t i = 0; i < dual->n; i++)
        if (j->faces->odd[i]) {
            j->number[i] = j->n;
            j->faces_of[j->n++] = i;
        }
    return plc_adjacency_init(&j->rows, dual, NULL, error);
}

static bool push(joiner *j, stop new)
{
    if (!plc_array_reserve(&j->heap, &j->heap_capacity, j->n_heap + 1, sizeof *j->heap))
        return false;
    size_t at = j->n_heap++;
    for (; at && j->heap[(at - 1) / 2].distance > new.distance; at = (at - 1) / 2)
        j->heap[at] = j->heap[(at - 1) / 2];
    j->heap[at] = new;
    return true;
}

static stop pop(joiner *j)
{
    const stop first = j->heap[0], last = j->heap[--j->n_heap];
    size_t at = 0;
    for (;;) {
        size_t below = 2 * at + 1;
        if (below + 1 < j->n_heap && j->heap[below + 1].distance < j->heap[below].distance)
            below++;
        if (below >= j->n_heap || j->heap[below].distance >= last.distance)
            break;
        j->heap[at] = j->heap[below];
        at = below;
    }
    j->heap[at] = last;
    return first;
}

/* Notes a way to a face, unless a shorter one is known. */
static bool reach(joiner *j, uint32_t source, uint32_t face, int64_t distance)
{
    if (j->stamp[face] == source + 1 && j->distance[face] <= distance)
        return true;
    j->stamp[face] = source + 1;
    j->distance[face] = distance;
    return push(j, (stop){distance, face});
}

/* The pairs of a frustrated face with later ones within a distance (Dijkstra, 1959). */
static bool find_pairs_of(joiner *j, uint32_t source, int64_t limit)
{
    j->n_heap = 0;
    bool ok = reach(j, source, j->faces_of[source], 0);
    while (ok && j->n_heap) {
        const stop now = pop(j);
        if (now.distance > j->distance[now.face])
            continue;
        if (j->faces->odd[now.face] && j->number[now.face] > source) {
            if (!plc_array_reserve(&j->pairs, &j->pairs_capacity, j->n_pairs + 1, sizeof *j->pairs))
                return false;
            j->pairs[j->n_pairs++] = (plc_pair){source, j->number[now.face], SCALE * now.distance};
        }
        for (uint64_t k = j->rows.offsets[now.face]; ok && k < j->rows.offsets[now.face + 1ULL];
             k++)
            if (now.distance + j->rows.arcs[k].weight <= limit)
                ok =
                    reach(j, source, j->rows.arcs[k].target, now.distance + j->rows.arcs[k].weight);
    }
    return ok;
}

static plc_status find_pairs(joiner *j, int64_t limit, plc_error *error)
{
    j->n_pairs = 0;
    memset(j->stamp, 0, j->faces->dual.n * sizeof *j->stamp);
    for (uint32_t i = 0; i < j->n && j->n_pairs <= pairs_max; i++)
        if (!find_pairs_of(j, i, limit))
            return plc_fail_memory(error, "the faces of a graph");
    return PLC_OK;
}

/* The bound from pairs within a distance; `*ret_proven` is false when that is too short. */
static plc_status bound_within(joiner *j, int64_t limit, const plc_bound_watch *watch,
                               bool *ret_proven, int64_t *ret_unsatisfied, plc_error *error)
{
    plc_matching_dual dual = {0};
    bool found = false;
    int64_t weight = 0;
    plc_status status = plc_match(j->n, j->pairs, j->n_pairs, watch, &found, &dual, error);
    if (status == PLC_OK && found)
        status = plc_matching_prove(&dual, j->pairs, j->n_pairs, SCALE * (limit + 1), ret_proven,
                                    &weight, error);
    plc_matching_dual_finish(&dual);
    if (status == PLC_OK && *ret_proven)
        *ret_unsatisfied = (weight + SCALE - 1) / SCALE;
    return status;
}

static int64_t mean_weight(const plc_graph *dual)
{
    int64_t sum = 0;
    for (uint64_t e = 0; e < dual->m; e++)
        sum += dual->w[e];
    return dual->m ? 1 + sum / (int64_t)dual->m : 1;
}

plc_status plc_faces_bound(const plc_faces *faces, const plc_bound_watch *watch,
                           int64_t *ret_unsatisfied, plc_error *error)
{
    joiner j = {.faces = faces};
    int64_t unsatisfied = 0, limit = FIRST_REACH * mean_weight(&faces->dual);
    bool proven = false;
    plc_status status = joiner_init(&j, error);
    for (int i = 0; status == PLC_OK && j.n && !proven && i < DOUBLINGS; i++, limit *= 2) {
        status = find_pairs(&j, limit, error);
        if (j.n_pairs > pairs_max)
            break;
        if (status == PLC_OK)
            status = bound_within(&j, limit, watch, &proven, &unsatisfied, error);
    }
    joiner_finish(&j);
    if (status == PLC_OK)
        *ret_unsatisfied = proven && unsatisfied > 0 ? unsatisfied : 0;
    return status;
}
