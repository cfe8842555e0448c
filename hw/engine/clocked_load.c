/* Engine mesh in cycles: what a chip and a layout make of it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/engine/clocked.h"

#include "base/error.h"

bool plc_clocked_is(const plc_chip *chip)
{
    double wait = plc_chip_get(chip, PLC_CHIP_WAIT1) + plc_chip_get(chip, PLC_CHIP_WAIT2);
    return plc_chip_known(chip, PLC_CHIP_RECEIVERS) >= 1 && chip->cores_per_router == 1 &&
           plc_chip_get(chip, PLC_CHIP_CORE_CLOCK) > 0 &&
           plc_chip_get(chip, PLC_CHIP_CORE_CLOCK) == plc_chip_get(chip, PLC_CHIP_ROUTER_CLOCK) &&
           !(wait < PLC_UNBOUNDED);
}

/* A time of the chip in whole cycles, at least `least`. */
static uint64_t cycles_of(const plc_chip *chip, plc_chip_quantity quantity, uint64_t least)
{
    double seconds = plc_chip_seconds(chip, quantity);
    if (isnan(seconds))
        return least;
    double cycles = seconds * plc_chip_get(chip, PLC_CHIP_CORE_CLOCK);
    uint64_t whole = cycles < 1e15 ? (uint64_t)llround(cycles) : PLC_CLOCKED_NEVER;
    return whole > least ? whole : least;
}

static uint32_t places_of(const plc_chip *chip, plc_chip_quantity quantity)
{
    uint64_t limit = plc_chip_limit(chip, quantity);
    return limit < UINT32_MAX ? (uint32_t)limit : UINT32_MAX;
}

static void read_times(plc_clocked *c, const plc_chip *chip)
{
    double clock = plc_chip_get(chip, PLC_CHIP_CORE_CLOCK);
    c->cycle = clock < 1e12 ? (uint64_t)llround(1e12 / clock) : 1;
    c->tick = cycles_of(chip, PLC_CHIP_CYCLES_TICK, 1);
    c->slice = cycles_of(chip, PLC_CHIP_CYCLES_SLICE, 0);
    c->neuron = cycles_of(chip, PLC_CHIP_CYCLES_NEURON, 1);
    c->anneal = cycles_of(chip, PLC_CHIP_CYCLES_ANNEAL, 0);
    c->spike = cycles_of(chip, PLC_CHIP_CYCLES_SPIKE, 1);
    c->packet = cycles_of(chip, PLC_CHIP_CYCLES_PACKET, 1);
    c->row = cycles_of(chip, PLC_CHIP_CYCLES_ROW, 0);
    c->synapse = cycles_of(chip, PLC_CHIP_CYCLES_SYNAPSE, 0);
    c->plastic = cycles_of(chip, PLC_CHIP_CYCLES_PLASTIC, 0);
    c->plastic_row = cycles_of(chip, PLC_CHIP_CYCLES_PLASTIC_ROW, 0);
    c->latency = cycles_of(chip, PLC_CHIP_ROUTER_LATENCY, 2);
    c->interval = cycles_of(chip, PLC_CHIP_ROUTER_INTERVAL, 1);
    c->link = cycles_of(chip, PLC_CHIP_LINK_TIME, 1);
    c->barrier = cycles_of(chip, PLC_CHIP_BARRIER, 0);
    c->wait = cycles_of(chip, PLC_CHIP_ASIDE_WAIT, 0);
    c->aside = plc_chip_limit(chip, PLC_CHIP_ASIDE_BUFFER);
    c->link_buffer = places_of(chip, PLC_CHIP_LINK_BUFFER);
    c->spike_buffer = places_of(chip, PLC_CHIP_SPIKE_BUFFER);
}

/* Where links lead, and which core is where. */
static void connect_tiles(plc_clocked *c, const plc_layout *layout)
{
    for (uint32_t t = 0; t < c->n_tiles; t++) {
        plc_clocked_clear(&c->tiles[t]);
        c->tiles[t].core = UINT32_MAX;
        for (uint32_t l = 0; l < PLC_N_LINKS; l++)
            c->neighbours[t * PLC_N_LINKS + l] = (int32_t)plc_chip_neighbour(layout->chip, t, l);
    }
    for (uint32_t i = 0; i < layout->n_cores; i++) {
        c->tiles[layout->cores[i].router].core = i;
        c->used[c->n_used++] = layout->cores[i].router;
    }
}

/* The slices of each core in their order there, which is that of its updates. */
static void list_slices(plc_clocked *c, const plc_layout *layout, const uint32_t *first_source)
{
    for (uint32_t i = 0; i < layout->n_cores; i++)
        c->slice_begins[i + 1] = layout->cores[i].slice_end;
    for (uint32_t s = 0; s < layout->n_slices; s++) {
        const plc_slice *slice = &layout->slices[s];
        const plc_population *p = &layout->populations[slice->population];
        uint32_t n = slice->end - slice->begin, source = first_source[slice->population];
        c->slices[s] = (plc_clocked_slice){.end = slice->offset + n,
                                           .population = slice->population,
                                           .anneals = p->model == PLC_ONOFF,
                                           .schedule = p->schedule};
        for (uint32_t i = 0; i < n; i++)
            c->offsets[source + slice->begin + i] = slice->offset + i;
    }
}

plc_status plc_clocked_create(plc_mesh *mesh, const plc_layout *layout,
                              const uint32_t *first_source, plc_error *error)
{
    uint32_t n_tiles = layout->chip->width * layout->chip->height;
    plc_clocked *c = mesh->clocked = plc_array(1, sizeof *c);
    if (!c)
        return plc_fail_memory(error, "tiles");
    c->n_tiles = n_tiles;
    c->idle = PLC_NO_PACKET;
    c->tiles = plc_array(n_tiles, sizeof *c->tiles);
    c->neighbours = plc_array((size_t)n_tiles * PLC_N_LINKS, sizeof *c->neighbours);
    c->hot = plc_array(n_tiles, sizeof *c->hot);
    c->touched = plc_array(n_tiles, sizeof *c->touched);
    c->used = plc_array(layout->n_cores, sizeof *c->used);
    c->slice_begins = plc_array(layout->n_cores + 1ul, sizeof *c->slice_begins);
    c->slices = plc_array(layout->n_slices, sizeof *c->slices);
    c->offsets = plc_array(mesh->fast.n_sources, sizeof *c->offsets);
    if (!c->tiles || !c->neighbours || !c->hot || !c->touched || !c->used || !c->slice_begins ||
        !c->slices || !c->offsets)
        return plc_fail_memory(error, "tiles");
    read_times(c, layout->chip);
    connect_tiles(c, layout);
    list_slices(c, layout, first_source);
    return PLC_OK;
}

void plc_clocked_destroy(plc_clocked *c)
{
    if (!c)
        return;
    plc_event_queue_finish(&c->events);
    free(c->tiles);
    free(c->neighbours);
    free(c->hot);
    free(c->touched);
    free(c->used);
    free(c->slice_begins);
    free(c->slices);
    free(c->offsets);
    free(c->packets);
    free(c);
}
