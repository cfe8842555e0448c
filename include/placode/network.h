/* Spiking networks in PyNN's words: populations, projections, stimuli and recordings. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLACODE_NETWORK_H
#define PLACODE_NETWORK_H

#include <placode/status.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A network. It is *declared* by reading a file or by the add calls, then *resolved* once:
 * connectors become synapses, and parameters, weights and delays become integers. Nothing after
 * that reads a floating-point number. */
typedef struct plc_network plc_network;

typedef enum plc_model {
    PLC_SPIKE_SOURCE_ARRAY,   /* spikes at given ticks */
    PLC_SPIKE_SOURCE_POISSON, /* at most one spike a tick, with probability rate x tick */
    PLC_LIF_CURR_EXP,         /* leaky integrate-and-fire, exponential currents, S16.15 */
    PLC_ONOFF,                /* NeuroSA's ON-OFF pair */
    PLC_THRESHOLD, /* FTL cell: spikes when the tick's weighted input reaches a threshold */
    PLC_N_MODELS
} plc_model;

/* One named parameter: the same for all neurons, or one value per neuron. */
typedef struct plc_param {
    const char *name;
    double value;
    const double *values; /* [size] or NULL: `value` holds for all */
} plc_param;

/* Which neurons are due in a tick: all (period 1), those of ticks t with t mod period = phase, or
 * one drawn neuron from each of random_blocks equal blocks. */
typedef struct plc_schedule {
    uint32_t period;        /* [ticks] >= 1 */
    uint32_t phase;         /* [ticks] < period */
    uint32_t random_blocks; /* 0: by period; else 1..size, and period is 1 */
} plc_schedule;

typedef struct plc_population_spec {
    const char *name;
    uint32_t size; /* [neurons] >= 1 */
    plc_model model;
    plc_schedule schedule; /* zeroed: every tick */
    const plc_param *params;
    size_t n_params;
    const uint64_t *spike_offsets; /* spike_source_array: [size + 1] into spike_ticks, from 0 and
                                      never falling; NULL: no spikes; else NULL */
    const uint32_t *spike_ticks;   /* [ticks] any order, repeats count once */
    bool record_spikes, record_v;
} plc_population_spec;

/* A synapse list. Weights are in the model's unit (nA for lif_curr_exp; integers for onoff and
 * threshold), finite and at most 1e12 in magnitude; delays are 1..255 ticks. `weight` and `delay`
 * are not read where each synapse has its own. */
typedef struct plc_synapse_list {
    size_t n;
    const uint32_t *sources, *targets; /* [n] */
    const double *weights;             /* [n] or NULL: `weight` holds for all */
    const uint32_t *delays;            /* [n] [ticks] or NULL: `delay` holds for all */
    double weight;
    uint32_t delay;
} plc_synapse_list;

/* How many spikes a neuron with plastic synapses remembers, for those whose sources do not spike.
 */
typedef enum plc_stdp_history {
    PLC_STDP_16,        /* SpiNNaker's: 16 entries, one of them a dummy, so that the 15 last spikes
                         * count; what an older one would have done is lost */
    PLC_STDP_UNBOUNDED, /* all */
    PLC_STDP_FLUSH,     /* 15; the synapses take the oldest before it is dropped */
} plc_stdp_history;

/* Plasticity stdp_pair_additive of synapses onto lif_curr_exp: pairs of spikes, all to all, with
 * additive steps. A weight is brought up to date when its source spikes. */
typedef struct plc_stdp {
    double a_plus, a_minus;     /* [nA] steps at lag 0, 0..65535 */
    double tau_plus, tau_minus; /* [ms] 0.001..1e6 */
    double w_min, w_max;        /* [nA] 0 <= w_min <= w_max <= 65535 */
    plc_stdp_history history;
    bool gated; /* the first spike of a burst of the source does not potentiate */
} plc_stdp;

/* An empty network with `tick_ms` of model time per tick; `seed` drives its random connectors. */
PLC_API plc_status plc_network_create(double tick_ms, uint64_t seed, plc_network **ret_network,
                                      plc_error *error);
PLC_API void plc_network_destroy(plc_network *network);

/* Adds a population; everything is copied. Parameters left out take the model's defaults.
 * PLC_INVALID says what is not as `spec` has to be, PLC_NO_MEMORY also what this machine could
 * never hold; then the network is as before. */
PLC_API plc_status plc_network_add_population(plc_network *network, const plc_population_spec *spec,
                                              uint32_t *ret_population, plc_error *error);
/* Adds a projection from a list; everything is copied, and all of it is checked. `receptor` is
 * "excitatory", "inhibitory" or "input" (NULL: the model's first). */
PLC_API plc_status plc_network_add_projection(plc_network *network, uint32_t source,
                                              uint32_t target, const char *receptor,
                                              const plc_synapse_list *list, plc_error *error);

/* The same with plastic synapses, of which the list has the initial weights. All that end on one
 * population must have the same constants. */
PLC_API plc_status plc_network_add_plastic(plc_network *network, uint32_t source, uint32_t target,
                                           const char *receptor, const plc_synapse_list *list,
                                           const plc_stdp *plasticity, plc_error *error);
/* The largest input of a tick [nA] that must not saturate on the receptors of a lif_curr_exp
 * population; 0, as it is in the beginning: the sum of all synapses onto a neuron. Less gives finer
 * weights; what is more saturates at up to twice as much. PLC_INVALID for other models and unless
 * 0..16383. */
PLC_API plc_status plc_network_set_input_max(plc_network *network, uint32_t population,
                                             double excitatory, double inhibitory,
                                             plc_error *error);

/* Declares the network of a YAML file (docs/formats.md). CSV files it names are found beside it.
 * Not yet resolved. */
PLC_API plc_status plc_network_read(const char *path, uint64_t seed, plc_network **ret_network,
                                    plc_error *error);
/* The same from memory; `name` stands for the path in messages and `folder` is where CSV files are
 * looked for. */
PLC_API plc_status plc_network_parse(const char *name, const char *folder, const char *text,
                                     size_t length, uint64_t seed, plc_network **ret_network,
                                     plc_error *error);

/* Expands the connectors and turns all quantities into integers. A synapse keeps 4 bytes, 4 more
 * where weights differ and 1 more where delays do, besides the list that it may come from. Where
 * weights differ it takes 8 more until its target population is resolved, and where they do not, 4
 * (fixed_number_pre) or 8 (fixed_total_number) more while its projection is expanded. A network
 * that this machine's memory could not hold even then is refused, PLC_NO_MEMORY, before any synapse
 * is made.
 *
 * Does nothing when nothing was added since the last time; otherwise, and after a failure, the
 * result is that of a network never resolved before. */
PLC_API plc_status plc_network_resolve(plc_network *network, plc_error *error);

PLC_API uint32_t plc_network_n_populations(const plc_network *network);
/* `population` must be below their number. The name is owned by the network. */
PLC_API const char *plc_network_population_name(const plc_network *network, uint32_t population);
PLC_API uint32_t plc_network_population_size(const plc_network *network, uint32_t population);
PLC_API double plc_network_tick_ms(const plc_network *network);
/* Neurons and synapses in all; for connectors of a network not yet resolved that draw how many
 * there are (fixed_probability), the expected number. */
PLC_API uint64_t plc_network_n_neurons(const plc_network *network);
PLC_API uint64_t plc_network_n_synapses(const plc_network *network);
/* A line on what rounding weights to integers cost, or NULL if no weight moved by more than 1 %.
 * Owned by the network. */
PLC_API const char *plc_network_rounding_note(const plc_network *network);

#ifdef __cplusplus
}
#endif

#endif
