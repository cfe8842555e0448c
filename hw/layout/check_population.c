/* The check of a layout's populations: counts, schedules, spike times and the kernels' words. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/memory.h"
#include "hw/layout/check.h"
#include "hw/neuron/lif.h"
#include "hw/neuron/model.h"
#include "hw/neuron/onoff.h"

#define FAIL(...) plc_fail(error, PLC_INVALID, "layout: populations[%u]: " __VA_ARGS__)

static plc_status check_sets(const plc_population *p, uint32_t i, plc_error *error)
{
    if (p->n_param_sets != 1 && p->n_param_sets != p->size)
        return FAIL("sets of parameters: expected 1 or %u, got %u", i, p->size, p->n_param_sets);
    if (p->model == PLC_ONOFF && p->n_param_sets != 1)
        return FAIL("sets of parameters: expected 1 (%s shares them), got %u", i,
                    plc_model_name(p->model), p->n_param_sets);
    if (p->n_state_sets != 1 && p->n_state_sets != p->size)
        return FAIL("sets of state: expected 1 or %u, got %u", i, p->size, p->n_state_sets);
    if ((plc_model_n_params(p->model) && !p->params) || (plc_model_n_state(p->model) && !p->state))
        return FAIL("parameters or state: missing", i);
    return PLC_OK;
}

static plc_status check_schedule(const plc_population *p, uint32_t i, plc_error *error)
{
    const plc_schedule *s = &p->schedule;
    if (s->period < 1)
        return FAIL("period: expected at least 1, got 0", i);
    if (s->phase >= s->period)
        return FAIL("phase: expected below the period %u, got %u", i, s->period, s->phase);
    if (s->random_blocks > p->size)
        return FAIL("random blocks: expected at most the size %u, got %u", i, p->size,
                    s->random_blocks);
    if (s->random_blocks && s->period != 1)
        return FAIL("period: expected 1 with random blocks, got %u", i, s->period);
    return PLC_OK;
}

static plc_status check_spike_times(const plc_population *p, uint32_t i, plc_error *error)
{
    const uint64_t *offsets = p->spike_offsets;
    if ((p->model == PLC_SPIKE_SOURCE_ARRAY) != (offsets != NULL))
        return FAIL("spike times: expected for spike_source_array and no other", i);
    if (!offsets)
        return PLC_OK;
    if (offsets[0] != 0 || (offsets[p->size] && !p->spike_ticks))
        return FAIL("spike times: expected to start from 0", i);
    for (uint32_t n = 0; n < p->size; n++) {
        if (offsets[n + 1] < offsets[n] || offsets[n + 1] > offsets[p->size])
            return FAIL("spike times of neuron %u: not a range", i, n);
        for (uint64_t j = offsets[n] + 1; j < offsets[n + 1]; j++)
            if (p->spike_ticks[j - 1] >= p->spike_ticks[j])
                return FAIL("spike times of neuron %u: expected ascending ticks", i, n);
    }
    return PLC_OK;
}

/* Words for which a kernel's shifts or logarithm would have no meaning. */
static bool is_legal_lif(const int32_t *words)
{
    plc_lif_params params;
    memcpy(&params, words, sizeof params);
    return params.shift_e < 32 && params.shift_i < 32;
}

static bool is_legal_annealer(const int32_t *words)
{
    plc_annealer annealer;
    memcpy(&annealer, words, sizeof annealer);
    return annealer.origin >= 1 && annealer.delta_shift < 64 && annealer.scale_shift < 64 &&
           annealer.hold_bits >= 1 && annealer.reserved == 0;
}

static bool is_legal_onoff(const int32_t *words)
{
    plc_onoff_state state;
    memcpy(&state, words, sizeof state);
    return state.spin == 1 || state.spin == -1;
}

static plc_status check_words(const plc_population *p, uint32_t i, plc_error *error)
{
    uint32_t n_params = plc_model_n_params(p->model), n_state = plc_model_n_state(p->model);
    for (uint64_t set = 0; set < p->n_param_sets; set++) {
        const int32_t *words = p->params + set * n_params;
        if ((p->model == PLC_LIF_CURR_EXP && !is_legal_lif(words)) ||
            (p->model == PLC_ONOFF && !is_legal_annealer(words)))
            return FAIL("parameters of neuron %llu: not what %s can have", i,
                        (unsigned long long)set, plc_model_name(p->model));
    }
    for (uint64_t set = 0; set < p->n_state_sets && p->model == PLC_ONOFF; set++)
        if (!is_legal_onoff(p->state + set * n_state))
            return FAIL("state of neuron %llu: expected spin 1 or -1", i, (unsigned long long)set);
    return PLC_OK;
}

static plc_status check_stdp(const plc_population *p, uint32_t i, plc_error *error)
{
    if (!p->stdp)
        return PLC_OK;
    if (p->model != PLC_LIF_CURR_EXP)
        return FAIL("stdp: expected for lif_curr_exp only", i);
    if (!plc_stdp_is_legal(p->stdp))
        return FAIL("stdp: not what a rule can have", i);
    for (uint32_t set = 1; set < p->n_param_sets; set++) {
        plc_lif_params first, other;
        memcpy(&first, p->params, sizeof first);
        memcpy(&other, p->params + (size_t)set * plc_model_n_params(p->model), sizeof other);
        if (first.shift_e != other.shift_e || first.shift_i != other.shift_i)
            return FAIL("stdp: expected the same ring shifts for all neurons", i);
    }
    return PLC_OK;
}

plc_status plc_check_populations(const plc_layout *layout, plc_error *error)
{
    plc_status status = PLC_OK;
    for (uint32_t i = 0; status == PLC_OK && i < layout->n_populations; i++) {
        const plc_population *p = &layout->populations[i];
        if (!p->name || !*p->name)
            return FAIL("name: missing", i);
        if (p->size < 1)
            return FAIL("size: expected at least 1, got 0", i);
        if ((unsigned)p->model >= PLC_N_MODELS)
            return FAIL("model: expected below %u, got %u", i, PLC_N_MODELS, (unsigned)p->model);
        if ((status = check_sets(p, i, error)) == PLC_OK &&
            (status = check_schedule(p, i, error)) == PLC_OK &&
            (status = check_spike_times(p, i, error)) == PLC_OK &&
            (status = check_words(p, i, error)) == PLC_OK)
            status = check_stdp(p, i, error);
    }
    return status;
}
