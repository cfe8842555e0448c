/* Folding vertices of degree 0 to 2 out of a MAX-CUT problem, exactly, and back. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/digest.h"
#include "base/error.h"
#include "base/memory.h"
#include "ising/graph.h"

/* A folded vertex and the neighbours it had then: its best side follows from theirs. */
typedef struct folded {
    uint32_t vertex, n; /* n neighbours */
    uint32_t neighbour[2];
    int32_t weight[2];
} folded;

struct plc_fold {
    plc_graph core;
    uint32_t n;       /* vertices of the whole graph */
    uint32_t *vertex; /* [core.n] of each vertex of the core */
    folded *folded;   /* [n_folded] in the order of folding */
    uint32_t n_folded;
    int64_t offset;
};

enum { NOTHING = UINT32_MAX };

/* A graph that changes: arcs in lists by source, two an edge. An arc of weight 0 is gone. */
typedef struct folder {
    plc_fold *fold;
    uint32_t *head, *next; /* [n] first arc of each vertex, [2 m] next arc of its source */
    uint32_t *target;      /* [2 m] */
    uint32_t *twin;        /* [2 m] the arc back */
    int32_t *weight;       /* [2 m] */
    uint32_t *degree;      /* [n] arcs that are not gone */
    uint8_t *out;          /* [n] 1: folded */
    uint32_t pinned;       /* vertex that stays; NOTHING: none */
    uint32_t *waiting;     /* [n_waiting] vertices that may have become small, on a stack */
    size_t n_waiting, waiting_capacity;
    uint64_t *keys; /* [mask + 1] edges by their ends, open addressing; 0: free */
    uint32_t *arcs; /* [mask + 1] an arc of each, perhaps gone */
    uint64_t mask;
} folder;

static void folder_finish(folder *f)
{
    free(f->head);
    free(f->next);
    free(f->target);
    free(f->twin);
    free(f->weight);
    free(f->degree);
    free(f->out);
    free(f->waiting);
    free(f->keys);
    free(f->arcs);
}

/* The place of an edge in the table, or where it belongs. */
static uint64_t find_edge(const folder *f, uint32_t u, uint32_t v)
{
    const uint64_t key = u < v ? (uint64_t)u << 32 | v : (uint64_t)v << 32 | u;
    uint64_t at = plc_mix(key) & f->mask;
    while (f->keys[at] && f->keys[at] != key)
        at = (at + 1) & f->mask;
    return at;
}

static void enter_edge(folder *f, uint32_t u, uint32_t v, uint32_t arc)
{
    const uint64_t at = find_edge(f, u, v);
    f->keys[at] = u < v ? (uint64_t)u << 32 | v : (uint64_t)v << 32 | u;
    f->arcs[at] = arc;
}

static void add_arc(folder *f, uint32_t arc, uint32_t from, uint32_t to, int32_t weight)
{
    f->target[arc] = to;
    f->twin[arc] = arc ^ 1;
    f->weight[arc] = weight;
    f->next[arc] = f->head[from];
    f->head[from] = arc;
    f->degree[from]++;
}

static bool folder_init(folder *f, const plc_graph *graph)
{
    /* Each folding of a vertex of degree 2 enters an edge at most. */
    f->mask = 15;
    while (f->mask / 2 < graph->m + graph->n)
        f->mask = 2 * f->mask + 1;
    f->head = plc_array(graph->n, sizeof *f->head);
    f->degree = plc_array(graph->n, sizeof *f->degree);
    f->out = plc_array(graph->n, sizeof *f->out);
    f->next = plc_array(2 * graph->m, sizeof *f->next);
    f->target = plc_array(2 * graph->m, sizeof *f->target);
    f->twin = plc_array(2 * graph->m, sizeof *f->twin);
    f->weight = plc_array(2 * graph->m, sizeof *f->weight);
    f->keys = plc_array(f->mask + 1, sizeof *f->keys);
    f->arcs = plc_array(f->mask + 1, sizeof *f->arcs);
    if (!f->head || !f->degree || !f->out || !f->next || !f->target || !f->twin || !f->weight ||
        !f->keys || !f->arcs)
        return false;
    memset(f->head, 0xff, graph->n * sizeof *f->head); /* NOTHING */
    for (uint32_t e = 0; e < graph->m; e++) {
        if (!graph->w[e])
            continue;
        add_arc(f, 2 * e, graph->u[e], graph->v[e], graph->w[e]);
        add_arc(f, 2 * e + 1, graph->v[e], graph->u[e], graph->w[e]);
        enter_edge(f, graph->u[e], graph->v[e], 2 * e);
    }
    return true;
}

/* Puts a vertex on the stack if it may be folded; false when memory is short. */
static bool consider(folder *f, uint32_t vertex)
{
    if (f->degree[vertex] > 2 || vertex == f->pinned)
        return true;
    if (!plc_array_reserve(&f->waiting, &f->waiting_capacity, f->n_waiting + 1, sizeof *f->waiting))
        return false;
    f->waiting[f->n_waiting++] = vertex;
    return true;
}

/* Takes an edge away from both its ends. */
static bool drop_edge(folder *f, uint32_t arc)
{
    const uint32_t twin = f->twin[arc];
    f->weight[arc] = f->weight[twin] = 0;
    f->degree[f->target[arc]]--;
    f->degree[f->target[twin]]--;
    return consider(f, f->target[arc]) && consider(f, f->target[twin]);
}

static int32_t max_weight(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

/* Replaces the arcs a -> x and b -> x of a vertex x of degree 2 by an edge from a to b. */
static bool join(folder *f, uint32_t to_a, uint32_t to_b, int32_t weight)
{
    const uint32_t from_a = f->twin[to_a], from_b = f->twin[to_b];
    const uint32_t a = f->target[to_a], b = f->target[to_b];
    const uint32_t old = f->arcs[find_edge(f, a, b)];
    const bool merges = f->keys[find_edge(f, a, b)] && f->weight[old];
    const int32_t sum = (merges ? f->weight[old] : 0) + weight;
    if (merges || !sum) {
        f->weight[from_a] = f->weight[from_b] = 0;
        f->degree[a]--;
        f->degree[b]--;
        if (!merges)
            return consider(f, a) && consider(f, b);
        f->weight[old] = f->weight[f->twin[old]] = sum;
        return sum ? consider(f, a) && consider(f, b) : drop_edge(f, old);
    }
    f->target[from_a] = b;
    f->target[from_b] = a;
    f->twin[from_a] = from_b;
    f->twin[from_b] = from_a;
    f->weight[from_a] = f->weight[from_b] = sum;
    enter_edge(f, a, b, from_a);
    return true;
}

/* Whether the edge that a vertex of degree 2 leaves behind has a weight of 32 bits. */
static bool fits(const folder *f, const folded *x, int64_t weight)
{
    const uint64_t at = find_edge(f, x->neighbour[0], x->neighbour[1]);
    const int64_t sum = (f->keys[at] ? f->weight[f->arcs[at]] : 0) + weight;
    return weight >= -INT32_MAX && weight <= INT32_MAX && sum >= -INT32_MAX && sum <= INT32_MAX;
}

/* Folds a vertex with at most two arcs. */
static bool fold_vertex(folder *f, uint32_t vertex)
{
    folded x = {.vertex = vertex};
    uint32_t arcs[2] = {NOTHING, NOTHING};
    for (uint32_t arc = f->head[vertex]; arc != NOTHING; arc = f->next[arc])
        if (f->weight[arc]) {
            arcs[x.n] = arc;
            x.neighbour[x.n] = f->target[arc];
            x.weight[x.n++] = f->weight[arc];
        }
    const int64_t both = (int64_t)x.weight[0] + x.weight[1];
    const int64_t together =
        both > 0 ? both : 0; /* best cut of x with its neighbours on one side */
    const int64_t between = max_weight(x.weight[0], x.weight[1]) - together;
    if (x.n == 2 && !fits(f, &x, between))
        return true;
    f->out[vertex] = 1;
    f->fold->offset += together;
    f->fold->folded[f->fold->n_folded++] = x;
    if (x.n == 2)
        return join(f, arcs[0], arcs[1], (int32_t)between);
    return x.n == 0 || drop_edge(f, arcs[0]);
}

/* Folds until no vertex has fewer than three neighbours, or one is left besides a pinned one. */
static bool fold_all(folder *f)
{
    const uint32_t n = f->fold->n;
    const uint32_t least = f->pinned == NOTHING ? 1 : 2;
    for (uint32_t vertex = n; vertex > 0; vertex--)
        if (!consider(f, vertex - 1))
            return false;
    while (f->n_waiting && f->fold->n_folded + least < n) {
        const uint32_t vertex = f->waiting[--f->n_waiting];
        if (!f->out[vertex] && f->degree[vertex] <= 2 && !fold_vertex(f, vertex))
            return false;
    }
    return true;
}

/* What is left, its vertices in their old order, the edges of each in the order of their ends. */
static bool fill_core(folder *f)
{
    plc_fold *fold = f->fold;
    uint64_t m = 0;
    uint32_t *number = plc_array(fold->n, sizeof *number);
    fold->vertex = plc_array(fold->n - fold->n_folded, sizeof *fold->vertex);
    bool ok = number && fold->vertex;
    uint32_t n = 0;
    for (uint32_t v = 0; ok && v < fold->n; v++) {
        if (f->out[v])
            continue;
        fold->vertex[n] = v;
        number[v] = n++;
        m += f->degree[v];
    }
    ok = ok && plc_graph_init(&fold->core, n, m / 2);
    uint64_t e = 0;
    for (uint32_t i = 0; ok && i < n; i++)
        for (uint32_t arc = f->head[fold->vertex[i]]; arc != NOTHING; arc = f->next[arc]) {
            if (!f->weight[arc] || number[f->target[arc]] < i)
                continue;
            fold->core.u[e] = i;
            fold->core.v[e] = number[f->target[arc]];
            fold->core.w[e++] = f->weight[arc];
        }
    free(number);
    return ok;
}

/* Fails for a graph that has no vertex, or that could not be folded in this machine. */
static plc_status check_graph(const plc_graph *graph, plc_error *error)
{
    const double needed = 64.0 * graph->n + 56.0 * (double)graph->m; /* [bytes] at least */
    if (!graph->n)
        return plc_fail(error, PLC_INVALID, "fold: expected at least 1 vertex, got 0");
    if (graph->m > UINT32_MAX / 2)
        return plc_fail(error, PLC_INVALID, "fold: expected at most %u edges, got %llu",
                        UINT32_MAX / 2, (unsigned long long)graph->m);
    if (needed > (double)plc_memory_physical())
        return plc_fail(error, PLC_NO_MEMORY,
                        "fold: %u vertices and %llu edges need at least %.1f GB, this machine has "
                        "%.1f GB",
                        graph->n, (unsigned long long)graph->m, needed * 1e-9,
                        (double)plc_memory_physical() * 1e-9);
    return PLC_OK;
}

plc_status plc_fold_create(const plc_graph *graph, plc_fold **ret_fold, plc_error *error)
{
    plc_status status = check_graph(graph, error);
    if (status != PLC_OK)
        return status;
    plc_fold *fold = plc_array(1, sizeof *fold);
    folder f = {.fold = fold};
    bool ok = fold != NULL;
    if (ok) {
        fold->n = graph->n;
        f.pinned = graph->pinned ? graph->n - 1 : NOTHING;
        fold->folded = plc_array(graph->n, sizeof *fold->folded);
        ok = fold->folded && folder_init(&f, graph) && fold_all(&f) && fill_core(&f);
        fold->core.pinned = graph->pinned;
    }
    folder_finish(&f);
    if (!ok) {
        plc_fold_destroy(fold);
        return plc_fail_memory(error, "folding a graph");
    }
    *ret_fold = fold;
    return PLC_OK;
}

void plc_fold_destroy(plc_fold *fold)
{
    if (!fold)
        return;
    plc_graph_finish(&fold->core);
    free(fold->vertex);
    free(fold->folded);
    free(fold);
}

const plc_graph *plc_fold_core(const plc_fold *fold)
{
    return &fold->core;
}

int64_t plc_fold_offset(const plc_fold *fold)
{
    return fold->offset;
}

void plc_fold_sides(const plc_fold *fold, const uint8_t *core_sides, uint8_t *ret_sides)
{
    for (uint32_t i = 0; i < fold->core.n; i++)
        ret_sides[fold->vertex[i]] = core_sides[i];
    for (uint32_t i = fold->n_folded; i-- > 0;) {
        const folded *x = &fold->folded[i];
        int64_t gain = 0; /* of side 1 over side 0 */
        for (uint32_t k = 0; k < x->n; k++)
            gain += ret_sides[x->neighbour[k]] ? -(int64_t)x->weight[k] : x->weight[k];
        ret_sides[x->vertex] = gain > 0;
    }
}
