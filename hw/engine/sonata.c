/* Writing SONATA spike files with frame reports. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/engine/sonata.h"

#include "base/error.h"
#include "base/file.h"
#include "base/hdf5.h"
#include "base/memory.h"
#include "hw/engine/trace.h"

#include <math.h>
#include <stddef.h>

/* Source: SONATA developer guide, "Output file formats": every file carries `magic` and `version`.
 */
static const uint32_t magic = 0x0a7a;
static const uint32_t version[2] = {0, 1};

/* The order of spikes, as the guide enumerates it. */
static const char *const sortings[] = {"none", "by_id", "by_time", NULL};
enum { BY_TIME = 2 };

/* A trace by populations: columns of each population one after the other. */
typedef struct plc_columns {
    size_t *begin;       /* [n_populations + 1] into the columns */
    bool *has_off;       /* [n_populations] */
    double *timestamps;  /* [n] [ms] */
    uint64_t *node_ids;  /* [n] */
    uint8_t *polarities; /* [n] */
} plc_columns;

static void columns_finish(plc_columns *columns)
{
    free(columns->begin);
    free(columns->has_off);
    free(columns->timestamps);
    free(columns->node_ids);
    free(columns->polarities);
}

static plc_status columns_init(plc_columns *columns, const plc_trace *trace, plc_error *error)
{
    size_t n_populations = trace->n_populations;
    *columns = (plc_columns){
        .begin = plc_array(n_populations + 2, sizeof *columns->begin),
        .has_off = plc_array(n_populations, sizeof *columns->has_off),
        .timestamps = plc_array(trace->n, sizeof *columns->timestamps),
        .node_ids = plc_array(trace->n, sizeof *columns->node_ids),
        .polarities = plc_array(trace->n, sizeof *columns->polarities),
    };
    if (!columns->begin || !columns->has_off || !columns->timestamps || !columns->node_ids ||
        !columns->polarities)
        return plc_fail_memory(error, "spikes to be written");
    size_t *next =
        columns->begin + 1; /* becomes the end of each population, the next one's begin */
    for (size_t i = 0; i < trace->n; i++)
        next[trace->spikes[i].population + 1]++;
    for (size_t p = 0; p < n_populations; p++)
        next[p + 1] += next[p];
    for (size_t i = 0; i < trace->n; i++) {
        plc_spike spike = trace->spikes[i];
        size_t at = next[spike.population]++;
        columns->timestamps[at] = (double)spike.tick * trace->tick_ms;
        columns->node_ids[at] = spike.neuron;
        columns->polarities[at] = spike.polarity;
        columns->has_off[spike.population] |= spike.polarity;
    }
    return PLC_OK;
}

/* A path of up to three parts, valid until the next; "", with the file failed, when memory is
 * short. */
static const char *join(plc_h5 *h5, plc_text *text, const char *folder, const char *name,
                        const char *member)
{
    text->n = 0;
    plc_text_add(text, "%s/%s%s%s", folder, name, *member ? "/" : "", member);
    if (!text->failed)
        return text->data;
    plc_h5_fail(h5, PLC_NO_MEMORY, folder, "out of memory");
    return "";
}

static void write_spikes(plc_h5 *h5, const plc_trace *trace, const plc_columns *columns, uint32_t p,
                         plc_text *path)
{
    const char *name = trace->populations[p];
    size_t begin = columns->begin[p];
    uint64_t n = columns->begin[p + 1] - begin;
    plc_h5_group(h5, join(h5, path, "/spikes", name, ""));
    plc_h5_set_choice(h5, path->data, "sorting", sortings, BY_TIME);
    plc_h5_write(h5, join(h5, path, "/spikes", name, "timestamps"), PLC_H5_F64, 1, &n,
                 columns->timestamps + begin);
    plc_h5_set_text(h5, path->data, "units", "ms");
    plc_h5_write(h5, join(h5, path, "/spikes", name, "node_ids"), PLC_H5_U64, 1, &n,
                 columns->node_ids + begin);
    if (columns->has_off[p])
        plc_h5_write(h5, join(h5, path, "/spikes", name, "polarity"), PLC_H5_U8, 1, &n,
                     columns->polarities + begin);
}

/* The frames of a recording, [n_ticks][n_neurons] in its population's unit. */
static void write_frames(plc_h5 *h5, const plc_recording *recording, const char *path)
{
    size_t n = (size_t)recording->n_ticks * recording->n_neurons;
    float *frames = plc_array(n, sizeof *frames);
    if (!frames) {
        plc_h5_fail(h5, PLC_NO_MEMORY, path, "out of memory");
        return;
    }
    for (size_t i = 0; i < n; i++)
        frames[i] = (float)(recording->values[i] * recording->unit);
    uint64_t dims[2] = {recording->n_ticks, recording->n_neurons};
    plc_h5_write(h5, path, PLC_H5_F32, 2, dims, frames);
    plc_h5_set_text(h5, path, "units", recording->unit < 1 ? "mV" : "1");
    free(frames);
}

/* Which column of the frames is which neuron: one element, the only one, of each. */
static void write_mapping(plc_h5 *h5, const plc_trace *trace, const plc_recording *recording,
                          plc_text *path)
{
    const char *name = trace->populations[recording->population];
    uint64_t n = recording->n_neurons, n_pointers = n + 1, n_times = 3;
    uint64_t *indices = plc_array(n_pointers, sizeof *indices);
    uint32_t *zeros = plc_array(n, sizeof *zeros);
    uint8_t sorted = 1;
    double times[] = {0, (double)recording->n_ticks * trace->tick_ms, trace->tick_ms};
    if (!indices || !zeros)
        plc_h5_fail(h5, PLC_NO_MEMORY, name, "out of memory");
    for (uint64_t i = 0; indices && i < n_pointers; i++)
        indices[i] = i;
    plc_h5_group(h5, join(h5, path, "/report", name, "mapping"));
    plc_h5_write(h5, join(h5, path, "/report", name, "mapping/node_ids"), PLC_H5_U64, 1, &n,
                 indices);
    plc_h5_set(h5, path->data, "sorted", PLC_H5_U8, 1, &sorted);
    plc_h5_write(h5, join(h5, path, "/report", name, "mapping/index_pointers"), PLC_H5_U64, 1,
                 &n_pointers, indices);
    plc_h5_write(h5, join(h5, path, "/report", name, "mapping/element_ids"), PLC_H5_U32, 1, &n,
                 zeros);
    plc_h5_write(h5, join(h5, path, "/report", name, "mapping/time"), PLC_H5_F64, 1, &n_times,
                 times);
    plc_h5_set_text(h5, path->data, "units", "ms");
    free(indices);
    free(zeros);
}

/* Weights of plastic synapses. Not SONATA's: it has none that change. */
static void write_weights(plc_h5 *h5, const plc_trace *trace, const plc_weight *weights, size_t n)
{
    static const plc_h5_field fields[] = {
        {"source_population", PLC_H5_U32, offsetof(plc_weight, source_population), 1},
        {"source", PLC_H5_U32, offsetof(plc_weight, source), 1},
        {"target_population", PLC_H5_U32, offsetof(plc_weight, target_population), 1},
        {"target", PLC_H5_U32, offsetof(plc_weight, target), 1},
        {"delay", PLC_H5_U32, offsetof(plc_weight, delay), 1},
        {"receptor", PLC_H5_U32, offsetof(plc_weight, receptor), 1},
        {"weight", PLC_H5_F64, offsetof(plc_weight, weight), 1},
    };
    plc_text names = {0};
    for (uint32_t p = 0; p < trace->n_populations; p++)
        plc_text_add(&names, "%s\n", trace->populations[p]);
    plc_h5_group(h5, "/weights");
    if (names.failed)
        plc_h5_fail(h5, PLC_NO_MEMORY, "/weights", "out of memory");
    else
        plc_h5_write_text(h5, "/weights/populations", names.data ? names.data : "");
    plc_h5_write_table(h5, "/weights/synapses", fields, sizeof fields / sizeof *fields,
                       sizeof *weights, n, weights);
    plc_h5_set_text(h5, "/weights/synapses", "units", "nA");
    plc_text_finish(&names);
}

static void write_all(plc_h5 *h5, const plc_trace *trace, const plc_columns *columns,
                      const plc_recording *recordings, size_t n_recordings)
{
    plc_text path = {0};
    plc_h5_set(h5, "/", "magic", PLC_H5_U32, 1, &magic);
    plc_h5_set(h5, "/", "version", PLC_H5_U32, 2, version);
    plc_h5_group(h5, "/spikes");
    plc_h5_set(h5, "/spikes", "tick_ms", PLC_H5_F64, 1, &trace->tick_ms);
    for (uint32_t p = 0; p < trace->n_populations; p++)
        write_spikes(h5, trace, columns, p, &path);
    if (n_recordings)
        plc_h5_group(h5, "/report");
    for (size_t i = 0; i < n_recordings; i++) {
        const char *name = trace->populations[recordings[i].population];
        plc_h5_group(h5, join(h5, &path, "/report", name, ""));
        write_mapping(h5, trace, &recordings[i], &path);
        write_frames(h5, &recordings[i], join(h5, &path, "/report", name, "data"));
    }
    plc_text_finish(&path);
}

static plc_status check(const plc_trace *trace, const plc_recording *recordings,
                        size_t n_recordings, const char *path, plc_error *error)
{
    if (!isfinite(trace->tick_ms) || trace->tick_ms <= 0)
        return plc_fail(error, PLC_INVALID, "%s: tick: expected a positive number of ms, got %g",
                        path, trace->tick_ms);
    for (uint32_t p = 0; p < trace->n_populations; p++) {
        const char *name = trace->populations[p];
        if (!*name || strchr(name, '/') || !strcmp(name, "."))
            return plc_fail(error, PLC_INVALID,
                            "%s: population \"%s\": a SONATA file cannot hold that name", path,
                            name);
    }
    if (trace->n) {
        uint64_t last = trace->spikes[trace->n - 1].tick;
        if (last >> 50)
            return plc_fail(error, PLC_INVALID,
                            "%s: tick %llu: SONATA times are exact below 2^50 ticks only", path,
                            (unsigned long long)last);
    }
    for (size_t i = 0; i < n_recordings; i++)
        if (recordings[i].population >= trace->n_populations ||
            (recordings[i].n_neurons &&
             recordings[i].n_ticks > SIZE_MAX / 4 / recordings[i].n_neurons))
            return plc_fail(error, PLC_INVALID, "%s: recording %zu: no such population or size",
                            path, i);
    return PLC_OK;
}

plc_status plc_spikes_write_weights(const plc_trace *trace, const plc_recording *recordings,
                                    size_t n_recordings, const plc_weight *weights,
                                    size_t n_weights, const char *path, plc_error *error)
{
    plc_columns columns = {0};
    plc_h5 *h5 = NULL;
    plc_status status = plc_trace_check(trace, error);
    if (status == PLC_OK)
        status = check(trace, recordings, n_recordings, path, error);
    if (status == PLC_OK)
        status = columns_init(&columns, trace, error);
    if (status == PLC_OK)
        status = plc_h5_create(path, &h5, error);
    if (status == PLC_OK) {
        write_all(h5, trace, &columns, recordings, n_recordings);
        if (weights)
            write_weights(h5, trace, weights, n_weights);
        columns_finish(&columns);
        columns = (plc_columns){0};
        status = plc_h5_finish(h5, PLC_SPIKES_KIND, path);
    }
    plc_h5_destroy(h5);
    columns_finish(&columns);
    return status;
}

plc_status plc_spikes_write_sonata(const plc_trace *trace, const plc_recording *recordings,
                                   size_t n_recordings, const char *path, plc_error *error)
{
    return plc_spikes_write_weights(trace, recordings, n_recordings, NULL, 0, path, error);
}
