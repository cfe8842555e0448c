/* Writing layouts as HDF5 files. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/memory.h"
#include "hw/layout/layout_file.h"
#include "hw/neuron/model.h"

#include <stddef.h>
#include <stdio.h>

#define FIELD(type, field)                                                                         \
    {                                                                                              \
#field, PLC_H5_U32, offsetof(type, field), 1                                               \
    }
#define FIELD_64(type, field)                                                                      \
    {                                                                                              \
#field, PLC_H5_U64, offsetof(type, field), 1                                               \
    }

static const plc_h5_field slice_fields[] = {
    FIELD(plc_slice, population), FIELD(plc_slice, begin),         FIELD(plc_slice, end),
    FIELD(plc_slice, core),       FIELD(plc_slice, offset),        FIELD(plc_slice, key),
    FIELD(plc_slice, key_mask),   FIELD(plc_slice, polarity_mask),
};

static const plc_h5_field core_fields[] = {
    FIELD(plc_layout_core, router),       FIELD(plc_layout_core, core),
    FIELD(plc_layout_core, slice_begin),  FIELD(plc_layout_core, slice_end),
    FIELD(plc_layout_core, entry_begin),  FIELD(plc_layout_core, entry_end),
    FIELD_64(plc_layout_core, row_begin), FIELD_64(plc_layout_core, row_end),
    FIELD(plc_layout_core, n_neurons),
};

static const plc_h5_field key_fields[] = {
    FIELD(plc_key_entry, key),        FIELD(plc_key_entry, mask),
    FIELD(plc_key_entry, index_mask), FIELD(plc_key_entry, polarity_mask),
    FIELD(plc_key_entry, first_row),  FIELD(plc_key_entry, n_rows),
};

static const plc_h5_field route_fields[] = {
    FIELD(plc_route_entry, key),
    FIELD(plc_route_entry, mask),
    FIELD(plc_route_entry, links),
    {"cores", PLC_H5_U64, offsetof(plc_route_entry, cores), PLC_CORE_WORDS},
};

#define TABLE(path, fields, type)                                                                  \
    {                                                                                              \
        path, fields, sizeof fields / sizeof *fields, sizeof(type)                                 \
    }
const plc_layout_table plc_slice_table = TABLE("/slices", slice_fields, plc_slice);
const plc_layout_table plc_core_table = TABLE("/cores", core_fields, plc_layout_core);
const plc_layout_table plc_key_table = TABLE("/key_entries", key_fields, plc_key_entry);
const plc_layout_table plc_route_table = TABLE("/routes/entries", route_fields, plc_route_entry);

void plc_population_path(char path[64], uint32_t population, const char *member)
{
    snprintf(path, 64, "/populations/%u%s%.32s", population, *member ? "/" : "", member);
}

static void write_table(plc_h5 *h5, const plc_layout_table *table, uint64_t n, const void *data)
{
    plc_h5_write_table(h5, table->path, table->fields, table->n_fields, table->size, n, data);
}

static void set_u32(plc_h5 *h5, const char *path, const char *attribute, uint32_t value)
{
    plc_h5_set(h5, path, attribute, PLC_H5_U32, 1, &value);
}

static void set_u8(plc_h5 *h5, const char *path, const char *attribute, uint8_t value)
{
    plc_h5_set(h5, path, attribute, PLC_H5_U8, 1, &value);
}

static void write_words(plc_h5 *h5, uint32_t population, const char *member, uint32_t n_sets,
                        uint32_t n_words, const int32_t *words)
{
    char path[64];
    plc_population_path(path, population, member);
    plc_h5_write(h5, path, PLC_H5_I32, 2, (uint64_t[]){n_sets, n_words}, words);
}

static void write_spike_times(plc_h5 *h5, uint32_t population, const plc_population *p)
{
    char path[64];
    uint64_t n = (uint64_t)p->size + 1;
    plc_population_path(path, population, "spike_offsets");
    plc_h5_write(h5, path, PLC_H5_U64, 1, &n, p->spike_offsets);
    plc_population_path(path, population, "spike_ticks");
    plc_h5_write(h5, path, PLC_H5_U32, 1, &p->spike_offsets[p->size], p->spike_ticks);
}

static void write_population(plc_h5 *h5, uint32_t i, const plc_population *p)
{
    char path[64];
    plc_population_path(path, i, "");
    plc_h5_group(h5, path);
    plc_h5_set_text(h5, path, "name", p->name);
    set_u32(h5, path, "size", p->size);
    plc_h5_set_text(h5, path, "model", plc_model_name(p->model));
    set_u32(h5, path, "period", p->schedule.period);
    set_u32(h5, path, "phase", p->schedule.phase);
    set_u32(h5, path, "random_blocks", p->schedule.random_blocks);
    set_u8(h5, path, "record_spikes", p->record_spikes);
    set_u8(h5, path, "record_v", p->record_v);
    write_words(h5, i, "params", p->n_param_sets, plc_model_n_params(p->model), p->params);
    write_words(h5, i, "state", p->n_state_sets, plc_model_n_state(p->model), p->state);
    if (p->spike_offsets)
        write_spike_times(h5, i, p);
    if (p->stdp)
        write_words(h5, i, "stdp", 1, PLC_STDP_WORDS, (const int32_t *)(const void *)p->stdp);
}

static void write_rows(plc_h5 *h5, const plc_layout *layout)
{
    const plc_row_format *format = &layout->format;
    uint64_t n = layout->n_rows + 1;
    plc_h5_group(h5, "/rows");
    set_u8(h5, "/rows", "target_bits", format->target_bits);
    set_u8(h5, "/rows", "receptor_bits", format->receptor_bits);
    set_u8(h5, "/rows", "delay_bits", format->delay_bits);
    set_u8(h5, "/rows", "weight_bits", format->weight_bits);
    set_u8(h5, "/rows", "word_bytes", format->word_bytes);
    if (format->plastic_bits)
        set_u8(h5, "/rows", "plastic_bits", format->plastic_bits);
    plc_h5_write(h5, "/rows/offsets", PLC_H5_U64, 1, &n, layout->row_offsets);
    plc_h5_write(h5, "/rows/words", format->word_bytes == 4 ? PLC_H5_U32 : PLC_H5_U64, 1,
                 &layout->n_words, layout->words);
}

static void write_layout(plc_h5 *h5, const plc_layout *layout, const char *chip)
{
    uint64_t digest = plc_layout_digest(layout);
    plc_h5_set_text(h5, "/", "placode", "layout/1");
    plc_h5_set(h5, "/", "digest", PLC_H5_U64, 1, &digest);
    plc_h5_set(h5, "/", "tick_ms", PLC_H5_F64, 1, &layout->tick_ms);
    plc_h5_set(h5, "/", "seed", PLC_H5_U64, 1, &layout->seed);
    plc_h5_write_text(h5, "/chip", chip);
    plc_h5_group(h5, "/populations");
    for (uint32_t i = 0; i < layout->n_populations; i++)
        write_population(h5, i, &layout->populations[i]);
    write_table(h5, &plc_slice_table, layout->n_slices, layout->slices);
    write_table(h5, &plc_core_table, layout->n_cores, layout->cores);
    write_table(h5, &plc_key_table, layout->n_key_entries, layout->key_entries);
    write_rows(h5, layout);
    uint64_t n_routers = (uint64_t)layout->chip->width * layout->chip->height;
    plc_h5_group(h5, "/routes");
    plc_h5_write(h5, "/routes/offsets", PLC_H5_U32, 1, (uint64_t[]){n_routers + 1},
                 layout->route_offsets);
    write_table(h5, &plc_route_table, layout->route_offsets[n_routers], layout->route_entries);
}

plc_status plc_layout_write(const plc_layout *layout, const char *path, plc_error *error)
{
    char *chip = NULL;
    plc_h5 *h5 = NULL;
    plc_status status = plc_layout_check(layout, error);
    if (status == PLC_OK)
        status = plc_chip_to_yaml(layout->chip, &chip, error);
    if (status == PLC_OK)
        status = plc_h5_create(path, &h5, error);
    if (status == PLC_OK) {
        write_layout(h5, layout, chip);
        status = plc_h5_finish(h5, PLC_LAYOUT_KIND, path);
    }
    plc_h5_destroy(h5);
    free(chip);
    return status;
}
