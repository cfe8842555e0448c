/* The check of a layout's synaptic rows: their format, offsets, and every synapse. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "hw/layout/check.h"
#include "hw/neuron/model.h"

#define FAIL(...) plc_fail(error, PLC_INVALID, "layout: " __VA_ARGS__)

static plc_status check_format(const plc_row_format *format, plc_error *error)
{
    if (format->word_bytes != 4 && format->word_bytes != 8)
        return FAIL("rows: word: expected 4 or 8 bytes, got %u", format->word_bytes);
    if (format->target_bits > 32 || format->receptor_bits > 8 || format->delay_bits < 1 ||
        format->delay_bits > 16 || format->weight_bits < 1 || format->weight_bits > 32)
        return FAIL("rows: bits of target, receptor, delay, weight: expected 0..32, 0..8, 1..16, "
                    "1..32, got %u, %u, %u, %u",
                    format->target_bits, format->receptor_bits, format->delay_bits,
                    format->weight_bits);
    if (format->plastic_bits > 1)
        return FAIL("rows: bits of plastic: expected 0 or 1, got %u", format->plastic_bits);
    unsigned bits = (unsigned)format->target_bits + format->receptor_bits + format->delay_bits +
                    format->weight_bits + format->plastic_bits;
    if (bits > 8u * format->word_bytes)
        return FAIL("rows: %u bits do not fit a word of %u bytes", bits, format->word_bytes);
    return PLC_OK;
}

static plc_status check_offsets(const plc_layout *layout, plc_error *error)
{
    const uint64_t *offsets = layout->row_offsets;
    if (offsets[0] != 0 || offsets[layout->n_rows] != layout->n_words)
        return FAIL("row_offsets: expected to run from 0 to %llu",
                    (unsigned long long)layout->n_words);
    for (uint64_t r = 0; r < layout->n_rows; r++)
        if (offsets[r] > offsets[r + 1] || offsets[r + 1] > layout->n_words)
            return FAIL("row_offsets[%llu]: not ascending", (unsigned long long)r + 1);
    return PLC_OK;
}

/* The slice of a core that holds one of its neurons; `guess` is tried first. */
static uint32_t slice_of(const plc_layout *layout, const plc_layout_core *core, uint32_t neuron,
                         uint32_t guess)
{
    const plc_slice *slices = layout->slices;
    if (neuron >= slices[guess].offset &&
        neuron - slices[guess].offset < slices[guess].end - slices[guess].begin)
        return guess;
    uint32_t begin = core->slice_begin, end = core->slice_end;
    while (end - begin > 1) {
        uint32_t middle = begin + (end - begin) / 2;
        if (slices[middle].offset <= neuron)
            begin = middle;
        else
            end = middle;
    }
    return begin;
}

/* Whether a may stand before b in a row: sorted by (plastic, delay, receptor, target, weight). */
static bool in_order(plc_synapse a, plc_synapse b)
{
    if (a.plastic != b.plastic)
        return b.plastic;
    if (a.delay != b.delay)
        return a.delay < b.delay;
    if (a.receptor != b.receptor)
        return a.receptor < b.receptor;
    return a.target != b.target ? a.target < b.target : a.weight <= b.weight;
}

static plc_status check_row(const plc_layout *layout, const plc_layout_core *core, uint64_t row,
                            uint64_t max_delay, plc_error *error)
{
    uint32_t slice = core->slice_begin;
    plc_synapse last = {0};
    for (uint64_t i = layout->row_offsets[row]; i < layout->row_offsets[row + 1]; i++) {
        plc_synapse synapse = plc_layout_synapse(layout, i);
        if (plc_row_format_pack(&layout->format, synapse) != plc_layout_word(layout, i))
            return FAIL("words[%llu]: bits that the format does not use", (unsigned long long)i);
        if (synapse.target >= core->n_neurons)
            return FAIL("words[%llu]: target: expected below %u, got %u", (unsigned long long)i,
                        core->n_neurons, synapse.target);
        if (synapse.delay < 1 || synapse.delay > max_delay)
            return FAIL("words[%llu]: delay: expected 1..%llu, got %u", (unsigned long long)i,
                        (unsigned long long)max_delay, synapse.delay);
        slice = slice_of(layout, core, synapse.target, slice);
        const plc_population *target = &layout->populations[layout->slices[slice].population];
        plc_model model = target->model;
        if (synapse.receptor >= plc_model_n_receptors(model))
            return FAIL("words[%llu]: receptor %u: %s has %u", (unsigned long long)i,
                        synapse.receptor, plc_model_name(model), plc_model_n_receptors(model));
        if (synapse.weight < 0 && !plc_model_is_signed(model))
            return FAIL("words[%llu]: weight %d: %s has none below 0", (unsigned long long)i,
                        synapse.weight, plc_model_name(model));
        if (synapse.plastic && !target->stdp)
            return FAIL("words[%llu]: a plastic synapse onto population %s, which has no rule",
                        (unsigned long long)i, target->name);
        if (!in_order(last, synapse))
            return FAIL("words[%llu]: expected a row sorted by (plastic, delay, receptor, target, "
                        "weight)",
                        (unsigned long long)i);
        last = synapse;
    }
    return PLC_OK;
}

plc_status plc_check_rows(const plc_layout *layout, plc_error *error)
{
    plc_status status = check_format(&layout->format, error);
    if (status == PLC_OK)
        status = check_offsets(layout, error);
    uint64_t max_delay = plc_chip_limit(layout->chip, PLC_CHIP_RING_SLOTS) - 1;
    for (uint32_t c = 0; c < layout->n_cores; c++) {
        const plc_layout_core *core = &layout->cores[c];
        for (uint64_t r = core->row_begin; status == PLC_OK && r < core->row_end; r++)
            status = check_row(layout, core, r, max_delay, error);
    }
    return status;
}
