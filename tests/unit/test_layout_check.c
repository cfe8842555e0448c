/* The check of layouts: a sound one passes, and each planted fault is caught. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/layouts.h"

#include "hw/neuron/lif.h"
#include "hw/neuron/onoff.h"

#include <criterion/criterion.h>

/* What a layout's check says. */
static plc_status check(const plc_layout *layout, plc_error *error)
{
    *error = (plc_error){0};
    return plc_layout_check(layout, error);
}

/* Plants a fault, expects the check to name it, and repairs it. */
#define CATCHES(place, value, part)                                                                \
    do {                                                                                           \
        plc_error error;                                                                           \
        __typeof__(place) saved = place;                                                           \
        place = value;                                                                             \
        cr_assert_eq(check(layout, &error), PLC_INVALID, "%s = %s", #place, #value);               \
        cr_assert_not_null(strstr(error.message, part), "%s = %s: %s", #place, #value,             \
                           error.message);                                                         \
        place = saved;                                                                             \
    } while (0)

static plc_layout *sound(void)
{
    plc_error error;
    plc_layout *layout = test_layout();
    cr_assert_not_null(layout);
    cr_assert_eq(check(layout, &error), PLC_OK, "%s", error.message);
    return layout;
}

Test(layout_check, catches_faults_of_populations)
{
    plc_layout *layout = sound();
    plc_population *p = layout->populations;
    CATCHES(layout->tick_ms, 0.0, "tick");
    CATCHES(layout->chip, NULL, "chip");
    CATCHES(p[1].name, NULL, "populations[1]: name");
    CATCHES(p[1].size, 0, "populations[1]: size");
    CATCHES(p[1].model, PLC_N_MODELS, "populations[1]: model");
    CATCHES(p[2].n_param_sets, 2, "populations[2]: sets of parameters");
    CATCHES(p[2].n_state_sets, 0, "populations[2]: sets of state");
    CATCHES(p[2].params, NULL, "missing");
    CATCHES(p[3].schedule.period, 0, "period");
    CATCHES(p[3].schedule.phase, 4, "phase");
    CATCHES(p[2].schedule.random_blocks, 10, "random blocks");
    CATCHES(p[2].schedule.period, 2, "period");
    CATCHES(p[0].spike_offsets, NULL, "spike times");
    CATCHES(p[1].spike_offsets, p[0].spike_offsets, "spike times");
    CATCHES(p[0].spike_offsets[0], 1, "spike times");
    CATCHES(p[0].spike_offsets[1], 4, "spike times of neuron 0");
    CATCHES(p[0].spike_ticks[1], 1, "ascending");
    plc_layout_destroy(layout);
}

Test(layout_check, catches_words_that_kernels_cannot_take)
{
    plc_layout *layout = sound();
    int32_t *annealer = layout->populations[TEST_SPINS].params;
    int32_t *lif = layout->populations[TEST_CELLS].params;
    CATCHES(annealer[offsetof(plc_annealer, delta_shift) / 4], 64, "parameters of neuron 0");
    CATCHES(annealer[offsetof(plc_annealer, hold_bits) / 4], 0, "parameters of neuron 0");
    CATCHES(layout->populations[TEST_SPINS].state[offsetof(plc_onoff_state, spin) / 4], 0, "spin");
    CATCHES(lif[offsetof(plc_lif_params, shift_i) / 4], 32, "parameters of neuron 0");
    plc_layout_destroy(layout);
}

/* The engine uses the first set of parameters for all of an onoff population. */
Test(layout_check, catches_spins_with_parameters_of_their_own)
{
    plc_layout *layout = sound();
    plc_population *spins = &layout->populations[TEST_SPINS];
    uint32_t size = spins->size;
    cr_assert_gt(size, 1);
    CATCHES(spins->n_param_sets, size, "sets of parameters: expected 1 (onoff shares them), got");
    plc_layout_destroy(layout);
}

Test(layout_check, catches_faults_of_cores)
{
    plc_layout *layout = sound();
    plc_layout_core *c = layout->cores;
    CATCHES(c[3].router, 6, "cores[3]: router 6");
    CATCHES(c[3].core, 4, "no core 4");
    CATCHES(c[3].core, 1, "sorted");
    CATCHES(c[2].core, 3, "sorted");
    CATCHES(c[1].slice_end, 2, "slices");
    CATCHES(c[3].slice_end, 6, "slices");
    CATCHES(c[3].entry_end, 4, "belong to no core");
    CATCHES(c[2].entry_begin, 3, "key entries");
    CATCHES(c[2].row_begin, 8, "rows");
    CATCHES(c[3].row_end, 22, "rows");
    CATCHES(c[3].row_end, 20, "belong to no core");
    CATCHES(c[0].n_neurons, 6, "neurons");
    CATCHES(layout->chip->alive[4], false, "router 4");
    plc_layout_destroy(layout);
}

Test(layout_check, catches_faults_of_slices)
{
    plc_layout *layout = sound();
    plc_slice *s = layout->slices;
    CATCHES(s[1].core, 1, "slices[1]: core");
    CATCHES(s[1].population, 4, "slices[1]: population");
    CATCHES(s[1].end, 3, "slices[1]: neurons");
    CATCHES(s[1].begin, 2, "slices[1]: neurons");
    CATCHES(s[1].offset, 2, "slices[1]: offset");
    CATCHES(s[3].begin, 4, "neurons");
    CATCHES(s[3].begin, 6, "neurons");
    CATCHES(s[0].population, TEST_CELLS, "nowhere");
    CATCHES(s[4].key, 0x301, "key 0x00000301");
    CATCHES(s[2].polarity_mask, 0, "polarity");
    CATCHES(s[2].polarity_mask, 0x18, "polarity");
    CATCHES(s[2].polarity_mask, 0x10, "masks");
    CATCHES(s[2].polarity_mask, 4, "masks");
    CATCHES(s[4].key_mask, 0xfffffffe, "masks");
    CATCHES(s[4].key, 0x100, "two of them may send key 0x00000100");
    CATCHES(s[3].key, 0x300, "two of them may send key 0x00000300");
    plc_layout_destroy(layout);
}

Test(layout_check, catches_neurons_placed_twice)
{
    plc_layout *layout = sound();
    layout->slices[2].begin = 2; /* 2..5 on the first core, 3..7 on the second */
    layout->slices[2].end = 7;
    CATCHES(layout->slices[3].begin, 5, "neuron 0 is placed nowhere");
    layout->slices[2].begin = 0;
    layout->slices[2].end = 5;
    layout->slices[3].begin = 4;
    layout->slices[3].end = 8;
    plc_error error;
    cr_assert_eq(check(layout, &error), PLC_INVALID);
    cr_assert_str_eq(error.message, "layout: populations[2]: neuron 4 is placed twice");
    plc_layout_destroy(layout);
}

Test(layout_check, catches_faults_of_key_entries)
{
    plc_layout *layout = sound();
    plc_key_entry *e = layout->key_entries;
    CATCHES(e[0].key, 0x408, "bits outside");
    CATCHES(e[0].index_mask, 5, "low bits");
    CATCHES(e[0].index_mask, 31, "share bits");
    CATCHES(e[0].polarity_mask, 16, "share bits");
    CATCHES(e[0].polarity_mask, 4, "share bits");
    CATCHES(e[0].polarity_mask, 3, "more than one bit");
    CATCHES(e[1].first_row, 6, "beyond");
    CATCHES(e[1].n_rows, UINT32_MAX, "beyond");
    CATCHES(e[1].key, 0x400, "sorted");
    CATCHES(e[0].mask, 0xfffffff8, "masks");
    plc_layout_destroy(layout);
}

Test(layout_check, catches_faults_of_rows)
{
    plc_layout *layout = sound();
    CATCHES(layout->format.word_bytes, 5, "word");
    CATCHES(layout->format.target_bits, 33, "bits of target");
    CATCHES(layout->format.delay_bits, 0, "bits of target");
    CATCHES(layout->format.weight_bits, 0, "bits of target");
    CATCHES(layout->format.weight_bits, 24, "do not fit");
    CATCHES(layout->row_offsets[0], 1, "row_offsets");
    CATCHES(layout->row_offsets[3], 99, "row_offsets[3]");
    CATCHES(layout->row_offsets[3], 3, "row_offsets[3]");
    CATCHES(layout->n_words, 44, "row_offsets");
    plc_layout_destroy(layout);
}

/* Replaces a synapse of a row. */
static uint32_t word(const plc_layout *layout, plc_synapse synapse)
{
    return (uint32_t)plc_row_format_pack(&layout->format, synapse);
}

Test(layout_check, catches_faults_of_synapses)
{
    plc_layout *layout = sound();
    uint32_t *w = layout->words;
    CATCHES(w[0], w[0] | 1u << 31, "does not use");
    CATCHES(w[0], word(layout, ((plc_synapse){.target = 5, .delay = 1})), "target");
    CATCHES(w[0], word(layout, ((plc_synapse){.target = 0, .delay = 0})), "delay");
    CATCHES(w[0], word(layout, ((plc_synapse){.target = 0, .delay = 1, .receptor = 1})),
            "receptor 1: onoff has 1");
    CATCHES(w[0], word(layout, ((plc_synapse){.target = 0, .delay = 15})), "sorted");
    CATCHES(w[36], word(layout, ((plc_synapse){.target = 0, .delay = 1, .weight = -1})),
            "weight -1: lif_curr_exp");
    layout->chip->quantities[PLC_CHIP_RING_SLOTS].value = 3;
    plc_error error;
    cr_assert_eq(check(layout, &error), PLC_INVALID, "a delay as long as the ring");
    cr_assert_not_null(strstr(error.message, "delay: expected 1..2, got 3"), "%s", error.message);
    plc_layout_destroy(layout);
}

Test(layout_check, catches_synapses_on_sources)
{
    plc_layout *layout = sound();
    layout->cores[0].row_end = layout->cores[1].row_begin = 9;
    layout->cores[0].entry_end = layout->cores[1].entry_begin = 2;
    plc_error error;
    cr_assert_eq(check(layout, &error), PLC_INVALID);
    cr_assert_not_null(strstr(error.message, "receptor 0: spike_source_array has 0"), "%s",
                       error.message);
    plc_layout_destroy(layout);
}

Test(layout_check, catches_faults_of_routes)
{
    plc_layout *layout = sound();
    CATCHES(layout->route_offsets[0], 1, "route_offsets[0]");
    CATCHES(layout->route_offsets[2], 0, "route_offsets[2]");
    CATCHES(layout->route_offsets[2], 8, "route_offsets[2]");
    CATCHES(layout->route_entries[0].key, 0x101, "route_entries[0]: key");
    CATCHES(layout->route_entries[0].links, 1u << 1, "route_entries[0]: links");
    CATCHES(layout->route_entries[0].links, 1u << 6, "route_entries[0]: links");
    CATCHES(layout->route_entries[3].cores.word[0], 1u << 4, "router 4");
    CATCHES(layout->route_entries[3].cores.word[3], 1, "router 4");
    plc_layout_destroy(layout);
}

Test(layout_check, packs_and_unpacks_extreme_synapses)
{
    static const plc_row_format formats[] = {{8, 1, 4, 16, 4, 0},   {8, 1, 4, 16, 4, 1},
                                             {0, 0, 1, 31, 4, 0},   {32, 1, 8, 23, 8, 0},
                                             {11, 8, 12, 32, 8, 1}, {11, 8, 13, 32, 8, 0}};
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        const plc_row_format *f = &formats[i];
        int32_t weight = (int32_t)((INT64_C(1) << (f->weight_bits - 1)) - 1);
        plc_synapse extremes[] = {
            {.weight = weight},
            {.weight = -weight - 1},
            {.target = (uint32_t)((UINT64_C(1) << f->target_bits) - 1),
             .delay = (uint16_t)((1u << f->delay_bits) - 1),
             .receptor = (uint8_t)((1u << f->receptor_bits) - 1),
             .weight = -1,
             .plastic = f->plastic_bits},
        };
        for (size_t j = 0; j < sizeof extremes / sizeof *extremes; j++) {
            uint64_t packed = plc_row_format_pack(f, extremes[j]);
            uint32_t narrow = (uint32_t)packed;
            plc_layout layout = {.format = *f, .words = &packed, .n_words = 1};
            if (f->word_bytes == 4)
                layout.words = &narrow;
            plc_synapse s = plc_layout_synapse(&layout, 0);
            cr_assert(s.target == extremes[j].target && s.weight == extremes[j].weight &&
                          s.delay == extremes[j].delay && s.receptor == extremes[j].receptor &&
                          s.plastic == extremes[j].plastic,
                      "format %zu, case %zu", i, j);
        }
    }
}

/* A rule for the cells, whose synapses are all made plastic. */
static void make_plastic(plc_layout *layout)
{
    const plc_stdp declared = {6, 6, 3, 3, 0, 6, PLC_STDP_16, false};
    plc_population *cells = &layout->populations[TEST_CELLS];
    cells->stdp = plc_array(1, sizeof *cells->stdp);
    plc_stdp_init(&declared, 1.0, cells->stdp);
    plc_row_format old = layout->format;
    layout->format.plastic_bits = 1;
    for (uint64_t i = layout->row_offsets[18]; i < layout->n_words; i++) {
        plc_synapse synapse = plc_row_format_unpack(&old, ((uint32_t *)layout->words)[i]);
        synapse.plastic = true;
        ((uint32_t *)layout->words)[i] = (uint32_t)plc_row_format_pack(&layout->format, synapse);
    }
}

Test(layout_check, catches_faults_of_plasticity)
{
    plc_layout *layout = sound();
    plc_population *cells = &layout->populations[TEST_CELLS];
    plc_error reason;
    uint64_t digest = plc_layout_digest(layout);
    make_plastic(layout);
    cr_assert_eq(check(layout, &reason), PLC_OK, "%s", reason.message);
    cr_assert_neq(plc_layout_digest(layout), digest);
    uint32_t *words = layout->words, first = (uint32_t)layout->row_offsets[18];
    CATCHES(cells->stdp->w_min, -1, "stdp");
    CATCHES(cells->stdp->history, 3, "stdp");
    CATCHES(cells->stdp->gate, 1, "stdp");
    CATCHES(cells->stdp->decay_plus[9], 2049, "stdp");
    CATCHES(cells->stdp, NULL, "plastic synapse");
    CATCHES(layout->populations[TEST_SPINS].stdp, cells->stdp, "lif_curr_exp only");
    CATCHES(layout->format.plastic_bits, 2, "plastic");
    CATCHES(words[first + 2], words[first + 2] & ~(UINT32_C(1) << 26), "sorted");
    CATCHES(words[first], words[first] | UINT32_C(1) << 31, "bits that the format");
    plc_layout_destroy(layout);
}
