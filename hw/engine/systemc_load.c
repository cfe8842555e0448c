/* Engine systemc: from a layout to routers, cores and tiles. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/engine/systemc.h"

#include "base/error.h"
#include "base/memory.h"
#include "hw/engine/fabric.h"

/* ---- which tiles are in RTL ---- */

/* One "x,y" of a list; moves *at past it and what follows. */
static bool read_tile(const plc_chip *chip, const char **at, uint32_t *ret_router)
{
    unsigned long xy[2];
    for (int i = 0; i < 2; i++) {
        char *end;
        if (**at < '0' || **at > '9')
            return false;
        xy[i] = strtoul(*at, &end, 10);
        *at = end;
        if (i == 0 && *(*at)++ != ',')
            return false;
    }
    if (**at == ';' && (*at)[1])
        ++*at;
    else if (**at)
        return false;
    *ret_router = (uint32_t)(xy[1] * chip->width + xy[0]);
    return xy[0] < chip->width && xy[1] < chip->height;
}

static plc_status read_tiles(plc_systemc *s, const char *text, bool *ret_any, plc_error *error)
{
    uint32_t n = s->chip->width * s->chip->height;
    *ret_any = false;
    if (!text || !strcmp(text, "none"))
        return PLC_OK;
    bool all = !strcmp(text, "all");
    for (uint32_t r = 0; all && r < n; r++)
        s->is_rtl[r] = true;
    for (const char *at = text; !all && (*at || at == text);) {
        uint32_t router;
        if (!read_tile(s->chip, &at, &router))
            return plc_fail(error, PLC_INVALID,
                            "engine systemc: tiles in RTL: expected all, none or a list x,y;x,y of "
                            "tiles of %u x %u, got \"%s\"",
                            s->chip->width, s->chip->height, text);
        s->is_rtl[router] = true;
    }
    *ret_any = true;
    return PLC_OK;
}

/* ---- cores in C ---- */

static plc_status copy_tables(plc_systemc *s, const plc_layout *layout, plc_error *error)
{
    plc_layout *t = &s->tables;
    t->n_cores = layout->n_cores;
    t->n_key_entries = layout->n_key_entries;
    t->n_rows = layout->n_rows;
    t->cores = plc_array_copy(layout->cores, layout->n_cores, sizeof *t->cores);
    t->key_entries =
        plc_array_copy(layout->key_entries, layout->n_key_entries, sizeof *t->key_entries);
    t->row_offsets =
        plc_array_copy(layout->row_offsets, layout->n_rows + 1, sizeof *t->row_offsets);
    s->synapses = plc_array(layout->n_words, sizeof *s->synapses);
    return t->cores && t->key_entries && t->row_offsets && s->synapses
               ? PLC_OK
               : plc_fail_memory(error, "tables");
}

/* The synapses of a core's rows, and how far ahead they reach. */
static void load_rows(plc_systemc *s, const plc_loader *l, uint32_t number, uint32_t *longest)
{
    const plc_layout *layout = l->layout;
    const plc_layout_core *core = &layout->cores[number];
    uint32_t second = s->fast.shards[number].n_inputs / 2;
    for (uint64_t i = layout->row_offsets[core->row_begin]; i < layout->row_offsets[core->row_end];
         i++) {
        plc_synapse synapse = plc_layout_synapse(layout, i);
        uint32_t at = l->offset_of[l->rank[number] + synapse.target];
        s->synapses[i] = (plc_systemc_synapse){at + (synapse.receptor ? second : 0), synapse.weight,
                                               synapse.plastic ? 0 : synapse.delay};
        *longest = synapse.delay > *longest ? synapse.delay : *longest;
    }
}

static plc_status load_cores(plc_systemc *s, const plc_loader *l, plc_error *error)
{
    const plc_layout *layout = l->layout;
    uint32_t longest = 1;
    s->cores = plc_array(layout->n_cores, sizeof *s->cores);
    if (!s->cores)
        return plc_fail_memory(error, "cores");
    for (uint32_t c = 0; c < layout->n_cores; c++) {
        s->cores[c].is_rtl = s->is_rtl[layout->cores[c].router];
        if (s->cores[c].is_rtl && s->first_rtl == UINT32_MAX)
            s->first_rtl = c;
        load_rows(s, l, c, &longest);
    }
    for (s->fast.ring = 2; s->fast.ring <= longest;)
        s->fast.ring *= 2;
    for (uint32_t c = 0; c < layout->n_cores; c++) {
        size_t n = (size_t)s->fast.ring * s->fast.shards[c].n_inputs;
        if (!s->cores[c].is_rtl && !(s->cores[c].ring = plc_array(n, sizeof *s->cores[c].ring)))
            return plc_fail_memory(error, "input rings");
    }
    return PLC_OK;
}

static plc_status load_keys(plc_systemc *s, const plc_loader *l, plc_error *error)
{
    s->key_of = plc_array(s->fast.n_sources, sizeof *s->key_of);
    s->off_of = plc_array(s->fast.n_sources, sizeof *s->off_of);
    if (!s->key_of || !s->off_of)
        return plc_fail_memory(error, "keys");
    for (uint32_t i = 0; i < l->layout->n_slices; i++) {
        const plc_slice *slice = &l->layout->slices[i];
        for (uint32_t k = slice->begin; k < slice->end; k++) {
            uint32_t source = l->first_source[slice->population] + k;
            s->key_of[source] = slice->key + (k - slice->begin);
            s->off_of[source] = slice->polarity_mask;
        }
    }
    return PLC_OK;
}

/* ---- plastic synapses ---- */

/* A loader that knows its engine, and the source whose rows it takes. */
typedef struct loading {
    plc_loader base;
    plc_systemc *systemc;
    uint32_t source;
} loading;

static plc_status take_row(plc_loader *base, uint32_t core, bool found, uint64_t row,
                           plc_error *error)
{
    loading *l = (loading *)base;
    plc_status status = PLC_OK;
    if (!found || l->systemc->cores[core].is_rtl)
        return PLC_OK;
    l->systemc->source_of[row] = l->source;
    for (uint64_t i = base->layout->row_offsets[row];
         status == PLC_OK && i < base->layout->row_offsets[row + 1]; i++) {
        plc_synapse synapse = plc_layout_synapse(base->layout, i);
        if (synapse.plastic)
            status = plc_plastic_add(base, core, &synapse, error);
    }
    return status;
}

/* Plastic synapses of cores in C are kept by their sources, whose packets are followed to find
 * them. */
static plc_status load_plastic(loading *l, plc_error *error)
{
    plc_loader *base = &l->base;
    plc_systemc *s = l->systemc;
    plc_status status = plc_plastic_begin(base, error);
    if (status != PLC_OK || !base->plastic.any)
        return status;
    s->source_of = plc_array(base->layout->n_rows, sizeof *s->source_of);
    if (!s->source_of)
        return plc_fail_memory(error, "plastic synapses");
    status = plc_walk_init(&base->walk, base->layout, error);
    if (status == PLC_OK)
        status = plc_walk_init(&base->off_walk, base->layout, error);
    for (uint32_t i = 0; status == PLC_OK && i < base->layout->n_slices; i++) {
        const plc_slice *slice = &base->slices[i];
        for (uint32_t k = slice->begin; status == PLC_OK && k < slice->end; k++) {
            l->source = base->first_source[slice->population] + k;
            status = plc_loader_walk(base, slice, k, take_row, error);
            if (status == PLC_OK)
                status = plc_plastic_end_source(base, l->source, error);
        }
    }
    return status;
}

/* ---- the mesh ---- */

static uint64_t time_of(const plc_chip *chip, plc_chip_quantity quantity)
{
    return plc_picoseconds(plc_chip_seconds(chip, quantity));
}

static uint32_t bound_of(const plc_chip *chip, plc_chip_quantity quantity)
{
    uint64_t limit = plc_chip_limit(chip, quantity);
    return limit < UINT32_MAX ? (uint32_t)limit : UINT32_MAX;
}

/* How long things take, as engine mesh reads it. A router without an interval takes a packet a
 * clock: what it cannot send on it looks at anew then. */
static plc_tlm_times read_times(const plc_chip *chip)
{
    double clock = plc_chip_get(chip, PLC_CHIP_CORE_CLOCK);
    double wait = plc_chip_seconds(chip, PLC_CHIP_WAIT1) + plc_chip_seconds(chip, PLC_CHIP_WAIT2);
    plc_tlm_times t = {.clock = clock > 0 ? plc_picoseconds(1 / clock) : 0,
                       .link = time_of(chip, PLC_CHIP_LINK_TIME),
                       .latency = time_of(chip, PLC_CHIP_ROUTER_LATENCY),
                       .interval = time_of(chip, PLC_CHIP_ROUTER_INTERVAL),
                       .aside = time_of(chip, PLC_CHIP_ASIDE_WAIT),
                       .wait = isnan(wait) ? UINT64_MAX : plc_picoseconds(wait),
                       .tick = time_of(chip, PLC_CHIP_CYCLES_TICK),
                       .neuron = time_of(chip, PLC_CHIP_CYCLES_NEURON),
                       .spike = time_of(chip, PLC_CHIP_CYCLES_SPIKE),
                       .packet = time_of(chip, PLC_CHIP_CYCLES_PACKET),
                       .row = time_of(chip, PLC_CHIP_CYCLES_ROW),
                       .synapse = time_of(chip, PLC_CHIP_CYCLES_SYNAPSE),
                       .barrier = time_of(chip, PLC_CHIP_BARRIER),
                       .link_buffer = bound_of(chip, PLC_CHIP_LINK_BUFFER),
                       .spike_buffer = bound_of(chip, PLC_CHIP_SPIKE_BUFFER)};
    t.clock = t.clock ? t.clock : 1000;
    t.interval = t.interval ? t.interval : t.clock;
    t.aside = t.aside ? t.aside : 16 * t.interval; /* as placode's routers */
    return t;
}

/* Fills in who is where: [routers][links] neighbours and [routers][cores_per_router] cores. */
static void lay_out(const plc_systemc *s, const plc_layout *layout, uint32_t *neighbours,
                    uint32_t *cores)
{
    const plc_chip *chip = s->chip;
    for (uint32_t r = 0; r < chip->width * chip->height; r++) {
        for (uint32_t l = 0; l < PLC_TLM_LINKS; l++) {
            int64_t to = plc_chip_neighbour(chip, r, l);
            neighbours[r * PLC_TLM_LINKS + l] = to == PLC_NO_ROUTER ? PLC_TLM_NONE : (uint32_t)to;
        }
        for (uint32_t i = 0; i < chip->cores_per_router; i++)
            cores[(size_t)r * chip->cores_per_router + i] = PLC_TLM_NONE;
    }
    for (uint32_t c = layout->n_cores; c-- > 0;) {
        const plc_layout_core *core = &layout->cores[c];
        cores[(size_t)core->router * chip->cores_per_router + core->core] = c;
        s->core_at[core->router] = c;
    }
}

static plc_status load_routes(plc_systemc *s, const plc_layout *layout, plc_error *error)
{
    uint32_t cores[PLC_MAX_CORES];
    for (uint32_t r = 0; r < s->chip->width * s->chip->height; r++) {
        for (uint32_t i = layout->route_offsets[r];
             !s->is_rtl[r] && i < layout->route_offsets[r + 1]; i++) {
            const plc_route_entry *entry = &layout->route_entries[i];
            uint32_t n = 0;
            for (uint32_t c = 0; c < s->chip->cores_per_router; c++)
                if (plc_core_set_has(&entry->cores, c))
                    cores[n++] = c;
            if (!plc_tlm_mesh_route(s->mesh, r, entry->key, entry->mask, entry->links, cores, n))
                return plc_fail_memory(error, "routing tables");
        }
    }
    return PLC_OK;
}

static plc_status make_mesh(plc_systemc *s, const plc_layout *layout, plc_error *error)
{
    uint32_t n = s->chip->width * s->chip->height;
    uint32_t *neighbours = plc_array((size_t)n * PLC_TLM_LINKS, sizeof *neighbours);
    uint32_t *cores = plc_array((size_t)n * s->chip->cores_per_router, sizeof *cores);
    if (neighbours && cores) {
        lay_out(s, layout, neighbours, cores);
        plc_tlm_settings settings = {
            .n_routers = n,
            .cores_per_router = s->chip->cores_per_router,
            .neighbours = neighbours,
            .cores = cores,
            .rtl = s->rtl.mesh,
            .is_rtl = s->is_rtl,
            .times = read_times(s->chip),
            .owner = {.update = plc_systemc_update, .deliver = plc_systemc_deliver, .context = s}};
        s->clock = settings.times.clock;
        s->mesh = plc_tlm_mesh_create(&settings);
    }
    free(neighbours);
    free(cores);
    return s->mesh ? load_routes(s, layout, error) : plc_fail_memory(error, "the SystemC mesh");
}

static plc_status check_chip(const plc_chip *chip, plc_error *error)
{
    enum { MOST = 1 << 14 }; /* routers and their cores, some KiB each */
    uint64_t n = (uint64_t)chip->width * chip->height * (1 + chip->cores_per_router);
    if (n <= MOST)
        return PLC_OK;
    return plc_fail(error, PLC_INVALID,
                    "engine systemc: chip %s: expected at most %d routers and cores, got %llu",
                    plc_chip_name(chip), MOST, (unsigned long long)n);
}

static plc_status load_rtl(plc_systemc *s, const plc_layout *layout,
                           const plc_engine_settings *settings, plc_error *error)
{
    bool any;
    plc_status status = read_tiles(s, settings->rtl_tiles, &any, error);
    if (status != PLC_OK || !any)
        return status;
    s->rtl.seed = settings->seed;
    return plc_rtl_load(&s->rtl, layout, &(plc_rtl_settings){.only = s->is_rtl}, error);
}

plc_status plc_systemc_load(plc_systemc *s, const plc_layout *layout,
                            const plc_engine_settings *settings, plc_error *error)
{
    loading l = {.base = {.fast = &s->fast, .layout = layout, .settings = settings}, .systemc = s};
    uint32_t n = layout->chip->width * layout->chip->height;
    s->first_rtl = UINT32_MAX;
    s->is_rtl = plc_array(n, sizeof *s->is_rtl);
    s->core_at = plc_array(n, sizeof *s->core_at);
    plc_status status =
        s->is_rtl && s->core_at ? check_chip(layout->chip, error) : plc_fail_memory(error, "tiles");
    if (status == PLC_OK)
        status = plc_chip_copy(layout->chip, &s->chip, error);
    if (status == PLC_OK)
        status = load_rtl(s, layout, settings, error);
    if (status == PLC_OK)
        status = plc_fast_load_neurons(&l.base, true, error);
    if (status == PLC_OK)
        status = copy_tables(s, layout, error);
    if (status == PLC_OK)
        status = load_cores(s, &l.base, error);
    if (status == PLC_OK)
        status = load_keys(s, &l.base, error);
    if (status == PLC_OK)
        status = load_plastic(&l, error);
    if (status == PLC_OK)
        status = make_mesh(s, layout, error);
    plc_loader_finish(&l.base);
    double clock = plc_chip_get(layout->chip, PLC_CHIP_CORE_CLOCK);
    s->cost.core_clock = clock > 0 ? clock : 1e9;
    double tick = plc_chip_get(layout->chip, PLC_CHIP_TICK);
    s->cost.tick = tick > 0 ? tick : (double)INFINITY;
    return status;
}
