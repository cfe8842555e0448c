/* The check of a layout: every index, range and order that its readers rely on. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/layout/check.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>

#define FAIL(...) plc_fail(error, PLC_INVALID, "layout: " __VA_ARGS__)

static plc_status check_arrays(const plc_layout *layout, plc_error *error)
{
    const plc_layout *l = layout;
    if (!l->chip)
        return FAIL("chip: missing");
    if (!isfinite(l->tick_ms) || l->tick_ms <= 0)
        return FAIL("tick: expected a positive number of ms, got %g", l->tick_ms);
    if ((l->n_populations && !l->populations) || (l->n_slices && !l->slices) ||
        (l->n_cores && !l->cores) || (l->n_key_entries && !l->key_entries) || !l->row_offsets ||
        (l->n_words && !l->words) || !l->route_offsets)
        return FAIL("an array is missing");
    uint32_t n_routers = l->chip->width * l->chip->height;
    if (l->route_offsets[n_routers] && !l->route_entries)
        return FAIL("route_entries: missing");
    return PLC_OK;
}

static plc_status check_place(const plc_layout *layout, uint32_t i, plc_error *error)
{
    const plc_chip *chip = layout->chip;
    const plc_layout_core *core = &layout->cores[i];
    if (core->router >= chip->width * chip->height || !chip->alive[core->router])
        return FAIL("cores[%u]: router %u is not on the chip", i, core->router);
    if (core->core >= PLC_MAX_CORES || !plc_core_set_has(&chip->cores[core->router], core->core))
        return FAIL("cores[%u]: router %u has no core %u for networks", i, core->router,
                    core->core);
    if (!i)
        return PLC_OK;
    const plc_layout_core *last = core - 1;
    if (last->router > core->router || (last->router == core->router && last->core >= core->core))
        return FAIL("cores[%u]: expected cores sorted by (router, core)", i);
    return PLC_OK;
}

/* Whether [begin, end) starts where the last range ended and stays within n. */
static bool adjoins(uint64_t begin, uint64_t end, uint64_t last_end, uint64_t n)
{
    return begin == last_end && begin <= end && end <= n;
}

plc_status plc_check_cores(const plc_layout *layout, plc_error *error)
{
    plc_layout_core last = {0};
    for (uint32_t i = 0; i < layout->n_cores; i++) {
        const plc_layout_core *core = &layout->cores[i];
        plc_status status = check_place(layout, i, error);
        if (status != PLC_OK)
            return status;
        if (!adjoins(core->slice_begin, core->slice_end, last.slice_end, layout->n_slices))
            return FAIL("cores[%u]: slices [%u, %u) do not follow the last core's, of %u", i,
                        core->slice_begin, core->slice_end, layout->n_slices);
        if (!adjoins(core->entry_begin, core->entry_end, last.entry_end, layout->n_key_entries))
            return FAIL("cores[%u]: key entries [%u, %u) do not follow the last core's, of %u", i,
                        core->entry_begin, core->entry_end, layout->n_key_entries);
        if (!adjoins(core->row_begin, core->row_end, last.row_end, layout->n_rows))
            return FAIL("cores[%u]: rows [%llu, %llu) do not follow the last core's, of %llu", i,
                        (unsigned long long)core->row_begin, (unsigned long long)core->row_end,
                        (unsigned long long)layout->n_rows);
        last = *core;
    }
    if (last.slice_end != layout->n_slices || last.entry_end != layout->n_key_entries ||
        last.row_end != layout->n_rows)
        return FAIL("cores: %u slices, %u key entries or %llu rows belong to no core",
                    layout->n_slices - last.slice_end, layout->n_key_entries - last.entry_end,
                    (unsigned long long)(layout->n_rows - last.row_end));
    return PLC_OK;
}

static plc_status check_entry(const plc_layout *layout, const plc_layout_core *core, uint32_t i,
                              plc_error *error)
{
    const plc_key_entry *entry = &layout->key_entries[i];
    if (entry->key & ~entry->mask)
        return FAIL("key_entries[%u]: key 0x%08x has bits outside its mask 0x%08x", i, entry->key,
                    entry->mask);
    if (entry->index_mask & (entry->index_mask + 1))
        return FAIL("key_entries[%u]: index mask 0x%08x is not low bits only", i,
                    entry->index_mask);
    if (entry->polarity_mask & (entry->polarity_mask - 1))
        return FAIL("key_entries[%u]: polarity mask 0x%08x has more than one bit", i,
                    entry->polarity_mask);
    if ((entry->mask & entry->index_mask) || (entry->mask & entry->polarity_mask) ||
        (entry->index_mask & entry->polarity_mask))
        return FAIL("key_entries[%u]: masks 0x%08x, 0x%08x and 0x%08x share bits", i, entry->mask,
                    entry->index_mask, entry->polarity_mask);
    if ((uint64_t)entry->first_row + entry->n_rows > core->row_end - core->row_begin)
        return FAIL("key_entries[%u]: rows %u + %u are beyond the %llu of its core", i,
                    entry->first_row, entry->n_rows,
                    (unsigned long long)(core->row_end - core->row_begin));
    if (i == core->entry_begin)
        return PLC_OK;
    const plc_key_entry *last = entry - 1;
    if (last->mask > entry->mask || (last->mask == entry->mask && last->key >= entry->key))
        return FAIL("key_entries[%u]: expected entries of a core sorted by (mask, key)", i);
    return PLC_OK;
}

plc_status plc_check_entries(const plc_layout *layout, plc_error *error)
{
    for (uint32_t c = 0; c < layout->n_cores; c++) {
        const plc_layout_core *core = &layout->cores[c];
        for (uint32_t i = core->entry_begin; i < core->entry_end; i++) {
            plc_status status = check_entry(layout, core, i, error);
            if (status != PLC_OK)
                return status;
        }
    }
    return PLC_OK;
}

static plc_status check_route(const plc_layout *layout, uint32_t router, uint32_t i,
                              plc_error *error)
{
    const plc_chip *chip = layout->chip;
    const plc_route_entry *entry = &layout->route_entries[i];
    if (entry->key & ~entry->mask)
        return FAIL("route_entries[%u]: key 0x%08x has bits outside its mask 0x%08x", i, entry->key,
                    entry->mask);
    if (entry->links & ~(uint32_t)chip->links)
        return FAIL("route_entries[%u]: links 0x%x: the chip has 0x%x", i, entry->links,
                    chip->links);
    for (unsigned w = 0; w < PLC_CORE_WORDS; w++)
        if (entry->cores.word[w] & ~chip->cores[router].word[w])
            return FAIL("route_entries[%u]: cores that router %u does not have", i, router);
    return PLC_OK;
}

plc_status plc_check_routes(const plc_layout *layout, plc_error *error)
{
    const plc_chip *chip = layout->chip;
    const uint32_t *offsets = layout->route_offsets;
    uint32_t n_routers = chip->width * chip->height;
    if (offsets[0] != 0)
        return FAIL("route_offsets[0]: expected 0, got %u", offsets[0]);
    for (uint32_t r = 0; r < n_routers; r++) {
        if (offsets[r + 1] < offsets[r] || offsets[r + 1] > offsets[n_routers])
            return FAIL("route_offsets[%u]: expected %u..%u, got %u", r + 1, offsets[r],
                        offsets[n_routers], offsets[r + 1]);
        if (offsets[r + 1] > offsets[r] && !chip->alive[r])
            return FAIL("route_offsets[%u]: router %u is not on the chip", r, r);
        for (uint32_t i = offsets[r]; i < offsets[r + 1]; i++) {
            plc_status status = check_route(layout, r, i, error);
            if (status != PLC_OK)
                return status;
        }
    }
    return PLC_OK;
}

plc_status plc_layout_check(const plc_layout *layout, plc_error *error)
{
    static plc_status (*const checks[])(const plc_layout *, plc_error *) = {
        check_arrays,   plc_check_populations, plc_check_cores, plc_check_slices,
        plc_check_keys, plc_check_entries,     plc_check_rows,  plc_check_routes,
    };
    plc_status status = PLC_OK;
    for (size_t i = 0; status == PLC_OK && i < sizeof checks / sizeof *checks; i++)
        status = checks[i](layout, error);
    return status;
}
