/* Rudy expressions: reverse Polish, graphs on a stack. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ising/rudy.h"

#include "base/error.h"
#include "base/scan.h"
#include "ising/generator.h"

#include <stdio.h>
#include <string.h>

enum { DEPTH_MAX = 16, WORD_MAX = 64 };

/* An expression under evaluation. */
typedef struct machine {
    plc_scan scan;
    plc_rudy_limits limits;
    const char *word; /* the operation at work */
    uint32_t depth;
    plc_edge_lists stack[DEPTH_MAX]; /* [depth] */
} machine;

/* Reads a whole number that belongs to the word at work. */
static plc_status read_int(machine *m, const char *what, int64_t low, int64_t high,
                           int64_t *ret_value, plc_error *error)
{
    char name[WORD_MAX];
    snprintf(name, sizeof name, "%s: %s", m->word, what);
    return plc_scan_int(&m->scan, name, low, high, ret_value, error);
}

static plc_status read_percent(machine *m, const char *what, double *ret_value, plc_error *error)
{
    char name[WORD_MAX];
    snprintf(name, sizeof name, "%s: %s", m->word, what);
    return plc_scan_real(&m->scan, name, 0, 100, ret_value, error);
}

static plc_status read_seed(machine *m, int64_t *ret_seed, plc_error *error)
{
    return read_int(m, "seed", INT64_MIN, INT64_MAX, ret_seed, error);
}

/* Fails unless another graph of this size may join those on the stack. */
static plc_status check_room(machine *m, double vertices, double edges, plc_error *error)
{
    if (m->depth == DEPTH_MAX)
        return plc_scan_fail(&m->scan, error, "%s: expected at most %d graphs at a time", m->word,
                             DEPTH_MAX);
    for (uint32_t i = 0; i < m->depth; i++) {
        vertices += m->stack[i].n;
        edges += m->stack[i].m;
    }
    if (vertices > m->limits.vertices)
        return plc_scan_fail(&m->scan, error, "%s: expected at most %u vertices in all, got %.0f",
                             m->word, m->limits.vertices, vertices);
    if (edges > m->limits.edges)
        return plc_scan_fail(&m->scan, error, "%s: expected at most %u edges in all, got %.0f",
                             m->word, m->limits.edges, edges);
    return PLC_OK;
}

/* Takes the graph just built above the stack, if it was. */
static plc_status push(machine *m, bool built, plc_error *error)
{
    if (!built)
        return plc_fail_memory(error, "a rudy graph");
    m->depth++;
    return PLC_OK;
}

static plc_status apply_rnd_graph(machine *m, plc_error *error)
{
    int64_t n, seed;
    double density;
    plc_status status = read_int(m, "vertices", 1, m->limits.vertices, &n, error);
    if (status == PLC_OK)
        status = read_percent(m, "density", &density, error);
    if (status == PLC_OK)
        status = read_seed(m, &seed, error);
    if (status == PLC_OK)
        status = check_room(m, (double)n, plc_random_graph_edges((uint32_t)n, density), error);
    if (status != PLC_OK)
        return status;
    return push(m, plc_random_graph(&m->stack[m->depth], (uint32_t)n, density, seed), error);
}

static plc_status apply_planar(machine *m, plc_error *error)
{
    int64_t n, seed;
    double density;
    plc_status status = read_int(m, "vertices", 3, m->limits.vertices, &n, error);
    if (status == PLC_OK)
        status = read_percent(m, "density", &density, error);
    if (status == PLC_OK)
        status = read_seed(m, &seed, error);
    if (status == PLC_OK)
        status = check_room(m, (double)n, 3 * ((double)n - 2), error);
    if (status != PLC_OK)
        return status;
    return push(m, plc_planar_graph(&m->stack[m->depth], (uint32_t)n, density, seed), error);
}

/* Height and width of a torus. */
static plc_status read_torus(machine *m, int64_t *ret_height, int64_t *ret_width, plc_error *error)
{
    plc_status status = read_int(m, "height", 3, m->limits.vertices, ret_height, error);
    if (status == PLC_OK)
        status = read_int(m, "width", 3, m->limits.vertices, ret_width, error);
    if (status != PLC_OK)
        return status;
    double n = (double)*ret_height * (double)*ret_width;
    return check_room(m, n, 2 * n, error);
}

static plc_status apply_toroidal_grid_2d(machine *m, plc_error *error)
{
    int64_t height, width;
    plc_status status = read_torus(m, &height, &width, error);
    if (status != PLC_OK)
        return status;
    plc_edge_lists *lists = &m->stack[m->depth];
    return push(m, plc_torus_graph(lists, (uint32_t)height, (uint32_t)width, -1, 0), error);
}

static plc_status apply_spinglass2pm(machine *m, plc_error *error)
{
    int64_t height, width, seed;
    double minus;
    plc_status status = read_torus(m, &height, &width, error);
    if (status == PLC_OK)
        status = read_percent(m, "percentage of -1", &minus, error);
    if (status == PLC_OK)
        status = read_seed(m, &seed, error);
    if (status != PLC_OK)
        return status;
    plc_edge_lists *lists = &m->stack[m->depth];
    return push(m, plc_torus_graph(lists, (uint32_t)height, (uint32_t)width, minus, seed), error);
}

static plc_status apply_union(machine *m, plc_error *error)
{
    plc_edge_lists both;
    plc_edge_lists *a = &m->stack[m->depth - 2], *b = &m->stack[m->depth - 1];
    if (!plc_union_graph(&both, a, b))
        return plc_fail_memory(error, "a rudy graph");
    plc_edge_lists_finish(a);
    plc_edge_lists_finish(b);
    *a = both;
    m->depth--;
    return PLC_OK;
}

static plc_status apply_random(machine *m, plc_error *error)
{
    int64_t low, high, seed;
    plc_status status = read_int(m, "lowest weight", INT32_MIN, INT32_MAX, &low, error);
    if (status == PLC_OK)
        status = read_int(m, "highest weight", low,
                          low + INT32_MAX < INT32_MAX ? low + INT32_MAX : INT32_MAX, &high, error);
    if (status == PLC_OK)
        status = read_seed(m, &seed, error);
    if (status != PLC_OK)
        return status;
    plc_random_weights(&m->stack[m->depth - 1], (int32_t)low, (uint32_t)(high - low + 1), seed);
    return PLC_OK;
}

/* Maps the weights of the topmost graph. */
static plc_status apply_affine(machine *m, int64_t factor, int64_t summand, plc_error *error)
{
    if (!plc_affine_weights(&m->stack[m->depth - 1], (int32_t)factor, (int32_t)summand))
        return plc_scan_fail(&m->scan, error,
                             "%s: expected weights in -2147483648..2147483647, got one outside",
                             m->word);
    return PLC_OK;
}

static plc_status apply_times(machine *m, plc_error *error)
{
    int64_t factor;
    plc_status status = read_int(m, "factor", INT32_MIN, INT32_MAX, &factor, error);
    return status == PLC_OK ? apply_affine(m, factor, 0, error) : status;
}

static plc_status apply_plus(machine *m, plc_error *error)
{
    int64_t summand;
    plc_status status = read_int(m, "summand", INT32_MIN, INT32_MAX, &summand, error);
    return status == PLC_OK ? apply_affine(m, 1, summand, error) : status;
}

static const struct {
    const char *word;
    uint32_t n_operands; /* graphs it takes from the stack */
    plc_status (*apply)(machine *m, plc_error *error);
} operations[] = {
    {"-rnd_graph", 0, apply_rnd_graph},
    {"-planar", 0, apply_planar},
    {"-toroidal_grid_2D", 0, apply_toroidal_grid_2d},
    {"-spinglass2pm", 0, apply_spinglass2pm},
    {"+", 2, apply_union},
    {"-random", 1, apply_random},
    {"-times", 1, apply_times},
    {"-plus", 1, apply_plus},
};

enum { N_OPERATIONS = sizeof operations / sizeof *operations };

static plc_status apply_next(machine *m, plc_error *error)
{
    const char *field;
    size_t length, i = 0;
    plc_scan_field(&m->scan, &field, &length);
    while (i < N_OPERATIONS &&
           (strlen(operations[i].word) != length || memcmp(operations[i].word, field, length) != 0))
        i++;
    if (i == N_OPERATIONS)
        return plc_scan_fail(&m->scan, error,
                             "operation: expected -rnd_graph, -planar, -toroidal_grid_2D, "
                             "-spinglass2pm, +, -random, -times or -plus, got \"%.*s\"",
                             (int)(length < 40 ? length : 40), field);
    m->word = operations[i].word;
    if (m->depth < operations[i].n_operands)
        return plc_scan_fail(&m->scan, error, "%s: expected %u graph%s before it, got %u", m->word,
                             operations[i].n_operands, operations[i].n_operands == 1 ? "" : "s",
                             m->depth);
    return operations[i].apply(m, error);
}

plc_status plc_rudy_within(const char *expression, plc_rudy_limits limits, plc_graph *ret_graph,
                           plc_error *error)
{
    plc_status status = PLC_OK;
    machine m = {.limits = limits};
    m.scan = plc_scan_text("rudy", expression, strlen(expression), false);
    while (status == PLC_OK && plc_scan_line(&m.scan, 0))
        status = apply_next(&m, error);
    if (status == PLC_OK && m.depth != 1)
        status = plc_scan_fail(&m.scan, error, "expression: expected one graph at the end, got %u",
                               m.depth);
    if (status == PLC_OK && !plc_edge_lists_to_graph(&m.stack[0], ret_graph))
        status = plc_fail_memory(error, "a rudy graph");
    while (m.depth)
        plc_edge_lists_finish(&m.stack[--m.depth]);
    return status;
}

plc_status plc_rudy(const char *expression, plc_graph *ret_graph, plc_error *error)
{
    const plc_rudy_limits limits = {.vertices = 1 << 24, .edges = 1 << 26};
    return plc_rudy_within(expression, limits, ret_graph, error);
}
