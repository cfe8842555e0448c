/* placode cosim: what its kinds share. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_CLI_COSIM_H
#define PLC_CLI_COSIM_H

#include "cli/command.h"
#include "hw/engine/engine.h"
#include "rtl-models/cells/lockstep.h"

/* A user's cell against the kernel of a model. */
typedef struct cosim_cell {
    const char *path;  /* FILE.sv, FILE.v or FILE.f */
    const char *top;   /* NULL: the file's name */
    const char *model; /* a contract's name */
    const char *cache; /* or NULL */
    uint64_t n_cycles, seed;
    bool as_json;
} cosim_cell;

/* The exit status. */
int cosim_cell_run(const cosim_cell *task);

/* Verilates the cell of a task. Negative, or the exit status of a failure that has been told.
 * `ret_top` [COSIM_NAME] is the name of its module. */
enum { COSIM_NAME = 201 };
int cosim_cell_open(const cosim_cell *task, char *ret_top, const plc_contract **ret_contract,
                    plc_cell **ret_cell);
/* A difference: "cycle port field expected got stimuli". */
json_t *cosim_cell_difference(const plc_lockstep *lockstep);
/* The same as lines of text, the headline apart. */
void cosim_cell_print(const plc_lockstep *lockstep);

/* Two engines, or an engine and a user's cell, on one network. */
typedef struct cosim_net {
    const char *path, *chip;
    const char *ref, *dut; /* engines */
    const char *tiles;     /* of the DUT that are in RTL, or NULL */
    const char *inject;    /* "TICK:X,Y:MEMORY:WORD:BIT", or NULL */
    const char *vcd;       /* or NULL */
    uint64_t n_ticks, vcd_window;
    uint64_t seed, threads;
    bool seed_given, as_json;
    plc_engine_flip flip; /* of `inject` */
    uint64_t flip_tick;
    uint32_t flip_x, flip_y;
} cosim_net;

/* The exit statuses. */
int cosim_net_run(cosim_net *task);
int cosim_user_run(const cosim_net *task, const cosim_cell *cell);

/* Opens the layout of a task; negative, or the exit status. */
int cosim_open(const cosim_net *task, const char *chip, plc_layout **ret_layout);

/* The spikes of the last ticks, for who wants to know what has reached a neuron. */
typedef struct cosim_history {
    plc_spike *spikes; /* [begin, n) by tick */
    size_t begin, n, capacity;
} cosim_history;

void cosim_history_finish(cosim_history *history);
/* Adds the spikes of a tick and forgets those of long ago; false when memory is short. */
bool cosim_history_add(cosim_history *history, const plc_spike *spikes, size_t n, uint64_t tick);
/* What has joined the input of a neuron in the last ticks up to `tick`, latest last, NULL when
 * memory is short: [{sent, acts, population, neuron, receptor, weight}]. */
json_t *cosim_history_list(const cosim_history *history, const plc_layout *layout,
                           uint32_t population, uint32_t neuron, uint64_t tick);
/* The list as lines of text. */
void cosim_history_print(const json_t *stimuli);

/* Adds {tick, tile, core, core_neuron, population, neuron} to a result. */
void cosim_add_place(json_t *result, const plc_layout *layout, uint64_t tick, uint32_t population,
                     uint32_t neuron);
/* Prints them as a headline. */
void cosim_print_place(const json_t *first);

/* A sink's context: the spikes of one tick. */
typedef struct cosim_spikes {
    plc_spike *spikes; /* [n] */
    size_t n, capacity;
    plc_error *error;
} cosim_spikes;
plc_status cosim_take_spikes(void *context, const plc_spike *spikes, size_t n, uint64_t ticks_done);

#endif
