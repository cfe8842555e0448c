/* A small layout built by hand, for the tests of layout files, checks and walks. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_TESTS_LAYOUTS_H
#define PLC_TESTS_LAYOUTS_H

#include "base/memory.h"
#include "hw/layout/layout.h"
#include "hw/neuron/model.h"

/* Everything below sits on a rectangular mesh of 3 x 2 routers, routers numbered
 *     3 4 5
 *     0 1 2
 * with four cores each, as follows (population: neurons on router.core, keys):
 *     cue   spike_source_array   0..3 on 0.1   0x100 + i
 *     noise spike_source_poisson 0..2 on 0.1   0x200 + i
 *     spins onoff                0..5 on 4.2   0x400 + i, OFF adds 0x8
 *                                5..9 on 5.1   0x410 + i, OFF adds 0x8
 *     cells lif_curr_exp         0..4 on 5.2   0x300 + i
 * Synapses: cue -> cells through 1, 2 to 5; spins -> spins both ways between 4 and 5 and on their
 * own core. */
enum { TEST_CUE, TEST_NOISE, TEST_SPINS, TEST_CELLS, TEST_N_POPULATIONS };

static inline bool test_population(plc_population *p, const char *name, plc_model model,
                                   uint32_t size)
{
    double user[PLC_MAX_MODEL_PARAMS] = {0};
    for (size_t i = 0; plc_model_param(model, i); i++)
        user[i] = plc_model_param(model, i)->initial;
    *p = (plc_population){.size = size, .model = model, .n_param_sets = 1, .n_state_sets = 1};
    p->schedule.period = 1;
    p->name = plc_string_copy(name);
    p->params = plc_array(plc_model_n_params(model), sizeof *p->params);
    p->state = plc_array(plc_model_n_state(model), sizeof *p->state);
    return p->name && p->params && p->state &&
           plc_model_resolve(model, user, 1.0, p->params, p->state, NULL) == PLC_OK;
}

static inline bool test_populations(plc_layout *layout)
{
    plc_population *p = layout->populations = plc_array(TEST_N_POPULATIONS, sizeof *p);
    if (!p)
        return false;
    layout->n_populations = TEST_N_POPULATIONS;
    if (!test_population(&p[TEST_CUE], "cue", PLC_SPIKE_SOURCE_ARRAY, 3) ||
        !test_population(&p[TEST_NOISE], "noise", PLC_SPIKE_SOURCE_POISSON, 2) ||
        !test_population(&p[TEST_SPINS], "spins", PLC_ONOFF, 9) ||
        !test_population(&p[TEST_CELLS], "cells", PLC_LIF_CURR_EXP, 4))
        return false;
    p[TEST_SPINS].schedule.random_blocks = 3;
    p[TEST_SPINS].record_spikes = true;
    p[TEST_CELLS].schedule = (plc_schedule){.period = 4, .phase = 3};
    p[TEST_CELLS].record_v = true;
    static const uint64_t offsets[] = {0, 2, 2, 3};
    static const uint32_t ticks[] = {1, 5, 0};
    p[TEST_CUE].spike_offsets = plc_array_copy(offsets, 4, sizeof *offsets);
    p[TEST_CUE].spike_ticks = plc_array_copy(ticks, 3, sizeof *ticks);
    return p[TEST_CUE].spike_offsets && p[TEST_CUE].spike_ticks;
}

/* Rows by core: 4.2 rows 0..9 (of spins 0..9), 5.1 rows 9..18, 5.2 rows 18..21 (of cue 0..3). */
static inline bool test_rows(plc_layout *layout)
{
    enum { N_ROWS = 21, N_WORDS = 2 * 18 + 3 * 3 };
    layout->format = (plc_row_format){4, 1, 4, 17, 4, 0};
    uint64_t *offsets = layout->row_offsets = plc_array(N_ROWS + 1, sizeof *offsets);
    uint32_t *words = layout->words = plc_array(N_WORDS, sizeof *words);
    if (!offsets || !words)
        return false;
    layout->n_rows = N_ROWS;
    layout->n_words = N_WORDS;
    uint32_t at = 0;
    for (uint32_t row = 0; row < N_ROWS; row++) {
        offsets[row] = at;
        bool cells = row >= 18;
        for (uint32_t i = 0; i < (cells ? 3u : 2u); i++) {
            plc_synapse synapse = {.target = cells ? 1 + i : row % 3 + i,
                                   .weight = cells ? (int32_t)(100 * i) : (int32_t)i - 1,
                                   .delay = (uint16_t)(1 + i),
                                   .receptor = cells ? i % 2 : 0};
            words[at++] = (uint32_t)plc_row_format_pack(&layout->format, synapse);
        }
    }
    offsets[N_ROWS] = at;
    return true;
}

static inline bool test_places(plc_layout *layout)
{
    static const plc_slice slices[] = {
        {TEST_CUE, 0, 3, 0, 0, 0x100, 0xfffffffc, 0},
        {TEST_NOISE, 0, 2, 0, 3, 0x200, 0xfffffffc, 0},
        {TEST_SPINS, 0, 5, 1, 0, 0x400, 0xfffffff0, 8},
        {TEST_SPINS, 5, 9, 2, 0, 0x410, 0xfffffff0, 8},
        {TEST_CELLS, 0, 4, 3, 0, 0x300, 0xfffffffc, 0},
    };
    static const plc_layout_core cores[] = {
        {0, 1, 0, 2, 0, 0, 0, 0, 5},
        {4, 2, 2, 3, 0, 2, 0, 9, 5},
        {5, 1, 3, 4, 2, 4, 9, 18, 4},
        {5, 2, 4, 5, 4, 5, 18, 21, 4},
    };
    static const plc_key_entry entries[] = {
        {0x400, 0xfffffff0, 7, 8, 0, 5}, {0x410, 0xfffffff0, 7, 8, 5, 4},
        {0x400, 0xfffffff0, 7, 8, 0, 5}, {0x410, 0xfffffff0, 7, 8, 5, 4},
        {0x100, 0xfffffffc, 3, 0, 0, 3},
    };
    layout->n_slices = sizeof slices / sizeof *slices;
    layout->slices = plc_array_copy(slices, layout->n_slices, sizeof *slices);
    layout->n_cores = sizeof cores / sizeof *cores;
    layout->cores = plc_array_copy(cores, layout->n_cores, sizeof *cores);
    layout->n_key_entries = sizeof entries / sizeof *entries;
    layout->key_entries = plc_array_copy(entries, layout->n_key_entries, sizeof *entries);
    return layout->slices && layout->cores && layout->key_entries;
}

/* Link 0 leads east, 2 north, 3 west, 5 south. Router 1 has no entry: cue passes straight on. */
static inline bool test_routes(plc_layout *layout)
{
    static const uint32_t offsets[] = {0, 1, 1, 2, 2, 4, 7};
    static const plc_route_entry entries[] = {
        {0x100, 0xffffff00, 1u << 0, {{0}}},       /* 0: cue to the east */
        {0x100, 0xffffff00, 1u << 2, {{0}}},       /* 2: cue to the north */
        {0x400, 0xfffffff0, 1u << 0, {{1u << 2}}}, /* 4: own spins here and to the east */
        {0x410, 0xfffffff0, 0, {{1u << 2}}},       /* 4: the others' end here */
        {0x100, 0xffffff00, 0, {{1u << 2}}},       /* 5: cue */
        {0x410, 0xfffffff0, 1u << 3, {{1u << 1}}}, /* 5: own spins here and to the west */
        {0x400, 0xffffff00, 0, {{1u << 1}}},       /* 5: all other spins */
    };
    layout->route_offsets = plc_array_copy(offsets, 7, sizeof *offsets);
    layout->route_entries = plc_array_copy(entries, 7, sizeof *entries);
    return layout->route_offsets && layout->route_entries;
}

/* The layout above, for plc_layout_destroy(); NULL when something failed. */
static inline plc_layout *test_layout(void)
{
    plc_layout *layout = plc_array(1, sizeof *layout);
    if (!layout)
        return NULL;
    layout->tick_ms = 0.5;
    layout->seed = UINT64_C(0xfedcba9876543210);
    if (plc_chip_open("mesh:3x2:4", &layout->chip, NULL) == PLC_OK && test_populations(layout) &&
        test_rows(layout) && test_places(layout) && test_routes(layout))
        return layout;
    plc_layout_destroy(layout);
    return NULL;
}

#endif
