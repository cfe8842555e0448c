/* The mapper: network and chip to layout; and the verifier, which proves a layout against its
 * network. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLACODE_MAPPER_H
#define PLACODE_MAPPER_H

#include <placode/chip.h>
#include <placode/layout.h>
#include <placode/network.h>
#include <placode/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What cores and routers have limits on. */
typedef enum plc_resource {
    PLC_RESOURCE_NEURONS,
    PLC_RESOURCE_SYNAPSE_MEMORY, /* [B] rows and row addresses */
    PLC_RESOURCE_KEY_ENTRIES,    /* key-to-row entries */
    PLC_RESOURCE_AXONS_IN,       /* source neurons with synapses on the core */
    PLC_RESOURCE_ROUTER_ENTRIES, /* of a routing table; of routers, the others are of cores */
    PLC_N_RESOURCES,
} plc_resource;

/* How much of a resource is in use. */
typedef struct plc_fill {
    uint64_t n;          /* cores or routers that were counted: cores in use, live routers; 0: not
                            a resource of what was mapped */
    uint64_t max, limit; /* limit UINT64_MAX: none, or not known */
    double mean;         /* over the n */
    uint32_t x, y, core; /* where the max is, the first of its kind; core 0 for routers */
} plc_fill;

/* A pass of a mapping. */
typedef struct plc_pass {
    const char *name; /* static */
    double seconds;   /* wall time */
    uint64_t digest; /* of what the mapping was after it: runs that differ do so from the first pass
                        on whose digests differ */
} plc_pass;

enum { PLC_PASSES_MAX = 32 };

/* Passes in the order they ran; some run again where tables turned out too small. */
typedef struct plc_pass_log {
    uint32_t n; /* more than PLC_PASSES_MAX are not kept */
    plc_pass passes[PLC_PASSES_MAX];
} plc_pass_log;

/* What a layout costs. Rates weigh packets; without them each neuron spikes once a tick. */
typedef struct plc_map_report {
    uint32_t cores, chips; /* in use */
    double
        multicast_hops; /* [packets x links / tick] links of the multicast trees, over all spikes */
    double copies;      /* [packets / tick] spikes x distinct remote chips they reach */
    double core_copies; /* [packets / tick] spikes x distinct cores they reach */
    double max_link_load;       /* [packets / tick] on the busiest directed link */
    uint64_t table_entries;     /* over all routers */
    uint32_t table_entries_max; /* in the fullest router */
    uint64_t synapse_bytes;     /* rows and row addresses, over all cores */
    double bound_hops;          /* no placement and routing of the same partition, cores with slices
                                   as they are, has fewer multicast hops; 0: none known */
    double bound_link_load;     /* nor a lower max_link_load */
    plc_fill fill[PLC_N_RESOURCES];
    double seconds; /* wall time of the mapping */
    plc_pass_log passes;
} plc_map_report;

/* Spikes per tick of each neuron of a network, from a CSV file `population,neuron,rate`; neurons
 * that it does not name keep rate 1. */
typedef struct plc_rates plc_rates;
PLC_API plc_status plc_rates_read(const char *path, const plc_network *network,
                                  plc_rates **ret_rates, plc_error *error);
PLC_API void plc_rates_destroy(plc_rates *rates);

/* How hard to try for a layout with fewer packet copies and hops. */
typedef struct plc_map_settings {
    unsigned effort; /* 0..3: 0 cuts populations into consecutive slices; above, neurons that reach
                        the same targets are looked for as well, in networks of up to 3 * 10^6,
                        2 * 10^7 and 10^8 synapses. Placing takes at most about 0, 0.2, 0.9 and
                        50 s of one processor; partitioning 1,000 neurons with 20,000 synapses 0,
                        0.2, 2 and 10 s, larger networks in proportion */
    uint64_t seed; /* of the search; another one may find another layout, the spikes are the same */
    const plc_rates *rates; /* weigh packets; borrowed for the call. NULL: each neuron spikes once a
                               tick */
    const plc_layout *like; /* an earlier layout of a network like this one, to change as little as
                               may be; borrowed for the call. NULL: none */
    plc_pass_log *passes;   /* where to note the passes; NULL: nowhere */
} plc_map_settings;

/* Maps a network onto a chip. Resolves the network first if it is not yet. `settings` may be NULL:
 * effort 1, seed 1. PLC_INVALID when the rates are of another network, or `like` is of a chip of
 * another geometry. PLC_DOES_NOT_FIT names the resource, what needs it, how much is needed and how
 * much there is; and, where there is an `error`, what would do, for which the network is mapped a
 * few times more: docs/mapping.md. */
PLC_API plc_status plc_map(plc_network *network, const plc_chip *chip,
                           const plc_map_settings *settings, plc_layout **ret_layout,
                           plc_error *error);

/* Measures a layout; `rates` may be NULL, and must be of a layout with the same populations, else
 * PLC_INVALID. `seconds` and `passes` are left at 0. */
PLC_API plc_status plc_map_measure(const plc_layout *layout, const plc_rates *rates,
                                   plc_map_report *ret_report, plc_error *error);

/* What became of the neurons of one layout in another. Populations are matched by name and model,
 * their neurons by index. */
typedef struct plc_map_moves {
    uint64_t kept;  /* on the same core of the same router */
    uint64_t moved; /* on another one */
    uint64_t added; /* in the later layout only */
    uint64_t gone;  /* in the earlier layout only */
} plc_map_moves;

/* Compares two layouts on chips of one geometry. O(neurons). */
PLC_API plc_status plc_map_compare(const plc_layout *before, const plc_layout *after,
                                   plc_map_moves *ret_moves, plc_error *error);

/* What the verifier found. */
typedef struct plc_violations {
    uint64_t n;       /* violations in all */
    uint32_t n_shown; /* messages kept */
    char messages[16][256];
} plc_violations;

/* Recomputes everything that a layout claims, sharing no code with the mapper: walks each key of
 * each neuron through the routing tables to the rows and compares the synapses found there, as a
 * multiset of (source, target, receptor, weight, delay), with the network's; checks the tick, the
 * neurons' parameters, what is recorded, and every limit of the chip. Returns PLC_OK when the check
 * could be made, whatever it found. */
PLC_API plc_status plc_verify(plc_network *network, const plc_layout *layout,
                              plc_violations *ret_violations, plc_error *error);

#ifdef __cplusplus
}
#endif

#endif
