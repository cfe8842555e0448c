/* Levels of cells. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ftl/levels.h"

#include "base/memory.h"

/* Who reads which node: those of node i are readers[begin[i] .. begin[i + 1]). */
typedef struct settling {
    const plc_cells *cells;
    uint32_t max_delay, first;
    const uint32_t *last;
    uint32_t *levels;
    uint32_t *begin;   /* [n_nodes + 1] */
    uint32_t *readers; /* nodes of cells */
    uint32_t *latest;  /* [n_nodes] level of the last reader */
    uint32_t *without; /* [n_nodes] the last reader but the cell at hand, of its inputs */
} settling;

static bool index_readers(settling *s)
{
    const plc_cells *c = s->cells;
    uint32_t n = plc_cells_n_nodes(c);
    s->begin = plc_array((size_t)n + 1, sizeof *s->begin);
    s->readers = plc_array(c->inputs.n, sizeof *s->readers);
    s->without = plc_array(n, sizeof *s->without);
    s->latest = plc_array_copy(s->last, n, sizeof *s->latest);
    if (!s->begin || !s->readers || !s->without || !s->latest)
        return false;
    for (size_t k = 0; k < c->inputs.n; k++)
        s->begin[c->inputs.data[k] + 1]++;
    for (uint32_t i = 0; i < n; i++)
        s->begin[i + 1] += s->begin[i];
    for (uint32_t i = (uint32_t)c->cells.n; i-- > 0;) /* fills each from its end: begin[] moves */
        for (uint32_t k = c->cells.data[i].begin; k < c->cells.data[i].begin + c->cells.data[i].n;
             k++)
            s->readers[--s->begin[c->inputs.data[k] + 1]] = s->first + i;
    for (uint32_t i = 0; i < n; i++)
        s->begin[i] = s->begin[i + 1];
    s->begin[n] = (uint32_t)c->inputs.n;
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = s->begin[i]; k < s->begin[i + 1]; k++)
            if (s->levels[s->readers[k]] > s->latest[i])
                s->latest[i] = s->levels[s->readers[k]];
    return true;
}

/* The level of a node's last reader but one cell. Most cells are not the last, and the search ends
 * where another is as late. */
static uint32_t last_reader(const settling *s, uint32_t node, uint32_t but)
{
    uint32_t last = s->last[node];
    if (s->levels[but] < s->latest[node])
        return s->latest[node];
    for (uint32_t k = s->begin[node]; k < s->begin[node + 1] && last < s->latest[node]; k++)
        if (s->readers[k] != but && s->levels[s->readers[k]] > last)
            last = s->levels[s->readers[k]];
    return last;
}

/* Relays, then ticks, from a node to its last reader. */
static uint64_t cost_of(const settling *s, uint32_t level, uint32_t last)
{
    uint32_t ticks = last > level ? last - level : 0;
    return (uint64_t)(ticks ? (ticks - 1) / s->max_delay : 0) << 32 | ticks;
}

/* What a cell's own way out and those of its inputs cost with it at a level. */
static uint64_t cost_at(const settling *s, uint32_t node, uint32_t level, uint32_t out)
{
    const plc_cell *cell = &s->cells->cells.data[node - s->first];
    uint64_t cost = cost_of(s, level, out);
    for (uint32_t k = cell->begin; k < cell->begin + cell->n; k++) {
        uint32_t from = s->cells->inputs.data[k], other = s->without[from];
        cost += cost_of(s, s->levels[from], level > other ? level : other);
    }
    return cost;
}

/* Moves a cell to its best level; false if that is where it is. */
static bool move(settling *s, uint32_t node)
{
    const plc_cell *cell = &s->cells->cells.data[node - s->first];
    uint32_t low = 1, high = UINT32_MAX, out = s->latest[node];
    for (uint32_t k = cell->begin; k < cell->begin + cell->n; k++) {
        uint32_t from = s->cells->inputs.data[k];
        low = s->levels[from] + 1 > low ? s->levels[from] + 1 : low;
        s->without[from] = last_reader(s, from, node);
    }
    for (uint32_t k = s->begin[node]; k < s->begin[node + 1]; k++)
        high = s->levels[s->readers[k]] - 1 < high ? s->levels[s->readers[k]] - 1 : high;
    uint32_t best = s->levels[node];
    uint64_t least = cost_at(s, node, best, out);
    for (uint32_t level = low; high != UINT32_MAX && level <= high; level++) {
        uint64_t cost = cost_at(s, node, level, out);
        if (cost < least) {
            least = cost;
            best = level;
        }
    }
    bool moved = best != s->levels[node];
    s->levels[node] = best;
    for (uint32_t k = cell->begin; k < cell->begin + cell->n; k++) {
        uint32_t from = s->cells->inputs.data[k];
        s->latest[from] = best > s->without[from] ? best : s->without[from];
    }
    return moved;
}

bool plc_levels_settle(const plc_cells *cells, uint32_t max_delay, const uint32_t *last,
                       const uint8_t *fixed, uint32_t *levels)
{
    enum { PASSES = 16 };
    settling s = {.cells = cells,
                  .max_delay = max_delay,
                  .first = plc_cells_n_sources(cells) + 1,
                  .last = last,
                  .levels = levels};
    bool done = index_readers(&s), moved = true;
    uint32_t n = (uint32_t)cells->cells.n;
    for (uint32_t pass = 0; done && moved && pass < PASSES; pass++) {
        moved = false;
        for (uint32_t i = 0; i < n; i++) {
            uint32_t node = s.first + (pass % 2 ? i : n - 1 - i);
            moved |= !fixed[node] && move(&s, node);
        }
    }
    free(s.begin);
    free(s.readers);
    free(s.without);
    free(s.latest);
    return done;
}
