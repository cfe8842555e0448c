/* Reading SONATA spike files, ours and those from elsewhere. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/file.h"
#include "base/hdf5.h"
#include "base/memory.h"
#include "base/seal.h"
#include "hw/engine/sonata.h"
#include "hw/engine/trace.h"

#include <math.h>

/* The columns of one population. */
typedef struct plc_spike_columns {
    uint64_t n;
    double *timestamps;  /* [n] [ms] */
    int64_t *node_ids;   /* [n] */
    uint8_t *polarities; /* [n] or NULL */
} plc_spike_columns;

static plc_status add_spikes(plc_trace *trace, const plc_spike_columns *columns, const char *file,
                             plc_error *error)
{
    uint32_t population = trace->n_populations - 1;
    const char *name = trace->populations[population];
    if (columns->n > SIZE_MAX / sizeof *trace->spikes - trace->n ||
        !plc_reserve(trace, spikes, (size_t)columns->n))
        return plc_fail_memory(error, file);
    for (uint64_t i = 0; i < columns->n; i++) {
        double tick = round(columns->timestamps[i] / trace->tick_ms);
        int64_t id = columns->node_ids[i];
        if (!(tick >= 0 && tick < 0x1p63))
            return plc_fail(error, PLC_INVALID, "%s: /spikes/%s/timestamps[%llu]: not a time: %g",
                            file, name, (unsigned long long)i, columns->timestamps[i]);
        if (id < 0 || id > UINT32_MAX)
            return plc_fail(error, PLC_INVALID,
                            "%s: /spikes/%s/node_ids[%llu]: expected 0..%u, got %lld", file, name,
                            (unsigned long long)i, UINT32_MAX, (long long)id);
        trace->spikes[trace->n++] = (plc_spike){
            .tick = (uint64_t)tick,
            .neuron = (uint32_t)id,
            .population = population & INT32_MAX,
            .polarity = columns->polarities && columns->polarities[i],
        };
    }
    return PLC_OK;
}

/* Reads /spikes/NAME as the trace's last population. */
static plc_status read_population(plc_h5 *h5, plc_trace *trace, const char *file, plc_error *error)
{
    const char *name = trace->populations[trace->n_populations - 1];
    plc_text path = {0};
    plc_spike_columns columns = {.n = PLC_H5_ANY};
    plc_text_add(&path, "/spikes/%s/timestamps", name);
    if (!path.failed)
        columns.timestamps = plc_h5_read(h5, path.data, PLC_H5_F64, 1, &columns.n);
    path.n = 0;
    plc_text_add(&path, "/spikes/%s/node_ids", name);
    if (!path.failed)
        columns.node_ids = plc_h5_read(h5, path.data, PLC_H5_I64, 1, &columns.n);
    path.n = 0;
    plc_text_add(&path, "/spikes/%s/polarity", name);
    if (!path.failed && plc_h5_has(h5, path.data))
        columns.polarities = plc_h5_read(h5, path.data, PLC_H5_U8, 1, &columns.n);
    plc_status status = path.failed ? plc_fail_memory(error, file) : plc_h5_status(h5);
    if (status == PLC_OK)
        status = add_spikes(trace, &columns, file, error);
    free(columns.timestamps);
    free(columns.node_ids);
    free(columns.polarities);
    plc_text_finish(&path);
    return status;
}

static plc_status read_spikes(plc_h5 *h5, plc_trace *trace, const char *file, plc_error *error)
{
    trace->tick_ms = 1.0;
    if (plc_h5_has(h5, "/spikes") && plc_h5_has_attribute(h5, "/spikes", "tick_ms"))
        plc_h5_get(h5, "/spikes", "tick_ms", PLC_H5_F64, &trace->tick_ms);
    if (!isfinite(trace->tick_ms) || trace->tick_ms <= 0)
        return plc_fail(error, PLC_INVALID, "%s: /spikes: attribute tick_ms: not a time: %g", file,
                        trace->tick_ms);
    for (uint32_t p = 0; p <= INT32_MAX; p++) {
        char *name = plc_h5_member(h5, "/spikes", p);
        if (!name)
            break;
        bool added = plc_trace_add_population(trace, name, strlen(name));
        free(name);
        plc_status status =
            added ? read_population(h5, trace, file, error) : plc_fail_memory(error, file);
        if (status != PLC_OK)
            return status;
    }
    return plc_h5_status(h5);
}

plc_status plc_sonata_parse(const char *name, const char *data, size_t size, plc_trace *ret_trace,
                            plc_error *error)
{
    const char *kind = plc_seal_is(NULL, data, size) ? PLC_SPIKES_KIND : NULL;
    plc_h5 *h5 = NULL;
    plc_trace trace = {0};
    plc_status status = plc_h5_open(kind, name, data, size, &h5, error);
    if (status == PLC_OK)
        status = read_spikes(h5, &trace, name, error);
    plc_h5_destroy(h5);
    if (status == PLC_OK) {
        plc_trace_sort(&trace);
        *ret_trace = trace;
    } else {
        plc_trace_finish(&trace);
    }
    return status;
}
