/* Faces of a graph: triangles and squares, at most two at each edge. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ising/faces.h"

#include "base/error.h"
#include "base/memory.h"
#include "ising/graph.h"

enum { DEGREE_MAX = 16, CORNERS = 4, SIDES = 2 };

typedef struct finder {
    const plc_graph *graph;
    plc_adjacency rows;
    uint64_t *edge;          /* [2 m] the edge of each arc */
    uint32_t (*side)[SIDES]; /* [m] faces of an edge; 0: none yet */
    uint8_t *odd;            /* [n_faces + 1] */
    size_t capacity;
    uint32_t n_faces;
    bool failed; /* memory is short */
} finder;

/* The edge of an arc, by walking the edges as plc_adjacency_init() does. */
static bool number_arcs(finder *f)
{
    uint64_t *at = plc_array_copy(f->rows.offsets, (size_t)f->rows.n + 1, sizeof *at);
    f->edge = plc_array(2 * f->graph->m, sizeof *f->edge);
    for (uint64_t e = 0; at && f->edge && e < f->graph->m; e++) {
        f->edge[at[f->graph->u[e]]++] = e;
        f->edge[at[f->graph->v[e]]++] = e;
    }
    free(at);
    return at && f->edge;
}

/* The arc between two vertices; UINT64_MAX if there is none. */
static uint64_t find_arc(const finder *f, uint32_t from, uint32_t to)
{
    for (uint64_t k = f->rows.offsets[from]; k < f->rows.offsets[from + 1ULL]; k++)
        if (f->rows.arcs[k].target == to)
            return k;
    return UINT64_MAX;
}

/* Takes a cycle as a face if all its edges have a side free. */
static void take(finder *f, const uint32_t *corners, uint32_t n)
{
    uint64_t edges[CORNERS];
    uint32_t n_positive = 0;
    for (uint32_t i = 0; i < n; i++) {
        const uint64_t arc = find_arc(f, corners[i], corners[(i + 1) % n]);
        if (arc == UINT64_MAX || f->side[f->edge[arc]][1])
            return;
        edges[i] = f->edge[arc];
        n_positive += f->rows.arcs[arc].weight > 0;
    }
    if (f->n_faces == INT32_MAX ||
        !plc_array_reserve(&f->odd, &f->capacity, f->n_faces + 2ULL, 1)) {
        f->failed = true;
        return;
    }
    f->odd[++f->n_faces] = n_positive % 2;
    for (uint32_t i = 0; i < n; i++)
        f->side[edges[i]][f->side[edges[i]][0] != 0] = f->n_faces;
}

/* Triangles and squares whose least corner is `a`, each once; squares without a diagonal. */
static void find_at(finder *f, uint32_t a, uint32_t n_corners)
{
    const plc_arc *arcs = f->rows.arcs;
    const uint64_t begin = f->rows.offsets[a], end = f->rows.offsets[a + 1ULL];
    for (uint64_t i = begin; i < end; i++)
        for (uint64_t k = begin; k < end && !f->failed; k++) {
            const uint32_t b = arcs[i].target, d = arcs[k].target;
            const bool diagonal = b < d && find_arc(f, b, d) != UINT64_MAX;
            if (b <= a || d <= b || diagonal != (n_corners == 3))
                continue;
            if (diagonal)
                take(f, (const uint32_t[]){a, b, d}, 3);
            for (uint64_t l = f->rows.offsets[b]; !diagonal && l < f->rows.offsets[b + 1ULL]; l++) {
                const uint32_t c = arcs[l].target;
                if (c > a && find_arc(f, c, d) != UINT64_MAX && find_arc(f, a, c) == UINT64_MAX)
                    take(f, (const uint32_t[]){a, b, c, d}, 4);
            }
        }
}

static uint64_t largest_degree(const plc_adjacency *rows)
{
    uint64_t most = 0;
    for (uint32_t i = 0; i < rows->n; i++) {
        const uint64_t degree = rows->offsets[i + 1ULL] - rows->offsets[i];
        most = degree > most ? degree : most;
    }
    return most;
}

/* Joins faces over their edges, and to the outside over edges with one face. */
static bool make_dual(finder *f, plc_faces *faces)
{
    const plc_graph *graph = f->graph;
    plc_graph *dual = &faces->dual;
    if (!plc_array_reserve(&f->odd, &f->capacity, 1, 1) ||
        !plc_graph_init(dual, f->n_faces + 1, graph->m))
        return false;
    dual->m = 0;
    f->odd[0] = 0;
    for (uint64_t e = 0; e < graph->m; e++) {
        if (!f->side[e][0])
            continue;
        dual->u[dual->m] = f->side[e][0];
        dual->v[dual->m] = f->side[e][1];
        /* Less than the weight is allowed: what is unsatisfied weighs that at least. */
        const int32_t w = graph->w[e] > -INT32_MAX ? graph->w[e] : -INT32_MAX;
        dual->w[dual->m++] = w < 0 ? -w : w;
    }
    for (uint32_t i = 1; i <= f->n_faces; i++)
        f->odd[0] ^= f->odd[i];
    faces->odd = f->odd;
    f->odd = NULL;
    return true;
}

plc_status plc_faces_init(plc_faces *faces, const plc_graph *graph, plc_error *error)
{
    finder f = {.graph = graph};
    *faces = (plc_faces){0};
    plc_status status = plc_adjacency_init(&f.rows, graph, NULL, error);
    if (status != PLC_OK)
        return status;
    f.side = plc_array(graph->m, sizeof *f.side);
    bool ok = f.side && number_arcs(&f);
    const bool sparse = largest_degree(&f.rows) <= DEGREE_MAX;
    for (uint32_t corners = 3; ok && sparse && corners <= CORNERS; corners++)
        for (uint32_t a = 0; a < graph->n; a++)
            find_at(&f, a, corners);
    ok = ok && !f.failed && make_dual(&f, faces);
    plc_adjacency_finish(&f.rows);
    free(f.edge);
    free(f.side);
    free(f.odd);
    if (!ok)
        plc_faces_finish(faces);
    return ok ? PLC_OK : plc_fail_memory(error, "the faces of a graph");
}

void plc_faces_finish(plc_faces *faces)
{
    plc_graph_finish(&faces->dual);
    free(faces->odd);
    *faces = (plc_faces){0};
}
