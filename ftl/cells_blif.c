/* Threshold netlists as BLIF. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "ftl/cells.h"

/* A netlist on its way out. */
typedef struct writer {
    const plc_cells *cells;
    plc_text text;
    char *prefix;
} writer;

static void add_node(writer *w, uint32_t node)
{
    uint32_t n = plc_cells_n_sources(w->cells);
    if (node <= n)
        plc_text_add(&w->text, " %s", w->cells->source_names[node - 1]);
    else
        plc_text_add(&w->text, " %s%u", w->prefix, node - n - 1);
}

/* The products of a cell: the smallest sets of inputs (made positive, the heaviest first) whose
 * weights reach the threshold. Chosen inputs from the front; the last one chosen is the one without
 * which the sum falls short, so nothing comes twice. */
typedef struct products {
    uint32_t n, order[64];
    int64_t weights[64], rest[65], threshold;
    char row[65];
    const int32_t *signs; /* weights as they are */
    uint32_t n_rows;
} products;

static bool add_products(writer *w, products *p, uint32_t i, int64_t sum)
{
    if (sum >= p->threshold) {
        plc_text_add(&w->text, "%.*s%s1\n", (int)p->n, p->row, p->n ? " " : "");
        return ++p->n_rows <= PLC_CELL_PRODUCTS_MAX;
    }
    if (i == p->n || sum + p->rest[i] < p->threshold)
        return true;
    p->row[p->order[i]] = p->signs[p->order[i]] < 0 ? '0' : '1';
    bool fits = add_products(w, p, i + 1, sum + p->weights[i]);
    p->row[p->order[i]] = '-';
    return fits && add_products(w, p, i + 1, sum);
}

static bool add_cell(writer *w, uint32_t i)
{
    const plc_cells *cells = w->cells;
    const plc_cell *cell = &cells->cells.data[i];
    products p = {.n = cell->n, .threshold = cell->threshold};
    plc_text_add(&w->text, "# threshold: %d of", cell->threshold);
    for (uint32_t k = 0; k < cell->n; k++)
        plc_text_add(&w->text, " %d", cells->weights.data[cell->begin + k]);
    plc_text_add(&w->text, "\n.names");
    for (uint32_t k = 0; k < cell->n; k++)
        add_node(w, cells->inputs.data[cell->begin + k]);
    add_node(w, plc_cells_n_sources(cells) + 1 + i);
    plc_text_add(&w->text, "\n");
    if (cell->n > 64)
        return false;
    p.signs = cells->weights.data + cell->begin;
    for (uint32_t k = 0; k < cell->n; k++) {
        int64_t weight = p.signs[k], size = weight < 0 ? -weight : weight;
        uint32_t at = k;
        p.threshold -= weight < 0 ? weight : 0;
        for (; at > 0 && p.weights[at - 1] < size; at--) {
            p.weights[at] = p.weights[at - 1];
            p.order[at] = p.order[at - 1];
        }
        p.weights[at] = size;
        p.order[at] = k;
        p.row[k] = '-';
    }
    for (uint32_t k = cell->n; k-- > 0;)
        p.rest[k] = p.rest[k + 1] + p.weights[k];
    return add_products(w, &p, 0, 0);
}

/* A .names that passes a sink's literal on under the sink's name. */
static void add_sink(writer *w, uint32_t literal, const char *name, uint32_t number)
{
    plc_text_add(&w->text, ".names");
    if (literal > 1)
        add_node(w, literal >> 1);
    if (name)
        plc_text_add(&w->text, " %s\n", name);
    else
        plc_text_add(&w->text, " %s%u\n", w->prefix, number);
    if (literal > 1)
        plc_text_add(&w->text, "%c 1\n", literal & 1 ? '0' : '1');
    else if (literal == 1)
        plc_text_add(&w->text, "1\n");
}

/* A latch takes what drives it; where that is inverted or a constant, a node after all cells. */
static void add_latches(writer *w)
{
    const plc_cells *c = w->cells;
    uint32_t more = (uint32_t)c->cells.n;
    for (uint32_t i = 0; i < c->n_latches; i++) {
        uint32_t literal = c->sinks[c->n_outputs + i];
        bool plain = literal > 1 && !(literal & 1);
        if (!plain)
            add_sink(w, literal, NULL, more);
        plc_text_add(&w->text, ".latch");
        if (plain)
            add_node(w, literal >> 1);
        else
            plc_text_add(&w->text, " %s%u", w->prefix, more++);
        plc_text_add(&w->text, " %s %u\n", c->source_names[c->n_inputs + i],
                     c->initial[i] == PLC_LATCH_UNKNOWN ? 3 : c->initial[i]);
    }
}

static bool is_source(const plc_cells *cells, uint32_t literal, const char *name)
{
    return literal > 1 && !(literal & 1) && literal >> 1 <= plc_cells_n_sources(cells) &&
           !strcmp(cells->source_names[(literal >> 1) - 1], name);
}

plc_status plc_cells_write_blif(const plc_cells *cells, const char *path, plc_error *error)
{
    writer w = {.cells = cells, .prefix = plc_cells_prefix(cells)};
    bool fits = true;
    if (!w.prefix)
        return plc_fail_memory(error, cells->name);
    plc_text_add(&w.text, ".model %s\n.inputs", cells->name);
    for (uint32_t i = 0; i < cells->n_inputs; i++)
        plc_text_add(&w.text, "%s%s", i % 8 ? " " : i ? " \\\n " : " ", cells->source_names[i]);
    plc_text_add(&w.text, "\n.outputs");
    for (uint32_t i = 0; i < cells->n_outputs; i++)
        plc_text_add(&w.text, "%s%s", i % 8 ? " " : i ? " \\\n " : " ", cells->output_names[i]);
    plc_text_add(&w.text, "\n");
    uint32_t i = 0;
    for (; i < cells->cells.n && fits; i++)
        fits = add_cell(&w, i);
    add_latches(&w);
    for (uint32_t k = 0; k < cells->n_outputs; k++)
        if (!is_source(cells, cells->sinks[k], cells->output_names[k]))
            add_sink(&w, cells->sinks[k], cells->output_names[k], 0);
    plc_text_add(&w.text, ".end\n");
    plc_status status =
        !fits           ? plc_fail(error, PLC_INVALID,
                                   "%s: cell %u of %u inputs has more than %d products: too many for BLIF",
                                   cells->name, i - 1, cells->cells.data[i - 1].n, PLC_CELL_PRODUCTS_MAX)
        : w.text.failed ? plc_fail_memory(error, cells->name)
                        : plc_file_write(path, w.text.data, w.text.n, error);
    plc_text_finish(&w.text);
    free(w.prefix);
    return status;
}
