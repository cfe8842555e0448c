/* Collapse of threshold netlists. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ftl/collapse.h"

#include "base/error.h"
#include "base/memory.h"

/* Who reads a cell. */
typedef struct readers {
    uint32_t *data; /* cells */
    size_t n, capacity;
} readers;

typedef struct collapse {
    plc_cells *cells;
    uint32_t n; /* cells there were */
    plc_composer composer;
    plc_weighted *made; /* [n_cells] as they are now; n = 0 and no arrays: gone */
    readers *readers;   /* [n_cells] */
    uint8_t *is_sink;   /* [n_cells] whether a sink reads it */
    uint8_t *is_gone;   /* [n_cells] */
    plc_weighted next[PLC_COLLAPSE_READERS_MAX]; /* of the readers of the cell at hand */
} collapse;

static void weighted_finish(plc_weighted *cell)
{
    free(cell->inputs);
    free(cell->weights);
    *cell = (plc_weighted){0};
}

static void collapse_finish(collapse *c)
{
    for (uint32_t i = 0; c->made && i < c->n; i++)
        weighted_finish(&c->made[i]);
    for (uint32_t i = 0; c->readers && i < c->n; i++)
        free(c->readers[i].data);
    free(c->made);
    free(c->readers);
    free(c->is_sink);
    free(c->is_gone);
    plc_composer_finish(&c->composer);
}

static uint32_t first_cell(const collapse *c)
{
    return plc_cells_n_sources(c->cells) + 1;
}

static bool add_reader(collapse *c, uint32_t node, uint32_t reader)
{
    if (node < first_cell(c))
        return true;
    readers *r = &c->readers[node - first_cell(c)];
    for (size_t i = 0; i < r->n; i++)
        if (r->data[i] == reader)
            return true;
    if (!plc_reserve(r, data, 1))
        return false;
    r->data[r->n++] = reader;
    return true;
}

static void remove_reader(collapse *c, uint32_t node, uint32_t reader)
{
    if (node < first_cell(c))
        return;
    readers *r = &c->readers[node - first_cell(c)];
    size_t kept = 0;
    for (size_t i = 0; i < r->n; i++)
        if (r->data[i] != reader)
            r->data[kept++] = r->data[i];
    r->n = kept;
}

/* Inputs in order; those without weight are left out, and those twice there made one. */
static bool load_cell(collapse *c, uint32_t i)
{
    const plc_cell *cell = &c->cells->cells.data[i];
    plc_weighted *to = &c->made[i];
    to->inputs = plc_array(cell->n, sizeof *to->inputs);
    to->weights = plc_array(cell->n, sizeof *to->weights);
    to->threshold = cell->threshold;
    if (!to->inputs || !to->weights)
        return false;
    for (uint32_t k = cell->begin; k < cell->begin + cell->n; k++) {
        uint32_t node = c->cells->inputs.data[k], at = to->n;
        int32_t weight = c->cells->weights.data[k];
        for (; at > 0 && to->inputs[at - 1] >= node; at--)
            if (to->inputs[at - 1] == node)
                break;
        if (at > 0 && to->inputs[at - 1] == node) {
            to->weights[at - 1] += weight;
            continue;
        }
        memmove(to->inputs + at + 1, to->inputs + at, (to->n - at) * sizeof *to->inputs);
        memmove(to->weights + at + 1, to->weights + at, (to->n - at) * sizeof *to->weights);
        to->inputs[at] = node;
        to->weights[at] = weight;
        to->n++;
        if (!add_reader(c, node, i))
            return false;
    }
    return true;
}

static bool load(collapse *c, plc_cells *cells, uint32_t max_fanin)
{
    size_t n = cells->cells.n;
    *c = (collapse){.cells = cells, .n = (uint32_t)n};
    c->made = plc_array(n, sizeof *c->made);
    c->readers = plc_array(n, sizeof *c->readers);
    c->is_sink = plc_array(n, 1);
    c->is_gone = plc_array(n, 1);
    if (!plc_composer_init(&c->composer, max_fanin) || !c->made || !c->readers || !c->is_sink ||
        !c->is_gone)
        return false;
    for (uint32_t i = 0; i < n; i++)
        if (!load_cell(c, i))
            return false;
    for (uint32_t i = 0; i < plc_cells_n_sinks(cells); i++)
        if (cells->sinks[i] >> 1 >= first_cell(c))
            c->is_sink[(cells->sinks[i] >> 1) - first_cell(c)] = 1;
    return true;
}

/* Takes a cell into all its readers; false where that is not possible. */
static bool try_cell(collapse *c, uint32_t i)
{
    const readers *r = &c->readers[i];
    uint32_t n = 0;
    if (c->is_sink[i] || c->is_gone[i] || r->n == 0 || r->n > PLC_COLLAPSE_READERS_MAX)
        return false;
    while (n < r->n && plc_weighted_compose(&c->composer, &c->made[r->data[n]], first_cell(c) + i,
                                            &c->made[i], &c->next[n]))
        n++;
    if (n == r->n)
        return true;
    while (n > 0)
        weighted_finish(&c->next[--n]);
    return false;
}

/* Puts what try_cell() made in the place of the readers. */
static bool commit(collapse *c, uint32_t i)
{
    const readers *r = &c->readers[i];
    bool done = true;
    for (size_t k = 0; k < r->n; k++) {
        uint32_t reader = r->data[k];
        for (uint32_t j = 0; j < c->made[reader].n; j++)
            if (c->made[reader].inputs[j] != first_cell(c) + i)
                remove_reader(c, c->made[reader].inputs[j], reader);
        weighted_finish(&c->made[reader]);
        c->made[reader] = c->next[k];
        for (uint32_t j = 0; j < c->made[reader].n; j++)
            done &= add_reader(c, c->made[reader].inputs[j], reader);
    }
    for (uint32_t j = 0; j < c->made[i].n; j++)
        remove_reader(c, c->made[i].inputs[j], i);
    weighted_finish(&c->made[i]);
    c->is_gone[i] = 1;
    return done;
}

/* The cells that are left, in the same order, in the place of those that were. */
static bool store(collapse *c)
{
    plc_cells *cells = c->cells,
              left = {.n_inputs = cells->n_inputs, .n_latches = cells->n_latches};
    uint32_t first = first_cell(c);
    uint32_t *node_of = plc_array(plc_cells_n_nodes(cells), sizeof *node_of);
    bool done = node_of != NULL;
    for (uint32_t i = 0; done && i < first; i++)
        node_of[i] = i;
    for (uint32_t i = 0; done && i < cells->cells.n; i++) {
        plc_weighted *cell = &c->made[i];
        if (c->is_gone[i])
            continue;
        for (uint32_t k = 0; k < cell->n; k++)
            cell->inputs[k] = node_of[cell->inputs[k]];
        done = plc_cells_add(&left, cell->inputs, cell->weights, cell->n, cell->threshold,
                             &node_of[first + i]);
    }
    for (uint32_t i = 0; done && i < plc_cells_n_sinks(cells); i++)
        cells->sinks[i] = 2 * node_of[cells->sinks[i] >> 1] | (cells->sinks[i] & 1);
    free(node_of);
    plc_cells old = *cells;
    if (done) {
        cells->cells.data = left.cells.data;
        cells->cells.n = left.cells.n;
        cells->cells.capacity = left.cells.capacity;
        cells->inputs.data = left.inputs.data;
        cells->inputs.n = left.inputs.n;
        cells->inputs.capacity = left.inputs.capacity;
        cells->weights.data = left.weights.data;
        cells->weights.n = left.weights.n;
        cells->weights.capacity = left.weights.capacity;
        left = old;
    }
    free(left.cells.data);
    free(left.inputs.data);
    free(left.weights.data);
    return done;
}

plc_status plc_cells_collapse(plc_cells *cells, uint32_t max_fanin, plc_error *error)
{
    collapse c;
    uint32_t n = (uint32_t)cells->cells.n;
    bool done = load(&c, cells, max_fanin);
    /* Round and round until no cell went since this one was last looked at. */
    for (uint32_t i = 0, since = 0; done && n && since < n; i = i + 1 < n ? i + 1 : 0, since++) {
        if (try_cell(&c, i)) {
            done = commit(&c, i);
            since = 0;
        }
        done = done && !c.composer.failed;
    }
    done = done && store(&c);
    collapse_finish(&c);
    return done ? PLC_OK : plc_fail_memory(error, cells->name);
}
