/* What the parts of engine rtl share: the verilated chip, who spikes on it, and its sources. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_HW_ENGINE_RTL_H
#define PLC_HW_ENGINE_RTL_H

#include "base/random.h"
#include "hw/engine/engine.h"
#include "hw/neuron/source.h"
#include "rtl-models/mesh.h"

/* A neuron of a core. */
typedef struct plc_rtl_owner {
    uint32_t population, neuron;
} plc_rtl_owner;

/* A spike that the host has to set off. */
typedef struct plc_rtl_event {
    uint32_t tick, tile, neuron; /* neuron of the core */
} plc_rtl_event;

/* Neurons [begin, begin + n) of a spike_source_poisson, on one core from `offset`. */
typedef struct plc_rtl_poisson {
    uint32_t population, begin, n;
    uint32_t tile, offset;
    bool shared;                /* all neurons have params[0] */
    plc_poisson_params *params; /* [1 or n], owned */
} plc_rtl_poisson;

/* A plastic synapse, and where its weight stands. */
typedef struct plc_rtl_weight {
    plc_weight weight; /* but for the weight itself */
    uint32_t tile, address;
    int shift; /* of its ring */
} plc_rtl_weight;

/* A neuron whose potential is read, and where it goes in its population's recording. */
typedef struct plc_rtl_place {
    uint32_t population, neuron, tile, offset;
} plc_rtl_place;

typedef struct plc_rtl {
    plc_engine base;
    plc_chip *chip; /* a copy */
    plc_rtl_mesh *mesh;
    uint64_t seed;
    uint32_t *core_of;     /* [tiles] core of the layout, or UINT32_MAX; also where it is not in
                              RTL */
    uint32_t *first_owner; /* [cores + 1] */
    plc_rtl_owner *owners; /* [neurons] by core */
    plc_rtl_event *events; /* [n_events] by tick */
    size_t n_events, events_capacity, next_event;
    plc_rtl_poisson *poisson; /* [n_poisson] */
    size_t n_poisson, poisson_capacity;
    plc_rtl_place *places; /* [n_places] neurons whose potentials are recorded */
    size_t n_places, places_capacity;
    plc_rtl_weight *weights; /* [n_weights] */
    size_t n_weights, weights_capacity;
    plc_spike *trace; /* [n] spikes since the last hand-over */
    size_t n, capacity;
    plc_engine_cost cost;
} plc_rtl;

/* Loads a layout, or those of its tiles that `options` name, into a mesh of its chip's size.
 * PLC_INVALID where the chip is none that the RTL models, PLC_DOES_NOT_FIT where the layout needs
 * more than a tile has. */
plc_status plc_rtl_load(plc_rtl *rtl, const plc_layout *layout, const plc_rtl_settings *options,
                        plc_error *error);

/* Sets off the spikes of the sources in a tick. */
void plc_rtl_feed(plc_rtl *rtl, uint64_t tick);
/* Puts the states of the neurons in RTL where a plc_engine_class.get_states wants them. */
void plc_rtl_get_states(const plc_rtl *rtl, const uint32_t *n_words, int32_t *const *states);
/* Records the potentials of the neurons in RTL, as they are before a tick. */
void plc_rtl_record(const plc_rtl *rtl, plc_engine *engine, uint64_t tick);
/* Flips a bit of a tile in RTL. PLC_INVALID where there is no such word. */
plc_status plc_rtl_flip(plc_rtl *rtl, const plc_engine_flip *flip, plc_error *error);
/* What plc_engine_class has under these names. */
plc_status plc_rtl_open_wave(plc_rtl *rtl, const char *path, plc_error *error);
plc_status plc_rtl_close_wave(plc_rtl *rtl, plc_error *error);
/* Frees all that an rtl has, but not itself. */
void plc_rtl_finish(plc_rtl *rtl);
/* A plc_engine_class.get_weights. */
plc_status plc_rtl_get_weights(const plc_engine *engine, plc_weight **ret_weights, size_t *ret_n,
                               plc_error *error);

/* An engine rtl that is simulated as `options` say; their width and height are the chip's. */
plc_status plc_rtl_create(const plc_layout *layout, const plc_engine_settings *settings,
                          const plc_rtl_settings *options, plc_engine **ret_engine,
                          plc_error *error);

#endif
