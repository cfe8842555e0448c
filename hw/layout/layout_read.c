/* Reading layouts from HDF5 files, with every array checked before it is used. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "hw/layout/layout_file.h"
#include "hw/neuron/model.h"

static uint32_t get_u32(plc_h5 *h5, const char *path, const char *attribute)
{
    uint32_t value = 0;
    plc_h5_get(h5, path, attribute, PLC_H5_U32, &value);
    return value;
}

static uint8_t get_u8(plc_h5 *h5, const char *path, const char *attribute)
{
    uint8_t value = 0;
    plc_h5_get(h5, path, attribute, PLC_H5_U8, &value);
    return value;
}

/* A table of at most 2^32 - 1 rows. */
static void *read_table(plc_h5 *h5, const plc_layout_table *table, uint32_t *ret_n)
{
    uint64_t n = 0;
    void *data =
        plc_h5_read_table(h5, table->path, table->fields, table->n_fields, table->size, &n);
    if (data && n > UINT32_MAX)
        plc_h5_fail(h5, PLC_INVALID, table->path, "expected fewer than 2^32 rows");
    *ret_n = data ? (uint32_t)n : 0;
    return data;
}

/* The model of a name; PLC_N_MODELS after a failure. */
static plc_model read_model(plc_h5 *h5, const char *path)
{
    char *name = plc_h5_get_text(h5, path, "model");
    unsigned model = 0;
    while (name && model < PLC_N_MODELS && strcmp(name, plc_model_names[model]))
        model++;
    if (name && model == PLC_N_MODELS)
        plc_h5_fail(h5, PLC_INVALID, path, "unknown model \"%.40s\"", name);
    free(name);
    return name ? (plc_model)model : PLC_N_MODELS;
}

/* A population's [sets][words] of parameters or state. */
static int32_t *read_words(plc_h5 *h5, uint32_t i, const char *member, uint32_t n_words,
                           uint32_t *ret_n_sets)
{
    char path[64];
    uint64_t dims[2] = {PLC_H5_ANY, n_words};
    plc_population_path(path, i, member);
    int32_t *words = plc_h5_read(h5, path, PLC_H5_I32, 2, dims);
    if (words && dims[0] > UINT32_MAX)
        plc_h5_fail(h5, PLC_INVALID, path, "expected fewer than 2^32 sets");
    *ret_n_sets = words ? (uint32_t)dims[0] : 0;
    return words;
}

static void read_spike_times(plc_h5 *h5, uint32_t i, plc_population *p)
{
    char path[64];
    uint64_t n = (uint64_t)p->size + 1;
    plc_population_path(path, i, "spike_offsets");
    p->spike_offsets = plc_h5_read(h5, path, PLC_H5_U64, 1, &n);
    if (!p->spike_offsets)
        return;
    n = p->spike_offsets[p->size];
    plc_population_path(path, i, "spike_ticks");
    p->spike_ticks = plc_h5_read(h5, path, PLC_H5_U32, 1, &n);
}

static void read_stdp(plc_h5 *h5, uint32_t i, plc_population *p)
{
    char path[64];
    uint32_t n_sets = 0;
    plc_population_path(path, i, "stdp");
    int32_t *words = read_words(h5, i, "stdp", PLC_STDP_WORDS, &n_sets);
    if (words && n_sets != 1)
        plc_h5_fail(h5, PLC_INVALID, path, "expected 1 set of words, got %u", n_sets);
    if (plc_h5_status(h5) == PLC_OK && !(p->stdp = plc_array_copy(words, 1, sizeof *p->stdp)))
        plc_h5_fail(h5, PLC_NO_MEMORY, path, "out of memory");
    free(words);
}

static void read_population(plc_h5 *h5, uint32_t i, plc_population *p)
{
    char path[64];
    plc_population_path(path, i, "");
    p->name = plc_h5_get_text(h5, path, "name");
    p->size = get_u32(h5, path, "size");
    p->model = read_model(h5, path);
    p->schedule.period = get_u32(h5, path, "period");
    p->schedule.phase = get_u32(h5, path, "phase");
    p->schedule.random_blocks = get_u32(h5, path, "random_blocks");
    p->record_spikes = get_u8(h5, path, "record_spikes") != 0;
    p->record_v = get_u8(h5, path, "record_v") != 0;
    if (plc_h5_status(h5) != PLC_OK)
        return;
    p->params = read_words(h5, i, "params", plc_model_n_params(p->model), &p->n_param_sets);
    p->state = read_words(h5, i, "state", plc_model_n_state(p->model), &p->n_state_sets);
    if (p->model == PLC_SPIKE_SOURCE_ARRAY)
        read_spike_times(h5, i, p);
    plc_population_path(path, i, "stdp");
    if (plc_h5_has(h5, path))
        read_stdp(h5, i, p);
}

/* Populations are numbered from 0 without a gap. */
static void read_populations(plc_h5 *h5, plc_layout *layout)
{
    size_t capacity = 0;
    char path[64];
    for (uint32_t i = 0;; i++) {
        plc_population_path(path, i, "");
        if (!plc_h5_has(h5, path))
            return;
        if (!plc_array_reserve(&layout->populations, &capacity, (size_t)i + 1,
                               sizeof *layout->populations)) {
            plc_h5_fail(h5, PLC_NO_MEMORY, path, "out of memory");
            return;
        }
        layout->populations[i] = (plc_population){0};
        layout->n_populations = i + 1;
        read_population(h5, i, &layout->populations[i]);
    }
}

static void read_rows(plc_h5 *h5, plc_layout *layout)
{
    plc_row_format *format = &layout->format;
    format->target_bits = get_u8(h5, "/rows", "target_bits");
    format->receptor_bits = get_u8(h5, "/rows", "receptor_bits");
    format->delay_bits = get_u8(h5, "/rows", "delay_bits");
    format->weight_bits = get_u8(h5, "/rows", "weight_bits");
    format->word_bytes = get_u8(h5, "/rows", "word_bytes");
    if (plc_h5_has_attribute(h5, "/rows", "plastic_bits"))
        format->plastic_bits = get_u8(h5, "/rows", "plastic_bits");
    uint64_t n = PLC_H5_ANY;
    layout->row_offsets = plc_h5_read(h5, "/rows/offsets", PLC_H5_U64, 1, &n);
    if (layout->row_offsets && !n)
        plc_h5_fail(h5, PLC_INVALID, "/rows/offsets", "empty");
    layout->n_rows = n - 1;
    n = PLC_H5_ANY;
    layout->words =
        plc_h5_read(h5, "/rows/words", format->word_bytes == 4 ? PLC_H5_U32 : PLC_H5_U64, 1, &n);
    layout->n_words = n;
}

static void read_routes(plc_h5 *h5, plc_layout *layout)
{
    uint64_t n_routers = (uint64_t)layout->chip->width * layout->chip->height;
    uint64_t n_offsets = n_routers + 1;
    uint32_t n = 0;
    layout->route_offsets = plc_h5_read(h5, "/routes/offsets", PLC_H5_U32, 1, &n_offsets);
    layout->route_entries = read_table(h5, &plc_route_table, &n);
    if (layout->route_offsets && layout->route_entries && layout->route_offsets[n_routers] != n)
        plc_h5_fail(h5, PLC_INVALID, "/routes/offsets", "expected to end at %u, got %u", n,
                    layout->route_offsets[n_routers]);
}

static plc_status read_chip(plc_h5 *h5, const char *name, plc_layout *layout, plc_error *error)
{
    char *text = plc_h5_read_text(h5, "/chip");
    if (!text)
        return plc_h5_status(h5);
    plc_status status = plc_chip_parse(name, text, strlen(text), &layout->chip, error);
    free(text);
    return status;
}

static plc_status read_layout(plc_h5 *h5, const char *name, plc_layout *layout, plc_error *error)
{
    uint64_t digest = 0;
    plc_h5_get(h5, "/", "digest", PLC_H5_U64, &digest);
    plc_h5_get(h5, "/", "tick_ms", PLC_H5_F64, &layout->tick_ms);
    plc_h5_get(h5, "/", "seed", PLC_H5_U64, &layout->seed);
    plc_status status = read_chip(h5, name, layout, error);
    if (status != PLC_OK)
        return status;
    read_populations(h5, layout);
    layout->slices = read_table(h5, &plc_slice_table, &layout->n_slices);
    layout->cores = read_table(h5, &plc_core_table, &layout->n_cores);
    layout->key_entries = read_table(h5, &plc_key_table, &layout->n_key_entries);
    read_rows(h5, layout);
    read_routes(h5, layout);
    if (plc_h5_status(h5) != PLC_OK)
        return plc_h5_status(h5);
    plc_error reason;
    status = plc_layout_check(layout, &reason);
    if (status != PLC_OK)
        return plc_fail(error, status, "%s: %s", name, reason.message);
    uint64_t actual = plc_layout_digest(layout);
    if (actual != digest)
        return plc_fail(error, PLC_INVALID,
                        "%s: damaged: expected layout digest 0x%016llx, got 0x%016llx", name,
                        (unsigned long long)digest, (unsigned long long)actual);
    return PLC_OK;
}

plc_status plc_layout_parse(const char *name, const char *data, size_t size,
                            plc_layout **ret_layout, plc_error *error)
{
    plc_h5 *h5 = NULL;
    plc_status status = plc_h5_open(PLC_LAYOUT_KIND, name, data, size, &h5, error);
    if (status != PLC_OK)
        return status;
    plc_layout *layout = plc_array(1, sizeof *layout);
    status = layout ? read_layout(h5, name, layout, error) : plc_fail_memory(error, name);
    plc_h5_destroy(h5);
    if (status == PLC_OK)
        *ret_layout = layout;
    else
        plc_layout_destroy(layout);
    return status;
}

plc_status plc_layout_read(const char *path, plc_layout **ret_layout, plc_error *error)
{
    plc_bytes bytes = {0};
    plc_status status = plc_bytes_read(path, &bytes, error);
    if (status == PLC_OK)
        status = plc_layout_parse(path, bytes.data, bytes.size, ret_layout, error);
    plc_bytes_finish(&bytes);
    return status;
}
