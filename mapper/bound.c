/* Lower bounds on hops from distances and numbers of cores, and on link loads. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/bound.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>

enum { SEARCHED_MAX = 2500 }; /* routers; beyond, distances are those of an endless mesh */

/* How much there is how near, on the best router for it. Links count as if they could be crossed
 * both ways when they can in one, so distances hold for what goes out and what comes in. */
typedef struct surroundings {
    uint32_t n_routers, most;     /* most: vertices that the largest router holds */
    uint64_t n_links, degree;     /* directed links, and those of the router with most */
    int32_t (*next)[PLC_N_LINKS]; /* [n_routers] or -1 */
    uint64_t *within;             /* [n_routers] by distance: vertices that the routers up to so
                                     many hops from one router hold */
    uint64_t *fullest;            /* [n_routers + 1] vertices that so many routers hold */
} surroundings;

static void finish(surroundings *s)
{
    free(s->next);
    free(s->within);
    free(s->fullest);
}

static int compare_falling(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x < y) - (x > y);
}

static uint32_t capacity(const plc_chip *chip, uint32_t router)
{
    return chip->alive[router] ? plc_core_set_count(&chip->cores[router]) : 0;
}

/* Lists links, whichever way they can be crossed. */
static void link_routers(surroundings *s, const plc_chip *chip)
{
    for (uint32_t r = 0; r < s->n_routers; r++)
        for (unsigned link = 0; link < PLC_N_LINKS; link++)
            s->next[r][link] = -1;
    for (uint32_t r = 0; r < s->n_routers; r++)
        for (unsigned link = 0; link < PLC_N_LINKS; link++) {
            int64_t other = plc_chip_neighbour(chip, r, link);
            if (other == PLC_NO_ROUTER)
                continue;
            s->n_links++;
            s->next[r][link] = (int32_t)other;
            s->next[other][(link + 3) % PLC_N_LINKS] = (int32_t)r;
        }
    for (uint32_t r = 0; r < s->n_routers; r++) {
        uint64_t degree = 0;
        for (unsigned link = 0; link < PLC_N_LINKS; link++)
            degree += s->next[r][link] >= 0;
        s->degree = degree > s->degree ? degree : s->degree;
    }
}

/* Raises `within` to what is within each distance of a router. */
static void search(surroundings *s, const plc_chip *chip, uint32_t router, uint32_t *queue,
                   uint32_t *hops)
{
    uint32_t n = 0;
    uint64_t held = 0;
    memset(hops, 0xff, s->n_routers * sizeof *hops);
    hops[router] = 0;
    queue[n++] = router;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t r = queue[i];
        held += capacity(chip, r);
        for (unsigned link = 0; link < PLC_N_LINKS; link++) {
            int32_t next = s->next[r][link];
            if (next >= 0 && hops[next] == UINT32_MAX) {
                hops[next] = hops[r] + 1;
                queue[n++] = (uint32_t)next;
            }
        }
        if (held > s->within[hops[r]])
            s->within[hops[r]] = held;
    }
}

/* No mesh has more routers near one than one without end: 1 + 2 d (d + 1) up to distance d with
 * four links, 1 + 3 d (d + 1) with six; ways round a torus and dead parts only take from that. */
static void count_endless(surroundings *s, const plc_chip *chip)
{
    uint64_t half = chip->links == PLC_LINKS_HEXAGONAL ? 3 : 2;
    for (uint64_t d = 0; d < s->n_routers; d++) {
        uint64_t near = 1 + half * d * (d + 1);
        s->within[d] = s->most * near;
    }
}

static plc_status look_around(surroundings *s, const plc_chip *chip, plc_error *error)
{
    uint32_t n = chip->width * chip->height;
    *s = (surroundings){.n_routers = n};
    s->next = plc_array(n, sizeof *s->next);
    s->within = plc_array(n, sizeof *s->within);
    s->fullest = plc_array(n + 1ul, sizeof *s->fullest);
    uint32_t *queue = plc_array(n, sizeof *queue), *hops = plc_array(n, sizeof *hops);
    bool ok = s->next && s->within && s->fullest && queue && hops;
    if (ok) {
        link_routers(s, chip);
        for (uint32_t r = 0; r < n; r++) {
            s->fullest[r + 1] = capacity(chip, r);
            s->most = s->fullest[r + 1] > s->most ? (uint32_t)s->fullest[r + 1] : s->most;
        }
        qsort(s->fullest + 1, n, sizeof *s->fullest, compare_falling);
        for (uint32_t r = 0; r < n; r++)
            s->fullest[r + 1] += s->fullest[r];
        for (uint32_t r = 0; n <= SEARCHED_MAX && r < n; r++)
            if (chip->alive[r])
                search(s, chip, r, queue, hops);
        if (n > SEARCHED_MAX)
            count_endless(s, chip);
        for (uint32_t d = 1; d < n; d++)
            if (s->within[d] < s->within[d - 1])
                s->within[d] = s->within[d - 1];
    }
    free(queue);
    free(hops);
    return ok ? PLC_OK : plc_fail_memory(error, "bounds");
}

/* The first index of an array that never falls at which it is at least `wanted`, or `n`. */
static uint32_t first_reaching(const uint64_t *array, uint32_t n, uint64_t wanted)
{
    uint32_t low = 0, high = n;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (array[middle] < wanted)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Links that a tree from one vertex to n_sinks others has at least: its routers are as many as hold
 * them all, and each but the first is entered by a link of its own; one sink at least is as far
 * away as the vertices that are nearer leave no room for, and the way there is part of the tree. */
static uint32_t fewest_links(const surroundings *s, uint64_t n_sinks)
{
    uint32_t routers = first_reaching(s->fullest, s->n_routers + 1, n_sinks + 1);
    uint32_t far = first_reaching(s->within, s->n_routers, n_sinks + 1);
    uint32_t links = routers ? routers - 1 : 0;
    if (routers > s->n_routers || far == s->n_routers)
        return 0; /* there is no such placement */
    return far > links ? far : links;
}

/* Sum over nets, without those of one sink if `without_pairs`. */
static double bound_nets(const plc_hypergraph *graph, const surroundings *s, bool without_pairs)
{
    double sum = 0;
    for (uint32_t e = 0; e < graph->n_nets; e++) {
        uint64_t n = graph->sink_offsets[e + 1] - graph->sink_offsets[e];
        if (n > without_pairs)
            sum += graph->weights[e] * fewest_links(s, n);
    }
    return sum;
}

/* One end of packets: what a vertex exchanges with another. */
typedef struct partner {
    uint32_t vertex, other;
    double weight;
} partner;

static int compare_ends(const void *a, const void *b)
{
    const partner *x = a, *y = b;
    if (x->vertex != y->vertex)
        return x->vertex < y->vertex ? -1 : 1;
    return (x->other > y->other) - (x->other < y->other);
}

static int compare_weights(const void *a, const void *b)
{
    const partner *x = a, *y = b;
    if (x->vertex != y->vertex)
        return x->vertex < y->vertex ? -1 : 1;
    return (x->weight < y->weight) - (x->weight > y->weight);
}

/* Sorts by vertex, adds up what is between the same two, and puts heavy partners first; the number
 * left. */
static size_t merge_partners(partner *list, size_t n)
{
    size_t kept = 0;
    qsort(list, n, sizeof *list, compare_ends);
    for (size_t i = 0; i < n; i++) {
        if (kept && compare_ends(&list[kept - 1], &list[i]) == 0)
            list[kept - 1].weight += list[i].weight;
        else
            list[kept++] = list[i];
    }
    qsort(list, kept, sizeof *list, compare_weights);
    return kept;
}

/* Each vertex with its partners in nets of one sink, the heaviest on the nearest cores; every pair
 * is seen from both ends and counts half at each. */
static plc_status bound_pairs(const plc_hypergraph *graph, const surroundings *s, double *ret_hops,
                              plc_error *error)
{
    size_t n = 0;
    partner *list = plc_array(2ul * graph->n_nets, sizeof *list);
    if (!list)
        return plc_fail_memory(error, "bounds");
    for (uint32_t e = 0; e < graph->n_nets; e++) {
        uint64_t k = graph->sink_offsets[e];
        if (graph->sink_offsets[e + 1] - k != 1)
            continue;
        list[n++] = (partner){graph->sources[e], graph->sinks[k], graph->weights[e]};
        list[n++] = (partner){graph->sinks[k], graph->sources[e], graph->weights[e]};
    }
    n = merge_partners(list, n);
    double sum = 0;
    uint64_t before = 0; /* partners of the vertex that are nearer */
    for (size_t i = 0; i < n; i++) {
        before = i && list[i].vertex == list[i - 1].vertex ? before + 1 : 0;
        uint32_t hops = first_reaching(s->within, s->n_routers, before + 2);
        sum += hops < s->n_routers ? list[i].weight * hops / 2 : 0;
    }
    free(list);
    *ret_hops = sum;
    return PLC_OK;
}

/* Packets that some router must take in, or send out, spread over its links: a vertex receives from
 * all its sources but the heaviest most - 1, which may share its router; and sends those of its
 * nets that have more sinks than there can be beside it. */
static plc_status bound_ends(const plc_hypergraph *graph, const surroundings *s, double *ret_load,
                             plc_error *error)
{
    uint64_t n_sinks = graph->n_nets ? graph->sink_offsets[graph->n_nets] : 0;
    size_t n = 0;
    partner *list = plc_array(n_sinks, sizeof *list);
    double *sent = plc_array(graph->n_vertices, sizeof *sent), most = 0, received = 0;
    for (uint32_t e = 0; list && sent && e < graph->n_nets; e++) {
        uint64_t begin = graph->sink_offsets[e], end = graph->sink_offsets[e + 1];
        if (end - begin >= s->most)
            sent[graph->sources[e]] += graph->weights[e];
        for (uint64_t k = begin; k < end; k++)
            list[n++] = (partner){graph->sinks[k], graph->sources[e], graph->weights[e]};
    }
    n = list && sent ? merge_partners(list, n) : 0;
    uint64_t before = 0;
    for (size_t i = 0; i < n; i++) {
        bool same = i && list[i].vertex == list[i - 1].vertex;
        before = same ? before + 1 : 0;
        received = same ? received : 0;
        received += before + 1 >= s->most ? list[i].weight : 0;
        most = fmax(most, received);
    }
    for (uint32_t v = 0; sent && v < graph->n_vertices; v++)
        most = fmax(most, sent[v]);
    bool ok = list && sent;
    free(list);
    free(sent);
    *ret_load = s->degree ? most / (double)s->degree : 0;
    return ok ? PLC_OK : plc_fail_memory(error, "bounds");
}

static bool has_whole_weights(const plc_hypergraph *graph)
{
    for (uint32_t e = 0; e < graph->n_nets; e++)
        if (graph->weights[e] != floor(graph->weights[e]))
            return false;
    return true;
}

/* Sums are off by their rounding, much less than a billionth; hops and loads are whole where all
 * weights are. */
static double round_bound(double bound, bool whole)
{
    bound *= 1 - 1e-9;
    return whole ? ceil(bound) : bound;
}

plc_status plc_bound_make(const plc_hypergraph *graph, const plc_chip *chip, plc_bound *ret_bound,
                          plc_error *error)
{
    surroundings s;
    double pairs = 0, shares = 0, ends = 0;
    bool whole = has_whole_weights(graph);
    plc_status status = look_around(&s, chip, error);
    if (status == PLC_OK)
        status = bound_pairs(graph, &s, &pairs, error);
    if (status == PLC_OK)
        status = plc_bound_shares(graph, s.most, &shares, error);
    if (status == PLC_OK)
        status = bound_ends(graph, &s, &ends, error);
    if (status == PLC_OK) {
        double hops = fmax(bound_nets(graph, &s, false), bound_nets(graph, &s, true) + pairs);
        hops = s.n_links ? round_bound(fmax(hops, shares), whole) : 0;
        double load = s.n_links ? fmax(hops / (double)s.n_links, ends) : 0;
        *ret_bound = (plc_bound){hops, round_bound(load, whole)};
    }
    finish(&s);
    return status;
}
