/* What all engines share: the interface behind plc_engine, and their common state. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_HW_ENGINE_ENGINE_H
#define PLC_HW_ENGINE_ENGINE_H

#include "hw/layout/layout.h"
#include "hw/neuron/annealer.h"

#include <placode/engine.h>

/* A bit of the memories of a tile in RTL. */
typedef struct plc_engine_flip {
    uint32_t tile; /* router */
    enum { PLC_FLIP_STATE, PLC_FLIP_PARAM, PLC_FLIP_SYNAPSE } memory;
    uint32_t word; /* of 32 bits: [neuron][4] of states, [neuron][16] of parameters */
    uint32_t bit;
} plc_engine_flip;

/* One fidelity. An engine is a struct that begins with a plc_engine. */
typedef struct plc_engine_class {
    const char *name;
    plc_status (*create)(const plc_layout *layout, const plc_engine_settings *settings,
                         plc_engine **ret_engine, plc_error *error);
    /* From now on potentials go into the recordings; NULL where that is not possible. */
    void (*start_recording)(plc_engine *engine);
    /* Runs ticks [stats.ticks, end) and hands their spikes to the sink. */
    plc_status (*run)(plc_engine *engine, uint64_t end, plc_spike_sink sink, void *context,
                      plc_error *error);
    /* Back to tick 0; NULL where that is not possible. */
    void (*restart)(plc_engine *engine, const plc_layout *layout, uint64_t seed);
    /* Sets the annealer of all ON-OFF pairs; NULL where that is not possible. */
    void (*anneal)(plc_engine *engine, const plc_annealer *annealer);
    /* What the run so far took on the chip; false, or NULL, where time is not modelled. */
    bool (*get_cost)(const plc_engine *engine, plc_engine_cost *ret_cost);
    void (*set_watch)(plc_engine *engine, const plc_engine_watch *watch);
    const plc_engine_tally *(*get_tallies)(const plc_engine *engine, plc_engine_place place,
                                           size_t *ret_n);
    /* See plc_engine_get_gains(); NULL where they are not known. */
    const int32_t *(*get_gains)(const plc_engine *engine);
    /* See plc_engine_get_weights(). */
    plc_status (*get_weights)(const plc_engine *engine, plc_weight **ret_weights, size_t *ret_n,
                              plc_error *error);
    /* The state of neurons after the ticks done, as a layout has it at tick 0: of population p to
     * states[p] [size][n_words[p]], where that is not NULL. False where some are kept in another
     * form. NULL where that is not possible. */
    bool (*get_states)(const plc_engine *engine, const uint32_t *n_words, int32_t *const *states);
    /* Flips a bit of a memory, as a fault would. PLC_INVALID where there is no such bit; NULL where
     * that is not possible. */
    plc_status (*flip)(plc_engine *engine, const plc_engine_flip *flip, plc_error *error);
    /* From now on waveforms of the tiles in RTL go to a VCD file; and no more, which must be called
     * before the engine is destroyed. NULL where there are none. */
    plc_status (*open_wave)(plc_engine *engine, const char *path, plc_error *error);
    plc_status (*close_wave)(plc_engine *engine, plc_error *error);
    void (*destroy)(plc_engine *engine);
} plc_engine_class;

struct plc_engine {
    const plc_engine_class *class;
    plc_engine_stats stats;
    plc_recording
        *recordings; /* [n_recordings] of populations that asked for v, ascending; owned */
    size_t n_recordings;
    bool recording; /* plc_engine_record_v() was called */
};

/* The recording of a population, or NULL. O(log recordings) */
plc_recording *plc_engine_find_recording(plc_engine *engine, uint32_t population);

/* Adds up the joules of a cost: what has happened, times what the chip says it takes. */
void plc_engine_add_energy(const plc_chip *chip, const plc_engine_stats *stats,
                           plc_engine_cost *cost);

extern const plc_engine_class plc_engine_fast, plc_engine_mesh, plc_engine_rtl, plc_engine_systemc;

#endif
