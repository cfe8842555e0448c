/* The table of neuron models, and the resolution of their parameters. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/neuron/model.h"

#include "base/error.h"
#include "hw/neuron/lif.h"
#include "hw/neuron/onoff.h"
#include "hw/neuron/source.h"
#include "hw/neuron/threshold.h"

#include <math.h>
#include <string.h>

enum { S1615_MAX = 65535 };

/* Parameter rows: name, unit, low, high, initial, whole, shared, what. The enums below number them.
 */
enum { RATE, START, DURATION };
static const plc_param_info poisson_params[] = {
    {"rate", "Hz", 0, 1e6, 1, false, false, "mean rate; at most one spike a tick"},
    {"start", "ms", 0, 1e12, 0, false, false, "silent before"},
    {"duration", "ms", 0, (double)INFINITY, (double)INFINITY, false, false,
     "silent after start + duration"},
    {0},
};

enum { TAU_M, CM, V_REST, V_RESET, V_THRESH, TAU_REFRAC, TAU_SYN_E, TAU_SYN_I, I_OFFSET, V_INIT };
static const plc_param_info lif_params[] = {
    {"tau_m", "ms", 1e-3, 1e6, 20, false, false, "membrane time constant"},
    {"cm", "nF", 1e-6, 1e6, 1, false, false, "membrane capacitance"},
    {"v_rest", "mV", -S1615_MAX, S1615_MAX, -65, false, false, "resting potential"},
    {"v_reset", "mV", -S1615_MAX, S1615_MAX, -65, false, false, "potential after a spike"},
    {"v_thresh", "mV", -S1615_MAX, S1615_MAX, -50, false, false, "spikes at or above"},
    {"tau_refrac", "ms", 0, 1e6, 0.1, false, false, "refractory period, rounded up to ticks"},
    {"tau_syn_E", "ms", 1e-3, 1e6, 5, false, false, "decay of excitatory currents"},
    {"tau_syn_I", "ms", 1e-3, 1e6, 5, false, false, "decay of inhibitory currents"},
    {"i_offset", "nA", -S1615_MAX, S1615_MAX, 0, false, false, "constant current"},
    {"v_init", "mV", -S1615_MAX, S1615_MAX, (double)NAN, false, false,
     "potential at tick 0; v_rest unless given"},
    {0},
};

enum { A, C, DELTA, ETA, BIAS, SPIN_INIT };
static const plc_param_info onoff_params[] = {
    {"a", "gain x time", 1e-3, 1e9, 2.5e4, false, true, "annealer: T = a / (c ln(1 + t / c))"},
    {"c", "time", 1e-3, 1e9, 8e4, false, true, "annealer: where T turns from 1/t to 1/ln t"},
    {"delta", "time / tick", 0, 1e9, 2e-3, false, true, "annealer: t = 1 + delta x tick"},
    {"eta", "1", 1e-3, 1e3, 2.5, false, true, "a flip of gain g passes with min(1, exp(g/T)/eta)"},
    {"bias", "weight", -1073741823, 1073741823, 0, true, false, "constant field"},
    {"spin_init", "1", -1, 1, 1, true, false, "spin at tick 0, 1 or -1"},
    {0},
};

static const plc_param_info threshold_params[] = {
    {"threshold", "weight", -2147483648.0, 2147483647, 1, true, false,
     "spikes when the input reaches it"},
    {0},
};

static const plc_param_info no_params[] = {{0}};

const char *const plc_model_names[] = {
    "spike_source_array", "spike_source_poisson", "lif_curr_exp", "onoff", "threshold", NULL,
};

/* What the models differ in. */
static const struct {
    const plc_param_info *params;
    uint32_t param_bytes, state_bytes;
    uint32_t n_receptors;
    const char *receptors[2];
    bool is_signed, has_polarity;
} models[PLC_N_MODELS] = {
    [PLC_SPIKE_SOURCE_ARRAY] = {.params = no_params},
    [PLC_SPIKE_SOURCE_POISSON] = {.params = poisson_params,
                                  .param_bytes = sizeof(plc_poisson_params)},
    [PLC_LIF_CURR_EXP] = {.params = lif_params,
                          .param_bytes = sizeof(plc_lif_params),
                          .state_bytes = sizeof(plc_lif_state),
                          .n_receptors = 2,
                          .receptors = {"excitatory", "inhibitory"}},
    [PLC_ONOFF] = {.params = onoff_params,
                   .param_bytes = sizeof(plc_onoff_params),
                   .state_bytes = sizeof(plc_onoff_state),
                   .n_receptors = 1,
                   .receptors = {"input"},
                   .is_signed = true,
                   .has_polarity = true},
    [PLC_THRESHOLD] = {.params = threshold_params,
                       .param_bytes = sizeof(plc_threshold_params),
                       .n_receptors = 1,
                       .receptors = {"input"},
                       .is_signed = true},
};

const char *plc_model_name(plc_model model)
{
    return plc_model_names[model];
}

const plc_param_info *plc_model_param(plc_model model, size_t i)
{
    for (size_t j = 0; j <= i; j++)
        if (!models[model].params[j].name)
            return NULL;
    return &models[model].params[i];
}

uint32_t plc_model_n_params(plc_model model)
{
    return models[model].param_bytes / 4;
}

uint32_t plc_model_n_state(plc_model model)
{
    return models[model].state_bytes / 4;
}

uint32_t plc_model_n_receptors(plc_model model)
{
    return models[model].n_receptors;
}

const char *plc_model_receptor_name(plc_model model, uint32_t receptor)
{
    return models[model].receptors[receptor];
}

bool plc_model_is_signed(plc_model model)
{
    return models[model].is_signed;
}

bool plc_model_has_polarity(plc_model model)
{
    return models[model].has_polarity;
}

static plc_s1615 to_s1615(double value)
{
    return (int32_t)lrint(ldexp(value, 15));
}

/* A number in [0, 1) as a 0.32 fraction, rounded down. */
static uint32_t to_fraction(double value)
{
    double scaled = floor(ldexp(value, 32));
    return scaled < 0 ? 0 : scaled > 4294967295.0 ? UINT32_MAX : (uint32_t)scaled;
}

static uint32_t to_tick(double ms, double tick_ms)
{
    double ticks = rint(ms / tick_ms);
    return ticks >= 4294967295.0 ? UINT32_MAX : (uint32_t)ticks;
}

static plc_status resolve_poisson(const double *user, double tick_ms, plc_poisson_params *p,
                                  plc_error *error)
{
    double probability = user[RATE] * tick_ms / 1000;
    if (probability > 1)
        return plc_fail(error, PLC_INVALID,
                        "rate: expected at most one spike a tick, %g Hz; got %g", 1000 / tick_ms,
                        user[RATE]);
    double scaled = rint(ldexp(probability, 32));
    p->probability = scaled > 4294967295.0 ? UINT32_MAX : (uint32_t)scaled;
    p->begin = to_tick(user[START], tick_ms);
    p->end = to_tick(user[START] + user[DURATION], tick_ms);
    return PLC_OK;
}

static plc_status resolve_lif(const double *user, double tick_ms, plc_lif_params *p,
                              plc_lif_state *s, plc_error *error)
{
    double resistance = user[TAU_M] / user[CM];
    if (resistance > S1615_MAX)
        return plc_fail(error, PLC_INVALID, "tau_m / cm: expected at most %d MOhm, got %g",
                        S1615_MAX, resistance);
    double decay_e = exp(-tick_ms / user[TAU_SYN_E]);
    double decay_i = exp(-tick_ms / user[TAU_SYN_I]);
    double wait = ceil(user[TAU_REFRAC] / tick_ms);
    *p = (plc_lif_params){
        .v_rest = to_s1615(user[V_REST]),
        .v_reset = to_s1615(user[V_RESET]),
        .v_thresh = to_s1615(user[V_THRESH]),
        .resistance = to_s1615(resistance),
        .decay_m = to_s1615(exp(-tick_ms / user[TAU_M])),
        .i_offset = to_s1615(user[I_OFFSET]),
        .refractory = wait > INT32_MAX ? INT32_MAX : (int32_t)wait,
        .decay_e = to_fraction(decay_e),
        .decay_i = to_fraction(decay_i),
        .gain_e = to_fraction(user[TAU_SYN_E] * (1 - decay_e) / tick_ms),
        .gain_i = to_fraction(user[TAU_SYN_I] * (1 - decay_i) / tick_ms),
    };
    *s = (plc_lif_state){.v = isnan(user[V_INIT]) ? p->v_rest : to_s1615(user[V_INIT])};
    return PLC_OK;
}

static plc_status resolve_onoff(const double *user, plc_onoff_params *p, plc_onoff_state *s,
                                plc_error *error)
{
    if (user[SPIN_INIT] == 0)
        return plc_fail(error, PLC_INVALID, "spin_init: expected 1 or -1, got 0");
    plc_annealer_init(p, user[A], user[C], user[DELTA], user[ETA]);
    *s = (plc_onoff_state){.v = (int32_t)user[BIAS], .spin = (int32_t)user[SPIN_INIT]};
    return PLC_OK;
}

plc_status plc_model_resolve(plc_model model, const double *user, double tick_ms, int32_t *params,
                             int32_t *state, plc_error *error)
{
    union {
        plc_poisson_params poisson;
        plc_lif_params lif;
        plc_onoff_params onoff;
        plc_threshold_params threshold;
    } p = {0};
    union {
        plc_lif_state lif;
        plc_onoff_state onoff;
    } s = {0};
    plc_status status = PLC_OK;
    switch (model) {
    case PLC_SPIKE_SOURCE_POISSON:
        status = resolve_poisson(user, tick_ms, &p.poisson, error);
        break;
    case PLC_LIF_CURR_EXP:
        status = resolve_lif(user, tick_ms, &p.lif, &s.lif, error);
        break;
    case PLC_ONOFF:
        status = resolve_onoff(user, &p.onoff, &s.onoff, error);
        break;
    case PLC_THRESHOLD:
        p.threshold.threshold = (int32_t)user[0];
        break;
    case PLC_SPIKE_SOURCE_ARRAY:
    case PLC_N_MODELS:
        break;
    }
    if (models[model].param_bytes)
        memcpy(params, &p, models[model].param_bytes);
    if (models[model].state_bytes)
        memcpy(state, &s, models[model].state_bytes);
    return status;
}

uint32_t plc_lif_ring_shift(double largest_sum)
{
    if (largest_sum <= 0)
        return 0;
    int exponent;
    frexp(largest_sum,
          &exponent); /* largest_sum = m x 2^exponent, m in [0.5, 1): also +1 at a power of two */
    return exponent < 0 ? 0 : (uint32_t)exponent;
}

void plc_lif_set_ring_shifts(int32_t *params, uint32_t excitatory, uint32_t inhibitory)
{
    plc_lif_params p;
    memcpy(&p, params, sizeof p);
    p.shift_e = excitatory;
    p.shift_i = inhibitory;
    memcpy(params, &p, sizeof p);
}

int64_t plc_lif_weight(double weight, uint32_t shift)
{
    return llrint(ldexp(weight, 15 - (int)shift));
}

void plc_onoff_add_field(int32_t *state, int64_t field)
{
    plc_onoff_state s;
    memcpy(&s, state, sizeof s);
    s.v = (int32_t)(s.v + field);
    memcpy(state, &s, sizeof s);
}

int32_t plc_onoff_spin(const int32_t *state)
{
    plc_onoff_state s;
    memcpy(&s, state, sizeof s);
    return s.spin;
}
