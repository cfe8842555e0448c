/* Spikes as every engine reports them, their digest, and the files that hold them. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLACODE_SPIKES_H
#define PLACODE_SPIKES_H

#include <placode/status.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One spike. A trace is canonical when sorted by (tick, population, neuron); no neuron spikes twice
 * in a tick. */
typedef struct plc_spike {
    uint64_t tick;            /* [ticks] since the start of the run */
    uint32_t neuron;          /* index in its population */
    uint32_t population : 31; /* index in its network */
    uint32_t polarity : 1;    /* 1: the OFF spike of an ON-OFF pair, which delivers its weights
                                 negated; 0: any other */
} plc_spike;

/* The digest of one spike. The digest of a trace is the sum modulo 2^64 over its spikes, so it does
 * not depend on their order and the digests of parts add up. */
PLC_API uint64_t plc_spike_digest(plc_spike spike);

/* A growable trace with the names that give its population numbers a meaning. A zeroed one is
 * empty. */
typedef struct plc_trace {
    plc_spike *spikes; /* [n] */
    size_t n, capacity;
    char **populations; /* [n_populations] names */
    uint32_t n_populations;
    double tick_ms; /* [ms] model time per tick */
} plc_trace;

/* Prepares a trace for spikes of the named populations; names are copied. */
PLC_API plc_status plc_trace_init(plc_trace *trace, const char *const *populations,
                                  uint32_t n_populations, double tick_ms, plc_error *error);
PLC_API plc_status plc_trace_append(plc_trace *trace, const plc_spike *spikes, size_t n,
                                    plc_error *error);
/* Sorts by (tick, population, neuron, polarity). O(n log n) */
PLC_API void plc_trace_sort(plc_trace *trace);
PLC_API void plc_trace_finish(plc_trace *trace);

/* Membrane potentials of one population, recorded before each tick's update. */
typedef struct plc_recording {
    uint32_t population; /* index in the network */
    uint32_t n_neurons;  /* [neurons] */
    uint64_t n_ticks;    /* [ticks] */
    double unit;     /* one step of `values` in the population's unit: 2^-15 mV for S16.15, 1 for
                        integers */
    int32_t *values; /* [n_ticks][n_neurons] */
} plc_recording;

/* The weight of a plastic synapse as the chip's host would read it: what its source's last spike
 * made of it; later spikes of the target show when the source spikes again. */
typedef struct plc_weight {
    uint32_t source_population, source; /* neuron of the network */
    uint32_t target_population, target;
    uint32_t delay;    /* [ticks] */
    uint32_t receptor; /* of the target's model */
    double weight;     /* [nA] */
} plc_weight;

/* Writes a sorted trace as a SONATA spike file (HDF5: /spikes/NAME/timestamps in ms and node_ids;
 * `polarity` where a population has OFF spikes), with each recording as a SONATA frame report under
 * /report/NAME. Source: SONATA developer guide, "Spike file" and "Frame-oriented node element
 * recordings". The file appears whole or not at all. */
PLC_API plc_status plc_spikes_write_sonata(const plc_trace *trace, const plc_recording *recordings,
                                           size_t n_recordings, const char *path, plc_error *error);
/* The same with n_weights weights as the table /weights/synapses, one row a synapse, its
 * populations numbered as the lines of the text /weights/populations. */
PLC_API plc_status plc_spikes_write_weights(const plc_trace *trace, const plc_recording *recordings,
                                            size_t n_recordings, const plc_weight *weights,
                                            size_t n_weights, const char *path, plc_error *error);
/* Writes a sorted trace as CSV with the header `tick,population,neuron`. The file appears whole or
 * not at all. */
PLC_API plc_status plc_spikes_write_csv(const plc_trace *trace, const char *path, plc_error *error);
/* Reads either kind, told apart by content, into a sorted trace; populations are numbered in the
 * order of their names in the file. */
PLC_API plc_status plc_spikes_read(const char *path, plc_trace *ret_trace, plc_error *error);

/* Where two traces part. Populations are matched by name. */
typedef struct plc_trace_difference {
    int differs;       /* 0: the traces hold the same spikes */
    int only_in_first; /* 1: the spike is in the first trace only; 0: in the second only */
    uint64_t tick;     /* [ticks] */
    char population[64];
    uint32_t neuron;
} plc_trace_difference;

/* The first spike, in canonical order, that is in one trace only. Polarity is not compared: CSV
 * files do not hold it. */
PLC_API plc_status plc_trace_compare(const plc_trace *a, const plc_trace *b,
                                     plc_trace_difference *ret_difference, plc_error *error);

#ifdef __cplusplus
}
#endif

#endif
