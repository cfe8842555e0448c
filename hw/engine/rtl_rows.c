/* Engine rtl: synaptic rows and plasticity, from a layout to a tile's memories and back. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/engine/rtl_load.h"

#include "base/error.h"
#include "base/memory.h"
#include "hw/engine/weights.h"
#include "hw/neuron/lif.h"

#include <math.h>

/* ---- rules ---- */

static void write_rule(const plc_rtl_loading *l, uint32_t number)
{
    const plc_stdp_rule *stdp = l->rules[number].stdp;
    uint32_t words = number * PLC_RTL_RULE_WORDS;
    plc_rtl_write(l, PLC_RTL_RULE, words + PLC_RTL_RULE_A_PLUS, (uint32_t)stdp->a_plus);
    plc_rtl_write(l, PLC_RTL_RULE, words + PLC_RTL_RULE_A_MINUS, (uint32_t)stdp->a_minus);
    plc_rtl_write(l, PLC_RTL_RULE, words + PLC_RTL_RULE_W_MIN, (uint32_t)stdp->w_min);
    plc_rtl_write(l, PLC_RTL_RULE, words + PLC_RTL_RULE_W_MAX, (uint32_t)stdp->w_max);
    plc_rtl_write(l, PLC_RTL_RULE, words + PLC_RTL_RULE_SHIFTS, l->rules[number].shifts);
    for (uint32_t lag = 0; lag < PLC_STDP_TABLE; lag++) {
        plc_rtl_write(l, PLC_RTL_RULE, words + PLC_RTL_RULE_PLUS + lag,
                      (uint32_t)stdp->decay_plus[lag]);
        plc_rtl_write(l, PLC_RTL_RULE, words + PLC_RTL_RULE_MINUS + lag,
                      (uint32_t)stdp->decay_minus[lag]);
    }
}

static plc_rtl_rule rule_of(const plc_population *p)
{
    plc_lif_params params;
    memcpy(&params, p->params, sizeof params);
    return (plc_rtl_rule){p->stdp, (uint32_t)params.shift_e | (uint32_t)params.shift_i << 16};
}

/* Which of the core's rules that of a population is, or the number of its rules. */
static uint32_t find_rule(const plc_rtl_loading *l, const plc_population *p)
{
    plc_rtl_rule rule = rule_of(p);
    uint32_t i = 0;
    while (i < l->n_rules && (l->rules[i].shifts != rule.shifts ||
                              memcmp(l->rules[i].stdp, rule.stdp, sizeof *rule.stdp)))
        i++;
    return i;
}

static uint32_t shift_of(plc_rtl_rule rule, uint32_t receptor)
{
    return receptor ? rule.shifts >> 16 : rule.shifts & 0xffff;
}

static plc_status check_rule(const plc_population *p, plc_error *error)
{
    if (p->stdp->gate)
        return plc_fail(error, PLC_INVALID,
                        "engine rtl: population %s: gated: expected false, as the RTL has it",
                        p->name);
    if (p->stdp->history == PLC_STDP_16)
        return PLC_OK;
    return plc_fail(error, PLC_INVALID,
                    "engine rtl: population %s: history: expected 16, as the RTL has it", p->name);
}

plc_status plc_rtl_load_rules(plc_rtl_loading *l, const plc_layout_core *core, plc_error *error)
{
    const plc_layout *layout = l->layout;
    const plc_slice *slices = layout->slices;
    for (uint32_t s = core->slice_begin; s < core->slice_end; s++) {
        const plc_population *p = &layout->populations[slices[s].population];
        if (!layout->format.plastic_bits || !p->stdp || find_rule(l, p) < l->n_rules)
            continue;
        plc_status status = check_rule(p, error);
        if (status != PLC_OK)
            return status;
        if (l->n_rules == PLC_RTL_RULES)
            return plc_rtl_fail_fit(l, "rules of plasticity", PLC_RTL_RULES + 1, PLC_RTL_RULES,
                                    error);
        l->rules[l->n_rules] = rule_of(p);
        write_rule(l, l->n_rules++);
    }
    plc_rtl_write(l, PLC_RTL_CONTROL, PLC_RTL_CONTROL_PLASTIC, l->n_rules > 0);
    for (uint32_t s = core->slice_begin; l->n_rules && s < core->slice_end; s++) {
        const plc_population *p = &layout->populations[slices[s].population];
        uint32_t owner = p->stdp ? UINT32_C(1) << 31 | find_rule(l, p) : 0;
        for (uint32_t i = 0; i < slices[s].end - slices[s].begin; i++)
            plc_rtl_write(l, PLC_RTL_OWNER, slices[s].offset + i, owner);
    }
    return PLC_OK;
}

/* ---- rows ---- */

static bool is_plastic(const plc_layout *layout, uint64_t row)
{
    uint64_t end = layout->row_offsets[row + 1]; /* plastic synapses come last */
    return end > layout->row_offsets[row] && plc_layout_synapse(layout, end - 1).plastic;
}

static plc_status check_synapse(const plc_rtl_loading *l, plc_synapse synapse, plc_error *error)
{
    if (synapse.delay >= PLC_RTL_RING_SLOTS)
        return plc_rtl_fail_fit(l, "delay [ticks]", synapse.delay, PLC_RTL_RING_SLOTS - 1, error);
    if (synapse.weight > INT16_MAX || synapse.weight < INT16_MIN)
        return plc_fail(error, PLC_DOES_NOT_FIT,
                        "engine rtl: a synapse of weight %d: expected %d..%d, as %d bits hold",
                        synapse.weight, INT16_MIN, INT16_MAX, PLC_RTL_WEIGHT_BITS);
    const plc_rtl_owner *owners = l->rtl->owners + l->rtl->first_owner[l->core];
    const plc_population *p = &l->layout->populations[owners[synapse.target].population];
    int32_t most = synapse.plastic ? p->stdp->w_max >> shift_of(rule_of(p), synapse.receptor) : 0;
    if (most > INT16_MAX) /* the weight would not stay in its place */
        return plc_fail(error, PLC_DOES_NOT_FIT,
                        "engine rtl: population %s: w_max of %d ring units: expected at most %d, "
                        "as %d bits hold",
                        p->name, most, INT16_MAX, PLC_RTL_WEIGHT_BITS);
    return PLC_OK;
}

/* The rule whose decay the trace of a row's source has: its synapses must have one in common. */
static plc_status find_source_rule(const plc_rtl_loading *l, uint64_t row, uint32_t *ret_rule,
                                   plc_error *error)
{
    const plc_layout *layout = l->layout;
    const plc_rtl_owner *owners = l->rtl->owners + l->rtl->first_owner[l->core];
    bool found = false;
    for (uint64_t i = layout->row_offsets[row]; i < layout->row_offsets[row + 1]; i++) {
        plc_synapse s = plc_layout_synapse(layout, i);
        if (!s.plastic)
            continue;
        uint32_t rule = find_rule(l, &layout->populations[owners[s.target].population]);
        if (found && memcmp(l->rules[rule].stdp->decay_plus, l->rules[*ret_rule].stdp->decay_plus,
                            sizeof l->rules[rule].stdp->decay_plus))
            return plc_rtl_fail_fit(l, "tau_plus of the plastic synapses of a source", 2, 1, error);
        *ret_rule = found ? *ret_rule : rule;
        found = true;
    }
    return PLC_OK;
}

/* Writes a row at a word of the tile. */
static plc_status write_row(const plc_rtl_loading *l, uint64_t row, uint32_t at, plc_error *error)
{
    const plc_layout *layout = l->layout;
    uint64_t begin = layout->row_offsets[row], end = layout->row_offsets[row + 1];
    plc_status status = PLC_OK;
    if (is_plastic(layout, row)) {
        uint32_t rule = 0;
        status = find_source_rule(l, row, &rule, error);
        plc_rtl_write(l, PLC_RTL_SYNAPSE, at++, 0);
        plc_rtl_write(l, PLC_RTL_SYNAPSE, at++, rule << 16);
    }
    l->row_at[row] = at;
    for (uint64_t i = begin; status == PLC_OK && i < end; i++) {
        plc_synapse s = plc_layout_synapse(layout, i);
        status = check_synapse(l, s, error);
        if (status == PLC_OK)
            plc_rtl_write(l, PLC_RTL_SYNAPSE, at++,
                          plc_rtl_pack_synapse(s.target, s.receptor, s.delay, s.weight, s.plastic));
    }
    return status;
}

plc_status plc_rtl_load_rows(plc_rtl_loading *l, const plc_layout_core *core, plc_error *error)
{
    const plc_layout *layout = l->layout;
    const uint64_t *offsets = layout->row_offsets;
    uint64_t n_rows = core->row_end - core->row_begin, n_plastic = 0;
    for (uint64_t r = core->row_begin; r < core->row_end; r++)
        n_plastic += is_plastic(layout, r);
    uint64_t needed = n_rows + (offsets[core->row_end] - offsets[core->row_begin]) + 2 * n_plastic;
    if (needed > PLC_RTL_SYNAPSE_WORDS)
        return plc_rtl_fail_fit(l, "words of row addresses and synapses", needed,
                                PLC_RTL_SYNAPSE_WORDS, error);
    if (n_plastic > PLC_RTL_PLASTIC_ROWS)
        return plc_rtl_fail_fit(l, "rows with plastic synapses", n_plastic, PLC_RTL_PLASTIC_ROWS,
                                error);
    uint32_t at = (uint32_t)n_rows;
    for (uint64_t r = core->row_begin; r < core->row_end; r++) {
        uint32_t n = (uint32_t)(offsets[r + 1] - offsets[r]);
        bool plastic = is_plastic(layout, r);
        plc_rtl_write(l, PLC_RTL_SYNAPSE, (uint32_t)(r - core->row_begin),
                      plc_rtl_pack_row(n ? at : 0, n, plastic));
        plc_status status = write_row(l, r, at, error);
        if (status != PLC_OK)
            return status;
        at += n + (plastic ? 2 : 0);
    }
    return PLC_OK;
}

/* ---- weights ---- */

/* Notes the plastic synapses of a neuron's row on a core. */
static plc_status note_row(const plc_rtl_loading *l, uint32_t core, uint64_t row,
                           const plc_weight *source, plc_error *error)
{
    plc_rtl *rtl = l->rtl;
    const plc_layout *layout = l->layout;
    uint64_t begin = layout->row_offsets[row], end = layout->row_offsets[row + 1];
    if (!plc_array_reserve(&rtl->weights, &rtl->weights_capacity, rtl->n_weights + (end - begin),
                           sizeof *rtl->weights))
        return plc_fail_memory(error, "weights");
    for (uint64_t i = begin; i < end; i++) {
        plc_synapse s = plc_layout_synapse(layout, i);
        const plc_rtl_owner *target = &rtl->owners[rtl->first_owner[core] + s.target];
        if (!s.plastic)
            continue;
        plc_rtl_rule rule = rule_of(&layout->populations[target->population]);
        plc_weight weight = *source;
        weight.target_population = target->population;
        weight.target = target->neuron;
        weight.delay = s.delay;
        weight.receptor = s.receptor;
        rtl->weights[rtl->n_weights++] =
            (plc_rtl_weight){.weight = weight,
                             .tile = layout->cores[core].router,
                             .address = l->row_at[row] + (uint32_t)(i - begin),
                             .shift = (int)shift_of(rule, s.receptor)};
    }
    return PLC_OK;
}

/* The same of all cores that a neuron's packets reach. */
static plc_status note_source(const plc_rtl_loading *l, const plc_slice *slice, uint32_t i,
                              plc_walk *walk, plc_error *error)
{
    const plc_layout *layout = l->layout;
    uint32_t key = slice->key + (i - slice->begin);
    plc_weight source = {.source_population = slice->population, .source = i};
    plc_status status =
        plc_walk_packet(walk, layout, layout->cores[slice->core].router, key, error);
    for (uint32_t c = 0; status == PLC_OK && c < walk->n_cores; c++) {
        uint64_t row;
        bool negate;
        bool in_rtl = l->rtl->core_of[layout->cores[walk->cores[c]].router] != UINT32_MAX;
        if (in_rtl && plc_layout_find_row(layout, walk->cores[c], key, &row, &negate) &&
            is_plastic(layout, row))
            status = note_row(l, walk->cores[c], row, &source, error);
    }
    return status;
}

plc_status plc_rtl_find_weights(const plc_rtl_loading *l, plc_error *error)
{
    const plc_layout *layout = l->layout;
    plc_walk walk;
    if (!layout->format.plastic_bits)
        return PLC_OK;
    plc_status status = plc_walk_init(&walk, layout, error);
    for (uint32_t s = 0; status == PLC_OK && s < layout->n_slices; s++) {
        const plc_slice *slice = &layout->slices[s];
        for (uint32_t i = slice->begin; status == PLC_OK && i < slice->end; i++)
            status = note_source(l, slice, i, &walk, error);
    }
    plc_walk_finish(&walk);
    return status;
}

plc_status plc_rtl_get_weights(const plc_engine *engine, plc_weight **ret_weights, size_t *ret_n,
                               plc_error *error)
{
    const plc_rtl *rtl = (const plc_rtl *)engine;
    plc_weight *weights = plc_array(rtl->n_weights, sizeof *weights);
    if (!weights)
        return plc_fail_memory(error, "weights");
    for (size_t i = 0; i < rtl->n_weights; i++) {
        const plc_rtl_weight *at = &rtl->weights[i];
        uint32_t word = plc_rtl_mesh_read(rtl->mesh, at->tile, at->address);
        weights[i] = at->weight;
        weights[i].weight = ldexp(plc_rtl_synapse_weight(word), at->shift - 15);
    }
    plc_weights_sort(weights, rtl->n_weights);
    *ret_weights = weights;
    *ret_n = rtl->n_weights;
    return PLC_OK;
}
