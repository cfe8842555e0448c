/* The network as the mapper sees it: populations, and projections as lists of synapses. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_NET_NETWORK_H
#define PLC_NET_NETWORK_H

#include "hw/neuron/population.h"
#include "net/names.h"

#include <placode/network.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    PLC_DELAY_MAX = 255, /* [ticks] of any network; chips may allow less */
    PLC_MAX_POPULATIONS =
        (1 << 24) - 1, /* and projections: their numbers are part of random streams */
};

#define PLC_WEIGHT_MAX 1e12 /* magnitude of a weight as declared, in the model's unit */

typedef enum plc_connector_kind {
    PLC_ONE_TO_ONE,
    PLC_ALL_TO_ALL,
    PLC_FIXED_PROBABILITY,
    PLC_FIXED_NUMBER_PRE,
    PLC_FIXED_NUMBER_POST,
    PLC_FIXED_TOTAL_NUMBER,
    PLC_FROM_LIST,
} plc_connector_kind;

/* The names in YAML, in the order above, NULL-terminated. */
extern const char *const plc_connector_names[];

/* How a projection chooses its pairs; the words are PyNN's. */
typedef struct plc_connector {
    plc_connector_kind kind;
    double p; /* fixed_probability: of each pair */
    uint64_t
        n; /* fixed_number_pre: sources of each target; fixed_number_post: targets of each source;
            * fixed_total_number: pairs, drawn with replacement; from_list: length of the lists */
    bool allow_self;             /* false: no synapse from a neuron to itself */
    uint32_t *sources, *targets; /* from_list: [n], owned */
    double *weights;             /* from_list: [n] or NULL, owned */
    uint8_t *delays;             /* from_list: [n] [ticks] or NULL, owned */
} plc_connector;

/* A value for all synapses, or one drawn uniformly for each when low < high. */
typedef struct plc_range {
    double low, high;
} plc_range;

typedef struct plc_projection {
    uint32_t source, target; /* populations */
    uint8_t receptor;        /* of the target's model */
    plc_connector connector;
    plc_range weight; /* in the model's unit, unless the list has weights */
    plc_range delay;  /* [ticks], unless the list has delays */
    bool plastic;     /* its weights change by the target's plasticity */
    plc_stdp stdp;    /* if so */
    char *where;      /* "net.yaml:14: projections[2]", for messages; owned */

    /* Resolved: the synapses of source neuron i are [offsets[i], offsets[i + 1]) of the arrays. */
    uint64_t *offsets;    /* [source size + 1] */
    uint32_t *targets;    /* [n] target neuron */
    int32_t *weights;     /* [n] or NULL: weight_all holds for all */
    uint8_t *delays;      /* [n] [ticks] or NULL: delay_all holds for all */
    double *real_weights; /* [n] before rounding; NULL once resolved */
    int32_t weight_all;
    uint8_t delay_all;
} plc_projection;

/* What resolving a population starts from. */
typedef struct plc_declared_state {
    int32_t *words;  /* [n_sets][words of the model's state] of an onoff population, its potentials
                      * the biases alone, owned; NULL for other models */
    uint32_t n_sets; /* 1 or size */
    double input_max[2]; /* [nA] by receptor; 0: the sum of all synapses; lif_curr_exp */
} plc_declared_state;

/* The projections of each population at one of their ends, ascending: those of population i are
 * numbers[offsets[i]] .. numbers[offsets[i + 1] - 1]. */
typedef struct plc_projection_index {
    uint32_t *offsets; /* [n_populations + 1], owned */
    uint32_t *numbers; /* [n_projections] into projections, owned */
} plc_projection_index;

struct plc_network {
    double tick_ms;
    uint64_t seed;
    plc_population *populations;
    plc_declared_state *declared; /* [n_populations] */
    size_t n_populations, populations_capacity, declared_capacity;
    plc_names names;     /* of the populations, numbered as they are */
    double neuron_bytes; /* [B] plc_network_check_neurons() of all populations */
    plc_projection *projections;
    size_t n_projections, projections_capacity;
    plc_projection_index by_source, by_target; /* resolved */
    /* Whether the resolved parts hold for all that is declared. While not, what is resolved in
     * populations and projections is of no use, and the next resolution makes all of it anew. */
    bool resolved;
    char rounding_note[256]; /* empty: nothing to say */
};

static inline int32_t plc_projection_weight(const plc_projection *projection, uint64_t synapse)
{
    return projection->weights ? projection->weights[synapse] : projection->weight_all;
}

static inline uint8_t plc_projection_delay(const plc_projection *projection, uint64_t synapse)
{
    return projection->delays ? projection->delays[synapse] : projection->delay_all;
}

/* The synapses a projection has, or for random connectors not yet expanded, may be expected to
 * have; and the variance of that number, 0 where it is certain. */
double plc_projection_expected(const plc_network *network, const plc_projection *projection);
double plc_projection_variance(const plc_network *network, const plc_projection *projection);

/* PLC_NO_MEMORY when a population, added to those there are, takes more memory to declare and to
 * resolve than this machine has; *ret_bytes [B] (may be NULL) is what it alone takes. Only size,
 * model and whether it has stimuli and lists of parameters count. */
plc_status plc_network_check_neurons(const plc_network *network, const plc_population_spec *spec,
                                     double *ret_bytes, plc_error *error);
/* PLC_NO_MEMORY when resolving the network takes more memory than this machine has. */
plc_status plc_network_check_synapses(const plc_network *network, plc_error *error);

/* Makes by_source and by_target of the projections there are. */
plc_status plc_network_index_projections(plc_network *network, plc_error *error);
/* Sets the potentials of onoff populations to bias + sum_j w_j s_j, one for each neuron. */
plc_status plc_network_set_fields(plc_network *network, plc_error *error);

/* Adds a projection whose connector is taken over, also on failure. `where` may be NULL. */
plc_status plc_network_take_projection(plc_network *network, plc_projection *projection,
                                       const char *where, plc_error *error);

/* The first projection with plastic synapses onto a population, or NULL. */
const plc_projection *plc_network_find_plastic(const plc_network *network, uint32_t population);

/* Fills offsets and targets (and from_list's own weights and delays) of a projection. Source:
 * PyNN's connectors; draws are random(seed, stream of the projection, row, step), so rows do not
 * depend on each other. */
plc_status plc_projection_expand(const plc_network *network, uint32_t index, plc_error *error);
/* Frees what plc_projection_expand() made. */
void plc_projection_collapse(plc_projection *projection);

/* Reads a CSV edge list "source,target[,weight[,delay]]" into a connector: delays in ms, a header
 * line is optional. Indices are checked against the populations' sizes. */
plc_status plc_edges_parse(const char *name, const char *text, size_t length, uint32_t n_sources,
                           uint32_t n_targets, double tick_ms, plc_connector *ret_connector,
                           plc_error *error);

/* A delay in ms as ticks, rounded to the nearest; false unless it comes to 1..PLC_DELAY_MAX. */
bool plc_delay_ticks(double ms, double tick_ms, uint8_t *ret_ticks);

void plc_connector_finish(plc_connector *connector);

#endif
