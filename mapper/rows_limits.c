/* Limits of cores that are known only when the rows are: bytes, key-to-row entries, axons. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/rows.h"

#include "base/error.h"
#include "base/memory.h"
#include "mapper/unfit.h"

/* What cores hold of three resources that are known only now. */
typedef enum resource { BYTES, KEY_ENTRIES, AXONS, N_RESOURCES } resource;

static const struct limited {
    const char *name, *unit;
    plc_chip_quantity limit;
} limited[N_RESOURCES] = {
    {"synaptic memory", " B", PLC_CHIP_SYNAPSE_MEMORY},
    {"key-to-row table", " entries", PLC_CHIP_KEY_ENTRIES},
    {"incoming axons", "", PLC_CHIP_AXONS_IN},
};

/* What an entry of a core takes of a resource. */
static uint64_t measure_entry(const plc_mapping *m, const plc_layout_core *core,
                              const plc_key_entry *entry, resource what)
{
    const plc_chip *chip = m->chip;
    const uint64_t *offsets = m->layout->row_offsets + core->row_begin + entry->first_row;
    uint64_t axons = 0, row_bytes = plc_chip_limit(chip, PLC_CHIP_ROW_ADDRESS) +
                                    plc_chip_limit(chip, PLC_CHIP_ROW_HEADER);
    if (what == KEY_ENTRIES)
        return 1;
    if (what == BYTES)
        return (offsets[entry->n_rows] - offsets[0]) * plc_chip_limit(chip, PLC_CHIP_SYNAPSE_WORD) +
               entry->n_rows * row_bytes +
               plc_layout_plastic_bytes(m->layout, core->row_begin + entry->first_row,
                                        core->row_begin + entry->first_row + entry->n_rows);
    for (uint32_t i = 0; i < entry->n_rows; i++)
        axons += offsets[i + 1] > offsets[i];
    return axons;
}

static uint64_t measure_core(const plc_mapping *m, uint32_t c, resource what)
{
    const plc_layout_core *core = &m->layout->cores[c];
    uint64_t sum = 0;
    if (what == KEY_ENTRIES)
        return core->entry_end - core->entry_begin;
    for (uint32_t e = core->entry_begin; e < core->entry_end; e++)
        sum += measure_entry(m, core, &m->layout->key_entries[e], what);
    return sum;
}

/* Names the fewest source populations that take more than a core has. */
static bool list_sources(const plc_mapping *m, uint32_t c, resource what, uint64_t limit,
                         char *buffer, size_t size)
{
    const plc_layout *layout = m->layout;
    const plc_layout_core *core = &layout->cores[c];
    plc_need *needs = plc_array(layout->n_populations, sizeof *needs);
    for (uint32_t i = 0; needs && i < layout->n_populations; i++)
        needs[i].population = i;
    for (uint32_t e = core->entry_begin; needs && e < core->entry_end; e++)
        needs[plc_needs_find(m, layout->key_entries[e].key)].amount +=
            (double)measure_entry(m, core, &layout->key_entries[e], what);
    if (needs) {
        plc_needs_sort(needs, layout->n_populations);
        plc_needs_list(layout->populations, needs,
                       plc_needs_count(needs, layout->n_populations, (double)limit), buffer, size);
    }
    free(needs);
    return needs != NULL;
}

/* Neurons of the largest core. */
static uint32_t count_neurons(const plc_mapping *m)
{
    uint32_t most = 0;
    for (size_t c = 0; c < m->n_cores; c++)
        if (m->cores[c].n_neurons > most)
            most = m->cores[c].n_neurons;
    return most;
}

plc_status plc_rows_check(plc_mapping *m, plc_error *error)
{
    const plc_layout *layout = m->layout;
    const plc_chip *chip = m->chip;
    for (int what = BYTES; what < N_RESOURCES; what++) {
        uint64_t limit = plc_chip_limit(chip, limited[what].limit), most = 0;
        uint32_t fullest = 0;
        for (uint32_t c = 0; limit < UINT64_MAX && c < layout->n_cores; c++) {
            uint64_t needed = measure_core(m, c, (resource)what);
            if (needed > most) {
                most = needed;
                fullest = c;
            }
        }
        if (most <= limit)
            continue;
        const plc_layout_core *core = &layout->cores[fullest];
        char who[384];
        if (!list_sources(m, fullest, (resource)what, limit, who, sizeof who))
            return plc_fail_memory(error, "layout");
        m->lack = (plc_lack){.kind = PLC_LACK_LIMIT,
                             .quantity = limited[what].limit,
                             .needed = most,
                             .neurons = count_neurons(m)};
        return plc_fail(
            error, PLC_DOES_NOT_FIT,
            "does not fit: %s of core %u at (%u,%u), population %s: needs %llu%s, chip %s has "
            "%llu: from %s",
            limited[what].name, core->core, core->router % chip->width, core->router / chip->width,
            layout->populations[layout->slices[core->slice_begin].population].name,
            (unsigned long long)most, limited[what].unit, plc_chip_name(chip),
            (unsigned long long)limit, who);
    }
    return PLC_OK;
}
