/* A lower bound on hops from how little nets can agree on which vertices share a router. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/bound.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdbool.h>

/* Let net e of weight w have the members |e| (source and sinks), and x of them on the router of its
 * member v. Then 1 / x, summed over all members, is the number of routers that e is on, and its
 * tree has at least one link less. Summed over nets and sorted by vertex:
 *
 *     hops >= sum over e of w (|e| - 1)  -  sum over v of saved(v),
 *     saved(v) = sum over e with v of w (1 - 1 / x).
 *
 * What v can save is bounded for each v alone. Beside v there are at most room - 1 vertices u; let
 * z of u be 1 if it is there, and y = x - 1 the sum of z over the other members of e. s(y) = y / (y
 * + 1) is concave, so it lies below the line through s(n) and s(n + 1) at every whole y, whatever
 * n. With a line for each net,
 *
 *     saved(v) <= sum over e of w (s(n) - n slope)  +  sum over u of z (sum over e with u of w
 * slope),
 *
 * and the last sum is at most that of its room - 1 largest terms. This holds for every choice of
 * lines; a good one is looked for by the method of Frank and Wolfe (Naval Research Logistics
 * Quarterly 3, 1956): the y that the largest terms ask for are mixed into those before, and the
 * lines are laid at the mixture. */

enum { STEPS_MAX = 24, STEPS_MIN = 4 };
static const double work_max = 4e7; /* visits of members in all */

/* What is known of a vertex at hand, by other vertices and by its nets. */
typedef struct sharing {
    const plc_hypergraph *graph;
    uint32_t room, steps;
    uint64_t widest;   /* members of a net that is looked into; wider ones may save all they can */
    uint64_t *offsets; /* [n_vertices + 1] into nets */
    uint32_t *nets;    /* nets that each vertex is in */
    double *y;         /* [most nets of a vertex] */
    double *score;     /* [n_vertices] */
    bool *listed, *best; /* [n_vertices] */
    uint32_t *others;    /* [n_vertices] vertices with a score */
    uint32_t n_others;
    double *heap; /* [room] */
} sharing;

static uint64_t count_members(const plc_hypergraph *graph, uint32_t net)
{
    return graph->sink_offsets[net + 1] - graph->sink_offsets[net] + 1;
}

/* Member i of a net; the source is the first. */
static uint32_t member(const plc_hypergraph *graph, uint32_t net, uint64_t i)
{
    return i ? graph->sinks[graph->sink_offsets[net] + i - 1] : graph->sources[net];
}

static double saving(double y)
{
    return y / (y + 1);
}

/* The slope of the line through s(n) and s(n + 1). */
static double slope(double n)
{
    return 1 / ((n + 1) * (n + 2));
}

/* What the net saves at v if all its members gather there, as far as there is room. */
static double most_saved(const sharing *s, uint32_t net)
{
    double members = (double)count_members(s->graph, net);
    return s->graph->weights[net] * saving(fmin(members, s->room) - 1);
}

/* Finds how wide nets may be and how many steps there are, so that the work is bounded. */
static void limit_work(sharing *s)
{
    const plc_hypergraph *graph = s->graph;
    double work;
    s->widest = graph->n_vertices;
    for (;; s->widest /= 2) {
        work = 1;
        for (uint32_t e = 0; e < graph->n_nets; e++) {
            double members = (double)count_members(graph, e);
            work += members <= (double)s->widest ? members * members : 0;
        }
        if (work * STEPS_MIN <= work_max || s->widest < 2)
            break;
    }
    double steps = work_max / work;
    s->steps = steps < STEPS_MAX ? (uint32_t)steps : STEPS_MAX;
}

static bool list_nets(sharing *s)
{
    const plc_hypergraph *graph = s->graph;
    uint64_t n = graph->n_nets ? graph->sink_offsets[graph->n_nets] + graph->n_nets : 0, most = 0;
    s->offsets = plc_array(graph->n_vertices + 2ul, sizeof *s->offsets);
    s->nets = plc_array(n, sizeof *s->nets);
    if (!s->offsets || !s->nets)
        return false;
    uint64_t *at = s->offsets + 1; /* where to write next; one ahead of where lists begin */
    for (uint32_t e = 0; e < graph->n_nets; e++)
        for (uint64_t i = 0; i < count_members(graph, e); i++)
            s->offsets[member(graph, e, i) + 2]++;
    for (uint32_t v = 0; v < graph->n_vertices; v++) {
        most = s->offsets[v + 2] > most ? s->offsets[v + 2] : most;
        s->offsets[v + 2] += s->offsets[v + 1];
    }
    for (uint32_t e = 0; e < graph->n_nets; e++)
        for (uint64_t i = 0; i < count_members(graph, e); i++)
            s->nets[at[member(graph, e, i)]++] = e;
    s->y = plc_array(most, sizeof *s->y);
    return s->y != NULL;
}

static plc_status init(sharing *s, plc_error *error)
{
    uint32_t n = s->graph->n_vertices;
    limit_work(s);
    s->score = plc_array(n, sizeof *s->score);
    s->listed = plc_array(n, sizeof *s->listed);
    s->best = plc_array(n, sizeof *s->best);
    s->others = plc_array(n, sizeof *s->others);
    s->heap = plc_array(s->room, sizeof *s->heap);
    bool ok = s->score && s->listed && s->best && s->others && s->heap && list_nets(s);
    return ok ? PLC_OK : plc_fail_memory(error, "bounds");
}

static void finish(sharing *s)
{
    free(s->offsets);
    free(s->nets);
    free(s->y);
    free(s->score);
    free(s->listed);
    free(s->best);
    free(s->others);
    free(s->heap);
}

/* Puts a value into a heap of the largest `size`, the least of them first. */
static void keep_largest(double *heap, uint32_t *n, uint32_t size, double value)
{
    uint32_t at;
    if (*n < size) {
        for (at = (*n)++; at && heap[(at - 1) / 2] > value; at = (at - 1) / 2)
            heap[at] = heap[(at - 1) / 2];
        heap[at] = value;
        return;
    }
    if (size == 0 || value <= heap[0])
        return;
    for (at = 0; 2 * at + 1 < size;) {
        uint32_t child = 2 * at + 1;
        child += child + 1 < size && heap[child + 1] < heap[child];
        if (heap[child] >= value)
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = value;
}

/* Lays the lines at y and scores the other vertices by them; the constant part of the bound. */
static double score_others(sharing *s, uint32_t v)
{
    double constant = 0;
    for (uint64_t k = s->offsets[v]; k < s->offsets[v + 1]; k++) {
        uint32_t net = s->nets[k];
        uint64_t n_members = count_members(s->graph, net);
        if (n_members > s->widest) {
            constant += most_saved(s, net);
            continue;
        }
        double n = floor(s->y[k - s->offsets[v]]), weight = s->graph->weights[net];
        constant += weight * (saving(n) - n * slope(n));
        for (uint64_t i = 0; i < n_members; i++) {
            uint32_t u = member(s->graph, net, i);
            s->score[u] += weight * slope(n);
            if (!s->listed[u])
                s->others[s->n_others++] = u;
            s->listed[u] = true;
        }
    }
    return constant;
}

/* Marks the vertices with the largest scores, v left out; the sum of these. */
static double take_largest(sharing *s, uint32_t v)
{
    uint32_t n = 0, left = s->room - 1, above = 0;
    double sum = 0;
    for (uint32_t i = 0; i < s->n_others; i++)
        if (s->others[i] != v)
            keep_largest(s->heap, &n, left, s->score[s->others[i]]);
    double least = n && n == left ? s->heap[0] : 0;
    for (uint32_t i = 0; i < n; i++) {
        sum += s->heap[i];
        above += s->heap[i] > least;
    }
    left -= above; /* of those with the least score of the largest */
    for (uint32_t i = 0; i < s->n_others; i++) {
        uint32_t u = s->others[i];
        bool tied = u != v && s->score[u] == least && left > 0;
        s->best[u] = u != v && (s->score[u] > least || tied);
        left -= tied;
    }
    return sum;
}

/* Mixes the y of the marked vertices into those before, and forgets marks and scores. */
static void mix(sharing *s, uint32_t v, double part)
{
    for (uint64_t k = s->offsets[v]; k < s->offsets[v + 1]; k++) {
        uint64_t n_members = count_members(s->graph, s->nets[k]);
        double *y = &s->y[k - s->offsets[v]], found = 0;
        for (uint64_t i = 0; n_members <= s->widest && i < n_members; i++)
            found += s->best[member(s->graph, s->nets[k], i)];
        *y += part * (found - *y);
    }
    for (uint32_t i = 0; i < s->n_others; i++) {
        s->score[s->others[i]] = 0;
        s->listed[s->others[i]] = s->best[s->others[i]] = false;
    }
    s->n_others = 0;
}

/* The least bound found on what v saves. */
static double bound_saved(sharing *s, uint32_t v)
{
    double least = 0;
    for (uint64_t k = s->offsets[v]; k < s->offsets[v + 1]; k++) {
        least += most_saved(s, s->nets[k]);
        s->y[k - s->offsets[v]] = 0;
    }
    for (uint32_t step = 0; least > 0 && step < s->steps; step++) {
        double constant = score_others(s, v);
        least = fmin(least, constant + take_largest(s, v));
        mix(s, v, 2.0 / (step + 2));
    }
    return least;
}

plc_status plc_bound_shares(const plc_hypergraph *graph, uint32_t room, double *ret_hops,
                            plc_error *error)
{
    sharing s = {.graph = graph, .room = room ? room : 1};
    double hops = 0, rounding = 1e-11; /* of the sums, and more than that */
    plc_status status = init(&s, error);
    for (uint32_t e = 0; status == PLC_OK && e < graph->n_nets; e++)
        hops += graph->weights[e] * (double)(count_members(graph, e) - 1);
    hops -= rounding * hops;
    for (uint32_t v = 0; status == PLC_OK && v < graph->n_vertices; v++)
        hops -= bound_saved(&s, v);
    if (status == PLC_OK)
        *ret_hops = fmax(hops, 0);
    finish(&s);
    return status;
}
