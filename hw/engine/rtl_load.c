/* Engine rtl: from a layout to what the host writes into each tile. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/engine/rtl_load.h"

#include "base/error.h"
#include "base/memory.h"
#include "hw/neuron/model.h"

typedef plc_rtl_loading loading;

/* A layout's links, 0 east, 2 north, 3 west and 5 south, as a tile's. */
static uint32_t tile_links(uint32_t links)
{
    return (links & 1) | (links >> 2 & 1) << 1 | (links >> 3 & 1) << 2 | (links >> 5 & 1) << 3;
}

plc_status plc_rtl_fail_fit(const plc_rtl_loading *l, const char *what, uint64_t needed,
                            uint64_t there, plc_error *error)
{
    uint32_t width = l->layout->chip->width;
    return plc_fail(error, PLC_DOES_NOT_FIT,
                    "engine rtl: tile (%u, %u): %s: %llu needed, a tile has %llu", l->tile % width,
                    l->tile / width, what, (unsigned long long)needed, (unsigned long long)there);
}

/* The chip must be one that tiles make up. */
static plc_status check_chip(const plc_chip *chip, plc_error *error)
{
    static const struct {
        plc_chip_quantity quantity;
        double value;
    } fixed[] = {{PLC_CHIP_LINK_BUFFER, PLC_RTL_LINK_BUFFER},
                 {PLC_CHIP_SPIKE_BUFFER, PLC_RTL_SPIKE_BUFFER}};
    const char *name = plc_chip_name(chip);
    if (chip->links != PLC_LINKS_RECTANGULAR || chip->wrap || chip->cores_per_router != 1)
        return plc_fail(error, PLC_INVALID,
                        "engine rtl: chip %s: expected placode-WxH, or a chip like it: a mesh of 4 "
                        "links without wrap, one core a router",
                        name);
    if ((uint64_t)chip->width * chip->height > PLC_RTL_TILES)
        return plc_fail(error, PLC_INVALID,
                        "engine rtl: chip %s: expected at most %d tiles, got %llu", name,
                        PLC_RTL_TILES, (unsigned long long)chip->width * chip->height);
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        if (plc_chip_get(chip, fixed[i].quantity) != fixed[i].value)
            return plc_fail(error, PLC_INVALID, "engine rtl: chip %s: %s: expected %g, got %g",
                            name, plc_chip_quantity_key(fixed[i].quantity), fixed[i].value,
                            plc_chip_get(chip, fixed[i].quantity));
    if (!(plc_chip_get(chip, PLC_CHIP_ROUTER_CLOCK) > 0) ||
        plc_chip_get(chip, PLC_CHIP_ROUTER_CLOCK) != plc_chip_get(chip, PLC_CHIP_CORE_CLOCK))
        return plc_fail(error, PLC_INVALID,
                        "engine rtl: chip %s: core_clock and router_clock: expected the same: "
                        "tiles have one clock",
                        name);
    return PLC_OK;
}

/* How long a router waits for room [cycles]. */
static uint32_t read_wait(const plc_chip *chip)
{
    double seconds =
        plc_chip_seconds(chip, PLC_CHIP_WAIT1) + plc_chip_seconds(chip, PLC_CHIP_WAIT2);
    double cycles = seconds * plc_chip_get(chip, PLC_CHIP_ROUTER_CLOCK);
    return cycles < UINT32_MAX ? (uint32_t)cycles : UINT32_MAX;
}

/* The model of all slices of a core. */
static plc_status find_model(const loading *l, const plc_layout_core *core,
                             plc_rtl_model *ret_model, plc_error *error)
{
    static const plc_rtl_model models[PLC_N_MODELS] = {[PLC_SPIKE_SOURCE_ARRAY] = PLC_RTL_SOURCE,
                                                       [PLC_SPIKE_SOURCE_POISSON] = PLC_RTL_SOURCE,
                                                       [PLC_LIF_CURR_EXP] = PLC_RTL_LIF,
                                                       [PLC_ONOFF] = PLC_RTL_ONOFF,
                                                       [PLC_THRESHOLD] = PLC_RTL_THRESHOLD};
    *ret_model = PLC_RTL_SOURCE;
    for (uint32_t s = core->slice_begin; s < core->slice_end; s++) {
        const plc_population *p = &l->layout->populations[l->layout->slices[s].population];
        if (s > core->slice_begin && models[p->model] != *ret_model)
            return plc_rtl_fail_fit(l, "models", 2, 1, error);
        *ret_model = models[p->model];
    }
    return PLC_OK;
}

static void write_neuron(const loading *l, const plc_population *p, uint32_t neuron, uint32_t at)
{
    uint32_t n_params = plc_model_n_params(p->model), n_state = plc_model_n_state(p->model);
    const int32_t *params = plc_population_params(p, neuron, n_params);
    const int32_t *state = plc_population_state(p, neuron, n_state);
    for (uint32_t i = 0; p->model != PLC_ONOFF && i < n_params; i++)
        plc_rtl_write(l, PLC_RTL_PARAM, at * 16 + i, (uint32_t)params[i]);
    for (uint32_t i = 0; i < n_state; i++)
        plc_rtl_write(l, PLC_RTL_STATE, at * 4 + i, (uint32_t)state[i]);
}

/* What the slices of a population on a core share. */
static void write_population(const loading *l, uint32_t number, uint32_t at)
{
    const plc_population *p = &l->layout->populations[number];
    uint32_t n_params = plc_model_n_params(p->model), words = at * PLC_RTL_POPULATION_WORDS;
    uint32_t n_blocks = p->schedule.random_blocks;
    plc_random_key key =
        plc_random_stream(l->rtl->seed, (n_blocks ? PLC_STREAM_DUE : PLC_STREAM_NOISE) + number, 0);
    plc_rtl_write(l, PLC_RTL_POPULATION, words + PLC_RTL_POPULATION_PERIOD, p->schedule.period);
    plc_rtl_write(l, PLC_RTL_POPULATION, words + PLC_RTL_POPULATION_COUNTDOWN, p->schedule.phase);
    plc_rtl_write(l, PLC_RTL_POPULATION, words + PLC_RTL_POPULATION_NOISE_0, key.word[0]);
    plc_rtl_write(l, PLC_RTL_POPULATION, words + PLC_RTL_POPULATION_NOISE_1, key.word[1]);
    plc_rtl_write(l, PLC_RTL_POPULATION, words + PLC_RTL_POPULATION_BLOCKS, n_blocks);
    plc_rtl_write(l, PLC_RTL_POPULATION, words + PLC_RTL_POPULATION_SIZE,
                  n_blocks ? p->size / n_blocks : 0);
    plc_rtl_write(l, PLC_RTL_POPULATION, words + PLC_RTL_POPULATION_EXCESS,
                  n_blocks ? p->size % n_blocks : 0);
    for (uint32_t i = 0; p->model == PLC_ONOFF && i < n_params; i++)
        plc_rtl_write(l, PLC_RTL_POPULATION, words + PLC_RTL_POPULATION_ANNEALER + i,
                      (uint32_t)p->params[i]);
}

/* Which of the populations of the core at hand that is; new ones are written. */
static plc_status find_population(loading *l, uint32_t number, uint32_t *ret_at, plc_error *error)
{
    for (*ret_at = 0; *ret_at < l->n_populations; ++*ret_at)
        if (l->populations[*ret_at] == number)
            return PLC_OK;
    if (l->n_populations == PLC_RTL_POPULATIONS)
        return plc_rtl_fail_fit(l, "populations", PLC_RTL_POPULATIONS + 1, PLC_RTL_POPULATIONS,
                                error);
    l->populations[l->n_populations++] = number;
    write_population(l, number, *ret_at);
    return PLC_OK;
}

/* Notes what the host has to feed a slice of a spike_source_array. */
static plc_status note_array(loading *l, const plc_slice *slice, plc_error *error)
{
    plc_rtl *rtl = l->rtl;
    const plc_population *p = &l->layout->populations[slice->population];
    for (uint32_t i = slice->begin; p->spike_offsets && i < slice->end; i++) {
        uint64_t begin = p->spike_offsets[i], end = p->spike_offsets[i + 1];
        if (!plc_array_reserve(&rtl->events, &rtl->events_capacity, rtl->n_events + (end - begin),
                               sizeof *rtl->events))
            return plc_fail_memory(error, "spikes of sources");
        for (uint64_t k = begin; k < end; k++)
            rtl->events[rtl->n_events++] =
                (plc_rtl_event){p->spike_ticks[k], l->tile, slice->offset + (i - slice->begin)};
    }
    return PLC_OK;
}

static plc_status note_poisson(loading *l, const plc_slice *slice, plc_error *error)
{
    plc_rtl *rtl = l->rtl;
    const plc_population *p = &l->layout->populations[slice->population];
    bool shared = p->n_param_sets == 1;
    uint32_t n = slice->end - slice->begin;
    if (!plc_array_reserve(&rtl->poisson, &rtl->poisson_capacity, rtl->n_poisson + 1,
                           sizeof *rtl->poisson))
        return plc_fail_memory(error, "sources");
    plc_rtl_poisson *to = &rtl->poisson[rtl->n_poisson];
    const plc_poisson_params *params =
        (const plc_poisson_params *)(const void *)plc_population_params(
            p, slice->begin, plc_model_n_params(p->model));
    *to = (plc_rtl_poisson){.population = slice->population,
                            .begin = slice->begin,
                            .n = n,
                            .tile = l->tile,
                            .offset = slice->offset,
                            .shared = shared,
                            .params = plc_array_copy(params, shared ? 1 : n, sizeof *params)};
    if (!to->params)
        return plc_fail_memory(error, "sources");
    rtl->n_poisson++;
    return PLC_OK;
}

/* Notes where the potentials of a slice are read; false when memory is short. */
static bool note_places(const loading *l, const plc_slice *slice)
{
    plc_rtl *rtl = l->rtl;
    uint32_t n = slice->end - slice->begin;
    if (!plc_array_reserve(&rtl->places, &rtl->places_capacity, rtl->n_places + n,
                           sizeof *rtl->places))
        return false;
    for (uint32_t i = 0; i < n; i++)
        rtl->places[rtl->n_places++] =
            (plc_rtl_place){slice->population, slice->begin + i, l->tile, slice->offset + i};
    return true;
}

/* Where a slice of a drawn population begins among its blocks. */
static void write_blocks(const loading *l, const plc_slice *slice, uint32_t words)
{
    const plc_population *p = &l->layout->populations[slice->population];
    uint32_t n_blocks = p->schedule.random_blocks;
    uint32_t block = (uint32_t)((uint64_t)slice->begin * n_blocks / p->size);
    if (!n_blocks)
        return;
    while (plc_block_begin(p->size, n_blocks, block + 1) <= slice->begin)
        block++;
    plc_rtl_write(l, PLC_RTL_GROUP, words + PLC_RTL_GROUP_BLOCK, block);
    plc_rtl_write(l, PLC_RTL_GROUP, words + PLC_RTL_GROUP_BEGIN,
                  plc_block_begin(p->size, n_blocks, block));
    plc_rtl_write(l, PLC_RTL_GROUP, words + PLC_RTL_GROUP_EXCESS,
                  (uint32_t)((uint64_t)block * p->size % n_blocks));
}

static plc_status load_slice(loading *l, const plc_slice *slice, uint32_t group, plc_error *error)
{
    const plc_population *p = &l->layout->populations[slice->population];
    plc_rtl_owner *owners = l->rtl->owners + l->rtl->first_owner[slice->core] + slice->offset;
    uint32_t n = slice->end - slice->begin, words = group * PLC_RTL_GROUP_WORDS, population;
    plc_status status = find_population(l, slice->population, &population, error);
    if (status != PLC_OK)
        return status;
    plc_rtl_write(l, PLC_RTL_GROUP, words + PLC_RTL_GROUP_END, slice->offset + n);
    plc_rtl_write(l, PLC_RTL_GROUP, words + PLC_RTL_GROUP_KEY, slice->key - slice->offset);
    plc_rtl_write(l, PLC_RTL_GROUP, words + PLC_RTL_GROUP_POLARITY, slice->polarity_mask);
    plc_rtl_write(l, PLC_RTL_GROUP, words + PLC_RTL_GROUP_INDEX, slice->begin - slice->offset);
    plc_rtl_write(l, PLC_RTL_GROUP, words + PLC_RTL_GROUP_POPULATION, population);
    write_blocks(l, slice, words);
    for (uint32_t i = 0; i < n; i++)
        owners[i] = (plc_rtl_owner){slice->population, slice->begin + i};
    for (uint32_t i = 0; plc_model_n_receptors(p->model) == 0 && i < n; i++)
        plc_rtl_write(l, PLC_RTL_STATE, (slice->offset + i) * 4, 0);
    if (p->record_v && !note_places(l, slice))
        return plc_fail_memory(error, "recordings");
    if (p->model == PLC_SPIKE_SOURCE_ARRAY)
        return note_array(l, slice, error);
    if (p->model == PLC_SPIKE_SOURCE_POISSON)
        return note_poisson(l, slice, error);
    for (uint32_t i = 0; i < n; i++)
        write_neuron(l, p, slice->begin + i, slice->offset + i);
    return PLC_OK;
}

static plc_status load_core(loading *l, uint32_t number, plc_error *error)
{
    const plc_layout *layout = l->layout;
    const plc_layout_core *core = &layout->cores[number];
    uint32_t n_groups = core->slice_end - core->slice_begin;
    uint32_t n_entries = core->entry_end - core->entry_begin;
    plc_rtl_model model = PLC_RTL_SOURCE;
    l->tile = core->router;
    l->core = number;
    l->n_populations = l->n_rules = 0;
    if (core->n_neurons > PLC_RTL_NEURONS)
        return plc_rtl_fail_fit(l, "neurons", core->n_neurons, PLC_RTL_NEURONS, error);
    if (n_groups > PLC_RTL_GROUPS)
        return plc_rtl_fail_fit(l, "slices of populations", n_groups, PLC_RTL_GROUPS, error);
    if (n_entries > PLC_RTL_KEY_ENTRIES)
        return plc_rtl_fail_fit(l, "key-to-row entries", n_entries, PLC_RTL_KEY_ENTRIES, error);
    plc_status status = find_model(l, core, &model, error);
    plc_rtl_write(l, PLC_RTL_CONTROL, PLC_RTL_CONTROL_MODEL, model);
    plc_rtl_write(l, PLC_RTL_CONTROL, PLC_RTL_CONTROL_GROUPS, n_groups);
    plc_rtl_write(l, PLC_RTL_CONTROL, PLC_RTL_CONTROL_ENTRIES, n_entries);
    for (uint32_t i = 0; status == PLC_OK && i < n_groups; i++)
        status = load_slice(l, &layout->slices[core->slice_begin + i], i, error);
    for (uint32_t i = 0; i < n_entries; i++) {
        const plc_key_entry *entry = &layout->key_entries[core->entry_begin + i];
        const uint32_t row[4] = {entry->index_mask, entry->polarity_mask, entry->first_row,
                                 entry->n_rows};
        plc_rtl_write(l, PLC_RTL_ENTRY_KEY, i, entry->key);
        plc_rtl_write(l, PLC_RTL_ENTRY_MASK, i, entry->mask);
        for (uint32_t k = 0; k < 4; k++)
            plc_rtl_write(l, PLC_RTL_ENTRY_ROW, i * 4 + k, row[k]);
    }
    if (status == PLC_OK)
        status = plc_rtl_load_rules(l, core, error);
    return status == PLC_OK ? plc_rtl_load_rows(l, core, error) : status;
}

static plc_status load_router(loading *l, uint32_t router, plc_error *error)
{
    const plc_layout *layout = l->layout;
    const plc_route_entry *entries = layout->route_entries + layout->route_offsets[router];
    uint32_t n = layout->route_offsets[router + 1] - layout->route_offsets[router];
    l->tile = router;
    if (n > PLC_RTL_ROUTER_ENTRIES)
        return plc_rtl_fail_fit(l, "router entries", n, PLC_RTL_ROUTER_ENTRIES, error);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t core = plc_core_set_has(&entries[i].cores, 0);
        plc_rtl_write(l, PLC_RTL_ROUTE_KEY, i, entries[i].key);
        plc_rtl_write(l, PLC_RTL_ROUTE_MASK, i, entries[i].mask);
        plc_rtl_write(l, PLC_RTL_ROUTE_PORTS, i,
                      tile_links(entries[i].links) | core << PLC_RTL_LINKS);
    }
    plc_rtl_write(l, PLC_RTL_CONTROL, PLC_RTL_CONTROL_ROUTES, n);
    plc_rtl_write(l, PLC_RTL_CONTROL, PLC_RTL_CONTROL_WAIT, read_wait(layout->chip));
    return PLC_OK;
}

/* Takes out the links that lead nowhere. */
static void cut_links(plc_rtl *rtl)
{
    static const unsigned links[PLC_RTL_LINKS] = {0, 2, 3, 5};
    for (uint32_t router = 0; router < rtl->chip->width * rtl->chip->height; router++)
        for (uint32_t l = 0; l < PLC_RTL_LINKS; l++)
            if (plc_chip_neighbour(rtl->chip, router, links[l]) == PLC_NO_ROUTER)
                plc_rtl_mesh_cut(rtl->mesh, router, l);
}

static int compare_events(const void *a, const void *b)
{
    const plc_rtl_event *x = a, *y = b;
    if (x->tick != y->tick)
        return x->tick < y->tick ? -1 : 1;
    if (x->tile != y->tile)
        return x->tile < y->tile ? -1 : 1;
    return (x->neuron > y->neuron) - (x->neuron < y->neuron);
}

/* Where the spikes of each core come from. */
static plc_status make_owners(plc_rtl *rtl, const plc_layout *layout, const bool *only,
                              plc_error *error)
{
    uint32_t n_tiles = layout->chip->width * layout->chip->height;
    uint64_t n = 0;
    rtl->core_of = plc_array(n_tiles, sizeof *rtl->core_of);
    rtl->first_owner = plc_array(layout->n_cores + 1ul, sizeof *rtl->first_owner);
    if (!rtl->core_of || !rtl->first_owner)
        return plc_fail_memory(error, "cores");
    memset(rtl->core_of, 0xff, n_tiles * sizeof *rtl->core_of);
    for (uint32_t c = 0; c < layout->n_cores; c++) {
        if (!only || only[layout->cores[c].router])
            rtl->core_of[layout->cores[c].router] = c;
        n += layout->cores[c].n_neurons;
        rtl->first_owner[c + 1] = (uint32_t)n;
    }
    rtl->owners = plc_array(n, sizeof *rtl->owners);
    return rtl->owners ? PLC_OK : plc_fail_memory(error, "neurons");
}

plc_status plc_rtl_load(plc_rtl *rtl, const plc_layout *layout, const plc_rtl_settings *options,
                        plc_error *error)
{
    const plc_chip *chip = layout->chip;
    loading l = {.rtl = rtl, .layout = layout};
    plc_rtl_settings shape = *options;
    plc_status status = check_chip(chip, error);
    if (status == PLC_OK)
        status = plc_chip_copy(chip, &rtl->chip, error);
    if (status == PLC_OK)
        status = make_owners(rtl, layout, options->only, error);
    if (status != PLC_OK)
        return status;
    shape.width = chip->width;
    shape.height = chip->height;
    rtl->cost.core_clock = plc_chip_get(chip, PLC_CHIP_CORE_CLOCK);
    double tick = plc_chip_get(chip, PLC_CHIP_TICK);
    rtl->cost.tick = tick > 0 ? tick : (double)INFINITY;
    rtl->mesh = plc_rtl_mesh_create(&shape);
    if (!rtl->mesh)
        return plc_fail_memory(error, "tiles");
    cut_links(rtl);
    l.row_at = plc_array(layout->n_rows, sizeof *l.row_at);
    if (!l.row_at)
        status = plc_fail_memory(error, "rows");
    for (uint32_t c = 0; status == PLC_OK && c < layout->n_cores; c++)
        if (!options->only || options->only[layout->cores[c].router])
            status = load_core(&l, c, error);
    if (status == PLC_OK)
        status = plc_rtl_find_weights(&l, error);
    free(l.row_at);
    for (uint32_t r = 0; status == PLC_OK && r < chip->width * chip->height; r++)
        if (!options->only || options->only[r])
            status = load_router(&l, r, error);
    if (rtl->n_events)
        qsort(rtl->events, rtl->n_events, sizeof *rtl->events, compare_events);
    return status;
}
