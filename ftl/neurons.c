/* The plan of a netlist's network: levels, the clock, relays. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ftl/neurons.h"

#include "base/error.h"
#include "base/memory.h"
#include "ftl/levels.h"

static const uint32_t NONE = UINT32_MAX;

void plc_neurons_finish(plc_neurons *neurons)
{
    free(neurons->level);
    free(neurons->absorbed);
    free(neurons->cell_of);
    free(neurons->index);
    free(neurons->relays.data);
    free(neurons->first_relay);
    free(neurons->last_relay);
    *neurons = (plc_neurons){0};
}

static bool allocate(plc_neurons *p)
{
    const plc_cells *c = p->cells;
    uint32_t n = plc_cells_n_nodes(c);
    p->level = plc_array(n, sizeof *p->level);
    p->absorbed = plc_array(c->cells.n, sizeof *p->absorbed);
    p->cell_of = plc_array(c->n_latches, sizeof *p->cell_of);
    p->index = plc_array(c->n_latches, sizeof *p->index);
    p->first_relay = plc_array(n, sizeof *p->first_relay);
    p->last_relay = plc_array(n, sizeof *p->last_relay);
    if (!p->level || !p->absorbed || !p->cell_of || !p->index || !p->first_relay || !p->last_relay)
        return false;
    memset(p->first_relay, 0xff, n * sizeof *p->first_relay);
    memset(p->last_relay, 0xff, n * sizeof *p->last_relay);
    return true;
}

/* As early as can be. */
static void set_levels(plc_neurons *p)
{
    const plc_cells *c = p->cells;
    uint32_t first = plc_cells_n_sources(c) + 1;
    for (uint32_t i = 0; i < c->cells.n; i++) {
        const plc_cell *cell = &c->cells.data[i];
        for (uint32_t k = cell->begin; k < cell->begin + cell->n; k++)
            if (p->level[c->inputs.data[k]] > p->level[first + i])
                p->level[first + i] = p->level[c->inputs.data[k]];
        p->level[first + i]++;
    }
}

/* The clock's length, and cells that stand for flip-flops moved to its end. */
static void set_period(plc_neurons *p)
{
    const plc_cells *c = p->cells;
    uint32_t first = plc_cells_n_sources(c) + 1;
    p->period = 1;
    for (uint32_t i = 0; i < c->n_latches; i++) {
        uint32_t node = c->sinks[c->n_outputs + i] >> 1;
        uint32_t least = p->level[node] + !p->cell_of[i];
        if (least > p->period)
            p->period = least;
        if (!p->cell_of[i])
            p->index[i] = p->n_free_latches++;
    }
    for (uint32_t i = 0; i < c->cells.n; i++)
        if (p->absorbed[i])
            p->level[first + i] = p->period;
}

/* Cells move to later levels, from the last to the first, where they read more nodes than read
 * them: that shortens more delays than it lengthens, and so saves relays. */
static bool delay_cells(plc_neurons *p)
{
    const plc_cells *c = p->cells;
    uint32_t first = plc_cells_n_sources(c) + 1, n = plc_cells_n_nodes(c);
    uint32_t *latest = plc_array(n, sizeof *latest), *uses = plc_array(n, sizeof *uses);
    if (!latest || !uses) {
        free(latest);
        free(uses);
        return false;
    }
    for (uint32_t i = 0; i < n; i++)
        latest[i] = p->level[i];
    for (uint32_t i = first; i < n; i++)
        latest[i] = NONE;
    for (uint32_t i = 0; i < plc_cells_n_sinks(c); i++) /* what sinks read stays where it is */
        latest[c->sinks[i] >> 1] = p->level[c->sinks[i] >> 1];
    for (uint32_t i = (uint32_t)c->cells.n; i-- > 0;) {
        const plc_cell *cell = &c->cells.data[i];
        uint32_t *level = &p->level[first + i];
        if (!p->absorbed[i] && latest[first + i] != NONE && latest[first + i] > *level &&
            uses[first + i] < cell->n)
            *level = latest[first + i];
        for (uint32_t k = cell->begin; k < cell->begin + cell->n; k++) {
            uint32_t from = c->inputs.data[k];
            uses[from]++;
            if (*level - 1 < latest[from])
                latest[from] = *level - 1;
        }
    }
    free(latest);
    free(uses);
    return true;
}

/* Cells settle where the fewest relays are needed; those of flip-flops, and what sinks read, stay.
 */
static bool settle_cells(plc_neurons *p)
{
    const plc_cells *c = p->cells;
    uint32_t n = plc_cells_n_nodes(c), first = plc_cells_n_sources(c) + 1;
    uint32_t *last = plc_array(n, sizeof *last);
    uint8_t *fixed = plc_array(n, 1);
    bool done = last && fixed;
    for (uint32_t i = 0; done && i < plc_cells_n_sinks(c); i++) {
        uint32_t node = c->sinks[i] >> 1;
        fixed[node] = 1;
        if (i >= c->n_outputs && !p->cell_of[i - c->n_outputs])
            last[node] = p->period;
    }
    for (uint32_t i = 0; done && i < c->cells.n; i++)
        fixed[first + i] |= p->absorbed[i] != 0;
    done = done && plc_levels_settle(c, p->max_delay, last, fixed, p->level);
    free(last);
    free(fixed);
    return done;
}

/* Relays of a node up to `level`, exclusive of what one more delay reaches. */
static bool extend(plc_neurons *p, uint32_t node, uint32_t level)
{
    uint32_t at =
        p->last_relay[node] == NONE ? p->level[node] : p->relays.data[p->last_relay[node]].level;
    while (at + p->max_delay < level) {
        at += p->max_delay;
        if (p->relays.n >= NONE || !plc_reserve(&p->relays, data, 1))
            return false;
        p->relays.data[p->relays.n] =
            (plc_neuron_relay){.source = node, .level = at, .from = p->last_relay[node]};
        if (p->first_relay[node] == NONE)
            p->first_relay[node] = (uint32_t)p->relays.n;
        p->last_relay[node] = (uint32_t)p->relays.n++;
    }
    return true;
}

/* The latest level at which each node is read, then its relays, so that they follow each other. */
static bool add_relays(plc_neurons *p)
{
    const plc_cells *c = p->cells;
    uint32_t first = plc_cells_n_sources(c) + 1, n = plc_cells_n_nodes(c);
    uint32_t *last = plc_array(n, sizeof *last);
    bool done = last != NULL;
    for (uint32_t i = 0; done && i < c->cells.n; i++)
        for (uint32_t k = c->cells.data[i].begin; k < c->cells.data[i].begin + c->cells.data[i].n;
             k++)
            if (p->level[first + i] > last[c->inputs.data[k]])
                last[c->inputs.data[k]] = p->level[first + i];
    for (uint32_t i = 0; done && i < c->n_latches; i++) {
        uint32_t node = c->sinks[c->n_outputs + i] >> 1;
        if (!p->cell_of[i] && p->period > last[node])
            last[node] = p->period;
    }
    for (uint32_t node = 1; done && node < n; node++)
        done = extend(p, node, last[node]);
    free(last);
    return done;
}

plc_status plc_neurons_plan(const plc_cells *cells, uint32_t max_delay, plc_neurons *ret_neurons,
                            plc_error *error)
{
    plc_neurons p = {.cells = cells, .max_delay = max_delay};
    if (!allocate(&p) || plc_cells_absorb(cells, p.absorbed) == UINT32_MAX)
        goto fail;
    for (uint32_t i = 0; i < cells->cells.n; i++)
        if (p.absorbed[i])
            p.cell_of[p.absorbed[i] - 1] = i + 1;
    set_levels(&p);
    set_period(&p);
    if (!delay_cells(&p) || !settle_cells(&p) || !add_relays(&p))
        goto fail;
    for (uint32_t i = 0; i < cells->n_outputs; i++)
        if (p.level[cells->sinks[i] >> 1] > p.depth)
            p.depth = p.level[cells->sinks[i] >> 1];
    *ret_neurons = p;
    return PLC_OK;
fail:
    plc_neurons_finish(&p);
    return plc_fail_memory(error, cells->name);
}

uint64_t plc_neurons_ticks(const plc_neurons *neurons, const plc_vectors *vectors)
{
    return PLC_NEURONS_BEGIN + vectors->n * neurons->period + neurons->depth + 1;
}
