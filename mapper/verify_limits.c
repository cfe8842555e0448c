/* The verifier's limits: what cores and routers use against what the chip has. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mapper/verify.h"

#include "hw/neuron/model.h"

static void check_limit(plc_verifier *v, uint32_t c, plc_chip_quantity quantity, uint64_t used)
{
    const plc_layout_core *core = &v->layout->cores[c];
    uint64_t limit = plc_chip_limit(v->layout->chip, quantity);
    if (used > limit)
        plc_violate(v, "core %u of router %u: %s: %llu in use, %llu allowed", core->core,
                    core->router, plc_chip_quantity_key(quantity), (unsigned long long)used,
                    (unsigned long long)limit);
}

/* The bits of a weight: two's complement where the target's model has a sign, else a magnitude. */
static uint64_t bits_of_weight(const plc_layout *layout, const plc_slice *target, int64_t weight)
{
    bool is_signed = plc_model_is_signed(layout->populations[target->population].model);
    uint64_t bits = is_signed;
    for (uint64_t magnitude = (uint64_t)(weight < 0 ? -weight : weight); magnitude; magnitude /= 2)
        bits++;
    return bits;
}

/* Limits on what single synapses of a core may be. */
static void check_core_synapses(plc_verifier *v, uint32_t c)
{
    const plc_layout *layout = v->layout;
    const plc_layout_core *core = &layout->cores[c];
    uint64_t delay = 0, most_bits = 0;
    for (uint64_t i = layout->row_offsets[core->row_begin]; i < layout->row_offsets[core->row_end];
         i++) {
        plc_synapse synapse = plc_layout_synapse(layout, i);
        const plc_slice *target = plc_verify_find_slice(v, c, synapse.target);
        uint64_t bits = target ? bits_of_weight(layout, target, synapse.weight) : 0;
        delay = synapse.delay > delay ? synapse.delay : delay;
        most_bits = bits > most_bits ? bits : most_bits;
    }
    check_limit(v, c, PLC_CHIP_RING_SLOTS, delay + 1);
    check_limit(v, c, PLC_CHIP_WEIGHT_BITS, most_bits);
}

static void check_core(plc_verifier *v, uint32_t c)
{
    const plc_layout *layout = v->layout;
    const plc_layout_core *core = &layout->cores[c];
    uint64_t axons = 0, models = 0;
    for (uint32_t s = core->slice_begin; s < core->slice_end; s++)
        models |= UINT64_C(1) << layout->populations[layout->slices[s].population].model;
    for (uint64_t r = core->row_begin; r < core->row_end; r++)
        axons += layout->row_offsets[r + 1] > layout->row_offsets[r];
    uint64_t words = layout->row_offsets[core->row_end] - layout->row_offsets[core->row_begin];
    uint64_t word_bytes = plc_chip_limit(layout->chip, PLC_CHIP_SYNAPSE_WORD);
    uint64_t row_bytes = plc_chip_limit(layout->chip, PLC_CHIP_ROW_ADDRESS) +
                         plc_chip_limit(layout->chip, PLC_CHIP_ROW_HEADER);
    check_limit(v, c, PLC_CHIP_NEURONS_PER_CORE, core->n_neurons);
    check_limit(v, c, PLC_CHIP_SYNAPSE_MEMORY,
                words * word_bytes + (core->row_end - core->row_begin) * row_bytes +
                    plc_layout_plastic_bytes(layout, core->row_begin, core->row_end));
    check_limit(v, c, PLC_CHIP_KEY_ENTRIES, core->entry_end - core->entry_begin);
    check_limit(v, c, PLC_CHIP_AXONS_IN, axons);
    check_limit(v, c, PLC_CHIP_MODELS_PER_CORE, (uint64_t)__builtin_popcountll(models));
    if (!plc_core_set_has(&layout->chip->cores[core->router], core->core) ||
        !layout->chip->alive[core->router])
        plc_violate(v, "core %u of router %u is dead or not for networks", core->core,
                    core->router);
}

static void check_routers(plc_verifier *v)
{
    uint64_t limit = plc_chip_limit(v->layout->chip, PLC_CHIP_ROUTER_ENTRIES);
    for (uint32_t r = 0; r < v->n_routers; r++) {
        uint32_t n = v->layout->route_offsets[r + 1] - v->layout->route_offsets[r];
        if (n > limit)
            plc_violate(v, "router %u: %u entries, %llu allowed", r, n, (unsigned long long)limit);
        if (n && !v->layout->chip->alive[r])
            plc_violate(v, "router %u is dead and has entries", r);
    }
}

void plc_verify_limits(plc_verifier *v)
{
    for (uint32_t c = 0; c < v->layout->n_cores; c++) {
        check_core(v, c);
        check_core_synapses(v, c);
    }
    check_routers(v);
}
